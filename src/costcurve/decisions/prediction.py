"""The error to expect of a run that was not made yet: of one task, or of a table of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from costcurve.core.draws import Z95, Range
from costcurve.core.errors import InputError
from costcurve.core.parameters import PlainNumber, field
from costcurve.core.quantities import FloatArray
from costcurve.core.vocabulary import TaskKind
from costcurve.decisions.pilots import (
    cautions_of_runs,
    check_runs,
    evenness_of,
    pilots_of,
    quantiles,
    setting_of,
)
from costcurve.decisions.task_table import TASK_COLUMNS, TaskTable, check_names
from costcurve.evidence.columns import read_columns
from costcurve.laws.belief import Runs
from costcurve.laws.law import default_law, load_law
from costcurve.laws.setting import Setting
from costcurve.task.task import TaskSetting

if TYPE_CHECKING:
    from costcurve.laws import Law, LawCard

#: What a prediction adds to a row.
OUTPUTS = ("error_p05", "error_p50", "error_p95", "law", "extrapolating")
_DEVIATES = np.array([-Z95, 0.0, Z95])


class Question(TaskSetting):
    """A run whose error is asked for.

    Parameters
    ----------
    kind, classes, class_counts, baseline_classes, pretrained, group
        As of a `Task`.
    pilot_examples, pilot_error, pilot_test_examples
        As of a `Task`.
    examples : float
        Training examples of the run.

    Raises
    ------
    InputError
        With one finding for each wrong field.
    """

    one_of: ClassVar[tuple[tuple[str, ...], ...]] = (("classes", "class_counts"), ("examples",))

    examples: PlainNumber | None = field("examples")


@dataclass(frozen=True)
class Prediction:
    """The error of a run that was not made yet.

    Attributes
    ----------
    error_p05, error_p50, error_p95 : float
        Quantiles of the predictive distribution of one more run's error, without the noise of its
        test set.
    law : LawCard
        What it rests on.
    pilots : int
        Runs on the task that it has learnt from.
    extrapolating : tuple of str
        What lies outside what the law was seen to hold for.
    warnings : tuple of str
        What is strange about the runs.
    """

    error_p05: float
    error_p50: float
    error_p95: float
    law: LawCard
    pilots: int
    extrapolating: tuple[str, ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it under the keys of the JSON contract."""
        return {
            "error_p05": self.error_p05,
            "error_p50": self.error_p50,
            "error_p95": self.error_p95,
            "law": self.law.id,
            "pilots": self.pilots,
            "extrapolating": list(self.extrapolating),
            "warnings": list(self.warnings),
        }


def predict(
    question: Question, *, law: Law | None = None, pilots: Runs | None = None
) -> Prediction:
    """Return the error to expect of a run.

    Parameters
    ----------
    question : Question
        The task, and the training examples.
    law : Law, optional
        By default the one with the best evidence for the task.
    pilots : Runs, optional
        Runs on the task in one row, besides the one that the question may hold.

    Raises
    ------
    InputError
        If a run cannot teach the law.

    Examples
    --------
    >>> asked = Question(classes=10, examples=20_000, pilot_examples=1_000, pilot_error=0.05)
    >>> found = predict(asked)
    >>> found.error_p05 < found.error_p50 < 0.05 < found.error_p95
    True
    """
    if isinstance(question.classes, Range):
        raise InputError.of("classes", question.classes, "must be one number in a prediction")
    if law is None:
        is_segmentation = question.kind is TaskKind.SEGMENTATION
        name = default_law(is_segmentation=is_segmentation, evenness=evenness_of(question))
        law = load_law(name)
    setting, runs = setting_of(question), pilots_of(question, pilots)
    if runs is not None:
        check_runs(law, setting, runs, ["pilot_error"])
    examples = np.array([question.examples or np.nan])
    low, middle, high = quantiles(law, setting, examples, runs, _DEVIATES)[:, 0].tolist()
    return Prediction(
        low,
        middle,
        high,
        law.card,
        0 if runs is None else runs.examples.shape[1],
        _outside(law.card, question, setting),
        () if runs is None else tuple(cautions_of_runs(law, setting, runs)),
    )


