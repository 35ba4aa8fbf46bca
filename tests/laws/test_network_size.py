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
    assert law.flop_per_pass(2e9) == pytest.approx(10.0**intercept * 2e9**slope, rel=1e-5)
    assert law.r2 == pytest.approx(1.0, abs=EXACT)
    assert law.n == len(parameters)
    assert law.factor() == pytest.approx(1.0, abs=1e-5)


def test_the_scatter_is_that_of_numpy_and_one_factor_holds_ninety_per_cent():
    random = np.random.default_rng(14)
    logs = random.uniform(5.0, 9.0, 4000)
    away = random.normal(0.0, 0.3, 4000)
    law = fit_network_size(10.0**logs, 10.0 ** (0.5 + logs + away))
    _, residuals, *_ = np.polyfit(logs, 0.5 + logs + away, 1, full=True)
    assert law.residual_se == pytest.approx(float(np.sqrt(residuals[0] / 3998)), rel=EXACT)
    ratio = 10.0 ** (0.5 + logs + away) / law.flop_per_pass(10.0**logs)
    held = np.mean((ratio < law.factor()) & (ratio > 1.0 / law.factor()))
    # Two standard errors of a share of 4,000.
    assert held == pytest.approx(0.9, abs=0.0095)


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


@pytest.mark.parametrize("size", [0.0, -1.0, float("nan")])
def test_a_network_of_no_size_is_refused(size):
    law = fit_network_size([1e6, 1e7, 1e8], [1e9, 1.1e10, 9e10])
    with pytest.raises(InputError, match="^parameters: "):
        law.flop_per_pass([1e6, size])
