"""Terminals and notebooks: ASCII where it is asked for, the chart below the card, inline."""

from __future__ import annotations

import re

import numpy as np
import pytest

import costcurve as cc
from costcurve.decisions.curve_table import Names, TableCurve
from costcurve.decisions.worth import worth
from costcurve.faces.curve_card import CurveCard
from costcurve.faces.request import read_case
from costcurve.faces.snippet import curve_command, curve_snippet
from costcurve.laws.curves import load_curve_law
from tests.conftest import PROJECT
from tests.faces.test_exports_agree import run_commands

POINTS = "x,error\n500,0.21\n1000,0.15\n2000,0.11\n4000,0.082\n"
ESTIMATE = ("estimate", "--target-error", "0.1", "--classes", "40", "--limit", "1e6")


@pytest.fixture
def commands(tmp_path):
    path = tmp_path / "runs.csv"
    path.write_text(POINTS)
    return {
        "estimate": (*ESTIMATE, "--chart"),
        "worth": ("worth", "examples/worth_wildlife.toml"),
        "curve": ("curve", str(path), "--target-error", "0.05"),
    }


@pytest.mark.parametrize("name", ["estimate", "worth", "curve"])
def test_plain_is_ascii_without_colour_and_says_the_same(cli, commands, monkeypatch, name):
    monkeypatch.setenv("FORCE_COLOR", "1")
    rich = cli(*commands[name]).out
    plain = cli(*commands[name], "--plain").out
    assert plain.isascii()
    assert "\x1b" not in plain
    assert "\x1b[1" in rich
    figures = re.findall(r"\$?\d[\d,.]*%?", re.sub("\x1b[^m]*m", "", rich))
    assert re.findall(r"\$?\d[\d,.]*%?", plain) == figures


def test_accents_and_signs_keep_their_columns(cli, tmp_path):
    path = tmp_path / "runs.csv"
    path.write_text(POINTS.replace("error", "fehler-gr\u00f6\u00dfe"), encoding="utf-8")
    ran = cli("curve", str(path), "--error", "fehler-gr\u00f6\u00dfe", "--plain")
    assert "fehler-grose" in ran.out


def test_the_card_draws_its_chart_where_it_is_asked_for(cli):
    without, drawn = cli(*ESTIMATE).out, cli(*ESTIMATE, "--chart").out
    assert drawn.startswith(without)
    chart = drawn.removeprefix(without)
    assert "total cost in USD, against error" in chart
    assert chart.count("\u25cf") == 2  # the target, and the sign in the key
    assert max(map(len, chart.splitlines())) <= 80


def test_notebooks_show_the_chart_inline_and_no_text_as_markup():
    labels = {"<script>alert(1)</script>": 60, "b": 50}
    found = cc.estimate(cc.Task(target_error=0.1, class_counts=labels))
    case = worth(read_case(PROJECT / "examples" / "worth_wildlife.toml"))
    curve = load_curve_law().curve([500, 1000, 2000, 4000], [0.21, 0.15, 0.11, 0.082])
    table = TableCurve(("<b>",), curve, [], np.array([]))
    for shown in (found, case, curve, table):
        page = shown._repr_html_()
        assert page.count("<svg ") == 1
        assert 'role="img" aria-label="' in page
        assert "<script" not in page
        assert "<b>" not in page


def test_two_pictures_of_a_notebook_share_no_name():
    curve = load_curve_law().curve([500, 1000, 2000], [0.21, 0.15, 0.11])
    first, second = (set(re.findall(r'\bid="([^"]+)"', curve._repr_html_())) for _ in range(2))
    assert not first & second


def test_a_notebook_without_the_library_for_pictures_shows_the_card(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "vl_convert", None)
    curve = load_curve_law().curve([500, 1000, 2000], [0.21, 0.15, 0.11])
    assert "<svg" not in curve._repr_html_()
    assert "What to expect" in curve._repr_html_()


@pytest.mark.parametrize("more", [{}, {"test_examples": 300}, {"weights": [1, 2, 1, 1, 3]}])
def test_a_curve_leaves_as_commands_and_as_python(tmp_path, capsys, more):
    points = [500, 1000, 2000, 2000, 4000], [0.21, 0.15, 0.11, 0.12, 0.082]
    curve = load_curve_law().curve(*points, **more)
    card = CurveCard(TableCurve((), curve, [], np.array([])), Names("x", "error"), 0.05)
    expected = curve.predict(card.asked())
    found = run_commands(curve_command(card), tmp_path)
    rows = np.array([[row[f"p{s}"] for s in ("05", "25", "50", "75", "95")]
                     for row in found["predictions"]])  # fmt: skip
    assert np.array_equal(rows.T, expected)
    assert found["needed_p50"] == card.found.target(0.05)["needed_p50"]
    exec(curve_snippet(card), {})  # noqa: S102 - our own text
    printed = [
        [float(word) for word in line.split()] for line in capsys.readouterr().out.splitlines()
    ]
    assert np.array_equal(np.array(printed)[:, 1:].T, expected)
