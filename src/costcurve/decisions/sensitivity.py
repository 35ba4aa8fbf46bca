"""What matters most: how far the total moves when one input does."""

from __future__ import annotations

from collections.abc import Mapping

from numpy.typing import ArrayLike

from costcurve.core.errors import NotFiniteError
from costcurve.core.quantities import Evaluation, Graph
from costcurve.decisions.axes import DRAWS_Z, point_value
from costcurve.decisions.result import Swing

#: Every input is moved by this share of its value, down and up.
STEP = 0.10
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

    The limit is set aside, since at the limit nothing moves the examples. The law's scatter is
    moved over its 90 % interval, every other input by ten per cent; an input that changes nothing
    is left out.
    """
    base = graph.evaluate(overrides=overrides)
    moves: dict[str, tuple[str, tuple[ArrayLike, ArrayLike]]] = {
        name: (f"{STEP:.0%}", (base[name] * (1.0 - STEP), base[name] * (1.0 + STEP)))
        for name in MOVED
        if name in graph
    }
    moves["residual_z"] = ("5th, 95th percentile", (DRAWS_Z[1], DRAWS_Z[2]))
    found = []
    for name, (move, values) in moves.items():
        low, high = (_total(graph, base, {**overrides, name: value}, model) for value in values)
        if low is not None and high is not None and low != high:
            found.append(Swing(name, graph[name].label, move, low, high))
    return tuple(sorted(found, key=lambda swing: -abs(swing.high_usd - swing.low_usd)))


def _total(
    graph: Graph, base: Evaluation, overrides: Mapping[str, ArrayLike], model: int
) -> float | None:
    no_limit = 10.0 ** base["log10_examples_cap"]
    try:
        moved = graph.evaluate(["total_cost_usd"], {"limit": no_limit, **overrides})
    except NotFiniteError:
        return None
    return point_value(moved["total_cost_usd"], model)
