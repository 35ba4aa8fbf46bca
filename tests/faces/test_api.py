"""The JSON API: the command line's answers, every finding at once, and no file of the server."""

from __future__ import annotations

import json
import sys
import tomllib

import pytest

from costcurve.core.files import packaged_text
from tests.faces.web import ask, ask_all, fields, strict

JSON = {"content-type": "application/json"}
API = "/api/v1"
SIZES, ERRORS = [100, 200, 400, 800], [0.5, 0.41, 0.33, 0.28]
MODELS = [
    {"flop": 1e9 * 2**n, "top1_error": 0.5 * 0.93**n, "paper": f"paper {n % 5}"} for n in range(30)
]


def csv_of(rows):
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(str(row.get(name, "")) for name in names) for row in rows]
    return "\n".join([",".join(names), *lines]) + "\n"


@pytest.mark.parametrize(
    ("body", "flags"),
    [
        (
            {"task": {"target_accuracy": 0.965, "class_counts": [50000, 1000], "limit": 2e5}},
            "--target-accuracy 0.965 --class-counts 50000,1000 --limit 2e5",
        ),
        (
            {
                "task": {"target_error": "0.05 to 0.1", "classes": 20},
                "assumptions": {"models": ["resnet50", "vit-b/16"], "draws": 1000, "seed": 7},
                "law": "thompson-2024-eq1",
            },
            "--target-error '0.05 to 0.1' --classes 20 --models resnet50,vit-b/16 --draws 1000 "
            "--seed 7 --law thompson-2024-eq1",
        ),
        (
            {
                "task": {"target_accuracy": 0.9, "class_counts": {"cat": 500, "dog": 300}},
                "assumptions": {"mode": "as-published"},
            },
            "--target-accuracy 0.9 --class-counts cat=500,dog=300 --as-published",
        ),
    ],
)
def test_estimate_is_that_of_the_command_line(cli, body, flags):
    import shlex

    answer = ask("POST", f"{API}/estimate", json=body)
    assert answer.status_code == 200
    assert answer.text == cli("estimate", *shlex.split(flags), "--json").out
    strict(answer)


def test_estimate_by_query_is_that_by_body():
    query = {"target_accuracy": "0.9", "classes": "2 to 20", "draws": "500", "models": "resnet50"}
    body = {
        "task": {"target_accuracy": "0.9", "classes": "2 to 20"},
        "assumptions": {"draws": "500", "models": "resnet50"},
    }
    by_query, by_body = ask_all(
        [
            ("GET", f"{API}/estimate", {"params": query}),
            ("POST", f"{API}/estimate", {"json": body}),
        ]
    )
    assert by_query.status_code == 200
    assert by_query.text == by_body.text


def test_curve_is_that_of_the_command_line(cli, tmp_path):
    groups = ["a"] * 4 + ["b"] * 4
    errors = [*ERRORS, 0.9, 0.8, 0.75, 0.74]
    body = {
        "x": SIZES * 2,
        "error": errors,
        "weights": [1, 2, 3, 4] * 2,
        "test_examples": [400.0] * 8,
        "by": {"data": groups},
        "predict": [1600, 6400],
        "target_error": 0.2,
    }
    rows = [
        {"x": x, "error": y, "weights": w, "test_examples": 400, "data": g, "fit": 1}
        for x, y, w, g in zip(body["x"], errors, body["weights"], groups, strict=True)
    ]
    rows += [
        {"x": x, "test_examples": 400, "data": g, "fit": 0} for g in "ab" for x in body["predict"]
    ]
    path = tmp_path / "curves.csv"
    path.write_text(csv_of(rows))
    flags = ("--by", "data", "--fit", "fit", "--weights", "weights", "--target-error", "0.2")
    answer = ask("POST", f"{API}/curve", json=body)
    assert answer.status_code == 200
    assert strict(answer) == cli("curve", str(path), *flags, "--json").json


def test_one_curve_of_a_loss_stands_at_the_top(cli, tmp_path):
    path = tmp_path / "curve.csv"
    path.write_text(csv_of([{"x": x, "error": 10 * y} for x, y in zip(SIZES, ERRORS, strict=True)]))
    body = {"x": SIZES, "error": [10 * y for y in ERRORS], "loss": True, "target_error": 2.0}
    found = strict(ask("POST", f"{API}/curve", json=body))
    assert found == cli("curve", str(path), "--loss", "--target-error", "2.0", "--json").json
    assert found["needed_p50"] == found["curves"][0]["needed_p50"]


def test_a_column_that_tells_curves_apart_may_have_any_name_that_is_free():
    body = {"x": SIZES * 2, "error": ERRORS * 2, "by": {"weights": list("aaaabbbb")}}
    found = strict(ask("POST", f"{API}/curve", json=body))["curves"]
    assert [each["weights"] for each in found] == ["a", "b"]
    assert found[0]["form_weights"] == found[1]["form_weights"]


