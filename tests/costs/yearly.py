"""A graph of the whole yearly bill, with the units of what the caller gives."""

from __future__ import annotations

from costcurve.core.quantities import Graph, Input
from costcurve.costs import (
    calibrated,
    examples,
    labelling,
    priced_prediction,
    retraining,
    serving,
    shared,
    storage,
    total_cost,
)

MODULES = (labelling, retraining, serving, shared, storage, total_cost)
#: Two ways to price share names; a training as hours, and examples bought, are enough here.
INITIAL = (examples.data_cost_usd, calibrated.training_cost_usd)
GIVEN = {
    "new_examples": (1_000.0, "example"),
    "examples_used": (5_000.0, "example"),
    "usd_per_example": (0.5, "USD/example"),
    "training_hours": (100.0, "accelerator-hour"),
    "usd_per_accelerator_hour": (2.0, "USD/accelerator-hour"),
    "testing_cost_usd": (50.0, "USD"),
    "setup_people_usd": (10_000.0, "USD"),
    "people_cost_usd": (3_000.0, "USD/year"),
    "predictions_per_year": (1e6, "prediction/year"),
    "seconds_per_prediction": (0.72, "s/prediction"),
    "serving_usd_per_hour": (1.5, "USD/accelerator-hour"),
    "storage_gb": (200.0, "GB"),
    "retrainings_per_year": (4.0, "1/year"),
    "retraining_data_share": (0.1, "1"),
    "decision_units": (40.0, "unit"),
    "products": (5.0, "1"),
    "shared_share": (0.6, "1"),
}
DEFAULTS = (*labelling.INPUTS, *serving.INPUTS, *storage.INPUTS, *total_cost.INPUTS)
USD_PER_PREDICTION = Input.of(
    "serving_usd_per_prediction", 0.01, "USD/prediction", "Price of a prediction", "a test"
)


def _given():
    return [Input.of(name, value, unit, name, "a test") for name, (value, unit) in GIVEN.items()]


def yearly_graph():
    return Graph([*INITIAL, *MODULES], [*DEFAULTS, *_given()])


def graph_of_priced_predictions():
    modules = [priced_prediction if module is serving else module for module in MODULES]
    inputs = [*labelling.INPUTS, *storage.INPUTS, *total_cost.INPUTS, *_given()]
    return Graph([*INITIAL, *modules], [*inputs, USD_PER_PREDICTION])


def evaluated(graph=None, **overrides):
    found = (graph or yearly_graph()).evaluate(overrides=overrides)
    return {name: float(found[name]) for name in found}
