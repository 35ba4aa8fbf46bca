"""Checkpoints of a long job: a folder with a file for every finished chunk."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costcurve.core.errors import InputError, printable
from costcurve.core.files import why_refused, write_bytes

#: Arrays that a chunk returns, by name: of numbers, or of text.
Arrays = dict[str, NDArray[Any]]
#: The file of a folder that says what job it holds.
MANIFEST = "job.json"
_DIGEST_BYTES = hashlib.sha256().digest_size
_FIELD = "resume"


class Checkpoints:
    """A folder of finished chunks of one job; it refuses those of another.

    Parameters
    ----------
    folder : Path
        Made where it is missing.
    identity : mapping
        What makes the job: its name, parameters, seed, chunks, and the versions that computed it.
        Everything in it can be written as JSON.

    Raises
    ------
    InputError
        If the folder cannot be used, or holds another job.
    """

    def __init__(self, folder: Path, identity: Mapping[str, object]) -> None:
        self.folder = folder
        written = json.dumps(identity, indent=1, sort_keys=True).encode()
        self._fingerprint = hashlib.sha256(written).hexdigest()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / MANIFEST
            found = path.read_bytes() if path.exists() else None
            # What a kill leaves of a manifest that was being written is nobody's.
            unfinished = f".{MANIFEST}."
            others = found is None and not all(
                each.name.startswith(unfinished) for each in folder.iterdir()
            )
        except (OSError, ValueError) as error:
            why = why_refused(error, type(error).__name__)
            raise InputError.of(_FIELD, folder, f"cannot be used: {why}") from None
        if others:
            raise InputError.of(_FIELD, folder, "must be an empty folder or that of this job")
        if found is None:
            write_bytes(path, written, _FIELD)
        elif found != written:
            raise InputError.of(
                _FIELD, folder, f"holds another job: {_difference(found, identity)}"
            )

    def load(self, index: int) -> Arrays | None:
        """Return a finished chunk; `None` if there is none, or its file is damaged."""
        try:
            content = self._path(index).read_bytes()
        except OSError:
            return None
        # Of this job and this chunk, and as it was written.
        digest, payload = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        if digest != self._digest(index, payload):
            return None
        with np.load(io.BytesIO(payload), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}

    def save(self, index: int, arrays: Arrays) -> None:
        """Write a finished chunk: beside its place, synced, then renamed.

        Raises
        ------
        InputError
            If it cannot be written: the disk is full, or the folder is gone.
        """
        stream = io.BytesIO()
        np.savez(stream, **arrays)  # type: ignore[arg-type]
        if not self.folder.is_dir():
            raise InputError.of(_FIELD, self.folder, "cannot be written: the folder is gone")
        payload = stream.getvalue()
        write_bytes(self._path(index), self._digest(index, payload) + payload, _FIELD)

    def _path(self, index: int) -> Path:
        return self.folder / f"chunk-{index:06d}.checkpoint"

    def _digest(self, index: int, payload: bytes) -> bytes:
        return hashlib.sha256(f"{self._fingerprint}-{index}".encode() + payload).digest()


def _difference(found: bytes, identity: Mapping[str, object]) -> str:
    """Return what another job has in place of ours."""
    try:
        theirs = json.loads(found)
    except (ValueError, RecursionError):
        return f"its {MANIFEST} is no JSON"
    if not isinstance(theirs, dict):
        return f"its {MANIFEST} is no description of a job"
    ours = json.loads(json.dumps(identity))
    names = [name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)]
    words = (f"{name} {theirs.get(name)}, not {ours.get(name)}" for name in sorted(map(str, names)))
    return printable("; ".join(words))
