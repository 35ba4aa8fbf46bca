"""Observations: metrics, dates, readers, hardware burden, the audit, and our table of ImageNet."""

from __future__ import annotations

import csv
import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcurve import InputError
from costcurve.core.files import packaged_text
from costcurve.evidence.audit import Kind, audit
from costcurve.evidence.columns import as_numbers, read_columns
from costcurve.evidence.dates import decimal_year
from costcurve.evidence.metrics import metrics, read_metrics
from costcurve.evidence.observations import (
    gflop_per_s,
    hardware_burden_gflop,
    imagenet,
    paper_of,
    read_observations,
    summary,
)

HEADER = "benchmark,model,metric,value"
#: Half a month, in years.
HALF_A_MONTH = 0.5 / 12


@pytest.mark.parametrize(
    ("text", "year"),
    [
        # The paper's own example: 1811.06965v5 was made public in November 2018.
        ("1811.06965v5", 2018 + 10.5 / 12),
        ("arXiv:1512.03385", 2015 + 11.5 / 12),
        ("https://arxiv.org/abs/2007.05558", 2020 + 6.5 / 12),
        ("https://arxiv.org/pdf/2007.05558v2.pdf", 2020 + 6.5 / 12),
        ("cs/9901002", 1999 + 0.5 / 12),
        ("hep-th/0301001", 2003 + 0.5 / 12),
        ("2019", 2019.5),
        ("2019-07", 2019 + 6.5 / 12),
        ("2019-07-01", 2019 + 6 / 12),
        ("2019.25", 2019.25),
        # Identifiers had four digits after the point until 2014.
        ("1412.6980", 2014 + 11.5 / 12),
        ("2012.3456", 2012.3456),
        ("2012.34567", 2020 + 11.5 / 12),
    ],
)
def test_dates_of_publication(text, year):
    assert decimal_year(text) == pytest.approx(year, abs=0.2 * HALF_A_MONTH)


@pytest.mark.parametrize("text", ["", "x", "2019-13", "2019-02-30", "-5", "1e9", "nan"])
def test_what_is_no_date(text):
    assert decimal_year(text) is None


@given(day=st.dates(date(1950, 1, 1), date(2150, 12, 31)))
def test_days_are_in_order(day):
    year = decimal_year(day.isoformat())
    assert day.year <= year < day.year + 1
    later = decimal_year(date.fromordinal(day.toordinal() + 1).isoformat())
    assert later > year


def test_every_metric_becomes_an_error():
    # Figure 4 of the paper: BLEU 45.6 is an error of 54.4 %, box AP 53.3 one of 46.7 %.
    assert metrics()["bleu"].error(0.456) == pytest.approx(0.544)
    assert metrics()["box ap"].error(0.533) == pytest.approx(0.467)
    assert metrics()["top-1"].error(0.885) == pytest.approx(0.115)
    assert metrics()["wer"].error(0.055) == pytest.approx(0.055)
    assert metrics()["wer"].is_possible(1.2)
    assert not metrics()["f1"].is_possible(1.2)


def test_a_users_own_metric(tmp_path):
    path = tmp_path / "metrics.csv"
    path.write_text("metric,better,best,scale\nPSNR,higher,60,60\nRMSE mm,lower,0,20\n")
    own = read_metrics(path)
    assert own["psnr"].error(30) == pytest.approx(0.5)
    assert own["rmse mm"].error(5) == pytest.approx(0.25)
    table = tmp_path / "x.csv"
    table.write_text(f"{HEADER}\nDenoising,A,PSNR,30\n")
    assert read_observations(table, metrics=own).error.tolist() == [0.5]
    path.write_text("metric,better,best,scale\nPSNR,more,60,0\n")
    with pytest.raises(InputError, match="above 0"):
        read_metrics(path)


def test_hardware_burden_of_alexnet():
    # Amodei and Hernandez (2018): two GTX 580 of 1.58 TFLOP/s for five and a half days, of which a
    # third of the peak makes 0.0058 petaflop/s-days.
    burden = hardware_burden_gflop(np.array([2.0]), np.array([gflop_per_s("gtx-580")]), 132.0)
    days = burden[0] * 1e9 / 3 / (1e15 * 86_400)
    assert days == pytest.approx(0.0058, rel=0.02)


