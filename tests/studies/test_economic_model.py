"""The study of the economic model: the design's traps, each with its status."""

from __future__ import annotations

import pytest

import costcurve as cc
from costcurve.core.vocabulary import Status
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


def test_residual_scale_and_the_other_traps(items):
    assert round(items["table2.residual_sd"].ours, 3) == 0.459
    assert "3.7 decades" in items["table2.residual_sd"].reason
    assert items["eq2.from_scratch"].ours == pytest.approx(1e5, rel=1e-9)
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
    assert study._repr_html_().count("<tr>") == len(items) + 1
    with pytest.raises(cc.InputError, match="did you mean 'economic-model'"):
        cc.reproduce("economic-modle")
