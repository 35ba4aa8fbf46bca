"""Where a learning curve goes: quantiles of later points, and what a target takes.

Two forms are fitted: damped trends (`damped`), which say how wide an answer must be and are right
for few or noisy points, and a power law with an offset (`power_law`), which is right for smooth
curves. Small networks that learned from a bank of curves say how far to go from the one to the
other, and how sure to be (`curve_network`). How often an interval holds was counted on data sets
left out, and its share is corrected for it; `costcurve fit curves` makes all of that again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from costcurve.core.errors import InputError
from costcurve.core.files import packaged_text
from costcurve.core.notebook import notebook_html
from costcurve.core.quantities import FloatArray
from costcurve.laws.curve_features import FEWEST_FOR_POWER_LAW, features_of
from costcurve.laws.curve_network import Networks, student_cdf, student_quantile
from costcurve.laws.curve_noise import RunNoise, run_noise
from costcurve.laws.curve_points import Given, seen_of
from costcurve.laws.damped import Components

#: The card that comes with the library.
CARD = "curves-2026.json"
#: Quantiles that a prediction gives.
SHARES = (0.05, 0.25, 0.50, 0.75, 0.95)
#: Central intervals whose shares are calibrated, and the shares at their ends.
COVERAGES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
CALIBRATED = tuple(
    sorted({0.5 + 0.5 * side * share for share in COVERAGES for side in (-1.0, 1.0)})
)
#: Times the largest x seen within which a target is looked for.
REACH = 1000.0
_LARGEST_LOG = 709.0
# Points predicted at once: each takes some 50 kB.
_AT_ONCE = 1000
# Places at which a target is tried, and those between two of them.
_GRID, _FINE = 241, 33
#: Where the forms' shares are told of a curve: at so many times the largest x seen.
_SOME_WAY = 4.0
#: Times the largest x seen up to which curves of the bank reach.
_LEARNED = 32.0


@dataclass(frozen=True)
class CurveLaw:
    """What is known of learning curves.

    Attributes
    ----------
    components : Components
        The wide prior of damped trends.
    networks : Networks
        What was learned.
    calibration : tuple of tuple of float
        For the shares `CALIBRATED` those that the networks give them: so much it took for data sets
        left out. Of curves with one point, two, and so on; the last of that many and more.
    card : dict
        What the rest of the card says.
    """

    components: Components
    networks: Networks
    calibration: tuple[tuple[float, ...], ...]
    card: dict[str, Any]

    def nominal(self, shares: FloatArray, points: int) -> FloatArray:
        """Return the networks' shares that stand for calibrated ones, of so many points."""
        return nominal_shares(shares, self.calibration[min(points, len(self.calibration)) - 1])

    def calibrated(self, shares: FloatArray, points: int) -> FloatArray:
        """Return the calibrated shares of what the networks say; undoes `nominal`."""
        taken = self.calibration[min(points, len(self.calibration)) - 1]
        return np.asarray(np.interp(shares, taken, CALIBRATED))

    def curve(  # noqa: PLR0913 - columns and settings of one curve
        self,
        x: ArrayLike,
        y: ArrayLike,
        weights: ArrayLike | None = None,
        *,
        most: float = 1.0,
        test_examples: ArrayLike | None = None,
        noise: RunNoise | None = None,
    ) -> Curve:
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
        test_examples : float or array-like of shape (n,), optional
            On how many examples each error rate was tested, above 0.
        noise : RunNoise, optional
            By how much single runs scatter, where that is known better than from points at one x
            and `test_examples`.

        Raises
        ------
        InputError
            If there is no point, one is not finite or out of range, or a loss comes with
            `test_examples`.
        """
        xs, ys = _numbers("x", x).ravel(), _numbers("y", y).ravel()
        ws = None if weights is None else _numbers("weights", weights).ravel()
        _check("x", xs)
        _check("y", ys, most)
        if not len(xs) or len(xs) != len(ys):
            raise InputError.of("x", len(xs), "must be as many as y, and at least one")
        if ws is not None:
            _check("weights", ws)
            if len(ws) != len(xs):
                raise InputError.of("weights", len(ws), "must be as many as x")
        given = Given(xs, ys, ws, _tests(test_examples, len(xs), most))
        if noise is None:
            noise = run_noise(xs, ys, given.test_examples)
        return Curve(self, given, most, noise)

    def __repr__(self) -> str:
        return f"CurveLaw({self.card.get('id', '')!r}, {len(self.networks.layers)} networks)"


class Curve:
    """A curve of which some points were seen.

    Parameters
    ----------
    law : CurveLaw
        What is known of curves.
    given : Given
        What was measured; `seen` has it in order, points at one x as their mean.
    most : float
        The largest value it can have.
    noise : RunNoise
        By how much single runs scatter around it; where nothing is known of that, predictions are
        of means over some runs, as the curves of the bank are.
    """

    def __init__(self, law: CurveLaw, given: Given, most: float, noise: RunNoise) -> None:
        self.law, self.given, self.most, self.noise = law, given, most, noise
        self.seen = seen_of(given.x, given.y, given.weights)
        self._share: float | None = None

    @property
    def form_weights(self) -> dict[str, float]:
        """Shares of the forms in the middle of a prediction, at four times the largest x seen."""
        if self._share is None:
            self._distribution(self.seen.x[-1:])
        share = float(self._share or 0.0)
        return {"damped_trend": 1.0 - share, "power_law": share}

    def predict(self, x: ArrayLike, shares: tuple[float, ...] = SHARES) -> FloatArray:
        """Return quantiles of one more measurement at some x, of shape (quantiles, m).

        Parameters
        ----------
        x : array-like of shape (m,)
            Above 0.
        shares : tuple of float
            Of measurements below each quantile, 0 to 1.

        Raises
        ------
        InputError
            If an x is not finite or not above 0, or a share not from 0 to 1.
        """
        _check_shares(shares)
        new = _numbers("x", x).ravel()
        middle, scale = self._distribution(new)
        wanted = student_quantile(self.law.nominal(np.array(shares), len(self.seen.x)))
        with np.errstate(invalid="ignore"):
            logs = middle + wanted[:, None] * scale
        return np.asarray(np.minimum(np.exp(np.minimum(logs, _LARGEST_LOG)), self.most))

    def probability(self, y: ArrayLike, x: ArrayLike) -> FloatArray:
        """Return the probability that a measurement at some x is at most y, of shape (m,).

        Raises
        ------
        InputError
            If a value is not finite or not above 0, or there are neither one nor as many y as x.
        """
        new, values = _numbers("x", x).ravel(), _numbers("y", y).ravel()
        if values.size not in {1, new.size}:
            raise InputError.of("y", values.size, "must be one, or as many as x")
        _check("y", values)
        middle, scale = self._distribution(new)
        below = student_cdf((np.log(values) - middle) / scale)
        return np.where(values >= self.most, 1.0, self.law.calibrated(below, len(self.seen.x)))

    def sample(self, x: ArrayLike, draws: int, seed: int = 0) -> FloatArray:
        """Return draws of one more measurement at each x by itself, of shape (draws, m).

        Raises
        ------
        InputError
            If an x is not finite or not above 0, or draws or seed are no whole number from 0 on.
        """
        for name, given in (("draws", draws), ("seed", seed)):
            if not isinstance(given, int | np.integer) or given < 0:
                raise InputError.of(name, given, "must be a whole number of at least 0")
        uniform = np.random.default_rng(seed).random(draws)
        return self.predict(x, tuple(uniform.tolist()))

    def needed(self, y: float, shares: tuple[float, ...] = (0.05, 0.5, 0.95)) -> list[float | None]:
        """Return the smallest x at which a target is met with each probability.

        Parameters
        ----------
        y : float
            The target, above 0.
        shares : tuple of float
            Probabilities, 0 to 1.

        Returns
        -------
        list of float or None
            `None` where no x up to a thousand times the largest seen will do.

        Raises
        ------
        InputError
            If the target is not finite or not above 0, or a probability not from 0 to 1.
        """
        _check_shares(shares)
        grid = self.reach(_GRID)
        chance = np.maximum.accumulate(self.probability(y, grid))
        first = np.searchsorted(chance, shares)
        high = np.minimum(first, _GRID - 1)
        # A steep curve goes from hardly to nearly sure within one step of the grid.
        fine = np.geomspace(grid[np.maximum(high - 1, 0)], grid[high], _FINE)
        inner = self.probability(y, fine.ravel()).reshape(fine.shape)
        inner = np.maximum.accumulate(inner, axis=0)
        return [
            float(np.exp(np.interp(share, inner[:, place], np.log(fine[:, place]))))
            if first[place] < _GRID
            else None
            for place, share in enumerate(shares)
        ]

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

    def __repr__(self) -> str:
        points, last = len(self.seen.x), float(self.seen.x[-1])
        return f"Curve({points} points up to x = {last:g}, y = {float(self.seen.y[-1]):.4g})"

    def _repr_html_(self) -> str:
        return notebook_html(self)

    def _distribution(self, new: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return middle and scale of log y at some x; the forms' shares are found on the way."""
        _check("x", new)
        if len(new) > _AT_ONCE:
            parts = np.array_split(new, -(-len(new) // _AT_ONCE))
            together = zip(*(self._distribution(part) for part in parts), strict=True)
            middle, scale = (np.concatenate(each) for each in together)
            return middle, scale
        last, largest = float(self.seen.x[-1]), np.finfo(np.float64).max
        places = np.append(new, min(_SOME_WAY * last, largest))
        # What the curve looks like from afar is taken from the farthest place that was learned of.
        near = np.minimum(places, min(_LEARNED * last, largest))
        found = features_of(self.law.components, self.seen, np.append(places, near))
        own = slice(len(places))
        middle, log_scale, share = self.law.networks.predict(
            found.numbers[len(places) :],
            found.damped[own],
            found.power_law[own],
            found.log_sd[own],
            found.inexact,
        )
        self._share = float(share[-1])
        middle, scale = middle[:-1] + np.log(self.seen.y[-1]), np.exp(log_scale[:-1])
        own_share = float(self.seen.share[-1])
        return middle, self.noise.widened(middle, scale, own_share, len(self.seen.x))


def _tests(given: ArrayLike | None, points: int, most: float) -> FloatArray | None:
    """Return on how many examples each point was tested; raises InputError."""
    if given is None:
        return None
    found = _numbers("test_examples", given).ravel()
    _check("test_examples", found)
    if np.isinf(most):
        raise InputError.of("test_examples", found[0], "must be left out where y is a loss")
    if found.size not in {1, points}:
        raise InputError.of("test_examples", found.size, "must be one, or as many as x")
    return np.asarray(np.broadcast_to(found, points))


def _numbers(name: str, values: ArrayLike) -> FloatArray:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError.of(name, values, "must be numbers") from None


def _check_shares(shares: Sequence[float]) -> None:
    wrong = [share for share in shares if not 0.0 <= share <= 1.0]
    if wrong:
        raise InputError.of("shares", wrong[0], "must be from 0 to 1")


def _check(name: str, values: FloatArray, most: float = np.inf) -> None:
    """Raise InputError for the first value that is not finite, above 0 and at most the most."""
    wrong = ~((values > 0.0) & (values <= most) & np.isfinite(values))
    if wrong.any():
        allowed = "must be finite and above 0" + ("" if np.isinf(most) else f", at most {most:g}")
        raise InputError.of(name, float(values[np.argmax(wrong)]), allowed)


#: A rise of log y between neighbours that is worth a word: a factor of 1.5.
_A_JUMP = 0.405


def nominal_shares(shares: FloatArray, calibration: Sequence[float]) -> FloatArray:
    """Return the networks' shares that hold what shares should, by a row of a calibration."""
    return np.asarray(np.interp(shares, CALIBRATED, calibration))


@lru_cache(maxsize=1)
def load_curve_law() -> CurveLaw:
    """Return the law of learning curves that comes with the library."""
    return curve_law_of(json.loads(packaged_text("laws", CARD)))


def curve_law_of(card: dict[str, Any]) -> CurveLaw:
    """Return the law of a card's content."""
    parts = {name: np.array(values) for name, values in card["components"].items()}
    known = card["networks"]
    layers = tuple(tuple(np.array(part) for part in each) for each in known["layers"])
    rest = {name: value for name, value in card.items() if name not in ("components", "networks")}
    return CurveLaw(
        Components(**parts),
        Networks(np.array(known["middle"]), np.array(known["spread"]), layers),
        tuple(map(tuple, card["calibration"])),
        rest,
    )
