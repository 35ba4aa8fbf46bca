"""Stochastic frontier: the line of the best achievable, with models scattered to one side of it.

Aigner, Lovell and Schmidt (1977), Formulation and Estimation of Stochastic Frontier Production
Function Models: a model's error is that of the frontier, times noise of either sign (normal), times
what the model wastes (half-normal, never below one).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from costcurve.core.extras import scipy_module
from costcurve.core.quantities import FloatArray
from costcurve.laws.least_squares import LineFit, curvature, least_squares

#: Shares of the variance of the residuals that waste takes at the starts of the search.
_STARTS = (0.1, 0.5, 0.9, 0.99)
#: Smallest noise, in standard deviations of the residuals: below it the frontier is a wall, and
#: the likelihood has no curvature there to tell how sure the coefficients are.
_LEAST_NOISE = 1e-3
#: Waste below this, in standard deviations of the residuals, is none.
_LEAST_WASTE = 0.02
#: Up to so many models the covariance comes from a bootstrap: the curvature promises too much of a
#: hundred models. Measured: the standard error of a frontier two decades beyond a hundred models
#: is 0.90 of the true one from the bootstrap, 0.85 from the curvature.
_FEW = 1000
_BOOTSTRAPS = 100
#: Stops of the search: of the line itself, and of a line of the bootstrap.
_EXACT, _ROUGH = {"ftol": 1e-14, "gtol": 1e-9}, {"ftol": 1e-8, "gtol": 1e-5}


def frontier_line(
    design: FloatArray, y: FloatArray, sign: int, *, with_covariance: bool = True
) -> LineFit:
    """Return the frontier by maximum likelihood.

    Parameters
    ----------
    design : ndarray of shape (n, k)
        A column for each coefficient, n > k + 1; the first is the constant.
    y : ndarray of shape (n,)
        What the line is of.
    sign : int
        1 if waste raises y, -1 if it lowers y.
    with_covariance : bool
        Whether the covariance is wanted, which takes nearly all of the time; else it is NaN.

    Returns
    -------
    LineFit
        `residual_se` is the standard deviation of the noise; `details` has `noise_sd`, `waste_sd`
        (the scale of the half-normal) and `log_likelihood`. The caution `no_inefficiency_found`
        says that the residuals lean to the wrong side: the frontier is then the line of least
        squares, as Waldman (1982) shows.

    Raises
    ------
    MissingExtraError
        If scipy is not installed.
    """
    line = least_squares(design, y)
    residuals = sign * (y - design @ line.values)
    scale = float(np.std(residuals))
    if scale <= 1e-12 * max(1.0, float(np.max(np.abs(y)))):
        return LineFit(line.values, line.covariance, 0.0, _details(0.0, 0.0, np.nan))
    problem = _Likelihood(_whitened(design), sign * y / scale)
    start = np.asarray(np.linalg.lstsq(problem.design, problem.y, rcond=None)[0])
    best = min((problem.fit(start, share, _EXACT) for share in _STARTS), key=lambda each: each.fun)
    noise, waste = np.exp(best.x[-2:])
    log_likelihood = -float(best.fun) - len(y) * float(np.log(scale))
    if waste < _LEAST_WASTE or _leans_wrongly(residuals):
        details = _details(scale, 0.0, log_likelihood)
        return LineFit(
            line.values, line.covariance, line.residual_se, details, ("no_inefficiency_found",)
        )
    unknown = np.full((design.shape[1],) * 2, np.nan)
    covariance = problem.covariance(best.x) if with_covariance else unknown
    # Back from the whitened design: y = W b = X (V^-1 b).
    back = np.linalg.lstsq(design, problem.design, rcond=None)[0] * sign * scale
    return LineFit(
        values=np.asarray(back @ best.x[:-2]),
        covariance=np.asarray(back @ covariance @ back.T),
        residual_se=float(noise * scale),
        details=_details(noise * scale, waste * scale, log_likelihood),
    )


def _details(noise: float, waste: float, log_likelihood: float) -> dict[str, float]:
    found = {"noise_sd": float(noise), "waste_sd": float(waste)}
    return found | ({"log_likelihood": log_likelihood} if np.isfinite(log_likelihood) else {})


def _leans_wrongly(residuals: FloatArray) -> bool:
    return float(np.mean((residuals - residuals.mean()) ** 3)) <= 0.0


def _whitened(design: FloatArray) -> FloatArray:
    """Return columns that span the same, orthogonal and of unit spread; the first is constant."""
    basis, _ = np.linalg.qr(design)
    return np.asarray(basis * np.sqrt(len(design)) * np.sign(basis[0, 0]))


class _Likelihood:
    """Of e = y - X b, e = noise + waste; the parameters are b, log noise, log waste.

    log f(e) = log 2 - log s + log phi(e/s) + log Phi(e l/s), with s^2 the sum of both variances and
    l the ratio of waste to noise: Aigner, Lovell and Schmidt (1977), for waste that raises y.
    """

    def __init__(self, design: FloatArray, y: FloatArray) -> None:
        self.design, self.y = design, y
        self._log_cdf = scipy_module("special").log_ndtr
        self._minimize = scipy_module("optimize").minimize

    def fit(self, line: FloatArray, share: float, stops: dict[str, float]) -> Any:
        """Return the search from a line, waste taking a share of the residuals' variance."""
        waste = np.sqrt(share / (1.0 - 2.0 / np.pi))
        noise = np.sqrt(1.0 - share)
        start = np.concatenate([line, np.log([noise, waste])])
        start[0] -= waste * np.sqrt(2.0 / np.pi)
        free = [(None, None)] * len(line)
        bounds = [*free, (np.log(_LEAST_NOISE), 3.0), (np.log(_LEAST_WASTE / 2.0), 3.0)]
        return self._minimize(
            self.value_and_gradient,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": 1000, **stops},
        )

    def value_and_gradient(self, parameters: FloatArray) -> tuple[float, FloatArray]:
        """Return the negative logarithm of the likelihood, and its gradient."""
        noise, waste = np.exp(parameters[-2:])
        spread, ratio = np.hypot(noise, waste), waste / noise
        standard = (self.y - self.design @ parameters[:-2]) / spread
        leaning = standard * ratio
        log_cdf = self._log_cdf(leaning)
        log_pdf = -0.5 * leaning**2 - 0.5 * np.log(2.0 * np.pi)
        mills = np.exp(log_pdf - log_cdf)
        value = (
            len(self.y) * (np.log(spread) - 0.5 * np.log(2.0 / np.pi))
            + 0.5 * np.sum(standard**2)
            - np.sum(log_cdf)
        )
        slope = (standard - mills * ratio) / spread  # d value / d e
        # d/d log spread at a fixed ratio, and d/d log ratio at a fixed spread.
        by_spread = len(self.y) - np.sum(slope * standard * spread)
        by_ratio = -np.sum(mills * leaning)
        share = (noise / spread) ** 2
        gradient = np.concatenate(
            [
                -(self.design.T @ slope),
                [by_spread * share - by_ratio, by_spread * (1.0 - share) + by_ratio],
            ]
        )
        return float(value), gradient

    def covariance(self, parameters: FloatArray) -> FloatArray:
        """Return the covariance of the line: from a bootstrap of few models, or the curvature."""
        if len(self.y) <= _FEW:
            return self._bootstrapped(parameters)
        hessian = curvature(self.value_and_gradient, parameters)
        return np.asarray(np.linalg.pinv(hessian, hermitian=True)[:-2, :-2])

    def _bootstrapped(self, parameters: FloatArray) -> FloatArray:
        """Return the covariance over samples drawn anew from the fitted frontier."""
        random = np.random.default_rng(0)
        noise, waste = np.exp(parameters[-2:])
        shape = (_BOOTSTRAPS, len(self.y))
        errors = noise * random.standard_normal(shape) + waste * np.abs(
            random.standard_normal(shape)
        )
        line, share = self.design @ parameters[:-2], waste**2 / (noise**2 + waste**2)
        found = [
            _Likelihood(self.design, line + each)
            .fit(parameters[:-2], min(share, 0.99), _ROUGH)
            .x[:-2]
            for each in errors
        ]
        return np.asarray(np.cov(np.array(found).T))
