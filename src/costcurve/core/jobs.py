"""Long work in chunks: the same to the bit however it is shared out, broken off and resumed.

A job is a function of its parameters and a chunk. A chunk has its own seed, so what it returns
depends on nothing else: not on the number of workers, nor on what ran before.
"""

from __future__ import annotations

import os
import platform
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from costcurve._version import __version__
from costcurve.core.checkpoints import Arrays, Checkpoints
from costcurve.core.errors import InputError
from costcurve.core.workers import Pool, open_pool

#: Chunks under way for each worker: enough that none waits, few enough that memory is bounded.
_AHEAD = 2


#: What does the arithmetic; with other versions the last digit may be another.
_COMPUTING = ("numpy", "scipy", "scikit-learn")


def installed_version(package: str) -> str | None:
    """Return the version of an installed package; `None` where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a job.

    Attributes
    ----------
    index : int
        Its place, from 0.
    seed : int
        Of the job.
    first, last : int
        The repetitions it computes, the last not included.
    """

    index: int
    seed: int
    first: int
    last: int

    def random(self, repetition: int) -> np.random.Generator:
        """Return the random numbers of a repetition, independent of those of any other."""
        sequence = np.random.SeedSequence(self.seed, spawn_key=(repetition,))
        return np.random.Generator(np.random.PCG64(sequence))


@dataclass(frozen=True)
class Job:
    """Long work.

    Attributes
    ----------
    function : callable
        Of a module, so that other processes find it: takes the parameters and a chunk, returns
        arrays by name.
    parameters : mapping
        What it computes; everything in it can be written as JSON.
    repetitions : int
        How often, at least 1.
    chunk_size : int
        Repetitions of a chunk. It is part of what the results are, since sums depend on their
        order in the last digit.
    seed : int
        Where the random numbers start.
    """

    function: Callable[[Mapping[str, object], Chunk], Arrays]
    parameters: Mapping[str, object]
    repetitions: int
    chunk_size: int
    seed: int

    def chunks(self) -> list[Chunk]:
        """Return the chunks in order."""
        starts = range(0, self.repetitions, self.chunk_size)
        return [
            Chunk(index, self.seed, start, min(start + self.chunk_size, self.repetitions))
            for index, start in enumerate(starts)
        ]

    def identity(self) -> dict[str, object]:
        """Return what its results depend on."""
        return {
            "function": f"{self.function.__module__}.{self.function.__qualname__}",
            "parameters": dict(self.parameters),
            "repetitions": self.repetitions,
            "chunk_size": self.chunk_size,
            "seed": self.seed,
            "costcurve": __version__,
            **{name: installed_version(name) for name in _COMPUTING},
            "machine": platform.machine(),
        }


def default_workers() -> int:
    """Return the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_job(
    job: Job,
    *,
    workers: int | None = None,
    ray_address: str | None = None,
    folder: Path | None = None,
    report: Callable[[int, int], None] | None = None,
) -> Iterator[Arrays]:
    """Return the results of all chunks, in their order.

    Parameters
    ----------
    job : Job
        The work.
    workers : int, optional
        Processes of this machine; by default as many as it has processors.
    ray_address : str, optional
        Of an existing Ray cluster, in their place.
    folder : Path, optional
        Where finished chunks are kept; those that are there already are not computed again.
    report : callable, optional
        Told how many chunks are finished, of how many, whenever one is.

    Raises
    ------
    InputError
        If the folder cannot be used or holds another job, or the cluster cannot be reached.
    MissingExtraError
        If Ray is asked for and not installed.
    WorkerLostError
        If a worker was killed; finished chunks are kept.
    """
    chunks = job.chunks()
    kept = None if folder is None else Checkpoints(folder, job.identity())
    missing = [each for each in chunks if kept is None or kept.load(each.index) is None]
    progress = _Progress(len(chunks) - len(missing), len(chunks), report)
    if not missing:
        yield from (_stored(kept, chunk) for chunk in chunks)
        return
    absent = {chunk.index for chunk in missing}
    with open_pool(min(workers or default_workers(), len(missing)), ray_address) as pool:
        fresh = _computed(job, missing, pool, kept, progress)
        for chunk in chunks:
            yield next(fresh) if chunk.index in absent else _stored(kept, chunk)


class _Progress:
    def __init__(
        self, finished: int, total: int, report: Callable[[int, int], None] | None
    ) -> None:
        self._finished, self._total, self._report = finished, total, report
        self.tell(0)

    def tell(self, more: int) -> None:
        self._finished += more
        if self._report is not None:
            self._report(self._finished, self._total)


def _stored(kept: Checkpoints | None, chunk: Chunk) -> Arrays:
    found = None if kept is None else kept.load(chunk.index)
    if found is None:
        folder = "" if kept is None else kept.folder
        raise InputError.of("resume", folder, f"chunk {chunk.index} is gone or damaged; run again")
    return found


def _computed(
    job: Job, missing: list[Chunk], pool: Pool, kept: Checkpoints | None, progress: _Progress
) -> Iterator[Arrays]:
    """Return the missing chunks in order, as many under way as bound the memory."""
    waiting, ready = deque(missing), dict[int, Arrays]()
    under_way = 0
    for chunk in missing:
        while chunk.index not in ready:
            while waiting and under_way < _AHEAD * pool.size:
                following = waiting.popleft()
                pool.submit(following.index, job.function, (job.parameters, following))
                under_way += 1
            for index, arrays in pool.finished():
                if kept is not None:
                    kept.save(index, arrays)
                ready[index] = arrays
                progress.tell(1)
        under_way -= 1
        yield ready.pop(chunk.index)
