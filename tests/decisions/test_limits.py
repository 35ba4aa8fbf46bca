"""Limits of a field: what is asked for wrongly is refused before anything is fitted."""

from __future__ import annotations

import numpy as np
import pytest

from costcurve import InputError
from costcurve.decisions.flop_price import Kind
from costcurve.decisions.limits import Evidence, limits
from costcurve.laws.compute import Method

RANDOM = np.random.default_rng(0)
COMPUTE = RANDOM.uniform(8, 13, 60)
ERROR = 10 ** (0.4 - 0.1 * COMPUTE + 0.05 * RANDOM.standard_normal(60))
YEAR = RANDOM.uniform(2012, 2020, 60)


def never(*_):
    raise AssertionError("something was fitted")


@pytest.mark.parametrize(
    ("evidence", "asked", "field"),
    [
        ({}, {"has_trend": True}, "date"),
        ({}, {"has_backtest": True}, "date"),
        ({}, {"target_errors": [0.0]}, "target_error"),
        ({}, {"target_errors": [0.1, np.nan]}, "target_error"),
        ({}, {"target_errors": [1.0]}, "target_error"),
        ({}, {"target_errors": [0.1], "budget_usd": 0.0}, "budget_usd"),
        ({}, {"target_errors": [0.1], "budget_usd": np.nan}, "budget_usd"),
        ({}, {"budget_usd": 1e6}, "budget_usd"),
        ({"kind": Kind.PASS}, {"target_errors": [0.1], "budget_usd": 1e6}, "budget_usd"),
    ],
)
def test_what_cannot_be_answered_is_refused_at_once(evidence, asked, field):
    groups = [str(place % 20) for place in range(60)]
    given = Evidence(COMPUTE, ERROR, group=groups, **evidence)
    with pytest.raises(InputError) as caught:
        limits(given, report=never, **asked)
    assert {finding.field for finding in caught.value.findings} == {field}


def test_a_backtest_says_how_far_it_is():
    told = []
    found = limits(
        Evidence(COMPUTE, ERROR, YEAR),
        method=Method.FRONTIER,
        has_backtest=True,
        report=lambda done, of: told.append((done, of)),
    )
    assert len(found.backtest) > 2
    assert told == [(done, 7) for done in range(7)]
