"""The pages without a browser: they say what the command line says, and refuse in words."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import html
import io
import re
import shlex
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from costcurve import __version__
from costcurve.core.display import count_in_words, usd, usd_in_words
from costcurve.core.parameters import table
from tests.conftest import need

BASE = "http://127.0.0.1:8000"
PAGES = {
    "/": "What will it cost to reach that accuracy?",
    "/curve": "Where does this learning curve go?",
    "/worth": "Is it worth it?",
    "/limits": "How does error fall with compute, and what does the next point cost?",
    "/compare": "Two answers beside each other",
    "/facts": "Facts, with their sources",
    "/reproduce": "Printed numbers beside ours",
}
WILDLIFE = {"target_accuracy": "0.92", "classes": "40", "group": "natural", "limit": "100000"}
CASE = {
    "target_accuracy": "0.92",
    "classes": "40",
    "limit": "100000",
    "usd_per_example": "0.1",
    "predictions_per_year": "1e6",
    "benefit_per_prediction_usd": "0.03",
}
POINTS = "500, 0.21\n1000, 0.15\n2000, 0.11\n4000, 0.082"
HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=y>"
#: Links of version 0.1.0, and what they answer for ever: a change here is a change of the model,
#: which the release notes must tell.
KEPT = [
    (
        "/?target_accuracy=0.965&class_counts=50000%2C+1000&limit=200000&v=0.1.0",
        "Total $92,494.77",
        "96.5% needs about 197,817 labelled examples; you hold 51,000. To label: 146,817.",
    ),
    (
        "/?kind=segmentation&target_accuracy=0.7&classes=10&usd_per_example=20&limit=20000&v=0.1.0",
        "Total $400,000.16",
        "70.0% needs about 22,316 labelled examples; your limit is 20,000.",
    ),
    (
        "/worth?target_accuracy=0.92&classes=40&limit=100000&usd_per_example=0.10"
        "&predictions_per_year=0.5e6+to+2e6&benefit_per_prediction_usd=0.03"
        "&cost_per_error_usd=0.02&v=0.1.0",
        "Is it worth it? ResNet-18 on 4,264 examples A pilot first: one on 4,000 examples, all of",
        "Net $25,612 $7,080 to $51,062",
    ),
]


@pytest.fixture(scope="module")
def get():
    """Ask the application for an address, as a browser on this machine does."""
    need(all(map(_has, ("fastapi", "jinja2", "httpx"))), "the extra web, or httpx")
    import httpx

    from costcurve.faces.web.app import Settings, create_app

    app = create_app(Settings())

    def ask(path, query=None):
        async def answer():
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
                return await client.get(path, params=query)

        return asyncio.run(answer())

    yield ask
    app.state.workers.close()


def words(answer):
    """Return what a page says, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def links(answer):
    """Return what a page leads to, by name."""
    found = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', answer.text)
    return {name: html.unescape(address) for address, name in found}


def printed(answer, name):
    """Return the text of a part that is to be copied."""
    pattern = rf'<summary>{name}</summary><pre tabindex="0">(.*?)</pre>'
    return html.unescape(re.search(pattern, answer.text, re.DOTALL)[1])


