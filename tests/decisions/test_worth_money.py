"""Worth: the bill, what errors cost, other ways, and the words for plain cases, all by hand."""

from __future__ import annotations

from math import log
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costcurve.core.errors import InputError
from costcurve.decisions.benefit import drift_loss
from costcurve.decisions.estimate import estimate
from costcurve.decisions.worth import worth
from costcurve.decisions.worth_case import FEWEST_PREDICTIONS, Alternative, case_of
from costcurve.decisions.worth_graph import worth_graph
from tests.decisions.worth_cases import described, graphs_of, worth_of

#: Sums in float64.
ROUNDING = 1e-9
#: Sixteen digits of the normal quantile, at errors of a billionth.
QUANTILE = 1e-7
NORMAL = NormalDist()
HELD = {"examples_held": 10_000, "limit": 10_000}
ENGINEER = {"name": "engineer", "usd_per_hour": 90.0, "setup_hours": 300, "hours_per_year": 40}


def with_error(error, **tables):
    """Return tables in which the network's error is known for sure."""
    return {"task": HELD, "assumptions": {"overrides": {"achievable_error": error}}, **tables}


@settings(max_examples=10)
@given(
    st.just(0.0) | st.floats(FEWEST_PREDICTIONS, 1e7),
    st.floats(0.0, 26.0),
    st.floats(0.0, 1.0),
    st.floats(1.0, 10.0),
    st.floats(0.0, 1.0),
)
def test_the_lines_of_a_year_add_up(volume, retrainings, share, products, shared):
    found = worth_of(
        benefit={"predictions_per_year": volume, "products": products, "shared_share": shared},
        serving={"serving_usd_per_prediction": 0.01, "infrastructure_usd_per_year": 500.0},
        storage={"storage_gb": 100.0},
        people={"roles": [ENGINEER], "testing_usd": 100.0, "labelling_passes": 2},
        retraining={"retrainings_per_year": retrainings, "retraining_data_share": share},
        finance={"discount_rate": 0.07, "horizon_years": 3.0},
    )
    total = sum(each.cost_usd for each in found.bill.items)
    assert total == pytest.approx(found.bill.total_usd, rel=ROUNDING)
    # Nothing in the bill is uncertain here; what is shared is paid once.
    borne = total * (1.0 - shared + shared / products)
    assert found.annual["cost_usd"].mean == pytest.approx(borne, rel=ROUNDING)
    net = found.annual["benefit_usd"].mean - found.annual["cost_usd"].mean
    assert found.annual["net_usd"].mean == pytest.approx(net, rel=ROUNDING, abs=1e-6)


def test_the_bill_is_what_it_is_by_hand():
    found = worth_of(
        task={**HELD, "examples_held": 4000, "usd_per_example": 0.5},
        benefit={"predictions_per_year": 2e6, "decision_units": 50},
        serving={"serving_usd_per_prediction": 1e-3, "infrastructure_usd_per_year": 700.0},
        storage={"storage_gb": 100.0, "usd_per_gb_month": 0.02},
        people={"roles": [ENGINEER], "testing_usd": 100.0, "review_share": 0.2},
        retraining={"retrainings_per_year": 2, "retraining_data_share": 0.1},
        finance={"discount_rate": 0.07, "horizon_years": 3.0},
        assumptions={"overrides": {"examples_needed": 10_000}},
    )
    label = 0.5 * 1.2
    initial = 6000 * label + 27_000.0 + 100.0
    lines = {
        "Initial cost, spread": initial * 0.07 / (1.0 - 1.07**-3),
        "Serving": 2000.0,
        "Storage": 100.0 * 12 * 0.02,
        "People": 3600.0,
        "Retraining": 2 * 0.1 * 10_000 * label,
        "Infrastructure": 700.0,
    }
    said = {each.label: each.cost_usd for each in found.bill.items}
    assert said == pytest.approx(lines, rel=ROUNDING)
    assert found.finance["initial_cost_usd"] == pytest.approx(initial, rel=ROUNDING)
    total = sum(lines.values())
    assert found.per_unit["cost_usd"] == pytest.approx(total / 50, rel=ROUNDING)
    assert found.per_unit["cost_usd_per_prediction"] == pytest.approx(total / 2e6, rel=ROUNDING)
    net = found.annual["net_usd"].mean
    assert found.per_unit["net_usd"] == pytest.approx(net / 50, rel=ROUNDING)


