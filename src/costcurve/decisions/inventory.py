"""What a wrong forecast costs: stock ordered once a period, before the demand is known.

The newsvendor's problem (Arrow, Harris and Marschak 1951, Optimal Inventory Policy, Econometrica
19(3), 250-272). A unit too few loses a sale, a unit too many is left over. What both families of
demand share is here; `inventory_normal` and `inventory_lognormal` hold what differs, of which a
graph takes one.
"""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import numpy as np

from costcurve.core.quantities import Bounds, Input, normal_quantile

#: Chance of running out where an unsold unit costs nothing: costcurve's choice. The order would
#: have no limit; no history of sales could tell a chance this small from none.
LEAST_CHANCE = 1e-12
#: Of the density of the standard normal distribution.
_SQRT_TWO_PI = sqrt(2.0 * pi)
_UNKNOWN = "costcurve: none until you give your own"
#: What a product takes beside its prices and its demand, as inputs of a graph.
INPUTS = (
    Input.of(
        "goodwill_usd",
        0.0,
        "USD/unit",
        "What a customer who finds none left costs beyond the margin",
        _UNKNOWN,
        Bounds(at_least=0.0),
    ),
    Input.of(
        "salvage_usd",
        0.0,
        "USD/unit",
        "What an unsold unit is worth at the end of the period, unless it spoils",
        _UNKNOWN,
        Bounds(at_least=0.0),
    ),
    Input.of(
        "holding_usd",
        0.0,
        "USD/unit",
        "Cost of keeping an unsold unit to the end of the period",
        _UNKNOWN,
        Bounds(at_least=0.0),
    ),
    Input.of(
        "spoilage_share",
        0.0,
        "1",
        "Share of the unsold units that spoil and are worth nothing",
        _UNKNOWN,
        Bounds(at_least=0.0, at_most=1.0),
    ),
)


def underage_usd(unit_price_usd: Any, unit_cost_usd: Any, goodwill_usd: Any) -> Any:
    """Cost of a unit too few: the margin lost.

    :unit: USD/unit
    :range: at least 0
    :equation: c_u = price - cost + goodwill
    :source: Arrow, Harris and Marschak (1951)
    :deviation: a margin below zero counts as none: nothing is ordered, and no sale is missed
    """
    return np.maximum(unit_price_usd - unit_cost_usd + goodwill_usd, 0.0)


def overage_usd(unit_cost_usd: Any, salvage_usd: Any, spoilage_share: Any, holding_usd: Any) -> Any:
    """Cost of a unit too many.

    :unit: USD/unit
    :range: at least 0
    :equation: c_o = cost - (1 - share spoiled) * salvage + holding
    :source: Arrow, Harris and Marschak (1951); the share that spoils is costcurve's
    :deviation: a unit worth more unsold than it costs counts as costing nothing: see the order
    """
    kept_usd = (1.0 - spoilage_share) * salvage_usd
    return np.maximum(unit_cost_usd - kept_usd + holding_usd, 0.0)


def critical_ratio(underage_usd: Any, overage_usd: Any) -> Any:
    """Chance of meeting all demand at which a unit more costs what it earns.

    :unit: 1
    :range: at least 0 and at most 1
    :equation: c_u / (c_u + c_o); 0 where nothing is earned, 1 where an unsold unit costs nothing
    :source: Arrow, Harris and Marschak (1951)
    """
    both = underage_usd + overage_usd
    return np.where(both > 0.0, underage_usd / np.where(both > 0.0, both, 1.0), 0.0)


def critical_deviate(critical_ratio: Any) -> Any:
    """Standard normal deviate of the critical ratio.

    :unit: 1
    :equation: z = Phi^-1(c_u / (c_u + c_o))
    :source: Wichura (1988), Algorithm AS 241, for the numbers
    :deviation: within a chance of 1e-12 of either end, where the order would have no limit
    """
    bounded = np.minimum(np.maximum(critical_ratio, LEAST_CHANCE), 1.0 - LEAST_CHANCE)
    return normal_quantile(bounded)


def usd_per_unit_of_sd(underage_usd: Any, overage_usd: Any, critical_deviate: Any) -> Any:
    """Cost of every unit of the standard deviation of a normal forecast error.

    :unit: USD/unit
    :range: at least 0
    :equation: (c_u + c_o) * phi(z); 0 where a unit too few or too many costs nothing
    :source: the expected cost of the best order, by the partial expectation of a normal
        distribution
    """
    density = np.exp(-0.5 * critical_deviate**2.0) / _SQRT_TWO_PI
    at_stake = np.minimum(underage_usd, overage_usd)
    return np.where(at_stake > 0.0, (underage_usd + overage_usd) * density, 0.0)


def lost_sales_usd(underage_usd: Any, expected_lost_sales: Any) -> Any:
    """Expected cost of the sales lost in a period.

    :unit: USD
    :range: at least 0
    :equation: c_u * E[(demand - order)+]
    :source: Arrow, Harris and Marschak (1951)
    """
    return underage_usd * expected_lost_sales


def excess_usd(overage_usd: Any, expected_excess: Any) -> Any:
    """Expected cost of what is left over in a period.

    :unit: USD
    :range: at least 0
    :equation: c_o * E[(order - demand)+]
    :source: Arrow, Harris and Marschak (1951)
    """
    return overage_usd * expected_excess
