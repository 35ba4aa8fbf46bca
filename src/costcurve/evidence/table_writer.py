"""Large tables written part by part, CSV or Parquet: the whole file, or none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from costcurve.core.errors import InputError
from costcurve.core.files import why_refused, written_whole
from costcurve.core.spreadsheets import FORMULA_STARTS, harmless
from costcurve.evidence.table_parts import file_system, is_parquet

#: Text that a spreadsheet takes for a formula, and what among it is only a number.
_FORMULA = "^[" + "".join(f"\\x{{{ord(each):x}}}" for each in FORMULA_STARTS) + "]"
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"


class TableWriter:
    """Writes the parts of a table in their order; each becomes a group of rows in Parquet.

    Parameters
    ----------
    stream : file
        Open for writing bytes.
    path : str
        What ends in .parquet becomes Parquet, any other CSV, in which no text can run as a formula.
    """

    def __init__(self, stream: Any, path: str) -> None:
        self._stream, self._path = stream, path
        self._writer: Any = None

    def write(self, part: Any) -> None:
        """Write a part, a pyarrow.Table with the columns of the first one."""
        if is_parquet(self._path):
            if self._writer is None:
                import pyarrow  # noqa: PLC0415 - an extra
                import pyarrow.parquet  # noqa: PLC0415

                # Words repeat themselves; numbers hardly do, and would be looked up in vain.
                words = [each.name for each in part.schema if pyarrow.types.is_string(each.type)]
                self._writer = pyarrow.parquet.ParquetWriter(
                    self._stream, part.schema, use_dictionary=words
                )
            self._writer.write_table(part, row_group_size=max(len(part), 1))
            return
        part = _without_formulas(part)
        if self._writer is None:
            import pyarrow.csv  # noqa: PLC0415 - an extra

            self._writer = pyarrow.csv.CSVWriter(self._stream, part.schema)
        self._writer.write_table(part)

    def close(self) -> None:
        """Write what ends the table."""
        if self._writer is not None:
            self._writer.close()


@contextmanager
def writing(path: str, field: str) -> Iterator[TableWriter]:
    """Open a table to be written; what was there before stays until the new one is whole.

    Parameters
    ----------
    path : str
        A file, or a URI such as s3://bucket/key.
    field : str
        What named it, for errors.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    if "://" not in path:
        with (
            written_whole(Path(path), field) as stream,
            _ended(TableWriter(stream, path)) as writer,
        ):
            yield writer
        return
    # Object storage shows a file once it is closed, and it is closed where the work is broken off.
    system, inside = file_system(path)
    part = f"{inside}.part"
    try:
        try:
            with (
                system.open_output_stream(part) as stream,
                _ended(TableWriter(stream, path)) as writer,
            ):
                yield writer
            system.move(part, inside)
        except BaseException:
            with suppress(OSError):  # there may be none yet
                system.delete_file(part)
            raise
    except OSError as error:
        raise InputError.of(field, path, f"cannot be written: {why_refused(error)}") from None


@contextmanager
def _ended(writer: TableWriter) -> Iterator[TableWriter]:
    """End a table, also one broken off: left open it would do so later, with a traceback."""
    try:
        yield writer
    except BaseException:
        with suppress(Exception):  # what went wrong before is told
            writer.close()
        raise
    writer.close()


def _without_formulas(table: Any) -> Any:
    """Return a table in which no text begins like a formula; numbers stay as they are."""
    import pyarrow as pa  # noqa: PLC0415 - an extra
    import pyarrow.compute as pc  # noqa: PLC0415

    for place, each in enumerate(table.schema):
        if not (pa.types.is_string(each.type) or pa.types.is_large_string(each.type)):
            continue
        column = table.column(place)
        is_formula = pc.match_substring_regex(column, _FORMULA)
        if pc.any(is_formula).as_py():
            is_number = pc.match_substring_regex(column, _NUMBER)
            runs = pc.and_(is_formula, pc.invert(is_number))
            quoted = pc.binary_join_element_wise(pa.scalar("'", each.type), column,
                                                 pa.scalar("", each.type))  # fmt: skip
            table = table.set_column(place, each.name, pc.if_else(runs, quoted, column))
    return table.rename_columns([harmless(name) for name in table.column_names])
