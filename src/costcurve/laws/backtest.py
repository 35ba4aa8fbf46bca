"""Calendar backtest: fit to a date, score the years after it, watch the slope drift.

The answer to "they are missing a bunch of future points": what a fit to the models of a date would
have said of those that came later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from costcurve.core.errors import InputError
from costcurve.core.extras import scipy_module
from costcurve.core.quantities import FloatArray
from costcurve.laws.choices import choice_of
from costcurve.laws.compute import ComputeLaw, Method, check_models, fit_compute_law
from costcurve.laws.forms import Form

#: Fewest models to fit, and to score.
FEWEST_FITTED, FEWEST_SCORED = 8, 3
#: Nominal coverage of the intervals.
NOMINAL = 0.9
_DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Hindsight:
    """A fit to the models of a date, scored on those after it.

    Attributes
    ----------
    until : int
        The year through whose end models were known.
    n_fitted, n_scored : int
        Models until then, and after.
    slope, slope_se : float
        Of the fit.
    bias : float
        Mean of measured less expected, in the transformed error; of the polynomial form below zero
        where later models were better than the line.
    coverage : float
        Share of the later models in their 90 % interval; of a quantile: share with a smaller error
        than the line, to be laid beside the quantile.
    """

    until: int
    n_fitted: int
    n_scored: int
    slope: float
    slope_se: float
    bias: float
    coverage: float

    def to_dict(self) -> dict[str, float]:
        """Return it as a row."""
        return {name: getattr(self, name) for name in self.__slots__}


def calendar_backtest(  # noqa: PLR0913 - a fit has as many choices
    log10_compute: FloatArray,
    error: FloatArray,
    year: FloatArray,
    form: Form = Form.POLYNOMIAL,
    method: Method = Method.OLS,
    *,
    quantile: float = 0.1,
    has_trend: bool = False,
    report: Callable[[int, int], None] | None = None,
) -> list[Hindsight]:
    """Return the scores of a fit to every year but the last.

    A year until which there are too few models, or all of one compute or date, is left out.

    Parameters
    ----------
    log10_compute, error, year : ndarray of shape (n,)
        As of `fit_compute_law`.
    form, method, quantile
        As of `fit_compute_law`.
    has_trend : bool
        Whether the line has a term for the date; it is then carried on beyond the fit.
    report : callable, optional
        Told how many years are done, of how many.

    Raises
    ------
    InputError
        If a number is out of the range of `fit_compute_law`, or there are not as many of each.
    """
    check_models(log10_compute, error, year)
    method = choice_of("method", Method, method)
    if not len(year):
        return []
    found = []
    first, last = int(np.floor(year.min())), int(np.floor(year.max()))
    for until in range(first, last):
        if report is not None:
            report(until - first, last - first)
        known = year < until + 1
        if known.sum() < FEWEST_FITTED or (~known).sum() < FEWEST_SCORED:
            continue
        dates = year[known] if has_trend or method is Method.SELECTION else None
        try:
            law = fit_compute_law(
                log10_compute[known], error[known], form, method, year=dates, quantile=quantile
            )
        except InputError:  # too few within a margin, or all of one compute or date so far
            continue
        found.append(_scored(law, until, log10_compute[~known], error[~known], year[~known]))
    return found


def overall_coverage(found: list[Hindsight]) -> float | None:
    """Return the mean coverage of the years; `None` where there is none."""
    return float(np.mean([each.coverage for each in found])) if found else None


def coverage_error(
    log10_compute: FloatArray,
    error: FloatArray,
    year: FloatArray,
    form: Form = Form.POLYNOMIAL,
    *,
    has_trend: bool = False,
) -> float | None:
    """Return the standard error of the overall coverage of least squares.

    The later models of one year are scored by every fit before it, so the years of a backtest are
    no independent scores. This is a jackknife that leaves out all models of a year at a time, from
    fits and scores alike. `None` with fewer than three years.

    Parameters
    ----------
    log10_compute, error, year, form, has_trend
        As of `calendar_backtest`.
    """
    calendar = np.floor(year)
    found = []
    for left_out in np.unique(calendar):
        kept = calendar != left_out
        if not kept.any():
            continue
        rows = calendar_backtest(
            log10_compute[kept], error[kept], year[kept], form, has_trend=has_trend
        )
        if (mean := overall_coverage(rows)) is not None:
            found.append(mean)
    if len(found) < 3:
        return None
    values = np.array(found)
    spread = np.sum((values - values.mean()) ** 2) * (len(values) - 1) / len(values)
    return float(np.sqrt(spread))


def _scored(
    law: ComputeLaw, until: int, x: FloatArray, error: FloatArray, year: FloatArray
) -> Hindsight:
    measured = law.form.transformed(error)
    design = np.stack([np.ones(len(x)), law.form.regressor(x)], axis=1)
    if law.year_origin is not None:
        design = np.column_stack([design, year - law.year_origin])
    away = measured - design @ law.values
    spread = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", design, law.covariance, design), 0.0))
    return Hindsight(
        until=until,
        n_fitted=law.n,
        n_scored=len(x),
        slope=law.slope,
        slope_se=law.slope_se,
        bias=float(away.mean()),
        coverage=_coverage(law, away, spread),
    )


def _coverage(law: ComputeLaw, away: FloatArray, spread: FloatArray) -> float:
    sign = law.form.error_sign
    if law.method is Method.QUANTILE:
        return float(np.mean(sign * away < 0.0))
    noise = law.residual_se or 0.0
    if law.method is not Method.FRONTIER:
        reach = float(scipy_module("stats").t.ppf(0.5 + NOMINAL / 2.0, law.freedom))
        return float(np.mean(np.abs(away) <= reach * np.hypot(noise, spread)))
    random = np.random.default_rng(0)
    waste = law.details.get("waste_sd", 0.0) * np.abs(random.standard_normal(_DRAWS))
    normal = random.standard_normal(_DRAWS)
    draws = sign * waste[:, None] + normal[:, None] * np.hypot(noise, spread)
    low, high = np.quantile(draws, [0.5 - NOMINAL / 2.0, 0.5 + NOMINAL / 2.0], axis=0)
    return float(np.mean((away >= low) & (away <= high)))
