"""What to do about a case: go, no-go, or a pilot first, and why in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from costcurve.core.display import probability
from costcurve.decisions.alternatives import AlternativeResult
from costcurve.decisions.plans import Optimum
from costcurve.decisions.value_of_pilot import Pilot
from costcurve.decisions.worth_card import dollars
from costcurve.decisions.worth_case import NETWORK, WorthCase

GO, NO_GO, PILOT_FIRST = "go", "no-go", "pilot-first"


def decide(
    case: WorthCase,
    ways: Sequence[AlternativeResult],
    chances: dict[str, float | None],
    optimal: Optimum,
    pilot: Pilot | None,
) -> tuple[str, str]:
    """Return what to do, and why.

    Parameters
    ----------
    case : WorthCase
        What was asked.
    ways : sequence of AlternativeResult
        The best first.
    chances : dict
        Of the target, of a loss and over the budget.
    optimal : Optimum
        The plan that is worth most.
    pilot : Pilot, optional
        The best one, if any was asked about.
    """
    decision, reason = _decide_now(case, ways, chances, optimal)
    if pilot is None or pilot.net_usd <= 0.0:
        return decision, reason
    return PILOT_FIRST, (
        f"one on {pilot.examples:,.0f} examples, {pilot.new_in_words} of them new, takes "
        f"{dollars(pilot.outlay_usd)} now and makes the decision {dollars(pilot.net_usd)} better "
        f"over {pilot.horizon_years:g} years. Without it: {decision}, since {reason}"
    )


def _decide_now(
    case: WorthCase,
    ways: Sequence[AlternativeResult],
    chances: dict[str, float | None],
    optimal: Optimum,
) -> tuple[str, str]:
    """Return what to do without a pilot, and why."""
    best, net = ways[0], next(each.net_usd for each in ways if each.name == NETWORK)
    if best.name != NETWORK:
        better = ""
        if optimal.net_usd > best.net_usd:
            better = (
                f"; an accuracy of {optimal.accuracy:.2%} with {optimal.examples:,.0f} examples is "
                f"worth {dollars(optimal.net_usd)}"
            )
        gains = f"{'gain' if net > 0.0 else 'lose'} {dollars(abs(net))} at the target"
        other = "" if best.net_usd == 0.0 else f", {best.name} to gain {dollars(best.net_usd)}"
        return NO_GO, f"a year is expected to {gains}{other}{better}"
    loss, most = chances["loss"] or 0.0, case.finance.max_probability_of_loss
    if is_too_risky(loss, most):
        return NO_GO, f"the chance of a loss is {loss:.2%}, above the {most:.2%} that is allowed"
    return GO, (
        f"a year is expected to gain {dollars(net)}, and loses money with a chance of "
        f"{probability(loss)}"
    )


def is_too_risky(loss: Any, most: float | None) -> Any:
    """Return whether a chance of a loss is above what is allowed, elementwise; never without."""
    return loss > (np.inf if most is None else most)
