"""A line that knows what goes unpublished: results well behind the best of their day.

Such a result leaves no row at all, so the sample is truncated, not censored, and a Tobit would be
wrong. The likelihood of a truncated normal, Hausman and Wise (1977), Social Experimentation,
Truncated Distributions, and Efficient Estimation.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from costcurve.core.errors import InputError
from costcurve.core.extras import scipy_module
from costcurve.core.quantities import FloatArray
from costcurve.laws.least_squares import LineFit, curvature, least_squares

#: Smallest slope of the search, as a share of that of least squares: below, the models say nothing
#: about what was cut away.
_FLATTEST = 1e-3
#: Models within the threshold beyond the coefficients: the fewest to fit.
_SPARE = 3


def best_of_their_day(error: FloatArray, year: FloatArray) -> FloatArray:
    """Return the least error published before each model; its own where nothing was.

    Parameters
    ----------
    error, year : ndarray of shape (n,)
        Errors, and the dates of publication in years. Models of one date do not know each other.
    """
    order = np.argsort(year, kind="stable")
    best = np.minimum.accumulate(error[order])
    earlier = np.searchsorted(year[order], year, side="left") - 1
    return np.asarray(np.where(earlier >= 0, best[np.maximum(earlier, 0)], np.inf))


def truncated_line(design: FloatArray, y: FloatArray, threshold: FloatArray, sign: int) -> LineFit:
    """Return the line of all models, published or not, from those within a threshold.

    Parameters
    ----------
    design : ndarray of shape (n, k)
        A column for each coefficient; the first is the constant.
    y : ndarray of shape (n,)
        What the line is of.
    threshold : ndarray of shape (n,)
        What y had to reach to be published; infinite where anything was. Models that do not reach
        it are left out: cutting a truncated sample closer leaves a truncated sample.
    sign : int
        1 if a model is published when y is below its threshold, -1 if when above.

    Returns
    -------
    LineFit
        `details` has `n_within`, the models that reach the threshold. The caution
        `selection_not_identified` says that the models look as if nothing held them together but
        the threshold; the line is then that of least squares.

    Raises
    ------
    InputError
        If too few models reach the threshold.
    MissingExtraError
        If scipy is not installed.
    """
    is_free = ~np.isfinite(threshold)
    within = is_free | (sign * (np.where(is_free, y, threshold) - y) >= 0.0)
    design, y = design[within], sign * y[within]
    cut = np.where(np.isfinite(threshold[within]), sign * threshold[within], np.inf)
    details = {"n_within": float(len(y))}
    if len(y) < design.shape[1] + _SPARE:
        allowed = f"at least {design.shape[1] + _SPARE} models must be within the margin"
        raise InputError.of("margin", len(y), allowed)
    line = least_squares(design, y)
    scale = line.residual_se or 0.0
    if scale <= 1e-12 * max(1.0, float(np.max(np.abs(y)))):
        return LineFit(sign * line.values, line.covariance, 0.0, details)
    found = _search(design, y, cut, line)
    if found is None:
        cautions = ("selection_not_identified",)
        return LineFit(sign * line.values, line.covariance, scale, details, cautions)
    values, covariance, spread = found
    return LineFit(sign * values, covariance, spread, details)


def _search(
    design: FloatArray, y: FloatArray, cut: FloatArray, line: LineFit
) -> tuple[FloatArray, FloatArray, float] | None:
    """Return coefficients, covariance and scale; `None` if the likelihood has no summit.

    In b/s and 1/s the likelihood of a truncated normal has one summit: Orme (1989), On the
    Uniqueness of the Maximum Likelihood Estimator in Truncated Regression Models.
    """
    basis, triangle = np.linalg.qr(design)
    basis, triangle = basis * np.sqrt(len(y)), triangle / np.sqrt(len(y))
    unit = float(line.residual_se or 1.0)
    value_and_gradient = partial(_value_and_gradient, basis, y / unit, cut / unit)
    start = np.concatenate([triangle @ line.values / unit, [1.0]])
    bounds = [*[(None, None)] * design.shape[1], (_FLATTEST, None)]
    best = scipy_module("optimize").minimize(
        value_and_gradient,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": 5000, "maxfun": 20000, "ftol": 1e-15, "gtol": 1e-8},
    )
    if best.x[-1] <= 2.0 * _FLATTEST:
        return None
    hessian = curvature(value_and_gradient, best.x)
    if np.linalg.eigvalsh(hessian)[0] <= 0.0:
        return None
    # From (c, h), with b = R^-1 c / h, by the delta method.
    inverse = best.x[-1]
    back = np.linalg.inv(triangle) * unit
    values = back @ best.x[:-1] / inverse
    jacobian = np.hstack([back / inverse, -values[:, None] / inverse])
    covariance = jacobian @ np.linalg.inv(hessian) @ jacobian.T
    return np.asarray(values), np.asarray(covariance), float(unit / inverse)


def _value_and_gradient(
    basis: FloatArray, height: FloatArray, cut: FloatArray, parameters: FloatArray
) -> tuple[float, FloatArray]:
    """Return the negative logarithm of the likelihood and its gradient, in (c, h) = (b/s, 1/s)."""
    is_cut, n = np.isfinite(cut), len(height)
    top = np.where(is_cut, cut, 0.0)
    inverse, mean = parameters[-1], basis @ parameters[:-1]
    away, room = inverse * height - mean, inverse * top - mean
    logs = np.where(is_cut, scipy_module("special").log_ndtr(room), 0.0)
    mills = np.where(is_cut, np.exp(-0.5 * room**2 - 0.5 * np.log(2 * np.pi) - logs), 0.0)
    value = float(np.sum(0.5 * away**2 + logs)) - n * float(np.log(inverse))
    by_inverse = float(np.sum(away * height + mills * top)) - n / inverse
    return value, np.concatenate([basis.T @ (-away - mills), [by_inverse]])
