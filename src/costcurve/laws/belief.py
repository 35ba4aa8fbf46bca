"""What is believed of a task's learning curve: a level and a slope, and how runs move them.

On the scale of a law (`LogScale`, `OddsScale`) the error of a task falls in a line,

    scale(error) = level + slope * (log10(n) - 3) + bend * max(0, log10(n) - knee) + noise,

level and slope jointly normal around what the law says. A run on the task is an observation of
the line, and conditions both: none, one or many runs are one formula. Where the size of the test
set is known the likelihood is that of the count of errors, so that none at all is an observation
like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from costcurve.core.quantities import FloatArray

#: log10 of the examples at which the level is told.
PIVOT = 3.0
_LN10 = float(np.log(10.0))
#: Stands for a run that is not there: what it says weighs nothing.
_NOTHING = 1e12
# Newton's steps, and the longest of them in decades.
_STEPS, _LONGEST = 60, 1.0
_CLOSE = 1e-10
_TINY = 1e-300


@dataclass(frozen=True)
class LogScale:
    """log10 of the error."""

    def of(self, error: FloatArray) -> FloatArray:
        """Return log10(error)."""
        return np.asarray(np.log10(error))

    def error(self, value: FloatArray) -> FloatArray:
        """Return 10^value, at most 1."""
        return np.asarray(np.minimum(10.0**value, 1.0))

    def error_slope(self, value: FloatArray) -> FloatArray:
        """Return d error / d value."""
        return np.asarray(_LN10 * self.error(value))

    def per_run(self) -> LogScale:
        """Return itself."""
        return self


@dataclass(frozen=True)
class OddsScale:
    """log10 of the odds of an error against what chance leaves: error / (chance - error).

    Attributes
    ----------
    chance : ndarray
        Error of guessing, which no amount of data exceeds.
    """

    chance: FloatArray

    def of(self, error: FloatArray) -> FloatArray:
        """Return log10(error / (chance - error))."""
        return np.asarray(np.log10(error) - np.log10(self.chance - error))

    def error(self, value: FloatArray) -> FloatArray:
        """Return chance / (1 + 10^-value)."""
        return np.asarray(self.chance / (1.0 + 10.0 ** np.clip(-value, -_FAR, _FAR)))

    def error_slope(self, value: FloatArray) -> FloatArray:
        """Return d error / d value."""
        share = self.error(value) / self.chance
        return np.asarray(_LN10 * self.chance * share * (1.0 - share))

    def per_run(self) -> OddsScale:
        """Return the scale with an axis of runs."""
        return OddsScale(self.chance[:, None])


#: A scale on which learning curves are straight.
Scale = LogScale | OddsScale
#: Decades of odds beyond which nothing changes.
_FAR = 290.0


@dataclass(frozen=True)
class Runs:
    """Runs of one kind, as (row, run): a row for each task. NaN where a task has fewer.

    Attributes
    ----------
    examples, error : ndarray of shape (rows, runs)
        Training examples above 0, and the error as a fraction.
    test_examples : ndarray of shape (rows, runs)
        Size of the test set; infinite where it is not known, and the error taken as exact.
    """

    examples: FloatArray
    error: FloatArray
    test_examples: FloatArray


@dataclass(frozen=True)
class Belief:
    """Level and slope of a task's line, jointly normal, and the scatter of one run around it.

    Attributes
    ----------
    mean : ndarray of shape (rows, 2)
        Level at 1,000 examples, and slope per decade.
    covariance : ndarray of shape (rows, 2, 2)
        Of both.
    noise_sd : ndarray of shape (rows,)
        Standard deviation of one run around the line.
    bend, knee : ndarray of shape (rows,)
        Change of the slope beyond log10(n) = knee, taken as known.
    """

    mean: FloatArray
    covariance: FloatArray
    noise_sd: FloatArray
    bend: FloatArray
    knee: FloatArray

    def at(self, examples: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return mean and standard deviation of a new run's value on the scale."""
        logs = np.log10(examples)
        design = _design(logs)
        middle = np.einsum("...k,...k->...", design, self.mean)
        middle = middle + self.bend * np.maximum(logs - self.knee, 0.0)
        variance = np.einsum("...j,...jk,...k->...", design, self.covariance, design)
        return middle, np.sqrt(variance + self.noise_sd**2)

    def after(self, runs: Runs, scale: Scale) -> Belief:
        """Return what is believed once runs were seen.

        Parameters
        ----------
        runs : Runs
            One row for each row of the belief.
        scale : Scale
            Of the law, for the rows of the belief.
        """
        if not runs.examples.size:
            return self
        logs = np.log10(np.where(np.isnan(runs.examples), 1.0, runs.examples))
        design = _design(logs)
        prior = np.einsum("rjk,rk->rj", design, self.mean)
        prior += self.bend[:, None] * np.maximum(logs - self.knee[:, None], 0.0)
        spread = np.einsum("rik,rkl,rjl->rij", design, self.covariance, design)
        spread += np.eye(prior.shape[1]) * self.noise_sd[:, None, None] ** 2
        seen, variance = working_observations(runs, scale.per_run(), prior, spread)
        total = spread + np.eye(prior.shape[1]) * variance[:, :, None]
        across = self.covariance @ np.swapaxes(design, 1, 2)
        gain = np.swapaxes(np.linalg.solve(total, np.swapaxes(across, 1, 2)), 1, 2)
        mean = self.mean + np.einsum("rkj,rj->rk", gain, seen - prior)
        covariance = self.covariance - gain @ np.swapaxes(across, 1, 2)
        return replace(self, mean=mean, covariance=covariance)


