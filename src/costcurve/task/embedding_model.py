"""Networks that embed images: ONNX files, run by ONNX Runtime."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costcurve.core.errors import Finding, InputError, MissingExtraError, nearest, shown
from costcurve.core.files import read_text, why_refused
from costcurve.core.jobs import installed_version
from costcurve.task.preprocessing import Preprocessing, described, preprocessing_of

FIELD = "model"
#: Images that a network sees at once, where it takes as many as one likes. The last ones are filled
#: up with zeros, so that arithmetic, and with it every digit, is the same in any batch.
BATCH = 16
#: Most images that a network may ask for at once, a choice of ours: 3 GB of the largest.
MOST_AT_ONCE = 256
#: The entry of an ONNX file's metadata with the preprocessing, as JSON.
METADATA = "costcurve.preprocessing"
#: In a description: whether the weights were trained, beside the preprocessing.
PRETRAINED, SHA256 = "pretrained", "sha256"
#: Outputs that are embeddings by their name, the first that is there; else the first output.
USUAL_OUTPUTS = ("embedding", "embeddings", "features", "pooler_output", "pooled_output")
_CHANNELS = 3
_TYPES: dict[str, Any] = {"tensor(float)": np.float32, "tensor(float16)": np.float16}
_READ_BYTES = 2**20


@dataclass(frozen=True)
class EmbeddingModel:
    """A network with what is done before it.

    Attributes
    ----------
    path : str
        Of the ONNX file.
    sha256 : str
        Of its content, weights beside it included.
    preprocessing : Preprocessing
        What is done to an image.
    output : str
        The name of the output that is taken for the embedding.
    dimensions : int
        Its length.
    pretrained : bool, optional
        Whether the weights were trained, where the file says so.
    """

    path: str
    sha256: str
    preprocessing: Preprocessing
    output: str
    dimensions: int
    pretrained: bool | None

    def key(self) -> str:
        """Return what embeddings depend on, as a hash: network, preprocessing and versions."""
        content = {
            "model": self.sha256,
            "preprocessing": self.preprocessing.to_dict(),
            "output": self.output,
            # The module's own, since it comes under other names as well: onnxruntime-gpu is one.
            "onnxruntime": import_module("onnxruntime").__version__,
            **{name: installed_version(name) for name in ("pillow", "numpy")},
            "machine": platform.machine(),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def embed(self, pixels: list[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return the embeddings of preprocessed images, of shape (n, dimensions).

        Raises
        ------
        InputError
            If the file is another by now, or the network cannot be run.
        """
        network = _network(self.path, self.sha256)
        return network.run(pixels, self.output)


def open_model(
    path: Path, given: Mapping[str, Any] | None = None, output: str | None = None
) -> EmbeddingModel:
    """Return the network of an ONNX file.

    Parameters
    ----------
    path : Path
        ONNX. Its preprocessing stands in a JSON file of the same name beside it, or in its metadata
        as `costcurve.preprocessing`; what neither says is as usual for ImageNet.
    given : mapping, optional
        Settings of the preprocessing that go before these.
    output : str, optional
        The output that is the embedding; by default one of a usual name, else the first. Of a map
        of features the mean is taken.

    Raises
    ------
    InputError
        If the file cannot be loaded or run, has no such output, or takes no images.
    MissingExtraError
        If ONNX Runtime is not installed.
    """
    digest = model_sha256(path)
    network = _network(str(path.resolve()), digest)
    description = _description(path, network.metadata)
    pretrained = description.pop(PRETRAINED, None)
    recorded = description.pop(SHA256, digest)
    if recorded != digest:
        raise InputError.of(FIELD, path, "is not the file that its description is of: SHA-256")
    if pretrained is not None and not isinstance(pretrained, bool):
        raise InputError.of(f"{FIELD} {PRETRAINED}", pretrained, "must be true or false")
    preprocessing = preprocessing_of({**description, **(given or {})}, FIELD, network.size)
    name = _output(network.outputs, output)
    blank = np.zeros((preprocessing.size, preprocessing.size, _CHANNELS), np.float32)
    dimensions = network.run([blank], name).shape[1]
    return EmbeddingModel(str(path.resolve()), digest, preprocessing, name, dimensions, pretrained)


def model_sha256(path: Path) -> str:
    """Return the hash of an ONNX file, and of the weights that may lie beside it."""
    digest = hashlib.sha256()
    beside = (path.with_name(f"{path.name}{ending}") for ending in (".data", "_data"))
    try:
        for part in (path, *(each for each in beside if each.is_file())):
            with part.open("rb") as stream:
                while block := stream.read(_READ_BYTES):
                    digest.update(block)
    except (OSError, ValueError) as error:
        why = why_refused(error, "no such path")
        raise InputError.of(FIELD, path, f"cannot be read: {why}") from None
    return digest.hexdigest()


