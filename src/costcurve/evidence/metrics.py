"""Measures of performance, and how each becomes an error: 0 at best, a fraction of its scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from costcurve.core.errors import Finding, InputError, shown
from costcurve.core.files import packaged_rows
from costcurve.core.quantities import FloatArray
from costcurve.evidence.columns import Columns, as_numbers, read_columns

_COLUMNS = ("metric", "better", "best", "scale")


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure of performance.

    Attributes
    ----------
    name : str
        As the table of metrics has it.
    is_higher_better : bool
        Whether performance rises with it.
    best : float
        Its value for a perfect model.
    scale : float
        From the best value to that of error 1, above 0.
    worst : float, optional
        The value that none can be beyond; `None` where there is no such value.
    """

    name: str
    is_higher_better: bool
    best: float
    scale: float
    worst: float | None = None

    def error(self, value: ArrayLike) -> FloatArray:
        """Return the error of a value: `(best - value) / scale`, the other way round if lower."""
        away = self.best - np.asarray(value, dtype=np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray((away if self.is_higher_better else -away) / self.scale)

    def is_possible(self, value: ArrayLike) -> np.ndarray:
        """Return whether a value can be: beyond neither the best nor the worst."""
        values = np.asarray(value, dtype=np.float64)
        worst = self.worst
        if worst is None:
            worst = -np.inf if self.is_higher_better else np.inf
        low, high = sorted((self.best, worst))
        return np.asarray((low <= values) & (values <= high))


@cache
def metrics() -> dict[str, Metric]:
    """Return the metrics of the table, by name and alias, in lower case."""
    found = {}
    for row in packaged_rows("evidence", "metrics.csv"):
        metric = Metric(
            row["metric"],
            row["better"] == "higher",
            float(row["best"]),
            float(row["scale"]),
            float(row["worst"]) if row["worst"] else None,
        )
        for name in (row["metric"], *row["aliases"].split(";")):
            found[name] = metric
    return found


def read_metrics(path: Path) -> dict[str, Metric]:
    """Return a user's metrics from a file with the columns metric, better, best and scale.

    Raises
    ------
    InputError
        If the file cannot be read or says something else.
    """
    table = read_columns(path, "metrics_file")
    names, better = (table.column("metrics_file", column) for column in _COLUMNS[:2])
    best = table.numbers("metrics_file", "best")
    scale = table.numbers("metrics_file", "scale", above=0.0)
    findings = [
        Finding(f"metrics_file row {number}, column better", shown(word), "must be higher or lower")
        for number, word in zip(table.row_numbers, better, strict=True)
        if word not in {"higher", "lower"}
    ]
    folded = [name.casefold() for name in names]
    findings += [
        Finding(f"metrics_file row {number}, column metric", shown(name), _why_not(name, folded))
        for number, name in zip(table.row_numbers, names, strict=True)
        if _why_not(name, folded)
    ]
    InputError.check(findings)
    return {
        name.casefold(): Metric(name, word == "higher", float(top), float(width))
        for name, word, top, width in zip(names, better, best, scale, strict=True)
    }


def _why_not(name: str, folded: list[str]) -> str:
    """Return why a metric cannot have a name; empty where it can."""
    if not name:
        return "must be named"
    if name.casefold() in metrics():
        return "must not be a metric that is defined already"
    return "must stand once" if folded.count(name.casefold()) > 1 else ""


def errors_of(table: Columns, more: Mapping[str, Metric] | None = None) -> FloatArray:
    """Return the error of every row of a table with the columns metric and value.

    NaN where the metric is unknown or the value is no number.
    """
    values = as_numbers(table.column("file", "value"))
    names = table.column("file", "metric")
    found = np.full(len(table), np.nan)
    known = {**metrics(), **(more or {})}
    for name in set(names):
        metric = known.get(name.strip().casefold())
        if metric is not None:
            chosen = np.array([each == name for each in names])
            found[chosen] = metric.error(values[chosen])
    return found
