"""The years of a case together: initial cost, present value, rate of return, payback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from costcurve.core.errors import MissingExtraError
from costcurve.decisions.finance import CashFlows, internal_rate, payback_periods
from costcurve.decisions.worth_case import WorthCase
from costcurve.decisions.worth_graph import WorthGraph, inventory_usd_per_year

_NAMES = (
    "initial_cost_usd", "annual_benefit_usd", "product_cost_usd", "amortised_usd_per_year",
    "annual_cost_usd", "horizon_years",
)  # fmt: skip


def years_together(
    case: WorthCase, certain: WorthGraph, uncertain: WorthGraph, plan: float
) -> dict[str, Any]:
    """Return what the years are worth together, everything at its median and as expected.

    Parameters
    ----------
    case : WorthCase
        What is asked.
    certain, uncertain : WorthGraph
        Everything at its median, and with its draws.
    plan : float
        Examples at hand.

    Returns
    -------
    dict
        `initial_cost_usd`, `npv_usd`, `internal_rate` and `payback_years`, everything at its
        median; the last three as `expected_...` too: the mean net present value over all draws,
        rate and payback of the flows whose every year is its mean over the draws. `note` says why
        a rate or a payback is missing. With a range of years nothing is expected of a year.
    """
    # What comes on a date of its own is not spread over the years here.
    spread = {"benefit_lines_usd_per_year": inventory_usd_per_year(case)}
    point = {name: float(certain.draws(name, plan, spread).mean()) for name in _NAMES}
    mean = {name: float(uncertain.draws(name, plan, spread).mean()) for name in _NAMES}
    found: dict[str, Any] = {
        "initial_cost_usd": case.benefit.borne_share * point["initial_cost_usd"],
        "npv_usd": float(certain.values("net_present_value_usd", plan)[0, 0]),
        "expected_npv_usd": uncertain.mean("net_present_value_usd", plan),
        **dict.fromkeys(_OF_FLOWS),
        "note": "",
    }
    years = point["horizon_years"]
    if not float(years).is_integer():
        return {**found, "note": "a horizon in whole years gives a rate of return and a payback"}
    flows = _flows(case, point, int(years))
    try:
        rate = internal_rate(flows)
    except MissingExtraError as error:
        return {**found, "note": str(error)}
    found |= {"internal_rate": rate.rate, "payback_years": payback_periods(flows)}
    if np.ptp(uncertain.values("horizon_years", plan)) == 0.0:
        expected = _flows(case, mean, int(years))
        found["expected_internal_rate"] = internal_rate(expected).rate
        found["expected_payback_years"] = payback_periods(expected)
    return {**found, "note": rate.reason}


_OF_FLOWS = (
    "internal_rate", "payback_years", "expected_internal_rate", "expected_payback_years",
)  # fmt: skip


def _flows(case: WorthCase, year: Mapping[str, float], last: int) -> CashFlows:
    """Return what is paid first, then the same net of every year, and what has a date."""
    share = case.benefit.borne_share
    running = share * (year["annual_cost_usd"] - year["amortised_usd_per_year"])
    yearly = year["annual_benefit_usd"] - running
    dated = [(when, line.usd) for line in case.benefit.lines for when in line.years(last)]
    every = [(when, yearly) for when in range(1, last + 1)]
    return CashFlows.of([(0, -share * year["initial_cost_usd"]), *every, *dated])