def _outside(card: LawCard, question: Question, setting: Setting) -> tuple[str, ...]:
    where = outside(card, setting, np.array([question.examples or np.nan]))
    return tuple(name for name, is_outside in where.items() if is_outside[0])


def outside(card: LawCard, setting: Setting, examples: FloatArray) -> dict[str, np.ndarray]:
    """Return in which respects each row lies outside what a law was seen to hold for.

    Parameters
    ----------
    card : LawCard
        Of the law.
    setting : Setting
        The tasks.
    examples : ndarray of shape (rows,)
        Training examples.
    """
    span = card.range
    low, high = span.examples
    least, most = span.relative_complexity
    # Complexity is a ratio of logarithms, and its ends are tasks that were seen.
    slack = 1e-9
    complexity = setting.relative_complexity
    is_beyond = (complexity < least * (1 - slack)) | (complexity > most * (1 + slack))
    kinds = (TaskKind.CLASSIFICATION, TaskKind.SEGMENTATION)
    untested = np.array([kind not in span.kinds for kind in kinds])
    unseen = np.array([bool(each) not in span.pretrained for each in (0, 1)])
    return {
        f"examples (seen: {low:,g} to {high:,g})": (examples < low) | (examples > high),
        f"relative complexity (seen: {least:.3g} to {most:.3g})": is_beyond,
        f"kind of task (seen: {', '.join(span.kinds)})": untested[setting.segmentation.astype(int)],
        "pretraining": unseen[setting.pretrained.astype(int)],
    }


@dataclass(frozen=True)
class Predicted:
    """A table of tasks with what is predicted for them.

    Attributes
    ----------
    cells : dict of str to list of str
        The columns as they were read.
    errors : ndarray of shape (3, rows)
        5th, 50th and 95th percentile of the error.
    laws : list of str
        What each row rests on.
    extrapolating : list of str
        In what each row lies outside what its law was seen to hold for; empty where in nothing.
    """

    cells: dict[str, list[str]]
    errors: FloatArray
    laws: list[str]
    extrapolating: list[str]

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows in order, with the outputs added."""
        columns = {**self.cells}
        added = [*self.errors.tolist(), self.laws, self.extrapolating]
        columns |= dict(zip(OUTPUTS, added, strict=True))
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def predict_table(path: Path, law: Law | None = None) -> Predicted:
    """Return the errors to expect of many runs.

    Parameters
    ----------
    path : Path
        CSV or Parquet with the columns kind, classes, examples and pretrained, and perhaps group,
        pilot_examples, pilot_error and pilot_test_examples.
    law : Law, optional
        By default for each row the one with the best evidence for its task.

    Raises
    ------
    InputError
        Naming every wrong cell, up to 20 of each column.
    """
    data = read_columns(path, "from")
    if not len(data):
        raise InputError.of("from", path, "must hold a row at least")
    taken = [name for name in OUTPUTS if name in data.cells]
    if taken:
        raise InputError.of("from header", taken[0], "is the name of a column that is added")
    check_names(data, TASK_COLUMNS, "from")
    reader = TaskTable(data)
    setting, runs, examples = reader.setting(), reader.runs(), reader.numbers("examples")
    InputError.check(reader.findings)
    errors, laws, beyond = np.empty((3, len(data))), [""] * len(data), [""] * len(data)
    for is_segmentation in (False, True):
        which = np.flatnonzero(setting.segmentation == is_segmentation)
        if not len(which):
            continue
        used = law or load_law(default_law(is_segmentation=is_segmentation, evenness=1.0))
        own = setting.rows(which)
        some = Runs(*(getattr(runs, each.name)[which] for each in fields(runs)))
        check_runs(used, own, some, [reader.place(row, "pilot_error") for row in which.tolist()])
        errors[:, which] = quantiles(used, own, examples[which], some, _DEVIATES)
        where = outside(used.card, own, examples[which])
        for place, row in enumerate(which.tolist()):
            laws[row] = used.card.id
            beyond[row] = "; ".join(name for name, is_out in where.items() if is_out[place])
    return Predicted(data.cells, errors, laws, beyond)
