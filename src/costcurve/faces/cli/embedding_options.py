"""Options of the commands that embed images: which network, how many images, and where."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from costcurve.core.document import Table
from costcurve.core.errors import Finding, InputError, shown
from costcurve.evidence.registry import cache_folder
from costcurve.faces.cli.arguments import Parser
from costcurve.faces.cli.progress import Progress, read_workers
from costcurve.task.embedded import MOST_ROWS
from costcurve.task.embedding import EmbeddedImages, Embedding, Unreadable
from costcurve.task.embedding_model import EmbeddingModel, open_model
from costcurve.task.embedding_store import EmbeddingStore
from costcurve.task.model_export import (
    PAPER_MODEL,
    exported_model,
    is_model_name,
    require_trained,
)

#: Images of a set: Thompson et al. (2024), Dataset Distance.
SAMPLE = 10_000
#: Share of the images that may be unreadable; a choice of ours.
MOST_BAD = 0.05
SEED = 1
#: What only embedding takes.
OF_EMBEDDING = (
    *("model", "max_bad", "size", "resize", "mean", "std", "output", "untrained"),
    *("workers", "ray"),
)
_SHOWN_UNREADABLE = 20


def add_sampling(parser: Parser) -> None:
    """Add the size of the sample and its seed."""
    parser.value("sample", f"Images of a set, drawn at random. Default: {SAMPLE:,}.")
    parser.value("seed", f"The same seed gives the same digits. Default: {SEED}.")


def add_embedding(parser: Parser) -> None:
    """Add what says how images are embedded."""
    parser.value(
        "model",
        "An ONNX file, or torchvision:NAME, timm:NAME, transformers:NAME where that package is "
        f"installed. Default: {PAPER_MODEL}, the paper's.",
    )
    parser.value("output", "Its output that is the embedding. Default: one so named, or the first.")
    parser.value("size", "Pixels a side that it takes. Default: its own, else 224.")
    parser.value(
        "resize", "Pixels of the shorter side before the middle is cut. Default: size/.875."
    )
    parser.value("mean", "Of three channels, as fractions: .485,.456,.406. Default: its own.")
    parser.value("std", "Of the same. Default: its own, else .229,.224,.225.")
    parser.switch("untrained", "Go on where the weights of the network were never trained.")
    parser.value("max-bad", f"Share of images that may be unreadable. Default: {MOST_BAD:g}.")
    parser.value("workers", "Processes of this machine. Default: as many as it has processors.")
    parser.value("ray", "Address of a Ray cluster, in their place, whose nodes see the same paths.")


def read_sampling(arguments: Namespace, findings: list[Finding]) -> tuple[int, int]:
    """Return the size of the sample and the seed; what is wrong is added to findings."""
    return (
        _whole("sample", arguments.sample, SAMPLE, (2, MOST_ROWS), findings),
        _whole("seed", arguments.seed, SEED, (0, 2**32 - 1), findings),
    )


def embedding_of(arguments: Namespace, findings: list[Finding]) -> Embedding:
    """Return how images are to be embedded.

    Raises
    ------
    InputError
        With the findings so far, or if the network or the cache cannot be used.
    MissingExtraError
        If a package is not installed.
    """
    sample, seed = read_sampling(arguments, findings)
    workers = read_workers(arguments.workers, findings)
    if arguments.ray is not None and workers is not None:
        findings.append(Finding("workers", str(workers), "must be left out with --ray"))
    most_bad = _share(arguments.max_bad, findings)
    given = _preprocessing(arguments, findings)
    InputError.check(findings)
    name = arguments.model or PAPER_MODEL
    if is_model_name(name):
        folder = cache_folder() / "models"
        path = exported_model(name, folder, untrained=arguments.untrained)
    else:
        path = Path(name)
    model = open_model(path, given, arguments.output)
    require_trained(model, untrained=arguments.untrained)
    store = EmbeddingStore(cache_folder() / "embeddings", model.key(), model.dimensions)
    return Embedding(model, store, sample, seed, most_bad, workers, arguments.ray)


def embed_all(embedding: Embedding, paths: Sequence[Path]) -> list[EmbeddedImages]:
    """Return the embeddings of sets of images, with progress on standard error."""
    found = []
    with interrupted("embedded images are kept, the same command goes on"):
        for path in paths:
            lines: dict[str, Progress] = {}

            def tell(what: str, done: int, total: int, lines: dict[str, Progress] = lines) -> None:
                words = f"images {what}"
                line = lines.setdefault(what, Progress(words, with_rate=True))
                line.tell(done, total)

            found.append(embedding.embed(path, tell))
    return found


@contextmanager
def interrupted(kept: str) -> Iterator[None]:
    """Say in one sentence what Ctrl-C leaves."""
    try:
        yield
    except KeyboardInterrupt:
        print(f"\ncostcurve: interrupted; {kept}", file=sys.stderr)  # noqa: T201
        raise


def model_as_dict(model: EmbeddingModel) -> dict[str, Any]:
    """Return what made embeddings, as it stands in JSON."""
    return {
        "name": Path(model.path).name,
        "sha256": model.sha256,
        "output": model.output,
        "dimensions": model.dimensions,
        "pretrained": model.pretrained,
        "preprocessing": model.preprocessing.to_dict(),
    }


def unreadable_table(title: str, unreadable: Sequence[Unreadable]) -> Table:
    """Return the images that were left out, with reasons."""
    rows = [(each.image, each.reason) for each in unreadable[:_SHOWN_UNREADABLE]]
    if rest := len(unreadable) - len(rows):
        rows.append((f"{rest:,} more", "--json lists all"))
    return Table(title, ("Image", "Reason"), tuple(rows))


def _preprocessing(arguments: Namespace, findings: list[Finding]) -> dict[str, Any]:
    """Return the settings that were given; the rest are the network's own."""
    found: dict[str, Any] = {}
    for name in ("size", "resize"):
        if (text := getattr(arguments, name)) is not None:
            try:
                found[name] = int(text)
            except ValueError:
                findings.append(Finding(name, shown(text), "must be a whole number"))
    for name in ("mean", "std"):
        if (text := getattr(arguments, name)) is not None:
            found[name] = text.split(",")
    return found


def _share(text: str | None, findings: list[Finding]) -> float:
    try:
        share = MOST_BAD if text is None else float(text)
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        findings.append(Finding("max_bad", shown(text), "must be a number from 0 to 1"))
    return share


def _whole(
    name: str, text: str | None, default: int, limits: tuple[int, int], findings: list[Finding]
) -> int:
    least, most = limits
    try:
        value = default if text is None else int(text)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        allowed = f"must be a whole number of {least} to {most:,}"
        findings.append(Finding(name, shown(text), allowed))
    return value
