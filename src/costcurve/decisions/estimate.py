"""The estimate: task -> law -> bill -> options in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from costcurve.core.errors import Finding, InputError, NotFiniteError, nearest
from costcurve.core.quantities import Evaluation, Graph, Input, as_float64
from costcurve.core.vocabulary import Flag, Mode, TaskKind
from costcurve.costs import Pricing, itemise
from costcurve.costs.throughput_card import ANY
from costcurve.decisions import reach
from costcurve.decisions.assumptions import Assumptions
from costcurve.decisions.axes import (
    draws_of,
    only_the_point,
    percentiles,
    point_value,
    residual_z,
    with_draws,
)
from costcurve.decisions.cases import Case, inputs_of
from costcurve.decisions.cautions import cautions_of
from costcurve.decisions.pilots import (
    cautions_of_runs,
    check_overrides,
    check_runs,
    evenness_of,
    pilots_of,
    setting_of,
)
from costcurve.decisions.ranking import (
    FLAGGED,
    NO_LIMIT,
    RANKED,
    flags_of_point,
    in_order,
    rank_keys,
)
from costcurve.decisions.result import Estimate, Option, Uncertain
from costcurve.decisions.sensitivity import swings
from costcurve.facts.models import ModelFacts
from costcurve.laws.law import PUBLISHED_LAW, default_law, load_law
from costcurve.task import Task

if TYPE_CHECKING:
    from costcurve.decisions.equipment import Offer
    from costcurve.facts.hardware import AcceleratorFacts, PriceFacts
    from costcurve.laws import Law, LawCard
    from costcurve.laws.belief import Runs


def estimate(  # noqa: PLR0913 - as many as there are tables
    task: Task,
    assumptions: Assumptions | None = None,
    *,
    law: Law | None = None,
    pilots: Runs | None = None,
    models: Sequence[ModelFacts] | None = None,
    accelerators: Sequence[AcceleratorFacts] | None = None,
    prices: Sequence[PriceFacts] | None = None,
) -> Estimate:
    """Return what it takes to reach a target accuracy: examples, models, costs and certainty.

    Parameters
    ----------
    task : Task
        What is to be learned, and what examples cost.
    assumptions : Assumptions, optional
        Models, epochs and prices; the paper's by default.
    law : Law, optional
        What gives the examples; by default the one with the best evidence for the task, and Eq. 1
        of Thompson et al. (2024) when training is priced as published.
    pilots : Runs, optional
        Runs on the task in one row, besides the one that it may describe.
    models, accelerators, prices : sequence, optional
        The tables of facts; the packaged ones by default.

    Returns
    -------
    Estimate
        Options in order of total cost among those that reach the target; if none does, the best
        achievable with what is missing.

    Raises
    ------
    InputError
        If a model or an accelerator is not in its table, nothing on offer has the names asked for,
        or an override names nothing, is out of range, or leads out of the real numbers.

    Examples
    --------
    >>> task = Task(target_accuracy=0.965, class_counts=[50_000, 1_000], limit=200_000)
    >>> round(estimate(task).best.examples_needed.point, 2)
    197816.75
    """
    assumptions = Assumptions() if assumptions is None else assumptions
    law = law_for(task, assumptions) if law is None else law
    pricing = assumptions.pricing
    candidates = assumptions.candidates(task.kind, models)
    names = tuple(candidate.name for candidate in candidates)
    offers = _equip(candidates, assumptions, accelerators, prices)
    cases = [Case(*pair, assumptions.effort) for pair in zip(candidates, offers, strict=True)]
    runs = _runs_on(task, pilots, law, assumptions)
    graph = compose(task, assumptions, law, cases, runs)
    evaluation = _evaluate(graph, assumptions.overrides)
    chances = _chances(graph, assumptions.overrides, evaluation)
    run = _Run(evaluation, chances, pricing, law.card)
    options = tuple(_option(place, cases[place], run) for place in _order(run, len(cases)))
    best = names.index(options[0].model)
    return Estimate(
        task=task,
        assumptions=assumptions,
        law=law.card,
        options=options,
        warnings=(
            *(() if runs is None else cautions_of_runs(law, setting_of(task), runs)),
            *cautions_of(task, assumptions, law.card, evaluation, options),
            *_left_out(task, assumptions, models),
        ),
        sensitivity=swings(evaluation, pricing, best),
        evaluation=evaluation,
        candidates=candidates,
        runs=runs,
    )


def _runs_on(task: Task, pilots: Runs | None, law: Law, assumptions: Assumptions) -> Runs | None:
    """Return the runs on a task that a law is to learn from, if there are any."""
    runs = pilots_of(task, pilots)
    if runs is not None:
        check_runs(law, setting_of(task), runs, ["pilot"])
    check_overrides(assumptions.overrides, law, has_pilots=runs is not None)
    return runs


def _left_out(
    task: Task, assumptions: Assumptions, models: Sequence[ModelFacts] | None
) -> list[str]:
    """Return what to say of a user's own models that could not join the comparison."""
    names = assumptions.left_out(task.kind, models)
    if not names:
        return []
    return [f"Not compared, for want of gmacs or for another kind of task: {', '.join(names)}."]


