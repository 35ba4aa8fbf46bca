"""What is found for the rows of a portfolio: the cheapest model, its year, and the decision.

First every candidate at the point, as an estimate has it; then the cheapest with draws, as worth
has it. The rows lie along the first axis of the same graphs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from costcurve.core.draws import interval_quantiles
from costcurve.core.errors import InputError, NotFiniteError
from costcurve.core.parameters import table as parameters
from costcurve.core.quantities import FloatArray
from costcurve.core.vocabulary import TaskKind
from costcurve.decisions.axes import SHARES
from costcurve.decisions.plans import plan_of
from costcurve.decisions.portfolio_cases import FLAGS, Alike, Calculation, calculation_of
from costcurve.decisions.portfolio_columns import Rows
from costcurve.decisions.ranking import (
    FLAGGED,
    NO_LIMIT,
    RANKED,
    best_of_rows,
    flags_of_point,
    rank_keys,
)
from costcurve.decisions.worth_decision import GO, NO_GO, is_too_risky
from costcurve.laws.law import EVEN
from costcurve.laws.setting import Setting
from costcurve.task.complexity import class_entropy_nats

#: Rows that are one evaluation at the point, and values of a quantity that are one with draws:
#: enough that what Python does between arrays counts little, few enough for a processor's cache.
_ROWS, _VALUES = 8192, 2**16
#: Columns of numbers that are answered; the last four are for the summary and the budget.
ANSWERED = (
    "achievable_accuracy", "examples_needed", "new_examples", "data_cost_usd", "training_cost_usd",
    "annual_cost_usd", "annual_benefit_usd", "net_usd", "net_usd_p05", "net_usd_p95",
    "initial_cost_usd", "initial_training_usd", "training_kg_co2e", "net_without_training_usd",
)  # fmt: skip
#: Numbers of a row for its estimate, with what they are where none is given.
_DEFAULTS = {
    "target_accuracy": np.nan,
    "examples_held": 0.0,
    "limit": NO_LIMIT,
    **{name: float(parameters()[name].default or 0) for name in ("usd_per_example", "epochs")},
}
#: Decisions by their codes.
DECISIONS = ("", GO, NO_GO)
#: What is answered of a plan at the point.
_PLANNED = ("new_examples", "data_cost_usd", "training_cost_usd", "initial_cost_usd")


@dataclass
class Answers:
    """What is found for rows, in their order; NaN and 0 where a row cannot be used.

    Attributes
    ----------
    numbers : dict of str to ndarray of shape (rows,)
        By the names in `ANSWERED`. Costs are as in the columns of the file; `initial_cost_usd` and
        `initial_training_usd` are what is paid before the first prediction, in all and to train,
        the share that is borne, everything at its median; `training_kg_co2e` is NaN where it is
        not known, and `net_without_training_usd` (USD/year) where there is no group.
    model, decision : ndarray of int of shape (rows,)
        Places in `models` and in `DECISIONS`.
    flags : ndarray of int of shape (rows,)
        A bit for each of `FLAGS`.
    is_too_risky : ndarray of bool of shape (rows,)
        Whether the chance of a loss is above what is allowed.
    models : list of str
        Names.
    """

    numbers: dict[str, FloatArray]
    model: np.ndarray
    decision: np.ndarray
    flags: np.ndarray
    is_too_risky: np.ndarray
    models: list[str] = field(default_factory=list)

    @classmethod
    def empty(cls, rows: int) -> Answers:
        """Return those of rows that nothing is known of yet."""
        model, decision, flags = np.zeros((3, rows), dtype=np.int64)
        numbers = {name: np.full(rows, np.nan) for name in ANSWERED}
        return cls(numbers, model, decision, flags, np.zeros(rows, dtype=bool))


def answer_rows(
    rows: Rows,
    settings: Mapping[str, Any],
    draws: int,
    moved: Mapping[str, float] | None = None,
) -> Answers:
    """Return what is found for rows; one that leaves the real numbers becomes a bad one.

    Parameters
    ----------
    rows : Rows
        Good and bad; reasons are added to them.
    settings : mapping
        Tables of a case of `worth` that hold for every row.
    draws : int
        Of what is uncertain; with 1 everything has nearly its median.
    moved : mapping of str to float, optional
        Numbers to multiply, of rows or else of the calculation.
    """
    found = Answers.empty(len(rows))
    of_rows = {name: by for name, by in (moved or {}).items() if name in rows.points}
    others = {name: by for name, by in (moved or {}).items() if name not in rows.points}
    for name, by in of_rows.items():
        rows = rows.moved(name, by, _DEFAULTS.get(name, 0.0))
    for alike, places in _alike(rows):
        try:
            calculation = calculation_of(alike, settings, draws)
        except InputError as error:  # no model asked for is one for them
            for row in places.tolist():
                rows.reasons.setdefault(row, []).append(str(error.findings[0]))
            continue
        first = len(found.models)
        found.models += calculation.models
        for start in range(0, len(places), _ROWS):
            some = places[start : start + _ROWS]
            for part, answered in _answered(calculation, rows, some, others):
                answered.put(found, part, first)
    return found


def _answered(
    calculation: Calculation, rows: Rows, places: np.ndarray, moved: Mapping[str, float]
) -> Iterator[tuple[np.ndarray, _Answering]]:
    """Return answered rows; where numbers overflow, by halves, until the row is found."""
    answering = _Answering(calculation, rows.some(places), moved)
    try:
        answering.answer()
    except NotFiniteError as error:
        if len(places) == 1:
            why = f"leaves the range of numbers: {str(error).partition(':')[0]}"
            rows.reasons.setdefault(int(places[0]), []).append(why)
            return
        for half in np.array_split(places, 2):
            yield from _answered(calculation, rows, half, moved)
        return
    yield places, answering


def _alike(rows: Rows) -> list[tuple[Alike, np.ndarray]]:
    """Return the places of the good rows by what shapes their calculation."""
    complexity = rows.points["relative_complexity"]
    # Two classes are as uneven as any with their entropy could be even.
    is_uneven = _entropy(complexity) < EVEN * np.log(2.0)
    keys = [
        rows.segmentation == 1.0,
        np.isnan(complexity),
        is_uneven,
        ~np.isnan(rows.points["baseline_accuracy"]),
        *(~np.isnan(low) for low, _ in rows.ranges.values()),
    ]
    code = sum(key.astype(np.int64) << bit for bit, key in enumerate(keys))
    good = rows.good
    order = good[np.argsort(np.asarray(code)[good], kind="stable")]
    first = np.unique(np.asarray(code)[order], return_index=True)[1]
    found = []
    for places in np.split(order, first[1:]) if len(order) else ():
        is_segmentation, is_given, uneven, has_baseline, *wide = (key[places[0]] for key in keys)
        alike = Alike(
            TaskKind.SEGMENTATION if is_segmentation else TaskKind.CLASSIFICATION,
            "given" if is_given else "uneven" if uneven else "even",
            bool(has_baseline),
            tuple(name for name, is_wide in zip(rows.ranges, wide, strict=True) if is_wide),
        )
        found.append((alike, places))
    return found


def _entropy(complexity: FloatArray) -> FloatArray:
    baseline = float(parameters()["baseline_classes"].default or 0)
    return np.asarray(complexity * np.log(baseline))


class _Answering:
    """Rows that are alike, on their way through the calculation.

    Parameters
    ----------
    calculation : Calculation
        Theirs.
    rows : Rows
        All of them good.
    moved : mapping of str to float
        Numbers of the calculation to multiply.
    """

    def __init__(self, calculation: Calculation, rows: Rows, moved: Mapping[str, float]) -> None:
        self.calculation, self.rows, self.moved = calculation, rows, moved
        self.asked = calculation.case.assumptions.overrides
        self.found = Answers.empty(len(rows))
        self.given = self._given()

    def put(self, into: Answers, places: np.ndarray, first: int) -> None:
        """Lay the answers where their rows are; models are counted from the first."""
        for name, values in self.found.numbers.items():
            into.numbers[name][places] = values
        into.model[places] = first + self.found.model
        into.decision[places] = self.found.decision
        into.flags[places] = self.found.flags
        into.is_too_risky[places] = self.found.is_too_risky

    def answer(self) -> None:
        """Find the cheapest model of each row, then its year.

        Raises
        ------
        NotFiniteError
            If a row leaves the real numbers.
        """
        plans = self._choose()
        at_once = max(1, _VALUES // (1 + self.calculation.draws))
        for model in np.unique(self.found.model).tolist():
            places = np.flatnonzero(self.found.model == model)
            for start in range(0, len(places), at_once):
                part = places[start : start + at_once]
                self._decide(model, part, plans[part])

    def _given(self) -> dict[str, FloatArray]:
        """Return the numbers of the rows that the calculation takes, at the point."""
        points, case = self.rows.points, self.calculation.case
        given = {
            name: np.where(np.isnan(points[name]), default, points[name])
            for name, default in _DEFAULTS.items()
        }
        has_classes = self.calculation.alike.classes == "given"
        name = "classes" if has_classes else "relative_complexity"
        entropy = class_entropy_nats(points[name]) if has_classes else _entropy(points[name])
        given["classes" if has_classes else "class_entropy_nats"] = (
            points[name] if has_classes else entropy
        )
        given["pretrained"] = self.rows.pretrained
        shares = [np.full(len(self.rows), float(each.value)) for each in case.task.group_inputs()]
        setting = Setting(
            entropy, entropy / _entropy(np.ones(1)), self.rows.pretrained,
            self.rows.segmentation, *shares,
        )  # fmt: skip
        return given | self.calculation.law.of_tasks(setting)

    def _choose(self) -> FloatArray:
        """Choose the cheapest model of each row, and return the examples of its plan."""
        calculation, found = self.calculation, self.found
        graph = calculation.point
        names = list(dict.fromkeys((*RANKED, *FLAGGED, calculation.total, "achievable_accuracy")))
        names += {"fits_memory"}.intersection(graph)
        overrides = {name: values[:, None, None] for name, values in self.given.items()}
        overrides |= {
            name: graph.inputs[name].value * by
            for name, by in self.moved.items()
            if name in graph.inputs
        }
        evaluation = graph.evaluate(names, {**overrides, **self.asked}, is_lean=True)
        values = {name: np.atleast_3d(array)[..., 0] for name, array in evaluation.items()}
        best = best_of_rows(
            rank_keys(values, calculation.total), (len(self.rows), len(calculation.models))
        )
        point = {name: _of_best(values[name], best) for name in names}
        found.model[:], found.flags[:] = best, calculation.flags[best]
        held = flags_of_point(point, calculation.law.card)
        for bit, flag in enumerate(FLAGS):
            if flag in held:
                found.flags |= np.asarray(held[flag], dtype=np.int64) << bit
        found.numbers["examples_needed"][:] = point["examples_needed"]
        found.numbers["achievable_accuracy"][:] = np.where(
            point["limit"] < NO_LIMIT, point["achievable_accuracy"], np.nan
        )
        plans = plan_of(point["examples_needed"], self.given["examples_held"], point["limit"])
        return np.asarray(plans)

    def _decide(self, model: int, places: np.ndarray, plans: FloatArray) -> None:
        """Answer what the year of some rows is worth, all with the same model."""
        numbers, case = self.found.numbers, self.calculation.case
        graph = self.calculation.worth_of(model).of_rows(self._drawn(model, places))
        names = ["annual_net_usd", "annual_benefit_usd", "product_cost_usd", *_PLANNED]
        names += {"training_hours"}.intersection(graph.graph)
        year = graph.evaluate(names, plans, is_lean=True)
        for name in _PLANNED:
            numbers[name][places] = year[name][:, 0, 0]
        numbers["initial_cost_usd"][places] *= case.benefit.borne_share
        training = numbers["training_cost_usd"][places]
        numbers["initial_training_usd"][places] = case.benefit.borne_share * training
        net = _draws(year["annual_net_usd"])
        low, high = np.quantile(net, (SHARES[0], SHARES[-1]), axis=1)
        numbers["net_usd_p05"][places], numbers["net_usd_p95"][places] = low, high
        numbers["net_usd"][places] = mean = net.mean(axis=1)
        numbers["annual_cost_usd"][places] = _draws(year["product_cost_usd"]).mean(axis=1)
        numbers["annual_benefit_usd"][places] = _draws(year["annual_benefit_usd"]).mean(axis=1)
        most = case.finance.max_probability_of_loss
        too_risky = is_too_risky((net < 0.0).mean(axis=1), most)
        self.found.is_too_risky[places] = too_risky
        self.found.decision[places] = np.where((mean > 0.0) & ~too_risky, 1, 2)
        if "training_hours" in year:
            hours = year["training_hours"][:, 0, 0]
            numbers["training_kg_co2e"][places] = hours * self.calculation.kg_per_hour[model]
        has_group = self.rows.groups[places] != ""
        if has_group.any():
            self._without_training(model, places[has_group], plans[has_group])

    def _without_training(self, model: int, places: np.ndarray, plans: FloatArray) -> None:
        """Answer what the year of rows in a group nets if others pay the training."""
        graph = self.calculation.worth_of(model).of_rows(self._drawn(model, places))
        free = {"training_cost_usd": np.zeros((1, 1, 1))}
        net = graph.evaluate(["annual_net_usd"], plans, free, is_lean=True)["annual_net_usd"]
        self.found.numbers["net_without_training_usd"][places] = _draws(net).mean(axis=1)

    def _drawn(self, model: int, places: np.ndarray) -> dict[str, FloatArray]:
        """Return what the year of some rows takes from them: the point, then the draws."""
        points = {**self.given, **{name: self.rows.points[name] for name in _OF_THE_YEAR}}
        if self.calculation.alike.has_baseline:
            points["baseline_accuracy"] = self.rows.points["baseline_accuracy"]
        for name in _OF_THE_YEAR:
            points[name] = np.nan_to_num(points[name])
        drawn = {name: values[places, None, None] for name, values in points.items()}
        ranged = self.calculation.alike.ranged
        shares = self.calculation.shares_of(model) if ranged else {}
        for name in ranged:
            low, high = (end[places, None, None] for end in self.rows.ranges[name])
            bounds = parameters()[name].bounds.ends()
            values = interval_quantiles(low, high, shares[name], *bounds)
            drawn[name] = np.concatenate([drawn[name], values], axis=2)
        inputs = self.calculation.worth_of(model).graph.inputs
        moved = {name: inputs[name].value * by for name, by in self.moved.items() if name in inputs}
        return drawn | moved


#: Numbers of a row that its year takes beside the estimate; 0 where none is given.
_OF_THE_YEAR = ("predictions_per_year", "benefit_per_prediction_usd", "cost_per_error_usd")


def _of_best(values: FloatArray, best: np.ndarray) -> FloatArray:
    """Return the values of the best model of each row; of shape (rows or 1, models or 1)."""
    rows, models = values.shape
    of_rows = np.arange(len(best)) if rows > 1 else np.zeros(len(best), dtype=np.intp)
    return np.asarray(values[of_rows, best if models > 1 else 0])


def _draws(values: FloatArray) -> FloatArray:
    """Return the draws of a quantity without its point, of shape (rows, draws)."""
    return values[:, 0, 1:] if values.shape[2] > 1 else values[:, 0]
