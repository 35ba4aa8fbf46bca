"""What is believed of a task's learning curve: a level and a slope, and how runs move them.

On the scale of a law (`LogScale`, `OddsScale`) the error of a task falls in a line, which may bend
once,

    scale(error) = level + slope * (log10(n) - 3) + bend max(0, log10(n) - knee) + noise,

level and slope jointly normal around what the law says. A run on the task is an observation of
the line, and conditions both: none, one or many runs are one formula. Where the size of the test
set is known the likelihood is that of the count of errors (`counts`), so that none at all is an
observation like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from costcurve.core.quantities import FloatArray
from costcurve.laws.odds import FLATTEST, LN10, PIVOT, error_of, line, log_odds_of

#: A variance, in squared decades, that says nothing.
NOTHING = 1e12
#: Runs that are told one by one.
_TOLD = 6


@dataclass(frozen=True)
class LogScale:
    """log10 of the error."""

    def of(self, error: FloatArray) -> FloatArray:
        """Return log10(error)."""
        return np.asarray(np.log10(error))

    def error(self, value: FloatArray) -> FloatArray:
        """Return 10^value, at most 1."""
        return np.asarray(10.0 ** np.minimum(value, 0.0))

    def slopes(self, value: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the first and second derivative of the error; 0 where it is at most 1."""
        first = np.where(value < 0.0, LN10 * self.error(value), 0.0)
        return np.asarray(first), np.asarray(LN10 * first)

    def per_run(self) -> LogScale:
        """Return itself, for arrays as (row, run)."""
        return self


