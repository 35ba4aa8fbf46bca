"""Every number that leaves in a file keeps the source that it was looked up with."""

from __future__ import annotations

import io
import re
from html import unescape

import openpyxl
import pytest

from costcurve.facts.models import model_table
from tests.conftest import PROJECT
from tests.faces.test_pages import get  # noqa: F401 - a fixture

CASE = PROJECT / "examples" / "worth_wildlife.toml"
CONTRACT = """\
accelerator,provider,region,offer,usd_per_accelerator_hour,host_included,source,source_date,note
H100 SXM5,Our contract,eu-central,on-demand,1.75,yes,contract 2026-118,2026-09-01,
"""
PRICE = "Price of one accelerator for one hour"
RUNS = "n,error,test_examples\n500,0.2,1000\n2000,0.12,1000\n"
#: What the sources of models begin with, as far as they are no prices.
OF_MODELS = tuple({each.source for each in model_table()})


@pytest.fixture
def exports(cli, tmp_path):
    """Run a command; return its workbook and the text of its report."""

    def run(*words):
        files = tmp_path / "x.xlsx", tmp_path / "x.html"
        ran = cli(*words, "--xlsx", str(files[0]), "--html", str(files[1]))
        assert (ran.status, ran.errors) == (0, [])
        book = openpyxl.load_workbook(io.BytesIO(files[0].read_bytes()), data_only=True)
        page = re.sub(r"<[^>]+>", " ", files[1].read_text(encoding="utf-8"))
        return book, unescape(" ".join(page.split()))

    return run


@pytest.fixture
def contract(tmp_path):
    path = tmp_path / "contract.csv"
    path.write_text(CONTRACT, encoding="utf-8")
    return path


def rows_of(book, sheet):
    return {row[0]: row for row in book[sheet].iter_rows(values_only=True) if row[0]}


def sources_of_prices(book):
    """Return the sources of every input that is in dollars, and those of the bill."""
    found = [row[5] for sheet in ("Inputs", "Facts") for row in rows_of(book, sheet).values()
             if str(row[2]).startswith("USD")]  # fmt: skip
    if "Models" in book.sheetnames:
        found += [row[-1] for row in rows_of(book, "Models").values()
                  if str(row[1]).startswith("USD")]  # fmt: skip
    return found + [row[7] for row in rows_of(book, "Bill").values() if row[7]]


ESTIMATE = ("estimate", "--target-error", "0.1", "--classes", "20")


@pytest.mark.parametrize("words", [("worth", str(CASE)), ESTIMATE], ids=["worth", "estimate"])
def test_no_price_has_the_source_of_a_model(exports, words):
    book, page = exports(*words)
    sources = sources_of_prices(book)
    assert any("Vast.ai" in each for each in sources)
    assert [each for each in sources if each.startswith(OF_MODELS)] == []
    assert "Vast.ai" in page
    assert not re.search(rf"{PRICE} \S+ \S+ ({'|'.join(map(re.escape, OF_MODELS))})", page)


@pytest.mark.parametrize("command", ["worth", "estimate"])
def test_a_contract_is_named_where_its_price_stands(exports, contract, tmp_path, command):
    case = tmp_path / "case.toml"
    only = '\n[assumptions]\nprovider = "Our contract"\n'
    case.write_text(CASE.read_text(encoding="utf-8") + only, encoding="utf-8")
    words = ("worth", str(case)) if command == "worth" else (*ESTIMATE, "--provider=Our contract")
    book, page = exports(*words, "--prices-file", str(contract))
    bill = rows_of(book, "Bill")
    assert "contract 2026-118" in bill["Training"][7]
    assert bill["Training"][3] == 1.75
    assert any("contract 2026-118" in row[0] for row in rows_of(book, "Sources").values())
    assert re.search(rf"{PRICE} 1\.75 USD/accelerator-hour [^%]*?contract 2026-118", page)
    assert "contract 2026-118" in page[page.index("References") :]


def test_the_label_price_of_a_case_is_the_users(exports):
    book, _ = exports("worth", str(CASE))
    assert rows_of(book, "Bill")["Labelled examples"][7].startswith("given by the user")
    inputs = rows_of(book, "Inputs")
    assert inputs["Price of one labelled example"][1] == 0.1
    assert inputs["Limit of examples"][1] == 100_000


def test_hours_and_rate_of_each_role_have_a_cell(exports):
    book, page = exports("worth", str(CASE))
    inputs = rows_of(book, "Inputs")
    assert inputs["ecologist: dollars for an hour"][1] == 40
    assert inputs["ecologist: hours before the first prediction"][1] == 160
    assert inputs["ecologist: hours a year"][1] == 80
    assert "ecologist: hours a year 80 hour/year" in page


@pytest.mark.parametrize("words", [("worth", str(CASE)), ESTIMATE], ids=["worth", "estimate"])
def test_runs_on_the_task_stand_in_what_is_sent(exports, tmp_path, words):
    path = tmp_path / "runs.csv"
    path.write_text(RUNS, encoding="utf-8")
    book, page = exports(*words, "--pilot", str(path))
    inputs = rows_of(book, "Inputs")
    for examples, error in ((500, 0.2), (2000, 0.12)):
        label = f"Error of a run on {examples:,} examples, tested on 1,000"
        assert inputs[label][1] == error
        assert f"{label} {error}" in page


def test_what_is_set_by_hand_says_so_in_the_report(exports):
    _, page = exports(*ESTIMATE, "--overrides", "usd_per_accelerator_hour=7,training_hours=100")
    assert re.search(rf"{PRICE} 7 USD/accelerator-hour set by the user", page)
    assert re.search(r" 100 accelerator-hour set by the user in place of", page)


def test_a_case_explains_its_price_down_to_who_asks_it(cli):
    ran = cli("worth", str(CASE), "--no-pilot", "--explain", "usd_per_accelerator_hour")
    assert (ran.status, ran.errors) == (0, [])
    assert "Vast.ai" in ran.out
    ran = cli("worth", str(CASE), "--no-pilot", "--explain", "usd_per_accelerator")
    assert ran.status == 2
    assert "did you mean" in ran.err


def test_a_case_explains_everything_without_a_word_of_what_was_not_set(cli, get):  # noqa: F811
    told = cli("worth", str(CASE), "--no-pilot", "--explain").out
    page = get("/worth").text
    for text in (told, page):
        assert "set by the user in place of" not in text
        assert "the plan" in text
    assert "examples_limit = 100,000 example" in told
    assert "100,000" in page


def test_a_case_takes_values_in_place_of_quantities(cli):
    words = ("worth", str(CASE), "--no-pilot", "--overrides", "usd_per_accelerator_hour=18")
    told = cli(*words, "--explain", "usd_per_accelerator_hour").out
    assert "= 18 USD/accelerator-hour" in told
    assert "set by the user" in told
    assert cli("worth", str(CASE), "--overrides", "no_such=1").status == 2
