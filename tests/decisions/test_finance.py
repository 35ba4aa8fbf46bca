"""Finance: against closed forms, and what must hold of every investment."""

from __future__ import annotations

import sys
from math import sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from costcurve.core.errors import InputError, MissingExtraError
from costcurve.costs.ownership import annuity_factor
from costcurve.decisions.finance import (
    CashFlows,
    internal_rate,
    net_present_value_usd,
    payback_periods,
)

#: float64 over some dozens of periods.
RELATIVE = 1e-9
RATES = st.floats(-0.5, 2.0)
RECEIPTS = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=60)
#: In cents: of sizes further apart, the rate may lie beyond the range of numbers.
ANY_FLOWS = st.lists(
    st.integers(-100_000_000, 100_000_000).map(lambda cents: cents / 100.0), min_size=1, max_size=40
)


def discounted(flows, rate):
    return [usd / (1.0 + rate) ** period for period, usd in enumerate(flows.usd)]


@given(st.floats(1e-3, 1.0), st.integers(1, 60), st.floats(-1e9, 1e9))
def test_an_annuity_is_worth_what_it_spreads(rate, periods, usd):
    payment = usd * float(annuity_factor(rate, periods))
    flows = CashFlows((0.0, *[payment] * periods))
    assert net_present_value_usd(flows, rate) == pytest.approx(usd, rel=RELATIVE)


def test_an_annuity_forever_is_the_interest():
    assert annuity_factor(0.07, 1e6) == pytest.approx(0.07)
    flows = CashFlows((-100.0, *[7.0] * 1200))
    assert net_present_value_usd(flows, 0.07) == pytest.approx(0.0, abs=RELATIVE)
    assert internal_rate(flows).rate == pytest.approx(0.07)


@given(st.floats(1.0, 1e6), st.floats(-0.9, 5.0), st.integers(1, 60))
def test_the_rate_of_one_receipt_is_its_growth(paid, rate, periods):
    flows = CashFlows.of([(0, -paid), (periods, paid * (1.0 + rate) ** periods)])
    found = internal_rate(flows)
    assert found.rate == pytest.approx(rate, rel=RELATIVE, abs=RELATIVE)
    assert found.reason == ""


@given(st.floats(0.1, 1e3), st.floats(0.0, 1e3), st.floats(0.1, 1e3))
def test_the_rate_of_two_periods_solves_the_quadratic(paid, first, second):
    # paid g^2 - first g - second = 0 for the growth g = 1 + rate.
    growth = (first + sqrt(first**2 + 4.0 * paid * second)) / (2.0 * paid)
    found = internal_rate(CashFlows((-paid, first, second)))
    assert 1.0 + found.rate == pytest.approx(growth, rel=RELATIVE)


@given(RECEIPTS, st.floats(0.01, 1e6))
def test_an_investment_is_worth_nothing_at_its_internal_rate(receipts, paid):
    flows = CashFlows((-paid, *receipts))
    rate = internal_rate(flows).rate
    # Nearer to -1 the rate has too few digits to say what the flows are worth.
    assume(rate is not None and rate > -0.9)
    scale = sum(map(abs, discounted(flows, rate)))
    assert abs(net_present_value_usd(flows, rate)) <= RELATIVE * scale


@given(ANY_FLOWS)
def test_any_internal_rate_makes_the_flows_worth_nothing(usd):
    flows = CashFlows(tuple(usd))
    found = internal_rate(flows)
    assert (found.rate is None) <= bool(found.reason)
    assert found.rate is not None or flows.sign_changes() != 1
    assume(found.rate is not None and found.rate > -0.5)
    scale = sum(map(abs, discounted(flows, found.rate)))
    assert abs(net_present_value_usd(flows, found.rate)) <= RELATIVE * scale


@given(RECEIPTS, st.floats(0.0, 1e6), RATES, RATES)
def test_the_value_of_an_investment_falls_with_the_rate(receipts, paid, one, other):
    flows = CashFlows((-paid, *receipts))
    low, high = sorted((one, other))
    rounding = RELATIVE * sum(map(abs, discounted(flows, low)))
    values = [net_present_value_usd(flows, rate) for rate in (low, high)]
    assert values[1] <= values[0] + rounding


