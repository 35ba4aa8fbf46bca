"""FLOP of a pass from the parameters of a network, where a paper says only those.

Thompson et al. (2020), section 7.1 and Figure 7: a regression on the models that say both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from costcurve.core.draws import Z95
from costcurve.core.errors import InputError
from costcurve.core.quantities import FloatArray, as_float64
from costcurve.laws.least_squares import least_squares

_FEWEST = 3


@dataclass(frozen=True)
class NetworkSizeLaw:
    """log10(FLOP of a pass) as a line over log10(parameters).

    Attributes
    ----------
    intercept, slope : float
        Of the line.
    residual_se : float
        Standard deviation of log10(FLOP) about it.
    covariance : ndarray of shape (2, 2)
        Of intercept and slope.
    n : int
        Networks.
    r2 : float
        Share of the variance explained.
    """

    intercept: float
    slope: float
    residual_se: float
    covariance: FloatArray
    n: int
    r2: float

    def flop_per_pass(self, parameters: ArrayLike) -> FloatArray:
        """Return the FLOP of a pass that the line expects of so many parameters.

        Raises
        ------
        InputError
            If a number is not finite or not above 0.
        """
        sizes = as_float64("parameters", parameters)
        if not (sizes > 0.0).all():
            raise InputError.of("parameters", parameters, "must be above 0")
        return np.asarray(10.0 ** (self.intercept + self.slope * np.log10(sizes)))

    def factor(self, sigmas: float = Z95) -> float:
        """Return how many times more or less a network takes; by default of nine in ten."""
        return float(10.0 ** (sigmas * self.residual_se))


def fit_network_size(parameters: ArrayLike, flop_per_pass: ArrayLike) -> NetworkSizeLaw:
    """Return the law of networks that say both.

    Parameters
    ----------
    parameters, flop_per_pass : array-like of shape (n,)
        Above 0; a convolution of one size of image and a transformer of another are mixed, so the
        scatter is wide.

    Raises
    ------
    InputError
        If there are fewer than three networks, all of one size, or a number is not above 0.
    """
    sizes, flop = as_float64("parameters", parameters), as_float64("flop", flop_per_pass)
    if sizes.shape != flop.shape or sizes.ndim != 1 or len(sizes) < _FEWEST:
        raise InputError.of("parameters", sizes.shape, f"at least {_FEWEST} networks are needed")
    if not ((sizes > 0) & (flop > 0)).all():
        raise InputError.of("parameters", "", "every number must be above 0")
    if np.ptp(sizes) == 0.0:
        raise InputError.of("parameters", f"{sizes[0]:g}", "must not be the same for all")
    x = np.log10(sizes)
    fit = least_squares(np.stack([np.ones(len(x)), x], axis=1), np.log10(flop))
    return NetworkSizeLaw(
        intercept=float(fit.values[0]),
        slope=float(fit.values[1]),
        residual_se=float(fit.residual_se or 0.0),
        covariance=fit.covariance,
        n=len(x),
        r2=fit.details["r2"],
    )
