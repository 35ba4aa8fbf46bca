"""The estimate against Eq. 1-5 in plain Python, Figure 2's inputs, and its own contracts."""

from __future__ import annotations

from math import log10
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

import costcurve as cc
from costcurve.core.vocabulary import Flag
from costcurve.facts import model_table
from tests.reference import entropy, eq_1, eq_2, eq_3_to_5

# The same float64 arithmetic in another order, magnified by the slope of 1/0.07 in the exponent.
RELATIVE = 1e-11
FIGURE_2 = {
    "target_accuracy": 0.965,
    "class_counts": [50_000, 1_000],
    "limit": 200_000,
    "usd_per_example": 0.63,
}
PUBLISHED = cc.Assumptions(mode="as-published")

TASKS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["classification", "segmentation"]),
        "target_error": st.floats(1e-3, 0.9),
        "class_counts": st.lists(st.floats(1.0, 1e6), min_size=2, max_size=8),
        "examples_held": st.floats(0.0, 1e7),
        "limit": st.floats(1.0, 1e12),
        "usd_per_example": st.floats(0.0, 1e3),
        "pretrained": st.booleans(),
    }
)
ASSUMPTIONS = st.fixed_dictionaries(
    {
        "mode": st.just("as-published"),
        "epochs": st.floats(0.1, 1e3),
        "usd_per_flop": st.floats(1e-20, 1e-9),
        "models": st.sampled_from([["VGG-19"], ["ResNet-32", "YOLOv5"]]),
    }
)


def figure_2(**changes):
    return cc.estimate(cc.Task(**(FIGURE_2 | changes)), PUBLISHED)


def test_figure2_inputs():
    result = figure_2()
    assert round(result.point("relative_complexity"), 7) == 0.0139711
    assert len(result.options) == 14
    for option in result.options:
        assert round(option.examples_needed.point, 2) == 197_816.75
        assert round(option.new_examples.point, 2) == 146_816.75
        # 0.63 x 146,816.75267: the printed 146,816.75 is that rounded to cents of an example.
        assert option.data_cost_usd.point == pytest.approx(92_494.55, abs=0.005)
        assert option.probability_of_target == pytest.approx(0.5, abs=1e-9)
        trained = 3e-11 * 2 * option.parameters * 50 * 3 * option.examples_needed.point
        assert option.training_cost_usd.point == pytest.approx(trained, rel=RELATIVE)
        assert option.reaches_target


@given(TASKS, ASSUMPTIONS)
def test_every_option_is_eq_1_to_5(described, assumed):
    result = cc.estimate(cc.Task(**described), cc.Assumptions(**assumed))
    rc = entropy(described["class_counts"]) / entropy([1] * 1000)
    task = (described["pretrained"], rc, described["kind"] == "segmentation")
    needed = eq_2(described["target_error"], *task)
    sizes = {model.name: model.parameters for model in model_table()}
    assert {option.model for option in result.options} == set(assumed["models"])
    for option in result.options:
        costs = eq_3_to_5(
            needed,
            described["limit"],
            described["examples_held"],
            described["usd_per_example"],
            sizes[option.model],
            assumed["epochs"],
            assumed["usd_per_flop"],
        )
        ours = (option.training_cost_usd, option.data_cost_usd, option.total_cost_usd)
        # Eq. 5 subtracts what is held, which can cancel all but a few digits.
        slack = (
            RELATIVE
            * (1.0 + described["usd_per_example"])
            * max(1.0, min(needed, described["limit"]))
        )
        for cost, expected in zip(ours, costs, strict=True):
            assert cost.point == pytest.approx(expected, rel=1e-10, abs=slack)
        assert option.examples_needed.point == pytest.approx(needed, rel=1e-10)
        at_limit = 1.0 - min(1.0, eq_1(described["limit"], *task))
        assert option.achievable_accuracy.point == pytest.approx(at_limit, rel=1e-9, abs=1e-12)


