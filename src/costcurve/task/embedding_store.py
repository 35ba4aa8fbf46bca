"""Embeddings that were computed once, by the content of their images.

Checkpoints keep the chunks of one job; an image is met again in other jobs, in another folder,
sample or order. So what is kept here is a row for each image, of one network and preprocessing, in
a database whose every write is whole or not there at all. Each row begins with its own hash: what
was damaged since is as if it were not there, and is made again.
"""

from __future__ import annotations

import hashlib
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
_DIGEST_BYTES = hashlib.sha256().digest_size
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
        """Return those of some images that have an embedding, and a whole one."""
        with self._told():
            return {digest for digest in digests if self._vector(digest) is not None}

    def save(self, digests: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        """Keep embeddings, an array of shape (n, dimensions), in one transaction."""
        payloads = (vector.astype(_NUMBER).tobytes() for vector in vectors)
        rows = [(name, _sealed(name, each)) for name, each in zip(digests, payloads, strict=True)]
        with self._told(), self._database:
            self._database.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?)", rows)

    def blocks(self, digests: Sequence[bytes]) -> Iterator[FloatArray]:
        """Return the embeddings of images in order, in blocks."""
        for start in range(0, len(digests), BLOCK_ROWS):
            with self._told():
                found = [self._vector(digest) for digest in digests[start : start + BLOCK_ROWS]]
            whole = [vector for vector in found if vector is not None]
            if len(whole) < len(found):
                raise InputError.of(FIELD, self._path, "embeddings are gone from it; run again")
            rows = np.frombuffer(b"".join(whole), _NUMBER)
            yield rows.reshape(len(whole), self._dimensions).astype(np.float64)

    def _vector(self, digest: bytes) -> bytes | None:
        """Return the embedding of an image; `None` if there is none, or it was damaged."""
        asked = "SELECT vector FROM embeddings WHERE sha256 = ?"
        row = self._database.execute(asked, (digest,)).fetchone()
        vector = None if row is None else _opened(digest, row[0])
        return vector if vector and len(vector) == self._dimensions * _NUMBER.itemsize else None

    def load_arrays(self, key: str) -> dict[str, NDArray[Any]] | None:
        """Return arrays that were kept under a key, if any were and are whole."""
        asked = "SELECT content FROM arrays WHERE key = ?"
        with self._told():
            row = self._database.execute(asked, (key,)).fetchone()
        content = None if row is None else _opened(key.encode(), row[0])
        if content is None:
            return None
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}

    def save_arrays(self, key: str, arrays: dict[str, NDArray[Any]]) -> None:
        """Keep arrays under a key."""
        stream = io.BytesIO()
        np.savez(stream, **arrays)  # type: ignore[arg-type]
        values = (key, _sealed(key.encode(), stream.getvalue()))
        with self._told(), self._database:
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


def _sealed(name: bytes, payload: bytes) -> bytes:
    """Return what is kept under a name: the hash of both, and the payload."""
    return hashlib.sha256(name + payload).digest() + payload


def _opened(name: bytes, content: object) -> bytes | None:
    """Return the payload kept under a name; `None` where it is not what was kept."""
    if not isinstance(content, bytes):
        return None
    payload = content[_DIGEST_BYTES:]
    return payload if content == _sealed(name, payload) else None
