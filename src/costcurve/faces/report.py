"""The report: one file that can be sent, read without a network, and printed.

The decision comes first, then its evidence: pictures with their alternative text, tables, what was
assumed with its sources, and the command that makes the report again. The PDF is made of the same
HTML, tagged, so that a screen reader finds its headings, tables and pictures.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from costcurve._version import __version__
from costcurve.charts.files import as_svg
from costcurve.core.display import plain
from costcurve.core.document import Paragraph, Table
from costcurve.core.errors import InputError, MissingExtraError, printable
from costcurve.core.files import write_bytes
from costcurve.core.quantities import Input

_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { font: 11pt/1.5 Georgia, "Times New Roman", serif; color: #1c1e21; background: #fff;
  max-width: 46rem; margin: 2rem auto; padding: 0 1.25rem; font-variant-numeric: tabular-nums; }
h1, h2, table, figcaption, footer { font-family: system-ui, "Segoe UI", Arial, sans-serif; }
h1 { font-size: 1.55rem; line-height: 1.25; margin: 0 0 0.25rem; color: #1f3864; }
h2 { font-size: 1.12rem; margin: 1.8rem 0 0.4rem; break-after: avoid; color: #1f3864;
  border-bottom: 2px solid #1f3864; padding-bottom: 0.15rem; }
p { margin: 0.45rem 0; orphans: 3; widows: 3; }
.lead { font-size: 1.2rem; line-height: 1.4; font-weight: 600; background: #eef2f8;
  border-left: 4px solid #1f3864; padding: 0.6rem 0.9rem; }
.quiet, footer, figcaption { color: #54595f; font-size: 0.9rem; }
.warning { border-left: 3px solid #b5541c; padding-left: 0.7rem; color: #3c4248; }
table { border-collapse: collapse; width: 100%; font-size: 0.86rem; margin: 0.75rem 0 1.25rem; }
caption { text-align: left; font-weight: 600; padding-bottom: 0.25rem; }
th, td { text-align: left; vertical-align: top; padding: 0.28rem 0.7rem 0.28rem 0;
  border-bottom: 1px solid #d9dce0; overflow-wrap: break-word; font-weight: 400; }
thead th { color: #54595f; font-weight: 600; border-bottom: 1.5px solid #8a93a3; }
.total td, .total th { font-weight: 600; border-top: 1.5px solid #8a93a3; }
.number { text-align: right; white-space: nowrap; }
tr, figure { break-inside: avoid; }
td:last-child { overflow-wrap: anywhere; }
figure { margin: 0.75rem 0 1.25rem; }
.inputs { font-size: 0.74rem; table-layout: fixed; }
.inputs th:nth-child(1) { width: 30%; } .inputs th:nth-child(2) { width: 20%; }
.inputs th:nth-child(3) { width: 14%; } .inputs .number { white-space: normal; }
pre, code { font-family: "Liberation Mono", Consolas, monospace; }
figure svg { max-width: 100%; height: auto; }
pre { background: #f3f6f9; padding: 0.7rem; font-size: 0.82rem; white-space: pre-wrap;
  overflow-wrap: anywhere; }
footer { border-top: 1px solid #d9dce0; margin-top: 2rem; padding-top: 0.5rem; }
@media print { body { max-width: none; margin: 0; padding: 0; font-size: 9.5pt; } }
"""
#: What a page of a PDF has beside the text. Its paper is one of the keywords of CSS.
_PAGE = """
@page { size: PAPER; margin: 18mm 17mm 20mm;
  @bottom-left { content: "costcurve VERSION"; font: 8pt Arial, sans-serif; color: #54595f; }
  @bottom-right { content: counter(page) " of " counter(pages); font: 8pt Arial, sans-serif;
    color: #54595f; } }
"""
#: Most assumptions that a report lists: more are no reading.
_MOST_INPUTS = 400
#: Longest source beside an assumption; the workbook has the whole.
_LONGEST_SOURCE = 200
_LETTERS = "Arial, 'Liberation Sans', Helvetica, sans-serif"
_VIEW, _ROOM = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"'), 0.04
#: Endings of a report's file, by the option that asks for it.
_ENDINGS = {"html": (".html", ".htm"), "pdf": (".pdf",)}


