"""What labelling more would buy: accuracy, chance and cost for numbers of new examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from costcurve.core.display import accuracy, count, count_in_words, probability, usd_in_words
from costcurve.core.document import Table
from costcurve.core.errors import Finding, InputError
from costcurve.decisions.axes import draws_of, percentiles, point_value
from costcurve.decisions.result import Estimate, Uncertain
from costcurve.task.counts import MOST_EXAMPLES

#: Rows that a reader can take in, and that stay within a moment.
MOST_ROWS = 100
#: Steps of a search, and how often it looks closer: 23^7 is finer than one in 10^9 of 15 decades.
_STEPS, _ZOOMS = 24, 8
_NAMES = ("achievable_accuracy", "probability_at_limit", "total_cost_usd")


@dataclass(frozen=True, slots=True)
class MoreExamples:
    """What some new examples buy with the estimate's best model.

    Attributes
    ----------
    new_examples, examples : float
        To be labelled, and with those held.
    accuracy : Uncertain
        After training on all of them, at most that of chance below; 0 to 1.
    probability_of_target : float
        That it is the target's or better, the mean over all that is uncertain.
    total_cost_usd : Uncertain
        USD of labelling and training.
    """

    new_examples: float
    examples: float
    accuracy: Uncertain
    probability_of_target: float
    total_cost_usd: Uncertain

    def to_dict(self) -> dict[str, float]:
        """Return it as a row."""
        return {
            "new_examples": self.new_examples,
            "examples": self.examples,
            **self.accuracy.to_dict("accuracy"),
            "probability_of_target": self.probability_of_target,
            **self.total_cost_usd.to_dict("total_cost_usd"),
        }


def with_more(
    estimate: Estimate, new_examples: Sequence[float], chances: Sequence[float] = ()
) -> Estimate:
    """Return an estimate that also says what numbers of new examples buy.

    Parameters
    ----------
    estimate : Estimate
        With one number of examples held, not a range.
    new_examples : sequence of float
        Numbers of examples to label, at least 0, and with those held within the limit.
    chances : sequence of float
        Chances to reach the target, above 0 and below 1: the fewest new examples that give each
        stand beside those numbers.

    Raises
    ------
    InputError
        With a finding for each number that is not allowed.
    """
    held = estimate.point("examples_held")
    _check(estimate, new_examples, held)
    needed = _for_chances(estimate, chances, held)
    return replace(estimate, more=more_examples(estimate, sorted([*new_examples, *needed])))


def more_examples(estimate: Estimate, new_examples: Sequence[float]) -> tuple[MoreExamples, ...]:
    """Return what numbers of new examples buy, in the order given; the numbers are not checked."""
    new = np.asarray(new_examples, dtype=np.float64)
    examples = estimate.point("examples_held") + new
    rows: Any = examples.reshape(-1, 1, 1)
    evaluation = estimate.evaluation.graph.evaluate(
        list(_NAMES),
        {
            **estimate.inputs_of_the_best(),
            **estimate.assumptions.overrides,
            "examples_used": rows,
            "limit": rows,
        },
    )
    found = []
    for place in range(len(new)):
        better, chance, cost = (_row(evaluation[name], place) for name in _NAMES)
        found.append(
            MoreExamples(
                float(new[place]),
                float(examples[place]),
                Uncertain(point_value(better, 0), *percentiles(better, 0)),
                float(draws_of(chance, 0).mean()),
                Uncertain(point_value(cost, 0), *percentiles(cost, 0)),
            )
        )
    return tuple(found)


def table_of_more(rows: Sequence[MoreExamples]) -> Table:
    """Return the rows as a table for a reader."""
    return Table(
        "What labelling more would buy",
        ("To label", "In all", "Accuracy", "90% interval", "Chance", "Total"),
        tuple(
            (
                count(row.new_examples),
                count(row.examples),
                accuracy(row.accuracy.point),
                f"{accuracy(row.accuracy.p05)} to {accuracy(row.accuracy.p95)}",
                probability(row.probability_of_target),
                usd_in_words(row.total_cost_usd.point),
            )
            for row in rows
        ),
        right=tuple(range(6)),
    )


def _for_chances(estimate: Estimate, chances: Sequence[float], held: float) -> list[float]:
    """Return the fewest new examples, a whole number, with which the target has each chance."""
    findings, found = [], []
    most = MOST_EXAMPLES if estimate.limit is None else max(estimate.limit, held)
    at_most = more_examples(estimate, [most - held])[0].probability_of_target if chances else 0.0
    for chance in chances:
        if not 0.0 < chance < 1.0:
            findings.append(Finding("chance", f"{chance:g}", "must be above 0 and below 1"))
        elif chance > at_most:
            allowed = f"must be at most {at_most:.4g}, the chance with all {count_in_words(most)}"
            findings.append(Finding("chance", f"{chance:g}", allowed))
        else:
            found.append(_for_chance(estimate, chance, max(held, 1.0), most) - held)
    InputError.check(findings)
    return [max(float(np.ceil(new)), 0.0) for new in found]


def _for_chance(estimate: Estimate, chance: float, low: float, high: float) -> float:
    """Return the examples at which a chance is reached, looked for closer and closer."""
    held = estimate.point("examples_held")
    for _ in range(_ZOOMS):
        grid = np.geomspace(low, high, _STEPS)
        rows = more_examples(estimate, (grid - held).tolist())
        reached = [row.probability_of_target >= chance for row in rows]
        first = reached.index(True) if any(reached) else _STEPS - 1
        if first == 0:
            return low
        low, high = float(grid[first - 1]), float(grid[first])
    return high


def _row(array: Any, place: int) -> Any:
    full = np.atleast_3d(array)
    return full[place if full.shape[0] > 1 else 0][np.newaxis]


def _check(estimate: Estimate, new_examples: Sequence[float], held: float) -> None:
    findings = []
    if len(new_examples) > MOST_ROWS:
        findings.append(
            Finding("label_more", str(len(new_examples)), f"at most {MOST_ROWS} numbers")
        )
    most = np.inf if estimate.limit is None else estimate.limit - held
    for number in new_examples:
        if not (np.isfinite(number) and number >= 0.0):
            findings.append(Finding("label_more", f"{number:g}", "must be a number of at least 0"))
        elif number + held <= 0.0:
            findings.append(Finding("label_more", "0", "must be above 0, since none are held"))
        elif number > most:
            allowed = (
                f"must be at most {count(max(most, 0.0))}: the limit of "
                f"{count(estimate.limit or 0.0)}, which counts all, less the {count(held)} held"
            )
            findings.append(Finding("label_more", f"{number:g}", allowed))
    if estimate.evaluation["examples_held"].size > 1:
        findings.append(Finding("examples_held", "", "must be one number beside label_more"))
    InputError.check(findings)
