"""Calibrated prices: the arithmetic of the real architecture on a real accelerator.

Training is paid by the accelerator-hour. How long one example takes is said by another module: the
throughput law, or a utilisation that the user gives.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from costcurve.core.quantities import Bounds, Input
from costcurve.core.vocabulary import Phase

#: FLOP of a multiply-add: one multiplication, one addition.
FLOP_PER_MAC = 2.0
#: Passes over an example, counted in forward passes: the backward pass takes two.
PASSES = {Phase.TRAINING: 3.0, Phase.INFERENCE: 1.0}
PASSES_SOURCE = (
    "Sevilla et al. (2022), Compute Trends Across Three Eras of Machine Learning, "
    "arXiv:2202.05924: the backward pass takes twice the forward pass; as in Eq. 4"
)
_ADAM_SOURCE = (
    "Rajbhandari et al. (2020), ZeRO, arXiv:1910.02054, section 3.1: mixed-precision Adam keeps "
    "FP16 parameters and gradients and FP32 parameters, momentum and variance, 2+2+4+4+4 bytes"
)
#: Memory of each parameter: mixed-precision Adam in training, FP16 in serving.
BYTES_PER_PARAMETER = {Phase.TRAINING: 16.0, Phase.INFERENCE: 2.0}
#: Numbers of this way to price, as inputs of a graph.
INPUTS = (
    Input.of(
        "flop_per_multiply_add",
        FLOP_PER_MAC,
        "FLOP/MAC",
        "Operations of a multiply-add: one multiplication, one addition",
        "by definition",
        Bounds(above=0.0),
    ),
    Input.of(
        "forward_passes_per_step",
        PASSES[Phase.TRAINING],
        "1",
        "Forward and backward pass, counted in forward passes",
        PASSES_SOURCE,
        Bounds(above=0.0),
    ),
    Input.of(
        "training_bytes_per_parameter",
        BYTES_PER_PARAMETER[Phase.TRAINING],
        "byte/parameter",
        "Memory of training for each parameter",
        _ADAM_SOURCE,
        Bounds(above=0.0),
    ),
    Input.of(
        "serving_bytes_per_parameter",
        BYTES_PER_PARAMETER[Phase.INFERENCE],
        "byte/parameter",
        "Memory of serving for each parameter",
        "by definition of FP16 and BF16",
        Bounds(above=0.0),
    ),
    Input.of(
        "serving_batch_size",
        1.0,
        "example",
        "Examples served at once",
        "costcurve: one at a time, as they come",
        Bounds(above=0.0),
    ),
    Input.of(
        "serving_bytes_per_activation",
        2.0,
        "byte/activation",
        "Memory of serving for each activation",
        "by definition of FP16 and BF16; all are counted, though some can be freed",
        Bounds(above=0.0),
    ),
)


def forward_flop(gmacs: Any, flop_per_multiply_add: Any) -> Any:
    """Floating-point operations of one forward pass.

    :unit: FLOP/example
    :range: above 0
    :equation: 2 * GMACs * 10^9
    :source: by definition of a multiply-add
    """
    return gmacs * 1e9 * flop_per_multiply_add


def training_flop(
    forward_flop: Any, forward_passes_per_step: Any, examples_used: Any, epochs: Any
) -> Any:
    """Floating-point operations of training.

    :unit: FLOP
    :range: at least 0
    :equation: 3 * 2 * GMACs * examples * epochs
    :source: Sevilla et al. (2022), arXiv:2202.05924, with the real architecture's multiply-adds
    """
    return forward_flop * forward_passes_per_step * examples_used * epochs


def training_hours(run_seconds_per_example: Any, examples_used: Any, epochs: Any) -> Any:
    """Time of training on one accelerator.

    :unit: accelerator-hour
    :range: at least 0
    :equation: seconds per example * examples * epochs / 3600
    :source: by definition
    """
    return run_seconds_per_example * examples_used * epochs / 3600.0


def training_cost_usd(training_hours: Any, usd_per_accelerator_hour: Any) -> Any:
    """Cost of the accelerator in training.

    :unit: USD
    :range: at least 0
    :equation: accelerator-hours * price
    :source: as accelerators are rented
    """
    return training_hours * usd_per_accelerator_hour


def testing_hours(run_seconds_per_example: Any, examples_used: Any, testing_passes: Any) -> Any:
    """Time of extensive model testing on one accelerator.

    :unit: accelerator-hour
    :range: at least 0
    :equation: seconds per example * examples * extra passes / 3600
    :source: Thompson et al. (2024), Model testing costs: a pass is priced like an epoch
    """
    return run_seconds_per_example * examples_used * testing_passes / 3600.0


def testing_cost_usd(testing_hours: Any, usd_per_accelerator_hour: Any) -> Any:
    """Cost of the accelerator in extensive model testing.

    :unit: USD
    :range: at least 0
    :equation: accelerator-hours * price
    :source: Thompson et al. (2024), Model testing costs
    """
    return testing_hours * usd_per_accelerator_hour


def training_memory_gb(
    parameters: Any,
    training_bytes_per_parameter: Any,
    batch_size: Any,
    million_activations: Any,
    activation_bytes: Any,
) -> Any:
    """Memory that training takes on one accelerator, in 10^9 bytes.

    :unit: GB
    :range: above 0
    :equation: (16 * parameters + batch * activations * bytes per activation) / 10^9
    :source: Rajbhandari et al. (2020), arXiv:1910.02054, section 3, for the parameters; \
        activations as measured
    :deviation: without the few hundred megabytes of the runtime itself
    """
    kept = batch_size * million_activations * 1e6 * activation_bytes
    return (parameters * training_bytes_per_parameter + kept) / 1e9


def serving_memory_gb(
    parameters: Any,
    serving_bytes_per_parameter: Any,
    serving_batch_size: Any,
    million_activations: Any,
    serving_bytes_per_activation: Any,
) -> Any:
    """Memory that serving takes, in 10^9 bytes: an upper bound.

    :unit: GB
    :range: above 0
    :equation: 2 * (parameters + batch * activations) / 10^9
    :source: by definition of FP16 and BF16
    :deviation: without the few hundred megabytes of the runtime itself
    """
    kept = serving_batch_size * million_activations * 1e6 * serving_bytes_per_activation
    return (parameters * serving_bytes_per_parameter + kept) / 1e9


def fits_memory(training_memory_gb: Any, accelerator_memory_gb: Any) -> Any:
    """Whether training fits into the accelerator's memory: 1 if so, else 0.

    :unit: 1
    :range: at least 0 and at most 1
    :equation: memory of training <= memory of the accelerator
    :source: by definition
    """
    return np.where(training_memory_gb <= accelerator_memory_gb, 1.0, 0.0)
