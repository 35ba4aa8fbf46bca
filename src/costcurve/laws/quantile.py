"""Quantile regression: a line with a given share of the models below it.

Koenker and Bassett (1978), Regression Quantiles, as a linear program; the paper's estimate of "the
best performance possible" (Thompson et al. 2020, Figure 8) is the line at a tenth.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from costcurve.core.extras import scipy_module
from costcurve.core.quantities import FloatArray
from costcurve.laws.least_squares import LineFit, column_lengths, least_squares

#: From here on the program is solved on the models near the line, the others being lumped: Portnoy
#: and Koenker (1997), The Gaussian Hare and the Laplacian Tortoise.
_LARGE = 20_000
#: Half the width of the band of models kept, in multiples of its first guess.
_WIDTHS = (1.0, 4.0, 16.0)


def quantile_line(design: FloatArray, y: FloatArray, quantile: float) -> LineFit:
    """Return the line with a share of the observations below it.

    The covariance is the sandwich with a kernel estimate of the density, bandwidth of Hall and
    Sheather (1988): the default of statsmodels.

    Parameters
    ----------
    design : ndarray of shape (n, k)
        A column for each coefficient, n > k.
    y : ndarray of shape (n,)
        What the line is of.
    quantile : float
        The share, between 0 and 1.

    Raises
    ------
    MissingExtraError
        If scipy is not installed.
    """
    lengths = column_lengths(design)
    scaled = design / lengths
    values = _large(scaled, y, quantile) if len(y) > _LARGE else _program(scaled, y, quantile)
    covariance = _sandwich(scaled, y - scaled @ values, y, quantile)
    loss = _loss(y - scaled @ values, quantile)
    flat = _loss(y - np.quantile(y, quantile), quantile)
    pseudo_r2 = 1.0 - loss / flat if flat else 1.0
    return LineFit(
        values=values / lengths,
        covariance=covariance / np.outer(lengths, lengths),
        details={"quantile": quantile, "pseudo_r2": pseudo_r2},
    )


def _loss(residuals: FloatArray, quantile: float) -> float:
    return float(np.sum(residuals * (quantile - (residuals < 0))))


def _program(design: FloatArray, y: FloatArray, quantile: float) -> FloatArray:
    """Return the coefficients from the dual program, whose multipliers they are."""
    # Centred and of unit spread, for the tolerances of the solver are absolute. The first column
    # is the constant: 1, or as many as a lump has members.
    centre = float(np.median(y / design[:, 0]))
    centred = y - centre * design[:, 0]
    spread = float(np.median(np.abs(centred))) or float(np.max(np.abs(centred))) or 1.0
    found = scipy_module("optimize").linprog(
        -centred / spread,
        A_eq=design.T,
        b_eq=(1.0 - quantile) * design.sum(axis=0),
        bounds=(0.0, 1.0),
        method="highs-ds",
    )
    values = -np.asarray(found.eqlin.marginals) * spread
    values[0] += centre
    return np.asarray(values)


def _large(design: FloatArray, y: FloatArray, quantile: float) -> FloatArray:
    """Return the same, lumping the observations that are surely above or below the line."""
    n = len(y)
    chosen = np.random.default_rng(0).choice(n, int(n ** (2 / 3)), replace=False)
    guess = _program(design[chosen], y[chosen], quantile)
    residuals = y - design @ guess
    half = float(np.std(residuals)) * len(chosen) ** -0.5
    for width in _WIDTHS:
        above, below = residuals > 6 * width * half, residuals < -6 * width * half
        near = ~(above | below)
        # A lump stands for its members: they pull alike while all are on its side.
        lumps = [design[side].sum(axis=0) for side in (above, below) if side.any()]
        tops = [float(y[side].sum()) for side in (above, below) if side.any()]
        values = _program(
            np.vstack([design[near], *lumps]), np.concatenate([y[near], tops]), quantile
        )
        ours = y - design @ values
        if (ours[above] > 0).all() and (ours[below] < 0).all():
            return values
    return _program(design, y, quantile)


def _sandwich(
    design: FloatArray, residuals: FloatArray, y: FloatArray, quantile: float
) -> FloatArray:
    norm = scipy_module("stats").norm
    n = len(y)
    ranks = _hall_sheather(n, quantile, norm)
    low, high = np.quantile(residuals, [0.25, 0.75])
    spread = min(float(np.std(y)), float(high - low) / 1.34)
    reach = norm.ppf(min(quantile + ranks, 1 - 1e-6)) - norm.ppf(max(quantile - ranks, 1e-6))
    width = spread * float(reach)
    if width <= 1e-12 * max(1.0, float(np.max(np.abs(y)))):
        return least_squares(design, y).covariance
    inside = np.abs(residuals / width) <= 1.0
    # Epanechnikov's kernel.
    density = float(np.sum(0.75 * (1.0 - (residuals[inside] / width) ** 2))) / (n * width)
    if density <= 0.0:
        return least_squares(design, y).covariance
    weight = np.where(residuals > 0, quantile / density, (1.0 - quantile) / density) ** 2
    inverse = np.linalg.pinv(design.T @ design)
    return np.asarray(inverse @ (design.T @ (weight[:, None] * design)) @ inverse)


def _hall_sheather(n: int, quantile: float, norm: Any) -> float:
    """Return the bandwidth in shares of the observations, for intervals of 95 %."""
    place = float(norm.ppf(quantile))
    height = float(norm.pdf(place))
    level = float(norm.ppf(0.975))
    return float(
        n ** (-1 / 3) * level ** (2 / 3) * (1.5 * height**2 / (2.0 * place**2 + 1.0)) ** (1 / 3)
    )
