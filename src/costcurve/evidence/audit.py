"""What is doubtful in a table of observations: every doubt with its row, nothing dropped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from math import inf, isfinite

import numpy as np

from costcurve.core.errors import shown
from costcurve.core.quantities import FloatArray
from costcurve.evidence.columns import as_numbers
from costcurve.evidence.dates import ALLOWED, decimal_year
from costcurve.evidence.metrics import Metric, metrics
from costcurve.evidence.observations import ERROR, NUMERIC, Observations, fastest_gflop_per_s

#: FLOP of a pass for each parameter lie between these in 1,500 networks of timm (0.6 to 2,300) with
#: a factor of four to spare; beyond them a unit has slipped.
_FLOP_PER_PARAMETER = (0.15, 10_000.0)
#: Decades from the median of a column beyond which a value is taken for a slip of unit: 10^6 for
#: parameters in millions, 10^9 for GFLOP.
_SLIP_DECADES = 4.0
#: Distance from the median in robust standard deviations from which a value is an outlier.
_OUTLYING = 5.0
_MAD_TO_SD = 1.4826
_FEWEST_FOR_OUTLIERS = 8
#: Training passes forward, and backward with twice the arithmetic: Amodei and Hernandez (2018).
_PASSES = 3.0
_YEARS = (1950.0, 2100.0)
_PER_CENT = 100.0
#: Two errors of one row that differ by more are not one error rounded: costcurve's choice.
_ROUNDING = 0.02


class Kind(StrEnum):
    """What is doubtful."""

    NOT_A_NUMBER = "not a number"
    FORMULA = "formula"
    UNKNOWN_METRIC = "unknown metric"
    UNKNOWN_ACCELERATOR = "unknown accelerator"
    IMPOSSIBLE = "impossible value"
    PERCENT = "per cent among fractions"
    DATE = "doubtful date"
    DUPLICATE = "duplicate"
    UNIT_SLIP = "unit slip"
    CONTRADICTION = "contradiction"
    OUTLIER = "outlier"
    ACCURACY = "error or accuracy"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that is doubtful.

    Attributes
    ----------
    row : int
        As a spreadsheet numbers it.
    column : str
        Where.
    kind : Kind
        What.
    found, message : str
        The cell, and why it is doubted.
    """

    row: int
    column: str
    kind: Kind
    found: str
    message: str

    def to_dict(self) -> dict[str, object]:
        """Return it as a row."""
        return {name: getattr(self, name) for name in self.__slots__}


def audit(observations: Observations, own_metrics: dict[str, Metric] | None = None) -> list[Doubt]:
    """Return everything doubtful, in the order of the rows.

    Parameters
    ----------
    observations : Observations
        The table.
    own_metrics : dict, optional
        A user's metrics, out of `read_metrics`.
    """
    # Cells of 1e-320 and 1e308 are doubted, not computed with.
    with np.errstate(all="ignore"):
        found = [*_of_cells(observations, {**metrics(), **(own_metrics or {})})]
    return sorted(found, key=lambda each: (each.row, each.column, each.kind))


def _of_cells(rows: Observations, known: dict[str, Metric]) -> Iterator[Doubt]:
    for check in (
        _numbers,
        _formulas,
        _dates,
        _accelerators,
        _duplicates,
        _arithmetic,
        _hardware,
        _slips,
        _outliers,
        _errors,
    ):
        yield from check(rows)
    yield from _values(rows, known)


def _doubt(rows: Observations, place: int, column: str, kind: Kind, message: str) -> Doubt:
    cells = rows.text(column)
    return Doubt(rows.table.row_numbers[place], column, kind, shown(cells[place]), message)


def _numbers(rows: Observations) -> Iterator[Doubt]:
    for column in ("value", *NUMERIC):
        values, cells = rows.number(column), rows.text(column)
        for place in np.flatnonzero(~np.isfinite(values)).tolist():
            if cells[place] or column == "value":
                yield _doubt(rows, place, column, Kind.NOT_A_NUMBER, "must be a finite number")
        if column != "value":
            for place in np.flatnonzero(values <= 0).tolist():
                yield _doubt(rows, place, column, Kind.IMPOSSIBLE, "must be above 0")


def _formulas(rows: Observations) -> Iterator[Doubt]:
    for column, cells in rows.table.cells.items():
        for place, cell in enumerate(cells):
            if cell[:1] in {"=", "@"} or (cell[:1] in {"+", "-"} and not _is_number(cell)):
                message = "a spreadsheet would run this cell as a formula"
                yield _doubt(rows, place, column, Kind.FORMULA, message)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _values(rows: Observations, known: dict[str, Metric]) -> Iterator[Doubt]:
    names, values = rows.text("metric"), rows.number("value")
    fractions: defaultdict[str, int] = defaultdict(int)
    for name, value in zip(names, values, strict=True):
        fractions[name] += 0.0 <= value <= 1.0
    for place, (name, value) in enumerate(zip(names, values.tolist(), strict=True)):
        metric = known.get(name.strip().casefold())
        if metric is None:
            message = "no such metric; define it with --metrics-file"
            yield _doubt(rows, place, "metric", Kind.UNKNOWN_METRIC, message)
        elif isfinite(value) and (not metric.is_possible(value) or _is_odd(metric, value)):
            if 1.0 < value <= 100.0:
                others = f"; {fractions[name]} rows of this metric are fractions"
                message = f"looks like per cent: a value is a fraction{others}"
                yield _doubt(rows, place, "value", Kind.PERCENT, message)
            else:
                yield _doubt(rows, place, "value", Kind.IMPOSSIBLE, f"no {metric.name} can be")
        elif isfinite(value) and metric.error(value) == 0.0:
            message = "an error of exactly zero has no place on a scale of logarithms"
            yield _doubt(rows, place, "value", Kind.IMPOSSIBLE, message)


