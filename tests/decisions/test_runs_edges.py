"""Runs at the edges: language models, what no accelerator can do, names, odd columns."""

from __future__ import annotations

import csv

import pytest

from costcurve.costs.throughput_card import throughput_card
from costcurve.decisions.runs import cost_of_runs
from costcurve.facts import model_table
from costcurve.facts.hardware import ACCELERATORS
from tests.decisions.test_runs import one

#: Accelerator-hours that the makers of language models print: Touvron et al. (2023), LLaMA, Table
#: 15; Llama Team (2024), Llama 3.1 model card; Le Scao et al. (2022), BLOOM.
LANGUAGE_MODELS = {
    "LLaMA-7B": (6.7e9, 1.0e12, "A100 SXM4 80GB", 82_432),
    "LLaMA-65B": (65.2e9, 1.4e12, "A100 SXM4 80GB", 1_022_362),
    "BLOOM": (176e9, 366e9, "A100 SXM4 80GB", 1_082_990),
    "Llama 3.1 405B": (405e9, 15.6e12, "H100 SXM5", 30_840_000),
}


@pytest.mark.parametrize("name", LANGUAGE_MODELS)
def test_language_models_within_a_factor_2_of_what_was_printed(name):
    parameters, tokens, accelerator, printed = LANGUAGE_MODELS[name]
    (found,) = cost_of_runs(
        [
            {
                "model": name,
                "parameters": repr(parameters),
                "samples": repr(tokens),
                "accelerator": accelerator,
                "count": "1024",
            }
        ]
    )
    hours = found.values["accelerator_hours"]
    assert printed / 2 < hours.point < printed * 2
    assert "6_flop_per_parameter_and_token" in found.flags


def test_nothing_is_faster_than_an_accelerator_can_be():
    highest = throughput_card().content["highest_utilisation"]
    peaks = {"amp": "fp16_tflops", "tf32": "tf32_tflops", "fp32": "fp32_tflops"}
    rows = [
        {
            "model": model.name,
            "samples": "1e6",
            "accelerator": machine.name,
            "precision": precision,
            "effort": effort,
        }
        for model in model_table()
        if model.gmacs
        for machine in ACCELERATORS.rows()
        for precision, effort in (("amp", "tuned"), ("fp32", "typical"))
        if getattr(machine, peaks[precision])
    ]
    gmacs = {model.name: model.gmacs for model in model_table()}
    machines = {machine.name: machine for machine in ACCELERATORS.rows()}
    for row, found in zip(rows, cost_of_runs(rows), strict=True):
        peak = getattr(machines[row["accelerator"]], peaks[row["precision"]])
        least = 6e9 * gmacs[row["model"]] * 1e6 / (peak * 1e12 * highest) / 3600
        assert found.values["accelerator_hours"].p05 >= least * (1 - 1e-9), row


def test_what_looks_like_a_language_model_but_is_none_is_refused():
    for model in ("RetinaNet-R50-FPN", "YOLOv3", "DETR-R50"):
        (found,) = cost_of_runs([{"model": model, "samples": "1e6", "accelerator": "a100"}])
        assert "has no gmacs" in " ".join(found.flags)
    assert not one(model="ournet", parameters="25e6", image_size="224").values


def test_names_of_regions_providers_and_weights():
    virginia = one(region="us-east-1", provider="AWS")
    carolina = one(region="us-east1", provider="gcp")
    assert virginia.spec.gco2e_per_kwh != carolina.spec.gco2e_per_kwh
    assert virginia.spec.grid == "aws:us-east-1"
    assert one(region="us-east-1").spec.gco2e_per_kwh == virginia.spec.gco2e_per_kwh
    assert one(region="us-east1").spec.gco2e_per_kwh == carolina.spec.gco2e_per_kwh
    prices = [one(provider=name).spec.usd_per_accelerator_hour for name in ("gcp", "Google Cloud")]
    assert prices[0] == prices[1] is not None
    tagged = one(model="resnet50.a1_in1k").values["hours"]
    assert tagged == one().values["hours"]
    assert one(precision="fp16").values["hours"] == one(precision="amp").values["hours"]


def test_no_interval_is_without_width():
    for effort in ("tuned", "typical", "casual"):
        for accelerator in ("RTX 3090", "H100", "TPU v4"):
            hours = one(effort=effort, accelerator=accelerator).values["hours"]
            assert hours.p05 < hours.point < hours.p95


def test_inference_has_no_gradients_to_exchange():
    few, many = (one(phase="inference", count=count).values for count in (8, 64))
    assert few["accelerator_hours"].point == pytest.approx(many["accelerator_hours"].point)
    trained = [one(count=count).values["accelerator_hours"].point for count in (8, 64)]
    assert trained[0] < trained[1]


def test_columns_of_ones_own_pass_through_and_output_is_input_again(cli, tmp_path):
    runs, out = tmp_path / "runs.csv", tmp_path / "out.csv"
    runs.write_text("Id,Model,samples,accelerator\nx1,resnet50,1e6,h100\n")
    assert cli("cost", "--from", str(runs), "--out", str(out)).status == 0
    first = list(csv.DictReader(out.read_text().splitlines()))
    assert first[0]["id"] == "x1"
    assert cli("cost", "--from", str(out), "--out", str(runs)).status == 0
    assert list(csv.DictReader(runs.read_text().splitlines())) == first


@pytest.mark.parametrize("name", ["offer", "precision"])
def test_a_wrong_cell_is_told_once(name):
    (found,) = cost_of_runs([{"model": "ResNet-50", "samples": "1e6", name: "nonsense"}])
    assert len(found.flags) == 1
    assert found.flags[0].startswith(f"error: {name}: 'nonsense' is not allowed; must be one of: ")
