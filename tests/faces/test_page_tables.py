"""Tables that are pasted or uploaded into pages, and the files that answers leave as."""

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

from tests.conftest import need
from tests.faces.test_pages import cells, get, links, printed, words  # noqa: F401 - a fixture

BASE = "http://127.0.0.1:8000"
MODELS = """model; compute; error; date; group
a; 1e9; 0.40; 2012-06-01; x
b; 3e9; 0.33; 2013-06-01; v
c; 1e10; 0.29; 2014-06-01; y
d; 5e10; 0.25; 2015-06-01; y
e; 2e11; 0.21; 2016-06-01; z
f; 1e12; 0.17; 2017-06-01; z
g; 6e12; 0.15; 2018-06-01; w
h; 3e13; 0.12; 2019-06-01; w
"""
CASE = {
    "target_accuracy": "0.92",
    "classes": "40",
    "limit": "100000",
    "usd_per_example": "0.10",
    "predictions_per_year": "1e6",
    "benefit_per_prediction_usd": "0.03",
    "cost_per_error_usd": "0.02",
}
LISTS = {
    "alternative": "rules, 0.8, 5000\n=cmd|' /C calc'!A0, 0.7, 100",
    "roles": "engineer, 90, 320, 100",
    "lines": "grant, 5000, 1, false\nsaved rent, 100, 2, true",
    "products": "strawberries, 4, 2.5, 120, 40, 30",
}
LIMITS = {"rows": MODELS, "target_error": "0.1, 0.05"}


def post(path, content, name="runs.csv", **columns):
    """Upload a file and return the answer, which is not followed."""
    from tests.faces.web import ask

    files = {"file": (name, content, "text/csv")}
    return ask("POST", path, files=files, data=columns)


def test_a_pasted_table_of_models_is_that_of_the_command_line(get, cli, tmp_path):  # noqa: F811
    need(_has("scipy"), "scipy")
    page = get("/limits", LIMITS)
    assert page.status_code == 200
    *lines, command = printed(page, "Command line").splitlines()
    models = tmp_path / "models.csv"
    models.write_text("\n".join(lines[1:-1]))
    program, name, flag, file, *rest = shlex.split(command)
    assert (program, name, flag, file) == ("costcurve", "limits", "--from", "models.csv")
    ours = cli(name, flag, str(models), *rest, "--json").json
    assert json.loads(get(links(page)["JSON"]).text) == ours
    rows = list(csv.DictReader(io.StringIO(get(links(page)["CSV"]).text)))
    told = [float(row["log10_compute"]) for row in rows]
    assert told == [each["log10_compute"] for each in ours["projections"]]


def test_the_picture_of_limits_holds_models_lines_and_targets(get):  # noqa: F811
    need(_has("scipy") and _has("vl_convert"), "scipy or vl-convert")
    # Without dates: with them these few models leave no frontier to be told.
    undated = "\n".join(";".join(line.split(";")[1:3]) for line in MODELS.splitlines())
    query = {**LIMITS, "rows": undated}
    page = get("/limits", query)
    spec = html.unescape(re.search(r'id="spec-limits">(.*?)</script>', page.text, re.DOTALL)[1])
    points, lines = (layer["data"]["values"] for layer in json.loads(spec)["layer"])
    assert len(points) == 8
    assert {row["line"] for row in lines} == {
        "average", "best achievable", "90% of models at 0.1", "90% of models at 0.05",
    }  # fmt: skip
    # Beside the picture stand its lines; the average starts at the least compute.
    table = {row[0]: row[1] for row in cells(page, "The lines as they are drawn")}
    first = next(row for row in lines if row["line"] == "average")
    assert table["average"].endswith(f"at {first['compute']:.3g}")
    drawn = get("/chart/limits.svg", query)
    assert drawn.status_code == 200
    assert drawn.text.startswith("<svg")


