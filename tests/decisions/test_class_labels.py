"""Labels over classes: the conditions of an optimum, every split of small cases, and scipy."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from costcurve.core.errors import InputError
from costcurve.decisions.class_labels import (
    LabelledClasses,
    split_labels,
)

#: float64 in the gains, whose examples come from exp(log(n)) with log(n) up to 30.
CONDITIONS = 1e-9
#: The search of scipy stops at relative changes of 1e-15 in the cost, 1e-7 in the labels.
SEARCHED = 1e-6
RARE = LabelledClasses(
    share=[0.9, 0.08, 0.02],
    error_usd=[1.0, 2.0, 40.0],
    scale=[0.8, 0.9, 0.7],
    exponent=[0.3, 0.4, 0.35],
    held=[5000.0, 300.0, 40.0],
)


@st.composite
def some_classes(draw, most=6, held=1e5):
    count = draw(st.integers(1, most))

    def numbers(low, high):
        return draw(st.lists(st.floats(low, high), min_size=count, max_size=count))

    return LabelledClasses(
        share=np.array(numbers(0.01, 1.0)) / count,
        error_usd=numbers(0.01, 1e3),
        scale=numbers(0.1, 2.0),
        exponent=numbers(0.05, 1.5),
        held=np.floor(numbers(1.0, held)),
    )


@given(some_classes(), st.floats(0.0, 1e7))
def test_the_split_meets_the_conditions_of_an_optimum(classes, labels):
    found = split_labels(classes, labels)
    assert np.all(found.labels >= 0.0)
    assert found.labels.sum() == pytest.approx(labels, rel=1e-12, abs=1e-12)
    gains = classes.gain_usd(classes.held + found.labels)
    assert np.all(gains <= found.gain_usd * (1.0 + CONDITIONS))
    # Less than a billionth of the examples held is rounding, no label.
    bought = found.labels > CONDITIONS * classes.held
    assert gains[bought] == pytest.approx(found.gain_usd, rel=CONDITIONS)
    assert found.cost_after_usd <= found.cost_before_usd * (1.0 + CONDITIONS)


def test_the_split_is_that_of_a_general_search():
    labels = 2000.0
    found = split_labels(RARE, labels)
    searched = optimize.minimize(
        lambda new: RARE.cost_usd(RARE.held + new),
        np.full(3, labels / 3.0),
        bounds=[(0.0, labels)] * 3,
        constraints={"type": "eq", "fun": lambda new: new.sum() - labels},
        options={"ftol": 1e-15, "maxiter": 1000},
        method="SLSQP",
    )
    assert found.cost_after_usd <= searched.fun + 1e-12
    assert found.cost_after_usd == pytest.approx(searched.fun, rel=SEARCHED)


@given(some_classes(most=3, held=20.0), st.integers(0, 12))
def test_no_split_of_a_small_case_into_whole_labels_costs_less(classes, labels):
    every = (
        np.array(each)
        for each in product(range(labels + 1), repeat=classes.held.size)
        if sum(each) == labels
    )
    least = min(classes.cost_usd(classes.held + each) for each in every)
    assert split_labels(classes, labels).cost_after_usd <= least * (1.0 + 1e-12)


@given(some_classes())
def test_the_gain_is_the_slope_of_the_cost(classes):
    step = 1e-4 * classes.held
    for at in range(classes.held.size):
        change = np.where(np.arange(classes.held.size) == at, step, 0.0)
        up, down = classes.cost_usd(classes.held + change), classes.cost_usd(classes.held - change)
        # A central difference is off by the square of the step; float64 leaves 1e-16 / step.
        slope = (down - up) / (2.0 * step[at])
        scale = classes.cost_usd(classes.held) / classes.held[at]
        assert classes.gain_usd(classes.held)[at] == pytest.approx(
            slope, rel=1e-6, abs=1e-10 * scale
        )


def test_the_rare_and_costly_class_is_labelled_first():
    # By hand: 0.02 * 40 * 0.35 * 0.7 * 40^-0.35 / 40 dollars a label.
    found = split_labels(RARE, 1.0)
    assert int(found.labels.argmax()) == 2
    assert RARE.gain_usd(RARE.held)[2] == pytest.approx(0.8 * 0.35 * 0.7 * 40**-1.35)


def test_equal_classes_get_equal_examples():
    equal = LabelledClasses(0.25, 1.0, 0.5, 0.3, [10.0, 20.0, 30.0, 400.0])
    assert split_labels(equal, 60.0).labels == pytest.approx([30.0, 20.0, 10.0, 0.0])


def test_no_labels_change_nothing():
    found = split_labels(RARE, 0.0)
    assert found.labels == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
    assert found.cost_after_usd == pytest.approx(found.cost_before_usd, rel=1e-12)


def test_as_many_labels_are_split_as_may_be():
    found = split_labels(RARE, 1e12)
    assert found.labels.sum() == pytest.approx(1e12, rel=1e-12)
    gains = RARE.gain_usd(RARE.held + found.labels)
    assert gains == pytest.approx(found.gain_usd, rel=CONDITIONS)


@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        ("share of class 2", ([0.5, 1.5], 1.0, 0.5, 0.3, 10.0)),
        ("error_usd of class 1", (0.5, -1.0, 0.5, 0.3, 10.0)),
        ("scale of class 1", (0.5, 1.0, 0.0, 0.3, 10.0)),
        ("exponent of class 1", (0.5, 1.0, 0.5, 0.0, 10.0)),
        ("held of class 3", (0.3, 1.0, 0.5, 0.3, [1.0, 2.0, 0.0])),
        ("classes", (0.3, 1.0, 0.5, [0.3, 0.2, 0.1], [1.0, 2.0])),
        ("classes", ([], 1.0, 0.5, 0.3, 1.0)),
        ("held", (0.3, 1.0, 0.5, 0.3, float("nan"))),
    ],
)
def test_bad_classes_are_refused_by_name(field, arguments):
    with pytest.raises(InputError, match=f"^{field}: "):
        LabelledClasses(*arguments)


def test_bad_labels_are_refused():
    free = LabelledClasses(0.5, 0.0, 0.5, 0.3, [10.0, 20.0])
    with pytest.raises(InputError, match="must hold a class whose errors cost something"):
        split_labels(free, 5.0)
    for labels in (-1.0, float("nan"), 1e13):
        with pytest.raises(InputError, match="labels"):
            split_labels(RARE, labels)
