"""Prices of training as published: Eq. 4 of Thompson et al. (2024) to the letter.

Eq. 4 misses measured training costs by about four orders of magnitude: 2 x parameters undercounts
the arithmetic of a convolution, and 3e-11 USD per FLOP overprices it by more. It stands here as it
was printed; the study of the economic model compares it with measured runs (item eq4.resnet50).
"""

from __future__ import annotations

from typing import Any

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
