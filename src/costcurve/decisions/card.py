"""The decision card: the answer in words first, then the bill, then what matters most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from costcurve.core.display import (
    LARGE,
    accuracy,
    count,
    count_in_words,
    plain,
    probability,
    usd,
    usd_in_words,
)
from costcurve.core.document import Document, Paragraph, Table
from costcurve.decisions.axes import point_value

if TYPE_CHECKING:
    from costcurve.costs import LineItem
    from costcurve.decisions.result import Estimate, Option, Shortfall

#: Options on the card; the paper recommends the best three.
SHOWN_OPTIONS = 3
#: Rows of what matters most.
SHOWN_SWINGS = 3


def decision_card(estimate: Estimate) -> Document:
    """Return the card of an estimate, for a manager to read."""
    blocks: list[Paragraph | Table] = [Paragraph(_headline(estimate), "lead")]
    blocks += [Paragraph(text) for text in (_need(estimate), *_certainty(estimate)) if text]
    blocks += [_bill(estimate), _options(estimate)]
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
    classes = task.classes or len(task.class_counts or ())
    return f"{accuracy(estimate.target_accuracy)} accuracy, {task.kind} of {classes:,} classes" + (
        "" if task.pretrained else ", from scratch"
    )


def _headline(estimate: Estimate) -> str:
    best = estimate.best
    price = f"{usd_in_words(best.total_cost_usd.point)} with {best.model}"
    if estimate.shortfall is not None:
        return f"Out of reach: {_best_achievable(estimate, estimate.shortfall)}"
    if best.examples_needed.point >= LARGE:
        return f"On paper only: {price}. Give the limit of examples to see what can be reached."
    chance = best.probability_of_target
    odds = "an even chance" if 0.45 <= chance <= 0.55 else f"a chance of {probability(chance)}"
    within = "" if estimate.task.limit is None else "within your limit, "
    return f"In reach, {within}with {odds}: {price}."


def _best_achievable(estimate: Estimate, missing: Shortfall) -> str:
    best = estimate.best
    achievable = best.achievable_accuracy
    if achievable is None:
        return "no number of examples that has a meaning would do."
    return (
        f"the most to expect is {accuracy(achievable.point)}, "
        f"{100 * missing.accuracy:.2g} points short of the target."
    )


def _need(estimate: Estimate) -> str:
    best, task = estimate.best, estimate.task
    number = best.examples_needed.point
    about = "about " if number >= 1.0 else ""
    needed = (
        f"{accuracy(estimate.target_accuracy)} needs {about}{count_in_words(number)} labelled "
        f"example{'' if number < 1.0 else 's'}"
    )
    if estimate.shortfall is not None and task.limit is not None:
        return f"{needed}; your limit is {count_in_words(task.limit)}. {_missing(estimate)}"
    held = f"; you hold {count_in_words(task.examples_held)}" if task.examples_held else ""
    if best.new_examples.point == 0.0:
        return f"{needed}{held}. Nothing is bought, and what is held beyond is not refunded."
    return f"{needed}{held}. To label: {count_in_words(best.new_examples.point)}."


def _missing(estimate: Estimate) -> str:
    missing = estimate.shortfall
    if missing is None:
        return ""
    halving = 2.0 ** (-1.0 / point_value(estimate.evaluation["examples_exponent"], 0))
    return (
        f"Missing: {count_in_words(missing.examples)} examples, "
        f"{usd_in_words(missing.data_cost_usd)} to label if they could be had. Why: each halving "
        f"of the error takes {plain(round(halving))} times the examples. The bill below is for "
        "what can be had."
    )


def _certainty(estimate: Estimate) -> list[str]:
    best = estimate.best
    needed = best.examples_needed
    if needed.p05 == needed.p95:
        return ["The number of examples was set by hand, so it has no interval."]
    residual = estimate.law.residual
    factor = f"{10.0**residual.sd:.2g}"
    span = f"{count_in_words(needed.p05)} and {count_in_words(needed.p95)}"
    used = count_in_words(estimate.point("examples_used"))
    chance = probability(best.probability_of_target)
    sentences = [
        f"How sure: on its {residual.cases} test cases this law was off by a factor of {factor} in "
        f"error. So for nine tasks in ten like this one the need lies between {span} examples; "
        f"with {used} the chance to reach the target is {chance}. Only a pilot run narrows that."
    ]
    achievable = best.achievable_accuracy
    if achievable is not None and best.probability_at_limit is not None:
        sentences.append(
            f"With all {count_in_words(estimate.task.limit or 0)} you could ever have: "
            f"{accuracy(achievable.point)} (90% interval {accuracy(achievable.p05)} to "
            f"{accuracy(achievable.p95)}), a {probability(best.probability_at_limit)} chance."
        )
    return sentences


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


def _quantity(item: LineItem) -> str:
    if item.unit == "example":
        return f"{count(item.quantity)} examples"
    return f"{item.quantity:.3g} {item.unit}"


def _options(estimate: Estimate) -> Table:
    shown = estimate.options[:SHOWN_OPTIONS]
    rest = len(estimate.options) - len(shown)
    more = f" of {len(estimate.options)}; --csv lists all" if rest else ""
    reached = "cheapest" if estimate.shortfall is None else "best achievable, cheapest"
    return Table(
        f"Options, {reached} first{more}",
        ("Model", "Training", "Data", "Total"),
        tuple(_option_row(option) for option in shown),
        right=(1, 2, 3),
    )


def _option_row(option: Option) -> tuple[str, ...]:
    return (
        option.model,
        usd(option.training_cost_usd.point),
        usd(option.data_cost_usd.point),
        usd(option.total_cost_usd.point),
    )


def _what_matters(estimate: Estimate) -> Table:
    aside = "" if estimate.task.limit is None else ", the limit set aside"
    return Table(
        f"What matters most: the total with one thing 10% off{aside}",
        ("", "10% lower", "10% higher"),
        tuple(
            (swing.label, usd_in_words(swing.low_usd), usd_in_words(swing.high_usd))
            for swing in estimate.sensitivity[:SHOWN_SWINGS]
        ),
        right=(1, 2),
    )
