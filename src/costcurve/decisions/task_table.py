"""Tables of tasks and of runs, as users write them: every wrong cell is named."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np

from costcurve.core.errors import Finding, InputError, nearest, shown
from costcurve.core.parameters import table as parameters
from costcurve.core.quantities import FloatArray
from costcurve.core.vocabulary import TaskGroup, TaskKind
from costcurve.evidence.columns import MOST_FINDINGS, Columns, as_numbers, read_columns
from costcurve.laws.belief import Runs
from costcurve.laws.setting import Setting
from costcurve.task.task import group_shares

#: Columns of a file of pilots; the third may be left out.
PILOT_COLUMNS = ("n", "error", "test_examples")
#: What the first may be called as well: so `costcurve pilot` writes it.
_EXAMPLES = "examples"
#: Columns of a table of tasks; the last four may be left out.
TASK_COLUMNS = (
    "kind",
    "classes",
    "examples",
    "pretrained",
    "group",
    "pilot_examples",
    "pilot_error",
    "pilot_test_examples",
)
#: Runs that a file may hold: a learning curve, not a log of every step.
MOST_RUNS = 1000
# Likeness of names, 0 to 1, from which one is taken for a slip of the other.
_A_SLIP = 0.8
#: Words for truth values.
TRUTHS = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0, "1": 1.0, "0": 0.0}


def read_pilots(path: Path) -> Runs:
    """Return the runs of a file, in one row.

    Parameters
    ----------
    path : Path
        CSV or Parquet with the columns n, or examples, and error, and perhaps test_examples: what
        `costcurve pilot` writes, too.

    Raises
    ------
    InputError
        Naming every wrong cell.
    """
    table = read_columns(path, "pilot")
    if not len(table):
        raise InputError.of("pilot", path, "must hold a run at least")
    if len(table) > MOST_RUNS:
        raise InputError.of("pilot", f"{len(table):,} runs", f"must be at most {MOST_RUNS:,}")
    known = PILOT_COLUMNS
    if "n" not in table.cells and _EXAMPLES in table.cells:
        known = (_EXAMPLES, *PILOT_COLUMNS[1:])
    check_names(table, known, "pilot")
    names = ("pilot_examples", "pilot_error", "pilot_test_examples")
    findings: list[Finding] = []
    columns = [
        bounded_numbers(table, column, name, findings, default=default)
        for column, name, default in zip(known, names, (None, None, np.inf), strict=True)
    ]
    InputError.check(findings)
    return Runs(*(column[None] for column in columns))


def check_names(table: Columns, known: Sequence[str], field: str) -> None:
    """Raise InputError for a column whose name is nearly that of one that is not there."""
    missing = [name for name in known if name not in table.cells]
    strange = [name for name in table.cells if name not in known]
    InputError.check(
        [
            Finding(f"{field} header", shown(name), f"is no column{hint}")
            for name in strange
            if (hint := close_to(name, missing))
        ]
    )


def close_to(name: str, known: Sequence[str]) -> str:
    """Return `"; did you mean 'x'?"` for a slip of a known name; empty for a word of its own."""
    folded = name.casefold().replace(" ", "_")
    slips = [each for each in known if SequenceMatcher(None, folded, each).ratio() >= _A_SLIP]
    return nearest(name, slips)


def bounded_numbers(
    table: Columns,
    column: str,
    name: str,
    findings: list[Finding],
    *,
    default: float | None = None,
) -> FloatArray:
    """Return a column of numbers within the bounds of a parameter; findings are added.

    Parameters
    ----------
    table : Columns
        A user's table.
    column, name : str
        Of the table, and the parameter whose bounds hold.
    findings : list of Finding
        Every wrong cell is added, up to 20, and a column that is missing.
    default : float, optional
        What an empty cell, or a column that is not there, has. Without one both are wrong.
    """
    parameter = parameters()[name]
    if column not in table.cells:
        if default is None:
            hint = nearest(column, table.cells)
            findings.append(Finding(f"{table.field} header", column, f"no such column{hint}"))
        return np.full(len(table), np.nan if default is None else default)
    cells = table.cells[column]
    values = as_numbers(cells)
    low, high = parameter.bounds.ends()
    is_empty = np.array([not cell for cell in cells], dtype=bool)
    with np.errstate(invalid="ignore"):
        wrong = ~((values >= low) & (values <= high))
        if parameter.allowed.startswith("a whole number"):
            wrong |= values != np.floor(values)
    wrong = wrong if default is None else wrong & ~is_empty
    refuse_cells(table, column, wrong, f"must be {parameter.allowed}", findings)
    return np.asarray(values if default is None else np.where(is_empty, default, values))


def refuse_cells(
    table: Columns, column: str, wrong: np.ndarray, allowed: str, findings: list[Finding]
) -> None:
    """Add a finding for each wrong cell of a column, up to 20, and how many more there are."""
    cells = table.cells[column]
    places = np.flatnonzero(wrong).tolist()
    for row in places[:MOST_FINDINGS]:
        where = f"{table.field} row {table.row_numbers[row]}, column {column}"
        given = shown(cells[row]) if cells[row] else "an empty cell"
        findings.append(Finding(where, given, allowed))
    if len(places) > MOST_FINDINGS:
        where = f"{table.field} column {column}"
        findings.append(Finding(where, "", f"{len(places) - MOST_FINDINGS:,} more such cells"))


class TaskTable:
    """Reads the columns of a table of tasks, and keeps every finding.

    Parameters
    ----------
    data : Columns
        The table.
    """

    def __init__(self, data: Columns) -> None:
        self.data = data
        self.findings: list[Finding] = []

    def place(self, row: int, name: str) -> str:
        """Return the name of a cell for an error."""
        return f"{self.data.field} row {self.data.row_numbers[row]}, column {name}"

    def numbers(self, name: str, *, default: float | None = None) -> FloatArray:
        """Return a column of numbers within the bounds of its parameter."""
        return bounded_numbers(self.data, name, name, self.findings, default=default)

    def words(self, name: str, known: dict[str, float]) -> FloatArray:
        """Return a column of words as numbers; 0 in place of one that is not known."""
        words = [word for word in known if word]
        if name not in self.data.cells:
            if "" not in known:
                hint = nearest(name, self.data.cells)
                finding = Finding(f"{self.data.field} header", name, f"no such column{hint}")
                self.findings.append(finding)
            return np.full(len(self.data), known.get("", 0.0))
        cells = [cell.casefold() for cell in self.data.cells[name]]
        values = np.array([known.get(cell, np.nan) for cell in cells])
        allowed = f"must be one of: {', '.join(words)}"
        refuse_cells(self.data, name, np.isnan(values), allowed, self.findings)
        return np.asarray(np.nan_to_num(values))

    def setting(self) -> Setting:
        """Return what a law is told of the tasks."""
        kinds = {str(kind): float(kind is TaskKind.SEGMENTATION) for kind in TaskKind}
        entropy = np.log(np.maximum(np.nan_to_num(self.numbers("classes"), nan=2.0), 2.0))
        shares = {str(group): group_shares(group) for group in TaskGroup} | {"": group_shares(None)}
        codes = {name: float(place) for place, name in enumerate(shares)}
        found = self.words("group", codes).astype(int)
        per_group = np.array([list(each.values()) for each in shares.values()])[found]
        baseline = float(parameters()["baseline_classes"].default or 0)
        return Setting(
            class_entropy_nats=entropy,
            relative_complexity=entropy / np.log(baseline),
            pretrained=self.words("pretrained", TRUTHS),
            segmentation=self.words("kind", kinds),
            specialized=per_group[:, 0],
            structured=per_group[:, 1],
        )

    def runs(self) -> Runs:
        """Return the pilots, a row for each task; NaN where there is none."""
        examples = self.numbers("pilot_examples", default=np.nan)
        error = self.numbers("pilot_error", default=np.nan)
        tests = self.numbers("pilot_test_examples", default=np.inf)
        known = {"pilot_examples": examples, "pilot_error": error}
        has_any = ~(np.isnan(examples) & np.isnan(error) & np.isinf(tests))
        for name, own in known.items():
            is_missing = np.isnan(own) & has_any
            if not is_missing.any():
                continue
            allowed = "is missing; a pilot has examples and an error"
            if name in self.data.cells:
                refuse_cells(self.data, name, is_missing, allowed, self.findings)
            else:
                self.findings.append(Finding(f"{self.data.field} header", name, allowed))
        return Runs(examples[:, None], error[:, None], tests[:, None])
