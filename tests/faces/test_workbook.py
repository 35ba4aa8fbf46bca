"""The workbook: LibreOffice, recalculating edited inputs, must agree with the library."""

from __future__ import annotations

import os
import random
import zipfile

import openpyxl
import pytest

import costcurve as cc
from costcurve.decisions.axes import SCATTER
from costcurve.faces.workbook import write_workbook

#: Nine digits, as the workbook promises; LibreOffice itself computes in float64.
RELATIVE = 1e-9
EDITS = 200
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


def cells_of(book):
    """Return the value cells by name, and the columns of the options by name."""
    named = {
        name: book[defined.attr_text.split("!")[0]][
            defined.attr_text.split("!")[1].replace("$", "")
        ]
        for name, defined in book.defined_names.items()
    }
    sheet = book["Options"]
    header = next(row for row in sheet.iter_rows() if row[0].value == "Model")
    columns = {
        cell.value.split("\n")[0]: cell.column for cell in header[1:] if "\n" in str(cell.value)
    }
    rows = {}
    for row in sheet.iter_rows(min_row=header[0].row + 1):
        if row[0].value:
            rows[row[0].value] = row[0].row
    return named, {(c, m): sheet.cell(r, k) for c, k in columns.items() for m, r in rows.items()}


def test_200_random_edits_agree_with_the_library_to_9_digits(tmp_path, libreoffice):
    rng = random.Random(20240324)
    cases = []
    for number in range(EDITS):
        estimate = estimates()[number % KINDS]
        edits = edited(estimate, rng)
        path = tmp_path / f"edit-{number}.xlsx"
        write_workbook(estimate, path)
        book = openpyxl.load_workbook(path)
        named, options = cells_of(book)
        for key, value in edits.items():
            (named[key] if isinstance(key, str) else options[key]).value = value
        book.save(path)
        cases.append((path, estimate, edits))
    libreoffice([path for path, _, _ in cases], tmp_path / "out")
    for path, estimate, edits in cases:
        book = openpyxl.load_workbook(tmp_path / "out" / path.name, data_only=True)
        named, options = cells_of(book)
        for model in estimate.models:
            values = expected(estimate, edits, model)
            for name, cell in named.items():
                assert cell.value == pytest.approx(float(values[name].ravel()[0]), rel=RELATIVE), (
                    name,
                    edits,
                )
            for (name, of), cell in options.items():
                if of == model:
                    assert cell.value == pytest.approx(
                        float(values[name].ravel()[0]), rel=RELATIVE
                    ), (name, model, edits)
        fits = {m: c.value for (n, m), c in options.items() if n == "fits_memory"}
        totals = {
            m: c.value
            for (n, m), c in options.items()
            if n == "total_cost_usd" and (fits.get(m, 1) or not any(fits.values()))
        }
        sheet = book["Answer"]
        assert sheet["C4"].value == min(totals, key=totals.get)
        assert sheet["C5"].value == pytest.approx(min(totals.values()), rel=RELATIVE)
        assert sheet["C6"].value == ("yes" if values["reaches_target"].ravel()[0] else "no")
        for cell, name in (("C7", "probability_of_target"), ("C8", "missing_examples")):
            assert sheet[cell].value == pytest.approx(float(values[name].ravel()[0]), rel=RELATIVE)


@pytest.mark.parametrize("which", range(KINDS))
def test_stored_values_are_the_librarys(tmp_path, which):
    estimate = estimates()[which]
    write_workbook(estimate, tmp_path / "x.xlsx")
    named, options = cells_of(openpyxl.load_workbook(tmp_path / "x.xlsx", data_only=True))
    for name, cell in named.items():
        assert cell.value == pytest.approx(estimate.point(name), rel=1e-15)
    for (name, model), cell in options.items():
        assert cell.value == pytest.approx(estimate.point(name, model), rel=1e-15)


def test_every_computed_figure_is_a_formula_and_every_quantity_is_there(tmp_path):
    estimate = estimates()[0]
    write_workbook(estimate, tmp_path / "x.xlsx")
    named, options = cells_of(openpyxl.load_workbook(tmp_path / "x.xlsx"))
    graph = estimate.evaluation.graph
    assert {*named, *(name for name, _ in options)} == set(graph)
    for name in graph.quantities:
        cells = (
            [named[name]] if name in named else [c for (n, _), c in options.items() if n == name]
        )
        assert all(str(cell.value).startswith("=") for cell in cells)


def test_options_say_what_they_are_trained_on(tmp_path):
    for number, estimate in enumerate(estimates()):
        write_workbook(estimate, tmp_path / f"{number}.xlsx")
        sheet = openpyxl.load_workbook(tmp_path / f"{number}.xlsx")["Options"]
        cells = {str(cell.value) for row in sheet.iter_rows() for cell in row}
        best = estimate.best
        assert ("Accelerator" in cells) == (best.accelerator is not None)
        assert best.accelerator is None or {best.accelerator, best.terms} <= cells


def test_text_from_users_is_never_a_formula_or_a_link(tmp_path):
    labels = {"=cmd|' /C calc'!A0": 5, "http://example.org/@SUM(A1)": 6, "+1+1": 7}
    task = cc.Task(target_error=0.1, class_counts=labels)
    write_workbook(cc.estimate(task), tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    texts = [cell for row in book["Inputs"].iter_rows() for cell in row]
    assert any("=cmd|" in str(cell.value) for cell in texts)
    assert all(cell.data_type != "f" for cell in texts)
    with zipfile.ZipFile(tmp_path / "x.xlsx") as archive:
        assert not any(
            "hyperlink" in archive.read(name).decode()
            for name in archive.namelist()
            if name.endswith(".xml")
        )


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
