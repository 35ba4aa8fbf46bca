"""Is it worth it? Cost, benefit and risk of a plan, and what to do: go, no-go, or pilot first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from costcurve.core.document import Document
from costcurve.core.errors import InputError, nearest
from costcurve.core.notebook import notebook_html
from costcurve.core.quantities import FloatArray, Input
from costcurve.costs import itemise
from costcurve.costs.bill import Bill, Line
from costcurve.costs.total_cost import LINES, LINES_PER_PREDICTION
from costcurve.decisions.alternatives import (
    AlternativeResult,
    compare_alternatives,
    other_values,
)
from costcurve.decisions.axes import SHARES
from costcurve.decisions.break_even import BreakEven, break_even
from costcurve.decisions.cautions import about_ranges, ranges_in_words
from costcurve.decisions.estimate import estimate as make_estimate
from costcurve.decisions.estimate import law_for
from costcurve.decisions.lineage import explain_all, explain_one
from costcurve.decisions.plans import Optimum, Plans, best_plan, span_of, target_plan
from costcurve.decisions.products import ProductRow, rank_products
from costcurve.decisions.result import Estimate
from costcurve.decisions.value_of_pilot import Pilot, belief_of, best_pilot, cautions_of_pilot
from costcurve.decisions.worth_card import worth_card
from costcurve.decisions.worth_case import NETWORK, WorthCase
from costcurve.decisions.worth_decision import decide
from costcurve.decisions.worth_finance import years_together
from costcurve.decisions.worth_graph import DRAWS, WorthGraph, worth_graph
from costcurve.decisions.worth_labels import LabelPlan, label_plan
from costcurve.decisions.worth_map import WorthMap, worth_map

if TYPE_CHECKING:
    from costcurve.laws import Law
    from costcurve.laws.belief import Runs

_ONE_RUN = (
    "Training is priced as one run that works: no failed runs, no search for hyper-parameters."
)
#: By how much an error may be above its target that is 1 less an accuracy.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Spread:
    """Percentiles of an uncertain number, and its mean."""

    p05: float
    p50: float
    p95: float
    mean: float

    @classmethod
    def of(cls, values: FloatArray) -> Spread:
        """Return those of draws."""
        low, middle, high = np.quantile(values, SHARES).tolist()
        return cls(low, middle, high, float(np.mean(values)))

    def to_dict(self) -> dict[str, float]:
        """Return it under the keys of the JSON contract."""
        return {"p05": self.p05, "p50": self.p50, "p95": self.p95, "mean": self.mean}


@dataclass(frozen=True)
class Worth:
    """The answer.

    Attributes
    ----------
    case, estimate : WorthCase and Estimate
        What was asked, and what reaching the target takes.
    decision : str
        `go`, `no-go` or `pilot-first`.
    reason : str
        Why, in a sentence.
    examples : float
        At hand with the plan: those that the target needs, as far as they can be had.
    annual : dict of str to Spread
        `cost_usd`, `benefit_usd` and `net_usd` of a year.
    per_unit : dict of str to float
        Means for one decision unit and one prediction; empty where there is none.
    break_even : BreakEven
        From where it pays.
    optimal : Optimum
        The best plan.
    probability : dict of str to float or None
        `reaches_target`, `loss` and `over_budget`; the last `None` without a budget.
    pilot : Pilot, optional
        The one that is worth most; `None` where none was asked about.
    alternatives : tuple of AlternativeResult
        Other ways, best first.
    finance : dict
        What the years are worth together, as `years_together` returns it.
    bill : Bill
        Of a year, everything at its median.
    labels : LabelPlan or None
        Which classes to label next; `None` where the examples of each are not given.
    products : tuple of ProductRow
        What better orders are worth, those first that gain most.
    map : WorthMap
        Rows for pictures.
    inputs : tuple of Input
        Everything that was assumed, at its median.
    warnings : tuple of str
        What a reader must know.
    """

    case: WorthCase
    estimate: Estimate
    decision: str
    reason: str
    examples: float
    annual: dict[str, Spread]
    per_unit: dict[str, float]
    break_even: BreakEven
    optimal: Optimum
    probability: dict[str, float | None]
    pilot: Pilot | None
    alternatives: tuple[AlternativeResult, ...]
    finance: dict[str, Any]
    bill: Bill
    products: tuple[ProductRow, ...]
    labels: LabelPlan | None
    warnings: tuple[str, ...]
    map: WorthMap = field(repr=False)
    inputs: tuple[Input, ...] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer under the keys of the JSON contract."""
        return {
            "decision": self.decision,
            "reason": self.reason,
            "model": self.estimate.best.model,
            "examples": self.examples,
            "annual": {name: each.to_dict() for name, each in self.annual.items()},
            "per_unit": self.per_unit,
            "break_even": self.break_even.to_dict(),
            "optimal": asdict(self.optimal),
            "probability": self.probability,
            "pilot": None if self.pilot is None else asdict(self.pilot),
            "alternatives": [each.to_dict() for each in self.alternatives],
            "finance": self.finance,
            "lines": [asdict(each) for each in self.bill.items],
            "map": {"frontier": self.map.frontier, "plans": self.map.plans},
            "products": [asdict(each) for each in self.products],
            "labels": None if self.labels is None else asdict(self.labels),
            "warnings": list(self.warnings),
        }

    def chosen(self) -> list[dict[str, Any]]:
        """Return the target's plan and the best one as rows for pictures."""
        network = next(each for each in self.alternatives if each.name == NETWORK)
        rows = (
            ("target", network.accuracy or 0.0, network.net_usd),
            ("best", self.optimal.accuracy, self.optimal.net_usd),
        )
        return [{"plan": plan, "accuracy": 100.0 * each, "mean": net} for plan, each, net in rows]

    def explain(self, name: str | None = None) -> str:
        """Return in words where a number comes from, everything at its median.

        Parameters
        ----------
        name : str, optional
            A quantity or an input; by default every one of the calculation, in order.

        Raises
        ------
        InputError
            If there is no such quantity.
        """
        # Late: it knows this module.
        from costcurve.decisions.worth_formulas import worth_formulas  # noqa: PLC0415

        evaluation = worth_formulas(self)
        if name is None:
            return explain_all(evaluation, 0)
        if name not in evaluation:
            allowed = f"nothing is called so{nearest(name, evaluation)}"
            raise InputError.of("quantity", name, allowed)
        return explain_one(evaluation.lineage(name), 0)

    def document(self) -> Document:
        """Return the answer as a page."""
        return worth_card(self)

    def __repr__(self) -> str:
        return self.document().text()

    def _repr_html_(self) -> str:
        return notebook_html(self)


