"""FLOP of a pass from parameters: a line on logarithms, by its closed form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcurve.core.errors import InputError
from costcurve.laws.network_size import fit_network_size

#: Least squares of exact points is exact but for rounding.
EXACT = 1e-9


@given(st.floats(-3.0, 3.0), st.floats(0.2, 2.0))
def test_points_on_a_line_give_the_line(intercept, slope):
    parameters = np.array([1e6, 1e7, 3e7, 2e8])
    law = fit_network_size(parameters, 10.0**intercept * parameters**slope)
    assert law.intercept == pytest.approx(intercept, abs=1e3 * EXACT)
    assert law.slope == pytest.approx(slope, abs=1e3 * EXACT)


@pytest.mark.parametrize(
    ("parameters", "flop", "said"),
    [
        ([1e6, 1e7], [1.0, 2.0], "at least 3 networks"),
        ([1e6, 1e7, 1e8], [1.0, 2.0], "at least 3 networks"),
        ([1e6, 1e7, 1e8], [1.0, 0.0, 2.0], "above 0"),
        ([1e6, 1e7, -1.0], [1.0, 2.0, 2.0], "above 0"),
        ([1e6, 1e6, 1e6], [1.0, 2.0, 3.0], "must not be the same for all"),
    ],
)
def test_networks_that_say_nothing_are_refused(parameters, flop, said):
    with pytest.raises(InputError, match=said):
        fit_network_size(parameters, flop)
