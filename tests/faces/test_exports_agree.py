"""Every way out of an answer says the same: page, JSON, CSV, workbook, report, commands, Python."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shlex
import subprocess
import sys
import tomllib

import openpyxl
import pytest

from costcurve.core.display import count_in_words, usd, usd_in_words
from costcurve.decisions import estimate
from costcurve.decisions.worth import worth
from costcurve.faces.request import build_request, read_case
from costcurve.faces.snippet import (
    estimate_snippet,
    worth_command,
    worth_snippet,
)
from tests.conftest import PROJECT, need
from tests.faces.workbooks import RELATIVE, errors_in, names_of, value

EXAMPLES = ("defect-inspection", "worth_defects", "worth_triage", "worth_wildlife")
FILES = ("--xlsx", "--html", "--pdf")
CASES = ("worth_defects", "worth_supermarket", "worth_triage", "worth_wildlife")


@pytest.fixture(scope="module")
def ask():
    need(all(map(_has, ("fastapi", "jinja2", "httpx"))), "the extra web, or httpx")
    from tests.faces.web import ask_all

    return ask_all


def _has(name):
    from importlib.util import find_spec

    return find_spec(name) is not None


def described(name):
    """Return the task and the assumptions of an example."""
    content = tomllib.loads((PROJECT / "examples" / f"{name}.toml").read_text(encoding="utf-8"))
    return {table: content[table] for table in ("task", "assumptions") if table in content}


def query(tables):
    """Return what is described as the fields of the page's form, which takes counts as numbers."""
    return {name: as_field(given) for values in tables.values() for name, given in values.items()}


def as_field(given):
    if isinstance(given, dict):
        return ", ".join(map(str, given.values()))
    if isinstance(given, list):
        return ", ".join(map(str, given))
    return str(given).lower() if isinstance(given, bool) else str(given)


def words_of_page(text):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def words_of_pdf(path):
    from pypdf import PdfReader

    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


def command_in(report):
    """Return the words of the command that a report says it is made by, less the files it writes.

    They are left off since the tests would wait for them once more.
    """
    found = re.search(r"<h2>Made by</h2>\s*<pre>(.*?)</pre>", report, re.DOTALL)
    program, *words = shlex.split(html.unescape(found[1]))
    assert program == "costcurve"
    files = {place + k for place, word in enumerate(words) for k in (0, 1) if word in FILES}
    return [word for place, word in enumerate(words) if place not in files]


def run_python(code, folder):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=folder, text=True
    )
    return dict(line.split(": ", 1) for line in done.stdout.splitlines())


