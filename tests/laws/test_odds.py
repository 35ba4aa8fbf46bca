"""Odds of an error against chance, and a line that bends: SciPy's logit, and corners by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from costcurve.laws.odds import FLATTEST, LN10, PIVOT, error_of, line, log_odds_of

#: Rounding of a logarithm near 0, where a share is next to one half.
ROUNDING = 1e-12

shares = st.floats(1e-6, 1.0 - 1e-6)
chances = st.floats(0.01, 1.0)


@given(shares, chances)
def test_log_odds_are_those_of_the_logit_in_decades(share, chance):
    theirs = logit(share) / math.log(10.0)
    assert log_odds_of(share * chance, chance) == pytest.approx(theirs, rel=1e-9, abs=1e-9)


@given(st.floats(-30.0, 30.0), chances)
def test_the_error_of_log_odds_is_that_of_the_logistic_function(log_odds, chance):
    theirs = chance * expit(log_odds * math.log(10.0))
    assert error_of(log_odds, chance) == pytest.approx(theirs, rel=1e-9)


def test_what_guessing_reaches_has_odds_of_a_billion_to_one():
    for error in (0.5, 0.6):
        assert log_odds_of(error, 0.5) == pytest.approx(9.0, abs=1e-9)


def test_no_odds_overflow_and_none_is_cut_off_before():
    with np.errstate(over="raise"):
        assert error_of(-400.0, 0.5) == pytest.approx(0.5e-300, rel=1e-9)
        assert error_of(-299.0, 0.5) == pytest.approx(0.5e-299, rel=1e-9)
        assert error_of(400.0, 0.5) == 0.5


@given(st.floats(0.0, 9.0), st.floats(-1.0, 1.0), st.floats(-1.0, 0.0), st.floats(1.0, 6.0))
def test_a_line_bends_at_its_knee_and_nowhere_else(log10_examples, level, slope, knee):
    found = line(log10_examples, level, slope, knee, -0.5)
    beyond = log10_examples - knee if log10_examples > knee else 0.0
    by_hand = level + slope * log10_examples - 3.0 * slope - 0.5 * beyond
    assert found == pytest.approx(by_hand, abs=ROUNDING)
    assert line(3.0, level, slope, 3.0, -0.5) == level


def test_constants_are_what_they_are_called():
    assert pytest.approx(math.log(10.0), rel=1e-15) == LN10
    assert 10.0**PIVOT == 1000.0
    # A factor of 1.023 for ten times the examples.
    assert pytest.approx(1.0233, rel=1e-4) == 10.0**-FLATTEST
