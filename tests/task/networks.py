"""Small networks and real pictures for tests, made where they are used."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def write_network(path: Path, size=32, dimensions=16, seed=0, metadata=None, batch="n") -> Path:
    """Write a convolution of random weights, a rectifier and the mean over places, as ONNX."""
    random = np.random.default_rng(seed)
    weights = random.standard_normal((dimensions, 3, 5, 5)).astype(np.float32) / 9.0
    nodes = [
        helper.make_node("Conv", ["image", "weights"], ["map"], strides=[2, 2]),
        helper.make_node("Relu", ["map"], ["positive"]),
        helper.make_node("GlobalAveragePool", ["positive"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["embedding"]),
    ]
    floats = TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("image", floats, [batch, 3, size, size])],
        [
            helper.make_tensor_value_info("embedding", floats, [batch, dimensions]),
            helper.make_tensor_value_info("positive", floats, None),
        ],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    for key, value in (metadata or {}).items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    onnx.save(model, path)
    return path


def patches(count: int, side: int = 40, seed: int = 0) -> list[np.ndarray]:
    """Return patches of the photographs that ship with scikit-learn and scikit-image."""
    photographs = _photographs()
    random = np.random.default_rng(seed)
    found = []
    for place in range(count):
        photograph = photographs[place % len(photographs)]
        top, left = (int(random.integers(0, length - side)) for length in photograph.shape[:2])
        found.append(photograph[top : top + side, left : left + side])
    return found


@cache
def _photographs() -> list[np.ndarray]:
    from skimage.data import astronaut, coffee
    from sklearn.datasets import load_sample_images

    return [*load_sample_images().images, astronaut(), coffee()]


def write_images(folder: Path, images: list[np.ndarray]) -> Path:
    """Write images as PNG, numbered."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    for number, image in enumerate(images):
        Image.fromarray(image).save(folder / f"{number:05d}.png")
    return folder
