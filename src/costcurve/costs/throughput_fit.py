"""The fit of the throughput law: timm's benchmark for architectures, MLPerf for accelerators.

Time per example on the reference accelerator is a x GFLOP + b x million activations, fitted for
each family on logarithms. Other accelerators are carried by powers of their peak, bandwidth and
power, fitted within benchmarks of MLPerf, so that what a benchmark has of its own drops out. What
MLPerf takes beside the plain law is the factor of tuning. Every scale of error is out of sample:
whole architectures, accelerators and benchmarks are left out in turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from costcurve.core.draws import FloatArray
from costcurve.core.vocabulary import Phase
from costcurve.costs import throughput
from costcurve.costs.accelerator_fit import (
    ACCELERATORS_PER_NODE,
    Runs,
    fit_accelerators,
    fit_tuning,
    runs_of,
    seen,
)
from costcurve.costs.calibrated import FLOP_PER_MAC, PASSES
from costcurve.costs.memory_fit import fit_memory
from costcurve.costs.power_fit import fit_power
from costcurve.costs.statistics import (
    Fit,
    Progress,
    factors_of,
    least_squares,
    spread_of,
)
from costcurve.costs.throughput_card import ANY, CARD
from costcurve.evidence.mlperf import (
    POWER,
    RESULTS,
    metered_runs,
    submissions,
)
from costcurve.evidence.registry import find
from costcurve.evidence.timm import (
    ACCELERATOR,
    INFERENCE,
    TRAINING,
    Throughput,
    inference_throughput,
    training_throughput,
)
from costcurve.facts.hardware import ACCELERATORS, AcceleratorFacts
from costcurve.facts.models import model_table

#: Fewer models than this make no family of their own.
_FEWEST_MODELS = 20
#: The accelerator of every metered run.
METERED = "H100 SXM5"
_START = (np.log(2e-5), np.log(5e-5))


class Measured(NamedTuple):
    """The benchmark as arrays, a value for each model."""

    gflop: FloatArray
    activations: FloatArray
    log_seconds: FloatArray
    architecture: NDArray[np.str_]
    family: NDArray[np.str_]

    def predict(self, values: FloatArray, rows: NDArray[np.bool_]) -> FloatArray:
        """Return log seconds by the law."""
        flop, activations = np.exp(values)
        seconds = throughput.reference_seconds_per_example(
            1e9 * self.gflop[rows], 1.0, flop, 1.0, self.activations[rows], activations, 1.0
        )
        return np.asarray(np.log(seconds))

    def fit(self, rows: NDArray[np.bool_]) -> Fit:
        """Return the logarithms of both coefficients, fitted on some rows."""
        return least_squares(
            lambda values: self.predict(values, rows) - self.log_seconds[rows], np.array(_START)
        )


def measured_arrays(rows: Sequence[Throughput], phase: str) -> Measured:
    """Return the rows of a benchmark as arrays."""
    per_gmac = FLOP_PER_MAC * PASSES[Phase(phase)]
    return Measured(
        per_gmac * np.array([row.gmacs for row in rows]),
        np.array([row.million_activations for row in rows]),
        -np.log([row.examples_per_second for row in rows]),
        np.array([row.architecture for row in rows]),
        np.array([row.family for row in rows]),
    )


def fit_architectures(
    rows: Sequence[Throughput], phase: str, progress: Progress
) -> dict[str, dict[str, Any]]:
    """Return the law by family, and for a model of any family.

    Errors are those of models whose architecture (the leading letters of the name) was left out.

    Parameters
    ----------
    rows : sequence of Throughput
        Measured on the reference accelerator.
    phase : {"training", "inference"}
        Which pass was measured.
    progress : callable
        Called with the name of each family.
    """
    data = measured_arrays(rows, phase)
    families = [f for f in sorted(set(data.family)) if (data.family == f).sum() >= _FEWEST_MODELS]
    found = {}
    for family in (ANY, *families):
        progress(f"{phase}, {family}")
        members = np.full(len(rows), True) if family == ANY else data.family == family
        fit, errors = data.fit(members), left_out(data, members)
        found[family] = {
            "seconds_per_gflop": float(np.exp(fit.values[0])),
            "seconds_per_million_activations": float(np.exp(fit.values[1])),
            "log_covariance": fit.covariance.round(8).tolist(),
            "log_sd": round(spread_of(errors), 4),
            "models": int(members.sum()),
            "architectures": len(set(data.architecture[members])),
            **factors_of(errors),
        }
    return found


def left_out(data: Measured, members: NDArray[np.bool_]) -> FloatArray:
    """Return log(measured / predicted) of members, each with its architecture left out."""
    errors = np.full(len(members), np.nan)
    for architecture in sorted(set(data.architecture[members])):
        tested = members & (data.architecture == architecture)
        values = data.fit(members & ~tested).values
        errors[tested] = data.log_seconds[tested] - data.predict(values, tested)
    return errors[members]


def _highest(rows: Sequence[Throughput], machine: AcceleratorFacts) -> float:
    """Return the highest share of the peak that training reached."""
    data = measured_arrays(rows, "training")
    return float(np.max(data.gflop / np.exp(data.log_seconds)) / (1e3 * (machine.fp16_tflops or 0)))


def _most(runs: Runs) -> int:
    """Return the accelerators of the largest run."""
    return round(ACCELERATORS_PER_NODE * float(np.exp(runs.log_beyond_node.max())))


def make_card(folder: Path | None, progress: Progress) -> dict[str, Any]:
    """Return the whole card, made from the registry's files.

    Parameters
    ----------
    folder : Path, optional
        Where the files are; by default as the registry finds them.
    progress : callable
        Called with what is being fitted.

    Raises
    ------
    InputError
        If a file cannot be had, or has not the content it should have.
    MissingExtraError
        If scipy is not installed.
    """
    accelerators = ACCELERATORS.rows()
    reference = next(row for row in accelerators if row.name == ACCELERATOR)
    metered = next(row for row in accelerators if row.name == METERED)
    measured = training_throughput(folder)
    phases = {
        "training": fit_architectures(measured, "training", progress),
        "inference": fit_architectures(inference_throughput(folder), "inference", progress),
    }
    runs = runs_of(submissions(folder), model_table(), reference, phases["training"])
    data = {name: find(name).sha256 for name in (TRAINING, INFERENCE, RESULTS, POWER)}
    return {
        "id": CARD,
        "title": "Throughput of vision models: time per example by architecture and accelerator",
        "command": "costcurve fit throughput",
        "data": data,
        "reference": {
            "accelerator": reference.name,
            "peak_tflops": reference.fp16_tflops,
            "bandwidth_gb_per_s": reference.memory_bandwidth_gb_per_s,
            "tdp_w": reference.tdp_w,
        },
        "phases": phases,
        "memory": fit_memory(measured, reference.memory_gb or 0.0),
        "accelerators": fit_accelerators(runs, progress),
        "accelerators_seen": [reference.name, *seen(runs)],
        "accelerators_per_node": ACCELERATORS_PER_NODE,
        "most_accelerators": _most(runs),
        "tuned": fit_tuning(runs),
        "highest_utilisation": round(_highest(measured, reference), 3),
        "power": fit_power(metered_runs(folder), metered),
    }
