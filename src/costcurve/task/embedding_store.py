"""Embeddings that were computed once, by the content of their images.

Checkpoints keep the chunks of one job; an image is met again in other jobs, in another folder,
sample or order. So what is kept here is a row for each image, of one network and preprocessing, in
a database whose every write is whole or not there at all.
"""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costcurve.core.errors import InputError
from costcurve.core.quantities import FloatArray
from costcurve.task.embedded import BLOCK_ROWS

FIELD = "cache"
#: Seconds to wait for another process that writes to the same cache.
_PATIENCE_S = 60.0
_NUMBER = np.dtype("<f4")
_TABLES = (
    "CREATE TABLE IF NOT EXISTS embeddings (sha256 BLOB PRIMARY KEY, vector BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS arrays (key TEXT PRIMARY KEY, content BLOB NOT NULL)",
)


class EmbeddingStore:
    """The embeddings of one network.

    Parameters
    ----------
    folder : Path
        Made where it is missing.
    key : str
        Of the network and its preprocessing.
    dimensions : int
        Of an embedding.

    Raises
    ------
    InputError
        If the folder or its database cannot be used; so do all its methods.
    """

    def __init__(self, folder: Path, key: str, dimensions: int) -> None:
        self._path = folder / f"{key}.sqlite"
        self._dimensions = dimensions
        with self._told():
            folder.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(self._path, timeout=_PATIENCE_S)
            with self._database:
                for table in _TABLES:
                    self._database.execute(table)

    def known(self, digests: Iterable[bytes]) -> set[bytes]:
        """Return those of some images that have an embedding."""
        asked = "SELECT 1 FROM embeddings WHERE sha256 = ? AND length(vector) = ?"
        size = self._dimensions * _NUMBER.itemsize
        with self._told():
            return {
                digest
                for digest in digests
                if self._database.execute(asked, (digest, size)).fetchone()
            }

    def save(self, digests: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        """Keep embeddings, an array of shape (n, dimensions), in one transaction."""
        rows = zip(digests, (vector.astype(_NUMBER).tobytes() for vector in vectors), strict=True)
        with self._told(), self._database:
            self._database.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?)", rows)

    def blocks(self, digests: Sequence[bytes]) -> Iterator[FloatArray]:
        """Return the embeddings of images in order, in blocks."""
        asked = "SELECT vector FROM embeddings WHERE sha256 = ?"
        for start in range(0, len(digests), BLOCK_ROWS):
            with self._told():
                found = [
                    self._database.execute(asked, (digest,)).fetchone()
                    for digest in digests[start : start + BLOCK_ROWS]
                ]
            if None in found:
                raise InputError.of(FIELD, self._path, "embeddings are gone from it; run again")
            rows = np.frombuffer(b"".join(row[0] for row in found), _NUMBER)
            yield rows.reshape(len(found), self._dimensions).astype(np.float64)

    def load_arrays(self, key: str) -> dict[str, NDArray[Any]] | None:
        """Return arrays that were kept under a key, if any were."""
        asked = "SELECT content FROM arrays WHERE key = ?"
        with self._told():
            row = self._database.execute(asked, (key,)).fetchone()
        if row is None:
            return None
        with np.load(io.BytesIO(row[0]), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}

    def save_arrays(self, key: str, arrays: dict[str, NDArray[Any]]) -> None:
        """Keep arrays under a key."""
        stream = io.BytesIO()
        np.savez(stream, **arrays)  # type: ignore[arg-type]
        with self._told(), self._database:
            values = (key, stream.getvalue())
            self._database.execute("INSERT OR REPLACE INTO arrays VALUES (?, ?)", values)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Raise what goes wrong with the database as one clear sentence."""
        try:
            yield
        except sqlite3.Error as error:
            # What is wrong with the file itself is a plain DatabaseError; a full disk is not.
            hint = "; remove it to start anew" if type(error) is sqlite3.DatabaseError else ""
            raise InputError.of(FIELD, self._path, f"cannot be used: {error}{hint}") from None
        except OSError as error:
            raise InputError.of(FIELD, self._path, f"cannot be used: {error.strerror}") from None
