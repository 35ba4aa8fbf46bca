"""Numbers as people read them, held to what was rounded."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcurve.core.display import accuracy, count, count_in_words, plain, probability, usd


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (count(197_816.75), "197,817"),
        (count(0.3), "fewer than 1"),
        (count(2.7e25), "2.7e+25"),
        (count_in_words(271.9e9), "272 billion"),
        (count_in_words(999_600_000), "1 billion"),
        (count_in_words(1.2e19), "1.2e+19"),
        (usd(92_494.55), "$92,494.55"),
        (usd(-0.0021), "-$0.0021"),
        (usd(-0.0), "$0.00"),
        (usd(3.4e20), "$3.40e+20"),
        (accuracy(0.965), "96.5%"),
        (accuracy(0.9997), "99.970%"),
        (accuracy(1.0), "100.0%"),
        (probability(0.0), "under 1%"),
        (probability(0.999), "over 99%"),
        (plain(1234.5), "1,234.5"),
    ],
)
def test_as_people_write_them(shown, words):
    assert shown == words


@given(st.floats(1e-6, 1e18), st.sampled_from([1, -1]))
def test_a_sum_of_money_says_what_it_is_to_two_digits_at_least(size, sign):
    shown = usd(sign * size)
    found = float(shown.replace("$", "").replace(",", ""))
    assert math.copysign(1, found) == sign
    # Two digits round by half of the second: 5 % at most.
    assert found == pytest.approx(sign * size, rel=0.05)


@given(st.floats(1e-9, 0.5))
def test_the_error_of_an_accuracy_can_be_read_off_to_two_digits(error):
    shown = accuracy(1.0 - error)
    found = 100.0 - float(shown.removesuffix("%"))
    # Half of the second digit, and what 1 - error itself loses of it.
    assert found / 100.0 == pytest.approx(error, rel=0.051)