@dataclass(frozen=True)
class OddsScale:
    """log10 of the odds of an error against what chance leaves: error / (chance - error).

    Attributes
    ----------
    chance : ndarray
        Error of guessing, which the law does not exceed.
    """

    chance: FloatArray

    def of(self, error: FloatArray) -> FloatArray:
        """Return log10(error / (chance - error))."""
        return np.asarray(log_odds_of(error, self.chance))

    def error(self, value: FloatArray) -> FloatArray:
        """Return chance / (1 + 10^-value)."""
        return np.asarray(error_of(value, self.chance))

    def slopes(self, value: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the first and second derivative of the error."""
        share = self.error(value) / self.chance
        first = LN10 * self.chance * share * (1.0 - share)
        return np.asarray(first), np.asarray(LN10 * first * (1.0 - 2.0 * share))

    def per_run(self) -> OddsScale:
        """Return the scale for arrays as (row, run)."""
        return OddsScale(self.chance[:, None])


#: A scale on which learning curves are straight, or bend once.
Scale = LogScale | OddsScale


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

    def to_dicts(self) -> list[dict[str, float | None]]:
        """Return the runs of the first row, each with the size of its test set, if known."""
        columns = (self.examples[0], self.error[0], self.test_examples[0])
        return [
            {
                "examples": examples,
                "error": error,
                "test_examples": tests if np.isfinite(tests) else None,
            }
            for examples, error, tests in zip(*(each.tolist() for each in columns), strict=True)
        ]

    def in_words(self) -> str:
        """Return the runs of the first row in words, the largest of them where there are many."""
        runs = sorted(self.to_dicts(), key=lambda run: -(run["examples"] or 0.0))
        told = [
            f"{run['error']:g} at {run['examples']:,.10g} examples"
            + ("" if run["test_examples"] is None else f" ({run['test_examples']:,.10g} tested)")
            for run in runs[:_TOLD]
        ]
        more = f" and {len(runs) - _TOLD} more" if len(runs) > _TOLD else ""
        return f"{', '.join(told)}{more}"

    def where(self, kept: np.ndarray) -> Runs:
        """Return the runs with those that are not kept taken away."""
        return replace(self, error=np.where(kept, self.error, np.nan))


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
    knee, bend : ndarray of shape (rows,), or float
        Beyond log10(n) = knee the slope changes by the bend; both are taken as known. (Of the law
        of classification the error of the bend would widen no interval by one per cent.)
    """

    mean: FloatArray
    covariance: FloatArray
    noise_sd: FloatArray
    knee: FloatArray | float = 0.0
    bend: FloatArray | float = 0.0

    def at(self, examples: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return mean and standard deviation of a new run's value on the scale."""
        logs = np.log10(examples)
        design = _design(logs)
        level, slope = self.mean.T
        middle = np.asarray(line(logs, level, slope, self.knee, self.bend))
        variance = np.einsum("...j,...jk,...k->...", design, self.covariance, design)
        return middle, np.sqrt(variance + self.noise_sd**2)

    def after(self, runs: Runs, scale: Scale) -> Belief:
        """Return what is believed once runs were seen: exact ones first, then counts of errors.

        A slope that runs would turn upwards is held at the least fall, about the number of
        examples at which level and slope are uncorrelated.

        Parameters
        ----------
        runs : Runs
            One row for each row of the belief.
        scale : Scale
            Of the law, for the rows of the belief.
        """
        from costcurve.laws.counts import working_observations  # noqa: PLC0415 - only with runs

        is_there = ~np.isnan(runs.error)
        is_count = is_there & np.isfinite(runs.test_examples)
        found = self
        if (is_there & ~is_count).any():
            exact = runs.where(is_there & ~is_count)
            seen = ~np.isnan(exact.error)
            y = scale.per_run().of(np.where(seen, exact.error, 0.1))
            found = found._conditioned(exact, y, np.where(seen, 0.0, NOTHING))
        if is_count.any():
            counted = runs.where(is_count)
            prior, spread = found.expected(counted)
            found = found._conditioned(
                counted, *working_observations(counted, scale.per_run(), prior, spread)
            )
        return found._falling()

    def surprise(self, runs: Runs, scale: Scale) -> FloatArray:
        """Return how far runs lie from what was expected, of shape (rows,): chi squared.

        Parameters
        ----------
        runs : Runs
            Every one there, in one row for each row of the belief.
        scale : Scale
            Of the law.
        """
        from costcurve.laws.counts import working_observations  # noqa: PLC0415 - only with runs

        prior, spread = self.expected(runs)
        is_count = np.isfinite(runs.test_examples)
        seen, variance = working_observations(runs.where(is_count), scale.per_run(), prior, spread)
        exact = scale.per_run().of(np.where(is_count, 0.1, runs.error))
        away = np.where(is_count, seen, exact) - prior
        total = spread + np.eye(prior.shape[1]) * np.where(is_count, variance, 0.0)[:, :, None]
        weighed = np.linalg.solve(total, away[..., None])[..., 0]
        return np.asarray(np.einsum("rj,rj->r", away, weighed))

    def is_held(self) -> np.ndarray:
        """Return whether the slope is held at the least fall, of shape (rows,)."""
        return np.asarray((self.covariance[:, 1, 1] > 0.0) & (self.mean[:, 1] >= self._flattest))

    def expected(self, runs: Runs) -> tuple[FloatArray, FloatArray]:
        """Return mean (rows, runs) and covariance (rows, runs, runs) of runs on the scale."""
        logs = _logs(runs)
        design = _design(logs)
        level, slope = self.mean.T[..., None]
        knee, bend = np.asarray(self.knee)[..., None], np.asarray(self.bend)[..., None]
        mean = np.asarray(line(logs, level, slope, knee, bend))
        spread = np.einsum("rik,rkl,rjl->rij", design, self.covariance, design)
        spread += np.eye(mean.shape[1]) * self.noise_sd[:, None, None] ** 2
        return mean, spread

    def _conditioned(self, runs: Runs, seen: FloatArray, variance: FloatArray) -> Belief:
        prior, spread = self.expected(runs)
        design = _design(_logs(runs))
        total = spread + np.eye(prior.shape[1]) * variance[:, :, None]
        across = np.einsum("rjk,rkl->rjl", design, self.covariance)
        gain = np.swapaxes(np.linalg.solve(total, across), 1, 2)
        mean = self.mean + np.einsum("rkj,rj->rk", gain, seen - prior)
        return replace(self, mean=mean, covariance=self.covariance - gain @ across)

    @property
    def _flattest(self) -> FloatArray:
        """Slope before the knee with which a curve still falls beyond it."""
        return np.minimum(FLATTEST, FLATTEST - np.asarray(self.bend))

    def _falling(self) -> Belief:
        level, slope = self.mean.T
        scatter = np.where(self.covariance[:, 1, 1] > 0.0, self.covariance[:, 1, 1], np.inf)
        pivot = -self.covariance[:, 0, 1] / scatter
        least = np.where(np.isfinite(scatter), np.minimum(slope, self._flattest), slope)
        return replace(self, mean=np.stack([level + (slope - least) * pivot, least], axis=1))


def _logs(runs: Runs) -> FloatArray:
    """Return log10 of the examples, 0 where there is no run."""
    return np.asarray(np.log10(np.where(np.isnan(runs.error), 1.0, runs.examples)))


def _design(logs: FloatArray) -> FloatArray:
    return np.stack([np.ones_like(logs), logs - PIVOT], axis=-1)
