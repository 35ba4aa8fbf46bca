"""The data registry: the one door to public data.

None of the data comes with costcurve. The registry says where each file is published, at a pinned
commit, and its SHA-256; a file is fetched once into the user's cache, or read from a folder laid
out like the registry's names that `COSTCURVE_DATA` points at. A file whose hash is wrong is never
used.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from costcurve.core.errors import Finding, InputError, MissingExtraError, nearest, shown
from costcurve.core.files import packaged_rows, read_text

#: Environment variable that names a folder of data, in place of the cache.
FOLDER_VARIABLE = "COSTCURVE_DATA"
#: Environment variable that names the cache, in place of the user's own.
CACHE_VARIABLE = "COSTCURVE_CACHE"
#: How the finding starts when a copy is not there.
CANNOT_BE_READ = "cannot be read"
#: Seconds to wait for a server before giving up.
TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Dataset:
    """One file of public data.

    Attributes
    ----------
    name : str
        Its path below a folder of data.
    bytes : int
        Its size.
    sha256 : str
        Its hash; no other content is ever used under this name.
    licence, source : str
        What its owner allows, and the repository with the commit.
    url : str
        Where this very file is published; empty when it is published in another form.
    derived : str
        How it is made from the public form; empty when it is unchanged.
    """

    name: str
    bytes: int
    sha256: str
    licence: str
    source: str
    url: str
    derived: str

    @property
    def is_fetchable(self) -> bool:
        """Whether a public address gives this very file."""
        return bool(self.url)


@lru_cache(maxsize=1)
def datasets() -> dict[str, Dataset]:
    """Return every file of the registry by name."""
    return {row["name"]: _dataset(**row) for row in packaged_rows("evidence", "datasets.csv")}


def find(name: str) -> Dataset:
    """Return the file of this name.

    Raises
    ------
    InputError
        If the registry has no such file; the nearest names are suggested.
    """
    if name not in datasets():
        hint = nearest(name, datasets()) or "; costcurve data list shows all"
        raise InputError([Finding("data", shown(name), f"the registry has no such file{hint}")])
    return datasets()[name]


def locate(name: str, folder: Path | None = None) -> Path:
    """Return the path of a file of the registry, fetched if need be, its hash checked.

    Parameters
    ----------
    name : str
        A name out of `datasets()`.
    folder : Path, optional
        A folder laid out like the names; by default the one that `COSTCURVE_DATA` names, else the
        cache.

    Raises
    ------
    InputError
        If there is no such file, its content is not what it should be, or it cannot be fetched.
    MissingExtraError
        If it must be fetched and pooch is not installed.
    """
    dataset = find(name)
    path = path_of(dataset, folder)
    problem = verify(dataset, path)
    if problem and folder is None and not os.environ.get(FOLDER_VARIABLE):
        _fetch(dataset, path)
        problem = verify(dataset, path)
    if problem:
        raise InputError([Finding(f"data {name}", shown(path), problem)])
    return path


def read_rows(name: str, folder: Path | None = None) -> Iterator[dict[str, str]]:
    """Return the rows of a CSV file of the registry; raises as `locate` does."""
    # Not by lines: a cell may hold several.
    yield from csv.DictReader(io.StringIO(read_text(locate(name, folder), "data"), newline=""))


def verify(dataset: Dataset, path: Path) -> str:
    """Return what is wrong with a copy of a file; empty when nothing is."""
    try:
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        return f"{CANNOT_BE_READ}: {error.strerror}"
    if found != dataset.sha256:
        return f"has the wrong content: its SHA-256 is {found}, not {dataset.sha256}"
    return ""


def path_of(dataset: Dataset, folder: Path | None = None) -> Path:
    """Return where a file is looked for, whether it is there or not.

    Parameters
    ----------
    dataset : Dataset
        The file.
    folder : Path, optional
        A folder of data; by default the one that `COSTCURVE_DATA` names, else the cache.
    """
    named = os.environ.get(FOLDER_VARIABLE)
    return (folder or (Path(named) if named else cache_folder())) / dataset.name


def cache_folder() -> Path:
    """Return where fetched files are kept: where `COSTCURVE_CACHE` says, else the user's cache.

    Raises
    ------
    InputError
        If the user has no home, and neither is said where else.
    """
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "costcurve"
    except RuntimeError:
        why = f"is not set and this user has no home folder; set it, or {FOLDER_VARIABLE}"
        raise InputError([Finding(CACHE_VARIABLE, "", why)]) from None


def _dataset(*, bytes: str, **words: str) -> Dataset:  # noqa: A002 - the column's name
    return Dataset(bytes=int(bytes), **words)


def _fetch(dataset: Dataset, path: Path) -> None:
    if not dataset.is_fetchable:
        made = f" ({dataset.derived})" if dataset.derived else ""
        why = (
            f"no public address gives this very file{made}; its source is {dataset.source}. Point "
            f"{FOLDER_VARIABLE} at a folder that holds it"
        )
        raise InputError([Finding(f"data {dataset.name}", "", why)])
    _download(dataset, path)


def _download(dataset: Dataset, path: Path) -> None:
    try:
        import pooch  # noqa: PLC0415 - an extra
        from requests import RequestException  # noqa: PLC0415 - comes with pooch
    except ImportError:
        raise MissingExtraError("fetching data", "data") from None
    pooch.get_logger().setLevel("ERROR")
    where = f"data {dataset.name}"
    try:
        # pooch writes beside the target, checks the hash, then renames: no half file is ever seen,
        # and of two processes at once each finds a whole one.
        pooch.retrieve(
            dataset.url,
            known_hash=f"sha256:{dataset.sha256}",
            fname=path.name,
            path=path.parent,
            downloader=pooch.HTTPDownloader(timeout=TIMEOUT_S),
        )
    except RequestException as error:
        why = f"cannot be fetched ({type(error).__name__}); set {FOLDER_VARIABLE} to work offline"
        raise InputError([Finding(where, dataset.url, why)]) from None
    except OSError as error:
        why = f"the cache cannot be written ({error.strerror}); set {CACHE_VARIABLE}"
        raise InputError([Finding(where, shown(path.parent), why)]) from None
    except ValueError:
        why = f"what was fetched has not the SHA-256 {dataset.sha256}; it was thrown away"
        raise InputError([Finding(where, dataset.url, why)]) from None
