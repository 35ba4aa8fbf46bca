"""What labelling more would buy: beside estimates whose limit is that many examples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import costcurve as cc
from costcurve.decisions.more_examples import more_examples, with_more

#: Both are the same arithmetic in another order.
SAME = 1e-9
TASK = {"target_accuracy": 0.95, "classes": 12, "usd_per_example": 0.4, "examples_held": 3_000}
MODELS = ("ResNet-18", "ConvNeXt-B")


def estimated(**more):
    return cc.estimate(cc.Task(**TASK | more), cc.Assumptions(models=list(MODELS)))


@given(st.floats(0.0, 1e6), st.sampled_from([0.11, 0.3, None]))
def test_a_row_is_what_an_estimate_says_that_can_have_no_more(new, pilot_error):
    pilot = {} if pilot_error is None else {"pilot_examples": 2_400, "pilot_error": pilot_error}
    (row,) = more_examples(estimated(**pilot), [new])
    # A harder target uses all there is, so that its bill is that of all.
    whole = estimated(**pilot, limit=3_000 + new).best
    assert row.examples == pytest.approx(3_000 + new, rel=SAME)
    assert row.accuracy.point == pytest.approx(whole.achievable_accuracy.point, rel=SAME)
    assert row.accuracy.p05 == pytest.approx(whole.achievable_accuracy.p05, rel=SAME)
    assert row.probability_of_target == pytest.approx(whole.probability_at_limit, rel=SAME)


def test_the_bill_of_a_row_is_labels_and_the_training_on_all():
    hard = estimated(target_accuracy=0.9999, limit=13_000).best
    row = more_examples(estimated(limit=40_000), [0.0, 10_000.0])[1]
    assert hard.bill.total_usd == pytest.approx(row.total_cost_usd.point, rel=SAME)
    assert row.total_cost_usd.point == pytest.approx(10_000 * 0.4, rel=1e-3)  # training is cents
    assert row.total_cost_usd.p95 == pytest.approx(row.total_cost_usd.point, rel=1e-3)


def test_more_examples_are_never_worse():
    rows = more_examples(estimated(limit=1e6), np.linspace(0.0, 9e5, 50))
    for name in ("probability_of_target", "examples"):
        values = [getattr(row, name) for row in rows]
        assert values == sorted(values)
    for name in ("accuracy", "total_cost_usd"):
        points = [getattr(row, name).point for row in rows]
        assert points == sorted(points)


def test_the_cost_at_the_limit_does_not_move_with_a_pilot():
    asked = {"usd_per_example": cc.Range.parse("0.3 to 0.6"), "limit": 28_000}
    said = []
    for pilot in ({}, {"pilot_examples": 2_400, "pilot_error": 0.09, "pilot_test_examples": 900}):
        text = " ".join(repr(estimated(**asked, **pilot)).split())
        said.append(text.split("Costs end at the limit, with ")[1].split(";")[0])
    # 25,000 labels at 0.3 to 0.6, whose median is the root of 0.18.
    assert said == ["$10,607 ($7,500 to $15,000)"] * 2


def test_the_card_and_json_say_what_was_asked(cli):
    flags = ("--target-accuracy", "0.95", "--classes", "12", "--examples-held", "3000")
    asked = ("--label-more", "1000", "--label-more", "9000")
    page = cli("estimate", *flags, *asked).out
    assert "What labelling more would buy" in page
    rows = cli("estimate", *flags, *asked, "--json").json["if_labelled"]
    assert [row["examples"] for row in rows] == [4000.0, 12000.0]
    assert "if_labelled" not in cli("estimate", *flags, "--json").json


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("-1", "at least 0"),
        ("nan", "at least 0"),
        ("inf", "at least 0"),
        ("1e300", "at most 37,000: the limit of 40,000"),
        ("20,000", "must be a number such as 20000 or 0.8"),
        ("", "must be a number such as 20000 or 0.8"),
    ],
)
def test_what_cannot_be_labelled_is_refused(cli, wrong, why):
    flags = ("--target-accuracy", "0.95", "--classes", "12", "--examples-held", "3000")
    ran = cli("estimate", *flags, "--limit", "40000", f"--label-more={wrong}")
    assert ran.status == 2
    assert "label_more" in ran.err
    assert why in ran.err


def test_without_any_held_nothing_is_no_number():
    found = cc.estimate(cc.Task(target_accuracy=0.9, classes=12))
    with pytest.raises(cc.InputError, match="none are held"):
        with_more(found, [0.0])
    with pytest.raises(cc.InputError, match="at most 100 numbers"):
        with_more(found, [1.0] * 101)


@given(st.floats(0.02, 0.98), st.sampled_from([0.0, 3_000.0]))
@settings(max_examples=25)
def test_the_fewest_examples_for_a_chance_are_the_fewest(chance, held):
    found = estimated(examples_held=held, pilot_examples=2_400, pilot_error=0.09)
    try:
        (row,) = with_more(found, [], [chance]).more
    except cc.InputError as error:
        # Some tasks never get there: no number of examples gives them the target.
        assert "the chance with all" in str(error)
        return
    assert row.probability_of_target >= chance
    assert row.new_examples == round(row.new_examples)
    if row.new_examples >= 2.0:
        # A whole number less is too few, but for what rounding of a search leaves.
        fewer = row.new_examples * (1.0 - 1e-6) - 1.0
        assert more_examples(found, [fewer])[0].probability_of_target < chance


def test_an_even_chance_takes_what_the_card_says_is_needed():
    found = estimated(examples_held=0, limit=1e6)
    (row,) = with_more(found, [], [0.5]).more
    # Both scatters are symmetric around the need, but the chance is a mean over some draws.
    assert row.new_examples == pytest.approx(found.best.examples_needed.point, rel=1e-3)


@pytest.mark.parametrize("wrong", ["0", "1", "-0.2", "80", "nan", "80%"])
def test_a_chance_that_is_none_is_refused(cli, wrong):
    ran = cli("estimate", "--target-accuracy", "0.95", "--classes", "12", f"--chance={wrong}")
    assert ran.status == 2
    assert "chance" in ran.err


def test_a_chance_beyond_the_limit_says_which_there_is(cli):
    flags = ("--target-accuracy", "0.95", "--classes", "12", "--limit", "5000")
    ran = cli("estimate", *flags, "--chance", "0.9")
    assert ran.status == 2
    assert "the chance with all 5,000" in ran.err
