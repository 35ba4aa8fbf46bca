"""`costcurve fit`: the numbers that this library fitted itself, made again from public data."""

from __future__ import annotations

from argparse import Namespace

from costcurve.costs.families import COLUMNS, fit_families
from costcurve.evidence.timm import ACCELERATOR, training_throughput
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.output import print_csv
from costcurve.facts.hardware import ACCELERATORS
from costcurve.facts.tables import find_by_name


def _families_parser() -> Parser:
    parser = Parser(
        "fit families",
        "Print the utilisation and the memory of training by family of models, as CSV.",
    )
    parser.value("data", "A folder of data in place of the cache.", path=True)
    return parser


def families(arguments: Namespace) -> None:
    """Print the table of families as it is made from timm's benchmark."""
    by_name = {row.name: row for row in ACCELERATORS.rows()}
    machine = find_by_name(ACCELERATOR, by_name, "accelerator")
    rows = fit_families(
        training_throughput(arguments.data),
        machine.fp16_tflops or 0.0,
        machine.memory_gb or 0.0,
    )
    print_csv(rows, list(COLUMNS))


COMMAND = {"families": Command(_families_parser, families)}
