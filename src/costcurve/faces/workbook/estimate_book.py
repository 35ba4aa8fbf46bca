"""The workbook of an estimate: what a target accuracy costs, with each model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from costcurve.core.display import accuracy
from costcurve.decisions.accuracy_cost import cost_over_accuracy
from costcurve.decisions.card import decision_card
from costcurve.decisions.result import Estimate, Option, Uncertain
from costcurve.decisions.sensitivity import STEP
from costcurve.faces.workbook.book import AXIS_FONT, GRID, LIVE, MARK, NUMBER_FONT, Book, letter
from costcurve.faces.workbook.break_even_sheet import write_break_even
from costcurve.faces.workbook.figures import (
    FIGURE_COLUMNS,
    FIRST_MODEL,
    FIRST_ROW,
    USD,
    Figures,
    format_of,
)
from costcurve.faces.workbook.scenario import Cell, Scenarios
from costcurve.faces.workbook.sensitivity_sheet import Moved, Tornado, write_sensitivity
from costcurve.faces.workbook.shared import (
    BillPart,
    cells,
    model_header,
    model_labels,
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

#: Targets of the curve: as factors of the error that is asked for, the easiest first.
_FACTORS = tuple(float(each) for each in np.round(np.geomspace(6.0, 1.0 / 6.0, 25), 6))
_MOST_ERROR = 0.95
#: Where the chart's axis of dollars begins: fractions of a dollar say nothing beside thousands.
_LEAST_USD = 1.0
# Ends of what a formula may hold as a number.
_SMALLEST, _LARGEST = 1e-300, 1e300


def estimate_book(found: Estimate) -> bytes:
    """Return the workbook of an estimate.

    Raises
    ------
    MissingExtraError
        If XlsxWriter is not installed.
    """
    return _Writer(found).content()


class _Writer:
    """Writes one estimate into one workbook."""

    def __init__(self, found: Estimate) -> None:
        self.found = found
        about = f"Law {found.law.id}, priced {found.mode}."
        self.book = Book("costcurve estimate", about)
        pricing = found.assumptions.pricing
        differing = [option.model for option in found.options]
        self.figures = Figures(
            self.book,
            found.evaluation,
            found.point,
            found.source,
            differing,
            pricing.model_facts,
        )

    def content(self) -> bytes:
        figures = self.figures
        write_inputs(figures, self.found.runs)
        self._write_answer()
        lines = self.found.assumptions.pricing.lines
        items = {item.label: item for item in self.found.best.bill.items}
        part = BillPart("Once", lines, items, "Total", self.found.assumptions.pricing.total)
        write_bill(figures, "The bill of the cheapest option", [part])
        self._write_options()
        self._write_curve()
        self._write_sensitivity()
        write_break_even(self.book, self.found.best.total_cost_usd.point)
        write_facts(figures)
        law = self.found.law
        beside = [("Law of error", f"{law.title}. {law.source}"), ("DOI", law.doi or "none")]
        beside += [(f"Facts of {each.name}", each.facts_source) for each in self.found.candidates]
        write_sources(self.book, figures, beside)
        return self.book.content()

    def _write_answer(self) -> None:
        book, found = self.book, self.found
        title = f"What will it cost to reach {accuracy(found.point('target_accuracy'))} accuracy?"
        words = f"Priced {found.mode.replace('-', ' ')}; law {found.law.id}."
        widths = [width for _, width in FIGURE_COLUMNS]
        sheet = book.sheet("Answer", title, words, widths)
        header = ("The answer", "Value", "Unit", "5% to 95% (stored from a simulation)", "Remark")
        book.header(sheet, FIRST_ROW - 1, header, right=(1,))
        row = self._headline(sheet, FIRST_ROW)
        row = write_words(book, sheet, row + 1, decision_card(found), widths[:5])
        write_computed(self.figures, sheet, row + 1, self.figures.sorted[1])
        sheet.freeze_panes(FIRST_ROW, 1)

    def _headline(self, sheet: Worksheet, row: int) -> int:
        """Write what is asked for first; return the row after it."""
        found, figures, best = self.found, self.figures, self.found.best
        rows: list[tuple[str, str, float | str, str, Uncertain | None, str, str]] = []
        total = found.assumptions.pricing.total
        if figures.models and total in figures.per_model:
            place, least = self._place(total)
            rows += [
                ("Cheapest model", f"=INDEX({self._models()},answer_place)", best.model,
                 "answer_model", None, "", "of those that fit the memory, if any does"),
                ("Its place among the options", f"={place}", 1.0, "answer_place", None, "", ""),
                ("Its total cost", f"={least}", best.total_cost_usd.point, "answer_total_usd",
                 best.total_cost_usd, "USD", ""),
            ]  # fmt: skip
        else:
            rows += [
                ("Its place among the options", "=1", 1.0, "answer_place", None, "", ""),
                ("Total cost", f"={total}", found.point(total), "answer_total_usd",
                 best.total_cost_usd, "USD", ""),
            ]  # fmt: skip
        in_reach = '=IF(reaches_target=1,"yes","no")'
        rows += [
            ("Examples needed", "=examples_needed", found.point("examples_needed"), "",
             best.examples_needed, "example", ""),
            ("Examples to label", "=new_examples", found.point("new_examples"), "",
             best.new_examples, "example", ""),
            ("In reach", in_reach, "yes" if found.is_reachable else "no", "answer_in_reach",
             None, "", "within the limit of examples"),
            ("Chance to reach the target", "=probability_of_target",
             found.point("probability_of_target"), "answer_chance", None, "",
             "at the medians of the ranges" if found.has_ranges else ""),
            ("Missing examples", "=missing_examples", found.point("missing_examples"), "", None,
             "example", "beyond the limit"),
        ]  # fmt: skip
        for label, formula, value, name, spread, unit, remark in rows:
            self._answer_row(sheet, row, (label, unit, remark), (formula, value), spread)
            if name:
                self.book.name(name, sheet, row, 1)
            row += 1
        return row

    def _answer_row(
        self,
        sheet: Worksheet,
        row: int,
        words: tuple[str, str, str],
        cell: tuple[str, float | str],
        spread: Uncertain | None,
    ) -> None:
        label, unit, remark = words
        formula, value = cell
        number_format = "General"
        if isinstance(value, float):
            known = formula[1:] if formula[1:] in self.found.evaluation else ""
            number_format = format_of(known, unit or "1", value)
        self.book.text(sheet, row, 0, label)
        sheet.write_formula(row, 1, formula, self.book.style("strong", number_format), value)
        self.book.text(sheet, row, 2, unit, "unit")
        text = "" if spread is None else _interval(spread, unit)
        self.book.text(sheet, row, 3, text, "stored")
        self.book.text(sheet, row, 4, remark, "source")

    def _models(self) -> str:
        last = letter(FIRST_MODEL + len(self.figures.models) - 1)
        return f"Options!${letter(FIRST_MODEL)}${FIRST_ROW}:${last}${FIRST_ROW}"

    def _place(self, total: str) -> tuple[str, str]:
        """Return the formulas of the cheapest option's place, and of its total."""
        totals = self.figures.cells(total)
        least = f"MIN({totals})"
        if "fits_memory" in self.figures.per_model:
            fits = self.figures.cells("fits_memory")
            least = f"IF(COUNTIF({fits},1)=0,MIN({totals}),_xlfn.MINIFS({totals},{fits},1))"
        return f"MATCH({least},{totals},0)", least

    def _write_options(self) -> None:
        book, figures = self.book, self.figures
        words = "A column for each model. What they are trained on stands in stored words."
        sheet = book.sheet("Options", "Options", words, (52.0, 20.0, *[19.0] * 5))
        model_header(figures, sheet, "Figure of an option")
        for row, label in enumerate(("Accelerator", "Precision", "Price"), start=FIRST_ROW):
            book.text(sheet, row, 0, f"{label} (stored)", "source")
        for column, option in enumerate(self.found.options, start=FIRST_MODEL):
            for row, text in enumerate(_trained_on(option), start=FIRST_ROW):
                book.text(sheet, row, column, text, "source", align="right")
        terms = [option.terms or " " for option in self.found.options]
        book.high(sheet, FIRST_ROW + 2, *((text, 22) for text in terms))
        for name in figures.ranked:
            row = figures.place(name)[1]
            model_labels(figures, sheet, row, name)
            for column, option in enumerate(self.found.options, start=FIRST_MODEL):
                formula = figures.formula(name, self._of_model(column))
                figures.write_cell(sheet, row, column, name, formula, model=option.model)
        sheet.freeze_panes(FIRST_ROW, FIRST_MODEL)
        sheet.repeat_rows(0, FIRST_ROW - 1)

    def _of_model(self, column: int) -> Callable[[str], str]:
        """Return how a formula in a model's column refers to figures."""
        places = {name: self.figures.place(name) for name in self.figures.per_model}

        def reference(name: str) -> str:
            if name not in places:
                return name
            sheet, row = places[name]
            return f"{sheet}!{letter(column)}${row + 1}"

        return reference

    def _write_curve(self) -> None:
        book, figures = self.book, self.figures
        widths = (12.0, 14.0, 18.0, 16.0, 3.0, 14.0, 18.0, 18.0, 3.0)
        title = "Cost against accuracy"
        words = "Live on the left, with the chosen model; on the right stored from a simulation."
        sheet = book.sheet("Curve", title, words, widths)
        total = self.found.assumptions.pricing.total
        table = Scenarios(figures, sheet, ["target_error"], [total, "examples_needed"], 9)
        header = FIRST_ROW - 1
        names = ("Factor of the error", "Error", "Total\nUSD", "Examples needed")
        stored_names = ("Error (stored)", "Total, 5%\n(stored)", "95%\n(stored)")
        book.header(sheet, header, names, right=range(4))
        book.header(sheet, header, stored_names, 5, right=range(5, 8))
        table.write_header(header)
        last = FIRST_ROW + len(_FACTORS) - 1
        asked = self.found.point("target_error")
        for row, factor in enumerate(_FACTORS, start=FIRST_ROW):
            error = min(asked * factor, max(_MOST_ERROR, asked))
            sheet.write_number(row, 0, factor, book.style("input", "0.000"))
            formula = f"=MIN(target_error*$A{row + 1},MAX({_MOST_ERROR},target_error))"
            values = table.write_row(row, {"target_error": (formula, error)})
            for column, name in enumerate(("target_error", total, "examples_needed"), start=1):
                figures_format = format_of(name, figures.node(name).unit, values[name])
                cell = f"={table.cell(name, row)}"
                style = book.style("formula", figures_format)
                sheet.write_formula(row, column, cell, style, values[name])
        stored = [each for each in cost_over_accuracy(self.found) if each.p95 > 0.0][::2]
        for row, each in enumerate(stored, start=FIRST_ROW):
            ends = ((each.error, "0.00%"), (each.p05, USD), (each.p95, USD))
            write_stored(book, sheet, row, 5, ends)
        self._draw_curve(sheet, last, FIRST_ROW + len(stored) - 1)
        sheet.print_area(0, 0, last + 24, 7)
        sheet.fit_to_pages(1, 1)
        sheet.set_portrait()
        sheet.freeze_panes(FIRST_ROW, 0)

    def _draw_curve(self, sheet: Worksheet, last: int, last_stored: int) -> None:
        kind = {"type": "scatter", "subtype": "straight"}
        chart = self.book.chart(kind, "Cost against accuracy", "error", "USD in total")
        first = FIRST_ROW
        chart.add_series(
            {
                "name": "total, everything at its median (live)",
                "categories": cells(sheet, 1, first, last),
                "values": cells(sheet, 2, first, last),
                "line": {"color": LIVE, "width": 2.25},
                "marker": {"type": "none"},
            }
        )
        for name, column in (("5% (stored)", 6), ("95% (stored)", 7)):
            x, y = cells(sheet, 5, first, last_stored), cells(sheet, column, first, last_stored)
            chart.add_series(stored_line(name, x, y))
        middle = first + _FACTORS.index(1.0)
        chart.add_series(
            {
                "name": "the target (live)",
                "categories": cells(sheet, 1, middle, middle),
                "values": cells(sheet, 2, middle, middle),
                "line": {"none": True},
                "marker": {
                    "type": "circle", "size": 9, "fill": {"color": MARK}, "border": {"color": MARK},
                },
            }
        )  # fmt: skip
        chart.set_x_axis(
            {"name": "error: accuracy rises to the right", "name_font": AXIS_FONT, "log_base": 10,
             "reverse": True, "num_format": "0.##%", "num_font": NUMBER_FONT,
             "label_position": "low"}
        )  # fmt: skip
        chart.set_y_axis(
            {"name": "USD in total", "name_font": AXIS_FONT, "log_base": 10,
             "num_format": '"$"#,##0', "min": _LEAST_USD, "num_font": NUMBER_FONT,
             "label_position": "high", "major_gridlines": GRID}
        )  # fmt: skip
        sheet.insert_chart(max(last, last_stored) + 2, 0, chart)

    def _write_sensitivity(self) -> None:
        found, figures = self.found, self.figures
        graph = found.evaluation.graph
        cap: Cell = ("=POWER(10,log10_examples_cap)", 10.0 ** found.point("log10_examples_cap"))
        moved = []
        for swing in found.sensitivity:
            name = swing.input
            given = figures.best(name)
            ends: list[Cell] = []
            low, high = graph[name].bounds.ends()
            point = found.point(name)
            for step in (1.0 - STEP, 1.0 + STEP):
                value = float(np.clip(point * step, low, high))
                ends.append((f"=MIN(MAX({given}*{step},{_end(low)}),{_end(high)})", value))
            if not swing.move.endswith("%"):
                ends = [("", value) for value in _ends_of(found, name)]
            at_ends = [{name: end} for end in ends]
            if name != "limit":
                at_ends = [{"limit": cap, **each} for each in at_ends]
            how = swing.move if swing.move.endswith("%") else "to 5% and 95% (stored)"
            moved.append(Moved(swing.label, how, *at_ends))
        words = (
            "The total with the chosen model if one input were off and nothing else, the limit set "
            "aside. Which inputs stand here, and in which order, is stored."
        )
        total = found.assumptions.pricing.total
        what = Tornado(
            figures, "What matters most", words, total, "USD in total", moved, is_log=True
        )
        write_sensitivity(what)


def _trained_on(option: Option) -> tuple[str, str, str]:
    return option.accelerator or "", option.precision or "", option.terms or ""


def _interval(spread: Uncertain, unit: str) -> str:
    if spread.p05 == spread.p95:
        return "certain"
    before = "$" if unit == "USD" else ""
    return " to ".join(
        f"{before}{each:,.0f}" if each < 1e12 else f"{before}{each:.2e}"
        for each in (spread.p05, spread.p95)
    )


def _end(bound: float) -> str:
    """Return a bound that a formula can hold: spreadsheets know no infinity, no denormal number."""
    inside = float(np.clip(bound, -_LARGEST, _LARGEST))
    return repr(_SMALLEST if 0.0 < inside < _SMALLEST else inside)


def _ends_of(found: Estimate, name: str) -> tuple[float, float]:
    """Return the 5th and 95th percentile of an uncertain input."""
    from costcurve.decisions.axes import percentiles  # noqa: PLC0415

    place = found.models.index(found.best.model)
    low, _, high = percentiles(found.evaluation[name], place)
    return low, high
