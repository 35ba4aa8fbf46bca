"""The conversions of Thompson et al. (2020) against the row of Strubell et al. they rest on."""

from __future__ import annotations

import pytest

import costcurve as cc
from costcurve.costs import published_conversions

#: Two digits are printed, or follow from what is.
TWO_DIGITS = 0.05
GFLOP_PER_SECOND = 10_600  # of one P100 in FP32


def test_the_conversions_are_those_of_one_p100():
    values = {given.name: float(given.value) for given in published_conversions.INPUTS}
    kwh_per_second = 1515.43 / 8 / 1000 / 3600
    lb = kwh_per_second * 1.58 * 0.954 / GFLOP_PER_SECOND
    usd = 0.43 / 3600 / GFLOP_PER_SECOND
    assert values["lb_co2e_per_gflop"] == pytest.approx(lb, rel=TWO_DIGITS)
    assert values["usd_per_gflop"] == pytest.approx(usd, rel=TWO_DIGITS)


def test_a_month_of_new_york_in_the_spectrum_article():
    # 10^19 billion FLOP at 7.5e-9 lb are 7.5e10 lb, 34 Mt.
    lb = published_conversions.training_co2e_lb(1e28, 7.5e-9)
    assert lb * 0.45359237 / 1e9 == pytest.approx(34, rel=0.01)
    usd = published_conversions.training_cloud_cost_usd(1e28, 1.1e-8)
    assert usd == pytest.approx(1e11, rel=0.11)  # $100 billion


def test_they_stand_beside_eq_4_as_published():
    result = cc.estimate(cc.Task(target_error=0.1, classes=20), cc.Assumptions(mode="as-published"))
    gflop = result.best.training_flop.point / 1e9
    assert result.point("training_co2e_lb") == pytest.approx(7.5e-9 * gflop)
    assert result.point("training_cloud_cost_usd") == pytest.approx(1.1e-8 * gflop)
    assert "7.5e-09" in result.explain("training_co2e_lb")
