"""Embedding a set of images: hashed, embedded once, and never all in memory.

Images are hashed first; what the cache does not have is embedded in chunks that processes of this
machine or a Ray cluster share out, and kept as each chunk ends. So a run that was killed goes on
where it was, and an image that lies in several sets, or twice in one, is embedded once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from costcurve.core.checkpoints import Arrays
from costcurve.core.errors import Finding, InputError, printable, shown
from costcurve.core.jobs import Chunk, Job, run_job
from costcurve.task.decoding import decoded
from costcurve.task.embedded import EmbeddedSet, sampled
from costcurve.task.embedding_model import BATCH, EmbeddingModel
from costcurve.task.embedding_store import EmbeddingStore
from costcurve.task.images import FIELD, ImageSource, UnreadableError, open_images, opened
from costcurve.task.images import listing_sha256 as sha256_of
from costcurve.task.preprocessing import preprocessing_of

#: Images of a chunk: some seconds of a large network, so that little is lost with a process.
CHUNK_IMAGES = 64
#: Unreadable images that an error names.
_NAMED = 10


@dataclass(frozen=True)
class Unreadable:
    """An image that was left out: its name, printable, and why."""

    image: str
    reason: str

    def to_dict(self) -> dict[str, str]:
        """Return it as a row."""
        return {"image": self.image, "reason": self.reason}


@dataclass(frozen=True)
class EmbeddedImages:
    """A set of images with its embeddings.

    Attributes
    ----------
    names, sha256 : tuple of str and of bytes
        Of each image that was read, in the order of the source, and of its content.
    labels : tuple of str
        Its class; empty text where the source knows none.
    unreadable : tuple of Unreadable
        The images that were left out.
    listed, fresh : int
        Images that the source holds, and those that were embedded now and not before.
    store : EmbeddingStore
        Where the embeddings are.
    dimensions : int
        Of an embedding.
    """

    names: tuple[str, ...]
    sha256: tuple[bytes, ...]
    labels: tuple[str, ...]
    unreadable: tuple[Unreadable, ...]
    listed: int
    fresh: int
    store: EmbeddingStore
    dimensions: int

    def as_set(self) -> EmbeddedSet:
        """Return the embeddings, which are read from the store in blocks.

        Raises
        ------
        InputError
            If there are fewer than two.
        """
        if len(self.names) < 2:
            raise InputError.of(FIELD, len(self.names), "at least two readable ones are needed")
        return EmbeddedSet(
            n=len(self.names),
            dimensions=self.dimensions,
            blocks=lambda: self.store.blocks(self.sha256),
            labels=self.labels if any(self.labels) else None,
            sha256=hashlib.sha256(b"".join(self.sha256)).hexdigest(),
        )


@dataclass(frozen=True)
class Embedding:
    """How images are embedded.

    Attributes
    ----------
    model : EmbeddingModel
        The network.
    store : EmbeddingStore
        Of this network: where embeddings are kept.
    sample, seed : int
        At most so many images of a set, drawn with this seed.
    max_bad : float
        Share of the sample that may be unreadable, from 0 to 1; above it the work is given up.
    workers : int, optional
        Processes of this machine; by default as many as it has processors.
    ray_address : str, optional
        Of a Ray cluster in their place, whose nodes see images and network under the same paths.
    """

    model: EmbeddingModel
    store: EmbeddingStore
    sample: int
    seed: int
    max_bad: float
    workers: int | None = None
    ray_address: str | None = None

    def embed(
        self, path: Path, report: Callable[[str, int, int], None] | None = None
    ) -> EmbeddedImages:
        """Return a set of images with its embeddings.

        Parameters
        ----------
        path : Path
            As `open_images` takes it.
        report : callable, optional
            Told what is done, how many images are, and of how many.

        Raises
        ------
        InputError
            If the source cannot be used, too many images are unreadable, the network cannot be run,
            or the cache cannot be used.
        MissingExtraError
            If a package is not installed.
        WorkerLostError
            If a worker was killed; what was embedded is kept.
        """
        with closing(open_images(path)) as source:
            places = sampled(len(source.entries), self.sample, self.seed).tolist()
            work = _Work(path, source, len(places), self.max_bad)
            for done, place in enumerate(places, start=1):
                work.hash(place)
                if report is not None:
                    report("hashed", done, len(places))
            fresh = self._run(work, report)
            kept = [place for place in places if place not in work.reasons]
        return EmbeddedImages(
            names=tuple(source.entries[place].name for place in kept),
            sha256=tuple(work.digests[place] for place in kept),
            labels=tuple(source.entries[place].label for place in kept),
            unreadable=work.unreadable(),
            listed=len(source.entries),
            fresh=fresh,
            store=self.store,
            dimensions=self.model.dimensions,
        )

    def _run(self, work: _Work, report: Callable[[str, int, int], None] | None) -> int:
        """Embed what the store does not have, and return how many images that were."""
        first: dict[bytes, int] = {}
        for place, digest in work.digests.items():
            first.setdefault(digest, place)
        known = self.store.known(first)
        wanted = [place for digest, place in first.items() if digest not in known]
        if not wanted:
            return 0

        def tell(chunks: int, _: int) -> None:
            if report is not None:
                report("embedded", min(chunks * CHUNK_IMAGES, len(wanted)), len(wanted))

        job = Job(embed_chunk, self._parameters(work, wanted), len(wanted), CHUNK_IMAGES, self.seed)
        run = run_job(job, workers=self.workers, ray_address=self.ray_address, report=tell)
        fresh = 0
        # Broken off, the processes end before the error is told.
        with closing(cast(Any, run)):
            for arrays in run:
                digests = [row.tobytes() for row in arrays["sha256"]]
                self.store.save(digests, arrays["embedding"])
                fresh += len(digests)
                for digest, reason in zip(arrays["bad"], arrays["reason"].tolist(), strict=True):
                    work.refuse(digest.tobytes(), reason)
        return fresh

    def _parameters(self, work: _Work, wanted: list[int]) -> dict[str, object]:
        model = self.model
        return {
            "images": str(work.path.resolve()),
            "listing": sha256_of(work.source),
            "places": wanted,
            "digests": [work.digests[place].hex() for place in wanted],
            "model": {
                "path": model.path,
                "sha256": model.sha256,
                "output": model.output,
                "dimensions": model.dimensions,
                "pretrained": model.pretrained,
            },
            "preprocessing": model.preprocessing.to_dict(),
        }


class _Work:
    """The hashes of a sample, and what of it cannot be read."""

    def __init__(self, path: Path, source: ImageSource, total: int, max_bad: float) -> None:
        self.path, self.source = path, source
        self._total, self._most_bad = total, max_bad * total
        self.digests: dict[int, bytes] = {}
        self.reasons: dict[int, str] = {}

    def hash(self, place: int) -> None:
        """Take the hash of an image's content."""
        try:
            content = self.source.read(place)
        except UnreadableError as error:
            self.reasons[place] = str(error)
            self._judge()
        else:
            self.digests[place] = hashlib.sha256(content).digest()

    def refuse(self, digest: bytes, reason: str) -> None:
        """Take every image of this content for unreadable."""
        self.reasons |= {place: reason for place, own in self.digests.items() if own == digest}
        self._judge()

    def unreadable(self) -> tuple[Unreadable, ...]:
        """Return what cannot be read, in the order of the source."""
        return tuple(
            Unreadable(printable(self.source.entries[place].name), self.reasons[place])
            for place in sorted(self.reasons)
        )

    def _judge(self) -> None:
        if len(self.reasons) <= self._most_bad:
            return
        named = [
            Finding(f"{FIELD} {shown(each.image)}", "", each.reason)
            for each in self.unreadable()[:_NAMED]
        ]
        found = f"{len(self.reasons):,} of {self._total:,} images cannot be read"
        allowed = f"at most {100 * self._most_bad / self._total:g}% may be so"
        raise InputError([Finding("max_bad", found, allowed), *named])


