"""Files that are uploaded: read in memory, made part of an address, and forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.requests import Request

from costcurve.core.errors import Finding, InputError, nearest, printable, shown
from costcurve.faces.web import limits_page
from costcurve.faces.web.forms import link
from costcurve.faces.web.pasted import Pasted, check_length, table_in

#: Fields of a form with a file: the file, and the columns to take.
_MOST_FIELDS = 8


@dataclass(frozen=True)
class Place:
    """Where a file goes.

    Attributes
    ----------
    path, field : str
        Of the page, and of its form.
    columns : tuple of str
        Names that are looked for; the first two are needed, and stand first where no name is found.
    """

    path: str
    field: str
    columns: tuple[str, ...]


PLACES = {
    "curve": Place("/curve", "points", ("examples", "error")),
    "limits": Place("/limits", "rows", limits_page.COLUMNS),
}


@dataclass(frozen=True)
class Upload:
    """What was sent.

    Attributes
    ----------
    name : str
        Of the file, as the browser says; empty where none was chosen.
    content : bytes
        The file.
    asked : dict of str to str
        Its columns by what they are expected as; empty where none was named.
    """

    name: str
    content: bytes
    asked: dict[str, str]


async def received(request: Request, place: Place) -> Upload:
    """Return what a form with a file sends."""
    async with request.form(max_files=1, max_fields=_MOST_FIELDS) as form:
        file = form.get("file")
        given = {name: form.get(name, "") for name in place.columns}
        asked = {name: text.strip() for name, text in given.items() if isinstance(text, str)}
        asked = dict.fromkeys(place.columns, "") | asked
        if not isinstance(file, UploadFile) or not file.filename:
            return Upload("", b"", asked)
        return Upload(file.filename, await file.read(), asked)


def address_of(sent: Upload, place: Place) -> str:
    """Return the address of the page with the table of an uploaded file in it.

    Raises
    ------
    InputError
        If there is no file, it is no CSV in UTF-8, too long for a link, or lacks a column.
    """
    if not sent.name:
        raise InputError([Finding("file", "", "is missing; choose one")])
    try:
        text = sent.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError.of("file", sent.name, "must be text in UTF-8: CSV") from None
    return link(place.path, {place.field: reduced(text, sent.asked, place.columns)})


def reduced(text: str, asked: Mapping[str, str], expected: Sequence[str]) -> str:
    """Return the columns that are needed of a table, under the names that are expected.

    Parameters
    ----------
    text : str
        The file.
    asked : mapping of str to str
        Its columns by what they are expected as; empty where none was named.
    expected : sequence of str
        What is looked for; the first two are needed, as `Pasted.pair` finds them.

    Raises
    ------
    InputError
        As `table_in` and `Pasted.pair`, if a column that was named is not there or stands for two,
        or if what is kept is too long for a link.
    """
    table = _renamed(table_in("file", text, expected), asked)
    needed = table.pair("file", expected[:2])
    more = [name for name in expected[2:] if name in table.names and name not in needed]
    places = [table.names.index(name) for name in (*needed, *more)]
    rows = [[row[place] for place in places] for row in table.rows]
    kept = (*expected[:2], *more)
    found = Pasted(kept, rows, table.lines).only(kept)
    check_length("file", found, len(rows))
    return found


def _renamed(table: Pasted, asked: Mapping[str, str]) -> Pasted:
    """Return a table whose columns are called what a form says they are."""
    columns = {" ".join(printable(each).split()): name for name, each in asked.items() if each}
    findings = [
        Finding(name, shown(column), f"no such column in the file{nearest(column, table.names)}")
        for column, name in columns.items()
        if column not in table.names
    ]
    if len(columns) < sum(map(bool, asked.values())):
        findings.append(Finding("file", "", "must have a column of its own for each name"))
    InputError.check(findings)
    # What is called so by itself and is not what was named gives its name away.
    names = [columns.get(name, f"other {name}" if name in columns.values() else name)
             for name in table.names]  # fmt: skip
    return Pasted(tuple(names), table.rows, table.lines)
