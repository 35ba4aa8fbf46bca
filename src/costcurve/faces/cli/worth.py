"""`costcurve worth`: whether a case pays, and what to do."""

from __future__ import annotations

from argparse import Namespace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from costcurve.charts import check_ending, write_chart
from costcurve.core.errors import InputError
from costcurve.core.files import packaged_text
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.exports import add_exports, check_exports, write_exports
from costcurve.faces.cli.output import print_document, print_json, print_text

if TYPE_CHECKING:
    from costcurve.decisions.worth import Worth
    from costcurve.faces.report import Report


def _parser() -> Parser:
    parser = Parser(
        "worth",
        "Say whether a case pays: what a year costs and brings, how surely, from where on. The "
        "answer is to go, not to go, or to make a pilot first.",
    )
    text = "The case: .toml, .yaml or .json; see --template."
    parser.add_argument("file", metavar="CASE", nargs="?", type=Path, help=text)
    parser.switch("template", "Print a case with comments, to begin with.")
    parser.value("plot", "Draw net over accuracy, and where it pays: .svg, .png, .html.", path=True)
    add_exports(parser)
    parser.switch("json", "Print the answer as JSON.")
    return parser


def run(arguments: Namespace) -> None:
    """Say whether a case pays."""
    if arguments.template:
        print_text(packaged_text("decisions", "worth_template.toml").rstrip("\n"))
        return
    if arguments.file is None:
        raise InputError.of("case", "", "is missing; give a file, or --template for one")
    # Late: the template and the errors need none of it.
    from costcurve.decisions.worth import worth  # noqa: PLC0415
    from costcurve.faces.request import read_case  # noqa: PLC0415

    if arguments.plot is not None:
        check_ending(arguments.plot)
    check_exports(arguments)
    found = worth(read_case(arguments.file))
    write_exports(arguments, found, partial(_report, found))
    if arguments.plot is not None:
        _plot(found, arguments.plot)
    if arguments.json:
        print_json(found.to_dict())
    else:
        print_document(found.document(), is_plain=arguments.plain)


def _report(found: Worth, command: str) -> Report:
    from costcurve.faces.reports import worth_report  # noqa: PLC0415 - rarely asked for

    return worth_report(found, command)


def _plot(found: Worth, path: Path) -> None:
    # Late: it knows every answer, and costs their imports.
    from costcurve.faces.pictures import picture_of_worth  # noqa: PLC0415

    write_chart(picture_of_worth(found), path)


COMMAND = Command(_parser, run)
