"""The workbook: the estimate as a spreadsheet whose every figure is a live formula.

Two sheets. `Inputs` holds every number from outside, each under its own defined name. `Answer`
holds what is computed from them: figures common to all models by defined name, then a row for each
model. The formulas are written from the quantities themselves, so they compute what the library
computes; each carries its value, which viewers that do not calculate show.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costcurve._version import __version__
from costcurve.core.errors import MissingExtraError
from costcurve.core.files import write_bytes
from costcurve.core.quantities import Quantity
from costcurve.decisions import Estimate

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

INPUTS, ANSWER = "Inputs", "Answer"
#: Inputs that differ from model to model: columns of the options, not rows of the inputs.
PER_MODEL_INPUTS = ("parameters",)
#: Quantities that say something only when there is a limit.
_NEED_A_LIMIT = frozenset({"achievable_error", "achievable_accuracy", "probability_at_limit"})
_FIRST_ROW = 3
_VALUE_COLUMN = 2
_PERCENT_ENDINGS = ("_accuracy", "_error", "_of_target", "_at_limit")
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
    try:
        from xlsxwriter import Workbook  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtraError("--xlsx", "excel") from None
    stream = io.BytesIO()
    # Text stays text, whatever it starts with.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(stream, options) as workbook:
        _Writer(estimate, workbook).write()
    write_bytes(path, stream.getvalue(), "xlsx")


class _Writer:
    """Writes one estimate into one workbook."""

    def __init__(self, estimate: Estimate, workbook: Workbook) -> None:
        self.estimate = estimate
        self.evaluation = estimate.evaluation
        self.workbook = workbook
        self.answer: Worksheet = workbook.add_worksheet(ANSWER)
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

    def _sort(self) -> tuple[list[str], list[str], list[str]]:
        """Return what is given, what is computed for all models, and what for each."""
        given: list[str] = []
        computed: list[str] = []
        per_model: list[str] = []
        skipped = _NEED_A_LIMIT if self.estimate.best.achievable_accuracy is None else frozenset()
        for name in self.evaluation:
            needed = self.evaluation.graph.parameters(name)
            if name in self.evaluation.overridden or (
                name in self.evaluation.graph.inputs and name not in PER_MODEL_INPUTS
            ):
                given.append(name)
            elif name in PER_MODEL_INPUTS or set(needed) & set(per_model):
                per_model.append(name)
            elif name not in skipped:
                computed.append(name)
        return given, computed, per_model

    def write(self) -> None:
        """Write both sheets; the answer opens first."""
        self._write_inputs()
        row = self._write_figures(_FIRST_ROW + 6)
        first, last = self._write_options(row + 2)
        self._write_headline(first, last)
        for sheet in (self.answer, self.inputs):
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
        properties = {
            "title": "costcurve estimate",
            "comments": f"costcurve {__version__}, law {self.estimate.law.id}",
        }
        self.workbook.set_properties(properties)

    def _write_inputs(self) -> None:
        sheet = self.inputs
        sheet.write_string(0, 0, "Inputs", self.title)
        sheet.write_string(1, 0, "Change the blue figures; the answer follows.", self.quiet)
        for column, (text, width) in enumerate(
            (("Name", 30), ("What it is", 48), ("Value", 18), ("Unit", 24), ("Source", 60))
        ):
            sheet.set_column(column, column, width)
            sheet.write_string(_FIRST_ROW - 1, column, text, self.head)
        for row, name in enumerate(self.given, start=_FIRST_ROW):
            node = self.evaluation.lineage(name)
            sheet.write_string(row, 0, name, self.words)
            sheet.write_string(row, 1, node.label, self.words)
            value = self.estimate.point(name)
            sheet.write_number(row, _VALUE_COLUMN, value, self._input_style(name))
            sheet.write_string(row, 3, _unit(node.unit), self.unit)
            sheet.write_string(row, 4, node.source, self.source)
            self.workbook.define_name(name, f"={INPUTS}!$C${row + 1}")
        sheet.freeze_panes(_FIRST_ROW, 0)

    def _write_figures(self, row: int) -> int:
        sheet = self.answer
        for column, text in enumerate(("Figure", "What it is", "Value", "Unit", "Source")):
            sheet.write_string(row - 1, column, text, self.head)
        for name in self.computed:
            node = self._quantity(name)
            sheet.write_string(row, 0, name, self.words)
            sheet.write_string(row, 1, node.label, self.words)
            self._write_formula(row, _VALUE_COLUMN, name, node.excel(), None)
            sheet.write_string(row, 3, _unit(node.unit), self.unit)
            sheet.write_string(row, 4, node.source, self.source)
            self.workbook.define_name(name, f"={ANSWER}!$C${row + 1}")
            row += 1
        return row

    def _write_options(self, header: int) -> tuple[int, int]:
        """Write a row for each model; return the first and the last, counted from one."""
        sheet = self.answer
        sheet.write_string(header, 0, "Model", self.head)
        columns = {name: 1 + position for position, name in enumerate(self.per_model)}
        for name, column in columns.items():
            unit = _unit(self.evaluation.graph[name].unit)
            sheet.write_string(header, column, f"{name}\n{unit}", self.head)
        for row, option in enumerate(self.estimate.options, start=header + 1):
            sheet.write_string(row, 0, option.model)
            for name, column in columns.items():
                if name in PER_MODEL_INPUTS:
                    value = self.estimate.point(name, option.model)
                    sheet.write_number(row, column, value, self._input_style(name))
                else:
                    formula = self._quantity(name).excel(_in_row(columns, row))
                    self._write_formula(row, column, name, formula, option.model)
        return header + 2, header + 1 + len(self.estimate.options)

    def _write_headline(self, first: int, last: int) -> None:
        sheet, best = self.answer, self.estimate.best
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 44)
        sheet.set_column(2, 3, 20)
        sheet.set_column(4, 4, 44)
        sheet.set_column(5, 4 + len(self.per_model), 20)
        sheet.write_string(0, 0, "What will it cost to reach that accuracy?", self.title)
        law = f"Priced {self.estimate.mode.replace('-', ' ')}; law {self.estimate.law.id}."
        sheet.write_string(1, 0, f"{law} Figures follow the inputs.", self.quiet)
        if "total_cost_usd" not in self.per_model:
            return
        total = f"${_letter(1 + self.per_model.index('total_cost_usd'))}"
        totals = f"{total}${first}:{total}${last}"
        rows: list[tuple[str, str, Any, str]] = [
            (
                "Cheapest model",
                f"=INDEX($A${first}:$A${last},MATCH(MIN({totals}),{totals},0))",
                best.model,
                "",
            ),
            ("Total cost", f"=MIN({totals})", best.total_cost_usd.point, "USD"),
        ]
        if {"examples_needed", "limit"} <= {*self.given, *self.computed}:
            reach = "yes" if best.reaches_target else "no"
            rows.append(("In reach", '=IF(examples_needed<=limit,"yes","no")', reach, ""))
        for row, (label, formula, value, unit) in enumerate(rows, start=3):
            style = self.workbook.add_format(
                {"bold": True, "align": "right", "num_format": _NUMBER_FORMATS.get(unit, "General")}
            )
            sheet.write_string(row, 0, label, self.head)
            sheet.write_formula(row, _VALUE_COLUMN, formula, style, value)

    def _write_formula(
        self, row: int, column: int, name: str, formula: str, model: str | None
    ) -> None:
        number_format = self._number_format(name).replace("General", "0.0000")
        style = self.workbook.add_format({"num_format": number_format, "valign": "top"})
        value = self.estimate.point(name, model)
        self.answer.write_formula(row, column, formula, style, value)

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
        if name.endswith(_PERCENT_ENDINGS):
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
