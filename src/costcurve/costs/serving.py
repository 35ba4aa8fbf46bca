"""Serving: what the predictions of a year cost on instances that are paid by the hour.

The caller gives predictions_per_year (prediction/year, above 0), seconds_per_prediction
(s/prediction, above 0: the time of one instance that a prediction takes at its batch) and
serving_usd_per_hour (USD/accelerator-hour, at least 0). Where a prediction has a price of its own,
`priced_prediction` takes the place of this module in a graph.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from costcurve.core.quantities import Bounds, Input
from costcurve.costs.bill import Line
from costcurve.costs.ownership import HOURS_PER_YEAR

#: What serving takes beside predictions, their time and the price of an hour, as inputs of a graph.
INPUTS = (
    Input.of(
        "serving_utilisation",
        0.3,
        "1",
        "Share of the hours paid by use in which an instance works",
        "Barroso and Hoelzle (2007), The Case for Energy-Proportional Computing, IEEE Computer "
        "40(12), 33-37: servers mostly work at 10 to 50 %, of which the middle; from memory, "
        "unchecked; give your own",
        Bounds(above=0.0, at_most=1.0),
    ),
    Input.of(
        "always_on_instances",
        0.0,
        "1",
        "Instances that are paid all the year, whether they work or not",
        "costcurve: none until you give your own",
        Bounds(at_least=0.0),
    ),
    Input.of(
        "peak_requests_per_second",
        0.0,
        "prediction/s",
        "Predictions asked for in the busiest second",
        "costcurve: none known until you give your own",
        Bounds(at_least=0.0),
    ),
)
#: Serving on the bill.
LINE = Line(
    "Serving",
    "serving_hours",
    "serving_usd_per_hour",
    "serving_cost_usd",
    "{predictions_per_year:,.0f} predictions of {seconds_per_prediction:.3g} s at "
    "{serving_utilisation:.0%} of the hours paid",
    unless_zero=("always_on_instances", ", or {always_on_instances:g} instances always on"),
)


def capacity_requests_per_second(seconds_per_prediction: Any) -> Any:
    """Predictions that one instance makes in a second, working all the time.

    :unit: prediction/s
    :range: above 0
    :equation: 1 / seconds per prediction
    :source: by definition
    """
    return 1.0 / seconds_per_prediction


def peak_instances(peak_requests_per_second: Any, capacity_requests_per_second: Any) -> Any:
    """Instances that the busiest second needs.

    :unit: 1
    :range: at least 0
    :equation: requests of the busiest second / capacity of one instance
    :source: by definition
    :deviation: a number with a fraction: round it up to have whole instances
    """
    return peak_requests_per_second / capacity_requests_per_second


def pay_for_use_hours(
    predictions_per_year: Any, seconds_per_prediction: Any, serving_utilisation: Any
) -> Any:
    """Hours of a year that are paid when instances come and go with the requests.

    :unit: accelerator-hour/year
    :range: at least 0
    :equation: predictions * seconds per prediction / 3600 / share of paid hours that work
    :source: by definition
    """
    return predictions_per_year * seconds_per_prediction / 3600.0 / serving_utilisation


def serving_hours(pay_for_use_hours: Any, always_on_instances: Any) -> Any:
    """Hours of serving that are paid in a year.

    :unit: accelerator-hour/year
    :range: at least 0
    :equation: max(hours paid by use, instances always on * 8766)
    :source: costcurve: what the instances that are always on cannot do is paid by use
    """
    return np.maximum(pay_for_use_hours, always_on_instances * HOURS_PER_YEAR)


def serving_cost_usd(serving_hours: Any, serving_usd_per_hour: Any) -> Any:
    """Cost of the predictions of a year.

    :unit: USD/year
    :range: at least 0
    :equation: hours paid * price
    :source: as instances are rented
    """
    return serving_hours * serving_usd_per_hour


def serving_usd_per_prediction(serving_cost_usd: Any, predictions_per_year: Any) -> Any:
    """Cost of one prediction, idle hours included.

    :unit: USD/prediction
    :range: at least 0
    :equation: cost of a year / predictions of a year
    :source: by definition
    """
    return serving_cost_usd / predictions_per_year
