"""The calculation of worth: that of an estimate, the rest of the bill, and the benefit, in one.

The plan is how many examples are at hand. It is laid along the axis of rows, so that many plans are
one evaluation: as the examples used, and as the limit up to which an error is achieved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import fsum
from typing import Any

import numpy as np

from costcurve.core.errors import Finding, InputError
from costcurve.core.quantities import Evaluation, FloatArray, Graph, Input, as_float64
from costcurve.core.vocabulary import Mode
from costcurve.costs import (
    labelling,
    priced_prediction,
    retraining,
    serving,
    serving_as_trained,
    shared,
    storage,
    total_cost,
)
from costcurve.costs.ownership import annuity_factor
from costcurve.costs.people import people_costs
from costcurve.decisions import benefit, even_errors, operating_point, two_sided_errors
from costcurve.decisions.axes import with_draws
from costcurve.decisions.products import rank_products
from costcurve.decisions.result import Estimate
from costcurve.decisions.worth_case import WorthCase

#: Draws of everything that is uncertain, the laws' scatter among it: a percent of a mean.
DRAWS = 2048
_NOTHING = "costcurve: nothing until you say"


@dataclass(frozen=True)
class WorthGraph:
    """The calculation with everything in place.

    Attributes
    ----------
    graph : Graph
        With draws behind each point.
    overrides : mapping of str to array-like
        What stands for quantities whatever is asked.
    error_today : ndarray, optional
        Of what is done today, along the draws; `None` where nothing is predicted.
    asked : mapping of str to float
        Those of the overrides that the user asked for.
    """

    graph: Graph
    overrides: Mapping[str, Any]
    error_today: FloatArray | None = None
    asked: Mapping[str, float] = field(default_factory=dict)

    def of_rows(self, rows: Mapping[str, FloatArray]) -> WorthGraph:
        """Return the calculation of many cases that differ in some values only.

        Parameters
        ----------
        rows : mapping of str to ndarray of shape (rows, 1, 1 or 1 + draws)
            Values in place of quantities. Plans then stand for the rows, in their order.
        """
        given = _reviewed(self.graph, {**rows, **self.asked})
        today = None if self.error_today is None else 1.0 - rows["baseline_accuracy"]
        return replace(self, overrides={**self.overrides, **given}, error_today=today)

    def evaluate(
        self,
        names: Iterable[str],
        examples: Any,
        overrides: Mapping[str, Any] | None = None,
        *,
        is_lean: bool = False,
    ) -> Evaluation:
        """Return quantities of plans, of shape (plans, 1, 1 + draws) or less.

        Parameters
        ----------
        names : iterable of str
            What is wanted.
        examples : float or ndarray of shape (plans,)
            At hand with each plan, above 0.
        overrides : mapping of str to array-like, optional
            Values in place of quantities.
        is_lean : bool
            As of `Graph.evaluate`.
        """
        plans = np.atleast_1d(np.asarray(examples, dtype=np.float64))[:, None, None]
        given = {**self.overrides, "examples_used": plans, "limit": plans, **(overrides or {})}
        if self.error_today is not None:
            given["baseline_usd_per_prediction"] = self.value_of(self.error_today, overrides)
        return self.graph.evaluate(names, given, is_lean=is_lean)

    def values(
        self, name: str, examples: Any, overrides: Mapping[str, Any] | None = None
    ) -> FloatArray:
        """Return one quantity of plans, of shape (plans, 1 + draws): first the point."""
        found = self.evaluate([name], examples, overrides)[name]
        plans, draws = np.size(examples), self.size
        return np.broadcast_to(np.atleast_3d(found), (plans, 1, draws))[:, 0]

    def draws(
        self, name: str, examples: Any, overrides: Mapping[str, Any] | None = None
    ) -> FloatArray:
        """Return the same without the point, of shape (plans, draws); the point by itself."""
        values = self.values(name, examples, overrides)
        return values[:, 1:] if values.shape[1] > 1 else values

    def mean(self, name: str, plan: float) -> float:
        """Return the mean of a quantity over the draws of one plan."""
        return float(self.draws(name, plan).mean())

    def value_of(self, error: Any, overrides: Mapping[str, Any] | None = None) -> FloatArray:
        """Return the worth of a prediction with some error, along the draws."""
        given = {**self.overrides, **(overrides or {}), "plan_error": error}
        return self.graph.evaluate(["value_usd_per_prediction"], given)["value_usd_per_prediction"]

    @property
    def size(self) -> int:
        """How many values stand for each uncertain number: the point and the draws."""
        return max(int(np.atleast_3d(each.value).shape[-1]) for each in self.graph.inputs.values())


def worth_graph(
    case: WorthCase, estimate: Estimate, draws: int = DRAWS, model: str | None = None
) -> WorthGraph:
    """Return the calculation for one model of an estimate.

    Parameters
    ----------
    case : WorthCase
        What is asked.
    estimate : Estimate
        Of its task and assumptions.
    draws : int
        Of what is uncertain; with 0 everything has its median.
    model : str, optional
        The one that was found cheapest by default.

    Raises
    ------
    InputError
        If serving has no price because training is priced as published, a prediction has two, or
        the draws are no whole number from 0 on.
    """
    if not isinstance(draws, int | np.integer) or draws < 0:
        raise InputError.of("draws", draws, "must be a whole number of at least 0")
    inputs = _of_estimate(estimate, model or estimate.best.model) + _of_case(case)
    modules = _modules(case, {each.name for each in inputs})
    known = {each.name for each in inputs}
    inputs += [each for each in _DEFAULTS if each.name not in known]
    graph = Graph(
        [*(each.function for each in estimate.evaluation.graph.quantities.values()), *modules],
        with_draws(inputs, draws, case.assumptions.seed, exact=False) if draws else inputs,
    )
    overrides = _reviewed(graph, case.assumptions.overrides)
    overrides["benefit_lines_usd_per_year"] = _lines_usd_per_year(case, graph)
    today = None
    if case.benefit.baseline_accuracy is not None:
        today = 1.0 - graph.inputs["baseline_accuracy"].value
    return WorthGraph(graph, overrides, today, case.assumptions.overrides)


def _reviewed(graph: Graph, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is given, with the price of an example that is labelled as often as is said."""
    price = graph.evaluate(["usd_per_example_reviewed"], given)["usd_per_example_reviewed"]
    return {**given, "usd_per_example": price}


