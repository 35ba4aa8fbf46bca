"""How well laws predict tasks that they have not seen, and what runs on a task add."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from costcurve.core.draws import Z95
from costcurve.core.quantities import FloatArray
from costcurve.evidence.classification import TrainedClassifier
from costcurve.laws.belief import Runs
from costcurve.laws.either import Law
from costcurve.laws.log_odds_card import Unseen
from costcurve.laws.log_odds_fit import settings_of

Maker = Callable[[Sequence[TrainedClassifier]], Law]


@dataclass(frozen=True)
class Prediction:
    """One error, predicted and measured.

    Attributes
    ----------
    task : str
        Of which data set.
    log10_ratio : float
        log10 of measured over predicted error.
    is_inside : bool
        Whether the 90 % interval holds it.
    log10_width : float
        log10 of the interval's upper over its lower end.
    log_density : float
        Natural logarithm of the predictive density of log10 error at the measured one.
    """

    task: str
    log10_ratio: float
    is_inside: bool
    log10_width: float
    log_density: float


def score(predictions: Sequence[Prediction]) -> Unseen:
    """Return how good predictions were; there must be some."""
    by_task: dict[str, list[Prediction]] = {}
    for each in predictions:
        by_task.setdefault(each.task, []).append(each)
    coverage = float(np.mean([each.is_inside for each in predictions]))
    away = [sum(each.is_inside - coverage for each in group) for group in by_task.values()]
    g = len(by_task)
    more = g / (g - 1.0) if g > 1 else np.inf
    return Unseen(
        predictions=len(predictions),
        tasks=g,
        median_abs_log10_error=float(np.median([abs(each.log10_ratio) for each in predictions])),
        coverage90=coverage,
        coverage90_se=float(np.sqrt(more * np.sum(np.square(away))) / len(predictions)),
        median_log10_width=float(np.median([each.log10_width for each in predictions])),
        mean_log_density=float(
            np.mean([np.mean([each.log_density for each in group]) for group in by_task.values()])
        ),
    )


def predict(
    law: Law, rows: Sequence[TrainedClassifier], pilots: Sequence[TrainedClassifier] = ()
) -> list[Prediction]:
    """Return the predictions of rows, each after the same pilots.

    Parameters
    ----------
    law : Law
        Fitted without the task.
    rows, pilots : sequence of TrainedClassifier
        Of one task, one way to train, one study where there are pilots.
    """
    setting = settings_of(rows)
    seen = [np.tile(each, (len(rows), 1)) for each in _runs(pilots)]
    scale = law.scale(setting)
    belief = law.belief(setting).after(Runs(*seen), scale)
    middle, spread = belief.at(np.array([float(row.train_examples) for row in rows]))
    measured = np.array([row.error_or_half for row in rows])
    value, median = scale.of(measured), scale.error(middle)
    ends = scale.error(middle - Z95 * spread), scale.error(middle + Z95 * spread)
    # Of log10 error rather than of the scale's own value, so that scales can be compared.
    stretch = scale.slopes(value)[0] / (measured * np.log(10.0))
    density = -0.5 * ((value - middle) / spread) ** 2 - np.log(spread * np.sqrt(2.0 * np.pi))
    density -= np.log(stretch)
    return [
        Prediction(
            row.task,
            float(np.log10(measured[i] / median[i])),
            bool(ends[0][i] <= measured[i] <= ends[1][i]),
            float(np.log10(ends[1][i] / ends[0][i])),
            float(density[i]),
        )
        for i, row in enumerate(rows)
    ]


def _runs(pilots: Sequence[TrainedClassifier]) -> list[FloatArray]:
    columns = ("train_examples", "error", "test_examples")
    return [np.array([float(getattr(row, name)) for row in pilots]) for name in columns]


def without_pilots(
    rows: Sequence[TrainedClassifier], targets: Iterable[TrainedClassifier], make: Maker
) -> list[Prediction]:
    """Return predictions of targets by laws that have not seen their task.

    Parameters
    ----------
    rows : sequence of TrainedClassifier
        All the evidence.
    targets : iterable of TrainedClassifier
        What is predicted.
    make : callable
        Returns the law fitted to some rows.
    """
    found = []
    by_task: dict[str, list[TrainedClassifier]] = {}
    for row in targets:
        by_task.setdefault(row.task, []).append(row)
    for task, group in by_task.items():
        law = make([row for row in rows if row.task != task])
        found += predict(law, group)
    return found


def with_pilots(
    rows: Sequence[TrainedClassifier],
    targets: Iterable[TrainedClassifier],
    make: Maker,
    pilots: int = 1,
    beyond: int | None = None,
) -> list[Prediction]:
    """Return predictions of larger runs after the smallest ones of the same task and way to train.

    Parameters
    ----------
    rows, targets, make
        As in `without_pilots`.
    pilots : int
        How many of the smallest sizes are seen.
    beyond : int, optional
        How many of the smallest sizes are not predicted: by default those seen.
    """
    beyond = pilots if beyond is None else beyond
    found = []
    setups: dict[tuple[str, str, bool], list[TrainedClassifier]] = {}
    for row in targets:
        setups.setdefault((row.task, row.study, row.pretrained), []).append(row)
    laws: dict[str, Law] = {}
    for (task, _, _), group in setups.items():
        sizes = sorted({row.train_examples for row in group})
        if len(sizes) <= beyond:
            continue
        if task not in laws:
            laws[task] = make([row for row in rows if row.task != task])
        small = [next(r for r in group if r.train_examples == size) for size in sizes[:pilots]]
        larger = [row for row in group if row.train_examples in sizes[beyond:]]
        found += predict(laws[task], larger, small)
    return found
