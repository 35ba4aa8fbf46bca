"""Lists in the form of worth, as pasted lines: alternatives, roles, other returns, products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from costcurve.core.errors import Finding, InputError
from costcurve.evidence.columns import as_numbers
from costcurve.faces.web.forms import Field, wrong
from costcurve.faces.web.pasted import pasted
from costcurve.faces.web.questions import MOST_ALTERNATIVES


@dataclass(frozen=True)
class Lines:
    """A list.

    Attributes
    ----------
    label, help : str
        Of its field.
    columns : tuple of str
        Of a line, the name first; a header may name others of the table's, in any order.
    table, key : str
        Where it stands in a case; without a key the table has a table for each line, by name.
    """

    label: str
    help: str
    columns: tuple[str, ...]
    table: str
    key: str = ""


LISTS = {
    "alternative": Lines(
        "Other ways to do it",
        "A line for each: name, accuracy, dollars a year, dollars once, dollars a prediction. With "
        "a header also a learning curve: error_offset, error_scale, error_exponent.",
        ("name", "accuracy", "annual_cost_usd", "initial_cost_usd", "usd_per_prediction"),
        "alternative",
    ),
    "roles": Lines(
        "People",
        "A line for each role: name, dollars an hour, hours once, hours a year.",
        ("name", "usd_per_hour", "setup_hours", "hours_per_year"),
        "people",
        "roles",
    ),
    "lines": Lines(
        "Other returns",
        "A line for each: name, dollars, year (0 is today), and true if every year from then on.",
        ("name", "usd", "year", "every_year"),
        "benefit",
        "lines",
    ),
    "products": Lines(
        "Products ordered by a forecast",
        "A line for each: name, price and cost of a unit, demand of a week, its standard deviation "
        "today, and with the better forecast. With a header also spoilage_share and salvage_usd.",
        (
            "name", "unit_price_usd", "unit_cost_usd", "expected_demand", "demand_sd",
            "better_demand_sd",
        ),
        "inventory",
        "products",
    ),
}  # fmt: skip
_WHOLE = frozenset({"year"})
_YES_OR_NO = {"true": True, "false": False}


def list_fields(given: Mapping[str, str], findings: Sequence[Finding]) -> list[Field]:
    """Return the fields of all lists."""
    return [
        Field(
            name, each.label, "", each.help, given.get(name, ""), "", (), wrong(name, findings),
            is_long=True,
        )
        for name, each in LISTS.items()
    ]  # fmt: skip


def with_lists(described: dict[str, dict[str, Any]], given: Mapping[str, str]) -> dict[str, Any]:
    """Return a described case with the lists that a query gives.

    Raises
    ------
    InputError
        With a finding for every cell that is no number, of all lists.
    """
    found: dict[str, Any] = {name: dict(values) for name, values in described.items()}
    findings: list[Finding] = []
    for name, each in LISTS.items():
        if name not in given:
            continue
        try:
            rows = _rows(name, given[name], each.columns)
        except InputError as error:
            findings += error.findings
            continue
        table = found.setdefault(each.table, {})
        if each.key:
            table[each.key] = rows
        else:
            table |= {row.pop("name"): row for row in rows}
    if len(found.get("alternative", {})) > MOST_ALTERNATIVES:
        allowed = f"must be at most {MOST_ALTERNATIVES} lines here"
        findings.append(Finding("alternative", f"{len(found['alternative'])} lines", allowed))
    InputError.check(findings)
    return found


def _rows(field: str, text: str, columns: Sequence[str]) -> list[dict[str, Any]]:
    table = pasted(field, text, columns)
    if "name" not in table.names:
        raise InputError.of(field, ", ".join(table.names), "must have a column name")
    names = [row["name"] for row in table.dicts()]
    if twice := next((name for name in names if name and names.count(name) > 1), None):
        raise InputError.of(field, twice, "must be the name of one line")
    findings = [
        Finding(field, f"line {line}", "must have a name")
        for line, name in zip(table.lines, names, strict=True)
        if not name
    ]
    rows = [
        {
            column: _value(field, line, column, cell, findings)
            for column, cell in row.items()
            if cell
        }
        for line, row in zip(table.lines, table.dicts(), strict=True)
    ]
    InputError.check(findings)
    return rows


def _value(field: str, line: int, column: str, cell: str, findings: list[Finding]) -> Any:
    if column == "name":
        return cell
    if column == "every_year" and cell.casefold() in _YES_OR_NO:
        return _YES_OR_NO[cell.casefold()]
    value = float(as_numbers([cell])[0])
    if np.isfinite(value):
        return int(value) if column in _WHOLE and value == int(value) else value
    allowed = "must be true or false" if column == "every_year" else "must be a number"
    findings.append(Finding(field, f"line {line}, {column}, {cell[:40]!r},", allowed))
    return None
