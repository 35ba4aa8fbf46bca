"""The graph against the same arithmetic written by hand in NumPy, on a million rows and on one.

Exit status 1 when a million rows take more than the allowed multiple of NumPy. One row is only
told: there the cost is that of calling functions, of which the graph calls one for each quantity.
"""

from __future__ import annotations

import sys
import timeit

import numpy as np

import costcurve as cc
from costcurve.core.quantities import FloatArray
from ratios import Ratio, arguments, finished

ROWS = 1_000_000
REPEATS, ONE = 7, 2000
#: Allowed multiple of hand-written NumPy at `ROWS` rows.
LIMIT = 2.0
MODEL_PARAMETERS = 5_288_548.0


def by_hand(errors: FloatArray, held: FloatArray) -> FloatArray:
    """Eq. 2-5 for a pretrained classifier of the Figure 2 task, in NumPy."""
    level = -0.813 + 0.609 * (0.09650896068 / np.log(1000.0))
    needed = 10.0 ** np.minimum((np.log10(errors) - level) / -0.123, 100.0)
    used = np.minimum(needed, 200_000.0)
    training = 2.0 * MODEL_PARAMETERS * 50.0 * 3.0 * used * 3e-11
    testing = 2.0 * MODEL_PARAMETERS * 0.0 * 3.0 * used * 3e-11
    return training + testing + np.maximum(used - held, 0.0) * 0.63


def measured() -> list[Ratio]:
    """Time both and compare."""
    task = cc.Task(target_error=0.035, class_counts=[50_000, 1_000], limit=200_000)
    graph = cc.estimate(
        task, cc.Assumptions(mode="as-published", models=["EfficientNet-B0"])
    ).evaluation.graph
    rng = np.random.default_rng(1)
    errors, held = rng.uniform(0.01, 0.4, ROWS), rng.uniform(0.0, 1e5, ROWS)

    def by_graph() -> FloatArray:
        rows = {"target_error": errors, "examples_held": held, "residual_z": 0.0}
        return graph.evaluate(["total_cost_usd"], rows)["total_cost_usd"]

    np.testing.assert_allclose(by_graph().ravel(), by_hand(errors, held), rtol=1e-6)
    ours = min(timeit.repeat(by_graph, number=1, repeat=REPEATS))
    theirs = min(timeit.repeat(lambda: by_hand(errors, held), number=1, repeat=REPEATS))
    one = 1e6 / ONE * timeit.timeit(
        lambda: graph.evaluate(["total_cost_usd"], {"residual_z": 0.0}), number=ONE
    )  # fmt: skip
    one_by_hand = 1e6 / ONE * timeit.timeit(lambda: by_hand(errors[:1], held[:1]), number=ONE)
    return [
        Ratio("estimate", f"{ROWS:,} rows through the graph", 1e3 * ours, 1e3 * theirs, "ms",
              "NumPy by hand", LIMIT),
        Ratio("estimate", "one row through the graph", one, one_by_hand, "us", "NumPy by hand"),
    ]  # fmt: skip


if __name__ == "__main__":
    asked = arguments(__doc__).parse_args()
    sys.exit(finished(measured(), asked))
