"""How the net of a year changes with the plan, and what a prediction must be worth at any volume.

The second is the slides' map of volume and benefit of a prediction, with the case on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from costcurve.decisions.break_even import VOLUMES
from costcurve.decisions.plans import Span
from costcurve.decisions.worth_graph import WorthGraph

#: Volumes around the case's own, as powers of ten; without predictions around a million.
_DECADES, _WITHOUT = 3.0, 1e6
_POINTS = 61
_WIDE = 100.0
_SHARES = (0.05, 0.95)


@dataclass(frozen=True)
class WorthMap:
    """Rows for pictures.

    Attributes
    ----------
    plans : list of dict
        `examples`, `accuracy` in percent, and `p05`, `mean` and `p95` of the net of a year in USD.
    frontier : list of dict
        `volume` and `value_usd`, from which a prediction pays; other returns are taken off, and
        volumes where they pay for everything are left out.
    case : list of dict
        The case's own `volume` and `value_usd`; empty where one of them is not above 0.
    """

    plans: list[dict[str, float]]
    frontier: list[dict[str, float]]
    case: list[dict[str, float]]


def net_of_plans(graph: WorthGraph, plans: Any) -> list[dict[str, float]]:
    """Return accuracy and net of plans of some examples."""
    nets = graph.draws("annual_net_usd", plans)
    low, high = np.quantile(nets, _SHARES, axis=1)
    accuracy = 100.0 * (1.0 - graph.values("plan_error", plans)[:, 0])
    columns = (np.atleast_1d(plans), accuracy, low, nets.mean(axis=1), high)
    names = ("examples", "accuracy", "p05", "mean", "p95")
    return [dict(zip(names, map(float, row), strict=True)) for row in zip(*columns, strict=True)]


def worth_map(uncertain: WorthGraph, certain: WorthGraph, plan: float, span: Span) -> WorthMap:
    """Return the rows of both pictures.

    Parameters
    ----------
    uncertain, certain : WorthGraph
        With draws, and with everything at its median.
    plan : float
        Examples of the target's plan.
    span : Span
        Of the plans; a hundred times more or fewer examples than the target's are shown.
    """
    own = float(certain.values("predictions_per_year", plan)[0, 0])
    middle = np.log10(own if own > 0.0 else _WITHOUT)
    volumes = 10.0 ** np.linspace(middle - _DECADES, middle + _DECADES, _POINTS)
    frontier = []
    for volume in volumes[volumes <= VOLUMES[-1]].tolist():
        given = {"predictions_per_year": volume}
        cost = float(certain.values("product_cost_usd", plan, given)[0, 0])
        lines = float(np.ravel(certain.overrides["benefit_lines_usd_per_year"])[0])
        if cost > lines:
            frontier.append({"volume": volume, "value_usd": (cost - lines) / volume})
    value = float(certain.values("value_usd_per_prediction", plan)[0, 0])
    if certain.error_today is not None:
        value -= float(np.ravel(certain.value_of(certain.error_today))[0])
    case = [{"volume": own, "value_usd": value}] if own > 0.0 and value > 0.0 else []
    fewest, most = max(span.fewest, plan / _WIDE), min(span.most, plan * _WIDE)
    plans = np.geomspace(fewest, most, _POINTS) if most > fewest else np.array([plan])
    return WorthMap(net_of_plans(uncertain, plans), frontier, case)
