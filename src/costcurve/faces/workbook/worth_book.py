"""The workbook of a case: what a year costs and brings, and whether it pays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from costcurve.core.quantities import Input
from costcurve.costs.total_cost import INITIAL_LINES
from costcurve.decisions.alternatives import AlternativeResult
from costcurve.decisions.plans import MOST
from costcurve.decisions.sensitivity import MOVED, STEP
from costcurve.decisions.worth import Spread, Worth, billed_lines
from costcurve.decisions.worth_card import WORDS
from costcurve.decisions.worth_case import NETWORK, Alternative
from costcurve.decisions.worth_formulas import LIMIT, PRICE, worth_formulas
from costcurve.faces.workbook.book import AXIS_FONT, GRID, LIVE, MARK, NUMBER_FONT, Book
from costcurve.faces.workbook.cash_flows import write_cash_flows
from costcurve.faces.workbook.figures import FIGURE_COLUMNS, FIRST_ROW, USD, Figures, stepped
from costcurve.faces.workbook.scenario import Scenarios
from costcurve.faces.workbook.sensitivity_sheet import Moved, Tornado, write_sensitivity
from costcurve.faces.workbook.shared import (
    BillPart,
    cells,
    columns_of,
    stored_line,
    write_bill,
    write_computed,
    write_facts,
    write_inputs,
    write_sources,
    write_stored,
    write_words,
)

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_ANSWER_COLUMNS = (
    ("The answer", 52.0), ("At the medians\n(live)", 18.0), ("Unit", 16.0),
    ("Expected\n(stored mean of draws)", 22.0), ("5%\n(stored)", 18.0), ("95%\n(stored)", 18.0),
)  # fmt: skip
_WAYS_COLUMNS = (
    ("Way", 30.0), ("Accuracy", 12.0), ("Net of a year\nat the medians (live)", 20.0),
    ("Expected\n(stored)", 18.0), ("Chance that the network\nis better (stored)", 22.0),
    ("USD a year", 16.0), ("USD once", 16.0), ("USD for one\nprediction", 16.0),
    ("Labels, USD once", 18.0), ("Cost of a year", 18.0), ("", 3.0),
)  # fmt: skip
_STORED = ("Accuracy (stored)", "Mean (stored)", "5% (stored)", "95% (stored)")
#: Plans of the curve, as factors of the examples of the target's.
_FACTORS = tuple(float(each) for each in np.round(np.geomspace(0.05, 20.0, 25), 6))
_FEWEST = 10.0
#: Inputs that the sheet of sensitivity shows.
_MOST_MOVED = 12


def worth_book(found: Worth) -> bytes:
    """Return the workbook of a case of worth.

    Raises
    ------
    MissingExtraError
        If XlsxWriter is not installed.
    """
    return _Writer(found).content()


class _Writer:
    """Writes one case into one workbook."""

    def __init__(self, found: Worth) -> None:
        self.found = found
        about = f"Law {found.estimate.law.id}, model {found.estimate.best.model}."
        self.book = Book("costcurve worth", about)
        evaluation = worth_formulas(found)
        # Every figure is one number, of the model that the estimate found cheapest.
        self.figures = Figures(
            self.book,
            evaluation,
            lambda name: float(np.ravel(evaluation[name])[0]),
            lambda name: evaluation.lineage(name).source,
        )

    def content(self) -> bytes:
        found, figures = self.found, self.figures
        write_inputs(figures, found.estimate.runs)
        self._write_answer()
        pricing = found.estimate.assumptions.pricing
        once = (*pricing.lines, *INITIAL_LINES)
        yearly = {item.label: item for item in found.bill.items}
        parts = [
            BillPart("Before the first prediction", once, {}, "Once", "initial_cost_usd"),
            BillPart("Every year", billed_lines(found.case), yearly, "A year", "annual_cost_usd"),
        ]
        write_bill(figures, "The bill", parts)
        self._write_ways()
        self._write_curve()
        self._write_sensitivity()
        write_cash_flows(figures, found)
        write_facts(figures)
        law = found.estimate.law
        beside = (("Law of error", f"{law.title}. {law.source}"), ("DOI", law.doi or "none"))
        write_sources(self.book, figures, beside)
        return self.book.content()

    def _write_answer(self) -> None:
        book, found = self.book, self.found
        words = (
            f"{WORDS[found.decision]}: {found.reason}. (Stored: it rests on draws of what is "
            "uncertain; what is live stands at the medians.)"
        )
        widths = [width for _, width in FIGURE_COLUMNS]
        sheet = book.sheet("Answer", "Is it worth it?", words, widths)
        for column, (_, width) in enumerate(_ANSWER_COLUMNS):
            sheet.set_column(column, column, max(width, widths[column] if column < 5 else 0.0))
        book.header(sheet, FIRST_ROW - 1, [name for name, _ in _ANSWER_COLUMNS], right=(1, 3, 4, 5))
        row = self._headline(sheet, FIRST_ROW)
        row = write_words(book, sheet, row + 1, found.document(), widths[:5])
        write_computed(self.figures, sheet, row + 1, self.figures.sorted[1])
        sheet.freeze_panes(FIRST_ROW, 1)

    def _headline(self, sheet: Worksheet, row: int) -> int:
        """Write what is asked for first; return the row after it."""
        found, figures, book = self.found, self.figures, self.book
        pays = '=IF(annual_net_usd>0,"yes","no")'
        in_reach = '=IF(reaches_target=1,"yes","no")'
        expected = found.finance["expected_npv_usd"]
        rows: tuple[tuple[str, str, str, str, Spread | float | None], ...] = (
            ("Pays, everything at its median", pays, "answer_pays", "", None),
            ("Benefit of a year", "annual_benefit_usd", "", "USD/year",
             found.annual["benefit_usd"]),
            ("Cost of a year", "product_cost_usd", "", "USD/year", found.annual["cost_usd"]),
            ("Net of a year", "annual_net_usd", "answer_net_usd", "USD/year",
             found.annual["net_usd"]),
            ("Net present value", "net_present_value_usd", "answer_npv_usd", "USD", expected),
            ("Before the first prediction", "initial_cost_usd", "", "USD", None),
            ("Examples of the plan", "examples_used", "", "example", None),
            ("Error of the plan", "plan_error", "", "", None),
            ("The target can be had", in_reach, "answer_in_reach", "", None),
            ("Chance to reach the target", "probability_of_target", "", "",
             found.probability["reaches_target"]),
        )  # fmt: skip
        for label, what, name, unit, stored in rows:
            book.text(sheet, row, 0, label)
            if what.startswith("="):
                value = "yes" if self._is_yes(what) else "no"
                sheet.write_formula(row, 1, what, book.style("strong"), value)
            else:
                figures.write_cell(sheet, row, 1, what, f"={what}", kind="strong")
            book.text(sheet, row, 2, unit, "unit")
            self._stored(sheet, row, stored, unit)
            if name:
                book.name(name, sheet, row, 1)
            row += 1
        return self._chances(sheet, row)

    def _chances(self, sheet: Worksheet, row: int) -> int:
        """Write what only draws can say; return the row after it."""
        labels = {
            "loss": "Chance that a year loses money",
            "over_budget": "Chance to break the budget",
        }
        for key, label in labels.items():
            chance = self.found.probability[key]
            if chance is not None:
                self.book.text(sheet, row, 0, label)
                write_stored(self.book, sheet, row, 3, [(chance, "0.0%")])
                row += 1
        return row

    def _is_yes(self, formula: str) -> bool:
        if "annual_net_usd" in formula:
            return self.figures.point("annual_net_usd") > 0.0
        return self.figures.point("reaches_target") == 1.0

    def _stored(self, sheet: Worksheet, row: int, stored: Spread | float | None, unit: str) -> None:
        if isinstance(stored, Spread):
            values = [(each, USD) for each in (stored.mean, stored.p05, stored.p95)]
            write_stored(self.book, sheet, row, 3, values)
        elif stored is not None:
            write_stored(self.book, sheet, row, 3, [(stored, USD if unit else "0.0%")])

    def _write_ways(self) -> None:
        """Write the ways to do it, each with its own costs, beside the network."""
        book, figures, found = self.book, self.figures, self.found
        names, widths = columns_of(_WAYS_COLUMNS)
        words = "Ways to do it, best first as of writing; what is expected is stored."
        sheet = book.sheet("Options", "Ways to do it", words, widths)
        header = FIRST_ROW - 1
        book.header(sheet, header, names[:-1], right=range(1, 10))
        sheet.set_row(header, 45)
        changed = ["plan_error", "benefit_lines_usd_per_year"]
        table = Scenarios(figures, sheet, changed, ["annual_benefit_usd"], len(names))
        table.write_header(header)
        for row, each in enumerate(found.alternatives, start=FIRST_ROW):
            book.text(sheet, row, 0, each.name)
            write_stored(book, sheet, row, 3, [(each.net_usd, USD)])
            if each.beaten_with_probability is not None:
                write_stored(book, sheet, row, 4, [(each.beaten_with_probability, "0%")])
            if each.name == NETWORK:
                figures.write_cell(sheet, row, 2, "annual_net_usd", "=annual_net_usd")
                accuracy = 1.0 - figures.point("plan_error")
                style = book.style("formula", "0.00%")
                sheet.write_formula(row, 1, "=1-plan_error", style, accuracy)
            elif each.name in found.case.alternatives:
                self._write_way(sheet, row, each, table)
            else:
                self._write_nothing(sheet, row, each)
        sheet.print_area(0, 0, FIRST_ROW + len(found.alternatives), len(names) - 2)
        sheet.freeze_panes(FIRST_ROW, 1)

    def _write_nothing(self, sheet: Worksheet, row: int, each: AlternativeResult) -> None:
        """Write what goes on without the network, which everything is measured against."""
        if each.accuracy is not None:
            style = self.book.style("formula", "0.00%")
            sheet.write_formula(row, 1, "=baseline_accuracy", style, each.accuracy)
        sheet.write_number(row, 2, 0.0, self.book.style("formula", '"$"0.00'))

    def _write_way(
        self, sheet: Worksheet, row: int, each: AlternativeResult, table: Scenarios
    ) -> None:
        """Write another way: its error, what that is worth, and what it costs."""
        way, figures = self.found.case.alternatives[each.name], self.figures
        error = float(way.error(np.array([figures.point("examples_used")]))[0])
        at = row + 1
        changes = {
            "plan_error": (f"=1-$B{at}", error),
            "benefit_lines_usd_per_year": ("", 0.0),
        }
        benefit = table.write_row(row, changes)["annual_benefit_usd"]
        style = self.book.style
        if way.accuracy is not None:
            sheet.write_number(row, 1, way.accuracy, style("input", "0.00%"))
        else:
            formula = (
                f"=1-MIN({way.error_offset!r}+{way.error_scale!r}*POWER(examples_used,"
                f"-{way.error_exponent!r}),1)"
            )
            sheet.write_formula(row, 1, formula, style("formula", "0.00%"), 1.0 - error)
        given = (way.annual_cost_usd, way.initial_cost_usd, way.usd_per_prediction)
        for column, value in enumerate(given, start=5):
            sheet.write_number(row, column, value, style("input", USD if value else '"$"#,##0.00'))
        labels, cost = self._cost_of(way)
        formula = "=data_cost_usd" if way.accuracy is None else "=0"
        sheet.write_formula(row, 8, formula, style("formula", USD if labels else '"$"0.00'), labels)
        formula = f"=F{at}+(G{at}+I{at})*horizon_annuity_factor+H{at}*predictions_per_year"
        sheet.write_formula(row, 9, formula, style("formula", USD), cost)
        net = f"={table.cell('annual_benefit_usd', row)}-J{at}"
        sheet.write_formula(row, 2, net, style("strong", USD), benefit - cost)

    def _cost_of(self, way: Alternative) -> tuple[float, float]:
        """Return what labels and a year of another way cost, everything at its median."""
        point = self.figures.point
        labels = point("data_cost_usd") if way.accuracy is None else 0.0
        once = (way.initial_cost_usd + labels) * point("horizon_annuity_factor")
        running = way.usd_per_prediction * point("predictions_per_year")
        return labels, way.annual_cost_usd + once + running

    def _write_curve(self) -> None:
        book, figures = self.book, self.figures
        widths = (12.0, 16.0, 12.0, 18.0, 3.0, 12.0, 18.0, 18.0, 18.0, 3.0)
        words = "Live on the left, everything at its median; stored from a simulation on the right."
        sheet = book.sheet("Curve", "Net of a year against accuracy", words, widths)
        wanted = ["annual_net_usd", "plan_error"]
        table = Scenarios(figures, sheet, ["examples_used"], wanted, len(widths))
        header = FIRST_ROW - 1
        book.header(
            sheet,
            header,
            ("Factor of the plan", "Examples", "Accuracy", "Net, USD"),
            right=range(4),
        )
        book.header(sheet, header, _STORED, 5, right=range(5, 9))
        table.write_header(header)
        held, most = figures.point("examples_held"), min(figures.point(LIMIT), MOST)
        fewest = min(max(held, _FEWEST), most)
        high = f"MIN({LIMIT},{MOST!r})"
        low = f"MIN(MAX(examples_held,{_FEWEST!r}),{high})"
        for row, factor in enumerate(_FACTORS, start=FIRST_ROW):
            plan = min(max(figures.point("examples_used") * factor, fewest), most)
            sheet.write_number(row, 0, factor, book.style("input", "0.000"))
            formula = f"=MIN(MAX(examples_used*$A{row + 1},{low}),{high})"
            values = table.write_row(row, {"examples_used": (formula, plan)})
            shown = (
                ("examples_used", plan, "#,##0", ""),
                ("plan_error", 1.0 - values["plan_error"], "0.00%", "1-"),
                ("annual_net_usd", values["annual_net_usd"], USD, ""),
            )
            for column, (name, value, number_format, before) in enumerate(shown, start=1):
                style = book.style("formula", number_format)
                cell = f"={before}{table.cell(name, row)}"
                sheet.write_formula(row, column, cell, style, value)
        rows = self.found.map.plans[::3]
        for row, each in enumerate(rows, start=FIRST_ROW):
            values_of = [(each["accuracy"] / 100.0, "0.00%")]
            values_of += [(each[name], USD) for name in ("mean", "p05", "p95")]
            write_stored(book, sheet, row, 5, values_of)
        self._draw_curve(sheet, FIRST_ROW + len(_FACTORS) - 1, FIRST_ROW + len(rows) - 1)

    def _draw_curve(self, sheet: Worksheet, last: int, last_stored: int) -> None:
        first = FIRST_ROW
        kind = {"type": "scatter", "subtype": "straight"}
        chart = self.book.chart(kind, "Net of a year against accuracy", "accuracy", "USD a year")
        chart.add_series(
            {
                "name": "everything at its median (live)",
                "categories": cells(sheet, 2, first, last),
                "values": cells(sheet, 3, first, last),
                "line": {"color": LIVE, "width": 2.25},
                "marker": {"type": "none"},
            }
        )
        names = ("mean (stored)", "5% (stored)", "95% (stored)")
        for column, name in enumerate(names, start=6):
            x, y = cells(sheet, 5, first, last_stored), cells(sheet, column, first, last_stored)
            chart.add_series(stored_line(name, x, y))
        middle = first + _FACTORS.index(1.0)
        look = {"type": "circle", "size": 9, "fill": {"color": MARK}, "border": {"color": MARK}}
        chart.add_series(
            {
                "name": "the target's plan (live)",
                "categories": cells(sheet, 2, middle, middle),
                "values": cells(sheet, 3, middle, middle),
                "line": {"none": True},
                "marker": look,
            }
        )
        chart.set_x_axis({"name": "accuracy", "name_font": AXIS_FONT, "num_format": "0%",
                          "num_font": NUMBER_FONT, "label_position": "low"})  # fmt: skip
        chart.set_y_axis({"name": "USD a year", "name_font": AXIS_FONT, "num_font": NUMBER_FONT,
                          "num_format": '"$"#,##0;-"$"#,##0', "major_gridlines": GRID})  # fmt: skip
        sheet.insert_chart(max(last, last_stored) + 2, 0, chart)
        sheet.print_area(0, 0, max(last, last_stored) + 24, 8)
        sheet.fit_to_pages(1, 1)
        sheet.set_portrait()
        sheet.freeze_panes(FIRST_ROW, 0)

    def _write_sensitivity(self) -> None:
        moved = sorted(self._moves(), key=lambda pair: -pair[0])[:_MOST_MOVED]
        words = (
            "The net of a year, everything at its median, if one input were off and nothing else. "
            "Which inputs stand here, and in which order, is stored."
        )
        axis = "USD a year more or less"
        what = Tornado(
            self.figures, "What matters most", words, "annual_net_usd", axis,
            [each for _, each in moved], is_log=False,
        )  # fmt: skip
        write_sensitivity(what)

    def _moves(self) -> list[tuple[float, Moved]]:
        """Return what inputs do to the net of a year, each with the size of it."""
        figures, graph = self.figures, self.figures.evaluation.graph
        known = {name for names in figures.grouped.values() for name in names}
        known |= {name for name in (*MOVED, PRICE, "effort_multiplier") if name in figures.points}
        found = []
        for name in figures.points:
            given, point = graph[name], figures.point(name)
            spread = given.spread if isinstance(given, Input) else None
            if name in figures.evaluation.overridden:
                spread = None
            if (name not in known and spread is None) or (spread is None and point in (0.0, 1.0)):
                continue
            low, high = graph[name].bounds.ends()
            steps = (1.0 - STEP, 1.0 + STEP)
            ends = [(stepped(name, step, graph[name].bounds), point * step) for step in steps]
            if spread is not None:
                ends = [("", spread.low), ("", spread.high)]
            if any(not low <= value <= high for _, value in ends):
                continue
            nets = [self._net(name, value) for _, value in ends]
            size = abs(nets[1] - nets[0])
            how = f"{STEP:.0%}" if spread is None else "to 5% and 95% (stored)"
            if size > 0.0:
                found.append((size, Moved(given.label, how, *({name: end} for end in ends))))
        return found

    def _net(self, name: str, value: float) -> float:
        changes: Mapping[str, float] = {name: value}
        return self.figures.values(["annual_net_usd"], changes)["annual_net_usd"]
