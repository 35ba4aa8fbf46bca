"""What to fund: against every choice there is, and against the relaxation solved by another way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costcurve.decisions.funding import Uses, frontier, fund

#: Sums of a dozen dollars in another order.
ROUNDING = 1e-9
#: HiGHS solves the relaxation to its own tolerance of 1e-7.
OF_THE_RELAXATION = 1e-6
#: What a hundred thousand uses may lack; measured are millionths.
GAP = 1e-4


def random_uses(random, uses, groups):
    group = random.integers(-1, groups, uses) if groups else np.full(uses, -1)
    return Uses(
        random.normal(300.0, 500.0, uses),
        10.0 ** random.uniform(0.0, 4.0, uses) * (random.random(uses) > 0.1),
        group,
        10.0 ** random.uniform(0.0, 3.0, groups),
        10.0 ** random.uniform(0.0, 4.0, groups),
    )


def best_of_all(uses, budget):
    """Return what the best of all choices is worth."""
    size = len(uses.value_usd)
    choices = (np.arange(2**size)[:, None] >> np.arange(size) & 1).astype(bool)
    value, cost = choices @ uses.value_usd, choices @ uses.cost_usd
    for group, (yearly, training) in enumerate(
        zip(uses.yearly_usd, uses.training_usd, strict=True)
    ):
        is_open = choices[:, uses.group == group].any(axis=1)
        value, cost = value - is_open * yearly, cost + is_open * training
    return value[cost <= budget * (1.0 + 1e-12)].max()


def test_five_hundred_small_cases_equal_brute_force():
    random = np.random.default_rng(0)
    for _ in range(500):
        uses = random_uses(random, int(random.integers(1, 13)), int(random.integers(0, 4)))
        everything = uses.cost_usd.sum() + uses.training_usd.sum()
        budget = float(random.uniform(0.0, 1.1) * everything)
        found = fund(uses, budget)
        assert found.is_exact
        assert found.gap == 0.0
        assert found.value_usd == pytest.approx(best_of_all(uses, budget), abs=ROUNDING, rel=1e-9)


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.floats(0.0, 1.2), st.sampled_from([0, 2000]))
def test_a_choice_keeps_to_its_budget_and_below_its_bound(seed, share, exact_size):
    random = np.random.default_rng(seed)
    uses = random_uses(random, int(random.integers(1, 40)), int(random.integers(0, 6)))
    budget = share * float(uses.cost_usd.sum())
    found = fund(uses, budget, exact_size)
    value, spent = uses.worth(found.funded)
    assert (value, spent) == (found.value_usd, found.spent_usd)
    assert spent <= budget * (1.0 + 1e-12)
    assert 0.0 <= value <= found.bound_usd
    assert 0.0 <= found.gap <= 1.0


@pytest.mark.parametrize("groups", [0, 30])
def test_the_bound_is_that_of_the_linear_relaxation(groups):
    from scipy.optimize import linprog

    random = np.random.default_rng(5)
    uses = random_uses(random, 300, groups)
    budget = 0.2 * float(uses.cost_usd.sum())
    gain = np.concatenate([uses.value_usd, -uses.yearly_usd])
    rows = [np.concatenate([uses.cost_usd, uses.training_usd])]
    for use in np.flatnonzero(uses.group >= 0):
        row = np.zeros(len(gain))
        row[use], row[300 + uses.group[use]] = 1.0, -1.0
        rows.append(row)
    limits = np.concatenate([[budget], np.zeros(len(rows) - 1)])
    relaxed = -linprog(-gain, A_ub=np.stack(rows), b_ub=limits, bounds=(0.0, 1.0)).fun
    found = fund(uses, budget, exact_size=0)
    assert found.bound_usd == pytest.approx(relaxed, rel=OF_THE_RELAXATION)


@pytest.mark.parametrize("groups", [0, 5000])
def test_a_hundred_thousand_uses_come_with_a_small_gap(groups):
    random = np.random.default_rng(7)
    group = random.integers(-1, groups, 100_000) if groups else np.full(100_000, -1)
    uses = Uses(
        10.0 ** random.normal(2.0, 1.0, 100_000),
        10.0 ** random.normal(3.0, 1.0, 100_000),
        group,
        10.0 ** random.uniform(0.0, 3.0, groups),
        10.0 ** random.uniform(2.0, 4.0, groups),
    )
    found = fund(uses, 0.05 * float(uses.cost_usd.sum()))
    assert not found.is_exact
    assert found.gap < GAP


@pytest.mark.parametrize("groups", [0, 4])
def test_every_point_of_the_frontier_is_the_best_for_what_it_spends(groups):
    random = np.random.default_rng(9)
    uses = random_uses(random, 60, groups)
    points = frontier(uses)
    assert len(points) > 10
    for point in points:
        best = fund(uses, point["budget_usd"])
        assert best.is_exact
        assert point["net_usd"] == pytest.approx(best.value_usd, rel=ROUNDING)


def test_training_of_a_group_is_paid_once():
    # Alone neither use is worth its share of the training; together they are.
    uses = Uses(
        np.array([60.0, 60.0]),
        np.array([10.0, 10.0]),
        np.array([0, 0]),
        np.array([100.0]),
        np.array([300.0]),
    )
    assert fund(uses, 320.0).funded.all()
    assert fund(uses, 320.0).value_usd == 20.0
    assert not fund(uses, 319.0).funded.any()


def test_nothing_is_funded_that_loses():
    uses = Uses(
        np.array([-1.0, 0.0, 2.0]), np.array([0.0, 0.0, 5.0]), np.full(3, -1),
        np.zeros(0), np.zeros(0),
    )  # fmt: skip
    assert fund(uses, 100.0).funded.tolist() == [False, False, True]
    assert fund(uses, 0.0).funded.tolist() == [False, False, False]
