"""What training asks of an accelerator, by family of architectures, from measured runs.

`families.csv` holds, for every family of the table of models, the share of the peak that training
reached and the bytes that it kept for an activation. Both come from one benchmark: timm's training
throughput on one RTX 3090, where the batch is the largest that its memory would hold. `costcurve
fit families` remakes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

import numpy as np

from costcurve.core.quantities import FloatArray
from costcurve.evidence.registry import find
from costcurve.evidence.timm import TRAINING, Throughput
from costcurve.facts.models import FAMILIES
from costcurve.facts.tables import DATE, OPTIONAL_TEXT, TEXT, count, load_table, number, one_of

#: When the benchmark's files were last committed.
SOURCE_DATE = "2024-10-21"
#: Percentiles of the table.
SHARES = (0.05, 0.50, 0.95)
#: FLOP of a forward pass per multiply-add, and passes of a training step, as in the price.
_FLOP_PER_GMAC = 2e9
_FORWARD_PASSES_PER_STEP = 3.0
#: Bytes for a parameter with its gradient and momentum, in FP32: the benchmark trains with SGD.
_BYTES_PER_PARAMETER = 12.0
#: A batch below this was not limited by memory alone; above it the benchmark stops.
_LARGEST_BATCH = 512
# Families that the benchmark has not: what they are mostly made of stands in for them.
_STANDS_IN = {"detector": "convnet", "segmenter": "convnet"}


@dataclass(frozen=True, slots=True)
class FamilyFacts:
    """One family.

    Attributes
    ----------
    family : str
        One of `FAMILIES`.
    models : int
        How many were measured.
    utilisation_p05, utilisation_p50, utilisation_p95 : float
        Share of the dense peak at the precision of training, over the models.
    activation_bytes_p05, activation_bytes_p50, activation_bytes_p95 : float
        Bytes of memory in training for one output of a layer, over the models.
    million_activations_per_gmac_p50 : float
        Outputs of layers, in 10^6, for 10^9 multiply-adds: the median over the models.
    source, source_date, note
        What was measured, when it was published, and what stands in for what.
    """

    family: str
    models: int
    utilisation_p05: float
    utilisation_p50: float
    utilisation_p95: float
    activation_bytes_p05: float
    activation_bytes_p50: float
    activation_bytes_p95: float
    million_activations_per_gmac_p50: float
    source: str
    source_date: date
    note: str


_SHARE = number("1", at_most=1, required=True)
_BYTES = number("byte/activation", required=True)
COLUMNS = {
    "family": one_of(*FAMILIES),
    "models": count(),
    "utilisation_p05": _SHARE,
    "utilisation_p50": _SHARE,
    "utilisation_p95": _SHARE,
    "activation_bytes_p05": _BYTES,
    "activation_bytes_p50": _BYTES,
    "activation_bytes_p95": _BYTES,
    "million_activations_per_gmac_p50": number("10^6 activations/10^9 MAC", required=True),
    "source": TEXT,
    "source_date": DATE,
    "note": OPTIONAL_TEXT,
}


@lru_cache(maxsize=1)
def family_table() -> dict[str, FamilyFacts]:
    """Return every family by name."""
    text = files("costcurve.costs").joinpath("families.csv").read_text(encoding="utf-8")
    return {row.family: row for row in load_table(text, COLUMNS, FamilyFacts, "families")}


def fit_families(
    measured: Sequence[Throughput], peak_tflops: float, memory_gb: float
) -> list[dict[str, str]]:
    """Return the table's rows as cells.

    Parameters
    ----------
    measured : sequence of Throughput
        Training runs on one accelerator, each with the largest batch that fits.
    peak_tflops, memory_gb : float
        Of that accelerator, at the precision of the runs.
    """
    found = {}
    for family in dict.fromkeys(row.family for row in measured):
        members = [row for row in measured if row.family == family]
        utilisation = np.array([_utilisation(row, peak_tflops) for row in members])
        kept = _activation_bytes(members, sorted({row.batch_size for row in measured}), memory_gb)
        ratios = [row.million_activations / row.gmacs for row in members]
        found[family] = {
            "models": str(len(members)),
            **_percentiles("utilisation", utilisation),
            **_percentiles("activation_bytes", kept),
            "million_activations_per_gmac_p50": f"{np.median(ratios):.3g}",
        }
    digest = find(TRAINING).sha256[:12]
    return [
        {
            "family": family,
            **found[_STANDS_IN.get(family, family)],
            "source": f"costcurve fit families, from {TRAINING} (SHA-256 {digest}...)",
            "source_date": SOURCE_DATE,
            "note": f"as a {_STANDS_IN[family]}: not measured" if family in _STANDS_IN else "",
        }
        for family in FAMILIES
    ]


def _utilisation(row: Throughput, peak_tflops: float) -> float:
    flop = _FORWARD_PASSES_PER_STEP * _FLOP_PER_GMAC * row.gmacs
    return flop * row.examples_per_second / (1e12 * peak_tflops)


def _activation_bytes(
    rows: Sequence[Throughput], batches: Sequence[int], memory_gb: float
) -> FloatArray:
    """Return bytes for an activation: between what the batch leaves and what the next would."""
    found = []
    for row in rows:
        if row.batch_size >= _LARGEST_BATCH:
            continue
        following = batches[batches.index(row.batch_size) + 1]
        free = 1e9 * memory_gb - _BYTES_PER_PARAMETER * row.parameters
        between = float(np.sqrt(row.batch_size * following))
        found.append(free / (between * 1e6 * row.million_activations))
    return np.array(found)


def _percentiles(name: str, values: FloatArray) -> dict[str, str]:
    ends = np.quantile(values, SHARES)
    return {
        f"{name}_p{round(100 * share):02d}": f"{end:.3g}"
        for share, end in zip(SHARES, ends, strict=True)
    }
