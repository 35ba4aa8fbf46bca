"""Relative complexity: the entropy of the task's classes against a very difficult baseline.

Thompson et al. (2024), "Relative Complexity (RC)":
RC = TargetTaskEntropy / BaselineTaskEntropy, H(Y) = -sum_k P(y_k) log P(y_k).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np


def target_error(target_accuracy: Any) -> Any:
    """Target error (1 - accuracy).

    :unit: 1
    :range: above 0 and below 1
    :equation: error = 1 - accuracy (classification), mean (1 - Jaccard index) (segmentation)
    :source: Thompson et al. (2024), Performance Error
    """
    return 1.0 - target_accuracy


def target_accuracy(target_error: Any) -> Any:
    """Target accuracy.

    :unit: 1
    :range: above 0 and below 1
    :equation: accuracy = 1 - error
    :source: Thompson et al. (2024), Performance Error
    """
    return 1.0 - target_error


def class_entropy_nats(classes: Any) -> Any:
    """Entropy of the classes, taken as equally frequent.

    :unit: 1
    :range: above 0
    :equation: H(Y) = - sum over k of P(y_k) log P(y_k), with P(y_k) = 1 / classes
    :source: Thompson et al. (2024), Relative Complexity, after Shannon (1948)
    """
    return np.log(classes)


def relative_complexity(class_entropy_nats: Any, baseline_classes: Any) -> Any:
    """Relative complexity of the task.

    :unit: 1
    :range: at least 0
    :equation: RC = TargetTaskEntropy / BaselineTaskEntropy
    :source: Thompson et al. (2024), Relative Complexity; the baseline's classes are uniform
    """
    return class_entropy_nats / np.log(baseline_classes)


def class_entropy_bits(class_entropy_nats: Any) -> Any:
    """Entropy of the classes in bits.

    :unit: 1
    :range: above 0
    :source: the definition of the bit
    """
    return class_entropy_nats / np.log(2.0)


def effective_classes(class_entropy_nats: Any) -> Any:
    """Number of equally frequent classes with the same entropy.

    :unit: 1
    :range: above 1
    :source: the exponential of Shannon's entropy (Hill number of order one)
    """
    return np.exp(class_entropy_nats)


def entropy_of_counts_nats(counts: Iterable[float]) -> float:
    """Return the Shannon entropy of classes with these counts.

    Parameters
    ----------
    counts : iterable of float
        Examples of each class, above 0.

    Returns
    -------
    float
        -sum p log p in nats, with p the share of each class; 0 for one class.
    """
    numbers = np.asarray(list(counts), dtype=np.float64)
    shares = numbers / numbers.sum()
    shares = shares[shares > 0.0]  # x log x is 0 at 0, where a share too small for float64 lands
    return float(-(shares * np.log(shares)).sum())
