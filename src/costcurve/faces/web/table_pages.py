"""Pages that are mostly tables: two estimates, facts, reproductions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from costcurve.core.display import accuracy, count_in_words, plain, usd
from costcurve.core.document import Document
from costcurve.core.errors import Finding, InputError
from costcurve.decisions.result import Estimate
from costcurve.faces.facts_answer import cells_of, find_table
from costcurve.faces.web import estimate_page
from costcurve.faces.web.forms import Field, given_in, link, wrong
from costcurve.facts.catalog import TABLES
from costcurve.studies import reproduce as make_reproduction
from costcurve.studies import study_names

#: Rows of a table of facts that a page shows; all are in its CSV.
_MOST_ROWS = 200
#: Columns that are too long for a page, and are in the CSV.
_NOT_ON_A_PAGE = frozenset({"aliases", "note", "lists", "kinds"})


def _choice(name: str, label: str, value: str, choices: tuple[str, ...]) -> Field:
    return Field(name, label, "", "", value, choices[0], choices, "")


def _text(name: str, label: str, value: str, help_: str, default: str = "") -> Field:
    return Field(name, label, "", help_, value, default, (), "")


def _told(fields: list[Field], error: InputError) -> list[Field]:
    """Return fields with what is wrong beside them."""
    return [replace(each, error=wrong(each.name, error.findings)) for each in fields]


def compare(query: Mapping[str, str]) -> dict[str, Any]:
    """Return two estimates, given as links, as the differences of a bill."""
    links = {name: query.get(name, "").strip() for name in ("a", "b")}
    if not any(links.values()):
        presets = list(estimate_page.PRESETS.values())
        links = {"a": f"/?{urlencode(presets[0])}", "b": f"/?{urlencode(presets[3])}"}
    page: dict[str, Any] = {
        "title": "Two estimates beside each other",
        "intro": "Paste two links of the page Estimate.",
        "verb": "Compare",
        "fields": [
            _text("a", "First link", links["a"], ""),
            _text("b", "Second link", links["b"], ""),
        ],
        "exports": [("This link", link("/compare", links))],
    }
    try:
        asked = [_linked(name, text) for name, text in links.items()]
    except InputError as error:
        return {**page, "findings": error.findings, "fields": _told(page["fields"], error)}
    (one, first), (two, second) = asked
    return {**page, "tables": [_difference(one, two), _asked_apart(first, second)]}


def _linked(name: str, text: str) -> tuple[Estimate, dict[str, str]]:
    """Return the estimate of a link, and what it asks; raise InputError where there is none."""
    try:
        query = dict(parse_qsl(urlsplit(text).query))
    except ValueError:  # what stands for a host is none
        query = {}
    given = given_in(query, estimate_page.names())
    if not given:
        raise InputError.of(name, text, "must be a link of the page Estimate")
    try:
        return estimate_page.made(given), given
    except InputError as error:
        raise InputError(
            Finding(name, f"{each.field} {each.found}", each.allowed) for each in error.findings
        ) from None


def _difference(one: Estimate, two: Estimate) -> tuple[Any, ...]:
    def sums(found: Estimate) -> dict[str, float]:
        return {item.label: item.cost_usd for item in found.best.bill.items}

    first, second = sums(one), sums(two)
    rows: list[tuple[str, ...]] = [
        (label, usd(first.get(label, 0.0)), usd(second.get(label, 0.0)),
         _signed(second.get(label, 0.0) - first.get(label, 0.0)))
        for label in dict.fromkeys([*first, *second])
    ]  # fmt: skip
    totals = [each.best.bill.total_usd for each in (one, two)]
    rows.append(("Total", usd(totals[0]), usd(totals[1]), _signed(totals[1] - totals[0])))
    for label, name in (("Examples needed", "examples_needed"), ("Target", "target_accuracy")):
        values = [found.point(name) for found in (one, two)]
        show = accuracy if name == "target_accuracy" else count_in_words
        rows.append((label, *(show(value) for value in values), ""))
    rows.append(("Model", one.best.model, two.best.model, ""))
    return ("The bill, line by line", ("", "First", "Second", "Difference"), rows, (1, 2, 3))


def _signed(value: float) -> str:
    return f"+{usd(value)}" if value >= 0.0 else f"-{usd(-value)}"


def _asked_apart(one: Mapping[str, str], two: Mapping[str, str]) -> tuple[Any, ...]:
    names = [name for name in dict.fromkeys([*one, *two]) if one.get(name) != two.get(name)]
    rows = [(name, one.get(name, "default"), two.get(name, "default")) for name in names]
    return ("What was asked differently", ("Field", "First", "Second"), rows, ())


def facts(query: Mapping[str, str]) -> dict[str, Any]:
    """Return a table of facts, searched and sorted."""
    name = query.get("table", "").strip() or next(iter(TABLES))
    search, sort = query.get("search", "").strip(), query.get("sort", "").strip()
    kept = {key: value for key, value in query.items() if key in ("table", "search", "sort")}
    page: dict[str, Any] = {
        "title": "Facts, with their sources",
        "verb": "Show",
        "fields": [
            _choice("table", "Table", name, tuple(TABLES)),
            _text("search", "Only rows that hold", search, "Any text."),
            _text("sort", "Sort by", sort, "A column; with a minus in front, downwards."),
        ],
        "exports": [
            ("This link", link("/facts", kept)),
            ("JSON", f"/api/v1/facts/{name}?{urlencode({'search': search} if search else {})}"),
        ],
    }
    try:
        rows = fact_rows(query)
    except InputError as error:
        return {**page, "findings": error.findings, "fields": _told(page["fields"], error)}
    columns = [column for column in TABLES[name].columns if column not in _NOT_ON_A_PAGE]
    cells = [tuple(_cell(row[column]) for column in columns) for row in rows[:_MOST_ROWS]]
    numbers = tuple(
        place
        for place, column in enumerate(columns)
        if any(isinstance(row[column], float | int) for row in rows)
    )
    told = f"{TABLES[name].title}: {len(rows):,} rows" + (
        f", the first {_MOST_ROWS} of them" if len(rows) > _MOST_ROWS else ""
    )
    header = tuple(column.replace("_", " ") for column in columns)
    return {**page, "tables": [(told, header, cells, numbers)]}


def fact_rows_and_columns(query: Mapping[str, str]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows of a table that a query asks for, and all its columns; raises InputError."""
    name = query.get("table", "").strip() or next(iter(TABLES))
    return fact_rows(query), list(find_table(name).columns)