def cells(answer, caption):
    """Return the rows of a table that a page shows."""
    found = re.search(
        rf"<caption>{caption}[^<]*</caption>.*?<tbody>(.*?)</tbody>", answer.text, re.DOTALL
    )[1]
    return [
        [html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
        for row in re.findall(r"<tr>(.*?)</tr>", found, re.DOTALL)
    ]


def flags(query):
    return [
        word for name, value in query.items() for word in (f"--{name.replace('_', '-')}", value)
    ]


@pytest.mark.parametrize(("path", "heading"), PAGES.items())
def test_every_page_has_its_heading_and_marks_where_it_is(get, path, heading):
    answer = get(path)
    assert answer.status_code == 200
    assert f"<h1>{heading}</h1>" in answer.text
    assert re.findall(r'<a href="([^"]+)" aria-current="page"', answer.text) == [path]
    assert "style=" not in answer.text
    assert "<style" not in answer.text


def test_an_estimate_is_that_of_the_command_line(get, cli):
    page, found = get("/", WILDLIFE), cli("estimate", *flags(WILDLIFE), "--json").json
    best = found["options"][0]
    assert f"Total {usd(best['total_cost_usd'])}" in words(page)
    needed = count_in_words(best["examples_needed"])
    assert f"needs about {needed} labelled examples" in words(page)
    options = [(row[0], row[4]) for row in cells(page, "Options")]
    assert options == [(each["model"], usd(each["total_cost_usd"])) for each in found["options"]]
    assert get("/api/v1/estimate", WILDLIFE).json() == found


def test_worth_is_that_of_the_command_line(get, cli, tmp_path):
    lines: dict[str, list[str]] = {}
    for name, value in CASE.items():
        lines.setdefault(table()[name].group, []).append(f"{name} = {value}")
    case = tmp_path / "case.toml"
    case.write_text("\n".join(f"[{group}]\n" + "\n".join(rows) for group, rows in lines.items()))
    found = cli("worth", str(case), "--json").json
    page = get("/worth", CASE)
    said = {"go": "Go:", "no-go": "No-go:", "pilot-first": "A pilot first:"}[found["decision"]]
    assert said in words(page)
    net = found["annual"]["net_usd"]
    assert ["Net", usd_in_words(net["mean"])] in [row[:2] for row in cells(page, "A year")]


def test_a_curve_is_that_of_the_command_line(get, cli, tmp_path):
    runs = tmp_path / "runs.csv"
    seen = "\n".join(f"{line},1" for line in POINTS.splitlines())
    runs.write_text(f"examples,error,is_seen\n{seen}\n8000,,0\n64000,,0\n")
    columns = ("--x", "examples", "--error", "error", "--fit", "is_seen")
    found = cli("curve", str(runs), *columns, "--target-error", "0.03", "--json").json
    page = get("/curve", {"points": POINTS, "target_error": "0.03"})
    rows = {row[0]: row[1:] for row in cells(page, "What to expect")}
    for each in found["predictions"]:
        shown = rows[count_in_words(each["examples"])]
        assert shown[0] == f"{each['p50']:.4g}"
        assert shown[1] == f"{each['p05']:.4g} to {each['p95']:.4g}"
    assert f"at examples = {count_in_words(found['needed_p50'])}" in words(page)


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/", {**WILDLIFE, "target_accuracy": "1.5"}, "target_accuracy"),
        ("/", {**WILDLIFE, "limit": "many"}, "limit"),
        ("/", {**WILDLIFE, "kind": "poetry"}, "kind"),
        ("/worth", {**CASE, "benefit_per_prediction_usd": "nan"}, "benefit_per_prediction_usd"),
        ("/curve", {"points": POINTS, "target_error": "7"}, "target_error"),
        ("/curve", {"points": "500, 0.2\nten, 0.1", "target_error": "0.1"}, "points"),
        ("/limits", {"benchmark": "imagenet", "target_error": "2"}, "target_error"),
        ("/compare", {"a": "/?target_accuracy=2&classes=3", "b": "/?target_accuracy=0.9"}, "a"),
        ("/compare", {"a": "http://[oops", "b": "/?target_accuracy=0.9&classes=3"}, "a"),
        ("/facts", {"table": "grids", "sort": "shoe_size"}, "sort"),
        ("/facts", {"table": "shoes"}, "table"),
        ("/reproduce", {"study": "shoes"}, "study"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(get, path, query, field):
    answer = get(path, query)
    assert answer.status_code == 422
    beside = re.search(rf'<p class="error" id="e-{field}">(.*?)</p>', answer.text)[1]
    assert beside
    top = re.search(r'<div class="findings" role="alert">.*?</div>', answer.text, re.DOTALL)[0]
    assert f'data-field="{field}"' in top
    assert re.search(rf'id="f-{field}"[^>]*aria-invalid="true"', answer.text)
    for value in query.values():
        assert html.escape(value) in answer.text


def test_every_finding_is_told_at_once(get):
    answer = get("/curve", {"points": "x\ny", "target_error": "9", "worth_usd": "-1"})
    told = set(re.findall(r'data-field="(\w+)"', answer.text))
    assert told == {"points", "target_error", "worth_usd"}


def test_html_in_every_field_stays_text(get):
    every = [name for name, each in table().items() if each.group != "law"]
    asked = {
        "/": every,
        "/worth": every,
        "/curve": ["points", "target_error", "usd_per_example", "worth_usd"],
        "/limits": ["benchmark", "target_error"],
        "/compare": ["a", "b"],
        "/facts": ["table", "search", "sort"],
        "/reproduce": ["study"],
    }
    for path, names in asked.items():
        for query in (dict.fromkeys(names, HOSTILE), {"v": HOSTILE}):
            answer = get(path, query)
            assert answer.status_code in {200, 422}, (path, query)
            assert "<script>alert" not in answer.text
            assert "<img src=x" not in answer.text
            assert "alert(" in answer.text


@pytest.mark.parametrize("path", ["/", "/worth", "/estimate.csv", "/estimate.xlsx"])
@pytest.mark.parametrize("counts", ["../../etc/passwd", "/etc/passwd", "pyproject.toml", "."])
def test_counts_are_never_the_name_of_a_file(get, path, counts):
    answer = get(path, {**CASE, "class_counts": counts, "classes": ""})
    assert answer.status_code == 422
    assert "class_counts" in answer.text
    assert "root:" not in answer.text


def test_exports_hold_what_the_page_shows(get):
    need(_has("xlsxwriter") and _has("openpyxl"), "xlsxwriter or openpyxl")
    page = get("/", WILDLIFE)
    told = links(page)
    rows = list(csv.DictReader(io.StringIO(get(told["CSV"]).text)))
    shown = {row[0]: row[4] for row in cells(page, "Options")}
    assert {row["model"]: usd(float(row["total_cost_usd"])) for row in rows} == shown
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(get(told["Workbook"]).content), data_only=True)
    values = {
        cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, int | float)
    }
    best = min(float(row["total_cost_usd"]) for row in rows)
    assert any(value == pytest.approx(best, rel=1e-9) for value in values)
    assert get(told["JSON"]).json()["options"][0]["total_cost_usd"] == pytest.approx(best)


