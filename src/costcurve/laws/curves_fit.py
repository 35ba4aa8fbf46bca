"""The law of learning curves, learned from a bank of them and tried on data sets left out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from costcurve.core.quantities import FloatArray
from costcurve.evidence.learning_curves import LearningCurve, lcdb
from costcurve.laws.curves import COVERAGES, SHARES, CurveLaw
from costcurve.laws.damped import Components, condition, thinned

#: Curves of the bank: at least so many points, none with an error below the floor.
_POINTS, _FLOOR, _CURVES, _SEED = 12, 0.005, 600, 1
#: Ratios of the largest x to the largest seen, and numbers of pilots.
HORIZONS, PILOTS = (2, 4, 8), (1, 2, 3, 4)
#: Candidates for components, drawn from wide ranges.
_CANDIDATES = 240
_RANGES = {
    "slope_sd": (0.05, 0.8),
    "rate": (0.03, 1.5),
    "noise_sd": (0.004, 0.25),
    "wander_sd": (0.003, 0.1),
}
_STEEPEST, _FLAT_SHARE, _EARLIEST = -0.6, 0.2, 1.2
#: Of the expectation-maximisation of the weights.
_ROUNDS = 200
_LEAST = 0.004
#: Chosen among 1, 0.5 and 0.25 on data sets left out, and 0.01 to 0.05 on the whole bank.
EVIDENCE_POWER, SMOOTH = 0.5, 0.03
_FOLDS = 5
# Numbers of points that are calibrated apart: one, two, and more.
_GROUPS = 3

Show = Callable[[str], None]


@dataclass(frozen=True)
class Task:
    """A part of a curve that is seen, and a later one to predict.

    Attributes
    ----------
    protocol, dataset : str
        How it was cut, and of which data set.
    x, y, later_x, later_y : ndarray
        Seen, and to predict.
    """

    protocol: str
    dataset: str
    x: FloatArray
    y: FloatArray
    later_x: FloatArray
    later_y: FloatArray


def bank_of(curves: Sequence[LearningCurve]) -> list[LearningCurve]:
    """Return the curves of a bank: long enough, not down to nothing, 600 of them at random."""
    kept = [
        curve
        for curve in sorted(curves, key=lambda each: (int(each.dataset), each.learner))
        if curve.learner != "DummyClassifier"
        and len(curve.examples) >= _POINTS
        and curve.error.min() > _FLOOR
    ]
    if len(kept) <= _CURVES:
        return kept
    chosen = np.sort(np.random.default_rng(_SEED).permutation(len(kept))[:_CURVES])
    return [kept[place] for place in chosen]


def tasks_of(bank: Sequence[LearningCurve]) -> list[Task]:
    """Return the tasks that a bank is cut into.

    With horizon h what lies below max(x) / h is seen and the upper half predicted; with k pilots
    the k points nearest to a quarter, an eighth and so on of max(x), and the last point predicted.
    """
    found = []
    for curve in bank:
        x, y = curve.examples, curve.error
        for horizon in HORIZONS:
            seen, later = x <= x.max() / horizon * 1.0001, x > x.max() / 2 * 1.0001
            if seen.sum() >= 6 and later.any():
                parts = (x[seen], y[seen], x[later], y[later])
                found.append(Task(f"horizon {horizon}", curve.dataset, *parts))
        for pilots in PILOTS:
            wanted = x.max() / 4 / 2.0 ** np.arange(pilots)
            near = [int(np.argmin(np.abs(np.log(x) - np.log(each)))) for each in wanted]
            places = sorted(set(near))
            if len(places) == pilots:
                parts = (x[places], y[places], x[-1:], y[-1:])
                found.append(Task(f"{pilots} pilots", curve.dataset, *parts))
    return found


def candidates() -> Components:
    """Return the components among which weights are shared out, drawn once."""
    random = np.random.default_rng(0)
    drawn = {
        name: np.exp(random.uniform(np.log(low), np.log(high), _CANDIDATES))
        for name, (low, high) in _RANGES.items()
    }
    steep = random.uniform(_STEEPEST, 0.0, _CANDIDATES)
    return Components(
        mean_slope=np.where(random.random(_CANDIDATES) < _FLAT_SHARE, 0.0, steep),
        early=random.uniform(0.0, _EARLIEST, _CANDIDATES),
        log_weight=np.zeros(_CANDIDATES),
        **drawn,
    )


def scores_of(components: Components, tasks: Sequence[Task]) -> FloatArray:
    """Return how each component does on each task, of shape (tasks, components).

    The logarithm of the density of what is predicted, a mean over its points, with that of what is
    seen to the power of evidence.
    """
    found = np.empty((len(tasks), len(components.rate)))
    for place, task in enumerate(tasks):
        kept = thinned(len(task.x))
        seen, mean, variance = condition(
            components, np.log(task.x[kept]), np.log(task.y[kept]), np.log(task.later_x)
        )
        away = np.log(task.later_y) - mean
        density = -0.5 * (away**2 / variance + np.log(2.0 * np.pi * variance))
        found[place] = EVIDENCE_POWER * seen + density.mean(axis=1)
    return found


def weights_of(scores: FloatArray) -> FloatArray:
    """Return the weights of components with the highest likelihood: expectation-maximisation."""
    shares = np.full(scores.shape[1], 1.0 / scores.shape[1])
    relative = np.exp(scores - scores.max(axis=1, keepdims=True))
    for _ in range(_ROUNDS):
        each = relative * shares
        shares = (each / each.sum(axis=1, keepdims=True)).mean(axis=0)
    return shares


def law_of(components: Components, shares: FloatArray) -> CurveLaw:
    """Return the law with those components that have weight."""
    kept = shares > _LEAST
    parts = {each.name: getattr(components, each.name)[kept] for each in fields(components)}
    weighed = replace(Components(**parts), log_weight=np.log(shares[kept] / shares[kept].sum()))
    return CurveLaw(weighed, EVIDENCE_POWER, SMOOTH, (COVERAGES,), {})


def make_card(folder: Path | None = None, show: Show = lambda _: None) -> dict[str, Any]:
    """Return the content of the card, learned from LCDB 1.1 and tried on data sets left out.

    Parameters
    ----------
    folder : Path, optional
        A folder of data in place of the cache.
    show : callable
        Told what is being done.

    Raises
    ------
    InputError
        If the bank cannot be had, or has not the content it should have.
    """
    bank = bank_of(lcdb(folder))
    tasks = tasks_of(bank)
    show(f"{_CANDIDATES} components to {len(tasks):,} tasks of {len(bank)} curves")
    components = candidates()
    scores = scores_of(components, tasks)
    law = law_of(components, weights_of(scores))
    show("each fifth of the data sets from the others")
    folds = _folds(tasks)
    laws = [law_of(components, weights_of(scores[folds != fold])) for fold in range(_FOLDS)]
    sides = [_sides(laws[fold], task) for fold, task in zip(folds.tolist(), tasks, strict=True)]
    return {
        "schema_version": 1,
        "id": "curves-2026",
        "title": "Learning curves as damped trends, moved towards a power law with an offset",
        "date": date.today().isoformat(),
        "source": "LCDB 1.1 (Yan et al. 2025, CC BY 4.0): 600 curves of 27 learners",
        "data_sha256": _digest(bank),
        "command": "costcurve fit curves",
        "evidence_power": law.evidence_power,
        "smooth": law.smooth,
        "calibration": _calibration(sides, tasks),
        "components": {
            each.name: getattr(law.components, each.name).tolist()
            for each in fields(law.components)
        },
        "validation": _validated(laws, sides, folds, tasks),
    }


def _folds(tasks: Sequence[Task]) -> np.ndarray:
    """Return the fifth in which each task's data set is left out."""
    datasets = sorted({task.dataset for task in tasks}, key=int)
    order = np.random.default_rng(0).permutation(len(datasets)).tolist()
    fold_of = {datasets[place]: rank % _FOLDS for rank, place in enumerate(order)}
    return np.array([fold_of[task.dataset] for task in tasks])


