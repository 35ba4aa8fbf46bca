"""`costcurve curve` on tables of many curves: how far it is, and how it is broken off."""

from __future__ import annotations

import pytest

from costcurve.laws.curves import load_curve_law


def many(path, curves=40):
    rows = (
        f"{curve},{x},{0.5 * (x / 100) ** -0.3},1" for curve in range(curves) for x in (100, 400)
    )
    path.write_text("\n".join(["g,x,error,fit", *rows, *(f"{c},900,,0" for c in range(curves))]))
    return [str(path), "--by", "g", "--fit", "fit"]


@pytest.mark.parametrize("how", [["--json", "--target-error", "0.1"], ["--out", "out.csv"], []])
def test_many_curves_say_how_far_they_are(cli, tmp_path, monkeypatch, how):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("costcurve.faces.cli.progress.PATIENCE_S", 0.0)
    monkeypatch.setattr("costcurve.faces.cli.progress.BETWEEN_LINES_S", 0.0)
    ran = cli("curve", *many(tmp_path / "many.csv"), *how)
    assert ran.status == 0
    assert "20 of 40 curves, about " in ran.err
    assert "curves, about" not in ran.out


def test_an_answer_broken_off_says_so_in_one_line(cli, tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("costcurve.laws.curves.Curve.predict", interrupted)
    ran = cli("curve", *many(tmp_path / "many.csv"), "--out", str(tmp_path / "out.csv"))
    assert ran.status == 130
    assert ran.errors == ["", "costcurve: interrupted"]
    assert not (tmp_path / "out.csv").exists()


def test_the_law_of_curves_is_listed_and_shown(cli):
    listed = cli("laws", "list", "--json").json["curves"]
    shown = cli("laws", "show", listed["id"])
    assert shown.status == 0
    assert "arXiv:2505.15657" in " ".join(shown.out.split())
    card = cli("laws", "show", listed["id"], "--json").json
    held = card["validation"]["3 pilots"]["coverage90"]
    assert f"{held:.1%}" in next(row for row in shown.out.splitlines() if "3 pilots" in row)
    assert listed["id"] in cli("laws", "list").out


def test_a_law_of_curves_is_short_in_python():
    assert repr(load_curve_law()) == "CurveLaw('curves-2026', 5 networks)"
