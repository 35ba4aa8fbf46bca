"""`costcurve distance`: how far two sets of images are from each other."""

from __future__ import annotations

from argparse import Namespace
from contextlib import closing
from pathlib import Path
from typing import Any

from costcurve.core.document import Document, Paragraph, Table
from costcurve.core.errors import Finding, InputError
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.embedding_options import (
    IMAGES,
    add_embedding,
    add_sampling,
    embed_all,
    embedding_of,
    given_of_embedding,
    model_as_dict,
    read_sampling,
    unreadable_table,
)
from costcurve.faces.cli.output import print_document, print_json
from costcurve.faces.cli.progress import Progress, interrupted
from costcurve.task.dataset_distance import MEASURES, Distances, dataset_distance
from costcurve.task.embedded import EmbeddedSet, read_embeddings
from costcurve.task.embedding import EmbeddedImages
from costcurve.task.embedding_file import check_same_network
from costcurve.task.set_summary import Kept

#: Classes shown on the page, the most frequent first.
_SHOWN_CLASSES = 10
_LABELS = {
    "wasserstein_of_means": "Wasserstein of means",
    "l2_of_means": "Euclidean of means",
    "frechet": "Frechet, squared",
    "sliced_wasserstein": "Sliced Wasserstein",
}


def _parser() -> Parser:
    parser = Parser(
        "distance",
        "Measure how far two sets of images are from each other, as a network sees them. The first "
        "number is the paper's: the Wasserstein distance of the values of both averaged embeddings "
        "of a sample.",
    )
    parser.add_argument("a", metavar="A", type=Path, nargs="?", help=IMAGES)
    parser.add_argument("b", metavar="B", type=Path, nargs="?", help="The other set, likewise.")
    text = "Ready embeddings in place of images: .npy of shape (n, d), or Parquet as embed writes."
    parser.add_argument("--embeddings", metavar=("A", "B"), type=Path, nargs=2, help=text)
    add_sampling(parser)
    add_embedding(parser)
    parser.switch("json", "Print distances and standard errors as JSON.")
    return parser


def distance(arguments: Namespace) -> None:
    """Measure how far two sets of images are from each other."""
    findings: list[Finding] = []
    _check_given(arguments, findings)
    if arguments.embeddings is not None:
        sample, seed = read_sampling(arguments, findings)
        InputError.check(findings)
        one, other = arguments.embeddings
        check_same_network((one, other))
        sets = read_embeddings(one, sample, seed), read_embeddings(other, sample, seed)
        given: dict[str, Any] = {"sample": sample, "seed": seed, "model": None}
        _print(_measured(sets, seed, None), given, [], is_json=arguments.json)
        return
    embedding = embedding_of(arguments, findings)
    with closing(embedding.store):
        images = embed_all(embedding, [arguments.a, arguments.b])
        sets = images[0].as_set(), images[1].as_set()
        found = _measured(sets, embedding.seed, embedding.store)
    made = model_as_dict(embedding.model)
    given = {"sample": embedding.sample, "seed": embedding.seed, "model": made}
    _print(found, given, images, is_json=arguments.json)


def _print(
    found: Distances, given: dict[str, Any], images: list[EmbeddedImages], *, is_json: bool
) -> None:
    data = _answer(found, given, images)
    if is_json:
        print_json(data)
    else:
        print_document(_page(found, data, images))


def _check_given(arguments: Namespace, findings: list[Finding]) -> None:
    if arguments.embeddings is None:
        if arguments.b is None:
            findings.append(
                Finding("distance", "", "two sets are needed: A B, or --embeddings A B")
            )
        return
    if arguments.a is not None:
        findings.append(Finding("embeddings", "", "must stand alone, without sets of images"))
    findings.extend(
        Finding(name, "", "must be left out with --embeddings, which are ready")
        for name in given_of_embedding(arguments)
    )


def _measured(sets: tuple[EmbeddedSet, EmbeddedSet], seed: int, kept: Kept | None) -> Distances:
    with interrupted("the same command starts again with the embeddings it has"):
        report = Progress("rows read").tell
        return dataset_distance(*sets, seed=seed, kept=kept, report=report)


def _answer(
    found: Distances, given: dict[str, Any], images: list[EmbeddedImages]
) -> dict[str, Any]:
    unreadable = {
        name: [each.to_dict() for each in of.unreadable]
        for name, of in zip("ab", images, strict=False)
    }
    return {
        **found.to_dict(),
        **given,
        "unreadable": unreadable,
        "meaning": _meaning(found),
        "cautions": _cautions(found, given["model"]),
    }


def _meaning(found: Distances) -> str:
    """Return what the paper's number means and what it was compared with, as a sentence."""
    value, error = (each["wasserstein_of_means"] for each in (found.values, found.se))
    words = (
        f"The averaged embeddings of {found.n_a:,} and {found.n_b:,} images differ by {value:.4g} "
        f"(standard error {error:.2g}) in the sorted values of their {found.dimensions:,} "
        "coordinates; 0 is no difference, and there is no largest. Such numbers compare only with "
        "those of the same network and preprocessing."
    )
    if not found.by_chance:
        return words
    chance = found.by_chance["wasserstein_of_means"]
    times = f"{value / chance:.3g} times" if chance else "no multiple of"
    return (
        f"{words} It is {times} the {chance:.4g} by which two random halves of A differ, each half "
        "as large: what chance alone gives at that size."
    )


def _cautions(found: Distances, model: dict[str, Any] | None) -> list[str]:
    said = []
    if model is not None and model["pretrained"] is False:
        said.append("The network was never trained: its distances say little about the images.")
    if min(found.n_a, found.n_b) <= found.dimensions:
        said.append(
            "A set has no more images than the embedding has dimensions: the Frechet distance is "
            "too large, and its standard error too small."
        )
    if found.by_chance and found.values["frechet"] <= found.by_chance["frechet"]:
        said.append(
            "The sets are as near as chance has them: the standard error of the Frechet distance, "
            "which is of first order, is too small there."
        )
    return said


def _page(found: Distances, data: dict[str, Any], images: list[EmbeddedImages]) -> Document:
    rows = tuple(
        (
            _LABELS[name],
            f"{found.values[name]:.5g}",
            f"({found.se[name]:.2g})",
            f"{found.by_chance[name]:.4g}" if found.by_chance else "",
        )
        for name in MEASURES
    )
    header = ("", "Distance", "Standard error", "Two halves of A")
    blocks: list[Paragraph | Table] = [
        Paragraph(data["meaning"], "lead"),
        Table("Distances", header, rows, (1, 2, 3)),
        *(Paragraph(words) for words in data["cautions"]),
    ]
    if found.classes:
        blocks.append(_classes(found))
    blocks.extend(
        unreadable_table(f"Left out of {name}", each.unreadable)
        for name, each in zip("AB", images, strict=False)
        if each.unreadable
    )
    return Document("Dataset distance", tuple(blocks))


def _classes(found: Distances) -> Table:
    rows = [
        (
            each.label,
            f"{each.n_a:,}",
            f"{each.n_b:,}",
            f"{each.wasserstein_of_means:.4g}",
            f"{each.l2_of_means:.4g}",
            f"{each.sliced_wasserstein:.4g}",
        )
        for each in found.classes[:_SHOWN_CLASSES]
    ]
    if rest := len(found.classes) - len(rows):
        rows.append((f"{rest:,} more", "", "", "", "", "--json lists all"))
    header = ("Class", "In A", "In B", "Wasserstein", "Euclidean", "Sliced")
    return Table("Classes that both sets have", header, tuple(rows), (1, 2, 3, 4, 5))


COMMAND = Command(_parser, distance)
