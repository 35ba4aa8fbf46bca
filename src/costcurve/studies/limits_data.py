"""The public data that stand in for the paper's own, which were withdrawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from costcurve.core.errors import InputError
from costcurve.core.quantities import FloatArray
from costcurve.evidence.observations import imagenet, paper_of
from costcurve.evidence.timm import architecture_of, extra_data_of, imagenet_errors, weights_of

#: FLOP of a pass of AlexNet, to which the paper's computation is relative: 0.72e9 multiply-adds,
#: Howard et al. (2017), arXiv:1704.04861, Table 9.
ALEXNET_LOG10_FLOP = float(np.log10(2 * 0.72e9))
#: The paper's first version is of July 2020.
PAPER_YEAR = 2020.55
FLOP, BURDEN = "flop_per_pass", "hardware_burden_gflop"


@dataclass(frozen=True)
class Models:
    """Models of ImageNet: what a fit needs.

    Attributes
    ----------
    name : str
        Whose they are, for a reader.
    log10_compute, error : ndarray of shape (n,)
        FLOP of a pass or GFLOP of the hardware, and top-1 error as a fraction.
    year : ndarray of shape (n,), optional
        Dates.
    model, paper : tuple of str
        Their names, and what they were published with.
    """

    name: str
    log10_compute: FloatArray
    error: FloatArray
    year: FloatArray | None
    model: tuple[str, ...]
    paper: tuple[str, ...]

    def chosen(self, mask: np.ndarray, name: str) -> Models:
        """Return some of them, under another name."""
        places = np.flatnonzero(mask).tolist()
        return Models(
            name,
            self.log10_compute[mask],
            self.error[mask],
            None if self.year is None else self.year[mask],
            tuple(self.model[place] for place in places),
            tuple(self.paper[place] for place in places),
        )


@cache
def papers(compute: str = FLOP, until: float | None = None) -> Models:
    """Return the models typed from papers that say their compute.

    Parameters
    ----------
    compute : str
        `FLOP` or `BURDEN`.
    until : float, optional
        Only those published before; a year with decimals.
    """
    rows = imagenet()
    x = rows.hardware_burden_gflop if compute == BURDEN else rows.flop_per_pass
    known = x > 0
    if until is not None:
        known &= rows.year < until
    span = f"{int(rows.year[known].min())}-{int(rows.year[known].max())}"
    places = np.flatnonzero(known).tolist()
    names, sources = rows.text("model"), rows.text("source")
    return Models(
        f"papers {span}",
        np.log10(x[known]),
        rows.error[known],
        rows.year[known],
        tuple(names[place] for place in places),
        tuple(paper_of(sources[place]) for place in places),
    )


def timm() -> Models | None:
    """Return timm's models by FLOP of a pass; `None` where the data are not at hand."""
    try:
        return _timm()
    except InputError:
        return None


@cache
def _timm() -> Models:
    rows = imagenet_errors()
    return Models(
        "timm",
        np.log10([row.forward_flop for row in rows]),
        np.array([row.error for row in rows]),
        None,
        tuple(row.model for row in rows),
        tuple(f"{weights_of(row.model)} {architecture_of(row.model)}" for row in rows),
    )


def timm_by_data() -> dict[str, Models]:
    """Return timm's models by what they were trained on before; empty without the data."""
    every = timm()
    if every is None:
        return {}
    data = np.array([extra_data_of(name) for name in every.model])
    return {
        name: every.chosen(data == tag, f"timm, {name}")
        for tag, name in (
            ("", "ImageNet-1k alone"),
            ("ImageNet-21k", "ImageNet-21k before"),
            ("web images", "web images before"),
        )
    }


def of_passes() -> list[Models]:
    """Return the models by FLOP of a pass: of the paper's years, of all years, and timm's."""
    every = [papers(FLOP, PAPER_YEAR), papers(FLOP), timm()]
    return [models for models in every if models is not None]


def relative_to_alexnet(models: Models) -> Models:
    """Return models with their compute over that of AlexNet, as the paper counts it."""
    return replace(models, log10_compute=models.log10_compute - ALEXNET_LOG10_FLOP)


def slug(models: Models) -> str:
    """Return the name of models as it stands in the name of an item."""
    return models.name.lower().replace(",", "").replace(" ", "-")
