"""The flexible-model simulation, a chunk of repetitions at a time.

One data set is drawn a repetition and grows along the grid of samples: all estimators see the same,
and one Gram matrix serves them. Where the data set grows by more rows than it has columns, the Gram
matrix of the new rows is drawn without them: Bartlett (1933), On the Theory of Statistical
Regression; their share of X'z is then normal given it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from costcurve.core.checkpoints import Arrays
from costcurve.core.errors import MissingExtraError
from costcurve.core.extras import scipy_module
from costcurve.core.jobs import Chunk
from costcurve.core.quantities import FloatArray

MODELS = ("oracle", "expert", "flexible", "lasso")
#: Where the Lasso's solver stops, as its relative duality gap, and after how many sweeps.
_GAP, _SWEEPS = 1e-6, 5000


@dataclass
class _Data:
    """What is known of a data set of n rows.

    Attributes
    ----------
    n : int
        Rows.
    gram, moments : ndarray
        X'X and X'y.
    squared_y : float
        y'y.
    rows, targets : ndarray, optional
        X and y themselves, while there are fewer rows than columns.
    """

    n: int
    gram: FloatArray
    moments: FloatArray
    squared_y: float
    rows: FloatArray | None
    targets: FloatArray | None


def simulate_chunk(parameters: Mapping[str, Any], chunk: Chunk) -> Arrays:
    """Return sums over the repetitions of a chunk.

    Parameters
    ----------
    parameters : mapping
        `dimensions`, `nonzero`, `samples` (rising), `models`, `noise_sd`, `coefficients` (equal or
        normal) and `penalties`, the multiples of sigma * sqrt(2 log d / n) that the Lasso tries.
    chunk : Chunk
        Which repetitions.

    Returns
    -------
    dict
        For each model `NAME`, the sum of performances, -log10(|estimate - truth|^2 / |truth|^2),
        and `NAME_squared`: shape (samples,), of the Lasso (samples, penalties); of the Lasso
        `lasso_sweeps` and `lasso_nonzero` as well.
    """
    sums: Arrays = {}
    for repetition in range(chunk.first, chunk.last):
        found = _repetition(parameters, chunk.random(repetition))
        for name, values in found.items():
            sums[name] = sums[name] + values if name in sums else values
    return sums


def _repetition(parameters: Mapping[str, Any], random: np.random.Generator) -> Arrays:
    truth = _truth(parameters, random)
    shape = (len(parameters["samples"]), len(parameters["penalties"]))
    found = {
        name: np.zeros(shape if name == "lasso" else shape[:1]) for name in parameters["models"]
    }
    if "lasso" in found:
        found |= {name: np.zeros(shape) for name in ("lasso_sweeps", "lasso_nonzero")}
    short = _Short(parameters, truth)
    for place, data in enumerate(_growing(parameters, truth, random)):
        for name in parameters["models"]:
            if name == "lasso":
                estimates, sweeps = _lasso(data, parameters)
                found["lasso_sweeps"][place] = sweeps
                found["lasso_nonzero"][place] = np.count_nonzero(estimates, axis=0)
                away = estimates - truth[:, None]
                found[name][place] = -np.log10(np.sum(away**2, axis=0) / np.sum(truth**2))
            else:
                estimate = short.estimate(name, data)
                error = np.sum((estimate - truth) ** 2) / np.sum(truth**2)
                found[name][place] = -np.log10(error)
    squares = {f"{name}_squared": found[name] ** 2 for name in parameters["models"]}
    return found | squares


def _truth(parameters: Mapping[str, Any], random: np.random.Generator) -> FloatArray:
    """Return theta; |theta|^2 is the number of coefficients that are not zero."""
    nonzero = parameters["nonzero"]
    truth = np.zeros(parameters["dimensions"])
    if parameters["coefficients"] == "equal":
        truth[:nonzero] = 1.0
    else:
        drawn = random.standard_normal(nonzero)
        truth[:nonzero] = drawn * np.sqrt(nonzero / np.sum(drawn**2))
    return truth


def _growing(
    parameters: Mapping[str, Any], truth: FloatArray, random: np.random.Generator
) -> Iterator[_Data]:
    """Return the data set at every size of the grid; each holds the one before."""
    d, noise_sd = len(truth), parameters["noise_sd"]
    gram, moments, squared_y = np.zeros((d, d)), np.zeros(d), 0.0
    rows, targets, n = np.zeros((0, d)), np.zeros(0), 0
    for size in parameters["samples"]:
        more = size - n
        if more > d:
            factor = _bartlett(d, more, random)
            fresh = factor @ factor.T
            noise = noise_sd * (factor @ random.standard_normal(d))
            # y'y of rows that were not drawn: only the solver's stop depends on it.
            squared_y += truth @ fresh @ truth + more * noise_sd**2
            gram += fresh
            moments += fresh @ truth + noise
        elif more > 0:
            block = random.standard_normal((more, d))
            y = block @ truth + noise_sd * random.standard_normal(more)
            gram += block.T @ block
            moments += block.T @ y
            squared_y += float(y @ y)
            if size < d:
                rows, targets = np.vstack([rows, block]), np.concatenate([targets, y])
        n = size
        is_short = n < d
        yield _Data(
            n, gram, moments, squared_y, rows if is_short else None, targets if is_short else None
        )


def _bartlett(d: int, freedom: int, random: np.random.Generator) -> FloatArray:
    """Return a lower triangle whose square is a Wishart matrix of so many rows."""
    factor = np.tril(random.standard_normal((d, d)), -1)
    np.fill_diagonal(factor, np.sqrt(random.chisquare(freedom - np.arange(d))))
    return factor


class _Short:
    """Least squares on some or all covariates, by the Gram matrix or of minimum norm."""

    def __init__(self, parameters: Mapping[str, Any], truth: FloatArray) -> None:
        nonzero = parameters["nonzero"]
        right = np.arange(nonzero)
        self._chosen = {
            "oracle": right,
            # Nine right and one wrong.
            "expert": np.concatenate([right[:-1], [nonzero]]),
        }
        self._dimensions = len(truth)
        self._linalg = scipy_module("linalg", "the simulation", "simulate")

    def estimate(self, name: str, data: _Data) -> FloatArray:
        """Return the estimate of all coefficients."""
        if name == "flexible":
            return self._of_minimum_norm(data) if data.rows is not None else self._of_all(data)
        chosen = self._chosen[name]
        found = np.zeros(self._dimensions)
        part = data.gram[np.ix_(chosen, chosen)]
        found[chosen] = np.linalg.solve(part, data.moments[chosen])
        return found

    def _of_all(self, data: _Data) -> FloatArray:
        return np.asarray(self._linalg.solve(data.gram, data.moments, assume_a="pos"))

    def _of_minimum_norm(self, data: _Data) -> FloatArray:
        """Return X' (X X')^-1 y: of all that fit the data, the estimate of the least norm."""
        rows, targets = data.rows, data.targets
        if rows is None or targets is None:
            raise AssertionError
        weights = self._linalg.solve(rows @ rows.T, targets, assume_a="pos")
        return np.asarray(rows.T @ weights)


def _lasso(data: _Data, parameters: Mapping[str, Any]) -> tuple[FloatArray, FloatArray]:
    """Return estimates, a column for each penalty from the largest, and sweeps of the solver.

    scikit-learn's coordinate descent on the Gram matrix. It is given no rows: they would only be
    counted, so that a penalty per row is multiplied by their number instead.
    """
    try:
        from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415 - an extra
        from sklearn.linear_model import lasso_path  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("the Lasso", "simulate") from None
    d = len(data.moments)
    unit = parameters["noise_sd"] * np.sqrt(2.0 * np.log(d) / data.n)
    alphas = np.array(parameters["penalties"]) * unit * data.n
    with warnings.catch_warnings():
        # Small penalties on few rows creep; where they stop is far from the best penalty.
        warnings.simplefilter("ignore", ConvergenceWarning)
        _, estimates, _, sweeps = lasso_path(
            np.zeros((1, d)),
            np.array([np.sqrt(data.squared_y)]),
            alphas=alphas,
            precompute=data.gram,
            Xy=data.moments,
            tol=_GAP,
            max_iter=_SWEEPS,
            check_input=False,
            return_n_iter=True,
        )
    return np.asarray(estimates), np.asarray(sweeps, dtype=np.float64)
