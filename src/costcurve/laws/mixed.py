"""A mixed model by penalised marginal likelihood: coefficients common to all, scatter by task.

    y = X b + task level + task slope * x + setup level + setup slope * x + study + run

with normal priors on the coefficients and log-normal ones on the standard deviations of the
scatter. The coefficients are integrated out; the scatter is at its posterior mode, and what is not
known of it widens the result: moments over the normal approximation of its posterior. With few
tasks the plain maximum-likelihood scatter is too small, and intervals built on it too narrow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from costcurve.core.draws import low_discrepancy, normal_deviate
from costcurve.core.extras import scipy_module
from costcurve.core.quantities import FloatArray

#: Places of the standard deviations in a row of them.
LEVEL, LEVEL_OF_SETUP, SLOPE, SLOPE_OF_SETUP, STUDY, RUN = range(6)
_POINTS = 256
_STEP = 0.05
_NO_STUDY = -1


@dataclass(frozen=True)
class Data:
    """Observations.

    Attributes
    ----------
    y, variance : ndarray of shape (n,)
        Observed values, and the variances of their measurement.
    design : ndarray of shape (n, k)
        What the coefficients are multiplied by.
    x : ndarray of shape (n,)
        What the slopes of tasks are multiplied by.
    task, setup, study : ndarray of int, of shape (n,)
        Which one; a study of -1 is the reference, which departs from nothing.
    group : ndarray of int, of shape (n,)
        Row of standard deviations that holds for the observation's task.
    """

    y: FloatArray
    variance: FloatArray
    design: FloatArray
    x: FloatArray
    task: np.ndarray
    setup: np.ndarray
    study: np.ndarray
    group: np.ndarray


@dataclass(frozen=True)
class Prior:
    """What is held before any data.

    Attributes
    ----------
    mean, sd : ndarray of shape (k,)
        Of the coefficients, normal.
    median, spread : ndarray of shape (groups, 6)
        Of the standard deviations of the scatter, log-normal: median, and the standard deviation
        of their natural logarithm.
    """

    mean: FloatArray
    sd: FloatArray
    median: FloatArray
    spread: FloatArray


@dataclass(frozen=True)
class Mixed:
    """A fitted model.

    Attributes
    ----------
    values : ndarray of shape (k,)
        Coefficients.
    covariance : ndarray of shape (k, k)
        Of them, what is not known of the scatter included.
    scatter : ndarray of shape (groups, 6)
        Standard deviations: roots of the mean variances.
    mode : ndarray of shape (groups, 6)
        The same at the mode, from where another fit may start.
    loss : float
        Negative logarithm of the marginal likelihood with the prior, at the mode, but for a
        constant: shapes of the model are compared by it.
    """

    values: FloatArray
    covariance: FloatArray
    scatter: FloatArray
    mode: FloatArray
    loss: float


def scatter_covariance(data: Data, scatter: FloatArray) -> FloatArray:
    """Return the covariance of the observations that the scatter makes, of shape (n, n)."""
    variances = scatter[data.group] ** 2
    same_task = data.task[:, None] == data.task[None]
    same_setup = data.setup[:, None] == data.setup[None]
    same_study = (data.study[:, None] == data.study[None]) & (data.study != _NO_STUDY)[:, None]
    along = data.x[:, None] * data.x[None]
    root = np.sqrt(variances[:, STUDY])
    return np.asarray(
        same_task * (variances[:, [LEVEL]] + variances[:, [SLOPE]] * along)
        + same_setup * (variances[:, [LEVEL_OF_SETUP]] + variances[:, [SLOPE_OF_SETUP]] * along)
        + same_study * (root[:, None] * root[None])
        + np.diag(variances[:, RUN])
    )


def fit_mixed(data: Data, prior: Prior, start: FloatArray | None = None) -> Mixed:
    """Return the model fitted to observations.

    Parameters
    ----------
    data : Data
        Observations; those of no known variance do not exist.
    prior : Prior
        On coefficients and scatter.
    start : ndarray of shape (groups, 6), optional
        Standard deviations to start from.

    Raises
    ------
    MissingExtraError
        If scipy is not installed.
    """
    minimize = scipy_module("optimize").minimize
    middle = np.log(prior.median)

    def loss(flat: FloatArray) -> float:
        logs = flat.reshape(middle.shape)
        covariance = scatter_covariance(data, np.exp(logs)) + np.diag(data.variance)
        covariance += (data.design * prior.sd**2) @ data.design.T
        lower = np.linalg.cholesky(covariance)
        away = np.linalg.solve(lower, data.y - data.design @ prior.mean)
        penalty = 0.5 * np.sum(((logs - middle) / prior.spread) ** 2)
        return float(0.5 * away @ away + np.log(np.diag(lower)).sum() + penalty)

    begin = middle if start is None else np.log(start)
    found = minimize(loss, begin.ravel(), method="L-BFGS-B")
    spread = _curvature(loss, found.x, prior.spread.ravel())
    return _moments(data, prior, found.x.reshape(middle.shape), spread, float(found.fun))


def expected(data: Data, fit: Mixed, prior: Prior) -> tuple[FloatArray, FloatArray]:
    """Return mean and covariance of the observations before they are measured, of (n,), (n, n)."""
    spread = scatter_covariance(data, fit.mode) + (data.design * prior.sd**2) @ data.design.T
    return data.design @ prior.mean, spread


def _curvature(
    loss: Callable[[FloatArray], float], mode: FloatArray, widest: FloatArray
) -> FloatArray:
    """Return a root of the posterior covariance at the mode, nowhere wider than the prior."""
    k = len(mode)
    steps = _STEP * np.eye(k)
    second = np.empty((k, k))
    for i in range(k):
        for j in range(i, k):
            ends = [loss(mode + a * steps[i] + b * steps[j]) for a in (1, -1) for b in (1, -1)]
            second[i, j] = second[j, i] = (ends[0] - ends[1] - ends[2] + ends[3]) / (4 * _STEP**2)
    scaled = second * widest[:, None] * widest[None]
    values, vectors = np.linalg.eigh(scaled)
    # The prior alone has curvature one on this scale; the likelihood can only be said to add.
    return np.asarray(widest[:, None] * vectors / np.sqrt(np.maximum(values, 1.0)))


def _moments(data: Data, prior: Prior, mode: FloatArray, spread: FloatArray, loss: float) -> Mixed:
    deviates = normal_deviate(low_discrepancy(mode.size, _POINTS, 0))
    precision = np.diag(prior.sd**-2.0)
    means, covariances, variances = [], [], []
    for logs in (mode.ravel()[:, None] + spread @ deviates).T:
        scatter = np.exp(logs.reshape(mode.shape))
        total = scatter_covariance(data, scatter) + np.diag(data.variance)
        weighed = np.linalg.solve(total, np.column_stack([data.design, data.y]))
        inverse = np.linalg.inv(precision + data.design.T @ weighed[:, :-1])
        means.append(inverse @ (precision @ prior.mean + data.design.T @ weighed[:, -1]))
        covariances.append(inverse)
        variances.append(scatter**2)
    values = np.mean(means, axis=0)
    between = np.cov(np.array(means).T, bias=True)
    return Mixed(
        values,
        np.mean(covariances, axis=0) + between,
        np.sqrt(np.mean(variances, axis=0)),
        np.exp(mode),
        loss,
    )
