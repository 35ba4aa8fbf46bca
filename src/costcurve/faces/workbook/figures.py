"""The figures of a calculation as cells: what is given, what is computed, for all or for each.

Every quantity is a formula, written from the recorded function that the library computes with, and
carries the library's value, which viewers that do not calculate show.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from costcurve.core.display import LARGE, plain
from costcurve.core.parameters import table
from costcurve.core.quantities import Bounds, Evaluation, Input, Quantity
from costcurve.decisions.worth_formulas import LIMIT, PRICE
from costcurve.faces.workbook.book import Book, letter

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

#: Longest source beside a figure.
_LONGEST_SOURCE = 240
#: Figures that are read as shares, though their unit is 1.
_SHARES = ("accuracy", "error", "probability", "share", "prevalence", "rate", "shortfall")
_NO_SHARES = ("log10", "effort", "beyond", "ratio", "coef")
#: Dollars and cents; less than a cent shows its digits, since a zero would be wrong.
USD = '[>=0.01]"$"#,##0.00;[<=-0.01]-"$"#,##0.00;"$"0.0E+00'
_NO_USD, _MANY_USD = '"$"#,##0.00', '"$"0.00E+00'
_COUNT = "[=0]0;[<1]0.0E+00;#,##0"
#: How far below an end that is not allowed a formula stays.
_MARGIN = 1e-9
_SMALL, _THOUSAND, _LARGE = 1e-3, 1e3, 1e9
_WIDTHS = {"label": 52.0, "source": 52.0}
#: Columns of a list of inputs and of one of figures, each with its width.
INPUT_COLUMNS = (
    ("Input", _WIDTHS["label"]), ("Value", 17.0), ("Unit", 20.0), ("Allowed", 26.0),
    ("5% to 95%, where uncertain", 24.0), ("Source", _WIDTHS["source"]),
    ("Name in formulas", 32.0),
)  # fmt: skip
FIGURE_COLUMNS = (
    ("Figure", _WIDTHS["label"]), ("Value", 17.0), ("Unit", 20.0), ("Formula", 50.0),
    ("Source", _WIDTHS["source"]), ("Name in formulas", 32.0),
)  # fmt: skip
#: Groups of inputs that whoever asks decides on, by the table of parameters.
_GROUPS = {
    "task": "The task",
    "assumptions": "Training",
    "benefit": "What it is worth",
    "serving": "Serving",
    "storage": "Storage",
    "people": "People",
    "retraining": "Retraining",
    "finance": "Finance",
}
OTHER_GROUP = "Beside these"
#: What a figure was asked for as, where a workbook calls it otherwise.
_ASKED_AS = {PRICE: "usd_per_example", LIMIT: "limit"}


@dataclass(frozen=True)
class Figures:
    """A calculation that is laid out in cells.

    Attributes
    ----------
    book : Book
        Where they stand.
    evaluation : Evaluation
        Every value.
    point : callable
        The point value of a quantity, by its name and, where models differ, the model's.
    models : sequence of str
        The candidates in the order of their rows; empty where there is only one.
    model_facts : sequence of str
        Inputs that differ from model to model.
    source : callable
        Where a figure comes from; arguments as of `point`.
    """

    book: Book
    evaluation: Evaluation
    point: Callable[..., float]
    source: Callable[..., str]
    models: Sequence[str] = ()
    model_facts: Collection[str] = ()

    @cached_property
    def sorted(self) -> tuple[list[str], list[str], list[str]]:
        """What is given, what is computed once, and what is computed for each model."""
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

    @property
    def per_model(self) -> list[str]:
        """Inputs and quantities that differ from model to model."""
        return self.sorted[2]

    @cached_property
    def grouped(self) -> dict[str, list[str]]:
        """What whoever asks decides on, in groups; what is left are facts."""
        found: dict[str, list[str]] = {title: [] for title in (*_GROUPS.values(), OTHER_GROUP)}
        for name in self.sorted[0]:
            asked = _ASKED_AS.get(name, name)
            group = table()[asked].group if asked in table() else None
            if group in _GROUPS:
                found[_GROUPS[group]].append(name)
            elif name in self.evaluation.overridden or _is_of_the_case(self.source(name)):
                found[OTHER_GROUP].append(name)
        return {title: names for title, names in found.items() if names}

    @cached_property
    def facts(self) -> list[str]:
        """What is given and not decided on: coefficients of the law, constants, prices."""
        decided = {name for names in self.grouped.values() for name in names}
        return [name for name in self.sorted[0] if name not in decided]

    def node(self, name: str) -> Input | Quantity:
        """Return what a figure is."""
        return self.evaluation.graph[name]

    def source_of_price(self, name: str) -> str:
        """Return where a price comes from: of one that is computed the prices that it rests on."""
        prices: list[str] = []
        waiting = [self.evaluation.lineage(name)]
        while waiting:
            each = waiting.pop(0)
            if not each.inputs and each.unit.startswith("USD"):
                prices.append(self.source(each.name))
            waiting += each.inputs
        return "; ".join(dict.fromkeys([*prices, self.source(name)]))

    def sources_of(self, name: str) -> dict[str, list[str]]:
        """Return where a figure comes from, each source with the models that have it from there."""
        if name not in self.per_model or name not in self.model_facts:
            return {self.source(name): []}
        found: dict[str, list[str]] = {}
        for model in self.models:
            found.setdefault(self.source(name, model), []).append(model)
        return found

    def formula(self, name: str, reference: Callable[[str], str] = str) -> str:
        """Return the formula of a quantity."""
        return self.evaluation.graph.quantities[name].excel(reference)

    def best(self, name: str) -> str:
        """Return how a figure of the chosen model is referred to from any sheet."""
        if name not in self.per_model:
            return name
        return f"INDEX({self.cells(name)},answer_place)"

    def cells(self, name: str) -> str:
        """Return the cells of a figure that differs from model to model."""
        sheet, row = self.place(name)
        last = letter(FIRST_MODEL + len(self.models) - 1)
        return f"{sheet}!${letter(FIRST_MODEL)}${row + 1}:${last}${row + 1}"

    def place(self, name: str) -> tuple[str, int]:
        """Return the sheet and the row of a figure that differs from model to model."""
        if name in self.model_facts:
            return "Models", FIRST_ROW + [n for n in self.per_model if n in self.model_facts].index(
                name
            )
        return "Options", FIRST_ROW + OPTION_WORDS + self.ranked.index(name)

    @cached_property
    def ranked(self) -> list[str]:
        """The computed figures of an option: what is asked for first, then what it rests on."""
        computed = [name for name in self.per_model if name not in self.model_facts]
        leading = [name for name in _LEADING if name in computed]
        return [*leading, *(name for name in computed if name not in leading)]

    def write_inputs(self, sheet: Worksheet, row: int, names: Sequence[str]) -> int:
        """Write rows of inputs; return the row after them."""
        for name in names:
            node, value = self.node(name), self.point(name)
            unit, number_format = unit_of(node), format_of(name, node.unit, value)
            source = shortened(self.source(name))
            comment = "\n".join(filter(None, (node.label, unit and f"Unit: {unit}.", source)))
            self.book.text(sheet, row, 0, node.label)
            self.book.input(sheet, row, 1, value, number_format, node.bounds, comment)
            self.book.text(sheet, row, 2, unit, "unit")
            self.book.text(sheet, row, 3, str(node.bounds) or "any number", "source")
            self.book.text(sheet, row, 4, self._spread(name), "stored")
            self.book.text(sheet, row, 5, source, "source")
            self.book.text(sheet, row, 6, name, "code")
            self.book.high(
                sheet, row, (node.label, _WIDTHS["label"]), (source, 1.2 * _WIDTHS["source"])
            )
            self.book.name(name, sheet, row, 1)
            row += 1
        return row

    def _spread(self, name: str) -> str:
        given = self.node(name)
        if not isinstance(given, Input) or given.spread is None:
            return ""
        if name in self.evaluation.overridden:
            return ""
        return f"{plain(given.spread.low)} to {plain(given.spread.high)}"

    def write_computed(self, sheet: Worksheet, row: int, names: Sequence[str]) -> int:
        """Write rows of computed figures; return the row after them."""
        for name in names:
            quantity = self.evaluation.graph.quantities[name]
            self.book.text(sheet, row, 0, quantity.label)
            self.write_cell(sheet, row, 1, name, self.formula(name))
            self.book.text(sheet, row, 2, unit_of(quantity), "unit")
            self.book.text(sheet, row, 3, quantity.text(), "code")
            self.book.text(sheet, row, 4, quantity.source, "source")
            self.book.text(sheet, row, 5, name, "code")
            self.book.high(
                sheet,
                row,
                (quantity.label, _WIDTHS["label"]),
                (quantity.text(), 1.2 * 50),
                (quantity.source, 1.2 * _WIDTHS["source"]),
            )
            self.book.name(name, sheet, row, 1)
            row += 1
        return row

    def write_cell(  # noqa: PLR0913 - where, what and for whom
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        name: str,
        formula: str,
        *,
        model: str | None = None,
        kind: str = "formula",
    ) -> None:
        """Write a formula for a figure, with the library's value."""
        value = self.point(name) if model is None else self.point(name, model)
        number_format = format_of(name, self.node(name).unit, value)
        sheet.write_formula(row, column, formula, self.book.style(kind, number_format), value)

    @cached_property
    def points(self) -> dict[str, float]:
        """The point values of all that is given, those of the chosen model among them."""
        given = (*self.sorted[0], *(n for n in self.per_model if n in self.model_facts))
        return {name: self.point(name) for name in given}

    def values(self, names: Sequence[str], changes: Mapping[str, Any]) -> dict[str, float]:
        """Return figures of the chosen model with some of them changed, everything at its point."""
        found = self.evaluation.graph.evaluate(names, {**self.points, **changes})
        return {name: float(found[name].ravel()[0]) for name in names}


