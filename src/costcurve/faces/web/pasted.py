"""Tables in a form: lines pasted, or a file uploaded, within what a link can hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus

from costcurve.core.errors import Finding, InputError, printable, shown
from costcurve.evidence.columns import MOST_FINDINGS, as_numbers

#: Most lines, and most characters as they stand in an address: with what else a page asks, the
#: server reads addresses of 64 KiB.
MOST_LINES, MOST_CHARACTERS = 2000, 48_000
#: Most characters of a cell; costcurve's choice, above any name or number.
_WIDEST_CELL = 1000
_SEPARATORS = "\t;,"


@dataclass(frozen=True)
class Pasted:
    """A table.

    Attributes
    ----------
    names : tuple of str
        Of its columns: the header's, or those that were expected.
    rows : list of list of str
        Cells, as many in each as there are names.
    lines : list of int
        Where each row stands.
    """

    names: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]

    def dicts(self) -> list[dict[str, str]]:
        """Return every row by the names of its columns."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]

    def pair(self, field: str, expected: Sequence[str]) -> tuple[str, str]:
        """Return the names of two columns that are needed.

        They are those that are expected, in any order; the first two, if no column is called so;
        and of two columns the other one, if one is.

        Parameters
        ----------
        field : str
            Of the form, for errors.
        expected : sequence of str
            Two names.

        Raises
        ------
        InputError
            If one is there, and which is the other cannot be told.
        """
        missing = [name for name in expected if name not in self.names]
        if not missing:
            return expected[0], expected[1]
        if len(missing) == 2:
            return self.names[0], self.names[1]
        rest = [name for name in self.names if name not in expected]
        if len(self.names) != 2:
            allowed = f"must name the column of the {missing[0]} so"
            raise InputError.of(field, f"header, {', '.join(rest)},", allowed)
        first, second = (rest[0] if name in missing else name for name in expected)
        return first, second

    def only(self, names: Sequence[str]) -> str:
        """Return some of its columns as text, with a header."""
        places = [self.names.index(name) for name in names]
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([row[place] for place in places] for row in self.rows)
        return stream.getvalue()


def pasted(field: str, text: str, expected: Sequence[str]) -> Pasted:
    """Return the table in a text as `table_in`, if a link can hold it.

    Raises
    ------
    InputError
        As `table_in`, or if it has too many characters.
    """
    table = table_in(field, text, expected)
    check_length(field, text, len(table.rows))
    return table


def table_in(field: str, text: str, expected: Sequence[str]) -> Pasted:
    """Return the table in a text: commas, semicolons or tabs between cells, a header or none.

    The first line is a header if none of its cells is a number.

    Parameters
    ----------
    field : str
        Of the form, for errors.
    text : str
        What it holds.
    expected : sequence of str
        Names of the columns where no header says them, the first two of which must be there.

    Raises
    ------
    InputError
        If it is empty or has too many lines, a line is no CSV, or lines have different numbers of
        cells.
    """
    # A cell is one line of what can be seen: a page prints it into commands that are copied, where
    # another line, or a sign that ends a paste, would be run.
    read = [[" ".join(printable(cell).split()) for cell in row] for row in _cells(field, text)]
    lines = [place for place, row in enumerate(read, 1) if any(row)]
    rows = [read[place - 1] for place in lines]
    if not rows:
        raise InputError.of(field, "", f"must hold a line at least: {', '.join(expected[:2])}")
    if len(rows) > MOST_LINES:
        _refuse_length(field, len(rows), text)
    names, has_header = _names(field, rows[0], expected)
    if has_header:
        rows, lines = rows[1:], lines[1:]
    _check_widths(field, rows, lines, names)
    return Pasted(names, rows, lines)


def _cells(field: str, text: str) -> list[list[str]]:
    separator = ","
    if '"' in text:
        first = next((line for line in text.splitlines() if line.strip()), "")
        separator = next((each for each in _SEPARATORS if each in first), ",")
    else:  # people paste a header of their own above what they copied
        text = text.replace(";", ",").replace("\t", ",")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise InputError([Finding(field, "", f"is no CSV: {error}")]) from None
    # The limit of the library of CSV is one for all that a server reads.
    InputError.check(
        [
            Finding(
                field, f"line {line}", f"must have cells of at most {_WIDEST_CELL:,} characters"
            )
            for line, row in enumerate(rows, 1)
            if any(len(cell) > _WIDEST_CELL for cell in row)
        ]
    )
    return rows


def check_length(field: str, text: str, rows: int) -> None:
    """Raise InputError if a table of some rows has more characters than a link can hold."""
    if len(quote_plus(text)) > MOST_CHARACTERS:
        _refuse_length(field, rows, text)


def _refuse_length(field: str, rows: int, text: str) -> None:
    found = f"{rows:,} lines, {len(quote_plus(text)):,} characters"
    allowed = (
        f"must be at most {MOST_LINES:,} lines and {MOST_CHARACTERS:,} characters, which a link "
        "can hold; the command line and the API take more"
    )
    raise InputError([Finding(field, found, allowed)])


def _names(field: str, first: list[str], expected: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    values = as_numbers(first)
    if (values == values).any():  # noqa: PLR0124 - not NaN
        if len(first) > len(expected):
            found, most = f"{len(first)} cells", len(expected)
            allowed = f"must be at most {most} where no header names them: {', '.join(expected)}"
            raise InputError([Finding(field, found, allowed)])
        return tuple(expected[: len(first)]), False
    twice = next((name for name in first if first.count(name) > 1 or not name), None)
    if twice is not None:
        allowed = "must be the name of one column"
        raise InputError([Finding(field, f"header, {shown(twice)},", allowed)])
    return tuple(first), True


def _check_widths(
    field: str, rows: list[list[str]], lines: list[int], names: tuple[str, ...]
) -> None:
    if not rows or len(names) < 2:
        allowed = "must hold two columns at least, and a line below their names"
        raise InputError([Finding(field, f"{len(rows)} lines of {len(names)}", allowed)])
    wrong = [
        Finding(field, f"line {line}, {len(row)} cells,", f"must be {len(names)} cells")
        for line, row in zip(lines, rows, strict=True)
        if len(row) != len(names)
    ]
    InputError.check(wrong[:MOST_FINDINGS])
