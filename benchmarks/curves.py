"""Learning curves with intervals beside the bounded least-squares fit that they improve on.

Ours fits a power law, conditions a mixture of damped trends and gives five calibrated quantiles;
the peer fits the same power law with scipy's bounded least squares from three starts, and gives
one number. Curves are synthetic, of ten and of thirty points, so that it runs without any data.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import sys
import time

import numpy as np
from scipy.optimize import least_squares

from costcurve.laws.curves import load_curve_law
from ratios import Ratio, arguments, finished

CURVES, POINTS = 100, (10, 30)
#: Allowed share of the time of the peer.
LIMIT = 0.5


def of_scipy(x: np.ndarray, y: np.ndarray) -> float:
    """Return the best loss of three bounded fits of e + b x^-c to weighted log y."""
    logs, log_y, weights = np.log(x / np.exp(np.log(x).mean())), np.log(y), x / x.max()

    def residuals(p: np.ndarray) -> np.ndarray:
        return weights * (np.logaddexp(p[0], p[1] - p[2] * logs) - log_y)

    ends = ([-12.0, -20.0, 0.0], [log_y.min(), 20.0, 8.0])
    starts = [(log_y.min() - 1.0, log_y.mean(), c) for c in (0.1, 0.3, 0.8)]
    return min(least_squares(residuals, start, bounds=ends).cost for start in starts)


def medians(points: int) -> tuple[float, float]:
    """Return the median milliseconds that ours and the peer take for a curve of some points."""
    random = np.random.default_rng(0)
    x = np.geomspace(100, 10_000, points)
    levels = random.uniform(0.2, 0.8, (CURVES, 1)) * (x / 100) ** -random.uniform(0.1, 0.6)
    bank = levels * np.exp(0.03 * random.standard_normal((CURVES, points)))
    law = load_curve_law()
    law.curve(x, np.minimum(bank[0], 1.0)).predict([40_000.0])
    times = []
    for y in bank:
        begin = time.perf_counter()
        law.curve(x, np.minimum(y, 1.0)).predict([40_000.0])
        between = time.perf_counter()
        of_scipy(x, y)
        times.append((between - begin, time.perf_counter() - between))
    ours, theirs = 1e3 * np.median(times, axis=0)
    return float(ours), float(theirs)


def measured() -> list[Ratio]:
    """Return both times for curves of few and of many points."""
    return [
        Ratio("curves", f"five quantiles of {points} points", *medians(points), "ms",
              "least_squares of scipy, one number", LIMIT)
        for points in POINTS
    ]  # fmt: skip


if __name__ == "__main__":
    asked = arguments(__doc__).parse_args()
    sys.exit(finished(measured(), asked))
