"""Runs on the task itself: what a law is told of it, and what was measured already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from costcurve.core.draws import Range
from costcurve.core.errors import Finding, InputError
from costcurve.core.quantities import FloatArray
from costcurve.core.vocabulary import TaskKind
from costcurve.laws.belief import Belief, Runs, Scale
from costcurve.laws.setting import Setting
from costcurve.task.task import TaskSetting, group_shares

if TYPE_CHECKING:
    from costcurve.laws import Law

#: An exact error nearer to chance than this share has learnt nothing that could be told from noise.
_NEAR_CHANCE = 0.999
#: A law that is off by this factor at a run that taught it contradicts what the reader has seen.
_FAR = 1.25
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

    The one that it describes counts once, even if the file has it too.

    Raises
    ------
    InputError
        If one of the pilot's numbers is given without the others, or the classes are a range.
    """
    runs = [] if more is None else [more]
    if task.pilot_examples is not None and task.pilot_error is not None:
        tests = np.inf if task.pilot_test_examples is None else task.pilot_test_examples
        one = tuple(float(each) for each in (task.pilot_examples, task.pilot_error, tests))
        if more is None or one not in zip(*_columns(more), strict=True):
            runs.append(Runs(*(np.array([[number]]) for number in one)))
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


def _columns(runs: Runs) -> list[list[float]]:
    return [each[0].tolist() for each in (runs.examples, runs.error, runs.test_examples)]


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
    after = belief.after(runs, scale)
    if after.is_held()[0]:
        found.append("The pilots' errors do not fall with examples; the law takes them to.")
    return [*found, *_about_the_largest(after, runs, scale)]


def _about_the_largest(after: Belief, runs: Runs, scale: Scale) -> list[str]:
    """Return what to say where a law stays far from the largest run that taught it."""
    largest = int(np.argmax(runs.examples[0]))
    measured, size = float(runs.error[0, largest]), float(runs.examples[0, largest])
    middle, _ = after.at(np.array([size]))
    said = float(scale.error(middle)[0])
    tested = float(runs.test_examples[0, largest])
    # Twice the standard error of the larger share, since none of few tested is no news; without the
    # size of the test set the measured one is taken as exact.
    share = min(max(measured, said), 1.0)
    unsure = 2.0 * np.sqrt(share * (1.0 - share) / tested) if np.isfinite(tested) else 0.0
    if abs(said - measured) <= unsure or max(said, measured) < _FAR * max(
        min(said, measured), 1e-9
    ):
        return []
    return [
        f"Taught by the pilots, the law still expects an error of {said:.3g} with {size:,.10g} "
        f"examples, where {measured:.3g} was measured: much of its scatter is that of single "
        "runs, so that it learns little from them. costcurve curve goes by the runs alone."
    ]


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
