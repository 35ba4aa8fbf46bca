"""The log-odds law: the odds of an error, against what chance leaves, fall with the examples.

    log10(error / (chance - error)) = level + slope (log10(n) - 3) + bend max(0, log10(n) - knee)

`chance` is the error of guessing among equally frequent classes; the knee lies at so many examples
of each class, beyond which more of them help less. Level and slope depend on the task; how a single
task departs from both is normal, and runs on the task narrow it (`belief`). The departures are two
standard normal deviates, at zero in the median.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from costcurve.core.quantities import normal_cdf
from costcurve.laws.odds import FLATTEST, LN10, PIVOT, error_of, line, log_odds_of


def chance_error(class_entropy_nats: Any) -> Any:
    """Error of guessing among as many equally frequent classes as there are in effect.

    :unit: 1
    :range: above 0 and below 1
    :equation: 1 - 1 / exp(H(Y))
    :source: the definition of guessing; exp of Shannon's entropy is the effective number of classes
    :deviation: of unequal classes guessing is right a little more often
    """
    return 1.0 - np.exp(-class_entropy_nats)


def log10_classes(class_entropy_nats: Any) -> Any:
    """Decimal logarithm of the effective number of classes.

    :unit: 1
    :range: above 0
    :equation: H(Y) / ln 10
    :source: the exponential of Shannon's entropy (Hill number of order one)
    """
    return class_entropy_nats / LN10


def log10_knee(log10_classes: Any, knee_examples_per_class: Any) -> Any:
    """Decimal logarithm of the examples beyond which more of them help less.

    :unit: 1
    :equation: log10(examples of each class at the knee x classes)
    :source: law card
    """
    return log10_classes + np.log10(knee_examples_per_class)


def curve_bend(coef_log10_examples_beyond: Any, structured: Any) -> Any:
    """Change of the slope beyond the knee.

    :unit: 1
    :equation: c2, or of structured tasks 0
    :source: law card
    """
    return coef_log10_examples_beyond * (1.0 - structured)


def curve_level(
    coef_intercept: Any,
    coef_pretrained: Any,
    coef_log10_classes: Any,
    coef_pretrained_log10_classes: Any,
    coef_specialized: Any,
    coef_pretrained_specialized: Any,
    coef_structured: Any,
    pretrained: Any,
    log10_classes: Any,
    specialized: Any,
    structured: Any,
    level_from_pilots: Any,
) -> Any:
    """Log odds of an error at 1,000 examples, in the median.

    :unit: 1
    :equation: b0 + b1 Pretrain + (b2 + b3 Pretrain) (log10 K - 1) + (b4 + b5 Pretrain) Specialized,
        or of structured tasks b6; and what pilots added
    :source: law card
    """
    sizes = log10_classes - 1.0
    of_photographs = (
        coef_intercept
        + coef_pretrained * pretrained
        + (coef_log10_classes + coef_pretrained_log10_classes * pretrained) * sizes
        + (coef_specialized + coef_pretrained_specialized * pretrained) * specialized
    )
    return of_photographs * (1.0 - structured) + coef_structured * structured + level_from_pilots


def curve_slope(
    coef_log10_examples: Any,
    coef_structured_log10_examples: Any,
    structured: Any,
    slope_from_pilots: Any,
) -> Any:
    """Change of the log odds with a decade of examples, before the knee, in the median.

    :unit: 1
    :equation: c0, or of structured tasks c1; and what pilots added
    :source: law card
    """
    return (
        coef_log10_examples * (1.0 - structured)
        + coef_structured_log10_examples * structured
        + slope_from_pilots
    )


def task_slope(curve_slope: Any, slope_sd: Any, slope_z: Any) -> Any:
    """Change of this task's log odds with a decade of examples, before the knee.

    :unit: 1
    :equation: median slope + scatter
    :source: law card
    """
    return curve_slope + slope_sd * slope_z


def task_level(
    curve_level: Any,
    level_sd: Any,
    residual_z: Any,
    slope_sd: Any,
    slope_z: Any,
    decades_to_pivot: Any,
) -> Any:
    """Log odds of this task's error at 1,000 examples.

    :unit: 1
    :equation: median level + scatter of the level - scatter of the slope x decades to the pivot
    :source: law card; at the pivot level and slope are uncorrelated
    """
    return curve_level + level_sd * residual_z - slope_sd * slope_z * decades_to_pivot


def log10_examples_needed(
    target_error: Any,
    chance_error: Any,
    task_level: Any,
    task_slope: Any,
    curve_bend: Any,
    log10_knee: Any,
    decades_to_pivot: Any,
) -> Any:
    """Decimal logarithm of the number of examples that reach the target error.

    :unit: 1
    :equation: the law, solved for log10(n) on either side of the knee
    :source: the log-odds form
    :deviation: from the pivot on, a task whose odds do not fall is taken to fall by a hundredth of
        a decade with each decade of examples, so that the number is beyond reach, not undefined
    """
    pivot = PIVOT + decades_to_pivot
    before = np.minimum(task_slope, FLATTEST)
    beyond = np.minimum(task_slope + curve_bend, FLATTEST)
    at_pivot = line(pivot, task_level, task_slope, log10_knee, curve_bend)
    at_knee = at_pivot + np.where(pivot < log10_knee, before, beyond) * (log10_knee - pivot)
    away = log_odds_of(target_error, chance_error) - at_knee
    return log10_knee + away / np.where(away > 0.0, before, beyond)


def examples_needed(log10_examples_needed: Any, log10_examples_cap: Any) -> Any:
    """Examples that reach the target error.

    :unit: example
    :range: above 0 and at most 1e100
    :equation: data_needed = 10^log10(data_needed)
    :source: the log-odds form
    :deviation: capped where no number of examples has a meaning, so that nothing overflows
    """
    return 10.0 ** np.maximum(
        np.minimum(log10_examples_needed, log10_examples_cap), -log10_examples_cap
    )


def predicted_error(
    examples_used: Any,
    chance_error: Any,
    task_level: Any,
    task_slope: Any,
    curve_bend: Any,
    log10_knee: Any,
) -> Any:
    """Error after training on the examples used.

    :unit: 1
    :range: above 0 and below 1
    :equation: chance / (1 + 10^-log odds)
    :source: the log-odds form
    """
    log_odds = line(np.log10(examples_used), task_level, task_slope, log10_knee, curve_bend)
    return error_of(log_odds, chance_error)


def achievable_error(
    limit: Any,
    chance_error: Any,
    task_level: Any,
    task_slope: Any,
    curve_bend: Any,
    log10_knee: Any,
) -> Any:
    """Lowest error to expect with every example that could be had.

    :unit: 1
    :range: above 0 and at most 1
    :equation: the law at n = data_max
    :source: Thompson et al. (2024), Datapoints: the amount of data bounds the performance
    """
    return predicted_error(limit, chance_error, task_level, task_slope, curve_bend, log10_knee)


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
    chance_error: Any,
    curve_level: Any,
    curve_slope: Any,
    curve_bend: Any,
    log10_knee: Any,
    level_sd: Any,
    slope_sd: Any,
    decades_to_pivot: Any,
) -> Any:
    """Probability that training on the examples at hand reaches the target error.

    :unit: 1
    :range: at least 0 and at most 1
    :equation: Phi((log odds of the target - median) / sqrt(level_sd^2 + slope_sd^2 (log10 n -
        pivot)^2))
    :source: the scatter of the law card; normal in log odds
    """
    logs = np.log10(examples_at_hand)
    median = line(logs, curve_level, curve_slope, log10_knee, curve_bend)
    away = slope_sd * (logs - PIVOT - decades_to_pivot)
    spread = np.sqrt(level_sd * level_sd + away * away)
    return normal_cdf((log_odds_of(target_error, chance_error) - median) / spread)


def probability_at_limit(
    target_error: Any,
    limit: Any,
    chance_error: Any,
    curve_level: Any,
    curve_slope: Any,
    curve_bend: Any,
    log10_knee: Any,
    level_sd: Any,
    slope_sd: Any,
    decades_to_pivot: Any,
) -> Any:
    """Probability that training on every example that could be had reaches the target error.

    :unit: 1
    :range: at least 0 and at most 1
    :equation: as the probability of the target, at n = data_max
    :source: the scatter of the law card; normal in log odds
    """
    return probability_of_target(
        target_error,
        limit,
        chance_error,
        curve_level,
        curve_slope,
        curve_bend,
        log10_knee,
        level_sd,
        slope_sd,
        decades_to_pivot,
    )


def examples_factor_to_halve_error(task_slope: Any, curve_bend: Any) -> Any:
    """Times the examples that halve a small error, beyond the knee.

    :unit: 1
    :range: above 1
    :equation: 2^(-1 / (slope + bend))
    :source: the log-odds form, where the error is small against chance
    """
    return 2.0 ** (-1.0 / np.minimum(task_slope + curve_bend, FLATTEST))
