"""Embeddings of a set of images as a Parquet file, which says what made them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from costcurve.core.errors import InputError, printable
from costcurve.core.files import written_whole
from costcurve.task.embedded import EMBEDDING, LABEL, parquet_module, unreadable
from costcurve.task.embedding import EmbeddedImages
from costcurve.task.embedding_model import EmbeddingModel

#: The entry of the file's metadata that says which network and preprocessing made it, as JSON.
METADATA = b"costcurve.embedding"


def write_embeddings(path: Path, found: EmbeddedImages, model: EmbeddingModel) -> None:
    """Write a file with the columns image, label, sha256 (of the image) and embedding.

    Raises
    ------
    InputError
        If it cannot be written.
    MissingExtraError
        If pyarrow is not installed.
    """
    pyarrow = parquet_module()
    made = {
        "sha256": model.sha256,
        "output": model.output,
        "preprocessing": model.preprocessing.to_dict(),
    }
    of_embeddings = pyarrow.list_(pyarrow.float32(), model.dimensions)
    text = pyarrow.string()
    schema = pyarrow.schema(
        [("image", text), (LABEL, text), ("sha256", text), (EMBEDDING, of_embeddings)],
        metadata={METADATA: json.dumps(made, sort_keys=True).encode()},
    )
    start = 0
    with (
        written_whole(path, "out") as stream,
        pyarrow.parquet.ParquetWriter(stream, schema) as writer,
    ):
        for rows in found.store.blocks(found.sha256):
            part = slice(start, start + len(rows))
            columns = [
                pyarrow.array([printable(name) for name in found.names[part]], text),
                pyarrow.array([printable(label) or None for label in found.labels[part]], text),
                pyarrow.array([digest.hex() for digest in found.sha256[part]], text),
                pyarrow.FixedSizeListArray.from_arrays(
                    pyarrow.array(rows.astype(np.float32).ravel()), model.dimensions
                ),
            ]
            writer.write_batch(pyarrow.record_batch(columns, schema=schema))
            start += len(rows)


def check_same_network(paths: tuple[Path, Path]) -> None:
    """Raise InputError where two files say that different networks, or settings, made them."""
    made = [_made_by(path) for path in paths]
    if None not in made and made[0] != made[1]:
        allowed = "must be made by the same network and preprocessing as those it is compared with"
        raise InputError.of("embeddings", paths[1], allowed)


def _made_by(path: Path) -> bytes | None:
    if path.suffix.lower() != ".parquet":
        return None
    pyarrow = parquet_module()
    try:
        metadata: dict[bytes, bytes] = pyarrow.parquet.read_schema(path).metadata or {}
    except (OSError, ValueError, pyarrow.ArrowException) as error:
        raise unreadable(path, error) from None
    return metadata.get(METADATA)
