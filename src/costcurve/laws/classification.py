"""The card of the log-odds law, made from public data: fit, and what it says of the unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np

from costcurve.core.vocabulary import TaskGroup, TaskKind
from costcurve.evidence.classification import VTAB, TrainedClassifier, trained_classifiers
from costcurve.laws.card_store import seal
from costcurve.laws.law import CLASSIFICATION_LAW, published_law
from costcurve.laws.log_odds_card import COEFFICIENTS, TASK_SETS, LogOddsCard
from costcurve.laws.log_odds_fit import Fit, fit_log_odds, settings_of
from costcurve.laws.log_odds_law import LogOddsLaw
from costcurve.laws.log_odds_validation import score, with_pilots, without_pilots

_LABELS = (
    "Log odds at 1,000 examples of 10 classes, from scratch, natural images",
    "Pretrained",
    "A decade of classes",
    "A decade of classes, more if pretrained",
    "Specialized images",
    "Specialized images, more if pretrained",
    "Log odds at 1,000 examples, structured tasks",
    "A decade of examples",
    "A decade of examples, structured tasks",
    "A decade of examples, more beyond the knee",
)

# Names of the scatter in the order of a row of the mixed model.
_PLACES = ("level", "level_of_setup", "slope", "slope_of_setup", "study", "run")

Show = Callable[[str], None]
Rows = Sequence[TrainedClassifier]


def make_card(folder: Path | None = None, show: Show = lambda _: None) -> LogOddsCard:
    """Return the card, fitted to public data and validated by leaving each task out.

    Parameters
    ----------
    folder : Path, optional
        A folder of data in place of the cache.
    show : callable
        Told what is being done.

    Raises
    ------
    InputError
        If a file of the registry cannot be had, or has not the content it should have.
    """
    rows = trained_classifiers(folder)
    show(f"the law to {len(rows)} trained classifiers")
    fit = fit_log_odds(rows)
    return card_of(fit, rows, validation(rows, fit, show))


def law_of(rows: Rows, start: Fit | None = None) -> LogOddsLaw:
    """Return the law fitted to some rows."""
    return LogOddsLaw(card_of(fit_log_odds(rows, start), rows, {}))


def validation(rows: Rows, fit: Fit, show: Show) -> dict[str, dict[str, float]]:
    """Return how the law predicts tasks left out of its fit, beside the published one.

    Structured tasks are told apart; VTAB's are those of one protocol.
    """
    photographs = [row for row in rows if row.group is not TaskGroup.STRUCTURED]
    of_vtab = [row for row in photographs if row.study == VTAB]
    structured = [row for row in rows if row.group is TaskGroup.STRUCTURED]
    published = published_law()
    known: dict[frozenset[str], LogOddsLaw] = {}

    def ours(kept: Rows) -> LogOddsLaw:
        tasks = frozenset(row.task for row in kept)
        if tasks not in known:
            left_out = ", ".join(sorted({row.task for row in rows} - tasks))
            show(f"the law without {left_out}")
            known[tasks] = law_of(kept, fit)
        return known[tasks]

    found = {}
    for name, targets in (
        ("natural and specialized", photographs),
        ("vtab natural and specialized", of_vtab),
        ("structured", structured),
    ):
        found[name] = score(without_pilots(rows, targets, ours))
        found[f"{name}, one pilot"] = score(with_pilots(rows, targets, ours))
        # The same predictions without it, to compare with.
        found[f"{name}, larger runs"] = score(with_pilots(rows, targets, ours, 0, 1))
        found[f"{name}, Eq. 1"] = score(without_pilots(rows, targets, lambda _: published))
    return {name: each.model_dump() for name, each in found.items()}


def card_of(fit: Fit, rows: Rows, unseen: dict[str, dict[str, float]]) -> LogOddsCard:
    """Return the card of a fit."""
    errors = np.sqrt(np.diag(fit.mixed.covariance)).tolist()
    content: dict[str, object] = {
        "id": CLASSIFICATION_LAW,
        "title": "Error of an image classifier by examples, classes and pretraining",
        "form": "log-odds",
        "predicts": "log10 of error / (chance - error); chance is the error of guessing",
        "coefficients": {
            name: {"value": value, "standard_error": error, "label": label}
            for name, value, error, label in zip(
                COEFFICIENTS, fit.mixed.values.tolist(), errors, _LABELS, strict=True
            )
        },
        "covariance": fit.mixed.covariance.tolist(),
        "knee_examples_per_class": fit.knee,
        "scatter": {
            name: dict(zip(_PLACES, row, strict=True))
            for name, row in zip(TASK_SETS, fit.mixed.scatter.tolist(), strict=True)
        },
        "observations": len(rows),
        "observations_note": f"{len({row.task for row in rows})} data sets; VTAB's protocol is "
        "the reference, other studies scatter around it; the knee has the highest marginal "
        "likelihood of 10, 30, 100 and 300, with every data set in",
        "range": _range(rows),
        "range_note": "classes of about equal size; ResNets and their like, top-1 error",
        "cite": "costcurve fit classification",
        "source": "fitted by costcurve to VTAB (Zhai et al. 2019), transfer curves (Hoiem et al. "
        "2021) and published results with their sources in evidence/classification.csv",
        "date": date.today().isoformat(),
        "data_sha256": _digest(rows),
        "data_note": "of the rows that costcurve.evidence.classification reads, as JSON",
        "command": "costcurve fit classification",
        "unseen": _in_words(unseen),
        "validation": unseen,
    }
    card = seal(content)
    if not isinstance(card, LogOddsCard):
        raise TypeError(card.form)
    return card


def _range(rows: Rows) -> dict[str, object]:
    spans = {
        "examples": [float(row.train_examples) for row in rows],
        "relative_complexity": settings_of(rows).relative_complexity.tolist(),
        # A range that begins at zero would call no target an extrapolation.
        "error": [row.error_or_half for row in rows],
    }
    return {
        **{name: [min(values), max(values)] for name, values in spans.items()},
        "kinds": [str(TaskKind.CLASSIFICATION)],
        "pretrained": sorted({row.pretrained for row in rows}),
    }


def _digest(rows: Rows) -> str:
    content = json.dumps([asdict(row) for row in rows], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _in_words(unseen: dict[str, dict[str, float]]) -> str:
    if not unseen:
        return "not looked at"
    sentences = [
        f"{name}: median |log10 error| {each['median_abs_log10_error']:.3f}, 90 % intervals hold "
        f"{100 * each['coverage90']:.0f} % of {each['predictions']}"
        for name, each in unseen.items()
    ]
    return "tasks left out of the fit, one at a time; " + "; ".join(sentences)
