"""Images out of the wild: decoded as RGB, or refused with a reason."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from costcurve.core.errors import MissingExtraError, printable
from costcurve.task.images import UnreadableError

#: Formats that are decoded. Pillow knows more, some of which run other programs.
FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
#: Most pixels of an image: Pillow's own limit, a quarter of a gigabyte of RGB.
MOST_PIXELS = 89_478_485
_SHOWN_CHARACTERS = 80
#: Modes of one number of 16 bits a pixel, and how many of its values make one of 8 bits.
_SIXTEEN_BITS, _TIMES = frozenset({"I;16", "I;16L", "I;16B", "I;16N", "I"}), 256


def decoded(content: bytes) -> Any:
    """Return an image as Pillow has it, in RGB and turned as its EXIF data say.

    Of an animation it is the first frame; 16 bits become 8, and CMYK, palettes and grey become RGB.
    Alpha is dropped, as torchvision's ImageFolder does, whose images the networks were trained on.

    Parameters
    ----------
    content : bytes
        A file.

    Raises
    ------
    UnreadableError
        If it is no whole image of a known format, or has more than `MOST_PIXELS`.
    MissingExtraError
        If Pillow is not installed.
    """
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtraError("decoding images", "embed") from None
    if not content:
        raise UnreadableError("is empty (0 bytes)")
    try:
        with _whole_images_only(), warnings.catch_warnings():
            # Of doubtful metadata, which are not used, and of sizes, which are judged here.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    raise UnreadableError(_too_many(f"{width:,} x {height:,} pixels"))
                image.load()
                return _in_rgb(ImageOps.exif_transpose(image))
    except UnreadableError:
        raise
    except UnidentifiedImageError:
        raise UnreadableError("is no image of a known format") from None
    except Image.DecompressionBombError:
        raise UnreadableError(_too_many("a decompression bomb")) from None
    except Exception as error:  # a damaged file fails in every way that a decoder can
        words = printable(str(error))[:_SHOWN_CHARACTERS] or type(error).__name__
        raise UnreadableError(f"is damaged: {words}") from None


@contextmanager
def _whole_images_only() -> Iterator[None]:
    """Let no image pass that ends too soon, whatever other libraries of the process have set."""
    from PIL import ImageFile  # noqa: PLC0415 - an extra

    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _too_many(found: str) -> str:
    return f"{found}: more than the {MOST_PIXELS:,} pixels that are decoded"


def _in_rgb(image: Any) -> Any:
    if image.mode in _SIXTEEN_BITS:
        import numpy as np  # noqa: PLC0415
        from PIL import Image  # noqa: PLC0415

        values = np.asarray(image).astype(np.int64) // _TIMES
        image = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    elif image.mode == "F":
        raise UnreadableError("has numbers with fractions, which have no usual range")
    return image.convert("RGB")
