"""Projections: the compute that a target error takes, with interval, CO2 and dollars."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np

from costcurve.core.draws import low_discrepancy, normal_deviate
from costcurve.core.extras import scipy_module
from costcurve.core.quantities import FloatArray
from costcurve.costs import published_conversions
from costcurve.laws.compute import ComputeLaw, Method, reached_at

#: Draws of a law.
DRAWS = 8192
#: Lines that models scatter about; the others are of the best models, and the interval is theirs.
_SCATTERED = frozenset({Method.OLS, Method.SELECTION})
_LARGEST_LOG10 = float(np.log10(np.finfo(np.float64).max))


@dataclass(frozen=True, slots=True)
class Projection:
    """What one target error takes.

    Attributes
    ----------
    target_error : float
        As a fraction.
    log10_compute : float
        log10 of the compute where the line has the error: infinite where no compute reaches it,
        minus infinity where the line starts below it.
    log10_compute_p05, log10_compute_p95 : float
        To where 90 % of models, each with its own distance from the line, would have to be scaled
        to have the error: over the uncertainty of the coefficients and the scatter of models about
        the line. It is no interval of the models that have the error. Of a quantile or a frontier:
        over the uncertainty of the coefficients alone. Infinite where it has no end.
    kg_co2e, cost_usd : float, optional
        By the conversions of Thompson et al. (2020); `None` beyond what a number can hold.
    is_extrapolated : bool
        Whether the compute lies outside that of the models.
    """

    target_error: float
    log10_compute: float
    log10_compute_p05: float
    log10_compute_p95: float
    kg_co2e: float | None
    cost_usd: float | None
    is_extrapolated: bool

    def to_dict(self) -> dict[str, float | None]:
        """Return it under the keys of the contract, less the flags; `None` for the infinite."""
        names = ("target_error", "log10_compute", "log10_compute_p05", "log10_compute_p95")
        found = {name: getattr(self, name) for name in (*names, "kg_co2e", "cost_usd")}
        return {
            name: value if value is not None and isfinite(value) else None
            for name, value in found.items()
        }

    @property
    def flags(self) -> tuple[str, ...]:
        """Return codes of what a reader must know."""
        if self.log10_compute == np.inf:
            return ("not_reachable",)
        if self.log10_compute == -np.inf:
            return ("reached_without_compute",)
        open_ended = not isfinite(self.log10_compute_p95)
        return (
            *(("extrapolating",) if self.is_extrapolated else ()),
            *(("no_upper_limit",) if open_ended else ()),
        )


def interval_words(law: ComputeLaw) -> str:
    """Return what the 90 % interval of a law's projections is of."""
    return "90% of models" if law.method in _SCATTERED else "90% interval of the line"


def project(
    law: ComputeLaw, target_error: float, log10_flop_per_unit: float, *, has_price: bool = True
) -> Projection:
    """Return what a target error takes.

    Parameters
    ----------
    law : ComputeLaw
        The line.
    target_error : float
        As a fraction, above 0 and below 1.
    log10_flop_per_unit : float
        log10 of the FLOP in one unit of the law's compute: 0 for FLOP, 9 for GFLOP.
    has_price : bool
        Whether dollars and CO2 mean anything: those of a single pass do not.

    Raises
    ------
    MissingExtraError
        If scipy is not installed.
    """
    point = float(law.log10_compute(target_error))
    found = draws_of(law).log10_compute(target_error)
    values = {given.name: float(given.value) for given in published_conversions.INPUTS}
    kilograms = values["lb_co2e_per_gflop"] * published_conversions.KG_PER_LB
    log10_gflop = point + log10_flop_per_unit - 9.0
    low_range, high_range = law.log10_compute_range
    return Projection(
        target_error=target_error,
        log10_compute=point,
        log10_compute_p05=percentile(found, 0.05),
        log10_compute_p95=percentile(found, 0.95),
        kg_co2e=_times(log10_gflop, kilograms) if has_price else None,
        cost_usd=_times(log10_gflop, values["usd_per_gflop"]) if has_price else None,
        is_extrapolated=not low_range <= point <= high_range,
    )


@dataclass(frozen=True)
class Draws:
    """Draws of a law: of its coefficients, and of models about the line.

    Attributes
    ----------
    intercept, slope, year : ndarray of shape (draws,)
        Coefficients; those of the date are 0 of a law without one.
    scatter : ndarray of shape (draws,)
        Of models about the line, in the picture of the form; 0 of a line of the best.
    """

    law: ComputeLaw
    intercept: FloatArray
    slope: FloatArray
    year: FloatArray
    scatter: FloatArray

    def log10_compute(self, error: float) -> FloatArray:
        """Return log10 of the compute at which models of each draw have an error."""
        law = self.law
        since = 0.0 if law.year is None or law.year_origin is None else law.year - law.year_origin
        height = law.form.transformed(error) - self.scatter
        return reached_at(law.form, height, self.intercept + self.year * since, self.slope)


def draws_of(law: ComputeLaw) -> Draws:
    """Return draws of a law.

    Coefficients and scatter follow Student's t, as those of a line of least squares do: both are
    wider by the same draw of the residual scale.

    Raises
    ------
    MissingExtraError
        If scipy is not installed.
    """
    uniform = low_discrepancy(2 + len(law.values), DRAWS, 0)
    deviates = normal_deviate(uniform)
    freedom = max(law.freedom, 1)
    wider = np.sqrt(freedom / scipy_module("stats").chi2.ppf(uniform[0], freedom))
    coefficients = law.values[:, None] + wider * (_root(law.covariance) @ deviates[2:])
    nothing = np.zeros(DRAWS)
    is_scattered = law.method in _SCATTERED and law.residual_se is not None
    return Draws(
        law,
        coefficients[0],
        coefficients[1],
        coefficients[2] if len(coefficients) > 2 else nothing,
        wider * deviates[1] * law.residual_se if is_scattered else nothing,
    )


def percentile(draws: FloatArray, share: float) -> float:
    """Return a percentile of draws of which some may be infinite."""
    return float(np.sort(draws)[min(int(share * len(draws)), len(draws) - 1)])


def _root(covariance: FloatArray) -> FloatArray:
    """Return a matrix whose square the covariance is; of correlations, since units differ."""
    scale = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    safe = np.where(scale > 0.0, scale, 1.0)
    sizes, directions = np.linalg.eigh(covariance / np.outer(safe, safe))
    return np.asarray(safe[:, None] * directions * np.sqrt(np.maximum(sizes, 0.0)))


def _times(log10_gflop: float, per_gflop: float) -> float | None:
    exponent = log10_gflop + float(np.log10(per_gflop))
    return float(10.0**exponent) if exponent < _LARGEST_LOG10 else None
