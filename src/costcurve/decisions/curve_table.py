"""Tables of learning curves: what later points will be, and what a target takes, curve by curve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costcurve.core.errors import Finding, InputError, shown
from costcurve.core.notebook import notebook_html
from costcurve.core.quantities import FloatArray
from costcurve.decisions.curve_shapes import replicate_flags, shape_flags
from costcurve.evidence.columns import MOST_FINDINGS, Columns, as_numbers, read_columns
from costcurve.laws.curves import REACH, SHARES, Curve, CurveLaw, load_curve_law

#: What a prediction adds to the columns that name a curve and a point of it.
OUTPUTS = ("p05", "p25", "p50", "p75", "p95", "form_weights", "flags")
#: What is predicted where nothing is asked for: so many times the largest x seen.
TIMES = (2.0, 4.0, 8.0, 16.0)
#: The column of sizes of tests, as `costcurve pilot` writes it.
TESTS = "test_examples"
#: Names of columns, in small letters, that hold no error.
_ACCURACIES = frozenset({"accuracy", "acc", "test_accuracy", "val_accuracy", "test_acc", "val_acc"})
_PER_CENT = 100.0
_GRID = 121
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
    is_zero : ndarray of bool of shape (n,), optional
        Which of its measurements were an error of 0, in whose place another stands.
    """

    by: tuple[str, ...]
    curve: Curve | None
    flags: list[str]
    wanted: FloatArray
    rows: list[int] = field(default_factory=list)
    is_zero: NDArray[np.bool_] | None = None

    def asked(self) -> FloatArray:
        """Return where predictions are shown: where they are asked for, or at usual places.

        Of x so large that no usual place is a number, the last that was seen; none without a curve.
        """
        if self.curve is None:
            return np.array([])
        usable = self.wanted[np.isfinite(self.wanted) & (self.wanted > 0.0)]
        last = float(self.curve.seen.x[-1])
        asked = np.unique(usable) if len(usable) else np.array([last * each for each in TIMES])
        known = asked[np.isfinite(asked)]
        return np.asarray(known if len(known) else np.array([last]))

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
    tests : str, optional
        On how many examples an error was measured; by default `test_examples`, where there is such
        a column.
    """

    x: str
    error: str
    by: tuple[str, ...] = ()
    fit: str | None = None
    weights: str | None = None
    tests: str | None = None


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
    law, columns = load_curve_law(), _Columns(table, names, is_loss=is_loss)
    groups: dict[tuple[str, ...], list[int]] = {}
    keys = [table.column("by", name) for name in names.by]
    for row in range(len(table)):
        groups.setdefault(tuple(key[row] for key in keys), []).append(row)
    found = []
    for key, rows in groups.items():
        found.append(columns.curve(law, key, rows))
        report(len(found), len(groups))
    return found


class _Columns:
    """The columns of a table as numbers."""

    def __init__(self, table: Columns, names: Names, *, is_loss: bool) -> None:
        self.table, self.names = table, names
        self.most = np.inf if is_loss else 1.0
        self.x = as_numbers(table.column("x", names.x))
        self.error = as_numbers(_errors(table, names.error))
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
        self.tests = self._read_tests(is_loss=is_loss)

    def _read_tests(self, *, is_loss: bool) -> FloatArray | None:
        """Return the sizes of tests, NaN where a cell is empty; `None` without such a column."""
        name = self.names.tests
        if name is not None and is_loss:
            raise InputError.of("test_examples", name, "must be left out with a loss")
        if name is None:
            others = (self.names.x, self.names.error, self.names.fit, *self.names.by)
            if is_loss or TESTS not in self.table.cells or TESTS in others:
                return None
            name = TESTS
        cells = self.table.column("test_examples", name)
        found = as_numbers(cells)
        is_wrong = ~(found >= 1.0) & np.array([cell != "" for cell in cells])
        places = np.flatnonzero(is_wrong | np.isinf(found))[:MOST_FINDINGS].tolist()
        words = "must be a number of at least 1, or empty where it is not known"
        InputError.check(
            [
                Finding(
                    f"curve row {self.table.row_numbers[row]}, column {name}",
                    shown(cells[row]),
                    words,
                )
                for row in places
            ]
        )
        return found

    def curve(self, law: CurveLaw, key: tuple[str, ...], rows: Sequence[int]) -> TableCurve:
        """Return one curve, or why it cannot be fitted."""
        places = np.array(rows)
        seen = places[self.fit[places] != 0.0]
        asked = places[self.fit[places] == 0.0]
        tests = self._tests_of(seen)
        flags = self._wrong(seen, tests)
        wanted = self.x[asked]
        if flags:
            return TableCurve(key, None, flags, wanted, asked.tolist())
        x, y = self.x[seen], self.error[seen].copy()
        is_zero = y == 0.0
        if is_zero.any():
            y[is_zero] = _stand_in(y, tests)[is_zero]
            flags.append("zeros_replaced")
        weights = None if self.weights is None else self.weights[seen]
        curve = law.curve(x, y, weights, most=self.most, test_examples=tests)
        flags += [*curve.flags(), *shape_flags(curve.seen), *replicate_flags(x, y)]
        if self.names.error.strip().lower() in _ACCURACIES:
            flags.append("is_this_accuracy")
        return TableCurve(key, curve, flags, wanted, asked.tolist(), is_zero)

    def _tests_of(self, seen: np.ndarray) -> FloatArray | None:
        """Return the sizes of tests of some rows, those not known as the others are."""
        if self.tests is None or not np.isfinite(self.tests[seen]).any():
            return None
        found = self.tests[seen]
        return np.asarray(np.where(np.isnan(found), 1.0 / np.nanmean(1.0 / found), found))

    def _wrong(self, seen: np.ndarray, tests: FloatArray | None) -> list[str]:
        if not len(seen):
            return ["no observations"]
        x, y = self.x[seen], self.error[seen]
        checks = [
            (self.names.x, ~(np.isfinite(x) & (x > 0.0)), "must be a number above 0"),
            (
                self.names.error,
                ~(np.isfinite(y) & (y >= 0.0) & (y <= self.most)),
                self._allowed(y, seen),
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
        if not found and tests is None and not (y > 0.0).any():
            found.append(
                f"{self.names.error} is 0 throughout; with the column {TESTS} it could be answered"
            )
        return found

    def _allowed(self, y: FloatArray, seen: np.ndarray) -> str:
        """Return what errors may be, and what those that are not may have been meant as."""
        words = "must be a number of at least 0"
        if np.isfinite(self.most):
            words += f" and at most {self.most:g} (or --loss)"
            if (y > self.most).any() and not (y > _PER_CENT).any():
                words += "; per cent are divided by 100"
        cells = self.table.cells[self.names.error]
        if self.names.fit is None and any(not cells[row] for row in seen.tolist()):
            words += "; where it is to be predicted, name a column with --fit that is 0 there"
        return words


def _errors(table: Columns, name: str) -> list[str]:
    """Return the column of errors; where there is none but accuracies, that is said."""
    accuracies = [each for each in table.cells if each.strip().lower() in _ACCURACIES]
    if name not in table.cells and accuracies:
        allowed = f"no such column in the file; of {shown(accuracies[0])} the error is 1 less that"
        raise InputError([Finding("error", shown(name), allowed)])
    return table.column("error", name)


def _stand_in(y: FloatArray, tests: FloatArray | None) -> FloatArray:
    """Return what stands for an error of 0 at each point.

    Half an error of the test, (0 + 1/2) / (m + 1), the mean that Jeffreys' prior leaves; where
    the test is not known, half the least error that was measured.
    """
    if tests is not None:
        return np.asarray(0.5 / (tests + 1.0))
    least = max(0.5 * float(y[y > 0.0].min()), float(np.finfo(np.float64).tiny))
    return np.full(len(y), least)


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
