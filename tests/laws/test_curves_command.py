"""`costcurve curve`: its contract, and what it says of tables that cannot be used."""

from __future__ import annotations

import csv
import gzip

import pytest

from costcurve.laws.curves import load_curve_law


def test_the_command_keeps_to_its_contract(cli, tmp_path):
    table, out = tmp_path / "curves.csv.gz", tmp_path / "predicted.csv"
    lines = ["name,seed,n,err,fit"]
    for name, level in (("b", 0.3), ("a", 0.6)):
        lines += [f"{name},0,{n},{level * (n / 100) ** -0.4},1" for n in (100, 200, 400, 800)]
        lines += [f"{name},0,{n},,0" for n in (6400, 1600)]
    lines += ["bad,0,100,-1,1", "bad,0,200,,0", "one,0,100,0.3,1", "one,0,200,,0"]
    table.write_bytes(gzip.compress("\n".join(lines).encode()))
    flags = ["--x", "n", "--error", "err", "--by", "name,seed", "--fit", "fit", "--out", str(out)]
    assert cli("curve", str(table), *flags).status == 0
    rows = list(csv.DictReader(out.read_text().splitlines()))
    header = "name,seed,n,p05,p25,p50,p75,p95,form_weights,flags".split(",")
    assert list(rows[0]) == header
    assert [(row["name"], float(row["n"])) for row in rows] == [
        ("b", 6400), ("b", 1600), ("a", 6400), ("a", 1600), ("bad", 200), ("one", 200),
    ]  # fmt: skip
    for row, level in zip(rows[:4], (0.3, 0.3, 0.6, 0.6), strict=True):
        values = [float(row[name]) for name in header[3:8]]
        assert values == sorted(values)
        assert values[2] == pytest.approx(level * (float(row["n"]) / 100) ** -0.4, rel=0.15)
    assert rows[4]["p50"] == ""
    assert "row 14: err must be a number of at least 0" in rows[4]["flags"]
    assert rows[5]["flags"] == "few_points"
    answer = cli("curve", str(table), *flags[:-2], "--target-error", "0.02", "--json").json
    names = ("needed_p05", "needed_p50", "needed_p95", "probability_reachable")
    assert all(name in each for each in answer["curves"] for name in names)


@pytest.mark.parametrize(
    ("content", "flag"),
    [
        ("x,error\n100,0.3\n", "few_points"),
        ("x,error\n400,0.2\n100,0.3\n200,0.25\n", None),
        ("x,error\n100,0.3\n100,0.32\n200,0.2\n", "replicates"),
        ("x,error\n100,0.3\n100,0.9\n200,0.2\n", "replicates_disagree"),
        ("x,error\n100,0.1\n200,0.2\n400,0.3\n", "rising"),
        ("x,error\n100,0.3\n200,0.1\n400,0.2\n800,0.05\n", "jump"),
        ("x,error\n100,0.3\n200,0\n", "zeros_replaced"),
        ("x,error\n1e300,0.1\n2e300,0.05\n", "few_points"),
    ],
)
def test_bad_curves_are_answered_with_a_word(cli, tmp_path, content, flag):
    path = tmp_path / "curve.csv"
    path.write_text(content)
    (found,) = cli("curve", str(path), "--json", "--target-error", "0.01").json["curves"]
    assert any(flag in each for each in found["flags"]) if flag else not found["flags"]
    assert cli("curve", str(path)).status == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("x,error\n100,0\n200,0\n", "error is 0 throughout"),
        ("x,error\n100,1.3\n", "row 2: error must be a number of at least 0 and at most 1"),
        ("x,error\n100,31\n200,24\n", "per cent are divided by 100"),
        ("x,error\n100,0.3\n200,\n", "name a column with --fit"),
        ("x,error\n100,nan\n", "row 2: error"),
        ("x,error\n0,0.1\n", "row 2: x must be"),
        ("x,accuracy\n100,0.8\n200,0.9\n", "of 'accuracy' the error is 1 less that"),
        ("x,error,test_examples\n100,0.3,0\n", "at least 1, or empty"),
    ],
)
def test_a_table_of_which_no_curve_can_be_fitted_is_refused(cli, tmp_path, content, words):
    path = tmp_path / "curve.csv"
    path.write_text(content)
    for how in ((), ("--plot", str(tmp_path / "curve.svg"))):
        ran = cli("curve", str(path), *how)
        assert (ran.status, ran.out) == (2, "")
        assert words in ran.err


