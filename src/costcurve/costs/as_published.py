"""Prices as published: Eq. 3-5 of Thompson et al. (2024) to the letter.

Eq. 4 misses measured training costs by about four orders of magnitude: 2 x parameters undercounts
the arithmetic of a convolution, and 3e-11 USD per FLOP overprices it by more. It stands here as it
was printed; the study of the economic model compares it with measured runs (item eq4.resnet50).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from costcurve.core.quantities import Bounds, Input

_FACTORS_SOURCE = "Thompson et al. (2024), Eq. 4, after Sevilla et al. (2022)"
#: The two factors of Eq. 4, as inputs of a graph.
INPUTS = (
    Input.of(
        "flop_per_parameter",
        2.0,
        "FLOP/parameter/example",
        "Operations of a forward pass per parameter: one multiplication, one addition",
        _FACTORS_SOURCE,
        Bounds(above=0.0),
    ),
    Input.of(
        "forward_passes_per_step",
        3.0,
        "1",
        "Forward and backward pass, counted in forward passes",
        _FACTORS_SOURCE,
        Bounds(above=0.0),
    ),
)


def examples_used(examples_needed: Any, limit: Any) -> Any:
    """Examples that the model is trained on.

    :unit: example
    :range: above 0
    :equation: min(data_needed, data_max)
    :source: Thompson et al. (2024), Eq. 4
    """
    return np.minimum(examples_needed, limit)


def new_examples(examples_used: Any, examples_held: Any) -> Any:
    """Examples that must still be collected and labelled.

    :unit: example
    :range: at least 0
    :equation: min(data_needed, data_max) - data_present
    :source: Thompson et al. (2024), Eq. 5
    :deviation: never negative: with more held than needed nothing is bought and nothing refunded
    """
    return np.maximum(examples_used - examples_held, 0.0)


def data_cost_usd(new_examples: Any, usd_per_example: Any) -> Any:
    """Cost of collecting and labelling the new examples.

    :unit: USD
    :range: at least 0
    :equation: cost_data = cost_perdatapoint * (min(data_needed, data_max) - data_present)
    :source: Thompson et al. (2024), Eq. 5
    """
    return new_examples * usd_per_example


def training_flop(
    flop_per_parameter: Any,
    parameters: Any,
    epochs: Any,
    forward_passes_per_step: Any,
    examples_used: Any,
) -> Any:
    """Floating-point operations of training.

    :unit: FLOP
    :range: at least 0
    :equation: 2 * modelsize * epochs * 3 * min(data_needed, data_max)
    :source: Thompson et al. (2024), Eq. 4, after Sevilla et al. (2022)
    """
    return flop_per_parameter * parameters * epochs * forward_passes_per_step * examples_used


def training_cost_usd(training_flop: Any, usd_per_flop: Any) -> Any:
    """Cost of the computation of training.

    :unit: USD
    :range: at least 0
    :equation: cost_training = cost_perflop * 2 * modelsize * epochs * 3 * min(data_needed, \
        data_max)
    :source: Thompson et al. (2024), Eq. 4
    """
    return training_flop * usd_per_flop


def testing_flop(
    flop_per_parameter: Any,
    parameters: Any,
    testing_passes: Any,
    forward_passes_per_step: Any,
    examples_used: Any,
) -> Any:
    """Floating-point operations of extensive model testing.

    :unit: FLOP
    :range: at least 0
    :equation: Eq. 4 with the extra passes in place of the epochs
    :source: Thompson et al. (2024), Model testing costs: amend the default number of epochs
    :deviation: a line of its own, so that the bill shows it
    """
    return training_flop(
        flop_per_parameter, parameters, testing_passes, forward_passes_per_step, examples_used
    )


def testing_cost_usd(testing_flop: Any, usd_per_flop: Any) -> Any:
    """Cost of extensive model testing.

    :unit: USD
    :range: at least 0
    :equation: Eq. 4 with the extra passes in place of the epochs
    :source: Thompson et al. (2024), Model testing costs
    """
    return testing_flop * usd_per_flop


def total_cost_usd(training_cost_usd: Any, testing_cost_usd: Any, data_cost_usd: Any) -> Any:
    """Total cost of reaching the target, or of what can be reached.

    :unit: USD
    :range: at least 0
    :equation: cost_total = cost_training + cost_data
    :source: Thompson et al. (2024), Eq. 3
    :deviation: extensive testing, which the paper puts into the epochs, is added by name
    """
    return training_cost_usd + testing_cost_usd + data_cost_usd
