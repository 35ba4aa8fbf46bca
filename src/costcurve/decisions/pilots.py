"""Runs on the task itself: what a law is told of it, and what was measured already."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from costcurve.core.errors import Finding, InputError
from costcurve.core.quantities import FloatArray
from costcurve.core.vocabulary import TaskKind
from costcurve.laws.belief import Runs
from costcurve.laws.setting import Setting
from costcurve.task.task import TaskSetting, group_shares

if TYPE_CHECKING:
    from costcurve.laws import Law

#: Columns of a file of pilots; the third may be left out.
COLUMNS = ("n", "error", "test_examples")
#: Runs that a file may hold: a learning curve, not a log of every step.
MOST_RUNS = 1000


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


def read_pilots(path: Path) -> Runs:
    """Return the runs of a file, in one row.

    Parameters
    ----------
    path : Path
        CSV or Parquet with the columns n and error, and perhaps test_examples.

    Raises
    ------
    InputError
        Naming every wrong cell.
    """
    from costcurve.evidence.columns import read_columns  # noqa: PLC0415 - only for a file

    table = read_columns(path, "pilot")
    if not len(table):
        raise InputError.of("pilot", path, "must hold a run at least")
    if len(table) > MOST_RUNS:
        raise InputError.of("pilot", f"{len(table):,} runs", f"must be at most {MOST_RUNS:,}")
    examples = table.numbers("pilot", COLUMNS[0], above=0.0)
    error = table.numbers("pilot", COLUMNS[1], above=-np.finfo(float).tiny, at_most=1.0)
    tests = np.full(len(table), np.inf)
    if COLUMNS[2] in table.cells:
        tests = table.numbers("pilot", COLUMNS[2], above=0.0)
    return Runs(examples[None], error[None], tests[None])


def pilots_of(task: TaskSetting, more: Runs | None = None) -> Runs | None:
    """Return the runs on a task: the one that it describes, and those of a file.

    Raises
    ------
    InputError
        If one of the pilot's numbers is given without the others.
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
    wanted = "give its test_examples, the size of its test set, and it can be weighed"
    for row, run in np.argwhere(is_exact & (runs.error == 0.0)).tolist()[:20]:
        findings.append(Finding(places[row], f"{runs.error[row, run]:g}", f"is no error; {wanted}"))
    chance = getattr(law.scale(setting), "chance", np.ones(len(setting)))
    at_chance = is_exact & (runs.error >= _NEAR_CHANCE * chance[:, None])
    for row, run in np.argwhere(at_chance).tolist()[:20]:
        allowed = f"must be below {chance[row]:.3g}, what guessing gives; {wanted}"
        findings.append(Finding(places[row], f"{runs.error[row, run]:g}", allowed))
    InputError.check(findings)


#: An exact error nearer to chance than that has learnt nothing that could be told from noise.
_NEAR_CHANCE = 0.999


def _cannot_learn(law: Law) -> list[Finding]:
    residual = getattr(law.card, "residual", None)
    if residual is None or residual.shared is not None:
        return []
    allowed = "its card does not say what runs on one task have in common, so none can teach it"
    return [Finding("law", law.card.id, allowed)]


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