def fact_rows(query: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the rows of a table that a query asks for; raises InputError."""
    table = find_table(query.get("table", "").strip() or next(iter(TABLES)))
    rows = cells_of(table.rows(), query.get("search", "").strip() or None)
    sort = query.get("sort", "").strip()
    column = sort.removeprefix("-")
    if column:
        if column not in table.columns:
            allowed = f"must be one of: {', '.join(table.columns)}"
            raise InputError.of("sort", sort, allowed)
        known = [row for row in rows if row[column] is not None]
        is_number = all(isinstance(row[column], float | int) for row in known)
        known.sort(
            key=lambda row: row[column] if is_number else str(row[column]),
            reverse=sort.startswith("-"),
        )
        rows = [*known, *(row for row in rows if row[column] is None)]
    return rows


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return plain(value)
    return ", ".join(value) if isinstance(value, tuple | list) else str(value)


def reproduce(query: Mapping[str, str]) -> dict[str, Any]:
    """Return a study's printed numbers beside ours."""
    name = query.get("study", "").strip() or "economic-model"
    page: dict[str, Any] = {
        "title": "Printed numbers beside ours",
        "verb": "Show",
        "fields": [_choice("study", "Study", name, tuple(study_names()))],
        "exports": [("This link", link("/reproduce", {"study": name}))],
        "command": f"costcurve reproduce {name}",
    }
    try:
        words = _reproduced(name)
    except InputError as error:
        return {**page, "findings": error.findings, "fields": _told(page["fields"], error)}
    return {**page, "words": words}


@lru_cache(maxsize=16)
def _reproduced(name: str) -> Document:
    return make_reproduction(name).document()
