"""Worth: the best plan, break-evens and returns, against closed forms and searches of their own."""

from __future__ import annotations

from math import exp, log, log10

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costcurve.core.errors import InputError
from costcurve.decisions.estimate import estimate
from costcurve.decisions.worth import worth
from costcurve.decisions.worth_case import case_of
from costcurve.decisions.worth_graph import worth_graph
from costcurve.laws import published_law
from costcurve.task import Task
from tests.decisions.worth_cases import (
    BETA,
    INTERCEPT,
    OF_COMPLEXITY,
    described,
    graphs_of,
    worth_of,
)

#: As promised of the best accuracy and of the roots.
PROMISED = 1e-6
#: Of a mean over 2,048 draws of a lognormal error: its far tail is drawn twice or thrice.
OF_THE_MEAN = 0.02
#: Sums in float64.
ROUNDING = 1e-9
USD = st.floats(0.01, 10.0)


def complexity_of(classes):
    return Task(target_accuracy=0.9, classes=classes).relative_complexity


def straight_optimum(volume, at_stake, price, annuity, mean_error_at_one):
    """Return the n at which d/dn of V (b + c) K n^-beta + annuity k n is zero."""
    gain = volume * at_stake * BETA * mean_error_at_one
    return (gain / (annuity * price)) ** (1.0 / (1.0 + BETA))


@settings(max_examples=10)
@given(st.floats(1e10, 1e12), USD, st.floats(0.0, 5.0), USD, st.integers(2, 20))
def test_the_best_plan_of_a_straight_law_is_the_closed_form(volume, right, wrong, price, classes):
    tables = {
        "task": {"classes": classes, "usd_per_example": price},
        "benefit": {
            "predictions_per_year": volume,
            "benefit_per_prediction_usd": right,
            "cost_per_error_usd": wrong,
        },
        "finance": {"discount_rate": 0.1, "horizon_years": 2.0},
    }
    best = worth_of(**tables).optimal
    at_one = 10.0 ** (INTERCEPT + OF_COMPLEXITY * complexity_of(classes))
    annuity = 0.1 / (1.0 - 1.1**-2.0)
    # With the mean over the draws it is exact as long as no draw is cut off at an error of 1: so
    # many examples are worth their price here that even the worst error is below.
    uncertain, certain = graphs_of(**tables)
    drawn = uncertain.draws("predicted_error", 1e9) / certain.values("predicted_error", 1e9)
    wanted = straight_optimum(volume, right + wrong, price, annuity, at_one * drawn.mean())
    assert at_one * wanted**-BETA * drawn.max() < 1.0
    assert best.accuracy == pytest.approx(1.0 - at_one * wanted**-BETA, abs=PROMISED)
    # The lognormal mean of all tasks there could be.
    sd = published_law().card.residual.sd * log(10.0)
    ideal = straight_optimum(volume, right + wrong, price, annuity, at_one * exp(sd**2 / 2.0))
    assert best.examples == pytest.approx(ideal, rel=OF_THE_MEAN)


@settings(max_examples=10)
@given(st.floats(1e4, 1e9), USD, st.floats(0.0, 10.0), USD, st.integers(0, 5000), st.booleans())
def test_the_best_plan_is_that_of_another_search(volume, right, wrong, price, held, is_even):
    from scipy.optimize import minimize_scalar

    task = {"target_accuracy": 0.9, "usd_per_example": price, "examples_held": held, "limit": 1e7}
    benefit = {"predictions_per_year": volume, "benefit_per_prediction_usd": right}
    errors = {"cost_per_error_usd": wrong}
    if not is_even:
        errors = {"cost_false_positive_usd": wrong, "cost_false_negative_usd": 5.0 * wrong}
        errors["prevalence"] = 0.2
    case = case_of({"task": {**task, "classes": 10}, "benefit": {**benefit, **errors}})
    best = worth(case).optimal
    graph = worth_graph(case, estimate(case.task, case.assumptions))

    def loss(logs):
        return -graph.draws("annual_net_usd", np.exp(logs)).mean(axis=1)

    grid = np.linspace(log(max(held, 10.0)), log(1e7), 400)
    place = int(loss(grid).argmin())
    ends = grid[max(place - 1, 0)], grid[min(place + 1, len(grid) - 1)]
    found = minimize_scalar(lambda x: loss(x)[0], bounds=ends, options={"xatol": 1e-10})
    candidates = [float(found.x), *ends]
    wanted = exp(min(candidates, key=lambda x: loss(x)[0]))
    accuracy = 1.0 - float(graph.values("plan_error", wanted)[0, 0])
    assert best.accuracy == pytest.approx(accuracy, abs=PROMISED)
    assert best.net_usd == pytest.approx(-loss(log(wanted))[0], rel=ROUNDING, abs=PROMISED)