def test_a_share_link_holds_all_that_was_given_and_the_version(get):
    address = links(get("/", {**WILDLIFE, "epochs": "", "other": "thing"}))["This link"]
    assert dict(parse_qsl(urlsplit(address).query)) == {
        **WILDLIFE,
        "v": __version__,
        "d": data_version(),
    }
    assert words(get(address)) == words(get("/", WILDLIFE))


def data_version():
    from costcurve.faces.web.forms import data_version as made

    return made()


def test_a_link_of_other_facts_says_so(get):
    assert "the facts and laws 0123456789, not" in words(get("/", {**WILDLIFE, "d": "0123456789"}))
    assert "made with" not in words(get("/", {**WILDLIFE, "d": data_version()}))


def test_a_link_of_another_version_says_so(get):
    assert "made with version 0.0.9" in words(get("/", {**WILDLIFE, "v": "0.0.9"}))
    assert "made with version" not in words(get("/", {**WILDLIFE, "v": __version__}))


def test_facts_that_are_shown_are_those_of_the_file(get):
    query = {"table": "models", "search": "convnext", "sort": "-parameters"}
    page = get("/facts", query)
    rows = list(csv.DictReader(io.StringIO(get(links(page)["CSV of these rows"]).text)))
    assert [row["name"] for row in rows] == [row[0] for row in cells(page, "Model")]
    assert all("convnext" in str(row).casefold() for row in rows)
    sizes = [float(row["parameters"]) for row in rows]
    assert sizes == sorted(sizes, reverse=True)
    assert 0 < len(rows) < 40


