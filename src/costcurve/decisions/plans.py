"""How many examples to have: those that a target takes, and those that are worth most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from costcurve.core.quantities import FloatArray
from costcurve.decisions.result import Estimate
from costcurve.decisions.worth_graph import WorthGraph

#: Plans that are looked at for the best one, fewest and most examples, and how often the search
#: closes in on it, each time by a factor of sixteen.
_PLANS, _FEWEST, MOST, _ZOOMS = 33, 10.0, 1e12, 5


@dataclass(frozen=True)
class Span:
    """Examples that a plan may have.

    Attributes
    ----------
    held : float
        Already.
    fewest, most : float
        At hand with a plan.
    """

    held: float
    fewest: float
    most: float


@dataclass(frozen=True)
class Optimum:
    """The plan whose expected net value is highest.

    Attributes
    ----------
    examples : float
        At hand.
    accuracy : float
        With them, everything at its median.
    net_usd : float
        Expected net of a year, in USD.
    """

    examples: float
    accuracy: float
    net_usd: float


@dataclass(frozen=True)
class Plans:
    """Plans to decide among.

    Attributes
    ----------
    span : Span
        What they may be.
    examples : ndarray of shape (plans,)
        At hand with each; the best is the last.
    values_usd : ndarray of shape (plans, draws)
        Net present value of each.
    others_usd : ndarray of shape (others, draws)
        That of what can be done without the network: nothing, first of all.
    horizon_years : float
        Over which the values are summed; the mean, if it is uncertain.
    """

    span: Span
    examples: FloatArray
    values_usd: FloatArray
    others_usd: FloatArray
    horizon_years: float


def span_of(found: Estimate) -> Span:
    """Return the examples that a plan may have, of an estimate."""
    held, limit = (
        float(np.atleast_3d(found.evaluation[name])[0, 0, 0]) for name in ("examples_held", "limit")
    )
    most = min(limit, MOST)
    return Span(held, min(max(held, _FEWEST), most), most)


def target_plan(found: Estimate, span: Span) -> float:
    """Return the examples at hand once the target's are bought, as far as they can be had."""
    return float(plan_of(found.best.examples_needed.point, span.held, span.most))


def plan_of(needed: FloatArray | float, held: FloatArray | float, limit: FloatArray | float) -> Any:
    """Return the examples at hand with the target's plan, elementwise, of what can be had."""
    return np.clip(needed, np.maximum(held, 1.0), np.minimum(limit, MOST))


def best_plan(graph: WorthGraph, span: Span) -> tuple[Optimum, Plans]:
    """Return the best plan, and plans to decide among.

    The expected net is looked at on a grid of log examples, again and again closer around its
    highest place. A curve with a bend may have two such places; the grid tells which is higher.
    """
    low, high = np.log(span.fewest), np.log(span.most)
    grid = _grid(low, high)
    values = graph.draws("net_present_value_usd", grid)
    plans, nets = grid, graph.draws("annual_net_usd", grid).mean(axis=1)
    for _ in range(_ZOOMS if len(grid) > 1 else 0):
        step, at = np.log(plans[1] / plans[0]), np.log(plans[nets.argmax()])
        plans = _grid(max(low, at - step), min(high, at + step))
        nets = graph.draws("annual_net_usd", plans).mean(axis=1)
    best = float(plans[nets.argmax()])
    accuracy = 1.0 - float(graph.values("plan_error", best)[0, 0])
    of_best = graph.draws("net_present_value_usd", best)
    nothing = np.zeros((1, values.shape[1]))
    values = np.concatenate([values, of_best])
    years = graph.mean("horizon_years", best)
    together = Plans(span, np.append(grid, best), values, nothing, years)
    return Optimum(best, accuracy, float(nets.max())), together


def _grid(low: float, high: float) -> FloatArray:
    return np.exp(np.linspace(low, high, _PLANS if high > low else 1))