def test_the_rate_of_a_tpu_is_that_of_its_matrix_units():
    assert gflop_per_s("tpu-v3") == 123_000
    assert gflop_per_s("v100") == pytest.approx(15_700)
    assert math.isnan(gflop_per_s("abacus"))


def test_csv_and_parquet_are_read_alike(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    rows = {
        "benchmark": ["X", "X"],
        "model": ["a", "b"],
        "metric": ["top-1", "top-1"],
        "value": [0.5, 0.75],
        "multiply_adds_per_pass": [1e9, None],
        "date": [date(2019, 7, 1), date(2020, 1, 1)],
    }
    parquet.write_table(pyarrow.table(rows), tmp_path / "x.parquet")
    with (tmp_path / "x.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(rows)
        writer.writerows(
            [
                ["" if cell is None else cell for cell in row]
                for row in zip(*rows.values(), strict=True)
            ]
        )
    one, other = (read_observations(tmp_path / f"x.{kind}") for kind in ("csv", "parquet"))
    for found in (one, other):
        assert found.error.tolist() == [0.5, 0.25]
        assert found.flop_per_pass[0] == 2e9
        assert math.isnan(found.flop_per_pass[1])
    assert one.year.tolist() == other.year.tolist()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("model,value\nA,0.5\n", "the file has no such column"),
        ("benchmark,model,metric,value,value\nX,A,top-1,0.5,1\n", "name of two columns"),
        ("benchmark,,metric,value\nX,A,top-1,0.5\n", "column 2 has no name"),
        (f"{HEADER}\nX,A,top-1\n", "3 cells"),
        (f'{HEADER}\nX,"A,top-1,0.5\n', "is no CSV"),
        ("", "empty"),
    ],
)
def test_a_file_that_is_no_table_of_models(tmp_path, content, words):
    path = tmp_path / "x.csv"
    path.write_text(content)
    with pytest.raises(InputError, match=words):
        read_observations(path)
    broken = tmp_path / "x.parquet"
    broken.write_bytes(b"PAR1 no")
    with pytest.raises(InputError, match="cannot be read"):
        read_columns(broken, "file")


def doubts_of(tmp_path, header, *rows):
    path = tmp_path / "x.csv"
    path.write_text("\n".join((header, *rows)) + "\n")
    return {(each.row, each.column, each.kind) for each in audit(read_observations(path))}


def test_the_audit_names_what_is_wrong_with_a_value(tmp_path):
    found = doubts_of(
        tmp_path,
        HEADER,
        "X,a,top-1,0.7",
        "X,b,top-1,71.2",
        "X,c,top-1,-0.2",
        "X,d,dice,0.5",
        "X,a,top-1,0.8",
        "X,e,top-1,=1+1",
        "X,f,top-1,1.0",
        "X,g,top-1 error,23.5",
        "X,h,wer,1.2",
        "X,i,wer,0.2",
    )
    assert found == {
        (3, "value", Kind.PERCENT),
        (4, "value", Kind.IMPOSSIBLE),
        (5, "metric", Kind.UNKNOWN_METRIC),
        (6, "model", Kind.DUPLICATE),
        (7, "value", Kind.FORMULA),
        (7, "value", Kind.NOT_A_NUMBER),
        (8, "value", Kind.IMPOSSIBLE),
        (9, "value", Kind.PERCENT),
        (10, "value", Kind.PERCENT),
    }


def test_the_audit_names_units_that_slipped(tmp_path):
    header = f"{HEADER},parameters,flop_per_pass,multiply_adds_per_pass"
    good = [f"X,m{i},top-1,0.{50 + i},{i + 1}e7,{2 * i + 2}e9,{i + 1}e9" for i in range(9)]
    found = doubts_of(
        tmp_path,
        header,
        *good,
        "X,millions,top-1,0.7,25,8e9,4e9",
        "X,parameters,top-1,0.7,2.5e7,2.5e7,",
        "X,giga,top-1,0.7,2.5e7,8,",
        "X,not-twice,top-1,0.7,2.5e7,4e9,4e9",
    )
    assert {each for each in found if each[2] is not Kind.OUTLIER} == {
        (11, "parameters", Kind.UNIT_SLIP),
        (11, "flop_per_pass", Kind.UNIT_SLIP),
        (12, "flop_per_pass", Kind.UNIT_SLIP),
        (13, "flop_per_pass", Kind.UNIT_SLIP),
        (14, "flop_per_pass", Kind.CONTRADICTION),
    }


