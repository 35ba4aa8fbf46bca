"""One loader for every table of facts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import TypeVar

from costcurve.core.errors import Finding, InputError, nearest, shown

Row = TypeVar("Row")
#: Columns that every table must have, and every row must fill.
PROVENANCE = ("source", "source_date")


@dataclass(frozen=True, slots=True)
class Column:
    """How a column is read: `read` turns a cell into a value or raises ValueError."""

    read: Callable[[str], object]
    allowed: str
    required: bool = True


def whole_number(cell: str) -> int:
    """Return a cell as a whole number above zero."""
    number = int(cell)
    if number <= 0:
        raise ValueError
    return number


TEXT = Column(str, "text")
OPTIONAL_TEXT = Column(str, "text", required=False)
WHOLE_NUMBER = Column(whole_number, "a whole number above 0")
ALIASES = Column(lambda cell: tuple(filter(None, cell.split(";"))), "names between ;", False)
DATE = Column(date.fromisoformat, "a date such as 2022-06-28")


def load_table(
    text: str, columns: Mapping[str, Column], build: Callable[..., Row], name: str
) -> list[Row]:
    """Return the rows of a CSV table, checked.

    Parameters
    ----------
    text : str
        The table, with a header.
    columns : mapping of str to Column
        Every column of the table.
    build : callable
        Takes a row's values by column name.
    name : str
        The table's name, for errors.

    Raises
    ------
    InputError
        Naming every wrong cell by row and column. A row without source or date is wrong.
    """
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    header = reader.fieldnames or []
    if sorted(header) != sorted(columns):
        raise InputError.of(name, ",".join(header), "must have the columns " + ",".join(columns))
    findings: list[Finding] = []
    rows: list[Row] = []
    for number, cells in enumerate(reader, start=2):
        values = {}
        for column, rule in columns.items():
            where = f"{name} row {number}, column {column}"
            try:
                values[column] = _read_cell(cells.get(column) or "", rule)
            except ValueError:
                findings.append(Finding(where, shown(cells.get(column)), f"must be {rule.allowed}"))
        if None in cells:
            findings.append(Finding(f"{name} row {number}", "", "has more cells than the header"))
        if not findings:
            rows.append(build(**values))
    InputError.check(findings)
    return rows


def read_packaged(package: str, file: str) -> str:
    """Return the text of a table that comes with the library."""
    return files(package).joinpath(file).read_text(encoding="utf-8")


def fold(name: str) -> str:
    """Return a name as it is compared: "ResNet 50", "resnet-50" and "resnet50" are the same."""
    return "".join(char for char in name.casefold() if char.isalnum())


def find_by_name(wanted: str, names: Mapping[str, Row], field: str) -> Row:
    """Return the row that `wanted` names.

    Parameters
    ----------
    wanted : str
        A name or an alias; case, spaces and punctuation do not matter.
    names : mapping of str to row
        Every name and alias.
    field : str
        Where the name was given, for errors.

    Raises
    ------
    InputError
        If nothing has that name; the nearest names are suggested.
    """
    folded = {fold(name): row for name, row in names.items()}
    if fold(wanted) not in folded:
        hint = nearest(wanted, names) or f"; known: {', '.join(names)}"
        raise InputError([Finding(field, shown(wanted), f"no such name in the table{hint}")])
    return folded[fold(wanted)]


def check_unique(names: Iterable[str], table: str) -> None:
    """Raise InputError if two rows of a table answer to one name."""
    seen: set[str] = set()
    for name in names:
        if fold(name) in seen:
            raise InputError.of(table, name, "must name one row only")
        seen.add(fold(name))


def _read_cell(cell: str, rule: Column) -> object:
    if rule.required and not cell.strip():
        raise ValueError
    return rule.read(cell.strip())
