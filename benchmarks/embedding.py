"""Embedding by ONNX Runtime beside PyTorch eager, and the memory of twenty thousand images.

The same convolutional network of a public package, with random weights, exported to ONNX: as many
processes of ONNX Runtime as there are processors with one thread each, which is how `costcurve
embed` runs it, and PyTorch with as many threads. Ours must be 1.5 times as fast.

Then `costcurve embed` reads a tar of 20,000 small images, and of 2,000; the peak memory of its
largest process must not grow by more than 100 MB, where the other 18,000 embeddings alone would
take 147 MB.

The first part needs torch and transformers, which costcurve itself never does; without them it says
so.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from costcurve.core.jobs import default_workers
from costcurve.task.embedding_model import BATCH, EmbeddingModel, open_model
from costcurve.task.model_export import exported_model
from ratios import Ratio, allowed, arguments, finished

#: A ResNet-50 as Transformers makes it by default.
NETWORK = "transformers:resnet"
#: Allowed share of the time of PyTorch.
LIMIT = 1.0 / 1.5
IMAGES, SIDE, ROUNDS = 64, 224, 3
MOST_MORE_MB, MANY, FEW = 100.0, 20_000, 2_000
#: Sums of 32-bit numbers in another order, through fifty layers.
MOST_APART = 1e-3


def images_of(seed: int) -> list[np.ndarray]:
    """Return images that are ready for the network."""
    random = np.random.default_rng(seed)
    return list(random.standard_normal((IMAGES // 2, SIDE, SIDE, 3)).astype(np.float32))


def ours_of(model: EmbeddingModel, seed: int) -> float:
    """Return the seconds of one process."""
    pixels = images_of(seed)
    model.embed(pixels[:BATCH])
    start = time.perf_counter()
    model.embed(pixels)
    return time.perf_counter() - start


def per_second_of_ours(model: EmbeddingModel, pool: ProcessPoolExecutor, workers: int) -> float:
    """Return the images per second of all processes at once."""
    seconds = list(pool.map(ours_of, [model] * workers, range(workers)))
    return workers * (IMAGES // 2) / max(seconds)


def per_second_of_torch(network: object, workers: int) -> float:
    """Return the images per second of PyTorch eager, batch by batch."""
    import torch  # noqa: PLC0415

    torch.set_num_threads(workers)
    batch = torch.from_numpy(np.stack(images_of(0)[:BATCH]).transpose(0, 3, 1, 2).copy())
    with torch.inference_mode():
        network(pixel_values=batch)
        start = time.perf_counter()
        for _ in range(IMAGES // BATCH):
            network(pixel_values=batch)
        return IMAGES / (time.perf_counter() - start)


def compare(folder: Path) -> list[Ratio]:
    """Return the time of an image of both, and how far apart their embeddings are."""
    if find_spec("torch") is None or find_spec("transformers") is None:
        print("embedding: torch or transformers is not installed; nothing to compare with")
        return []
    # Random weights will do, so nobody is asked for others.
    os.environ["HF_HUB_OFFLINE"] = "1"
    import torch  # noqa: PLC0415
    from transformers import AutoConfig, AutoModel  # noqa: PLC0415

    workers = default_workers()
    model = open_model(exported_model(NETWORK, folder, untrained=True))
    torch.manual_seed(0)
    network = AutoModel.from_config(AutoConfig.for_model(NETWORK.partition(":")[2])).eval()
    pixels = images_of(0)[:2]
    with torch.inference_mode():
        batch = torch.from_numpy(np.stack(pixels).transpose(0, 3, 1, 2).copy())
        theirs = network(pixel_values=batch).pooler_output.flatten(1).numpy()
    apart = float(np.abs(model.embed(pixels) - theirs).max() / np.abs(theirs).max())
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        # Other work comes and goes on a machine; in turns, it meets both.
        found = [
            (per_second_of_ours(model, pool, workers), per_second_of_torch(network, workers))
            for _ in range(ROUNDS)
        ]
    ours, torchs = (max(each) for each in zip(*found, strict=True))
    return [
        Ratio("embedding", f"an image by ONNX Runtime, {workers} processes", 1e3 / ours,
              1e3 / torchs, "ms", f"PyTorch eager, {workers} threads", LIMIT),
        allowed("embedding", "largest difference of embeddings", apart, MOST_APART,
                "of the largest"),
    ]  # fmt: skip


def write_tar(path: Path, count: int) -> None:
    """Write so many different small images."""
    random = np.random.default_rng(0)
    with tarfile.open(path, "w") as archive:
        for number in range(count):
            stream = io.BytesIO()
            pixels = random.integers(0, 256, (32, 32, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(stream, "PNG", compress_level=1)
            member = tarfile.TarInfo(f"{number:06d}.png")
            member.size = stream.tell()
            stream.seek(0)
            archive.addfile(member, stream)


def write_network(path: Path) -> None:
    """Write a convolution with 2,048 outputs, as many as Inception-v3 has."""
    weights = np.random.default_rng(0).standard_normal((2048, 3, 8, 8)).astype(np.float32)
    floats = TensorProto.FLOAT
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["image", "weights"], ["map"], strides=[8, 8]),
            helper.make_node("GlobalAveragePool", ["map"], ["mean"]),
            helper.make_node("Flatten", ["mean"], ["embedding"]),
        ],
        "network",
        [helper.make_tensor_value_info("image", floats, ["n", 3, 32, 32])],
        [helper.make_tensor_value_info("embedding", floats, ["n", 2048])],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, path)


def peak_mb(images: Path, network: Path, folder: Path) -> tuple[float, float]:
    """Return the peak memory of the largest process of `costcurve embed`, and its seconds."""
    command = [
        *(sys.executable, "-m", "costcurve", "embed", str(images), "--model", str(network)),
        *("--sample", "200000", "--out", str(folder / f"{images.stem}.parquet"), "--json"),
    ]
    code = (
        "import json, resource, subprocess, sys, time; start = time.perf_counter();"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss;"
        "print(json.dumps([peak / 1024, time.perf_counter() - start]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *command],
        check=True,
        stdout=subprocess.PIPE,
        env={**os.environ, "COSTCURVE_CACHE": str(folder / images.stem)},
    )
    peak, seconds = json.loads(ran.stdout)
    return peak, seconds


def memory(folder: Path) -> Ratio:
    """Return how much more memory many images take than few."""
    network = folder / "wide.onnx"
    write_network(network)
    peaks = []
    for count in (FEW, MANY):
        images = folder / f"{count}.tar"
        write_tar(images, count)
        peak, seconds = peak_mb(images, network, folder)
        print(f"{count:,} images, 2,048 numbers each: peak {peak:.0f} MB, {seconds:.1f} s")
        peaks.append(peak)
    more = max(peaks[1] - peaks[0], 0.0)
    what = f"memory of {MANY:,} images over that of {FEW:,}"
    return allowed("embedding", what, more, MOST_MORE_MB, "MB")


def measured() -> list[Ratio]:
    """Return both comparisons."""
    with tempfile.TemporaryDirectory() as name:
        return [memory(Path(name)), *compare(Path(name))]


if __name__ == "__main__":
    asked = arguments(__doc__).parse_args()
    sys.exit(finished(measured(), asked))
