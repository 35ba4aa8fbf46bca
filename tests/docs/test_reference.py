"""Nothing that users meet is undocumented: commands, options, quantities, laws, routes, names."""

from __future__ import annotations

import json
import re

import pytest

import costcurve as cc
from costcurve.core.files import packaged_text
from costcurve.core.parameters import table
from costcurve.decisions.worth_graph import worth_graph
from costcurve.faces.cli.main import COMMANDS
from costcurve.faces.request import read_case
from costcurve.facts.catalog import TABLES
from costcurve.laws import PUBLISHED_LAW, load_card
from costcurve.laws.curves import CARD
from costcurve.studies import study_names
from tests.conftest import PROJECT
from tests.docs.pages import generated, written

SLOPES = ("coef_log10_examples", "coef_pretrained_log10_examples")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*[a-z]")


def helps(cli):
    """Yield every command with the help that it prints."""
    for name in COMMANDS:
        shown = cli(name, "--help").out
        parts = re.findall(r"^  ([a-z-]+)  ", shown.partition("\ncommands:\n")[2], re.MULTILINE)
        if not parts:
            yield name, shown
        for part in parts:
            yield f"{name} {part}", cli(name, part, "--help").out


def test_every_command_and_every_option_of_its_help_is_in_the_reference(cli, monkeypatch):
    monkeypatch.setenv("COLUMNS", "1000")
    seen = 0
    for called, shown in helps(cli):
        page = generated()[f"cli/{called.split()[0]}.md"]
        assert f"costcurve {called}" in page
        described = page.partition(f"## costcurve {called}\n")[2] if " " in called else page
        options = set(OPTION.findall(shown)) - {"--help"}
        assert options <= set(OPTION.findall(described)), called
        seen += len(options)
    assert seen > 100


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_told_of_on_a_page_that_somebody_wrote(command):
    told = re.compile(rf"\bcostcurve {command}\b")
    assert [name for name, text in written().items() if told.search(text)], (
        f"show `costcurve {command}` in a tutorial, a guide or the README"
    )


def graphs():
    task = cc.Task(target_error=0.1, class_counts=[900, 100])
    for mode in ("calibrated", "as-published"):
        yield cc.estimate(task, cc.Assumptions(mode=mode)).evaluation.graph
    for name in ("worth_defects", "worth_supermarket", "worth_triage", "worth_wildlife"):
        case = read_case(PROJECT / "examples" / f"{name}.toml")
        estimate = cc.estimate(case.task, case.assumptions)
        yield worth_graph(case, estimate, draws=0).graph


def test_every_quantity_that_an_answer_computes_is_in_the_glossary_with_unit_and_source():
    glossary = generated()["quantities.md"]
    for graph in graphs():
        for name, quantity in graph.quantities.items():
            rows = [row for row in glossary.splitlines() if row.startswith(f"| `{name}` |")]
            assert any(quantity.label in row and f"| {quantity.unit} |" in row for row in rows)
            assert all(row.rpartition(" | ")[2].strip("| ") for row in rows), "no source"


def test_every_parameter_is_in_the_glossary():
    glossary = generated()["quantities.md"]
    for name, parameter in table().items():
        assert f"| `{name}` | *{parameter.label}.* " in glossary


def test_every_law_has_its_page_its_score_and_an_explanation(cli):
    explained = written()["docs/explanation/laws.md"]
    for law in cli("laws", "list", "--json").json["laws"]:
        assert law["title"] in generated()[f"laws/{law['id']}.md"]
        assert f": {law['id']}\n" in generated()["scoreboards.md"]
        assert f"`{law['id']}`" in explained


def test_the_explanation_of_laws_says_what_their_cards_say():
    explained = " ".join(written()["docs/explanation/laws.md"].split())
    eq_1 = load_card(PUBLISHED_LAW)
    for coefficient in eq_1.coefficients.values():
        assert f"{abs(coefficient.value):.3f} " in explained
    slope = sum(eq_1.coefficients[name].value for name in SLOPES)
    assert f"{eq_1.residual.sd:g} in log10 error" in explained
    assert f"slope of {slope:.3f} that is {eq_1.residual.sd / -slope:.1f} decades" in explained
    assert f"the error of {eq_1.observations} trained networks" in explained
    curves = json.loads(packaged_text("laws", CARD))
    assert re.search(r"[\d,]+ curves", curves["source"])[0] in explained


def test_every_route_is_in_the_reference_of_the_api():
    from costcurve.faces.web.app import create_app

    page = generated()["api.md"]
    for path, methods in create_app().openapi()["paths"].items():
        for method, found in methods.items():
            assert f"## {method.upper()} {path}\n" in page
            assert found["summary"] in page
    for body in ("task", "target_error", "benchmark"):
        assert f"| `{body}` |" in page


def test_every_table_of_facts_and_every_row_of_it_is_shown():
    for name, facts in TABLES.items():
        rows = generated()[f"facts/{name}.md"].partition("## Columns")[0]
        assert sum(line.startswith("| ") for line in rows.splitlines()) == len(facts.rows()) + 2


def test_every_study_has_its_page_with_the_items_of_its_json(cli):
    for name in study_names():
        assert f"`costcurve reproduce {name}`" in generated()["scoreboards.md"] or (
            f"studies/{name}.md" in generated()["studies.md"]
        )
    page = generated()["studies/economic-model.md"]
    for item in cli("reproduce", "economic-model", "--json").json["items"]:
        assert f"| {item['id']} |" in page
        assert item["reason"] in page


def test_every_public_name_is_in_the_reference_of_python():
    page = generated()["python.md"]
    for name in cc.__all__:
        assert name == "__version__" or f":: costcurve.{name}\n" in page
    for model in (cc.Task, cc.Assumptions):
        for field in model.model_fields:
            assert f"| `{field}` |" in page


def test_the_architecture_shows_every_room_and_no_arc_that_runs_to_the_right():
    page = generated()["architecture.md"]
    rooms = [path.name for path in (PROJECT / "src/costcurve").iterdir() if path.is_dir()]
    rooms = [room for room in rooms if not room.startswith("__")]
    line = re.findall(r"^\| ([a-z]+) \| [A-Z]", page, re.MULTILINE)[: len(rooms)]
    assert sorted(line) == sorted(rooms)
    for room, other in re.findall(r"<title>(\w+) uses (\w+):", generated()["architecture.svg"]):
        assert line.index(other) < line.index(room)
