"""What is done to an image before a network sees it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costcurve.core.errors import Finding, InputError, nearest, shown

#: Mean and standard deviation of ImageNet's channels, as fractions: what torchvision's own networks
#: are trained with. From memory.
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
#: Pixels a side where neither network nor user says, and the share of the resized side that is
#: kept: torchvision's evaluation of ImageNet (224 of 256, 299 of 342). From memory.
USUAL_SIZE, USUAL_SHARE = 224, 0.875
#: Largest side of an input: 12 MB of numbers.
MOST_PIXELS_A_SIDE = 1024
#: Largest number of a mean or a deviation, and least deviation; a choice of ours that keeps what a
#: network is given within float32.
LARGEST_CHANNEL, LEAST_STD = 1000.0, 1e-3
INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos")


@dataclass(frozen=True)
class Preprocessing:
    """How an image becomes numbers.

    Attributes
    ----------
    size : int
        Pixels a side of the square that is cut out of the middle.
    resize : int
        Pixels that the shorter side of the image is brought to before, at least `size`.
    mean, std : tuple of float
        Of each channel, as fractions of full intensity: (x - mean) / std; std above 0.
    interpolation : str
        Out of `INTERPOLATIONS`; all but the nearest smooth before they shrink.
    """

    size: int = USUAL_SIZE
    resize: int = math.ceil(USUAL_SIZE / USUAL_SHARE)
    mean: tuple[float, ...] = IMAGENET_MEAN
    std: tuple[float, ...] = IMAGENET_STD
    interpolation: str = "bilinear"

    def to_dict(self) -> dict[str, Any]:
        """Return it as it stands in JSON."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}

    def pixels(self, image: Any) -> NDArray[np.float32]:
        """Return an image of Pillow's as numbers of shape (size, size, 3).

        Shrinking and cutting are one step, so that a strip of a million pixels takes no more memory
        than any other image; at the edges of the cut, digits differ a little from torchvision's.
        """
        from PIL import Image  # noqa: PLC0415 - an extra

        side = min(image.size) * self.size / self.resize
        left, top = ((length - side) / 2.0 for length in image.size)
        method = Image.Resampling[self.interpolation.upper()]
        cut = image.resize((self.size, self.size), method, (left, top, left + side, top + side))
        scaled = np.asarray(cut, dtype=np.float32) / np.float32(255.0)
        return np.asarray(
            (scaled - np.asarray(self.mean, np.float32)) / np.asarray(self.std, np.float32)
        )


def preprocessing_of(given: Mapping[str, Any], field: str, size: int | None) -> Preprocessing:
    """Return the preprocessing that a description asks for; what it leaves out is as usual.

    Parameters
    ----------
    given : mapping
        Values by the names of `Preprocessing`.
    field : str
        What gave them, for errors.
    size : int, optional
        Of the network's input, where it is fixed.

    Raises
    ------
    InputError
        Naming every value that cannot be.
    """
    findings: list[Finding] = []
    known = Preprocessing.__dataclass_fields__
    findings.extend(
        Finding(field, shown(name), f"no such setting{nearest(name, known)}")
        for name in given
        if name not in known
    )
    side = _whole(given, "size", size or USUAL_SIZE, 1, field, findings)
    if size is not None and side != size:
        findings.append(Finding(f"{field} size", shown(side), f"the network takes {size}"))
    usual = math.ceil(side / USUAL_SHARE)
    resize = _whole(given, "resize", usual, side, field, findings)
    mean = _channels(given, "mean", IMAGENET_MEAN, field, findings)
    std = _channels(given, "std", IMAGENET_STD, field, findings)
    if min(std) < LEAST_STD:
        findings.append(
            Finding(f"{field} std", shown(list(std)), f"must be at least {LEAST_STD:g}")
        )
    interpolation = given.get("interpolation", "bilinear")
    if interpolation not in INTERPOLATIONS:
        allowed = f"must be one of: {', '.join(INTERPOLATIONS)}"
        findings.append(Finding(f"{field} interpolation", shown(interpolation), allowed))
    InputError.check(findings)
    return Preprocessing(side, resize, mean, std, interpolation)


def described(text: str, field: str) -> dict[str, Any]:
    """Return the description in a JSON text; raises InputError if it is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InputError([Finding(field, "", "must be a JSON object of the preprocessing")])
    return found


def _whole(  # noqa: PLR0913, PLR0917 - where it stands, what it may be, and what was wrong
    given: Mapping[str, Any], name: str, usual: int, least: int, field: str, findings: list[Finding]
) -> int:
    value = given.get(name, usual)
    if type(value) is int and least <= value <= MOST_PIXELS_A_SIDE:  # true is an int, too
        return value
    allowed = f"must be a whole number of {least} to {MOST_PIXELS_A_SIDE:,}"
    findings.append(Finding(f"{field} {name}", shown(value), allowed))
    return usual


def _channels(
    given: Mapping[str, Any],
    name: str,
    usual: tuple[float, ...],
    field: str,
    findings: list[Finding],
) -> tuple[float, ...]:
    value = given.get(name, list(usual))
    try:
        # A text would be taken for its letters, a digit each.
        numbers = () if isinstance(value, str) else tuple(float(each) for each in value)
    except (TypeError, ValueError, OverflowError):
        numbers = ()
    if len(numbers) == len(usual) and all(abs(each) <= LARGEST_CHANNEL for each in numbers):
        return numbers
    allowed = f"must be three numbers of at most {LARGEST_CHANNEL:g}"
    findings.append(Finding(f"{field} {name}", shown(value), allowed))
    return usual
