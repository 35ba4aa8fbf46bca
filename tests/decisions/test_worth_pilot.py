"""The value of a pilot: closed forms, a simulation in two stages, and what must hold of any."""

from __future__ import annotations

from itertools import pairwise
from math import log
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costcurve.decisions.pilots import pilots_of, setting_of
from costcurve.decisions.plans import Span, best_plan
from costcurve.decisions.value_of_pilot import PilotOutcome, pilot_value
from costcurve.laws import CLASSIFICATION_LAW, load_law, published_law
from costcurve.laws.odds import PIVOT
from costcurve.task import Task
from tests.decisions.worth_cases import (
    BETA,
    INTERCEPT,
    OF_COMPLEXITY,
    described,
    graphs_of,
    law_with,
    worth_of,
)

#: Outcomes in 48 bins tell a little less than each by itself, and 2,048 draws scatter, half of
#: which choose what the others judge.
BINS = 0.04
#: Standard errors of the simulation that are chance.
CHANCE = 4.0
#: Sums in float64.
ROUNDING = 1e-9
NORMAL = NormalDist()
HELD = {"examples_held": 50_000, "limit": 50_000}
LN10 = log(10.0)


def median_error(examples, classes=10):
    complexity = Task(target_accuracy=0.9, classes=classes).relative_complexity
    return 10.0 ** (INTERCEPT + OF_COMPLEXITY * complexity) * examples**-BETA


def voi(found):
    return found.pilot.value_of_information_usd


@pytest.mark.parametrize("gain", [0.7, 1.0, 1.4])
@pytest.mark.parametrize(("sd", "shared"), [(0.1, 0.5), (0.2, 0.9), (0.3, 0.68)])
def test_of_one_plan_it_is_the_price_of_an_option(gain, sd, shared):
    # One plan, all examples held: a dollar for each error saved against a fixed cost. What the
    # pilot leaves to expect of the error is lognormal, and one goes on or not: Black and Scholes.
    mean = median_error(50_000) * np.exp((sd * LN10) ** 2 / 2.0)
    allowed = gain * mean
    found = worth_of(
        law_with(sd, shared),
        task=HELD,
        benefit={"benefit_per_prediction_usd": 0.0, "cost_per_error_usd": 1.0, "lines": [
            {"name": "returns", "usd": 1e6 * allowed, "year": 1}
        ]},
    )  # fmt: skip
    spread = shared * sd * LN10
    below = (log(allowed / mean) + spread**2 / 2.0) / spread
    option = allowed * NORMAL.cdf(below) - mean * NORMAL.cdf(below - spread)
    wanted = 1e6 * (option - max(allowed - mean, 0.0))
    assert voi(found) == pytest.approx(wanted, rel=BINS, abs=1e6 * mean * 2e-3)


@pytest.mark.parametrize("seed", range(5))
def test_a_pilot_that_measures_something_else_is_worth_nothing(seed):
    # Its outcomes shared out among the draws by lot: nothing in them tells one plan from another,
    # however many plans there are to choose the best from.
    uncertain, _ = graphs_of(
        benefit={
            "predictions_per_year": "1e5 to 5e6",
            "benefit_per_prediction_usd": "0.0001 to 0.01",
        },
        task={"usd_per_example": 0.5, "limit": 1e6},
    )
    span = Span(0.0, 10.0, 1e6)
    _, plans = best_plan(uncertain, span)
    random = np.random.default_rng(seed)
    outcome = PilotOutcome(1000.0, random.permutation(np.linspace(-1.0, 1.0, 2048)), 0.1)
    assert pilot_value(outcome, plans, 0.0, 0.5).value_of_information_usd == 0.0


def expected_error(examples, middle, sd):
    """Return the mean of min(K n^-beta 10^x, 1) for x normal."""
    log_median = np.log(median_error(examples)) + LN10 * middle
    scale = LN10 * sd
    cut = -log_median / scale
    cdf = np.vectorize(NORMAL.cdf)
    return np.exp(log_median + scale**2 / 2.0) * cdf(cut - scale) + cdf(-cut)


