"""Markdown as the pages need it: text that stays text, tables, links to places on pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_MARKS = re.compile(r"([\\`*_{}\[\]<>|#$~])")


def plain(text: object) -> str:
    """Return a text in one line, in which nothing is read as markup."""
    return _MARKS.sub(r"\\\1", " ".join(str(text).split()))


def code(text: object) -> str:
    """Return a text as code within a line or a cell."""
    return f"`{' '.join(str(text).split()).replace('|', chr(92) + '|')}`" if str(text) else ""


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown already."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in lines)


def block(text: str, language: str = "text") -> str:
    """Return a block of code."""
    return f"```{language}\n{text.rstrip()}\n```\n"


def page(title: str, *parts: str) -> str:
    """Return a page of its title and parts, each a paragraph, table, block or section.

    It has no list of contents beside it: its tables take the room.
    """
    return "\n".join(
        [
            "---\nhide-toc: true\n---\n",
            f"# {title}\n",
            *(f"{part.rstrip()}\n" for part in parts if part),
        ]
    )


def section(title: str, *parts: str, level: int = 2) -> str:
    """Return a section of a page."""
    return "\n".join([f"{'#' * level} {title}\n", *(f"{p.rstrip()}\n" for p in parts if p)])


def contents(names: Iterable[str]) -> str:
    """Return the list of pages below this one, which the page itself does not show."""
    return block("\n".join([":hidden:", "", *names]), "{toctree}")


def number(value: object) -> str:
    """Return a value as a cell shows it: numbers to four digits, the rest as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,.0f}" if abs(value) >= 1e5 else f"{value:,.4g}"
    return plain(value)
