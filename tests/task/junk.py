"""A folder of everything that goes by the name of an image."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

#: Why each is refused, by the beginning of the reason.
REFUSED = {
    "bomb.png": "a decompression bomb: more than the 89,478,485 pixels that are decoded",
    "empty.png": "is empty (0 bytes)",
    "loop.png": "",  # the words are the system's
    "nowhere.jpg": "cannot be read: No such file or directory",
    "outside.png": "is a link that leads out of the folder",
    "pipe.png": "is no ordinary file",
    "text.png": "is no image of a known format",
    "truncated.jpg": "is damaged: ",
}
READ = (
    "16-bit.png",
    "alpha.png",
    "animated.gif",
    "below/deeper/grey.jpg",
    "below/deeper/inside.png",
    "cmyk.jpg",
    "exif.jpg",
    "palette.png",
    "strip.png",
)


def bytes_of(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def bomb() -> bytes:
    """Return a PNG of 50,000 x 50,000 pixels in three hundred kilobytes."""

    def part(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content))
            + name
            + content
            + struct.pack(">I", zlib.crc32(name + content))
        )

    packer = zlib.compressobj(9)
    row = bytes(1 + 50_000 // 8)
    content = b"".join(packer.compress(row) for _ in range(50_000)) + packer.flush()
    header = struct.pack(">IIBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0)
    magic = b"\x89PNG\r\n\x1a\n"
    return magic + part(b"IHDR", header) + part(b"IDAT", content) + part(b"IEND", b"")


def turned() -> tuple[Image.Image, bytes]:
    """Return a picture, and a JPEG of it that lies on its side and says so."""
    pixels = np.zeros((48, 32, 3), np.uint8)
    pixels[:16] = (250, 10, 10)
    upright = Image.fromarray(pixels)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right
    aside = upright.transpose(Image.Transpose.ROTATE_90)
    return upright, bytes_of(aside, "JPEG", exif=exif, quality=95)


def write_junk(parent: Path) -> Path:
    """Write the folder, with a file outside that a link leads to."""
    random = np.random.default_rng(0)
    picture = Image.fromarray(random.integers(0, 256, (40, 40, 3), dtype=np.uint8))
    folder = parent / "junk"
    (folder / "below" / "deeper").mkdir(parents=True)
    files = {
        "16-bit.png": bytes_of(Image.fromarray(np.full((40, 40), 40_000, np.uint16)), "PNG"),
        "alpha.png": bytes_of(picture.convert("RGBA"), "PNG"),
        "animated.gif": bytes_of(
            Image.new("RGB", (40, 40), (255, 0, 0)),
            "GIF",
            save_all=True,
            append_images=[Image.new("RGB", (40, 40), (0, 0, 255))],
        ),
        "below/deeper/grey.jpg": bytes_of(picture.convert("L"), "JPEG"),
        "cmyk.jpg": bytes_of(picture.convert("CMYK"), "JPEG"),
        "exif.jpg": turned()[1],
        "palette.png": bytes_of(picture.convert("P"), "PNG", transparency=0),
        "strip.png": bytes_of(Image.new("L", (1, 60_000)), "PNG"),
        "bomb.png": bomb(),
        "empty.png": b"",
        "text.png": b"this is no picture\n" * 9,
        "truncated.jpg": bytes_of(picture, "JPEG")[:700],
        "notes.txt": b"passed over",
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (parent / "secret.png").write_bytes(bytes_of(picture, "PNG"))
    (folder / "below/deeper/inside.png").symlink_to(folder / "alpha.png")
    (folder / "outside.png").symlink_to(parent / "secret.png")
    (folder / "nowhere.jpg").symlink_to(folder / "gone.jpg")
    (folder / "loop.png").symlink_to(folder / "loop.png")
    (folder / "below" / "up").symlink_to(folder, target_is_directory=True)
    (folder / "round.png").symlink_to(folder, target_is_directory=True)
    os.mkfifo(folder / "pipe.png")
    return folder
