"""The workbook: an answer as a spreadsheet whose every point figure is a live formula.

The formulas are written from the quantities themselves, so they compute what the library computes;
each carries its value, which viewers that do not calculate show. What a simulation gave is stored
and says so.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costcurve.core.files import write_bytes
from costcurve.faces.workbook.book import LONGEST_TEXT

if TYPE_CHECKING:
    from costcurve.decisions import Estimate
    from costcurve.decisions.worth import Worth
    from costcurve.faces.curve_card import CurveCard

__all__ = [
    "LONGEST_TEXT",
    "curve_workbook_bytes",
    "workbook_bytes",
    "worth_workbook_bytes",
    "write_workbook",
]


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
        If the file cannot be written.
    """
    # By name, since each kind loads what the others do not need.
    makers: dict[str, Callable[[Any], bytes]] = {
        "Estimate": workbook_bytes,
        "Worth": worth_workbook_bytes,
        "CurveCard": curve_workbook_bytes,
    }
    write_bytes(path, makers[type(found).__name__](found), "xlsx")


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


def curve_workbook_bytes(found: CurveCard) -> bytes:
    """Return the workbook of a learning curve.

    Raises
    ------
    InputError
        If the curve cannot be fitted.
    MissingExtraError
        If XlsxWriter is not installed.
    """
    from costcurve.faces.workbook.curve_book import curve_book  # noqa: PLC0415 - rarely

    return curve_book(found)
