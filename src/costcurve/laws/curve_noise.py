"""By how much one run scatters around its learning curve.

The curves that the law of learning curves learned from are means over some splits, so that its
networks speak of a mean. One run scatters around it: as replicates at one x show, and, of an error
rate, by what a test of so many examples can tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from costcurve.core.quantities import FloatArray
from costcurve.laws.curve_network import student_quantile
from costcurve.laws.curve_points import places_of

#: The least standard deviation of log y that the networks gave a curve of the bank, by the points
#: seen of it: of 600 curves cut by the protocols of `curve_cuts`, counted once. Below it nothing
#: was calibrated; from five points on a curve may keep to its form exactly.
_NARROWEST = {1: 0.061, 2: 0.048, 3: 0.020, 4: 0.014}
# Errors are taken to be known to two digits after the point at least: 0.2 is often 0.20.
_FEWEST_DIGITS = 2
# Whose exponential is a number in float64.
_LARGEST_LOG = 700.0
# The interval that is kept is that of 90%: ends of a standard normal number and of the law's own.
_Z95 = 1.6448536269514722
_T95 = float(student_quantile(np.array(0.95)))


@dataclass(frozen=True)
class RunNoise:
    """By how much the logarithm of one run's error scatters.

    Attributes
    ----------
    spread : float
        Standard deviation between runs at one x, from replicates; 0 where there are none.
    degrees : int
        Degrees of freedom that it was estimated with.
    test_examples : float
        On how many a run is tested, the harmonic mean; infinite where that is not known.
    rounding : float
        Standard deviation that the digits of the errors leave, over the last error.
    """

    spread: float = 0.0
    degrees: int = 0
    test_examples: float = np.inf
    rounding: float = 0.0

    @property
    def is_known(self) -> bool:
        """Whether there are replicates, or the size of the test is known."""
        return self.degrees > 0 or bool(np.isfinite(self.test_examples))

    def tested(self, log_y: FloatArray) -> FloatArray:
        """Return the standard deviation of log y on one test, 0 where its size is not known.

        sqrt((1 - y) / (y m + 1/2)) on m examples, y taken as 1 where it is more: binomial, and of
        half an error more, since no logarithm is that of none.
        """
        if not np.isfinite(self.test_examples):
            return np.zeros_like(log_y)
        y = np.exp(np.clip(log_y, -_LARGEST_LOG, 0.0))
        return np.asarray(np.sqrt((1.0 - y) / (y * self.test_examples + 0.5)))

    def scale(self, log_y: FloatArray) -> FloatArray:
        """Return the scale of the law's own distribution that holds 90% of single runs.

        Parameters
        ----------
        log_y : ndarray
            Natural logarithm of the error that is expected.

        Notes
        -----
        The larger of what replicates show and of what tests can tell: a test that is the same for
        all runs scatters less, and what a few replicates show may be too little by chance.
        """
        between = self.spread * _student_95(self.degrees) if self.degrees else 0.0
        return np.asarray(np.maximum(between, self.tested(log_y) * _Z95) / _T95)

    def widened(
        self, log_y: FloatArray, scale: FloatArray, share: float, points: int
    ) -> FloatArray:
        """Return the scale for one run, of that for a mean.

        Parameters
        ----------
        log_y, scale : ndarray of shape (m,)
            The middle and the scale of the mean.
        share : float
            Of the variance of one run that the last point seen has: the curve hangs on it, so that
            its scatter counts beside that of the run to come.
        points : int
            How many points were seen.
        """
        total = np.sqrt(scale**2 + (1.0 + share) * self.scale(log_y) ** 2)
        least = max(_NARROWEST.get(points, 0.0), self.rounding) * _Z95 / _T95
        return np.asarray(np.maximum(total, least))


def run_noise(x: FloatArray, y: FloatArray, test_examples: FloatArray | None = None) -> RunNoise:
    """Return by how much single runs scatter.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Points, above 0; those at one x are replicates.
    test_examples : ndarray of shape (n,), optional
        On how many each was tested.
    """
    inverse = places_of(x)
    count = np.bincount(inverse)
    mean = np.bincount(inverse, y) / count
    degrees = len(x) - len(count)
    away = y / mean[inverse] - 1.0
    spread = float(np.sqrt(away @ away / degrees)) if degrees else 0.0
    tests = np.inf if test_examples is None else float(1.0 / np.mean(1.0 / test_examples))
    # A number between two ticks of a ruler lies evenly there.
    return RunNoise(spread, degrees, tests, _last_digit(y) / 12.0**0.5 / float(mean[-1]))


def _last_digit(y: FloatArray) -> float:
    """Return the unit of the last digit that errors are given to."""
    digits = [Decimal(repr(value)).as_tuple().exponent for value in y.tolist()]
    return 10.0 ** min(-_FEWEST_DIGITS, *(each for each in digits if isinstance(each, int)))


def _student_95(degrees: int) -> float:
    """Return the 95th percentile of Student's t by an expansion in 1 / degrees.

    Abramowitz and Stegun (1964), 26.7.5, to its third term: 12% short of the truth with one degree
    of freedom, 1% with two.
    """
    z = _Z95
    return (
        z
        + (z**3 + z) / (4.0 * degrees)
        + (5.0 * z**5 + 16.0 * z**3 + 3.0 * z) / (96.0 * degrees**2)
        + (3.0 * z**7 + 19.0 * z**5 + 17.0 * z**3 - 15.0 * z) / (384.0 * degrees**3)
    )
