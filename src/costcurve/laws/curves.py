"""Where a learning curve goes: quantiles of later points, and what a target takes.

Two forms are mixed: damped trends, a mixture of priors learned from a bank of curves (`damped`),
and a power law with an offset (`power_law`). The first says how wide an answer must be and is
right for few or noisy points; its middle is moved towards the second, which is right for smooth
curves, the further the closer they keep to it. Priors come from a bank; `costcurve fit curves`
makes them again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from costcurve.core.errors import InputError
from costcurve.core.files import packaged_text
from costcurve.core.quantities import FloatArray, normal_cdf
from costcurve.laws.damped import Components, condition, thinned
from costcurve.laws.power_law import PowerLaw, fit_power_law

#: The card that comes with the library.
CARD = "curves-2026.json"
#: Quantiles that a prediction gives.
SHARES = (0.05, 0.25, 0.50, 0.75, 0.95)
#: Central intervals whose shares are calibrated.
COVERAGES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
#: Fewest points from which a power law with an offset is fitted.
FEWEST_FOR_POWER_LAW = 3
#: Times the largest x seen within which a target is looked for.
REACH = 1000.0
# Found on the bank, data sets left out: see `costcurve fit curves`.
_FEW, _OF_FEW = 5, 0.6
# A span of x of a factor of four, as of three pilots that double, is wide.
_WIDE = float(np.log(4.0))
# Spans of log x or log y over which no power law can be told in float64.
_TOO_STEEP = 200.0
_LEAST_PRECISION = 1e-9
_LARGEST_LOG = 709.0
# Points predicted at once: the mixture takes some 20 kB for each.
_AT_ONCE = 1000
_FAR_FROM_OFFSET, _NEAR_OFFSET = 0.7, 0.6
_GRID = 241
_BISECTIONS = 45
_WIDEST = 7.0
_LEAST_WEIGHT = 1e-4


@dataclass(frozen=True)
class Seen:
    """What was seen of a curve: x rising, one point for each.

    Attributes
    ----------
    x, y : ndarray of shape (n,)
        Above 0.
    share : ndarray of shape (n,)
        Of the variance of one measurement that each point has.
    """

    x: FloatArray
    y: FloatArray
    share: FloatArray

    @classmethod
    def of(cls, x: FloatArray, y: FloatArray, weights: FloatArray | None = None) -> Seen:
        """Return points in order, repeated ones as their mean.

        Parameters
        ----------
        x, y : ndarray of shape (n,)
            Above 0, in any order.
        weights : ndarray of shape (n,), optional
            Relative precision of each; 1 by default.
        """
        precision = np.ones(len(x))
        if weights is not None:
            # By logarithms, since weights may lie hundreds of decades apart.
            logs = np.log(weights)
            precision = np.maximum(np.exp(logs - logs.max()), _LEAST_PRECISION)
            precision /= precision.mean()
        places, inverse = np.unique(x, return_inverse=True)
        total = np.bincount(inverse, precision)
        return cls(places, np.bincount(inverse, precision * y) / total, 1.0 / total)


@dataclass(frozen=True)
class CurveLaw:
    """What is known of learning curves.

    Attributes
    ----------
    components : Components
        The mixture of damped trends.
    evidence_power : float
        Power of the likelihood of what was seen, when components are weighed: points of one curve
        say less than as many independent ones.
    smooth : float
        Scatter of log y around the power law at which it has half a say.
    calibration : tuple of tuple of float
        For central intervals that should hold `COVERAGES`, the shares that the mixture gives them:
        so many it took for data sets left out. Of curves with one point, two, and more.
    card : dict
        What the rest of the card says.
    """

    components: Components
    evidence_power: float
    smooth: float
    calibration: tuple[tuple[float, ...], ...]
    card: dict[str, Any]

    def nominal(self, shares: FloatArray, points: int) -> FloatArray:
        """Return the shares of the mixture that stand for calibrated ones, of so many points."""
        taken = self.calibration[min(points, len(self.calibration)) - 1]
        sides = np.interp(np.abs(2.0 * shares - 1.0), COVERAGES, taken)
        return np.asarray(0.5 + 0.5 * np.sign(shares - 0.5) * sides)

    def calibrated(self, shares: FloatArray, points: int) -> FloatArray:
        """Return the calibrated shares of what the mixture says; undoes `nominal`."""
        taken = self.calibration[min(points, len(self.calibration)) - 1]
        sides = np.interp(np.abs(2.0 * shares - 1.0), taken, COVERAGES)
        return np.asarray(0.5 + 0.5 * np.sign(shares - 0.5) * sides)

    def curve(self, x: Any, y: Any, weights: Any = None, *, most: float = 1.0) -> Curve:
        """Return a curve of which some points were seen.

        Parameters
        ----------
        x : array-like of shape (n,)
            Examples, epochs, parameters or FLOP, above 0, n at least 1.
        y : array-like of shape (n,)
            Errors above 0 and at most `most`.
        weights : array-like of shape (n,), optional
            Relative precision of each measurement, above 0.
        most : float
            1 for error rates, infinite for a loss.

        Raises
        ------
        InputError
            If there is no point, or one is not finite or out of range.
        """
        xs, ys = (np.asarray(each, dtype=np.float64).ravel() for each in (x, y))
        ws = None if weights is None else np.asarray(weights, dtype=np.float64).ravel()
        for name, values, high in (("x", xs, np.inf), ("y", ys, most), ("weights", ws, np.inf)):
            if values is None:
                continue
            wrong = ~((values > 0.0) & (values <= high) & np.isfinite(values))
            if wrong.any():
                allowed = "must be above 0" + ("" if np.isinf(high) else f" and at most {high:g}")
                raise InputError.of(name, float(values[np.argmax(wrong)]), allowed)
        if not len(xs) or len(xs) != len(ys):
            raise InputError.of("x", len(xs), "must be as many as y, and at least one")
        return Curve(self, Seen.of(xs, ys, ws), most)


class Curve:
    """A curve of which some points were seen.

    Parameters
    ----------
    law : CurveLaw
        What is known of curves.
    seen : Seen
        Its points.
    most : float
        The largest value it can have.
    """

    def __init__(self, law: CurveLaw, seen: Seen, most: float) -> None:
        self.law, self.seen, self.most = law, seen, most
        #: Its unit: answers must not depend on the one that y is given in.
        self._unit = float(np.exp(np.log(seen.y).mean()))
        self._power_law = self._fitted()
        self._power_law_share = self._say_of_the_power_law()
        places = thinned(len(seen.x))
        self._log_x, self._log_y = np.log(seen.x[places]), np.log(seen.y[places])
        self._share = seen.share[places]

    @property
    def form_weights(self) -> dict[str, float]:
        """Shares of the forms in the middle of a prediction."""
        share = self._power_law_share
        return {"damped_trend": 1.0 - share, "power_law": share}

    def predict(self, x: Any, shares: tuple[float, ...] = SHARES) -> FloatArray:
        """Return quantiles of one more measurement at some x, of shape (quantiles, m)."""
        new = np.atleast_1d(np.asarray(x, dtype=np.float64))
        if len(new) > _AT_ONCE:
            parts = np.array_split(new, -(-len(new) // _AT_ONCE))
            return np.concatenate([self.predict(part, shares) for part in parts], axis=1)
        weights, mean, sd = self._mixture(new)
        wanted = self.law.nominal(np.array((*shares, 0.5)), len(self.seen.x))
        logs = _quantiles(weights, mean, sd, wanted)
        logs = np.minimum(logs[:-1] + self._shift(new, logs[-1]), _LARGEST_LOG)
        return np.asarray(np.minimum(np.exp(logs), self.most))

    def probability(self, y: Any, x: Any) -> FloatArray:
        """Return the probability that a measurement at some x is at most y, of shape (m,)."""
        new = np.atleast_1d(np.asarray(x, dtype=np.float64))
        values = np.broadcast_to(np.asarray(y, dtype=np.float64), new.shape)
        if len(new) > _AT_ONCE:
            parts = np.array_split(np.arange(len(new)), -(-len(new) // _AT_ONCE))
            return np.concatenate([self.probability(values[part], new[part]) for part in parts])
        weights, mean, sd = self._mixture(new)
        middle = _quantiles(weights, mean, sd, np.array([0.5]))[0]
        away = (np.log(values) - self._shift(new, middle) - mean) / sd
        below = self.law.calibrated(weights @ np.asarray(normal_cdf(away)), len(self.seen.x))
        return np.where(values >= self.most, 1.0, below)

    def sample(self, x: Any, draws: int, seed: int = 0) -> FloatArray:
        """Return draws of one more measurement at each x by itself, of shape (draws, m)."""
        uniform = np.random.default_rng(seed).random(draws)
        return self.predict(x, tuple(uniform.tolist()))

    def needed(self, y: float, shares: tuple[float, ...] = (0.05, 0.5, 0.95)) -> list[float | None]:
        """Return the smallest x at which a target is met with each probability.

        Parameters
        ----------
        y : float
            The target, above 0.
        shares : tuple of float
            Probabilities.

        Returns
        -------
        list of float or None
            `None` where no x up to a thousand times the largest seen will do.
        """
        grid = self.reach(_GRID)
        chance = np.maximum.accumulate(self.probability(y, grid))
        found: list[float | None] = []
        for share in shares:
            met = np.flatnonzero(chance >= share)
            if not len(met):
                found.append(None)
                continue
            place = int(met[0])
            if place == 0:
                found.append(float(grid[0]))
                continue
            ends = np.log(grid[place - 1 : place + 1])
            found.append(float(np.exp(np.interp(share, chance[place - 1 : place + 1], ends))))
        return found

    def reach(self, points: int) -> FloatArray:
        """Return x from the smallest seen to a thousand times the largest, evenly in logarithm."""
        ends = np.log(self.seen.x[[0, -1]])
        return np.asarray(np.exp(np.linspace(ends[0], min(ends[1] + np.log(REACH), 700), points)))

    def flags(self) -> list[str]:
        """Return what a reader must know of the curve."""
        x, y = self.seen.x, self.seen.y
        found = []
        if len(x) < FEWEST_FOR_POWER_LAW:
            found.append("few_points")
        if len(x) > 1 and y[-1] > y[0]:
            found.append("rising")
        if len(x) > FEWEST_FOR_POWER_LAW and np.max(np.diff(np.log(y))) > _A_JUMP:
            found.append("jump")
        return found

    def _mixture(self, new: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        components = self.law.components
        seen, mean, variance = condition(
            components, self._log_x, self._log_y, np.log(new), self._share
        )
        weights = self.law.evidence_power * seen + components.log_weight
        weights = np.exp(weights - weights.max())
        weights /= weights.sum()
        kept = weights > _LEAST_WEIGHT
        return weights[kept] / weights[kept].sum(), mean[kept], np.sqrt(variance[kept])

    def _shift(self, new: FloatArray, middle: FloatArray) -> FloatArray:
        if self._power_law is None:
            return np.zeros(len(new))
        away = self._power_law.log_value(new) + np.log(self._unit) - middle
        return np.asarray(self._power_law_share * away)

    def _fitted(self) -> PowerLaw | None:
        """Return the power law, if there are points enough and it can be told in numbers."""
        seen = self.seen
        if len(seen.x) < FEWEST_FOR_POWER_LAW:
            return None
        if np.ptp(np.log(seen.y)) > _TOO_STEEP or np.ptp(np.log(seen.x)) > _TOO_STEEP:
            return None
        return fit_power_law(seen.x, seen.y / self._unit)

    def _say_of_the_power_law(self) -> float:
        """Return how far the middle is moved towards the power law, 0 to 1.

        Further the closer the curve keeps to it, and the nearer it is to its offset, which damped
        trends know nothing of. Few points keep to any curve, and tell nothing of that.
        """
        fitted, seen = self._power_law, self.seen
        if fitted is None:
            return 0.0
        span = np.log(seen.x[-1]) - np.log(seen.x[0])
        weight = np.sum((seen.x / seen.x.max()) ** 2)
        scatter = np.sqrt(fitted.loss / weight)
        kept = _OF_FEW if len(seen.x) < _FEW else 1.0 / (1.0 + scatter / self.law.smooth)
        near = min(fitted.offset * self._unit / seen.y[-1], 1.0)
        # Points that lie together say little of where a curve goes.
        wide = min(span / _WIDE, 1.0)
        return float(min(wide * kept * (_FAR_FROM_OFFSET + _NEAR_OFFSET * near), 1.0))


#: A rise of log y between neighbours that is worth a word: a factor of 1.5.
_A_JUMP = 0.405


def _quantiles(
    weights: FloatArray, mean: FloatArray, sd: FloatArray, shares: FloatArray
) -> FloatArray:
    """Return quantiles of mixtures of normal numbers, of shape (shares, m), by bisection."""
    low = np.broadcast_to((mean - _WIDEST * sd).min(axis=0), (len(shares), mean.shape[1]))
    high = np.broadcast_to((mean + _WIDEST * sd).max(axis=0), low.shape)
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        below = np.asarray(normal_cdf((middle[:, None] - mean) / sd))
        is_below = np.einsum("c,scm->sm", weights, below) < shares[:, None]
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    return np.asarray(0.5 * (low + high))


@lru_cache(maxsize=1)
def load_curve_law() -> CurveLaw:
    """Return the law of learning curves that comes with the library."""
    return curve_law_of(json.loads(packaged_text("laws", CARD)))


def curve_law_of(card: dict[str, Any]) -> CurveLaw:
    """Return the law of a card's content."""
    columns = {name: np.array(values) for name, values in card["components"].items()}
    rest = {name: value for name, value in card.items() if name != "components"}
    return CurveLaw(
        Components(**columns),
        card["evidence_power"],
        card["smooth"],
        tuple(map(tuple, card["calibration"])),
        rest,
    )
