"""The decision card: the answer in words first, then the bill, then what matters most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from costcurve.core.display import (
    accuracy,
    count,
    count_in_words,
    plain,
    probability,
    usd,
    usd_in_words,
)
from costcurve.core.document import Document, Paragraph, Table
from costcurve.core.draws import Range
from costcurve.core.vocabulary import Flag, TaskGroup, TaskKind
from costcurve.decisions.axes import percentiles, point_value
from costcurve.decisions.record import record_of
from costcurve.task.counts import MOST_EXAMPLES

if TYPE_CHECKING:
    from costcurve.costs import LineItem
    from costcurve.decisions.result import Estimate, Option, Uncertain
    from costcurve.laws.belief import Runs

#: Options on the card; the paper recommends the best three.
SHOWN_OPTIONS = 3
#: Days of a year, from which on the age of a price is said.
_A_YEAR = 365
#: Rows of what matters most.
SHOWN_SWINGS = 4


def decision_card(estimate: Estimate) -> Document:
    """Return the card of an estimate, for a manager to read."""
    blocks: list[Paragraph | Table] = [Paragraph(_headline(estimate), "lead")]
    blocks += [Paragraph(text) for text in (_need(estimate), *_certainty(estimate)) if text]
    if estimate.more:
        # Late: it knows estimates, which know their card.
        from costcurve.decisions.more_examples import table_of_more  # noqa: PLC0415

        blocks.append(table_of_more(estimate.more))
    blocks += [_bill(estimate), *_assumed(estimate), _options(estimate)]
    if estimate.sensitivity:
        blocks.append(_what_matters(estimate))
    blocks += [Paragraph(f"Note: {text}", "warning") for text in estimate.warnings]
    blocks.append(
        Paragraph(
            f"Priced {estimate.mode.replace('-', ' ')}; law {estimate.law.id}. "
            "--explain shows where every number comes from.",
            "quiet",
        )
    )
    return Document(_title(estimate), tuple(blocks))


def _title(estimate: Estimate) -> str:
    task = estimate.task
    number = len(task.class_counts or ()) if task.classes is None else task.classes
    classes = f"{number:,}" if isinstance(number, int) else str(number)
    kind = TaskKind.SEGMENTATION if estimate.point("segmentation") else TaskKind.CLASSIFICATION
    return f"{_target(estimate)} accuracy, {kind} of {classes} classes" + (
        "" if estimate.point("pretrained") else ", from scratch"
    )


def _target(estimate: Estimate) -> str:
    given, error = estimate.task.target_accuracy, estimate.task.target_error
    asked = {"target_accuracy", "target_error"} & estimate.evaluation.overridden
    if isinstance(given, Range) and not asked:
        return f"{accuracy(given.low)} to {accuracy(given.high)}"
    if isinstance(error, Range) and not asked:
        return f"{accuracy(1.0 - error.high)} to {accuracy(1.0 - error.low)}"
    return accuracy(estimate.point("target_accuracy"))


def _headline(estimate: Estimate) -> str:
    best = estimate.best
    price = f"{usd_in_words(best.total_cost_usd.point)} with {best.model}"
    odds = _odds(best.probability_of_target)
    if not estimate.is_reachable:
        return f"Not reachable{_best_achievable(estimate)}; {odds} all the same."
    if best.examples_needed.point >= MOST_EXAMPLES:
        return f"On paper only: {price}. Give the limit of examples to see what can be reached."
    within = "" if estimate.limit is None else "within your limit, "
    return f"In reach, {within}with {odds}: {price}."


def _odds(chance: float) -> str:
    # A probability that rounds to one half is called what it is.
    even = abs(chance - 0.5) < 0.005
    return "an even chance" if even else f"a chance of {probability(chance)}"


def _best_achievable(estimate: Estimate) -> str:
    achievable = estimate.best.achievable_accuracy
    if achievable is None:
        return ": no number of examples that has a meaning would do"
    return (
        f" within your limit: expect {accuracy(achievable.point)}, "
        f"{100 * estimate.point('accuracy_shortfall'):.3g} points short of the target"
    )


def _need(estimate: Estimate) -> str:
    best, held = estimate.best, estimate.point("examples_held")
    number = best.examples_needed.point
    about = "about " if number >= 1.0 else ""
    needed = (
        f"{accuracy(estimate.point('target_accuracy'))} needs {about}{count_in_words(number)} "
        f"labelled example{'' if number < 1.5 else 's'}"
    )
    if not estimate.is_reachable and estimate.limit is not None:
        return f"{needed}; your limit is {count_in_words(estimate.limit)}. {_missing(estimate)}"
    holding = f"; you hold {count_in_words(held)}" if held else ""
    if best.new_examples.point == 0.0:
        return (
            f"{needed}{holding}. Nothing is bought, and nothing refunded. The bill trains on the "
            "examples needed, as Eq. 4 does; the chance counts all that you hold."
        )
    return f"{needed}{holding}. To label: {count_in_words(best.new_examples.point)}."


def _missing(estimate: Estimate) -> str:
    return (
        f"Missing: {count_in_words(estimate.point('missing_examples'))} examples, "
        f"{usd_in_words(estimate.point('missing_data_cost_usd'))} to label if they could be had. "
        f"Why: each halving of the error takes "
        f"{plain(round(estimate.point('examples_factor_to_halve_error')))} times the examples. "
        "The bill below is for what can be had."
    )


def _certainty(estimate: Estimate) -> list[str]:
    best, needed = estimate.best, estimate.best.examples_needed
    if needed.p05 == needed.p95:
        return ["The examples needed have no interval here: nothing of the law's scatter is left."]
    sentences = [_about_the_need(estimate)]
    if estimate.has_ranges:
        total = best.total_cost_usd
        ends = f"{usd_in_words(total.p05)} to {usd_in_words(total.p95)}"
        sentences.append(f"The total, where it can be had at all: {ends} (90% interval).")
    achievable = best.achievable_accuracy
    if achievable is not None and best.probability_at_limit is not None:
        sentences.append(
            f"With all {count_in_words(estimate.limit or 0)} you could ever have"
            f"{'' if estimate.evaluation['limit'].size == 1 else ' (the median)'}: "
            f"{accuracy(achievable.point)} (90% interval {accuracy(achievable.p05)} to "
            f"{accuracy(achievable.p95)}), a chance of {probability(best.probability_at_limit)}."
        )
        limit_is_certain = estimate.evaluation["limit"].size == 1
        buys = best.new_examples.point > 0.0 and estimate.is_reachable
        if Flag.COST_CAPPED_AT_LIMIT in best.flags and limit_is_certain and buys:
            sentences.append(
                f"Costs end at the limit, with {_cost_at_limit(estimate)}; where more would be "
                "needed, the target is missed instead."
            )
    return sentences


def _about_the_need(estimate: Estimate) -> str:
    """Return how sure the need is, and what would make it surer."""
    runs = estimate.runs
    record = record_of(
        estimate.law,
        has_pilots=runs is not None,
        is_structured=estimate.task.group is TaskGroup.STRUCTURED,
    )
    chance = probability(estimate.best.probability_of_target)
    narrows = "Only a pilot run narrows" if runs is None else "More runs on the task narrow"
    return (
        f"How sure: {record}{'' if runs is None else _taught(runs)} "
        f"{'With your ranges the' if estimate.has_ranges else 'Its'} 90% interval for the need is "
        f"{_span(estimate.best.examples_needed)}, and with "
        f"{count_in_words(estimate.point('examples_at_hand'))} the chance to reach the target is "
        f"{chance}. {narrows} the law's part in that."
    )


def _taught(runs: Runs) -> str:
    sizes = runs.examples[0]
    if len(sizes) == 1:
        return f" It was taught by your run on {count_in_words(float(sizes[0]))} examples."
    ends = (count_in_words(float(each)) for each in (sizes.min(), sizes.max()))
    return f" It was taught by your {len(sizes)} runs on {' to '.join(ends)} examples."


def _cost_at_limit(estimate: Estimate) -> str:
    name = "total_cost_usd"
    total = estimate.evaluation.graph.evaluate(
        [name],
        {
            **estimate.inputs_of_the_best(),
            **estimate.assumptions.overrides,
            "examples_used": estimate.limit or 0.0,
        },
    )[name]
    low, _, high = (usd_in_words(each) for each in percentiles(total, 0))
    interval = f" ({low} to {high})" if low != high else ""
    return f"{usd_in_words(point_value(total, 0))}{interval}"


def _span(needed: Uncertain) -> str:
    if needed.p95 >= MOST_EXAMPLES:
        return f"{count_in_words(needed.p05)} examples to no number that would do"
    return f"{count_in_words(needed.p05)} to {count_in_words(needed.p95)} examples"


def _bill(estimate: Estimate) -> Table:
    best = estimate.best
    rows = [
        (
            item.label,
            _quantity(item),
            f"× {usd(item.unit_price_usd)}",
            usd(item.cost_usd),
        )
        for item in best.bill.items
    ]
    rows.append(("Total", "", "", usd(best.bill.total_usd)))
    return Table(
        f"The bill with {best.model}",
        ("", "", "", ""),
        tuple(rows),
        right=(1, 3),
        has_total=True,
    )


def _assumed(estimate: Estimate) -> list[Paragraph]:
    """Return what each line of the bill assumes."""
    best = estimate.best
    lines = [f"{item.label}: {item.assumes}." for item in best.bill.items]
    if best.accelerator is not None:
        lines.append(
            f"Equipment: one {best.accelerator} in {best.precision}; {best.terms}"
            f"{_age(best.price_days_old)}. Training takes "
            f"{best.training_memory_gb:.3g} GB of its memory with a batch of "
            f"{count(estimate.point('batch_size'))}, serving {best.serving_memory_gb:.2g} GB."
        )
    return [Paragraph(line.replace(" x ", " × "), "quiet") for line in lines]


def _age(days: int) -> str:
    """Return how much older a price is than the newest of the table, from a year on."""
    if days <= _A_YEAR:
        return ""
    return f", {round(12 * days / _A_YEAR)} months before the newest price of the table"


def _quantity(item: LineItem) -> str:
    if item.unit == "example":
        return f"{count(item.quantity)} examples"
    if item.unit == "accelerator-hour":
        return f"{item.quantity:,.3g} accelerator-hours"
    return f"{item.quantity:.3g} {item.unit}"


def _options(estimate: Estimate) -> Table:
    shown = estimate.options[:SHOWN_OPTIONS]
    rest = len(estimate.options) - len(shown)
    more = f" of {len(estimate.options)}; --csv lists all" if rest else ""
    reached = "cheapest" if estimate.is_reachable else "best achievable, cheapest"
    with_equipment = estimate.best.accelerator is not None
    header = ("Model", *(("On", "Hours") if with_equipment else ()), "Training", "Data", "Total")
    return Table(
        f"Options, {reached} first{more}",
        header,
        tuple(_option_row(option) for option in shown),
        right=tuple(range(2 if with_equipment else 1, len(header))),
    )


def _option_row(option: Option) -> tuple[str, ...]:
    hours = option.training_hours
    equipment = () if hours is None else (option.accelerator or "", f"{hours.point:,.3g}")
    return (
        option.model,
        *equipment,
        usd(option.training_cost_usd.point),
        usd(option.data_cost_usd.point),
        usd(option.total_cost_usd.point),
    )


def _what_matters(estimate: Estimate) -> Table:
    aside = "" if estimate.limit is None else ", the limit set aside"
    return Table(
        f"What matters most for the total{aside}",
        ("If this were off", "by", "Lower", "Higher"),
        tuple(
            (
                swing.label,
                swing.move,
                _swing_in_words(swing.low_usd),
                _swing_in_words(swing.high_usd),
            )
            for swing in estimate.sensitivity[:SHOWN_SWINGS]
        ),
        right=(2, 3),
    )


def _swing_in_words(total_usd: float) -> str:
    return usd_in_words(total_usd) if total_usd < MOST_EXAMPLES else "without end"
