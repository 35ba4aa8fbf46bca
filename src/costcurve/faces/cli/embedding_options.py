"""Options of the commands that embed images: which network, how many images, and where."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from costcurve.core.document import Table
from costcurve.core.errors import Finding, InputError, shown
from costcurve.evidence.registry import cache_folder
from costcurve.faces.cli.arguments import Parser
from costcurve.faces.cli.numbers import read_number, read_whole, read_workers_or_ray
from costcurve.faces.cli.progress import Progress, interrupted
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
#: What Ctrl-C leaves of images.
KEPT = "embedded images are kept, the same command goes on"
#: What a set of images may be, for the help of its argument.
IMAGES = "A folder with all below it, a zip or tar archive, or Parquet with image bytes."
#: What only embedding takes, with its help.
_OPTIONS = {
    "model": (
        "An ONNX file, or torchvision:NAME, timm:NAME, transformers:NAME where that package is "
        f"installed. Default: {PAPER_MODEL}, the paper's."
    ),
    "output": "Its output that is the embedding. Default: one so named, or the first.",
    "size": "Pixels a side that it takes. Default: its own, else 224.",
    "resize": "Pixels of the shorter side before the middle is cut. Default: size/.875.",
    "mean": "Of three channels, as fractions: .485,.456,.406. Default: its own.",
    "std": "Of the same. Default: its own, else .229,.224,.225.",
    "untrained": "Go on where the weights of the network were never trained.",
    "max-bad": f"Share of images that may be unreadable. Default: {MOST_BAD:g}.",
    "workers": "Processes of this machine. Default: as many as it has processors.",
    "ray": "Address of a Ray cluster, in their place, whose nodes see the same paths.",
}
_SWITCHES = frozenset({"untrained"})
_SHOWN_UNREADABLE = 20


def add_sampling(parser: Parser) -> None:
    """Add the size of the sample and its seed."""
    parser.value("sample", f"Images of a set, drawn at random. Default: {SAMPLE:,}.")
    parser.value("seed", f"The same seed gives the same digits. Default: {SEED}.")


def add_embedding(parser: Parser) -> None:
    """Add what says how images are embedded."""
    for name, text in _OPTIONS.items():
        (parser.switch if name in _SWITCHES else parser.value)(name, text)


def given_of_embedding(arguments: Namespace) -> list[str]:
    """Return what was given of that."""
    names = [name.replace("-", "_") for name in _OPTIONS]
    return [name for name in names if getattr(arguments, name)]


def read_sampling(arguments: Namespace, findings: list[Finding]) -> tuple[int, int]:
    """Return the size of the sample and the seed; what is wrong is added to findings."""
    sample = read_whole("sample", arguments.sample, (2, MOST_ROWS), findings)
    seed = read_whole("seed", arguments.seed, (0, 2**32 - 1), findings)
    return SAMPLE if sample is None else sample, SEED if seed is None else seed


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
    workers = read_workers_or_ray(arguments, findings)
    most_bad = read_number("max_bad", arguments.max_bad, (0.0, 1.0), findings)
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
    share = MOST_BAD if most_bad is None else most_bad
    return Embedding(model, store, sample, seed, share, workers, arguments.ray)


def embed_all(embedding: Embedding, paths: Sequence[Path]) -> list[EmbeddedImages]:
    """Return the embeddings of sets of images, with progress on standard error."""
    found = []
    with interrupted(KEPT):
        for path in paths:
            lines: dict[str, Progress] = {}

            def tell(what: str, done: int, total: int, lines: dict[str, Progress] = lines) -> None:
                words = f"images {what}"
                line = lines.setdefault(what, Progress(words, with_rate=True))
                line.tell(done, total)

            found.append(embedding.embed(path, tell))
    return found


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
