"""A table as columns of text: CSV with the standard library, Parquet with pyarrow."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from costcurve.core.errors import Finding, InputError, MissingExtraError, nearest, printable, shown
from costcurve.core.files import read_text
from costcurve.core.quantities import FloatArray
from costcurve.evidence.dates import ALLOWED, decimal_years

#: A million models with a dozen columns take about 150 MB.
LARGEST_BYTES = 1024**3
#: Findings shown of a column that is wrong throughout.
MOST_FINDINGS = 20
_WIDEST_CELL = 10_000
#: What other programs part columns with, in words.
_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_PLAIN = "must be text of at most 10,000 characters, a number or null"


@dataclass(frozen=True)
class Columns:
    """A table.

    Attributes
    ----------
    cells : dict of str to list of str
        Every column's cells, by its name; empty text where there was nothing.
    field : str
        The flag that named the file, for errors.
    row_numbers : sequence of int
        The number of each row in the file, as a spreadsheet has it.
    """

    cells: dict[str, list[str]]
    field: str
    row_numbers: Sequence[int]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(next(iter(self.cells.values()), ()))

    def column(self, flag: str, name: str) -> list[str]:
        """Return a column's cells.

        Raises
        ------
        InputError
            If there is no such column; `flag` names what asked for it.
        """
        if name not in self.cells:
            allowed = f"no such column in the file{nearest(name, map(printable, self.cells))}"
            raise InputError([Finding(flag, shown(name), allowed)])
        return self.cells[name]

    def numbers(
        self,
        flag: str,
        name: str,
        above: float | None = None,
        at_most: float | None = None,
        scale: float = 1.0,
    ) -> FloatArray:
        """Return a column of numbers.

        Parameters
        ----------
        flag, name : str
            What asked for it, and the column.
        above, at_most : float, optional
            What every number must exceed, and not exceed, once it is divided by `scale`.
        scale : float
            By which the cells are divided: 100 for per cent.

        Raises
        ------
        InputError
            If there is no such column, or a cell holds no finite number, or too small a one; every
            such cell is named, up to 20.
        """
        cells = self.column(flag, name)
        values = as_numbers(cells) / scale
        wrong = ~np.isfinite(values)
        allowed = "must be a number"
        if above is not None:
            wrong |= values <= above
            allowed += f" above {above * scale:g}"
        if at_most is not None:
            wrong |= values > at_most
            allowed += f" and at most {at_most * scale:g}"
            allowed += "; per cent are divided by 100" if scale == 1.0 else ""
        self._check(name, wrong, allowed)
        return values

    def years(self, flag: str, name: str) -> FloatArray:
        """Return a column of dates, as years with decimals; raises as `numbers` does."""
        cells = self.column(flag, name)
        values = np.array([np.nan if each is None else each for each in decimal_years(cells)])
        self._check(name, np.isnan(values), ALLOWED)
        return values

    def _check(self, name: str, wrong: np.ndarray, allowed: str) -> None:
        places = np.flatnonzero(wrong)[:MOST_FINDINGS]
        cells = self.cells[name]
        InputError.check(
            [
                Finding(
                    f"{self.field} row {self.row_numbers[place]}, column {name}",
                    shown(cells[place]) if cells[place] else "an empty cell",
                    allowed,
                )
                for place in places.tolist()
            ]
        )


def as_numbers(cells: list[str]) -> FloatArray:
    """Return cells as numbers, NaN where a cell holds none."""
    # Python would read 1_000 and digits of other scripts as well.
    if not _is_plain("".join(cells)):
        cells = [cell if _is_plain(cell) else "" for cell in cells]
    try:
        return np.array(cells, dtype=np.float64)
    except ValueError:
        return np.array([_number(cell) for cell in cells], dtype=np.float64)


def _is_plain(cell: str) -> bool:
    return cell.isascii() and "_" not in cell


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def read_columns(path: Path, field: str) -> Columns:
    """Return the table of a CSV or Parquet file.

    Parameters
    ----------
    path : Path
        A file whose name ends in `.parquet` is read as Parquet, any other as CSV in UTF-8.
    field : str
        The flag that named the file, for errors.

    Raises
    ------
    InputError
        If the file cannot be read, is empty, has a header with a name twice or missing or without
        commas, or rows of another width than its header.
    MissingExtraError
        If it is Parquet and pyarrow is not installed.
    """
    if path.suffix.lower() == ".parquet":
        return _read_parquet(path, field)
    text = read_text(path, field, LARGEST_BYTES)
    csv.field_size_limit(_WIDEST_CELL)
    try:
        header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    except csv.Error as error:
        raise InputError.of(field, path, f"is no CSV: {error}") from None
    check_header(header, path, field)
    filled = [row for row in rows if row]
    wrong = [
        Finding(f"{field} row {number}", f"{len(row)} cells", f"the header has {len(header)}")
        for number, row in enumerate(rows, start=2)
        if row and len(row) != len(header)
    ]
    InputError.check(wrong[:MOST_FINDINGS])
    columns = [list(column) for column in zip(*filled, strict=True)] or [[] for _ in header]
    cells = {
        name.strip(): [cell.strip() for cell in column]
        for name, column in zip(header, columns, strict=True)
    }
    return Columns(cells, field, [place for place, row in enumerate(rows, start=2) if row])


def columns_of(rows: Sequence[Mapping[str, object]], field: str) -> Columns:
    """Return the table of rows that are at hand.

    Parameters
    ----------
    rows : sequence of mapping
        Text, numbers or `None` by the names of columns; a cell that a row leaves out is empty.
    field : str
        What gave the rows, for errors.

    Raises
    ------
    InputError
        If there are no rows, or a cell is neither text nor a number.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    findings = [
        Finding(f"{field} row {number}, column {printable(name)}", shown(value), _PLAIN)
        for number, row in enumerate(rows, start=1)
        for name, value in row.items()
        if isinstance(value, bool)
        or not isinstance(value, str | int | float | None)
        or (isinstance(value, str) and len(value) > _WIDEST_CELL)
    ]
    if not names:
        findings.append(Finding(field, "", "must hold a row at least, with names and values"))
    InputError.check(findings)
    cells = {name: _texts([row.get(name) for row in rows]) for name in names}
    return Columns(cells, field, range(1, len(rows) + 1))


