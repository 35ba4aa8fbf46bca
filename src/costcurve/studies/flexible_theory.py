"""Closed forms of the flexible-model simulation: what least squares leaves of the coefficients.

With x isotropic the normalised mean squared error over queries is |estimate - truth|^2 / |truth|^2,
and X'X is a Wishart matrix, so that the errors of least squares are ratios of chi-squared numbers
and the mean of their logarithm is exact: E ln chi2_k = digamma(k / 2) + ln 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log, log10

from costcurve.core.extras import scipy_module


@dataclass(frozen=True, slots=True)
class World:
    """The generative linear model: y = theta' x + z.

    Attributes
    ----------
    dimensions, nonzero : int
        Of theta, and how many of them are not zero.
    noise_sd : float
        Standard deviation of z.
    squared_norm : float
        |theta|^2, shared equally by the coefficients that are not zero.
    """

    dimensions: int
    nonzero: int
    noise_sd: float
    squared_norm: float

    @property
    def noise_share(self) -> float:
        """Variance of the noise over |theta|^2."""
        return self.noise_sd**2 / self.squared_norm


def _mean_log10_chi2(freedom: float) -> float:
    digamma = scipy_module("special", "the simulation", "simulate").digamma
    return float((digamma(freedom / 2.0) + log(2.0)) / log(10.0))


def oracle_performance(world: World, samples: float) -> float:
    """Return the mean of -log10(error) of least squares on the covariates that matter.

    The error is noise share * chi2_s / chi2_(n - s + 1). Needs at least s samples.
    """
    return _least_squares(world.noise_share, world.nonzero, samples)


def flexible_performance(world: World, samples: float) -> float:
    """Return the same of least squares on all covariates, with at least d samples."""
    return _least_squares(world.noise_share, world.dimensions, samples)


def _least_squares(noise_share: float, covariates: int, samples: float) -> float:
    if samples < covariates:
        return -inf
    above = _mean_log10_chi2(covariates)
    below = _mean_log10_chi2(samples - covariates + 1)
    return -(log10(noise_share) + above - below)


def expert_plateau(world: World) -> float:
    """Return what the expert's performance tends to: one covariate of s is never learnt."""
    return log10(world.nonzero)


def expert_mean_error(world: World, samples: float) -> float:
    """Return the mean error of the expert; infinite below s + 2 samples.

    The covariate left out adds its variance to the noise: share 1/s of |theta|^2 stays, and s / (n
    - s - 1) of noise and what is left out is added.
    """
    s = world.nonzero
    if samples <= s + 1:
        return inf
    left_out = 1.0 / s
    return left_out + (world.noise_share + left_out) * s / (samples - s - 1.0)


def flexible_as_good_as_oracle(world: World, samples: float) -> tuple[float, float]:
    """Return the samples that the flexible model needs to be as good as the oracle.

    By the mean error, in closed form, and by the mean of its logarithm, by bisection: 1,401 and
    1,561 for the oracle at 15 of the paper.
    """
    s, d = world.nonzero, world.dimensions
    by_mean = d + 1.0 + d * (samples - s - 1.0) / s
    wanted = oracle_performance(world, samples)
    low, high = float(d), 1e9
    while high - low > 1e-3:
        middle = (low + high) / 2.0
        if flexible_performance(world, middle) < wanted:
            low = middle
        else:
            high = middle
    return by_mean, (low + high) / 2.0
