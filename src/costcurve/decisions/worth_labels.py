"""Which class to label next: what remedying the imbalance of the classes is worth.

Every class is taken to follow the law with its own examples: with a fair share of the plan's its
error is that of the plan, and it falls at the law's local exponent. How often a class comes is
taken from its share of the examples, or from the prevalence where the case gives it; the smaller
of two classes is then the positive one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from costcurve.core.quantities import FloatArray
from costcurve.decisions.class_labels import LabelledClasses, split_labels
from costcurve.decisions.worth_case import WorthCase
from costcurve.decisions.worth_graph import WorthGraph

#: Classes beyond which nobody reads a table, and labels where the plan buys none.
_MOST_CLASSES, _LABELS = 1000, 1000.0
#: Step in ln n of the local exponent, and the least exponent that counts as falling.
_STEP, _LEAST = 0.01, 1e-6


@dataclass(frozen=True)
class ClassLabels:
    """What to label of one class.

    Attributes
    ----------
    name : str
        Of the class.
    share : float
        Among what is predicted.
    held, labels : float
        Examples held, and new labels where they save most.
    error_now, error_then : float
        Of the class, at most 1, everything at its median.
    """

    name: str
    share: float
    held: float
    labels: float
    error_now: float
    error_then: float


@dataclass(frozen=True)
class LabelPlan:
    """New labels over the classes.

    Attributes
    ----------
    classes : tuple of ClassLabels
        Those that get most first.
    usd_per_year : float
        What this split saves in a year over one in proportion to the classes, in USD.
    """

    classes: tuple[ClassLabels, ...]
    usd_per_year: float


def label_plan(case: WorthCase, certain: WorthGraph, plan: float) -> LabelPlan | None:
    """Return how to split a plan's new labels; `None` without classes, volume or cost of errors.

    Parameters
    ----------
    case : WorthCase
        Whose class counts are the examples held.
    certain : WorthGraph
        Everything at its median.
    plan : float
        Examples at hand with the plan.
    """
    counts = case.task.class_counts
    if counts is None or not 2 <= len(counts) <= _MOST_CLASSES or min(counts.values()) < 1.0:
        return None
    held = np.array(list(counts.values()), dtype=np.float64)
    shares, costs = _shares_and_costs(case, certain, held, plan)
    volume = float(certain.values("predictions_per_year", plan)[0, 0])
    beside = np.array([plan, plan * np.exp(_STEP)])
    errors = certain.values("achievable_error", beside)[:, 0]
    exponent = float(-np.log(errors[1] / errors[0]) / _STEP)
    if volume <= 0.0 or not np.any(shares * costs > 0.0) or exponent < _LEAST:
        return None
    scale = float(errors[0]) * (plan / len(held)) ** exponent
    one = np.ones(len(held))
    classes = LabelledClasses(shares, costs, scale * one, exponent * one, held)
    new = max(plan - held.sum(), 0.0) or _LABELS
    split = split_labels(classes, new)
    even = classes.cost_usd(held + new * held / held.sum())
    rows = [
        ClassLabels(name, *map(float, numbers))
        for name, *numbers in zip(
            counts,
            shares,
            held,
            split.labels,
            _error(classes, held),
            _error(classes, held + split.labels),
            strict=True,
        )
    ]
    ordered = tuple(sorted(rows, key=lambda each: -each.labels))
    return LabelPlan(ordered, volume * (even - split.cost_after_usd))


def _shares_and_costs(
    case: WorthCase, certain: WorthGraph, held: FloatArray, plan: float
) -> tuple[FloatArray, FloatArray]:
    """Return how often each class is predicted, and what an error on it costs."""
    benefit = float(certain.values("benefit_per_prediction_usd", plan)[0, 0])
    if case.benefit.is_two_sided and len(held) == 2:
        names = ("prevalence", "cost_false_negative_usd", "cost_false_positive_usd")
        often, missed, alarm = (float(certain.values(name, plan)[0, 0]) for name in names)
        is_positive = np.arange(2) == int(held.argmin())
        shares = np.where(is_positive, often, 1.0 - often)
        return shares, np.maximum(np.where(is_positive, missed, alarm) + benefit, 0.0)
    cost = benefit
    if not case.benefit.is_two_sided:
        cost += float(certain.values("cost_per_error_usd", plan)[0, 0])
    return held / held.sum(), np.full(len(held), max(cost, 0.0))


def _error(classes: LabelledClasses, examples: FloatArray) -> FloatArray:
    return np.minimum(classes.scale * examples**-classes.exponent, 1.0)
