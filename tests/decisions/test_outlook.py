"""What a law of compute means: halvings, gains, growth, prices of today and years to come."""

from __future__ import annotations

import re
from math import inf, log10

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcurve import InputError
from costcurve.decisions.flop_price import Ends, FlopPrice, Kind, flop_price
from costcurve.decisions.outlook import (
    Trends,
    decades_to_halve,
    error_at_efficiency,
    find_trend,
    meaning,
)
from costcurve.decisions.projections import project
from costcurve.decisions.theory import (
    Training,
    flexible_error,
    growth,
    sparse_error,
    theory,
)
from costcurve.laws.compute import fit_compute_law
from costcurve.laws.forms import Form


def line(slope=-0.1, intercept=0.4, form=Form.POLYNOMIAL):
    x = np.linspace(8, 12, 20)
    noise = 1e-6 * np.cos(np.arange(20))
    return fit_compute_law(x, form.error(intercept + slope * form.regressor(x) + noise), form)


@given(error=st.floats(0.01, 0.9), slope=st.floats(-0.5, -0.02))
def test_halving_takes_as_much_wherever_it_starts(error, slope):
    # 2^(1/slope), in decades.
    assert decades_to_halve(line(slope, 0.1), error) == pytest.approx(-log10(2) / slope, rel=1e-3)


def test_the_next_halving_of_an_exponential_costs_more_each_time():
    law = line(0.9, -2.0, Form.EXPONENTIAL_INVERSE)
    # 1/error rises by a constant with every decade: from 1/e to 2/e takes (1/e) / slope decades.
    for error in (0.2, 0.1, 0.05):
        assert decades_to_halve(law, error) == pytest.approx(1 / error / 0.9, rel=1e-3)


def test_an_efficiency_gain_buys_what_as_much_compute_would():
    law = line(-0.1)
    # Ten times more efficient: 10^-0.1 of the error.
    assert error_at_efficiency(law, 0.2, 10) == pytest.approx(0.2 * 10**-0.1, rel=1e-4)
    assert error_at_efficiency(law, 0.2, 1) == pytest.approx(0.2, rel=1e-6)


def test_theory_beside_a_law():
    found = theory(line(-1 / 9), 10)
    assert (found.examples, found.compute) == (100, 10_000)
    assert found.compute_of_law == pytest.approx(9, rel=1e-3)


def test_rates_of_flexible_and_sparse_models():
    # Section 2: the flexible model needs d / n, the Lasso s log d / n.
    assert flexible_error(1000, 4000) == pytest.approx(0.5)
    assert sparse_error(10, 1000, 1000 * np.log(1000)) == pytest.approx(0.1)


def test_growth_is_hardware_times_count_times_time():
    found = growth(Training(100, 2, 10), Training(600, 50, 20))
    assert found == {"hardware": 6, "accelerators": 25, "time": 2, "burden": 300}


def test_todays_price_of_a_flop_is_that_of_a_run():
    price = flop_price("h100")
    # 10^24 FLOP on H100 of 989 TFLOP/s at 30 % of the peak take 0.94 million hours, at $2 to 4.
    assert price.usd.point + 24 == pytest.approx(log10(3e6), abs=0.3)
    assert price.usd.p05 < price.usd.point < price.usd.p95
    assert price.kwh.p05 < price.kwh.point < price.kwh.p95


#: A dollar for 10^15 FLOP, exactly.
ONE = Ends(-15.0, -15.0, -15.0)
PRICE = FlopPrice(ONE, ONE, ONE, "none")


def year_of(law, budget_usd, error=0.01, **trends):
    # The line has an error of 1 % at 10^24 FLOP, which is 10^9 dollars.
    found = meaning(
        law, error, 0.0, PRICE, budget_usd=budget_usd, trends=Trends(**trends), today=2026.0
    )
    return found.year_affordable


def test_years_until_a_cost_halved_so_often_is_affordable():
    hardware, algorithms = (find_trend(name).doubling_years for name in ("hardware", "algorithms"))
    halvings = log10(1e9 / 1e6) / log10(2)
    alone = year_of(line(), 1e6)
    assert alone.point == pytest.approx(2026 + halvings * hardware, abs=0.1)
    both = year_of(line(), 1e6, algorithms="algorithms")
    assert both.point == pytest.approx(2026 + halvings / (1 / hardware + 1 / algorithms), abs=0.3)
    assert both.p05 < both.point < both.p95 < alone.point
    assert year_of(line(), 1e10).p95 == 2026.0