@pytest.mark.parametrize(
    ("query", "field", "words_"),
    [
        ({"rows": MODELS, "benchmark": "imagenet"}, "benchmark", "left out with a table"),
        ({"rows": "1, 2, 3\n4, 5"}, "rows", "must be 3 cells"),
        ({"rows": "a, a\n1, 2"}, "rows", "the name of one column"),
        ({"rows": "1\n2"}, "rows", "two columns"),
        ({"rows": "compute, error\n1e9, nan\n2e9, 0.5"}, "rows", "must be a number above 0"),
        ({"rows": "1, 2, 3, 4, 5"}, "rows", "must be at most 4"),
        ({"rows": "1, 0.5\n" * 2001}, "rows", "2,001 lines"),
        ({"rows": 'a, b\n"1, 2'}, "rows", "is no CSV"),
        ({"benchmark": "imagenet", "target_error": "0.1, x"}, "target_error", "a fraction"),
        ({"benchmark": "imagenet", "form": "cubic"}, "form", "must be one of"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_beside_its_field(get, query, field, words_):  # noqa: F811
    need(_has("scipy"), "scipy")
    page = get("/limits", query)
    assert page.status_code == 422
    assert re.search(rf'<li data-field="{field}"', page.text)
    assert words_ in words(page)


def test_an_uploaded_file_becomes_part_of_the_address():
    content = b"seed,n,err\n0,500,0.21\n0,1000,0.15\n0,2000,0.11\n"
    answer = post("/curve/upload", content, examples="n", error="err")
    assert answer.status_code == 303
    where = urlsplit(answer.headers["location"])
    assert where.path == "/curve"
    assert parse_qs(where.query)["points"] == ["examples,error\n500,0.21\n1000,0.15\n2000,0.11\n"]
    answer = post("/limits/upload", MODELS.encode())
    rows = parse_qs(urlsplit(answer.headers["location"]).query)["rows"][0]
    assert rows.splitlines()[:2] == ["compute,error,date,group", "1e9,0.40,2012-06-01,x"]


@pytest.mark.parametrize(
    ("content", "columns", "words_"),
    [
        (b"", {}, "must hold a line"),
        (b"\xff\xfe\x00rubbish", {}, "must be text in UTF-8"),
        (b"PK\x03\x04" + b"\x00" * 100, {}, "file"),
        (b"n,err\n1,0.5\n2,0.4\n", {"examples": "size"}, "no such column"),
        (b"n,err\n" + b"1,0.5\n" * 3000, {}, "lines"),
        (b"\x1f\x8b" + b"\x00" * 64, {}, "must be text in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_on_the_page(content, columns, words_):
    answer = post("/curve/upload", content, name="../../etc/passwd", **columns)
    assert answer.status_code == 422
    assert words_ in words(answer)
    assert 'action="/curve"' in answer.text


def test_no_file_no_page_and_too_large_a_file():
    from tests.faces.web import ask

    assert ask("POST", "/curve/upload", data={"examples": "n"}).status_code == 422
    assert post("/worth/upload", b"a,b\n1,2\n").status_code == 404
    assert post("/curve/upload", b"1,0.5\n" * 400_000).status_code == 413


def test_lists_of_a_case_are_those_of_its_file(get, cli, tmp_path):  # noqa: F811
    need(_has("numpy_financial") and _has("scipy"), "numpy-financial or scipy")
    page = get("/worth", {**CASE, **LISTS})
    assert page.status_code == 200
    *lines, _ = printed(page, "Command line").splitlines()
    text = "\n".join(lines[1:-1])
    case = json.loads(text)
    assert list(case["alternative"]) == ["rules", "=cmd|' /C calc'!A0"]
    assert case["people"]["roles"][0]["hours_per_year"] == 100
    assert case["benefit"]["lines"][1] == {
        "name": "saved rent", "usd": 100, "year": 2, "every_year": True,
    }  # fmt: skip
    file = tmp_path / "case.json"
    file.write_text(text)
    ours = cli("worth", str(file), "--json").json
    assert json.loads(get(links(page)["JSON"]).text) == ours
    assert {each["name"] for each in ours["alternatives"]} >= {"rules", "=cmd|' /C calc'!A0"}
    lines = list(csv.DictReader(io.StringIO(get(links(page)["CSV"]).text)))
    assert [float(row["cost_usd"]) for row in lines] == [row["cost_usd"] for row in ours["lines"]]


@pytest.mark.parametrize(
    ("name", "text", "words_"),
    [
        ("roles", "engineer, ninety, 3, 4", "must be a number"),
        ("lines", "rent, 5, 1, maybe", "must be true or false"),
        ("alternative", "x, 2", "less than or equal to 1"),
        ("alternative", "rules, 0.5\nrules, 0.6", "the name of one line"),
        ("alternative", "\n".join(f"way {n}, 0.5" for n in range(21)), "at most 20"),
        ("products", "a, 1, 2\nb, 1", "must be 3 cells"),
        ("roles", "who, usd_per_hour\nme, 3", "must have a column name"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_beside_its_field(get, name, text, words_):  # noqa: F811
    page = get("/worth", {**CASE, name: text})
    assert page.status_code == 422
    assert re.search(rf'<li data-field="{name}"', page.text)
    assert words_ in words(page)


@pytest.mark.parametrize("page", ["estimate", "worth", "curve", "limits", "reproduce", "facts"])
def test_every_file_of_a_page_is_one(get, page):  # noqa: F811
    need(all(map(_has, ("scipy", "numpy_financial", "xlsxwriter", "vl_convert"))), "an extra")
    first = get("/" if page == "estimate" else f"/{page}")
    files = {
        name: address for name, address in links(first).items()
        if address.startswith(f"/{page}.")
    }  # fmt: skip
    assert files
    starts = {"JSON": b"{", "Report": b"<!doctype html>", "Workbook": b"PK", "PDF": b"%PDF"}
    for name, address in files.items():
        answer = get(address)
        assert answer.status_code == 200, name
        assert answer.headers["content-disposition"].startswith("attachment; filename=")
        assert answer.content.startswith(starts.get(name, b"")), name


def test_a_file_of_what_cannot_be_answered_is_refused(get):  # noqa: F811
    assert get("/worth.json", {**CASE, "target_accuracy": "2"}).status_code == 422
    assert get("/worth.exe", CASE).status_code == 404
    assert get("/nothing.json").status_code == 404


def test_a_study_shows_its_figures(get):  # noqa: F811
    need(_has("scipy") and _has("vl_convert"), "scipy or vl-convert")
    query = {"study": "computational-limits"}
    page = get("/reproduce", query)
    figures = re.findall(r'id="spec-(figure[^"]+)"', page.text)
    assert {"figure1a", "figure2a", "figure3"} <= set(figures)
    assert get("/chart/figure3.svg", query).text.startswith("<svg")
    assert get("/chart/figure99.svg", query).status_code == 404


def test_two_cases_of_worth_are_compared_line_by_line(get):  # noqa: F811
    need(_has("numpy_financial") and _has("scipy"), "numpy-financial or scipy")
    other = {**CASE, "usd_per_example": "0.20"}
    links_ = {"a": f"/worth?{urlencode(CASE)}", "b": f"{BASE}/worth?{urlencode(other)}"}
    rows = {row[0]: row[1:] for row in cells(get("/compare", links_), "The bill, line by line")}
    totals = [
        sum(line["cost_usd"] for line in json.loads(get("/worth.json", each).text)["lines"])
        for each in (CASE, other)
    ]
    shown = [float(cell.replace("$", "").replace(",", "")) for cell in rows["Total"][:2]]
    # The page shows cents, or dollars where they are many.
    assert shown == pytest.approx(totals, abs=0.6)
    assert rows["What to do"][0]


def test_too_long_a_cell_is_refused_and_other_tables_are_read_as_before():
    import csv as library

    from costcurve.core.errors import InputError
    from costcurve.faces.web.pasted import pasted

    limit = library.field_size_limit()
    with pytest.raises(InputError, match="line 2 is not allowed; must have cells of at most"):
        pasted("rows", f"left,right\n1,{'x' * 1001}", ("left", "right"))
    assert library.field_size_limit() == limit


@settings(max_examples=60, deadline=None)
@given(
    cells_=st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters='\r\n\t;,"\x00'), max_size=8),
            min_size=2,
            max_size=2,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_pasted_cells_come_back_or_are_refused_in_words(cells_):
    from costcurve.core.errors import InputError, printable
    from costcurve.faces.web.pasted import pasted

    text = "\n".join(",".join(row) for row in [["left", "right"], *cells_])
    try:
        found = pasted("rows", text, ("left", "right"))
    except InputError as error:
        assert all(each.field == "rows" for each in error.findings)
        return
    # What cannot be seen, and could move a cursor, is as good as a blank.
    wanted = [[" ".join(printable(cell).split()) for cell in row] for row in cells_]
    assert found.rows == [row for row in wanted if any(row)]
    assert pasted("rows", found.only(found.names), ("left", "right")).rows == found.rows


def _has(name):
    from importlib.util import find_spec

    return find_spec(name) is not None
