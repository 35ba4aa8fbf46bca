"""The workbook: the estimate as a spreadsheet whose every figure is a live formula.

Three sheets. `Inputs` holds every number from outside, each under its own defined name. `Answer`
holds what is computed from them for all models, by defined name too, and `Options` a row for each
model. The formulas are written from the quantities themselves, so they compute what the library
computes; each carries its value, which viewers that do not calculate show.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costcurve._version import __version__
from costcurve.core.errors import MissingExtraError
from costcurve.core.files import write_bytes
from costcurve.core.quantities import Quantity
from costcurve.decisions import Estimate, Option

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

ANSWER, OPTIONS, INPUTS = "Answer", "Options", "Inputs"
#: Longest text that a cell holds in Excel.
LONGEST_TEXT = 32_767
_FIRST_ROW = 3
_VALUE_COLUMN = 2
_PERCENT = frozenset(
    {
        "target_accuracy",
        "target_error",
        "achievable_accuracy",
        "achievable_error",
        "predicted_error",
        "accuracy_shortfall",
        "probability_of_target",
        "probability_at_limit",
    }
)
_SOURCE_WIDTH, _LABEL_WIDTH = 60, 62
_COLUMNS = (
    ("Figure", 30),
    ("What it is", _LABEL_WIDTH),
    ("Value", 18),
    ("Unit", 24),
    ("Source", _SOURCE_WIDTH),
)
_LINE_POINTS = 15
#: What of an option stands first.
_LEADING = (
    "total_cost_usd",
    "training_cost_usd",
    "training_hours",
    "training_memory_gb",
    "fits_memory",
    "training_flop",
)
_COLUMNS_OF_A_PAGE = 12
_NUMBER_FORMATS = {
    "USD": '"$"#,##0.00',
    "example": "#,##0.00",
    "parameter": "#,##0",
    "FLOP": "0.00E+00",
}


def write_workbook(estimate: Estimate, path: Path) -> None:
    """Write an estimate as a workbook with live formulas.

    Parameters
    ----------
    estimate : Estimate
        What to write.
    path : Path
        The .xlsx file; what was there is replaced when the new one is whole.

    Raises
    ------
    MissingExtraError
        If XlsxWriter is not installed.
    InputError
        If the file cannot be written.
    """
    write_bytes(path, workbook_bytes(estimate), "xlsx")


def workbook_bytes(estimate: Estimate) -> bytes:
    """Return the workbook of an estimate.

    Raises
    ------
    MissingExtraError
        If XlsxWriter is not installed.
    """
    try:
        from xlsxwriter import Workbook  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtraError("--xlsx", "excel") from None
    stream = io.BytesIO()
    # Text stays text, whatever it starts with.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(stream, options) as workbook:
        _Writer(estimate, workbook).write()
    return stream.getvalue()


class _Writer:
    """Writes one estimate into one workbook."""

    def __init__(self, estimate: Estimate, workbook: Workbook) -> None:
        self.estimate = estimate
        self.evaluation = estimate.evaluation
        self.workbook = workbook
        #: Inputs that differ from model to model: columns of the options, not rows of the inputs.
        self.model_facts = estimate.assumptions.pricing.model_facts
        self.answer: Worksheet = workbook.add_worksheet(ANSWER)
        self.options: Worksheet = workbook.add_worksheet(OPTIONS)
        self.inputs: Worksheet = workbook.add_worksheet(INPUTS)
        self.title = workbook.add_format({"bold": True, "font_size": 14})
        self.head = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.quiet = workbook.add_format({"font_color": "#666666"})
        self.words = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.source = workbook.add_format(
            {"font_color": "#666666", "text_wrap": True, "valign": "top"}
        )
        self.unit = workbook.add_format({"indent": 1, "valign": "top"})
        self.given, self.computed, self.per_model = self._sort()
        #: Where each figure of an option stands: what is asked for first, then what it rests on.
        first = 1 + len(self._words_of(estimate.best))
        leading = [name for name in _LEADING if name in self.per_model]
        rest = [name for name in self.per_model if name not in leading]
        self.columns = {name: first + n for n, name in enumerate((*leading, *rest))}

    def _sort(self) -> tuple[list[str], list[str], list[str]]:
        """Return what is given, what is computed for all models, and what for each."""
        given: list[str] = []
        computed: list[str] = []
        per_model: list[str] = []
        for name in self.evaluation:
            needed = self.evaluation.graph.parameters(name)
            if name in self.evaluation.overridden:
                given.append(name)
            elif name in self.model_facts or set(needed) & set(per_model):
                per_model.append(name)
            elif name in self.evaluation.graph.inputs:
                given.append(name)
            else:
                computed.append(name)
        return given, computed, per_model

    def write(self) -> None:
        """Write the sheets; the answer opens first."""
        self._write_inputs()
        row = self._write_figures(_FIRST_ROW + 7)
        self._write_notes(row + 1)
        self._write_options()
        self._write_headline(_FIRST_ROW + 1, _FIRST_ROW + len(self.estimate.options))
        for sheet in (self.answer, self.options, self.inputs):
            sheet.set_landscape()
            # So many columns on one page could not be read.
            is_wide = sheet is self.options and len(self.columns) > _COLUMNS_OF_A_PAGE
            sheet.fit_to_pages(0 if is_wide else 1, 0)
        properties = {
            "title": "costcurve estimate",
            "comments": f"costcurve {__version__}, law {self.estimate.law.id}",
        }
        self.workbook.set_properties(properties)

    def _write_inputs(self) -> None:
        sheet = self.inputs
        sheet.write_string(0, 0, "Inputs", self.title)
        sheet.write_string(1, 0, "Change the blue figures; the answer follows.", self.quiet)
        for column, (text, width) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(_FIRST_ROW - 1, column, text, self.head)
        for row, name in enumerate(self.given, start=_FIRST_ROW):
            node = self.evaluation.lineage(name)
            sheet.write_string(row, 0, name, self.words)
            self._write_text(sheet, row, 1, node.label, self.words)
            value = self.estimate.point(name)
            sheet.write_number(row, _VALUE_COLUMN, value, self._input_style(name))
            sheet.write_string(row, 3, _unit(node.unit), self.unit)
            self._write_text(sheet, row, 4, node.source, self.source)
            self.workbook.define_name(name, f"={INPUTS}!$C${row + 1}")
        sheet.freeze_panes(_FIRST_ROW, 0)

    def _write_figures(self, row: int) -> int:
        sheet = self.answer
        for column, (text, width) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(row - 1, column, text, self.head)
        for name in self.computed:
            node = self._quantity(name)
            sheet.write_string(row, 0, name, self.words)
            self._write_text(sheet, row, 1, node.label, self.words)
            self._write_formula(sheet, row, _VALUE_COLUMN, name, node.excel())
            sheet.write_string(row, 3, _unit(node.unit), self.unit)
            self._write_text(sheet, row, 4, node.source, self.source)
            self.workbook.define_name(name, f"={ANSWER}!$C${row + 1}")
            row += 1
        return row

    def _write_options(self) -> None:
        sheet = self.options
        sheet.write_string(0, 0, "Options", self.title)
        sheet.write_string(1, 0, "What differs from model to model.", self.quiet)
        header = _FIRST_ROW - 1
        sheet.write_string(header, 0, "Model", self.head)
        columns = self.columns
        source_column = 1 + max(columns.values(), default=0)
        for name, column in columns.items():
            unit = _unit(self.evaluation.graph[name].unit)
            sheet.write_string(header, column, f"{name}\n{unit}", self.head)
        for position, name in enumerate(self._words_of(self.estimate.best)):
            sheet.write_string(header, 1 + position, name, self.head)
        sheet.write_string(header, source_column, "Source of the model's facts", self.head)
        sheet.set_row(header, 2 * _LINE_POINTS)
        sheet.set_column(0, source_column - 1, 20)
        sheet.set_column(source_column, source_column, _SOURCE_WIDTH)
        sources = {model.name: model.facts_source for model in self.estimate.candidates}
        for row, option in enumerate(self.estimate.options, start=_FIRST_ROW):
            sheet.write_string(row, 0, option.model, self.words)
            for position, text in enumerate(self._words_of(option).values()):
                sheet.write_string(row, 1 + position, text, self.words)
            self._write_text(sheet, row, source_column, sources[option.model], self.source)
            for name, column in columns.items():
                if name in self.model_facts:
                    value = self.estimate.point(name, option.model)
                    sheet.write_number(row, column, value, self._input_style(name))
                else:
                    formula = self._quantity(name).excel(_in_row(columns, row))
                    self._write_formula(sheet, row, column, name, formula, option.model)
        sheet.freeze_panes(_FIRST_ROW, 1)

    @staticmethod
    def _words_of(option: Option) -> dict[str, str]:
        """Return what an option is trained on, in words; as published there are none."""
        words = {
            "Accelerator": option.accelerator,
            "Precision": option.precision,
            "Price": option.terms,
        }
        return {name: text for name, text in words.items() if text is not None}

    def _write_headline(self, first: int, last: int) -> None:
        sheet, estimate = self.answer, self.estimate
        sheet.write_string(0, 0, "What will it cost to reach that accuracy?", self.title)
        law = f"Priced {estimate.mode.replace('-', ' ')}; law {estimate.law.id}."
        sheet.write_string(1, 0, f"{law} Figures follow the inputs.", self.quiet)
        best, point = estimate.best, estimate.point
        in_reach = "yes" if estimate.is_reachable else "no"
        rows: list[tuple[str, str, Any, str]] = [
            ("In reach", '=IF(reaches_target=1,"yes","no")', in_reach, "General"),
            ("Chance", "=probability_of_target", point("probability_of_target"), "0%"),
            ("Missing examples", "=missing_examples", point("missing_examples"), "#,##0"),
        ]
        if "total_cost_usd" in self.per_model:
            column = _letter(self.columns["total_cost_usd"])
            totals = f"{OPTIONS}!${column}${first}:${column}${last}"
            models = f"{OPTIONS}!$A${first}:$A${last}"
            least = self._least(totals, first, last)
            cheapest = f"=INDEX({models},MATCH({least},{totals},0))"
            usd = _NUMBER_FORMATS["USD"]
            rows = [
                ("Cheapest model", cheapest, best.model, "General"),
                ("Its total cost", f"={least}", best.total_cost_usd.point, usd),
                *rows,
            ]
        else:
            total, usd = best.total_cost_usd.point, _NUMBER_FORMATS["USD"]
            rows = [("Total cost", "=total_cost_usd", total, usd), *rows]
        for row, (label, formula, value, number_format) in enumerate(rows, start=_FIRST_ROW):
            style = self.workbook.add_format(
                {"bold": True, "align": "right", "num_format": number_format}
            )
            sheet.write_string(row, 0, label, self.head)
            if label == "Chance" and estimate.has_ranges:
                sheet.write_string(row, 1, "at the medians of the ranges", self.quiet)
            sheet.write_formula(row, _VALUE_COLUMN, formula, style, value)

    def _least(self, totals: str, first: int, last: int) -> str:
        """Return the formula of the least total, among what fits if anything does."""
        if "fits_memory" not in self.per_model:
            return f"MIN({totals})"
        column = _letter(self.columns["fits_memory"])
        fits = f"{OPTIONS}!${column}${first}:${column}${last}"
        return f"IF(COUNTIF({fits},1)=0,MIN({totals}),_xlfn.MINIFS({totals},{fits},1))"

    def _write_notes(self, row: int) -> None:
        self.answer.write_string(row, 0, "Notes, as of writing", self.head)
        for number, text in enumerate(self.estimate.warnings, start=row + 1):
            self._write_text(self.answer, number, 0, text, self.quiet)

    def _write_text(
        self, sheet: Worksheet, row: int, column: int, text: str, style: Format | None = None
    ) -> None:
        sheet.write_string(row, column, text[:LONGEST_TEXT], style)
        if style is self.source:  # LibreOffice does not fit the height of a row to wrapped text
            sheet.set_row(row, _LINE_POINTS * ceil(len(text) / (_SOURCE_WIDTH - 5)))

    def _write_formula(  # noqa: PLR0913, PLR0917 - where, what and for whom
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        name: str,
        formula: str,
        model: str | None = None,
    ) -> None:
        number_format = self._number_format(name).replace("General", "0.0000")
        style = self.workbook.add_format({"num_format": number_format, "valign": "top"})
        sheet.write_formula(row, column, formula, style, self.estimate.point(name, model))

    def _quantity(self, name: str) -> Quantity:
        return self.evaluation.graph.quantities[name]

    def _input_style(self, name: str) -> Format:
        return self.workbook.add_format(
            {
                "font_color": "#0000CC",
                "bg_color": "#EEF3FC",
                "num_format": self._number_format(name),
                "valign": "top",
            }
        )

    def _number_format(self, name: str) -> str:
        if name in _PERCENT:
            return "0.00%"
        return _NUMBER_FORMATS.get(self.evaluation.graph[name].unit, "General")


def _in_row(columns: dict[str, int], row: int) -> Callable[[str], str]:
    def reference(name: str) -> str:
        return f"${_letter(columns[name])}{row + 1}" if name in columns else name

    return reference


def _letter(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415 - an extra

    return str(xl_col_to_name(column))


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit
