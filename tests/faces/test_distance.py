"""`costcurve distance` and `costcurve embed`: contracts, junk, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
import scipy.stats

from tests.task.junk import READ, REFUSED, write_junk
from tests.task.networks import patches, write_images, write_network

#: What the contract promises, by name.
KEYS = (
    *("wasserstein_of_means", "l2_of_means", "frechet", "sliced_wasserstein"),
    *("n_a", "n_b", "se"),
)
#: Embeddings are stored in float32.
SINGLE = 1e-6


@pytest.fixture
def sets(tmp_path, monkeypatch):
    monkeypatch.setenv("COSTCURVE_CACHE", str(tmp_path / "cache"))
    network = write_network(tmp_path / "network.onnx")
    images = patches(60)
    first = write_images(tmp_path / "a", images[:40])
    second = write_images(tmp_path / "b", [255 - image for image in images[20:]])
    return str(first), str(second), "--model", str(network)


def test_distances_of_two_folders(cli, sets):
    found = cli("distance", *sets, "--json").json
    assert set(KEYS) <= found.keys()
    assert set(found["se"]) == set(KEYS[:4])
    assert (found["n_a"], found["n_b"]) == (40, 40)
    assert all(found[name] > found["by_chance"][name] for name in KEYS[:4])
    assert cli("distance", *sets, "--json").json == found
    page = " ".join(cli("distance", *sets).out.split())
    assert "by which two random halves of A differ" in page
    assert "same network and preprocessing" in page


def test_ready_embeddings_give_what_their_images_gave(cli, sets, tmp_path):
    first, second, *model = sets
    outs = [str(tmp_path / name) for name in ("a.parquet", "b.parquet")]
    for images, out in zip((first, second), outs, strict=True):
        assert cli("embed", images, *model, "--out", out).status == 0
    direct = cli("distance", *sets, "--json").json
    ready = cli("distance", "--embeddings", *outs, "--json").json
    for name in KEYS[:4]:
        assert ready[name] == pytest.approx(direct[name], rel=SINGLE)


def test_ready_embeddings_as_numpy_are_those_of_scipy(cli, tmp_path):
    random = np.random.default_rng(0)
    a, b = random.standard_normal((300, 7)), random.standard_normal((200, 7)) + 0.2
    paths = [str(tmp_path / name) for name in ("a.npy", "b.npy")]
    for path, rows in zip(paths, (a, b), strict=True):
        np.save(path, rows)
    found = cli("distance", "--embeddings", *paths, "--json").json
    theirs = scipy.stats.wasserstein_distance(a.mean(axis=0), b.mean(axis=0))
    assert found["wasserstein_of_means"] == pytest.approx(theirs)
    assert cli("distance", "--embeddings", *paths, "--sample", "100", "--json").json["n_a"] == 100


def test_a_folder_of_junk_is_survived_and_reported(cli, tmp_path, monkeypatch):
    monkeypatch.setenv("COSTCURVE_CACHE", str(tmp_path / "cache"))
    network = str(write_network(tmp_path / "network.onnx"))
    junk = str(write_junk(tmp_path))
    out = str(tmp_path / "out.parquet")
    refused = cli("embed", junk, "--model", network, "--out", out)
    assert refused.status == 2
    assert "images cannot be read" in refused.errors[0]
    assert not (tmp_path / "out.parquet").exists()
    allowed = ("--max-bad", "0.6", "--out", out, "--json")
    found = cli("embed", junk, "--model", network, *allowed).json
    assert sorted(each["image"] for each in found["unreadable"]) == sorted(REFUSED)
    assert found["embedded"] == len(READ)
    page = cli("distance", junk, junk, "--model", network, "--max-bad", "0.6").out
    assert all(name in page for name in REFUSED)
    assert "50,000" not in page


def test_networks_and_settings_that_differ_are_not_compared(cli, sets, tmp_path):
    first, second, *model = sets
    outs = [str(tmp_path / name) for name in ("a.parquet", "b.parquet")]
    assert cli("embed", first, *model, "--out", outs[0]).status == 0
    assert cli("embed", second, *model, "--mean", "0,0,0", "--out", outs[1]).status == 0
    refused = cli("distance", "--embeddings", *outs)
    assert refused.status == 2
    assert "must be made by the same network" in refused.errors[0]


def test_untrained_weights_are_refused_unless_told_to_go_on(cli, sets, tmp_path):
    described = {"pretrained": False}
    (tmp_path / "network.json").write_text(json.dumps(described))
    refused = cli("distance", *sets)
    assert refused.status == 2
    assert "has no pretrained weights here (its description says so)" in refused.errors[0]
    found = cli("distance", *sets, "--untrained", "--json").json
    assert found["model"]["pretrained"] is False
    assert "never trained" in found["cautions"][0]


def test_the_default_is_the_paper_s_network_by_name(cli, sets):
    pytest.importorskip("onnxruntime")
    refused = cli("distance", *sets[:2])
    # Whether torch is here or not, torchvision is what is missing, or its weights are.
    assert refused.status == 2
    assert "torchvision:inception_v3" in refused.errors[0]
    assert "Traceback" not in refused.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("A",), "two sets are needed"),
        (
            ("A", "B", "--sample", "1"),
            "sample: '1' is not allowed; must be a whole number of at least 2",
        ),
        (("A", "B", "--seed", "x"), "seed: 'x' is not allowed"),
        (("A", "B", "--max-bad", "2"), "max_bad: '2' is not allowed; must be a number from 0 to 1"),
        (("A", "B", "--mean", "1,2"), "model mean: ['1', '2'] is not allowed; must be three"),
        (("A", "B", "--ray", "x", "--workers", "2"), "workers: 2 is not allowed; must be left out"),
        (("A", "B", "--embeddings", "x", "y"), "must stand alone"),
        (("--embeddings", "x.npy", "y.npy", "--size", "9"), "size: must be left out"),
        (("--embeddings", "x.npy", "y.npy"), "embeddings: 'x.npy': cannot be read: No such file"),
    ],
)
def test_what_cannot_be_is_one_clear_sentence(cli, sets, arguments, words):
    first, second, *model = sets
    named = [{"A": first, "B": second}.get(each, each) for each in arguments]
    given = [*named, *([] if "--embeddings" in named or "B" not in arguments else model)]
    refused = cli("distance", *given)
    assert refused.status == 2
    assert any(words in line for line in refused.errors), refused.err


def test_embed_writes_parquet_beside_nothing_else(cli, sets, tmp_path):
    first, _, *model = sets
    assert "is missing" in cli("embed", first, *model).errors[0]
    refused = cli("embed", first, *model, "--out", str(tmp_path / "out.csv"))
    assert "must end in .parquet" in refused.errors[0]
    gone = cli("embed", first, *model, "--out", str(tmp_path / "no" / "out.parquet"))
    assert gone.status == 2
    assert "cannot be written" in gone.errors[0]
