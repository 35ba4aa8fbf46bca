"""A case: what is to be learned and assumed, and all that says whether it pays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from inspect import Parameter, signature
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from costcurve.core.errors import Finding, InputError, nearest, printable, rewritten, shown
from costcurve.core.parameters import InputModel, Number, PlainNumber
from costcurve.core.parameters import field as parameter
from costcurve.core.quantities import FloatArray
from costcurve.costs.people import Role
from costcurve.decisions.assumptions import Assumptions
from costcurve.decisions.products import Family, Product
from costcurve.task import Task

#: What the ways are called that every case has: the network, and what goes on without it.
NETWORK, NOTHING, TODAY = OWN_NAMES = ("deep learning", "do nothing", "as today")
_LONGEST_NAME = 200
_MOST_LINES = 1000
#: Larger numbers are slips of the keyboard, and their products leave float64.
_MOST_USD = 1e15
#: Fewest predictions of a year that are any, one in a million years: what one costs has a number
#: then. A choice of ours.
FEWEST_PREDICTIONS = 1e-6


class BenefitLine(BaseModel):
    """A return beside predictions: once in a year counted from 0 (today), or every year."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str = Field(max_length=_LONGEST_NAME)
    usd: float = Field(ge=-_MOST_USD, le=_MOST_USD)
    year: int = Field(default=1, ge=0, le=100)
    every_year: bool = False

    def years(self, last: int) -> range:
        """Return the years in which it comes, none after the last."""
        return range(self.year, min(last, last if self.every_year else self.year) + 1)


class Benefit(InputModel):
    """What predictions are worth, and what their errors cost.

    A range may stand for every number but `decision_units`, `products` and `lines`. Fields, units
    and defaults are those of the parameter table; `lines` are dated returns.

    Raises
    ------
    InputError
        With one finding for each wrong field.
    """

    predictions_per_year: Number | None = parameter("predictions_per_year")
    benefit_per_prediction_usd: Number = parameter("benefit_per_prediction_usd")
    cost_per_error_usd: Number = parameter("cost_per_error_usd")
    cost_false_positive_usd: Number | None = parameter("cost_false_positive_usd")
    cost_false_negative_usd: Number | None = parameter("cost_false_negative_usd")
    prevalence: Number | None = parameter("prevalence")
    baseline_accuracy: Number | None = parameter("baseline_accuracy")
    decision_units: PlainNumber | None = parameter("decision_units")
    products: PlainNumber = parameter("products")
    shared_share: PlainNumber = parameter("shared_share")
    lines: tuple[BenefitLine, ...] = Field(default=(), max_length=_MOST_LINES)

    @field_validator("lines", mode="before")
    @classmethod
    def _as_lines(cls, value: Any) -> Any:
        return _rows(BenefitLine, value)

    @property
    def borne_share(self) -> float:
        """The share of the cost that one of the products bears."""
        return 1.0 - self.shared_share * (1.0 - 1.0 / self.products)

    @property
    def is_two_sided(self) -> bool:
        """Whether the two ways to be wrong cost differently."""
        return self.cost_false_positive_usd is not None


class Serving(InputModel):
    """What a prediction takes; fields as of the parameter table, ranges allowed."""

    seconds_per_prediction: Number | None = parameter("seconds_per_prediction")
    serving_usd_per_hour: Number | None = parameter("serving_usd_per_hour")
    serving_utilisation: Number | None = parameter("serving_utilisation")
    always_on_instances: Number | None = parameter("always_on_instances")
    peak_requests_per_second: Number | None = parameter("peak_requests_per_second")
    serving_usd_per_prediction: Number | None = parameter("serving_usd_per_prediction")
    infrastructure_usd_per_year: Number | None = parameter("infrastructure_usd_per_year")


class Storage(InputModel):
    """What is kept; fields as of the parameter table, ranges allowed."""

    storage_gb: Number = parameter("storage_gb")
    usd_per_gb_month: Number | None = parameter("usd_per_gb_month")


class People(InputModel):
    """Who works on it: `roles` with name, usd_per_hour, setup_hours and hours_per_year."""

    labelling_passes: Number | None = parameter("labelling_passes")
    review_share: Number | None = parameter("review_share")
    testing_usd: Number | None = parameter("testing_usd")
    roles: tuple[Role, ...] = Field(default=(), max_length=_MOST_LINES)

    @field_validator("roles", mode="before")
    @classmethod
    def _as_roles(cls, value: Any) -> Any:
        return _rows(Role, value)


class Retraining(InputModel):
    """How the world drifts, and how often the model is trained anew."""

    retrainings_per_year: Number = parameter("retrainings_per_year")
    retraining_data_share: Number = parameter("retraining_data_share")
    drift_error_per_year: Number = parameter("drift_error_per_year")