def test_a_curve_that_cannot_be_fitted_keeps_its_rows_for_programs(cli, tmp_path):
    path, out = tmp_path / "curve.csv", tmp_path / "out.csv"
    path.write_text("x,error,fit\n100,31,1\n200,24,1\n400,,0\n")
    why = "per cent are divided by 100"
    assert cli("curve", str(path), "--fit", "fit", "--out", str(out)).status == 0
    (row,) = csv.DictReader(out.read_text().splitlines())
    assert (row["x"], row["p50"]) == ("400.0", "")
    assert why in row["flags"]
    told = cli("curve", str(path), "--fit", "fit", "--json").json
    assert why in told["flags"][0]
    assert told["predictions"][0]["p50"] is None


def test_an_accuracy_is_asked_about(cli, tmp_path):
    path = tmp_path / "curve.csv"
    path.write_text("x,accuracy\n100,0.8\n200,0.9\n")
    ran = cli("curve", str(path), "--error", "accuracy")
    assert ran.status == 0
    assert "is this accuracy?" in ran.out


def test_zeros_are_shown_as_measured_and_counted_by_the_size_of_the_test(cli, tmp_path):
    path = tmp_path / "curve.csv"
    path.write_text("x,error,m\n100,0.1,200\n200,0.04,200\n400,0,200\n")
    page = " ".join(cli("curve", str(path), "--test-examples", "m").out.split())
    # Half an error of one example more: (0 + 1/2) / (200 + 1).
    assert "where the error is 0 (counted as 0.00249)" in page
    path.write_text("x,error\n100,0.1\n200,0.04\n400,0\n")
    page = " ".join(cli("curve", str(path)).out.split())
    assert "where the error is 0 (counted as 0.02)" in page


def test_the_answer_in_json_has_what_the_card_expects(cli, tmp_path):
    path = tmp_path / "curve.csv"
    path.write_text("x,error\n100,0.3\n200,0.2\n400,0.15\n")
    rows = cli("curve", str(path), "--json").json["expected"]
    assert [row["x"] for row in rows] == [800, 1600, 3200, 6400]
    wanted = load_curve_law().curve([100, 200, 400], [0.3, 0.2, 0.15]).predict([800])[:, 0]
    names = ("p05", "p25", "p50", "p75", "p95")
    assert [rows[0][name] for name in names] == pytest.approx(wanted)


def test_the_command_takes_the_size_of_the_tests(cli, tmp_path):
    path = tmp_path / "curve.csv"
    path.write_text("x,error,test_examples\n100,0.3,50\n200,0.2,\n400,0.15,200\n")
    law, points = load_curve_law(), ([100, 200, 400], [0.3, 0.2, 0.15])
    # Harmonic mean of 50 and 200; the one that is not known is like the others.
    wanted = law.curve(*points, test_examples=80).predict([800])[:, 0]
    found = cli("curve", str(path), "--json").json["expected"][0]
    assert [found["p05"], found["p95"]] == pytest.approx([wanted[0], wanted[4]])
    told = " ".join(cli("curve", str(path)).out.split())
    assert "The interval is that of one more run: a test of 80 examples" in told


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--x", "nosuch"], "no such column"),
        (["--target-error", "0"], "above 0 and below 1"),
        (["--target-error", "many"], "above 0 and below 1"),
        (["--out", "x.csv"], "needs --fit"),
        (["--by", "p05"], "a column that is added"),
    ],
)
def test_what_the_command_cannot_do_is_said_in_words(cli, tmp_path, flags, words):
    path = tmp_path / "curve.csv"
    path.write_text("x,error\n100,0.3\n200,0.2\n")
    ran = cli("curve", str(path), *flags)
    assert ran.status == 2
    assert words in ran.err


def test_a_broken_archive_is_refused(cli, tmp_path):
    path = tmp_path / "curve.csv.gz"
    path.write_bytes(gzip.compress(b"x,error\n100,0.3\n")[:-6])
    assert cli("curve", str(path)).status == 2
    path.write_bytes(b"x,error\n100,0.3\n")
    assert cli("curve", str(path)).status == 2
