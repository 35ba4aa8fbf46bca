"""`costcurve fit`: the numbers that this library fitted itself, made again from public data."""

from __future__ import annotations

import sys
from argparse import Namespace

from costcurve.costs.throughput_fit import make_card
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.output import print_json


def _throughput_parser() -> Parser:
    parser = Parser(
        "fit throughput",
        "Print the card of the throughput law, fitted on measured runs: timm's benchmarks for "
        "architectures, MLPerf for accelerators.",
    )
    parser.value("data", "A folder of data in place of the cache.", path=True)
    return parser


def throughput(arguments: Namespace) -> None:
    """Print the card of the throughput law as it is made from public data."""

    def show(what: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"fitting {what}\n")

    print_json(make_card(arguments.data, show))


COMMAND = {"throughput": Command(_throughput_parser, throughput)}
