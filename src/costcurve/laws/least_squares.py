"""Ordinary least squares, and what every method of fitting a line returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from costcurve.core.quantities import FloatArray


@dataclass(frozen=True)
class LineFit:
    """Coefficients of a line, and how sure they are.

    Attributes
    ----------
    values : ndarray of shape (k,)
        A coefficient for each column of the design.
    covariance : ndarray of shape (k, k)
        Of the coefficients.
    residual_se : float, optional
        Standard deviation of the noise about the line, where the method has one.
    details : dict
        What only this method knows, by name.
    cautions : tuple of str
        Codes of what a reader must know.
    """

    values: FloatArray
    covariance: FloatArray
    residual_se: float | None = None
    details: dict[str, float] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()


def least_squares(design: FloatArray, y: FloatArray) -> LineFit:
    """Return the line with the least sum of squares, with the classical covariance.

    Parameters
    ----------
    design : ndarray of shape (n, k)
        A column for each coefficient, n > k.
    y : ndarray of shape (n,)
        What the line is of.
    """
    lengths = column_lengths(design)
    scaled = design / lengths
    values, *_ = np.linalg.lstsq(scaled, y, rcond=None)
    residuals = y - scaled @ values
    freedom = len(y) - design.shape[1]
    variance = float(residuals @ residuals) / freedom
    inverse = np.linalg.inv(scaled.T @ scaled)
    total = float(np.sum((y - y.mean()) ** 2))
    r2 = 1.0 - variance * freedom / total if total else 1.0
    regressors = design.shape[1] - 1
    details = {"r2": r2, "r2_adjusted": 1.0 - (1.0 - r2) * (len(y) - 1) / freedom}
    if r2 < 1.0 and regressors:
        details["f"] = r2 / (1.0 - r2) * freedom / regressors
    return LineFit(
        values=values / lengths,
        covariance=np.asarray(variance * inverse / np.outer(lengths, lengths)),
        residual_se=float(np.sqrt(variance)),
        details=details,
    )


def column_lengths(design: FloatArray) -> FloatArray:
    """Return root mean squares of columns: years beside FLOP would spoil the digits of a fit."""
    return np.asarray(np.sqrt(np.mean(design**2, axis=0)))


def curvature(
    function: Callable[[FloatArray], tuple[float, FloatArray]], at: FloatArray, step: float = 1e-5
) -> FloatArray:
    """Return the second derivatives of a function that returns its value and gradient."""
    columns = []
    for place in range(len(at)):
        shift = np.zeros(len(at))
        shift[place] = step
        columns.append((function(at + shift)[1] - function(at - shift)[1]) / (2.0 * step))
    found = np.array(columns)
    return np.asarray((found + found.T) / 2.0)
