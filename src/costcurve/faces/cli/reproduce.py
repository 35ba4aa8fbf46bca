"""`costcurve reproduce`: a paper's printed numbers beside ours."""

from __future__ import annotations

from argparse import Namespace

from costcurve.charts import write_chart
from costcurve.core.errors import InputError
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.output import print_document, print_json
from costcurve.studies import reproduce as make_reproduction
from costcurve.studies import study_names


def _parser() -> Parser:
    parser = Parser("reproduce", "Lay a study's printed numbers beside what this library computes.")
    parser.add_argument("study", metavar="STUDY", help=f"One of: {', '.join(study_names())}.")
    parser.switch("json", "Print the items as JSON.")
    parser.value("chart", "Write the study's chart: .svg, .png, or .json.", path=True)
    return parser


def reproduce(arguments: Namespace) -> None:
    """Lay a study's printed numbers beside what this library computes."""
    result = make_reproduction(arguments.study)
    if arguments.chart is not None:
        if result.chart is None:
            raise InputError.of("chart", arguments.chart, "has no counterpart in this study")
        write_chart(result.chart, arguments.chart)
    if arguments.json:
        print_json(result.to_dict())
    else:
        print_document(result.document())


COMMAND = Command(_parser, reproduce)
