"""Networks by name: exported once, kept with their hash, and refused without trained weights.

The packages that have networks are large, so they are played here: what is checked is what
costcurve does with them. The benchmark exports a real one.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from costcurve import InputError
from costcurve.task.embedding_model import open_model
from costcurve.task.model_export import exported_model, is_model_name, require_trained
from tests.task.networks import write_network


@pytest.fixture
def packages(monkeypatch, tmp_path):
    """Play torch and timm, whose weights can be had or not; return what was asked of them."""
    content = write_network(tmp_path / "played.onnx").read_bytes()
    asked = SimpleNamespace(exports=0, has_weights=True)

    def export(network, inputs, stream, **options):
        asked.exports += 1
        stream.write(content)

    def create_model(name, pretrained, num_classes):
        assert num_classes == 0
        if pretrained and not asked.has_weights:
            raise OSError("no address of the hub\nfound")
        return SimpleNamespace(eval=lambda: None)

    torch = SimpleNamespace(
        onnx=SimpleNamespace(export=export),
        no_grad=nullcontext,
        zeros=lambda *shape: shape,
        manual_seed=lambda *_: None,
    )
    config = {"input_size": (3, 32, 32), "crop_pct": 0.8, "interpolation": "bicubic"}
    config |= {"mean": (0.5, 0.5, 0.5), "std": (0.2, 0.2, 0.2)}
    data = SimpleNamespace(resolve_model_data_config=lambda *_: config)
    monkeypatch.setitem(sys.modules, "torch", torch)
    timm = SimpleNamespace(create_model=create_model, data=data)
    monkeypatch.setitem(sys.modules, "timm", timm)
    return asked


def test_a_network_is_exported_once_with_its_own_preprocessing(packages, tmp_path, monkeypatch):
    path = exported_model("timm:small", tmp_path / "models", untrained=False)
    found = open_model(path)
    assert found.pretrained is True
    given = found.preprocessing
    assert (given.size, given.resize, given.interpolation) == (32, 40, "bicubic")
    assert given.std == (0.2, 0.2, 0.2)
    monkeypatch.setitem(sys.modules, "torch", None)
    assert exported_model("timm:small", tmp_path / "models", untrained=False) == path
    assert packages.exports == 1


def test_without_trained_weights_it_says_so_and_goes_on_only_when_told(packages, tmp_path):
    packages.has_weights = False
    with pytest.raises(InputError, match="has no pretrained weights here .OSError: no address of"):
        exported_model("timm:small", tmp_path, untrained=False)
    path = exported_model("timm:small", tmp_path, untrained=True)
    found = open_model(path)
    assert found.pretrained is False
    with pytest.raises(InputError, match="has no pretrained weights"):
        require_trained(found, untrained=False)
    require_trained(found, untrained=True)
    # Once they can be had, the random ones are not taken for them.
    packages.has_weights = True
    assert exported_model("timm:small", tmp_path, untrained=False) != path


def test_a_file_that_is_not_what_was_exported_is_refused(packages, tmp_path):
    path = exported_model("timm:small", tmp_path, untrained=False)
    write_network(path, seed=1)
    with pytest.raises(InputError, match="not the file that its description is of"):
        open_model(path)


@pytest.mark.parametrize("name", ["timm:small", "torchvision:resnet50", "transformers:org/name"])
def test_a_package_that_is_not_installed_is_named(tmp_path, monkeypatch, name):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert is_model_name(name)
    with pytest.raises(InputError, match="needs the package torch, which is not installed"):
        exported_model(name, tmp_path, untrained=True)
    assert not is_model_name(f"./{name}.onnx")
