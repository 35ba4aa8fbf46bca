"""Workbooks in tests: their cells by name, edited as a user would, and recalculated."""

from __future__ import annotations

import io
import os
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import openpyxl

#: Nine digits, as the workbook promises; LibreOffice itself computes in float64.
RELATIVE = 1e-9
#: Edited workbooks in one run of the tests; `benchmarks/workbook.py` asks for 300.
EDITS = int(os.environ.get("COSTCURVE_WORKBOOK_EDITS", "20"))
#: Workbooks in one run of LibreOffice, which is given a time to end in.
AT_ONCE = 50
_SPACES = {
    "m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}

_DRAWN = re.compile("worksheets/_rels|drawings|comments|charts")


@dataclass(frozen=True)
class Cell:
    """A cell by its sheet and its place."""

    sheet: str
    place: str


def names_of(book) -> dict[str, Cell]:
    """Return the cells that have a name."""
    found = {}
    for name, defined in book.defined_names.items():
        sheet, place = defined.attr_text.replace("$", "").split("!")
        found[name] = Cell(sheet, place)
    return found


def figures_of(book) -> dict[str, Cell]:
    """Return the named cells of inputs and quantities; the answer's have names of their own."""
    own = ("answer_", "worth_", "power_law_", "_xlnm")
    return {name: cell for name, cell in names_of(book).items() if not name.startswith(own)}


def models_of(book) -> dict[tuple[str, str], Cell]:
    """Return the cells that differ from model to model, by figure and model."""
    found = {}
    for title in ("Options", "Models"):
        if title not in book.sheetnames:
            continue
        rows = list(book[title].iter_rows(min_row=4))
        header = [cell.value for cell in rows[0]]
        models = header[2 : header.index("Name in formulas")]
        for row in rows[1:]:
            name = row[header.index("Name in formulas")].value
            if name:
                for model, cell in zip(models, row[2:], strict=False):
                    found[name, model] = Cell(title, cell.coordinate)
    return found


def value(book, cell: Cell):
    return book[cell.sheet][cell.place].value


def edited(content: bytes, edits: dict[Cell, float]) -> bytes:
    """Return a workbook with other numbers in some cells.

    What is drawn is left off, charts and comments, since LibreOffice takes as long for it as for
    the cells.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts = {name: _bare(name, data) for name, data in parts.items() if not _DRAWN.search(name)}
    sheets = _sheets(parts)
    for cell, number in edits.items():
        part = sheets[cell.sheet]
        pattern = rf'(<c r="{cell.place}"[^>]*>)<v>[^<]*</v>'
        text, changed = re.subn(pattern, rf"\g<1><v>{number!r}</v>", parts[part].decode())
        assert changed == 1, cell
        parts[part] = text.encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def _bare(name: str, data: bytes) -> bytes:
    """Return a part of a workbook without what leads to drawings."""
    if name == "[Content_Types].xml":
        return re.sub(rb'<Override PartName="/xl/(drawings|charts|comments)[^>]*>', b"", data)
    return re.sub(rb"<(legacyDrawing|drawing) [^>]*>", b"", data)


def _sheets(parts: dict[str, bytes]) -> dict[str, str]:
    book = ElementTree.fromstring(parts["xl/workbook.xml"])  # noqa: S314 - our own file
    rels = ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"])  # noqa: S314
    targets = {each.get("Id"): each.get("Target") for each in rels}
    return {
        each.get("name"): f"xl/{targets[each.get('{' + _SPACES['r'] + '}id')]}"
        for each in book.findall(".//m:sheet", _SPACES)
    }


def recalculated(contents: list[bytes], folder: Path, libreoffice) -> list:
    """Return workbooks as LibreOffice recalculates them, many in one run of it."""
    paths = []
    for number, content in enumerate(contents):
        paths.append(folder / f"book-{number}.xlsx")
        paths[-1].write_bytes(content)
    for first in range(0, len(paths), AT_ONCE):
        libreoffice(paths[first : first + AT_ONCE], folder / "out")
    return [openpyxl.load_workbook(folder / "out" / path.name, data_only=True) for path in paths]


def errors_in(book) -> list[str]:
    """Return the cells that show an error instead of a value."""
    return [
        f"{sheet.title}!{cell.coordinate} {cell.value}"
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "e" or str(cell.value).startswith(("#", "Err:"))
    ]


def formulas_without_value(content: bytes) -> list[str]:
    """Return the cells with a formula that carry no value for viewers that do not calculate."""
    formulas = openpyxl.load_workbook(io.BytesIO(content))
    values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    return [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in formulas
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" and values[sheet.title][cell.coordinate].value is None
    ]


def chart_references(content: bytes) -> list[str]:
    """Return the cells that the charts of a workbook draw."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        charts = [archive.read(n).decode() for n in archive.namelist() if "charts/chart" in n]
    assert charts
    assert all(chart.count("<c:ser>") > 0 for chart in charts)
    return [
        found
        for chart in charts
        for found in re.findall(r"<c:(?:xVal|yVal|cat|val)>.*?<c:f>(.*?)</c:f>", chart, re.DOTALL)
    ]
