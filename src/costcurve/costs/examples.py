"""What any way to price shares: the examples, what they cost, and the total (Eq. 3 and 5)."""

from __future__ import annotations

from typing import Any

import numpy as np


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


def total_cost_usd(training_cost_usd: Any, testing_cost_usd: Any, data_cost_usd: Any) -> Any:
    """Total cost of reaching the target, or of what can be reached.

    :unit: USD
    :range: at least 0
    :equation: cost_total = cost_training + cost_data
    :source: Thompson et al. (2024), Eq. 3
    :deviation: extensive testing, which the paper puts into the epochs, is added by name
    """
    return training_cost_usd + testing_cost_usd + data_cost_usd
