"""The workbook: an answer as a spreadsheet whose every point figure is a live formula.

The formulas are written from the quantities themselves, so they compute what the library computes;
each carries its value, which viewers that do not calculate show. What a simulation gave is stored
and says so.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from costcurve.core.files import write_bytes
from costcurve.faces.workbook.book import LONGEST_TEXT

if TYPE_CHECKING:
    from costcurve.decisions import Estimate
    from costcurve.decisions.worth import Worth
    from costcurve.faces.curve_card import CurveCard

__all__ = ["LONGEST_TEXT", "workbook_bytes", "write_workbook"]
#: What writes each kind of answer: a module with a function of its name, loaded for it alone.
_WRITERS = {"Estimate": "estimate_book", "Worth": "worth_book", "CurveCard": "curve_book"}


def write_workbook(found: Estimate | Worth | CurveCard, path: Path) -> None:
    """Write an answer as a workbook with live formulas.

    Parameters
    ----------
    found : Estimate, Worth or CurveCard
        What to write.
    path : Path
        The .xlsx file; what was there is replaced when the new one is whole.

    Raises
    ------
    MissingExtraError
        If XlsxWriter is not installed.
    InputError
        If the file cannot be written, or a learning curve cannot be fitted.
    """
    write_bytes(path, workbook_bytes(found), "xlsx")


def workbook_bytes(found: Estimate | Worth | CurveCard) -> bytes:
    """Return an answer as a workbook.

    Raises
    ------
    MissingExtraError
        If XlsxWriter is not installed.
    InputError
        If it is a learning curve that cannot be fitted.
    """
    name = _WRITERS[type(found).__name__]
    content: bytes = getattr(import_module(f"{__name__}.{name}"), name)(found)
    return content
