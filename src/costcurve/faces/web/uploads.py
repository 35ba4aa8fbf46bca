"""Files that are uploaded: read in memory, made part of an address, and forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.requests import Request

from costcurve.core.errors import Finding, InputError, nearest, printable, shown
from costcurve.faces.web import limits_page
from costcurve.faces.web.forms import link
from costcurve.faces.web.pasted import Pasted, pasted

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


async def address_of(request: Request, place: Place) -> str:
    """Return the address of the page with the table of an uploaded file in it.

    Raises
    ------
    InputError
        If there is no file, it is no CSV in UTF-8, too long for a link, or lacks a column.
    """
    async with request.form(max_files=1, max_fields=_MOST_FIELDS) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise InputError([Finding("file", "", "is missing; choose one")])
        content = await file.read()
        asked = {name: str(form.get(name, "")).strip() for name in place.columns}
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError.of("file", file.filename, "must be text in UTF-8: CSV") from None
    return link(place.path, {place.field: reduced(text, asked, place.columns)})


def reduced(text: str, asked: Mapping[str, str], expected: Sequence[str]) -> str:
    """Return the columns that are needed of a table, under the names that are expected.

    Parameters
    ----------
    text : str
        The file.
    asked : mapping of str to str
        Its columns by what they are expected as; empty where none was named.
    expected : sequence of str
        What is looked for; the first two must be found, or are the first two columns.

    Raises
    ------
    InputError
        As `pasted`, or if a column that was named is not there.
    """
    table = pasted("file", text, expected)
    found = {name: _column(table, name, asked[name]) for name in expected}
    if found[expected[0]] is None or found[expected[1]] is None:
        found |= dict(zip(expected[:2], table.names[:2], strict=True))
    kept = {name: column for name, column in found.items() if column is not None}
    columns = [table.names.index(column) for column in kept.values()]
    rows = [[row[place] for place in columns] for row in table.rows]
    return Pasted(tuple(kept), rows, table.lines).only(list(kept))


def _column(table: Pasted, name: str, asked: str) -> str | None:
    if not asked:
        return name if name in table.names else None
    if asked not in table.names:
        allowed = f"no such column in the file{nearest(asked, map(printable, table.names))}"
        raise InputError([Finding(name, shown(asked), allowed)])
    return asked
