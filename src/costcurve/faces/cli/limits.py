"""`costcurve limits`: how error falls with compute in a field, and what the next point takes."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import fields
from pathlib import Path

from costcurve.charts import check_ending, write_chart
from costcurve.core.errors import InputError
from costcurve.decisions.limits import Limits
from costcurve.evidence.columns import Columns, read_columns
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.output import print_csv, print_document, print_json
from costcurve.faces.cli.progress import Progress
from costcurve.faces.limits_answer import BENCHMARKS, LimitsQuestion, answer_limits, target_rows
from costcurve.laws.compute import Method
from costcurve.laws.forms import Form


def _parser() -> Parser:
    parser = Parser(
        "limits",
        "Fit how error falls with compute in a field, and project what a target takes.",
    )
    parser.add_argument(
        "benchmark",
        nargs="?",
        metavar="BENCHMARK",
        help=f"Instead of a file: {', '.join(BENCHMARKS)}.",
    )
    parser.switch("published", "Of imagenet too: the law as the paper printed it.")
    _add_columns(parser)
    parser.value("form", f"One of: {', '.join(Form)}. Default: polynomial.")
    parser.value("method", f"One of: {', '.join(Method)}. Default: ols.")
    parser.value("quantile", "Of --method quantile: share of models below. Default: 0.1.")
    parser.value("budget-usd", "For the year in which trends bring a target into it.")
    parser.value("efficiency-gain", "What K times less compute for every error would buy.")
    parser.value("hardware", "Trend of hardware, of costcurve facts trends. Default: hardware.")
    parser.value(
        "algorithms", "Trend of algorithms, or none. Default: that of ImageNet for it, else none."
    )
    parser.value("as-of", "Day of the dollars with --date or --budget-usd. Default: today.")
    parser.switch("backtest", "Fit to every year and score the later ones; a file needs --date.")
    parser.add_argument(
        "--target-error", action="append", default=[], metavar="VALUE", help="As a fraction; often."
    )
    parser.value("plot", "Draw models, lines and targets: .svg, .png, .html or .json.", path=True)
    parser.switch("csv", "Print the targets as CSV, a row for each.")
    parser.switch("json", "Print the fit and the projections as JSON.")
    return parser


def _add_columns(parser: Parser) -> None:
    """Add what a table is, and which of its columns are which."""
    parser.value("from", "A CSV or Parquet file with a row for each model.")
    parser.value(
        "x",
        "The column of the compute. Of imagenet hardware_burden, which is accelerators x their "
        "FP32 rate x hours of training (the default), or flop_per_pass.",
    )
    parser.value("error", "The column of the error.")
    parser.switch("error-percent", "The error is in per cent.")
    parser.value("date", "The column of the date, or of arXiv identifiers: adds a time trend.")
    parser.value(
        "group",
        "The column of the paper: standard errors by a cluster bootstrap. Of imagenet "
        "each model's paper, unless a column or none.",
    )
    parser.value("x-unit", "flop or gflop. Default: flop.")


def limits(arguments: Namespace) -> None:
    """Fit how error falls with compute, and project what a target error takes."""
    path = getattr(arguments, "from")
    if arguments.json and arguments.csv:
        raise InputError.of("output", "more than one", "must be one of --json and --csv")
    if arguments.plot is not None:
        check_ending(arguments.plot)

    def read() -> Columns:
        return read_columns(Path(path), "from")

    names = {each.name for each in fields(LimitsQuestion)} & vars(arguments).keys()
    question = LimitsQuestion(
        source=path, read=read, **{name: getattr(arguments, name) for name in names}
    )
    result = answer_limits(question, Progress("fits").tell)
    if arguments.plot is not None:
        _plot(result, arguments.plot)
    if arguments.json:
        print_json(result.to_dict())
    elif arguments.csv:
        print_csv(target_rows(result))
    else:
        print_document(result.document())


def _plot(found: Limits, path: Path) -> None:
    # Late: it knows every answer, and costs their imports.
    from costcurve.faces.pictures import picture_of_limits  # noqa: PLC0415

    write_chart(picture_of_limits(found)[1], path)


COMMAND = Command(_parser, limits)
