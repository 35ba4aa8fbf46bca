"""Images and archives of them as ways in, through `costcurve embed` and `costcurve distance`."""

from __future__ import annotations

import io
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest import mock

import numpy as np

from fuzz_asked import Reader, every, in_this_process, said

#: Pixels a side of an image.
SIDE = 40
_MAGIC = b"\x89PNG\r\n\x1a\n"
#: Formats by the ending of their files, as Pillow calls them; those that the library takes.
FORMATS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".gif": "GIF",
    ".bmp": "BMP",
    ".tif": "TIFF",
    ".webp": "WEBP",
    ".ppm": "PPM",
}


def readers() -> list[Reader]:
    """Return every way in for images."""
    alone = in_this_process(asked_image)
    packed = in_this_process(asked_archive)
    return [
        *(
            Reader(f"{kind}, image", ending, _saved(kind), alone, *_png_only(kind))
            for ending, kind in FORMATS.items()
        ),
        Reader("tar of images", ".tar", lambda: [tar(""), tar("gz"), tar("xz")], packed),
        Reader("zip of images", ".zip", lambda: [archive(False), archive(True)], packed),
        Reader("Parquet of images", ".parquet", _in_parquet, packed),
    ]


def asked_image(path: Path) -> str:
    """Embed an image beside another, and measure the distance of both to themselves."""
    (folder_of_two(path.parent) / f"1{path.suffix}").write_bytes(path.read_bytes())
    return _asked("two", path)


def asked_archive(path: Path) -> str:
    """Embed the images of an archive, and measure its distance to itself."""
    return _asked(path.name, path)


def _asked(images: str, path: Path) -> str:
    (path.parent / "network.onnx").write_bytes(network())
    given = "--model network.onnx --untrained --workers 1 --max-bad"
    embed = said(f"embed {images} {given} 0 --out out.parquet --json")
    with with_cache(path.parent):
        return every(said(f"distance {images} {images} {given} 0.5 --json"), embed)(path)


def folder_of_two(parent: Path) -> Path:
    """Return a folder with one good image, and whatever was there taken away."""
    folder = parent / "two"
    folder.mkdir(exist_ok=True)
    for each in folder.iterdir():
        each.unlink()
    (folder / "0.png").write_bytes(saved("PNG"))
    return folder


@contextmanager
def with_cache(parent: Path) -> Iterator[None]:
    """Keep embeddings below a folder, not where a user has them."""
    with mock.patch.dict(os.environ, {"COSTCURVE_CACHE": str(parent / "cache")}):
        yield


@cache
def network(description: str = "") -> bytes:
    """Return a convolution of random weights and the mean over places, as ONNX."""
    import onnx  # noqa: PLC0415 - of development only
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415

    weights = np.random.default_rng(0).standard_normal((8, 3, 5, 5)).astype(np.float32)
    floats = TensorProto.FLOAT
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["image", "weights"], ["map"], strides=[4, 4]),
            helper.make_node("GlobalAveragePool", ["map"], ["mean"]),
            helper.make_node("Flatten", ["mean"], ["embedding"]),
        ],
        "network",
        [helper.make_tensor_value_info("image", floats, ["n", 3, 32, 32])],
        [helper.make_tensor_value_info("embedding", floats, ["n", 8])],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    if description:
        helper.set_model_props(model, {"costcurve.preprocessing": description})
    return bytes(onnx.ModelProto.SerializeToString(model))


@cache
def saved(kind: str, mode: str = "RGB") -> bytes:
    """Return a random image of a format."""
    from PIL import Image  # noqa: PLC0415 - an extra

    pixels = np.random.default_rng(len(kind)).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(stream, kind)
    return stream.getvalue()


def _saved(kind: str) -> Callable[[], list[bytes]]:
    modes = ("RGB", "P", "1") if kind in {"PNG", "GIF", "BMP", "TIFF"} else ("RGB",)
    modes = ("RGB", "L", "CMYK") if kind == "JPEG" else modes
    return lambda: [saved(kind, mode) for mode in modes]


def _png_only(kind: str) -> tuple[Callable[..., object], ...]:
    return (checked_anew, huge) if kind == "PNG" else ()


def _part(name: bytes, content: bytes) -> bytes:
    checked = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + checked


def checked_anew(content: bytes) -> bytes:
    """Return a PNG whose chunks have the check sums of their contents, half of the time."""
    if not content.startswith(_MAGIC) or len(content) % 2:
        return content
    made, place = [_MAGIC], len(_MAGIC)
    while place + 12 <= len(content):
        (size,) = struct.unpack(">I", content[place : place + 4])
        name, body = content[place + 4 : place + 8], content[place + 8 : place + 8 + size]
        made.append(_part(name, body))
        place += 12 + size
    return b"".join(made)


def huge() -> list[bytes]:
    """Return PNG files that claim to be huge, and one that is: 400 megapixels in 50 kilobytes."""
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + 20_000 // 8)) for _ in range(20_000))
    content = {
        (20_000, 20_000): rows + packer.flush(),
        (2**31 - 1, 2**31 - 1): zlib.compress(bytes(100)),
        (2**31 - 1, 1): zlib.compress(bytes(100)),
        (0, 0): zlib.compress(b""),
    }
    return [
        _MAGIC
        + _part(b"IHDR", struct.pack(">IIBBBBB", *sides, 1, 0, 0, 0, 0))
        + _part(b"IDAT", packed)
        + _part(b"IEND", b"")
        for sides, packed in content.items()
    ]


def _members() -> dict[str, bytes]:
    return {f"{kind.lower()}/{number}{ending}": saved(kind)
            for number, (ending, kind) in enumerate(FORMATS.items())}  # fmt: skip


def tar(packing: str) -> bytes:
    """Return a tar archive of an image of each format."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=f"w:{packing}") as written:
        for name, content in _members().items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            written.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def archive(packed: bool) -> bytes:
    """Return a zip archive of the same."""
    stream = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(stream, "w", method) as written:
        for name, content in _members().items():
            written.writestr(name, content)
    return stream.getvalue()


def _in_parquet() -> list[bytes]:
    import pyarrow as pa  # noqa: PLC0415 - an extra
    import pyarrow.parquet as pq  # noqa: PLC0415

    contents = list(_members().values())
    tables = (
        pa.table({"image": [{"bytes": each, "path": ""} for each in contents]}),
        pa.table({"image": contents, "label": [str(n % 2) for n in range(len(contents))]}),
    )
    made = []
    for table in tables:
        stream = io.BytesIO()
        pq.write_table(table, stream, row_group_size=3)
        made.append(stream.getvalue())
    return made
