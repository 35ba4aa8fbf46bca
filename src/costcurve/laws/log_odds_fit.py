"""The log-odds law fitted to trained classifiers, and what it says of tasks it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from costcurve.core.quantities import FloatArray
from costcurve.core.vocabulary import TaskGroup
from costcurve.evidence.classification import VTAB, TrainedClassifier
from costcurve.laws import log_odds
from costcurve.laws.belief import PIVOT, OddsScale, Runs, working_observations
from costcurve.laws.log_odds_law import level_design, slope_design
from costcurve.laws.mixed import Data, Mixed, Prior, expected, fit_mixed
from costcurve.laws.setting import Setting

#: Priors of the coefficients, in their order: mean and standard deviation, in decades of the odds.
#: Weak: the sources of the evidence say several times more.
_COEFFICIENTS = (
    (-0.5, 1.0),
    (-0.4, 0.5),
    (0.4, 0.4),
    (0.0, 0.3),
    (0.0, 0.3),
    (0.0, 0.3),
    (-0.5, 1.0),
    (-0.4, 0.2),
    (-0.4, 0.5),
    (0.2, 0.2),
)
#: Medians of the scatter before any data: level and slope of tasks and setups, study, run.
_SCATTER = ((0.35, 0.2, 0.15, 0.08, 0.15, 0.05), (0.5, 0.2, 0.5, 0.1, 0.15, 0.05))
#: A factor of e^0.5 either way.
_SCATTER_SPREAD = 0.5
#: Times that observations without an error are worked out anew.
_ROUNDS = 3
#: Stands for no error at all when a fit begins.
_HALF = 0.5

Show = Callable[[str], None]


def settings_of(rows: Sequence[TrainedClassifier]) -> Setting:
    """Return what a law is told of the rows."""
    entropy = np.log([float(row.classes) for row in rows])
    return Setting(
        class_entropy_nats=entropy,
        relative_complexity=entropy / np.log(1000.0),
        pretrained=np.array([float(row.pretrained) for row in rows]),
        segmentation=np.zeros(len(rows)),
        specialized=np.array([float(row.group is TaskGroup.SPECIALIZED) for row in rows]),
        structured=np.array([float(row.group is TaskGroup.STRUCTURED) for row in rows]),
    )


def fit_log_odds(rows: Sequence[TrainedClassifier], start: Mixed | None = None) -> Mixed:
    """Return the mixed model behind the log-odds law.

    The errors are counts out of the test set, and binomial.

    Parameters
    ----------
    rows : sequence of TrainedClassifier
        At least two tasks.
    start : Mixed, optional
        A fit to much the same rows.
    """
    setting = settings_of(rows)
    errors = np.array([row.error for row in rows])
    tests = np.array([float(row.test_examples) for row in rows])
    scale = OddsScale(np.asarray(log_odds.chance_error(setting.class_entropy_nats)))
    runs = Runs(*(each[None] for each in (np.ones(len(rows)), errors, tests)))
    means, deviations = np.array(_COEFFICIENTS).T
    medians = np.array(_SCATTER)
    prior = Prior(means, deviations, medians, np.full(medians.shape, _SCATTER_SPREAD))
    begin = scale.of(np.maximum(errors, _HALF / tests))
    data = _data(rows, setting, begin)
    data = _measured(data, runs, scale, begin, 1e6 * np.eye(len(rows)))
    fit = fit_mixed(data, prior, None if start is None else start.mode)
    if (errors > 0.0).all():
        return fit
    for _ in range(_ROUNDS):
        data = _measured(data, runs, scale, *expected(data, fit, prior))
        fit = fit_mixed(data, prior, fit.mode)
    return fit


def _measured(
    data: Data, runs: Runs, scale: OddsScale, mean: FloatArray, spread: FloatArray
) -> Data:
    seen, variance = working_observations(runs, scale, mean[None], spread[None])
    return replace(data, y=seen[0], variance=variance[0])


def _data(rows: Sequence[TrainedClassifier], setting: Setting, y: FloatArray) -> Data:
    logs = np.log10([float(row.train_examples) for row in rows])
    x = logs - PIVOT
    knee = np.asarray(log_odds.log10_knee(log_odds.log10_classes(setting.class_entropy_nats)))
    bent = log_odds.curve_bend(1.0, setting.structured) * np.maximum(logs - knee, 0.0)
    slopes = slope_design(setting) * x[:, None]
    setups = [(row.task, row.pretrained, row.study) for row in rows]
    studies = [(row.study, row.pretrained) for row in rows]
    is_reference = np.array([row.study == VTAB for row in rows])
    return Data(
        y=y,
        variance=np.zeros(len(rows)),
        design=np.column_stack([level_design(setting), slopes, bent]),
        x=x,
        task=_codes([row.task for row in rows]),
        setup=_codes(setups),
        study=np.where(is_reference, -1, _codes(studies)),
        group=setting.structured.astype(int),
    )


def _codes(names: Sequence[object]) -> np.ndarray:
    numbers = {name: place for place, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names])
