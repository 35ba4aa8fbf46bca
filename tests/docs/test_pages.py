"""Pages that people wrote: all code on them runs, and prints what they show."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.conftest import PROJECT, need
from tests.docs.pages import sessions

_spec = importlib.util.spec_from_file_location("check_links", PROJECT / "docs/check_links.py")
check_links = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(check_links)

PAGES = {path.relative_to(PROJECT).as_posix(): path for path in sessions.pages()}
#: Characters of a line that a page shows without scrolling.
WIDEST = 80
FENCE = re.compile(r"^```(\S+)", re.MULTILINE)


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_shows_is_what_its_code_prints(name):
    text = PAGES[name].read_text(encoding="utf-8")
    assert sessions.refreshed(text) == text, "out of date: run make refresh"


@pytest.mark.parametrize("name", PAGES)
def test_every_block_is_run_or_is_no_code(name):
    text = PAGES[name].read_text(encoding="utf-8")
    run = sum(1 for _ in sessions.CODE.finditer(text))
    languages = FENCE.findall(text)
    assert run == sum(language in sessions.RUN for language in languages)
    assert set(languages) <= {*sessions.RUN, "text", "{toctree}"}


@pytest.mark.parametrize("name", PAGES)
def test_no_line_of_a_command_is_cut_off_on_the_page(name):
    text = PAGES[name].read_text(encoding="utf-8")
    commands = re.findall(r"^\$ (?:[^\n]*\\\n)*[^\n]*$", text, re.MULTILINE)
    assert [line for each in commands for line in each.split("\n") if len(line) > WIDEST] == []


def test_there_is_something_to_run():
    commands = [each for path in PAGES.values() for each in sessions.commands_of(path.read_text())]
    assert len(commands) > 30
    assert len({each.split()[1] for each in commands}) >= 7


def test_a_page_that_shows_something_else_is_remade():
    page = "```console\n$ costcurve --version\n9.9.9\n```\n\n```python\nprint(6 * 7)\n```\n"
    remade = sessions.refreshed(page)
    assert "9.9.9" not in remade
    assert remade.endswith("```python\nprint(6 * 7)\n```\n\n```text\n42\n```\n")
    assert sessions.refreshed(remade) == remade


def test_a_command_that_is_refused_is_not_shown():
    with pytest.raises(RuntimeError, match="nosuch"):
        sessions.refreshed("```console\n$ costcurve nosuch\n```\n")


def test_every_link_of_a_page_leads_somewhere_and_one_that_does_not_is_found(tmp_path):
    wrong, outside = check_links.check()
    assert not wrong
    assert all(each.startswith("http") for each in outside)
    page = PROJECT / "docs" / "start.md"
    assert check_links.problem(page, "nosuch.md") == "leads nowhere"
    assert check_links.problem(page, "versions.md#nosuch") == "leads to no heading"
    assert not check_links.problem(page, "versions.md#how-something-goes")


def test_the_documentation_is_built_without_data_or_a_warning(tmp_path):
    need(find_spec("sphinx") and find_spec("myst_parser") and find_spec("furo"), "the extra docs")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-d", tmp_path / "trees",
         PROJECT / "docs", tmp_path / "html"],
        env={**os.environ, "COSTCURVE_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    pages = list((tmp_path / "html").rglob("*.html"))
    assert len(pages) > 60
    loaded = re.compile(r"<(?:script|link|img)[^>]+(?:src|href)=.https?://")
    assert not [page for page in pages if loaded.search(page.read_text(encoding="utf-8"))]
