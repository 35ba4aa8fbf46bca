"""Names that a workbook would misread."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcurve.core.errors import GraphError
from costcurve.core.quantities import Input
from costcurve.core.quantities.names import check_name

MISREAD = ("p95 h100 co2 fp16 m2 rc log10 r c r1c1 r2 c7 rc5 xfd1048576 a1 true false").split()
NOT_SNAKE_CASE = ["", "Cost", "cost usd", "cost-usd", "_cost", "cost_", "1cost", "cost__usd", "é"]
USABLE = ["cost_usd", "energy_kwh", "examples_p05", "training_flop", "rate", "row", "col", "total"]


@pytest.mark.parametrize("name", MISREAD + NOT_SNAKE_CASE + ["x" * 256])
def test_refused(name):
    with pytest.raises(GraphError, match="cannot name a quantity"):
        check_name(name)


@pytest.mark.parametrize("name", USABLE)
def test_usable(name):
    assert check_name(name) == name


@given(st.from_regex(r"[a-z]{1,3}[0-9]{1,7}", fullmatch=True))
def test_every_cell_address_is_refused(name):
    with pytest.raises(GraphError):
        check_name(name)


def test_inputs_are_checked():
    with pytest.raises(GraphError, match="'h100'"):
        Input.of("h100", 1.0, "1", "An accelerator", "a test")
