"""The power law with an offset, y = e + b x^-c, fitted so that late points count most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from costcurve.core.quantities import FloatArray

#: Exponents that a fit starts from; variable projection finds e and b for each.
_EXPONENTS = np.geomspace(0.02, 4.0, 25)
_STEPS, _TRIES = 60, 14
_DAMPING, _CLOSE = 1e-6, 1e-10
# Of offset, scale and exponent; their least is 0.
_UPPER = np.array([np.inf, np.inf, 8.0])
_SMALLEST = 1e-12


@dataclass(frozen=True)
class PowerLaw:
    """A fitted curve.

    Attributes
    ----------
    offset, scale, exponent : float
        e, b and c of y = e + b (x / x0)^-c, each at least 0.
    x0 : float
        Geometric mean of the x that it was fitted to.
    loss : float
        Sum of squared weighted residuals of log y.
    """

    offset: float
    scale: float
    exponent: float
    x0: float
    loss: float

    def log_value(self, x: FloatArray) -> FloatArray:
        """Return log y at some x."""
        with np.errstate(over="ignore"):
            powers = np.exp(-self.exponent * (np.log(x) - np.log(self.x0)))
        return np.asarray(np.log(np.maximum(self.offset + self.scale * powers, _SMALLEST)))


def fit_power_law(x: FloatArray, y: FloatArray, recency: float = 1.0) -> PowerLaw:
    """Return the power law with an offset that fits log y best.

    Residuals of log y weigh as (x / max x)^recency: with 1, extrapolations were best of fifteen
    variants. For each exponent of a grid e and b follow by non-negative least squares of the
    relative residuals (variable projection), and the best start is polished by Gauss-Newton steps
    on log residuals, halved until the loss falls.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Above 0, n at least 2.
    recency : float
        Power of x by which residuals weigh.
    """
    at = np.log(x)
    x0 = float(np.exp(at.mean()))
    logs, weights = at - at.mean(), np.exp(recency * (at - at.max()))
    powers = np.exp(-_EXPONENTS[:, None] * logs)
    offset, scale = _projected(powers, y, weights / y)
    value = offset[:, None] + scale[:, None] * powers
    losses = np.sum((weights * (np.log(np.maximum(value, _SMALLEST)) - np.log(y))) ** 2, axis=1)
    best = int(np.argmin(losses))
    start = np.array([offset[best], scale[best], _EXPONENTS[best]])
    found, loss = _polished(start, float(losses[best]), logs, np.log(y), weights)
    return PowerLaw(float(found[0]), float(found[1]), float(found[2]), x0, loss)


def _projected(
    powers: FloatArray, y: FloatArray, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return e and b, at least 0, for each row of powers, by weighted least squares."""
    squares = weights**2
    one, cross, two = squares.sum(), powers @ squares, powers**2 @ squares
    right, across = squares @ y, powers @ (squares * y)
    determinant = np.maximum(one * two - cross**2, 1e-300)
    offset = (two * right - cross * across) / determinant
    scale = (one * across - cross * right) / determinant
    only_scale, only_offset = across / two, right / one
    scale = np.where(offset < 0.0, only_scale, scale)
    offset = np.maximum(offset, 0.0)
    offset = np.where(scale < 0.0, only_offset, offset)
    return offset, np.maximum(scale, 0.0)


def _polished(
    start: FloatArray, loss: float, logs: FloatArray, log_y: FloatArray, weights: FloatArray
) -> tuple[FloatArray, float]:
    """Return parameters after damped Gauss-Newton steps on weighted log residuals, and their loss.

    A parameter at its bound is held there while the loss falls beyond it.
    """
    at, damping = start, _DAMPING
    for _ in range(_STEPS):
        powers = np.exp(-at[2] * logs)
        value = np.maximum(at[0] + at[1] * powers, _SMALLEST)
        residual = weights * (np.log(value) - log_y)
        columns = np.stack([1.0 / value, powers / value, -at[1] * logs * powers / value], axis=1)
        columns *= weights[:, None]
        slope = columns.T @ residual
        free = ~((at <= 0.0) & (slope > 0.0)) & ~((at >= _UPPER) & (slope < 0.0))
        normal = np.where(free[:, None] & free, columns.T @ columns, 0.0)
        new = loss
        for _ in range(_TRIES):
            ridge = np.where(free, damping * np.diag(normal) + _SMALLEST, 1.0)
            step = np.linalg.solve(normal + np.diag(ridge), np.where(free, slope, 0.0))
            tried = np.clip(at - step, 0.0, _UPPER)
            value = np.maximum(tried[0] + tried[1] * np.exp(-tried[2] * logs), _SMALLEST)
            new = float(np.sum((weights * (np.log(value) - log_y)) ** 2))
            if new < loss:
                break
            damping *= 10.0
        if new >= loss:
            break
        shrunk = loss - new
        at, loss, damping = tried, new, max(damping / 10.0, _SMALLEST)
        if shrunk <= _CLOSE * loss:
            break
    return at, loss