@pytest.mark.parametrize(("volume", "price"), [(2e5, 0.5), (1e6, 2.0), (3e6, 0.1)])
def test_it_is_what_a_simulation_in_two_stages_says(volume, price):
    fixed, right, wrong, draws = 0.62 * volume, 1.0, 1.0, 100_000
    found = worth_of(
        task={"usd_per_example": price, "limit": 1e6},
        benefit={
            "predictions_per_year": volume,
            "benefit_per_prediction_usd": right,
            "cost_per_error_usd": wrong,
        },
        serving={"serving_usd_per_prediction": 0.0, "infrastructure_usd_per_year": fixed},
    )
    law = published_law().card.residual
    generator = np.random.default_rng(1)
    task, pilot, final = generator.normal(size=(3, draws))
    task, own = np.sqrt(law.shared) * law.sd * task, np.sqrt(1.0 - law.shared) * law.sd
    seen, real = task + own * pilot, task + own * final
    plans = np.geomspace(10.0, 1e6, 120)

    def worth_with(errors, examples):
        return volume * (right - (right + wrong) * errors) - fixed - price * examples

    # After an outcome the residual is normal around its share of it; on a fine grid of outcomes.
    outcomes = np.linspace(seen.min(), seen.max(), 401)[:, None]
    after = law.sd * np.sqrt(1.0 - law.shared**2)
    values = worth_with(expected_error(plans, law.shared * outcomes, after), plans)
    chosen = np.where(values.max(axis=1) > 0.0, plans[values.argmax(axis=1)], 0.0)
    taken = chosen[np.abs(outcomes[:, 0] - seen[:, None]).argmin(axis=1)]
    prior = worth_with(expected_error(plans, 0.0, law.sd), plans)
    before = plans[prior.argmax()] if prior.max() > 0.0 else 0.0

    def realised(examples):
        errors = np.minimum(median_error(np.maximum(examples, 1.0)) * 10.0**real, 1.0)
        return np.where(examples > 0.0, worth_with(errors, examples), 0.0)

    gains = realised(taken) - realised(np.full(draws, before))
    chance = CHANCE * gains.std() / np.sqrt(draws)
    assert voi(found) > 0.0
    assert voi(found) == pytest.approx(gains.mean(), rel=BINS, abs=chance)
    stopping = found.pilot.probability_of_stopping
    assert stopping == pytest.approx(np.mean(taken == 0.0), abs=BINS)


@pytest.mark.parametrize("held", [2000, 100_000])
@pytest.mark.parametrize("gain", [0.8, 1.1])
def test_of_a_law_with_slopes_it_is_what_integration_says(held, gain):
    # Pilot and plan are two points of a line whose level and slope are jointly normal.
    law, volume = load_law(CLASSIFICATION_LAW), 1e6
    task = {"target_accuracy": 0.9, "classes": 10, "examples_held": held, "limit": held}
    setting = setting_of(Task(**task))
    belief, scale = law.belief(setting), law.scale(setting)
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    middle, sd = (float(each[0]) for each in belief.at(np.array([float(held)])))
    mean = float(weights @ scale.error(middle + sd * nodes))
    lines = [{"name": "returns", "usd": volume * gain * mean, "year": 1}]
    benefit = {"benefit_per_prediction_usd": 0.0, "cost_per_error_usd": 1.0, "lines": lines}
    found = worth_of(law, task=task, benefit=benefit)
    size = found.pilot.examples
    _, spread = (float(each[0]) for each in belief.at(np.array([size])))
    ends = np.stack([np.ones(2), np.log10([size, held]) - PIVOT], axis=1)
    together = float((ends @ belief.covariance[0] @ ends.T)[0, 1])
    after = middle + together / spread * nodes[:, None]
    left = np.sqrt(sd**2 - (together / spread) ** 2)
    expected = scale.error(after + left * nodes) @ weights
    wanted = float(weights @ np.maximum(gain * mean - expected, 0.0))
    wanted -= max(gain * mean - mean, 0.0)
    assert voi(found) == pytest.approx(volume * wanted, rel=BINS, abs=volume * mean * 2e-3)


@pytest.mark.parametrize(
    "tables",
    [
        {"task": HELD, "benefit": {"benefit_per_prediction_usd": 1e6}},
        {"benefit": {"predictions_per_year": 0}},
        {"benefit": {"benefit_per_prediction_usd": 0.0}},
        {"benefit": {"benefit_per_prediction_usd": -1.0}},
        {"serving": {"infrastructure_usd_per_year": 1e9}},
    ],
    ids=["a certain gain", "no predictions", "no benefit", "a negative margin", "a certain loss"],
)
def test_what_no_outcome_can_change_is_worth_nothing(tables):
    found = worth_of(**tables)
    assert voi(found) == 0.0
    assert found.decision in {"go", "no-go"}


