"""The tables of facts, row by row with their sources, and the registry of public data."""

from __future__ import annotations

from costcurve.evidence.registry import datasets
from costcurve.faces.facts_answer import cells_of
from costcurve.facts.catalog import TABLES
from costcurve.facts.tables import FactTable
from costcurve_docs import markdown

_ABOUT = (
    "Small tables of the world that come with costcurve. Every row has a source and a date; what "
    "was not checked yet says so in its note. `costcurve facts TABLE` shows them, and rows of "
    "your own stand in for them or beside them ([](../guides/own-prices.md))."
)
_DATA = (
    "Public data that costcurve can read, and from which its laws were fitted. None of it comes "
    "with the package: `costcurve data fetch` fetches a file at its pinned commit and checks its "
    "SHA-256, and `COSTCURVE_DATA` names a folder that has them already."
)


def pages() -> dict[str, str]:
    """Return a page for every table of facts, the page that lists them, and the registry."""
    made = {f"facts/{name}.md": _page(table) for name, table in TABLES.items()}
    rows = [
        (f"[{name}](facts/{name}.md)", markdown.plain(table.title), f"{len(table.rows()):,}")
        for name, table in TABLES.items()
    ]
    made["facts.md"] = markdown.page(
        "Facts",
        _ABOUT,
        markdown.table(("Table", "What it holds", "Rows"), rows),
        markdown.contents(f"facts/{name}" for name in TABLES),
    )
    files = [
        (
            markdown.code(each.name),
            f"{each.bytes:,}",
            markdown.plain(each.licence),
            markdown.plain(each.source),
            markdown.plain(each.derived),
        )
        for each in datasets().values()
    ]
    header = ("File", "Bytes", "Licence", "Source", "How it was made of it")
    made["data.md"] = markdown.page("Public data", _DATA, markdown.table(header, files))
    return made


def _page(table: FactTable[object]) -> str:
    columns = list(table.columns)
    units = [
        (markdown.code(name), markdown.plain(column.unit), markdown.plain(column.allowed))
        for name, column in table.columns.items()
    ]
    rows = [tuple(_cell(row[column]) for column in columns) for row in cells_of(table.rows())]
    return markdown.page(
        f"Facts: {table.name}",
        f"{markdown.plain(table.title)}.",
        markdown.section("Rows", markdown.table(columns, rows)),
        markdown.section("Columns", markdown.table(("Column", "Unit", "A cell holds"), units)),
    )


def _cell(value: object) -> str:
    if isinstance(value, tuple | list):
        return markdown.plain("; ".join(map(str, value)))
    return "" if value is None else markdown.plain(value)
