"""`costcurve pilot`: a few runs of one's own, from which everything else is predicted."""

from __future__ import annotations

import contextlib
import json
import shlex
import sys
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

from costcurve.core.document import Document, Paragraph, Table
from costcurve.core.errors import Finding, InputError, WorkerLostError, shown
from costcurve.evidence.labelled import read_labelled
from costcurve.evidence.pilot_runner import Run, plan_runs, run_pilot
from costcurve.evidence.pilot_trials import EstimatorTrial, FunctionTrial, Measured, Trial
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.numbers import read_workers
from costcurve.faces.cli.output import print_document, print_text
from costcurve.faces.cli.progress import Progress, interrupted

#: How often each size is trained: the fewest runs that show by how much they scatter.
_SEEDS = 3
#: The test is as large a share of the examples as scikit-learn's `train_test_split` takes.
_TEST_SHARE = 0.25
#: Longest `--params`, since every row of the file repeats it.
_LONGEST_PARAMS = 1000
_KEPT = "finished runs are kept, the same command goes on"
#: What only an estimator takes.
_OF_ESTIMATORS = ("data", "target", "params", "test_share")


def _parser() -> Parser:
    parser = Parser(
        "pilot",
        "Train a learner at a few sizes, and write its learning curve as it goes. Started again "
        "with the same file, it does only what is missing.",
    )
    parser.value(
        "function",
        "MODULE:NAME of one's own function of examples and seed: error, or (error, test_examples).",
    )
    parser.value(
        "estimator", "MODULE:CLASS of a classifier as scikit-learn has them, in its place."
    )
    parser.value("params", "Arguments of the estimator as JSON: '{\"C\": 10}'.")
    parser.value("data", "Its examples: CSV (also .csv.gz), NPZ or Parquet.", path=True)
    parser.value("target", "Column or array of the labels. All others are features.")
    parser.value("test-share", f"Of the examples that are only tested on. Default: {_TEST_SHARE}.")
    parser.value(
        "sizes",
        "Training examples, separated by commas; an estimator's are nested, classes in proportion.",
    )
    parser.value("seeds", f"How often each size is trained. Default: {_SEEDS}.")
    parser.value("out", "The file to write, and to go on with: CSV.", path=True)
    parser.value("workers", "Processes of this machine. Default: as many as it has processors.")
    return parser


def run(arguments: Namespace) -> None:
    """Train a learner at a few sizes."""
    findings: list[Finding] = []
    sizes = _sizes(arguments.sizes, findings)
    seeds = _SEEDS if arguments.seeds is None else _whole("seeds", arguments.seeds, findings)
    workers = read_workers(arguments.workers, findings)
    params = _params(arguments.params, findings)
    share = _share(arguments.test_share, findings)
    if arguments.out is None:
        findings.append(Finding("out", "", "is missing; give the file to write"))
    _check_together(arguments, findings)
    InputError.check(findings)
    # As `python -m` does; other processes are given the same path.
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    # What a module prints while it is imported is no part of the answer.
    with contextlib.redirect_stdout(sys.stderr):
        trial = _trial(arguments, params, share)
    done = _done(trial, plan_runs(trial, sizes, seeds), arguments.out, workers)
    print_document(_page(trial, done, arguments.out))
    command = f"costcurve curve {shlex.quote(str(arguments.out))} --x examples --error error"
    print_text(f"\nNext: {command}")


def _done(trial: Trial, runs: list[Run], out: Path, workers: int | None) -> Mapping[Run, Measured]:
    try:
        with interrupted(_KEPT):
            return run_pilot(trial, runs, out, workers=workers, report=Progress("runs").tell)
    except WorkerLostError as error:
        raise WorkerLostError(f"{error}; {_KEPT}") from None


def _trial(arguments: Namespace, params: dict[str, Any], share: float) -> Trial:
    if arguments.function is not None:
        return FunctionTrial(arguments.function)
    data = read_labelled(arguments.data, arguments.target)
    return EstimatorTrial(arguments.estimator, params, data, share)


def _check_together(arguments: Namespace, findings: list[Finding]) -> None:
    """Add what is missing beside what is given, or too much."""
    if (arguments.function is None) == (arguments.estimator is None):
        words = "must be given without the other" if arguments.function else "is missing"
        findings.append(Finding("function or estimator", "", f"{words}; give one of them"))
    elif arguments.function is not None:
        findings += [
            Finding(name, shown(value), "must be left out with --function")
            for name in _OF_ESTIMATORS
            if (value := getattr(arguments, name)) is not None
        ]
    else:
        findings += [
            Finding(name, "", "is missing; --estimator needs it")
            for name in ("data", "target")
            if getattr(arguments, name) is None
        ]


def _whole(name: str, text: str, findings: list[Finding]) -> int:
    """Return a whole number of at least 1; 1 with a finding where there is none."""
    if text.isascii() and text.isdigit() and len(text) < 20 and int(text) >= 1:
        return int(text)
    findings.append(Finding(name, shown(text), "must be a whole number of at least 1"))
    return 1


def _sizes(text: str | None, findings: list[Finding]) -> list[int]:
    if text is None:
        findings.append(Finding("sizes", "", "is missing; give the examples to train on"))
        return []
    return [_whole("sizes", part.strip(), findings) for part in text.split(",")]


def _share(text: str | None, findings: list[Finding]) -> float:
    try:
        share = _TEST_SHARE if text is None else float(text)
    except ValueError:
        share = 0.0
    if not 0.0 < share < 1.0:
        findings.append(Finding("test_share", shown(text), "must be a number above 0 and below 1"))
    return share


def _params(text: str | None, findings: list[Finding]) -> dict[str, Any]:
    if text is None:
        return {}
    try:
        found = json.loads(text) if len(text) <= _LONGEST_PARAMS else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        allowed = f"must be JSON in braces, at most {_LONGEST_PARAMS:,} characters long"
        findings.append(Finding("params", shown(text), allowed))
        return {}
    return found


def _page(trial: Trial, done: Mapping[Run, Measured], out: Path) -> Document:
    by_size: dict[int, list[float]] = {}
    for each, measured in done.items():
        by_size.setdefault(each.examples, []).append(measured.error)
    rows = tuple(
        (
            f"{size:,}",
            str(len(errors)),
            f"{fmean(errors):.4g}",
            f"{min(errors):.4g} to {max(errors):.4g}",
        )
        for size, errors in by_size.items()
    )
    lead = f"{len(done):,} runs are in {shown(out)}: {trial.words}."
    header = ("examples", "runs", "mean error", "lowest to highest")
    return Document("Pilot", (Paragraph(lead, "lead"), Table("Errors", header, rows, (0, 1, 2, 3))))


COMMAND = Command(_parser, run)
