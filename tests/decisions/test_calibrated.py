"""Calibrated prices: against measured runs, the formula by hand, and the tables they come from."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import costcurve as cc
from costcurve.core.vocabulary import Flag
from costcurve.costs.effort import BETWEEN_TEAMS
from costcurve.costs.throughput_card import throughput_card
from costcurve.decisions.equipment import PRICE_IS_OLD, offers_for
from costcurve.facts import model_table
from costcurve.facts.hardware import PRICES

IMAGENET_IMAGES = 1_281_167
EPOCHS = 90
#: As issue and reader expect of an estimate before any run: half to double.
FACTOR = 2.0
#: float64 in another order of the same few products.
RELATIVE = 1e-12
TASK = {"target_error": 0.1, "classes": 20, "limit": 1e5}


def imagenet(**assumed):
    """ResNet-50 on ImageNet for 90 epochs."""
    task = cc.Task(target_error=0.1, classes=1000)
    overrides = {"examples_needed": IMAGENET_IMAGES}
    given = {"models": "ResNet-50", "epochs": EPOCHS, "overrides": overrides} | assumed
    return cc.estimate(task, cc.Assumptions(**given)).best


#: Images per second of ResNet-50 with mixed precision on one A100, as their authors print them.
MEASURED_IMAGES_PER_SECOND = {
    # NVIDIA/DeepLearningExamples, */resnet50v1.5/README.md or */RN50v1.5/README.md.
    "PyTorch @ 291f0d0": 2470,
    "MXNet @ 134510b": 2180,
    "TensorFlow 1 @ 1d4211f": 2375,
    "PaddlePaddle @ 0bc061d": 2711,
    # huggingface/pytorch-image-models, issue 1491: images read from disk.
    "timm issue 1491": 1923,
    # lambdal/deeplearning-benchmark @ 67fdf51, pytorch-train-throughput-fp16.csv.
    "Lambda, A100 SXM4 80GB": 1582,
    "Lambda, A100 PCIe 40GB, 2021": 1120,
}


@pytest.mark.parametrize("run", MEASURED_IMAGES_PER_SECOND)
def test_resnet50_on_one_a100_within_a_factor_2_of_public_runs(run):
    hours = IMAGENET_IMAGES * EPOCHS / MEASURED_IMAGES_PER_SECOND[run] / 3600
    best = imagenet(accelerator="A100")
    assert best.accelerator == "A100 SXM4 80GB"
    assert hours / FACTOR < best.training_hours.point < hours * FACTOR
    usd_per_hour = best.bill.items[1].unit_price_usd
    dollars = hours * usd_per_hour
    assert dollars / FACTOR < best.training_cost_usd.point < dollars * FACTOR
    fastest = imagenet(accelerator="A100", effort="tuned").training_hours
    slowest = imagenet(accelerator="A100", effort="casual").training_hours
    assert fastest.p05 < hours < slowest.p95


@given(
    utilisation=st.floats(0.01, 1.0),
    epochs=st.floats(0.1, 1000),
    usd=st.floats(0.0, 1000),
    model=st.sampled_from(["ResNet-18", "ViT-B/16", "ConvNeXt-T"]),
)
def test_hours_and_dollars_by_hand(utilisation, epochs, usd, model):
    assumed = cc.Assumptions(
        models=[model],
        accelerator="H100 SXM5",
        utilisation=utilisation,
        epochs=epochs,
        usd_per_accelerator_hour=usd,
    )
    result = cc.estimate(cc.Task(**TASK), assumed)
    gmacs = next(row.gmacs for row in model_table() if row.name == model)
    examples = min(result.best.examples_needed.point, TASK["limit"])
    flop = 3 * 2 * gmacs * 1e9 * examples * epochs
    hours = flop / (989.5e12 * utilisation) / 3600
    assert result.best.training_flop.point == pytest.approx(flop, rel=RELATIVE)
    assert result.best.training_hours.point == pytest.approx(hours, rel=RELATIVE)
    assert result.best.training_cost_usd.point == pytest.approx(hours * usd, rel=RELATIVE)


def test_memory_is_16_bytes_a_parameter_and_the_batch_of_activations():
    best = cc.estimate(
        cc.Task(**TASK), cc.Assumptions(models="ResNet-50", accelerator="A100", batch_size=256)
    ).best
    # 5.137 bytes an activation: the family's median, as costcurve fit throughput prints it.
    expected = (16 * 25.56e6 + 256 * 11.11e6 * 5.137) / 1e9
    assert best.training_memory_gb == pytest.approx(expected, rel=1e-9)
    assert best.serving_memory_gb == pytest.approx(2 * (25.56e6 + 11.11e6) / 1e9, rel=1e-9)


def test_batches_that_fit_a_card_in_public_measurements():
    # ResNet-50 with mixed precision: the largest batches that Lambda's benchmark ran by memory of
    # the card, in GB (deeplearning-benchmark, PyTorch).
    for memory_gb, batch in {16: 256, 24: 448, 40: 720, 48: 928, 80: 1280}.items():
        best = cc.estimate(
            cc.Task(**TASK), cc.Assumptions(models="ResNet-50", batch_size=batch)
        ).best
        assert memory_gb / 1.6 < best.training_memory_gb < memory_gb * 1.6


def test_the_cheapest_that_fits_is_chosen():
    task, assumed = cc.Task(**TASK), cc.Assumptions(models="ResNet-50, ConvNeXt-B, U-Net")
    with pytest.raises(cc.InputError, match="'U-Net': is a model for segmentation"):
        cc.estimate(task, assumed)
    assumed = cc.Assumptions(models="ResNet-50, ConvNeXt-B")
    for option in cc.estimate(task, assumed).options:
        every = []
        for offer in offers_for(assumed):
            each = cc.Assumptions(
                models=[option.model],
                accelerator=offer.accelerator.name,
                usd_per_accelerator_hour=offer.usd_per_accelerator_hour,
            )
            every.append(cc.estimate(task, each).best.training_cost_usd.point)
        assert option.training_cost_usd.point == pytest.approx(min(every), rel=RELATIVE)


def test_what_does_not_fit_says_so_and_comes_last():
    assumed = cc.Assumptions(models="ResNet-18, DINOv2 ViT-g/14", accelerator="T4")
    options = cc.estimate(cc.Task(**TASK), assumed).options
    assert [option.model for option in options] == ["ResNet-18", "DINOv2 ViT-g/14"]
    assert Flag.DOES_NOT_FIT not in options[0].flags
    assert Flag.DOES_NOT_FIT in options[1].flags
    assert options[1].training_memory_gb > 16
    largest = cc.estimate(
        cc.Task(**TASK), cc.Assumptions(models="DINOv2 ViT-g/14", batch_size=4096)
    )
    assert largest.best.accelerator == "Instinct MI300X"  # the most memory on offer
    assert any("Does not fit" in text for text in largest.warnings)


@pytest.mark.parametrize("kind", ["classification", "segmentation"])
def test_candidates_are_of_the_tasks_kind(kind):
    result = cc.estimate(cc.Task(kind=kind, target_error=0.3, classes=10))
    kinds = {row.name: row.kinds for row in model_table()}
    assert len(result.options) >= 8
    assert all(kind in kinds[option.model] for option in result.options)
    heads = {row.name for row in model_table() if row.family == "segmenter"}
    assert ({option.model for option in result.options} <= heads) == (kind == "segmentation")


def test_prices_are_the_latest_on_demand_with_the_machine_and_not_old():
    newest = max(row.source_date for row in PRICES.rows())
    for offer in offers_for(cc.Assumptions()):
        price = offer.price
        assert price.offer == "on-demand"
        assert price.host_included == "yes"
        assert newest - price.source_date <= PRICE_IS_OLD
        same = [
            row
            for row in PRICES.rows()
            if (row.accelerator, row.provider, row.region, row.offer)
            == (price.accelerator, price.provider, price.region, price.offer)
        ]
        assert price.source_date == max(row.source_date for row in same)
    assert {o.price.provider for o in offers_for(cc.Assumptions(provider="lambda"))} == {"Lambda"}
    assert {o.price.region for o in offers_for(cc.Assumptions(region="US-EAST-1"))} == {"us-east-1"}


def test_an_old_price_is_flagged():
    assert offers_for(cc.Assumptions(accelerator="K80"))[0].is_old
    assert (
        Flag.OLD_PRICE
        in cc.estimate(
            cc.Task(**TASK), cc.Assumptions(models="ResNet-18", accelerator="K80")
        ).best.flags
    )


@pytest.mark.parametrize(
    ("assumed", "field", "words"),
    [
        ({"accelerator": "nosuch"}, "accelerator", "no such name"),
        ({"accelerator": "a100, b300x"}, "accelerator", "no such name"),
        ({"provider": "amazn"}, "provider", "no such name"),
        ({"region": "us-east-9"}, "region", "did you mean 'us-east-1'"),
        ({"accelerator": "TPU v5p"}, "prices", "no on-demand price"),
        ({"provider": "Lambda", "accelerator": "T4"}, "prices", "no on-demand price"),
        ({"usd_per_accelerator_hour": 2}, "accelerator", "is missing"),
        ({"utilisation": 1.1}, "utilisation", "at most 1"),
        ({"utilisation": 0}, "utilisation", "at least 1e-06"),
        ({"batch_size": 0}, "batch_size", "at least 1"),
        ({"models": "DETR-R50"}, "models", "has no gmacs"),
    ],
)
def test_what_cannot_be_priced_is_answered_in_words(assumed, field, words):
    with pytest.raises(cc.InputError) as caught:
        cc.estimate(cc.Task(**TASK), cc.Assumptions(**assumed))
    assert caught.value.findings[0].field == field
    assert words in str(caught.value)


@pytest.mark.parametrize("name", ["utilisation", "usd_per_accelerator_hour"])
def test_ranges_of_the_equipment_move_the_price(name):
    fixed = {"accelerator": "A100", "models": "ResNet-50", "utilisation": 0.3,
             "usd_per_accelerator_hour": 2.0}  # fmt: skip
    overrides = {"examples_needed": 1e5}
    certain = cc.estimate(cc.Task(**TASK), cc.Assumptions(**fixed, overrides=overrides)).best
    assert certain.training_cost_usd.p05 == certain.training_cost_usd.p95
    wide = fixed | {name: f"{fixed[name] / 2} to {fixed[name] * 2}"}
    result = cc.estimate(cc.Task(**TASK), cc.Assumptions(**wide, overrides=overrides))
    cost = result.best.training_cost_usd
    if name == "usd_per_accelerator_hour":  # a utilisation is truncated at one, which moves it
        assert cost.p50 == pytest.approx(certain.training_cost_usd.point, rel=0.01)
    assert cost.p95 / cost.p05 == pytest.approx(4.0, rel=0.02)
    assert name in {swing.input for swing in result.sensitivity}


def test_effort_multiplies_the_hours_and_nothing_else():
    hours = {
        effort: imagenet(accelerator="A100", effort=effort).training_hours.point
        for effort in ("tuned", "typical", "casual")
    }
    card = throughput_card()
    by_hand = {"effort_multiplier": 1.0, "examples_needed": IMAGENET_IMAGES}
    steady = imagenet(accelerator="A100", overrides=by_hand)
    assert hours["tuned"] / steady.training_hours.point == pytest.approx(
        card.content["tuned"]["models"]["ResNet-50"]
    )
    assert hours["typical"] / steady.training_hours.point == pytest.approx(1.08)
    assert hours["casual"] / hours["typical"] == pytest.approx(2600 / 1923, rel=0.01)
    with_utilisation = cc.estimate(
        cc.Task(**TASK), cc.Assumptions(models="ResNet-50", utilisation=0.3, effort="casual")
    )
    assert "Not used when priced calibrated: effort." in with_utilisation.warnings


def test_hours_by_the_throughput_law_by_hand():
    best = imagenet(accelerator="H100 SXM5")
    content = throughput_card().content
    terms = content["phases"]["training"]["convnet"]
    powers = content["accelerators"][0]["powers"]
    reference = terms["seconds_per_gflop"] * 6 * 4.11
    reference += terms["seconds_per_million_activations"] * 11.11
    speed = (
        (989.5 / 71) ** powers["peak"]
        * (3350 / 936) ** powers["bandwidth"]
        * (700 / 350) ** powers["tdp"]
    )
    hours = 1.08 * IMAGENET_IMAGES * EPOCHS * reference / speed / 3600
    assert best.training_hours.point == pytest.approx(hours, rel=1e-9)
    # Independent normal scatters: of architectures, of teams, and of accelerators that were seen.
    spread = math.hypot(terms["log_sd"], BETWEEN_TEAMS, content["accelerators"][0]["log_sd"])
    ratio = best.training_hours.p95 / best.training_hours.p05
    assert ratio == pytest.approx(math.exp(2 * 1.6449 * spread), rel=0.01)


def test_the_card_is_remade_from_public_data(data, cli, monkeypatch):
    monkeypatch.setenv("COSTCURVE_DATA", str(data))
    made = cli("fit", "throughput").json
    packaged = throughput_card().content
    assert made["data"] == packaged["data"]
    for phase, families in packaged["phases"].items():
        for family, terms in families.items():
            for name in ("seconds_per_million_activations", "log_sd", "median_factor"):
                assert made["phases"][phase][family][name] == pytest.approx(terms[name], rel=1e-4)
    assert made["tuned"]["models"] == pytest.approx(packaged["tuned"]["models"], rel=1e-3)
    assert made["accelerators"][0]["powers"] == pytest.approx(
        packaged["accelerators"][0]["powers"], rel=1e-3
    )


NEW = "name,vendor,kind,year,fp16_tflops,memory_gb,source,source_date\n"


def test_a_new_accelerator_from_a_users_file_prices_a_job(tmp_path, cli):
    chips, prices = tmp_path / "chips.csv", tmp_path / "prices.csv"
    chips.write_text(f"{NEW}Chip 9000,Acme,data-center,2026,4000,512,data sheet,2026-06-01\n")
    flags = ["estimate", "--target-error", "0.1", "--classes", "20", "--models", "resnet50"]
    own = [*flags, "--accelerators-file", str(chips), "--accelerator", "chip9000"]
    by_flag = cli(*own, "--usd-per-accelerator-hour", "4", "--json").json["options"][0]
    assert by_flag["accelerator"] == "Chip 9000"
    assert by_flag["training_cost_usd"] == pytest.approx(4 * by_flag["training_hours"])
    assert "no on-demand price" in cli(*own).err
    prices.write_text(
        "accelerator,provider,region,offer,usd_per_accelerator_hour,source,source_date\n"
        "chip 9000,Acme Cloud,moon-1,on-demand,0.01,price list,2026-06-02\n"
    )
    every = [*flags, "--accelerators-file", str(chips), "--prices-file", str(prices)]
    chosen = cli(*every, "--json").json["options"][0]  # so cheap that it is chosen unnamed
    assert chosen["accelerator"] == "Chip 9000"
    assert chosen["terms"] == "Acme Cloud moon-1, on-demand, 2026-06-02"
    assert chosen["training_cost_usd"] == pytest.approx(0.01 * chosen["training_hours"])


def test_a_row_needs_only_what_the_price_needs(tmp_path, cli):
    chips, prices, models = (tmp_path / f"{name}.csv" for name in ("chips", "prices", "models"))
    chips.write_text("name,fp16_tflops,memory_gb,source,source_date\nC9,4000,512,x,2026-06-01\n")
    prices.write_text(
        "accelerator,provider,offer,usd_per_accelerator_hour,source,source_date\n"
        "C9,Acme,on-demand,0.01,x,2026-06-02\n"
    )
    models.write_text("name,parameters,gmacs,source,source_date\nMyNet,1e6,2.5,x,2026-06-01\n")
    files = [
        *("--accelerators-file", str(chips), "--prices-file", str(prices)),
        *("--models-file", str(models)),
    ]
    flags = ["estimate", "--target-error", "0.1", "--classes", "20", *files, "--json"]
    for kind in ("classification", "segmentation"):
        options = cli(*flags, "--kind", kind).json["options"]
        (mine,) = [option for option in options if option["model"] == "MyNet"]
        assert mine["accelerator"] == "C9"
        assert mine["terms"] == "Acme, on-demand, 2026-06-02"
        assert {"family_not_measured", "activations_estimated"} <= {*mine["flags"]}
    run = ["cost", "--model", "mynet", "--samples", "1e6", "--accelerator", "c9", *files, "--json"]
    assert cli(*run).json["cost_usd"] > 0


def test_bad_files_name_every_wrong_cell(tmp_path, cli):
    chips, prices = tmp_path / "chips.csv", tmp_path / "prices.csv"
    chips.write_text(f"{NEW}Chip,Acme,toaster,1066,-1,nan,,2026-06-01\n")
    prices.write_text(
        "accelerator,provider,region,offer,usd_per_accelerator_hour,source,source_date\n"
        "chip,Acme,x,rented,1e300,price list,yesterday\n"
    )
    files = ["--accelerators-file", str(chips), "--prices-file", str(prices)]
    ran = cli("estimate", "--target-error", "0.1", "--classes", "20", *files)
    assert ran.status == 2
    assert [line.split(": ")[2] for line in ran.errors] == [
        *(
            f"accelerators_file row 2, column {column}"
            for column in ("kind", "year", "fp16_tflops", "memory_gb", "source")
        ),
        *(
            f"prices_file row 2, column {column}"
            for column in ("offer", "usd_per_accelerator_hour", "source_date")
        ),
    ]


def test_both_ways_to_price_in_one_comparison(cli):
    flags = ["estimate", "--target-error", "0.1", "--classes", "20", "--limit", "1e5"]
    asked = [*flags, "--models", "resnet50,vgg16", "--accelerator", "a100"]
    both = cli(*asked, "--compare", "--json").json
    assert both["calibrated"] == cli(*asked, "--json").json
    # One law for both, so that only the price differs.
    law = both["calibrated"]["law"]["id"]
    asked_too = ["--models", "resnet50,vgg16", "--as-published", "--law", law, "--json"]
    published = cli(*flags, *asked_too).json
    cost = "training_cost_usd"
    for gap in both["gap"]:
        ours, theirs = (
            next(option for option in one["options"] if option["model"] == gap["model"])
            for one in (both["calibrated"], published)
        )
        assert gap["ratio"] == pytest.approx(theirs[cost] / ours[cost])
        per_flop = 3e-11 / (ours[cost] / ours["training_flop"])
        assert gap["usd_per_flop_ratio"] == pytest.approx(per_flop)
        assert gap["flop_ratio"] == pytest.approx(ours["training_flop"] / theirs["training_flop"])
        assert gap["ratio"] == pytest.approx(gap["usd_per_flop_ratio"] / gap["flop_ratio"])
    # 2 x parameters undercounts a convolution about 160 times.
    assert both["gap"][0]["flop_ratio"] == pytest.approx(160, rel=0.02)
    card = cli(*asked, "--compare").out
    assert "Training, priced both ways" in card
    assert "160 times that arithmetic" in " ".join(card.split())


def test_the_card_says_what_each_line_assumes(cli):
    card = " ".join(cli("estimate", "--target-error", "0.1", "--classes", "20").out.split())
    assert "Labelled examples: " in card
    assert "Training: 3 × 2 × " in card
    assert "Equipment: one " in card
    assert "on-demand, 20" in card


def test_json_keys_of_the_contract(cli):
    data = cli("estimate", "--target-error", "0.1", "--classes", "20", "--json").json
    option = data["options"][0]
    assert {"training_hours", "training_memory_gb", "serving_memory_gb", "accelerator"} <= {*option}
    assert {"input", "low_usd", "high_usd"} <= {*data["sensitivity"][0]}
    assert json.dumps(data, allow_nan=False)
    published = cli(
        "estimate", "--target-error", "0.1", "--classes", "20", "--as-published", "--json"
    ).json["options"][0]
    assert published["accelerator"] is None
    assert published["training_hours"] is None
