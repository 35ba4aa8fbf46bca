"""How error falls with compute across a field: straight lines in one of three pictures.

Polynomial: log10(error) on log10(compute), so that compute grows as a power of 1/error. Two
exponential forms: error, or 1/error, on log10(compute). Ordinary least squares, as in Thompson et
al. (2020), The Computational Limits of Deep Learning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from costcurve.core.errors import Finding, InputError, MissingExtraError
from costcurve.core.quantities import FloatArray, as_float64


class Form(StrEnum):
    """The picture in which error and compute make a straight line."""

    POLYNOMIAL = "polynomial"
    EXPONENTIAL_ERROR = "exponential-error"
    EXPONENTIAL_INVERSE = "exponential-inverse"


_FORWARD: dict[Form, Callable[[FloatArray], FloatArray]] = {
    Form.POLYNOMIAL: np.log10,
    Form.EXPONENTIAL_ERROR: lambda error: error,
    Form.EXPONENTIAL_INVERSE: lambda error: 1.0 / error,
}
#: Two lines need two points, and a residual scale a third.
FEWEST = 3


@dataclass(frozen=True)
class ComputeLaw:
    """A line fitted to errors over log10(compute).

    Attributes
    ----------
    form : Form
        What the line is of.
    intercept, slope : float
        Of the transformed error over log10(compute).
    covariance : ndarray of shape (2, 2)
        Of intercept and slope.
    residual_se : float
        Standard error of the residuals, in the transformed error.
    n : int
        Models.
    r2, r2_adjusted, f : float
        Share of the variance explained, the same for the degrees of freedom, and F statistic.
    log10_compute_range : tuple of float
        Of the models; beyond it the law extrapolates.
    """

    form: Form
    intercept: float
    slope: float
    covariance: FloatArray
    residual_se: float
    n: int
    r2: float
    r2_adjusted: float
    f: float
    log10_compute_range: tuple[float, float]

    @property
    def slope_se(self) -> float:
        """Standard error of the slope."""
        return float(np.sqrt(self.covariance[1, 1]))

    @property
    def exponent(self) -> float:
        """Power of 1/error with which compute grows, of the polynomial form: -1 / slope."""
        return -1.0 / self.slope

    def slope_interval(self, share: float = 0.95) -> tuple[float, float]:
        """Return the interval of the slope, by Student's t.

        Parameters
        ----------
        share : float
            Its nominal coverage, between 0 and 1.

        Raises
        ------
        MissingExtraError
            If scipy is not installed.
        """
        try:
            from scipy.stats import t  # noqa: PLC0415 - an extra, and slow to load
        except ImportError:
            raise MissingExtraError("an interval of a slope", "fit") from None
        width = float(t.ppf(0.5 + share / 2.0, self.n - 2)) * self.slope_se
        return self.slope - width, self.slope + width

    def exponent_interval(self, share: float = 0.95) -> tuple[float, float]:
        """Return the interval of the exponent; its upper end is infinite if the slope may be 0."""
        low, high = self.slope_interval(share)
        return -1.0 / low, -1.0 / high if high < 0 else float("inf")

    def error(self, log10_compute: ArrayLike) -> FloatArray:
        """Return the error that the line expects at a compute."""
        line = self.intercept + self.slope * as_float64("log10_compute", log10_compute)
        if self.form is Form.POLYNOMIAL:
            return np.asarray(10.0**line)
        return np.asarray(line if self.form is Form.EXPONENTIAL_ERROR else 1.0 / line)

    def transformed(self, error: ArrayLike) -> FloatArray:
        """Return what the line is of: an error in the picture of the form."""
        return np.asarray(_FORWARD[self.form](as_float64("error", error)))

    def log10_compute(self, error: ArrayLike) -> FloatArray:
        """Return log10 of the compute at which the line has an error."""
        return np.asarray((self.transformed(error) - self.intercept) / self.slope)


def fit_compute_law(
    log10_compute: ArrayLike, error: ArrayLike, form: Form = Form.POLYNOMIAL
) -> ComputeLaw:
    """Return the line through errors over log10(compute), by ordinary least squares.

    Parameters
    ----------
    log10_compute : array-like of shape (n,)
        In any unit of compute, the same for all.
    error : array-like of shape (n,)
        As fractions, above 0 and at most 1.
    form : Form
        What is a straight line.

    Raises
    ------
    InputError
        If there are too few models, all have the same compute, or an error is no fraction.
    """
    x, errors = as_float64("log10_compute", log10_compute), as_float64("error", error)
    _check(x, errors)
    y = np.asarray(_FORWARD[form](errors))
    design = np.stack([np.ones(len(x)), x], axis=1)
    values, *_ = np.linalg.lstsq(design, y, rcond=None)
    residuals = y - design @ values
    freedom = len(x) - 2
    variance = float(residuals @ residuals) / freedom
    total = float(np.sum((y - y.mean()) ** 2))
    r2 = 1.0 - variance * freedom / total if total else 1.0
    return ComputeLaw(
        form=form,
        intercept=float(values[0]),
        slope=float(values[1]),
        covariance=np.asarray(variance * np.linalg.inv(design.T @ design)),
        residual_se=float(np.sqrt(variance)),
        n=len(x),
        r2=r2,
        r2_adjusted=1.0 - (1.0 - r2) * (len(x) - 1) / freedom,
        f=r2 / (1.0 - r2) * freedom if r2 < 1.0 else float("inf"),
        log10_compute_range=(float(x.min()), float(x.max())),
    )


def _check(x: FloatArray, errors: FloatArray) -> None:
    findings = []
    if x.ndim != 1 or x.shape != errors.shape:
        raise InputError([Finding("error", "", "must be as many numbers as log10_compute")])
    if len(x) < FEWEST:
        findings.append(Finding("error", str(len(x)), f"at least {FEWEST} models are needed"))
    elif np.ptp(x) == 0.0:
        findings.append(Finding("log10_compute", f"{x[0]:g}", "must not be the same for all"))
    wrong = (errors <= 0.0) | (errors > 1.0)
    if wrong.any():
        first = int(np.argmax(wrong))
        allowed = "must be a fraction above 0 and at most 1; per cent are divided by 100"
        findings.append(Finding(f"error[{first + 1}]", f"{errors[first]:g}", allowed))
    InputError.check(findings)
