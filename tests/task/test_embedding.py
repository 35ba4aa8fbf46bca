"""Embedding images: ONNX's own evaluator, any number of workers, kills, and two nodes of Ray."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from importlib.metadata import Distribution, PackageNotFoundError

import numpy as np
import onnx
import pyarrow.parquet
import pytest
from onnx.reference import ReferenceEvaluator
from PIL import Image, ImageFilter

from costcurve import InputError
from costcurve.task.dataset_distance import MEASURES, dataset_distance
from costcurve.task.embedding import Embedding
from costcurve.task.embedding_model import BATCH, METADATA, open_model
from costcurve.task.embedding_store import EmbeddingStore
from costcurve.task.preprocessing import preprocessing_of
from tests.task.networks import patches, write_images, write_network

#: Sums of some hundred products in float32, in another order.
SINGLE = 1e-4


@pytest.fixture
def network(tmp_path):
    return open_model(write_network(tmp_path / "network.onnx"))


def embedding_of(network, folder, **options):
    store = EmbeddingStore(folder, network.key(), network.dimensions)
    given = {"sample": 10_000, "seed": 1, "max_bad": 0.05, "workers": 1, **options}
    return Embedding(network, store, **given)


def rows_of(found):
    with closing(found.store):
        return np.concatenate(list(found.as_set().blocks()))


def test_embeddings_are_those_of_onnx_s_own_evaluator(tmp_path, network):
    images = patches(20, side=40)
    rng = network.preprocessing
    theirs = ReferenceEvaluator(onnx.load(network.path))
    pixels = [rng.pixels(Image.fromarray(image)) for image in images]
    (expected, _) = theirs.run(None, {"image": np.stack(pixels).transpose(0, 3, 1, 2)})
    found = rows_of(embedding_of(network, tmp_path).embed(write_images(tmp_path / "a", images)))
    assert found == pytest.approx(expected, rel=SINGLE, abs=SINGLE)
    # The mean of a map of features is what the network itself pools.
    of_map = open_model(write_network(tmp_path / "network.onnx"), output="positive")
    assert of_map.embed(pixels) == pytest.approx(expected, rel=SINGLE, abs=SINGLE)


def test_digits_depend_neither_on_workers_nor_on_the_batch(tmp_path, network):
    images = write_images(tmp_path / "a", patches(150, side=40))
    one, two = (
        rows_of(embedding_of(network, tmp_path / str(n), workers=n).embed(images)) for n in (1, 2)
    )
    assert np.array_equal(one, two)
    pixels = [network.preprocessing.pixels(Image.fromarray(each)) for each in patches(BATCH + 3)]
    alone = np.concatenate([network.embed([each]) for each in pixels])
    assert np.array_equal(network.embed(pixels), alone)


def test_an_image_is_embedded_once_wherever_it_lies(tmp_path, network):
    images = patches(30)
    first = write_images(tmp_path / "first", [*images, *images])
    second = write_images(tmp_path / "second", images[::-1])
    embedding = embedding_of(network, tmp_path / "cache")
    found = embedding.embed(first)
    assert (len(found.names), found.fresh) == (60, 30)
    again = embedding.embed(second)
    assert again.fresh == 0
    there, back = (np.concatenate(list(each.as_set().blocks())) for each in (found, again))
    assert np.array_equal(there[:30], back[::-1])
    assert np.array_equal(there[:30], there[30:])
    kept = dataset_distance(found.as_set(), again.as_set(), kept=embedding.store)
    assert kept.values == dataset_distance(found.as_set(), again.as_set()).values
    assert dataset_distance(found.as_set(), again.as_set(), kept=embedding.store) == kept
    embedding.store.close()


CORRUPTIONS = {
    "blur": lambda image, level: image.filter(ImageFilter.GaussianBlur(level)),
    "noise": lambda image, level: Image.fromarray(
        np.clip(
            np.asarray(image, float)
            + 12.0 * level * np.random.default_rng(1).standard_normal((*image.size[::-1], 3)),
            0,
            255,
        ).astype(np.uint8)
    ),
    "recolour": lambda image, level: Image.fromarray(
        (np.asarray(image, float) * [1.0, 1.0 - 0.2 * level, 1.0]).astype(np.uint8)
    ),
}


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_distance_grows_with_the_strength_of_a_corruption_of_real_images(network, name):
    def set_of(images):
        pixels = [network.preprocessing.pixels(image) for image in images]
        rows = network.embed(pixels).astype(float)
        return as_rows(rows)

    clean = [Image.fromarray(each) for each in patches(200)]
    first = set_of(clean)
    found = [
        dataset_distance(first, set_of([CORRUPTIONS[name](each, level) for each in clean])).values
        for level in (0, 1, 2, 3, 4)
    ]
    for measure in MEASURES:
        values = [each[measure] for each in found]
        assert values == sorted(values), (measure, values)
        assert values[0] == pytest.approx(0.0, abs=1e-9)
        assert values[1] > 0.0


def as_rows(rows):
    from costcurve.task.embedded import EmbeddedSet

    return EmbeddedSet(len(rows), rows.shape[1], lambda: iter([rows]))


def test_a_network_says_how_its_images_are_prepared(tmp_path):
    said = {"mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25], "resize": 40}
    path = write_network(tmp_path / "a.onnx", metadata={METADATA: json.dumps(said)})
    found = open_model(path).preprocessing
    assert (found.size, found.resize, found.mean) == (32, 40, (0.5, 0.5, 0.5))
    (tmp_path / "a.json").write_text(json.dumps({"mean": [0.1, 0.2, 0.3]}))
    assert open_model(path).preprocessing.mean == (0.1, 0.2, 0.3)
    assert open_model(path, {"mean": ["0", "0", "0"]}).preprocessing.mean == (0.0, 0.0, 0.0)
    free = write_network(tmp_path / "b.onnx", size="side")
    assert open_model(free).preprocessing.size == 224
    assert open_model(free).key() != open_model(free, {"size": 64}).key()
    for given, words in (
        ({"size": 64}, "the network takes 32"),
        ({"std": [0, 1, 1]}, "must be at least 0.001"),
        ({"std": [1, 1e-30, 1]}, "must be at least 0.001"),
        ({"mean": [0, 10**400, 0]}, "must be three numbers of at most 1000"),
        ({"mean": [0, 1e30, 0]}, "must be three numbers of at most 1000"),
        ({"resize": 20}, "must be a whole number of 32"),
        ({"sice": 20}, "did you mean 'size'"),
    ):
        with pytest.raises(InputError, match=words):
            open_model(path, given)
    with pytest.raises(InputError, match="must be an output of the network"):
        open_model(path, output="embeding")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"std": [10**400, 1, 1]}, "must be three numbers"),
        ({"mean": "123"}, "must be three numbers"),
        ({"size": True}, "must be a whole number of 1"),
    ],
)
def test_a_description_of_other_kinds_of_values_is_refused(given, words):
    with pytest.raises(InputError, match=words):
        preprocessing_of(given, "model", None)


def test_a_runtime_of_another_name_is_told_by_its_own_version(network, monkeypatch):
    # onnxruntime-gpu gives the same module, and no package of the module's name.
    known, found = network.key(), Distribution.from_name

    def hidden(name):
        if name == "onnxruntime":
            raise PackageNotFoundError(name)
        return found(name)

    monkeypatch.setattr(Distribution, "from_name", hidden)
    assert network.key() == known


@pytest.mark.parametrize("content", [b"", b"no network", bytes(1000)])
def test_a_file_that_is_no_network_is_one_clear_sentence(tmp_path, content):
    path = tmp_path / "a.onnx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"ONNX Runtime cannot load it|must take one batch"):
        open_model(path)


def test_a_damaged_cache_is_one_clear_sentence(tmp_path, network):
    path = tmp_path / f"{network.key()}.sqlite"
    path.write_bytes(b"no database, but long enough to look like one" * 99)
    with pytest.raises(InputError, match="remove it to start anew"):
        EmbeddingStore(tmp_path, network.key(), network.dimensions)


def test_a_network_that_no_batch_can_feed_or_whose_names_are_no_text_is_refused(tmp_path):
    path = write_network(tmp_path / "a.onnx", batch=100_000)
    with pytest.raises(InputError, match="must take 1 to 256 images at once"):
        open_model(path)
    named = write_network(tmp_path / "b.onnx").read_bytes()
    (tmp_path / "b.onnx").write_bytes(named.replace(b"embedding", b"embeddin\xb9"))
    with pytest.raises(InputError, match="must name its inputs and outputs in UTF-8|cannot load"):
        open_model(tmp_path / "b.onnx")


def test_what_was_damaged_in_the_cache_is_made_again(tmp_path, network):
    images = write_images(tmp_path / "images", patches(20))
    embedding = embedding_of(network, tmp_path / "cache")
    found = embedding.embed(images)
    whole = np.concatenate(list(found.as_set().blocks()))
    kept = dataset_distance(found.as_set(), found.as_set(), kept=embedding.store)
    (path,) = (tmp_path / "cache").glob("*.sqlite")
    one, other = found.sha256[3], found.sha256[7]
    with closing(sqlite3.connect(path)) as database, database:
        for digest, damage in ((one, bytes(96)), (other, "words")):
            database.execute("UPDATE embeddings SET vector = ? WHERE sha256 = ?", (damage, digest))
        database.execute("UPDATE arrays SET content = substr(content, 1, length(content) - 9)")
    again = embedding.embed(images)
    assert again.fresh == 2
    assert np.array_equal(np.concatenate(list(again.as_set().blocks())), whole)
    assert dataset_distance(again.as_set(), again.as_set(), kept=embedding.store) == kept
    embedding.store.close()


def kept_in(cache):
    """Return how many embeddings a cache holds, which another process may be writing."""
    found = list(cache.rglob("*.sqlite"))
    if not found:
        return 0
    with closing(sqlite3.connect(found[0], timeout=60)) as database:
        asked = "SELECT count(*) FROM sqlite_master WHERE name = 'embeddings'"
        if not database.execute(asked).fetchone()[0]:
            return 0
        return database.execute("SELECT count(*) FROM embeddings").fetchone()[0]


def test_killed_and_resumed_it_is_the_same_and_no_image_is_embedded_twice(tmp_path):
    images = write_images(tmp_path / "images", patches(640, side=40))
    network = write_network(tmp_path / "slow.onnx", size=160, dimensions=48)

    def command(cache, out):
        return {
            "args": [
                *(sys.executable, "-m", "costcurve", "embed", str(images), "--json"),
                *("--model", str(network), "--out", str(tmp_path / out), "--workers", "1"),
            ],
            "env": {**os.environ, "COSTCURVE_CACHE": str(tmp_path / cache)},
            "stdout": subprocess.PIPE,
        }

    whole = json.loads(subprocess.run(**command("whole", "whole.parquet"), check=True).stdout)
    # Two patches of one white wall may be the same.
    distinct = whole["fresh"]
    assert 600 < distinct <= whole["embedded"] == 640
    running = subprocess.Popen(**command("killed", "killed.parquet"))
    deadline = time.monotonic() + 120
    while not kept_in(tmp_path / "killed"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    before = kept_in(tmp_path / "killed")
    assert 0 < before < distinct
    resumed = subprocess.run(**command("killed", "killed.parquet"), check=True).stdout
    assert json.loads(resumed)["fresh"] == distinct - before
    one, other = (tmp_path / f"{name}.parquet" for name in ("whole", "killed"))
    assert one.read_bytes() == other.read_bytes()
    assert pyarrow.parquet.read_table(one).num_rows == 640


@pytest.mark.filterwarnings("ignore")
def test_two_nodes_of_a_cluster_give_the_same_bits(tmp_path, network):
    """Two nodes on this machine, each of one processor."""
    pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    images = write_images(tmp_path / "a", patches(200))
    alone = rows_of(embedding_of(network, tmp_path / "alone").embed(images))
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    try:
        cluster.add_node(num_cpus=1)
        given = {"workers": None, "ray_address": cluster.address}
        shared = embedding_of(network, tmp_path / "shared", **given).embed(images)
        assert np.array_equal(rows_of(shared), alone)
    finally:
        cluster.shutdown()
