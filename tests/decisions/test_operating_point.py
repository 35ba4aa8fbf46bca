"""Yes or no: against a threshold searched for, an integral, and the limits of every cost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from costcurve.core.quantities import Graph, Input
from costcurve.decisions import operating_point

NAMES = ("balanced_error", "prevalence", "false_positive_usd", "false_negative_usd")
#: What the search of a threshold is compared to.
SEARCHED = 1e-9
#: float64, of the larger of two costs.
ROUNDING = 1e-12
#: Dollars this small count as nothing, so that logarithms are finite.
NOTHING_USD = 1e-299
ERRORS = st.floats(0.001, 0.49)
PREVALENCES = st.floats(0.001, 0.999)
COSTS = st.floats(0.01, 1e6)


def evaluated(*values):
    inputs = [
        Input.of(name, value, "1", name, "a test")
        for name, value in zip(NAMES, values, strict=True)
    ]
    found = Graph([operating_point], inputs).evaluate()
    return {name: float(found[name]) for name in found}


def cost_at(threshold, error, prevalence, false_positive, false_negative):
    apart = -2.0 * stats.norm.ppf(error)
    missed = prevalence * false_negative * stats.norm.cdf(threshold, apart)
    return missed + (1.0 - prevalence) * false_positive * stats.norm.sf(threshold)


@given(ERRORS, PREVALENCES, COSTS, COSTS)
def test_no_threshold_searched_for_costs_less(error, prevalence, false_positive, false_negative):
    given_values = (error, prevalence, false_positive, false_negative)
    found = evaluated(*given_values)
    # A grid over all scores that occur, then a search around its best: the cost is flat far out,
    # where a search alone is lost. Beyond the grid lie the single answers.
    grid = np.linspace(-12.0, 20.0, 641)
    start = grid[np.argmin(cost_at(grid, *given_values))]
    ends = (start - 0.1, start + 0.1)
    least = optimize.minimize_scalar(cost_at, args=given_values, bounds=ends, method="bounded")
    better = min(false_positive * (1.0 - prevalence), false_negative * prevalence)
    expected = min(float(least.fun), better)
    assert found["expected_error_cost_usd"] == pytest.approx(expected, rel=SEARCHED)
    own = cost_at(found["threshold"], *given_values)
    assert found["expected_error_cost_usd"] == pytest.approx(own, rel=SEARCHED)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1e9), st.floats(0.0, 1e9))
def test_it_never_costs_more_than_the_better_single_answer(error, prevalence, one, other):
    found = evaluated(error, prevalence, one, other)
    better = min(found["always_yes_usd"], found["always_no_usd"])
    rounding = ROUNDING * max(found["always_yes_usd"], found["always_no_usd"]) + NOTHING_USD
    assert 0.0 <= found["expected_error_cost_usd"] <= better + rounding
    allowed = max(error, operating_point.LEAST_ERROR) * (
        one * (1 - prevalence) + other * prevalence
    )
    assert found["expected_error_cost_usd"] <= allowed + rounding


@given(ERRORS, PREVALENCES, COSTS)
def test_equal_weights_leave_both_errors_equally_likely(error, prevalence, usd):
    found = evaluated(error, prevalence, usd / (1.0 - prevalence), usd / prevalence)
    for name in ("false_positive_rate", "false_negative_rate"):
        assert found[name] == pytest.approx(error, rel=SEARCHED)
    assert found["expected_error_cost_usd"] == pytest.approx(2.0 * usd * error, rel=SEARCHED)


@given(ERRORS, ERRORS, PREVALENCES, COSTS, COSTS)
def test_a_smaller_error_never_costs_more(one, other, prevalence, positive, negative):
    low, high = sorted((one, other))
    fewer = evaluated(low, prevalence, positive, negative)["expected_error_cost_usd"]
    more = evaluated(high, prevalence, positive, negative)["expected_error_cost_usd"]
    assert fewer <= more * (1.0 + ROUNDING)


def test_dollars_by_hand():
    # e = 0.1: d' = 2.5631; beta = 0.99 * 1 / (0.01 * 50) = 1.98; t = 0.6831 / 2.5631 + 1.2816.
    found = evaluated(0.1, 0.01, 1.0, 50.0)
    assert found["separation"] == pytest.approx(2.563103131)
    assert found["threshold"] == pytest.approx(np.log(1.98) / 2.563103131 + 1.281551566)
    assert found["always_no_usd"] == 0.5
    assert found["expected_error_cost_usd"] < 0.149


@pytest.mark.parametrize(
    "values",
    [
        (0.2, 0.3, 0.0, 5.0),
        (0.2, 0.3, 5.0, 0.0),
        (0.2, 0.0, 5.0, 5.0),
        (0.2, 1.0, 5.0, 5.0),
        (0.2, 0.3, 0.0, 0.0),
        (0.0, 0.3, 5.0, 5.0),
    ],
)
def test_what_costs_nothing_leaves_nothing_to_pay(values):
    found = evaluated(*values)
    assert found["expected_error_cost_usd"] == pytest.approx(0.0, abs=1e-14)
    assert all(np.isfinite(value) for value in found.values())


def test_what_costs_nothing_is_done_always():
    assert evaluated(0.2, 0.3, 0.0, 5.0)["false_positive_rate"] == 1.0
    assert evaluated(0.2, 0.0, 5.0, 5.0)["false_negative_rate"] == 1.0


@pytest.mark.parametrize("error", [0.5, 0.7, 1.0])
def test_an_error_of_one_half_or_more_tells_nothing(error):
    found = evaluated(error, 0.2, 3.0, 5.0)
    assert found["separation"] == 0.0
    # Always no misses 0.2 * 5 = 1; always yes pays 0.8 * 3 = 2.4.
    assert found["expected_error_cost_usd"] == pytest.approx(1.0)
    assert found["false_positive_rate"] == 0.0
