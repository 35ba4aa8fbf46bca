"""Limits of a field: what is asked for wrongly is refused before anything is fitted."""

from __future__ import annotations

import numpy as np
import pytest

from costcurve import InputError
from costcurve.decisions.flop_price import Kind
from costcurve.decisions.limits import Evidence, limits
from costcurve.decisions.limits_lines import limits_lines
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


@pytest.mark.parametrize("method", list(Method))
def test_a_method_may_be_given_by_its_word(method):
    # A word was taken for least squares, and the line called what the word says.
    evidence = Evidence(COMPUTE, ERROR, YEAR)
    by_word, by_itself = (limits(evidence, "polynomial", each) for each in (str(method), method))
    assert by_word.law.method is method
    assert by_word.law.slope == by_itself.law.slope
    assert by_word.to_dict() == by_itself.to_dict()


def test_lists_are_models_as_arrays_are():
    arrays = limits(Evidence(COMPUTE, ERROR, YEAR), has_backtest=True)
    lists = limits(
        Evidence(COMPUTE.tolist(), ERROR.tolist(), YEAR.tolist(), kind="arithmetic"),
        has_backtest=True,
    )
    assert lists.to_dict() == arrays.to_dict()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"unit": "pflop"}, "unit"),
        ({"kind": "nonsense"}, "kind"),
        ({"group": ["a", "b"]}, "group"),
        ({"year": np.full(60, np.nan)}, "year"),
        ({"error": ["few"] * 60}, "error"),
    ],
)
def test_models_that_mean_nothing_are_refused(given, field):
    with pytest.raises(InputError, match=f"^{field}: "):
        Evidence(**{"log10_compute": COMPUTE, "error": ERROR, **given})


@pytest.mark.parametrize("choice", [{"form": "poly"}, {"method": "quantiles"}])
def test_a_choice_that_there_is_not_is_refused_with_those_there_are(choice):
    (field,) = choice
    with pytest.raises(InputError, match=f"^{field}: .* must be one of: .*; did you mean"):
        limits(Evidence(COMPUTE, ERROR), **choice)


@pytest.mark.parametrize("method", [Method.OLS, Method.FRONTIER])
def test_an_interval_has_one_name_in_table_and_picture(method):
    found = limits(Evidence(COMPUTE, ERROR), method=method, target_errors=[0.05])
    (header,) = (
        block.columns
        for block in found.document().blocks
        if "Compute, flop" in getattr(block, "columns", ())
    )
    drawn = {row["line"] for row in limits_lines(found).lines}
    assert f"{header[2]} at 0.05" in drawn
