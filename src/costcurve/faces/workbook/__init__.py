"""The workbook: an answer as a spreadsheet whose every point figure is a live formula.

The formulas are written from the quantities themselves, so they compute what the library computes;
each carries its value, which viewers that do not calculate show. What a simulation gave is stored
and says so.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from costcurve.core.files import write_bytes
from costcurve.decisions import Estimate
from costcurve.faces.workbook.book import LONGEST_TEXT

if TYPE_CHECKING:
    from costcurve.decisions.worth import Worth
    from costcurve.faces.curve_page import CurvePage

__all__ = [
    "LONGEST_TEXT",
    "curve_workbook_bytes",
    "workbook_bytes",
    "worth_workbook_bytes",
    "write_workbook",
]


def write_workbook(found: Estimate | Worth | CurvePage, path: Path) -> None:
    """Write an answer as a workbook with live formulas.

    Parameters
    ----------
    found : Estimate, Worth or CurvePage
        What to write.
    path : Path
        The .xlsx file; what was there is replaced when the new one is whole.

    Raises
    ------
    MissingExtraError
        If XlsxWriter is not installed.
    InputError
        If the file cannot be written.
    """
    if isinstance(found, Estimate):
        content = workbook_bytes(found)
    elif type(found).__name__ == "Worth":
        content = worth_workbook_bytes(found)
    else:
        content = curve_workbook_bytes(found)
    write_bytes(path, content, "xlsx")


def workbook_bytes(found: Estimate) -> bytes:
    """Return the workbook of an estimate.

    Raises
    ------
    MissingExtraError
        If XlsxWriter is not installed.
    """
    from costcurve.faces.workbook.estimate_book import estimate_book  # noqa: PLC0415 - rarely

    return estimate_book(found)


def worth_workbook_bytes(found: Worth) -> bytes:
    """Return the workbook of a case of worth.

    Raises
    ------
    MissingExtraError
        If XlsxWriter is not installed.
    """
    from costcurve.faces.workbook.worth_book import worth_book  # noqa: PLC0415 - rarely

    return worth_book(found)
