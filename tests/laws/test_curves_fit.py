"""The card of the law of learning curves, made from a bank cut down."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

from costcurve.core.jobs import Chunk
from costcurve.laws import curve_cuts, curves_fit
from costcurve.laws.curve_cuts import bank_in, tasks_of, tried_of
from costcurve.laws.curve_network import student_cdf, student_quantile, train
from costcurve.laws.curves import CALIBRATED, CARD, curve_law_of, load_curve_law
from costcurve.laws.curves_fit import make_card

#: Every so many of the 3,248 curves: 33 of them, each of another data set.
EVERY = 100
FOLDS, OF_EACH_FOLD, OF_ALL = 5, 5, 5
#: Weights of a card have six digits.
SIX_DIGITS = 1e-4


def in_this_process(job, *, folder=None, report=None):
    """Compute a job without other processes, which would not know of the smaller bank."""
    for chunk in job.chunks():
        yield job.function(job.parameters, chunk)
        report(chunk.index + 1, len(job.chunks()))


@pytest.fixture(scope="module")
def made(data):
    """Return a card of the smaller bank, with what was told and learned from on the way."""
    bank = bank_in(data)[::EVERY]
    shown, told, learned = [], [], []

    def learning(examples, networks, tell, *rest):
        learned.append((examples, networks))
        return train(examples, networks, tell, *rest)

    with pytest.MonkeyPatch.context() as patched:
        for module in (curve_cuts, curves_fit):
            patched.setattr(module, "bank_in", lambda _folder: bank)
        patched.setattr(curves_fit, "run_job", in_this_process)
        patched.setattr(curves_fit, "train", learning)
        card = make_card(data, shown.append, lambda *each: told.append(each))
    return SimpleNamespace(bank=bank, card=card, shown=shown, told=told, learned=learned)


def test_a_card_is_read_back_as_the_law_that_was_made(made):
    card = json.loads(json.dumps(made.card))
    assert set(card) == {
        "schema_version", "id", "title", "date", "source", "data_sha256", "command", "calibration",
        "validation", "components", "networks",
    }  # fmt: skip
    law = curve_law_of(card)
    assert len(law.networks.layers) == OF_ALL
    examples, networks = made.learned[-1]
    assert networks == OF_ALL
    forms = (examples.numbers, examples.damped, examples.power_law, examples.log_sd)
    wanted = train(examples, OF_ALL).predict(*forms)
    for found, other in zip(law.networks.predict(*forms), wanted, strict=True):
        assert found == pytest.approx(other, abs=SIX_DIGITS)


def test_a_card_has_the_shape_of_the_one_that_comes_with_the_library(made):
    own, packaged = curve_law_of(json.loads(json.dumps(made.card))), load_curve_law()
    assert own.card.keys() == packaged.card.keys()
    assert own.card["id"] == packaged.card["id"] == CARD.removesuffix(".json")
    for name, values in vars(own.components).items():
        assert values == pytest.approx(getattr(packaged.components, name))
    for one, other in zip(own.networks.layers, packaged.networks.layers, strict=True):
        assert [part.shape for part in one] == [part.shape for part in other]
    assert own.card["validation"].keys() == packaged.card["validation"].keys()
    for protocol, scores in own.card["validation"].items():
        assert scores.keys() == packaged.card["validation"][protocol].keys()


def test_each_data_set_is_left_out_once(made):
    *left_out, (everything, _) = made.learned
    assert [networks for _, networks in left_out] == [OF_EACH_FOLD] * FOLDS
    rows = [{tuple(row) for row in examples.numbers.tolist()} for examples, _ in left_out]
    every = {tuple(row) for row in everything.numbers.tolist()}
    # Each row is missing from one fifth, and only from one.
    missing = [every - own for own in rows]
    assert set().union(*missing) == every
    assert sum(map(len, missing)) == len(every)
    # Rows of one data set are missing together: by the cuts, made once more.
    fold_of = {row: fold for fold, own in enumerate(missing) for row in own}
    by_set = {}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(curve_cuts, "bank_in", lambda _folder: made.bank)
        chunk = Chunk(0, 7, 0, 12)
        found = curve_cuts.looks({"folder": None, "tasks": False}, chunk)
    for dataset, row in zip(found["dataset"].tolist(), found["numbers"].tolist(), strict=True):
        by_set.setdefault(dataset, set()).add(fold_of[tuple(row)])
    assert len(by_set) > 5
    assert all(len(folds) == 1 for folds in by_set.values())


def test_calibrations_rise_from_nothing_to_all(made):
    assert len(made.card["calibration"]) == 5
    for row in made.card["calibration"]:
        assert len(row) == len(CALIBRATED)
        assert (row[0], row[-1]) == (0.0, 1.0)
        assert np.all(np.diff(row) >= 0.0)


def test_every_task_is_scored_once(made):
    tasks = tasks_of(tried_of(made.bank))
    assert set(made.card["validation"]) == {task.protocol for task in tasks}
    for protocol, scores in made.card["validation"].items():
        assert scores["curves"] == sum(task.protocol == protocol for task in tasks)
        assert 0.0 < scores["crps"] < scores["rmse_log"] < 1.0
        assert scores["width50"] < scores["width80"] < scores["width90"]
        # Some 30 curves tell a share to within two standard errors of 0.055; data sets differ.
        assert scores["coverage90"] == pytest.approx(0.9, abs=0.15)


def test_what_is_being_done_is_told(made):
    assert [line.split(" ")[0] for line in made.shown] == ["what", "what", "networks,"]
    assert made.shown[0] == f"what {len(made.bank):,} curves look like, cut at random"
    networks = FOLDS * OF_EACH_FOLD + OF_ALL
    assert made.told[-networks:] == [(done, networks) for done in range(1, networks + 1)]


def test_calibration_undoes_an_interval_that_is_too_narrow():
    # Log y scatters twice as widely as its scale says: the interval taken for 90 % must be that of
    # a t at twice its quantile.
    random = np.random.default_rng(0)
    tasks = [curve_cuts.Task("cut", "1", *[np.ones(points)] * 4) for points in (1, 2, 3, 4, 9)]
    predicted = [
        curves_fit.Predicted(task, np.zeros(8), np.ones(8), 2.0 * random.standard_t(4, 8))
        for task in tasks
        for _ in range(4000)
    ]
    wanted = student_cdf(2.0 * student_quantile(np.array(CALIBRATED[1:-1])))
    for row in curves_fit._calibration(predicted):
        # Of 32,000 draws a share is known to 0.003.
        assert row[1:-1] == pytest.approx(wanted, abs=0.01)