def embed_chunk(parameters: Mapping[str, Any], chunk: Chunk) -> Arrays:
    """Return the embeddings of a chunk of images, and why others have none.

    Parameters
    ----------
    parameters : mapping
        Of the job.
    chunk : Chunk
        Which images.

    Returns
    -------
    dict of str to ndarray
        `sha256` of shape (n, 32) and `embedding` of shape (n, d); `bad` of shape (m, 32) and
        `reason`, text of shape (m,).
    """
    source = opened(parameters["images"], parameters["listing"])
    preprocessing = preprocessing_of(parameters["preprocessing"], "preprocessing", None)
    model = EmbeddingModel(preprocessing=preprocessing, **parameters["model"])
    digests, vectors, bad = list[bytes](), list[Any](), list[tuple[bytes, str]]()
    # A batch at a time, so that memory holds the pixels of no more.
    for start in range(chunk.first, chunk.last, BATCH):
        part = slice(start, min(start + BATCH, chunk.last))
        read, pixels = list[bytes](), list[Any]()
        for place, digest in zip(
            parameters["places"][part], map(bytes.fromhex, parameters["digests"][part]), strict=True
        ):
            try:
                pixels.append(preprocessing.pixels(decoded(_content(source, place, digest))))
                read.append(digest)
            except UnreadableError as error:
                bad.append((digest, str(error)))
        found = model.embed(pixels) if pixels else np.zeros((0, model.dimensions), np.float32)
        for digest, vector in zip(read, found, strict=True):
            if np.isfinite(vector).all():
                digests.append(digest)
                vectors.append(vector)
            else:
                bad.append((digest, "the network gives no finite numbers for it"))
    return {
        "sha256": _rows(digests),
        "embedding": np.array(vectors, np.float32).reshape(len(digests), model.dimensions),
        "bad": _rows([digest for digest, _ in bad]),
        "reason": np.array([reason for _, reason in bad], dtype=np.str_),
    }


def _content(source: ImageSource, place: int, digest: bytes) -> bytes:
    content = source.read(place)
    if hashlib.sha256(content).digest() != digest:
        found = printable(source.entries[place].name)
        raise InputError.of(FIELD, found, "changed while it was read; run again")
    return content


def _rows(digests: list[bytes]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    size = hashlib.sha256().digest_size
    return np.frombuffer(b"".join(digests), np.uint8).reshape(len(digests), size)
