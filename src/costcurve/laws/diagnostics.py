"""What a regression hangs on: the influence of rows, and each variable by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from costcurve.core.quantities import FloatArray
from costcurve.laws.regression import Evidence, Regression


@dataclass(frozen=True)
class Influence:
    """How much each row moves the fit.

    Attributes
    ----------
    leverage, studentised, cooks_distance : ndarray of shape (n,)
        Diagonal of the hat matrix; residual over its own standard error, from a fit without the
        row; Cook (1977), Detection of Influential Observation in Linear Regression.
    """

    leverage: FloatArray
    studentised: FloatArray
    cooks_distance: FloatArray


def influence(evidence: Evidence, regression: Regression) -> Influence:
    """Return how much each row moves a regression."""
    design, y = evidence.design(regression.names[1:]), np.log10(evidence.error)
    basis, _ = np.linalg.qr(design)
    leverage = np.sum(basis**2, axis=1)
    residuals = y - design @ regression.fit.values
    variance = float(residuals @ residuals) / regression.freedom
    free = np.maximum(1.0 - leverage, 1e-12)
    internal = residuals**2 / (variance * free) if variance else np.zeros(len(y))
    left = np.maximum(regression.freedom - internal, 1e-12)
    studentised = np.sign(residuals) * np.sqrt(internal * (regression.freedom - 1) / left)
    cooks = internal * leverage / free / len(regression.names)
    return Influence(leverage, studentised, cooks)


def partial_residuals(
    evidence: Evidence, regression: Regression
) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Return for each variable what is left of it and of log10(error) after all others: Figure 3.

    The slope of the second over the first is the variable's coefficient: Frisch and Waugh (1933).
    """
    names, y = list(regression.names[1:]), np.log10(evidence.error)
    found = {}
    for name in names:
        others = evidence.design([other for other in names if other != name])
        basis, _ = np.linalg.qr(others)
        column = evidence.column(name)
        found[name] = (
            np.asarray(column - basis @ (basis.T @ column)),
            np.asarray(y - basis @ (basis.T @ y)),
        )
    return found
