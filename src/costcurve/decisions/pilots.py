"""Runs on the task itself: what a law is told of it, and what was measured already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from costcurve.core.draws import Range
from costcurve.core.errors import Finding, InputError
from costcurve.core.quantities import FloatArray
from costcurve.core.vocabulary import TaskKind
from costcurve.laws.belief import Runs
from costcurve.laws.setting import Setting
from costcurve.task.task import TaskSetting, group_shares

if TYPE_CHECKING:
    from costcurve.laws import Law

#: An exact error nearer to chance than this share has learnt nothing that could be told from noise.
_NEAR_CHANCE = 0.999
# Standard normal deviate that one in a thousand exceeds.
_Z999 = 3.0902323061678132


def setting_of(task: TaskSetting) -> Setting:
    """Return what a law is told of a task, in one row; of ranges, the medians."""
    known = task.complexity()
    entropy = known["class_entropy_bits"] * np.log(2.0)
    numbers = (
        entropy,
        known["relative_complexity"],
        float(task.pretrained),
        float(task.kind is TaskKind.SEGMENTATION),
        *group_shares(task.group).values(),
    )
    return Setting(*(np.array([number]) for number in numbers))


def evenness_of(task: TaskSetting) -> float:
    """Return the entropy of the classes over that of as many equal ones."""
    if task.class_counts is None:
        return 1.0
    entropy = task.complexity()["class_entropy_bits"]
    return float(entropy / np.log2(len(task.class_counts)))


def pilots_of(task: TaskSetting, more: Runs | None = None) -> Runs | None:
    """Return the runs on a task: the one that it describes, and those of a file.

    Raises
    ------
    InputError
        If one of the pilot's numbers is given without the others, or the classes are a range.
    """
    runs = [] if more is None else [more]
    if task.pilot_examples is not None and task.pilot_error is not None:
        tests = np.inf if task.pilot_test_examples is None else task.pilot_test_examples
        one = (task.pilot_examples, task.pilot_error, tests)
        runs.append(Runs(*(np.array([[float(number)]]) for number in one)))
    elif {task.pilot_examples, task.pilot_error, task.pilot_test_examples} != {None}:
        missing = "pilot_examples" if task.pilot_examples is None else "pilot_error"
        raise InputError([Finding(missing, "", "is missing; a pilot has examples and an error")])
    if not runs:
        return None
    if isinstance(task.classes, Range):
        allowed = "must be one number beside pilots, whose errors are read against chance"
        raise InputError.of("classes", task.classes, allowed)
    columns = zip(*((each.examples, each.error, each.test_examples) for each in runs), strict=True)
    return Runs(*(np.concatenate(column, axis=1) for column in columns))


def check_runs(law: Law, setting: Setting, runs: Runs, places: list[str]) -> None:
    """Raise InputError if a law cannot learn from some runs.

    Parameters
    ----------
    law : Law
        What shall learn.
    setting : Setting
        The tasks.
    runs : Runs
        A row for each task; NaN where there are fewer.
    places : list of str
        What names each row in an error.
    """
    is_there = ~np.isnan(runs.error)
    findings = [] if not is_there.any() else _cannot_learn(law)
    is_exact = is_there & ~np.isfinite(runs.test_examples)
    wanted = "unless the size of its test set (test_examples) is given"
    for row in np.flatnonzero((is_exact & (runs.error == 0.0)).any(axis=1)).tolist():
        findings.append(Finding(places[row], "0", f"must be above 0, {wanted}"))
    chance = getattr(law.scale(setting), "chance", np.full(len(setting), np.inf))
    at_chance = is_exact & (runs.error >= _NEAR_CHANCE * chance[:, None])
    for row, run in np.argwhere(at_chance).tolist():
        allowed = f"must be below {chance[row]:.3g}, what guessing gives, {wanted}"
        findings.append(Finding(places[row], f"{runs.error[row, run]:g}", allowed))
    InputError.check(findings)


def _cannot_learn(law: Law) -> list[Finding]:
    residual = getattr(law.card, "residual", None)
    if residual is None or residual.shared:
        return []
    allowed = "by its card runs on one task have nothing known in common, so none can teach it"
    return [Finding("law", law.card.id, allowed)]


def cautions_of_runs(law: Law, setting: Setting, runs: Runs) -> list[str]:
    """Return what is strange about the runs on one task, in sentences."""
    belief, scale = law.belief(setting), law.scale(setting)
    found = []
    k = runs.error.shape[1]
    # Wilson and Hilferty (1931): the cube root of chi squared over its mean is nearly normal.
    usual = k * (1.0 - 2.0 / (9.0 * k) + _Z999 * (2.0 / (9.0 * k)) ** 0.5) ** 3
    if belief.surprise(runs, scale)[0] > usual:
        found.append(
            "The pilots are not like what the law has seen, or contradict each other: one set in "
            "a thousand lies as far off. Read the interval as too narrow."
        )
    if belief.after(runs, scale).is_held()[0]:
        found.append("The pilots' errors do not fall with examples; the law takes them to.")
    return found


def check_overrides(overrides: Mapping[str, float], law: Law, *, has_pilots: bool) -> None:
    """Raise InputError for an override of what a law's scatter, or its pilots, were read with.

    Parameters
    ----------
    overrides : mapping of str to float
        By the name of the quantity.
    law : Law
        What answers.
    has_pilots : bool
        Whether runs have taught it.
    """
    fixed = {"specialized": "group", "structured": "group"} if law.asks_for_the_group else {}
    if has_pilots:
        fixed |= dict.fromkeys(("classes", "class_entropy_nats", "chance_error"), "classes")
        fixed |= {"log10_classes": "classes", "pretrained": "pretrained"}
    InputError.check(
        [
            Finding(
                f"overrides.{name}", "", f"what the law knows depends on it; give {fixed[name]}"
            )
            for name in overrides
            if name in fixed
        ]
    )


def quantiles(
    law: Law, setting: Setting, examples: FloatArray, runs: Runs | None, deviates: FloatArray
) -> FloatArray:
    """Return quantiles of the error of a new run, of shape (deviates, rows).

    Parameters
    ----------
    law : Law
        What predicts.
    setting : Setting
        The tasks.
    examples : ndarray of shape (rows,)
        Training examples of the new run.
    runs : Runs, optional
        Runs on the tasks, a row for each.
    deviates : ndarray of shape (deviates,)
        Standard normal deviates of the quantiles.
    """
    scale, belief = law.scale(setting), law.belief(setting)
    if runs is not None:
        belief = belief.after(runs, scale)
    middle, spread = belief.at(examples)
    return np.stack([scale.error(middle + z * spread) for z in deviates])
