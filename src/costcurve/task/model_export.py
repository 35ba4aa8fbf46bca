"""Networks by name: exported to ONNX once, by the package that has them, and kept with a hash."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from costcurve.core.errors import Finding, InputError, shown
from costcurve.core.files import write_bytes
from costcurve.task.embedding_model import FIELD, PRETRAINED, SHA256, EmbeddingModel
from costcurve.task.preprocessing import IMAGENET_MEAN, IMAGENET_STD, USUAL_SIZE

#: The paper's network: Thompson et al. (2024), Dataset Distance.
PAPER_MODEL = "torchvision:inception_v3"
_NAME = re.compile(r"(torchvision|timm|transformers):([A-Za-z0-9_.\-/]{1,200})")
#: What every network here can be exported in: operators of 2022, which ONNX Runtime 1.14 knew.
_OPSET = 17
#: How Pillow's numbers of interpolations, which Transformers writes down, are called.
_INTERPOLATIONS = {0: "nearest", 1: "lanczos", 2: "bilinear", 3: "bicubic"}
_UNTRAINED_SEED = 0


def is_model_name(text: str) -> bool:
    """Return whether a text is the name of a package's network and not a path."""
    return _NAME.fullmatch(text) is not None


def require_trained(model: EmbeddingModel, *, untrained: bool) -> None:
    """Refuse a network whose weights were not trained, unless that is allowed.

    Raises
    ------
    InputError
        If its description says so.
    """
    if model.pretrained is False and not untrained:
        raise _without_weights(Path(model.path).name, "its description says so")


