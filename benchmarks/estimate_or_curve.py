"""After a few runs, which is nearer: the law of tasks or that of learning curves.

    python benchmarks/estimate_or_curve.py

Of every way to train in the evidence with four sizes or more, the smallest are shown to both and
the larger ones predicted. The law of tasks is fitted without the data set; the law of curves never
saw an image. It takes a minute, and prints the table of docs/guides/pilots.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from costcurve.evidence.classification import TrainedClassifier, trained_classifiers
from costcurve.laws.classification import law_of
from costcurve.laws.curves import load_curve_law
from costcurve.laws.log_odds_fit import fit_log_odds
from costcurve.laws.log_odds_law import LogOddsLaw
from costcurve.laws.log_odds_validation import with_pilots

_FEWEST_SIZES, _NEAR = 4, 4.1
_SHARES = (0.05, 0.5, 0.95)
Rows = Sequence[TrainedClassifier]


def setups() -> tuple[Rows, list[list[TrainedClassifier]]]:
    """Return all the evidence, and the ways to train that have four sizes or more."""
    rows, groups = trained_classifiers(), defaultdict(list)
    for row in rows:
        groups[row.task, row.study, row.pretrained].append(row)
    long = [
        sorted(group, key=lambda row: row.train_examples)
        for group in groups.values()
        if len({row.train_examples for row in group}) >= _FEWEST_SIZES
    ]
    return rows, long


def by_curve(group: Rows, pilots: int) -> list[tuple[float, bool, float]]:
    """Return log10 of measured over predicted, whether it is inside, and how far it was."""
    sizes = sorted({row.train_examples for row in group})
    small = [next(row for row in group if row.train_examples == size) for size in sizes[:pilots]]
    larger = [row for row in group if row.train_examples > sizes[pilots - 1]]
    curve = load_curve_law().curve(
        [row.train_examples for row in small],
        [row.error_or_half for row in small],
        test_examples=[row.test_examples for row in small],
    )
    low, middle, high = curve.predict([row.train_examples for row in larger], _SHARES)
    measured = np.array([row.error_or_half for row in larger])
    inside = (low <= measured) & (measured <= high)
    far = [row.train_examples / small[-1].train_examples for row in larger]
    return list(zip(np.log10(measured / middle).tolist(), inside.tolist(), far, strict=True))


def main() -> None:
    """Print the table."""
    rows, long = setups()
    fit, known = fit_log_odds(rows), {}

    def make(kept: Rows) -> LogOddsLaw:
        key = frozenset(row.task for row in kept)
        if key not in known:
            known[key] = law_of(kept, fit)
        return known[key]

    targets = [row for group in long for row in group]
    for pilots in (1, 2, 3):
        curve = np.array([each for group in long for each in by_curve(group, pilots)])
        told = with_pilots(rows, targets, make, pilots)
        estimate = np.array([(each.log10_ratio, each.is_inside) for each in told])
        for name, kept in (("all", curve[:, 2] > 0.0), ("near", curve[:, 2] <= _NEAR)):
            words = [
                f"{10 ** np.sqrt(np.mean(each[kept, 0] ** 2)):.2f} x, {each[kept, 1].mean():.0%}"
                for each in (estimate, curve)
            ]
            print(f"{pilots} runs, {name}, {kept.sum()}: estimate {words[0]}; curve {words[1]}")


if __name__ == "__main__":
    main()
