"""One run: hours, dollars, energy and carbon of so many examples on so many accelerators."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from costcurve.core.draws import STANDARD_NORMAL
from costcurve.core.quantities import Input
from costcurve.costs import calibrated

#: The scatter of power, drawn once for all runs.
INPUTS = (
    replace(
        Input.of(
            "power_z",
            0.0,
            "1",
            "Scatter of the power around its law",
            "0 is the median; -1.645 and 1.645 bound 90 % of systems left out of the fit",
        ),
        spread=STANDARD_NORMAL,
    ),
)


def nodes(count: Any, accelerators_per_node: Any) -> Any:
    """Machines that the accelerators fill, at least one.

    :unit: 1
    :range: at least 1
    :equation: accelerators / accelerators of a node
    :source: by definition; a part of a machine beyond the first is counted as a part
    """
    return np.maximum(count / accelerators_per_node, 1.0)


def scaling_loss(nodes: Any, beyond_node_power: Any) -> Any:
    """Time of an accelerator for an example over that within one machine.

    :unit: 1
    :range: at least 1
    :equation: nodes ^ p
    :source: costcurve fit throughput, within benchmarks of MLPerf v2.0 to v4.0
    """
    return nodes**beyond_node_power


def examples_per_second(seconds_per_example: Any, count: Any, scaling_loss: Any) -> Any:
    """Examples of all accelerators together, in steady state.

    :unit: example/s
    :range: above 0
    :equation: accelerators / (seconds per example * loss)
    :source: by definition
    """
    return count / (seconds_per_example * scaling_loss)


def accelerator_hours(run_seconds_per_example: Any, samples: Any, scaling_loss: Any) -> Any:
    """Hours of all accelerators together.

    :unit: accelerator-hour
    :range: above 0
    :equation: seconds per example * examples * loss / 3600
    :source: by definition
    """
    return run_seconds_per_example * samples * scaling_loss / 3600.0


def hours(accelerator_hours: Any, count: Any) -> Any:
    """Hours from the start of the run to its end.

    :unit: hour
    :range: above 0
    :equation: accelerator-hours / accelerators
    :source: by definition
    """
    return accelerator_hours / count


def cost_usd(accelerator_hours: Any, usd_per_accelerator_hour: Any) -> Any:
    """Cost of the accelerators.

    :unit: USD
    :range: at least 0
    :equation: accelerator-hours * price
    :source: as accelerators are rented
    """
    return calibrated.training_cost_usd(accelerator_hours, usd_per_accelerator_hour)


def power_w(
    tdp_w: Any, power_per_tdp: Any, nodes: Any, nodes_power: Any, power_log_sd: Any, power_z: Any
) -> Any:
    """Power at the wall for each accelerator, its share of the machine included.

    :unit: W
    :range: above 0
    :equation: TDP * a * nodes ^ p, scattered
    :source: costcurve fit throughput, on metered runs of MLPerf v4.0 on H100 nodes
    """
    return tdp_w * power_per_tdp * nodes**nodes_power * np.exp(power_log_sd * power_z)


def energy_kwh(accelerator_hours: Any, power_w: Any) -> Any:
    """Energy at the wall of the machines, before what the data centre adds.

    :unit: kWh
    :range: above 0
    :equation: accelerator-hours * W / 1000
    :source: by definition
    """
    return accelerator_hours * power_w / 1000.0


def kg_co2e(energy_kwh: Any, pue: Any, gco2e_per_kwh: Any) -> Any:
    """Greenhouse gases of the electricity, the data centre's own included.

    :unit: kgCO2e
    :range: at least 0
    :equation: kWh * PUE * gCO2e/kWh / 1000
    :source: by definition of the power usage effectiveness
    """
    return energy_kwh * pue * gco2e_per_kwh / 1000.0