def test_instances_always_on_are_paid_whether_they_work_or_not():
    serving = {"seconds_per_prediction": 0.36, "serving_usd_per_hour": 2.0}
    case = described()
    del case["serving"]
    case["serving"] = {**serving, "serving_utilisation": 0.5, "always_on_instances": 1}
    bill = worth(case_of(case)).bill.items
    assert {each.label: each.cost_usd for each in bill}["Serving"] == pytest.approx(8766 * 2.0)
    case["benefit"]["predictions_per_year"] = 1e8
    bill = worth(case_of(case)).bill.items
    by_use = 1e8 * 0.36 / 3600 / 0.5 * 2.0
    assert {each.label: each.cost_usd for each in bill}["Serving"] == pytest.approx(by_use)


@given(st.floats(1e-9, 0.49), st.floats(0.01, 0.99), st.floats(0.01, 100.0), st.floats(0.01, 100.0))
@settings(max_examples=15)
def test_two_sided_errors_cost_what_the_best_threshold_leaves(
    error, prevalence, positive, negative
):
    found = worth_of(
        **with_error(
            error,
            benefit={
                "benefit_per_prediction_usd": 0.0,
                "predictions_per_year": 1000,
                "cost_false_positive_usd": positive,
                "cost_false_negative_usd": negative,
                "prevalence": prevalence,
            },
        )
    )
    yes, no = (1.0 - prevalence) * positive, prevalence * negative
    apart = -2.0 * NORMAL.inv_cdf(error)
    threshold = log(yes / no) / apart + apart / 2.0
    wanted = no * NORMAL.cdf(threshold - apart) + yes * NORMAL.cdf(-threshold)
    lost = -found.annual["benefit_usd"].mean / 1000
    assert lost == pytest.approx(wanted, rel=QUANTILE, abs=1e-12)
    # No other threshold costs less.
    others = np.linspace(threshold - 3.0, threshold + 3.0, 61)
    costs = [no * NORMAL.cdf(t - apart) + yes * NORMAL.cdf(-t) for t in others.tolist()]
    # Far in a tail the two ways to add up agree to fewer digits.
    assert lost <= min(costs) * (1.0 + 10.0 * QUANTILE) + 1e-12


@pytest.mark.parametrize("prevalence", [0.0, 1.0])
def test_what_is_all_of_one_kind_has_no_costly_errors(prevalence):
    sides = {"cost_false_positive_usd": 5.0, "cost_false_negative_usd": 7.0}
    benefit = {"benefit_per_prediction_usd": 0.0, **sides, "prevalence": prevalence}
    found = worth_of(**with_error(0.1, benefit=benefit))
    assert found.annual["benefit_usd"].mean == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("is_even", [True, False])
def test_as_good_as_today_is_no_benefit(is_even):
    errors = {"cost_per_error_usd": 2.0}
    if not is_even:
        errors = {
            "cost_false_positive_usd": 2.0, "cost_false_negative_usd": 9.0, "prevalence": 0.2
        }  # fmt: skip
    benefit = {"baseline_accuracy": 0.85, **errors}
    serving = {"infrastructure_usd_per_year": 1.0}
    found = worth_of(**with_error(0.15, benefit=benefit, serving=serving))
    # 1 - 0.85 is 0.15 but for its last digit, times a million predictions.
    assert abs(found.annual["benefit_usd"].mean) < 1e6 * ROUNDING
    assert found.decision == "no-go"
    assert found.alternatives[0].name == "as today"


@pytest.mark.parametrize(("times", "years"), [(1.0, 3.0), (3.0, 3.0), (26.0, 2.0), (0.0, 3.0)])
def test_drift_played_through_moment_by_moment(times, years):
    # Trained anew so often a year, or never: then it grows over all the years.
    moments = years * (np.arange(100_000) + 0.5) / 100_000
    added = 0.04 * (moments % (1.0 / times) if times else moments)
    # A step of the clock at each training is what the sum misses.
    assert drift_loss(0.04, times, years) == pytest.approx(added.mean(), rel=1e-3)


