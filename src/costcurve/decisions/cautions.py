"""What a reader must be told about an estimate, in sentences: task, law, models, price."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from costcurve.core import display
from costcurve.core.errors import shown
from costcurve.core.quantities import Evaluation, Graph
from costcurve.core.vocabulary import Flag, Mode, TaskKind
from costcurve.decisions.assumptions import Assumptions
from costcurve.decisions.axes import SCATTER, point_value
from costcurve.decisions.pilots import evenness_of
from costcurve.decisions.ranking import NO_LIMIT
from costcurve.decisions.result import Option
from costcurve.laws.law import CLASSIFICATION_LAW, EVEN, PUBLISHED_LAW
from costcurve.task import Task

if TYPE_CHECKING:
    from costcurve.laws import LawCard

#: Times the dearest price of the table from which a price may be a slip; costcurve's choice.
_FAR_ABOVE = 10.0
# What has no part in each way to price.
_UNUSED = {
    Mode.CALIBRATED: ("usd_per_flop",),
    Mode.AS_PUBLISHED: (
        "accelerator",
        "provider",
        "region",
        "usd_per_accelerator_hour",
        "utilisation",
        "batch_size",
        "effort",
    ),
}


def cautions_of(
    task: Task,
    assumptions: Assumptions,
    card: LawCard,
    evaluation: Evaluation,
    options: Sequence[Option],
) -> tuple[str, ...]:
    """Return the cautions of an estimate: what was set by hand, task, law, models and price."""
    return (
        *_about_what_was_set(evaluation),
        *about_ranges(assumptions, evaluation),
        *_about_the_task(task, evaluation),
        *_about_uneven_classes(task, assumptions, card),
        *_about_the_law(task, card, evaluation, options[0].flags),
        *_about_the_models(options),
        *_about_the_equipment(options),
        *_about_a_high_price(options[0]),
        *_about_the_price(task, assumptions, evaluation),
    )


def _about_what_was_set(evaluation: Evaluation) -> list[str]:
    if not evaluation.overridden:
        return []
    values = ", ".join(
        f"{name} = {display.plain(point_value(evaluation[name], 0))}"
        for name in sorted(evaluation.overridden)
    )
    return [f"Set by hand, in place of what was given or computed: {values}."]


def ranges_in_words(graph: Graph, overridden: Collection[str]) -> str:
    """Return the ranges that were given as inputs of a graph; empty if there is none."""
    return ", ".join(
        f"{name} {given.spread} ({given.spread.described(*given.bounds.ends())})"
        for name, given in graph.inputs.items()
        if given.spread is not None and name not in {*SCATTER, *overridden}
    )


def about_ranges(assumptions: Assumptions, evaluation: Evaluation) -> list[str]:
    """Return what the ranges of an estimate are, and what that does to its figures."""
    ranges = ranges_in_words(evaluation.graph, evaluation.overridden)
    if not ranges:
        return []
    return [
        f"Ranges: {ranges}. Single figures are at their medians; intervals are over "
        f"{assumptions.draws:,} draws of all that is uncertain (seed {assumptions.seed}), and the "
        "chance is their mean, where --explain and the workbook show it at the medians."
    ]


def _about_the_task(task: Task, evaluation: Evaluation) -> list[str]:
    found = []
    if task.class_counts and task.kind is TaskKind.CLASSIFICATION:
        label, count = max(task.class_counts.items(), key=lambda item: item[1])
        share = count / sum(task.class_counts.values())
        target = point_value(evaluation["target_accuracy"], 0)
        if share >= target:
            found.append(
                f"Always answering class {shown(label)} is already right "
                f"{display.accuracy(share)} of the time, no less than the target of "
                f"{display.accuracy(target)}: accuracy says little here, and what matters is the "
                "errors on the rare classes."
            )
    counts_are_held = task.class_counts and "examples_held" not in task.model_fields_set
    if counts_are_held and task.kind is TaskKind.SEGMENTATION:
        found.append(
            "The class counts were taken as the examples held. If they count pixels or regions, "
            "give examples_held in images."
        )
    limit, held = (point_value(evaluation[name], 0) for name in ("limit", "examples_held"))
    if limit < held:
        found.append(
            f"The limit of {display.count(limit)} examples is below the {display.count(held)} "
            "held; it counts all examples, those held too."
        )
    return found


def _about_uneven_classes(task: Task, assumptions: Assumptions, card: LawCard) -> list[str]:
    evenness = evenness_of(task)
    if (
        evenness >= EVEN
        or card.id != PUBLISHED_LAW
        or task.kind is not TaskKind.CLASSIFICATION
        or assumptions.mode is Mode.AS_PUBLISHED
    ):
        return []
    return [
        f"The classes are too unequal for the law {CLASSIFICATION_LAW}: their entropy is "
        f"{evenness:.0%} of that of equal ones, and it has seen none below {EVEN:.0%}. Eq. 1 "
        f"answers, of which less is known; --law {CLASSIFICATION_LAW} asks the other all the same."
    ]


def _about_the_law(
    task: Task, card: LawCard, evaluation: Evaluation, flags: tuple[Flag, ...]
) -> list[str]:
    def value(name: str) -> float:
        return point_value(evaluation[name], 0)

    beyond = []
    if Flag.EXTRAPOLATING_EXAMPLES in flags:
        low, high = card.range.examples
        told = {"needed": value("examples_needed"), "at the limit": value("limit")}
        numbers = [
            f"{display.count_in_words(number)} {name}"
            for name, number in told.items()
            if not low <= number <= high and number < NO_LIMIT
        ]
        beyond.append(f"examples: {' and '.join(numbers)} (seen: {low:,g} to {high:,g})")
    if Flag.EXTRAPOLATING_RELATIVE_COMPLEXITY in flags:
        low, high = card.range.relative_complexity
        measured = value("relative_complexity")
        beyond.append(f"relative complexity {measured:.3g} (seen: {low:g} to {high:g})")
    if Flag.EXTRAPOLATING_ERROR in flags:
        low, high = card.range.error
        beyond.append(f"error {value('target_error'):.3g} (seen: {low:g} to {high:g})")
    found = []
    if beyond:
        found.append(f"Extrapolating: the law was tested elsewhere in {', '.join(beyond)}.")
    if task.group is not None and card.form == "log-linear":
        found.append(f"Not used by the law {shown(card.id)}, which knows no groups: group.")
    if {Flag.UNTESTED_KIND, Flag.UNTESTED_PRETRAINING} & {*flags}:
        found.append(_about_what_was_tested(card))
    if "chance_error" in evaluation.graph and value("target_error") >= value("chance_error"):
        found.append(
            f"Guessing is already right {display.accuracy(1.0 - value('chance_error'))} of the "
            "time: the target takes no learning, and no examples."
        )
    return found


def _about_what_was_tested(card: LawCard) -> str:
    kinds, starts = card.range.kinds, set(card.range.pretrained)
    how = "" if len(starts) > 1 else "pretrained " if True in starts else "from-scratch "
    others = [f"for {kind}" for kind in TaskKind if kind not in kinds]
    if False not in starts:
        others.append("for training from scratch")
    if True not in starts:
        others.append("for training from a checkpoint")
    return (
        f"The law's certainty was tested on {how}{' and '.join(kinds)} only; "
        f"{' and '.join(others)} the interval and the chance are guesses."
    )


def _about_the_models(options: Sequence[Option]) -> list[str]:
    if len(options) == 1:
        return []
    return [
        "The law knows no model: every option is credited with the same accuracy, so the cheapest "
        "is simply the one that takes the least to train."
    ]


def _about_the_equipment(options: Sequence[Option]) -> list[str]:
    best = options[0]
    found = []
    too_large = [option.model for option in options if Flag.DOES_NOT_FIT in option.flags]
    if too_large:
        found.append(
            f"Does not fit into the memory of any accelerator on offer: {', '.join(too_large)}. "
            "A smaller batch, or several accelerators, would be needed."
        )
    if Flag.OLD_PRICE in best.flags:
        found.append(f"The price is old ({best.terms}), and what was on offer then may not be now.")
    if Flag.ACTIVATIONS_ESTIMATED in best.flags:
        found.append(
            f"The table has no activations of {best.model}; they are estimated from its "
            "multiply-adds, and so is the memory."
        )
    if Flag.FAMILY_NOT_MEASURED in best.flags:
        found.append(
            "The throughput of this family of models was not measured; that of models of any "
            "family stands in for it."
        )
    return found


def _about_a_high_price(best: Option) -> list[str]:
    """Return whether the price of an hour is far above what the table has for the accelerator."""
    prices = [each.unit_price_usd for each in best.bill.items if each.unit == "accelerator-hour"]
    if best.accelerator is None or not prices:
        return []
    # Late: as published needs neither the accelerators nor their prices.
    from costcurve.facts.hardware import PRICES  # noqa: PLC0415

    known = [
        row.usd_per_accelerator_hour or 0.0
        for row in PRICES.rows()
        if row.accelerator == best.accelerator
    ]
    if not any(known) or prices[0] <= _FAR_ABOVE * max(known):
        return []
    return [
        f"An hour of {best.accelerator} is priced at {display.usd(prices[0])}, and at "
        f"{display.usd(max(known))} at most in the table of prices: is it US dollars an hour, for "
        "one accelerator?"
    ]


def _about_the_price(task: Task, assumptions: Assumptions, evaluation: Evaluation) -> list[str]:
    found = []
    if "usd_per_example" not in {*task.model_fields_set, *evaluation.overridden}:
        price = display.usd(point_value(evaluation["usd_per_example"], 0))
        found.append(
            f"No price of an example was given: {price} is the example in the paper's Figure 2."
        )
    by_utilisation = ("effort",) if assumptions.utilisation is not None else ()
    unused = [
        name
        for name in dict.fromkeys((*_UNUSED[assumptions.mode], *by_utilisation))
        if name in assumptions.model_fields_set and getattr(assumptions, name) is not None
    ]
    if unused:
        way = assumptions.mode.replace("-", " ")
        found.append(f"Not used when priced {way}: {', '.join(unused)}.")
    found.append(assumptions.pricing.caution)
    return found
