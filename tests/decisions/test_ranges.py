"""Ranges: medians and intervals against plain Monte Carlo written from the paper's equations."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import costcurve as cc

MODE = "as-published"
MODEL = "VGG-16"
PARAMETERS = 138_357_544
#: Draws of the plain Monte Carlo, whose own error is then far below the tolerance.
DRAWS = 1_000_000
#: As the issue asks of the median.
MEDIAN_RELATIVE = 0.01
Z95 = 1.6448536269514722


def lognormal(rng, low, high):
    middle, spread = (log(low) + log(high)) / 2, (log(high) - log(low)) / (2 * Z95)
    return np.exp(middle + spread * rng.standard_normal(DRAWS))


def monte_carlo(seed):
    """Eq. 1-5 for 20 classes, with ranges for price, epochs, examples held and target error."""
    rng = np.random.default_rng(seed)
    error = lognormal(rng, 0.04, 0.06)
    price = lognormal(rng, 0.4, 0.9)
    epochs = rng.triangular(30, 50, 90, DRAWS)
    held = lognormal(rng, 1_000, 5_000)
    residual = 0.459 * rng.standard_normal(DRAWS)
    rc = log(20) / log(1000)
    needed = 10 ** ((np.log10(error) + 0.813 - 0.609 * rc - residual) / -0.123)
    used = np.minimum(needed, 1e6)
    training = 3e-11 * 2 * PARAMETERS * epochs * 3 * used
    data = price * np.maximum(used - held, 0.0)
    return {"examples_needed": needed, "training_cost_usd": training, "data_cost_usd": data,
            "total_cost_usd": training + data}  # fmt: skip


def uncertain(seed=0, **changes):
    described = {
        "target_error": "0.04 to 0.06",
        "classes": 20,
        "examples_held": "1000 to 5000",
        "limit": 1e6,
        "usd_per_example": "0.4 to 0.9",
    }
    assumed = {"mode": MODE, "models": [MODEL], "epochs": "30 .. 50 .. 90", "seed": seed}
    return cc.estimate(cc.Task(**(described | changes)), cc.Assumptions(**assumed))


def test_percentiles_agree_with_a_million_plain_draws():
    best, reference = uncertain().best, monte_carlo(seed=7)
    for name in ("training_cost_usd", "data_cost_usd", "total_cost_usd"):
        found = getattr(best, name)
        low, middle, high = np.quantile(reference[name], [0.05, 0.5, 0.95])
        assert found.p50 == pytest.approx(middle, rel=MEDIAN_RELATIVE), name
        assert found.p95 == pytest.approx(high, rel=0.02), name
        # A hundredth of a decade, where the need spreads over seven.
        assert log(found.p05 + 1) == pytest.approx(log(low + 1), abs=0.15), name
    found = best.examples_needed
    decades = np.log10(np.quantile(reference["examples_needed"], [0.05, 0.5, 0.95]))
    # In decades, of which the scatter has 3.7 a standard deviation: one hundredth of that.
    assert np.log10([found.p05, found.p50, found.p95]) == pytest.approx(decades, abs=0.037)


def test_the_chance_agrees_with_a_million_plain_draws():
    result = uncertain(limit=1e5)
    plan = result.point("examples_at_hand")
    rng = np.random.default_rng(11)
    error = lognormal(rng, 0.04, 0.06)
    reached = 10 ** (
        -0.813 - 0.123 * np.log10(plan) + 0.609 * log(20) / log(1000)
        + 0.459 * rng.standard_normal(DRAWS)
    ) <= error  # fmt: skip
    assert result.best.probability_of_target == pytest.approx(reached.mean(), abs=0.003)


def test_the_seed_decides_the_digits():
    assert uncertain(3).to_dict() == uncertain(3).to_dict()
    one, other = uncertain(3).best.total_cost_usd, uncertain(4).best.total_cost_usd
    assert one.p50 != other.p50
    assert one.p50 == pytest.approx(other.p50, rel=MEDIAN_RELATIVE)
    assert one.point == other.point


CERTAIN = {"target_error": 0.05, "classes": 20, "examples_held": 2000.0, "usd_per_example": 0.5,
           "limit": 1e6}  # fmt: skip


@pytest.mark.parametrize("name", CERTAIN)
def test_a_range_without_width_is_the_point_answer(name):
    value = CERTAIN[name]
    plain = cc.estimate(cc.Task(**CERTAIN), cc.Assumptions(mode=MODE))
    ranged = cc.estimate(
        cc.Task(**(CERTAIN | {name: f"{value} to {value}"})), cc.Assumptions(mode=MODE)
    )
    for one, other in zip(plain.options, ranged.options, strict=True):
        assert one.total_cost_usd.point == pytest.approx(other.total_cost_usd.point, rel=1e-12)
        assert one.total_cost_usd.p95 == pytest.approx(other.total_cost_usd.p95, rel=1e-12)
        assert one.probability_of_target == pytest.approx(other.probability_of_target, rel=1e-12)


@settings(max_examples=25)
@given(
    st.floats(0.01, 0.4), st.floats(1.0, 3.0), st.floats(0.0, 10.0), st.floats(1.0, 10.0),
    st.integers(0, 9),
)  # fmt: skip
def test_intervals_hold_their_medians(error, widen, price, wider, seed):
    task = cc.Task(
        target_error=f"{error} to {min(error * widen, 0.99)}",
        usd_per_example=f"{price} to {price * wider}",
        class_counts=[900, 100],
        limit=1e7,
    )
    best = cc.estimate(task, cc.Assumptions(draws=500, seed=seed)).best
    for name in ("examples_needed", "new_examples", "total_cost_usd", "achievable_accuracy"):
        number = getattr(best, name)
        assert number.p05 <= number.p50 <= number.p95
    assert 0.0 <= best.probability_of_target <= 1.0


def test_what_is_uncertain_ranks_by_how_it_moves_the_total():
    # The price decides nearly all of a bill that is nearly all data; epochs of a small net, none.
    task = cc.Task(target_error=0.05, classes=2, limit=1e6, usd_per_example="0.1 to 10")
    swings = cc.estimate(
        task, cc.Assumptions(models=["ResNet-32"], epochs="30 to 90", overrides={"residual_z": 0})
    ).sensitivity
    named = {swing.input: swing for swing in swings}
    assert next(iter(named)) == "usd_per_example"
    assert named["usd_per_example"].move == "lowest, highest tenth"
    ratio = named["usd_per_example"].high_usd / named["usd_per_example"].low_usd
    # Medians of the tenths of a lognormal with these ends are its 5th and 95th percentiles.
    assert ratio == pytest.approx(100, rel=0.1)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("target_accuracy", "0.9 to 1.2", "'0.9 to 1.2' is not allowed; must be a number above 0"),
        ("target_accuracy", "0.97 to 0.9", "is not allowed; must be a number above 0"),
        ("limit", "-5 to 10", "'-5 to 10' is not allowed"),
        ("limit", "5 to ten", "'5 to ten' is not allowed"),
        ("usd_per_example", "1 .. 3", "'1 .. 3' is not allowed"),
        ("classes", "1 to 5", "'1 to 5' is not allowed; must be a whole number of at least 2"),
    ],
)
def test_bad_ranges_are_named(field, value, message):
    described = {"target_accuracy": 0.9, "classes": 5} | {field: value}
    with pytest.raises(cc.InputError) as caught:
        cc.Task(**described)
    assert str(caught.value).startswith(f"{field}: ")
    assert message in str(caught.value)


def test_on_the_command_line_and_in_files(cli, tmp_path):
    flags = ("--target-error", "0.04 to 0.06", "--classes", "20", "--usd-per-example", "0.4 to 0.9")
    path = tmp_path / "task.toml"
    path.write_text(
        '[task]\ntarget_error = "0.04 to 0.06"\nclasses = 20\nusd_per_example = "0.4 to 0.9"\n',
        encoding="utf-8",
    )
    by_flags = cli("estimate", *flags, "--seed", "5", "--draws", "1000", "--json").json
    by_file = cli("estimate", str(path), "--seed", "5", "--draws", "1000", "--json").json
    assert by_flags == by_file
    assert by_flags["task"]["target_error"] == pytest.approx((0.04 * 0.06) ** 0.5)
    assert "total_cost_usd_p50" in by_flags["options"][0]
    card = " ".join(cli("estimate", *flags).out.split())
    assert "Ranges: target_error 0.04 to 0.06 (lognormal)" in card
    explained = cli("estimate", *flags, "--explain", "usd_per_example").out
    assert "given by the user: 0.4 to 0.9 (90 % interval, lognormal)" in explained


def test_a_workbook_shows_the_medians(tmp_path):
    from costcurve.faces.workbook import write_workbook

    write_workbook(uncertain(), tmp_path / "x.xlsx")
    assert (tmp_path / "x.xlsx").stat().st_size > 5000


def test_a_range_of_classes_is_shown_as_it_was_given(cli):
    card = cli("estimate", "--target-error", "0.1", "--classes", "5 to 10").out
    assert card.startswith("90.0% accuracy, classification of 5 to 10 classes")
    measured = cli("complexity", "--classes", "5 to 10", "--baseline-classes", "100 to 1000")
    assert "The 5 to 10 classes" in measured.out
    data = cli("complexity", "--classes", "5 to 10", "--json").json
    assert data["classes"] == "5 to 10"
    # Of the median, sqrt(5 x 10).
    assert data["effective_classes"] == pytest.approx(50**0.5)
