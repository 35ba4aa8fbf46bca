"""Mean and covariance of embeddings that need not fit into memory at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from costcurve.core.quantities import FloatArray


@dataclass(frozen=True)
class Moments:
    """Count, mean and scatter of rows, which merge without the rows.

    Attributes
    ----------
    n : int
        Rows, at least 0.
    mean : ndarray of shape (d,)
        Their mean; zeros of no rows.
    scatter : ndarray of shape (d, d)
        Sum of the outer products of their deviations from the mean.
    """

    n: int
    mean: FloatArray
    scatter: FloatArray

    @classmethod
    def none(cls, dimensions: int) -> Moments:
        """Return the moments of no rows."""
        return cls(0, np.zeros(dimensions), np.zeros((dimensions, dimensions)))

    @classmethod
    def of(cls, rows: FloatArray) -> Moments:
        """Return the moments of rows, an array of shape (n, d)."""
        if not len(rows):
            return cls.none(rows.shape[1])
        mean = rows.mean(axis=0)
        away = rows - mean
        return cls(len(rows), mean, away.T @ away)

    def merged(self, other: Moments) -> Moments:
        """Return the moments of both sets of rows.

        Chan, Golub and LeVeque (1983), Algorithms for computing the sample variance, eq. 2.1:
        S = S_a + S_b + (n_a n_b / n) (m_b - m_a)(m_b - m_a)^T.
        """
        if not self.n or not other.n:
            return other if not self.n else self
        n = self.n + other.n
        between = other.mean - self.mean
        mean = self.mean + between * (other.n / n)
        outer = np.outer(between, between) * (self.n * other.n / n)
        return Moments(n, mean, self.scatter + other.scatter + outer)

    def covariance(self) -> FloatArray:
        """Return the covariance with n - 1 below, of shape (d, d); zeros of a single row."""
        return np.asarray(self.scatter / max(self.n - 1, 1))
