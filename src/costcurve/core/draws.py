"""Ranges wherever a number may stand, and the draws they are sampled with.

`"5 to 10"` is a 90 % interval: 5 and 10 are the 5th and 95th percentiles, of a lognormal
distribution when both are above zero and of a normal one otherwise. `"5 .. 7 .. 10"` is a
triangular distribution: smallest, most likely and largest value. Where a number has bounds, such as
an accuracy below one, the distribution is truncated to them, which moves its percentiles.
"""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Family = Literal["lognormal", "normal", "triangular"]

#: Standard normal deviate of the 95th percentile, half the width of a 90 % interval:
#: statistics.NormalDist().inv_cdf(0.95).
Z95 = 1.6448536269514715
#: The same of a 95 % interval: statistics.NormalDist().inv_cdf(0.975).
Z975 = 1.9599639845400536
# Bases of the Halton sequence.
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53)
#: Columns of points that there can be.
MOST_COLUMNS = len(_PRIMES)
_NUMBER = r"\s*([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)\s*"
_INTERVAL = re.compile(_NUMBER + r"\bto\b" + _NUMBER)
_TRIANGLE = re.compile(_NUMBER + r"\.\." + _NUMBER + r"\.\." + _NUMBER)


@dataclass(frozen=True, slots=True)
class Range:
    """An uncertain number.

    A range compares with a number as all of its values do: `range > 0` when its lowest end is.

    Attributes
    ----------
    low, high : float
        The ends: 5th and 95th percentile, or smallest and largest value of a triangle.
    mode : float, optional
        The most likely value of a triangle.
    """

    low: float
    high: float
    mode: float | None = None

    def __post_init__(self) -> None:
        for name in ("low", "high", *(() if self.mode is None else ("mode",))):
            try:
                object.__setattr__(self, name, float(getattr(self, name)))
            except (TypeError, ValueError, OverflowError):
                raise ValueError("its numbers must be numbers") from None
        between = (self.low, self.high) if self.mode is None else (self.low, self.mode, self.high)
        if not all(np.isfinite(between)) or list(between) != sorted(between):
            raise ValueError("its numbers must be finite and rise from left to right")

    @classmethod
    def parse(cls, text: str) -> Range:
        """Return the range that `"5 to 10"` or `"5 .. 7 .. 10"` says.

        Raises
        ------
        ValueError
            If the text says no range.
        """
        if found := _INTERVAL.fullmatch(text):
            return cls(float(found[1]), float(found[2]))
        # Two dots between digits would else be read as part of a number.
        spaced = re.sub(r"\s*\.\.\s*", " .. ", text)
        if found := _TRIANGLE.fullmatch(spaced):
            return cls(float(found[1]), float(found[3]), float(found[2]))
        raise ValueError("a range is written 5 to 10, or 5 .. 7 .. 10")

    def __str__(self) -> str:
        """Return the text that `parse` reads."""
        if self.mode is None:
            return f"{_written(self.low)} to {_written(self.high)}"
        return f"{_written(self.low)} .. {_written(self.mode)} .. {_written(self.high)}"

    def __gt__(self, number: float) -> bool:
        return self.low > number

    def __ge__(self, number: float) -> bool:
        return self.low >= number

    def __lt__(self, number: float) -> bool:
        return self.high < number

    def __le__(self, number: float) -> bool:
        return self.high <= number

    @property
    def family(self) -> Family:
        """The distribution: stated wherever the range is shown."""
        if self.mode is not None:
            return "triangular"
        return "lognormal" if self.low > 0 else "normal"

    @property
    def is_certain(self) -> bool:
        """Whether the range has no width, or none that float64 can tell."""
        if self.mode is None:
            return self._middle_and_spread()[1] == 0.0
        return self.low == self.high

    def described(self, lowest: float = -np.inf, highest: float = np.inf) -> str:
        """Return the distribution in words, and whether its bounds cut much of it off."""
        kept = 1.0 if self.is_certain else self._share_below(highest) - self._share_below(lowest)
        cut = f", truncated to its bounds, which cut {1.0 - kept:.0%} off" if kept < 0.995 else ""
        return f"{self.family}{cut}"

    def quantile(
        self, shares: FloatArray, lowest: float = -np.inf, highest: float = np.inf
    ) -> FloatArray:
        """Return the values that these shares of all values lie below.

        Parameters
        ----------
        shares : ndarray
            In (0, 1), any shape.
        lowest, highest : float
            What the number may be at all; the distribution is truncated there.
        """
        if self.is_certain:
            return np.full(shares.shape, self.low)
        if self.mode is None:
            ends = np.float64(self.low), np.float64(self.high)
            return interval_quantiles(*ends, shares, lowest, highest)
        below, above = self._share_below(lowest), self._share_below(highest)
        values = self._value_at(below + shares * (above - below))
        return np.clip(values, lowest, highest)

    def _value_at(self, shares: FloatArray) -> FloatArray:
        """Return what shares of a triangle lie below."""
        width, split = self.high - self.low, self._split()
        rising = self.low + np.sqrt(shares * split) * width
        falling = self.high - np.sqrt((1.0 - shares) * (1.0 - split)) * width
        return np.asarray(np.where(shares < split, rising, falling))

    def _share_below(self, value: float) -> float:
        if np.isinf(value):
            return float(value > 0)
        if self.mode is not None:
            at, split = (value - self.low) / (self.high - self.low), self._split()
            if at <= 0 or at >= 1:
                return float(at >= 1)
            return at**2 / split if at < split else 1.0 - (1.0 - at) ** 2 / (1.0 - split)
        middle, spread = map(np.asarray, self._middle_and_spread())
        return float(_share_below(value, middle, spread, np.asarray(self.family == "lognormal")))

    def _middle_and_spread(self) -> tuple[float, float]:
        ends = (self.low, self.high)
        low, high = np.log(ends) if self.family == "lognormal" else ends
        return float(low + high) / 2.0, float(high - low) / (2.0 * Z95)

    def _split(self) -> float:
        """Return where the mode of a triangle lies, as a share of its width."""
        mode = self.low if self.mode is None else self.mode
        return (mode - self.low) / (self.high - self.low)


