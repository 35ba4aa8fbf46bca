"""The workbook: LibreOffice, recalculating edited inputs, must agree with the library."""

from __future__ import annotations

import io
import os
import random
import zipfile

import openpyxl
import pytest

import costcurve as cc
from costcurve.decisions.axes import SCATTER
from costcurve.faces.workbook import workbook_bytes, write_workbook
from tests.faces.workbooks import (
    EDITS,
    RELATIVE,
    chart_references,
    errors_in,
    figures_of,
    formulas_without_value,
    models_of,
    names_of,
    recalculated,
    value,
)
from tests.faces.workbooks import edited as edited_book

#: Kinds of estimates: both ways to price, both forms of law.
KINDS = 5
# Where an edited input may go: the value's own neighbourhood, within what the input allows.
RANGES = {
    "target_accuracy": (0.5, 0.999),
    "target_error": (0.001, 0.5),
    "classes": (2, 5000),
    "class_entropy_nats": (0.01, 8.0),
    "baseline_classes": (2, 20_000),
    "examples_held": (0, 300_000),
    "limit": (100, 1e9),
    "usd_per_example": (0, 20),
    "pretrained": (0, 1),
    "segmentation": (0, 1),
    "epochs": (1, 300),
    "testing_passes": (0, 30),
    "usd_per_flop": (1e-20, 1e-9),
    "residual_z": (-2, 2),
    "slope_z": (-2, 2),
    "specialized": (0, 1),
    "structured": (0, 1),
    "parameters": (1e5, 1e9),
}


def estimates():
    counts = cc.Task(
        target_accuracy=0.965, class_counts=[50_000, 1_000], limit=200_000, usd_per_example=0.63
    )
    classes = cc.Task(kind="segmentation", target_error=0.2, classes=21, pretrained=False)
    taught = cc.Task(
        target_error=0.05, classes=40, limit=1e6, group="natural",
        pilot_examples=1000, pilot_error=0.3,
    )  # fmt: skip
    few = cc.Assumptions(mode="as-published", models=["ResNet-34", "VGG-16"], testing_passes=2)
    given = cc.Assumptions(utilisation=0.3, testing_passes=3, models=["U-Net", "SegFormer-B2"])
    return [
        cc.estimate(counts),
        cc.estimate(classes, few),
        cc.estimate(counts, cc.Assumptions(mode="as-published")),
        cc.estimate(classes, given),
        cc.estimate(taught, cc.Assumptions(models=["ResNet-50", "Swin-T"])),
    ]


def model_facts(estimate):
    """Return the inputs that differ from model to model."""
    return estimate.assumptions.pricing.model_facts


def edited(estimate, rng):
    """Return new values for some inputs: by name, or by (name, model)."""
    graph = estimate.evaluation.graph
    names = [name for name in graph.inputs if name not in model_facts(estimate)]
    edits = {}
    for name in rng.sample(names, k=rng.randint(1, 6)):
        value = estimate.point(name)
        low, high = RANGES.get(name, (0.8 * value, 1.2 * value))
        edits[name] = float(rng.randint(0, 1)) if high == 1 else rng.uniform(low, high)
    if rng.random() < 0.3:
        fact, model = rng.choice(model_facts(estimate)), rng.choice(estimate.models)
        value = estimate.point(fact, model)
        edits[fact, model] = rng.uniform(*RANGES.get(fact, (0.5 * value, min(2.0 * value, 1e15))))
    return edits


def expected(estimate, edits, model):
    overrides = {name: value for name, value in edits.items() if isinstance(name, str)}
    facts = {
        name: edits.get((name, model), estimate.point(name, model))
        for name in model_facts(estimate)
    }
    # The workbook shows the point, so what scatters is the single value of its cell.
    scatter = {name: 0.0 for name in SCATTER if name in estimate.evaluation.graph}
    overrides = {**scatter, **facts, **overrides}
    return estimate.evaluation.graph.evaluate(overrides=overrides)