@given(TASKS, st.sampled_from(["target_error", "limit", "classes"]), st.floats(1.01, 100.0))
def test_monotone_in_target_limit_and_classes(described, name, factor):
    described = {k: v for k, v in described.items() if k != "class_counts"} | {"classes": 10}
    if name == "classes":
        factor = float(round(factor) + 1)
    raised = min(described[name] * factor, 0.99) if name == "target_error" else None
    harder = described | {
        name: int(described[name] * factor)
        if name == "classes"
        else raised or described[name] * factor
    }
    before, after = (cc.estimate(cc.Task(**d), PUBLISHED).best for d in (described, harder))
    if name == "target_error":
        assert after.examples_needed.point <= before.examples_needed.point
        assert after.total_cost_usd.point <= before.total_cost_usd.point
    elif name == "limit":
        assert after.achievable_accuracy.point >= before.achievable_accuracy.point
        assert after.total_cost_usd.point >= before.total_cost_usd.point
    else:
        assert after.examples_needed.point >= before.examples_needed.point
        assert after.achievable_accuracy.point <= before.achievable_accuracy.point


@given(TASKS)
def test_intervals_hold_the_point_and_follow_the_residual(described):
    option = cc.estimate(cc.Task(**described), PUBLISHED).best
    for name in ("examples_needed", "new_examples", "total_cost_usd", "achievable_accuracy"):
        number = getattr(option, name)
        assert number.p05 <= number.point <= number.p95
    slope = 0.070 + 0.053 * described["pretrained"]
    decades = 0.459 * NormalDist().inv_cdf(0.95) / slope
    needed = option.examples_needed
    assert needed.p95 == pytest.approx(needed.point * 10**decades, rel=1e-9)
    assert needed.p05 == pytest.approx(needed.point / 10**decades, rel=1e-9)


@given(TASKS)
def test_cheapest_first_and_the_bill_adds_up(described):
    assumptions = cc.Assumptions(testing_passes=3)
    result = cc.estimate(cc.Task(**described), assumptions)
    totals = [option.total_cost_usd.point for option in result.options]
    assert totals == sorted(totals)
    for option in result.options:
        items = option.bill.items
        added_up = sum(item.cost_usd for item in items)
        assert added_up == pytest.approx(option.total_cost_usd.point, rel=1e-12)
        assert option.bill.total_usd == option.total_cost_usd.point
        for item in items:
            assert item.cost_usd == pytest.approx(item.quantity * item.unit_price_usd, rel=1e-12)
            assert item.source
            assert item.unit


def test_extensive_testing_is_a_line_of_its_own():
    task = cc.Task(**FIGURE_2)
    plain = cc.estimate(task, cc.Assumptions(models=["VGG-16"])).best
    tested = cc.estimate(task, cc.Assumptions(models=["VGG-16"], testing_passes=5)).best
    assert [item.label for item in plain.bill.items] == ["Labelled examples", "Training"]
    assert tested.bill.items[-1].label == "Extensive testing"
    # The paper: amend the number of epochs. Five passes on fifty are a tenth of the training.
    extra = tested.total_cost_usd.point - plain.total_cost_usd.point
    assert extra == pytest.approx(plain.training_cost_usd.point / 10, rel=1e-9)
    assert tested.training_cost_usd == plain.training_cost_usd


def test_out_of_reach_says_what_is_missing():
    result = figure_2(target_accuracy=0.99)
    option, answer = result.best, result.to_dict()["answer"]
    needed = eq_2(0.01, True, result.point("relative_complexity"), False)
    assert not option.reaches_target
    assert not answer["reachable"]
    assert Flag.BEYOND_LIMIT in option.flags
    assert answer["missing_examples"] == pytest.approx(needed - 200_000, rel=1e-9)
    assert answer["missing_data_cost_usd"] == pytest.approx(0.63 * (needed - 200_000), rel=1e-9)
    short = 0.99 - option.achievable_accuracy.point
    assert result.point("accuracy_shortfall") == pytest.approx(short, rel=1e-9)
    # The bill is for what can be had.
    assert option.new_examples.point == 149_000
    assert option.probability_of_target == option.probability_at_limit < 0.5
    assert repr(result).splitlines()[2].startswith("Not reachable within your limit: expect 96.5%")


