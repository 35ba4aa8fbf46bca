"""The gallery: every script runs by itself, and its answer has a picture."""

from __future__ import annotations

import ast
import contextlib
import io
import runpy

import pytest

from costcurve.faces.notebook import chart_of
from tests.conftest import PROJECT

SCRIPTS = sorted((PROJECT / "examples" / "gallery").glob("plot_*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_of_the_gallery_shows_an_answer_with_a_picture(script):
    with contextlib.redirect_stdout(io.StringIO()):
        names = runpy.run_path(str(script))
    shown = [
        line.value.id
        for line in ast.parse(script.read_text(encoding="utf-8")).body
        if isinstance(line, ast.Expr) and isinstance(line.value, ast.Name)
    ]
    assert len(shown) == 1
    spec = chart_of(names[shown[0]])
    assert spec is not None
    assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