def _is_odd(metric: Metric, value: float) -> bool:
    """Return whether an error without a limit is above 1, which a word error rate seldom is."""
    return metric.worst is None and metric.scale == 1.0 and value > 1.0


def _dates(rows: Observations) -> Iterator[Doubt]:
    today = decimal_year(date.today().isoformat()) or _YEARS[1]
    for place, (cell, year) in enumerate(zip(rows.text("date"), rows.year.tolist(), strict=True)):
        if not cell:
            continue
        if not isfinite(year):
            yield _doubt(rows, place, "date", Kind.NOT_A_NUMBER, ALLOWED)
        elif not _YEARS[0] <= year <= today:
            yield _doubt(rows, place, "date", Kind.DATE, "lies in the future, or before computers")
        else:
            yield from _beside_source(rows, place, year)


def _beside_source(rows: Observations, place: int, year: float) -> Iterator[Doubt]:
    """Doubt a date before the arXiv identifier of its source."""
    first = _first_identifier(rows.text("source")[place])
    # A month stands for its middle, and a paper of its last days gets the number of the next.
    if year < first - 0.1:
        message = f"lies before the arXiv identifier of its source ({first:.2f})"
        yield _doubt(rows, place, "date", Kind.CONTRADICTION, message)


@lru_cache(maxsize=4096)
def _first_identifier(source: str) -> float:
    """Return the date of the earliest arXiv identifier that a source names; else none before."""
    words = source.replace(",", " ").replace(";", " ").split()
    told = [decimal_year(word) for word in words if word.casefold().startswith("arxiv:")]
    return min((each for each in told if each is not None), default=-inf)


def _accelerators(rows: Observations) -> Iterator[Doubt]:
    for place, name in enumerate(rows.text("accelerator")):
        if name and not isfinite(rows.gflop_per_s[place]):
            message = "the table of accelerators has no rate for it: no hardware burden"
            yield _doubt(rows, place, "accelerator", Kind.UNKNOWN_ACCELERATOR, message)
    counts = rows.number("accelerator_count")
    for place in np.flatnonzero(np.isfinite(counts) & (counts != np.floor(counts))).tolist():
        yield _doubt(rows, place, "accelerator_count", Kind.IMPOSSIBLE, "must be whole")


def _duplicates(rows: Observations) -> Iterator[Doubt]:
    first: dict[tuple[str, ...], int] = {}
    values = rows.text("value")
    named = zip(*(rows.text(name) for name in ("benchmark", "model", "metric")), strict=True)
    for place, name in enumerate(named):
        key = tuple(each.casefold() for each in name)
        before = first.setdefault(key, place)
        if before != place:
            same = "the same value" if values[before] == values[place] else "another value"
            message = f"stands in row {rows.table.row_numbers[before]} too, with {same}"
            yield _doubt(rows, place, "model", Kind.DUPLICATE, message)


def _arithmetic(rows: Observations) -> Iterator[Doubt]:
    """Doubt FLOP that cannot be those of the parameters, or of the multiply-adds."""
    each = rows.flop_per_pass / rows.parameters
    twice = rows.number("flop_per_pass") / rows.number("multiply_adds_per_pass")
    column = np.where(np.isfinite(rows.number("flop_per_pass")), 0, 1)
    names = ("flop_per_pass", "multiply_adds_per_pass")
    low, high = _FLOP_PER_PARAMETER
    for place in np.flatnonzero((each > 0) & ((each < low) | (each > high))).tolist():
        message = f"{each[place]:.2g} FLOP for each parameter: a unit has slipped in one of them"
        yield _doubt(rows, place, names[column[place]], Kind.UNIT_SLIP, message)
    for name in names:
        for place in np.flatnonzero(rows.number(name) == rows.parameters).tolist():
            yield _doubt(rows, place, name, Kind.UNIT_SLIP, "is the parameter count")
    for place in np.flatnonzero(np.isfinite(twice) & (np.abs(twice - 2.0) > 0.2)).tolist():
        message = f"{twice[place]:.3g} times the multiply-adds; it is twice"
        yield _doubt(rows, place, "flop_per_pass", Kind.CONTRADICTION, message)


