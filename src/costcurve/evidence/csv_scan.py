"""A CSV too large for memory: where its rows begin, and whether it is whole."""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from costcurve.core.errors import InputError

#: Bytes that are looked through at once.
_BLOCK_BYTES = 2**22
#: Longest cell; one that is longer was never closed.
_LONGEST_CELL = 2**20


class CsvScan:
    """Looks through a CSV for where its rows begin, and whether it is whole.

    Most blocks have no quotation mark: there every end of a line ends a row. From the first one on
    rows are read one by one, since a cell in quotes may run over lines.

    Parameters
    ----------
    system, inside : pyarrow.fs.FileSystem and str
        Where the file is.
    path, field : str
        What it is called, and what named it, for errors.
    rows : int
        Of a part.
    """

    def __init__(self, system: Any, inside: str, path: str, rows: int, field: str) -> None:
        self.system, self.inside = system, inside
        self.path, self.rows, self.field = path, rows, field
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.digest = hashlib.sha256()
        self.starts: list[int] = []
        self.count = 0
        self.size = 0

    def blocks(self) -> Iterator[bytes]:
        """Return blocks that end with a line, each checked and counted."""
        rest = b""
        with self.system.open_input_stream(self.inside) as stream:
            while block := stream.read(_BLOCK_BYTES):
                self._check(block)
                whole, end, rest = (rest + block).rpartition(b"\n")
                if end:
                    yield whole + end
                elif len(rest) > _BLOCK_BYTES * 4:
                    raise self._wrong("has a line of megabytes; it is no CSV")
        self._check(b"", is_last=True)
        if rest:
            yield rest + b"\n"

    def _check(self, block: bytes, *, is_last: bool = False) -> None:
        self.digest.update(block)
        self.size += len(block)
        if b"\0" in block:
            raise self._wrong("the file is binary; a text file is needed")
        try:
            self.decoder.decode(block, is_last)
        except UnicodeDecodeError as error:
            raise self._wrong(
                f"the file is not UTF-8 (near byte {self.size - len(block) + error.start + 1:,}); "
                "save it as UTF-8"
            ) from None

    def _wrong(self, why: str) -> InputError:
        return InputError.of(self.field, self.path, why)

    def find(self) -> tuple[list[str], list[int]]:
        """Return the header, and the bytes at which parts begin, with that at which the last ends.

        Raises
        ------
        InputError
            If the file is not one that can be read by parts.
        """
        header: list[str] | None = None
        at = 0
        blocks = self.blocks()
        for block in blocks:
            body = block
            if header is None:
                line, _, body = block.partition(b"\n")
                if b'"' in line:
                    header, length = self._quoted_header(block)
                    body = block[length:]
                else:
                    length = len(line) + 1
                    header = line.decode("utf-8-sig").rstrip("\r").split(",")
                at += length
            if b'"' in body:
                at = self._one_by_one(body, blocks, at, len(header))
                break
            self._all_at_once(body, at)
            at += len(body)
        if header is None or not "".join(header).strip():
            raise self._wrong("the file is empty")
        if not self.count:
            raise self._wrong("must hold a row at least")
        return [name.strip() for name in header], [*self.starts, min(at, self.size)]

    def _quoted_header(self, block: bytes) -> tuple[list[str], int]:
        records = _Records(iter([block]))
        header = next(records.reader)
        if header:
            header[0] = header[0].removeprefix("\ufeff").strip('"')
        return header, records.consumed

    def _all_at_once(self, body: bytes, at: int) -> None:
        if not body:
            return
        ends = np.flatnonzero(np.frombuffer(body, np.uint8) == ord("\n")) + 1
        starts = np.concatenate([[0], ends[:-1]])
        first = -self.count % self.rows
        self.starts += (at + starts[first :: self.rows]).tolist()
        self.count += len(ends)

    def _one_by_one(self, body: bytes, blocks: Iterator[bytes], at: int, cells: int) -> int:
        """Go on row by row from a block; return where the file ends."""

        def rest() -> Iterator[bytes]:
            yield body
            yield from blocks

        records = _Records(rest())
        while True:
            begin, line = records.consumed, records.lines
            try:
                row = next(records.reader, None)
            except csv.Error as error:
                raise self._wrong(
                    f"is no CSV from its row {self.count + 2:,} on: {error}"
                ) from None
            if row is None:
                return at + records.consumed
            runs_on = records.lines - line > 1
            if records.is_over or (runs_on and len(row) != cells):
                raise self._wrong(
                    f"a quotation mark in row {self.count + 2:,} is not closed where it should be"
                )
            if self.count % self.rows == 0:
                self.starts.append(at + begin)
            self.count += 1


class _Records:
    """Rows of CSV from blocks of bytes, and how many bytes and lines they took."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.consumed = self.lines = 0
        self.is_over = False
        self.reader = csv_rows(self._lines(blocks))

    def _lines(self, blocks: Iterator[bytes]) -> Iterator[str]:
        for block in blocks:
            for line in block.removesuffix(b"\n").split(b"\n"):
                self.consumed += len(line) + 1
                self.lines += 1
                yield line.decode()
        # A row that came before the end of the file was looked for is whole.
        self.is_over = True


def csv_rows(lines: Iterator[str]) -> Any:
    """Return a reader of rows from lines without their ends."""
    csv.field_size_limit(_LONGEST_CELL)
    return csv.reader(line.rstrip("\r").replace("\r", " ") + "\n" for line in lines)
