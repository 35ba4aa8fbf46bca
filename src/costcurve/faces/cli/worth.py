"""`costcurve worth`: whether a case pays, and what to do."""

from __future__ import annotations

from argparse import Namespace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costcurve.charts import check_ending, write_chart
from costcurve.core.errors import Finding, InputError
from costcurve.core.files import is_same_file, packaged_text
from costcurve.faces.cli.arguments import EVERYTHING, Command, Parser
from costcurve.faces.cli.exports import add_exports, check_exports, write_exports
from costcurve.faces.cli.fact_files import add_facts, facts_of
from costcurve.faces.cli.numbers import read_whole
from costcurve.faces.cli.output import print_document, print_json, print_text
from costcurve.faces.cli.progress import at_work, interrupted

if TYPE_CHECKING:
    from costcurve.decisions.worth import Worth
    from costcurve.faces.report import Report

#: Fewest and most draws: fewer tell no percentile, more fill the memory.
DRAWS = (16, 65_536)


def _parser() -> Parser:
    parser = Parser(
        "worth",
        "Say whether a case pays: what a year costs and brings, how surely, from where on. The "
        "answer is to go, not to go, or to make a pilot first.",
    )
    text = "The case: .toml, .yaml or .json; see --template."
    parser.add_argument("file", metavar="CASE", nargs="?", type=Path, help=text)
    parser.switch("template", "Print a case with comments, to begin with.")
    parser.switch("no-pilot", "Decide without asking whether a pilot should come first.")
    parser.value("draws", "Draws of all that is uncertain, 16 to 65536. Default: 2048.")
    parser.value("plot", "Draw net over accuracy, and where it pays: .svg, .png, .html.", path=True)
    text = "Runs on the task already made: CSV with n,error and perhaps test_examples."
    parser.value("pilot", text, path=True)
    parser.value("overrides", "Values in place of quantities, such as training_hours=100.")
    add_facts(parser, grids=" Checked only: a case in dollars needs no grid.")
    told = "Show where a quantity comes from; all of them without a name."
    parser.value("explain", told, bare=EVERYTHING)
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
    findings: list[Finding] = []
    draws = read_whole("draws", arguments.draws, DRAWS, findings)
    InputError.check(findings)
    # Late: the template and the errors need none of it.
    from costcurve.decisions.worth import worth  # noqa: PLC0415
    from costcurve.faces.request import read_case  # noqa: PLC0415

    if arguments.plot is not None:
        check_ending(arguments.plot)
        if is_same_file(arguments.plot, arguments.file):
            raise InputError.of("plot", arguments.plot, "must be another file than the case")
    check_exports(arguments)
    if arguments.json and arguments.explain is not None:
        raise InputError.of("output", "more than one", "give one of --json, --explain")
    given: dict[str, Any] = {} if draws is None else {"draws": draws}
    given |= _facts(arguments)
    case = read_case(arguments.file, arguments.overrides)
    with interrupted(), at_work("weighing the case"):
        found = worth(case, with_pilot=not arguments.no_pilot, **given)
    _print(found, arguments)


def _facts(arguments: Namespace) -> dict[str, Any]:
    """Return the tables of facts and the runs on the task that were given."""
    facts = facts_of(arguments)
    facts.pop("grids", None)  # checked like the others; a case in dollars needs no grid
    if arguments.pilot is not None:
        from costcurve.decisions.task_table import read_pilots  # noqa: PLC0415 - only for a file

        facts["pilots"] = read_pilots(arguments.pilot)
    return facts


def _print(found: Worth, arguments: Namespace) -> None:
    explain = arguments.explain
    # Before anything is written, since the quantity may be unknown.
    asked = None if explain == EVERYTHING else explain
    explanation = "" if explain is None else found.explain(asked)
    write_exports(arguments, found, partial(_report, found))
    if arguments.plot is not None:
        _plot(found, arguments.plot)
    if explain is not None:
        print_text(explanation)
    elif arguments.json:
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