def test_the_audit_names_hardware_and_dates_that_contradict(tmp_path):
    header = (
        f"{HEADER},date,flop_per_pass,accelerator,accelerator_count,training_hours,epochs,"
        "training_examples,source"
    )
    found = doubts_of(
        tmp_path,
        header,
        'X,a,top-1,0.7,2015-01,8e9,v100,8,24,90,1.28e6,"He (2015), arXiv:1512.03385, Table 1"',
        "X,b,top-1,0.7,2099,8e9,v100,8.5,1e-3,90,1.28e6,",
        "X,c,top-1,0.7,2016,8e9,abacus,8,24,90,1.28e6,",
    )
    assert found == {
        (2, "date", Kind.CONTRADICTION),
        (3, "date", Kind.DATE),
        (3, "accelerator_count", Kind.IMPOSSIBLE),
        (3, "training_hours", Kind.CONTRADICTION),
        (4, "accelerator", Kind.UNKNOWN_ACCELERATOR),
    }


def test_the_audit_names_an_outlier(tmp_path):
    random = np.random.default_rng(0)
    x = random.uniform(8, 12, 60)
    error = 10 ** (0.4 - 0.1 * x + 0.02 * random.standard_normal(60))
    error[7] /= 3
    rows = [
        f"X,m{place},top-1 error,{each:.5f},{10**flop:.6g}"
        for place, (each, flop) in enumerate(zip(error, x, strict=True))
    ]
    assert doubts_of(tmp_path, f"{HEADER},flop_per_pass", *rows) == {(9, "value", Kind.OUTLIER)}


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=12)


