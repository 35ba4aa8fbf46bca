"""What a page's answer leaves as: files with its numbers, made by the functions of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlencode

from costcurve.core.errors import Finding, InputError
from costcurve.decisions.curve_table import OUTPUTS
from costcurve.faces.cli.output import csv_text, json_text
from costcurve.faces.estimate_answer import option_rows
from costcurve.faces.limits_answer import target_rows
from costcurve.faces.report import Report
from costcurve.faces.snippet import curve_command, worth_command
from costcurve.faces.web import curve_page, estimate_page, limits_page, table_pages, worth_page
from costcurve.faces.workbook import workbook_bytes

Query = Mapping[str, str]
Make = Callable[[Query], bytes]

_JSON = "application/json"
_CSV = "text/csv; charset=utf-8"
_HTML = "text/html; charset=utf-8"
_PDF = "application/pdf"
#: Most points of a PDF: 2,000 took ten seconds, which is all that a request may, and a gigabyte.
_MOST_PRINTED = 500
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Export:
    """A kind of file.

    Attributes
    ----------
    label, media_type : str
        What the page calls it, and what it is.
    make : callable
        Takes what was asked; raises as the page's own functions do.
    """

    label: str
    media_type: str
    make: Make


def _json(answer: Callable[[Query], dict[str, Any]]) -> Export:
    return Export("JSON", _JSON, lambda query: json_text(answer(query)).encode())


def _csv(rows: Callable[[Query], list[dict[str, Any]]]) -> Export:
    return Export("CSV", _CSV, lambda query: csv_text(rows(query)).encode())


def _xlsx(made: Callable[[Query], Any]) -> Export:
    return Export("Workbook", _XLSX, lambda query: workbook_bytes(made(query)))


def _report(
    make: Callable[[Query], Report], printed: Callable[[Query], Report] | None = None
) -> dict[str, Export]:
    """Return both kinds of file that a report is; what is printed may be refused."""
    found = {"html": Export("Report", _HTML, lambda query: make(query).html().encode())}
    # A library that draws pages may be missing, and what it needs of the system too.
    if find_spec("weasyprint"):
        found["pdf"] = Export("PDF", _PDF, lambda query: (printed or make)(query).pdf())
    return found


def _estimate_report(query: Query) -> Report:
    from costcurve.faces.reports import estimate_report  # noqa: PLC0415 - rarely asked for

    command = estimate_page.command(estimate_page.given_of(query))
    return estimate_report(estimate_page.made(query), command)


def _worth_report(query: Query) -> Report:
    from costcurve.faces.reports import worth_report  # noqa: PLC0415 - rarely asked for

    found = worth_page.made(query)
    return worth_report(found, worth_command(found))


def _curve_report(query: Query) -> Report:
    from costcurve.faces.reports import curve_report  # noqa: PLC0415 - rarely asked for

    card = curve_page.made(query)
    return curve_report(card, curve_command(card))


def _curve_printed(query: Query) -> Report:
    runs = len(curve_page.made(query).curve.seen.x)
    if runs > _MOST_PRINTED:
        allowed = f"must be at most {_MOST_PRINTED} in a PDF; the report as HTML takes all"
        raise InputError([Finding("points", f"{runs:,} numbers of examples", allowed)])
    return _curve_report(query)


def _curve_csv(query: Query) -> bytes:
    rows = curve_page.answer(query)["predictions"]
    return csv_text(rows, [curve_page.NAMES.x, *OUTPUTS]).encode()


def _facts_csv(query: Query) -> bytes:
    return csv_text(*table_pages.fact_rows_and_columns(query)).encode()


#: Files by the page and their ending.
EXPORTS: dict[str, dict[str, Export]] = {
    "estimate": {
        "json": _json(lambda query: estimate_page.made(query).to_dict()),
        "csv": _csv(lambda query: option_rows(estimate_page.made(query))),
        "xlsx": _xlsx(estimate_page.made),
        **_report(_estimate_report),
    },
    "worth": {
        "json": _json(lambda query: worth_page.made(query).to_dict()),
        "csv": _csv(lambda query: worth_page.made(query).to_dict()["lines"]),
        "xlsx": _xlsx(worth_page.made),
        **_report(_worth_report),
    },
    "curve": {
        "json": _json(curve_page.answer),
        "csv": Export("CSV", _CSV, _curve_csv),
        "xlsx": _xlsx(curve_page.made),
        **_report(_curve_report, _curve_printed),
    },
    "limits": {
        "json": _json(lambda query: limits_page.answered(query).to_dict()),
        "csv": _csv(lambda query: target_rows(limits_page.answered(query))),
    },
    "facts": {"csv": Export("CSV of these rows", _CSV, _facts_csv)},
    "reproduce": {
        "json": _json(lambda query: table_pages.reproduction(query).to_dict()),
        "csv": _csv(
            lambda query: [each.to_dict() for each in table_pages.reproduction(query).items]
        ),
    },
}


def links_of(page: str, given: Query) -> list[tuple[str, str]]:
    """Return the label and the address of every file of a page's answer."""
    sent = urlencode(given)
    return [(export.label, f"/{page}.{ending}?{sent}") for ending, export in EXPORTS[page].items()]
