"""Counts of errors out of a test set: the normal observations that stand in for them."""

from __future__ import annotations

import numpy as np

from costcurve.core.quantities import FloatArray
from costcurve.laws.belief import NOTHING, Runs, Scale

_STEPS, _HALVINGS = 200, 40
# Of a step, relative to where it starts.
_CLOSE = 1e-9
# Observed information below this share of what is expected gives way to it: the likelihood is not
# concave there, and a variance taken from it would be negative or without bound.
_LEAST_SHARE = 0.1
_TINY = 1e-300


def working_observations(
    runs: Runs, scale: Scale, prior: FloatArray, spread: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return observations on the scale, with their variances, that stand in for counts of errors.

    Prior and binomial likelihood together are highest at one point; the observation is the normal
    one with the same slope and curvature there (Laplace's approximation), so that conditioning on
    it leads to that point. Newton's steps are halved until they rise.

    Parameters
    ----------
    runs : Runs
        As (row, run), every one that is there with the size of its test set.
    scale : Scale
        Of the law, for arrays as (row, run).
    prior : ndarray of shape (rows, runs)
        What is expected of the runs, on the scale.
    spread : ndarray of shape (rows, runs, runs)
        Its covariance, the noise of runs included: positive definite.
    """
    is_there = ~np.isnan(runs.error)
    wrong = np.where(is_there, runs.error, 0.0)
    tests = np.where(is_there, runs.test_examples, 0.0)
    inverse = np.linalg.inv(spread)

    def height(at: FloatArray) -> FloatArray:
        away = at - prior
        expected = np.clip(scale.error(at), _TINY, 1.0 - 1e-16)
        rows = tests * (wrong * np.log(expected) + (1.0 - wrong) * np.log1p(-expected))
        return np.asarray(rows.sum(axis=1) - 0.5 * np.einsum("ri,rij,rj->r", away, inverse, away))

    at = _start(scale, prior, wrong, is_there)
    observed, variance = _local(scale, at, wrong, tests)
    for _ in range(_STEPS):
        step = _best(prior, spread, observed, variance) - at
        step = np.clip(step, -2.0, 2.0)
        share, here = np.ones(len(at)), height(at)
        for _ in range(_HALVINGS):
            falls = height(at + share[:, None] * step) < here
            if not falls.any():
                break
            share = np.where(falls, share / 2.0, share)
        share = np.where(falls, 0.0, share)
        at = at + share[:, None] * step
        observed, variance = _local(scale, at, wrong, tests)
        if (np.abs(share[:, None] * step) <= _CLOSE * (1.0 + np.abs(at))).all():
            break
    return observed, variance


def _start(scale: Scale, prior: FloatArray, wrong: FloatArray, is_there: np.ndarray) -> FloatArray:
    """Return where to start: the prior, or below where the error saturates and says nothing."""
    first, _ = scale.slopes(prior)
    is_flat = is_there & (first <= 0.0) & (wrong < 1.0)
    return np.where(is_flat, scale.of(np.clip(wrong, 1e-3, 0.999)), prior)


def _best(
    prior: FloatArray, spread: FloatArray, observed: FloatArray, variance: FloatArray
) -> FloatArray:
    total = spread + np.eye(prior.shape[1]) * variance[:, :, None]
    weights = np.linalg.solve(total, (observed - prior)[..., None])[..., 0]
    return np.asarray(prior + np.einsum("rij,rj->ri", spread, weights))


def _local(
    scale: Scale, at: FloatArray, wrong: FloatArray, tests: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the normal observations with the likelihood's slope and curvature at a point."""
    error, (first, second) = scale.error(at), scale.slopes(at)
    within = np.maximum(error * (1.0 - error), _TINY)
    over = (wrong - error) / within
    slope = tests * over * first
    expected = tests * first**2 / within
    observed = expected - tests * over * (second - first**2 * (1.0 - 2.0 * error) / within)
    curvature = np.where(observed > _LEAST_SHARE * expected, observed, expected)
    says_nothing = curvature <= 1.0 / NOTHING
    curvature = np.where(says_nothing, 1.0 / NOTHING, curvature)
    slope = np.where(says_nothing, 0.0, slope)
    return at + slope / curvature, 1.0 / curvature
