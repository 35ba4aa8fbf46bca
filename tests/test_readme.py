"""The README: its outputs are what the commands print, its Python runs."""

from __future__ import annotations

import importlib.util
import json
import re

import pytest

from costcurve.core.files import packaged_text
from costcurve.laws import CLASSIFICATION_LAW, load_card
from costcurve.laws.curves import CARD
from tests.conftest import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")
_spec = importlib.util.spec_from_file_location("refresh_readme", PROJECT / "docs/refresh_readme.py")
refresh_readme = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(refresh_readme)

SHOWN = [(block[2], block[3]) for block in refresh_readme.BLOCK.finditer(README)]
TYPED = [
    " ".join(line.replace("\\\n", " ").split()).removeprefix("costcurve ")
    for line in re.findall(r"^    (costcurve (?:.*\\\n)*.*)$", README, re.MULTILINE)
]


@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[command for command, _ in SHOWN])
def test_shown_output_is_what_the_command_prints(command, output):
    assert refresh_readme.output_of(command) == output, "out of date: run make refresh"


BOARDS = {board[2]: board[3] for board in refresh_readme.BOARD.finditer(README)}


@pytest.mark.parametrize("name", BOARDS)
def test_a_scoreboard_is_what_its_command_makes(name, data, monkeypatch):
    monkeypatch.setenv("COSTCURVE_DATA", str(data))
    # Pages that were made without the data may have asked before.
    refresh_readme.scoreboards.studies.made.cache_clear()
    assert refresh_readme.board_of(name) == BOARDS[name], "out of date: run make refresh"


@pytest.mark.parametrize("command", TYPED)
def test_typed_commands_are_answered(cli, command, tmp_path, monkeypatch):
    # What they write goes elsewhere.
    (tmp_path / "examples").symlink_to(PROJECT / "examples")
    monkeypatch.chdir(tmp_path)
    assert cli(*command.split()).status == 0


def test_there_is_something_to_check():
    assert len(SHOWN) == 3
    assert len(TYPED) == 15
    assert len(BOARDS) == 2


def test_python_example_runs(capsys):
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102
    assert "data_cost_usd = " in capsys.readouterr().out


def test_what_is_said_of_the_law_is_what_its_card_holds():
    seen = load_card(CLASSIFICATION_LAW).validation
    words = " ".join(README.split())

    def factor(name, digits=2):
        return f"{10 ** seen[name].median_abs_log10_error:.{digits}f}"

    photographs, of_vtab = "natural and specialized", "vtab natural and specialized"
    power = f"10^{seen[photographs].median_abs_log10_error:.3f}"
    for sentence in (
        f"a factor {factor(photographs)} ({power}; Eq. 1: {factor(photographs + ', Eq. 1')}), "
        f"after one run on each {factor(photographs + ', one pilot')}",
        f"90% intervals hold {seen[photographs].coverage90:.0%} and "
        f"{seen[photographs + ', one pilot'].coverage90:.0%}",
        f"the factors are {factor(of_vtab)} (Eq. 1: {factor(of_vtab + ', Eq. 1')}) and "
        f"{factor(of_vtab + ', one pilot')}",
        f"a factor {factor('structured', 1)}",
    ):
        assert sentence in words


def test_what_is_said_of_learning_curves_is_what_their_card_holds():
    seen = json.loads(packaged_text("laws", CARD))["validation"].values()
    held = sorted(each["coverage90"] for each in seen)
    assert f"intervals hold {held[0]:.1%} to {held[-1]:.1%}" in " ".join(README.split())
