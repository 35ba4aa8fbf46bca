"""The files that an answer leaves as, whatever was asked: workbook, report, PDF; and plain text."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from costcurve.core.errors import InputError, nearest
from costcurve.faces.cli.arguments import Parser

if TYPE_CHECKING:
    from costcurve.faces.report import Report


def add_exports(parser: Parser, group: Any = None) -> None:
    """Add the options of files and of plain text to a command."""
    parser.value("xlsx", "Write a workbook with live formulas.", group, path=True)
    parser.value("html", "Write a report: one file with charts, for a board.", group, path=True)
    parser.value("pdf", "Write the same report as a PDF with pages.", group, path=True)
    parser.value("paper", "Pages of the PDF: a4 or letter. Default: a4.", group)
    parser.switch("plain", "Print ASCII only: no colour, no drawn boxes.", group)


def check_exports(arguments: Namespace) -> None:
    """Raise InputError if a file or the paper cannot be meant, before work is done for it."""
    paper, book = arguments.paper, arguments.xlsx
    if book is not None and book.suffix.lower() != ".xlsx":
        raise InputError.of("xlsx", book, "must end in .xlsx")
    if (arguments.html, arguments.pdf, paper) == (None, None, None):
        return
    # Late: rarely asked for.
    from costcurve.faces.report import PAPERS, check_report  # noqa: PLC0415

    if paper is not None and paper.lower() not in PAPERS:
        allowed = f"must be one of {', '.join(PAPERS)}{nearest(paper, PAPERS)}"
        raise InputError.of("paper", paper, allowed)
    if paper is not None and arguments.pdf is None:
        raise InputError.of("paper", paper, "needs --pdf FILE")
    for field in ("html", "pdf"):
        if (path := getattr(arguments, field)) is not None:
            check_report(path, field)


def write_exports(arguments: Namespace, found: Any, report: Callable[[str], Report]) -> None:
    """Write the files that are asked for.

    Parameters
    ----------
    arguments : Namespace
        With what `add_exports` added.
    found : Estimate, Worth or CurveCard
        The answer.
    report : callable
        Makes its report, given the command that makes it again.

    Raises
    ------
    InputError
        If a file cannot be written.
    MissingExtraError
        If what a file needs is not installed.
    """
    if arguments.xlsx is not None:
        from costcurve.faces.workbook import write_workbook  # noqa: PLC0415 - an extra

        write_workbook(found, arguments.xlsx)
    if arguments.html is None and arguments.pdf is None:
        return
    from costcurve.faces.report import PAPERS, command_given, write_report  # noqa: PLC0415

    made = report(command_given())
    if arguments.html is not None:
        write_report(made, arguments.html)
    if arguments.pdf is not None:
        write_report(made, arguments.pdf, (arguments.paper or PAPERS[0]).lower())