def test_with_no_limit_nothing_is_said_about_one():
    option = figure_2(limit=None).best
    assert option.reaches_target
    assert option.achievable_accuracy is None
    assert option.probability_at_limit is None
    assert option.to_dict()["achievable_accuracy_p95"] is None


def test_more_held_than_needed_buys_nothing_and_refunds_nothing():
    result = figure_2(target_accuracy=0.9)
    assert result.best.data_cost_usd.point == 0.0
    assert Flag.NOTHING_TO_BUY in result.best.flags
    assert "Nothing is bought" in " ".join(repr(result).split())
    # What is held counts for the chance, though Eq. 4 prices training on the examples needed.
    error_at_held = eq_1(51_000, True, result.point("relative_complexity"), False)
    at_held = (log10(0.1) - log10(error_at_held)) / 0.459
    assert result.best.probability_of_target == pytest.approx(NormalDist().cdf(at_held), rel=1e-9)
    assert result.point("examples_used") < 51_000


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        ({"limit": 50_000}, Flag.BEYOND_LIMIT),
        ({}, Flag.EXTRAPOLATING_EXAMPLES),
        ({"target_accuracy": 0.99, "limit": 60_000}, Flag.EXTRAPOLATING_EXAMPLES),
        ({"target_accuracy": 0.955, "limit": 1e9}, Flag.EXTRAPOLATING_EXAMPLES),
        ({"kind": "segmentation"}, Flag.UNTESTED_KIND),
        ({"pretrained": False}, Flag.UNTESTED_PRETRAINING),
        ({}, Flag.COST_CAPPED_AT_LIMIT),
        ({"classes": 500, "class_counts": None}, Flag.EXTRAPOLATING_RELATIVE_COMPLEXITY),
        ({"class_counts": [1e6, 1]}, Flag.EXTRAPOLATING_RELATIVE_COMPLEXITY),
        ({"target_accuracy": 0.995}, Flag.EXTRAPOLATING_ERROR),
        ({"target_accuracy": 0.5}, Flag.EXTRAPOLATING_ERROR),
        ({"target_accuracy": 0.5}, Flag.FEWER_THAN_ONE_EXAMPLE),
        ({"target_accuracy": 1 - 1e-15, "pretrained": False, "limit": None}, Flag.BEYOND_LIMIT),
    ],
)
def test_flags(changes, flag):
    assert flag in figure_2(**changes).best.flags


def test_no_flags_inside_the_range_of_the_law():
    task = cc.Task(target_error=0.05, classes=2, limit=60_000)
    assert cc.estimate(task, PUBLISHED).best.flags == (Flag.COST_CAPPED_AT_LIMIT,)


@pytest.mark.parametrize(
    ("described", "words"),
    [
        ({}, "Always answering class '1' is already right 98.0% of the time"),
        ({"kind": "segmentation"}, "If they count pixels"),
        ({"limit": 40_000}, "The limit of 40,000 examples is below the 51,000 held"),
        ({"pretrained": False}, "the interval and the chance are guesses"),
        ({"kind": "segmentation"}, "was tested on pretrained classification only"),
        ({}, "the cheapest is simply the one that takes the least"),
        ({}, "Eq. 4 overstates measured training costs"),
        ({"usd_per_example": None}, "No price of an example was given: $0.63"),
        ({}, "Extrapolating: the law was tested elsewhere in examples: 197,817 needed"),
    ],
)
def test_warnings_in_words(described, words):
    given_here = {k: v for k, v in (FIGURE_2 | described).items() if v is not None}
    assert words in " ".join(cc.estimate(cc.Task(**given_here), PUBLISHED).warnings)