@settings(max_examples=15)
@given(
    st.floats(1e3, 1e8),
    st.floats(-1.0, 10.0),
    st.floats(0.0, 10.0),
    st.floats(0.0, 1e6),
    st.floats(0.0, 1e5),
)
def test_it_is_never_negative_and_decides_whether_there_is_a_pilot(
    volume, right, wrong, fixed, pilot_fixed
):
    found = worth_of(
        benefit={
            "predictions_per_year": volume,
            "benefit_per_prediction_usd": right,
            "cost_per_error_usd": wrong,
        },
        serving={"infrastructure_usd_per_year": fixed},
        finance={"pilot_fixed_usd": pilot_fixed},
    )
    assert voi(found) >= 0.0
    assert found.pilot.cost_usd >= pilot_fixed
    assert (found.decision == "pilot-first") == (voi(found) > found.pilot.cost_usd)


@pytest.mark.parametrize("times", [4.0, 1024.0])
def test_it_grows_with_all_dollars(times):
    def with_dollars(factor):
        engineer = {"name": "engineer", "usd_per_hour": 90.0 * factor, "setup_hours": 100}
        return worth_of(
            task={"usd_per_example": factor},
            benefit={"benefit_per_prediction_usd": factor, "cost_per_error_usd": 3.0 * factor},
            serving={
                "serving_usd_per_prediction": 0.1 * factor,
                "infrastructure_usd_per_year": 5e4 * factor,
            },
            storage={"storage_gb": 10.0, "usd_per_gb_month": factor},
            people={"roles": [engineer], "testing_usd": 1e3 * factor},
            finance={"pilot_fixed_usd": 500.0 * factor},
            assumptions={"usd_per_flop": 3e-11 * factor},
            alternative={"rules": {"accuracy": 0.7, "annual_cost_usd": 100.0 * factor}},
        )

    one, many = with_dollars(1.0), with_dollars(times)
    assert voi(one) > 0.0
    assert voi(many) == pytest.approx(times * voi(one), rel=ROUNDING)
    assert many.pilot.cost_usd == pytest.approx(times * one.pilot.cost_usd, rel=ROUNDING)
    assert many.optimal.net_usd == pytest.approx(times * one.optimal.net_usd, rel=ROUNDING)
    assert many.decision == one.decision


def test_it_grows_with_what_a_pilot_can_teach():
    benefit = {"benefit_per_prediction_usd": 1.0, "cost_per_error_usd": 15.0}
    found = [
        voi(worth_of(law_with(0.3, shared), task=HELD, benefit=benefit))
        for shared in (0.0, 0.2, 0.5, 0.8, 0.95)
    ]
    assert found[0] == 0.0
    assert all(less < more for less, more in pairwise(found))


def test_after_a_run_on_the_task_another_is_worth_less():
    law, benefit = load_law(CLASSIFICATION_LAW), {"cost_per_error_usd": 12.0}
    run = {"pilot_examples": 5000, "pilot_error": 0.07}
    before = worth_of(law, task=HELD, benefit=benefit)
    counted = worth_of(law, task={**HELD, **run, "pilot_test_examples": 200}, benefit=benefit)
    exact = worth_of(law, task={**HELD, **run}, benefit=benefit)
    assert 0.0 < voi(exact) < voi(counted) < voi(before)


