"""What a reader must be told about an estimate, in sentences."""

from __future__ import annotations

from costcurve.core import display
from costcurve.core.quantities import Evaluation
from costcurve.core.vocabulary import Flag, TaskKind
from costcurve.decisions.assumptions import Assumptions
from costcurve.decisions.axes import point_value
from costcurve.laws import LawCard
from costcurve.task import Task


def cautions_of(
    task: Task,
    assumptions: Assumptions,
    card: LawCard,
    evaluation: Evaluation,
    flags: tuple[Flag, ...],
) -> tuple[str, ...]:
    """Return the warnings of an estimate, the gravest first."""
    return (
        *_about_the_task(task),
        *_about_the_law(card, evaluation, flags),
        *_about_the_models(assumptions),
        *_about_the_price(task, assumptions),
    )


def _about_the_task(task: Task) -> list[str]:
    found = []
    if task.class_counts and task.kind is TaskKind.CLASSIFICATION:
        label, count = max(task.class_counts.items(), key=lambda item: item[1])
        share = count / sum(task.class_counts.values())
        target = 1.0 - task.target_error if task.target_error else task.target_accuracy
        if target is not None and share >= target:
            found.append(
                f"Always answering class '{label}' is already right {display.accuracy(share)} of "
                f"the time, no less than the target of {display.accuracy(target)}: accuracy says "
                "little here, and what matters is the errors on the rare classes."
            )
    counts_are_held = task.class_counts and "examples_held" not in task.model_fields_set
    if counts_are_held and task.kind is TaskKind.SEGMENTATION:
        found.append(
            "The class counts were taken as the examples held. If they count pixels or regions, "
            "give examples_held in images."
        )
    if task.limit is not None and task.limit < task.examples_held:
        found.append(
            f"The limit of {display.count(task.limit)} examples is below the "
            f"{display.count(task.examples_held)} held; it counts all examples, those held too."
        )
    if not task.pretrained:
        found.append(
            "The paper says of itself that it could not capture training from scratch accurately."
        )
    return found


def _about_the_law(card: LawCard, evaluation: Evaluation, flags: tuple[Flag, ...]) -> list[str]:
    spans = {
        Flag.EXTRAPOLATING_EXAMPLES: ("examples_used", card.range.examples, "examples"),
        Flag.EXTRAPOLATING_RELATIVE_COMPLEXITY: (
            "relative_complexity",
            card.range.relative_complexity,
            "relative complexity",
        ),
        Flag.EXTRAPOLATING_ERROR: ("target_error", card.range.error, "error"),
    }
    beyond = []
    for flag, (name, (low, high), words) in spans.items():
        if flag in flags:
            value = point_value(evaluation[name], 0)
            written = display.count(value) if name == "examples_used" else f"{value:.3g}"
            beyond.append(f"{words} {written} (seen: {low:,g} to {high:,g})")
    if not beyond:
        return []
    return [f"Extrapolating: the law was tested elsewhere in {', '.join(beyond)}."]


def _about_the_models(assumptions: Assumptions) -> list[str]:
    if len(assumptions.candidates()) == 1:
        return []
    return [
        "The law knows no model: every option is credited with the same accuracy, so the cheapest "
        "is simply the smallest network."
    ]


def _about_the_price(task: Task, assumptions: Assumptions) -> list[str]:
    found = []
    if "usd_per_example" not in task.model_fields_set:
        found.append(
            f"No price of an example was given: {display.usd(task.usd_per_example)} is the "
            "example in the paper's Figure 2."
        )
    if "mode" not in assumptions.model_fields_set:
        found.append("Priced as published (Eq. 3-5), the only way to price so far.")
    found.append(
        "Eq. 4 overstates measured training costs by orders of magnitude; take the training line "
        "as the paper's, not as a quote."
    )
    return found
