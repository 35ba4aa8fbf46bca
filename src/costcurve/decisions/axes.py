"""The axes of every evaluation: (row, model, draw).

Here there is one row, a model for each candidate, and three draws of the law's residual, which is
common to all models: the median, and the 5th and 95th percentiles.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from costcurve.core.quantities import FloatArray, Input, as_float64

#: Standard normal deviates of the draws: the point first, then the 90 % interval.
DRAWS_Z = (0.0, NormalDist().inv_cdf(0.05), NormalDist().inv_cdf(0.95))


def residual_z() -> Input:
    """Return the law's residual, drawn once for all models."""
    return Input.of(
        "residual_z",
        np.reshape(DRAWS_Z, (1, 1, -1)),
        "1",
        "Scatter around the law",
        "0 is the median, the equation as printed; -1.645 and 1.645 bound 90 % of tasks",
    )


def along_models(name: str, values: ArrayLike) -> FloatArray:
    """Return one value for each model, on the axis of models."""
    return as_float64(name, values).reshape(1, -1, 1)


def point_value(array: FloatArray, model: int) -> float:
    """Return one model's point value."""
    return float(_draws(array, model)[0])


def interval(array: FloatArray, model: int) -> tuple[float, float]:
    """Return one model's 5th and 95th percentiles.

    Everything is monotone in the residual, so its percentiles give those of every quantity; where
    a quantity falls with the residual they change places.
    """
    ends = _draws(array, model)[1:]
    return float(ends.min()), float(ends.max())


def _draws(array: FloatArray, model: int) -> FloatArray:
    full = np.broadcast_to(array, np.broadcast_shapes(array.shape, (1, 1, len(DRAWS_Z))))
    return np.asarray(full[0, model if full.shape[1] > 1 else 0])