@pytest.mark.parametrize(
    ("mode", "unused"), [("calibrated", {"usd_per_flop": 1e-11}), ("as-published", {"region": "x"})]
)
def test_what_a_way_to_price_does_not_use_is_said(mode, unused):
    words = f"Not used when priced {mode.replace('-', ' ')}: {next(iter(unused))}."
    task = cc.Task(**FIGURE_2)
    assert words in cc.estimate(task, cc.Assumptions(mode=mode, **unused)).warnings
    assert words not in cc.estimate(task, cc.Assumptions(mode=mode)).warnings


def test_override_changes_everything_downstream_and_nothing_else():
    overridden = cc.Assumptions(mode="as-published", overrides={"examples_needed": 1e5})
    before, after = figure_2(), cc.estimate(cc.Task(**FIGURE_2), overridden)
    graph = before.evaluation.graph
    changed = {
        name
        for name in graph
        if (before.evaluation[name].ravel()[0] != after.evaluation[name].ravel()[0])
    }
    # Downstream too, and the same: testing costs nothing here, and the target stays in reach.
    same = {"testing_flop", "testing_cost_usd", "reaches_target", "missing_examples"}
    same |= {"missing_data_cost_usd"}
    assert changed == graph.dependents(["examples_needed"]) - same
    assert after.best.data_cost_usd.point == pytest.approx(0.63 * 49_000)
    assert "set by the user in place of" in after.explain("data_cost_usd")
    assert after.best.examples_needed.p05 == after.best.examples_needed.p95 == 1e5


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"exmples_needed": 1.0}, "overrides.exmples_needed: .*did you mean 'examples_needed'"),
        ({"parameters": 1e308}, "is not a finite number"),
        ({"examples_used": 0.0}, "overrides.examples_used: 0 is not allowed; must be above 0"),
        ({"usd_per_example": -1}, "overrides.usd_per_example: -1 .*must be at least 0"),
        ({"target_error": 1.5}, "overrides.target_error: 1.5 .*must be above 0 and below 1"),
        ({"probability_of_target": 3}, "overrides.probability_of_target: 3 .*at most 1"),
        ({"residual_sd": 0}, "overrides.residual_sd: 0 .*must be above 0"),
        ({"limit": 0, "epochs": -1}, "overrides.limit: 0 (.|\n)*overrides.epochs: -1"),
    ],
)
def test_bad_overrides_are_named(overrides, message):
    with pytest.raises(cc.InputError, match=message):
        cc.estimate(cc.Task(**FIGURE_2), cc.Assumptions(overrides=overrides))


def test_explanation_reaches_the_facts():
    text = figure_2().explain("total_cost_usd", model="VGG-16")
    for part in (
        "formula: training_cost_usd + testing_cost_usd + data_cost_usd",
        "as printed: cost_total = cost_training + cost_data",
        "new_examples = 146,816.753 example",
        "usd_per_example = 0.63 USD/example",
        "parameters = 138,357,544 parameter",
        "source: law card thompson-2024-eq1",
        "torchvision VGG16_Weights",
    ):
        assert part in text
    everything = figure_2().explain()
    assert all(f"{name} = " in everything for name in figure_2().evaluation)


def test_explanation_of_the_unknown_names_the_nearest():
    with pytest.raises(
        cc.InputError, match="quantity: 'data_cost': .*did you mean 'data_cost_usd'"
    ):
        figure_2().explain("data_cost")
    with pytest.raises(cc.InputError, match="did you mean 'VGG-16'"):
        figure_2().explain("data_cost_usd", model="VGG16")