#: A standard normal distribution, by its 90 % interval.
STANDARD_NORMAL = Range(-Z95, Z95)


def _written(number: float) -> str:
    # Every digit, without the ".0" that nobody types.
    return repr(float(number)).removesuffix(".0")


# Wichura (1988), Algorithm AS 241: PPND16, about 16 digits. Coefficients from the constant upwards,
# of numerators and denominators: the middle, both shoulders, both tails.
_MIDDLE = (
    (3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
     1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
     3.3430575583588128105e4, 2.5090809287301226727e3),
    (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
     5.2264952788528545610e3),
)  # fmt: skip
_SHOULDER = (
    (1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
     3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4),
    (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9),
)  # fmt: skip
_TAIL = (
    (6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
     2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
     2.71155556874348757815e-5, 2.01033439929228813265e-7),
    (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15),
)  # fmt: skip


def normal_deviate(shares: FloatArray) -> FloatArray:
    """Return the standard normal deviates below which these shares lie.

    Written out since scipy takes longer to load than a whole estimate, and the standard library's
    takes one number at a time.

    Parameters
    ----------
    shares : ndarray
        In (0, 1), any shape.

    Notes
    -----
    Wichura (1988), Algorithm AS 241: The Percentage Points of the Normal Distribution, Applied
    Statistics 37(3), 477-484, PPND16.
    """
    centred = shares - 0.5
    depth = np.sqrt(-np.log(np.minimum(shares, 1.0 - shares)))
    middle = centred * _rational(_MIDDLE, 0.180625 - centred**2)
    shoulder, tail = _rational(_SHOULDER, depth - 1.6), _rational(_TAIL, depth - 5.0)
    outside = np.where(depth <= 5.0, shoulder, tail)
    return np.where(np.abs(centred) <= 0.425, middle, np.sign(centred) * outside)


