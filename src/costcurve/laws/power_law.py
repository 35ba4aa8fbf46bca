"""The power law with an offset, y = e + b x^-c, fitted so that late points count most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from costcurve.core.quantities import FloatArray

#: Exponents that a fit starts from; variable projection finds e and b for each.
_EXPONENTS = np.geomspace(0.02, 8.0, 40)
# Valleys of them that are followed, and the share of the offset that a scale of 0 is raised to.
_VALLEYS, _LEAST_SCALE = 3, 1e-3
_STEPS, _TRIES = 300, 14
_DAMPING, _LEAST_DAMPING, _CLOSE = 1e-4, 1e-10, 1e-13
# Of one step of the exponent: of a small scale a step is long, and at 0 there is no way back.
_FURTHEST = 2.0
# Of a logarithm, so that its square stays within float64.
_LARGEST_LOG = 300.0
_SMALLEST = 1e-12
# Fall of log y over all x seen that counts as none: above rounding, below any measurement.
_NO_DECAY = 1e-9


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


def fit_power_law(
    x: FloatArray, y: FloatArray, recency: float = 1.0, precision: FloatArray | None = None
) -> PowerLaw:
    """Return the power law with an offset that fits log y best.

    Residuals of log y weigh as (x / max x)^recency: with 1, extrapolations were best of fifteen
    variants. For each exponent of a grid e and b follow by non-negative least squares of the
    relative residuals (variable projection), and the best starts are polished by damped Newton
    steps on log residuals. A law that does not fall has scale and exponent 0.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Above 0, n at least 2; a y below 1e-12, the least that a law says, counts as that.
    recency : float
        Power of x by which residuals weigh.
    precision : ndarray of shape (n,), optional
        Relative precision of each point, above 0: residuals weigh as its root besides.
    """
    at, y = np.log(x), np.maximum(y, _SMALLEST)
    x0 = float(np.exp(at.mean()))
    logs, weights = at - at.mean(), np.exp(recency * (at - at.max()))
    if precision is not None:
        weights = weights * np.sqrt(precision / np.max(precision))
    exponents = _EXPONENTS[_EXPONENTS * np.abs(logs).max() <= _LARGEST_LOG]
    powers = np.exp(-exponents[:, None] * logs)
    offset, scale = _projected(powers, y, weights / y)
    value = offset[:, None] + scale[:, None] * powers
    losses = np.sum((weights * (np.log(np.maximum(value, _SMALLEST)) - np.log(y))) ** 2, axis=1)
    # From a scale of 0 no exponent is better than another.
    moved = np.where(scale > 0.0, 0.0, _LEAST_SCALE * offset)
    starts = np.column_stack([offset - moved, scale + moved, exponents])[_valleys(losses)]
    polished = [_polished(start, exponents[-1], logs, np.log(y), weights) for start in starts]
    found, loss = min(polished, key=lambda each: each[1])
    offset, scale, exponent = found.tolist()
    law = PowerLaw(offset, scale, exponent, x0, loss)
    first, last = law.log_value(np.array([x.min(), x.max()]))
    # Where nothing decays every exponent fits alike, and rounding would choose one.
    return law if first - last > _NO_DECAY else PowerLaw(offset + scale, 0.0, 0.0, x0, loss)


def _valleys(losses: FloatArray) -> list[int]:
    """Return the places of the lowest losses that no neighbour is below, at most three."""
    walled = np.concatenate([[np.inf], losses, [np.inf]])
    places = np.flatnonzero((losses < walled[:-2]) & (losses <= walled[2:]))
    return [int(each) for each in places[np.argsort(losses[places])][:_VALLEYS]]


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
    start: FloatArray, steepest: float, logs: FloatArray, log_y: FloatArray, weights: FloatArray
) -> tuple[FloatArray, float]:
    """Return parameters after damped Newton steps on weighted log residuals, and their loss.

    Offset, scale and exponent are at least 0, the exponent at most the steepest. A parameter at its
    bound is held there while the loss falls beyond it.
    """
    upper = np.array([np.inf, np.inf, steepest])
    at, damping, loss = start, _DAMPING, _summed(start, logs, log_y, weights)
    for _ in range(_STEPS):
        slope, curvature, lengths = _bends(at, logs, log_y, weights)
        free = (
            ~((at <= 0.0) & (slope > 0.0))
            & ~((at >= upper) & (slope < 0.0))
            & (lengths > _SMALLEST**2)
        )
        lengths = np.where(free, lengths, 1.0)
        slope = np.where(free, slope / lengths, 0.0)
        normal = np.where(free[:, None] & free, curvature / np.outer(lengths, lengths), 0.0)
        new = loss
        for _ in range(_TRIES):
            ridge = np.where(free, damping, 1.0)
            step = np.linalg.solve(normal + np.diag(ridge), slope) / lengths
            tried = np.clip(at - step, 0.0, upper)
            tried[2] = np.clip(tried[2], at[2] / _FURTHEST, at[2] * _FURTHEST)
            new = _summed(tried, logs, log_y, weights)
            if new < loss:
                break
            damping *= 10.0
        if new >= loss:
            break
        shrunk = loss - new
        at, loss, damping = tried, new, max(damping / 10.0, _LEAST_DAMPING)
        if shrunk <= _CLOSE * loss:
            break
    return at, loss


def _summed(at: FloatArray, logs: FloatArray, log_y: FloatArray, weights: FloatArray) -> float:
    value = np.maximum(at[0] + at[1] * np.exp(-at[2] * logs), _SMALLEST)
    return float(np.sum((weights * (np.log(value) - log_y)) ** 2))


def _bends(
    at: FloatArray, logs: FloatArray, log_y: FloatArray, weights: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return half the gradient (3,) and second derivative (3, 3), and lengths of columns (3,)."""
    powers = np.exp(-at[2] * logs)
    value = np.maximum(at[0] + at[1] * powers, _SMALLEST)
    columns = np.stack([np.ones_like(powers), powers, -at[1] * logs * powers], axis=1)
    columns /= value[:, None]
    squares = weights**2
    pull = squares * (np.log(value) - log_y)
    # The second derivative of a logarithm is that of the law over the law, less a square.
    curvature = columns.T @ (columns * (squares - pull)[:, None])
    mixed, twice = -(pull * logs) @ columns[:, 1:]
    curvature[1, 2] += mixed
    curvature[2, 1] += mixed
    curvature[2, 2] += twice
    return columns.T @ pull, curvature, np.sqrt(squares @ columns**2)
