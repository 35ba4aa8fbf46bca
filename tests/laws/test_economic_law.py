"""Eq. 1 and 2 against Table 2, the paper's equations in plain Python, and their own inverses."""

from __future__ import annotations

import re
from math import atan2, cos, log10, sin, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import costcurve as cc
from costcurve.core.errors import InputError
from costcurve.laws import load_card, load_law, parse_card
from costcurve.laws.log_linear import examples_factor_to_halve_error
from tests.reference import eq_1, eq_2

LAW = load_law()
# Table 2: examples, relative complexity, observed and printed predicted error in per cent.
TABLE_2 = [
    (50_100, 0.012, 3, 4),
    (61_000, 0.012, 1, 4),
    (61_000, 0.100, 1, 5),
    (3_000, 0.200, 6, 8),
    (3_000, 0.348, 12, 9),
    (3_000, 0.403, 45, 10),  # printed as 1: see the study
]
# Two ways round the same float64 arithmetic: a few units in the 15th digit, magnified by the
# slope of 1/0.07 in the exponent.
RELATIVE = 1e-11

EXAMPLES = st.floats(1.0, 1e12)
COMPLEXITY = st.floats(0.0, 2.0)
ERRORS = st.floats(1e-4, 0.9)
FLAGS = st.booleans()


@pytest.mark.parametrize(("examples", "complexity", "_observed", "printed"), TABLE_2)
def test_table2_rows(examples, complexity, _observed, printed):
    assert round(100 * float(LAW.error(examples, complexity))) == printed


def test_table2_gives_the_residual_scale_of_the_card():
    departures = [
        log10(observed / 100 / eq_1(n, True, rc, False)) for n, rc, observed, _ in TABLE_2
    ]
    rms = sqrt(sum(departure**2 for departure in departures) / len(departures))
    # The card states three decimals.
    assert load_card(LAW.card.id).residual.sd == pytest.approx(rms, abs=5e-4)
    assert LAW.card.residual.cases == len(TABLE_2)


def test_table1_coefficients_and_standard_errors():
    card = {name: (c.value, c.standard_error) for name, c in LAW.card.coefficients.items()}
    assert card == {
        "coef_intercept": (-0.813, 0.151),
        "coef_log10_examples": (-0.070, 0.029),
        "coef_pretrained_log10_examples": (-0.053, 0.016),
        "coef_relative_complexity": (0.609, 0.136),
        "coef_segmentation": (0.622, 0.093),
    }


@given(EXAMPLES, COMPLEXITY, FLAGS, FLAGS)
def test_error_is_eq1(examples, complexity, pretrained, segmentation):
    ours = LAW.error(examples, complexity, pretrained=pretrained, segmentation=segmentation)
    assert ours == pytest.approx(eq_1(examples, pretrained, complexity, segmentation), rel=RELATIVE)


@given(ERRORS, COMPLEXITY, FLAGS, FLAGS)
def test_examples_needed_is_eq2_for_both_values_of_pretrain(error, complexity, pre, seg):
    ours = LAW.examples_needed(error, complexity, pretrained=pre, segmentation=seg)
    assert ours == pytest.approx(eq_2(error, pre, complexity, seg), rel=RELATIVE)


@given(ERRORS, st.floats(1e3, 1e9), FLAGS, st.integers(2, 500))
@settings(max_examples=12)
def test_the_quantities_of_an_estimate_are_the_paper_s_equations(error, limit, pretrained, classes):
    task = cc.Task(target_error=error, classes=classes, limit=limit, pretrained=pretrained)
    assumptions = cc.Assumptions(mode="as-published", models=["ResNet-50"], draws=100)
    point = cc.estimate(task, assumptions).point
    complexity = point("relative_complexity")
    slope = -0.070 - 0.053 * pretrained
    at_limit = eq_1(limit, pretrained, complexity, False)
    scale = NormalDist(0.0, LAW.card.residual.sd)
    at_hand = min(point("examples_needed"), limit)
    at_once = log10(error) - log10(eq_1(at_hand, pretrained, complexity, False))
    for name, known in {
        "achievable_error": min(1.0, at_limit),
        "achievable_accuracy": 1.0 - min(1.0, at_limit),
        "examples_factor_to_halve_error": 0.5 ** (1.0 / slope),
        "probability_at_limit": scale.cdf(log10(error) - log10(at_limit)),
        "probability_of_target": scale.cdf(at_once),
    }.items():
        assert point(name) == pytest.approx(known, rel=1e-9, abs=1e-12), name


@given(EXAMPLES, COMPLEXITY, FLAGS, FLAGS, st.floats(0.01, 0.99))
def test_examples_needed_inverts_error_over_12_decades(examples, complexity, pre, seg, quantile):
    known = {"pretrained": pre, "segmentation": seg, "quantile": quantile}
    error = LAW.error(examples, complexity, **known)
    assert LAW.examples_needed(error, complexity, **known) == pytest.approx(examples, rel=RELATIVE)


