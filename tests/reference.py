"""Eq. 1-5 of Thompson et al. (2024) in a few lines of Python, written from the paper alone."""

from __future__ import annotations

from math import log, log10


def entropy(counts):
    total = sum(counts)
    return -sum(c / total * log(c / total) for c in counts)


def eq_1(n, pretrain, rc, seg):
    return 10 ** (
        -0.813 - 0.070 * log10(n) - 0.053 * pretrain * log10(n) + 0.609 * rc + 0.622 * seg
    )


def eq_2(error, pretrain, rc, seg):
    return 10 ** ((log10(error) + 0.813 - 0.609 * rc - 0.622 * seg) / (-0.070 - 0.053 * pretrain))


def eq_3_to_5(needed, limit, held, usd_per_example, size, epochs, usd_per_flop):
    used = min(needed, limit)
    training = usd_per_flop * 2 * size * epochs * 3 * used
    data = usd_per_example * max(used - held, 0)
    return training, data, training + data
