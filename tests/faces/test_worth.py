"""`costcurve worth`: cases in every format, the template, and what is refused in which words."""

from __future__ import annotations

import copy
import json
import tomllib
from inspect import signature
from typing import Any

import pytest
import yaml

from costcurve.core.files import packaged_text
from costcurve.core.parameters import table
from costcurve.costs.people import Role
from costcurve.decisions.products import Product
from costcurve.decisions.worth_case import TABLES, Alternative, BenefitLine, Inventory
from tests.conftest import PROJECT

EXAMPLES = sorted(PROJECT.glob("examples/worth_*.toml"))
GROUPS = ("benefit", "serving", "storage", "people", "retraining", "finance")
SPREAD = {"p05", "p50", "p95", "mean"}
CASE: dict[str, Any] = {
    "task": {"target_accuracy": 0.95, "classes": 10, "limit": 200_000},
    "benefit": {"predictions_per_year": 1e6, "benefit_per_prediction_usd": "0.02 to 0.08"},
    "alternative": {"rules": {"accuracy": 0.85, "annual_cost_usd": 5000}},
}
ROLE = {"name": "engineer", "usd_per_hour": 90}
PRODUCT = {
    "name": "bread",
    "unit_price_usd": 3,
    "unit_cost_usd": 1,
    "expected_demand": 100,
    "demand_sd": 20,
    "better_demand_sd": 15,
}
LINE = {"name": "audit", "usd": 100}


def no_constant(name):
    raise ValueError(f"{name} is no JSON")


def with_value(where, value):
    """Return the case with a value in it, at a path of names."""
    found = copy.deepcopy(CASE)
    place = found
    for name in where[:-1]:
        place = place.setdefault(name, {})
    place[where[-1]] = value
    return found


@pytest.fixture
def ask(cli, tmp_path):
    """Run the command on a case."""

    def run(case, *options):
        path = tmp_path / "case.json"
        path.write_text(json.dumps(case))
        return cli("worth", str(path), *options)

    return run


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_have_an_answer(cli, path):
    ran = cli("worth", str(path), "--json")
    assert (ran.status, ran.errors) == (0, [])
    said = json.loads(ran.out, parse_constant=no_constant)
    assert said["decision"] in {"go", "no-go", "pilot-first"}
    assert {name: set(each) for name, each in said["annual"].items()} == dict.fromkeys(
        ("cost_usd", "benefit_usd", "net_usd"), SPREAD
    )
    for each in said["annual"].values():
        assert each["p05"] <= each["p50"] <= each["p95"]
    even = ("accuracy", "volume", "benefit_per_prediction_usd")
    assert set(even) < set(said["break_even"])
    assert set(said["optimal"]) == {"accuracy", "examples", "net_usd"}
    assert set(said["probability"]) == {"reaches_target", "loss", "over_budget"}
    assert {"examples", "cost_usd", "value_of_information_usd"} < set(said["pilot"])
    assert [each["net_usd"] for each in said["alternatives"]] == sorted(
        (each["net_usd"] for each in said["alternatives"]), reverse=True
    )
    assert "deep learning" in {each["name"] for each in said["alternatives"]}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_pages_fit_a_terminal_and_say_what_they_mean(shell, path):
    ran = shell("worth", str(path), COLUMNS="80")
    assert ran.status == 0
    assert max(map(len, ran.out.splitlines())) <= 80
    words = " ".join(ran.out.split())
    beginnings = ("Go: ", "No-go: ", "A pilot first: ")
    assert sum(each in ran.out for each in beginnings) == 1
    assert "90% interval" in words
    assert "--explain" not in words
    assert " of 0%" not in words


def test_four_examples_are_there():
    names = {path.stem.removeprefix("worth_") for path in EXAMPLES}
    assert names == {"defects", "supermarket", "triage", "wildlife"}


def test_the_supermarket_costs_what_the_slides_say(cli):
    said = cli("worth", str(PROJECT / "examples/worth_supermarket.toml"), "--json").json
    # 26 trainings of 16 hours, 4 hours of prediction a day, 95 GB; all for 15,000 products.
    # 365 days, 12 months, and no training before the first prediction: that is spread here.
    wanted = (26 * 16 * 7.894 + 365 * 4 * 7.894 + 95 * 0.01 * 12) / 15_000
    assert wanted == pytest.approx(0.988, abs=5e-4)
    spread = 16 * 7.894 * 0.07 / (1.0 - 1.07**-3)
    lines = {each["label"]: each["cost_usd"] for each in said["lines"]}
    assert lines["Initial cost, spread"] == pytest.approx(spread, rel=1e-9)
    assert said["per_unit"]["cost_usd"] - spread / 15_000 == pytest.approx(wanted, rel=1e-9)
    gains = [each["better_forecast_usd"] for each in said["products"]]
    assert gains == sorted(gains, reverse=True)
    assert said["annual"]["benefit_usd"]["mean"] == pytest.approx(52 * sum(gains), rel=1e-9)


