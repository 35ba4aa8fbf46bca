"""The log-odds law fitted to trained classifiers, and what it says of tasks it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from costcurve.core.quantities import FloatArray
from costcurve.core.vocabulary import TaskGroup
from costcurve.evidence.classification import VTAB, TrainedClassifier
from costcurve.laws import log_odds
from costcurve.laws.belief import OddsScale, Runs
from costcurve.laws.counts import working_observations
from costcurve.laws.log_odds_law import level_design, slope_design
from costcurve.laws.mixed import Data, Mixed, Prior, expected, fit_mixed
from costcurve.laws.odds import PIVOT
from costcurve.laws.setting import Setting

#: Priors of the coefficients, in their order: mean and standard deviation, in decades of the odds.
#: Set by hand, to the size that such numbers have, and wide, but for two: without narrow priors on
#: what pretraining changes about classes and on the bend, more classes would make tasks easier.
_COEFFICIENTS = (
    (-0.5, 1.0),
    (-0.4, 0.5),
    (0.4, 0.4),
    (0.0, 0.08),
    (0.0, 0.3),
    (0.0, 0.3),
    (-0.5, 1.0),
    (-0.5, 0.2),
    (-0.5, 0.5),
    (0.2, 0.1),
)
#: Medians of the scatter before any data, by hand: level and slope of tasks and setups, study, run.
_SCATTER = ((0.35, 0.2, 0.15, 0.08, 0.15, 0.05), (0.5, 0.2, 0.5, 0.1, 0.15, 0.05))
#: A factor of e^0.5 either way.
_SCATTER_SPREAD = 0.5
#: Times that observations without an error are worked out anew.
_ROUNDS = 3
#: Examples of each class at the knee that are tried.
_KNEES = (10.0, 30.0, 100.0, 300.0)


class Fit(NamedTuple):
    """A fitted law: examples of each class at the knee, and the mixed model given that."""

    knee: float
    mixed: Mixed


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


def fit_log_odds(rows: Sequence[TrainedClassifier], start: Fit | None = None) -> Fit:
    """Return the mixed model behind the log-odds law.

    The errors are counts out of the test set, and binomial. The knee is the one with the highest
    marginal likelihood among those that are tried.

    Parameters
    ----------
    rows : sequence of TrainedClassifier
        At least two tasks.
    start : Fit, optional
        A fit to much the same rows, whose knee is kept and whose scatter the search starts from.
    """
    if start is not None:
        return Fit(start.knee, _fitted(rows, start.knee, start.mixed.mode))
    fits = [Fit(knee, _fitted(rows, knee, None)) for knee in _KNEES]
    return min(fits, key=lambda fit: fit.mixed.loss)


def _fitted(rows: Sequence[TrainedClassifier], knee: float, begin: FloatArray | None) -> Mixed:
    setting = settings_of(rows)
    errors = np.array([row.error for row in rows])
    tests = np.array([float(row.test_examples) for row in rows])
    scale = OddsScale(np.asarray(log_odds.chance_error(setting.class_entropy_nats))[None])
    runs = Runs(*(each[None] for each in (np.ones(len(rows)), errors, tests)))
    means, deviations = np.array(_COEFFICIENTS).T
    medians = np.array(_SCATTER)
    prior = Prior(means, deviations, medians, np.full(medians.shape, _SCATTER_SPREAD))
    at_first = scale.of(np.array([row.error_or_half for row in rows]))[0]
    data = _data(rows, setting, knee, at_first)
    # A prior that says nothing, so that each count begins as what it measured.
    data = _measured(data, runs, scale, at_first, np.eye(len(rows)))
    fit = fit_mixed(data, prior, begin)
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


def _data(rows: Sequence[TrainedClassifier], setting: Setting, knee: float, y: FloatArray) -> Data:
    logs = np.log10([float(row.train_examples) for row in rows])
    x = logs - PIVOT
    sizes = log_odds.log10_classes(setting.class_entropy_nats)
    beyond = np.maximum(logs - log_odds.log10_knee(sizes, knee), 0.0)
    bent = log_odds.curve_bend(1.0, setting.structured) * beyond
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
