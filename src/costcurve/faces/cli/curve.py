"""`costcurve curve`: from a few runs to an honest prediction of the next ones."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from costcurve.charts import check_ending, write_chart
from costcurve.charts.terminal import ASCII, UNICODE, terminal_curve
from costcurve.core.errors import MOST_FINDINGS, Finding, InputError, shown
from costcurve.core.files import is_same_file, write_bytes
from costcurve.decisions.curve_table import (
    OUTPUTS,
    TIMES,
    Names,
    TableCurve,
    predicted_rows,
    read_curves,
)
from costcurve.decisions.next_run import NextRun, next_run
from costcurve.decisions.stakes import Stakes
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.exports import add_exports, check_exports, write_exports
from costcurve.faces.cli.next_run import add_options, read_stakes
from costcurve.faces.cli.output import (
    can_print,
    csv_text,
    page_width,
    plain_text,
    print_document,
    print_json,
    print_text,
)
from costcurve.faces.cli.progress import Progress, interrupted
from costcurve.faces.curve_answer import check_names, curve_answer, read_target
from costcurve.faces.curve_card import CurveCard
from costcurve.faces.pictures import picture_of_curve

if TYPE_CHECKING:
    from costcurve.faces.report import Report


def _parser() -> Parser:
    parser = Parser(
        "curve",
        "Predict where learning curves go, and what a target takes. Each prediction is the 5th, "
        "25th, 50th, 75th and 95th percentile of what one more run would measure; of a mean over "
        "runs, where neither several runs at one x nor the sizes of tests tell how one scatters.",
    )
    text = "CSV (also .csv.gz) or Parquet, a row for each measurement."
    parser.add_argument("file", metavar="FILE", type=Path, help=text)
    parser.value("x", "Column of examples, epochs, parameters or FLOP. Default: x.")
    parser.value("error", "Column of the error. Default: error.")
    parser.value("by", "Columns that tell curves apart, separated by commas.")
    parser.value("fit", "Column that is 1 for observations and 0 where predictions are wanted.")
    parser.value("weights", "Column of the relative precision of measurements.")
    text = "Column of the examples that each error was measured on. Default: test_examples, if any."
    parser.value("test-examples", text)
    parser.switch("loss", "Any positive loss, not an error rate of at most 1.")
    parser.value("target-error", "What is to be reached.")
    add_options(parser)
    parser.value("out", "Write a row for each requested one here.", path=True)
    parser.value("plot", "Draw the curve: .svg, .png, .html or .json.", path=True)
    add_exports(parser)
    parser.switch("json", "Print the answer as JSON.")
    return parser


def curve(arguments: Namespace) -> None:
    """Predict where learning curves go."""
    names = _names(arguments)
    target = read_target(arguments.target_error, is_loss=arguments.loss)
    stakes = read_stakes(arguments, target)
    if arguments.out is not None:
        if is_same_file(arguments.out, arguments.file):
            raise InputError.of("out", arguments.out, "must be another file than the table")
        if names.fit is None:
            raise InputError.of("out", arguments.out, "needs --fit: 0 where one is wanted")
    check_exports(arguments)
    if arguments.plot is not None:
        # Before anything is written.
        check_ending(arguments.plot)
    with interrupted():
        _tell(arguments, names, target, stakes)


def _tell(arguments: Namespace, names: Names, target: float | None, stakes: Stakes | None) -> None:
    """Read the table, and write or print what is asked for."""
    progress = Progress("curves")
    found = read_curves(arguments.file, names, is_loss=arguments.loss, report=progress.tell)
    # A table that is written, or answered to a program, keeps its rows with the reason in flags.
    is_for_people = arguments.out is None and not arguments.json
    if is_for_people and all(each.curve is None for each in found):
        raise _nothing_fits(found)
    if arguments.plot is not None:
        card = _the_one([CurveCard(each, names, target) for each in found], "plot")
        write_chart(picture_of_curve(card), arguments.plot)
    runs = _next_runs(found, stakes)
    cards = [CurveCard(each, names, target, run) for each, run in zip(found, runs, strict=True)]
    for field in ("xlsx", "html", "pdf"):
        if getattr(arguments, field) is not None:
            write_exports(arguments, _the_one(cards, field), partial(_report, cards[0]))
            break
    content = curve_answer(found, runs, names, target, progress.tell) if arguments.json else {}
    if arguments.out is not None:
        rows = content.get("predictions") or predicted_rows(found, names, progress.tell)
        text = csv_text(rows, [*names.by, names.x, *OUTPUTS])
        write_bytes(arguments.out, text.encode(), "out")
    if arguments.json:
        print_json(content)
    elif arguments.out is None:
        _show(cards, progress, is_plain=arguments.plain)
    else:
        print_text(f"{len(found):,} curve{'s' * (len(found) > 1)} to {arguments.out}")


def _nothing_fits(found: Sequence[TableCurve]) -> InputError:
    """Return why no curve of a table can be fitted."""
    findings = [
        Finding("curve", ", ".join(each.by) and shown(", ".join(each.by)), "; ".join(each.flags))
        for each in found[:MOST_FINDINGS]
    ]
    return InputError(findings)


def _report(card: CurveCard, command: str) -> Report:
    from costcurve.faces.reports import curve_report  # noqa: PLC0415 - rarely asked for

    return curve_report(card, command)


def _show(cards: Sequence[CurveCard], progress: Progress, *, is_plain: bool) -> None:
    """Print a page for each curve, and the drawing of one that is alone."""
    is_terminal = sys.stdout.isatty()
    for done, card in enumerate(cards, 1):
        print_document(card.document(), is_plain=is_plain)
        # Pages that are seen to come need no line beside them.
        if not is_terminal:
            progress.tell(done, len(cards))
    if len(cards) == 1:
        _draw(cards[0], is_plain=is_plain)


def _next_runs(found: list[TableCurve], stakes: Stakes | None) -> list[NextRun | None]:
    """Return which run to make next of each curve, where that is asked for."""
    is_one = len(found) == 1
    progress = Progress("runs" if is_one else "curves")
    runs: list[NextRun | None] = []
    for finished, each in enumerate(found, start=1):
        run = None
        if stakes is not None and each.curve is not None:
            run = next_run(each.curve, stakes, tell=progress.tell if is_one else lambda *_: None)
        runs.append(run)
        if not is_one:
            progress.tell(finished, len(found))
    return runs


def _draw(card: CurveCard, *, is_plain: bool) -> None:
    """Draw a curve in the characters of the terminal."""
    if card.found.curve is None:
        return
    points, bands = card.points_and_bands(float(card.curve.seen.x[-1]) * TIMES[-1])
    marks = ASCII if is_plain or not can_print("".join(UNICODE)) else UNICODE
    titles = (card.names.x, card.names.error)
    drawn = terminal_curve(points, bands, titles, page_width(), marks)
    print_text("\n" + (plain_text(drawn) if is_plain else drawn))


def _the_one(cards: Sequence[CurveCard], field: str) -> CurveCard:
    """Return the one curve of a table, which a picture or a report is of."""
    if len(cards) > 1 or cards[0].found.curve is None:
        what = f"{len(cards):,} curves" if len(cards) > 1 else "; ".join(cards[0].found.flags)
        raise InputError.of(field, what, "must be one curve, and one that can be fitted")
    return cards[0]


def _names(arguments: Namespace) -> Names:
    """Return the names of columns; raises as `check_names` does."""
    by = tuple(name.strip() for name in (arguments.by or "").split(",") if name.strip())
    x, error = arguments.x or "x", arguments.error or "error"
    given = (arguments.fit, arguments.weights, arguments.test_examples)
    return check_names(Names(x, error, by, *given))


COMMAND = Command(_parser, curve)
