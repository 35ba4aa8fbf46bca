"""Pages that are mostly tables: two estimates, facts, reproductions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from costcurve.core.display import accuracy, count_in_words, plain, usd
from costcurve.core.errors import Finding, InputError, shown
from costcurve.costs.bill import Bill
from costcurve.decisions.result import Estimate
from costcurve.decisions.worth_card import WORDS
from costcurve.faces.facts_answer import cells_of, find_table
from costcurve.faces.snippet import shell_word
from costcurve.faces.web import estimate_page, worth_page
from costcurve.faces.web.forms import Field, given_in, link, wrong
from costcurve.facts.catalog import TABLES
from costcurve.studies import reproduce as make_reproduction
from costcurve.studies import study_names
from costcurve.studies.reproduction import Reproduction

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
    """Return two answers, given as links, as the differences of a bill."""
    links = {name: query.get(name, "").strip() for name in ("a", "b")}
    if not any(links.values()):
        presets = list(estimate_page.PRESETS.values())
        links = {"a": f"/?{urlencode(presets[0])}", "b": f"/?{urlencode(presets[3])}"}
    page: dict[str, Any] = {
        "title": "Two answers beside each other",
        "intro": "Paste two links of the page Estimate, or two of Worth it.",
        "verb": "Compare",
        "fields": [
            _text("a", "First link", links["a"], ""),
            _text("b", "Second link", links["b"], ""),
        ],
        "exports": [("This link", link("/compare", links))],
    }
    try:
        one, two = _both(links)
    except InputError as error:
        return {**page, "findings": error.findings, "fields": _told(page["fields"], error)}
    return {**page, "tables": [_difference(one, two), _asked_apart(one.given, two.given)]}


@dataclass(frozen=True)
class _Linked:
    """What a link answers: a bill, what is said beside it, and what was asked."""

    bill: Bill
    beside: dict[str, str]
    given: dict[str, str]
    is_worth: bool = False


def _both(links: Mapping[str, str]) -> list[_Linked]:
    """Return what links answer; raise InputError with what is wrong with each."""
    found: list[_Linked] = []
    findings: list[Finding] = []
    for name, text in links.items():
        try:
            found.append(_linked(name, text))
        except InputError as error:
            findings += error.findings
    InputError.check(findings)
    if len({each.is_worth for each in found}) > 1:
        # The one bill is paid once, the other every year: no difference of them has a unit.
        allowed = "must be a link of the same page as the first"
        raise InputError([Finding("b", shown(links["b"]), allowed)])
    return found


def _linked(name: str, text: str) -> _Linked:
    """Return the bill of a link; raise InputError where there is none."""
    try:
        parts = urlsplit(text)
        path, query = parts.path, dict(parse_qsl(parts.query))
    except ValueError:  # what stands for a host is none
        path, query = "", {}
    is_worth = path.rstrip("/").endswith("/worth")
    given = given_in(query, worth_page.names() if is_worth else estimate_page.names())
    if not given:
        raise InputError.of(name, text, "must be a link of the page Estimate or Worth it")
    try:
        return _of_worth(given) if is_worth else _of_estimate(given)
    except InputError as error:
        raise InputError(
            Finding(name, f"{each.field} {each.found}", each.allowed) for each in error.findings
        ) from None


def _of_estimate(given: dict[str, str]) -> _Linked:
    found = estimate_page.made(given)
    return _Linked(found.best.bill, _said_of(found), given)


def _of_worth(given: dict[str, str]) -> _Linked:
    found = worth_page.made(given)
    beside = {
        **_said_of(found.estimate),
        "Benefit of a year, mean": usd(found.annual["benefit_usd"].mean),
        "Net of a year, mean": _signed(found.annual["net_usd"].mean),
        "What to do": WORDS[found.decision],
    }
    return _Linked(found.bill, beside, given, is_worth=True)


def _said_of(found: Estimate) -> dict[str, str]:
    return {
        "Examples needed": count_in_words(found.point("examples_needed")),
        "Target": accuracy(found.point("target_accuracy")),
        "Model": found.best.model,
    }


def _difference(one: _Linked, two: _Linked) -> tuple[Any, ...]:
    first, second = ({item.label: item.cost_usd for item in each.bill.items} for each in (one, two))
    totals = [each.bill.total_usd for each in (one, two)]
    sums = {
        label: (first.get(label, 0.0), second.get(label, 0.0))
        for label in dict.fromkeys([*first, *second])
    } | {"Total": (totals[0], totals[1])}
    rows: list[tuple[str, ...]] = [
        (label, usd(a), usd(b), _signed(b - a)) for label, (a, b) in sums.items()
    ]
    rows += [
        (label, one.beside.get(label, ""), two.beside.get(label, ""), "")
        for label in dict.fromkeys([*one.beside, *two.beside])
    ]
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
    same = f"/api/v1/facts/{quote(name, safe='')}"
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
            ("JSON", f"{same}?{urlencode({'search': search} if search else {})}"),
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
    """Return a study's printed numbers beside ours, and its figures."""
    name = query.get("study", "").strip() or "economic-model"
    page: dict[str, Any] = {
        "title": "Printed numbers beside ours",
        "verb": "Show",
        "fields": [_choice("study", "Study", name, tuple(study_names()))],
        "exports": [("This link", link("/reproduce", {"study": name}))],
        "command": f"costcurve reproduce {shell_word(name)}",
        "given": {"study": name},
    }
    try:
        found = _reproduced(name)
    except InputError as error:
        return {**page, "findings": error.findings, "fields": _told(page["fields"], error)}
    return {**page, "words": found.document(), "charts": figures_of(found)}


def reproduction(query: Mapping[str, str]) -> Reproduction:
    """Return the study that a query names; raises InputError."""
    return _reproduced(query.get("study", "").strip() or "economic-model")


def figures_of(found: Reproduction) -> list[tuple[str, dict[str, Any], str]]:
    """Return name, specification and words of every figure of a study."""
    charts = [] if found.chart is None else [("items", found.chart, f"{found.title}: every item.")]
    charts += [
        (each.name, each.chart, _words_of(each.chart, each.name))
        for each in found.artifacts
        if each.chart is not None
    ]
    return charts


def _words_of(spec: Mapping[str, Any], name: str) -> str:
    title = spec.get("title")
    return str(title["text"] if isinstance(title, Mapping) else title or name)


@lru_cache(maxsize=16)
def _reproduced(name: str) -> Reproduction:
    return make_reproduction(name, with_artifacts=True)
