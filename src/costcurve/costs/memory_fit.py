"""What training keeps in memory, from the largest batches that fitted one accelerator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from costcurve.core.draws import FloatArray
from costcurve.evidence.timm import Throughput

SHARES = (0.05, 0.50, 0.95)
#: Bytes for a parameter with its gradient and momentum, in FP32: the benchmark trains with SGD.
_BYTES_PER_PARAMETER = 12.0


def fit_memory(rows: Sequence[Throughput], memory_gb: float) -> dict[str, dict[str, Any]]:
    """Return bytes per activation and activations per multiply-add, by family.

    The benchmark trained with the largest batch that the memory held, out of a list of sizes; the
    memory of an activation lies between what that batch leaves for each and what the next one
    would have. Models at the largest size of the list say nothing.

    Parameters
    ----------
    rows : sequence of Throughput
        Training runs on one accelerator.
    memory_gb : float
        Its memory, in 10^9 bytes.
    """
    sizes = sorted({row.batch_size for row in rows})
    found = {}
    for family in ("any", *sorted({row.family for row in rows})):
        members = [row for row in rows if family in ("any", row.family)]
        kept = _bytes_per_activation(members, sizes, memory_gb)
        low, middle, high = np.quantile(kept, SHARES)
        ratios = [row.million_activations / row.gmacs for row in members]
        found[family] = {
            "bytes_per_activation_p05": round(float(low), 3),
            "bytes_per_activation_p50": round(float(middle), 3),
            "bytes_per_activation_p95": round(float(high), 3),
            "models": len(kept),
            "million_activations_per_gmac_p50": round(float(np.median(ratios)), 3),
        }
    return found


def _bytes_per_activation(
    rows: Sequence[Throughput], sizes: Sequence[int], memory_gb: float
) -> FloatArray:
    found = []
    for row in rows:
        if row.batch_size < sizes[-1]:
            following = sizes[sizes.index(row.batch_size) + 1]
            free = 1e9 * memory_gb - _BYTES_PER_PARAMETER * row.parameters
            between = float(np.sqrt(row.batch_size * following))
            found.append(free / (between * 1e6 * row.million_activations))
    return np.array(found)
