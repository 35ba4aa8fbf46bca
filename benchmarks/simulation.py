"""The flexible-model simulation beside a plain loop of scikit-learn, on the same data.

A few repetitions at some sizes of the figure's grid, with one thread of arithmetic each. The loop
draws rows, fits LinearRegression to the covariates of oracle, expert and flexible model, and
LassoCV, each from its rows, as anybody would. Ours must be ten times faster, and its Lasso, which
takes the best of nine penalties, no worse in mean performance.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import sys
import time
import warnings
from itertools import pairwise

import numpy as np
from sklearn.linear_model import LassoCV, LinearRegression

from costcurve.core.jobs import Chunk
from costcurve.studies.flexible_models import Simulation, merged
from costcurve.studies.flexible_simulation import simulate_chunk
from ratios import Ratio, arguments, finished

REPETITIONS, SEED = 2, 7
#: Steps of at most a thousand, so that ours draws its rows and the loop can draw the same.
SAMPLES = (15, 50, 105, 175, 500, 1100, 1500, 2400)
#: Allowed share of the time of the loop.
LIMIT = 0.1


def of_scikit_learn(simulation: Simulation) -> float:
    """Return the mean performance of LassoCV over sizes and repetitions."""
    d, nonzero = simulation.dimensions, simulation.nonzero
    truth = np.zeros(d)
    truth[:nonzero] = 1.0
    right, wrong = np.arange(nonzero), np.r_[np.arange(nonzero - 1), nonzero]
    found = []
    for repetition in range(REPETITIONS):
        rows, targets = _drawn(Chunk(0, SEED, 0, 1).random(repetition), truth, simulation.noise_sd)
        for n in SAMPLES:
            x, y = rows[:n], targets[:n]
            for chosen in (right, wrong, np.arange(d)):
                LinearRegression(fit_intercept=False).fit(x[:, chosen], y)
            lasso = LassoCV(fit_intercept=False).fit(x, y)
            error = np.sum((lasso.coef_ - truth) ** 2) / np.sum(truth**2)
            found.append(-np.log10(error))
    return float(np.mean(found))


def _drawn(
    random: np.random.Generator, truth: np.ndarray, noise_sd: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows and targets of a repetition of ours."""
    rows, targets = [], []
    for before, n in pairwise((0, *SAMPLES)):
        rows.append(random.standard_normal((n - before, len(truth))))
        targets.append(rows[-1] @ truth + noise_sd * random.standard_normal(n - before))
    return np.concatenate(rows), np.concatenate(targets)


def measured() -> list[Ratio]:
    """Return the time of a repetition of both, and how far off their Lassos are."""
    warnings.simplefilter("ignore")
    simulation = Simulation(samples=SAMPLES, repetitions=REPETITIONS, seed=SEED)
    parameters = simulation.job().parameters
    simulate_chunk(parameters, Chunk(0, SEED, 0, 1))  # what loads late is loaded
    start = time.perf_counter()
    sums = simulate_chunk(parameters, Chunk(0, SEED, 0, REPETITIONS))
    ours = time.perf_counter() - start
    performance = float(np.mean(merged(simulation, [sums]).performance("lasso")))
    start = time.perf_counter()
    theirs_performance = of_scikit_learn(simulation)
    theirs = time.perf_counter() - start
    return [
        Ratio("simulation", f"a repetition at {len(SAMPLES)} sizes", ours / REPETITIONS,
              theirs / REPETITIONS, "s", "LinearRegression and LassoCV in a loop", LIMIT),
        # A performance is minus the decimal logarithm of an error.
        Ratio("simulation", "error of its Lasso", 10.0**-performance, 10.0**-theirs_performance,
              "of the truth", "LassoCV", 1.0),
    ]  # fmt: skip


if __name__ == "__main__":
    asked = arguments(__doc__).parse_args()
    sys.exit(finished(measured(), asked))
