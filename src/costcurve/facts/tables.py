"""One loader for every table of facts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Generic, TypeVar

from costcurve.core.errors import Finding, InputError, nearest, shown
from costcurve.core.files import packaged_text, read_text

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Column:
    """How a column is read.

    Attributes
    ----------
    read : callable
        Turns a cell into a value, or raises ValueError.
    allowed : str
        What a cell may hold, for errors.
    unit : str
        The unit of its numbers; `"1"` for counts and words.
    required : bool
        Whether every row must fill it; an empty cell of another column is `None`, of a column of
        text `""` and of one of words `()`.
    """

    read: Callable[[str], object]
    allowed: str
    unit: str = "1"
    required: bool = True


#: Nothing in a table is larger; what is, is a slip, and would overflow further on.
LARGEST = 1e15
#: Years that a fact can refer to.
YEARS = range(1950, 2101)


def _number(cell: str) -> float:
    if not cell.isascii() or "_" in cell:  # Python would read both
        raise ValueError
    found = float(cell)
    if not 0 < found <= LARGEST:
        raise ValueError
    return found


def _whole_number(cell: str) -> int:
    found = _number(cell)
    if not found.is_integer():
        raise ValueError
    return int(found)


def _year(cell: str) -> int:
    if (found := _whole_number(cell)) not in YEARS:
        raise ValueError
    return found


def _text(cell: str) -> str:
    if not cell.isprintable():
        raise ValueError
    return cell


def _words(cell: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in _text(cell).split(";") if word.strip())


TEXT = Column(_text, "printable text")
OPTIONAL_TEXT = Column(_text, "printable text", required=False)
WORDS = Column(_words, "printable words between ;", required=False)
DATE = Column(date.fromisoformat, "a date such as 2022-06-28")
YEAR = Column(_year, f"a year from {YEARS[0]} to {YEARS[-1]}", "year")


def count(*, required: bool = True) -> Column:
    """Return the column of a whole number above zero."""
    allowed = f"a whole number above 0 and at most {LARGEST:g}"
    return Column(_whole_number, allowed, required=required)


def number(
    unit: str, *, at_least: float = 0.0, at_most: float = LARGEST, required: bool = False
) -> Column:
    """Return the column of a number above zero in a unit, between two ends."""

    def read(cell: str) -> float:
        found = _number(cell)
        if not at_least <= found <= at_most:
            raise ValueError
        return found

    lowest = f"of at least {at_least:g}" if at_least else "above 0"
    return Column(read, f"a number {lowest} and at most {at_most:g}", unit, required)


def one_of(*words: str, required: bool = True) -> Column:
    """Return the column of one word out of several."""

    def read(cell: str) -> str:
        if cell not in words:
            raise ValueError
        return cell

    return Column(read, f"one of: {', '.join(words)}", required=required)


@dataclass(frozen=True)
class FactTable(Generic[Row]):
    """A table that comes with the library.

    Attributes
    ----------
    name : str
        Also its file's.
    title : str
        What it holds.
    columns : mapping of str to Column
        In order.
    build : callable
        Takes a row's values by column name.
    names : callable
        The names that a row is found by; none for a table that is only searched.
    """

    name: str
    title: str
    columns: Mapping[str, Column]
    build: Callable[..., Row]
    names: Callable[[Row], tuple[str, ...]]

    def rows(self) -> tuple[Row, ...]:
        """Return the rows, checked, in the order of the table."""
        return _packaged_rows(self)

    def with_file(self, path: Path) -> tuple[Row, ...]:
        """Return the rows with those of a user's file: added, or in place of those they name.

        Parameters
        ----------
        path : Path
            A CSV file with the table's columns; those that need not be filled may be left out. What
            a row leaves empty is taken from the row it stands in for.

        Raises
        ------
        InputError
            Naming every wrong cell by row and column.
        """
        field = f"{self.name}_file"
        added = load_table(read_text(path, field), self.columns, self.build, field)
        check_unique((self.names(row) for row in added), field)
        by_name = {fold(name): row for row in self.rows() for name in self.names(row)}
        for row in added:
            stood_for = {id(by_name[fold(n)]) for n in self.names(row) if fold(n) in by_name}
            if len(stood_for) > 1:
                raise InputError.of(field, self.names(row)[0], "must name one row only")
        added = [self._filled_up(row, by_name) for row in added]
        replaced = {fold(name) for row in added for name in self.names(row)}
        kept = [row for row in self.rows() if replaced.isdisjoint(map(fold, self.names(row)))]
        return (*kept, *added)

    def _filled_up(self, row: Row, by_name: Mapping[str, Row]) -> Row:
        """Return a row with what it leaves empty taken from the row it stands in for."""
        old = next((by_name[fold(n)] for n in self.names(row) if fold(n) in by_name), None)
        if old is None:
            return row
        empty = [name for name in self.columns if getattr(row, name) in (None, "", ())]
        values = {name: getattr(row, name) for name in self.columns}
        return self.build(**values | {name: getattr(old, name) for name in empty})

    def __hash__(self) -> int:
        return hash(self.name)


@lru_cache(maxsize=8)
def _packaged_rows(table: FactTable[Row]) -> tuple[Row, ...]:
    text = packaged_text("facts", f"{table.name}.csv")
    rows = tuple(load_table(text, table.columns, table.build, table.name))
    check_unique((table.names(row) for row in rows), table.name)
    return rows


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
    try:
        header, lines = reader.fieldnames or [], [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise InputError([Finding(f"{name} row {reader.line_num}", "", str(error))]) from None
    findings = _about_the_header(header, columns, name)
    InputError.check(findings)
    rows: list[Row] = []
    for position, cells in lines:
        where = f"{name} row {position}"
        values, wrong = _read_row(cells, columns, where)
        if not wrong:
            try:
                rows.append(build(**values))
            except InputError as refused:
                wrong = [_placed(each, where) for each in refused.findings]
        findings += wrong
    InputError.check(findings)
    return rows


def _read_row(
    cells: Mapping[str, str | None], columns: Mapping[str, Column], where: str
) -> tuple[dict[str, object], list[Finding]]:
    """Return a row's values by column name, and what is wrong with its cells."""
    values: dict[str, object] = {}
    wrong: list[Finding] = []
    for column, rule in columns.items():
        cell = cells.get(column)
        try:
            values[column] = _read_cell(cell or "", rule)
        except ValueError:
            wrong.append(_placed(Finding(column, shown(cell), f"must be {rule.allowed}"), where))
    if None in cells:
        wrong.append(Finding(where, "", "has more cells than the header"))
    return values, wrong


