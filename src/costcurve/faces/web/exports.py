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
from costcurve.faces.report import Report
from costcurve.faces.snippet import curve_command, worth_command
from costcurve.faces.web import curve_page, estimate_page, limits_page, table_pages, worth_page
from costcurve.faces.web.settings import Settings
from costcurve.faces.web.work import Deadline

Query = Mapping[str, str]
Make = Callable[[Query, Settings, Deadline], bytes]

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
        Takes what was asked, the limits and the deadline; raises as the page's own functions do.
    """

    label: str
    media_type: str
    make: Make


def _estimate_json(query: Query, _: Settings, __: Deadline) -> bytes:
    return json_text(estimate_page.made(query).to_dict()).encode()


def _estimate_csv(query: Query, _: Settings, __: Deadline) -> bytes:
    return _rows(estimate_page.option_rows(query))


def _estimate_xlsx(query: Query, _: Settings, __: Deadline) -> bytes:
    return estimate_page.workbook(query)


def _estimate_report(query: Query) -> Report:
    from costcurve.faces.reports import estimate_report  # noqa: PLC0415 - rarely asked for

    asked = estimate_page.asked_for(query)
    return estimate_report(estimate_page.made(query), estimate_page.command(asked.given))


def _worth_json(query: Query, _: Settings, __: Deadline) -> bytes:
    return json_text(worth_page.made(query).to_dict()).encode()


def _worth_csv(query: Query, _: Settings, __: Deadline) -> bytes:
    return _rows(worth_page.made(query).to_dict()["lines"])


def _worth_xlsx(query: Query, _: Settings, __: Deadline) -> bytes:
    from costcurve.faces.workbook import worth_workbook_bytes  # noqa: PLC0415 - an extra

    return worth_workbook_bytes(worth_page.made(query))


def _worth_report(query: Query) -> Report:
    from costcurve.faces.reports import worth_report  # noqa: PLC0415 - rarely asked for

    found = worth_page.made(query)
    return worth_report(found, worth_command(found))


def _curve_json(query: Query, _: Settings, __: Deadline) -> bytes:
    return json_text(curve_page.answer(query)).encode()


def _curve_csv(query: Query, _: Settings, __: Deadline) -> bytes:
    rows = curve_page.answer(query)["predictions"]
    return csv_text(rows, [curve_page.NAMES.x, *OUTPUTS]).encode()


def _curve_xlsx(query: Query, _: Settings, __: Deadline) -> bytes:
    from costcurve.faces.workbook import curve_workbook_bytes  # noqa: PLC0415 - an extra

    return curve_workbook_bytes(curve_page.made(query))


def _curve_report(query: Query) -> Report:
    from costcurve.faces.reports import curve_report  # noqa: PLC0415 - rarely asked for

    card = curve_page.made(query)
    return curve_report(card, curve_command(card))


def _limits_json(query: Query, _: Settings, __: Deadline) -> bytes:
    return json_text(limits_page.answered(query).to_dict()).encode()


def _limits_csv(query: Query, _: Settings, __: Deadline) -> bytes:
    rows = limits_page.answered(query).to_dict()["projections"]
    if not rows:
        raise InputError.of("target_error", "", "is missing: a row of the file is a target's")
    return _rows(rows)


def _reproduce_json(query: Query, _: Settings, __: Deadline) -> bytes:
    return json_text(table_pages.reproduction(query).to_dict()).encode()


def _reproduce_csv(query: Query, _: Settings, __: Deadline) -> bytes:
    return _rows([each.to_dict() for each in table_pages.reproduction(query).items])


def _facts_csv(query: Query, _: Settings, __: Deadline) -> bytes:
    return csv_text(*table_pages.fact_rows_and_columns(query)).encode()


def _rows(rows: list[dict[str, Any]]) -> bytes:
    return csv_text(rows).encode()


def _curve_printed(query: Query) -> Report:
    runs = len(curve_page.made(query).curve.seen.x)
    if runs > _MOST_PRINTED:
        allowed = f"must be at most {_MOST_PRINTED} in a PDF; the report as HTML takes all"
        raise InputError([Finding("points", f"{runs:,} numbers of examples", allowed)])
    return _curve_report(query)


def _report(
    make: Callable[[Query], Report], printed: Callable[[Query], Report] | None = None
) -> dict[str, Export]:
    """Return both kinds of file that a report is; what is printed may be refused."""

    def as_html(query: Query, _: Settings, __: Deadline) -> bytes:
        return make(query).html().encode()

    def as_pdf(query: Query, _: Settings, __: Deadline) -> bytes:
        return (printed or make)(query).pdf()

    found = {"html": Export("Report", _HTML, as_html)}
    # A library that draws pages may be missing, and what it needs of the system too.
    return found | ({"pdf": Export("PDF", _PDF, as_pdf)} if find_spec("weasyprint") else {})


#: Files by the page and their ending.
EXPORTS: dict[str, dict[str, Export]] = {
    "estimate": {
        "json": Export("JSON", _JSON, _estimate_json),
        "csv": Export("CSV", _CSV, _estimate_csv),
        "xlsx": Export("Workbook", _XLSX, _estimate_xlsx),
        **_report(_estimate_report),
    },
    "worth": {
        "json": Export("JSON", _JSON, _worth_json),
        "csv": Export("CSV", _CSV, _worth_csv),
        "xlsx": Export("Workbook", _XLSX, _worth_xlsx),
        **_report(_worth_report),
    },
    "curve": {
        "json": Export("JSON", _JSON, _curve_json),
        "csv": Export("CSV", _CSV, _curve_csv),
        "xlsx": Export("Workbook", _XLSX, _curve_xlsx),
        **_report(_curve_report, _curve_printed),
    },
    "limits": {
        "json": Export("JSON", _JSON, _limits_json),
        "csv": Export("CSV", _CSV, _limits_csv),
    },
    "facts": {"csv": Export("CSV of these rows", _CSV, _facts_csv)},
    "reproduce": {
        "json": Export("JSON", _JSON, _reproduce_json),
        "csv": Export("CSV", _CSV, _reproduce_csv),
    },
}


def links_of(page: str, given: Query) -> list[tuple[str, str]]:
    """Return the label and the address of every file of a page's answer."""
    sent = urlencode(given)
    return [(export.label, f"/{page}.{ending}?{sent}") for ending, export in EXPORTS[page].items()]