def _description(path: Path, metadata: Mapping[str, str]) -> dict[str, Any]:
    beside = path.with_suffix(".json")
    if beside != path and beside.is_file():
        return described(read_text(beside, FIELD), f"{FIELD} {shown(beside)}")
    return described(metadata.get(METADATA, "{}"), f"{FIELD} {METADATA}")


def _output(outputs: list[str], wanted: str | None) -> str:
    if wanted is None:
        return next((name for name in USUAL_OUTPUTS if name in outputs), outputs[0])
    if wanted not in outputs:
        allowed = f"must be an output of the network{nearest(wanted, outputs)}"
        raise InputError([Finding("output", shown(wanted), allowed)])
    return wanted


def _session(path: str) -> Any:
    """Return a session of ONNX Runtime with one thread."""
    try:
        import onnxruntime  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtraError("embedding images", "embed") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors have no common base below this
        why = f"ONNX Runtime cannot load it: {_first_line(error)}"
        raise InputError.of(FIELD, Path(path), why) from None


class _Network:
    """A session of ONNX Runtime with one thread: images share out the processors, not a sum."""

    def __init__(self, path: str) -> None:
        self._path, self._session = path, _session(path)
        try:
            found = self._session.get_modelmeta().custom_metadata_map
            self.metadata: Mapping[str, str] = found
            self.outputs = [each.name for each in self._session.get_outputs()]
            inputs = self._session.get_inputs()
        except UnicodeDecodeError:
            allowed = "must name its inputs and outputs in UTF-8"
            raise InputError.of(FIELD, Path(path), allowed) from None
        shape: list[Any] = list(inputs[0].shape) if len(inputs) == 1 else []
        if len(shape) != 4 or _CHANNELS not in {shape[1], shape[3]} or inputs[0].type not in _TYPES:
            takes = ", ".join(f"{each.name} {each.type} {each.shape}" for each in inputs)
            allowed = f"must take one batch of images of 3 channels as numbers; it takes {takes}"
            raise InputError.of(FIELD, Path(path), allowed)
        self._name, self._type = inputs[0].name, _TYPES[inputs[0].type]
        self._channels_first = shape[1] == _CHANNELS
        sides = shape[2:] if self._channels_first else shape[1:3]
        fixed = {side for side in sides if isinstance(side, int)}
        if len(fixed) > 1:
            raise InputError.of(FIELD, Path(path), "must take square images")
        self.size: int | None = fixed.pop() if fixed else None
        self._batch: int = shape[0] if isinstance(shape[0], int) else BATCH
        if not 1 <= self._batch <= MOST_AT_ONCE:
            allowed = f"must take 1 to {MOST_AT_ONCE} images at once"
            raise InputError.of(FIELD, Path(path), allowed)

    def run(self, pixels: list[NDArray[np.float32]], output: str) -> NDArray[np.float32]:
        """Return the output for preprocessed images."""
        found = []
        for start in range(0, len(pixels), self._batch):
            images = pixels[start : start + self._batch]
            batch = np.zeros((self._batch, *images[0].shape), np.float32)
            batch[: len(images)] = images
            if self._channels_first:
                batch = batch.transpose(0, 3, 1, 2)
            found.append(self._run(np.ascontiguousarray(batch, self._type), output)[: len(images)])
        return np.concatenate(found)

    def _run(self, batch: NDArray[Any], output: str) -> NDArray[np.float32]:
        try:
            (values,) = self._session.run([output], {self._name: batch})
        except Exception as error:  # its errors have no common base below this
            why = f"cannot be run on images of {batch.shape[1:]}: {_first_line(error)}"
            raise InputError.of(FIELD, Path(self._path), why) from None
        numbers = np.asarray(values, np.float32)
        if numbers.ndim == 4:
            # A map of features; where its channels are is where those of the input are.
            numbers = numbers.mean(axis=(2, 3) if self._channels_first else (1, 2))
        if numbers.ndim != 2 or len(numbers) != len(batch):
            allowed = "must be a vector for each image, or a map of features"
            raise InputError.of("output", f"{output} of shape {numbers.shape}", allowed)
        return numbers


@lru_cache(maxsize=2)
def _network(path: str, sha256: str) -> _Network:
    """Return a network; a process loads it once, and only the file that was meant."""
    if model_sha256(Path(path)) != sha256:
        raise InputError.of(FIELD, Path(path), "is another file than where the work began")
    return _Network(path)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
