"""Files of numbers as ways in: NPZ, NPY, Parquet, ONNX."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from fuzz_asked import Reader, in_this_process, said, texts
from fuzz_images import folder_of_two, network, with_cache

#: Rows and columns of embeddings.
ROWS, COLUMNS = 12, 3
#: What stands beside a network, and in its metadata.
PREPROCESSING = (
    '{"size": 32, "resize": 36, "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25], '
    '"interpolation": "bicubic", "pretrained": true}'
)


def readers() -> list[Reader]:
    """Return every way in for numbers."""
    pairs = said("distance --embeddings FILE FILE --sample 8 --json")
    curve = said("curve FILE --json")
    labels = texts("u,v,y\n" + "1,2,a\n2,3,b\n" * 8)
    return [
        Reader("CSV, pilot data", ".csv", labels, labelled),
        Reader("NPZ, pilot data", ".npz", arrays, labelled),
        Reader("Parquet, pilot data", ".parquet", _labelled_parquet, labelled),
        Reader("Parquet, curve", ".parquet", parquet, curve),
        Reader("NPY, embeddings", ".npy", _embeddings, pairs, odd=_odd_embeddings),
        Reader("Parquet, embeddings", ".parquet", _embeddings_parquet, pairs),
        Reader("ONNX, network", ".onnx", networks, in_this_process(asked_network)),
        Reader("JSON, preprocessing", ".json", texts(PREPROCESSING), in_this_process(described)),
    ]


def asked_network(path: Path) -> str:
    """Embed two images by the network of a file."""
    folder_of_two(path.parent)
    words = f"embed two --model {path.name} --untrained --out out.parquet --workers 1 --max-bad 1"
    with with_cache(path.parent):
        return said(words)(path)


def described(path: Path) -> str:
    """Embed two images by a network with a description beside it."""
    path.with_suffix(".onnx").write_bytes(network())
    folder_of_two(path.parent)
    words = f"embed two --model {path.stem}.onnx --out out.parquet --workers 1 --untrained"
    with with_cache(path.parent):
        return said(words)(path)


def labelled(path: Path) -> str:
    """Read labelled examples as `costcurve pilot` does, which would go on to train."""
    from costcurve.core.errors import InputError  # noqa: PLC0415
    from costcurve.evidence.labelled import read_labelled  # noqa: PLC0415

    try:
        read_labelled(path, "y")
    except InputError:
        return "refused"
    return ""


def networks() -> list[bytes]:
    """Return a network without and with a description in it."""
    return [network(), network(PREPROCESSING)]


def parquet() -> list[bytes]:
    """Return a learning curve as Parquet, plain and compressed."""
    columns = {"x": [100, 200, 400, 800], "error": [0.4, 0.3, 0.23, 0.18]}
    return [_parquet_of(columns, compression) for compression in ("none", "snappy")]


def _parquet_of(columns: dict[str, object], compression: str = "none") -> bytes:
    import pyarrow as pa  # noqa: PLC0415 - an extra
    import pyarrow.parquet as pq  # noqa: PLC0415

    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream, compression=compression)
    return stream.getvalue()


def _labelled_parquet() -> list[bytes]:
    columns = {"u": [float(n) for n in range(16)], "v": [1.0, 2.0] * 8, "y": ["a", "b"] * 8}
    return [_parquet_of(columns)]


def _embeddings_parquet() -> list[bytes]:
    rows = np.arange(float(ROWS * COLUMNS)).reshape(ROWS, COLUMNS).tolist()
    labels = ["a", "b", ""] * (ROWS // 3)
    return [_parquet_of({"embedding": rows, "label": labels}), _parquet_of({"embedding": rows})]


def arrays() -> list[bytes]:
    """Return labelled examples as NPZ, plain and compressed."""
    features, labels = np.arange(40.0).reshape(20, 2), np.arange(20) % 2
    made = []
    for save in (np.savez, np.savez_compressed):
        stream = io.BytesIO()
        save(stream, X=features, y=labels)
        made.append(stream.getvalue())
    return made


def _npy(rows: object, *, pickled: bool = False) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.asarray(rows), allow_pickle=pickled)
    return stream.getvalue()


def _embeddings() -> list[bytes]:
    rows = np.random.default_rng(0).standard_normal((ROWS, COLUMNS))
    return [_npy(rows), _npy(rows.astype(np.float32)), _npy(np.asfortranarray(rows))]


def _odd_embeddings() -> list[bytes]:
    """Return a pickle, which must never be opened, and an array that claims to be huge."""
    rows = np.zeros((ROWS, COLUMNS))
    claims = _npy(rows).replace(b"(12, 3), ", b"(9999999999, 3), ", 1)
    return [_npy(np.array([[print, {}]], dtype=object), pickled=True), claims]