def test_a_comparison_adds_up(get, cli):
    other = {**WILDLIFE, "target_accuracy": "0.93", "usd_per_example": "0.9"}
    page = get("/compare", {"a": f"/?{urlencode(WILDLIFE)}", "b": f"{BASE}/?{urlencode(other)}"})
    rows = {row[0]: row[1:] for row in cells(page, "The bill")}
    one, two = (cli("estimate", *flags(each), "--json").json for each in (WILDLIFE, other))
    totals = [each["options"][0]["total_cost_usd"] for each in (one, two)]
    assert rows["Total"] == [*map(usd, totals), f"+{usd(totals[1] - totals[0])}"]
    lines = [rows[item["label"]] for item in one["options"][0]["bill"]]
    for place, total in enumerate(totals):
        shown = sum(float(line[place].strip("$").replace(",", "")) for line in lines)
        # Each line is rounded to a cent.
        assert shown == pytest.approx(total, abs=0.01 * len(lines))
    apart = {row[0]: row[1:] for row in cells(page, "What was asked")}
    assert apart == {"target_accuracy": ["0.92", "0.93"], "usd_per_example": ["default", "0.9"]}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"pretrained": "false"},
        {"pretrained": "true", "class_counts": "cat=900, dog=80", "classes": ""},
        {"mode": "as-published"},
        {"mode": "calibrated", "overrides": "examples_held=50"},
    ],
)
def test_the_command_on_the_page_gives_the_same_total(get, cli, more):
    page = get("/", WILDLIFE | more)
    program, *arguments = shlex.split(printed(page, "Command line").replace("\\\n", " "))
    assert program == "costcurve"
    found = cli(*arguments, "--json").json
    assert f"Total {usd(found['options'][0]['total_cost_usd'])}" in words(page)


def test_the_snippet_on_the_page_prints_the_same_figures(get, cli):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(printed(get("/", WILDLIFE), "Python"), {})  # noqa: S102 - that is what is tested
    best = cli("estimate", *flags(WILDLIFE), "--json").json["options"][0]
    assert f"model: {best['model']}" in said.getvalue()
    assert f"total_cost_usd: {best['total_cost_usd']!r} USD" in said.getvalue()


def test_the_case_on_the_page_is_that_of_the_command_line_and_of_python(get, cli, tmp_path):
    page = get("/worth", {**CASE, "predictions_per_year": "0.5e6 to 2e6"})
    lines = printed(page, "Command line").splitlines()
    assert lines[-1] == "costcurve worth case.json"
    case = tmp_path / "case.json"
    case.write_text("\n".join(lines[1:-2]))
    found = cli("worth", str(case), "--json").json
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(printed(page, "Python"), {})  # noqa: S102 - that is what is tested
    assert f"net_usd: {found['annual']['net_usd']['mean']!r} USD/year" in said.getvalue()
    card = cli("worth", str(case)).out.split()
    assert " ".join(cells(page, "A year")[2]) in " ".join(card)


def test_the_runs_on_the_page_are_those_of_the_command_line(get, cli, tmp_path):
    page = get("/curve", {"points": f"size; error\n{POINTS}", "target_error": "0.03"})
    *lines, command = printed(page, "Command line").splitlines()
    runs = tmp_path / "runs.csv"
    runs.write_text("\n".join(lines[1:-1]))
    program, name, file, *arguments = shlex.split(command)
    assert (program, file) == ("costcurve", "runs.csv")
    found = cli(name, str(runs), *arguments, "--json").json
    assert f"at examples = {count_in_words(found['needed_p50'])}" in words(page)


def test_the_next_run_on_the_page_is_that_of_the_command_line_and_of_python(get, cli, tmp_path):
    asked = {"target_error": "0.03", "usd_per_example": "0.6", "worth_usd": "5000"}
    page = get("/curve", {"points": POINTS, **asked})
    *lines, command = printed(page, "Command line").splitlines()
    runs = tmp_path / "runs.csv"
    runs.write_text("\n".join(lines[1:-1]))
    _, name, _, *arguments = shlex.split(command)
    found = cli(name, str(runs), *arguments, "--json").json["next_run"]
    assert found == get(links(page)["JSON"]).json()["next_run"]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(printed(page, "Python"), {})  # noqa: S102 - that is what is tested
    assert f"decision: {found['decision']}, net_usd: {found['net_usd']!r} USD" in said.getvalue()


@pytest.mark.parametrize("name", ["costs", "matters"])
def test_charts_are_pictures_too(get, name):
    need(_has("vl_convert"), "vl-convert-python")
    answer = get(f"/chart/{name}.svg", WILDLIFE)
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.text.startswith("<svg")
    assert get("/chart/shoes.svg").status_code == 404


@pytest.mark.parametrize(("address", "total", "examples"), KEPT)
def test_links_of_this_version_answer_the_same_for_ever(get, address, total, examples):
    said = words(get(address))
    assert total in said
    assert examples in said


def _has(module):
    import importlib.util

    return importlib.util.find_spec(module) is not None
