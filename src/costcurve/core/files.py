"""Files: read with a limit and a clear error, written whole or not at all."""

from __future__ import annotations

import io
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from costcurve.core.errors import Finding, InputError, shown

if TYPE_CHECKING:
    from gzip import GzipFile

#: Largest description or table of counts that is read into memory.
LARGEST_TEXT_BYTES = 64 * 2**20
_NEW_FILE = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
_PACKAGE = Path(__file__).resolve().parent.parent


def packaged(*parts: str) -> Path:
    """Return the path of a file that comes with the library, from its rooms down.

    The library is installed as files: `importlib.resources`, which could read it from an archive
    as well, takes as long to load as a twentieth of an estimate.
    """
    return _PACKAGE.joinpath(*parts)


def packaged_text(*parts: str) -> str:
    """Return the text of a file that comes with the library."""
    return packaged(*parts).read_text(encoding="utf-8")


def packaged_rows(*parts: str) -> Iterator[dict[str, str]]:
    """Return the rows of a CSV table that comes with the library, by the names of its header."""
    import csv  # noqa: PLC0415 - of who reads tables

    yield from csv.DictReader(io.StringIO(packaged_text(*parts), newline=""))


def read_text(path: Path, field: str, largest_bytes: int = LARGEST_TEXT_BYTES) -> str:
    """Return the text of a UTF-8 file.

    Raises
    ------
    InputError
        If the file cannot be read, is empty, too large, binary or not UTF-8.
    """
    try:
        with _opened(path) as stream:
            data = stream.read(largest_bytes + 1)
    except (EOFError, zlib.error):
        raise InputError.of(field, path, "the compressed file is damaged or not whole") from None
    except OSError as error:
        why = why_refused(error, type(error).__name__)
        raise InputError.of(field, path, f"cannot be read: {why}") from None
    except ValueError:  # a NUL in the name
        raise InputError.of(field, path, "must be the path of a file") from None
    if len(data) > largest_bytes:
        raise InputError.of(field, path, f"must be at most {largest_bytes:,} bytes")
    if not data.strip():
        raise InputError.of(field, path, "the file is empty")
    if b"\0" in data:
        raise InputError.of(field, path, "the file is binary; a text file is needed")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = f"byte {error.start + 1}"
        raise InputError.of(
            field, path, f"the file is not UTF-8 ({where}); save it as UTF-8"
        ) from None


def why_refused(error: Exception, otherwise: str = "") -> str:
    """Return in a few words why a file was refused.

    The words are the system's, by the number of its error: libraries put words of their own in
    their place, with paths and lines of code.

    Parameters
    ----------
    error : Exception
        What was raised.
    otherwise : str
        What is said where the error is none of the system's; by default its own first line.
    """
    number = getattr(error, "errno", None)
    if isinstance(number, int):
        return os.strerror(number)
    return otherwise or (str(error).splitlines() or [type(error).__name__])[0]


def _opened(path: Path) -> IO[bytes] | GzipFile:
    """Return a file opened for reading, unpacked where its name ends in .gz."""
    if path.suffix.lower() != ".gz":
        return path.open("rb")
    import gzip  # noqa: PLC0415 - seldom

    return gzip.open(path, "rb")


def is_same_file(one: Path, other: Path) -> bool:
    """Return whether two paths lead to one file, by links too; not if either leads nowhere."""
    try:
        return one.samefile(other)
    except (OSError, RuntimeError, ValueError):
        return False


def write_bytes(path: Path, data: bytes, field: str) -> None:
    """Write a file whole, as `written_whole` does.

    Raises
    ------
    InputError
        If it cannot be written, or is no ordinary file; what was there before is then still there.
    """
    with written_whole(path, field) as stream:
        stream.write(data)


@contextmanager
def written_whole(path: Path, field: str) -> Iterator[IO[bytes]]:
    """Write a file whole: a temporary file beside it, synced, then renamed over it.

    What is written to the stream is the file once the block ends; where the block raises, what was
    there before is still there. A link is followed, and a file that is replaced keeps its
    permissions.

    Raises
    ------
    InputError
        If it cannot be written, or is no ordinary file; what was there before is then still there,
        as it is after any error while it is written.
    """
    try:
        target = path.resolve()
        mode = _mode_of(target, path, field)
        temporary = target.with_name(f".{target.name[:50]}.{os.urandom(8).hex()}")
        # Opened with the permissions of any new file: to ask for those would change them, for a
        # moment, in every thread.
        descriptor = os.open(temporary, _NEW_FILE, 0o666 if mode is None else mode)
    except InputError:
        raise
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a NUL in the name
        raise _cannot_write(path, field, error) from None
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(target)
    except OSError as error:
        raise _cannot_write(path, field, error) from None
    finally:
        temporary.unlink(missing_ok=True)


def _mode_of(target: Path, path: Path, field: str) -> int | None:
    """Return the permissions of the file that is replaced; `None` if there is none."""
    if not target.exists():
        return None
    if not target.is_file():
        raise InputError.of(field, path, "must be an ordinary file")
    if not os.access(target, os.W_OK):
        raise InputError([Finding(field, shown(path), "cannot be written: it is read-only")])
    return stat.S_IMODE(target.stat().st_mode)


def _cannot_write(path: Path, field: str, error: Exception) -> InputError:
    # A loop of links is a RuntimeError without further words.
    why = why_refused(error, "its path leads nowhere")
    return InputError([Finding(field, shown(path), f"cannot be written: {why}")])