def cells_in(content):
    """Return the cells of inputs by name, those of the models by name and model."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return figures_of(book) | models_of(book)


def test_random_edits_agree_with_the_library_to_9_digits(tmp_path, libreoffice):
    rng = random.Random(20240324)
    found = estimates()
    contents = [workbook_bytes(each) for each in found]
    cells = [cells_in(content) for content in contents]
    cases = []
    for number in range(EDITS):
        kind = number % KINDS
        edits = edited(found[kind], rng)
        changes = {cells[kind][key]: number for key, number in edits.items()}
        cases.append((found[kind], edits, edited_book(contents[kind], changes)))
    books = recalculated([content for _, _, content in cases], tmp_path, libreoffice)
    for (estimate, edits, _), book in zip(cases, books, strict=True):
        assert errors_in(book) == []
        check_figures(estimate, edits, book)
        check_answer(estimate, edits, book)
        check_curve(estimate, edits, book)


def close(number):
    return pytest.approx(number, rel=RELATIVE)


def check_figures(estimate, edits, book):
    named, models = figures_of(book), models_of(book)
    for model in estimate.models:
        values = {n: float(v.ravel()[0]) for n, v in expected(estimate, edits, model).items()}
        for name, cell in named.items():
            assert value(book, cell) == close(values[name]), (name, edits)
        for (name, of), cell in models.items():
            if of == model:
                assert value(book, cell) == close(values[name]), (name, model, edits)


def check_answer(estimate, edits, book):
    named, models = names_of(book), models_of(book)
    fits = {m: value(book, c) for (n, m), c in models.items() if n == "fits_memory"}
    totals = {
        m: value(book, c)
        for (n, m), c in models.items()
        if n == "total_cost_usd" and (fits.get(m, 1) or not any(fits.values()))
    }
    model = min(totals, key=totals.get)
    values = expected(estimate, edits, model)
    assert value(book, named["answer_model"]) == model
    assert value(book, named["answer_total_usd"]) == close(min(totals.values()))
    in_reach = "yes" if values["reaches_target"].ravel()[0] else "no"
    assert value(book, named["answer_in_reach"]) == in_reach
    chance = float(values["probability_of_target"].ravel()[0])
    assert value(book, named["answer_chance"]) == close(chance)
    bill = {row[0].value: row[4].value for row in book["Bill"].iter_rows(min_row=5)}
    assert bill["Total"] == close(min(totals.values()))
    assert bill["Adds up to total_cost_usd"] == "yes"


def check_curve(estimate, edits, book):
    """The curve is the library's total for each of its errors, with the cheapest model."""
    model = value(book, names_of(book)["answer_model"])
    scatter = {name: 0.0 for name in SCATTER if name in estimate.evaluation.graph}
    facts = {n: edits.get((n, model), estimate.point(n, model)) for n in model_facts(estimate)}
    given = {n: number for n, number in edits.items() if isinstance(n, str)}
    rows = [row for row in book["Curve"].iter_rows(min_row=5, max_col=4) if row[0].value]
    for row in rows[::6]:
        overrides = {**scatter, **facts, **given, "target_error": row[1].value}
        total = estimate.evaluation.graph.evaluate(["total_cost_usd"], overrides)
        assert row[2].value == close(float(total["total_cost_usd"].ravel()[0])), edits
    asked = float(expected(estimate, edits, model)["target_error"].ravel()[0])
    assert asked == close(next(row[1].value for row in rows if row[0].value == 1.0))


@pytest.mark.parametrize("which", range(KINDS))
def test_stored_values_are_the_librarys(which):
    estimate = estimates()[which]
    content = workbook_bytes(estimate)
    assert formulas_without_value(content) == []
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    for name, cell in figures_of(book).items():
        assert value(book, cell) == pytest.approx(estimate.point(name), rel=1e-15)
    for (name, model), cell in models_of(book).items():
        assert value(book, cell) == pytest.approx(estimate.point(name, model), rel=1e-15)


@pytest.mark.parametrize("which", range(KINDS))
def test_swings_are_those_of_the_library(which):
    estimate = estimates()[which]
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(estimate)), data_only=True)
    rows = list(book["Sensitivity"].iter_rows(min_row=5, max_col=4, values_only=True))
    for swing, row in zip(estimate.sensitivity, rows, strict=False):
        assert row[2:] == pytest.approx((swing.low_usd, swing.high_usd), rel=RELATIVE)


