"""Large tables by parts: CSV or Parquet, on a disk or in object storage, never whole in memory.

A part is a run of rows, of Parquet by their numbers, of CSV by bytes; whoever computes a part reads
that part alone. Every fault of the file as a whole is found before the first part is read.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from costcurve.core.errors import InputError, MissingExtraError
from costcurve.core.files import why_refused
from costcurve.evidence.columns import check_header
from costcurve.evidence.csv_scan import CsvScan, csv_rows


@dataclass(frozen=True)
class TableParts:
    """A table, and where its parts are.

    Attributes
    ----------
    path : str
        A file, or a URI such as s3://bucket/key.
    columns : tuple of str
        Names, in order.
    parts : tuple of pair of int
        Of each part the first and the last, the last not included: rows of Parquet, bytes of CSV.
    rows : int
        In all; of CSV, lines that hold something at most.
    identity : str
        What tells the file from another of its name.
    """

    path: str
    columns: tuple[str, ...]
    parts: tuple[tuple[int, int], ...]
    rows: int
    identity: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "path": self.path,
            "columns": list(self.columns),
            "parts": [list(each) for each in self.parts],
            "rows": self.rows,
            "identity": self.identity,
        }

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> TableParts:
        """Return what `to_dict` wrote."""
        parts = tuple((int(first), int(last)) for first, last in written["parts"])
        names = tuple(written["columns"])
        return cls(written["path"], names, parts, written["rows"], written["identity"])


def is_parquet(path: str) -> bool:
    """Return whether a file is Parquet by its name; any other is CSV."""
    return path.lower().endswith(".parquet")


def file_system(path: str) -> tuple[Any, str]:
    """Return where a path leads: a file system, and the path in it.

    Raises
    ------
    InputError
        If no such file system is known.
    MissingExtraError
        If pyarrow is not installed.
    """
    try:
        from pyarrow import fs  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtraError("a table by parts", "portfolio") from None
    if "://" not in path:
        return fs.LocalFileSystem(), path
    try:
        system, inside = fs.FileSystem.from_uri(path)
        return system, inside
    except (ValueError, OSError, NotImplementedError) as error:
        refused = error
    try:
        import fsspec  # noqa: PLC0415 - of who uses such paths

        found, inside = fsspec.core.url_to_fs(path)
        return fs.PyFileSystem(fs.FSSpecHandler(found)), inside
    except (ImportError, ValueError, OSError):
        why = f"no file system of this kind: {refused}"
        raise InputError.of("path", path, why.splitlines()[0]) from None


def find_parts(path: str, rows: int, field: str) -> TableParts:
    """Return where the parts of a table are.

    Parameters
    ----------
    path : str
        A file or URI; what ends in .parquet is Parquet, any other CSV in UTF-8.
    rows : int
        Rows of a part.
    field : str
        What named the file, for errors.

    Raises
    ------
    InputError
        In one sentence, if the file cannot be read, is empty, cut off, not UTF-8, or a cell of it
        never ends.
    """
    find = _parts_of_parquet if is_parquet(path) else _parts_of_csv
    try:
        return find(path, rows, field)
    except OSError as error:
        raise _unreadable(path, field, error) from None


def read_part(table: TableParts, part: tuple[int, int], field: str) -> Any:
    """Return a part as a pyarrow.Table; of CSV every column is text.

    Returns
    -------
    pyarrow.Table
        The columns, and of CSV a column more, named by `CELLS`: how many cells a row has where
        those are not as many as the header's, else null.
    """
    try:
        if is_parquet(table.path):
            return _rows_of_parquet(table, part, field)
        return _rows_of_csv(table, part, field)
    except OSError as error:
        raise _unreadable(table.path, field, error) from None


#: Bytes after the footer of a Parquet file: its length, and PAR1 again.
_AFTER_FOOTER_BYTES = 8
#: Column that says of a row how many cells it has, where the header has other.
CELLS = "\0cells"


def _unreadable(path: str, field: str, error: Exception) -> InputError:
    return InputError.of(field, path, f"cannot be read: {why_refused(error)}")


def _parts_of_parquet(path: str, rows: int, field: str) -> TableParts:
    import pyarrow as pa  # noqa: PLC0415 - an extra

    system, inside = file_system(path)
    if system.get_file_info(inside).size == 0:
        raise InputError.of(field, path, "the file is empty")
    try:
        metadata = _parquet_file(path).metadata
        schema = metadata.schema.to_arrow_schema()
    except (pa.ArrowException, ValueError, OSError) as error:
        if getattr(error, "errno", None) is not None:  # the disk's, not the file's
            raise
        why = "is no Parquet file, or is cut off"
        raise InputError.of(field, path, f"cannot be read: {why}") from None
    names = [name.strip() for name in schema.names]
    check_header(names, path, field)
    for name, each in zip(names, schema.types, strict=True):
        if pa.types.is_nested(each) or pa.types.is_binary(each):
            raise InputError.of(f"{field} column", name, f"must hold plain values, not {each}")
    if not metadata.num_rows:
        raise InputError.of(field, path, "must hold a row at least")
    size = system.get_file_info(inside).size
    with system.open_input_file(inside) as stream:
        # What says where everything is. The statistics in it are not asked for one by one: where
        # they are damaged, pyarrow ends the process.
        stream.seek(size - metadata.serialized_size - _AFTER_FOOTER_BYTES)
        footer = stream.read()
    identity = hashlib.sha256(f"{size} {schema}".encode() + footer).hexdigest()
    parts = tuple(
        (first, min(first + rows, metadata.num_rows)) for first in range(0, metadata.num_rows, rows)
    )
    return TableParts(path, tuple(names), parts, metadata.num_rows, identity)


def _parquet_file(path: str) -> Any:
    import pyarrow.parquet  # noqa: PLC0415 - an extra

    system, inside = file_system(path)
    return pyarrow.parquet.ParquetFile(system.open_input_file(inside))


@lru_cache(maxsize=1)
def _row_group(path: str, identity: str, place: int) -> Any:  # noqa: ARG001 - of one file
    """Return a group of rows; the last one is kept, since a group has many parts."""
    return _parquet_file(path).read_row_group(place)


def _rows_of_parquet(table: TableParts, part: tuple[int, int], field: str) -> Any:
    import pyarrow as pa  # noqa: PLC0415 - an extra

    first, last = part
    found, start = [], 0
    try:
        metadata = _parquet_file(table.path).metadata
        for place in range(metadata.num_row_groups):
            stop = start + metadata.row_group(place).num_rows
            if start < last and first < stop:
                group = _row_group(table.path, table.identity, place)
                low, high = max(first - start, 0), min(last, stop) - start
                found.append(group.slice(low, high - low))
            start = stop
        whole = pa.concat_tables(found).rename_columns(list(table.columns))
        return _plain(whole)
    except (pa.ArrowException, ValueError, OSError) as error:
        if getattr(error, "errno", None) is not None:
            raise
        why = f"rows {first + 1:,} to {last:,} are damaged"
        raise InputError.of(field, table.path, f"cannot be read: {why}") from None


def _plain(table: Any) -> Any:
    """Return a table whose words are not coded."""
    import pyarrow as pa  # noqa: PLC0415 - an extra

    for place, each in enumerate(table.schema):
        if pa.types.is_dictionary(each.type):
            column = table.column(place).cast(each.type.value_type)
            table = table.set_column(place, each.name, column)
    return table


def _parts_of_csv(path: str, rows: int, field: str) -> TableParts:
    scan = CsvScan(*file_system(path), path, rows, field)
    header, starts = scan.find()
    check_header(header, path, field)
    parts = tuple(pairwise(starts))
    identity = scan.digest.hexdigest()
    return TableParts(path, tuple(header), parts, scan.count, identity)


def _rows_of_csv(table: TableParts, part: tuple[int, int], field: str) -> Any:
    import pyarrow as pa  # noqa: PLC0415 - an extra

    first, last = part
    system, inside = file_system(table.path)
    with system.open_input_file(inside) as stream:
        stream.seek(first)
        text = stream.read(last - first).decode()
    width = len(table.columns)
    try:
        rows = [row for row in csv_rows(iter(text.removesuffix("\n").split("\n"))) if row]
    except csv.Error as error:
        raise InputError.of(field, table.path, f"is no CSV: {error}") from None
    counts = [None if len(row) == width else len(row) for row in rows]
    if any(counts):
        rows = [row if len(row) == width else (row + [""] * width)[:width] for row in rows]
    columns = list(zip(*rows, strict=True)) or [()] * width
    arrays = [pa.array([cell.strip() or None for cell in column], pa.string())
              for column in columns]  # fmt: skip
    arrays.append(pa.array(counts, pa.int64()))
    return pa.table(arrays, names=[*table.columns, CELLS])
