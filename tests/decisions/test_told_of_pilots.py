"""What an estimate says of the runs that taught it, and of the law that they taught."""

from __future__ import annotations

import numpy as np
import pytest

import costcurve as cc
from costcurve.laws.belief import Runs

UNEVEN = {"good": 4400, **{f"bad {place}": 720 for place in range(5)}}
EVEN = {"good": 4300, **{f"bad {place}": 740 for place in range(5)}}
ONE = {"pilot_examples": 6500, "pilot_error": 0.062, "pilot_test_examples": 1500}
FAR = "Taught by the pilots, the law still expects"


def runs(*rows):
    columns = np.array(rows, dtype=float).T[:, None, :]
    return Runs(*columns)


def asked(pilots=None, **task):
    return cc.estimate(cc.Task(target_accuracy=0.96, **task), pilots=pilots)


def test_a_run_told_twice_counts_once():
    once = asked(classes=6, **ONE)
    twice = asked(runs((6500, 0.062, 1500)), classes=6, **ONE)
    other = asked(runs((6500, 0.063, 1500)), classes=6, **ONE)
    assert twice.best == once.best
    assert len(twice.runs.to_dicts()) == 1
    assert len(other.runs.to_dicts()) == 2
    assert other.best.examples_needed != once.best.examples_needed


def test_a_law_that_stays_far_from_a_run_says_so():
    rows = runs((1000, 0.151, 1500), (2000, 0.11, 1500), (4000, 0.081, 1500), (6500, 0.062, 1500))
    told = [text for text in asked(rows, class_counts=UNEVEN).warnings if text.startswith(FAR)]
    assert len(told) == 1
    assert "0.062 was measured" in told[0]
    # The law of public evidence follows the same runs.
    assert not any(text.startswith(FAR) for text in asked(rows, class_counts=EVEN).warnings)


@pytest.mark.parametrize(("tested", "is_told"), [(50, False), (1e6, True)])
def test_no_error_of_few_tested_is_no_contradiction(tested, is_told):
    pilot = {"pilot_examples": 500, "pilot_error": 0.0, "pilot_test_examples": tested}
    found = asked(class_counts=UNEVEN, **pilot).warnings
    assert any(text.startswith(FAR) for text in found) == is_told


def test_a_change_of_laws_for_uneven_classes_is_told():
    told = [asked(class_counts=counts) for counts in (EVEN, UNEVEN)]
    assert [found.law.id for found in told] == ["classification-2026", "thompson-2024-eq1"]
    assert [any("too unequal" in text for text in found.warnings) for found in told] == [
        False,
        True,
    ]


def test_a_group_that_a_law_does_not_know_is_not_passed_over_in_silence():
    task = cc.Task(target_accuracy=0.9, classes=9, group="natural")
    assert any("group" in text for text in cc.estimate(task, law=cc.load_law()).warnings)
    assert not any("Not used by the law" in text for text in cc.estimate(task).warnings)


def test_the_card_and_explanation_name_the_runs():
    found = asked(classes=6, **ONE)
    assert "taught by your run on 6,500 examples" in " ".join(repr(found).split())
    assert "0.062 at 6,500 examples (1,500 tested)" in found.explain("level_from_pilots")
    assert found.to_dict()["runs"] == [{"examples": 6500, "error": 0.062, "test_examples": 1500}]