class Finance(InputModel):
    """Rates, years and limits; a range may stand for the rate and the years."""

    discount_rate: Number | None = parameter("discount_rate")
    horizon_years: Number | None = parameter("horizon_years")
    budget_usd: PlainNumber | None = parameter("budget_usd")
    max_probability_of_loss: PlainNumber | None = parameter("max_probability_of_loss")
    pilot_fixed_usd: PlainNumber = parameter("pilot_fixed_usd")


class Alternative(BaseModel):
    """Another way to do it: its accuracy, or its learning curve, and what it costs.

    Attributes
    ----------
    accuracy : float, optional
        As a fraction; or
    error_offset, error_scale, error_exponent : float, optional
        error(n) = offset + scale n^-exponent on the examples of the plan.
    annual_cost_usd, initial_cost_usd, usd_per_prediction : float
        Every year, once, and for each prediction.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    accuracy: float | None = Field(default=None, ge=0.0, le=1.0)
    error_offset: float = Field(default=0.0, ge=0.0, lt=1.0)
    error_scale: float | None = Field(default=None, gt=0.0, le=1e9)
    error_exponent: float | None = Field(default=None, gt=0.0, le=10.0)
    annual_cost_usd: float = Field(default=0.0, ge=0.0, le=_MOST_USD)
    initial_cost_usd: float = Field(default=0.0, ge=0.0, le=_MOST_USD)
    usd_per_prediction: float = Field(default=0.0, ge=0.0, le=1e6)

    def error(self, examples: FloatArray) -> FloatArray:
        """Return the error after training on some examples; at most 1."""
        if self.accuracy is not None:
            return np.full(examples.shape, 1.0 - self.accuracy)
        scale, exponent = self.error_scale or 0.0, self.error_exponent or 0.0
        return np.minimum(self.error_offset + scale * examples**-exponent, 1.0)


class Inventory(InputModel):
    """Products that are ordered by a forecast, and how often."""

    family: Family = "normal"
    periods_per_year: float = Field(default=52.0, gt=0.0, le=8766.0, strict=True)
    products: tuple[Product, ...] = Field(default=(), max_length=100_000)

    @field_validator("products", mode="before")
    @classmethod
    def _as_products(cls, value: Any) -> Any:
        return _rows(Product, value)


@dataclass(frozen=True)
class WorthCase:
    """All that a question of worth is made of.

    Attributes
    ----------
    task, assumptions : Task and Assumptions
        As of an estimate.
    benefit, serving, storage, people, retraining, finance
        The other tables.
    alternatives : mapping of str to Alternative
        Other ways to do it, by name.
    inventory : Inventory, optional
        Products whose orders a better forecast improves.
    """

    task: Task
    assumptions: Assumptions
    benefit: Benefit = field(default_factory=Benefit)
    serving: Serving = field(default_factory=Serving)
    storage: Storage = field(default_factory=Storage)
    people: People = field(default_factory=People)
    retraining: Retraining = field(default_factory=Retraining)
    finance: Finance = field(default_factory=Finance)
    alternatives: Mapping[str, Alternative] = field(default_factory=dict)
    inventory: Inventory | None = None


#: The tables beside those of an estimate that are one model each.
TABLES: dict[str, type[InputModel]] = {
    "task": Task,
    "assumptions": Assumptions,
    "benefit": Benefit,
    "serving": Serving,
    "storage": Storage,
    "people": People,
    "retraining": Retraining,
    "finance": Finance,
    "inventory": Inventory,
}


def case_of(described: Mapping[str, Any]) -> WorthCase:
    """Return the case that tables describe.

    Parameters
    ----------
    described : mapping
        Tables by name: those of `TABLES`, and `alternative` with a table for each by name.

    Raises
    ------
    InputError
        With every finding of every table.
    """
    findings = _about_tables(described)
    InputError.check(findings)
    built: dict[str, Any] = {}
    for name, model in TABLES.items():
        if name == "inventory" and not described.get(name):
            continue
        try:
            built[name] = model(**described.get(name, {}))
        except InputError as error:
            findings += error.findings
    alternatives = {}
    for name, values in dict(described.get("alternative", {})).items():
        try:
            alternatives[name] = _alternative(str(name), values)
        except InputError as error:
            findings += error.findings
    if "benefit" in built:
        findings += _about_errors(built["benefit"])
    if "assumptions" in built and "examples_used" in built["assumptions"].overrides:
        why = "must be left out: how many to have is what is asked; set limit instead"
        findings.append(Finding("overrides.examples_used", "", why))
    InputError.check(list(dict.fromkeys(findings)))
    return WorthCase(**built, alternatives=alternatives)


def _about_tables(described: Mapping[str, Any]) -> list[Finding]:
    if not _is_table(described):
        return [Finding("case", shown(described), "must be tables by their names")]
    known = (*TABLES, "alternative")
    unknown = [
        Finding(name, "", f"unknown table{nearest(name, known)}")
        for name in described
        if name not in known
    ]
    return unknown + [
        Finding(name, shown(values), "must be a table of names and values")
        for name, values in described.items()
        if name in known and not _is_table(values)
    ]


def _is_table(values: Any) -> bool:
    return isinstance(values, Mapping) and all(isinstance(name, str) for name in values)


def _alternative(name: str, values: Any) -> Alternative:
    where = f"alternative.{printable(name)}"
    if name in OWN_NAMES or not name.strip() or len(name) > _LONGEST_NAME:
        own = ", ".join(OWN_NAMES)
        why = f"must be a name of at most {_LONGEST_NAME} characters, and not {own}"
        raise InputError.of("alternative", name, why)
    found: Alternative = _built(where, Alternative, values)
    curve = (found.error_scale, found.error_exponent)
    is_curve = found.error_offset > 0.0 or any(curve)
    if (None in curve) if found.accuracy is None else is_curve:
        allowed = "give accuracy, or error_scale and error_exponent, and not both"
        raise InputError([Finding(where, "", allowed)])
    return found


def _about_errors(benefit: Benefit) -> list[Finding]:
    """Return what is missing beside what is given of the two ways to be wrong."""
    names = ("cost_false_positive_usd", "cost_false_negative_usd", "prevalence")
    given = [name for name in names if getattr(benefit, name) is not None]
    found = [
        Finding(name, "", f"is missing; {given[0]} needs it")
        for name in names
        if given and name not in given
    ]
    if given and "cost_per_error_usd" in benefit.model_fields_set:
        found.append(Finding("cost_per_error_usd", "", f"must be left out with {given[0]}"))
    predictions = benefit.predictions_per_year
    if predictions is None:
        found.append(Finding("predictions_per_year", "", "is missing in the table benefit"))
    elif 0.0 < (fewest := getattr(predictions, "low", predictions)) < FEWEST_PREDICTIONS:
        allowed = f"must be 0, or at least {FEWEST_PREDICTIONS:g} a year"
        found.append(Finding("predictions_per_year", shown(fewest), allowed))
    return found


def _rows(model: Any, value: Any) -> tuple[Any, ...]:
    """Return a list of tables as what they describe.

    Raises
    ------
    ValueError
        Of which pydantic makes a finding.
    """
    if not isinstance(value, list | tuple):
        raise ValueError("must be a list of tables")
    try:
        found = tuple(_built(f"row {row}", model, each) for row, each in enumerate(value, start=1))
        InputError.check(
            [
                Finding(f"row {row}.{name}", shown(number), f"must be at most {_MOST_USD:g}")
                for row, each in enumerate(found, start=1)
                for name in _arguments(model)
                if isinstance(number := getattr(each, name), int | float) and number > _MOST_USD
            ]
        )
    except InputError as error:
        raise ValueError("; ".join(map(str, error.findings))) from None
    return found


def _built(where: str, model: Any, values: Any) -> Any:
    """Return a table of a list, its findings under the name of the list."""
    if isinstance(values, model):
        return values
    if not _is_table(values):
        raise InputError.of(where, values, "must be a table of names and values")
    InputError.check(_about_names(where, model, values))
    try:
        return model(**values)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise InputError([_finding(where, each) for each in details]) from None


@cache
def _arguments(model: Any) -> Mapping[str, Parameter]:
    return signature(model).parameters


def _about_names(where: str, model: Any, values: Mapping[str, Any]) -> list[Finding]:
    """Return what is wrong with the names of a table, and truth values that stand for numbers."""
    arguments = _arguments(model)
    found = [
        Finding(f"{where}.{name}", "", f"unknown field{nearest(name, arguments)}")
        for name in values
        if name not in arguments
    ]
    found += [
        Finding(f"{where}.{name}", "", "is missing")
        for name, each in arguments.items()
        if each.default is Parameter.empty and name not in values
    ]
    found += [
        Finding(f"{where}.{name}", shown(value), "must be a number")
        for name, value in values.items()
        if isinstance(value, bool) and name in arguments and name not in _NO_NUMBERS
    ]
    return found


_NO_NUMBERS = frozenset({"name", "every_year"})


def _finding(where: str, details: Any) -> Finding:
    must = str(details["msg"]).replace("Input should be", "must be").partition(", unable")[0]
    must += rewritten(details["input"])
    return Finding(f"{where}.{details['loc'][0]}", shown(details["input"]), must)
