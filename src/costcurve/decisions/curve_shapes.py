"""What is said of the shape of a learning curve: flat, rising again, double descent, replicates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from costcurve.core.quantities import FloatArray
from costcurve.laws.curve_features import Seen
from costcurve.laws.curve_points import places_of

#: Measurements at one x that differ by more than this factor are worth a word.
_DISAGREE = 2.0
# What the shape of a curve is called from, costcurve's choice: it is flat where over a factor of
# four in x it moves by less than 5%, or than twice its scatter; a swing is one of 10% at least, and
# of five times the scatter between neighbours, which noise on fifty points hardly ever shows.
_WIDE = float(np.log(4.0))
_FLAT, _FLAT_SCATTERS = 0.05, 2.0
_SWING, _SWING_SCATTERS, _FEWEST_FOR_SWINGS = 0.1, 5.0, 5
# Standard deviation of a normal number over the median of its size; of a second difference of
# independent ones over theirs: 1 + 4 + 1 under the root.
_OF_MEDIAN, _OF_SECOND_DIFFERENCE = 1.4826, float(np.sqrt(6.0))


def shape_flags(seen: Seen) -> list[str]:
    """Return whether a curve is flat, falls twice with a rise between, or rises after its fall."""
    log_x, log_y = np.log(seen.x), np.log(seen.y)
    found = []
    if len(log_y) >= _FEWEST_FOR_SWINGS:
        second = np.median(np.abs(np.diff(log_y, 2)))
        scatter = float(_OF_MEDIAN / _OF_SECOND_DIFFERENCE * second)
        swings = _swings(log_y.tolist(), max(_SWING, _SWING_SCATTERS * scatter))
        if any(swings[at : at + 3] == [-1, 1, -1] for at in range(len(swings))):
            found.append("double_descent")
        if swings[-2:] == [-1, 1]:
            found.append("rises_again")
    return found or (["flat"] if _is_flat(log_x, log_y) else [])


def _is_flat(log_x: FloatArray, log_y: FloatArray) -> bool:
    """Return whether a curve hardly moves over a wide range of x, by its straight line."""
    span = log_x[-1] - log_x[0]
    if span <= _WIDE:
        return False
    away_x, away_y = log_x - log_x.mean(), log_y - log_y.mean()
    slope = away_x @ away_y / (away_x @ away_x)
    rest = away_y - slope * away_x
    # Two points have no scatter that could be told.
    scatter = np.sqrt(rest @ rest / max(len(rest) - 2, 1))
    return bool(abs(slope) * span < max(_FLAT, _FLAT_SCATTERS * scatter))


def _swings(values: Sequence[float], least: float) -> list[int]:
    """Return the directions, -1 or 1 in turn, in which values moved by at least so much."""
    found: list[int] = []
    way, low, high = 0, values[0], values[0]
    for value in values:
        low, high = min(low, value), max(high, value)
        if way >= 0 and high - value >= least:
            way, low = -1, value
            found.append(way)
        elif way <= 0 and value - low >= least:
            way, high = 1, value
            found.append(way)
    return found


def replicate_flags(x: FloatArray, y: FloatArray) -> list[str]:
    """Return whether there are several measurements at one x, and whether they disagree."""
    inverse = places_of(x)
    places = int(inverse.max()) + 1
    if places == len(x):
        return []
    high, low = np.full(places, -np.inf), np.full(places, np.inf)
    np.maximum.at(high, inverse, y)
    np.minimum.at(low, inverse, y)
    return ["replicates_disagree" if np.max(high / low) > _DISAGREE else "replicates"]