def write_report(report: Report, path: Path, paper: str = "a4") -> None:
    """Write a report.

    Parameters
    ----------
    report : Report
        What it is made of.
    path : Path
        An .html or a .pdf file.
    paper : {"a4", "letter"}
        Of the PDF's pages.

    Raises
    ------
    InputError
        If the file has another ending, or cannot be written.
    MissingExtraError
        If vl-convert is not installed or, for a PDF, WeasyPrint or what it needs.
    """
    if path.suffix.lower() in _ENDINGS["pdf"]:
        write_bytes(path, report.pdf(paper), "pdf")
        return
    check_report(path, "html")
    write_bytes(path, report.html().encode(errors="replace"), "html")


def check_report(path: Path, field: str = "html") -> None:
    """Raise InputError if a file is none for a report, before work is done for it."""
    if path.suffix.lower() not in _ENDINGS[field]:
        raise InputError.of(field, path, f"must end in {_ENDINGS[field][0]}")


def command_given() -> str:
    """Return the command that was given, to stand in the report that it makes."""
    return shlex.join(["costcurve", *sys.argv[1:]])


@dataclass(frozen=True)
class Picture:
    """A chart of a report.

    Attributes
    ----------
    title, words : str
        Its heading, and what it shows, for who cannot see it.
    spec : dict
        Its Vega-Lite specification.
    """

    title: str
    words: str
    spec: dict[str, Any]


@dataclass(frozen=True)
class Section:
    """A part of a report under a heading."""

    title: str
    blocks: Sequence[Paragraph | Table | Picture]


@dataclass(frozen=True)
class Report:
    """What a report is made of.

    Attributes
    ----------
    title : str
        What is asked.
    sections : sequence of Section
        The decision first; those without blocks are left out.
    inputs : sequence of Input
        The assumptions.
    method, references : sequence of str
        Paragraphs.
    command : str
        What makes it again.
    """

    title: str
    sections: Sequence[Section]
    inputs: Sequence[Input] = ()
    method: Sequence[str] = ()
    references: Sequence[str] = ()
    command: str = ""

    def html(self) -> str:
        """Return the report as one file.

        Raises
        ------
        MissingExtraError
            If there are charts, and vl-convert is not installed.
        """
        return self._page("")

    def pdf(self, paper: str = "a4") -> bytes:
        """Return the report as a tagged PDF, made of the same HTML.

        Parameters
        ----------
        paper : {"a4", "letter"}
            Of its pages.

        Raises
        ------
        InputError
            If there is no such paper.
        MissingExtraError
            If vl-convert, WeasyPrint or Pango, which that draws letters with, is missing.
        """
        if paper not in PAPERS:
            raise InputError.of("paper", paper, f"must be one of {', '.join(PAPERS)}")
        try:
            from weasyprint import HTML  # noqa: PLC0415 - an extra
            from weasyprint.urls import URLFetcher  # noqa: PLC0415
        except ImportError:
            raise MissingExtraError("--pdf", "pdf") from None
        except OSError:  # the library is there, and what it draws letters with is not
            purpose = "--pdf needs Pango (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0)"
            raise MissingExtraError(f"{purpose} and", "pdf") from None
        style = _PAGE.replace("PAPER", _SIZES[paper]).replace("VERSION", __version__)
        # What is inside the page is all there is: nothing is ever fetched.
        fetcher = URLFetcher(allowed_protocols=())
        page = HTML(string=self._page(style), url_fetcher=fetcher)
        # PDF/UA is the tagged kind, which screen readers understand.
        return bytes(page.write_pdf(pdf_variant="pdf/ua-1"))

    def _page(self, more_style: str) -> str:
        """Return the HTML, with style of its own beside the usual one."""
        title, today = escape(printable(self.title)), date.today()
        parts = [
            f"<h1>{title}</h1>",
            f'<p class="quiet">costcurve {__version__}, {today.day} {today:%B %Y}</p>',
            *(part for each in self.sections if each.blocks for part in _section(each)),
            *self._assumptions(),
            *_paragraphs("Method", self.method),
            *_paragraphs("References", self.references),
        ]
        if self.command:
            command = "\n".join(_words(line) for line in self.command.split("\n"))
            parts.append(f"<h2>Made by</h2>\n<pre>{command}</pre>")
        body = "\n".join(parts)
        return (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{title}</title>\n<style>{_STYLE}{more_style}</style>\n</head>\n"
            f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
        )

    def _assumptions(self) -> list[str]:
        if not self.inputs:
            return []
        rows = tuple(
            (
                given.label,
                _value(given.value),
                "" if given.unit == "1" else given.unit,
                _shortened(given.source),
            )
            for given in self.inputs
        )
        header = ("Assumption", "Value", "Unit", "Source")
        heading = "What was assumed, everything at its median"
        table = Table(heading, header, rows[:_MOST_INPUTS], (1,))
        rest = len(rows) - _MOST_INPUTS
        more = f'<p class="quiet">And {rest:,} more, which the workbook has.</p>'
        return [
            "<h2>Assumptions and their sources</h2>",
            _table(table).replace("<table>", '<table class="inputs">', 1),
            *([more] if rest > 0 else []),
        ]


