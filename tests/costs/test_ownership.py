"""Owning: the annuity against closed forms, and dollars by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcurve.core.quantities import Graph, Input
from costcurve.costs import ownership

#: float64, with the cancellation of 1 - (1 + r)^-n at small rates.
RELATIVE = 1e-9


@given(st.floats(0.001, 1.0), st.integers(1, 60))
def test_annuity_pays_back_one_dollar_with_interest(rate, years):
    payment = ownership.annuity_factor(np.float64(rate), np.float64(years))
    present = sum(payment / (1 + rate) ** year for year in range(1, years + 1))
    assert present == pytest.approx(1.0, rel=RELATIVE)


@pytest.mark.parametrize("years", [1, 5, 40])
def test_annuity_without_interest_is_the_share_of_a_year(years):
    assert ownership.annuity_factor(np.float64(0.0), np.float64(years)) == 1 / years
    # What a small rate tends to.
    small = ownership.annuity_factor(np.float64(1e-6), np.float64(years))
    assert small == pytest.approx(1 / years, rel=1e-4)


def test_annuity_forever_is_the_interest():
    assert ownership.annuity_factor(np.float64(0.07), np.float64(1e4)) == pytest.approx(0.07)


def test_annuity_of_the_textbook():
    # A loan of 1 at 5 % over 10 years: 0.129504575 a year.
    assert ownership.annuity_factor(np.float64(0.05), np.float64(10)) == pytest.approx(0.129504575)


def test_an_hour_of_an_owned_accelerator_by_hand():
    given_inputs = [
        *ownership.INPUTS,
        *(
            Input.of(name, value, unit, name, "a test")
            for name, value, unit in (
                ("purchase_usd", 30_000.0, "USD"),
                ("power_w", 850.0, "W"),
                ("pue", 1.25, "1"),
            )
        ),
    ]
    found = Graph([ownership], given_inputs).evaluate()
    hours = 8766 * 0.85
    capital = 30_000 * 1.64 * 0.07 / (1 - 1.07**-5) / hours
    hosting = 0.85 * 184.06 * 12 / hours
    electricity = 0.85 * 1.25 * 0.0806
    assert float(found["owned_usd_per_hour"]) == pytest.approx(capital + hosting + electricity)
