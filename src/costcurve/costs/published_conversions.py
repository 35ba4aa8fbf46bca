"""Carbon and dollars of computation as published: the conversions behind Figure 4 of 002.

Thompson et al. (2020), The Computational Limits of Deep Learning, take them from one row of
Strubell et al. (2019): eight P100 that draw 1,515.43 W, at 10.6 TFLOP/s each.
"""

from __future__ import annotations

from typing import Any

from costcurve.core.quantities import Bounds, Input

#: Kilograms of an avoirdupois pound, by definition since 1959.
KG_PER_LB = 0.45359237
_SOURCE = (
    "Thompson et al. (2020), arXiv:2007.05558, Figure 4, after Strubell et al. (2019), "
    "arXiv:1906.02243: one P100 at 10.6 TFLOP/s"
)
#: The two conversions, as inputs of a graph.
INPUTS = (
    Input.of(
        "lb_co2e_per_gflop",
        7.5e-9,
        "lb/GFLOP",
        "Pounds of CO2 for 10^9 FLOP",
        f"{_SOURCE}, 189.4 W, PUE 1.58, 0.954 lb for a kWh",
        Bounds(at_least=0.0),
    ),
    Input.of(
        "usd_per_gflop",
        1.1e-8,
        "USD/GFLOP",
        "Dollars for 10^9 FLOP, preemptible",
        f"{_SOURCE}, $0.43 an hour",
        Bounds(at_least=0.0),
    ),
)


def training_co2e_lb(training_flop: Any, lb_co2e_per_gflop: Any) -> Any:
    """Pounds of CO2 of training, by the conversion of 2020.

    :unit: lb
    :range: at least 0
    :equation: GFLOP * 7.5e-9
    :source: Thompson et al. (2020), arXiv:2007.05558, Figure 4
    """
    return training_flop / 1e9 * lb_co2e_per_gflop


def training_cloud_cost_usd(training_flop: Any, usd_per_gflop: Any) -> Any:
    """Cost of training by the conversion of 2020, beside that of Eq. 4.

    :unit: USD
    :range: at least 0
    :equation: GFLOP * 1.1e-8
    :source: Thompson et al. (2020), arXiv:2007.05558, Figure 4
    """
    return training_flop / 1e9 * usd_per_gflop