#: First row of a table below a sheet's heading, the column of the first model, and rows of words
#: above the figures of the options.
FIRST_ROW, FIRST_MODEL, OPTION_WORDS = 4, 2, 3
_LEADING = (
    "total_cost_usd",
    "data_cost_usd",
    "training_cost_usd",
    "testing_cost_usd",
    "training_hours",
    "training_memory_gb",
    "fits_memory",
    "training_flop",
)


def _is_of_the_case(source: str) -> bool:
    return source == "the user"


def shortened(text: str) -> str:
    """Return a source that may stand beside others; the sheet of sources has the whole."""
    return text if len(text) <= _LONGEST_SOURCE else text[:_LONGEST_SOURCE] + " … (see Sources)"


def unit_of(node: Input | Quantity) -> str:
    """Return a unit as it is shown: nothing where there is none."""
    return "" if node.unit == "1" else node.unit


def format_of(name: str, unit: str, value: float) -> str:
    """Return the number format of a figure, by its unit, its name and its size."""
    size = abs(value)
    if unit.startswith("USD"):
        return _format_of_usd(size)
    if unit == "1" and _is_share(name) and size <= 1.0:
        return "0.00%" if size == 0.0 or size >= _SMALL else "0.00E+00%"
    if unit in ("example", "parameter", "prediction/year", "unit") and size < LARGE:
        return _COUNT
    if unit == "FLOP" or size >= _LARGE or 0.0 < size < _SMALL:
        return "0.000E+00"
    if size >= _THOUSAND:
        return "#,##0.0"
    return "0" if float(value).is_integer() else "0.0000"


def _format_of_usd(size: float) -> str:
    if size == 0.0:
        return _NO_USD
    return USD if size < LARGE else _MANY_USD


def _is_share(name: str) -> bool:
    words = name.split("_")
    return any(each in words for each in _SHARES) and not any(each in words for each in _NO_SHARES)


def stepped(name: str, step: float, bounds: Bounds) -> str:
    """Return the formula of an input that is moved by a share, within what it may be."""
    formula = f"{name}*{step}"
    if bounds.at_least is not None:
        formula = f"MAX({formula},{bounds.at_least!r})"
    if bounds.at_most is not None:
        formula = f"MIN({formula},{bounds.at_most!r})"
    if bounds.below is not None:  # a spreadsheet takes the number just below for the end itself
        formula = f"MIN({formula},{bounds.below - _MARGIN!r})"
    return f"={formula}"
