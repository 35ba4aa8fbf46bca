"""The tables of facts, row by row with their sources, and the registry of public data."""

from __future__ import annotations

from costcurve.evidence.observations import (
    OPTIONAL,
    OURS,
    RECKONED,
    REQUIRED,
    imagenet,
    model_rows,
)
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


_MODELS = (
    "The models of ImageNet that come with costcurve, typed from their papers: facts, each with "
    "its source. `costcurve evidence models --csv` prints them as a file, `costcurve evidence "
    "audit` says what is doubtful in them, and `costcurve limits imagenet` fits them. A table of "
    "your own may have the same columns; `costcurve evidence audit FILE` then looks it over."
)


def pages() -> dict[str, str]:
    """Return a page for every table of facts, what lists them, the models, and the registry."""
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
    made["evidence.md"] = _models()
    made["data.md"] = markdown.page("Public data", _DATA, markdown.table(header, files))
    return made


def _models() -> str:
    """Return the page of our table of models: what its columns hold, and its rows."""
    about = {**REQUIRED, **OPTIONAL, **OURS, **RECKONED}
    kinds = dict.fromkeys(REQUIRED, "needed")
    kinds |= dict.fromkeys(OPTIONAL, "if known") | dict.fromkeys(OURS, "for people")
    kinds |= dict.fromkeys(RECKONED, "reckoned")
    columns = [(markdown.code(name), kinds[name], markdown.plain(about[name])) for name in about]
    shown = ("model", "date", "error", "hardware_burden_gflop", "flop_per_pass", "source", "note")
    rows = [tuple(_rounded(row[name]) for name in shown) for row in model_rows(imagenet())]
    return markdown.page(
        "Models of ImageNet",
        _MODELS,
        markdown.section("Columns", markdown.table(("Column", "", "What it holds"), columns)),
        markdown.section("Rows", markdown.table(shown, rows)),
    )


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


def _rounded(value: str | float | None) -> str:
    return _cell(f"{value:.4g}" if isinstance(value, float) else value)


def _cell(value: object) -> str:
    if isinstance(value, tuple | list):
        return markdown.plain("; ".join(map(str, value)))
    return "" if value is None else markdown.plain(value)
