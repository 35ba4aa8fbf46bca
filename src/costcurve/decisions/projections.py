"""Projections: the compute that a target error takes, with interval, CO2 and dollars."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np

from costcurve.core.draws import low_discrepancy, normal_deviate
from costcurve.costs import published_conversions
from costcurve.laws.compute import ComputeLaw

_DRAWS = 8192


@dataclass(frozen=True, slots=True)
class Projection:
    """What one target error takes.

    Attributes
    ----------
    target_error : float
        As a fraction.
    log10_compute, log10_compute_p05, log10_compute_p95 : float
        log10 of the compute, where the line has the error, and where 90 % of models would: over
        the uncertainty of both coefficients and the scatter of models.
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
        """Return it under the keys of the contract, less the flag."""
        names = ("target_error", "log10_compute", "log10_compute_p05", "log10_compute_p95")
        return {name: getattr(self, name) for name in (*names, "kg_co2e", "cost_usd")}


def project(law: ComputeLaw, target_error: float, log10_flop_per_unit: float) -> Projection:
    """Return what a target error takes.

    Parameters
    ----------
    law : ComputeLaw
        The line.
    target_error : float
        As a fraction, above 0 and below 1.
    log10_flop_per_unit : float
        log10 of the FLOP in one unit of the law's compute: 0 for FLOP, 9 for GFLOP.
    """
    point = float(law.log10_compute(target_error))
    low, high = _ends(law, target_error)
    values = {given.name: float(given.value) for given in published_conversions.INPUTS}
    log10_gflop = point + log10_flop_per_unit - 9.0
    low_range, high_range = law.log10_compute_range
    return Projection(
        target_error=target_error,
        log10_compute=point,
        log10_compute_p05=low,
        log10_compute_p95=high,
        kg_co2e=_times(log10_gflop, values["lb_co2e_per_gflop"] * published_conversions.KG_PER_LB),
        cost_usd=_times(log10_gflop, values["usd_per_gflop"]),
        is_extrapolated=not low_range <= point <= high_range,
    )


def _times(log10_gflop: float, per_gflop: float) -> float | None:
    exponent = log10_gflop + float(np.log10(per_gflop))
    found = 10.0**exponent if exponent < np.finfo(np.float64).maxexp * np.log10(2) else np.inf
    return float(found) if isfinite(found) else None


def _ends(law: ComputeLaw, target_error: float) -> tuple[float, float]:
    """Return the 5th and 95th percentile of the compute that a model of this error takes."""
    deviates = normal_deviate(low_discrepancy(3, _DRAWS, 0))
    root = np.linalg.cholesky(law.covariance + 1e-300 * np.eye(2))
    intercept, slope = np.array([[law.intercept], [law.slope]]) + root @ deviates[1:]
    wanted = law.transformed(target_error) - law.residual_se * deviates[0]
    # A slope that may be zero leaves no end: the largest numbers stand for it.
    with np.errstate(divide="ignore"):
        draws = np.sort(np.nan_to_num((wanted - intercept) / slope))
    positions = np.array([0.05, 0.95]) * _DRAWS - 0.5
    low, high = np.interp(positions, np.arange(_DRAWS), draws)
    return float(low), float(high)
