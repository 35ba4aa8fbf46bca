"""The share of an accelerator's peak that training reaches, by the model's family."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from costcurve.core.draws import STANDARD_NORMAL
from costcurve.core.quantities import Input

#: The scatter within a family, drawn once for all models.
INPUTS = (
    replace(
        Input.of(
            "utilisation_z",
            0.0,
            "1",
            "Scatter of the utilisation within a family",
            "0 is the family's median; -1.645 and 1.645 bound 90 % of the models measured",
        ),
        spread=STANDARD_NORMAL,
    ),
)
#: Inputs that differ from model to model.
MODEL_FACTS = ("utilisation_median", "utilisation_factor")


def utilisation(utilisation_median: Any, utilisation_factor: Any, utilisation_z: Any) -> Any:
    """Share of the accelerator's dense peak that training reaches.

    :unit: 1
    :range: above 0 and at most 1
    :equation: median of the family * factor of one standard deviation ^ z, at most 1
    :source: costcurve fit families: lognormal between the family's 5th and 95th percentile
    """
    return np.minimum(utilisation_median * utilisation_factor**utilisation_z, 1.0)
