"""A page of words and tables, written once and shown by every face.

Whoever has something to say builds a `Document`; a terminal, a notebook and a web page show it.
Text from users stays text: nothing in it is read as markup.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from costcurve.core.errors import printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

Tone = Literal["plain", "lead", "quiet", "warning"]
_STYLES: dict[Tone, str] = {"plain": "", "lead": "bold", "quiet": "dim", "warning": "yellow"}
#: Width of a document that is printed nowhere in particular, in characters.
DEFAULT_WIDTH = 80


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

    def print(self, console: Console) -> None:
        """Show the document on a terminal, as wide as that is."""
        from rich.text import Text  # noqa: PLC0415 - only a terminal needs it

        console.print(Text(printable(self.title), style="bold underline"))
        for block in self.blocks:
            console.print()
            for renderable in _renderables(block):
                console.print(renderable)

    def text(self, width: int = DEFAULT_WIDTH) -> str:
        """Return the document as plain text."""
        from rich.console import Console  # noqa: PLC0415 - only text needs it

        stream = io.StringIO()
        self.print(Console(file=stream, width=width, color_system=None, force_terminal=False))
        return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())

    def html(self) -> str:
        """Return the document as a fragment of HTML, escaped, without style or script."""
        from html import escape  # noqa: PLC0415 - only a notebook or a page needs it

        parts = (
            _table_html(block) if isinstance(block, Table) else _words_html(block)
            for block in self.blocks
        )
        title = f"<h3>{escape(self.title)}</h3>"
        return f'<div class="costcurve">{title}{"".join(parts)}</div>'


def _renderables(block: Paragraph | Table) -> list[RenderableType]:
    from rich.table import Table as RichTable  # noqa: PLC0415 - only a terminal needs it
    from rich.text import Text  # noqa: PLC0415

    if isinstance(block, Paragraph):
        return [Text(printable(block.text), style=_STYLES[block.tone])]
    grid = RichTable(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=any(block.columns))
    for position, name in enumerate(block.columns):
        grid.add_column(
            Text(name),
            justify="right" if position in block.right else "left",
            header_style="dim",
            overflow="fold",
            no_wrap=position in block.whole,
        )
    last = len(block.rows) - 1
    for number, row in enumerate(block.rows):
        style = "bold" if block.has_total and number == last else ""
        grid.add_row(*(Text(printable(cell)) for cell in row), style=style)
    return [Text(block.heading, style="bold"), grid]


def _words_html(block: Paragraph) -> str:
    from html import escape  # noqa: PLC0415

    tag = "strong" if block.tone == "lead" else "span"
    return f'<p class="{block.tone}"><{tag}>{escape(block.text)}</{tag}></p>'


def _table_html(block: Table) -> str:
    from html import escape  # noqa: PLC0415

    def cells(tag: str, row: tuple[str, ...]) -> str:
        return "".join(
            f'<{tag} style="text-align:{"right" if position in block.right else "left"}">'
            f"{escape(cell)}</{tag}>"
            for position, cell in enumerate(row)
        )

    header = f"<thead><tr>{cells('th', block.columns)}</tr></thead>" if any(block.columns) else ""
    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in block.rows)
    caption = f"<caption>{escape(block.heading)}</caption>"
    return f"<table>{caption}{header}<tbody>{body}</tbody></table>"
