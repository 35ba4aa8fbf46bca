"""The shapes that laws share: odds of an error against chance, and a line that bends once."""

from __future__ import annotations

from typing import Any

import numpy as np

#: log10 of the examples at which the level of a curve is told.
PIVOT = 3.0
LN10 = 2.302585092994046
#: Least fall of a curve with a decade of examples, in decades: one that does not fall reaches no
#: target, and at this rate none with a number of examples that has a meaning.
FLATTEST = -0.01
# Decades of odds beyond which nothing changes, and float64 does not overflow.
_FAR = 300.0
# A target that guessing reaches has odds without bound: a billion to one is as good.
_BOUND = 1e-9


def log_odds_of(error: Any, chance: Any) -> Any:
    """Return log10(error / (chance - error)), elementwise."""
    return np.log10(error) - np.log10(np.maximum(chance - error, _BOUND * error))


def error_of(log_odds: Any, chance: Any) -> Any:
    """Return chance / (1 + 10^-log odds), elementwise."""
    return chance / (1.0 + 10.0 ** np.minimum(-log_odds, _FAR))


def line(log10_examples: Any, level: Any, slope: Any, log10_knee: Any, bend: Any) -> Any:
    """Return level + slope (log10(n) - 3) + bend max(0, log10(n) - knee), elementwise."""
    beyond = np.maximum(log10_examples - log10_knee, 0.0)
    return level + slope * (log10_examples - PIVOT) + bend * beyond