def run_commands(commands, folder):
    """Run commands as a shell does, with --json behind the last one, and return what it prints."""
    program = f'costcurve() {{ {shlex.quote(sys.executable)} -m costcurve "$@"; }}'
    done = subprocess.run(
        ["bash", "-c", f"{program}\n{commands} --json"],
        capture_output=True, check=True, cwd=folder, text=True,
    )  # fmt: skip
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def made(shell, libreoffice, tmp_path_factory):
    """Make every file of every example, recalculate the workbooks in one run, and read them."""
    folder = tmp_path_factory.mktemp("exports")
    asked = {}
    for name in EXAMPLES:
        path = folder / f"{name}.json"
        path.write_text(json.dumps(described(name)), encoding="utf-8")
        asked[name] = ("estimate", str(path))
    asked |= {f"case-{name}": ("worth", f"examples/{name}.toml") for name in CASES}
    found = {}
    for name, words in asked.items():
        files = {kind: folder / f"{name}.{kind}" for kind in ("xlsx", "html", "pdf")}
        flags = [word for kind, path in files.items() for word in (f"--{kind}", str(path))]
        ran = shell(*words, *flags, "--json")
        assert (ran.status, ran.err) == (0, "")
        found[name] = {"json": ran.json, "words": words, **files}
    libreoffice([each["xlsx"] for each in found.values()], folder / "out")
    for each in found.values():
        path = folder / "out" / each["xlsx"].name
        each["book"] = openpyxl.load_workbook(path, data_only=True)
        each["html"] = each["html"].read_text(encoding="utf-8")
        each["pdf"] = words_of_pdf(each["pdf"])
    return found


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_export_of_an_estimate_agrees(made, ask, cli, tmp_path, name):
    from costcurve.faces.web import estimate_page

    tables, files = described(name), made[name]
    found = estimate(*build_request(tables))
    best = found.best
    total, needed = best.total_cost_usd.point, best.examples_needed.point
    chance = best.probability_of_target

    def check(option):
        assert option["model"] == best.model
        exact = (total, needed, chance)
        keys = ("total_cost_usd", "examples_needed", "probability_of_target")
        assert tuple(float(option[key]) for key in keys) == exact

    # JSON and CSV of the command; what the report says it is made by; commands; Python.
    check(files["json"]["options"][0])
    rows = csv.DictReader(io.StringIO(cli(*files["words"], "--csv").out))
    check(next(iter(rows)))
    check(cli(*command_in(files["html"])).json["options"][0])
    check(run_commands(estimate_page.command(query(tables)), tmp_path)["options"][0])
    told = run_python(estimate_snippet(found), tmp_path)
    assert told["model"] == best.model
    assert told["total_cost_usd"] == f"{total!r} USD"
    assert told["examples_needed"] == f"{needed!r} examples"
    # The workbook, recalculated, with the unit beside each figure.
    book = files["book"]
    assert errors_in(book) == []
    named = names_of(book)
    assert value(book, named["answer_model"]) == best.model
    assert value(book, named["answer_total_usd"]) == pytest.approx(total, rel=RELATIVE)
    rows = {row[0].value: row for row in book["Answer"].iter_rows(min_row=5, max_col=3)}
    assert rows["Its total cost"][2].value == "USD"
    assert rows["Examples needed"][1].value == pytest.approx(needed, rel=RELATIVE)
    assert rows["Examples needed"][2].value == "example"
    assert value(book, named["answer_chance"]) == pytest.approx(chance, rel=RELATIVE)
    # Report, PDF and page, in the same words.
    paths = ("/", "/estimate.csv", "/estimate.xlsx", "/api/v1/estimate")
    answers = ask([("GET", path, {"params": query(tables)}) for path in paths])
    assert [each.status_code for each in answers] == [200] * 4
    page, sent, workbook, api = answers
    for text in (words_of_page(page.text), words_of_page(files["html"]), files["pdf"]):
        assert usd(total) in text
        assert usd_in_words(total) in text
        assert f"{count_in_words(needed)} labelled examples" in text
        assert best.model in text
    check(api.json()["options"][0])
    check(next(iter(csv.DictReader(io.StringIO(sent.text)))))
    theirs = openpyxl.load_workbook(io.BytesIO(workbook.content), data_only=True)
    assert value(theirs, names_of(theirs)["answer_total_usd"]) == total


@pytest.mark.parametrize("name", CASES)
def test_every_export_of_a_case_agrees(made, cli, tmp_path, name):
    files = made[f"case-{name}"]
    found = worth(read_case(PROJECT / "examples" / f"{name}.toml"))
    net, present = found.annual["net_usd"].mean, found.finance["npv_usd"]

    def check(answer):
        assert answer["decision"] == found.decision
        assert answer["annual"]["net_usd"]["mean"] == net
        assert answer["finance"]["npv_usd"] == present

    check(files["json"])
    check(cli(*command_in(files["html"])).json)
    check(run_commands(worth_command(found), tmp_path))
    told = run_python(worth_snippet(found), tmp_path)
    assert told["decision"] == found.decision
    assert told["net_usd"] == f"{net!r} USD/year"
    assert told["npv_usd"] == f"{present!r} USD"
    book = files["book"]
    assert errors_in(book) == []
    rows = {row[0].value: row for row in book["Answer"].iter_rows(min_row=5, max_col=4)}
    assert rows["Net of a year"][2].value == "USD/year"
    assert rows["Net of a year"][3].value == pytest.approx(net, rel=RELATIVE)
    assert rows["Net present value"][2].value == "USD"
    assert rows["Net present value"][1].value == pytest.approx(present, rel=RELATIVE)
    bill = {row[0].value: row[4].value for row in book["Bill"].iter_rows(min_row=5)}
    assert bill["A year"] == pytest.approx(found.bill.total_usd, rel=RELATIVE)
    for text in (words_of_page(files["html"]), files["pdf"]):
        assert usd(found.bill.total_usd) in text
        assert found.reason in text
        assert "USD a year" in text
