"""Standard errors of a line where the noise of rows of one group is not independent.

The classical ones take every row for news. Rows of one data set err together, so that what varies
between data sets only, such as their complexity, is known much less well than they say. The "bias
reduced" sandwich of Bell and McCaffrey (2002), Survey Methodology 28(2), CR2, sets residuals right
for what the fit took from them before they are summed by group:

    V = B (sum over groups of X_g' A_g e_g e_g' A_g X_g) B,   B = (X'X)^-1,
    A_g = (I - X_g B X_g')^(-1/2).

Where every row is a group of its own this is HC2. Cameron and Miller (2015), Journal of Human
Resources 50(2), compare it with others, and advise Student's t with one degree of freedom less than
there are groups.
"""

from __future__ import annotations

import numpy as np

from costcurve.core.quantities import FloatArray
from costcurve.laws.least_squares import column_lengths

#: A direction of which a group alone knows, and which its residuals therefore say nothing of.
_ALONE = 1e-10


def clustered_covariance(
    design: FloatArray, residuals: FloatArray, codes: np.ndarray
) -> FloatArray:
    """Return the covariance of the coefficients of least squares, by group.

    Parameters
    ----------
    design : ndarray of shape (n, k)
        As it was fitted, of full rank.
    residuals : ndarray of shape (n,)
        What the fit left.
    codes : ndarray of shape (n,)
        The group of each row, whole numbers from 0.

    Returns
    -------
    ndarray of shape (k, k)
        It is known for at least two groups only, and from one it is zero.
    """
    lengths = column_lengths(design)
    scaled = design / lengths
    bread = np.asarray(np.linalg.inv(scaled.T @ scaled), dtype=np.float64)
    inner = np.zeros_like(bread)
    for code in range(int(codes.max()) + 1):
        rows = codes == code
        pull = scaled[rows].T @ _set_right(scaled[rows], residuals[rows], bread)
        inner += np.outer(pull, pull)
    return np.asarray(bread @ inner @ bread / np.outer(lengths, lengths))


def _set_right(rows: FloatArray, residuals: FloatArray, bread: FloatArray) -> FloatArray:
    """Return (I - H)^(-1/2) e of a group; H has no higher rank than there are coefficients."""
    basis, factor = np.linalg.qr(rows)
    shares, turn = np.linalg.eigh(factor @ bread @ factor.T)
    left = np.maximum(1.0 - shares, 0.0)
    scale = np.where(left > _ALONE, 1.0 / np.sqrt(np.maximum(left, _ALONE)), 0.0) - 1.0
    directions = basis @ turn
    return np.asarray(residuals + directions @ (scale * (directions.T @ residuals)))