def test_the_template_runs_as_it_is_printed(cli, tmp_path):
    printed = cli("worth", "--template")
    assert printed.status == 0
    path = tmp_path / "case.toml"
    path.write_text(printed.out)
    assert cli("worth", str(path)).status == 0


def test_the_template_runs_with_every_line_on(cli, tmp_path):
    lines = cli("worth", "--template").out.splitlines()
    # Lines that stand in place of others, and the two of words at the top.
    left_out = ("cost_per_error_usd", "# serving_usd_per_prediction")
    on = [line.removeprefix("# ") for line in lines[2:] if not line.startswith(left_out)]
    path = tmp_path / "case.toml"
    path.write_text("\n".join(on))
    ran = cli("worth", str(path), "--json")
    assert (ran.status, ran.errors) == (0, [])
    case = tomllib.loads(path.read_text())
    assert case["inventory"]["products"]
    assert case["benefit"]["lines"]


def test_the_template_documents_every_parameter():
    text = packaged_text("decisions", "worth_template.toml")
    table_of, inside = {}, ""
    for line in text.splitlines():
        bare = line.removeprefix("# ")
        if bare.startswith("["):
            inside = bare.strip("[").split("]")[0].split(".")[0]
        name = bare.split(" = ")[0].strip()
        if " = " in bare and name.isidentifier():
            table_of.setdefault(name, inside)
    for name, parameter in table().items():
        if parameter.group in GROUPS:
            assert table_of.get(name) == parameter.group, f"{name} is not in the template"
    for model in (Alternative, BenefitLine, Inventory, Product, Role):
        assert [name for name in signature(model).parameters if name not in text] == []
    assert {name for name in table_of.values() if name} == {*TABLES, "alternative"}


@pytest.mark.parametrize("group", GROUPS)
def test_a_range_may_stand_for_every_number_that_allows_one(ask, group):
    errors = {"cost_false_positive_usd", "cost_false_negative_usd", "prevalence"}
    ranges = {
        "prevalence": "0.1 to 0.3", "baseline_accuracy": "0.5 to 0.7", "review_share": "0.1 to 0.2",
        "serving_utilisation": "0.2 to 0.4", "discount_rate": "0.02 to 0.09",
        "retraining_data_share": "0.1 to 0.2", "drift_error_per_year": "0.01 to 0.02",
        "labelling_passes": "1.2 to 2", "always_on_instances": "0.5 to 1",
    }  # fmt: skip
    case = copy.deepcopy(CASE)
    allowed = [
        name for name, each in TABLES[group].model_fields.items() if "Range" in str(each.annotation)
    ]
    assert allowed
    for name in allowed:
        if name not in {"cost_per_error_usd", "serving_usd_per_prediction"}:
            case.setdefault(group, {})[name] = ranges.get(name, "2 to 5")
    if group == "benefit":
        assert errors <= set(case["benefit"])
    said = ask(case, "--json")
    assert (said.status, said.errors) == (0, [])
    told = next(each for each in said.json["warnings"] if each.startswith("Ranges: "))
    assert [name for name in case[group] if name not in told] == []


@pytest.mark.parametrize("suffix", [".json", ".yaml", ".toml"])
def test_every_format_says_the_same(cli, tmp_path, suffix):
    text = packaged_text("decisions", "worth_template.toml")
    case = tomllib.loads(text)
    written = {".json": json.dumps(case), ".yaml": yaml.safe_dump(case), ".toml": text}[suffix]
    path = tmp_path / f"case{suffix}"
    path.write_text(written)
    said = cli("worth", str(path), "--json").json
    (tmp_path / "one.toml").write_text(text)
    assert said == cli("worth", str(tmp_path / "one.toml"), "--json").json


BAD = [-1, "nan", "inf", 1e300, "text", True, [], {}, [[1]], {"a": {"b": [1]}}, "1 to", "5 to 1"]


@pytest.mark.parametrize("group", GROUPS)
def test_bad_values_are_one_finding_each(ask, group):
    for name, parameter in table().items():
        if parameter.group != group or name == "benefit_per_prediction_usd":
            continue
        for value in BAD:
            ran = ask(with_value((group, name), value))
            assert (ran.status, len(ran.errors)) == (2, 1), f"{name} {value!r}: {ran.err}"
            assert f"{name}: " in ran.err
            assert "must be a number" in ran.err


