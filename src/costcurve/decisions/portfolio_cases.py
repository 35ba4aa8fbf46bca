"""The calculations of a portfolio: one for all rows that are alike in what shapes it.

Rows share a calculation that have in common the kind of task, and with it law and candidate models;
whether complexity is told by classes; whether something is done today; and which numbers are
ranges. It is that of `estimate` and `worth` for a sample row, whose numbers those of the rows
replace.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np

from costcurve.core.draws import Range
from costcurve.core.errors import Finding, InputError, nearest, shown
from costcurve.core.quantities import FloatArray, Graph, Input
from costcurve.core.vocabulary import Flag, TaskKind
from costcurve.costs.run import energy_kwh, kg_co2e, power_w
from costcurve.costs.throughput_card import throughput_card
from costcurve.decisions.axes import columns_of_draws, with_points
from costcurve.decisions.estimate import estimate, law_for
from costcurve.decisions.lookups import packaged_tables
from costcurve.decisions.portfolio_columns import NUMBERS
from costcurve.decisions.run_specs import AVERAGE_DATA_CENTRE, WORLD
from costcurve.decisions.worth_case import WorthCase, case_of
from costcurve.decisions.worth_graph import WorthGraph, worth_graph
from costcurve.facts.hardware import ACCELERATORS

#: Tables that may hold for every row; what rows say themselves is left out of them.
SETTINGS = (
    "task", "assumptions", "benefit", "serving", "storage", "people", "retraining", "finance",
)  # fmt: skip
#: Of some tables only these fields: the others are those of rows, or of one case alone.
_ALLOWED = {
    "task": {"group"},
    "benefit": {"products", "shared_share", "decision_units"},
    "finance": {"discount_rate", "horizon_years", "max_probability_of_loss"},
}
#: Flags that belong to a model and its equipment, whatever the row.
_OF_EQUIPMENT = frozenset(
    {Flag.DOES_NOT_FIT, Flag.OLD_PRICE, Flag.ACTIVATIONS_ESTIMATED, Flag.FAMILY_NOT_MEASURED}
)
#: Every flag, in the order of its bit.
FLAGS = tuple(Flag)
#: Ranges of a sample row, by the parameter table: those of rows take their place.
_SAMPLE = {
    "classes": Range(10, 20),
    "target_accuracy": Range(0.8, 0.9),
    "examples_held": Range(1, 2),
    "limit": Range(1e6, 2e6),
    "usd_per_example": Range(0.5, 1),
    "epochs": Range(40, 60),
    "predictions_per_year": Range(1e5, 2e5),
    "benefit_per_prediction_usd": Range(0.5, 1),
    "cost_per_error_usd": Range(0.5, 1),
    "baseline_accuracy": Range(0.5, 0.6),
}
#: That the parameter table allows.
_FEWEST_DRAWS = 100
#: Class counts of a sample row whose complexity is given, by whether the classes are even.
_COUNTS = {"even": (1, 1), "uneven": (99, 1)}


class Alike(NamedTuple):
    """What rows have in common that are one calculation.

    Attributes
    ----------
    kind : TaskKind
        Of the task.
    classes : str
        `given`; or `even` or `uneven` where the complexity is, since that of very unequal classes
        is another law's.
    has_baseline : bool
        Whether something is done today.
    ranged : tuple of str
        Which numbers are ranges, by the parameter table.
    """

    kind: TaskKind
    classes: str
    has_baseline: bool
    ranged: tuple[str, ...] = ()


def check_settings(settings: Mapping[str, Any]) -> None:
    """Raise InputError for tables that are wrong, or say what rows say themselves."""
    findings = []
    for table, values in settings.items():
        if table not in SETTINGS:
            findings.append(Finding(table, "", f"must be left out here{nearest(table, SETTINGS)}"))
        elif not isinstance(values, Mapping):
            findings.append(Finding(table, shown(values), "must be a table of names and values"))
        else:
            known = _ALLOWED.get(table)
            allowed = f"must be left out here; of this table: {', '.join(sorted(known or ()))}"
            others = [name for name in values if known is not None and name not in known]
            findings += [Finding(f"{table}.{name}", "", allowed) for name in others]
            if table == "assumptions" and "epochs" in values:
                findings.append(Finding("assumptions.epochs", "", "must be left out: rows have it"))
    InputError.check(findings)
    refused = []
    for kind in TaskKind:
        try:
            calculation_of(Alike(kind, "given", has_baseline=True), settings, 1).worth_of(0)
        except InputError as error:
            refused.append(error)
    # Models of one kind alone are as good as any; rows of the other kind then say so.
    if len(refused) == len(TaskKind):
        raise refused[0]


def calculation_of(alike: Alike, settings: Mapping[str, Any], draws: int) -> Calculation:
    """Return the calculation of rows that are alike, made once.

    Parameters
    ----------
    alike : Alike
        What they have in common.
    settings : mapping
        Tables of a case of `worth` that hold for every row.
    draws : int
        Of what is uncertain.
    """
    return _calculation(alike, json.dumps(settings, sort_keys=True), draws)


@lru_cache(maxsize=128)
def _calculation(alike: Alike, settings: str, draws: int) -> Calculation:
    return Calculation(alike, sample_case(alike, json.loads(settings)), draws)


def common_inputs(settings: Mapping[str, Any], model: str) -> tuple[Input, ...]:
    """Return what rows of one model have in common, everything at its median.

    Parameters
    ----------
    settings : mapping
        Tables of a case of `worth` that hold for every row.
    model : str
        One of the candidates of either kind of task.
    """
    of_rows = {column.name for column in NUMBERS.values()} | {"segmentation", "pretrained"}
    for kind in TaskKind:
        calculation = calculation_of(Alike(kind, "given", has_baseline=True), settings, 1)
        if model in calculation.models:
            graph = calculation.worth_of(calculation.models.index(model)).graph
            theirs = [each for each in graph.inputs.values() if each.name not in of_rows]
            return tuple(with_points(theirs))
    return ()


def sample_case(alike: Alike, settings: Mapping[str, Any]) -> WorthCase:
    """Return the case of a sample row."""
    tables: dict[str, dict[str, Any]] = {name: dict(settings.get(name, {})) for name in SETTINGS}
    for column in NUMBERS.values():
        name = column.name
        if name == "classes" or (name == "baseline_accuracy" and not alike.has_baseline):
            continue
        # Without a limit the calculation has one beyond all numbers, which rows replace.
        if name in alike.ranged:
            tables[column.table][name] = _SAMPLE[name]
        elif name != "limit":
            tables[column.table][name] = _SAMPLE[name].low
    classes = _SAMPLE["classes"]
    told: dict[str, Any] = {"class_counts": _COUNTS.get(alike.classes)}
    if alike.classes == "given":
        told = {"classes": classes if "classes" in alike.ranged else int(classes.low)}
    tables["task"] |= {"kind": str(alike.kind), **told}
    # The draws of an estimate are not looked at here, those of worth are another number.
    tables["assumptions"]["draws"] = _FEWEST_DRAWS
    return case_of(tables)


class Calculation:
    """The calculation of rows that are alike.

    Parameters
    ----------
    alike : Alike
        What they have in common.
    case : WorthCase
        A sample row.
    draws : int
        Of what is uncertain.
    """

    def __init__(self, alike: Alike, case: WorthCase, draws: int) -> None:
        self.alike, self.case, self.draws = alike, case, draws
        self.law = law_for(case.task, case.assumptions)
        self._found = estimate(case.task, case.assumptions, law=self.law)
        self.total = case.assumptions.pricing.total
        self.models = tuple(model.name for model in self._found.candidates)
        self._worth: dict[int, WorthGraph] = {}
        self._shares: dict[int, dict[str, FloatArray]] = {}

    @cached_property
    def point(self) -> Graph:
        """The calculation of an estimate with all candidates, everything at its median."""
        graph = self._found.evaluation.graph
        quantities = [each.function for each in graph.quantities.values()]
        return Graph(quantities, with_points(graph.inputs.values()))

    @cached_property
    def flags(self) -> np.ndarray:
        """The flags of each model and its equipment, as bits."""
        found = {option.model: option.flags for option in self._found.options}
        bits = [sum(1 << FLAGS.index(flag) for flag in _OF_EQUIPMENT & set(found[name]))
                for name in self.models]  # fmt: skip
        return np.array(bits, dtype=np.int64)

    @cached_property
    def kg_per_hour(self) -> FloatArray:
        """Greenhouse gases of an hour of training each model, in kgCO2e; NaN if not known."""
        machines = {option.model: option.accelerator for option in self._found.options}
        return np.array([_kg_per_hour(machines[name]) for name in self.models])

    def worth_of(self, model: int) -> WorthGraph:
        """Return the calculation of worth for one of the candidates."""
        if model not in self._worth:
            name = self.models[model]
            self._worth[model] = worth_graph(self.case, self._found, self.draws, name)
        return self._worth[model]

    def shares_of(self, model: int) -> dict[str, FloatArray]:
        """Return the draws of everything that is uncertain, as shares in (0, 1), by name."""
        if model not in self._shares:
            inputs = list(self.worth_of(model).graph.inputs.values())
            seed = self.case.assumptions.seed
            self._shares[model] = columns_of_draws(inputs, self.draws, seed)
        return self._shares[model]


@cache
def _kg_per_hour(accelerator: str | None) -> float:
    """Return what the electricity of one accelerator emits in an hour, as a run of its own has it.

    The machine is metered as in the card of the throughput law; grid and data centre are the
    world's average.
    """
    tables = packaged_tables()
    grid, average = tables.grid(WORLD), tables.grid(AVERAGE_DATA_CENTRE)
    watts_at_most = {row.name: row.tdp_w for row in ACCELERATORS.rows()}.get(accelerator or "")
    if not watts_at_most or grid is None or grid.gco2e_per_kwh is None:
        return float("nan")
    power = throughput_card().content["power"]
    watts = power_w(watts_at_most, power["per_tdp"], 1.0, power["nodes_power"], 0.0, 0.0)
    return float(
        kg_co2e(energy_kwh(1.0, watts), (average and average.pue) or 1.0, grid.gco2e_per_kwh)
    )
