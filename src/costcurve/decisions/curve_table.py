"""Tables of learning curves: what later points will be, and what a target takes, curve by curve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from costcurve.core.errors import Finding, InputError, shown
from costcurve.core.notebook import notebook_html
from costcurve.core.quantities import FloatArray
from costcurve.evidence.columns import MOST_FINDINGS, Columns, as_numbers, read_columns
from costcurve.laws.curve_features import Seen
from costcurve.laws.curves import REACH, SHARES, Curve, CurveLaw, load_curve_law

#: What a prediction adds to the columns that name a curve and a point of it.
OUTPUTS = ("p05", "p25", "p50", "p75", "p95", "form_weights", "flags")
#: What is predicted where nothing is asked for: so many times the largest x seen.
TIMES = (2.0, 4.0, 8.0, 16.0)
#: Measurements at one x that differ by more than this factor are worth a word.
_DISAGREE = 2.0
_GRID = 121
# What the shape of a curve is called from, costcurve's choice: it is flat where over a factor of
# four in x it moves by less than 5%, or than twice its scatter; a swing is one of 10% at least, and
# of five times the scatter between neighbours, which noise on fifty points hardly ever shows.
_WIDE = float(np.log(4.0))
_FLAT, _FLAT_SCATTERS = 0.05, 2.0
_SWING, _SWING_SCATTERS, _FEWEST_FOR_SWINGS = 0.1, 5.0, 5
# Standard deviation of a normal number over the median of its size; of a second difference of
# independent ones over theirs: 1 + 4 + 1 under the root.
_OF_MEDIAN, _OF_SECOND_DIFFERENCE = 1.4826, float(np.sqrt(6.0))

Report = Callable[[int, int], None]


def _no_report(_done: int, _all: int) -> None:
    """Tell nobody."""


@dataclass
class TableCurve:
    """One curve of a table.

    Attributes
    ----------
    by : tuple of str
        What names it.
    curve : Curve or None
        `None` where it cannot be fitted.
    flags : list of str
        What a reader must know, or why it cannot be fitted.
    wanted : ndarray of shape (m,)
        Where predictions are asked for.
    rows : list of int
        The rows of the table that ask.
    """

    by: tuple[str, ...]
    curve: Curve | None
    flags: list[str]
    wanted: FloatArray
    rows: list[int] = field(default_factory=list)

    def predictions(self) -> FloatArray:
        """Return quantiles at what is asked for, of shape (5, m); NaN where there are none."""
        found = np.full((len(SHARES), len(self.wanted)), np.nan)
        usable = np.isfinite(self.wanted) & (self.wanted > 0.0)
        if self.curve is not None and usable.any():
            found[:, usable] = self.curve.predict(self.wanted[usable])
        return found

    def target(self, error: float) -> dict[str, float | None]:
        """Return what a target takes, and how likely it is within a thousand times the x seen."""
        names = ("needed_p05", "needed_p50", "needed_p95")
        if self.curve is None:
            return {**dict.fromkeys(names), "probability_reachable": None}
        reachable = float(self.curve.probability(error, self.curve.reach(_GRID)).max())
        needed = self.curve.needed(error)
        return {**dict(zip(names, needed, strict=True)), "probability_reachable": reachable}

    def _repr_html_(self) -> str:
        return notebook_html(self)


@dataclass(frozen=True)
class Names:
    """Names of columns.

    Attributes
    ----------
    x, error : str
        Of examples, epochs or the like, and of the error or loss.
    by : tuple of str
        What tells curves apart.
    fit, weights : str, optional
        1 for observations and 0 for requests; relative precision.
    """

    x: str
    error: str
    by: tuple[str, ...] = ()
    fit: str | None = None
    weights: str | None = None


def read_curves(
    path: Path, names: Names, *, is_loss: bool = False, report: Report = _no_report
) -> list[TableCurve]:
    """Return the curves of a table, in the order in which they first appear.

    Parameters
    ----------
    path : Path
        CSV, gzipped CSV or Parquet.
    names : Names
        Of the columns.
    is_loss : bool
        Whether any positive value may stand for an error.
    report : callable, optional
        Told how many curves are read, of how many.

    Raises
    ------
    InputError
        If the file cannot be read, or has not the columns. A curve that cannot be fitted is kept,
        with the reason in its flags.
    """
    table = read_columns(path, "curve")
    if not len(table):
        raise InputError.of("curve", path, "must hold a row at least")
    return curves_of(table, names, is_loss=is_loss, report=report)


def curves_of(
    table: Columns,
    names: Names,
    *,
    is_loss: bool = False,
    report: Report = _no_report,
) -> list[TableCurve]:
    """Return the curves of a table that is at hand; raises as `read_curves` does.

    Parameters
    ----------
    table : Columns
        With a row at least.
    names : Names
        Of its columns.
    is_loss : bool
        Whether any positive value may stand for an error.
    report : callable, optional
        Told how many curves are done, of how many.
    """
    law, columns = load_curve_law(), _Columns(table, names)
    groups: dict[tuple[str, ...], list[int]] = {}
    keys = [table.column("by", name) for name in names.by]
    for row in range(len(table)):
        groups.setdefault(tuple(key[row] for key in keys), []).append(row)
    most = np.inf if is_loss else 1.0
    found = []
    for key, rows in groups.items():
        found.append(columns.curve(law, key, rows, most))
        report(len(found), len(groups))
    return found


class _Columns:
    """The columns of a table as numbers."""

    def __init__(self, table: Columns, names: Names) -> None:
        self.table, self.names = table, names
        self.x = as_numbers(table.column("x", names.x))
        self.error = as_numbers(table.column("error", names.error))
        self.fit = np.ones(len(table))
        if names.fit is not None:
            self.fit = table.numbers("fit", names.fit)
            strange = np.flatnonzero(~np.isin(self.fit, (0.0, 1.0)))[:MOST_FINDINGS]
            cells = table.cells[names.fit]
            InputError.check(
                [
                    Finding(
                        f"curve row {table.row_numbers[row]}, column {names.fit}",
                        shown(cells[row]),
                        "must be 1 for an observation, or 0 where a prediction is wanted",
                    )
                    for row in strange.tolist()
                ]
            )
        self.weights = None
        if names.weights is not None:
            self.weights = as_numbers(table.column("weights", names.weights))

    def curve(
        self, law: CurveLaw, key: tuple[str, ...], rows: Sequence[int], most: float
    ) -> TableCurve:
        """Return one curve, or why it cannot be fitted."""
        places = np.array(rows)
        seen = places[self.fit[places] != 0.0]
        asked = places[self.fit[places] == 0.0]
        flags = self._wrong(seen, most)
        wanted = self.x[asked]
        if flags:
            return TableCurve(key, None, flags, wanted, asked.tolist())
        x, y = self.x[seen], self.error[seen].copy()
        if (y == 0.0).any():
            # No error at all is one below what the test could show: half the least that it did.
            y[y == 0.0] = max(0.5 * y[y > 0.0].min(), np.finfo(np.float64).tiny)
            flags.append("zeros_replaced")
        weights = None if self.weights is None else self.weights[seen]
        curve = law.curve(x, y, weights, most=most)
        flags += [*curve.flags(), *_about_shape(curve.seen), *_about_replicates(x, y)]
        return TableCurve(key, curve, flags, wanted, asked.tolist())

    def _wrong(self, seen: np.ndarray, most: float) -> list[str]:
        if not len(seen):
            return ["no observations"]
        x, y = self.x[seen], self.error[seen]
        most_words = "" if np.isinf(most) else f" and at most {most:g} (or --loss)"
        checks = [
            (self.names.x, ~(np.isfinite(x) & (x > 0.0)), "must be a number above 0"),
            (
                self.names.error,
                ~(np.isfinite(y) & (y >= 0.0) & (y <= most)),
                f"must be a number of at least 0{most_words}",
            ),
        ]
        if self.weights is not None:
            own = self.weights[seen]
            wrong = ~(np.isfinite(own) & (own > 0.0))
            checks.append((self.names.weights or "", wrong, "must be a number above 0"))
        found = []
        for name, wrong, allowed in checks:
            if wrong.any():
                row = self.table.row_numbers[int(seen[np.argmax(wrong)])]
                found.append(f"row {row}: {name} {allowed}")
        if not found and not (y > 0.0).any():
            found.append(f"{self.names.error} is 0 throughout")
        return found


def _about_shape(seen: Seen) -> list[str]:
    """Return whether a curve is flat, falls twice with a rise between, or rises after its fall."""
    log_x, log_y = np.log(seen.x), np.log(seen.y)
    found = []
    if len(log_y) >= _FEWEST_FOR_SWINGS:
        second = np.median(np.abs(np.diff(log_y, 2)))
        scatter = float(_OF_MEDIAN / _OF_SECOND_DIFFERENCE * second)
        swings = _swings(log_y.tolist(), max(_SWING, _SWING_SCATTERS * scatter))
        if any(swings[at : at + 3] == [-1, 1, -1] for at in range(len(swings))):
            found.append("double_descent")
        if swings[-2:] == [-1, 1]:
            found.append("rises_again")
    return found or (["flat"] if _is_flat(log_x, log_y) else [])


def _is_flat(log_x: FloatArray, log_y: FloatArray) -> bool:
    """Return whether a curve hardly moves over a wide range of x, by its straight line."""
    span = log_x[-1] - log_x[0]
    if span <= _WIDE:
        return False
    away_x, away_y = log_x - log_x.mean(), log_y - log_y.mean()
    slope = away_x @ away_y / (away_x @ away_x)
    rest = away_y - slope * away_x
    # Two points have no scatter that could be told.
    scatter = np.sqrt(rest @ rest / max(len(rest) - 2, 1))
    return bool(abs(slope) * span < max(_FLAT, _FLAT_SCATTERS * scatter))


def _swings(values: Sequence[float], least: float) -> list[int]:
    """Return the directions, -1 or 1 in turn, in which values moved by at least so much."""
    found: list[int] = []
    way, low, high = 0, values[0], values[0]
    for value in values:
        low, high = min(low, value), max(high, value)
        if way >= 0 and high - value >= least:
            way, low = -1, value
            found.append(way)
        elif way <= 0 and value - low >= least:
            way, high = 1, value
            found.append(way)
    return found


def _about_replicates(x: FloatArray, y: FloatArray) -> list[str]:
    places, inverse = np.unique(x, return_inverse=True)
    if len(places) == len(x):
        return []
    high, low = np.full(len(places), -np.inf), np.full(len(places), np.inf)
    np.maximum.at(high, inverse, y)
    np.minimum.at(low, inverse, y)
    return ["replicates_disagree" if np.max(high / low) > _DISAGREE else "replicates"]


def predicted_rows(
    curves: Sequence[TableCurve],
    names: Names,
    report: Report = _no_report,
) -> list[dict[str, Any]]:
    """Return a row for each row that asks for a prediction, in the order of the table.

    Parameters
    ----------
    curves : sequence of TableCurve
        The curves of the table.
    names : Names
        Of its columns.
    report : callable, optional
        Told how many curves are done, of how many.
    """
    found: list[tuple[int, dict[str, Any]]] = []
    for done, each in enumerate(curves, 1):
        quantiles = each.predictions()
        weights = "" if each.curve is None else _in_words(each.curve.form_weights)
        for place, row in enumerate(each.rows):
            values = [None if np.isnan(value) else float(value) for value in quantiles[:, place]]
            x = float(each.wanted[place])
            cells: dict[str, Any] = dict(zip(names.by, each.by, strict=True))
            cells |= {names.x: x if np.isfinite(x) else None}
            flags = "; ".join([*each.flags, *_about_a_request(each.curve, x, names)])
            cells |= dict(zip(OUTPUTS, [*values, weights, flags], strict=True))
            found.append((row, cells))
        report(done, len(curves))
    return [cells for _, cells in sorted(found, key=lambda pair: pair[0])]


def _about_a_request(curve: Curve | None, x: float, names: Names) -> list[str]:
    if not (np.isfinite(x) and x > 0.0):
        return [f"{names.x} must be a number above 0"]
    if curve is None:
        return []
    if x < curve.seen.x[0]:
        return ["below_what_was_seen"]
    return ["far_beyond"] if x / REACH > curve.seen.x[-1] else []


def _in_words(weights: dict[str, float]) -> str:
    return "; ".join(f"{name}={weight:g}" for name, weight in weights.items())