def _lines_usd_per_year(case: WorthCase, graph: Graph) -> FloatArray:
    """Return the other returns as an even one of every year: their present value by the annuity."""
    names = ["discount_rate", "horizon_years", "horizon_annuity_factor"]
    evaluation = graph.evaluate(names, case.assumptions.overrides)
    rate, horizon, annuity = (evaluation[name] for name in names)
    present = np.zeros(np.broadcast_shapes(rate.shape, horizon.shape))
    for line in case.benefit.lines:
        when = (line.year, line.every_year)
        present = present + present_of_line(line.usd, when, rate, horizon, annuity)
    return np.asarray(present * annuity + inventory_usd_per_year(case))


def present_of_line(usd: Any, when: tuple[int, bool], rate: Any, horizon: Any, annuity: Any) -> Any:
    """Return what another return is worth today, elementwise, in USD.

    Parameters
    ----------
    usd : array-like
        Of one year, in USD.
    when : tuple of int and bool
        The year, counted from 0, and whether it comes every year from then on.
    rate, horizon, annuity : array-like
        Discount rate, years that count, and the annuity factor of both.
    """
    year, every_year = when
    if not every_year:
        return np.where(year <= horizon, usd * (1.0 + rate) ** -float(year), 0.0)
    # An even return from some year on: that of all years, less that of those before.
    before = np.minimum(max(year - 1.0, 0.0), horizon)
    years = 1.0 / annuity - _present_of_one(rate, before)
    return usd * (years + (1.0 if year == 0 else 0.0))


