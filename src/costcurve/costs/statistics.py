"""Fits that bear outliers, and how errors out of sample are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from costcurve.core.draws import Z95, FloatArray
from costcurve.core.extras import scipy_module

#: Called with what is being fitted.
Progress = Callable[[str], None]
#: Residuals beyond this count ever less: models with a bottleneck of their own.
SOFT = 0.2


def spread_of(errors: FloatArray) -> float:
    """Return the scale of a normal distribution whose 90 % interval is that of the errors."""
    low, high = np.quantile(errors, [0.05, 0.95])
    return float(high - low) / (2.0 * Z95)


def spread_of_few(errors: Sequence[float]) -> float:
    """Return the scale at which a normal 90 % interval is as wide as Student's for so few.

    Raises
    ------
    MissingExtraError
        If scipy is not installed.
    """
    t = scipy_module("stats", "costcurve fit").t
    root_mean_square = float(np.sqrt(np.mean(np.square(errors))))
    return root_mean_square * float(t.ppf(0.95, len(errors))) / Z95


def factors_of(errors: FloatArray) -> dict[str, float]:
    """Return the median and the 90th percentile of errors of logarithms, as factors."""
    middle, high = np.exp(np.quantile(np.abs(errors), [0.5, 0.9]))
    return {"median_factor": round(float(middle), 4), "p90_factor": round(float(high), 4)}


class Fit(NamedTuple):
    """Coefficients with their covariance."""

    values: FloatArray
    covariance: FloatArray


def least_squares(residuals: Callable[[FloatArray], FloatArray], start: FloatArray) -> Fit:
    """Return the fit whose residuals count ever less the further they are beyond `SOFT`.

    Raises
    ------
    MissingExtraError
        If scipy is not installed.
    """
    optimize = scipy_module("optimize", "costcurve fit")
    found = optimize.least_squares(residuals, start, loss="soft_l1", f_scale=SOFT)
    scale = 2.0 * found.cost / max(1, len(found.fun) - len(found.x))
    covariance = np.linalg.pinv(found.jac.T @ found.jac) * scale
    return Fit(found.x, covariance)