def test_drift_takes_half_of_what_grows_between_trainings():
    tables = with_error(0.1, retraining={"retrainings_per_year": 4, "drift_error_per_year": 0.2})
    found = worth_of(**tables)
    assert found.annual["benefit_usd"].mean == pytest.approx(1e6 * (0.9 - 0.2 / 4 / 2))


def net_of_alternative(each, volume, annuity, right, wrong):
    error = 1.0 - each["accuracy"]
    fixed = each["annual_cost_usd"] + each["initial_cost_usd"] * annuity
    return volume * (right * (1.0 - error) - wrong * error - each["usd_per_prediction"]) - fixed


def test_ways_cross_where_they_say():
    rules = {"accuracy": 0.8, "annual_cost_usd": 2000.0, "initial_cost_usd": 6000.0}
    rules["usd_per_prediction"] = 0.05
    tables = {
        "task": {"limit": 1e6},
        "benefit": {"benefit_per_prediction_usd": 0.5, "cost_per_error_usd": 0.25},
        "serving": {"serving_usd_per_prediction": 0.01, "infrastructure_usd_per_year": 9e4},
        "finance": {"discount_rate": 0.05, "horizon_years": 4},
        "alternative": {"rules": rules},
    }
    found = worth_of(**tables)
    _, certain = graphs_of(**tables)
    annuity = 0.05 / (1.0 - 1.05**-4)
    ways = {each.name: each for each in found.alternatives}

    def lead(examples, volume):
        given = {"predictions_per_year": volume}
        net = certain.values("annual_net_usd", examples, given)[0, 0]
        return net - net_of_alternative(rules, volume, annuity, 0.5, 0.25)

    way, plan = ways["rules"], found.examples
    assert way.net_usd == pytest.approx(net_of_alternative(rules, 1e6, annuity, 0.5, 0.25))
    volume, examples = way.overtaken_from_predictions, way.overtaken_from_examples
    assert lead(plan, 0.999 * volume) < 0.0 < lead(plan, 1.001 * volume)
    signs = lead(0.99 * examples, 1e6), lead(1.01 * examples, 1e6)
    assert signs[0] * signs[1] < 0.0
    assert ("examples" in way.better_below) == (signs[0] > 0.0)
    assert "predictions" not in way.better_below
    assert way.is_beaten == (lead(plan, 1e6) > 0.0)
    nothing = ways["do nothing"]
    even = certain.values(
        "annual_net_usd", plan, {"predictions_per_year": nothing.overtaken_from_predictions}
    )
    assert abs(even[0, 0]) < 1e-6 * found.annual["cost_usd"].mean
    assert nothing.overtaken_from_predictions == pytest.approx(found.break_even.volume)


def test_the_best_way_comes_first_and_the_network_last_of_equals():
    nothing = worth_of(task=HELD, benefit={"benefit_per_prediction_usd": 0.0})
    assert [each.name for each in nothing.alternatives] == ["do nothing", "deep learning"]
    assert nothing.decision == "no-go"
    rules = {"rules": {"accuracy": 1.0}}
    nets = [each.net_usd for each in worth_of(alternative=rules).alternatives]
    assert nets == sorted(nets, reverse=True)


def test_a_way_with_a_curve_learns_from_the_examples_of_the_plan():
    curve = Alternative(error_offset=0.05, error_scale=2.0, error_exponent=0.5)
    found = curve.error(np.array([1.0, 100.0, 10_000.0]))
    assert found.tolist() == pytest.approx([1.0, 0.25, 0.07])


@pytest.mark.parametrize(
    ("tables", "decision", "words"),
    [
        (with_error(0.05), "go", "No draw of what is uncertain loses money."),
        (
            with_error(0.05, serving={"infrastructure_usd_per_year": 1e9}),
            "no-go",
            "Every draw of what is uncertain loses money.",
        ),
        (
            with_error(0.05, benefit={"benefit_per_prediction_usd": 0.0}),
            "no-go",
            "Nothing is said to be worth anything: see the table benefit.",
        ),
        (
            with_error(0.05, benefit={"predictions_per_year": 0}),
            "no-go",
            "No predictions are made, so that only the other returns are a benefit.",
        ),
        (
            with_error(0.05, benefit={"benefit_per_prediction_usd": -1.0}),
            "no-go",
            "The predictions lose money before they cost anything.",
        ),
    ],
    ids=["a certain gain", "a certain loss", "no benefit", "no predictions", "a negative margin"],
)
def test_plain_cases_have_their_words(tables, decision, words):
    found = worth_of(**tables)
    assert found.decision == decision
    assert words in " ".join(found.document().text().split())
    beginning = {"go": "Go: ", "no-go": "No-go: "}[decision]
    assert beginning in found.document().text()


