"""Where images are: folders, zip and tar archives, Parquet; listed, sampled and read one by one.

Nothing is unpacked to disk. What cannot be read is not an error of the whole but a reason beside
the image's name; only a source that is not there, or is no such source, is refused.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from costcurve.core.errors import InputError
from costcurve.core.files import why_refused
from costcurve.task.counts import IMAGE_ENDINGS

FIELD = "images"
#: Endings that are taken for images: those of torchvision's ImageFolder, and GIF.
ENDINGS = IMAGE_ENDINGS | {".gif"}
#: Largest file of an image that is read; a choice of ours: a photograph of 100 megapixels is 50 MB.
LARGEST_IMAGE_BYTES = 256 * 2**20
#: Sources that a process keeps open: two sets and one to spare.
_OPEN_SOURCES = 3


class UnreadableError(Exception):
    """An image cannot be read; the message says why, in words without names or addresses."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An image of a source.

    Attributes
    ----------
    name : str
        Its path inside the source, or its row; as it was found, perhaps not printable.
    label : str
        Its class; empty where the source knows none.
    """

    name: str
    label: str


class ImageSource(Protocol):
    """Images in a fixed order."""

    @property
    def entries(self) -> Sequence[Entry]:
        """Every image, in order."""

    def read(self, place: int) -> bytes:
        """Return the content of an image; `UnreadableError` says why there is none."""

    def close(self) -> None:
        """Let go of what is open."""


def listing_sha256(source: ImageSource) -> str:
    """Return the hash of the names and labels of a source, in their order."""
    digest = hashlib.sha256()
    for entry in source.entries:
        digest.update(f"{entry.name}\0{entry.label}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def open_images(path: Path) -> ImageSource:
    """Return the images of a folder, an archive or a Parquet file.

    Parameters
    ----------
    path : Path
        A folder, searched with all that is below it, whose first level of folders are the labels
        when no image lies beside them (an ImageFolder); a zip or tar archive, compressed or not,
        likewise; or Parquet with a column of images.

    Raises
    ------
    InputError
        If there is no such file or folder, or it is of another kind, damaged, or without images.
    MissingExtraError
        If it is Parquet and pyarrow is not installed.
    """
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        why = why_refused(error, "no such path")
        raise InputError.of(FIELD, path, f"cannot be read: {why}") from None
    if stat.S_ISDIR(found.st_mode):
        source: ImageSource = _Folder(path)
    elif stat.S_ISREG(found.st_mode):
        from costcurve.task.image_archives import open_archive  # noqa: PLC0415 - seldom

        source = open_archive(path)
    else:
        raise InputError.of(FIELD, path, "must be a folder or an ordinary file")
    if not source.entries:
        source.close()
        endings = ", ".join(sorted(ENDINGS))
        raise InputError.of(FIELD, path, f"holds no image ({endings})")
    return source


@lru_cache(maxsize=_OPEN_SOURCES)
def opened(path: str, listing: str) -> ImageSource:
    """Return a source that was listed before, perhaps by another process.

    Raises
    ------
    InputError
        If its listing is another by now.
    """
    source = open_images(Path(path))
    if listing_sha256(source) != listing:
        source.close()
        raise InputError.of(FIELD, Path(path), "changed while it was read; run again")
    return source


def labelled(names: Sequence[str]) -> list[Entry]:
    """Return the entries of names of paths: the first folder is the label of an ImageFolder."""
    parts = [name.split("/") for name in names]
    first = {each[0] for each in parts}
    if len(first) < 2 or any(len(each) < 2 for each in parts):
        return [Entry(name, "") for name in names]
    return [Entry(name, each[0]) for name, each in zip(names, parts, strict=True)]


def is_image_name(name: str) -> bool:
    """Return whether the ending of a name is that of an image."""
    return os.path.splitext(name)[1].lower() in ENDINGS  # noqa: PTH122 - a name out of an archive


def at_most(read: Callable[[int], bytes]) -> bytes:
    """Return what a stream's `read` gives, unless it is empty or too large for an image."""
    content = read(LARGEST_IMAGE_BYTES + 1)
    if not content:
        raise UnreadableError("is empty (0 bytes)")
    if len(content) > LARGEST_IMAGE_BYTES:
        raise UnreadableError(too_large())
    return content


def too_large() -> str:
    """Return what is said of a file that is larger than an image may be."""
    return f"is larger than the {LARGEST_IMAGE_BYTES / 2**20:.0f} MB that are read of an image"


class _Folder:
    """Images below a folder. Folders that are links are not entered; linked files may not leave."""

    def __init__(self, path: Path) -> None:
        self._root = path
        self._inside = path.resolve()
        self.entries = labelled(sorted(self._names()))

    def _names(self) -> list[str]:
        names, waiting = list[str](), [""]
        while waiting:
            below = waiting.pop()
            try:
                found = list(os.scandir(self._root / below))
            except OSError as error:
                folder = self._root / below
                raise InputError.of(FIELD, folder, f"cannot be read: {error.strerror}") from None
            for entry in found:
                name = f"{below}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{name}/")
                elif is_image_name(entry.name) and not _is_linked_folder(entry):
                    names.append(name)
        return names

    def close(self) -> None:
        # A folder keeps nothing open.
        pass

    def read(self, place: int) -> bytes:
        path = self._root / self.entries[place].name
        try:
            target = path.resolve(strict=True)
            if not target.is_relative_to(self._inside):
                raise UnreadableError("is a link that leads out of the folder")
            # A pipe would be waited for, and a device has no end.
            if not stat.S_ISREG(target.stat().st_mode):
                raise UnreadableError("is no ordinary file")
            with target.open("rb") as stream:
                return at_most(stream.read)
        except RuntimeError:  # how Python before 3.13 says that links go round
            raise UnreadableError("is a link in a loop") from None
        except OSError as error:
            why = why_refused(error, type(error).__name__)
            raise UnreadableError(f"cannot be read: {why}") from None


def _is_linked_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links
        return False
