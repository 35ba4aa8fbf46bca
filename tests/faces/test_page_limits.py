"""What a page refuses, and how: too much work, doubtful columns, signs that a shell would run."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shlex
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costcurve.core.errors import InputError
from costcurve.faces.web.work import REMEMBERED_CHARACTERS, Answer, Workers
from tests.conftest import need
from tests.faces.test_page_tables import CASE, MODELS, _has, post
from tests.faces.test_pages import cells, get, links, printed, words  # noqa: F401 - a fixture

#: Falls by a hundredth of a decade in a decade of compute: to 1e-9 it is some 900 decades.
FLAT = "1,0.5\n10,0.49\n100,0.48\n1000,0.475\n1e4,0.47\n1e5,0.46"
TASK = {"target_accuracy": "0.9", "classes": "10"}


def test_a_target_beyond_all_numbers_is_answered_and_drawn(get):  # noqa: F811
    need(_has("scipy") and _has("vl_convert"), "scipy or vl-convert")
    query = {"rows": FLAT, "target_error": "1e-9"}
    assert get("/limits", query).status_code == 200
    assert get("/chart/limits.svg", query).text.startswith("<svg")


@pytest.mark.parametrize(
    "points",
    ["1e307,.3\n1.5e307,.2\n1.7e308,.1", "1,1e-300\n2,1e-301\n3,1e-302", "1,1e-300\n2,.5\n3,.3"],
)
@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
def test_runs_at_the_ends_of_numbers_leave_as_files(get, points):  # noqa: F811
    need(_has("xlsxwriter"), "xlsxwriter")
    for ending in ("json", "csv", "xlsx"):
        answer = get(f"/curve.{ending}", {"points": points, "target_error": "1e-9"})
        assert answer.status_code == 200, (ending, answer.text)


@pytest.mark.parametrize("name", ["alternative", "roles", "lines", "products"])
def test_a_line_without_a_name_is_refused_beside_its_field(get, name):  # noqa: F811
    page = get("/worth", {**CASE, name: "a, 1\n, 2"})
    assert page.status_code == 422
    assert "line 2 is not allowed; must have a name" in words(page)


def test_too_many_draws_are_refused_with_all_else_that_is_wrong(get):  # noqa: F811
    for path in ("/", "/worth"):
        page = get(path, {**TASK, "classes": "none", "draws": "1000000"})
        assert page.status_code == 422
        assert {"classes", "draws"} <= set(re.findall(r'<li data-field="(\w+)"', page.text))
        assert get(path, {**TASK, "draws": "1000000"}).status_code == 422


def test_too_many_targets_are_refused(get):  # noqa: F811
    page = get("/limits", {"target_error": ",".join(["0.05"] * 101)})
    assert page.status_code == 422
    assert "must be at most 100 here" in words(page)


def test_errors_are_in_per_cent_only_where_that_is_said(get):  # noqa: F811
    page = get("/limits", {"rows": MODELS, "error_percent": "false"})
    assert page.status_code == 422
    assert '<li data-field="error_percent"' in page.text


@pytest.mark.parametrize(
    ("path", "field", "text", "same"),
    [
        ("/limits", "rows", "error,flop\n.5,1\n.4,9\n.3,99\n.2,999", "1,.5\n9,.4\n99,.3\n999,.2"),
        ("/curve", "points", "error,examples\n.5,9\n.4,99\n.3,999", "9,.5\n99,.4\n999,.3"),
    ],
)
def test_columns_that_are_named_may_stand_in_any_order(get, path, field, text, same):  # noqa: F811
    need(_has("scipy"), "scipy")
    one, other = (get(f"{path}.json", {field: each}).json() for each in (text, same))
    assert one == other


def test_a_column_that_cannot_be_told_is_asked_for(get):  # noqa: F811
    page = get("/limits", {"rows": "model,error,flop\n1,.5,1\n2,.4,9\n3,.3,99"})
    assert page.status_code == 422
    assert "must name the column of the compute so" in words(page)


def test_what_a_form_calls_a_column_is_never_taken_from_another():
    content = b"model,flop,top1\na,1e9,0.4\nb,1e10,0.3\n"
    answer = post("/limits/upload", content, error="top1")
    assert answer.status_code == 422
    assert "must name the column of the compute so" in words(answer)
    # What was typed is still there.
    assert 'value="top1"' in answer.text
    answer = post("/limits/upload", content, compute="flop", error="top1")
    rows = parse_qs(urlsplit(answer.headers["location"]).query)["rows"]
    assert rows == ["compute,error\n1e9,0.4\n1e10,0.3\n"]
    # A column that has the name already does not take its place.
    swapped = post("/curve/upload", b"error,examples\n5,0.1\n", error="examples", examples="error")
    points = parse_qs(urlsplit(swapped.headers["location"]).query)["points"]
    assert points == ["examples,error\n5,0.1\n"]
    assert post("/curve/upload", b"a,b\n5,0.1\n", error="a", examples="a").status_code == 422


def test_of_a_wide_file_only_what_is_used_must_fit_into_a_link():
    wide = "n,err,note\n" + "".join(f"{n},0.5,{'x' * 400}\n" for n in range(1, 1500))
    assert post("/curve/upload", wide.encode(), examples="n", error="err").status_code == 303
    long = "n,err\n" + "".join(f"{n},0.{'5' * 40}\n" for n in range(1, 1500))
    answer = post("/curve/upload", long.encode(), examples="n", error="err")
    assert answer.status_code == 422
    assert "48,000 characters" in words(answer)


def test_a_refused_upload_stands_beside_no_answer():
    answer = post("/curve/upload", b"\xff\xfe")
    assert "What to expect" not in answer.text
    assert 'action="/curve"' in answer.text


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters='\r\n\t;,"\x00'), max_size=12))
def test_no_command_of_a_page_holds_what_ends_a_paste(cell):
    from costcurve.faces.web.limits_page import content

    need(_has("scipy"), "scipy")
    # By a cell with an escape a link could end the paste of a terminal, and begin a command.
    text = f"compute,error,group\n1,.5,{cell}\n9,.4,\x1b[201~\x03 rm\n99,.3,c\n999,.2,d"
    try:
        command = content({"rows": text})["command"]
    except (InputError, KeyError):  # the cell cannot be used, which the page says
        return
    assert all(sign == "\n" or sign.isprintable() for sign in command)
    *file, last = command.splitlines()
    assert file.count("END") == 1
    assert file[-1] == "END"
    assert shlex.split(last)[:2] == ["costcurve", "limits"]


def test_a_page_is_never_that_of_another_address(get):  # noqa: F811
    # One name with an equals sign, or its value: neither is the other's answer.
    every = get("/facts?" + urlencode({"search=a": "b"}))
    none = get("/facts?" + urlencode({"search": "a=b"}))
    assert words(every) != words(none)


def test_long_questions_count_as_what_is_remembered():
    import asyncio

    from costcurve.faces.web.settings import Settings

    asked = 0

    def made(_):
        nonlocal asked
        asked += 1
        return Answer("short")

    async def ask(workers):
        for number in (0, 1, 2, 0):
            await workers.answer((f"{number}" * (REMEMBERED_CHARACTERS // 2),), made)

    workers = Workers(Settings())
    asyncio.run(ask(workers))
    workers.close()
    # The first was forgotten when the others came.
    assert asked == 4


def test_two_kinds_of_answers_are_not_subtracted(get):  # noqa: F811
    need(_has("numpy_financial") and _has("scipy"), "numpy-financial or scipy")
    page = get("/compare", {"a": f"/?{urlencode(TASK)}", "b": f"/worth?{urlencode(CASE)}"})
    assert page.status_code == 422
    assert "of the same page" in words(page)


def test_both_links_are_looked_at(get):  # noqa: F811
    page = get("/compare", {"a": "nothing", "b": "nothing else"})
    assert re.findall(r'<li data-field="(\w+)"', page.text) == ["a", "b"]


def test_a_table_that_is_none_leads_nowhere_else(get):  # noqa: F811
    page = get("/facts", {"table": "../../etc"})
    assert links(page)["JSON"].startswith("/api/v1/facts/..%2F..%2Fetc?")


def test_the_pasted_table_in_another_order_is_that_of_the_command(get, cli, tmp_path):  # noqa: F811
    need(_has("scipy"), "scipy")
    page = get("/limits", {"rows": "error,flop\n.5,1\n.4,9\n.3,99\n.2,999", "target_error": ".1"})
    *lines, command = printed(page, "Command line").splitlines()
    models = tmp_path / "models.csv"
    models.write_text("\n".join(lines[1:-1]))
    _, name, flag, _, *rest = shlex.split(command)
    ours = cli(name, flag, str(models), *rest, "--json").json
    assert json.loads(get(links(page)["JSON"]).text) == ours


@pytest.mark.parametrize(
    ("address", "query", "field", "heading"),
    [
        ("/limits.csv", {"rows": MODELS}, "target_error", "How does error fall"),
        ("/curve.json", {"points": "x\ny"}, "points", "Where does this learning curve go?"),
        ("/estimate.csv", {**TASK, "classes": "no"}, "classes", "What will it cost"),
        ("/facts.csv", {"table": "shoes"}, "table", "Facts, with their sources"),
        ("/reproduce.csv", {"study": "shoes"}, "study", "Printed numbers beside ours"),
    ],
)
def test_a_browser_is_told_on_the_page_why_there_is_no_file(get, address, query, field, heading):  # noqa: F811
    need(_has("scipy"), "scipy")
    from tests.faces.web import ask

    page = ask("GET", address, params=query, headers={"accept": "text/html,*/*;q=0.8"})
    assert page.status_code == 422
    assert f"<h1>{heading}" in page.text
    assert re.search(rf'<li data-field="{field}"', page.text)
    assert "content-disposition" not in page.headers
    # What was asked is still in the form, and no answer stands below.
    for value in query.values():
        assert html.escape(value.strip()) in page.text
    assert "Take it away" not in page.text
    told = get(address, query).json()["findings"]
    assert field in {each["field"] for each in told}


@pytest.mark.parametrize(
    ("query", "flags"),
    [
        ({"benchmark": "imagenet", "published": "true"}, ["--published"]),
        (
            {"benchmark": "imagenet", "budget_usd": "1e6", "hardware": "GPUs of every kind"},
            ["--hardware", "GPUs of every kind"],
        ),
        (
            {"budget_usd": "1e6", "algorithms": "Algorithms to the error of AlexNet"},
            ["--algorithms", "Algorithms to the error of AlexNet"],
        ),
        ({"rows": MODELS, "target_error": "0.1", "backtest": "true"}, ["--backtest"]),
    ],
)
def test_what_the_command_may_be_told_the_page_may_too(get, cli, tmp_path, query, flags):  # noqa: F811
    need(_has("scipy"), "scipy")
    page = get("/limits", query)
    assert page.status_code == 200
    *lines, command = printed(page, "Command line").splitlines()
    _, *arguments = shlex.split(command)
    if lines:
        models = tmp_path / "models.csv"
        models.write_text("\n".join(lines[1:-1]))
        arguments = [str(models) if word == "models.csv" else word for word in arguments]
    start = arguments.index(flags[0])
    assert arguments[start : start + len(flags)] == flags
    assert get(links(page)["JSON"]).json() == cli(*arguments, "--json").json


def test_a_pdf_of_too_many_points_is_refused(get):  # noqa: F811
    need(_has("weasyprint"), "weasyprint")
    points = "\n".join(f"{n},{1 / (n + 1):.4f}" for n in range(1, 502))
    answer = get("/curve.pdf", {"points": points})
    assert answer.status_code == 422
    assert "at most 500 in a PDF" in answer.json()["findings"][0]["allowed"]


def test_a_share_of_people_has_no_unit_of_one(get):  # noqa: F811
    need(_has("numpy_financial") and _has("scipy"), "numpy-financial or scipy")
    page = get("/worth", {**CASE, "roles": "engineer, 90, 320, 100"})
    assert {row[0]: row[1] for row in cells(page, "The bill")}["People"] == "1"


def test_sums_beyond_all_prefixes_are_written_with_an_exponent():
    need(_has("vl_convert"), "vl-convert")
    from costcurve.charts.estimate import what_matters
    from costcurve.charts.files import as_svg

    row = {"label": "slope", "move": "one sd", "low_usd": 1e4, "high_usd": 1e38}
    drawn = as_svg(what_matters([row]))
    assert "$1e+" in drawn
    assert "0000Y" not in drawn


def test_the_first_view_of_a_curve_does_not_weigh_runs(get, monkeypatch):  # noqa: F811
    from costcurve.faces.web import curve_page

    def weighed(*_, **__):
        raise AssertionError("takes seconds")

    monkeypatch.setattr(curve_page, "next_run", weighed)
    page = get("/curve")
    assert page.status_code == 200
    assert "What to expect" in words(page)


@pytest.mark.parametrize(
    ("path", "query", "name"),
    [
        ("/limits", {"benchmark": "image;$(net)\n"}, "image;$(net)"),
        ("/limits", {"benchmark": "ms\x03\n`co`>co"}, "ms  `co`>co"),
        ("/", {**TASK, "models": "ResNet\x1b;\x03\n$(50)"}, "ResNet ;  $(50)"),
        ("/", {**TASK, "accelerator": "h'100\x03"}, "h'100"),
    ],
)
def test_names_that_a_link_holds_are_one_word_of_a_printed_command(get, path, query, name):  # noqa: F811
    need(_has("scipy"), "scipy")
    # Names are found whatever signs stand between their letters, so a link may hold any.
    page = get(path, query)
    assert page.status_code == 200
    command = printed(page, "Command line")
    assert all(sign == "\n" or sign.isprintable() for sign in command)
    assert name in [word.strip() for word in shlex.split(command)]


def test_a_command_of_several_lines_stands_in_a_report_as_it_is():
    from costcurve.faces.report import Report

    command = "cat > a.json <<'END'\n{}\nEND\ncostcurve worth a.json \x1b[31m"
    text = Report("Title", (), command=command).html()
    found = html.unescape(re.search(r"<pre>(.*?)</pre>", text, re.DOTALL)[1])
    assert found == command.replace("\x1b", " ")


def test_a_row_of_the_file_has_plain_cells(get):  # noqa: F811
    need(_has("scipy"), "scipy")
    query = {"benchmark": "ms-coco", "target_error": "0.3"}
    header, row = csv.reader(io.StringIO(get("/limits.csv", query).text))
    cells = dict(zip(header, row, strict=True))
    today = get("/limits.json", query).json()["projections"][0]["today"]
    assert "today" not in cells
    assert {name: float(cells[f"today_{name}"]) for name in today} == today
