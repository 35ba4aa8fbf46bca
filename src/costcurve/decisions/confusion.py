"""What the errors among several classes cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from costcurve.core.errors import InputError
from costcurve.core.quantities import FloatArray, as_float64

#: How far shares may add up to something else than one: they are typed in, or rounded to print.
SHARES_ADD_UP = 1e-6


def confusion_cost_usd(
    class_shares: ArrayLike,
    cost_usd: ArrayLike,
    error: ArrayLike,
    wrong_shares: ArrayLike | None = None,
) -> float:
    """Return the expected cost of a prediction.

    Parameters
    ----------
    class_shares : array_like, shape (K,)
        Share of every class among what is predicted; at least 0, adding up to 1. K is at least 2.
    cost_usd : array_like, shape (K, K)
        Cost of calling the class of the row that of the column. The diagonal is what a right
        prediction costs, often 0; below 0 where it earns something.
    error : array_like, shape () or (K,)
        Share of wrong predictions, of all classes or of each; 0 to 1.
    wrong_shares : array_like, shape (K, K), optional
        How the errors of the class of the row spread over the others: at least 0, 0 on the
        diagonal, every row adding up to 1. Evenly by default.

    Raises
    ------
    InputError
        If a shape or a number is not as above.

    Notes
    -----
    sum_k share_k * ((1 - error_k) * cost_kk + error_k * sum_j wrong_kj * cost_kj): by definition
    of an expectation.

    Examples
    --------
    >>> round(confusion_cost_usd([0.9, 0.1], [[0.0, 1.0], [20.0, 0.0]], 0.05), 3)
    0.145
    """
    shares = _class_shares(class_shares)
    costs = as_float64("cost_usd", cost_usd)
    _check_shape("cost_usd", costs, (shares.size, shares.size))
    wrong = _wrong_shares(wrong_shares, shares.size)
    errors = _errors(error, shares.size)
    each = (1.0 - errors) * np.diag(costs) + errors * np.sum(wrong * costs, axis=1)
    return float(shares @ each)


def _class_shares(given: ArrayLike) -> FloatArray:
    shares = as_float64("class_shares", given)
    if shares.ndim != 1 or shares.size < 2:
        raise InputError.of("class_shares", f"of shape {shares.shape}", "must be two at least")
    _check_shares("class_shares", shares)
    return shares


def _errors(given: ArrayLike, classes: int) -> FloatArray:
    errors = as_float64("error", given)
    if errors.ndim:
        _check_shape("error", errors, (classes,))
    if np.any((errors < 0.0) | (errors > 1.0)):
        raise InputError.of("error", errors, "must be at least 0 and at most 1")
    return errors


def _wrong_shares(wrong_shares: ArrayLike | None, classes: int) -> FloatArray:
    if wrong_shares is None:
        return (1.0 - np.eye(classes)) / (classes - 1.0)
    wrong = as_float64("wrong_shares", wrong_shares)
    _check_shape("wrong_shares", wrong, (classes, classes))
    _check_shares("wrong_shares", wrong)
    if np.any(np.diag(wrong)):
        raise InputError.of("wrong_shares", np.diag(wrong), "must be 0 on the diagonal")
    return wrong


def _check_shares(name: str, shares: FloatArray) -> None:
    if np.any(shares < 0.0) or np.any(np.abs(shares.sum(axis=-1) - 1.0) > SHARES_ADD_UP):
        raise InputError.of(name, shares, "must be at least 0 and add up to 1")


def _check_shape(name: str, array: FloatArray, shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise InputError.of(name, f"of shape {array.shape}", f"must be of shape {shape}")