@pytest.mark.parametrize(
    ("where", "row"),
    [
        (("people", "roles"), ROLE),
        (("inventory", "products"), PRODUCT),
        (("benefit", "lines"), LINE),
    ],
)
def test_bad_rows_are_one_finding_each(ask, where, row):
    assert ask(with_value(where, [row])).status == 0
    number = next(name for name in row if name.endswith(("usd", "hour")))
    rows: list[Any] = [5, "x", [5], [None], [[]], {}, True, [row, 5], [{**row, "nmae": 1}]]
    rows += [
        [{**row, number: value}] for value in [*BAD, None] if value != -1 or where[1] != "lines"
    ]
    rows += [[{**row, "name": value}] for value in (5, True, None, [], {})]
    rows += [[{name: row[name] for name in row if name != "name"}]]
    for value in rows:
        ran = ask(with_value(where, value))
        assert (ran.status, len(ran.errors)) == (2, 1), f"{value!r}: {ran.err}"
        assert f"error: {where[1]}: " in ran.err
        assert "argument" not in ran.err


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({}, "alternative.rules: give accuracy, or error_scale and error_exponent, and not both"),
        ({"accuracy": 0.9, "error_scale": 1, "error_exponent": 0.5}, "and not both"),
        ({"accuracy": 0.9, "error_offset": 0.1}, "and not both"),
        ({"error_scale": 1}, "and not both"),
        ({"accuracy": True}, "alternative.rules.accuracy: True is not allowed; must be a number"),
        ({"accuracy": -1}, "accuracy: -1 is not allowed; must be greater than or equal to 0"),
        ({"accuracy": "text"}, "accuracy: 'text' is not allowed; must be a valid number"),
        ({"accuracy": 0.9, "annual_cost_usd": 1e300}, "annual_cost_usd: 1e+300 is not allowed"),
        ({"acuracy": 0.9}, "acuracy: unknown field; did you mean 'accuracy'?"),
        (5, "alternative.rules: 5 is not allowed; must be a table of names and values"),
    ],
)
def test_bad_alternatives_are_one_finding(ask, values, finding):
    ran = ask(with_value(("alternative", "rules"), values))
    assert (ran.status, len(ran.errors)) == (2, 1)
    assert finding in ran.err


@pytest.mark.parametrize(
    ("case", "findings"),
    [
        ({**CASE, "finanse": {}}, ["finanse: unknown table; did you mean 'finance'?"]),
        ({**CASE, "budget_usd": 5}, ["budget_usd: belongs into the table finance"]),
        (
            with_value(("finance", "budget"), 5),
            ["budget: unknown field; did you mean 'budget_usd'"],
        ),
        ({**CASE, "finance": 5}, ["finance: 5 is not allowed; must be a table"]),
        ({**CASE, "alternative": 5}, ["alternative: 5 is not allowed; must be a table"]),
        ({"task": CASE["task"]}, ["predictions_per_year: is missing in the table benefit"]),
        (
            with_value(("benefit", "prevalence"), 0.1),
            ["cost_false_positive_usd: is missing", "cost_false_negative_usd: is missing"],
        ),
        ([CASE], ["file: "]),
    ],
)
def test_what_is_unknown_or_missing_is_said(ask, case, findings):
    ran = ask(case)
    assert (ran.status, len(ran.errors)) == (2, len(findings))
    for said, wanted in zip(ran.errors, findings, strict=True):
        assert wanted in said


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("finance", "horizon_years"), 0.5),
        (("finance", "discount_rate"), 0),
        (("finance", "discount_rate"), 1e-300),
        (("finance", "budget_usd"), 0),
        (("task", "examples_held"), 200_000),
        (("benefit", "predictions_per_year"), 1e15),
        (("benefit", "benefit_per_prediction_usd"), -1e9),
        (("benefit", "benefit_per_prediction_usd"), 0),
        (("task", "limit"), 1),
        (("alternative",), {"[bold]x[/bold]\x1b[31m": {"accuracy": 0.5}}),
    ],
)
def test_values_at_the_ends_have_an_answer(ask, where, value):
    case = with_value(where, value)
    json.loads(ask(case, "--json").out, parse_constant=no_constant)
    page = ask(case)
    assert (page.status, page.errors) == (0, [])
    assert "\x1b" not in page.out


def test_a_case_is_asked_for(cli):
    ran = cli("worth")
    assert (ran.status, len(ran.errors)) == (2, 1)
    assert "give a file, or --template for one" in ran.err
    assert cli("worth", "nowhere.toml").status == 2


@pytest.mark.parametrize(
    ("where", "value", "told"),
    [
        (("task", "usd_per_example"), "$0.40", "write 0.40"),
        (("task", "limit"), "40,000", "write 40000"),
        (("task", "target_accuracy"), "95%", "write 0.95"),
        (("task", "usd_per_example"), "0,10", "write 0.10"),
        (("alternative", "rules", "accuracy"), "85 %", "write 0.85"),
    ],
)
def test_a_number_as_people_write_it_is_refused_with_that_to_write(ask, where, value, told):
    ran = ask(with_value(where, value))
    assert ran.status == 2
    assert told in ran.err


def test_a_case_given_to_estimate_is_sent_to_worth(cli):
    ran = cli("estimate", str(EXAMPLES[0]))
    assert ran.status == 2
    assert "benefit: this is a case, whether it pays; costcurve worth answers it" in ran.err