def _rational(coefficients: tuple[tuple[float, ...], ...], at: FloatArray) -> FloatArray:
    above, below = (np.full_like(at, terms[-1]) for terms in coefficients)
    for numerator, denominator in zip(*(terms[-2::-1] for terms in coefficients), strict=True):
        above *= at
        above += numerator
        below *= at
        below += denominator
    return above / below


def interval_quantiles(
    low: FloatArray | np.float64,
    high: FloatArray | np.float64,
    shares: FloatArray,
    lowest: float = -np.inf,
    highest: float = np.inf,
) -> FloatArray:
    """Return what shares of 90 % intervals lie below: one interval, or many along other axes.

    Parameters
    ----------
    low, high : ndarray
        5th and 95th percentiles; lognormal where both are above 0, normal otherwise. They
        broadcast against the shares.
    shares : ndarray
        In (0, 1).
    lowest, highest : float
        What the numbers may be at all; the distributions are truncated there.
    """
    is_log = np.asarray(low > 0.0)
    first, last = (np.where(is_log, np.log(np.where(is_log, end, 1.0)), end) for end in (low, high))
    middle, spread = (first + last) / 2.0, (last - first) / (2.0 * Z95)
    is_certain = spread == 0.0
    scale = np.where(is_certain, 1.0, spread)
    below, above = (_share_below(end, middle, scale, is_log) for end in (lowest, highest))
    # Where nothing is cut off, the deviates are those of the shares for every interval.
    is_whole = bool((below == 0.0).all() and (above == 1.0).all())
    deviates = normal_deviate(shares if is_whole else below + shares * (above - below))
    values = middle + spread * deviates
    found = np.where(is_log, np.exp(np.where(is_log, values, 0.0)), values)
    return np.asarray(np.where(is_certain, low, np.clip(found, lowest, highest)))


def _share_below(
    value: float, middle: FloatArray, spread: FloatArray, is_log: np.ndarray
) -> FloatArray:
    """Return the share of normal or lognormal distributions below a value."""
    if np.isinf(value):
        return np.full(middle.shape, float(value > 0))
    log = math.log(value) if value > 0.0 else -np.inf
    away = (np.where(is_log, log, value) - middle) / spread / -math.sqrt(2.0)
    # As fast as any function of whole arrays that loads with NumPy.
    shares = np.fromiter(map(math.erfc, away.ravel().tolist()), np.float64, away.size)
    return np.asarray(0.5 * shares.reshape(away.shape))


def low_discrepancy(columns: int, draws: int, seed: int) -> FloatArray:
    """Return points that fill the unit cube more evenly than random ones.

    The Halton sequence with randomly permuted digits (Owen 2017, "A randomized Halton algorithm in
    R", arXiv:1706.02808): every column is uniform, and any two seeds are independent.

    Parameters
    ----------
    columns : int
        Dimensions of the cube, 1 to 16.
    draws : int
        Number of points, at least 1.
    seed : int
        The same seed gives the same points.

    Returns
    -------
    ndarray of shape (columns, draws)
        In (0, 1).

    Raises
    ------
    ValueError
        If there are more columns than that.
    """
    if columns > MOST_COLUMNS:
        raise ValueError(f"at most {MOST_COLUMNS} inputs can be uncertain at once")
    # The standard library's generator, which gives the same numbers in every version; NumPy's takes
    # a tenth of the time of a whole estimate to load.
    rng = random.Random(seed)  # noqa: S311 - no secrets here
    points = np.zeros((columns, draws))
    for column, base in enumerate(_PRIMES[:columns]):
        rest, weight, shift = np.arange(draws, dtype=np.int32), 1.0 / base, 0.0
        while 1.0 + weight > 1.0:  # further digits are below the precision of float64
            digits = weight * np.argsort([rng.random() for _ in range(base)])
            if rest[-1]:
                points[column] += digits[rest % base]
                rest //= base
            else:  # every point has the digit zero from here on
                shift += digits[0]
            weight /= base
        points[column] += shift
    # By their ranks, so that every column by itself is filled as evenly as can be.
    evenly = (np.arange(draws) + 0.5) / draws
    for row in points:
        row[np.argsort(row)] = evenly
    return points
