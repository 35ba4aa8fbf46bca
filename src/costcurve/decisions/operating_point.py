"""What the errors of a yes-or-no model cost, at the threshold that costs least.

The equal-variance binormal model of signal detection theory (Green and Swets 1966, Signal Detection
Theory and Psychophysics; Hanley 1988, The Robustness of the "Binormal" Assumptions Used in Fitting
ROC Curves, Medical Decision Making 8(3), 197-203): scores of negatives are N(0, 1), those of
positives N(d', 1), and what scores above the threshold is called positive. The error given is the
one where both kinds of error are equally likely, so that one number says how far apart they lie.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from costcurve.core.quantities import normal_cdf, normal_quantile

#: Smallest error told from none: no set of tests is large enough to show it. costcurve's choice.
LEAST_ERROR = 1e-15
#: Smallest separation that a threshold is computed for, costcurve's choice: at ever smaller ones
#: it leaves both distributions, to the side of the cheaper answer.
LEAST_SEPARATION = 1e-9
#: Stands for a cost of nothing where a logarithm is taken: near the smallest float64, in dollars.
_NOTHING_USD = 1e-300


def separation(balanced_error: Any) -> Any:
    """Distance between the scores of positives and negatives, in standard deviations.

    :unit: 1
    :range: at least 0
    :equation: d' = -2 * Phi^-1(error)
    :source: Green and Swets (1966); the error at which both kinds are equally likely
    :deviation: an error above one half tells as little as one half; below 1e-15 it counts as 1e-15
    """
    bounded = np.minimum(np.maximum(balanced_error, LEAST_ERROR), 0.5)
    # Zero is added so that one half gives 0, not -0.
    return 0.0 - 2.0 * normal_quantile(bounded)


def always_yes_usd(prevalence: Any, false_positive_usd: Any) -> Any:
    """Expected cost of a prediction that calls everything positive.

    :unit: USD
    :range: at least 0
    :equation: (1 - prevalence) * cost of a false positive
    :source: by definition
    """
    return (1.0 - prevalence) * false_positive_usd


def always_no_usd(prevalence: Any, false_negative_usd: Any) -> Any:
    """Expected cost of a prediction that calls everything negative.

    :unit: USD
    :range: at least 0
    :equation: prevalence * cost of a false negative
    :source: by definition
    """
    return prevalence * false_negative_usd


def log_cost_ratio(always_yes_usd: Any, always_no_usd: Any) -> Any:
    """Logarithm of how much more false positives weigh than false negatives.

    :unit: 1
    :equation: ln(beta) = ln((1 - prevalence) * c_fp / (prevalence * c_fn))
    :source: Green and Swets (1966), the likelihood ratio of the ideal observer
    :deviation: a weight of nothing counts as 1e-300 dollars, so that no logarithm is infinite
    """
    yes = np.log(np.maximum(always_yes_usd, _NOTHING_USD))
    return yes - np.log(np.maximum(always_no_usd, _NOTHING_USD))


def threshold(log_cost_ratio: Any, separation: Any) -> Any:
    """Score above which calling it positive costs least.

    :unit: 1
    :equation: t = ln(beta) / d' + d' / 2
    :source: Green and Swets (1966), where the ratio of the two densities is beta
    :deviation: a separation below 1e-9 counts as 1e-9: the cheaper of always yes and always no
    """
    apart = np.maximum(separation, LEAST_SEPARATION)
    return log_cost_ratio / apart + apart / 2.0


def false_positive_rate(threshold: Any) -> Any:
    """Share of the negatives that are called positive.

    :unit: 1
    :range: at least 0 and at most 1
    :equation: 1 - Phi(t)
    :source: Green and Swets (1966)
    """
    return normal_cdf(-threshold)


def false_negative_rate(threshold: Any, separation: Any) -> Any:
    """Share of the positives that are called negative.

    :unit: 1
    :range: at least 0 and at most 1
    :equation: Phi(t - d')
    :source: Green and Swets (1966)
    """
    return normal_cdf(threshold - separation)


def expected_error_cost_usd(
    always_yes_usd: Any, always_no_usd: Any, false_positive_rate: Any, false_negative_rate: Any
) -> Any:
    """Expected cost of the errors of a prediction.

    :unit: USD
    :range: at least 0
    :equation: prevalence * fnr * c_fn + (1 - prevalence) * fpr * c_fp
    :source: by definition
    """
    return always_no_usd * false_negative_rate + always_yes_usd * false_positive_rate
