"""Power at the wall against thermal design power, from metered runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from costcurve.core.draws import FloatArray
from costcurve.costs.statistics import factors_of, spread_of_few
from costcurve.evidence.mlperf import MeteredRun
from costcurve.facts.hardware import AcceleratorFacts

#: Accelerators of a metered node.
ACCELERATORS_PER_NODE = 8


def fit_power(runs: Sequence[MeteredRun], accelerator: AcceleratorFacts) -> dict[str, Any]:
    """Return power over TDP as a power law of the number of nodes.

    Runs of one benchmark on one system are one observation, and errors are those of observations
    left out.

    Parameters
    ----------
    runs : sequence of MeteredRun
        On nodes of eight of one accelerator.
    accelerator : AcceleratorFacts
        Which.
    """
    nodes, shares = observations(runs, accelerator)
    design = np.stack([np.ones(len(nodes)), np.log(nodes)], axis=1)
    values = np.linalg.lstsq(design, np.log(shares), rcond=None)[0]
    errors = left_out(nodes, shares)
    return {
        "accelerator": accelerator.name,
        "per_tdp": round(float(np.exp(values[0])), 4),
        "nodes_power": round(float(values[1]), 4),
        "log_sd": round(spread_of_few(errors.tolist()), 4),
        "observations": len(nodes),
        "runs": len(runs),
        **factors_of(errors),
    }


def observations(
    runs: Sequence[MeteredRun], accelerator: AcceleratorFacts
) -> tuple[FloatArray, FloatArray]:
    """Return nodes and power over TDP for each benchmark on each system."""
    groups: dict[tuple[str, str], list[MeteredRun]] = {}
    for run in runs:
        groups.setdefault((run.system, run.benchmark), []).append(run)
    tdp_w = ACCELERATORS_PER_NODE * (accelerator.tdp_w or float("nan"))
    shares = [
        np.mean([run.energy_kwh * 6e4 / run.minutes / run.nodes for run in group]) / tdp_w
        for group in groups.values()
    ]
    return np.array([group[0].nodes for group in groups.values()], float), np.array(shares)


def left_out(nodes: FloatArray, shares: FloatArray) -> FloatArray:
    """Return log(measured / predicted) of each observation, when it was left out."""
    design = np.stack([np.ones(len(nodes)), np.log(nodes)], axis=1)
    errors = np.empty(len(nodes))
    for index in range(len(nodes)):
        others = np.arange(len(nodes)) != index
        values = np.linalg.lstsq(design[others], np.log(shares[others]), rcond=None)[0]
        errors[index] = np.log(shares[index]) - design[index] @ values
    return errors
