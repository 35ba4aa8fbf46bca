"""What a picture of a field's limits shows: its models, the lines through them, the targets."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from costcurve.core.errors import InputError
from costcurve.core.quantities import FloatArray
from costcurve.decisions.projections import interval_words
from costcurve.laws.compute import ComputeLaw, Method, fit_compute_law

if TYPE_CHECKING:
    from costcurve.decisions.limits import Limits

Rows = list[dict[str, Any]]
_POINTS_OF_A_LINE = 60
#: What a line is called, by how it was drawn.
_NAMES = {
    Method.OLS: "average",
    Method.QUANTILE: "quantile",
    Method.FRONTIER: "best achievable",
    Method.SELECTION: "all, published or not",
}
#: Decades that are shown beyond the models and the targets' points: more would press them together.
_BEYOND = 2.0
#: A number must hold the compute, which is shown as it is.
_LARGEST_LOG10 = 300.0


@dataclass(frozen=True)
class LimitsLines:
    """Rows of a picture.

    Attributes
    ----------
    points : list of dict
        `compute`, `error` and `label` of each model.
    lines : list of dict
        `line`, its name, with `compute` and `error` along it: the law, the frontier beside an
        average, and for each target the interval in which models have it.
    """

    points: Rows
    lines: Rows


def limits_lines(found: Limits) -> LimitsLines:
    """Return the rows of a picture of a field's limits.

    Lines go on to the targets as far as they can be seen; the interval of a target ends there too.

    Parameters
    ----------
    found : Limits
        With its evidence, if the law was fitted here; of a printed law there are lines alone.
    """
    low, end = _ends(found)
    points = [] if found.evidence is None else _points(found.evidence.log10_compute,
                                                       found.evidence.error)  # fmt: skip
    at = np.linspace(low, end, _POINTS_OF_A_LINE)
    lines = _along(_NAMES[found.law.method], found.law, at)
    frontier = _frontier(found)
    if frontier is not None:
        lines += _along(_NAMES[Method.FRONTIER], frontier, at)
    words = interval_words(found.law)
    for each in found.projections:
        if not isfinite(each.log10_compute):
            continue
        ends = [min(max(x, low), end) for x in (each.log10_compute_p05, each.log10_compute_p95)]
        lines += [
            {"line": f"{words} at {each.target_error:g}", "compute": 10.0**x, "error": e}
            for x, e in zip(ends, (each.target_error,) * 2, strict=True)
        ]
    return LimitsLines(points, lines)


def _ends(found: Limits) -> tuple[float, float]:
    """Return the least and the greatest log10 of the compute that is shown."""
    low, high = found.law.log10_compute_range
    reached = [each.log10_compute for each in found.projections if isfinite(each.log10_compute)]
    farthest = max([high, *reached])
    beyond = [min(each.log10_compute_p95, farthest + _BEYOND) for each in found.projections]
    return min([low, *reached]), min(max([farthest, *beyond]), _LARGEST_LOG10)


def _points(log10_compute: FloatArray, errors: FloatArray) -> Rows:
    return [
        {"compute": 10.0**x, "error": error, "label": f"error {error:.3g}"}
        for x, error in zip(log10_compute.tolist(), errors.tolist(), strict=True)
    ]


def _along(name: str, law: ComputeLaw, at: FloatArray) -> Rows:
    return [
        {"line": name, "compute": 10.0**x, "error": error}
        for x, error in zip(at.tolist(), law.error(at).tolist(), strict=True)
        if isfinite(error) and error > 0.0
    ]


def _frontier(found: Limits) -> ComputeLaw | None:
    """Return the line of the best achievable beside an average, where there is one to be drawn."""
    evidence = found.evidence
    if evidence is None or found.law.method is not Method.OLS:
        return None
    # Both lines speak for the same date, where the average has one.
    years = None if found.law.year is None else evidence.year
    try:
        law = fit_compute_law(
            evidence.log10_compute,
            evidence.error,
            found.law.form,
            Method.FRONTIER,
            year=years,
            with_covariance=False,
        )
    except InputError:  # too few models
        return None
    return None if "no_inefficiency_found" in law.cautions else law
