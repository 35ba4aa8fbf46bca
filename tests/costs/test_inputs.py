"""The defaults of costs: each lies where its bounds allow, and says where it comes from."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import pytest

from costcurve import costs
from costcurve.core.parameters import table
from costcurve.costs.labelling import usd_per_example_reviewed

INPUTS = [
    each
    for module in iter_modules(costs.__path__)
    for each in getattr(import_module(f"costcurve.costs.{module.name}"), "INPUTS", ())
    # A law's scatter, in standard deviations, may be any number.
    if not each.name.endswith("_z")
]


def test_there_are_defaults():
    assert len({each.name for each in INPUTS}) > 10


@pytest.mark.parametrize("default", INPUTS, ids=lambda each: each.name)
def test_a_default_lies_within_its_bounds_and_what_lies_beyond_is_refused(default):
    value = float(default.value)
    assert default.bounds.hold(value)
    low, high = default.bounds.ends()
    assert not default.bounds.hold(low - 1.0)
    assert high == float("inf") or not default.bounds.hold(high + 1.0)
    assert len(default.source) > 10


@pytest.mark.parametrize("default", INPUTS, ids=lambda each: each.name)
def test_no_cost_and_no_share_may_be_negative(default):
    assert not default.bounds.hold(-1e-9)


@pytest.mark.parametrize(
    "default", [each for each in INPUTS if each.name in table()], ids=lambda each: each.name
)
def test_a_default_is_that_of_the_table_of_parameters_and_all_that_it_allows_is_taken(default):
    parameter = table()[default.name]
    if parameter.default is not None:
        assert float(default.value) == float(parameter.default)
    (low, high), (least, most) = default.bounds.ends(), parameter.bounds.ends()
    assert low <= least
    assert most <= high


def test_by_default_an_example_is_labelled_once_and_each_can_be_reviewed_once():
    known = {each.name: each for each in INPUTS}
    passes, share = known["labelling_passes"], known["review_share"]
    assert usd_per_example_reviewed(0.63, float(passes.value), float(share.value)) == 0.63
    assert share.bounds.ends() == (0.0, 1.0)