@pytest.mark.parametrize("limit", [3.0, 500.0])
def test_no_plan_has_more_examples_than_there_could_be(limit):
    found = worth_of(task={"limit": limit}, benefit={"benefit_per_prediction_usd": 1e6})
    assert found.optimal.examples == pytest.approx(limit, rel=ROUNDING)
    assert found.examples == pytest.approx(limit, rel=ROUNDING)


@settings(max_examples=10)
@given(st.floats(1e5, 1e7), USD, USD, st.floats(0.0, 0.95), st.floats(0.0, 3e5), st.booleans())
def test_break_evens_are_roots(volume, right, wrong, baseline, fixed, is_even):
    errors = {"cost_per_error_usd": wrong}
    if not is_even:
        errors = {"cost_false_positive_usd": wrong, "cost_false_negative_usd": 5.0 * wrong}
        errors["prevalence"] = 0.2
    tables = {
        "benefit": {
            "predictions_per_year": volume,
            "benefit_per_prediction_usd": right,
            "baseline_accuracy": baseline,
            **errors,
        },
        "serving": {"serving_usd_per_prediction": 1e-3, "infrastructure_usd_per_year": fixed},
    }
    found = worth_of(**tables)
    _, certain = graphs_of(**tables)
    even = found.break_even

    def net(**overrides):
        return certain.values("annual_net_usd", found.examples, overrides)[0, 0]

    money = certain.evaluate(["annual_cost_usd", "annual_benefit_usd"], found.examples)
    scale = sum(abs(money[name].item()) for name in ("annual_cost_usd", "annual_benefit_usd"))
    if even.accuracy is not None:
        assert abs(net(plan_error=1.0 - even.accuracy)) < PROMISED * (scale + volume * wrong)
    if even.volume is not None:
        moved = scale * max(1.0, even.volume / volume)
        assert abs(net(predictions_per_year=even.volume)) < PROMISED * moved
        is_below = "volume" in even.pays_below
        assert (net(predictions_per_year=2.0 * even.volume) > 0.0) != is_below
        assert (net(predictions_per_year=0.5 * even.volume) > 0.0) == is_below
    benefit = even.benefit_per_prediction_usd
    assert abs(net(benefit_per_prediction_usd=benefit)) < PROMISED * (scale + volume * right)


def test_the_break_evens_of_even_errors_are_closed_forms():
    # 0.5 (1 - e) - 0.3 e dollars a prediction against 0.1 and a fixed 90,000 and the labels.
    benefit = {"benefit_per_prediction_usd": 0.5, "cost_per_error_usd": 0.3}
    serving = {"serving_usd_per_prediction": 0.1, "infrastructure_usd_per_year": 90e3}
    found = worth_of(benefit=benefit, serving=serving, task={"examples_held": 10_000, "limit": 1e4})
    error = 10.0 ** (INTERCEPT + OF_COMPLEXITY * complexity_of(10) - 4.0 * BETA)
    even = found.break_even
    assert even.accuracy == pytest.approx(1.0 - (0.5 - 0.19) / 0.8, abs=PROMISED)
    assert even.volume == pytest.approx(90e3 / (0.4 - 0.8 * error), rel=PROMISED)
    wanted = (0.19 + 0.3 * error) / (1.0 - error)
    assert even.benefit_per_prediction_usd == pytest.approx(wanted, rel=PROMISED)
    assert even.pays_below == ()


def test_what_pays_without_predictions_pays_up_to_a_volume():
    lines = [{"name": "grant", "usd": 1000.0, "every_year": True}]
    held = {"examples_held": 1e4, "limit": 1e4}
    found = worth_of(
        task=held,
        benefit={"benefit_per_prediction_usd": 0.0, "lines": lines},
        serving={"serving_usd_per_prediction": 0.01},
    )
    assert found.break_even.volume == pytest.approx(1000.0 / 0.01, rel=PROMISED)
    assert found.break_even.pays_below == ("volume",)