def test_without_a_change_of_sign_there_is_no_rate():
    for usd in ((-1.0, -2.0), (1.0, 0.0, 2.0), (0.0, 0.0), (5.0,)):
        found = internal_rate(CashFlows(usd))
        assert found.rate is None
        assert "never change sign" in found.reason


def test_several_changes_of_sign_are_said():
    # 10 % and 20 % both solve it: (g - 1.1)(g - 1.2) = g^2 - 2.3 g + 1.32.
    several = internal_rate(CashFlows((-1.0, 2.3, -1.32)))
    assert several.rate == pytest.approx(0.1)
    assert "change sign 2 times" in several.reason
    # No real root: g^2 - g + 1.
    none = internal_rate(CashFlows((-1.0, 1.0, -1.0)))
    assert none.rate is None
    assert "no rate was found" in none.reason
    # One rate, found twice: (g - 1.1)^2; a double root has half of the digits.
    double = internal_rate(CashFlows((-1.0, 2.2, -1.21)))
    assert double.rate is None or double.rate == pytest.approx(0.1, abs=1e-6)


def test_payback_of_equal_receipts_in_closed_form():
    flows = CashFlows((-100.0, *[40.0] * 5))
    assert payback_periods(flows) == pytest.approx(2.5)
    # Discounted at 10 %: 36.36, 33.06 and 30.05 come in; 30.58 of them are missing after two.
    missing = 100.0 - 40.0 / 1.1 - 40.0 / 1.1**2
    assert payback_periods(flows, 0.1) == pytest.approx(3 + (missing - 40 / 1.1**3) / 27.32053821)
    assert payback_periods(flows, 0.5) is None


def test_payback_counts_the_last_time_and_bears_rounding():
    assert payback_periods(CashFlows((-10.0, 10.0, -5.0, 10.0))) == pytest.approx(2.5)
    assert payback_periods(CashFlows((-0.3, 0.1, 0.1, 0.1))) == pytest.approx(3.0)
    assert payback_periods(CashFlows((10.0, 5.0))) == 0.0


@given(RECEIPTS, st.floats(0.01, 1e6), st.floats(0.001, 1.0))
def test_discounting_never_pays_back_sooner(receipts, paid, rate):
    flows = CashFlows((-paid, *receipts))
    simple, slow = payback_periods(flows), payback_periods(flows, rate)
    if slow is not None:
        assert simple is not None
        assert simple <= slow + RELATIVE
        # It is paid back at all if, and only if, it is worth something at that rate.
        assert net_present_value_usd(flows, rate) >= -RELATIVE * paid


def test_without_a_horizon_only_today_counts():
    today = CashFlows.of([(0, -3.0), (0, 1.0)])
    assert today.horizon == 0
    assert net_present_value_usd(today, 0.07) == -2.0
    assert payback_periods(today) is None
    assert internal_rate(today).rate is None


@pytest.mark.parametrize("rate", [-1.0, -2.0, float("nan"), float("inf")])
def test_rates_that_mean_nothing_are_refused(rate):
    flows = CashFlows((-1.0, 2.0))
    for refused in (net_present_value_usd, payback_periods):
        with pytest.raises(InputError, match="rate"):
            refused(flows, rate)


def test_values_beyond_the_range_of_numbers_are_refused():
    flows = CashFlows((-1.0, *[1e6] * 60))
    for refused in (net_present_value_usd, payback_periods):
        with pytest.raises(InputError, match="beyond the range"):
            refused(flows, -1.0 + 1e-15)
    assert "beyond the range" in internal_rate(CashFlows((-1e200, 1e-200))).reason


def test_flows_that_mean_nothing_are_refused():
    for usd in ((), (float("nan"),), ("much",), (10**400,), (0.0,) * 1202):
        with pytest.raises(InputError):
            CashFlows(usd)
    for dated in ([], [(-1, 1.0)], [(0.5, 1.0)], [(1201, 1.0)], [(1, "much")]):
        with pytest.raises(InputError):
            CashFlows.of(dated)


def test_the_missing_library_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy_financial", None)
    with pytest.raises(MissingExtraError, match=r"costcurve\[worth\]"):
        internal_rate(CashFlows((-1.0, 2.0)))
