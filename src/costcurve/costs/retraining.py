"""Retraining: the world drifts, and the model is trained anew.

The caller gives retrainings_per_year (1/year, at least 0) and, of every retraining,
retraining_data_share (the share of the examples that are labelled anew, 0 to 1). The other names
are those of the first training.
"""

from __future__ import annotations

from typing import Any

from costcurve.costs.bill import Line

#: Retraining on the bill.
LINE = Line(
    "Retraining",
    "retrainings_per_year",
    "retraining_usd",
    "retraining_cost_usd",
    "{retraining_data_share:.0%} of {examples_used:,.0f} examples labelled anew each time",
    optional=True,
)


def retraining_usd(
    training_cost_usd: Any, retraining_data_share: Any, examples_used: Any, usd_per_example: Any
) -> Any:
    """Cost of one retraining.

    :unit: USD
    :range: at least 0
    :equation: cost of training + share labelled anew * examples * price of an example
    :source: by definition
    :deviation: as long as the first training; testing and people are lines of their own
    """
    return training_cost_usd + retraining_data_share * examples_used * usd_per_example


def retraining_cost_usd(retrainings_per_year: Any, retraining_usd: Any) -> Any:
    """Cost of the retrainings of a year.

    :unit: USD/year
    :range: at least 0
    :equation: retrainings * cost of one
    :source: by definition
    """
    return retrainings_per_year * retraining_usd
