"""Single forms of a learning curve, as the literature fits them: what an extrapolation is up to.

    M1           y = b x^-c
    M2           y = e + b x^-c
    M3           y = b (1/x + g)^c
    M4           (y - e) / (1 - y / e0)^a = b x^-c, which saturates at e0 for few examples
    broken       y = e + b x^-c (1 + (x / d)^(1/f))^(-c' f), one break at d
    exponential  y = e + b exp(-c x)

M1 to M4: Alabdulmohsin et al. (2022), arXiv:2209.06640, M4 with e0 inside the power, which only
rescales b. Broken: Caballero et al. (2023), arXiv:2210.14891. All are fitted by least squares of
log y with residuals weighed as a power of x, from several starts. A longer form is not a better
one: `costcurve reproduce learning-curves` says how they extrapolate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from costcurve.core.errors import InputError
from costcurve.core.extras import scipy_module
from costcurve.core.quantities import FloatArray
from costcurve.laws.power_law import fit_power_law

#: Form of log y over log x, both over the geometric mean of those seen.
LogForm = Callable[[FloatArray, FloatArray], FloatArray]
#: Parameters to start from.
Starts = Sequence[tuple[float, ...]]
_BISECTIONS = 45
_MOST_EVALUATIONS = 100
#: Exponents that fits start from.
_SLOPES = (0.1, 0.3, 0.8)
_STEEPEST, _WIDEST = 8.0, 20.0
_LARGEST = 700.0


@dataclass(frozen=True)
class _Form:
    """A form with where its fits start and end.

    Attributes
    ----------
    log_value : callable
        Log y of parameters and log x.
    starts : callable
        Starting points, from log x and log y.
    low, high : tuple of float
        Bounds of the parameters.
    """

    log_value: LogForm
    starts: Callable[[FloatArray, FloatArray], Starts]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class FittedForm:
    """A form that was fitted to a curve.

    Attributes
    ----------
    name : str
        One of `FORMS`.
    parameters : tuple of float
        As the form has them, logarithms of what is positive, x and y over `x0` and `y0`.
    x0, y0 : float
        Geometric means of what was seen.
    loss : float
        Sum of squared weighted residuals of log y.
    """

    name: str
    parameters: tuple[float, ...]
    x0: float
    y0: float
    loss: float

    def log_value(self, x: FloatArray) -> FloatArray:
        """Return log y at some x."""
        at = np.log(x) - np.log(self.x0)
        found = _FORMS[self.name].log_value(np.array(self.parameters), at)
        return np.asarray(found + np.log(self.y0))


def fit_form(name: str, x: FloatArray, y: FloatArray, recency: float = 1.0) -> FittedForm:
    """Return a form fitted to a curve by least squares of log y.

    Parameters
    ----------
    name : str
        One of `FORMS`.
    x, y : ndarray of shape (n,)
        Above 0; n at least 1. With fewer points than parameters many curves fit alike.
    recency : float
        Power of x by which residuals weigh.

    Raises
    ------
    InputError
        If there is no such form.
    MissingExtraError
        If scipy is not installed.
    """
    if name not in _FORMS:
        raise InputError.of("form", name, f"must be one of: {', '.join(FORMS)}")
    form, least_squares = _FORMS[name], scipy_module("optimize").least_squares
    log_x, log_y = np.log(x), np.log(y)
    at, value = log_x - log_x.mean(), log_y - log_y.mean()
    weights = np.exp(recency * (log_x - log_x.max()))
    low, high = np.array(form.low), np.array(form.high)

    def residuals(p: FloatArray) -> FloatArray:
        return np.asarray(weights * (form.log_value(p, at) - value))

    found = [
        least_squares(
            residuals,
            np.clip(start, low + 1e-9, high - 1e-9),
            bounds=(low, high),
            max_nfev=_MOST_EVALUATIONS,
        )
        for start in form.starts(at, value)
    ]
    best = min(found, key=lambda each: each.cost)
    x0, y0 = float(np.exp(log_x.mean())), float(np.exp(log_y.mean()))
    return FittedForm(name, tuple(best.x.tolist()), x0, y0, float(2.0 * best.cost))


def _m1(p: FloatArray, at: FloatArray) -> FloatArray:
    return np.asarray(p[0] - p[1] * at)


def _m2(p: FloatArray, at: FloatArray) -> FloatArray:
    return np.asarray(np.logaddexp(p[0], p[1] - p[2] * at))


def _m3(p: FloatArray, at: FloatArray) -> FloatArray:
    return np.asarray(p[0] + p[1] * np.logaddexp(-at, p[2]))


def _m4(p: FloatArray, at: FloatArray) -> FloatArray:
    """Solve for log y between e and e0: the left side grows with y."""
    log_offset, right, log_top, power = p[0], p[1] - p[2] * at, p[3], p[4]
    offset = np.exp(log_offset)
    low, high = np.full(at.shape, -30.0), np.full(at.shape, 30.0)
    # By t, the logarithm of the odds of y between offset and top.
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        share = 1.0 / (1.0 + np.exp(-middle))
        width = np.maximum(np.exp(log_top) - offset, 1e-12)
        above = np.log(width) + np.log(share)
        left = above - power * (np.log(width) + np.log1p(-share) - log_top)
        is_below = left < right
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    share = 1.0 / (1.0 + np.exp(-0.5 * (low + high)))
    return np.asarray(np.log(offset + share * np.maximum(np.exp(log_top) - offset, 1e-12)))


def _broken(p: FloatArray, at: FloatArray) -> FloatArray:
    bend = np.logaddexp(0.0, (at - p[4]) / p[5]) * p[5]
    return np.asarray(np.logaddexp(p[0], p[1] - p[2] * at - p[3] * bend))


def _exponential(p: FloatArray, at: FloatArray) -> FloatArray:
    decay = np.exp(np.minimum(p[2] + at, _LARGEST))
    return np.asarray(np.logaddexp(p[0], np.maximum(p[1] - decay, -_LARGEST)))


def _below(value: FloatArray) -> float:
    """Return the logarithm of half of the least value."""
    return float(value.min() - np.log(2.0))


def _of_m1(at: FloatArray, value: FloatArray) -> Starts:
    slope = float(at @ value) / max(float(at @ at), 1e-12)
    return [(0.0, min(max(-slope, 0.0), _STEEPEST))]


def _of_m2(at: FloatArray, value: FloatArray) -> Starts:
    # What our own fit finds first, so that no start is worse.
    own = fit_power_law(np.exp(at), np.exp(value))
    offset, scale = (float(np.log(max(each, 1e-12))) for each in (own.offset, own.scale))
    return [(offset, scale, own.exponent), *((_below(value), 0.0, slope) for slope in _SLOPES)]


def _of_m3(at: FloatArray, _: FloatArray) -> Starts:
    return [(0.0, slope, float(-at.max())) for slope in _SLOPES]


def _of_m4(_: FloatArray, value: FloatArray) -> Starts:
    top = float(value.max() + np.log(1.5))
    return [(_below(value), 0.0, slope, top, 0.5) for slope in _SLOPES]


def _of_broken(at: FloatArray, value: FloatArray) -> Starts:
    middle = float(np.median(at))
    return [
        (_below(value), 0.0, slope, turn, middle, 0.3) for slope in _SLOPES for turn in (-0.1, 0.2)
    ]


def _of_exponential(_: FloatArray, value: FloatArray) -> Starts:
    drop = float(value.max())
    return [(_below(value), drop, rate) for rate in (-2.0, 0.0, 2.0)]


_E, _B, _C = (-_WIDEST, _WIDEST), (-_WIDEST, _WIDEST), (0.0, _STEEPEST)


def _form(
    value: LogForm,
    starts: Callable[[FloatArray, FloatArray], Starts],
    *spans: tuple[float, float],
) -> _Form:
    low, high = zip(*spans, strict=True)
    return _Form(value, starts, low, high)


_FORMS = {
    "M1": _form(_m1, _of_m1, _B, _C),
    "M2": _form(_m2, _of_m2, _E, _B, _C),
    "M3": _form(_m3, _of_m3, _B, _C, (-_WIDEST, _WIDEST)),
    "M4": _form(_m4, _of_m4, _E, _B, _C, (-_WIDEST, _WIDEST), (0.0, 4.0)),
    "broken": _form(
        _broken, _of_broken, _E, _B, _C, (-_STEEPEST, _STEEPEST), (-_WIDEST, _WIDEST), (0.05, 5.0)
    ),
    "exponential": _form(_exponential, _of_exponential, _E, _B, (-_WIDEST, _WIDEST)),
}
#: Names of the forms.
FORMS = tuple(_FORMS)
