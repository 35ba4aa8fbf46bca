"""The columns of a portfolio: cells as numbers, ranges and words, and why a row cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from costcurve.core.draws import interval_quantiles
from costcurve.core.errors import Finding, InputError, rewritten, shown
from costcurve.core.parameters import table as parameters
from costcurve.core.quantities import Bounds, FloatArray
from costcurve.core.vocabulary import TaskKind
from costcurve.decisions.task_table import TRUTHS, close_to
from costcurve.evidence.columns import as_numbers

#: Classes up to 1e9 against a baseline of 1,000: what a task may have.
_COMPLEXITY = Bounds(above=0.0, at_most=3.0)


class Column(NamedTuple):
    """One number of a row.

    Attributes
    ----------
    table, name : str
        Where a case of `worth` has it, and under which name the parameter table.
    is_required : bool
        Whether every row must have it.
    """

    table: str
    name: str
    is_required: bool = False


#: Numbers of a row, by their columns. Another stands in a cell as `NAME_low` and `NAME_high`.
NUMBERS = {
    "classes": Column("task", "classes"),
    "target_accuracy": Column("task", "target_accuracy", is_required=True),
    "examples_held": Column("task", "examples_held"),
    "examples_limit": Column("task", "limit"),
    "usd_per_example": Column("task", "usd_per_example"),
    "epochs": Column("assumptions", "epochs"),
    "predictions_per_year": Column("benefit", "predictions_per_year", is_required=True),
    "benefit_per_prediction_usd": Column("benefit", "benefit_per_prediction_usd"),
    "cost_per_error_usd": Column("benefit", "cost_per_error_usd"),
    "baseline_accuracy": Column("benefit", "baseline_accuracy"),
}
#: The columns that are read, as the contract has them; others are carried through.
INPUT_COLUMNS = (
    "id", "kind", "classes", "relative_complexity", "target_accuracy", "examples_held",
    "examples_limit", "usd_per_example", "epochs", "predictions_per_year",
    "benefit_per_prediction_usd", "cost_per_error_usd", "baseline_accuracy", "pretrained",
    "shared_with",
)  # fmt: skip
#: What is added to a row.
OUTPUT_COLUMNS = (
    "model", "achievable_accuracy", "examples_needed", "new_examples", "data_cost_usd",
    "training_cost_usd", "annual_cost_usd", "annual_benefit_usd", "net_usd", "net_usd_p05",
    "net_usd_p95", "decision", "funded", "flags",
)  # fmt: skip
_ENDS = ("_low", "_high")


@dataclass(frozen=True)
class Cells:
    """One column of a part of the file.

    Attributes
    ----------
    numbers : ndarray of shape (rows,)
        NaN where a cell holds no number.
    is_empty : ndarray of bool of shape (rows,)
        Whether there is nothing in it.
    text : callable
        Returns a cell's text by its row.
    """

    numbers: FloatArray
    is_empty: np.ndarray
    text: Callable[[int], str]


@dataclass(frozen=True)
class Rows:
    """The rows of a part of the file, as numbers.

    Attributes
    ----------
    points : dict of str to ndarray of shape (rows,)
        By the names of the parameter table, with `relative_complexity`; of a range the median, NaN
        where nothing is given.
    ranges : dict of str to pair of ndarray of shape (rows,)
        5th and 95th percentiles, NaN where there is no range.
    pretrained, segmentation : ndarray of shape (rows,)
        0 or 1.
    groups : ndarray of str of shape (rows,)
        The model group; empty where there is none.
    reasons : dict of int to list of str
        Why a row cannot be used.
    """

    points: dict[str, FloatArray]
    ranges: dict[str, tuple[FloatArray, FloatArray]]
    pretrained: FloatArray
    segmentation: FloatArray
    groups: np.ndarray
    reasons: dict[int, list[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.pretrained)

    @property
    def good(self) -> np.ndarray:
        """Places of the rows that can be used."""
        is_good = np.ones(len(self), dtype=bool)
        is_good[list(self.reasons)] = False
        return np.flatnonzero(is_good)

    def moved(self, name: str, factor: float, default: float) -> Rows:
        """Return the rows with one number multiplied, its default and its ranges with it."""
        ranges = dict(self.ranges)
        if name in ranges:
            low, high = ranges[name]
            ranges[name] = (factor * low, factor * high)
        given = self.points[name]
        points = {**self.points, name: factor * np.where(np.isnan(given), default, given)}
        return replace(self, points=points, ranges=ranges)

    def some(self, places: np.ndarray) -> Rows:
        """Return the rows at some places, all of which can be used."""
        return Rows(
            {name: values[places] for name, values in self.points.items()},
            {name: (low[places], high[places]) for name, (low, high) in self.ranges.items()},
            self.pretrained[places],
            self.segmentation[places],
            self.groups[places],
        )


def check_columns(names: Sequence[str]) -> None:
    """Raise InputError if the columns of a file are not those of a portfolio."""
    have, known = set(names), _known_columns()
    found = [
        Finding("portfolio header", shown(name), "is the name of a column that is added")
        for name in names
        if name in OUTPUT_COLUMNS
    ]
    asked_as = {column.name: name for name, column in NUMBERS.items() if column.name != name}
    for name in names:
        if name in asked_as:
            found.append(Finding("portfolio header", name, f"is called {asked_as[name]} here"))
            continue
        is_strange = name not in known and name not in OUTPUT_COLUMNS
        if is_strange and (hint := close_to(name, [each for each in known if each not in have])):
            found.append(Finding("portfolio header", shown(name), f"is no column{hint}"))
    for name in NUMBERS:
        ends = [f"{name}{end}" for end in _ENDS]
        if len(have.intersection(ends)) == 1:
            (missing,) = set(ends) - have
            found.append(Finding("portfolio header", missing, "is missing beside its other end"))
    for name, column in NUMBERS.items():
        if column.is_required and not have & {name, f"{name}_low"}:
            found.append(Finding("portfolio header", name, "no such column"))
    if not have & {"classes", "classes_low", "relative_complexity"}:
        found.append(Finding("portfolio header", "classes", "no such column, nor its complexity"))
    InputError.check(found)


def _known_columns() -> set[str]:
    return {*INPUT_COLUMNS, *(f"{name}{end}" for name in NUMBERS for end in _ENDS)}


def unused_columns(names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of a file that nothing is read from, in their order."""
    known = _known_columns()
    return tuple(name for name in names if name not in known)