@given(st.lists(EXAMPLES, min_size=1, max_size=5), COMPLEXITY, FLAGS)
def test_array_equals_scalar(examples, complexity, pretrained):
    together = LAW.error(examples, complexity, pretrained=pretrained)
    alone = [float(LAW.error(n, complexity, pretrained=pretrained)) for n in examples]
    # NumPy computes powers of arrays with other machine instructions than those of scalars.
    assert together.tolist() == pytest.approx(alone, rel=1e-14)


def test_arguments_broadcast():
    errors = LAW.error(np.array([[1e3], [1e4]]), [0.1, 0.2, 0.3])
    assert errors.shape == (2, 3)
    assert errors[1, 2] == LAW.error(1e4, 0.3)


@given(EXAMPLES, EXAMPLES, COMPLEXITY)
def test_more_examples_never_raise_the_error(one, other, complexity):
    few, many = sorted((one, other))
    assert LAW.error(many, complexity) <= LAW.error(few, complexity)


@given(ERRORS, EXAMPLES, COMPLEXITY)
def test_probability_and_quantile_are_one_distribution(error, examples, complexity):
    probability = float(LAW.probability_of_error(error, examples, complexity))
    if 1e-9 < probability < 1 - 1e-9:  # beyond, the quantile function has no digits left
        assert LAW.error(examples, complexity, quantile=probability) == pytest.approx(
            error, rel=1e-6
        )


def test_predictive_interval_in_n():
    # 0.459 in log10 error is 3.7 decades in n when pretrained.
    median = LAW.examples_needed(0.035, 0.014)
    one_sd = LAW.examples_needed(0.035, 0.014, quantile=NormalDist().cdf(1.0))
    assert log10(one_sd / median) == pytest.approx(0.459 / 0.123, rel=1e-9)
    assert LAW.probability_of_error(0.035, median, 0.014) == pytest.approx(0.5, abs=1e-12)


def test_a_normal_interval_on_six_cases_covers_about_85_percent():
    # Residual and scale are independent, so their ratio follows Student's t with 6 degrees of
    # freedom, whose distribution function is algebraic (Abramowitz and Stegun, 26.7.4).
    t = NormalDist().inv_cdf(0.95)
    theta = atan2(t, sqrt(6.0))
    coverage = sin(theta) * (1 + cos(theta) ** 2 / 2 + 3 * cos(theta) ** 4 / 8)
    assert coverage == pytest.approx(0.85, abs=0.005)
    assert "about 85 %" in LAW.card.residual.note


def test_observed_over_predicted_as_the_card_says():
    ratios = [observed / 100 / eq_1(n, True, rc, False) for n, rc, observed, _ in TABLE_2]
    stated = [float(number) for number in re.findall(r"\d\.\d\d", LAW.card.unseen)]
    assert stated == [round(ratio, 2) for ratio in ratios]


def test_examples_are_capped_where_they_mean_nothing():
    assert LAW.examples_needed(1e-300, 1.0, pretrained=False) == 1e100


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: LAW.error(0, 0.1), "examples"),
        (lambda: LAW.error(-5, 0.1), "examples"),
        (lambda: LAW.error(float("nan"), 0.1), "examples"),
        (lambda: LAW.error("many", 0.1), "examples"),
        (lambda: LAW.error(1e4, -0.1), "relative_complexity"),
        (lambda: LAW.error(1e4, 0.1, quantile=1.0), "quantile"),
        (lambda: LAW.examples_needed(0.0, 0.1), "error"),
        (lambda: LAW.examples_needed([0.1, -0.1], 0.1), "error"),
        (lambda: load_law("thompson-2024"), "law"),
    ],
)
def test_bad_arguments_are_named(call, field):
    with pytest.raises(InputError, match=f"^{field}: "):
        call()


def test_a_card_lacking_anything_is_refused():
    text = LAW.card.model_dump_json()
    assert parse_card(text) == LAW.card
    for missing in ("source", "residual", "coefficients", "range", "command", "unseen"):
        with pytest.raises(InputError, match=missing):
            parse_card(LAW.card.model_dump_json(exclude={missing}))
    with pytest.raises(InputError, match="law card: 'line 1'"):
        parse_card("{not json")


def test_a_law_that_hardly_falls_takes_as_many_examples_as_are_any_to_halve_its_error():
    assert examples_factor_to_halve_error(-1e-9, 100.0) == pytest.approx(1e100, rel=1e-9)
    assert examples_factor_to_halve_error(-0.5, 100.0) == pytest.approx(4.0, rel=1e-12)
