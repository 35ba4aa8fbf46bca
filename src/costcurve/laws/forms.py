"""The pictures in which error over compute is a straight line.

Polynomial: log10(error) on log10(compute), so that compute grows as a power of 1/error. Two
exponential forms: error, or 1/error, on log10(compute). Degrees: 1/error on a root of compute, so
that compute is a polynomial of that degree in performance, 1/error. Thompson et al. (2020), The
Computational Limits of Deep Learning, Figure 2, Tables 1 to 4 and Figure 9.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from costcurve.core.quantities import FloatArray, as_float64


class Form(StrEnum):
    """The picture in which error and compute make a straight line."""

    POLYNOMIAL = "polynomial"
    EXPONENTIAL_ERROR = "exponential-error"
    EXPONENTIAL_INVERSE = "exponential-inverse"
    DEGREE_1 = "degree-1"
    DEGREE_2 = "degree-2"
    DEGREE_4 = "degree-4"
    DEGREE_9 = "degree-9"

    @property
    def degree(self) -> int | None:
        """Degree of the polynomial 1/error in which compute grows; `None` of other forms."""
        head, _, tail = self.value.partition("-")
        return int(tail) if head == "degree" else None

    @property
    def scale(self) -> str:
        """What the line is of, in words: the scale of its residuals."""
        if self is Form.POLYNOMIAL:
            return "log10 of the error"
        return "the error" if self is Form.EXPONENTIAL_ERROR else "1/error"

    @property
    def error_sign(self) -> int:
        """1 if a larger error lies higher in the picture, -1 if it lies lower."""
        return 1 if self in {Form.POLYNOMIAL, Form.EXPONENTIAL_ERROR} else -1

    def transformed(self, error: ArrayLike) -> FloatArray:
        """Return what the line is of: an error, a fraction above 0, in this picture."""
        values = as_float64("error", error)
        if self is Form.POLYNOMIAL:
            return np.asarray(np.log10(values))
        return np.asarray(values if self is Form.EXPONENTIAL_ERROR else 1.0 / values)

    def error(self, transformed: ArrayLike) -> FloatArray:
        """Return the error at a height of the picture; NaN where no error stands so."""
        values = np.asarray(transformed, dtype=np.float64)
        if self is Form.POLYNOMIAL:
            return np.asarray(10.0**values)
        with np.errstate(divide="ignore"):
            found = values if self is Form.EXPONENTIAL_ERROR else 1.0 / values
        return np.asarray(np.where(np.isfinite(found) & (found > 0.0), found, np.nan))

    def regressor(self, log10_compute: ArrayLike) -> FloatArray:
        """Return what the line runs over."""
        values = as_float64("log10_compute", log10_compute)
        return values if self.degree is None else np.asarray(10.0 ** (values / self.degree))

    def log10_compute(self, regressor: ArrayLike) -> FloatArray:
        """Return log10 of the compute at a place of the picture: minus infinity left of none."""
        values = np.asarray(regressor, dtype=np.float64)
        if self.degree is None:
            return values
        with np.errstate(divide="ignore"):
            return np.asarray(self.degree * np.log10(np.maximum(values, 0.0)))
