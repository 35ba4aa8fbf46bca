"""The fact tables against the public data they were taken from, and the loader's refusals."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict

import pytest

from costcurve import InputError
from costcurve.facts.catalog import ACCELERATORS, GRIDS, MODELS, PRICES, TABLES
from costcurve.facts.models import AAAI_2024
from costcurve.facts.tables import DATE, TEXT, FactTable, check_unique, find_by_name, load_table


def read(path, **options):
    with path.open(newline="", encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream, **options))


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_every_row_has_a_source_and_a_date(table):
    assert len(table.rows()) > 0
    for row in table.rows():
        assert row.source.strip()
        assert 2010 <= row.source_date.year <= 2026


def test_there_are_enough_of_each():
    in_use_today = [row for row in MODELS.rows() if AAAI_2024 not in row.lists]
    families = {row.family for row in in_use_today}
    assert len(in_use_today) >= 40
    assert families == {"convnet", "mobile-convnet", "transformer", "hybrid", "detector",
                        "segmenter"}  # fmt: skip
    assert len(ACCELERATORS.rows()) >= 30
    assert {row.offer for row in PRICES.rows()} == {
        "on-demand", "spot", "reserved-1y", "reserved-3y", "purchase"
    }  # fmt: skip
    assert {row.scope for row in GRIDS.rows()} == {"country", "cloud-region", "provider"}


def test_models_from_timm_agree_with_timm(data):
    results = {
        (row["model"], row["img_size"]): row for row in read(data / "timm" / "results-imagenet.csv")
    }
    measured = {
        (row["model"], row["infer_img_size"]): row
        for row in read(data / "timm" / "benchmark-infer-amp-nhwc-pt240-cu124-rtx3090.csv")
    }
    checked = 0
    for row in MODELS.rows():
        named = re.fullmatch(r"timm results at commit aa4b585, (\w+)", row.source)
        if not named:
            continue
        timm = measured[named[1], str(row.image_size_pixels)]
        assert row.parameters == pytest.approx(1e6 * float(timm["param_count"]), abs=1)
        assert row.gmacs == float(timm["infer_gmacs"])
        assert row.million_activations == float(timm["infer_macts"])
        weights = re.search(r"top-1 of ([\w.]+) at (\d+) px", row.note)
        if weights:
            top1 = results[weights[1], weights[2]]["top1"]
            assert row.imagenet_top1_percent == float(top1), row.name
        checked += 1
    assert checked >= 60


def test_countries_agree_with_the_public_mix(data):
    mix = json.loads((data / "carbon" / "codecarbon" / "global_energy_mix.json").read_text())
    checked = 0
    for row in GRIDS.rows():
        if row.scope == "country" and row.country in mix:
            published = mix[row.country]
            assert row.gco2e_per_kwh == pytest.approx(published["carbon_intensity"], abs=0.05)
            assert row.year == published["year"]
            checked += 1
    assert checked >= 45


def test_prices_agree_with_the_public_table(data):
    columns = ("Price per chip-hour (on-demand)", "Price per chip-hour (1-year CUD)",
               "Price per chip-hour (3-year CUD)", "Price (hardware purchase)")  # fmt: skip
    known = defaultdict(list)
    for row in read(data / "epoch" / "hardware-prices.csv"):
        source = re.sub(r"( copy)+$", "", row["Price source"].strip())
        prices = (row[column] for column in columns if row[column].strip())
        known[source, row["Price date"]] += map(float, prices)
    sources = {source for source, _ in known}
    checked = 0
    for row in PRICES.rows():
        price = row.usd_per_accelerator_hour or row.purchase_usd
        assert (row.usd_per_accelerator_hour is None) == (row.offer == "purchase")
        assert (row.purchase_usd is None) == (row.offer != "purchase")
        if row.source in sources and row.offer != "spot":
            # To the cent, as prices are quoted.
            listed = known[row.source, row.source_date.isoformat()]
            assert any(price == pytest.approx(other, abs=0.0051) for other in listed), row
            checked += 1
    assert checked >= 100


def test_accelerators_agree_with_the_public_table_where_their_notes_say_so(data):
    published = {
        row["Hardware name"]: row for row in read(data / "epoch" / "chip-dataset-grid-view.csv")
    }
    # Names in the two tables, for rows whose note claims agreement within 1.5 %.
    pairs = {
        "A100 SXM4 80GB": "NVIDIA A100 SXM4 80 GB",
        "A100 SXM4 40GB": "NVIDIA A100 SXM4 40 GB",
        "H100 SXM5": "NVIDIA H100 SXM5 80GB",
        "Tesla V100 SXM2 32GB": "NVIDIA Tesla V100 SXM2 32 GB",
        "L4": "NVIDIA L4",
        "GeForce RTX 3090": "NVIDIA GeForce RTX 3090",
        "Instinct MI300X": "AMD Instinct MI300X",
    }
    columns = {
        "fp32_tflops": ("FP32 (single precision) performance (FLOP/s)", 1e12),
        "memory_bandwidth_gb_per_s": ("Memory bandwidth (byte/s)", 1e9),
        "tdp_w": ("TDP (W)", 1.0),
    }
    ours = {row.name: row for row in ACCELERATORS.rows()}
    for name, theirs in pairs.items():
        for column, (header, scale) in columns.items():
            value = float(published[theirs][header]) / scale
            assert getattr(ours[name], column) == pytest.approx(value, rel=0.015), (name, column)


def test_what_is_from_memory_is_marked():
    for row in ACCELERATORS.rows():
        assert "agrees" in row.note or "unchecked" in row.note or "vendor" in row.note


@pytest.mark.parametrize(
    ("table", "written", "found"),
    [
        (ACCELERATORS, "a100-sxm4-80gb", "A100 SXM4 80GB"),
        (ACCELERATORS, "A100 sxm4 80 GB", "A100 SXM4 80GB"),
        (MODELS, "resnet50", "ResNet-50"),
        (MODELS, "convnext_tiny", "ConvNeXt-T"),
        (GRIDS, "FRA", "France"),
        (GRIDS, "europe-west4", "europe-west4"),
    ],
)
def test_found_by_alias(table, written, found):
    names = {name: row for row in table.rows() for name in table.names(row)}
    assert find_by_name(written, names, "name").name == found


def test_every_priced_accelerator_is_known():
    names = {name: row for row in ACCELERATORS.rows() for name in ACCELERATORS.names(row)}
    for row in PRICES.rows():
        assert find_by_name(row.accelerator, names, "accelerator")


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
@pytest.mark.parametrize("column", ["source", "source_date"])
def test_the_loader_refuses_a_row_without(table, column):
    text = "\n".join(
        [",".join(table.columns), ",".join("" if name == column else "x" for name in table.columns)]
    )
    with pytest.raises(InputError, match=f"row 2, column {column}: '' is not allowed"):
        load_table(text, table.columns, table.build, table.name)


def test_a_price_that_is_another_than_its_offer_s_is_named_by_its_row(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(
        "accelerator,provider,offer,usd_per_accelerator_hour,purchase_usd,source,source_date\n"
        "A100,us,purchase,5,,a bill,2026-01-31\n"
        "A100,us,spot,5,,a bill,2026-01-31\n"
        "A100,us,spot,five,,a bill,2026-01-31\n"
        "A100,us,spot,5,5,a bill,2026-01-31\n"
    )
    with pytest.raises(InputError) as caught:
        PRICES.with_file(path)
    assert [str(each).partition(" is not")[0] for each in caught.value.findings] == [
        "prices_file row 2, column offer: 'purchase'",
        "prices_file row 4, column usd_per_accelerator_hour: 'five'",
        "prices_file row 5, column offer: 'spot'",
    ]


def test_two_rows_of_one_name_are_refused():
    with pytest.raises(InputError, match="'B-1' is not allowed; must name one row only"):
        check_unique([("a", "b1"), ("B-1",)], "things")
    check_unique([("Vietnam", "Viet Nam"), ("Laos",)], "things")


def test_every_number_has_its_unit_in_name_or_schema():
    counts = {"parameters", "image_size_pixels", "pue"}
    for table in TABLES.values():
        for name, column in table.columns.items():
            is_number = column.allowed.startswith(("a number", "a whole number", "a year"))
            assert not is_number or column.unit != "1" or name in counts


def test_a_table_of_ones_own():
    table = FactTable("none", "None", {"name": TEXT, "source_date": DATE}, dict, lambda _: ())
    rows = load_table("name,source_date\nx,2020-01-31\n", table.columns, dict, "none")
    assert rows[0]["source_date"].year == 2020


def test_command_line(cli):
    for name, table in TABLES.items():
        listed = cli("facts", name, "--json").json
        assert len(listed["rows"]) == len(table.rows())
        assert set(listed["rows"][0]) == set(table.columns)
        rows = list(csv.DictReader(cli("facts", name, "--csv").out.splitlines()))
        assert list(rows[0]) == list(table.columns)
        assert len(rows) == len(table.rows())
        assert table.title in cli("facts", name).out
    found = cli("facts", "models", "--search", "CONVNEXT", "--json").json["rows"]
    assert found
    assert all("convnext" in json.dumps(row).casefold() for row in found)
    assert cli("facts", "models", "--search", "nosuchthing", "--csv").out.count("\n") == 1
    assert cli("facts", "model").status == 2
    assert cli("facts", "models", "--json", "--csv").status == 2