@given(rows=st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT, TEXT), min_size=1, max_size=6))
def test_any_table_is_audited_and_nothing_is_dropped(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("audit") / "x.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow((*HEADER.split(","), "flop_per_pass"))
        writer.writerows(rows)
    found = read_observations(path)
    assert len(found) == len(rows)
    wrong = {each.row for each in audit(found) if each.column in {"value", "metric"}}
    usable = np.flatnonzero(np.isfinite(found.error) & (found.error > 0) & (found.error <= 1))
    assert not wrong & {2 + place for place in usable.tolist()} or all(
        each.kind in {Kind.FORMULA, Kind.PERCENT} for each in audit(found)
    )


def test_our_table_of_imagenet():
    ours = imagenet()
    (row,) = summary(ours)
    complete = (
        np.isfinite(ours.year)
        & np.isfinite(ours.error)
        & (ours.flop_per_pass > 0)
        & (ours.parameters > 0)
    )
    assert complete.sum() >= 60
    assert row["with_hardware_burden"] >= 25
    assert (row["first_year"], row["last_year"]) == (2012, 2025)
    assert all(ours.text("source"))
    assert len(set(ours.text("model"))) == len(ours)
    # Only accelerators that the table of facts has no rate for.
    assert {each.kind for each in audit(ours)} <= {Kind.UNKNOWN_ACCELERATOR}


def test_our_table_of_imagenet_agrees_with_timm(data):
    """Networks that timm has too: parameters and multiply-adds, counted by another program."""
    path = data / "timm" / "benchmark-infer-amp-nhwc-pt240-cu124-rtx3090.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    timm = {(row["model"], row["infer_img_size"]): row for row in rows}
    pairs = {
        "ResNet-50": ("resnet50", "224"),
        "ResNet-101": ("resnet101", "224"),
        "ResNet-152": ("resnet152", "224"),
        "DenseNet-121": ("densenet121", "224"),
        "ConvNeXt-T": ("convnext_tiny", "224"),
        "ConvNeXt-B": ("convnext_base", "224"),
        "Swin-B": ("swin_base_patch4_window7_224", "224"),
        "RegNetY-16GF": ("regnety_160", "224"),
    }
    ours = imagenet()
    models = ours.text("model")
    # Papers round to two digits, and some leave out the stem or the classifier.
    tolerance = 0.1
    compared = 0
    for name, key in pairs.items():
        if name not in models or key not in timm:
            continue
        place, row = models.index(name), timm[key]
        flop = 2e9 * float(row["infer_gmacs"])
        assert ours.flop_per_pass[place] == pytest.approx(flop, rel=tolerance), name
        if np.isfinite(ours.parameters[place]):
            counted = 1e6 * float(row["param_count"])
            assert ours.parameters[place] == pytest.approx(counted, rel=tolerance), name
        compared += 1
    assert compared >= 5


def test_the_table_of_metrics_names_a_source_for_each():
    text = packaged_text("evidence", "metrics.csv")
    assert all(row["source"] for row in csv.DictReader(text.splitlines()))


@pytest.mark.parametrize(
    ("source", "paper"),
    [
        ("Goyal et al. (2017), arXiv:1706.02677, Table 2c; hardware Sec. 5.3", "arXiv:1706.02677"),
        ("Mikami et al. (2018), arXiv:1811.05233v1", "arXiv:1811.05233"),
        ("FFCV, README (paper: arXiv:2306.12517)", "arXiv:2306.12517"),
        ("Krizhevsky et al. (2012), NIPS 2012, Table 2", "Krizhevsky et al. (2012)"),
        ("", ""),
    ],
)
def test_two_tables_of_one_paper_are_one_paper(source, paper):
    assert paper_of(source) == paper


@given(st.floats(0.02, 0.98))
def test_an_error_of_its_own_is_held_against_the_value(tmp_path_factory, error):
    path = tmp_path_factory.mktemp("audit") / "x.csv"
    given_too = {"fraction": error, "accuracy": 1.0 - error, "per cent": 100.0 * error}
    lines = [
        f"B,{name},top-1 accuracy,{1.0 - error!r},{cell!r}" for name, cell in given_too.items()
    ]
    path.write_text(f"{HEADER},error\n" + "\n".join(lines) + "\n")
    found = {
        each.row: each.kind for each in audit(read_observations(path)) if each.column == "error"
    }
    # Above 1 % no per cent is a fraction; near one half an error is its accuracy.
    expected = {4: Kind.PERCENT}
    if abs(1.0 - 2.0 * error) > 0.02 * max(error, 1.0 - error):
        expected[3] = Kind.ACCURACY
    assert found == expected


def test_audit_and_summary_say_what_they_read(cli, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(f"{HEADER},training_flop,colour\nB,a,top-1 accuracy,0.7,1e18,red\n")
    found = cli("evidence", "audit", str(path), "--json").json
    assert found["columns_read"] == [*HEADER.split(","), "training_flop"]
    assert found["columns_not_read"] == ["colour"]
    assert "Not read: colour." in " ".join(cli("evidence", "audit", str(path)).out.split())
    (row,) = cli("evidence", "summary", str(path), "--json").json["benchmarks"]
    assert (row["with_computation"], row["with_training_flop"]) == (0, 1)


@pytest.mark.parametrize(("sign", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_a_table_with_other_separators_is_told_which(tmp_path, sign, word):
    path = tmp_path / "x.csv"
    path.write_text(f"flop{sign}error\n1{sign}0,5\n")
    with pytest.raises(InputError, match=f"parted by {word}; save it with commas"):
        read_columns(path, "from")


def test_the_models_that_come_with_the_library_can_be_taken_away(cli, tmp_path):
    path = tmp_path / "models.csv"
    path.write_text(cli("evidence", "models", "--csv").out)
    again, ours = read_observations(path), imagenet()
    assert all(again.text("source"))
    assert np.array_equal(again.error, ours.error, equal_nan=True)
    # Accelerators x FP32 rate x seconds, by hand for the first, two GTX 580 for 132 hours.
    burden = as_numbers(again.text("hardware_burden_gflop"))
    assert burden[0] == 2 * gflop_per_s("gtx-580") * 132 * 3600
    assert np.array_equal(burden, ours.hardware_burden_gflop, equal_nan=True)
    answer = cli("evidence", "models", "--json").json
    assert list(answer["models"][0]) == list(answer["columns"]) == list(again.table.cells)
    assert "189 models" in cli("evidence", "models").out
    assert cli("evidence", "models", "--csv", "--json").status == 2


def test_models_of_an_empty_table_are_none(cli, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(f"{HEADER},error\n")
    assert cli("evidence", "models", str(path), "--csv").out.startswith(f"{HEADER},error,year,")
    assert cli("evidence", "models", str(path)).status == 0
