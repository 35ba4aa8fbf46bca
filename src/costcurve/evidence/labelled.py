"""Labelled examples: a table of numbers and a label for each row, from CSV, Parquet or NPZ."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from costcurve.core.errors import Finding, InputError, nearest, printable, shown
from costcurve.core.files import why_refused
from costcurve.core.quantities import FloatArray
from costcurve.evidence.columns import read_columns

#: Arrays of an NPZ file that hold the features where they are there, in this order.
_FEATURES = ("X", "data")


@dataclass(frozen=True)
class Labelled:
    """Examples with their classes.

    Attributes
    ----------
    features : ndarray of shape (n, d)
        Numbers, all finite.
    classes : ndarray of int of shape (n,)
        Each example's class: its place among the labels in the order of the alphabet, from 0.
    sha256 : str
        Of features, classes and labels: the same however the file was written.
    """

    features: FloatArray
    classes: NDArray[np.int64]
    sha256: str

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.classes)


def read_labelled(path: Path, target: str) -> Labelled:
    """Return the labelled examples of a file.

    Parameters
    ----------
    path : Path
        NPZ by its name's ending, Parquet by its, and otherwise CSV, also gzipped. In a table,
        every column but the target is a feature. In NPZ the array `X` or `data` holds the
        features, or else every array but the target, side by side; what has more than two
        dimensions, such as images, is made flat. Nothing is unpickled.
    target : str
        The column, or the array, of labels; any text or number is a label.

    Raises
    ------
    InputError
        If the file cannot be read, has no such target, no features, an empty label, a feature
        that is no finite number, or fewer than two classes.
    MissingExtraError
        If it is Parquet and pyarrow is not installed.
    """
    read = _from_arrays if path.suffix.lower() == ".npz" else _from_table
    features, labels = read(path, target)
    if not labels:
        raise InputError.of("data", path, "must hold a row at least")
    names, classes = np.unique(labels, return_inverse=True)
    if len(names) < 2:
        raise InputError.of("target", target, "must have two classes at least")
    digest = hashlib.sha256(np.ascontiguousarray(features).tobytes())
    digest.update(classes.astype("<i8").tobytes())
    digest.update("\n".join(names.tolist()).encode())
    return Labelled(features, classes.astype(np.int64), digest.hexdigest())


def _from_table(path: Path, target: str) -> tuple[FloatArray, list[str]]:
    table = read_columns(path, "data")
    labels = table.column("target", target)
    _check_labels(labels, target, table.row_numbers)
    names = [name for name in table.cells if name != target]
    if not names:
        raise InputError.of("data", path, "must hold features beside the target")
    return np.column_stack([table.numbers("data", name) for name in names]), labels


def _from_arrays(path: Path, target: str) -> tuple[FloatArray, list[str]]:
    arrays = _load(path)
    if target not in arrays:
        allowed = f"no such array in the file{nearest(target, map(printable, arrays))}"
        raise InputError([Finding("target", shown(target), allowed)])
    given = arrays[target]
    if given.ndim != 1 or given.dtype.kind not in "biufUS":
        raise InputError.of("target", target, "must be an array of one dimension: a label each")
    if given.dtype.kind == "f" and not np.isfinite(given).all():
        raise InputError.of("target", target, "must not hold NaN or infinity")
    names = [name for name in _FEATURES if name in arrays and name != target][:1]
    names = names or [name for name in arrays if name != target]
    if not names:
        raise InputError.of("data", path, "must hold features beside the target")
    columns = [_numbers(name, arrays[name], len(given)) for name in names]
    labels = [str(label) for label in given.tolist()]
    _check_labels(labels, target, range(1, len(labels) + 1))
    return np.hstack(columns), labels


def _check_labels(labels: Sequence[str], target: str, row_numbers: Sequence[int]) -> None:
    if "" in labels:
        row = row_numbers[labels.index("")]
        raise InputError.of("target", target, f"row {row} has no label")


def _load(path: Path) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of an NPZ file; a damaged one fails in many ways."""
    import zipfile  # noqa: PLC0415 - seldom
    import zlib  # noqa: PLC0415
    from tokenize import TokenError  # noqa: PLC0415 - NumPy parses a header as Python does

    broken = (ValueError, EOFError, KeyError, RuntimeError, MemoryError, SyntaxError, TokenError)
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except OSError as error:
        why = why_refused(error, "the file is damaged")
    except (*broken, AttributeError, TypeError, zipfile.BadZipFile, zlib.error):
        why = "is no NPZ file of plain arrays"
    raise InputError.of("data", path, f"cannot be read: {why}")


def _numbers(name: str, values: NDArray[np.generic], rows: int) -> FloatArray:
    field = f"data array {printable(name)}"
    if values.ndim == 0 or len(values) != rows:
        raise InputError.of(field, f"shape {values.shape}", f"the target has {rows:,} labels")
    if values.dtype.kind not in "biuf" or not values.size:
        found = f"{values.dtype} of shape {values.shape}"
        raise InputError.of(field, found, "must be an array of numbers")
    numbers = values.reshape(rows, -1).astype(np.float64)
    wrong = np.flatnonzero(~np.isfinite(numbers).all(axis=1))
    if len(wrong):
        raise InputError.of(f"{field}, row {wrong[0] + 1}", "NaN or infinity", "must be a number")
    return numbers
