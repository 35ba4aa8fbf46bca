"""The study of the economic model: the design's traps, each with its status."""

from __future__ import annotations

import csv
from math import log10
from statistics import median

import pytest

import costcurve as cc
from costcurve.core.vocabulary import Status
from costcurve.studies.economic_model import DAWNBENCH_MEDIAN_USD
from costcurve.studies.reproduction import compared


@pytest.fixture(scope="module")
def items():
    return {item.id: item for item in cc.reproduce("economic-model").items}


def test_table2_rows(items):
    ours = [items[f"table2.row{number}"] for number in range(1, 7)]
    assert [round(item.ours, 2) for item in ours] == [4.13, 4.03, 4.56, 7.61, 9.36, 10.11]
    assert [item.printed for item in ours] == [4, 4, 5, 8, 9, 1]
    assert [item.status for item in ours] == [Status.REPRODUCED] * 5 + [Status.SUSPECTED_ERRATUM]


def test_table1_intervals_are_consistent_with_its_standard_errors(items):
    table = [item for name, item in items.items() if name.startswith("table1.")]
    assert len(table) == 15
    assert {item.status for item in table} <= {Status.REPRODUCED, Status.WITHIN_ROUNDING}


def test_figure2_data_needed_is_the_additional_data(items):
    assert items["figure2.data_needed"].status is Status.WITHIN_ROUNDING
    assert "additional" in items["figure2.data_needed"].reason
    # Rounding of the coefficients alone spans 178 k to 221 k.
    assert "177,608 to 220,714" in items["figure2.examples_needed"].reason
    assert "199,290" in items["figure2.examples_needed"].reason


def test_figure2_parameters_implied_by_the_dollars(items):
    implied = [items[f"figure2.{m}.parameters"].ours / 1e6
               for m in ("EfficientNet-B0", "Inception-v3", "YOLOv5")]  # fmt: skip
    assert [round(millions, 2) for millions in implied] == [5.34, 24.06, 42.40]


def test_what_eq_1_and_4_cannot_give_differs(items):
    assert items["figure2.YOLOv5.accuracy"].status is Status.DIFFERS
    assert items["figure2.order"].status is Status.DIFFERS
    assert items["figure2.order"].ours == "ResNet-32, EfficientNet-B0, ResNet-34"


def test_figure2_statuses(items):
    # The printed training costs leave what one n allows, whatever the parameters were.
    for model in ("EfficientNet-B0", "Inception-v3", "YOLOv5"):
        assert items[f"figure2.{model}.training_cost"].status is Status.DIFFERS
        assert items[f"figure2.{model}.total_cost"].status is Status.DIFFERS
    assert "9,485.62 to 9,519.39" in items["figure2.EfficientNet-B0.training_cost"].reason
    assert items["figure2.data_cost"].status is Status.WITHIN_ROUNDING


def test_eq_4_against_measured_runs(items):
    assert items["eq4.resnet50"].ours == pytest.approx(530_000, rel=0.01)
    # About four orders of magnitude.
    assert 4 < log10(items["eq4.resnet50"].ours / DAWNBENCH_MEDIAN_USD) < 4.5


def test_the_dawnbench_median(data):
    with (data / "dawnbench" / "training_runs.csv").open(newline="") as stream:
        paid = [
            float(row["cost_to_target_usd"])
            for row in csv.DictReader(stream)
            if row["task"] == "ImageNet"
            and "resnet" in row["model"].lower()
            and "50" in row["model"]
            and row["cost_to_target_usd"]
        ]
    assert len(paid) == 8
    assert median(paid) == pytest.approx(DAWNBENCH_MEDIAN_USD, abs=0.005)


def test_residual_scale_and_the_other_traps(items):
    assert round(items["table2.residual_sd"].ours, 3) == 0.459
    assert "3.7 decades" in items["table2.residual_sd"].reason
    assert items["eq2.from_scratch"].ours == pytest.approx(1e5, rel=1e-9)
    # To the letter: log10(n) x 0.070 / 0.123 for relative complexity 0.
    to_the_letter = 10 ** (5 * 0.070 / 0.123)
    assert items["eq2.from_scratch"].printed == pytest.approx(to_the_letter, rel=1e-9)
    assert items["eq2.from_scratch"].status is Status.DIFFERS
    assert items["eq5.more_held_than_needed"].ours == 0.0
    assert items["eq2.probability_of_target"].ours == pytest.approx(0.5, abs=1e-9)


@pytest.mark.parametrize(
    ("printed", "ours", "band", "status"),
    [
        (4.0, 4.13, None, Status.REPRODUCED),
        (4.0, 4.51, None, Status.DIFFERS),
        (4.0, 4.51, (3.9, 4.6), Status.WITHIN_ROUNDING),
        (4.0, 4.51, (4.1, 4.6), Status.DIFFERS),
    ],
)
def test_status_of_a_comparison(printed, ours, band, status):
    assert compared("x", printed, ours, 1.0, band).status is status


def test_the_study_shows_itself(items):
    study = cc.reproduce("economic-model")
    assert "1 suspected erratum" in repr(study)
    assert study._repr_html_().count("<tr>") == 2 * (len(items) + 1)
    with pytest.raises(cc.InputError, match="did you mean 'economic-model'"):
        cc.reproduce("economic-modle")