def check_header(header: list[str], path: object, field: str) -> None:
    """Raise InputError if a column has no name, two have the same, or no comma parts them."""
    names = [name.strip() for name in header]
    if len(names) == 1:
        other = next((sign for sign in _OTHER_SEPARATORS if sign in names[0]), None)
        if other is not None:
            word = _OTHER_SEPARATORS[other]
            allowed = f"its columns are parted by {word}; save it with commas, and decimal points"
            raise InputError.of(f"{field} header", path, allowed)
    if "" in names:
        raise InputError.of(f"{field} header", path, f"column {names.index('') + 1} has no name")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError.of(f"{field} header", twice, "must not be the name of two columns")


def _read_parquet(path: Path, field: str) -> Columns:
    try:
        import pyarrow  # noqa: PLC0415 - an extra
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("reading Parquet", "parquet") from None
    try:
        with path.open("rb") as stream:
            table = pyarrow.parquet.read_table(stream)
            names = [name.strip() for name in table.column_names]
            check_header(names, path, field)
            columns = [_texts(column.to_pylist()) for column in table.columns]
    except InputError:
        raise
    except (OSError, ValueError, OverflowError, pyarrow.ArrowException) as error:
        why = getattr(error, "strerror", None) or "is no Parquet file of plain values"
        raise InputError.of(field, path, f"cannot be read: {why}") from None
    return Columns(dict(zip(names, columns, strict=True)), field, range(1, table.num_rows + 1))


def _texts(values: list[object]) -> list[str]:
    found = ["" if value is None else str(value).strip() for value in values]
    widest = max(map(len, found), default=0)
    if widest > _WIDEST_CELL:
        raise ValueError
    return found
