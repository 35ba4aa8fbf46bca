"""The years of a case as cash flows: present value, rate of return, payback."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from costcurve.decisions.finance import ROUNDING
from costcurve.decisions.worth import Worth
from costcurve.decisions.worth_formulas import INVENTORY, MOST_LINES, line_name
from costcurve.faces.workbook.book import GRID, LIVE, NUMBER_FONT
from costcurve.faces.workbook.figures import FIRST_ROW, USD, Figures
from costcurve.faces.workbook.shared import cells, columns_of

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_COLUMNS = (
    ("Year", 46.0), ("Spent before", 18.0), ("Benefit, every year", 20.0),
    ("Running cost", 18.0), ("Dated returns", 18.0), ("Net", 18.0), ("Together so far", 18.0),
    ("Worth today", 18.0), ("Last year in debt", 16.0),
)  # fmt: skip
#: Years that have a row, so that a longer horizon may be typed in.
_YEARS = 30
_SHARE = "(1-shared_share*(1-1/products))"
_NEVER, _WHOLE = "not within these years", "a whole number of years is needed"


def write_cash_flows(figures: Figures, found: Worth) -> None:
    """Write the sheet of worth: what the years together bring, from a table of cash flows."""
    book = figures.book
    names, widths = columns_of(_COLUMNS)
    words = "Everything at its median. Years after the horizon are pale and add nothing."
    sheet = book.sheet("Worth", "The years together", words, widths)
    years = max(_YEARS, ceil(figures.point("horizon_years")))
    header = FIRST_ROW + 6
    first, last = header + 1, header + 1 + years
    book.header(sheet, header, names, right=range(1, 9))
    flows = _flows(figures, found, years)
    for year, row in enumerate(range(first, last + 1)):
        _write_year(figures, found, sheet, (year, row, first), flows)
    _write_answers(figures, found, sheet, (first, last), sum(flows["today"]))
    chart = book.chart({"type": "column"}, "Together so far", "year", "USD")
    horizon = first + min(ceil(figures.point("horizon_years")), years)
    chart.add_series(
        {
            "name": "together so far (live)",
            "categories": cells(sheet, 0, first, horizon),
            "values": cells(sheet, 6, first, horizon),
            "fill": {"color": LIVE},
            "gap": 60,
        }
    )
    chart.set_legend({"none": True})
    money = {"num_format": '"$"#,##0;-"$"#,##0', "num_font": NUMBER_FONT}
    chart.set_y_axis({**money, "major_gridlines": GRID})
    chart.set_x_axis({"name": "year", "num_font": NUMBER_FONT, "label_position": "low"})
    sheet.insert_chart(last + 2, 0, chart)
    pale = {"type": "formula", "criteria": f"=$A{first + 1}>horizon_years",
            "format": book.workbook.add_format({"font_color": "#D5D9E0"})}  # fmt: skip
    sheet.conditional_format(first, 0, last, len(_COLUMNS) - 1, pale)
    sheet.freeze_panes(FIRST_ROW, 1)
    sheet.fit_to_pages(1, 1)


def _flows(figures: Figures, found: Worth, years: int) -> dict[str, list[float]]:
    """Return the flows of each year, as the library has them."""
    point = figures.point
    share = found.case.benefit.borne_share
    last = point("horizon_years")
    lines = found.case.benefit.lines
    benefit = point("annual_benefit_usd") - point("benefit_lines_usd_per_year") + point(INVENTORY)
    running = share * (point("annual_cost_usd") - point("amortised_usd_per_year"))
    found_flows: dict[str, list[float]] = {name: [] for name in ("spent", "benefit", "running",
                                                                 "dated", "net", "sum", "today",
                                                                 "debt")}  # fmt: skip
    total = 0.0
    for year in range(years + 1):
        is_in = 0 < year <= last
        row = {
            "spent": -share * point("initial_cost_usd") if year == 0 else 0.0,
            "benefit": benefit if is_in else 0.0,
            "running": -running if is_in else 0.0,
            "dated": sum(each.usd for each in lines if year <= last and year in each.years(years)),
        }
        net = sum(row.values())
        total += net
        row |= {
            "net": net,
            "sum": total,
            "today": net / (1.0 + point("discount_rate")) ** year,
            "debt": float(year) if year <= last and total < -_nothing(found_flows, net) else -1.0,
        }
        for name, value in row.items():
            found_flows[name].append(value)
    return found_flows


def _nothing(flows: dict[str, list[float]], net: float) -> float:
    """Return what is no debt, but a rounding."""
    return ROUNDING * (sum(map(abs, flows["net"])) + abs(net))


def _write_year(
    figures: Figures,
    found: Worth,
    sheet: Worksheet,
    where: tuple[int, int, int],
    flows: dict[str, list[float]],
) -> None:
    """Write the flows of a year as formulas."""
    year, row, first = where
    at, style = row + 1, figures.book.style
    every = f"annual_benefit_usd-benefit_lines_usd_per_year+{INVENTORY}"
    running = f"-{_SHARE}*(annual_cost_usd-amortised_usd_per_year)"
    within = f"$A{at}<=horizon_years"
    formulas = (
        f"=-{_SHARE}*initial_cost_usd" if year == 0 else "=0",
        f"=IF({within},{every},0)" if year else "=0",
        f"=IF({within},{running},0)" if year else "=0",
        _dated(found, year, within, flows["dated"][year]),
        f"=SUM(B{at}:E{at})",
        f"=SUM($F${first + 1}:F{at})",
        f"=F{at}/POWER(1+discount_rate,$A{at})",
        f"=IF(AND({within},G{at}<-{ROUNDING!r}*SUMPRODUCT(ABS($F${first + 1}:F{at}))),$A{at},-1)",
    )
    sheet.write_number(row, 0, year, style("formula", "0", align="left"))
    for column, (formula, name) in enumerate(zip(formulas, flows, strict=True), start=1):
        value = flows[name][year]
        number_format = "0" if name == "debt" else (USD if value else '"$"#,##0.00')
        sheet.write_formula(row, column, formula, style("formula", number_format), value)


def _dated(found: Worth, year: int, within: str, value: float) -> str:
    lines = found.case.benefit.lines
    if len(lines) > MOST_LINES:
        return f"={value!r}"
    names = [line_name(k) for k, each in enumerate(lines) if year in each.years(10**6)]
    return f"=IF({within},{'+'.join(names)},0)" if names else "=0"


def _write_answers(
    figures: Figures, found: Worth, sheet: Worksheet, ends: tuple[int, int], today_usd: float
) -> None:
    """Write present value, rate of return and payback, above the table of these rows."""
    book, finance, (first, last) = figures.book, found.finance, ends
    net, total = f"$F${first + 1}:$F${last + 1}", f"$G${first + 1}:$G${last + 1}"
    debt = f"MAX($I${first + 1}:$I${last + 1})"
    is_whole = "horizon_years=INT(horizon_years)"
    payback = (
        f'IF({debt}<0,0,IF({debt}>=horizon_years,"{_NEVER}",{debt}+MIN(1,'
        f"-INDEX({total},{debt}+1)/INDEX({net},{debt}+2))))"
    )
    is_given = float(figures.point("horizon_years")).is_integer()
    years = finance["payback_years"]
    rows: tuple[tuple[str, str, float | str, str, str], ...] = (
        ("Net present value", "=net_present_value_usd", figures.point("net_present_value_usd"),
         USD, "answer_present_value_usd"),
        ("The same from the table, of a whole horizon", f"=SUM($H${first + 1}:$H${last + 1})",
         today_usd, USD, "answer_flows_usd"),
        ("Internal rate of return", f'=IF({is_whole},{_rate(net)},"{_WHOLE}")',
         _or(finance["internal_rate"], "none" if is_given else _WHOLE), "0.00%", "answer_rate"),
        ("Paid back after, years", f'=IF({is_whole},{payback},"{_WHOLE}")',
         _or(years, _NEVER if is_given else _WHOLE), "0.00", "answer_payback_years"),
    )  # fmt: skip
    for row, (label, formula, value, number_format, name) in enumerate(rows, start=FIRST_ROW - 1):
        book.text(sheet, row, 0, label)
        sheet.write_formula(row, 1, formula, book.style("strong", number_format), value)
        book.name(name, sheet, row, 1)


def _rate(net: str) -> str:
    """Return the formula of the rate: searches that start where the first year points, and below.

    A spreadsheet finds no rate that is far from where it starts.
    """
    start = f"IFERROR(MAX(-INDEX({net},2)/INDEX({net},1)-1,0.1),0.1)"
    found = '"none"'
    for first in ("-0.95", "-0.7", "-0.4", "0.1", start):
        found = f"IFERROR(IRR({net},{first}),{found})"
    return found


def _or(value: float | None, words: str) -> float | str:
    return words if value is None else value
