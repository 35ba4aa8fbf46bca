"""Text from users stays text in every export: no formula, no link, no markup, no control."""

from __future__ import annotations

import ast
import csv
import io
import json
import zipfile
from functools import cache
from html.parser import HTMLParser

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

import costcurve as cc
from costcurve.core.document import Document, Paragraph, Table
from costcurve.core.errors import printable
from costcurve.decisions.curve_table import Names, TableCurve
from costcurve.decisions.worth import worth
from costcurve.decisions.worth_case import case_of
from costcurve.faces.cli.output import csv_text, plain_text
from costcurve.faces.curve_card import CurveCard
from costcurve.faces.report import Report, Section
from costcurve.faces.reports import curve_report, estimate_report, worth_report
from costcurve.faces.snippet import (
    described_case,
    estimate_snippet,
    worth_command,
    worth_snippet,
)
from costcurve.faces.workbook import (
    LONGEST_TEXT,
    workbook_bytes,
)
from costcurve.faces.workbook.book import Book
from costcurve.laws.curves import load_curve_law
from tests.conftest import need

#: What was tried on spreadsheets, pages and terminals before.
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(A1:A9)",
    "cmd!A1",
    "\t=1+1",
    "\n=1+1\r\n@x",
    "http://example.org/=HYPERLINK(1)",
    "mailto:a@example.org",
    "internal:Sheet1!A1",
    "{=1+1}",
    "_x003D_1+1",
    "<script>alert(1)</script>",
    "</title></svg><img src=x onerror=y>",
    "\u202e1+1= \u2066x\u2069",
    "\u05d0\u05d1\u05d2 \u0627\u0644\u0639",
    "\U0001f600 \U0001f469\u200d\U0001f52c",
    "\x1b[31mred\x1b[0m\x07",
    "$(touch x); `touch y`\nEND\ntouch z",
    '"""; import os; x = """',
    "\ud800 alone",
)
LONG = "=" + "x" * 32_768
ANYTHING = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=40),
    st.builds("{}{}".format, st.sampled_from("=+-@\t\r\n"), st.text(max_size=20)),
)
TAGS = frozenset(
    "html head meta title style body main h1 h2 p figure svg figcaption table caption thead tbody "
    "tr th td pre g path text rect line defs clippath lineargradient stop tspan".split()
)


@cache
def estimate_of(labels):
    return cc.estimate(cc.Task(target_error=0.1, class_counts=dict.fromkeys(labels, 50)))


@cache
def case_with(names):
    line, role, way, product = names
    described = {
        "task": {"target_accuracy": 0.9, "classes": 4, "limit": 1e4},
        "benefit": {
            "predictions_per_year": 1e6,
            "benefit_per_prediction_usd": 0.05,
            "lines": [{"name": line[:200], "usd": 5.0}],
        },
        "people": {"roles": [{"name": role[:200], "usd_per_hour": 50, "setup_hours": 2}]},
        "alternative": {way[:200]: {"accuracy": 0.8}},
        "inventory": {
            "products": [
                {"name": product, "unit_price_usd": 2.0, "unit_cost_usd": 1.0,
                 "expected_demand": 100, "demand_sd": 20, "better_demand_sd": 10}
            ]
        },
    }  # fmt: skip
    return worth(case_of(described))


def curve_named(name, x="x", y="error"):
    curve = load_curve_law().curve([500, 1000, 2000, 4000], [0.21, 0.15, 0.11, 0.082])
    return CurveCard(TableCurve((name,), curve, [], np.array([])), Names(x, y, ("by",)), 0.05)


def texts_of(content, own):
    """Return the cells of a workbook that hold text from a user; none may be a formula."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [archive.read(name).decode() for name in archive.namelist()]
    assert not any("<hyperlink" in part or "externalLink" in part for part in parts)
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    # A reader may undo what stands for a control character, or not.
    found = [c for c in cells if own in str(c.value) or own in unescape(str(c.value))]
    assert all(cell.data_type == "s" for cell in found)
    assert all(len(str(cell.value)) <= LONGEST_TEXT for cell in cells)
    return found


class Tags(HTMLParser):
    """Reads a page: its tags, and its text."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.words = set(), set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.words.append(data)


def check_page(page):
    found = Tags()
    found.feed(page)
    assert found.tags <= TAGS, found.tags - TAGS
    assert not any(name.startswith("on") or name in {"src", "href"} for name in found.attributes)
    return " ".join(" ".join(found.words).split())


def squeezed(text):
    return " ".join(printable(text).split())