def test_a_loss_more_probable_than_allowed_is_no_go():
    tables = {"task": HELD, "serving": {"infrastructure_usd_per_year": 7.6e5}}
    allowed = worth_of(**tables, finance={"pilot_fixed_usd": 1e9})
    refused = worth_of(**tables, finance={"pilot_fixed_usd": 1e9, "max_probability_of_loss": 0.01})
    assert (allowed.decision, refused.decision) == ("go", "no-go")
    assert "above the 1.00% that is allowed" in refused.reason
    assert refused.probability["loss"] == allowed.probability["loss"] > 0.01


@pytest.mark.parametrize("target", [0.9, 0.93, 0.97])
def test_an_error_at_the_target_reaches_it(target):
    tables = with_error(round(1.0 - target, 2))
    found = worth_of(**{**tables, "task": {**HELD, "target_accuracy": target}})
    assert found.probability["reaches_target"] == 1.0


def test_a_gain_between_two_volumes_is_found():
    # Always-on instances are paid at once, and each prediction beyond what they can do costs more
    # than it brings: it pays from one volume up to another, and the first is told.
    tables = with_error(
        0.1,
        benefit={"benefit_per_prediction_usd": 1e-3, "lines": [
            {"name": "grant", "usd": 8700.0, "every_year": True}
        ]},
        serving={"seconds_per_prediction": 3.6, "serving_usd_per_hour": 1.0},
    )  # fmt: skip
    case = described(**tables)
    del case["serving"]["serving_usd_per_prediction"]
    case["serving"] |= {"serving_utilisation": 1.0, "always_on_instances": 1}
    even = worth(case_of(case)).break_even
    assert even.volume == pytest.approx(66.0 / 0.9e-3)
    assert even.pays_below == ()


@pytest.mark.parametrize(("budget", "chance"), [(0.0, 1.0), (27_000.0, 0.0), (26_999.0, 1.0)])
def test_a_budget_breaks_where_the_initial_cost_is_above(budget, chance):
    found = worth_of(task=HELD, people={"roles": [ENGINEER]}, finance={"budget_usd": budget})
    assert found.probability["over_budget"] == chance
    assert worth_of(task=HELD).probability["over_budget"] is None


def test_a_price_of_an_example_set_by_hand_is_used():
    case = case_of(
        described(task={"limit": 1e5}, assumptions={"overrides": {"usd_per_example": 7}})
    )
    graph = worth_graph(case, estimate(case.task, case.assumptions), draws=0)
    assert graph.mean("data_cost_usd", 1000.0) == pytest.approx(7000.0)


@pytest.mark.parametrize(
    ("tables", "finding"),
    [
        ({"assumptions": {"overrides": {"examples_used": 5}}}, "overrides.examples_used: must be"),
        ({"serving": {"seconds_per_prediction": 1.0}}, "serving_usd_per_prediction: must be left"),
        ({"alternative": {"deep learning": {"accuracy": 0.9}}}, "alternative: 'deep learning'"),
        ({"finanse": {}}, "finanse: unknown table; did you mean 'finance'"),
        ({"people": {"roles": [ENGINEER, ENGINEER]}}, "roles: 'engineer' is not allowed"),
    ],
)
def test_what_contradicts_itself_is_refused(tables, finding):
    with pytest.raises(InputError, match=finding):
        worth_of(**tables)


@pytest.mark.parametrize("values", [5, [], "x", None])
@pytest.mark.parametrize("name", ["task", "finance", "alternative"])
def test_a_table_in_python_is_a_mapping(name, values):
    with pytest.raises(InputError, match=f"{name}: .* must be a table of names and values"):
        case_of({**described(), name: values})


@pytest.mark.parametrize("few", [5e-324, "1e-9 to 5"])
def test_predictions_of_next_to_none_a_year_are_refused_in_words(few):
    with pytest.raises(InputError, match="must be 0, or at least 1e-06 a year"):
        case_of(described(benefit={"predictions_per_year": few}))