def worth(
    case: WorthCase,
    *,
    law: Law | None = None,
    draws: int = DRAWS,
    with_pilot: bool = True,
    **facts: Any,
) -> Worth:
    """Return whether a case pays, and what to do.

    Parameters
    ----------
    case : WorthCase
        What is to be learned, and all that says whether it pays.
    law : Law, optional
        As of `estimate`.
    draws : int
        Of all that is uncertain, at least 0; with 0 everything has its median.
    with_pilot : bool
        Whether a pilot is among what can be decided on.
    **facts
        Tables of facts and pilots, as of `estimate`.

    Raises
    ------
    InputError
        As `estimate`, and if serving cannot be priced.
    """
    found = make_estimate(case.task, case.assumptions, law=law, **facts)
    uncertain, certain = (worth_graph(case, found, each) for each in (draws, 0))
    span = span_of(found)
    plan = target_plan(found, span)
    chances = _chances(case, uncertain, plan)
    optimal, plans = best_plan(uncertain, span)
    plans = replace(plans, others_usd=other_values(case.alternatives, uncertain, plan))
    others = compare_alternatives(case.alternatives, (uncertain, certain), plan, span)
    runs = facts.get("pilots")
    pilot = _pilot(case, law, uncertain, plans, runs) if with_pilot else None
    decision, reason = decide(case, others, chances, optimal, pilot)
    return Worth(
        case=case,
        estimate=found,
        decision=decision,
        reason=reason,
        examples=plan,
        annual=_annual(uncertain, plan),
        per_unit=_per_unit(case, uncertain, plan),
        break_even=break_even(certain, plan),
        optimal=optimal,
        probability=chances,
        pilot=pilot,
        alternatives=others,
        finance=years_together(case, certain, uncertain, plan),
        bill=_bill(case, certain, plan),
        products=_products(case),
        labels=label_plan(case, certain, plan),
        map=worth_map(uncertain, certain, plan, span),
        inputs=tuple(certain.graph.inputs.values()),
        warnings=(*_warnings(found, uncertain), *cautions_of_pilot(pilot, case, runs)),
    )


def _pilot(
    case: WorthCase, law: Law | None, graph: WorthGraph, plans: Plans, runs: Runs | None
) -> Pilot:
    """Return the pilot that is worth most, by what the law believes after the runs on the task."""
    used = law_for(case.task, case.assumptions) if law is None else law
    believed = belief_of(case, used, runs)
    return best_pilot(graph, believed, plans, case.finance.pilot_fixed_usd)