def test_limits_of_a_table_are_those_of_the_command_line(cli, tmp_path):
    path = tmp_path / "models.csv"
    path.write_text(csv_of(MODELS))
    body = {
        "rows": MODELS,
        "x": "flop",
        "error": "top1_error",
        "group": "paper",
        "target_error": [0.05, 0.01],
        "budget_usd": 1e6,
    }
    flags = ("--from", str(path), "--x", "flop", "--error", "top1_error", "--group", "paper")
    more = ("--target-error", "0.05", "--target-error", "0.01", "--budget-usd", "1e6", "--json")
    answer = ask("POST", f"{API}/limits", json=body)
    assert answer.status_code == 200
    assert strict(answer) == cli("limits", *flags, *more).json


@pytest.mark.parametrize(
    ("body", "flags"),
    [
        ({"benchmark": "imagenet"}, ["imagenet"]),
        ({"benchmark": "ms-coco", "target_error": [0.1]}, ["ms-coco", "--target-error", "0.1"]),
        (
            {"benchmark": "imagenet", "published": True, "form": "exponential-inverse"},
            ["imagenet", "--published", "--form", "exponential-inverse"],
        ),
    ],
)
def test_limits_of_a_benchmark_are_those_of_the_command_line(cli, body, flags):
    answer = ask("POST", f"{API}/limits", json=body)
    assert answer.status_code == 200
    assert strict(answer) == cli("limits", *flags, "--json").json


def test_worth_is_that_of_the_command_line(cli, tmp_path):
    template = packaged_text("decisions", "worth_template.toml")
    path = tmp_path / "case.toml"
    path.write_text(template)
    answer = ask("POST", f"{API}/worth", json=tomllib.loads(template))
    assert answer.status_code == 200
    assert strict(answer) == cli("worth", str(path), "--json").json


RUN = {"model": "resnet50", "dataset_examples": "1281167", "epochs": "90", "accelerator": "a100"}


def test_cost_of_a_run_is_that_of_the_command_line(cli):
    flags = [word for name, value in RUN.items() for word in (f"--{name.replace('_', '-')}", value)]
    printed = cli("cost", *flags, "--json").out
    by_body, by_query = ask_all(
        [
            ("POST", f"{API}/cost", {"json": {"run": RUN}}),
            ("GET", f"{API}/cost", {"params": RUN}),
        ]
    )
    assert by_query.text == printed
    # A body may name the cells in another order than the command line does.
    assert strict(by_body) == json.loads(printed)


def test_cost_of_rows_is_that_of_the_command_line(cli, tmp_path):
    rows = [RUN, {"model": "no such model", "samples": "1e6"}, {**RUN, "mine": "kept"}]
    path = tmp_path / "runs.csv"
    path.write_text(csv_of(rows))
    printed = cli("cost", "--from", str(path), "--json").json["runs"]
    found = strict(ask("POST", f"{API}/cost", json={"rows": rows}))["runs"]
    # The rows of a file have every column, those of a body what they say.
    for ours, theirs in zip(found, printed, strict=True):
        assert ours == {name: theirs[name] for name in ours}
        assert not any(theirs[name] for name in theirs.keys() - ours.keys())


@pytest.mark.parametrize("table", ["models", "accelerators", "prices", "grids", "trends"])
def test_facts_are_those_of_the_command_line(cli, table):
    assert ask("GET", f"{API}/facts/{table}").text == cli("facts", table, "--json").out
    searched = cli("facts", table, "--search", "nvidia", "--json").out
    assert ask("GET", f"{API}/facts/{table}", params={"search": "nvidia"}).text == searched
    assert table in strict(ask("GET", f"{API}/facts"))["tables"]


def test_what_is_not_there_and_what_cannot_be_done_is_said_in_json():
    for method, path, status in [
        ("GET", f"{API}/nosuch", 404),
        ("GET", "/api/", 404),
        ("PUT", f"{API}/estimate", 405),
        ("GET", f"{API}/worth", 405),
    ]:
        answer = ask(method, path)
        assert answer.status_code == status
        assert fields(answer) == ["request"]


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    body = {"rows": MODELS, "x": "flop", "error": "top1_error", "method": "quantile"}
    answer = ask("POST", f"{API}/limits", json=body)
    assert answer.status_code == 501
    assert "costcurve[fit]" in answer.json()["findings"][0]["allowed"]


def test_twenty_at_once_answer_as_one_does():
    body = {"task": {"target_accuracy": "0.85 to 0.95", "classes": 10}}
    alone = ask("POST", f"{API}/estimate", json=body).text
    answers = ask_all([("POST", f"{API}/estimate", {"json": body})] * 20)
    assert {answer.text for answer in answers} == {alone}