@pytest.mark.parametrize(("volume", "price"), [(2e6, 0.4), (5e5, 0.05)])
def test_beside_a_run_that_was_made_another_is_worth_what_a_simulation_says(volume, price):
    # A run at the size where level and slope are uncorrelated leaves the slope open; one of another
    # size tells it, and with it how many labels to buy.
    law, held, most, draws = load_law(CLASSIFICATION_LAW), 3000, 40_000, 40_000
    run = {"pilot_examples": 2400, "pilot_error": 0.11, "pilot_test_examples": 600}
    task = {"target_accuracy": 0.95, "classes": 12, "group": "natural", "examples_held": held}
    task |= {"limit": most, **run}
    benefit = {"predictions_per_year": volume, "benefit_per_prediction_usd": 0.02}
    benefit["cost_per_error_usd"] = 0.08
    found = worth_of(law, task={**task, "usd_per_example": price}, benefit=benefit)
    setting, scale = setting_of(Task(**task)), law.scale(setting_of(Task(**task)))
    believed = law.belief(setting).after(pilots_of(Task(**task)), scale)
    mean, spread, own = believed.mean[0], believed.covariance[0], float(believed.noise_sd[0])
    knee, bend = float(believed.knee[0]), float(believed.bend[0])
    plans, size = np.geomspace(held, most, 80), found.pilot.examples
    # Before the knee is another line, of which the plan's is taken to be known.
    assert size >= 10.0**knee * (1.0 - ROUNDING)
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    weights /= weights.sum()

    def line(level, slope, examples):
        logs = np.log10(examples)
        return level + slope * (logs - PIVOT) + bend * np.maximum(logs - knee, 0.0)

    def net(error, examples):
        return volume * (0.02 - 0.10 * error) - price * (examples - held)

    def best(middle, covariance):
        design = np.stack([np.ones(len(plans)), np.log10(plans) - PIVOT], axis=1)
        sd = np.sqrt(np.einsum("ij,jk,ik->i", design, covariance, design) + own**2)
        value = line(*middle, plans)[:, None] + sd[:, None] * nodes
        values = net(scale.error(value) @ weights, plans)
        return plans[values.argmax()] if values.max() > 0.0 else 0.0

    along = np.array([1.0, np.log10(size) - PIVOT])
    gain = spread @ along / (along @ spread @ along + own**2)
    left = spread - np.outer(gain, along @ spread)
    generator = np.random.default_rng(2)
    curves = generator.multivariate_normal(mean, spread, draws).T
    seen = line(*curves, size) + own * generator.normal(size=draws)
    outcomes = np.linspace(seen.min(), seen.max(), 201)
    chosen = np.array([best(mean + gain * (y - line(*mean, size)), left) for y in outcomes])
    taken = chosen[np.abs(outcomes[:, None] - seen).argmin(axis=0)]
    scatter = own * generator.normal(size=draws)

    def realised(examples):
        error = scale.error(line(*curves, np.maximum(examples, 1.0)) + scatter)
        return np.where(examples > 0.0, net(error, examples), 0.0)

    gains = realised(taken) - realised(np.full(draws, best(mean, spread)))
    chance = CHANCE * gains.std() / np.sqrt(draws)
    assert voi(found) > 0.0
    assert voi(found) == pytest.approx(gains.mean(), rel=BINS, abs=chance)
    is_smaller = size < run["pilot_examples"]
    assert ("It may be a smaller one" in found.warnings[-1]) == is_smaller
    assert "a further run, beside those that were given" in found.warnings[-1]


def test_a_pilot_shows_every_class_at_least_once():
    # The law has seen 40 examples of ten classes, which of a thousand would show 40 at most.
    task = {"classes": 1000, "target_accuracy": 0.8, "examples_held": 50_000, "limit": 4e5}
    run = {"pilot_examples": 40_000, "pilot_error": 0.4, "pilot_test_examples": 600}
    benefit = {"benefit_per_prediction_usd": 0.15, "cost_per_error_usd": 0.08}
    law = load_law(CLASSIFICATION_LAW)
    found = worth_of(law, task={**task, **run}, benefit={"predictions_per_year": 2e6, **benefit})
    assert voi(found) > 0.0
    assert found.pilot.examples >= 1000.0 * (1.0 - ROUNDING)


def test_labels_are_lost_when_a_project_stops():
    # Nothing held, and a pilot of the fewest examples that the law has seen.
    found = worth_of(
        task={"usd_per_example": 0.2, "limit": 1e5},
        serving={"infrastructure_usd_per_year": 0.55e6},
        finance={"pilot_fixed_usd": 10.0},
    )
    pilot = found.pilot
    fewest = published_law().card.range.examples[0]
    assert pilot.examples == pytest.approx(fewest)
    assert 0.0 < pilot.probability_of_stopping < 1.0
    wanted = 10.0 + 0.2 * fewest * pilot.probability_of_stopping
    # Outcomes that end with a plan of fewer examples than the pilot's lose some of them, too.
    assert wanted <= pilot.cost_usd + ROUNDING
    assert pilot.cost_usd <= 10.0 + 0.2 * fewest


def test_a_pilot_on_examples_that_are_held_costs_its_run_alone():
    benefit = {"cost_per_error_usd": 15.0}
    found = worth_of(task=HELD, benefit=benefit, finance={"pilot_fixed_usd": 10.0})
    assert 0.0 < found.pilot.probability_of_stopping < 1.0
    assert found.pilot.cost_usd == pytest.approx(10.0)


def test_another_way_that_is_better_is_gone_to_when_the_pilot_disappoints():
    tables = described(task=HELD, serving={"infrastructure_usd_per_year": 0.3e6})
    alone = worth_of(**tables)
    rules = {"accuracy": 0.75, "annual_cost_usd": 1.0}
    beside = worth_of(**tables, alternative={"rules": rules})
    assert beside.pilot.probability_of_stopping > alone.pilot.probability_of_stopping
