"""`costcurve portfolio`: files in and out, the summary, the report, and what is refused."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from costcurve.decisions.portfolio_columns import INPUT_COLUMNS, OUTPUT_COLUMNS
from tests.conftest import PROJECT, need

pytest.importorskip("pyarrow")

EXAMPLE = PROJECT / "examples" / "portfolio.csv"


def no_constant(name):
    raise ValueError(f"{name} is no JSON")


def rows_of(path):
    with Path(path).open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_the_example_is_answered_and_funded(cli, tmp_path):
    out, report, picture = (tmp_path / name for name in ("o.csv", "o.html", "o.json"))
    ran = cli(
        *("portfolio", str(EXAMPLE), "--out", str(out), "--budget", "5000", "--workers", "1"),
        *("--html", str(report), "--plot", str(picture), "--json"),
    )
    assert (ran.status, ran.errors) == (0, [])
    said = json.loads(ran.out, parse_constant=no_constant)
    answers = rows_of(out)
    assert [row["id"] for row in answers] == [row["id"] for row in rows_of(EXAMPLE)]
    assert tuple(answers[0])[-len(OUTPUT_COLUMNS) :] == OUTPUT_COLUMNS
    assert {name.partition("_usd_")[0] for name in INPUT_COLUMNS} >= {"id", "kind"}
    funded = [row for row in answers if row["funded"] == "true"]
    assert said["funding"]["funded"] == said["chosen"] == len(funded) > 0
    assert said["rows"]["all"] == 12
    # Training of a group is paid once: by its dearest use.
    grouped = [row for row in answers if row["shared_with"]]
    alone = [row for row in funded if not row["shared_with"]]
    assert len({row["shared_with"] for row in grouped}) == 1
    dearest = max(float(row["training_cost_usd"]) for row in grouped if float(row["net_usd"]) > 0.0)
    labels = sum(float(row["data_cost_usd"]) for row in funded)
    spent = labels + sum(float(row["training_cost_usd"]) for row in alone)
    spent += dearest * any(row["shared_with"] for row in funded)
    assert said["funding"]["spent_usd"] == pytest.approx(spent, rel=1e-9)
    assert spent <= 5000.0
    assert json.loads(picture.read_text())["layer"]
    text = report.read_text()
    assert "fund" in text
    assert "<svg" in text


def test_the_page_says_what_to_fund_and_how_sure_that_is(cli, tmp_path):
    out = str(tmp_path / "o.parquet")
    ran = cli("portfolio", str(EXAMPLE), "--out", out, "--budget", "3000", "--workers", "1")
    page = " ".join(ran.out.split())
    assert "With a budget of $3,000, fund" in page
    assert "proved to be the best" in page
    ran = cli("portfolio", str(EXAMPLE), "--out", out, "--workers", "1")
    assert "pay by themselves" in " ".join(ran.out.split())


def test_files_of_other_file_systems_are_read_and_written(cli, tmp_path):
    try:
        import fsspec
    except ImportError:
        need(False, "fsspec")
    first, second = tmp_path / "one.csv", "memory://two.csv"
    for source, out in ((EXAMPLE.as_uri(), first.as_uri()), (str(EXAMPLE), second)):
        ran = cli("portfolio", source, "--out", out, "--workers", "1", "--json")
        assert (ran.status, ran.errors) == (0, [])
    with fsspec.open(second, "rb") as stream:
        assert stream.read() == first.read_bytes()


def test_tables_that_hold_for_every_row_come_from_a_file(cli, tmp_path):
    common = tmp_path / "common.toml"
    common.write_text("[serving]\ninfrastructure_usd_per_year = 1e9\n")
    out = str(tmp_path / "o.csv")
    command = ("portfolio", str(EXAMPLE), "--out", out, "--workers", "1", "--json")
    ran = cli(*command, "--common", str(common))
    assert json.loads(ran.out)["rows"]["go"] == 0
    common.write_text("[task]\nclasses = 3\n")
    ran = cli(*command, "--common", str(common))
    assert ran.status == 2
    assert "task.classes: must be left out here" in ran.err


def test_all_that_cannot_be_used_is_told_at_once(cli):
    wrong = ("--budget", "much", "--draws", "1", "--row-group-size", "0", "--workers", "0")
    told = cli("portfolio", str(EXAMPLE), *wrong).err
    assert all(f"error: {name}: " in told for name in ("budget", "out", "draws", "workers"))


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ([], "out: is missing"),
        (["--out", "o.xlsx"], "must end in .csv or .parquet"),
        (["--out", "o.csv", "--budget", "much"], "budget: 'much' is not allowed"),
        (["--out", "o.csv", "--budget", "-1"], "must be a number from 0"),
        (["--out", "o.csv", "--draws", "1"], "at least 16"),
        (["--out", "o.csv", "--row-group-size", "0"], "at least 1"),
        (["--out", "o.csv", "--workers", "2", "--ray", "auto"], "must be left out with --ray"),
        (["--out", "o.csv", "--html", "o.pdf"], "must end in .html"),
        (["--out", "o.csv", "--plot", "o.pdf"], "must end in"),
        (["--out", str(EXAMPLE)], "must be another file"),
        (["--out", "/nosuch/o.csv", "--workers", "1"], "cannot be written"),
    ],
)
def test_what_cannot_be_used_is_refused(cli, options, why):
    ran = cli("portfolio", str(EXAMPLE), *options)
    assert ran.status == 2
    assert why in ran.err
    assert "Traceback" not in ran.err


def test_worth_leaves_out_the_pilot_and_takes_as_many_draws(cli):
    case = str(PROJECT / "examples" / "worth_wildlife.toml")
    asked = json.loads(cli("worth", case, "--json").out)
    said = json.loads(cli("worth", case, "--no-pilot", "--draws", "64", "--json").out)
    assert said["pilot"] is None
    assert asked["decision"] == "pilot-first"
    assert said["decision"] in {"go", "no-go"}
    ran = cli("worth", case, "--draws", "few")
    assert ran.status == 2
    assert "draws: 'few' is not allowed" in ran.err


HEADER = "use,classes,target_accuracy,predictions_per_year,benefit_per_prediction_usd"
ROWS = "till,12,0.9,1e6,0.05\ndoor,8,0.92,2e6,0.04\n"


@pytest.fixture
def ask(cli, tmp_path):
    """Run the command on a file of rows; return what it printed, on one line."""

    def run(content, *words):
        path = tmp_path / "uses.csv"
        path.write_text(content, encoding="utf-8")
        return cli("portfolio", str(path), "--out", str(tmp_path / "o.csv"), "--workers=1", *words)

    return run


def dollars(text):
    return float(text.replace("$", "").replace(",", ""))


def test_what_is_paid_at_first_adds_up_line_by_line(ask, tmp_path):
    common = tmp_path / "common.toml"
    common.write_text(
        '[people]\nroles = [{ name = "engineer", usd_per_hour = 95, setup_hours = 40 }]\n'
    )
    ran = ask(f"{HEADER}\n{ROWS}", "--budget=1e6", "--common", str(common))
    rows = dict(re.findall(r"^([A-Z][a-z ,]+?)  +(-?\$[\d,.]+)  ", ran.out, re.MULTILINE))
    parts = ("Labels", "Training", "People, testing")
    together = dollars(rows["At first, together"])
    assert sum(dollars(rows[name]) for name in parts) == pytest.approx(together, abs=1.0)
    assert dollars(rows["People, testing"]) == 2 * 40 * 95
    (told,) = re.findall(r"take (\$[\d,]+)", " ".join(ran.out.split()))
    assert dollars(told) == pytest.approx(together, abs=1.0)


def test_what_was_not_given_and_what_was_not_taken_is_said(ask):
    ran = ask(f"{HEADER},discount_rate,owner\n" + ROWS.replace("\n", ",0.1,ann\n"))
    page = " ".join(ran.out.split())
    assert "No price of a label is given in 2 of 2 uses: $0.63 is taken" in page
    assert "not used: use, discount_rate, owner." in page
    assert "goes into --common: discount_rate." in page
    said = ask(f"{HEADER},usd_per_example\n" + ROWS.replace("\n", ",0.2\n"), "--json").json
    assert said["default_prices"] == 0
    assert said["columns_not_used"] == ["use"]


def test_a_file_without_a_benefit_says_so_beside_its_answer(ask):
    page = " ".join(ask(f"{HEADER}\n{ROWS}".replace(",benefit_per_prediction_usd", "")
                        .replace(",0.05", "").replace(",0.04", "")).out.split())  # fmt: skip
    assert "No column says what a prediction is worth, which counts as $0" in page
    assert "counts as $0" not in ask(f"{HEADER}\n{ROWS}").out


def test_a_use_without_an_id_goes_by_its_own_words(ask):
    page = ask(f"{HEADER}\n{ROWS}").out
    assert "till" in page
    assert "row 1" not in page


def test_the_name_of_another_file_is_refused_with_that_of_this_one(ask):
    ran = ask(f"{HEADER},limit\n" + ROWS.replace("\n", ",5000\n"))
    assert ran.status == 2
    assert "limit: is called examples_limit here" in ran.err


def test_rows_that_nobody_can_use_are_no_gain_of_nothing(ask):
    page = " ".join(ask(f"{HEADER}\n" + ROWS.replace("0.9", "90%")).out.split())
    assert "None of 2 uses can be used" in page
    assert "write 0.9" in page
    assert "expected to gain" not in page


def test_a_report_says_what_was_assumed_and_where_it_is_from(ask, tmp_path):
    path = tmp_path / "report.html"
    assert ask(f"{HEADER}\n{ROWS}", "--html", str(path)).status == 0
    page = path.read_text(encoding="utf-8")
    assert "Assumptions and their sources" in page
    assert "Vast.ai" in page[page.index("References") :]
