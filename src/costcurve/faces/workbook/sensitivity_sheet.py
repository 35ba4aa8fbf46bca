"""The sheet of what matters most: inputs moved one by one, and bars of what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from costcurve.faces.workbook.book import AXIS_FONT, GRID, LIVE, NUMBER_FONT
from costcurve.faces.workbook.figures import FIRST_ROW, USD, Figures
from costcurve.faces.workbook.scenario import Cell, Scenarios
from costcurve.faces.workbook.shared import columns_of

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart
    from xlsxwriter.worksheet import Worksheet

_SWING_COLUMNS = (
    ("If this were off", 44.0), ("by", 22.0), ("Lower", 18.0), ("Higher", 18.0),
)  # fmt: skip
#: Longest text beside a bar of a chart.
_LONGEST_LABEL = 45
#: Colours of the two ends where bars start from how it is.
_LOWER, _HIGHER = "#9DB7D5", LIVE


@dataclass(frozen=True)
class Moved:
    """An input that is moved: its label, how far, and what changes at either end."""

    label: str
    move: str
    low: Mapping[str, Cell]
    high: Mapping[str, Cell]


@dataclass(frozen=True)
class Tornado:
    """A sheet of what matters most.

    Attributes
    ----------
    figures : Figures
        The calculation.
    title, words, axis : str
        Of the sheet, and beside its bars.
    wanted : str
        The figure that follows.
    moved : sequence of Moved
        What is moved, the most important first.
    is_log : bool
        Whether the figure spans decades, always above 0; bars go from end to end then. Else they
        start from how it is.
    """

    figures: Figures
    title: str
    words: str
    wanted: str
    axis: str
    moved: Sequence[Moved]
    is_log: bool


def write_sensitivity(what: Tornado) -> None:
    """Write the sheet of what matters most: two scenarios for each input, and a chart of bars."""
    figures, book = what.figures, what.figures.book
    names, widths = columns_of(_SWING_COLUMNS)
    sheet = book.sheet("Sensitivity", what.title, what.words, (*widths, 18.0, 18.0))
    changed = sorted({name for each in what.moved for side in (each.low, each.high)
                      for name in side})  # fmt: skip
    first = FIRST_ROW
    below = first + len(what.moved) + 24
    table = Scenarios(figures, sheet, changed, [what.wanted], 2)
    ends = ("Start of the bar", "Its length") if what.is_log else ("Change if lower", "if higher")
    book.header(sheet, first - 1, [*names, *ends], right=(2, 3, 4, 5))
    book.heading(sheet, below - 2, "How each row is computed, all else as it is")
    table.write_header(below - 1)
    book.header(sheet, below - 1, ["Input", "Moved"])
    for place, each in enumerate(what.moved):
        values = []
        for side, changes in enumerate((each.low, each.high)):
            row = below + 2 * place + side
            values.append(table.write_row(row, changes)[what.wanted])
            book.text(sheet, row, 0, each.label, "source", text_wrap=False)
            book.text(sheet, row, 1, ("lower", "higher")[side], "source")
        cells = [table.cell(what.wanted, below + 2 * place + side) for side in (0, 1)]
        _swing_row(sheet, first + place, each, (cells, values), what)
    if what.moved:
        chart = _bars(what, first, first + len(what.moved) - 1)
        sheet.insert_chart(first + len(what.moved) + 1, 0, chart)
    sheet.print_area(0, 0, below - 3, 5)
    sheet.fit_to_pages(1, 1)
    sheet.freeze_panes(FIRST_ROW, 1)


def _swing_row(
    sheet: Worksheet, row: int, each: Moved, ends: tuple[list[str], list[float]], what: Tornado
) -> None:
    """Write what an input does to the figure, and what a bar is drawn from."""
    book, (cells, values) = what.figures.book, ends
    book.text(sheet, row, 0, each.label[:_LONGEST_LABEL])
    book.text(sheet, row, 1, each.move)
    money = book.style("formula", USD if max(map(abs, values)) < 1e12 else "0.00E+00")
    for side in (0, 1):
        sheet.write_formula(row, 2 + side, f"={cells[side]}", money, values[side])
    pair = f"C{row + 1}:D{row + 1}"
    drawn = [
        (f"=MIN({pair})", min(values)),
        (f"=MAX({pair})-MIN({pair})", max(values) - min(values)),
    ]
    if not what.is_log:
        now = what.figures.point(what.wanted)
        drawn = [
            (f"={letter}{row + 1}-{what.wanted}", value - now)
            for letter, value in zip("CD", values, strict=True)
        ]
    for column, (formula, value) in enumerate(drawn, start=4):
        sheet.write_formula(row, column, formula, money, value)


def _bars(what: Tornado, first: int, last: int) -> Chart:
    """Return bars, the first on top: between both ends, or to both sides of how it is."""
    kind = {"type": "bar", **({"subtype": "stacked"} if what.is_log else {})}
    chart = what.figures.book.chart(kind, what.title, "", what.axis)
    looks: list[dict[str, Any]] = [
        {"name": "lower", "fill": {"color": _LOWER}, "overlap": 100, "gap": 45},
        {"name": "higher", "fill": {"color": _HIGHER}},
    ]
    if what.is_log:
        looks = [
            {"fill": {"none": True}, "border": {"none": True}},
            {"name": "between both ends", "fill": {"color": LIVE}, "gap": 45},
        ]
        chart.set_legend({"none": True})
    for column, look in enumerate(looks, start=4):
        places = {"categories": ["Sensitivity", first, 0, last, 0],
                  "values": ["Sensitivity", first, column, last, column]}  # fmt: skip
        chart.add_series({**places, **look})
    chart.set_y_axis({"reverse": True, "num_font": NUMBER_FONT, "label_position": "low"})
    chart.set_x_axis(
        {
            "name": what.axis,
            "name_font": AXIS_FONT,
            "num_font": NUMBER_FONT,
            "num_format": '"$"#,##0;-"$"#,##0',
            "major_gridlines": GRID,
            **({"log_base": 10} if what.is_log else {}),
        }
    )
    return chart
