"""The throughput law: how long one accelerator takes for one example.

On the reference accelerator the time is that of the arithmetic and that of moving the activations.
Other accelerators are carried by powers of their peak, memory bandwidth and power. Coefficients and
scatter come from the law's card (`costcurve fit throughput`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from costcurve.core.draws import STANDARD_NORMAL
from costcurve.core.quantities import Input
from costcurve.costs import utilisation


def _scatter(name: str, label: str) -> Input:
    source = "0 is the median; -1.645 and 1.645 bound 90 % of what was left out of the fit"
    return replace(Input.of(name, 0.0, "1", label, source), spread=STANDARD_NORMAL)


#: What scatters around the law, each drawn once for all options.
INPUTS = (
    _scatter("architecture_z", "Scatter of architectures around the throughput law"),
    _scatter("accelerator_z", "Scatter of accelerators around the throughput law"),
)
#: Inputs that differ from option to option.
MODEL_FACTS = (
    "peak_tflops",
    "highest_utilisation",
    "seconds_per_gflop",
    "seconds_per_million_activations",
    "compute_slowdown",
    "bytes_ratio",
    "peak_ratio",
    "bandwidth_ratio",
    "tdp_ratio",
    "peak_power",
    "bandwidth_power",
    "tdp_power",
    "architecture_log_sd",
    "accelerator_log_sd",
    "run_log_sd",
    "effort_multiplier",
)


def reference_seconds_per_example(
    forward_flop: Any,
    forward_passes_per_step: Any,
    seconds_per_gflop: Any,
    compute_slowdown: Any,
    million_activations: Any,
    seconds_per_million_activations: Any,
    bytes_ratio: Any,
) -> Any:
    """Time for one example on the reference accelerator: arithmetic, and activations moved.

    :unit: s/example
    :range: above 0
    :equation: a * GFLOP + b * million activations
    :source: costcurve fit throughput, on timm's benchmarks; the shape is that of a roofline whose \
        two parts do not overlap
    :deviation: other precisions than mixed slow the arithmetic by the ratio of the peaks and the \
        activations by that of their bytes
    """
    arithmetic = forward_flop * forward_passes_per_step / 1e9 * seconds_per_gflop * compute_slowdown
    return arithmetic + million_activations * seconds_per_million_activations * bytes_ratio


def accelerator_speed(
    peak_ratio: Any,
    peak_power: Any,
    bandwidth_ratio: Any,
    bandwidth_power: Any,
    tdp_ratio: Any,
    tdp_power: Any,
) -> Any:
    """Speed of the accelerator over that of the reference.

    :unit: 1
    :range: above 0
    :equation: peak^p * bandwidth^q * TDP^r, each over the reference's
    :source: costcurve fit throughput, within benchmarks of MLPerf v2.0 to v4.0
    """
    return peak_ratio**peak_power * bandwidth_ratio**bandwidth_power * tdp_ratio**tdp_power


def least_seconds_per_example(
    forward_flop: Any, forward_passes_per_step: Any, peak_tflops: Any, highest_utilisation: Any
) -> Any:
    """Time below which no run can go: the arithmetic at the highest utilisation ever seen.

    :unit: s/example
    :range: above 0
    :equation: FLOP / (peak * highest utilisation)
    :source: costcurve fit throughput: the highest of timm's benchmark
    """
    return utilisation.seconds_per_example(
        forward_flop, forward_passes_per_step, peak_tflops, highest_utilisation
    )


def seconds_per_example(
    reference_seconds_per_example: Any,
    accelerator_speed: Any,
    architecture_log_sd: Any,
    architecture_z: Any,
    accelerator_log_sd: Any,
    accelerator_z: Any,
    least_seconds_per_example: Any,
) -> Any:
    """Time that one accelerator takes for one example, in steady state.

    :unit: s/example
    :range: above 0
    :equation: time on the reference / speed, scattered, and no less than what is possible
    :source: costcurve fit throughput: errors of architectures and accelerators left out
    """
    scatter = np.exp(architecture_log_sd * architecture_z + accelerator_log_sd * accelerator_z)
    by_law = reference_seconds_per_example / accelerator_speed * scatter
    return np.maximum(by_law, least_seconds_per_example)


def run_seconds_per_example(
    reference_seconds_per_example: Any,
    accelerator_speed: Any,
    run_log_sd: Any,
    architecture_z: Any,
    accelerator_log_sd: Any,
    accelerator_z: Any,
    effort_multiplier: Any,
    least_seconds_per_example: Any,
) -> Any:
    """Time that one accelerator takes for one example in a whole run.

    :unit: s/example
    :range: above 0
    :equation: time on the reference / speed * effort, scattered, and no less than what is possible
    :source: costcurve fit throughput; runs scatter otherwise than steady states: between teams, \
        or for a tuned run between benchmarks
    """
    scatter = np.exp(run_log_sd * architecture_z + accelerator_log_sd * accelerator_z)
    by_law = reference_seconds_per_example / accelerator_speed * effort_multiplier * scatter
    return np.maximum(by_law, least_seconds_per_example)