def test_json_contract_keys():
    data = figure_2().to_dict()
    assert {"mode", "task", "law", "options", "warnings"} <= data.keys()
    assert data["mode"] == "as-published"
    assert data["law"]["id"] == "thompson-2024-eq1"
    assert data["task"]["relative_complexity"] == figure_2().point("relative_complexity")
    required = {"model", "probability_of_target", "flags"}
    uncertain = ("achievable_accuracy", "examples_needed", "new_examples", "training_flop",
                 "training_cost_usd", "data_cost_usd", "total_cost_usd")  # fmt: skip
    required |= {f"{name}{end}" for name in uncertain for end in ("", "_p05", "_p95")}
    for option in data["options"]:
        assert required <= option.keys()


def test_result_is_frozen_and_shows_itself():
    result = figure_2()
    with pytest.raises(AttributeError):
        result.options = ()
    html = cc.estimate(cc.Task(target_error=0.1, class_counts={"<b>": 99, "&": 1}))._repr_html_()
    assert html.startswith('<div class="costcurve">')
    assert "<table>" in html
    assert "class &#x27;&lt;b&gt;&#x27; is already right" in html
    assert "<b>" not in html
    assert repr(result).splitlines()[0].startswith("96.5% accuracy")


def test_an_override_of_the_limit_is_a_limit():
    overridden = cc.Assumptions(overrides={"limit": 1e5})
    task = cc.Task(**{k: v for k, v in FIGURE_2.items() if k != "limit"})
    result = cc.estimate(task, overridden)
    assert result.limit == 1e5
    assert "your limit is 100,000" in " ".join(repr(result).split())


def test_the_headline_gives_the_odds_on_both_sides_of_the_limit():
    for limit in (197_000, 198_600):
        headline = repr(figure_2(limit=limit)).split("\n\n")[1]
        assert "an even chance" in " ".join(headline.split())


def test_the_composed_graph_gives_arrays_what_it_gives_scalars():
    graph = figure_2().evaluation.graph
    errors = [0.01, 0.05, 0.2]
    rows = {"target_error": [[[error]] for error in errors]}
    together = graph.evaluate(["total_cost_usd"], rows)["total_cost_usd"]
    for row, error in enumerate(errors):
        alone = graph.evaluate(["total_cost_usd"], {"target_error": error})["total_cost_usd"]
        # NumPy computes powers of arrays with other machine instructions than those of scalars.
        assert together[row] == pytest.approx(alone[0], rel=1e-14)


def test_values_cannot_be_written():
    result = figure_2()
    for name in ("flop_per_parameter", "total_cost_usd", "target_error"):
        with pytest.raises(ValueError, match="read-only"):
            result.evaluation[name][...] = 7.0


def test_another_law_can_be_used():
    card = cc.load_law().card
    steeper = card.model_copy(
        update={"coefficients": {**card.coefficients, "coef_log10_examples":
                card.coefficients["coef_log10_examples"].model_copy(update={"value": -0.14})}}
    )  # fmt: skip
    needed = cc.estimate(cc.Task(**FIGURE_2), PUBLISHED, law=cc.LogLinearLaw(steeper)).best
    assert needed.examples_needed.point < figure_2().best.examples_needed.point


def test_sensitivity_is_the_total_with_one_input_moved():
    result = figure_2()
    swings = {swing.input: swing for swing in result.sensitivity}
    model = result.best.parameters
    needed = eq_2(0.035 * 0.9, True, result.point("relative_complexity"), False)
    total = eq_3_to_5(needed, 1e100, 51_000, 0.63, model, 50, 3e-11)[2]
    assert swings["target_error"].low_usd == pytest.approx(total, rel=1e-9)
    unlimited = figure_2(limit=None).best.total_cost_usd
    scatter = swings["residual_z"]
    assert (scatter.low_usd, scatter.high_usd) == pytest.approx((unlimited.p05, unlimited.p95))
    ranges = [abs(swing.high_usd - swing.low_usd) for swing in result.sensitivity]
    assert ranges == sorted(ranges, reverse=True)
