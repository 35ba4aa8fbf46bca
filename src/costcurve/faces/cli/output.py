"""How the command line prints: pages for people, JSON and CSV for programs."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from costcurve.core.document import DEFAULT_WIDTH, Document

#: Narrowest page; below it lines are left to wrap as they may.
NARROWEST = 60
#: Widest page: longer lines are hard to read.
WIDEST = 100
# A spreadsheet takes a cell that starts so for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def print_document(document: Document) -> None:
    """Show a page on standard output, in colour only on a terminal that wants it."""
    from rich.console import Console  # noqa: PLC0415 - only people need it

    console = Console(highlight=False)
    width = console.width if console.is_terminal or "COLUMNS" in _environment() else DEFAULT_WIDTH
    console.width = min(max(width, NARROWEST), WIDEST)
    if console.is_terminal:
        document.print(console)
    else:
        print_text(document.text(console.width))


def print_text(text: str) -> None:
    """Print words as they are."""
    sys.stdout.write(text + "\n")


def print_json(data: Mapping[str, Any]) -> None:
    """Print strict JSON in ASCII: no NaN, no infinity, every digit of a float."""
    sys.stdout.write(json.dumps(data, indent=2, allow_nan=False) + "\n")


def print_csv(rows: Sequence[Mapping[str, Any]], header: Sequence[str] = ()) -> None:
    """Print rows of the same keys as CSV; no cell of text can become a formula."""
    columns = header or list(rows[0])
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    sys.stdout.write(stream.getvalue())


def _cell(value: Any) -> Any:
    if isinstance(value, Iterable) and not isinstance(value, str):
        value = ";".join(map(str, value))
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value


def _environment() -> Mapping[str, str]:
    import os  # noqa: PLC0415

    return os.environ
