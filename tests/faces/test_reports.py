"""Reports: one file, the decision first, and the same as a tagged PDF."""

from __future__ import annotations

import io
import re
import sys

import pytest

import costcurve as cc
from costcurve.core.quantities import Input
from costcurve.faces.report import Report
from costcurve.faces.reports import estimate_report
from tests.conftest import need

HEADINGS = (
    "The decision",
    "The evidence",
    "The bill",
    "Charts",
    "Risks",
    "Alternatives",
    "Assumptions and their sources",
    "Method",
    "References",
    "Made by",
)
#: Width and height of the papers in points of 1/72 inch.
PAPERS = {"a4": (595.28, 841.89), "letter": (612.0, 792.0)}
#: "Light weight": a report is sent by mail, and pictures of letters are none of it.
LARGEST_BYTES = 300_000


@pytest.fixture(scope="module")
def report():
    task = cc.Task(
        target_accuracy=0.965, class_counts=[50_000, 1_000], limit=200_000, usd_per_example=0.63
    )
    found = cc.estimate(task, cc.Assumptions(models=["ResNet-18", "ViT-B/16"]))
    return estimate_report(found, "costcurve estimate x.toml")


@pytest.fixture(scope="module")
def reader(report):
    need_pdf()
    from pypdf import PdfReader

    return PdfReader(io.BytesIO(report.pdf("letter")))


def need_pdf():
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        need(False, "WeasyPrint with Pango (the extra pdf)")


def structure(node):
    """Yield every element of a PDF's tree of tags."""
    from pypdf.generic import DictionaryObject

    node = node.get_object()
    if not isinstance(node, DictionaryObject):
        return
    yield node
    inside = node.get("/K", [])
    inside = inside.get_object() if hasattr(inside, "get_object") else inside
    for each in inside if isinstance(inside, list) else [inside]:
        if not isinstance(each, int):
            yield from structure(each)


def test_headings_come_in_the_order_of_a_board(report):
    assert tuple(re.findall("<h2>([^<]+)</h2>", report.html())) == HEADINGS


def test_tables_have_captions_and_headers_and_pictures_words(report):
    page = report.html()
    tables = re.findall(r"<table.*?</table>", page, re.DOTALL)
    assert tables
    assert all("<caption>" in each and 'scope="row"' in each for each in tables)
    assert '<html lang="en">' in page
    pictures = re.findall(r"<figure>.*?</figure>", page, re.DOTALL)
    assert all('role="img"' in each and "<title>" in each for each in pictures)
    assert len(page) < LARGEST_BYTES


def test_assumptions_that_are_left_off_are_counted():
    inputs = [Input.of(f"given_{n}", float(n), "1", f"Input {n}", "a test") for n in range(403)]
    text = Report("Title", (), inputs=inputs).html()
    assert text.count("a test") == 400
    assert "And 3 more, which the workbook has." in text
    assert "more, which" not in Report("Title", (), inputs=inputs[:400]).html()


@pytest.mark.parametrize("paper", PAPERS)
def test_pages_are_of_the_paper_that_is_asked_for(report, paper):
    need_pdf()
    from pypdf import PdfReader

    content = report.pdf(paper)
    assert len(content) < LARGEST_BYTES
    for page in PdfReader(io.BytesIO(content)).pages:
        size = (float(page.mediabox.width), float(page.mediabox.height))
        assert size == pytest.approx(PAPERS[paper], abs=0.1)


def test_a_pdf_is_tagged_titled_and_says_what_its_pictures_show(reader, report):
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert reader.metadata.title == report.title
    elements = list(structure(root["/StructTreeRoot"]))
    kinds = [each.get("/S") for each in elements]
    assert {"/H1", "/H2", "/Table", "/TH", "/P"} <= set(kinds)
    figures = [each for each in elements if each.get("/S") == "/Figure"]
    assert [each["/Alt"].split(".")[0] for each in figures] == [
        "Cost against accuracy",
        "What matters most",
    ]


def test_a_pdf_says_what_the_page_says(reader, report):
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for heading in HEADINGS:
        assert heading in text
    assert "$92,494.77" in text
    assert "costcurve estimate x.toml" in text


def test_without_the_library_the_extra_is_named(cli, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    path = tmp_path / "x.pdf"
    ran = cli("estimate", "--target-error", "0.1", "--classes", "5", "--pdf", str(path))
    assert ran.status == 2
    assert "costcurve[pdf]" in ran.err
    assert not path.exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--pdf", "x.html"), "must end in .pdf"),
        (("--html", "x.pdf"), "must end in .html"),
        (("--pdf", "x.pdf", "--paper", "a5"), "must be one of a4, letter"),
        (("--paper", "a4"), "needs --pdf FILE"),
        (("--xlsx", "x.xls"), "must end in .xlsx"),
    ],
)
@pytest.mark.parametrize("command", ["estimate", "worth", "curve"])
def test_what_cannot_be_meant_is_refused_before_work_is_done(cli, words, why, command):
    files = {"worth": ["examples/worth_triage.toml"], "curve": ["nowhere.csv"]}
    more = files.get(command, ["--target-error", "0.1", "--classes", "5"])
    ran = cli(command, *more, *words)
    assert ran.status == 2
    assert why in ran.err