def says_what_predictions_bring(names: Sequence[str]) -> bool:
    """Return whether a file has a column of what right or wrong predictions are worth."""
    told = ("benefit_per_prediction_usd", "cost_per_error_usd")
    return any(f"{name}{end}" in names for name in told for end in ("", *_ENDS))


def read_rows(columns: Mapping[str, Any], rows: int) -> Rows:
    """Return the rows of a part of a file as numbers; no row is lost, a bad one says why.

    Parameters
    ----------
    columns : mapping of str to pyarrow.ChunkedArray
        Cells by column: numbers, truth values or text.
    rows : int
        How many there are.
    """
    reader = _Reader(columns, rows)
    points: dict[str, FloatArray] = {}
    ranges: dict[str, tuple[FloatArray, FloatArray]] = {}
    for name, column in NUMBERS.items():
        points[column.name], ends = reader.number(name, column)
        if ends is not None:
            ranges[column.name] = ends
    bounds = _COMPLEXITY
    complexity = reader.bounded("relative_complexity", bounds, f"a number {bounds}", is_whole=False)
    points["relative_complexity"] = complexity
    has_either = ~np.isnan(points["classes"]) | ~np.isnan(complexity)
    either = "classes: give classes or relative_complexity"
    reader.refuse(~has_either, lambda _: either)
    reader.refuse(
        ~np.isnan(points["classes"]) & ~np.isnan(complexity), lambda _: f"{either}, not both"
    )
    kinds = {str(kind): float(kind is TaskKind.SEGMENTATION) for kind in TaskKind}
    return Rows(
        points,
        ranges,
        reader.words("pretrained", TRUTHS, default=1.0),
        reader.words("kind", kinds, default=0.0),
        reader.names("shared_with"),
        reader.reasons,
    )


