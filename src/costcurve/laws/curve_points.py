"""The measurements of a learning curve: as they came, and in order with one point for each x."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from costcurve.core.quantities import FloatArray
from costcurve.laws.curve_features import Seen

#: Points whose x differ by less, in log x, are one.
_TOGETHER = 1e-3
_LEAST_PRECISION = 1e-9


@dataclass(frozen=True)
class Given:
    """The measurements of a curve, as they came.

    Attributes
    ----------
    x, y : ndarray of shape (n,)
        Above 0.
    weights, test_examples : ndarray of shape (n,), optional
        Relative precision of each, and on how many examples it was tested.
    """

    x: FloatArray
    y: FloatArray
    weights: FloatArray | None = None
    test_examples: FloatArray | None = None


def seen_of(x: FloatArray, y: FloatArray, weights: FloatArray | None = None) -> Seen:
    """Return points in order, those at one x, or within a thousandth of it, as their mean.

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
    behind, inverse = np.log(x.max()) - np.log(x), places_of(x)
    total = np.bincount(inverse, precision)
    mean = np.exp(np.log(x.max()) - np.bincount(inverse, precision * behind) / total)
    # Not by way of a logarithm where there is one alone.
    is_alone = np.bincount(inverse)[inverse] == 1
    mean[inverse[is_alone]] = x[is_alone]
    mean[-1] = x.max()
    return Seen(mean, np.bincount(inverse, precision * y) / total, 1.0 / total)


def places_of(x: FloatArray) -> np.ndarray:
    """Return the number of each point's place, x rising from 0; those that lie together share one.

    Counted from the largest x, so that the unit of x does not matter.
    """
    behind = np.log(x.max()) - np.log(x)
    _, inverse = np.unique(-np.floor(behind / _TOGETHER), return_inverse=True)
    return inverse
