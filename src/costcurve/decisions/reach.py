"""What there is to train on, whether it reaches the target, and what is missing if not."""

from __future__ import annotations

from typing import Any

import numpy as np


def examples_at_hand(examples_used: Any, examples_held: Any) -> Any:
    """Examples at hand once the new ones are bought.

    :unit: example
    :range: above 0
    :equation: max(min(data_needed, data_max), data_present)
    :source: costcurve: what is held counts for the chance, even where more is held than needed
    :deviation: Eq. 4 trains on the examples needed only, and so does its price
    """
    return np.maximum(examples_used, examples_held)


def reaches_target(examples_needed: Any, limit: Any) -> Any:
    """Whether the examples needed can be had: 1 if so, else 0.

    :unit: 1
    :range: at least 0 and at most 1
    :equation: data_needed <= data_max
    :source: Thompson et al. (2024), Datapoints: the amount of data bounds the performance
    """
    return np.where(examples_needed <= limit, 1.0, 0.0)


def missing_examples(examples_needed: Any, limit: Any) -> Any:
    """Examples needed beyond those that could be had.

    :unit: example
    :range: at least 0
    :equation: data_needed - data_max, where that is above 0
    :source: Thompson et al. (2024), Datapoints: the amount of data bounds the performance
    """
    return np.maximum(examples_needed - limit, 0.0)


def missing_data_cost_usd(missing_examples: Any, usd_per_example: Any) -> Any:
    """Cost of the missing examples, could they be had.

    :unit: USD
    :range: at least 0
    :equation: cost_perdatapoint * (data_needed - data_max)
    :source: Thompson et al. (2024), Eq. 5, beyond the limit
    """
    return missing_examples * usd_per_example


def accuracy_shortfall(achievable_error: Any, target_error: Any) -> Any:
    """Accuracy by which the achievable falls short of the target.

    :unit: 1
    :range: at least 0 and below 1
    :equation: target accuracy - Max Achievable Accuracy, where that is above 0
    :source: Thompson et al. (2024), Figure 2
    """
    return np.maximum(achievable_error - target_error, 0.0)