def exported_model(name: str, folder: Path, *, untrained: bool) -> Path:
    """Return the ONNX file of a named network, exported now or before.

    The layer that tells the classes is left out, so that the output is the penultimate layer's. A
    description beside the file holds the preprocessing, whether the weights were trained, and the
    SHA-256 of the file.

    Parameters
    ----------
    name : str
        `torchvision:NAME`, `timm:NAME` or `transformers:NAME`.
    folder : Path
        Where it is kept; made where it is missing.
    untrained : bool
        Whether random weights will do, where trained ones cannot be had.

    Raises
    ------
    InputError
        If the package is not installed, has no such network, or its weights cannot be had.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise InputError.of(FIELD, name, "must be a file, or torchvision:, timm: or transformers:")
    package, own = found.groups()
    stem = f"{package}-{re.sub('[^A-Za-z0-9_-]', '-', own)}"
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    trained, random = (folder / f"{stem}-{digest}{kind}.onnx" for kind in ("", "-untrained"))
    for there in [trained, random] if untrained else [trained]:
        if there.is_file() and there.with_suffix(".json").is_file():
            return there
    torch = _module("torch", name)
    try:
        network, description = _LOADERS[package](own, name, True)
        path, description[PRETRAINED] = trained, True
    except InputError:
        raise
    except Exception as error:  # no weights, no network, no such name: each package in its way
        if not untrained:
            raise _without_weights(name, f"{type(error).__name__}: {error}") from None
        network, description = _untrained(torch, package, own, name)
        path, description[PRETRAINED] = random, False
    _export(torch, network, description, path)
    return path


def _without_weights(name: str, why: str) -> InputError:
    reason = " ".join(why.split())[:200]
    words = (
        f"has no pretrained weights here ({reason}); distances by random weights say little, and "
        "--untrained goes on with them"
    )
    return InputError([Finding(FIELD, shown(name), words)])


def _untrained(torch: Any, package: str, own: str, name: str) -> tuple[Any, dict[str, Any]]:
    torch.manual_seed(_UNTRAINED_SEED)
    try:
        network, description = _LOADERS[package](own, name, False)
    except InputError:
        raise
    except Exception as error:  # each package in its way
        why = f"cannot be made: {type(error).__name__}: {' '.join(str(error).split())[:200]}"
        raise InputError.of(FIELD, name, why) from None
    return network, description


def _export(torch: Any, network: Any, description: dict[str, Any], path: Path) -> None:
    """Write a network as ONNX, then its description, which makes it whole."""
    side = int(description.get("size", USUAL_SIZE))
    stream = io.BytesIO()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with torch.no_grad():
            torch.onnx.export(
                network.eval(),
                (torch.zeros(1, 3, side, side),),
                stream,
                input_names=["image"],
                output_names=["embedding"],
                dynamic_axes={"image": {0: "n"}, "embedding": {0: "n"}},
                opset_version=_OPSET,
                dynamo=False,
            )
    except OSError as error:
        raise InputError.of(FIELD, path, f"cannot be written: {error.strerror}") from None
    except Exception as error:  # what a network does that ONNX cannot say
        why = f"cannot be exported: {' '.join(str(error).split())[:200]}"
        raise InputError.of(FIELD, path.stem, why) from None
    content = stream.getvalue()
    write_bytes(path, content, FIELD)
    written = {**description, SHA256: hashlib.sha256(content).hexdigest()}
    text = json.dumps(written, indent=1) + "\n"
    write_bytes(path.with_suffix(".json"), text.encode(), FIELD)


def _module(module: str, name: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        package = (error.name or module).partition(".")[0]
        why = f"needs the package {package}, which is not installed; or give the path of ONNX"
        raise InputError.of(FIELD, name, why) from None


def _of_torchvision(own: str, name: str, pretrained: bool) -> tuple[Any, dict[str, Any]]:
    models = _module("torchvision.models", name)
    weights = models.get_model_weights(own).DEFAULT
    network = models.get_model(own, weights=weights if pretrained else None)
    torch = _module("torch", name)
    last = [each for each, part in network.named_modules() if isinstance(part, torch.nn.Linear)][-1]
    parent, _, child = last.rpartition(".")
    setattr(network.get_submodule(parent), child, torch.nn.Identity())
    given = weights.transforms()
    return network, {
        "size": given.crop_size[0],
        "resize": given.resize_size[0],
        "mean": list(given.mean),
        "std": list(given.std),
        "interpolation": given.interpolation.value,
    }


def _of_timm(own: str, name: str, pretrained: bool) -> tuple[Any, dict[str, Any]]:
    timm = _module("timm", name)
    network = timm.create_model(own, pretrained=pretrained, num_classes=0)
    given = timm.data.resolve_model_data_config(network)
    side = int(given["input_size"][-1])
    return network, {
        "size": side,
        "resize": max(side, int(side / given["crop_pct"])),
        "mean": list(given["mean"]),
        "std": list(given["std"]),
        "interpolation": given["interpolation"],
    }


def _of_transformers(own: str, name: str, pretrained: bool) -> tuple[Any, dict[str, Any]]:
    transformers, torch = _module("transformers", name), _module("torch", name)
    description: dict[str, Any] = {}
    if pretrained:
        network = transformers.AutoModel.from_pretrained(own)
        description = _description(transformers.AutoImageProcessor.from_pretrained(own))
    else:
        # Without the files of a name there is only its kind, as the package itself would make it.
        network = transformers.AutoModel.from_config(transformers.AutoConfig.for_model(own))
    return _pooled(torch, network), description


def _description(processor: Any) -> dict[str, Any]:
    size, crop = dict(processor.size), dict(getattr(processor, "crop_size", None) or {})
    resize = int(size.get("shortest_edge") or size["height"])
    return {
        "size": int(crop.get("height", resize)),
        "resize": resize,
        "mean": list(processor.image_mean or IMAGENET_MEAN),
        "std": list(processor.image_std or IMAGENET_STD),
        "interpolation": _INTERPOLATIONS.get(int(processor.resample), "bilinear"),
    }


def _pooled(torch: Any, network: Any) -> Any:
    """Return a network whose output is the pooled one, or where there is none the mean of all."""

    class Pooled(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, image: Any) -> Any:
            found = self.network(pixel_values=image)
            pooled = getattr(found, "pooler_output", None)
            return (found.last_hidden_state.mean(1) if pooled is None else pooled).flatten(1)

    return Pooled()


_LOADERS: dict[str, Callable[[str, str, bool], tuple[Any, dict[str, Any]]]] = {
    "torchvision": _of_torchvision,
    "timm": _of_timm,
    "transformers": _of_transformers,
}