def _equip(
    candidates: Sequence[ModelFacts],
    assumptions: Assumptions,
    accelerators: Sequence[AcceleratorFacts] | None,
    prices: Sequence[PriceFacts] | None,
) -> Sequence[Offer | None]:
    """Return what each candidate is trained on; as published on nothing in particular."""
    if assumptions.mode is Mode.AS_PUBLISHED:
        return [None] * len(candidates)
    # Late: as published needs neither the accelerators nor their prices.
    from costcurve.decisions.equipment import choose, offers_for  # noqa: PLC0415

    offers = offers_for(assumptions, accelerators, prices)
    try:
        return choose(candidates, offers, assumptions)
    except NotFiniteError as error:
        raise _of_overrides(assumptions.overrides, error) from None


def law_for(task: Task, assumptions: Assumptions) -> Law:
    """Return the law that answers where none is asked for by name."""
    if assumptions.mode is Mode.AS_PUBLISHED:
        return load_law(PUBLISHED_LAW)
    is_segmentation = task.kind is TaskKind.SEGMENTATION
    return load_law(default_law(is_segmentation=is_segmentation, evenness=evenness_of(task)))


def compose(
    task: Task,
    assumptions: Assumptions,
    law: Law,
    cases: Sequence[Case],
    runs: Runs | None = None,
) -> Graph:
    """Return the whole calculation as a graph, with every input in place."""
    pricing = assumptions.pricing
    inputs = [
        *task.inputs(),
        *assumptions.inputs(),
        *pricing.inputs,
        *inputs_of(cases, pricing.model_facts),
        *(task.group_inputs() if law.asks_for_the_group else ()),
        *law.inputs(setting_of(task), runs),
        residual_z(),
    ]
    if task.limit is None:
        source = "none was given: more than any number of examples that has a meaning"
        inputs.append(Input.of("limit", NO_LIMIT, "example", "Limit of examples", source))
    drawn = with_draws(inputs, assumptions.draws, assumptions.seed)
    return Graph([*task.quantities(), law.module, *pricing.modules, reach], drawn)


def _evaluate(graph: Graph, overrides: dict[str, float]) -> Evaluation:
    findings = []
    for name, value in overrides.items():
        where = f"overrides.{name}"
        if name not in graph:
            findings.append(Finding(where, "", f"no quantity is called so{nearest(name, graph)}"))
        elif not graph[name].bounds.hold(as_float64(where, value)):
            findings.append(Finding(where, f"{value:g}", f"must be {graph[name].bounds}"))
    InputError.check(findings)
    try:
        return graph.evaluate(overrides=overrides)
    except NotFiniteError as error:
        raise _of_overrides(overrides, error) from None


def _of_overrides(overrides: dict[str, float], error: NotFiniteError) -> Exception:
    """Return what is wrong with the overrides; without any, the error itself."""
    if not overrides:
        return error
    given = ", ".join(f"{name}={value:g}" for name, value in overrides.items())
    return InputError([Finding("overrides", given, str(error))])


def _chances(graph: Graph, overrides: dict[str, float], evaluation: Evaluation) -> Evaluation:
    """Return the probabilities over what is uncertain besides the residual, which they integrate.

    The examples at hand are those of the plan, as far as the limit of each draw lets it be carried
    out: a range of the task does not change what is bought.
    """
    bought = np.minimum(only_the_point(evaluation["examples_used"]), evaluation["limit"])
    plan: dict[str, ArrayLike] = {
        "examples_at_hand": np.maximum(bought, evaluation["examples_held"])
    }
    return graph.evaluate(["probability_of_target", "probability_at_limit"], {**plan, **overrides})


