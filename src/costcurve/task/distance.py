"""Distances between two sets of embeddings, on arrays.

Thompson et al. (2024), "Dataset Distance", takes the Wasserstein distance of the two averaged
embedding vectors. It is computed here as the paper's words have it, beside distances that see more
of the sets: of their means, of their means and covariances, and of their whole distributions.
"""

from __future__ import annotations

import numpy as np

from costcurve.core.errors import InputError
from costcurve.core.quantities import FloatArray
from costcurve.task.moments import Moments

#: Eigenvalues below this share of the largest are taken for rounding where they are divided by: far
#: above that of float64, 2e-16 for each of some thousand dimensions, and far below what varies.
_ROUNDING = 1e-10


def wasserstein_of_means(mean_a: FloatArray, mean_b: FloatArray) -> float:
    """Return the Wasserstein-1 distance of the values of two averaged vectors, as the paper does.

    It is odd: the coordinates of a mean are taken for draws from a distribution, so it compares the
    multisets of their values and is blind to which coordinate has which value. Means that differ by
    a permutation of the coordinates are at distance 0; it is never above their largest difference.

    Parameters
    ----------
    mean_a, mean_b : ndarray of shape (d,)
        Averaged embeddings.

    Returns
    -------
    float
        At least 0, in the units of the embeddings: with as many values on both sides,
        (1 / d) sum_i |a_(i) - b_(i)| over the sorted values, which is what
        `scipy.stats.wasserstein_distance` computes.

    Notes
    -----
    Source: Thompson et al. (2024), Dataset Distance, after Kantorovich (1960).
    """
    return float(np.mean(np.abs(np.sort(mean_a) - np.sort(mean_b))))


def l2_of_means(mean_a: FloatArray, mean_b: FloatArray) -> float:
    """Return the Euclidean distance of two means, in the units of the embeddings, at least 0."""
    return float(np.linalg.norm(np.asarray(mean_a) - np.asarray(mean_b)))


def frechet(a: Moments, b: Moments) -> float:
    """Return the squared Frechet distance of two normal distributions with these moments.

    The trace of (C_a C_b)^(1/2) is the sum of the singular values of C_a^(1/2) C_b^(1/2), which
    needs no square root of a product that is not symmetric, holds for covariances of any rank, and
    loses no digits to small eigenvalues; so nothing is added to the diagonal.

    Parameters
    ----------
    a, b : Moments
        Of two rows at least.

    Returns
    -------
    float
        |m_a - m_b|^2 + tr(C_a + C_b - 2 (C_a C_b)^(1/2)), at least 0, in squared units of the
        embeddings: what is printed as FID where the embeddings are those of Inception-v3.

    Notes
    -----
    Sources: Dowson and Landau (1982), The Frechet distance between multivariate normal
    distributions; Heusel et al. (2017), GANs trained by a two time-scale update rule.
    """
    cov_a, cov_b = a.covariance(), b.covariance()
    cross = np.linalg.svd(symmetric_root(cov_a) @ symmetric_root(cov_b), compute_uv=False)
    spread = float(np.trace(cov_a) + np.trace(cov_b) - 2.0 * np.sum(cross))
    return float(np.sum((a.mean - b.mean) ** 2)) + max(spread, 0.0)


