"""Dimensions: pint reads every unit, and every formula gives the unit it states."""

from __future__ import annotations

import numpy as np
import pint
import pytest

import costcurve as cc
from costcurve.core.quantities.quantity import quantities_of
from costcurve.costs import as_published
from costcurve.laws import log_linear


@pytest.fixture(scope="module")
def units():
    registry = pint.UnitRegistry()
    for name in ("USD", "FLOP", "parameter", "example"):
        registry.define(f"{name} = [{name}]")
    return registry


GRAPH = cc.estimate(cc.Task(target_error=0.1, classes=10)).evaluation.graph
# pint cannot raise to a power that it does not know; the law's functions are without dimension.
COSTS = quantities_of([as_published])


@pytest.mark.parametrize("name", list(GRAPH))
def test_pint_reads_every_unit(units, name):
    assert units.parse_units(GRAPH[name].unit) is not None


@pytest.mark.parametrize("quantity", COSTS, ids=lambda quantity: quantity.name)
def test_every_cost_has_the_dimension_it_states(units, quantity):
    arguments = [units.Quantity(np.float64(2.0), GRAPH[name].unit) for name in quantity.parameters]
    zero_takes_any_unit = quantity.name == "new_examples"
    if zero_takes_any_unit:
        assert {GRAPH[name].unit for name in quantity.parameters} == {quantity.unit}
    else:
        assert quantity.function(*arguments).check(units.Quantity(1, quantity.unit).dimensionality)


def test_the_law_is_without_dimension():
    stated = {quantity.name: quantity.unit for quantity in quantities_of([log_linear])}
    assert {name for name, unit in stated.items() if unit != "1"} == {"examples_needed"}