def _present_of_one(rate: Any, years: Any) -> Any:
    """Return what a dollar at the end of each of some years is worth today."""
    some = np.where(years > 0.0, years, 1.0)
    return np.where(years > 0.0, 1.0 / annuity_factor(rate, some), 0.0)


def inventory_usd_per_year(case: WorthCase) -> float:
    """Return what better orders of the case's products are worth in a year."""
    if case.inventory is None or not case.inventory.products:
        return 0.0
    rows = rank_products(case.inventory.products, case.inventory.family)
    return case.inventory.periods_per_year * fsum(each.better_forecast_usd for each in rows)


def _of_estimate(estimate: Estimate, model: str) -> list[Input]:
    """Return the inputs of an estimate for one of its models, without their draws."""
    place = [each.name for each in estimate.candidates].index(model)
    return [
        replace(
            each,
            value=as_float64(each.name, _point(each, place)),
            source=each.source_of(place),
            sources=(),
        )
        for each in estimate.evaluation.graph.inputs.values()
    ]


def _point(given: Input, model: int) -> float:
    value = np.atleast_3d(given.value)
    return float(value[0, model if value.shape[1] > 1 else 0, 0])


#: Tables of a case with the parameters that the calculation takes from them.
_FROM = {
    "benefit": (
        "predictions_per_year", "benefit_per_prediction_usd", "cost_per_error_usd",
        "cost_false_positive_usd", "cost_false_negative_usd", "prevalence", "baseline_accuracy",
        "decision_units", "products", "shared_share",
    ),
    "serving": (
        "seconds_per_prediction", "serving_usd_per_hour", "serving_utilisation",
        "always_on_instances", "peak_requests_per_second", "serving_usd_per_prediction",
        "infrastructure_usd_per_year",
    ),
    "storage": ("storage_gb", "usd_per_gb_month"),
    "people": ("labelling_passes", "review_share", "testing_usd"),
    "retraining": ("retrainings_per_year", "retraining_data_share", "drift_error_per_year"),
    "finance": ("discount_rate", "horizon_years"),
}  # fmt: skip
_DEFAULTS = (
    *labelling.INPUTS,
    *serving.INPUTS,
    *storage.INPUTS,
    *total_cost.INPUTS,
    Input.of("decision_units", 1.0, "unit", "Units that decisions are made for", _NOTHING),
    Input.of("baseline_usd_per_prediction", 0.0, "USD", "Worth of a prediction today", _NOTHING),
    Input.of("benefit_lines_usd_per_year", 0.0, "USD/year", "Other returns of a year", _NOTHING),
)


def _of_case(case: WorthCase) -> list[Input]:
    """Return what the case gives, as inputs; of the two ways to price errors only the one."""
    left_out = {"cost_per_error_usd"} if case.benefit.is_two_sided else set()
    found = [
        getattr(case, table).as_input(name)
        for table, names in _FROM.items()
        for name in names
        if getattr(getattr(case, table), name) is not None and name not in left_out
    ]
    return [*found, *people_costs(case.people.roles).inputs]


def _modules(case: WorthCase, given: set[str]) -> list[Any]:
    """Return the quantities beside those of the estimate."""
    found: list[Any] = [labelling, retraining, storage, total_cost, shared, benefit]
    errors = [two_sided_errors, operating_point] if case.benefit.is_two_sided else [even_errors]
    if "serving_usd_per_prediction" in given:
        others = sorted(given & {*_FROM["serving"][:5]})
        if others:
            why = f"must be left out with {', '.join(others)}"
            raise InputError([Finding("serving_usd_per_prediction", "", why)])
        return [*found, *errors, priced_prediction]
    missing = [name for name in _AS_TRAINED if name not in given]
    if missing and case.assumptions.mode is Mode.AS_PUBLISHED:
        why = "is missing; as published says nothing of serving"
        raise InputError([Finding(name, "", why) for name in missing])
    by_training = [getattr(serving_as_trained, name) for name in missing]
    return [*found, *errors, serving, *by_training]


_AS_TRAINED = ("seconds_per_prediction", "serving_usd_per_hour")