def working_observations(
    runs: Runs, scale: Scale, prior: FloatArray, spread: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return observations on the scale, with their variances, that stand in for the runs.

    An exact error stands for itself. A count of errors is binomial, and stands for the normal
    observation that has its curvature where prior and likelihood together are highest (Laplace's
    approximation, by Fisher's scoring).

    Parameters
    ----------
    runs : Runs
        As (row, run).
    scale : Scale
        Of the law, for arrays as (row, run).
    prior : ndarray of shape (rows, runs)
        What is expected of the runs, on the scale.
    spread : ndarray of shape (rows, runs, runs)
        Its covariance, the noise of runs included.
    """
    is_there = ~np.isnan(runs.error)
    is_count = is_there & np.isfinite(runs.test_examples)
    is_exact = is_there & ~is_count
    error = np.where(is_there, runs.error, 0.5)
    with np.errstate(all="ignore"):
        exact = np.where(is_exact, scale.of(np.where(is_exact, error, _TINY)), prior)
    observed, variance = exact, np.where(is_exact, 0.0, _NOTHING)
    if not is_count.any():
        return observed, variance
    tests = np.where(is_count, runs.test_examples, 1.0)
    at = prior.copy()
    identity = np.eye(prior.shape[1])
    for _ in range(_STEPS):
        expected, slope = scale.error(at), np.maximum(scale.error_slope(at), _TINY)
        within = np.maximum(expected * (1.0 - expected), _TINY)
        weighed = np.clip(within / (tests * slope**2), 0.0, _NOTHING)
        towards = at + np.clip((error - expected) / slope, -_LONGEST, _LONGEST)
        observed = np.where(is_count, towards, exact)
        variance = np.where(is_count, weighed, variance)
        total = spread + identity * variance[:, :, None]
        best = prior + np.einsum(
            "rij,rj->ri", spread, np.linalg.solve(total, (observed - prior)[..., None])[..., 0]
        )
        step = best - at
        at = at + step
        if np.abs(step).max() < _CLOSE:
            break
    return observed, variance


def _design(logs: FloatArray) -> FloatArray:
    away = logs - PIVOT
    return np.stack([np.ones_like(away), away], axis=-1)
