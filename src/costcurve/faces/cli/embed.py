"""`costcurve embed`: images as numbers, each embedded once."""

from __future__ import annotations

from argparse import Namespace
from contextlib import closing
from pathlib import Path

from costcurve.core.document import Document, Paragraph, Table
from costcurve.core.errors import Finding
from costcurve.core.files import is_same_file
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.embedding_options import (
    IMAGES,
    KEPT,
    add_embedding,
    add_sampling,
    embed_all,
    embedding_of,
    model_as_dict,
    unreadable_table,
)
from costcurve.faces.cli.output import print_document, print_json
from costcurve.faces.cli.progress import interrupted
from costcurve.task.embedding import EmbeddedImages
from costcurve.task.embedding_file import write_embeddings
from costcurve.task.embedding_model import EmbeddingModel


def _parser() -> Parser:
    parser = Parser(
        "embed",
        "Embed images by a network, each once, and write the embeddings as Parquet. What is "
        "embedded is kept by the images' content, so that a run that was broken off goes on.",
    )
    parser.add_argument("images", metavar="IMAGES", type=Path, help=IMAGES)
    parser.value("out", "The file to write: image, label, sha256, embedding.", path=True)
    add_sampling(parser)
    add_embedding(parser)
    parser.switch("json", "Print what was done as JSON.")
    return parser


def embed(arguments: Namespace) -> None:
    """Embed images by a network."""
    findings: list[Finding] = []
    if arguments.out is None:
        findings.append(Finding("out", "", "is missing; give the file to write"))
    elif arguments.out.suffix.lower() != ".parquet":
        findings.append(Finding("out", str(arguments.out), "must end in .parquet"))
    elif is_same_file(arguments.out, arguments.images):
        findings.append(Finding("out", str(arguments.out), "must be another file than the images"))
    embedding = embedding_of(arguments, findings)
    with closing(embedding.store):
        (found,) = embed_all(embedding, [arguments.images])
        with interrupted(KEPT):
            write_embeddings(arguments.out, found, embedding.model)
    if arguments.json:
        print_json(
            {
                "embedded": len(found.names),
                "fresh": found.fresh,
                "listed": found.listed,
                "unreadable": [each.to_dict() for each in found.unreadable],
                "model": model_as_dict(embedding.model),
            }
        )
    else:
        print_document(_page(found, embedding.model, arguments.out))


def _page(found: EmbeddedImages, model: EmbeddingModel, out: Path) -> Document:
    lead = f"{len(found.names):,} images in {out.name}, {model.dimensions:,} numbers each."
    words = (
        f"Of {found.listed:,} images listed, {len(found.names) + len(found.unreadable):,} were "
        f"taken, {found.fresh:,} embedded now and {len(found.unreadable):,} left out as unreadable."
    )
    blocks: list[Paragraph | Table] = [Paragraph(lead, "lead"), Paragraph(words)]
    if found.unreadable:
        blocks.append(unreadable_table("Left out", found.unreadable))
    return Document("Embedded images", tuple(blocks))


COMMAND = Command(_parser, embed)
