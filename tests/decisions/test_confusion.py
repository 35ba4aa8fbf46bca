"""Several classes: against drawn predictions, and the two classes of the operating point."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcurve.core.errors import InputError
from costcurve.decisions.confusion import confusion_cost_usd

DRAWS = 1_000_000
#: A correct value lies further off than this once in 370 times; the seed is fixed.
STANDARD_ERRORS = 3.0
COST = [[-1.0, 2.0, 30.0], [4.0, 0.0, 5.0], [100.0, 7.0, 0.5]]
SHARES = [0.7, 0.2, 0.1]
WRONG = [[0.0, 0.9, 0.1], [0.5, 0.0, 0.5], [0.2, 0.8, 0.0]]


@pytest.mark.parametrize("wrong", [None, WRONG])
@pytest.mark.parametrize("error", [0.1, [0.02, 0.3, 0.5]])
def test_the_cost_is_that_of_drawn_predictions(wrong, error):
    rng = np.random.default_rng(20240324)
    spread = np.array(wrong) if wrong else (1.0 - np.eye(3)) / 2.0
    true = rng.choice(3, DRAWS, p=SHARES)
    fails = rng.random(DRAWS) < np.broadcast_to(error, 3)[true]
    called = (rng.random(DRAWS)[:, None] > np.cumsum(spread, axis=1)[true]).sum(axis=1)
    paid = np.array(COST)[true, np.where(fails, called, true)]
    found = confusion_cost_usd(SHARES, COST, error, wrong)
    assert abs(found - paid.mean()) < STANDARD_ERRORS * paid.std() / np.sqrt(DRAWS)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1e6), st.floats(0.0, 1e6))
def test_two_classes_are_those_of_the_balanced_threshold(error, prevalence, positive, negative):
    found = confusion_cost_usd([1 - prevalence, prevalence], [[0, positive], [negative, 0]], error)
    by_hand = error * ((1 - prevalence) * positive + prevalence * negative)
    assert found == pytest.approx(by_hand, rel=1e-12, abs=1e-12)


@given(st.floats(0.0, 1.0))
def test_the_cost_is_a_line_in_the_error(error):
    none, some, all_wrong = (confusion_cost_usd(SHARES, COST, each) for each in (0.0, error, 1.0))
    assert none == pytest.approx(np.dot(SHARES, np.diag(COST)))
    assert some == pytest.approx(none + error * (all_wrong - none))


@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        ("class_shares", ([1.0], [[0.0]], 0.1)),
        ("class_shares", ([0.5, 0.6], np.zeros((2, 2)), 0.1)),
        ("class_shares", ([1.5, -0.5], np.zeros((2, 2)), 0.1)),
        ("class_shares", ([[0.5], [0.2, 0.3]], np.zeros((2, 2)), 0.1)),
        ("class_shares", (0.5, np.zeros((2, 2)), 0.1)),
        ("cost_usd", (SHARES, np.zeros((2, 3)), 0.1)),
        ("cost_usd", (SHARES, "much", 0.1)),
        ("error", (SHARES, COST, 1.1)),
        ("error", (SHARES, COST, [0.1, 0.1])),
        ("error", (SHARES, COST, float("nan"))),
        ("wrong_shares", (SHARES, COST, 0.1, np.eye(3))),
        ("wrong_shares", (SHARES, COST, 0.1, np.zeros((3, 3)))),
    ],
)
def test_bad_input_is_refused_by_its_name(field, arguments):
    with pytest.raises(InputError, match=f"^{field}: "):
        confusion_cost_usd(*arguments)