@settings(max_examples=60)
@given(ANYTHING)
def test_a_cell_holds_any_text_as_text(text):
    book = Book("title", text)
    sheet = book.sheet("Names", text[:200], text, (20.0,))
    book.text(sheet, 5, 0, text)
    content = book.content()
    cell = openpyxl.load_workbook(io.BytesIO(content))["Names"]["A6"]
    assert cell.data_type in "sn"
    assert unescape(str(cell.value or "")).strip() == printable(text).strip() or "_x" in text


@given(ANYTHING)
def test_no_cell_of_a_csv_starts_as_a_formula(text):
    written = csv_text([{"name": text, "last": "end"}])
    (row,) = list(csv.reader(io.StringIO(written, newline="")))[1:]
    assert not row[0].startswith(tuple("=+-@\t\r\n"))
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    assert row[0] in {kept, f"'{kept}"}
    assert row[1] == "end"


@given(ANYTHING)
def test_a_report_shows_any_text_and_nothing_of_it_is_markup(text):
    blocks = [Paragraph(text), Table(text, (text, "b"), ((text, text),))]
    report = Report(text, [Section("Words", blocks)], method=[text], command=text)
    assert squeezed(text) in check_page(report.html())


@given(ANYTHING)
def test_a_terminal_gets_no_control_and_plain_text_no_letter_beyond_ascii(text):
    shown = Document(text or "x", (Paragraph(text), Table(text, (text,), ((text,),)))).text()
    assert all(char.isprintable() for line in shown.split("\n") for char in line)
    assert plain_text(shown).isascii()
    assert all(char.isprintable() for line in plain_text(shown).split("\n") for char in line)


@settings(max_examples=25)
@given(ANYTHING)
def test_literals_of_python_hold_any_text(text):
    labels = (f"{text[:190]} a", "b")
    try:
        found = estimate_of(labels)
    except cc.InputError:  # a label that is refused needs no export
        return
    code = estimate_snippet(found)
    assert code.isascii()
    named = next(each for each in ast.parse(code).body if isinstance(each, ast.Assign))
    given_labels = ast.literal_eval(named.value)["task"]["class_counts"]
    assert given_labels == found.task.model_dump(mode="json")["class_counts"]


@pytest.mark.parametrize("text", [*HOSTILE[:-1], LONG], ids=lambda text: ascii(text)[:30])
def test_names_stay_text_in_workbook_and_report_of_an_estimate(text):
    try:
        found = estimate_of((f"{text} a", "b"))
    except cc.InputError:
        return
    cells = texts_of(workbook_bytes(found), printable(text)[:100])
    assert cells
    page = check_page(estimate_report(found, f"costcurve {text}").html())
    assert squeezed(text)[:100] in page


@pytest.mark.parametrize("place", range(0, len(HOSTILE) - 1, 4))
def test_names_stay_text_in_workbook_and_report_of_a_case(place):
    names = (HOSTILE[:-1] * 2)[place : place + 4]
    try:
        found = case_with(names)
    except cc.InputError:
        return
    content = workbook_bytes(found)
    page = check_page(worth_report(found, "costcurve worth").html())
    for name in (names[0], names[2]):
        assert texts_of(content, printable(name))
    for name in names[2:]:
        assert squeezed(name) in page
    assert ast.parse(worth_snippet(found))
    body = worth_command(found).partition("\n")[2].rpartition("\nEND\n")[0]
    assert json.loads(body) == json.loads(json.dumps(described_case(found.case)))


@pytest.mark.parametrize("text", [*HOSTILE[:-1:3], LONG], ids=lambda text: ascii(text)[:30])
def test_names_stay_text_in_workbook_and_report_of_a_curve(text):
    card = curve_named(text, f"{text}x", f"{text}y")
    content = workbook_bytes(card)
    assert texts_of(content, printable(text)[:50])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    # The only formulas of a chart are the cells that it draws.
    assert all("!$" in part.split("</c:f>")[0] for part in chart.split("<c:f>")[1:])
    page = check_page(curve_report(card, "costcurve curve").html())
    assert squeezed(text)[:100] in page


def test_names_stay_text_in_a_pdf():
    need(_draws_letters(), "WeasyPrint with Pango (the extra pdf)")
    from pypdf import PdfReader

    names = ("=cmd|' /C calc'!A0", "+1+1", "@SUM(A1:A9)", "<script>alert(1)</script>")
    blocks = [Paragraph(name) for name in names]
    content = Report("Names", [Section("Words", blocks)]).pdf()
    reader = PdfReader(io.BytesIO(content))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert all(name in text for name in names)
    assert not any("/Annots" in page for page in reader.pages)


def _draws_letters():
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        return False
    return True