#: Papers of a PDF, the usual one first, and what CSS calls them.
_SIZES = {"a4": "A4", "letter": "letter"}
PAPERS = tuple(_SIZES)


def _section(section: Section) -> list[str]:
    return [f"<h2>{escape(section.title)}</h2>", *(_block(each) for each in section.blocks)]


def _block(block: Paragraph | Table | Picture) -> str:
    if isinstance(block, Picture):
        return _picture(block)
    if isinstance(block, Table):
        return _table(block)
    return f'<p class="{block.tone}">{_words(block.text)}</p>'


def _words(text: str) -> str:
    """Return a text as it may stand in a page: escaped, and nothing in it that turns lines."""
    return escape(printable(text))


def _table(block: Table) -> str:
    def cells(row: Sequence[str], kind: str) -> str:
        found = []
        for place, cell in enumerate(row):
            number = ' class="number"' if place in block.right else ""
            # The first cell of a row says what the row is.
            tag = kind if kind == "col" or place == 0 else "td"
            opened = f'th scope="{tag}"' if tag != "td" else "td"
            found.append(f"<{opened}{number}>{_words(cell)}</{opened[:2]}>")
        return "".join(found)

    named = [each or "\u00a0" for each in block.columns]
    header = f"<thead><tr>{cells(named, 'col')}</tr></thead>" if any(block.columns) else ""
    last = len(block.rows) - 1
    rows = [
        f"<tr{' class=total' if block.has_total and place == last else ''}>{cells(row, 'row')}</tr>"
        for place, row in enumerate(block.rows)
    ]
    body = f"<tbody>{''.join(rows)}</tbody>"
    return f"<table><caption>{_words(block.heading)}</caption>{header}{body}</table>"


def _picture(picture: Picture) -> str:
    # Vega measures letters as those of Arial; of others that are wider, labels need some room.
    svg = as_svg(picture.spec).replace('font-family="sans-serif"', f'font-family="{_LETTERS}"')
    svg = _VIEW.sub(lambda view: _with_room(float(view[1]), view[2]), svg, count=1)
    words = _words(f"{picture.title}. {picture.words}")
    # A title inside is what browsers and the PDF take for the words of a picture.
    opened, inside = svg.split(">", 1)
    opened = opened.replace("<svg ", f'<svg role="img" aria-label="{words}" ', 1)
    return (
        f"<figure>{opened}><title>{words}</title>{inside}<figcaption>{words}</figcaption></figure>"
    )


def _with_room(width: float, height: str) -> str:
    more = _ROOM * width
    return f'viewBox="{-more:g} 0 {width + more:g} {height}"'


def _paragraphs(heading: str, texts: Sequence[str]) -> list[str]:
    if not texts:
        return []
    return [f"<h2>{escape(heading)}</h2>", *(_paragraph(text) for text in texts)]


def _paragraph(text: str) -> str:
    """Return a paragraph; one of several lines, such as BibTeX, keeps them."""
    lines = [_words(line) for line in text.split("\n")]
    return f"<p>{lines[0]}</p>" if len(lines) == 1 else "<pre>" + "\n".join(lines) + "</pre>"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_SOURCE else text[:_LONGEST_SOURCE] + " …"


def _value(array: Any) -> str:
    """Return an input's value; of one that differs from model to model, the span."""
    values = np.atleast_3d(np.asarray(array))[0, :, 0]
    low, high = float(values.min()), float(values.max())
    return plain(low) if low == high else f"{plain(low)} to {plain(high)}"