def _hardware(rows: Observations) -> Iterator[Doubt]:
    """Doubt training that its hardware could not have done at its peak."""
    counted = (
        _PASSES * rows.flop_per_pass * rows.number("epochs") * rows.number("training_examples")
    )
    stated = rows.number("training_flop")
    needed = np.where(np.isfinite(stated), stated, counted)
    named = rows.text("accelerator")
    fastest = {name: fastest_gflop_per_s(name) if name else np.nan for name in set(named)}
    rate = np.array([fastest[name] for name in named])
    hours = rows.number("accelerator_count") * rows.number("training_hours")
    share = needed / (hours * 3600.0 * rate * 1e9)
    apart = stated / counted
    for place in np.flatnonzero(share > 1.0).tolist():
        message = f"takes {share[place]:.3g} times what its hardware can in its hours"
        yield _doubt(rows, place, "training_hours", Kind.CONTRADICTION, message)
    for place in np.flatnonzero((apart > 10.0) | (apart < 0.1)).tolist():
        message = f"{apart[place]:.3g} times 3 x FLOP of a pass x epochs x examples"
        yield _doubt(rows, place, "training_flop", Kind.CONTRADICTION, message)


def _slips(rows: Observations) -> Iterator[Doubt]:
    for column in ("parameters", "flop_per_pass", "multiply_adds_per_pass", "training_flop"):
        values = rows.number(column)
        for chosen in _by_benchmark(rows):
            logs = np.log10(values, where=values > 0, out=np.full(len(values), np.nan))
            known = chosen & np.isfinite(logs)
            if known.sum() < 3:
                continue
            away = logs - np.median(logs[known])
            for place in np.flatnonzero(known & (np.abs(away) > _SLIP_DECADES)).tolist():
                message = f"10^{away[place]:+.1f} times the median of its benchmark"
                yield _doubt(rows, place, column, Kind.UNIT_SLIP, message)


def _errors(rows: Observations) -> Iterator[Doubt]:
    """Doubt a column of errors of its own: per cent, and what is not that of the row's value."""
    cells = rows.text(ERROR)
    given = as_numbers(cells)
    fractions = int(((given >= 0.0) & (given <= 1.0)).sum())
    for place in np.flatnonzero([bool(cell) for cell in cells]).tolist():
        error, expected = float(given[place]), float(rows.error[place])
        if not isfinite(error):
            yield _doubt(rows, place, ERROR, Kind.NOT_A_NUMBER, "must be a finite number")
        elif not 0.0 < error <= _PER_CENT:
            message = "an error is a fraction above 0 and at most 1"
            yield _doubt(rows, place, ERROR, Kind.IMPOSSIBLE, message)
        elif error > 1.0:
            others = f"; {fractions} rows are fractions"
            message = f"looks like per cent: an error is a fraction{others}"
            yield _doubt(rows, place, ERROR, Kind.PERCENT, message)
        elif isfinite(expected) and 0.0 < expected <= 1.0 and _apart(error, expected):
            is_turned = not _apart(error, 1.0 - expected)
            what = "is the accuracy, not the error" if is_turned else "is not that of the value"
            message = f"{what}: the row's metric and value say {expected:.4g}"
            kind = Kind.ACCURACY if is_turned else Kind.CONTRADICTION
            yield _doubt(rows, place, ERROR, kind, message)


def _apart(one: float, other: float) -> bool:
    return abs(one - other) > _ROUNDING * max(abs(one), abs(other))


def _outliers(rows: Observations) -> Iterator[Doubt]:
    """Doubt errors far from the others of like compute: robust distances from a median line."""
    x = np.log10(np.where(rows.flop_per_pass > 0, rows.flop_per_pass, np.nan))
    y = np.log10(np.where(rows.error > 0, rows.error, np.nan))
    for chosen in _by_benchmark(rows):
        known = np.flatnonzero(chosen & np.isfinite(x) & np.isfinite(y))
        if len(known) < _FEWEST_FOR_OUTLIERS:
            continue
        away = _from_the_median_line(x[known], y[known])
        spread = _MAD_TO_SD * float(np.median(np.abs(away - np.median(away))))
        for place, each in zip(known.tolist(), away.tolist(), strict=True):
            if spread > 0 and abs(each) > _OUTLYING * spread:
                side = "worse" if each > 0 else "better"
                message = f"{10 ** abs(each):.2g} times {side} in error than others of its FLOP"
                yield _doubt(rows, place, "value", Kind.OUTLIER, message)


def _from_the_median_line(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return distances from the line of Theil (1950) and Sen (1968), over pairs drawn at random."""
    random = np.random.default_rng(0)
    one, other = random.integers(len(x), size=(2, 20_000))
    apart = np.abs(x[one] - x[other]) > 1e-9
    if not apart.any():
        return np.asarray(y - np.median(y))
    one, other = one[apart], other[apart]
    slope = np.median((y[one] - y[other]) / (x[one] - x[other]))
    rest = y - slope * x
    return np.asarray(rest - np.median(rest))


def _by_benchmark(rows: Observations) -> Iterator[np.ndarray]:
    numbers: dict[str, int] = {}
    codes = np.array(
        [numbers.setdefault(name.casefold(), len(numbers)) for name in rows.benchmark], dtype=int
    )
    for code in numbers.values():
        yield codes == code
