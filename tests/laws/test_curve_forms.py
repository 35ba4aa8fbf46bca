"""Single forms of learning curves: each finds a curve that it drew itself."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcurve import InputError
from costcurve.core.errors import MissingExtraError
from costcurve.laws.curve_forms import FORMS, FittedForm, fit_form
from costcurve.laws.mixed import Data, Prior, fit_mixed
from costcurve.laws.power_law import fit_power_law

X = np.geomspace(100, 1e5, 25)
LATER = np.array([2e5, 4e5])
#: What is recovered at four times the largest x seen: the fits stop at a relative change of 1e-8.
RECOVERED = 1e-4
#: Curves by name: parameters as the form has them, over x of 1000 and y of 0.2.
DRAWN = {
    "M1": [(0.0, 0.3), (0.5, 1.2)],
    "M2": [(-2.0, 0.0, 0.5), (-0.5, -1.0, 1.1)],
    "M3": [(0.0, 0.5, -2.0), (0.3, 0.9, -4.0)],
    "M4": [(-2.0, 0.0, 0.5, 1.2, 0.5), (-1.5, 0.3, 0.7, 1.0, 1.0)],
    "broken": [(-3.0, 0.0, 0.2, 0.3, 1.0, 0.5), (-2.0, 0.0, 0.3, 0.4, 0.5, 0.3)],
    "exponential": [(-1.0, 0.5, -1.0), (-2.0, 0.0, -2.0)],
}


def drawn(name, parameters):
    return FittedForm(name, parameters, 1000.0, 0.2, 0.0)


@pytest.mark.parametrize(("name", "parameters"), [(n, p) for n in FORMS for p in DRAWN[n]])
def test_exact_curves_are_recovered(name, parameters):
    real = drawn(name, parameters)
    fitted = fit_form(name, X, np.exp(real.log_value(X)))
    assert fitted.log_value(X) == pytest.approx(real.log_value(X), abs=RECOVERED)
    assert fitted.log_value(LATER) == pytest.approx(real.log_value(LATER), abs=RECOVERED)
    assert fitted.loss < len(X) * RECOVERED**2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("M1", lambda u: np.exp(0.4) * u**-0.3),
        ("M2", lambda u: np.exp(-2.0) + np.exp(0.4) * u**-0.3),
        ("M3", lambda u: np.exp(0.4) * (1 / u + np.exp(-2.0)) ** 0.3),
        ("exponential", lambda u: np.exp(-2.0) + np.exp(0.4 - np.exp(-1.0) * u)),
        (
            "broken",
            lambda u: (
                np.exp(-2.0)
                + np.exp(0.4) * u**-0.3 * (1 + (u / np.exp(1.0)) ** (1 / 0.5)) ** (-0.2 * 0.5)
            ),
        ),
    ],
)
def test_forms_are_those_of_the_papers(name, value):
    parameters = {
        "M1": (0.4, 0.3),
        "M2": (-2.0, 0.4, 0.3),
        "M3": (0.4, 0.3, -2.0),
        "exponential": (-2.0, 0.4, -1.0),
        "broken": (-2.0, 0.4, 0.3, 0.2, 1.0, 0.5),
    }[name]
    assert np.exp(drawn(name, parameters).log_value(X)) == pytest.approx(0.2 * value(X / 1000))


@given(
    offset=st.floats(-4, -1), scale=st.floats(-1, 1), exponent=st.floats(0.1, 1.5),
    top=st.floats(0.2, 2), power=st.floats(0, 3),
)  # fmt: skip
def test_m4_solves_its_equation(offset, scale, exponent, top, power):
    y = np.exp(drawn("M4", (offset, scale, exponent, top, power)).log_value(X)) / 0.2
    e, e0 = np.exp(offset), np.exp(top)
    assert np.all((y > e) & (y < e0))
    assert np.all(np.diff(y) <= 0)
    left = (y - e) / (1 - y / e0) ** power
    right = np.exp(scale) * (X / 1000) ** -exponent
    # Near an end of its range y has not the digits to tell how near.
    inside = (y - e > 1e-4 * e) & (1 - y / e0 > 1e-4)
    assert left[inside] == pytest.approx(right[inside], rel=1e-6)


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize("seed", range(3))
def test_m2_is_the_power_law_with_an_offset(noise, seed):
    random = np.random.default_rng(seed)
    y = (0.05 + 0.6 * (X / 100) ** -0.5) * np.exp(noise * random.standard_normal(len(X)))
    form, law = fit_form("M2", X, y), fit_power_law(X, y)
    assert form.loss == pytest.approx(law.loss, rel=1e-6, abs=1e-12)
    assert form.log_value(LATER) == pytest.approx(law.log_value(LATER), abs=1e-3)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(
    ("x", "y"),
    [([100.0], [0.3]), ([100.0, 200.0], [0.3, 0.2]), ([100.0, 200.0], [0.2, 0.3]),
     ([100.0, 200.0, 400.0], [0.3, 0.3, 0.3])],
)  # fmt: skip
def test_few_points_are_answered(name, x, y):
    fitted = fit_form(name, np.array(x), np.array(y))
    # No form rises: at its best it lies between two points that do, nearer to the later one.
    assert fitted.log_value(np.array(x[-1:])) == pytest.approx(np.log(y[-1]), abs=0.1)


@given(unit=st.floats(1e-6, 1e6), size=st.floats(1e-2, 1e2))
def test_fits_do_not_change_with_units(unit, size):
    y = 0.05 + 0.6 * (X / 100) ** -0.5
    plain, scaled = fit_form("M1", X, y), fit_form("M1", X * unit, y * size)
    found = scaled.log_value(LATER * unit) - np.log(size)
    assert found == pytest.approx(plain.log_value(LATER), abs=1e-6)


def test_late_points_count_as_much_as_recency_says():
    y = np.where(X < 1e4, 0.3, 0.3 * (X / 1e4) ** -0.5)
    even, late = (fit_form("M1", X, y, recency) for recency in (0.0, 2.0))
    at, value = np.log(X) - np.log(X).mean(), np.log(y) - np.log(y).mean()
    assert even.parameters[1] == pytest.approx(-(at @ value) / (at @ at), abs=1e-6)
    assert late.parameters[1] == pytest.approx(0.5, abs=0.05)


def test_an_unknown_form_is_refused_with_those_there_are():
    with pytest.raises(InputError, match="'M9' .* must be one of: M1, M2, M3, M4, bro"):
        fit_form("M9", X, X)


def test_without_scipy_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(MissingExtraError, match=r"costcurve\[fit\]"):
        fit_form("M1", np.array([1.0, 2.0, 4.0]), np.array([0.5, 0.4, 0.3]))
    one = np.ones(3)
    data = Data(one, one, one[:, None], one, *np.zeros((4, 3), dtype=int))
    prior = Prior(one[:1], one[:1], np.ones((1, 6)), np.ones((1, 6)))
    with pytest.raises(MissingExtraError, match=r"costcurve\[fit\]"):
        fit_mixed(data, prior)
