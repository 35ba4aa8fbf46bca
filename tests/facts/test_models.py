"""The table of models: the paper's fourteen, their sources, and what the loader refuses."""

from __future__ import annotations

import csv

import pytest

from costcurve import InputError
from costcurve.facts import find_models, model_table
from costcurve.facts.models import AAAI_2024, MODELS, ModelFacts
from costcurve.facts.tables import load_table
from tests.facts import layers

# Thompson et al. (2024), Common Model Architectures.
FOURTEEN = [
    "AlexNet", "EfficientNet-B0", "EfficientNet-B7", "Inception-ResNet-v2", "Inception-v3",
    "Inception-v4", "Mask R-CNN", "ResNet-32", "ResNet-34", "ResNet-101", "VGG-16", "VGG-19",
    "YOLOv3", "YOLOv5",
]  # fmt: skip
# Names in timm's published results, for those of the fourteen that stand there.
TIMM = {
    "EfficientNet-B0": "efficientnet_b0", "EfficientNet-B7": "tf_efficientnet_b7",
    "Inception-ResNet-v2": "inception_resnet_v2", "Inception-v3": "inception_v3",
    "Inception-v4": "inception_v4", "ResNet-34": "resnet34", "ResNet-101": "resnet101",
    "VGG-16": "vgg16", "VGG-19": "vgg19",
}  # fmt: skip
# timm prints millions with two decimals.
HALF_A_TIMM_DIGIT = 5_000


def test_the_papers_fourteen():
    assert [model.name for model in model_table() if AAAI_2024 in model.lists] == FOURTEEN
    assert all(model.source and model.source_date for model in model_table())


def test_parameters_agree_with_timm(data):
    with (data / "timm" / "results-imagenet.csv").open(newline="") as stream:
        rows = {row["model"].split(".")[0]: row for row in csv.DictReader(stream)}
    for name, timm in TIMM.items():
        (model,) = find_models([name])
        millions = float(rows[timm]["param_count"])
        assert model.parameters == pytest.approx(1e6 * millions, abs=HALF_A_TIMM_DIGIT), name


@pytest.mark.parametrize("name", ["resnet34", "ResNet 34", "RESNET_34", "ResNet-34"])
def test_found_however_it_is_written(name):
    assert find_models([name])[0].name == "ResNet-34"


def test_aliases_and_repeats():
    assert [m.name for m in find_models(["yolov5l", "YOLOv5"])] == ["YOLOv5"]


def test_unknown_names_are_all_named_with_the_nearest():
    with pytest.raises(InputError) as caught:
        find_models(["Resnet5", "VGG-16", "efficentnet-b0"])
    first, second = map(str, caught.value.findings)
    assert "'Resnet5'" in first
    assert "did you mean" in first
    assert "'EfficientNet-B0'" in second


COLUMNS = MODELS.columns
HEADER = ",".join(COLUMNS)
GOOD = "Net,,convnet,1000,1.5,2,224,76,classification,,a paper,2024-01-31,"


def row_with(**cells):
    return ",".join(
        cells.get(name, cell) for name, cell in zip(COLUMNS, GOOD.split(","), strict=True)
    )


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        (row_with(source=""), "row 2, column source: '' is not allowed"),
        (row_with(source_date=""), "row 2, column source_date: '' is not allowed"),
        (row_with(source_date="last year"), "row 2, column source_date: 'last year'"),
        (row_with(parameters="0"), "row 2, column parameters: '0'"),
        (row_with(parameters="1.5"), "row 2, column parameters: '1.5'"),
        (row_with(parameters="nan"), "row 2, column parameters: 'nan'"),
        (row_with(gmacs="inf"), "row 2, column gmacs: 'inf'"),
        (row_with(parameters="1" + "0" * 400), "row 2, column parameters: '1000"),
        (row_with(parameters="1_000"), "row 2, column parameters: '1_000'"),
        (row_with(parameters="١٢٣"), "row 2, column parameters"),
        (row_with(name="\x1b[31mred"), "row 2, column name"),
        (row_with(imagenet_top1_percent="250"), "at most 100"),
        ('"Net,,convnet', "unexpected end of data"),
        (row_with(family="net"), "row 2, column family: 'net' is not allowed; must be one of"),
        (row_with(name=""), "row 2, column name: ''"),
        (GOOD + ",more", "row 2: has more cells than the header"),
    ],
)
def test_loader_names_the_wrong_cell(row, cell):
    with pytest.raises(InputError) as caught:
        load_table(f"{HEADER}\n{row}\n", COLUMNS, ModelFacts, "models")
    assert cell in str(caught.value)