def symmetric_root(matrix: FloatArray) -> FloatArray:
    """Return the symmetric square root of a covariance; eigenvalues below 0 are rounding."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T)


class FrechetInfluence:
    """What each row of two sets adds to their Frechet distance: its influence function.

    With R = C_a^(1/2) and W = (R C_b R)^(1/2), the optimal maps are T_ab = R^-1 W R^-1 and
    T_ba = R W^-1 R. The derivative of the distance by C_a is I - T_ab; a row x of A then has the
    influence 2 (x - m_a)^T (m_a - m_b) + (x - m_a)^T (I - T_ab) (x - m_a), less its mean, and a row
    of B likewise. Where a set does not vary there is none: inverses are pseudo-inverses.

    Parameters
    ----------
    a, b : Moments
        Of two rows at least.

    Notes
    -----
    Source: the derivative of the Bures distance, Bhatia, Jain and Lim (2019), On the Bures-
    Wasserstein distance between positive definite matrices; the use is the infinitesimal jackknife
    of Jaeckel (1972).
    """

    def __init__(self, a: Moments, b: Moments) -> None:
        self._means = a.mean, b.mean
        values, vectors = np.linalg.eigh(a.covariance())
        root, inverse = (
            (vectors * power) @ vectors.T for power in _roots_and_inverses(np.asarray(values))
        )
        values, vectors = np.linalg.eigh(root @ b.covariance() @ root)
        between, back = (
            (vectors * power) @ vectors.T for power in _roots_and_inverses(np.asarray(values))
        )
        self._maps = inverse @ between @ inverse, root @ back @ root

    def of(self, rows: FloatArray, which: int) -> FloatArray:
        """Return the influence of rows of set 0 or 1, of shape (n,), up to a constant."""
        away = rows - self._means[which]
        slope = 2.0 * (self._means[which] - self._means[1 - which])
        bent = away - away @ self._maps[which].T
        return np.asarray(away @ slope + np.einsum("ij,ij->i", away, bent))


def _roots_and_inverses(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the roots of eigenvalues and their inverses, 0 where an eigenvalue is rounding."""
    kept = values > _ROUNDING * max(float(values[-1]), 0.0)
    roots = np.sqrt(np.where(kept, values, 0.0))
    return roots, np.divide(1.0, roots, out=np.zeros_like(roots), where=kept)


def directions(dimensions: int, count: int, seed: int) -> FloatArray:
    """Return seeded directions, uniform on the sphere, as columns of shape (dimensions, count)."""
    drawn = np.random.default_rng(seed).standard_normal((dimensions, count))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=0))


def sliced_wasserstein(shadows_a: FloatArray, shadows_b: FloatArray, p: int = 1) -> float:
    """Return the sliced Wasserstein distance of two sets, from their projections.

    Parameters
    ----------
    shadows_a, shadows_b : ndarray of shape (n_a, m) and (n_b, m)
        The rows of each set on the same m directions; the sets may have unequal sizes.
    p : int
        1 or 2.

    Returns
    -------
    float
        (mean over directions of W_p^p)^(1/p), at least 0, in the units of the embeddings.

    Raises
    ------
    InputError
        If `p` is another number.

    Notes
    -----
    Source: Bonneel et al. (2015), Sliced and Radon Wasserstein barycenters of measures.
    """
    if p not in {1, 2}:
        raise InputError.of("p", p, "must be 1 or 2")
    one, other = np.sort(shadows_a, axis=0), np.sort(shadows_b, axis=0)
    n, m = len(one), len(other)
    # Both quantile functions are constant between these shares.
    ends = np.union1d(np.arange(1, n + 1) * m, np.arange(1, m + 1) * n)
    widths = np.diff(ends, prepend=0) / (n * m)
    apart = np.abs(one[(ends - 1) // m] - other[(ends - 1) // n]) ** p
    return float(np.mean(widths @ apart) ** (1.0 / p))


def sliced_replicates(
    shadows_a: FloatArray, shadows_b: FloatArray, weights_a: FloatArray, weights_b: FloatArray
) -> FloatArray:
    """Return the sliced Wasserstein-1 distance under many weightings of the rows.

    Parameters
    ----------
    shadows_a, shadows_b : ndarray of shape (n_a, m) and (n_b, m)
        As `sliced_wasserstein` takes them.
    weights_a, weights_b : ndarray of shape (r, n_a) and (r, n_b)
        At least 0, with a positive sum for each replicate.

    Returns
    -------
    ndarray of shape (r,)
        The integral of |F_a - F_b|, mean over directions.
    """
    signed = np.concatenate(
        [
            weights_a / weights_a.sum(axis=1, keepdims=True),
            -weights_b / weights_b.sum(axis=1, keepdims=True),
        ],
        axis=1,
    )
    found = np.zeros(len(signed))
    for one, other in zip(shadows_a.T, shadows_b.T, strict=True):
        values = np.concatenate([one, other])
        order = np.argsort(values, kind="stable")
        between = np.cumsum(signed[:, order[:-1]], axis=1)
        found += np.abs(between, out=between) @ np.diff(values[order])
    return np.asarray(found / shadows_a.shape[1])