def test_dated_returns_are_worth_what_they_are_by_hand():
    lines = [
        {"name": "prize", "usd": 500.0, "year": 0},
        {"name": "audit", "usd": 2000.0, "year": 2},
        {"name": "licence", "usd": -300.0, "year": 2, "every_year": True},
        {"name": "too late", "usd": 1e9, "year": 4},
    ]
    engineer = {"name": "engineer", "usd_per_hour": 50.0, "setup_hours": 60, "hours_per_year": 4}
    held = {"examples_held": 1e4, "limit": 1e4}
    found = worth_of(
        task=held,
        benefit={"predictions_per_year": 1000, "lines": lines},
        people={"roles": [engineer]},
        finance={"discount_rate": 0.08, "horizon_years": 3},
        assumptions={"overrides": {"achievable_error": 0.1}},
    ).finance
    yearly = 1000 * 0.9 - 200.0
    flows = [500.0 - 3000.0, yearly, yearly + 2000.0 - 300.0, yearly - 300.0]
    wanted = sum(usd / 1.08**year for year, usd in enumerate(flows))
    assert found["initial_cost_usd"] == pytest.approx(3000.0, rel=ROUNDING)
    assert found["npv_usd"] == pytest.approx(wanted, rel=ROUNDING)
    assert found["expected_npv_usd"] == pytest.approx(wanted, rel=ROUNDING)
    left = sum(usd / (1.0 + found["internal_rate"]) ** year for year, usd in enumerate(flows))
    assert left == pytest.approx(0.0, abs=1e-6)
    assert found["payback_years"] == pytest.approx(1.0 + (2500 - yearly) / flows[2], rel=ROUNDING)


@given(st.integers(1, 20), st.floats(0.0, 0.5), st.floats(1.0, 1e6))
@settings(max_examples=10)
def test_even_years_have_the_present_value_of_an_annuity(years, rate, usd):
    found = worth_of(
        task={"examples_held": 1e4, "limit": 1e4},
        benefit={"predictions_per_year": 2.0 * usd},
        people={"testing_usd": 1000.0},
        finance={"discount_rate": rate, "horizon_years": years},
        assumptions={"overrides": {"achievable_error": 0.5}},
    )
    each_year = sum((1.0 + rate) ** -year for year in range(1, years + 1))
    wanted = usd * each_year - 1000.0
    assert found.finance["npv_usd"] == pytest.approx(wanted, rel=ROUNDING, abs=1e-6)
    if years == 1:
        assert found.finance["internal_rate"] == pytest.approx(usd / 1000.0 - 1.0, abs=1e-6)


@pytest.mark.parametrize("horizon", [0.5, "2 to 5"])
def test_half_years_have_no_rate_of_return_and_say_so(horizon):
    found = worth_of(finance={"horizon_years": horizon})
    assert found.finance["internal_rate"] is None
    assert "whole years" in found.finance["note"]


def test_the_chance_of_the_target_is_that_of_the_law():
    found = worth_of(task={"examples_held": 20_000, "limit": 20_000})
    complexity = complexity_of(10)
    wanted = published_law().probability_of_error(0.1, 20_000, complexity)
    # 2,048 draws in evenly filled shares.
    assert found.probability["reaches_target"] == pytest.approx(float(wanted), abs=2e-3)
    median = published_law().error(20_000, complexity)
    assert log10(1.0 - found.optimal.accuracy) == pytest.approx(log10(float(median)), abs=ROUNDING)


def test_the_same_case_has_the_same_answer():
    assert worth_of().to_dict() == worth(case_of(described()), law=published_law()).to_dict()


@pytest.mark.parametrize("given", [None, [1], {1: {}}, {"task": {1: 2}}, {"alternative": 3}])
def test_what_is_no_table_is_no_case(given):
    with pytest.raises(InputError):
        case_of(given)


@pytest.mark.parametrize("draws", [-1, 1.5, float("nan")])
def test_draws_that_are_no_whole_number_are_refused(draws):
    with pytest.raises(InputError, match="^draws: "):
        worth(case_of(described()), draws=draws)
