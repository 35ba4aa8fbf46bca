"""Images in zip and tar archives and in Parquet files, read where they are."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import weakref
import zipfile
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import IO, Any

from costcurve.core.errors import InputError, listed
from costcurve.task.counts import USUAL_HEADERS
from costcurve.task.embedded import parquet_module
from costcurve.task.images import (
    FIELD,
    LARGEST_IMAGE_BYTES,
    Entry,
    ImageSource,
    UnreadableError,
    at_most,
    is_image_name,
    labelled,
    too_large,
)

#: A compressed archive may unpack to so many times its size and so much more: images hardly shrink,
#: while a bomb shrinks a thousandfold. A choice of ours.
MOST_TIMES_ITS_SIZE, SLACK_BYTES = 100, 2**30
_BROKEN = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    KeyError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
)
#: How compressed tar archives begin.
_PACKED = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\0", lzma.open))
_BATCH_ROWS = 8
_ENCRYPTED = 0x1


def open_archive(path: Path) -> ImageSource:
    """Return the images of an archive or a Parquet file, told by how the file begins.

    Raises
    ------
    InputError
        If it is neither, or damaged, or unpacks to far more than images do.
    MissingExtraError
        If it is Parquet and pyarrow is not installed.
    """
    try:
        with path.open("rb") as stream:
            begins = stream.read(6)
        if begins.startswith(b"PAR1"):
            return _Parquet(path)
        if zipfile.is_zipfile(path):
            return _Zip(path)
        return _Tar(path, begins)
    except InputError:
        raise
    except _BROKEN as error:
        allowed = "must be a folder, a zip or tar archive, or Parquet"
        why = getattr(error, "strerror", None)
        raise InputError.of(FIELD, path, f"cannot be read: {why}" if why else allowed) from None


class _Zip:
    """Images of a zip archive."""

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)
        self._members = [
            each
            for each in self._archive.infolist()
            if not each.is_dir() and is_image_name(each.filename)
        ]
        self.entries = labelled([each.filename for each in self._members])

    def close(self) -> None:
        self._archive.close()

    def read(self, place: int) -> bytes:
        member = self._members[place]
        if member.flag_bits & _ENCRYPTED:
            raise UnreadableError("is encrypted")
        if member.file_size > LARGEST_IMAGE_BYTES:
            raise UnreadableError(too_large())
        try:
            with self._archive.open(member) as stream:
                return at_most(stream.read)
        except _BROKEN:
            raise UnreadableError("is damaged in the archive") from None


class _Tar:
    """Images of a tar archive, in the order in which they lie there."""

    def __init__(self, path: Path, begins: bytes) -> None:
        unpack: Any = next((each for magic, each in _PACKED if begins.startswith(magic)), None)
        self._stream: Any = path.open("rb") if unpack is None else unpack(path, "rb")
        # A source may be forgotten, as `images.opened` forgets, and not closed.
        weakref.finalize(self, self._stream.close)
        bounded: Any = self._stream if unpack is None else _Bounded(self._stream, path)
        try:
            self._archive = tarfile.open(fileobj=bounded, mode="r:")  # noqa: SIM115
            self._members = [
                each for each in self._archive if not each.isdir() and is_image_name(each.name)
            ]
        except BaseException:
            self._stream.close()
            raise
        self.entries = labelled([each.name.removeprefix("./") for each in self._members])

    def close(self) -> None:
        self._archive.close()
        self._stream.close()

    def read(self, place: int) -> bytes:
        member = self._members[place]
        if not member.isfile():
            raise UnreadableError("is no ordinary file, perhaps a link")
        if member.size > LARGEST_IMAGE_BYTES:
            raise UnreadableError(too_large())
        try:
            stream: IO[bytes] | None = self._archive.extractfile(member)
            if stream is None:
                raise UnreadableError("is no ordinary file")
            return at_most(stream.read)
        except _BROKEN:
            raise UnreadableError("is damaged in the archive") from None


class _Bounded:
    """An unpacked stream that refuses to unpack far more than the archive's size."""

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        self._stream, self._path = stream, path
        self._most = MOST_TIMES_ITS_SIZE * path.stat().st_size + SLACK_BYTES

    def read(self, size: int = -1) -> bytes:
        # A header may claim to be of any size; no read is longer than an image.
        if size < 0 or size > LARGEST_IMAGE_BYTES + 1:
            self._refuse()
        self._check(self._stream.tell() + size)
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        self._check(offset)
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def _check(self, place: int) -> None:
        if place > self._most:
            self._refuse()

    def _refuse(self) -> None:
        times = f"{MOST_TIMES_ITS_SIZE} times its size"
        raise InputError.of(FIELD, self._path, f"unpacks to more than {times}, as no images do")


class _Parquet:
    """Images of a Parquet file: a column of bytes, or of structs with a field `bytes`."""

    def __init__(self, path: Path) -> None:
        pyarrow = parquet_module()
        try:
            self._file = pyarrow.parquet.ParquetFile(path)
            schema = self._file.schema_arrow
            self._column = _image_column(pyarrow, schema)
            label = next((name for name in schema.names if name.lower() in USUAL_HEADERS), None)
            labels = [] if label is None else self._file.read([label]).column(0).to_pylist()
        except pyarrow.ArrowException:
            raise InputError.of(FIELD, path, "cannot be read: is no Parquet file") from None
        if self._column is None:
            allowed = f"must have a column of image bytes; it has {listed(schema.names)}"
            raise InputError.of(FIELD, path, allowed)
        rows = self._file.metadata.num_rows
        words = ["" if label is None else str(label) for label in labels] or [""] * rows
        self.entries: Sequence[Entry] = [
            Entry(f"row {row + 1}", word) for row, word in enumerate(words)
        ]
        sizes = [
            self._file.metadata.row_group(group).num_rows
            for group in range(self._file.metadata.num_row_groups)
        ]
        self._starts = [0, *accumulate(sizes)]
        self._next, self._rows = 0, self._from_group(0)

    def close(self) -> None:
        self._file.close()

    def read(self, place: int) -> bytes:
        # Rows are read in order, since a row group may be large; only another group, or a row that
        # lies behind, starts again.
        group = bisect_right(self._starts, place) - 1
        if place < self._next or self._next < self._starts[group]:
            self._next, self._rows = self._starts[group], self._from_group(group)
        try:
            while True:
                value = next(self._rows)
                self._next += 1
                if self._next > place:
                    break
        except (OSError, ValueError, StopIteration, parquet_module().ArrowException):
            self._next = len(self.entries)
            raise UnreadableError("is damaged in the Parquet file") from None
        content = value.get("bytes") if isinstance(value, dict) else value
        if not isinstance(content, bytes):
            raise UnreadableError("holds no bytes")
        return at_most(lambda size: content[:size])

    def _from_group(self, group: int) -> Iterator[Any]:
        groups = range(group, len(self._starts) - 1)
        for batch in self._file.iter_batches(_BATCH_ROWS, groups, columns=[self._column]):
            yield from (value.as_py() for value in batch.column(0))


def _image_column(pyarrow: Any, schema: Any) -> str | None:
    """Return the first column of bytes, or of structs that have some."""
    types = pyarrow.types
    for each in schema:
        kind = each.type
        if types.is_struct(kind):
            names = [kind.field(place).name for place in range(kind.num_fields)]
            if "bytes" not in names:
                continue
            kind = kind.field(names.index("bytes")).type
        if types.is_binary(kind) or types.is_large_binary(kind):
            return str(each.name)
    return None