def _sides(law: CurveLaw, task: Task) -> FloatArray:
    """Return the smallest central intervals of a law that hold what was measured, 0 to 1."""
    curve = law.curve(task.x, task.y)
    return np.asarray(np.abs(2.0 * curve.probability(task.later_y, task.later_x) - 1.0))


def _calibration(
    sides: Sequence[FloatArray], tasks: Sequence[Task]
) -> tuple[tuple[float, ...], ...]:
    """Return the intervals that hold what they should, of one point, two, and more."""
    points = [min(len(task.x), _GROUPS) for task in tasks]
    return tuple(
        _calibrated([each for each, own in zip(sides, points, strict=True) if own == group])
        for group in range(1, _GROUPS + 1)
    )


def _calibrated(sides: Sequence[FloatArray]) -> tuple[float, ...]:
    """Return the intervals that hold what they should; every task counts alike."""
    values = np.concatenate(list(sides))
    weights = np.concatenate([np.full(len(each), 1.0 / len(each)) for each in sides])
    order = np.argsort(values)
    share = (np.cumsum(weights[order]) - 0.5 * weights[order]) / weights.sum()
    found = np.interp(COVERAGES[1:-1], share, values[order])
    return (0.0, *np.maximum.accumulate(found).tolist(), 1.0)


def _digest(bank: Sequence[LearningCurve]) -> str:
    digest = hashlib.sha256()
    for curve in bank:
        digest.update(f"{curve.dataset},{curve.learner}".encode())
        digest.update(curve.examples.tobytes() + curve.error.tobytes())
    return digest.hexdigest()


def _validated(
    laws: Sequence[CurveLaw], sides: Sequence[FloatArray], folds: np.ndarray, tasks: Sequence[Task]
) -> dict[str, dict[str, float]]:
    """Return the scores of every protocol, data sets left out a fifth at a time."""
    rows: dict[str, list[dict[str, float]]] = {}
    for fold, law in enumerate(laws):
        rest = np.flatnonzero(folds != fold).tolist()
        known = _calibration([sides[place] for place in rest], [tasks[place] for place in rest])
        calibrated = replace(law, calibration=known)
        for place in np.flatnonzero(folds == fold).tolist():
            row = score_of(calibrated, tasks[place])
            rows.setdefault(tasks[place].protocol, []).append(row)
    return {
        protocol: {name: float(np.mean([row[name] for row in rows[protocol]])) for name in _SCORES}
        | {"curves": float(len(rows[protocol]))}
        for protocol in sorted(rows)
    }


_SCORES = ("rmse_log", "coverage50", "coverage90", "interval_score90")


def score_of(law: CurveLaw, task: Task) -> dict[str, float]:
    """Return how a law does on one task: errors are of log y."""
    curve = law.curve(task.x, task.y)
    low, quarter, middle, three, high = np.log(curve.predict(task.later_x, SHARES))
    real = np.log(task.later_y)
    outside = np.maximum(low - real, 0.0) + np.maximum(real - high, 0.0)
    return {
        "rmse_log": float(np.sqrt(np.mean((middle - real) ** 2))),
        "coverage50": float(np.mean((quarter <= real) & (real <= three))),
        "coverage90": float(np.mean((low <= real) & (real <= high))),
        "interval_score90": float(np.mean(high - low + 20.0 * outside)),
    }
