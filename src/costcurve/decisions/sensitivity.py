"""What matters most: how far the total moves when one input does."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from costcurve.core.errors import NotFiniteError
from costcurve.core.quantities import Evaluation, Graph
from costcurve.costs import Pricing
from costcurve.decisions.axes import only_the_point, percentiles, point_value
from costcurve.decisions.result import Swing

#: An input without a range is moved by this share of its value, down and up.
STEP = 0.10
#: What a user can change or doubt however training is priced; the law's coefficients are judged by
#: its residual instead.
MOVED = (
    "target_error",
    "relative_complexity",
    "examples_held",
    "usd_per_example",
)


def swings(evaluation: Evaluation, pricing: Pricing, model: int) -> tuple[Swing, ...]:
    """Return how one model's total follows each input, the largest swing first.

    One input moves at a time, the others stay at their points, and the limit is set aside, since
    at the limit nothing moves the examples. An uncertain input goes to the 5th and 95th percentile
    of its draws, any other ten per cent down and up. What changes nothing is left out, and so is
    what an uncertain input already moves.

    Parameters
    ----------
    evaluation : Evaluation
        The whole calculation.
    pricing : Pricing
        What else can be moved, and the quantity that adds the bill up.
    model : int
        Which candidate.
    """
    graph = evaluation.graph
    uncertain = [
        name
        for name, given in graph.inputs.items()
        if given.spread is not None and name not in evaluation.overridden
    ]
    fixed: dict[str, ArrayLike] = {
        name: only_the_point(evaluation[name]) for name in (*uncertain, *evaluation.overridden)
    }
    fixed.setdefault("limit", 10.0 ** evaluation["log10_examples_cap"])
    moves = {name: _ends_of_draws(evaluation, name, model) for name in uncertain}
    moved_already = graph.dependents(name for name in uncertain if name != "residual_z")
    for name in (*MOVED, *pricing.moved):
        if name in graph and name not in moved_already:
            point, within = only_the_point(evaluation[name]), graph[name].bounds.ends()
            down, up = (np.clip(point * (1.0 + step), *within) for step in (-STEP, STEP))
            moves[name] = (f"{STEP:.0%}", down, up)
    found = []
    for name, (move, low, high) in moves.items():
        ends = [_total(graph, pricing.total, {**fixed, name: end}, model) for end in (low, high)]
        if None not in ends and ends[0] != ends[1]:
            found.append(Swing(name, graph[name].label, move, *ends))  # type: ignore[arg-type]
    return tuple(sorted(found, key=lambda swing: -abs(swing.high_usd - swing.low_usd)))


def _ends_of_draws(
    evaluation: Evaluation, name: str, model: int
) -> tuple[str, ArrayLike, ArrayLike]:
    low, _, high = percentiles(evaluation[name], model)
    return "5th, 95th percentile", np.float64(low), np.float64(high)


def _total(
    graph: Graph, total: str, overrides: Mapping[str, ArrayLike], model: int
) -> float | None:
    try:
        return point_value(graph.evaluate([total], overrides)[total], model)
    except NotFiniteError:
        return None