def test_every_computed_figure_is_a_formula_and_every_quantity_is_there():
    estimate = estimates()[0]
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(estimate)))
    named, models = figures_of(book), models_of(book)
    graph = estimate.evaluation.graph
    assert {*named, *(name for name, _ in models)} == set(graph)
    for name in graph.quantities:
        cells = [named[name]] if name in named else [c for (n, _), c in models.items() if n == name]
        assert all(str(value(book, cell)).startswith("=") for cell in cells)


def test_sheets_inputs_and_pages_are_as_a_reader_expects():
    content = workbook_bytes(estimates()[0])
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == [
        "Inputs", "Answer", "Bill", "Options", "Curve", "Sensitivity", "Worth", "Models", "Facts",
        "Sources",
    ]  # fmt: skip
    assert book.active.title == "Answer"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not any("vba" in name.lower() for name in archive.namelist())
    for sheet in book:
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.freeze_panes
        assert sheet.oddFooter.right.text == "&P of &N"
    for name, cell in figures_of(book).items():
        shown = book[cell.sheet][cell.place]
        if shown.data_type == "f":
            continue
        assert shown.fill.fgColor.rgb == "FFFFF9DB", name
        assert "\n" in shown.comment.text
        rules = book[cell.sheet].data_validations.dataValidation
        assert any(cell.place in str(rule.sqref).split() for rule in rules), name


def test_charts_draw_cells_so_that_they_move_with_them():
    content = workbook_bytes(estimates()[0])
    book = openpyxl.load_workbook(io.BytesIO(content))
    for place in chart_references(content):
        sheet, cells = place.replace("$", "").split("!")
        rows = book[sheet][cells]
        rows = rows if isinstance(rows, tuple) else ((rows,),)
        assert all(cell.value is not None for row in rows for cell in row), place
    assert "Curve!$C$5:$C$29" in chart_references(content)
    assert str(book["Curve"]["C5"].value).startswith("=")


def test_what_a_simulation_gave_says_so():
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(estimates()[0])))
    assert "stored from a simulation" in book["Answer"]["D4"].value
    assert all("(stored)" in book["Curve"].cell(4, column).value for column in (6, 7, 8))


def test_what_it_must_bring_in_a_year_pays_for_it_over_the_years():
    estimate = estimates()[0]
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(estimate)), data_only=True)
    named = names_of(book)
    rate, years, yearly = (
        value(book, named[f"worth_{name}"])
        for name in ("discount_rate", "horizon_years", "usd_per_year")
    )
    present = sum(yearly / (1.0 + rate) ** year for year in range(1, int(years) + 1))
    assert present == pytest.approx(estimate.best.total_cost_usd.point, rel=RELATIVE)


def test_options_say_what_they_are_trained_on():
    for estimate in estimates():
        sheet = openpyxl.load_workbook(io.BytesIO(workbook_bytes(estimate)))["Options"]
        cells = {str(cell.value) for row in sheet.iter_rows() for cell in row}
        best = estimate.best
        assert best.accelerator is None or {best.accelerator, best.terms} <= cells


def test_only_an_ordinary_file_is_replaced_and_keeps_its_mode(tmp_path):
    estimate = estimates()[0]
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(cc.InputError, match="must be an ordinary file"):
            write_workbook(estimate, path)
    old = tmp_path / "old.xlsx"
    old.write_bytes(b"")
    old.chmod(0o640)
    (tmp_path / "link.xlsx").symlink_to(old)
    write_workbook(estimate, tmp_path / "link.xlsx")
    assert (tmp_path / "link.xlsx").is_symlink()
    assert old.read_bytes().startswith(b"PK")
    assert old.stat().st_mode & 0o777 == 0o640


def test_a_workbook_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"the old one")

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(cc.InputError, match="No space left on device"):
        write_workbook(estimates()[0], path)
    assert path.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [path]
