"""`costcurve limits`: a table of models in, a fit and projections out."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from costcurve.evidence.observations import imagenet, paper_of
from costcurve.evidence.timm import imagenet_errors


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(7)
    x = rng.uniform(9, 12, 200)
    error = 10 ** (0.3 - 0.1 * x + 0.03 * rng.standard_normal(200))
    path = tmp_path / "models.csv"
    lines = [f"{10**a!r},{100 * b!r}" for a, b in zip(x.tolist(), error.tolist(), strict=True)]
    path.write_text("flop,top1_error\n" + "\n".join(lines) + "\n")
    return path


def test_fit_and_projection_of_a_known_line(cli, table):
    found = cli(
        *("limits", "--from", str(table), "--x", "flop", "--error", "top1_error"),
        *("--error-percent", "--target-error", "0.15", "--target-error", "0.01", "--json"),
    ).json
    assert found["n"] == 200
    slope = found["coefficients"]["slope"]
    assert slope["ci95"][0] < -0.1 < slope["ci95"][1]
    assert found["exponent"]["value"] == pytest.approx(-1 / slope["value"])
    near, far = found["projections"]
    true = (0.3 - np.log10(0.15)) / 0.1
    assert near["log10_compute"] == pytest.approx(true, abs=0.1)
    # The scatter of models, 0.03 / 0.1, is nearly all of the interval here.
    width = (near["log10_compute_p95"] - near["log10_compute_p05"]) / 2 / 1.645
    assert width == pytest.approx(0.3, rel=0.15)
    assert far["cost_usd"] == pytest.approx(1.1e-8 * 10 ** (far["log10_compute"] - 9))
    assert far["kg_co2e"] == pytest.approx(7.5e-9 * 0.45359237 * 10 ** (far["log10_compute"] - 9))
    assert found["flags"] == ["extrapolating"]


def test_timm_through_a_file(cli, tmp_path, data):
    path = tmp_path / "timm.csv"
    rows = [f"{row.forward_flop!r},{row.error!r}" for row in imagenet_errors(data)]
    path.write_text("flop,error\n" + "\n".join(rows) + "\n")
    flags = ("limits", "--from", str(path), "--x", "flop", "--error", "error")
    assert "1,452 models: slope -0.1103 (0.002), R2 0.667" in " ".join(cli(*flags).out.split())
    for form in ("exponential-error", "exponential-inverse"):
        assert cli(*flags, "--form", form, "--json").json["exponent"] is None


def dated(tmp_path, waste):
    rng = np.random.default_rng(3)
    x, year = rng.uniform(9, 12, 300), rng.uniform(2012, 2022, 300)
    wasted = waste * np.abs(rng.standard_normal(300))
    noise = (0.1 - waste / 1.25) * rng.standard_normal(300)
    error = 10 ** (0.3 - 0.1 * x - 0.02 * (year - 2012) + noise + wasted)
    path = tmp_path / "dated.csv"
    rows = zip(x.tolist(), error.tolist(), year.tolist(), strict=True)
    lines = [f"{10**a!r},{b!r},{c:.4f},paper {n % 60}" for n, (a, b, c) in enumerate(rows)]
    path.write_text("flop,error,date,paper\n" + "\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("method", ["ols", "quantile", "frontier", "selection"])
def test_every_method_finds_the_slope_and_the_year(cli, tmp_path, method):
    path = dated(tmp_path, waste=0.1 if method == "frontier" else 0.0)
    found = cli(
        *("limits", "--from", str(path), "--x", "flop", "--error", "error", "--date", "date"),
        *("--method", method, "--group", "paper", "--backtest", "--target-error", "0.1", "--json"),
    ).json
    assert found["method"] == method
    # Three standard errors of either coefficient, from papers drawn anew.
    for name, true in (("slope", -0.1), ("year", -0.02)):
        coefficient = found["coefficients"][name]
        assert coefficient["value"] == pytest.approx(true, abs=3 * coefficient["se"])
    assert found["details"]["year_origin"] == 2012
    assert found["details"]["groups"] == 60
    assert found["backtest"]["rows"][0]["n_scored"] > 100
    assert (found["r2"] is None) == (method != "ols")
    if method == "selection":
        assert len(found["sensitivity"]) == 4
    if method == "frontier":
        intercept = found["coefficients"]["intercept"]
        assert intercept["value"] == pytest.approx(0.3, abs=3 * intercept["se"])
        assert found["details"]["waste_sd"] == pytest.approx(0.1, abs=0.02)


def test_what_a_target_means(cli, table):
    flags = ("limits", "--from", str(table), "--x", "flop", "--error", "top1_error")
    (found,) = cli(
        *flags, "--error-percent", "--target-error", "0.05", "--budget-usd", "1e-9", "--json"
    ).json["projections"]
    # Halving takes log10(2) over the slope; the year is when trends bring the cost to the budget.
    assert found["log10_halving"] == pytest.approx(np.log10(2) / 0.1, rel=0.05)
    today = found["today"]
    assert today["cost_usd_p05"] < today["cost_usd"] < today["cost_usd_p95"]
    assert found["year_affordable_p05"] < found["year_affordable"] < found["year_affordable_p95"]
    (rich,) = cli(
        *flags, "--error-percent", "--target-error", "0.05", "--budget-usd", "1e9", "--json"
    ).json["projections"]
    assert rich["year_affordable"] == pytest.approx(rich["year_affordable_p95"])


def test_todays_dollars_are_as_of_a_day_that_may_be_given(cli, tmp_path):
    path = dated(tmp_path, waste=0.0)
    flags = ("limits", "--from", str(path), "--x", "flop", "--error", "error", "--date", "date")
    ask = (*flags, "--target-error", "0.1", "--as-of")
    first, later = (cli(*ask, day, "--json").json for day in ("2030-01-01", "2031-01-01"))
    assert (first["as_of"], later["as_of"]) == (2030.0, 2031.0)
    # At one error, a year of the line's own trend is worth so many decades of compute.
    slope, year = (first["coefficients"][name]["value"] for name in ("slope", "year"))
    dollars = [found["projections"][0]["today"]["cost_usd"] for found in (first, later)]
    assert np.log10(dollars[1] / dollars[0]) == pytest.approx(-year / slope)
    assert "as of 2030-01-01" in " ".join(cli(*ask, "2030-01-01").out.split())
    wrong = cli(*ask, "soon")
    assert wrong.status == 2
    assert "as_of: 'soon'" in wrong.err


def test_algorithms_may_be_held_still(cli):
    ask = ("limits", "imagenet", "--group", "none", "--target-error", "0.05", "--budget-usd", "1e6")
    still = cli(*ask, "--algorithms", "none")
    assert still.status == 0
    assert "algorithms stand still" in " ".join(still.out.split())
    moved = " ".join(cli(*ask).out.split())
    # The rates of the table of trends, with their source.
    assert "doubles every 2.07 years, 1.54 to 3.13" in moved
    assert "Erdil and Besiroglu (2022), arXiv:2212.05153" in moved
    years = [cli(*ask, *more, "--json").json["projections"][0]["year_affordable"]
             for more in (["--algorithms", "none"], [])]  # fmt: skip
    assert years[0] > years[1]


def test_what_an_efficiency_gain_buys(cli, table):
    flags = ("limits", "--from", str(table), "--x", "flop", "--error", "top1_error")
    more = ("--error-percent", "--target-error", "0.1", "--efficiency-gain", "10")
    found = cli(*flags, *more, "--json").json
    slope = found["coefficients"]["slope"]["value"]
    (projection,) = found["projections"]
    assert projection["error_with_efficiency_gain"] == pytest.approx(0.1 * 10**slope)
    assert "What 10 times the efficiency buys" in cli(*flags, *more).out
    assert cli(*flags, "--efficiency-gain", "0").status == 2


def test_a_field_that_does_not_improve_reaches_no_target(cli, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("flop,error\n1e9,0.1\n1e10,0.2\n1e11,0.3\n1e12,0.45\n")
    found = cli(
        *("limits", "--from", str(path), "--x", "flop", "--error", "error"),
        *("--target-error", "0.05", "--json"),
    ).json
    assert found["projections"][0]["log10_compute"] is None
    assert found["flags"] == ["error_does_not_fall_with_compute", "not_reachable", "few_models"]


def test_accuracies_for_errors_are_asked_about(cli, tmp_path):
    path = tmp_path / "x.csv"
    rows = [f"{10.0**n:g},{0.4 + n / 50:g}" for n in range(9, 21)]
    path.write_text("flop,accuracy\n" + "\n".join(rows) + "\n")
    ran = cli(
        *("limits", "--from", str(path), "--x", "flop", "--error", "accuracy"),
        *("--target-error", "0.05"),
    )
    words = " ".join(ran.out.split())
    assert "Is the column an accuracy?" in words
    assert "no limit" not in words
    assert "USD today" not in words


SMALL = {
    "three": ("9,.5 10,.41 11,.3", [], "Fewer than 10 models"),
    "no backtest": ("9,.5 11,.41 10,.3 12,.22", ["--date", "date", "--backtest"], "no backtest"),
    "one column": ("9,.5 10,.41 11,.3 12.1,.22", ["--date", "date"], "rise nearly together"),
}


@pytest.mark.parametrize("name", SMALL)
def test_what_so_few_models_cannot_tell_is_said(cli, tmp_path, name):
    rows, flags, words = SMALL[name]
    path = tmp_path / "x.csv"
    lines = ["flop,error,date"]
    for place, row in enumerate(rows.split()):
        power, error = row.split(",")
        lines.append(f"{10.0 ** float(power):g},{error},{2010 + place}")
    path.write_text("\n".join(lines) + "\n")
    ran = cli("limits", "--from", str(path), "--x", "flop", "--error", "error", *flags)
    assert ran.status == 0
    assert words in " ".join(ran.out.split())


def test_a_backtest_says_what_it_scores_and_what_follows(cli):
    ask = ("limits", "imagenet", "--group", "none", "--backtest")
    words = " ".join(cli(*ask).out.split())
    held = cli(*ask, "--json").json["backtest"]["coverage_of_90_percent"]
    assert f"over the years it held {held:.0%}" in words
    assert "log10 of the error" in words
    assert ("That is too few" in words) == (held < 0.9 - 0.03)


def test_fractions_among_per_cent_are_flagged(cli, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("flop,error\n1,0.5\n2,0.4\n3,30\n4,31\n5,20\n6,15\n")
    flags = ("limits", "--from", str(path), "--x", "flop", "--error", "error", "--error-percent")
    assert "some_per_cent_below_1" in cli(*flags, "--json").json["flags"]
    assert "are they fractions?" in cli(*flags).out


EXTREME = {
    "huge compute": "1e15,.5 1e16,.4 1e18,.3 1e19,.31 1e20,.2 1e21,.15 1e300,.1",
    "tiny compute": "1e-300,.5 2e-300,.4 3e-300,.3 5e-300,.31 7e-300,.2",
    "tiny error": "1e15,.5 1e16,.4 1e18,.3 1e19,.31 1e20,.2 1e21,.15 1e22,1e-200",
    "one error": "1e15,.3 1e17,.3 1e16,.3 1e18,.3 1e19,.3 2e19,.3",
    "all wrong": "1e15,1 1e17,1 1e16,1 1e18,1 1e19,1 2e19,1",
    "nearly one compute": " ".join(f"{1e20 * (1 + i * 1e-12)!r},0.{3 + i}" for i in range(6)),
    "two papers": "1e15,.001 1e17,.4 1e16,.3 1e18,.35 1e19,.3 3e19,.2",
    "noisy": "1e16,.3 1e17,.25 1e18,.31 1e19,.22 1e20,.26 1e21,.2",
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", EXTREME)
def test_extreme_tables_are_answered_or_refused_in_words(cli, tmp_path, name):
    path = tmp_path / "x.csv"
    lines = [f"{row},{2010 + n},{n}" for n, row in enumerate(EXTREME[name].split())]
    path.write_text("flop,error,date,paper\n" + "\n".join(lines) + "\n")
    given = ("limits", "--from", str(path), "--x", "flop", "--error", "error", "--target-error")
    for form in ("polynomial", "exponential-inverse", "degree-1", "degree-4"):
        for more in ([], ["--date", "date"], ["--date", "date", "--group", "paper"]):
            for method in ("ols", "quantile", "frontier", "selection"):
                flags = (*given, "0.05", "--form", form, "--method", method, *more)
                ran = cli(*flags, "--quantile", "0.3") if method == "quantile" else cli(*flags)
                assert ran.status in {0, 2}
                assert "nan" not in ran.out
                assert "Traceback" not in ran.err
        ran = cli(*given, "0.01", "--form", form, "--budget-usd", "1e6", "--json")
        assert ran.status == 2 or ran.json["projections"]


def test_the_models_of_imagenet_that_come_with_the_library(cli):
    found = cli("limits", "imagenet", "--json").json
    assert found["n"] >= 25
    assert 9 < found["exponent"]["value"] < 12
    passes = cli("limits", "imagenet", "--x", "flop_per_pass", "--date", "date", "--json").json
    assert passes["n"] >= 60
    assert "today" not in passes["projections"][0]
    assert passes["coefficients"]["year"]["value"] < 0


#: A bootstrap of 200 samples tells a standard error to 5 %; the sandwich of a few dozen groups and
#: the pairs bootstrap differ by some per cent more.
SANDWICH_TOLERANCE = 0.2


def test_models_of_one_paper_are_not_taken_for_independent(cli):
    grouped = cli("limits", "imagenet", "--json").json
    alone = cli("limits", "imagenet", "--group", "none", "--json").json
    assert grouped["coefficients"]["slope"]["value"] == alone["coefficients"]["slope"]["value"]
    assert "groups" not in alone.get("details", {})
    # The cluster sandwich CR1 of Liang and Zeger (1986), by hand.
    rows = imagenet()
    known = np.flatnonzero(rows.hardware_burden_gflop > 0)
    papers = [paper_of(rows.text("source")[place]) for place in known.tolist()]
    x, y = np.log10(rows.hardware_burden_gflop[known]), np.log10(rows.error[known])
    design = np.stack([np.ones(len(x)), x], axis=1)
    away = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    codes = np.unique(papers, return_inverse=True)[1]
    number = codes.max() + 1
    assert grouped["details"]["groups"] == number
    sums = np.stack([design[codes == code].T @ away[codes == code] for code in range(number)])
    bread = np.linalg.inv(design.T @ design)
    more = number / (number - 1) * (len(x) - 1) / (len(x) - 2)
    expected = np.sqrt(np.diag(more * bread @ sums.T @ sums @ bread))[1]
    found = grouped["coefficients"]["slope"]["se"]
    assert found == pytest.approx(expected, rel=SANDWICH_TOLERANCE)
    assert found > 1.5 * alone["coefficients"]["slope"]["se"]


def test_the_page_says_which_models_these_are_and_whence_the_errors(cli):
    rows = imagenet()
    known = int((rows.hardware_burden_gflop > 0).sum())
    words = " ".join(cli("limits", "imagenet").out.split())
    assert f"{known} of the table's {len(rows)} models say their hardware burden" in words
    assert "groups of models (papers) drawn anew 200 times" in words
    alone = " ".join(cli("limits", "imagenet", "--group", "none").out.split())
    assert "take the models as independent" in alone


def test_laws_as_printed(cli):
    found = cli("limits", "MS COCO", "--form", "exponential-inverse", "--json").json
    assert found["coefficients"]["slope"]["value"] == 0.09
    assert [each["target_error"] for each in found["projections"]] == [0.467, 0.3, 0.1]
    assert "Table 4" in found["source"]
    printed = cli("limits", "imagenet", "--published", "--json").json
    assert printed["exponent"]["value"] == pytest.approx(1 / 0.07)


#: Percentiles of 200,000 draws by hand and of 8,192 of low discrepancy, in decades of about 60.
DRAWN_TOLERANCE = 1.0


def test_the_interval_of_a_printed_law_holds_what_its_digits_leave(cli):
    found = cli("limits", "ms-coco", "--target-error", "0.3", "--json").json
    (each,) = found["projections"]
    # Table 3 by hand: intercept -0.002 and slope -0.02, 33 models, residual 0.02, R2 0.29.
    ends = [(np.log10(0.3) + 0.002 + a) / (-0.02 + b) for a in (-5e-4, 5e-4) for b in (-5e-3, 5e-3)]
    assert each["log10_compute_rounding_low"] == pytest.approx(min(ends))
    assert each["log10_compute_rounding_high"] == pytest.approx(max(ends))
    random, draws = np.random.default_rng(0), 200_000
    wider = np.sqrt(31 / random.chisquare(31, draws))
    slope_se = 0.02 / np.sqrt(0.29 / 0.71 * 31)
    centre = np.sqrt(0.06**2 - 0.02**2 / 33) / slope_se
    slope = -0.02 + wider * slope_se * random.standard_normal(draws)
    height = -0.002 - 0.02 * centre + wider * 0.02 / np.sqrt(33) * random.standard_normal(draws)
    intercept = height - slope * centre + random.uniform(-5e-4, 5e-4, draws)
    slope += random.uniform(-5e-3, 5e-3, draws)
    scatter = wider * 0.02 * random.standard_normal(draws)
    compute = np.where(slope < 0, (np.log10(0.3) - scatter - intercept) / slope, np.inf)
    low, high = np.quantile(compute, [0.05, 0.95])
    assert each["log10_compute_p05"] == pytest.approx(low, abs=DRAWN_TOLERANCE)
    assert each["log10_compute_p95"] == pytest.approx(high, rel=0.1)


def test_a_printed_law_stands_beside_what_its_figure_prints(cli):
    found = cli("limits", "ms-coco", "--json").json["projections"]
    # Figure 4 of Thompson et al. (2020), MS COCO, polynomial.
    assert [each["log10_compute_printed"] for each in found] == [14, 23, 44]
    (other,) = cli("limits", "ms-coco", "--target-error", "0.2", "--json").json["projections"]
    assert other["log10_compute_printed"] is None
    words = " ".join(cli("limits", "ms-coco").out.split())
    assert "0.1 10^49.9 10^39.9 to 10^66.6 10^44" in words
    assert "The standard error of the slope follows from R2" in words


def test_targets_leave_as_csv_that_says_what_json_says(cli):
    ask = ("limits", "ms-coco", "--target-error", "0.3", "--target-error", "0.1")
    rows = list(csv.DictReader(cli(*ask, "--csv").out.splitlines()))
    for row, each in zip(rows, cli(*ask, "--json").json["projections"], strict=True):
        flat = {f"today_{name}": value for name, value in each.pop("today").items()}
        for name, value in (each | flat).items():
            expected = "" if value is None else str(value)
            assert row[name] == expected
    assert cli(*ask, "--csv", "--json").status == 2
    path = ("--from", "nothing.csv", "--x", "a", "--error", "b")
    assert cli("limits", *path, "--csv").status == 2


def test_a_picture_says_whose_models_these_are(cli, tmp_path):
    path = tmp_path / "x.json"
    cli("limits", "imagenet", "--group", "none", "--plot", str(path))
    told = " ".join(json.loads(path.read_text())["title"]["subtitle"])
    assert "84 of the table's 189 models" in told
    assert "2012 to 2022" in told
    cli("limits", "ms-coco", "--plot", str(path))
    assert "arXiv:2007.05558" in " ".join(json.loads(path.read_text())["title"]["subtitle"])


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["limits"], "give a file with --from"),
        (["limits", "mnist"], "must be one of: imagenet"),
        (["limits", "imagenet", "--x", "watts"], "must be one of: hardware_burden"),
        (["limits", "imagenet", "--from", "x.csv"], "must be left out with a benchmark"),
        (["limits", "ms-coco", "--method", "frontier"], "must be left out with a law as printed"),
        (["limits", "ms-coco", "--form", "degree-2"], "of printed laws it is one of"),
        (["limits", "imagenet", "--quantile", "0.1"], "only the method quantile has one"),
        (["limits", "imagenet", "--quantile", "0", "--method", "quantile"], "above 0 and below 1"),
        (["limits", "imagenet", "--budget-usd", "-1"], "above 0 and below 1e300"),
        (["limits", "imagenet", "--x", "flop_per_pass", "--budget-usd", "9"], "of training"),
        (["limits", "imagenet", "--method", "selection"], "is needed"),
        (["limits", "imagenet", "--method", "tobit"], "must be one of: ols"),
    ],
)
def test_flags_that_do_not_fit_are_refused_in_words(cli, flags, words):
    ran = cli(*flags)
    assert ran.status == 2
    assert words in " ".join(ran.err.split())
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("content", "flags", "words"),
    [
        ("a,b\n1,0.5\n", [], "'flop' is not allowed; no such column in the file"),
        ("flop,error\nx,0.5\n1,0.4\n2,0.3\n", [], "from row 2, column flop: 'x'"),
        ("flop,error\n-1,0.5\n1,0.4\n2,0.3\n", [], "must be a number above 0"),
        ("flop,error\n1,50\n2,40\n3,30\n", [], "per cent are divided by 100"),
        ("flop,error\n1,50\n2,40\n3,0.3\n", [], "give --error-percent"),
        ("flop,error\n1,0.5\n2,0.4\n3,0.3\n", ["--target-error", "5"], "5% is 0.05"),
        ("flop;error\n1;0,5\n", [], "parted by semicolons"),
        ("flop,error\n\n1,0.5\n\n2,40\n3,0.3\n", [], "from row 5, column error: '40'"),
        ("flop,error\n1,0.5\n2,0.4\n3,0.3\n", ["--error-percent"], "fractions already"),
        ("flop,error\n1,1_0\n2,0.4\n3,0.3\n", [], "column error: '1_0'"),
        ("flop,error\n1,0.5\n2,0.4\n3,0.3\n", ["--budget-usd", "1"], "needs a target error"),
        ("flop,error\n1,0.5\n2,0.4\n3,0.3\n4,0.2\n", ["--method", "quantile"], "on either side"),
        ("flop,error\n1,0.5\n", [], "at least 3 models"),
        ("flop,error\n5,0.5\n5,0.4\n5,0.3\n", [], "must not be the same for all"),
        ("flop,error\n1,0.5\n2,0.4\n3,0.3\n", ["--target-error", "2"], "above 0 and below 1"),
        ("flop,error\n1,0.5,7\n2,0.4\n", [], "3 cells"),
        ("flop,error\n1,0.5\n2,\n3,0.3\n", [], "column error: an empty cell"),
        ("flop,error\n1,nan\n2,inf\n3,0.3\n", [], "must be a number"),
        ("flop,error\n1,0.5\n2,0.4\n3,0.3\n", ["--date", "error"], "arXiv identifier"),
        ("flop,error\n1,0.5\n2,0.4\n3,0.3\n4,0.2\n", ["--group", "flop"], "at least 5 groups"),
        ("flop,error\n1,0.5\n2,0.4\n3,0.3\n", ["--backtest"], "needed for a backtest"),
        ("flop,error\n1,0.5\n2,0.4\n3,0.3\n", ["--form", "cubic"], "must be one of: polynomial"),
        ("flop,error\n1,0.5\n2,0.4\n3,0.3\n", ["--published"], "must be left out with a table"),
    ],
)
def test_bad_evidence_is_answered_in_words(cli, tmp_path, content, flags, words):
    path = tmp_path / "x.csv"
    path.write_text(content)
    ran = cli("limits", "--from", str(path), "--x", "flop", "--error", "error", *flags)
    assert ran.status == 2
    assert words.replace(" is not allowed; no", ": no") in ran.err
    assert "Traceback" not in ran.err
    assert cli("limits").status == 2


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ([f"{10.0**n:g},{0.5 - n / 50:g},2020-01-01" for n in range(9, 19)], "date"),
        ([f"1,{0.5 - n / 50:g},{2010 + n}-01-01" for n in range(10)], "compute"),
    ],
)
def test_models_of_one_date_or_of_a_compute_of_one_are_refused_in_words(cli, tmp_path, rows, field):
    # Either is 0 in the columns of the fit, which has no length to be scaled by.
    path = tmp_path / "alike.csv"
    path.write_text("flop,error,date\n" + "\n".join(rows) + "\n")
    ran = cli("limits", "--from", str(path), "--x", "flop", "--error", "error", "--date", "date")
    assert ran.status == 2
    assert ran.errors[0].startswith(f"costcurve: error: {field}: ")
