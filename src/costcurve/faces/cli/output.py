"""How the command line prints: pages for people, JSON and CSV for programs."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from costcurve.core.document import DEFAULT_WIDTH, Document

#: Narrowest page; below it lines are left to wrap as they may.
NARROWEST = 60
#: Widest page: longer lines are hard to read.
WIDEST = 100
# A spreadsheet takes a cell that starts so for a formula; some take the wide signs of East Asian
# keyboards for the same.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

#: Signs of our own pages in ASCII, each as wide as it was so that tables keep their columns.
_IN_ASCII = {
    "\u00d7": "x",  # times
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",  # minus
    "\u2026": ".",  # three dots, in the place of one
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u00b7": ".",
    "\u00df": "s",
    "\u03a6": "F",
}


def print_document(document: Document, *, is_plain: bool = False) -> None:
    """Show a page on standard output, in colour only on a terminal that wants it.

    Parameters
    ----------
    document : Document
        The page.
    is_plain : bool
        Whether only ASCII may be printed, and no colour.
    """
    coloured = not is_plain and _wants_colour(sys.stdout.isatty())
    text = document.text(page_width(), coloured=coloured)
    print_text(plain_text(text) if is_plain else text)


def plain_text(text: str) -> str:
    """Return a text in ASCII: accents left off, signs in words, all else a question mark."""
    from unicodedata import combining, normalize  # noqa: PLC0415 - only when asked for

    told = "".join(_IN_ASCII.get(char, char) for char in text)
    bare = "".join(char for char in normalize("NFKD", told) if not combining(char))
    return bare.encode("ascii", errors="replace").decode()


def page_width() -> int:
    """Return the columns of a page."""
    return min(max(_columns(sys.stdout.isatty()), NARROWEST), WIDEST)


def can_print(text: str) -> bool:
    """Return whether standard output knows all characters of a text."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _columns(is_terminal: bool) -> int:
    # As shutil.get_terminal_size does, which loads every kind of archive on its way.
    if columns := os.environ.get("COLUMNS", ""):
        return int(columns) if columns.isdigit() and len(columns) < 10 else DEFAULT_WIDTH
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns if is_terminal else DEFAULT_WIDTH
    except OSError:
        return DEFAULT_WIDTH


def _wants_colour(is_terminal: bool) -> bool:
    # As no-color.org and force-color.org say; the first wins.
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal and os.environ.get("TERM") != "dumb"


def print_text(text: str, *, at_once: bool = False) -> None:
    """Print words as they are; `at_once` also where somebody reads along in a pipe."""
    sys.stdout.write(text + "\n")
    if at_once:
        sys.stdout.flush()


def print_json(data: Mapping[str, Any]) -> None:
    """Print strict JSON, as `json_text` has it."""
    sys.stdout.write(json_text(data))


def json_text(data: Mapping[str, Any]) -> str:
    """Return strict JSON in ASCII: no NaN, no infinity, every digit of a float."""
    return json.dumps(data, indent=2, allow_nan=False) + "\n"


def print_csv(rows: Sequence[Mapping[str, Any]], header: Sequence[str] = ()) -> None:
    """Print rows of the same keys as CSV; no cell of text can become a formula."""
    sys.stdout.write(csv_text(rows, header))


def csv_text(rows: Sequence[Mapping[str, Any]], header: Sequence[str] = ()) -> str:
    """Return rows of the same keys as CSV; no cell of text can become a formula."""
    columns = header or list(rows[0])
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    return stream.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, Iterable) and not isinstance(value, str):
        value = ";".join(map(str, value))
    if isinstance(value, str):
        # The writer does not quote a return by itself, and what follows it would start a row.
        value = value.replace("\r\n", "\n").replace("\r", "\n")
        return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
    return "" if value is None else value
