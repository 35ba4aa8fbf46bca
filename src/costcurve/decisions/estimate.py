"""The estimate: task -> law -> bill -> options in order."""

from __future__ import annotations

from costcurve.core.errors import InputError, NotFiniteError, UnknownQuantityError
from costcurve.core.quantities import Evaluation, Graph, Input
from costcurve.core.vocabulary import Flag
from costcurve.costs import as_published, itemise
from costcurve.decisions.assumptions import Assumptions
from costcurve.decisions.axes import along_models, interval, point_value, residual_z
from costcurve.decisions.cautions import cautions_of
from costcurve.decisions.result import Estimate, Option, Shortfall, Uncertain
from costcurve.decisions.sensitivity import swings
from costcurve.facts.models import ModelFacts
from costcurve.laws import LogLinearLaw, load_law
from costcurve.laws.law import LOG10_EXAMPLES_CAP
from costcurve.task import Task


def estimate(task: Task, assumptions: Assumptions | None = None) -> Estimate:
    """Return what it takes to reach a target accuracy: examples, models, costs and certainty.

    Parameters
    ----------
    task : Task
        What is to be learned, and what examples cost.
    assumptions : Assumptions, optional
        Models, epochs and prices; the paper's by default.

    Returns
    -------
    Estimate
        Options in order of total cost among those that reach the target; if none does, the best
        achievable with what is missing.

    Raises
    ------
    InputError
        If an override names nothing, or leads out of the real numbers.

    Examples
    --------
    >>> task = Task(target_accuracy=0.965, class_counts=[50_000, 1_000], limit=200_000)
    >>> round(estimate(task).best.examples_needed.point, 2)
    197816.75
    """
    assumptions = Assumptions() if assumptions is None else assumptions
    law = load_law()
    candidates = assumptions.candidates()
    graph = compose(task, assumptions, law, candidates)
    evaluation = _evaluate(graph, assumptions.overrides)
    names = tuple(candidate.name for candidate in candidates)
    options = tuple(
        sorted((_option(i, name, task, law, evaluation) for i, name in enumerate(names)), key=_rank)
    )
    best = names.index(options[0].model)
    return Estimate(
        task=task,
        assumptions=assumptions,
        law=law.card,
        target_accuracy=1.0 - point_value(evaluation["target_error"], best),
        target_error=point_value(evaluation["target_error"], best),
        relative_complexity=point_value(evaluation["relative_complexity"], best),
        options=options,
        shortfall=_shortfall(options[0], best, evaluation),
        warnings=cautions_of(task, assumptions, law.card, evaluation, options[0].flags),
        sensitivity=swings(graph, assumptions.overrides, best),
        evaluation=evaluation,
        models=names,
    )


def compose(
    task: Task, assumptions: Assumptions, law: LogLinearLaw, candidates: tuple[ModelFacts, ...]
) -> Graph:
    """Return the whole calculation as a graph, with every input in place."""
    inputs = [
        *task.inputs(),
        *assumptions.inputs(),
        *as_published.INPUTS,
        _parameters(candidates),
        *law.inputs(),
        residual_z(),
    ]
    if task.limit is None:
        inputs.append(_no_limit())
    return Graph([*task.quantities(), law.module, as_published], inputs)


def _evaluate(graph: Graph, overrides: dict[str, float]) -> Evaluation:
    try:
        return graph.evaluate(overrides=overrides)
    except UnknownQuantityError as error:
        hint = error.suggestion or "; --explain lists every name"
        raise InputError.of("overrides", error.name, f"no quantity is called so{hint}") from None
    except NotFiniteError as error:
        given = ", ".join(f"{name}={value:g}" for name, value in overrides.items())
        raise InputError.of("overrides", given or "nothing", str(error)) from None


def _parameters(candidates: tuple[ModelFacts, ...]) -> Input:
    sources = "; ".join(f"{model.name}: {model.parameters_source}" for model in candidates)
    values = along_models("parameters", [model.parameters for model in candidates])
    return Input.of("parameters", values, "parameter", "Trainable parameters of the model", sources)


def _no_limit() -> Input:
    return Input.of(
        "limit",
        10.0**LOG10_EXAMPLES_CAP,
        "example",
        "Limit of examples",
        "none was given: the largest number handled stands in",
    )


def _option(
    index: int, model: str, task: Task, law: LogLinearLaw, evaluation: Evaluation
) -> Option:
    def point(name: str) -> float:
        return point_value(evaluation[name], index)

    def uncertain(name: str) -> Uncertain:
        return Uncertain(point(name), *interval(evaluation[name], index))

    flags = _flags(index, law, evaluation)
    limited = task.limit is not None or "limit" in evaluation.overridden
    return Option(
        model=model,
        parameters=point("parameters"),
        reaches_target=Flag.BEYOND_LIMIT not in flags,
        achievable_accuracy=uncertain("achievable_accuracy") if limited else None,
        probability_of_target=point("probability_of_target"),
        probability_at_limit=point("probability_at_limit") if limited else None,
        examples_needed=uncertain("examples_needed"),
        new_examples=uncertain("new_examples"),
        training_flop=uncertain("training_flop"),
        training_cost_usd=uncertain("training_cost_usd"),
        data_cost_usd=uncertain("data_cost_usd"),
        total_cost_usd=uncertain("total_cost_usd"),
        flags=flags,
        bill=itemise(
            evaluation,
            as_published.LINES,
            as_published.TOTAL,
            lambda array: point_value(array, index),
        ),
    )


def _rank(option: Option) -> tuple[bool, float, float]:
    """Order by cost what reaches the target; what does not, by accuracy and then by cost."""
    accuracy = option.achievable_accuracy
    shortness = 0.0 if option.reaches_target or accuracy is None else -accuracy.point
    return not option.reaches_target, shortness, option.total_cost_usd.point


def _flags(index: int, law: LogLinearLaw, evaluation: Evaluation) -> tuple[Flag, ...]:
    def point(name: str) -> float:
        return point_value(evaluation[name], index)

    def outside(name: str, span: tuple[float, float]) -> bool:
        return not span[0] <= point(name) <= span[1]

    span = law.card.range
    capped = point("examples_needed") >= 10.0 ** point("log10_examples_cap")
    found = {
        Flag.BEYOND_LIMIT: point("examples_needed") > point("limit") or capped,
        Flag.NOTHING_TO_BUY: point("new_examples") == 0.0,
        Flag.FEWER_THAN_ONE_EXAMPLE: point("examples_needed") < 1.0,
        Flag.EXTRAPOLATING_EXAMPLES: outside("examples_used", span.examples),
        Flag.EXTRAPOLATING_RELATIVE_COMPLEXITY: outside(
            "relative_complexity", span.relative_complexity
        ),
        Flag.EXTRAPOLATING_ERROR: outside("target_error", span.error),
    }
    return tuple(flag for flag, is_so in found.items() if is_so)


def _shortfall(best: Option, index: int, evaluation: Evaluation) -> Shortfall | None:
    if best.reaches_target:
        return None

    def point(name: str) -> float:
        return point_value(evaluation[name], index)

    missing = point("examples_needed") - point("limit")
    return Shortfall(
        examples=missing,
        data_cost_usd=missing * point("usd_per_example"),
        accuracy=point("achievable_error") - point("target_error"),
    )
