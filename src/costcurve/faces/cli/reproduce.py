"""`costcurve reproduce`: a paper's printed numbers beside ours."""

from __future__ import annotations

import sys
from argparse import Namespace
from contextlib import nullcontext
from pathlib import Path

from costcurve.charts import write_chart
from costcurve.core.errors import Finding, InputError
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.numbers import read_workers
from costcurve.faces.cli.output import print_document, print_json
from costcurve.faces.cli.progress import Progress, at_work, interrupted
from costcurve.studies import reproduce as make_reproduction
from costcurve.studies import study_names
from costcurve.studies.artifacts import make_folder, write_artifacts
from costcurve.studies.reproduction import FreshRun, Reproduction

_KEPT = "finished chunks are kept, the same command goes on"


def _parser() -> Parser:
    parser = Parser("reproduce", "Lay a study's printed numbers beside what this library computes.")
    parser.add_argument("study", metavar="STUDY", help=f"One of: {', '.join(study_names())}.")
    parser.switch("json", "Print the items as JSON.")
    parser.value("chart", "Write the study's chart: .svg, .png, or .json.", path=True)
    parser.switch("full", "Compute anew what is else read from a stored run: minutes.")
    parser.value("workers", "Of --full: processes. Default: as many as there are processors.")
    parser.value("resume", "Of --full: a folder that keeps finished chunks.", path=True)
    parser.value("out", "Write the study's tables (CSV) and figures (SVG, PNG) here.", path=True)
    return parser


def reproduce(arguments: Namespace) -> None:
    """Lay a study's printed numbers beside what this library computes."""
    fresh = _fresh_run(arguments)
    # A fresh run says itself how far it is.
    telling = at_work("computing the study") if fresh is None else nullcontext()
    with interrupted(_KEPT if arguments.resume else ""), telling:
        result = make_reproduction(
            arguments.study, with_artifacts=arguments.out is not None, run=fresh
        )
    if arguments.out is not None:
        _write(result, arguments.out)
    if arguments.chart is not None:
        if result.chart is None:
            raise InputError.of("chart", arguments.chart, "has no counterpart in this study")
        write_chart(result.chart, arguments.chart)
    if arguments.json:
        print_json(result.to_dict())
    else:
        print_document(result.document())


def _fresh_run(arguments: Namespace) -> FreshRun | None:
    findings = [
        Finding(name, "", "needs --full")
        for name in ("workers", "resume")
        if getattr(arguments, name) is not None and not arguments.full
    ]
    workers = read_workers(arguments.workers, findings)
    InputError.check(findings)
    if arguments.full and arguments.out is not None:
        make_folder(arguments.out)
    return FreshRun(workers, arguments.resume, Progress().tell) if arguments.full else None


def _write(result: Reproduction, folder: Path) -> None:
    """Write tables and figures, and say so as they come: pictures take their time."""
    if not result.artifacts:
        raise InputError.of("out", folder, "has no counterpart in this study")
    for path in write_artifacts(result.artifacts, folder):
        print(path, file=sys.stderr, flush=True)  # noqa: T201


COMMAND = Command(_parser, reproduce)
