"""Learning curves: what is no number, no share or no error is refused by its name."""

from __future__ import annotations

import pytest

from costcurve import InputError
from costcurve.laws.curves import load_curve_law


@pytest.mark.parametrize("share", [float("nan"), -0.1, 1.1])
def test_a_probability_that_is_none_has_no_need(share):
    # It was answered that no number of examples would do.
    curve = load_curve_law().curve([100, 200, 400], [0.4, 0.3, 0.25])
    with pytest.raises(InputError, match="^shares: "):
        curve.needed(0.2, (0.5, share))


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (lambda law: law.curve(["few"], [0.1]), "x"),
        (lambda law: law.curve([100], [0.1], ["heavy"]), "weights"),
        (lambda law: law.curve([100], [0.1]).predict("far"), "x"),
        (lambda law: law.curve([100], [0.1]).probability([0.1, 0.2], [1, 2, 3]), "y"),
        (lambda law: law.curve([100], [0.1]).sample(200, -1), "draws"),
        (lambda law: law.curve([100], [0.1]).sample(200, 2, seed=-1), "seed"),
    ],
)
def test_what_is_no_number_is_refused_by_its_name(ask, field):
    with pytest.raises(InputError, match=f"^{field}: "):
        ask(load_curve_law())