def test_loader_reports_every_wrong_cell_and_wrong_headers():
    bad = (row_with(parameters="0", source=""), row_with(parameters="-1", source_date="soon"))
    text = f"{HEADER}\n{bad[0]}\n{GOOD}\n{bad[1]}\n"
    with pytest.raises(InputError) as caught:
        load_table(text, COLUMNS, ModelFacts, "models")
    assert len(caught.value.findings) == 4
    with pytest.raises(InputError, match="no column source, source_date"):
        load_table("name,parameters\nNet,1\n", COLUMNS, ModelFacts, "models")
    with pytest.raises(InputError, match="'gmac': no such column; did you mean 'gmacs'"):
        load_table(HEADER.replace("gmacs", "gmac") + "\n", COLUMNS, ModelFacts, "models")
    assert len(load_table(f"{HEADER}\n{GOOD}\n", COLUMNS, ModelFacts, "models")) == 1


OWN = "name,family,parameters,source,source_date\n"


def test_rows_of_ones_own_are_added_or_stand_in(tmp_path, cli):
    path = tmp_path / "mine.csv"
    path.write_text(
        OWN + "OurNet,convnet,1000000,our wiki,2026-01-31\n"
        "resnet-34,convnet,22000000,our own count,2026-01-31\n",
        encoding="utf-8",
    )
    table = {row.name: row for row in MODELS.with_file(path)}
    assert table["OurNet"].parameters == 1_000_000
    assert table["resnet-34"].source == "our own count"
    assert "ResNet-34" not in table
    assert len(table) == len(MODELS.rows()) + 1
    flags = ("--target-error", "0.1", "--classes", "5", "--models-file", str(path))
    own = ("--models", "ournet,ResNet 34")
    ran = cli("estimate", *flags, *own, "--as-published", "--json").json
    assert {o["model"]: o["parameters"] for o in ran["options"]} == {
        "OurNet": 1_000_000,
        "resnet-34": 22_000_000,
    }
    listed = cli("facts", "models", "--models-file", str(path), "--search", "our", "--json").json
    assert "OurNet" in {row["name"] for row in listed["rows"]}
    assert cli("estimate", *flags[:-2], "--models", "ournet").status == 2
    without = cli("estimate", *flags, "--json").json["warnings"]
    assert any("Not compared, for want of gmacs" in text and "OurNet" in text for text in without)
    calibrated = cli("estimate", *flags, *own)
    assert "'OurNet': has no gmacs in the table" in calibrated.err
    assert "'resnet-34'" not in calibrated.err  # what the row leaves empty is the packaged row's


def test_a_bad_file_names_every_wrong_cell(tmp_path, cli):
    path = tmp_path / "mine.csv"
    path.write_text(OWN + "A,net,0,,2026\nB,convnet,5,x,2026-01-31\nB,convnet,6,x,2026-01-31\n")
    ran = cli("estimate", "--target-error", "0.1", "--classes", "5", "--models-file", str(path))
    assert ran.status == 2
    assert [line.split(": ")[2] for line in ran.errors] == [
        f"models_file row 2, column {column}"
        for column in ("family", "parameters", "source", "source_date")
    ]
    path.write_text(OWN + "B,convnet,5,x,2026-01-31\nb,convnet,6,x,2026-01-31\n")
    again = cli("facts", "models", "--models-file", str(path))
    assert "'b' is not allowed; must name one row only" in again.err
    for table in ("accelerators", "prices", "grids"):
        bad = cli("facts", table, f"--{table}-file", str(path))
        assert bad.status == 2
        assert f"{table}_file row 1" in bad.err


def test_a_user_file_makes_an_accelerator_findable(tmp_path, cli):
    path = tmp_path / "mine.csv"
    path.write_text(
        "name,vendor,kind,year,fp16_tflops,memory_gb,source,source_date\n"
        "Chip 9000,Acme,data-center,2026,4000,512,data sheet,2026-06-01\n",
        encoding="utf-8",
    )
    rows = cli(
        "facts", "accelerators", "--accelerators-file", str(path), "--search", "acme", "--json"
    ).json["rows"]
    assert [row["fp16_tflops"] for row in rows] == [4000.0]


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("ResNet-50", layers.resnet50()),
        ("RetinaNet-ResNeXt50-FPN", layers.retinanet()),
        ("Mask R-CNN", layers.mask_rcnn()),
        ("3D U-Net", layers.unet_3d()),
    ],
)
def test_arithmetic_is_that_of_the_layers(name, counted):
    (row,) = find_models([name])
    # ResNet-50 is timm's own count, which also has pooling and such.
    assert row.gmacs == pytest.approx(counted.macs / 1e9, rel=0.01)
    assert row.million_activations == pytest.approx(counted.activations / 1e6, rel=0.01)
