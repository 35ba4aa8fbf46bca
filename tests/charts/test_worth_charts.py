"""Pictures of worth and of estimates: what they hold is what was computed."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec

import pytest

from costcurve.charts.files import as_svg
from costcurve.charts.worth import worth_chart
from costcurve.decisions.accuracy_cost import cost_over_accuracy
from costcurve.decisions.estimate import estimate
from costcurve.task import Task
from tests.conftest import need


def test_the_case_lies_on_the_right_side_of_the_frontier(cli, tmp_path):
    path = tmp_path / "worth.json"
    ran = cli("worth", "examples/worth_wildlife.toml", "--plot", str(path), "--json")
    spec, answer = json.loads(path.read_text()), ran.json
    over_accuracy, over_volume = spec["vconcat"]
    (case,) = over_volume["layer"][2]["data"]["values"]
    below = min(over_volume["data"]["values"], key=lambda row: abs(row["volume"] - case["volume"]))
    assert below["volume"] == pytest.approx(case["volume"])
    # A year gains the volume times what a prediction is worth beyond the frontier.
    gain = case["volume"] * (case["value_usd"] - below["value_usd"])
    assert gain == pytest.approx(answer["finance"]["npv_usd"] * _annuity(0.07, 3), rel=1e-6)
    rows = over_accuracy["data"]["values"]
    assert all(row["p05"] <= row["mean"] <= row["p95"] for row in rows)


def _annuity(rate, years):
    return rate / (1.0 - (1.0 + rate) ** -years)


def test_no_label_calls_tenths_of_a_dollar_millions():
    need(find_spec("vl_convert") is not None, "vl-convert")
    plans = [{"accuracy": 90.0 + n, "p05": -0.3, "mean": 0.1, "p95": 0.5} for n in range(3)]
    frontier = [{"volume": 0.5, "value_usd": 0.01}, {"volume": 5e6, "value_usd": 10.0}]
    drawn = as_svg(worth_chart("Worth", plans, [], frontier, []))
    labels = set(re.findall(r">([^<>]+)</text>", drawn))
    assert {"-$0.3", "$0", "$0.1", "1", "1k", "1M"} <= labels
    assert not any(label.endswith("m") for label in labels)


def test_each_accuracy_costs_what_an_estimate_of_it_says():
    task = {"classes": 20, "limit": 1e6, "usd_per_example": 0.5}
    asked = estimate(Task(target_accuracy=0.9, **task))
    rows = cost_over_accuracy(asked)
    errors = [row.error for row in rows]
    assert errors == sorted(errors, reverse=True)
    assert pytest.approx(0.1) in errors
    for row in rows[::10]:
        own = estimate(Task(target_error=row.error, **task))
        option = next(each for each in own.options if each.model == asked.best.model)
        assert row.total_cost_usd == pytest.approx(option.total_cost_usd.point, rel=1e-9)
        assert row.is_reachable == option.reaches_target


def test_a_report_of_worth_says_what_the_page_says(cli, tmp_path):
    path = tmp_path / "report.html"
    ran = cli("worth", "examples/worth_triage.toml", "--html", str(path))
    assert ran.status == 0
    text = " ".join(path.read_text(encoding="utf-8").split())
    title, lead, risk = (" ".join(block.split()) for block in ran.out.split("\n\n")[:3])
    assert text.index(f"<h1>{title}</h1>") < text.index(lead) < text.index(risk)
    assert text.index(risk) < text.index("<figure>")
    assert "Prevalence" in text
    assert cli("worth", "examples/worth_triage.toml", "--html", str(tmp_path / "x.txt")).status == 2


def test_a_report_without_a_pilot_says_nothing_of_one(cli, tmp_path):
    path = tmp_path / "report.html"
    ran = cli("worth", "examples/worth_triage.toml", "--no-pilot", "--html", str(path))
    assert (ran.status, ran.err) == (0, "")
    text = path.read_text(encoding="utf-8").split("<h2>Method</h2>")[0]
    assert "<h2>Alternatives</h2>" in text
    assert "pilot" not in text.casefold()


def test_a_report_is_one_file_that_says_the_decision_first(cli, tmp_path):
    path = tmp_path / "report.html"
    ran = cli("estimate", "examples/defect-inspection.toml", "--html", str(path))
    assert ran.status == 0
    text = path.read_text(encoding="utf-8")
    lead = ran.out.splitlines()[2]
    assert text.index(lead.split(":")[0]) < text.index("<figure>")
    assert "http" not in text.split("<style>")[1].split("</style>")[0]
    for outside in ("<script", "<link", "src="):
        assert outside not in text
    assert text.count('role="img"') == text.count("<figure>") == 2
    assert "92,494.77" in text
    assert cli("estimate", "examples/defect-inspection.toml", "--html", "x.pdf").status == 2
