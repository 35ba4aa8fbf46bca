"""Ranges wherever a number may stand, and the draws they are sampled with.

`"5 to 10"` is a 90 % interval: 5 and 10 are the 5th and 95th percentiles, of a lognormal
distribution when both are above zero and of a normal one otherwise. `"5 .. 7 .. 10"` is a
triangular distribution: smallest, most likely and largest value. Where a number has bounds, such as
an accuracy below one, the distribution is truncated to them, which moves its percentiles.
"""

from __future__ import annotations

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
# Bases of the Halton sequence.
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53)
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
        below, above = self._share_below(lowest), self._share_below(highest)
        values = self._value_at(below + shares * (above - below))
        return np.clip(values, lowest, highest)

    def _value_at(self, shares: FloatArray) -> FloatArray:
        if self.mode is not None:
            width, split = self.high - self.low, self._split()
            rising = self.low + np.sqrt(shares * split) * width
            falling = self.high - np.sqrt((1.0 - shares) * (1.0 - split)) * width
            return np.asarray(np.where(shares < split, rising, falling))
        from statistics import NormalDist  # noqa: PLC0415 - only ranges need it, and it is slow

        deviates = np.vectorize(NormalDist().inv_cdf, otypes=[np.float64])(shares)
        middle, spread = self._middle_and_spread()
        values = middle + spread * deviates
        return np.asarray(np.exp(values) if self.family == "lognormal" else values)

    def _share_below(self, value: float) -> float:
        if np.isinf(value):
            return float(value > 0)
        if self.mode is not None:
            at, split = (value - self.low) / (self.high - self.low), self._split()
            if at <= 0 or at >= 1:
                return float(at >= 1)
            return at**2 / split if at < split else 1.0 - (1.0 - at) ** 2 / (1.0 - split)
        from statistics import NormalDist  # noqa: PLC0415 - as above

        middle, spread = self._middle_and_spread()
        if self.family == "lognormal":
            if value <= 0:
                return 0.0
            value = float(np.log(value))
        return NormalDist(middle, spread).cdf(value)

    def _middle_and_spread(self) -> tuple[float, float]:
        ends = (self.low, self.high)
        low, high = np.log(ends) if self.family == "lognormal" else ends
        return float(low + high) / 2.0, float(high - low) / (2.0 * Z95)

    def _split(self) -> float:
        """Return where the mode of a triangle lies, as a share of its width."""
        mode = self.low if self.mode is None else self.mode
        return (mode - self.low) / (self.high - self.low)


def _written(number: float) -> str:
    # Every digit, without the ".0" that nobody types.
    return repr(float(number)).removesuffix(".0")


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
    if columns > len(_PRIMES):
        raise ValueError(f"at most {len(_PRIMES)} inputs can be uncertain at once")
    rng = np.random.default_rng(seed)
    points = np.zeros((columns, draws))
    for column, base in enumerate(_PRIMES[:columns]):
        rest, weight = np.arange(draws), 1.0 / base
        while 1.0 + weight > 1.0:  # further digits are below the precision of float64
            points[column] += weight * rng.permutation(base)[rest % base]
            rest //= base
            weight /= base
    tiny = np.finfo(np.float64).eps
    return np.clip(points, tiny, 1.0 - tiny)