def _warnings(found: Estimate, graph: WorthGraph) -> tuple[str, ...]:
    """Return those of the estimate, with the ranges and the draws that are counted here."""
    theirs = about_ranges(found.assumptions, found.evaluation)
    ranges = ranges_in_words(graph.graph, found.assumptions.overrides)
    ours = (
        f"Ranges: {ranges}. What is expected is the mean over {graph.size - 1:,} draws of all that "
        f"is uncertain (seed {found.assumptions.seed}).",
    )
    # What the bill of a year adds is not missing here.
    left_out = {*theirs, found.assumptions.pricing.caution}
    others = (*(each for each in found.warnings if each not in left_out), _ONE_RUN)
    others += _about_serving_and_drift(graph)
    return (*ours, *others) if ranges else others


def _about_serving_and_drift(graph: WorthGraph) -> tuple[str, ...]:
    """Return what is said but priced otherwise than it sounds."""

    def known(name: str) -> float:
        return _the_one(graph.graph.inputs[name].value) if name in graph.graph.inputs else 0.0

    found: tuple[str, ...] = ()
    is_free = known("retraining_data_share") == 0.0
    if known("drift_error_per_year") > 0.0 and known("retrainings_per_year") > 0.0 and is_free:
        found += (
            "Retraining is taken to undo all drift, though no new examples are labelled for it.",
        )
    if "peak_instances" in graph.graph and known("peak_requests_per_second") > 0.0:
        needed = _the_one(graph.graph.evaluate(["peak_instances"])["peak_instances"])
        if needed > known("always_on_instances"):
            found += (
                f"The busiest second needs {needed:,.3g} instances, and "
                f"{known('always_on_instances'):g} are always on: the price of those that come for "
                "it is that of the hours they work.",
            )
    return found


def _annual(graph: WorthGraph, plan: float) -> dict[str, Spread]:
    names = ("product_cost_usd", "annual_benefit_usd", "annual_net_usd")
    keys = ("cost_usd", "benefit_usd", "net_usd")
    return {key: Spread.of(graph.draws(name, plan)) for key, name in zip(keys, names, strict=True)}


def _bill(case: WorthCase, graph: WorthGraph, plan: float) -> Bill:
    """Return the bill of a year, everything at its median."""
    lines = billed_lines(case)
    return itemise(graph.evaluate(_billed(lines), plan), lines, "annual_cost_usd", _the_one)


def billed_lines(case: WorthCase) -> tuple[Line, ...]:
    """Return what stands on the bill of a case's year."""
    has_price = case.serving.serving_usd_per_prediction is not None
    return LINES_PER_PREDICTION if has_price else LINES


def _the_one(array: FloatArray) -> float:
    return float(np.atleast_1d(array).ravel()[0])


def _billed(lines: Sequence[Any]) -> list[str]:
    """Return every quantity, less those that divide by a number of predictions that may be 0."""
    names = {"annual_cost_usd"}
    for line in lines:
        names |= {line.quantity, line.unit_price, line.cost} - {""}
    return sorted(names | {"predictions_per_year", "horizon_years", "discount_rate"})


def _chances(case: WorthCase, graph: WorthGraph, plan: float) -> dict[str, float | None]:
    nets = graph.draws("annual_net_usd", plan)
    errors = graph.draws("plan_error", plan)
    targets = graph.draws("target_error", plan)
    over = None
    if case.finance.budget_usd is not None:
        initial = case.benefit.borne_share * graph.draws("initial_cost_usd", plan)
        over = float(np.mean(initial > case.finance.budget_usd))
    return {
        "reaches_target": float(np.mean(errors <= targets * (1.0 + _ROUNDING))),
        "loss": float(np.mean(nets < 0.0)),
        "over_budget": over,
    }


def _per_unit(case: WorthCase, graph: WorthGraph, plan: float) -> dict[str, float]:
    """Return means for one decision unit, and for one prediction where there are any."""
    cost, benefit = (graph.mean(name, plan) for name in ("product_cost_usd", "annual_benefit_usd"))
    found: dict[str, float] = {}
    if case.benefit.decision_units is not None:
        units = case.benefit.decision_units
        found |= {
            "decision_units": units,
            "cost_usd": cost / units,
            "benefit_usd": benefit / units,
            "net_usd": graph.mean("annual_net_usd", plan) / units,
        }
    predictions = graph.mean("predictions_per_year", plan)
    if predictions > 0.0:
        found["cost_usd_per_prediction"] = cost / predictions
    return found


def _products(case: WorthCase) -> tuple[ProductRow, ...]:
    if case.inventory is None or not case.inventory.products:
        return ()
    return rank_products(case.inventory.products, case.inventory.family)