class _Reader:
    """Reads columns, and keeps why a row cannot be used."""

    def __init__(self, columns: Mapping[str, Any], rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.reasons: dict[int, list[str]] = {}

    def refuse(self, wrong: np.ndarray, why: Callable[[int], str]) -> None:
        """Add a reason to every wrong row."""
        for row in np.flatnonzero(wrong).tolist():
            self.reasons.setdefault(row, []).append(why(row))

    def number(
        self, name: str, column: Column
    ) -> tuple[FloatArray, tuple[FloatArray, FloatArray] | None]:
        """Return a column of numbers, of ranges their medians, and the ranges if there are any."""
        parameter = parameters()[column.name]
        is_whole = parameter.allowed.startswith("a whole number")
        point = self.bounded(name, parameter.bounds, parameter.allowed, is_whole=is_whole)
        ends = None
        if f"{name}_low" in self.columns:
            low, high = (
                self.bounded(f"{name}{end}", parameter.bounds, parameter.allowed, is_whole=False)
                for end in _ENDS
            )
            point, ends = self._range(name, point, low, high, parameter.bounds)
        if column.is_required:
            self._required(name, point)
        return point, ends

    def _range(
        self, name: str, point: FloatArray, low: FloatArray, high: FloatArray, bounds: Bounds
    ) -> tuple[FloatArray, tuple[FloatArray, FloatArray] | None]:
        """Return points with the medians of ranges among them, and the ranges that have a width."""
        has_low, has_high = ~np.isnan(low), ~np.isnan(high)
        self.refuse(has_low != has_high, lambda _: f"{name}: a range has both ends")
        is_range = has_low & has_high
        self.refuse(is_range & (low > high), lambda _: f"{name}: a range rises from low to high")
        both = is_range & ~np.isnan(point)
        self.refuse(both, lambda _: f"{name}: give the number or its range, not both")
        is_range &= low <= high
        if not is_range.any():
            return point, None
        places = np.flatnonzero(is_range)
        middle = interval_quantiles(
            low[places], high[places], np.full(len(places), 0.5), *bounds.ends()
        )
        point = point.copy()
        point[places] = middle
        # A range without width, or none that float64 can tell, is a number.
        nearly = interval_quantiles(low[places], high[places], np.full(len(places), 0.95))
        is_wide = np.zeros(self.rows, dtype=bool)
        is_wide[places] = nearly != low[places]
        if not is_wide.any():
            return point, None
        return point, (np.where(is_wide, low, np.nan), np.where(is_wide, high, np.nan))

    def _required(self, name: str, point: FloatArray) -> None:
        missing = np.isnan(point)
        for row, why in self.reasons.items():
            missing[row] &= not any(each.startswith(name) for each in why)
        self.refuse(missing, lambda _: f"{name}: is missing")

    def bounded(self, name: str, bounds: Bounds, allowed: str, *, is_whole: bool) -> FloatArray:
        """Return a column of numbers within bounds, NaN where nothing is given or it is wrong."""
        if name not in self.columns:
            return np.full(self.rows, np.nan)
        cells = cells_of(self.columns[name])
        low, high = bounds.ends()
        with np.errstate(invalid="ignore"):
            wrong = ~((cells.numbers >= low) & (cells.numbers <= high))
            if is_whole:
                wrong |= cells.numbers != np.floor(cells.numbers)
        wrong &= ~cells.is_empty
        self.refuse(wrong, lambda row: _refusal(name, cells.text(row), allowed))
        return np.where(wrong | cells.is_empty, np.nan, cells.numbers)

    def words(self, name: str, known: Mapping[str, float], *, default: float) -> FloatArray:
        """Return a column of words as numbers; the default where a cell is empty."""
        if name not in self.columns:
            return np.full(self.rows, default)
        codes, texts = _coded(self.columns[name])
        values = [default if not text else known.get(text.casefold(), np.nan) for text in texts]
        found = np.array(values, dtype=np.float64)[codes]
        allowed = ", ".join(known)
        self.refuse(
            np.isnan(found),
            lambda row: f"{name}: {shown(texts[codes[row]])}: must be one of: {allowed}",
        )
        return np.asarray(np.nan_to_num(found))

    def names(self, name: str) -> np.ndarray:
        """Return a column of names; empty where there is none."""
        if name not in self.columns:
            return np.full(self.rows, "", dtype=object)
        codes, texts = _coded(self.columns[name])
        return np.asarray(np.array(texts, dtype=object)[codes])


def cells_of(column: Any) -> Cells:
    """Return the cells of a column of numbers or text; of anything else, no numbers."""
    import pyarrow as pa  # noqa: PLC0415 - an extra
    import pyarrow.compute as pc  # noqa: PLC0415

    is_empty = pc.is_null(column).to_numpy(zero_copy_only=False)
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        numbers = column.cast(pa.float64(), safe=False).to_numpy()
    elif pa.types.is_decimal(column.type):
        numbers = np.array([np.nan if each is None else float(each) for each in column.to_pylist()])
    elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        texts = ["" if each is None else each.strip() for each in column.to_pylist()]
        is_empty = np.array([not each for each in texts], dtype=bool)
        numbers = np.full(len(texts), np.nan)
        numbers[~is_empty] = as_numbers([each for each in texts if each])
    else:
        numbers = np.full(len(column), np.nan)
    return Cells(np.asarray(numbers, np.float64), is_empty, lambda row: str(column[row].as_py()))


def _coded(column: Any) -> tuple[np.ndarray, list[str]]:
    """Return a column of words as places in a list of the different ones."""
    import pyarrow.compute as pc  # noqa: PLC0415

    coded = pc.dictionary_encode(column.combine_chunks(), null_encoding="encode")
    texts = [_text(each) for each in coded.dictionary.to_pylist()]
    return coded.indices.to_numpy(zero_copy_only=False).astype(np.intp), texts


def _refusal(name: str, text: str, allowed: str) -> str:
    return f"{name}: {shown(text)}: must be {allowed}{rewritten(text)}"


def _text(value: object) -> str:
    """Return a cell as text; a number without decimals as it is counted."""
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value).strip()