@dataclass(frozen=True)
class _Run:
    """What the options are read from."""

    evaluation: Evaluation
    chances: Evaluation
    pricing: Pricing
    card: LawCard
    #: Percentiles by quantity and model; what is common to all models is computed once.
    _known: dict[tuple[str, int], tuple[float, float, float]] = field(default_factory=dict)

    def percentiles(self, name: str, model: int) -> tuple[float, float, float]:
        """Return one model's 5th, 50th and 95th percentiles of a quantity."""
        array = self.evaluation[name]
        key = name, model if array.ndim > 1 and array.shape[1] > 1 else 0
        if key not in self._known:
            self._known[key] = percentiles(array, model)
        return self._known[key]


def _order(run: _Run, models: int) -> list[int]:
    """Return the places of the models, the best first."""
    names = (*RANKED, run.pricing.total, "fits_memory")
    points = {
        name: np.array([point_value(run.evaluation[name], model) for model in range(models)])
        for name in names
        if name in run.evaluation
    }
    return in_order(rank_keys(points, run.pricing.total))


def _option(index: int, case: Case, run: _Run) -> Option:
    evaluation, pricing, offer = run.evaluation, run.pricing, case.offer

    def point(name: str) -> float:
        return point_value(evaluation[name], index)

    def uncertain(name: str) -> Uncertain:
        return Uncertain(point(name), *run.percentiles(name, index))

    def chance(name: str) -> float:
        return float(draws_of(run.chances[name], index).mean())

    limited = point("limit") < NO_LIMIT
    return Option(
        model=case.model.name,
        parameters=point("parameters"),
        reaches_target=point("reaches_target") == 1.0,
        achievable_accuracy=uncertain("achievable_accuracy") if limited else None,
        probability_of_target=chance("probability_of_target"),
        probability_at_limit=chance("probability_at_limit") if limited else None,
        examples_needed=uncertain("examples_needed"),
        new_examples=uncertain("new_examples"),
        training_flop=uncertain("training_flop"),
        training_hours=uncertain("training_hours") if offer else None,
        training_memory_gb=point("training_memory_gb") if offer else None,
        serving_memory_gb=point("serving_memory_gb") if offer else None,
        accelerator=offer.accelerator.name if offer else None,
        precision=offer.precision_in_words if offer else None,
        terms=_terms(offer, evaluation) if offer else None,
        training_cost_usd=uncertain("training_cost_usd"),
        data_cost_usd=uncertain("data_cost_usd"),
        total_cost_usd=uncertain(pricing.total),
        flags=(*_flags(index, run), *_flags_of_equipment(index, case, evaluation)),
        bill=itemise(
            evaluation, pricing.lines, pricing.total, lambda array: point_value(array, index)
        ),
        price_days_old=_days_old(offer, evaluation),
    )


def _terms(offer: Offer, evaluation: Evaluation) -> str:
    return "at the price set by hand" if _is_by_hand(evaluation) else offer.terms


def _days_old(offer: Offer | None, evaluation: Evaluation) -> int:
    return 0 if offer is None or _is_by_hand(evaluation) else offer.days_old


def _is_by_hand(evaluation: Evaluation) -> bool:
    return "usd_per_accelerator_hour" in evaluation.overridden


def _flags(index: int, run: _Run) -> tuple[Flag, ...]:
    values = {name: point_value(run.evaluation[name], index) for name in FLAGGED}
    missing = run.percentiles("missing_examples", index)[-1]
    found = flags_of_point(values, run.card, missing)
    return tuple(flag for flag, is_so in found.items() if is_so)


def _flags_of_equipment(index: int, case: Case, evaluation: Evaluation) -> tuple[Flag, ...]:
    if case.offer is None:
        return ()
    by_law = "seconds_per_gflop" in evaluation.graph
    found = {
        Flag.DOES_NOT_FIT: point_value(evaluation["fits_memory"], index) < 1.0,
        Flag.OLD_PRICE: case.offer.is_old,
        Flag.ACTIVATIONS_ESTIMATED: case.model.million_activations is None,
        Flag.FAMILY_NOT_MEASURED: by_law and case.terms.family == ANY,
    }
    return tuple(flag for flag, is_so in found.items() if is_so)
