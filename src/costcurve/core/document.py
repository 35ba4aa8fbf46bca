"""A page of words and tables, written once and shown by every face.

Whoever has something to say builds a `Document`; a terminal, a notebook and a web page show it.
Text from users stays text: nothing in it is read as markup. The layout in plain text is our own,
since a library for it takes a tenth of the time that the whole command may take.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal
from unicodedata import combining, east_asian_width

from costcurve.core.errors import printable

Tone = Literal["plain", "lead", "quiet", "warning"]
#: A line of text with its style: the parameters of a terminal's "select graphic rendition".
Line = tuple[str, str]
_TONES: dict[Tone, str] = {"plain": "", "lead": "1", "quiet": "2", "warning": "33"}
_TITLE, _HEADING, _HEADER, _TOTAL = "1;4", "1", "2", "1"
#: Width of a document that is printed nowhere in particular, in characters.
DEFAULT_WIDTH = 80
_GAP = "  "
#: A column is not made narrower than this while another can be.
_NARROWEST_COLUMN = 6
#: Where names and addresses may be broken.
_AFTER_SIGN = re.compile(r"(?<=[._/])(?=[^._/])")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph in a tone of voice."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a heading; numbers stand to the right.

    Attributes
    ----------
    heading : str
        What the table shows.
    columns : tuple of str
        The header; empty strings for none.
    rows : tuple of tuple of str
        The cells.
    right : tuple of int
        The columns that are set to the right.
    whole : tuple of int
        The columns whose words are not broken over lines.
    has_total : bool
        Whether the last row adds the others up.
    """

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()
    whole: tuple[int, ...] = ()
    has_total: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A title and what follows."""

    title: str
    blocks: tuple[Paragraph | Table, ...] = field(default_factory=tuple)

    def lines(self, width: int = DEFAULT_WIDTH) -> Iterator[Line]:
        """Yield the lines of the page, none wider than `width` unless a column cannot be broken."""
        yield from _wrapped(self.title, width, _TITLE)
        for block in self.blocks:
            yield "", ""
            if isinstance(block, Table):
                yield from _wrapped(block.heading, width, _HEADING)
                yield from _table_lines(block, width)
            else:
                yield from _wrapped(block.text, width, _TONES[block.tone])

    def text(self, width: int = DEFAULT_WIDTH, *, coloured: bool = False) -> str:
        """Return the page as text, plain or with the colours of a terminal."""
        return "\n".join(
            f"\x1b[{style}m{line}\x1b[0m" if coloured and style and line else line
            for line, style in self.lines(width)
        )

    def html(self) -> str:
        """Return the document as a fragment of HTML, escaped, without style or script."""
        from html import escape  # noqa: PLC0415 - only a notebook or a page needs it

        parts = (
            _table_html(block) if isinstance(block, Table) else _words_html(block)
            for block in self.blocks
        )
        title = f"<h3>{escape(self.title)}</h3>"
        return f'<div class="costcurve">{title}{"".join(parts)}</div>'


def _wrapped(text: str, width: int, style: str = "") -> Iterator[Line]:
    for line in _lines_of(printable(text), width):
        yield line, style


def _lines_of(text: str, width: int) -> list[str]:
    """Return a text in lines of at most so many columns, broken at spaces where that can be."""
    if text.isascii() or all(_width(char) == 1 for char in text):
        return textwrap.wrap(text, width)
    # It has letters of two columns, or of none, which textwrap takes for one.
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if _width(longer) <= width:
            lines[-1] = longer
            continue
        lines += [""] if lines[-1] else []
        for char in word:
            lines += [""] if lines[-1] and _width(lines[-1] + char) > width else []
            lines[-1] += char
    return lines


def _table_lines(block: Table, width: int) -> Iterator[Line]:
    header = [block.columns] if any(block.columns) else []
    widths = _column_widths([*header, *block.rows], width, block.whole)
    for row in header:
        yield from _row_lines(row, widths, block.right, _HEADER)
    for number, row in enumerate(block.rows, start=1):
        is_total = block.has_total and number == len(block.rows)
        yield from _row_lines(row, widths, block.right, _TOTAL if is_total else "")


def _column_widths(rows: list[tuple[str, ...]], width: int, whole: tuple[int, ...]) -> list[int]:
    """Return a width for each column: its widest line, made narrower until the row fits."""
    widths = [
        max(1, *(_width(line) for cell in column for line in cell.split("\n")))
        for column in zip(*rows, strict=True)
    ]
    room = width - len(_GAP) * (len(widths) - 1)
    while sum(widths) > room:
        free = [
            position
            for position, size in enumerate(widths)
            if position not in whole and size > _NARROWEST_COLUMN
        ]
        if not free:
            break
        widths[max(free, key=widths.__getitem__)] -= 1
    return widths


def _row_lines(
    row: tuple[str, ...], widths: list[int], right: tuple[int, ...], style: str
) -> Iterator[Line]:
    cells = [
        [
            line
            for part in cell.split("\n")
            for line in _lines_of(_breakable(printable(part), size), size) or [""]
        ]
        for cell, size in zip(row, widths, strict=True)
    ]
    for number in range(max(map(len, cells))):
        parts = [
            _padded(lines[number] if number < len(lines) else "", size, position in right)
            for position, (lines, size) in enumerate(zip(cells, widths, strict=True))
        ]
        yield _GAP.join(parts).rstrip(), style


def _breakable(text: str, size: int) -> str:
    """Return a text whose words of more than so many columns may be broken after their signs.

    Two pieces of a word that stand beside each other do not fit into a line together.
    """
    return " ".join(piece for word in text.split(" ") for piece in _pieces(word, size))


def _pieces(word: str, size: int) -> list[str]:
    if len(word) <= size:
        return [word]
    pieces = [""]
    for part in _AFTER_SIGN.split(word):
        if pieces[-1] and len(pieces[-1]) + len(part) > size:
            pieces.append("")
        pieces[-1] += part
    return pieces


def _padded(text: str, width: int, to_the_right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if to_the_right else text + space


def _width(text: str) -> int:
    """Return the columns that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    wide = sum(east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(combining(char) > 0 for char in text)


def _words_html(block: Paragraph) -> str:
    from html import escape  # noqa: PLC0415

    tag = "strong" if block.tone == "lead" else "span"
    return f'<p class="{block.tone}"><{tag}>{escape(block.text)}</{tag}></p>'


def _table_html(block: Table) -> str:
    from html import escape  # noqa: PLC0415

    def cells(tag: str, row: tuple[str, ...]) -> str:
        # By an attribute, since a page that forbids styles of its own forbids them here, too.
        return "".join(
            f'<{tag} align="{"right" if position in block.right else "left"}">'
            f"{escape(cell)}</{tag}>"
            for position, cell in enumerate(row)
        )

    header = f"<thead><tr>{cells('th', block.columns)}</tr></thead>" if any(block.columns) else ""
    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in block.rows)
    caption = f"<caption>{escape(block.heading)}</caption>"
    return f"<table>{caption}{header}<tbody>{body}</tbody></table>"
