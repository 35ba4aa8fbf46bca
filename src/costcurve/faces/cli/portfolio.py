"""`costcurve portfolio`: every row of a file answered, and what to fund of them."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costcurve.charts import check_ending, write_chart
from costcurve.core.errors import Finding, InputError, shown
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.numbers import read_number, read_whole, read_workers_or_ray
from costcurve.faces.cli.output import print_document, print_json
from costcurve.faces.cli.progress import Progress, interrupted
from costcurve.faces.cli.worth import DRAWS
from costcurve.faces.report import check_report, command_given, write_report

if TYPE_CHECKING:
    from costcurve.decisions.portfolio import PortfolioPlan
    from costcurve.decisions.portfolio_totals import Portfolio

#: Fewest and most rows of a part: fewer cost more to share out, more fill the memory.
_ROW_GROUPS = (1, 2**20)
#: Least and most of a budget, US dollars: the most is as of a price, ten times the world's product.
_BUDGETS = (0.0, 1e15)
_KEPT = "finished parts are kept, the same command goes on"


def _parser() -> Parser:
    parser = Parser(
        "portfolio",
        "Answer every row of a file as worth would, and choose what to fund. A row is a use: what "
        "is to be learned, what examples cost, what predictions bring. It is answered by the "
        "cheapest model, without asking for a pilot.",
    )
    text = "CSV or Parquet with a row for each use; a path or a URI such as s3://bucket/uses.csv."
    parser.add_argument("file", metavar="FILE", help=text)
    parser.value("out", "Write the rows with their answers: .csv or .parquet.")
    parser.value("budget", "USD before the first prediction: choose what to fund with it.")
    parser.value("common", "Tables of a case that hold for every row: .toml, .yaml.", path=True)
    parser.value(
        "draws",
        "Draws of a row, 16 to 65536. Default: 2048 as of worth, and 64 beyond 1,000 rows.",
    )
    parser.value("row-group-size", "Rows of a part. Default: 65536.")
    parser.value("workers", "Processes of this machine. Default: as many as it has processors.")
    parser.value("ray", "Address of an existing Ray cluster, in their place.")
    parser.value("resume", "A folder that keeps finished parts, and is gone on from.", path=True)
    parser.value("plot", "Draw what budgets are worth: .svg, .png, .html.", path=True)
    parser.value("html", "Write a report: one file with charts, for a board.", path=True)
    parser.switch("json", "Print the summary as JSON.")
    return parser


def run(arguments: Namespace) -> None:
    """Answer every row of a file, and choose what to fund."""
    findings: list[Finding] = []
    budget = read_number("budget", arguments.budget, _BUDGETS, findings)
    if arguments.out is None:
        findings.append(Finding("out", "", "is missing; the file to write, .csv or .parquet"))
    elif not arguments.out.lower().endswith((".csv", ".parquet")):
        findings.append(Finding("out", shown(arguments.out), "must end in .csv or .parquet"))
    given = _given(arguments, findings)
    InputError.check(findings)
    if arguments.plot is not None:
        check_ending(arguments.plot)
    if arguments.html is not None:
        check_report(arguments.html)
    found = _answered(arguments, budget, given)
    if arguments.html is not None:
        from costcurve.faces.reports import portfolio_report  # noqa: PLC0415 - rarely asked for

        write_report(portfolio_report(found, command_given()), arguments.html)
    if arguments.plot is not None:
        # Late: it knows every answer, and costs their imports.
        from costcurve.faces.pictures import frontier_of  # noqa: PLC0415

        write_chart(frontier_of(found), arguments.plot)
    if arguments.json:
        print_json(found.to_dict())
    else:
        print_document(found.document())


def _given(arguments: Namespace, findings: list[Finding]) -> dict[str, Any]:
    """Return the fields of the plan that were given."""
    given = {
        "draws": read_whole("draws", arguments.draws, DRAWS, findings),
        "row_group": read_whole("row-group-size", arguments.row_group_size, _ROW_GROUPS, findings),
        "workers": read_workers_or_ray(arguments, findings),
        "ray_address": arguments.ray,
        "folder": arguments.resume,
        "settings": _common(arguments.common),
    }
    return {name: value for name, value in given.items() if value is not None}


def _common(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    # Late: it loads the formats.
    from costcurve.decisions.portfolio_cases import SETTINGS  # noqa: PLC0415
    from costcurve.faces.request import read_tables  # noqa: PLC0415

    return read_tables(path, SETTINGS)


def _answered(arguments: Namespace, budget: float | None, given: dict[str, Any]) -> Portfolio:
    # Late: the help and the errors need none of it.
    from costcurve.decisions.portfolio import PortfolioPlan, portfolio  # noqa: PLC0415

    plan: PortfolioPlan = PortfolioPlan(**given)
    progress = Progress("rows", with_rate=True)
    with interrupted(_KEPT if arguments.resume else ""):
        return portfolio(
            arguments.file, arguments.out, budget_usd=budget, plan=plan, report=progress.tell
        )


COMMAND = Command(_parser, run)
