"""What matters most: how far the total moves when one input does."""

from __future__ import annotations

from collections.abc import Mapping

from costcurve.core.errors import NotFiniteError
from costcurve.core.quantities import Graph
from costcurve.decisions.axes import point_value
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

    The limit is set aside, since at the limit nothing moves the examples; inputs at zero are left
    out, since ten per cent of nothing is nothing, and so are those that change nothing.
    """
    base = graph.evaluate(overrides=overrides)
    unlimited = {**overrides, "limit": 10.0 ** point_value(base["log10_examples_cap"], model)}
    found = []
    for name in MOVED:
        value = base[name]
        low, high = (
            _total(graph, {**unlimited, name: value * factor}, model)
            for factor in (1.0 - STEP, 1.0 + STEP)
        )
        if low is not None and high is not None and low != high:
            found.append(Swing(name, graph[name].label, low, high))
    return tuple(sorted(found, key=lambda swing: -abs(swing.high_usd - swing.low_usd)))


def _total(graph: Graph, overrides: Mapping[str, object], model: int) -> float | None:
    try:
        total = graph.evaluate(["total_cost_usd"], overrides)["total_cost_usd"]  # type: ignore[arg-type]
    except NotFiniteError:
        return None
    return point_value(total, model)