@pytest.mark.parametrize("form", [form for form in Form if form.degree is None])
def test_a_law_with_dates_has_its_own_trend_in_every_form(form):
    random = np.random.default_rng(0)
    x, year = random.uniform(8, 12, 200), random.uniform(2012, 2022, 200)
    start, slope = {
        Form.POLYNOMIAL: (0.4, -0.1),
        Form.EXPONENTIAL_ERROR: (0.95, -0.03),
        Form.EXPONENTIAL_INVERSE: (-2.0, 0.5),
    }[form]
    y = start + slope * (x + 0.3 * (year - 2012)) + 1e-7 * random.standard_normal(200)
    law = fit_compute_law(x, form.error(y), form, year=year)
    target = float(form.error(start + slope * 24.0))
    # In 2026 fourteen years of 0.3 decades are gained already; then 0.3 a year, beside hardware.
    dollars = 24.0 - 0.3 * (2026 - 2012) - 15.0
    decades = 0.3 + log10(2) / find_trend("hardware").doubling_years
    found = meaning(law, target, 0.0, PRICE, budget_usd=1.0, today=2026.0)
    assert found.cost_usd.point == pytest.approx(dollars, abs=0.01)
    assert found.year_affordable.point == pytest.approx(2026 + dollars / decades, abs=0.3)


def test_a_root_of_compute_has_no_yearly_factor():
    random = np.random.default_rng(0)
    x, year = random.uniform(8, 12, 200), random.uniform(2012, 2022, 200)
    y = 2.0 + 1e-3 * 10 ** (x / 4) + 0.01 * (year - 2012) + 0.01 * random.standard_normal(200)
    law = fit_compute_law(x, 1 / y, Form.DEGREE_4, year=year)
    with pytest.raises(InputError, match="form over log10"):
        meaning(law, 0.1, 0.0, PRICE, budget_usd=1.0)


def test_the_hour_of_a_burden_costs_its_price():
    # An H100-hour at its FP32 rate of 67 TFLOP/s, whatever is done in it.
    burden, arithmetic = flop_price(Kind.BURDEN, "h100"), flop_price(Kind.ARITHMETIC, "h100")
    dollars = 10 ** (burden.usd.point + log10(67e12 * 3600))
    assert 1 < dollars < 5
    # Arithmetic takes a third of the BF16 rate, 989 TFLOP/s.
    assert 10 ** (burden.usd.point - arithmetic.usd.point) == pytest.approx(
        0.314 * 989 / 67, rel=0.02
    )


def test_numbers_beyond_any_number():
    law = line(-0.001, -0.2)
    found = project(law, 1e-9, 0.0)
    assert found.to_dict()["cost_usd"] is None
    backward = line(0.05, -1.0)
    assert project(backward, 0.01, 0.0).to_dict()["log10_compute"] is None
    assert decades_to_halve(backward, 0.05) == inf
    assert Ends(400.0, 300.0, inf).to_dict("usd") == {
        "usd": None,
        "usd_p05": 1e300,
        "usd_p95": None,
    }


@pytest.mark.parametrize("name", ["nonsense", "K80"])
def test_an_accelerator_that_the_tables_cannot_price_is_refused_by_its_name(name):
    # Of the second there is a price, but no power.
    with pytest.raises(InputError, match=f"accelerator: '{name}': the tables do not say its"):
        flop_price(accelerator=name)


@pytest.mark.parametrize("kind", [Kind.BURDEN, Kind.ARITHMETIC])
def test_the_price_of_a_flop_can_be_recomputed_from_what_is_said_of_it(kind):
    found = flop_price(kind)
    rate, usd = re.search(r" at ([\d.]+) TFLOP/s.* \$([\d.]+) an hour", found.basis).groups()
    by_hand = float(usd) / 3600.0 / (float(rate) * 1e12)
    # The rate is said to three digits.
    assert 10.0**found.usd.point == pytest.approx(by_hand, rel=0.005)
    assert re.search(r"\d{4}-\d{2}-\d{2}", found.basis)
