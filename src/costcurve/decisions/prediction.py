"""The error to expect of a run that was not made yet: of one task, or of a table of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from costcurve.core.draws import Z95
from costcurve.core.errors import Finding, InputError, nearest, shown
from costcurve.core.parameters import PlainNumber, field, table
from costcurve.core.quantities import FloatArray
from costcurve.core.vocabulary import TaskGroup, TaskKind
from costcurve.decisions.pilots import check_runs, evenness_of, pilots_of, quantiles, setting_of
from costcurve.evidence.columns import MOST_FINDINGS, Columns, as_numbers, read_columns
from costcurve.laws.belief import Runs
from costcurve.laws.law import default_law, load_law
from costcurve.laws.setting import Setting
from costcurve.task.task import TaskSetting, group_shares

if TYPE_CHECKING:
    from costcurve.laws import Law, LawCard

#: What a prediction adds to a row.
OUTPUTS = ("error_p05", "error_p50", "error_p95", "law")
_DEVIATES = np.array([-Z95, 0.0, Z95])
_TRUE, _FALSE = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no"})


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
        Quantiles of the predictive distribution; what one more run would measure, not a mean.
    law : LawCard
        What it rests on.
    pilots : int
        Runs on the task that it has learnt from.
    extrapolating : tuple of str
        What lies outside what the law was seen to hold for.
    """

    error_p05: float
    error_p50: float
    error_p95: float
    law: LawCard
    pilots: int
    extrapolating: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it under the keys of the JSON contract."""
        return {
            "error_p05": self.error_p05,
            "error_p50": self.error_p50,
            "error_p95": self.error_p95,
            "law": self.law.id,
            "pilots": self.pilots,
            "extrapolating": list(self.extrapolating),
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
    )


def _outside(card: LawCard, question: Question, setting: Setting) -> tuple[str, ...]:
    span = card.range
    found = []
    examples = question.examples or np.nan
    if not span.examples[0] <= examples <= span.examples[1]:
        found.append(
            f"examples {examples:g} (seen: {span.examples[0]:,g} to {span.examples[1]:,g})"
        )
    complexity = float(setting.relative_complexity[0])
    low, high = span.relative_complexity
    if not low * (1 - 1e-9) <= complexity <= high * (1 + 1e-9):
        found.append(f"relative complexity {complexity:.3g} (seen: {low:.3g} to {high:.3g})")
    if question.kind not in span.kinds:
        found.append(f"{question.kind} (seen: {', '.join(span.kinds)})")
    if question.pretrained not in span.pretrained:
        found.append("training from scratch" if not question.pretrained else "pretrained")
    return tuple(found)


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
    """

    cells: dict[str, list[str]]
    errors: FloatArray
    laws: list[str]

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows in order, with the outputs added."""
        columns = {**self.cells}
        columns |= dict(zip(OUTPUTS, [*self.errors.tolist(), self.laws], strict=True))
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
    reader = _Reader(data)
    setting, runs = reader.setting(), reader.runs()
    examples = reader.numbers("examples")
    InputError.check(reader.findings)
    segmentation = setting.segmentation > 0.0
    errors = np.empty((3, len(data)))
    laws = np.empty(len(data), dtype=object)
    for is_segmentation in (False, True):
        which = np.flatnonzero(segmentation == is_segmentation)
        if not len(which):
            continue
        used = law or load_law(default_law(is_segmentation=is_segmentation, evenness=1.0))
        some, own = Runs(*(each[which] for each in runs)), setting.rows(which)
        check_runs(used, own, some, [reader.place(row, "pilot_error") for row in which.tolist()])
        errors[:, which] = quantiles(used, own, examples[which], some, _DEVIATES)
        laws[which] = used.card.id
    return Predicted(data.cells, errors, laws.tolist())


class _Reader:
    """Reads the columns of a table of tasks, and keeps every finding."""

    def __init__(self, data: Columns) -> None:
        self.data = data
        self.findings: list[Finding] = []

    def place(self, row: int, name: str) -> str:
        """Return the name of a cell for an error."""
        return f"from row {self.data.row_numbers[row]}, column {name}"

    def numbers(self, name: str, *, default: float | None = None) -> FloatArray:
        """Return a column of numbers within the bounds of its parameter.

        With a default an empty cell, or a column that is not there, has that value.
        """
        parameter = table()[name]
        cells = self._cells(name, needed=default is None)
        values = as_numbers(cells)
        is_empty = np.array([not cell for cell in cells], dtype=bool)
        low, high = parameter.bounds.ends()
        with np.errstate(invalid="ignore"):
            within = (values >= low) & (values <= high)
        if name == "classes":
            within &= values == np.floor(values)
        wrong = ~within if default is None else ~within & ~is_empty
        self._refuse(name, wrong, f"must be {parameter.allowed}")
        return values if default is None else np.where(is_empty, default, values)

    def words(self, name: str, known: dict[str, float]) -> FloatArray:
        """Return a column of words as numbers."""
        cells = [cell.casefold() for cell in self._cells(name, needed="" not in known)]
        values = np.array([known.get(cell, np.nan) for cell in cells])
        words = [word for word in known if word]
        wrong = np.isnan(values)
        hint = nearest(cells[int(np.argmax(wrong))], words) if wrong.any() else ""
        self._refuse(name, wrong, f"must be one of: {', '.join(words)}{hint}")
        return values

    def setting(self) -> Setting:
        """Return what a law is told of the tasks."""
        kinds = {str(kind): float(kind is TaskKind.SEGMENTATION) for kind in TaskKind}
        entropy = np.log(np.maximum(np.nan_to_num(self.numbers("classes"), nan=2.0), 2.0))
        truths = dict.fromkeys(sorted(_TRUE), 1.0) | dict.fromkeys(sorted(_FALSE), 0.0)
        shares = {str(group): group_shares(group) for group in TaskGroup} | {"": group_shares(None)}
        codes = {name: float(place) for place, name in enumerate(shares)}
        found = np.nan_to_num(self.words("group", codes)).astype(int)
        per_group = np.array([list(each.values()) for each in shares.values()])[found]
        return Setting(
            class_entropy_nats=entropy,
            relative_complexity=entropy / np.log(float(table()["baseline_classes"].default or 0)),
            pretrained=np.nan_to_num(self.words("pretrained", truths)),
            segmentation=np.nan_to_num(self.words("kind", kinds)),
            specialized=per_group[:, 0],
            structured=per_group[:, 1],
        )

    def runs(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the pilots, as (row, run); NaN where there is none."""
        examples = self.numbers("pilot_examples", default=np.nan)
        error = self.numbers("pilot_error", default=np.nan)
        tests = self.numbers("pilot_test_examples", default=np.inf)
        for name, own, other in (
            ("pilot_examples", examples, error),
            ("pilot_error", error, examples),
        ):
            is_alone = np.isnan(own) & ~np.isnan(other)
            if is_alone.any():
                self._cells(name, needed=True)
            self._refuse(name, is_alone, "is missing; a pilot has examples and an error")
        return examples[:, None], error[:, None], tests[:, None]

    def _cells(self, name: str, *, needed: bool) -> list[str]:
        if name in self.data.cells:
            return self.data.cells[name]
        if needed:
            allowed = f"no such column{nearest(name, self.data.cells)}"
            self.findings.append(Finding("from header", name, allowed))
        return [""] * len(self.data)

    def _refuse(self, name: str, wrong: np.ndarray, allowed: str) -> None:
        cells = self.data.cells.get(name)
        if cells is None:
            return
        for row in np.flatnonzero(wrong)[:MOST_FINDINGS].tolist():
            given = shown(cells[row]) if cells[row] else "an empty cell"
            self.findings.append(Finding(self.place(row, name), given, allowed))
