"""`costcurve simulate`: the flexible-model simulation, on one machine or a cluster."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from typing import TypeVar

from costcurve.core.document import Document, Paragraph, Table
from costcurve.core.errors import Finding, InputError, shown
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.numbers import read_workers_or_ray
from costcurve.faces.cli.output import print_document, print_json
from costcurve.faces.cli.progress import Progress, interrupted
from costcurve.studies.artifacts import make_folder, write_artifacts
from costcurve.studies.flexible_figures import artifacts
from costcurve.studies.flexible_models import COEFFICIENTS, Simulated, Simulation, simulate

T = TypeVar("T")
_KEPT = "finished chunks are kept, the same command goes on"


def _parser() -> Parser:
    parser = Parser(
        "simulate",
        "Simulate what flexibility costs: linear models, flexible and not.",
    )
    parser.value("dimensions", "Covariates. Default: 1000.")
    parser.value("nonzero", "Covariates that matter. Default: 10.")
    parser.value("repetitions", "Data sets drawn. Default: 1000.")
    parser.value("samples", "Sizes of the data sets, separated by commas. Default: the figure's.")
    parser.value("models", "Out of oracle, expert, flexible, lasso. Default: all.")
    parser.value("noise-sd", "Standard deviation of the noise. Default: 1, that of a coefficient.")
    parser.value("coefficients", "equal or normal. Default: equal.")
    parser.value("penalties", "Of the Lasso: multiples of sigma sqrt(2 log d / n).")
    parser.value("seed", "The same seed gives the same digits. Default: 1.")
    parser.value("workers", "Processes of this machine. Default: as many as it has processors.")
    parser.value("ray", "Address of an existing Ray cluster, in their place.")
    parser.value("resume", "A folder that keeps finished chunks, and is gone on from.", path=True)
    parser.value("out", "Write both panels here: CSV, SVG, PNG and HTML.", path=True)
    parser.switch("json", "Print rows and crossings as JSON.")
    return parser


def run_simulation(arguments: Namespace) -> None:
    """Simulate what flexibility costs."""
    findings: list[Finding] = []
    given = _simulation(arguments, findings)
    workers = read_workers_or_ray(arguments, findings)
    InputError.check(findings)
    if arguments.out is not None:
        make_folder(arguments.out)
    with interrupted(_KEPT if arguments.resume else ""):
        result = simulate(
            given,
            workers=workers,
            ray_address=arguments.ray,
            folder=arguments.resume,
            report=Progress().tell,
        )
    if arguments.out is not None:
        made = artifacts(result.rows(), result.crossings(), result.world())
        for path in write_artifacts(made, arguments.out):
            print(path, file=sys.stderr, flush=True)  # noqa: T201
    if arguments.json:
        print_json({"rows": result.rows(), "crossings": result.crossings()})
    else:
        print_document(_page(result))


def _simulation(arguments: Namespace, findings: list[Finding]) -> Simulation:
    default = Simulation()
    coefficients = arguments.coefficients or default.coefficients
    if coefficients not in COEFFICIENTS:
        allowed = f"must be one of: {', '.join(COEFFICIENTS)}"
        findings.append(Finding("coefficients", shown(coefficients), allowed))
    models = default.models
    if arguments.models is not None:
        models = tuple(part.strip() for part in arguments.models.split(","))
    return Simulation(
        dimensions=_whole("dimensions", arguments.dimensions, default.dimensions, findings),
        nonzero=_whole("nonzero", arguments.nonzero, default.nonzero, findings),
        repetitions=_whole("repetitions", arguments.repetitions, default.repetitions, findings),
        samples=_list("samples", arguments.samples, int, default.samples, findings),
        models=models,
        noise_sd=_number("noise_sd", arguments.noise_sd, default.noise_sd, findings),
        coefficients=coefficients,
        penalties=_list("penalties", arguments.penalties, _positive, default.penalties, findings),
        seed=_whole("seed", arguments.seed, default.seed, findings, least=0),
    )


def _positive(text: str) -> float:
    value = float(text)
    if not 1e-3 <= value <= 1e3:
        raise ValueError
    return value


def _whole(
    name: str, text: str | None, default: T, findings: list[Finding], least: int = 1
) -> int | T:
    if text is None:
        return default
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if value < least:
        findings.append(Finding(name, shown(text), f"must be a whole number of at least {least}"))
        return default
    return value


def _number(name: str, text: str | None, default: float, findings: list[Finding]) -> float:
    try:
        return default if text is None else float(text)
    except ValueError:
        findings.append(Finding(name, shown(text), "must be a number"))
        return default


def _list(
    name: str,
    text: str | None,
    read: Callable[[str], T],
    default: tuple[T, ...],
    findings: list[Finding],
) -> tuple[T, ...]:
    if text is None:
        return default
    found = []
    for part in text.split(","):
        try:
            found.append(read(part.strip()))
        except ValueError:
            what = "whole numbers" if read is int else "numbers from 0.001 to 1000"
            findings.append(Finding(name, shown(part), f"must be {what}, separated by commas"))
    return tuple(found) or default


def _page(result: Simulated) -> Document:
    rows = result.rows()
    models = list(dict.fromkeys(row["model"] for row in rows))
    by_place = {(row["model"], row["n"]): row for row in rows}
    cells = tuple(
        (
            f"{n:,}",
            *(f"{by_place[model, n]['performance_mean']:.3f}" for model in models),
        )
        for n in result.samples
    )
    crossings = tuple(
        (
            each["model"],
            each["reference"],
            "not on the grid" if each["n"] is None else f"{each['n']:,.0f}",
            "" if each["se"] is None else f"{each['se']:,.1f}",
        )
        for each in result.crossings()
    )
    given = result.simulation
    lead = (
        f"{given.nonzero} of {given.dimensions:,} coefficients are not zero; performance is -log10 "
        f"of the normalised mean squared error, the mean of {given.repetitions:,} data sets."
    )
    right = tuple(range(len(models) + 1))
    return Document(
        "What flexibility costs",
        (
            Paragraph(lead, "lead"),
            Table("Performance", ("Samples", *models), cells, right),
            Table("As good as", ("Model", "Reference", "Samples", "Error"), crossings, (2, 3)),
        ),
    )


COMMAND = Command(_parser, run_simulation)
