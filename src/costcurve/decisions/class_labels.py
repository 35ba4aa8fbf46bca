"""Which classes to label next, where some have fewer examples than others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from costcurve.core.errors import InputError, shown
from costcurve.core.quantities import FloatArray, as_float64

#: Most labels that are split, costcurve's choice: a hundred for everybody alive.
MOST_LABELS = 10**12
_NAMES = ("share", "error_usd", "scale", "exponent", "held")


@dataclass(frozen=True, slots=True)
class LabelledClasses:
    """Classes whose errors fall with their own examples: error_k = scale_k * n_k^-exponent_k.

    Every field is an array of shape (K,), or one number for all classes.

    Attributes
    ----------
    share : ndarray of float64
        Share of the class among what is predicted, 0 to 1.
    error_usd : ndarray of float64
        Cost of an error on it, at least 0.
    scale : ndarray of float64
        Its error at one example, above 0. Where the law gives an error above one, it is taken
        at its word.
    exponent : ndarray of float64
        How fast its error falls, above 0.
    held : ndarray of float64
        Examples held, at least 1.

    Raises
    ------
    InputError
        If a number is out of its range, or lengths differ.
    """

    share: FloatArray
    error_usd: FloatArray
    scale: FloatArray
    exponent: FloatArray
    held: FloatArray

    def __post_init__(self) -> None:
        arrays = [np.atleast_1d(as_float64(name, getattr(self, name))) for name in _NAMES]
        lengths = sorted({each.size for each in arrays} - {1})
        if len(lengths) > 1 or 0 in lengths or any(each.ndim > 1 for each in arrays):
            raise InputError.of("classes", f"lengths {lengths}", "must be of one length")
        for name, array in zip(_NAMES, np.broadcast_arrays(*arrays), strict=True):
            object.__setattr__(self, name, array)
        self._check("share", (self.share >= 0.0) & (self.share <= 1.0), "at least 0 and at most 1")
        self._check("error_usd", self.error_usd >= 0.0, "at least 0")
        self._check("held", self.held >= 1.0, "at least 1")
        for name in ("scale", "exponent"):
            self._check(name, getattr(self, name) > 0.0, "above 0")

    def _check(self, name: str, allowed: NDArray[np.bool_], words: str) -> None:
        if not np.all(allowed):
            at = int(np.argmin(allowed))
            found = shown(float(getattr(self, name)[at]))
            raise InputError.of(f"{name} of class {at + 1}", found, f"must be {words}")

    def cost_usd(self, examples: FloatArray) -> float:
        """Return the expected cost of a prediction's errors after so many examples of each."""
        return float(np.sum(self.weight_usd * examples**-self.exponent))

    def gain_usd(self, examples: FloatArray) -> FloatArray:
        """Return how much a label more of each class saves a prediction.

        Parameters
        ----------
        examples : ndarray
            Held of each class, shape (K,).

        Returns
        -------
        ndarray
            share * cost * exponent * error / n, shape (K,), US dollars a label: the derivative of
            `cost_usd`, sign turned.
        """
        error = self.scale * examples**-self.exponent
        return np.asarray(self.share * self.error_usd * self.exponent * error / examples)

    @property
    def weight_usd(self) -> FloatArray:
        """Expected cost of a prediction's errors at one example of each class, shape (K,)."""
        return np.asarray(self.share * self.error_usd * self.scale)

    def examples_at(self, log_gain: float) -> FloatArray:
        """Return how many examples of each class leave no more than this to gain.

        Parameters
        ----------
        log_gain : float
            ln of what one label more saves a prediction.

        Returns
        -------
        ndarray
            (w_k b_k / gain)^(1 / (b_k + 1)), shape (K,), but no fewer than are held.
        """
        steep = self.weight_usd * self.exponent
        # No more than e^300 examples, far above any that count, so that none overflows.
        with np.errstate(divide="ignore"):
            log_n = np.minimum((np.log(steep) - log_gain) / (self.exponent + 1.0), 300.0)
        return np.maximum(self.held, np.exp(log_n))


@dataclass(frozen=True, slots=True)
class Split:
    """New labels over the classes, so that the errors left cost least.

    Attributes
    ----------
    labels : ndarray
        New labels of each class, shape (K,), parts of labels included; at least 0.
    gain_usd : float
        What one label more saves a prediction, US dollars: the same in each class that gets any.
    cost_before_usd, cost_after_usd : float
        Expected cost of a prediction's errors.
    """

    labels: FloatArray
    gain_usd: float
    cost_before_usd: float
    cost_after_usd: float


def split_labels(classes: LabelledClasses, labels: float) -> Split:
    """Return the best split of so many new labels: water poured on the classes of most gain.

    Labels are counted, whatever they cost.

    Parameters
    ----------
    classes : LabelledClasses
        With at least one class whose errors cost something.
    labels : float
        New labels in all, 0 to 1e12.

    Raises
    ------
    InputError
        If `labels` is out of its range, or no class gains from a label.

    Notes
    -----
    The cost is convex in the labels, so the conditions of Karush, Kuhn and Tucker are enough: one
    gain g for all classes that get labels, no more than g for the others. g is bisected to its
    last digit, then the rounding left in the sum is spread over the classes that get labels, in
    proportion to their examples.
    """
    _check_labels(labels)
    new = _poured(classes, labels)
    filled = np.where(new > 0.0, classes.held + new, 0.0)
    if filled.any():
        new = np.maximum(new + (labels - new.sum()) * filled / filled.sum(), 0.0)
    after = classes.held + new
    gain = float(np.max(classes.gain_usd(after)))
    return Split(new, gain, classes.cost_usd(classes.held), classes.cost_usd(after))


def _gains(classes: LabelledClasses) -> FloatArray:
    gains = classes.gain_usd(classes.held)
    if not np.any(gains > 0.0):
        raise InputError.of("classes", "no gain", "must hold a class whose errors cost something")
    return gains


def _check_labels(labels: float) -> None:
    if not 0.0 <= labels <= MOST_LABELS:
        raise InputError.of("labels", labels, "must be at least 0 and at most 1e12")


def _poured(classes: LabelledClasses, labels: float) -> FloatArray:
    """Return the new labels at the highest gain that leaves no fewer than `labels`, bisected."""
    high = float(np.log(_gains(classes).max()))
    low = high - 1.0
    while np.sum(_new(classes, low)) < labels:
        low = high - 2.0 * (high - low)
    while low < (middle := 0.5 * (low + high)) < high:
        if np.sum(_new(classes, middle)) < labels:
            high = middle
        else:
            low = middle
    return _new(classes, low)


def _new(classes: LabelledClasses, log_gain: float) -> FloatArray:
    return classes.examples_at(log_gain) - classes.held