def _placed(finding: Finding, where: str) -> Finding:
    return replace(finding, field=f"{where}, column {finding.field}")


def _about_the_header(
    header: Sequence[str], columns: Mapping[str, Column], name: str
) -> list[Finding]:
    findings = [
        Finding(f"{name} row 1", shown(column), f"no such column{nearest(column, columns)}")
        for column in header
        if column not in columns
    ]
    missing = [column for column, rule in columns.items() if rule.required and column not in header]
    if missing:
        found = f"no column {', '.join(missing)}"
        findings.append(Finding(f"{name} row 1", found, f"the columns are {', '.join(columns)}"))
    if len(set(header)) < len(header):
        findings.append(Finding(f"{name} row 1", "a column twice", "each column stands once"))
    return findings


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """Return a name as it is compared: "ResNet 50", "resnet-50" and "resnet50" are the same."""
    return "".join(filter(str.isalnum, name.casefold()))


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
        hint = nearest(wanted, names) or "; costcurve facts shows all"
        raise InputError([Finding(field, shown(wanted), f"no such name in the table{hint}")])
    return folded[fold(wanted)]


def check_unique(names_of_rows: Iterable[tuple[str, ...]], table: str) -> None:
    """Raise InputError if two rows of a table answer to one name."""
    seen: set[str] = set()
    for names in names_of_rows:
        folded = {fold(name): name for name in names}
        for again in seen & folded.keys():
            raise InputError.of(table, folded[again], "must name one row only")
        seen |= folded.keys()


def _read_cell(cell: str, rule: Column) -> object:
    if cell.strip() or rule.read is _words:
        return rule.read(cell.strip())
    if rule.required:
        raise ValueError
    return "" if rule.read is _text else None
