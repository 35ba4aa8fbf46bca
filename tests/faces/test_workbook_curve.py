"""The workbook of a learning curve: what is stored is the library's, what is live follows it."""

from __future__ import annotations

import io

import numpy as np
import openpyxl
import pytest

from costcurve.decisions.curve_table import Names, TableCurve
from costcurve.faces.curve_card import CurveCard
from costcurve.faces.workbook import workbook_bytes
from costcurve.laws.curves import load_curve_law
from costcurve.laws.power_law import fit_power_law
from tests.faces.workbooks import (
    RELATIVE,
    chart_references,
    edited,
    errors_in,
    formulas_without_value,
    names_of,
    recalculated,
    value,
)

X, Y = [500.0, 1000.0, 2000.0, 4000.0], [0.21, 0.15, 0.11, 0.082]
#: Between two of 61 places the quantiles bend a little: straight in logarithms is off by less.
GRID = 2e-4
#: A spreadsheet shows fifteen digits of what it holds.
DIGITS = 1e-14


@pytest.fixture(scope="module")
def card():
    curve = load_curve_law().curve(X, Y)
    return CurveCard(TableCurve((), curve, [], np.array([])), Names("examples", "error"), 0.05)


@pytest.fixture(scope="module")
def content(card):
    return workbook_bytes(card)


def test_quantiles_are_stored_and_say_so(card, content):
    assert formulas_without_value(content) == []
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    header = [str(cell.value) for cell in book["Curve"][4]]
    assert all("(stored)" in text for text in header[:6])
    rows = list(book["Curve"].iter_rows(min_row=5, max_col=6, values_only=True))
    rows = [row for row in rows if row[0] is not None]
    expected = card.curve.predict([row[0] for row in rows])
    assert pytest.approx(expected, rel=DIGITS) == np.array([row[1:] for row in rows]).T


def test_live_figures_follow_what_is_asked(card, content, tmp_path, libreoffice):
    named = names_of(openpyxl.load_workbook(io.BytesIO(content)))
    asked = [(6500.0, 0.06), (40_000.0, 0.045), (64_000.0, 0.0353), (4000.0, 0.081)]
    contents = [
        edited(content, {named["asked_x"]: x, named["target_error"]: target}) for x, target in asked
    ]
    for (x, target), book in zip(asked, recalculated(contents, tmp_path, libreoffice), strict=True):
        assert errors_in(book) == []
        quantiles = [
            value(book, named[f"answer_p{share}"]) for share in ("05", "25", "50", "75", "95")
        ]
        assert quantiles == pytest.approx(card.curve.predict([x])[:, 0].tolist(), rel=GRID)
        # Where the median meets the target is where the median is the target.
        needed = value(book, named["answer_needed"])
        assert card.curve.predict([needed])[2, 0] == pytest.approx(target, rel=GRID)


def test_a_target_beyond_the_grid_is_said_in_words(content, tmp_path, libreoffice):
    named = names_of(openpyxl.load_workbook(io.BytesIO(content)))
    (book,) = recalculated([edited(content, {named["target_error"]: 1e-6})], tmp_path, libreoffice)
    assert value(book, named["answer_needed"]) == "beyond the grid"


def test_the_power_law_is_a_live_formula_of_its_parameters(content, tmp_path, libreoffice):
    law = fit_power_law(np.array(X), np.array(Y), precision=np.ones(4))
    named = names_of(openpyxl.load_workbook(io.BytesIO(content)))
    offset = law.offset + 0.01
    changed = edited(content, {named["power_law_offset"]: offset})
    (book,) = recalculated([changed], tmp_path, libreoffice)
    rows = list(book["Curve"].iter_rows(min_row=5, max_col=7, values_only=True))
    for x, *_, y in rows[:61]:
        expected = offset + law.scale * (x / law.x0) ** -law.exponent
        assert y == pytest.approx(expected, rel=RELATIVE)


def test_the_chart_draws_the_cells(content):
    references = chart_references(content)
    assert {place.split("!")[0] for place in references} == {"Curve", "Points"}
    assert "Curve!$D$5:$D$65" in references
