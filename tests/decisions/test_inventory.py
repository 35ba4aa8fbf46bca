"""Stock: against simulated demand, the closed forms of scipy, and what the slides say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from costcurve.core.errors import InputError, NotFiniteError
from costcurve.core.quantities import Graph, Input
from costcurve.decisions import inventory, inventory_lognormal, inventory_normal
from costcurve.decisions.products import Product, rank_products

MODULES = {"normal": inventory_normal, "lognormal": inventory_lognormal}
DRAWS = 1_000_000
#: A correct value lies further off than this once in 370 times; the seed is fixed.
STANDARD_ERRORS = 3.0
#: Numerical integration of scipy.
INTEGRATED = 1e-7
#: float64 over a dozen operations.
RELATIVE = 1e-9
MILK = Product("milk", 1.2, 1.0, 100.0, 25.0, 20.0, spoilage_share=1.0)
RADIO = Product("radio", 60.0, 20.0, 40.0, 12.0, 9.0, goodwill_usd=5.0, salvage_usd=18.0)
FAMILIES = pytest.mark.parametrize("family", ["normal", "lognormal"])
PRODUCTS = pytest.mark.parametrize("product", [MILK, RADIO], ids=lambda each: each.name)
SHARES = st.floats(0.01, 0.99)


def evaluated(family, product):
    names = [name for name in Product.__dataclass_fields__ if name != "name"]
    inputs = [Input.of(name, getattr(product, name), "1", name, "a test") for name in names]
    return Graph([inventory, MODULES[family]], inputs).evaluate()


def demand_of(family, mean, sd):
    """Return the distribution as scipy has it."""
    if family == "normal":
        return stats.norm(mean, sd)
    log_variance = np.log1p((sd / mean) ** 2)
    return stats.lognorm(np.sqrt(log_variance), scale=mean * np.exp(-log_variance / 2))


def cost_of(order, demand, product):
    """Return the cost of every draw of demand, by the definition of the two unit costs."""
    short = product.unit_price_usd - product.unit_cost_usd + product.goodwill_usd
    kept = (1.0 - product.spoilage_share) * product.salvage_usd
    over = product.unit_cost_usd - kept + product.holding_usd
    return short * np.maximum(demand - order, 0.0) + over * np.maximum(order - demand, 0.0)


def uncertainty_usd(found):
    """Return the expected cost of not knowing the demand: both sides together."""
    return float(found["lost_sales_usd"]) + float(found["excess_usd"])


@PRODUCTS
@FAMILIES
def test_expected_units_and_dollars_are_those_of_simulated_demand(family, product):
    found = evaluated(family, product)
    rng = np.random.default_rng(20240324)
    demand = demand_of(family, product.expected_demand, product.demand_sd).rvs(DRAWS, rng)
    order = float(found["order_quantity"])
    for name, draws in (
        ("expected_lost_sales", np.maximum(demand - order, 0.0)),
        ("expected_excess", np.maximum(order - demand, 0.0)),
    ):
        error = draws.std() / np.sqrt(DRAWS)
        assert abs(draws.mean() - float(found[name])) < STANDARD_ERRORS * error, name
    cost = cost_of(order, demand, product)
    error = cost.std() / np.sqrt(DRAWS)
    assert abs(cost.mean() - uncertainty_usd(found)) < STANDARD_ERRORS * error


@PRODUCTS
@FAMILIES
def test_the_order_costs_least_of_all(family, product):
    found = evaluated(family, product)
    demand = demand_of(family, product.expected_demand, product.demand_sd)

    def expected(order):
        low, high = demand.ppf([1e-13, 1.0 - 1e-13])

        def at(each):
            return cost_of(order, each, product) * demand.pdf(each)

        return integrate.quad(at, low, order)[0] + integrate.quad(at, order, high)[0]

    mean = product.expected_demand
    least = optimize.minimize_scalar(expected, bounds=(0.1 * mean, 4 * mean), method="bounded")
    assert uncertainty_usd(found) == pytest.approx(least.fun, rel=INTEGRATED)
    assert float(found["order_quantity"]) == pytest.approx(least.x, rel=1e-3)


@given(SHARES, st.floats(0.02, 0.3), st.sampled_from(["normal", "lognormal"]))
def test_the_order_is_the_quantile_of_the_critical_ratio(ratio, variation, family):
    product = replace(MILK, unit_price_usd=1.0, unit_cost_usd=1.0 - ratio)
    product = replace(product, demand_sd=100.0 * variation)
    found = evaluated(family, product)
    expected = demand_of(family, 100.0, product.demand_sd).ppf(ratio)
    assert float(found["critical_ratio"]) == pytest.approx(ratio, rel=RELATIVE)
    assert float(found["order_quantity"]) == pytest.approx(max(expected, 0.0), rel=RELATIVE)


@given(SHARES, st.floats(0.0, 30.0), st.floats(0.0, 1.0), st.sampled_from(["normal", "lognormal"]))
def test_a_better_forecast_is_worth_the_difference_of_expected_costs(ratio, sd, share, family):
    product = replace(MILK, unit_price_usd=1.0, unit_cost_usd=1.0 - ratio, demand_sd=sd)
    product = replace(product, better_demand_sd=sd * share)
    before = evaluated(family, product)
    after = evaluated(family, replace(product, demand_sd=sd * share))
    value = float(before["better_forecast_usd"])
    difference = uncertainty_usd(before) - uncertainty_usd(after)
    assert value >= -RELATIVE
    # Where the normal distribution would order less than nothing, the formula is a lower bound.
    if float(before["order_quantity"]) > 0.0:
        assert value == pytest.approx(difference, rel=RELATIVE, abs=RELATIVE)
    else:
        assert value <= difference + RELATIVE


@given(st.floats(0.1, 1000.0), st.sampled_from(["normal", "lognormal"]))
def test_the_value_scales_with_prices_and_with_units(factor, family):
    dollars = ("unit_price_usd", "unit_cost_usd", "goodwill_usd", "salvage_usd")
    units = ("expected_demand", "demand_sd", "better_demand_sd")
    once = float(evaluated(family, RADIO)["better_forecast_usd"])
    for names in (dollars, units):
        scaled = replace(RADIO, **{name: factor * getattr(RADIO, name) for name in names})
        found = float(evaluated(family, scaled)["better_forecast_usd"])
        assert found == pytest.approx(factor * once, rel=RELATIVE)


@FAMILIES
def test_a_forecast_that_is_not_better_is_worth_nothing(family):
    same = replace(RADIO, better_demand_sd=RADIO.demand_sd)
    assert float(evaluated(family, same)["better_forecast_usd"]) == 0.0
    assert (
        float(evaluated(family, replace(RADIO, better_demand_sd=20.0))["better_forecast_usd"]) < 0
    )


@FAMILIES
def test_a_perfect_forecast_costs_nothing(family):
    found = evaluated(family, replace(RADIO, demand_sd=0.0, better_demand_sd=0.0))
    assert float(found["order_quantity"]) == RADIO.expected_demand
    assert uncertainty_usd(found) == 0.0
    all_saved = evaluated(family, replace(RADIO, better_demand_sd=0.0))
    saved = float(all_saved["better_forecast_usd"])
    assert saved == pytest.approx(uncertainty_usd(all_saved), rel=RELATIVE)


@FAMILIES
@pytest.mark.parametrize("price", [1.0, 0.5])
def test_without_a_margin_nothing_is_ordered_and_nothing_gained(family, price):
    found = evaluated(family, replace(MILK, unit_price_usd=price))
    for name in ("critical_ratio", "order_quantity", "expected_excess"):
        assert float(found[name]) == 0.0
    assert uncertainty_usd(found) == 0.0
    assert float(found["better_forecast_usd"]) == 0.0
    assert float(found["expected_lost_sales"]) == pytest.approx(MILK.expected_demand, rel=1e-3)


@FAMILIES
def test_where_an_unsold_unit_costs_nothing_all_demand_is_met(family):
    found = evaluated(family, replace(RADIO, salvage_usd=25.0))
    assert float(found["critical_ratio"]) == 1.0
    demand = demand_of(family, RADIO.expected_demand, RADIO.demand_sd)
    # One minus 1e-12 has four digits left behind the nines.
    runs_out = demand.sf(float(found["order_quantity"]))
    assert runs_out == pytest.approx(inventory.LEAST_CHANCE, rel=1e-3)
    assert uncertainty_usd(found) == pytest.approx(0.0, abs=1e-9)
    assert float(found["better_forecast_usd"]) == 0.0


def test_lost_sales_matter_with_high_margins_and_spoilage_with_low_ones():
    # The slides: "products with high profit margins", "products with low profit margins",
    # "products that can't be stored". A sale that loses nothing and a unit that keeps are equal.
    margins = np.linspace(0.05, 0.95, 19)
    for margin in margins:
        (row,) = rank_products([replace(MILK, unit_price_usd=1.0, unit_cost_usd=1.0 - margin)])
        assert (row.forecast_lost_sales_usd > row.forecast_excess_usd) == (margin > 0.5 + RELATIVE)
    stored, spoiled = (replace(MILK, salvage_usd=0.9, spoilage_share=each) for each in (0.0, 1.0))
    (kept,), (lost,) = rank_products([stored]), rank_products([spoiled])
    assert kept.forecast_excess_usd == pytest.approx(0.1 * lost.forecast_excess_usd)
    assert kept.forecast_lost_sales_usd == lost.forecast_lost_sales_usd


def test_the_best_order_turns_the_sides_around():
    # By hand at a ratio of 0.9: z = 1.28155, phi(z) = 0.175498, lost 0.9 (phi - 0.1 z) and left
    # over 0.1 (phi + 0.9 z) of a standard deviation of 25.
    (row,) = rank_products([replace(MILK, unit_price_usd=1.0, unit_cost_usd=0.1)])
    assert row.lost_sales_usd == pytest.approx(25.0 * 0.0426090, rel=1e-5)
    assert row.excess_usd == pytest.approx(25.0 * 0.1328894, rel=1e-5)
    assert row.forecast_lost_sales_usd == pytest.approx(9.0 * row.forecast_excess_usd)


def test_numbers_too_large_are_refused_in_words():
    with pytest.raises(NotFiniteError):
        rank_products([replace(MILK, unit_price_usd=1e200, demand_sd=1e200)])


def test_products_that_gain_most_come_first():
    rows = rank_products([MILK, RADIO, replace(MILK, name="cream")], "lognormal")
    assert [row.name for row in rows] == ["radio", "milk", "cream"]
    for row, product in zip(rows, (RADIO, MILK, MILK), strict=True):
        found = evaluated("lognormal", product)
        assert row.better_forecast_usd == float(found["better_forecast_usd"])
        for name in ("lost_sales_usd", "excess_usd"):
            assert getattr(row, name) == float(found[name])


def test_bad_products_are_refused_with_every_finding():
    with pytest.raises(InputError) as refused:
        replace(MILK, expected_demand=0.0, spoilage_share=1.5, demand_sd=float("nan"))
    assert len(refused.value.findings) == 3
    assert "spoilage_share of 'milk': 1.5" in str(refused.value)
    with pytest.raises(InputError, match="products"):
        rank_products([])
    with pytest.raises(InputError, match="family: 'gamma'"):
        rank_products([MILK], "gamma")
