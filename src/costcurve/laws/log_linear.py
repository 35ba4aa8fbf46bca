"""The log-linear law: log10 of the error falls linearly with log10 of the examples.

    log10(error) = b0 + b1 log10(n) + b2 Pretrain log10(n) + b3 RC + b4 Type + residual

Eq. 1 of Thompson et al. (2024) has this form. The coefficients are inputs: they come from a law
card. The residual is a standard normal deviate times the card's residual scale; at zero the
functions give the median, which is the equation as printed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from costcurve.core.quantities import normal_cdf


def examples_exponent(
    coef_log10_examples: Any, coef_pretrained_log10_examples: Any, pretrained: Any
) -> Any:
    """Power of the number of examples that the error follows.

    :unit: 1
    :range: below 0
    :equation: b1 + b2 Pretrain
    :source: the log-linear form, Eq. 1 of Thompson et al. (2024)
    """
    return coef_log10_examples + coef_pretrained_log10_examples * pretrained


def log10_error_at_one_example(
    coef_intercept: Any,
    coef_relative_complexity: Any,
    relative_complexity: Any,
    coef_segmentation: Any,
    segmentation: Any,
) -> Any:
    """Decimal logarithm of the error that the law gives for one example.

    :unit: 1
    :equation: b0 + b3 RC + b4 Type
    :source: the log-linear form, Eq. 1 of Thompson et al. (2024)
    """
    return (
        coef_intercept
        + coef_relative_complexity * relative_complexity
        + coef_segmentation * segmentation
    )


def residual(residual_sd: Any, residual_z: Any) -> Any:
    """Departure of this task's log10 error from the law.

    :unit: 1
    :source: the residual scale of the law card; normal in log10 error
    :deviation: the paper prints no residual; at zero this is Eq. 1 as printed
    """
    return residual_sd * residual_z


def log10_examples_needed(
    target_error: Any, log10_error_at_one_example: Any, residual: Any, examples_exponent: Any
) -> Any:
    """Decimal logarithm of the number of examples that reach the target error.

    :unit: 1
    :equation: (log10(error) - b0 - b3 RC - b4 Type) / (b1 + b2)
    :source: Eq. 2 of Thompson et al. (2024)
    :deviation: the printed Eq. 2 assumes Pretrain = 1; here the slope follows the task
    """
    return (np.log10(target_error) - log10_error_at_one_example - residual) / examples_exponent


def examples_needed(log10_examples_needed: Any, log10_examples_cap: Any) -> Any:
    """Examples that reach the target error.

    :unit: example
    :range: above 0 and at most 1e100
    :equation: data_needed = 10^((log10(error) - b0 - b3 RC - b4 Type) / (b1 + b2))
    :source: Eq. 2 of Thompson et al. (2024)
    :deviation: capped where no number of examples has a meaning, so that nothing overflows
    """
    return 10.0 ** np.maximum(
        np.minimum(log10_examples_needed, log10_examples_cap), -log10_examples_cap
    )


def predicted_error(
    examples_used: Any, log10_error_at_one_example: Any, examples_exponent: Any, residual: Any
) -> Any:
    """Error after training on the examples used.

    :unit: 1
    :range: above 0
    :equation: log10(error) = b0 + b1 log10(n) + b2 Pretrain log10(n) + b3 RC + b4 Type
    :source: the log-linear form, Eq. 1 of Thompson et al. (2024)
    """
    median = _log10_median_error(examples_used, log10_error_at_one_example, examples_exponent)
    return 10.0 ** (median + residual)


def achievable_error(
    limit: Any, log10_error_at_one_example: Any, examples_exponent: Any, residual: Any
) -> Any:
    """Lowest error to expect with every example that could be had.

    :unit: 1
    :range: above 0 and at most 1
    :equation: the law at n = data_max
    :source: Thompson et al. (2024), Datapoints: the amount of data bounds the performance
    :deviation: at most 1, which Eq. 1 can exceed
    """
    return np.minimum(
        1.0, predicted_error(limit, log10_error_at_one_example, examples_exponent, residual)
    )


def achievable_accuracy(achievable_error: Any) -> Any:
    """Highest accuracy to expect with every example that could be had.

    :unit: 1
    :range: at least 0 and below 1
    :equation: Max Achievable Accuracy
    :source: Thompson et al. (2024), Figure 2
    """
    return 1.0 - achievable_error


def probability_of_target(
    target_error: Any,
    examples_at_hand: Any,
    log10_error_at_one_example: Any,
    examples_exponent: Any,
    residual_sd: Any,
) -> Any:
    """Probability that training on the examples at hand reaches the target error.

    :unit: 1
    :range: at least 0 and at most 1
    :equation: Phi((log10(target error) - log10(predicted error)) / residual scale)
    :source: the residual scale of the law card; normal in log10 error
    :deviation: the paper gives no probability; at the examples "needed" it is one half
    """
    median = _log10_median_error(examples_at_hand, log10_error_at_one_example, examples_exponent)
    return normal_cdf((np.log10(target_error) - median) / residual_sd)


def probability_at_limit(
    target_error: Any,
    limit: Any,
    log10_error_at_one_example: Any,
    examples_exponent: Any,
    residual_sd: Any,
) -> Any:
    """Probability that training on every example that could be had reaches the target error.

    :unit: 1
    :range: at least 0 and at most 1
    :equation: Phi((log10(target error) - log10(predicted error at the limit)) / residual scale)
    :source: the residual scale of the law card; normal in log10 error
    :deviation: the paper gives no probability
    """
    return probability_of_target(
        target_error, limit, log10_error_at_one_example, examples_exponent, residual_sd
    )


def examples_factor_to_halve_error(examples_exponent: Any, log10_examples_cap: Any) -> Any:
    """Times the examples that halve the error.

    :unit: 1
    :range: above 1 and at most 1e100
    :equation: 2^(-1 / (b1 + b2))
    :source: the log-linear form, Eq. 1 of Thompson et al. (2024)
    :deviation: capped where no number of examples has a meaning, so that nothing overflows
    """
    return 2.0 ** np.minimum(-1.0 / examples_exponent, log10_examples_cap / np.log10(2.0))


def _log10_median_error(
    examples: Any, log10_error_at_one_example: Any, examples_exponent: Any
) -> Any:
    return log10_error_at_one_example + examples_exponent * np.log10(examples)
