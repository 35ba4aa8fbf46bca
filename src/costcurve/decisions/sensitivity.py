"""What matters most: how far the total moves when one input does."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from costcurve.core.errors import NotFiniteError
from costcurve.core.quantities import Evaluation, FloatArray, Graph
from costcurve.decisions.axes import draws_of, only_the_point, point_value
from costcurve.decisions.result import Swing

#: An input without a range is moved by this share of its value, down and up.
STEP = 0.10
#: An uncertain input is low, or high, in this share of its draws at either end.
TAIL = 0.10
#: What a user can change or doubt; the law's coefficients are judged by its residual instead.
MOVED = (
    "target_error",
    "relative_complexity",
    "examples_held",
    "usd_per_example",
    "epochs",
    "parameters",
    "usd_per_flop",
)


def swings(graph: Graph, overrides: Mapping[str, float], model: int) -> tuple[Swing, ...]:
    """Return how one model's total follows each input, the largest swing first.

    The limit is set aside, since at the limit nothing moves the examples. An uncertain input is
    taken where it is low and where it is high, among the draws of all; with the residual alone
    those are its 5th and 95th percentiles. An input without a range is moved by ten per cent. What
    changes nothing is left out.
    """
    base = graph.evaluate(overrides=overrides)
    aside: dict[str, ArrayLike] = {"limit": 10.0 ** base["log10_examples_cap"], **overrides}
    found = [
        *_of_uncertain(graph, aside, model),
        *_of_certain(graph, base, aside, model),
    ]
    moving = (swing for swing in found if swing.low_usd != swing.high_usd)
    return tuple(sorted(moving, key=lambda swing: -abs(swing.high_usd - swing.low_usd)))


def _of_uncertain(graph: Graph, aside: Mapping[str, ArrayLike], model: int) -> list[Swing]:
    names = [name for name, given in graph.inputs.items() if given.spread is not None]
    totals = _totals(graph, aside)
    if totals is None:
        return []
    total = draws_of(totals, model)
    found = []
    for name in names:
        drawn = draws_of(graph.inputs[name].value, model)
        if name in aside or len(drawn) != len(total):
            continue
        low, high = np.quantile(drawn, (TAIL, 1.0 - TAIL))
        ends = (np.median(total[drawn <= low]), np.median(total[drawn >= high]))
        move = "5th, 95th percentile" if len(drawn) == 2 else "lowest, highest tenth"
        found.append(Swing(name, graph[name].label, move, float(ends[0]), float(ends[1])))
    return found


def _of_certain(
    graph: Graph, base: Evaluation, aside: Mapping[str, ArrayLike], model: int
) -> list[Swing]:
    found = []
    for name in MOVED:
        is_uncertain = name in graph.inputs and graph.inputs[name].spread is not None
        if name not in graph or is_uncertain:
            continue
        point = only_the_point(base[name])
        low, high = (
            _totals(graph, {"residual_z": 0.0, **aside, name: point * factor})
            for factor in (1.0 - STEP, 1.0 + STEP)
        )
        if low is not None and high is not None:
            ends = (point_value(low, model), point_value(high, model))
            found.append(Swing(name, graph[name].label, f"{STEP:.0%}", *ends))
    return found


def _totals(graph: Graph, overrides: Mapping[str, ArrayLike]) -> FloatArray | None:
    try:
        return graph.evaluate(["total_cost_usd"], overrides)["total_cost_usd"]
    except NotFiniteError:
        return None
