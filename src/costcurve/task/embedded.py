"""Sets of embeddings that are ready: `.npy`, or Parquet as `costcurve embed` writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costcurve.core.errors import InputError, MissingExtraError
from costcurve.core.files import why_refused
from costcurve.core.quantities import FloatArray

FIELD = "embeddings"
#: Columns of a Parquet file of embeddings.
EMBEDDING, LABEL = "embedding", "label"
#: Rows of a block: 16 MB of 2,048 numbers each.
BLOCK_ROWS = 1024
#: Widest embedding: a covariance of it takes 0.5 GB.
MOST_DIMENSIONS = 8192
#: Largest number of an embedding: its fourth power is still one of float64, and all numbers of
#: float32 are smaller.
LARGEST_NUMBER = 1e50
#: What is kept of each row, its projections, takes 0.8 KB, so that memory is bounded.
MOST_ROWS = 200_000
#: What NumPy raises where a file is none of its own.
_BROKEN = (ValueError, EOFError, SyntaxError, MemoryError, OverflowError, TypeError)


@dataclass(frozen=True)
class EmbeddedSet:
    """Embeddings that are read in blocks, as often as need be.

    Attributes
    ----------
    n, dimensions : int
        Rows and columns, at least 2 and 1.
    blocks : callable
        Returns the rows in order, in arrays of at most `BLOCK_ROWS`.
    labels : sequence of str, optional
        The class of each row; empty text where it has none.
    sha256 : str
        Of the content of the rows; empty where it is not known.
    """

    n: int
    dimensions: int
    blocks: Callable[[], Iterator[FloatArray]]
    labels: Sequence[str] | None = None
    sha256: str = ""


def sampled(n: int, sample: int, seed: int) -> NDArray[np.int64]:
    """Return the places of a seeded sample without replacement, in order; all where n is less."""
    if n <= sample:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, sample, replace=False))


def read_embeddings(path: Path, sample: int, seed: int) -> EmbeddedSet:
    """Return the embeddings of a file, or a seeded sample of them.

    Parameters
    ----------
    path : Path
        Parquet by its name's ending: a column `embedding` of lists of numbers of one length, and
        where there is one a column `label`. Any other is NumPy's format: an array of shape (n, d).
        Nothing is unpickled.
    sample, seed : int
        At most so many rows.

    Raises
    ------
    InputError
        If the file cannot be read, holds fewer than two rows or something else than finite numbers.
    MissingExtraError
        If it is Parquet and pyarrow is not installed.
    """
    if path.suffix.lower() == ".parquet":
        return _from_parquet(path, sample, seed)
    from tokenize import TokenError  # noqa: PLC0415 - NumPy parses a header as Python does

    try:
        # A size beyond all files overflows, and is then refused.
        with np.errstate(over="ignore"):
            given = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        why = why_refused(error, "is no NumPy array")
        raise InputError.of(FIELD, path, f"cannot be read: {why}") from None
    except (*_BROKEN, TokenError):
        raise InputError.of(FIELD, path, "cannot be read: is no .npy of plain numbers") from None
    if not isinstance(given, np.ndarray) or given.ndim != 2 or given.dtype.kind not in "fiu":
        raise InputError.of(FIELD, path, "must be an array of numbers of two dimensions")
    _check_shape(path, *given.shape)
    places = sampled(len(given), sample, seed)

    def blocks() -> Iterator[FloatArray]:
        for start in range(0, len(places), BLOCK_ROWS):
            yield _finite(path, given[places[start : start + BLOCK_ROWS]])

    return EmbeddedSet(len(places), given.shape[1], blocks)


def _check_shape(path: Path, rows: int, dimensions: int) -> None:
    if rows < 2:
        raise InputError.of(FIELD, path, f"must hold two rows at least, not {rows}")
    if not 1 <= dimensions <= MOST_DIMENSIONS:
        allowed = f"must have 1 to {MOST_DIMENSIONS:,} dimensions, not {dimensions:,}"
        raise InputError.of(FIELD, path, allowed)


def _finite(path: Path, rows: NDArray[Any]) -> FloatArray:
    numbers = np.asarray(rows, dtype=np.float64)
    if not np.isfinite(numbers).all():
        raise InputError.of(FIELD, path, "must not hold NaN or infinity")
    if numbers.size and np.max(np.abs(numbers)) > LARGEST_NUMBER:
        raise InputError.of(FIELD, path, f"must hold numbers of at most {LARGEST_NUMBER:g}")
    return numbers


def _from_parquet(path: Path, sample: int, seed: int) -> EmbeddedSet:
    pyarrow = parquet_module()
    columns = [EMBEDDING]
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            names, rows = file.schema_arrow.names, file.metadata.num_rows
            if EMBEDDING not in names:
                raise InputError.of(FIELD, path, f"must have a column '{EMBEDDING}'")
            first = next(file.iter_batches(1, columns=columns), None)
            dimensions = 0 if first is None else _matrix(path, first.column(0)).shape[1]
            _check_shape(path, rows, dimensions)
            places = sampled(rows, sample, seed)
            given = file.read([LABEL]).column(0).to_pylist() if LABEL in names else None
    except (OSError, ValueError, pyarrow.ArrowException) as error:
        raise unreadable(path, error) from None
    labels = None if given is None else [_word(given[place]) for place in places]

    def blocks() -> Iterator[FloatArray]:
        start = 0
        try:
            with pyarrow.parquet.ParquetFile(path) as file:
                for batch in file.iter_batches(BLOCK_ROWS, columns=columns):
                    low, high = np.searchsorted(places, [start, start + len(batch)])
                    matrix = _matrix(path, batch.column(0))
                    if matrix.shape[1] != dimensions:
                        raise InputError.of(FIELD, path, "must hold lists of one length")
                    yield matrix[places[low:high] - start]
                    start += len(batch)
        except (OSError, ValueError, pyarrow.ArrowException) as error:
            raise unreadable(path, error) from None

    found = None if labels is None or not any(labels) else labels
    return EmbeddedSet(len(places), dimensions, blocks, found)


def _word(value: object) -> str:
    return "" if value is None else str(value)


def _matrix(path: Path, column: Any) -> FloatArray:
    """Return a column of lists of numbers as a matrix."""
    pyarrow = parquet_module()
    of_lists = pyarrow.types.is_list(column.type) or pyarrow.types.is_large_list(column.type)
    if not of_lists and not pyarrow.types.is_fixed_size_list(column.type):
        raise InputError.of(FIELD, path, f"column '{EMBEDDING}' must hold lists of numbers")
    values = column.flatten()
    kind = values.type
    if not (pyarrow.types.is_floating(kind) or pyarrow.types.is_integer(kind)):
        raise InputError.of(FIELD, path, f"column '{EMBEDDING}' must hold lists of numbers")
    lengths = set(pyarrow.compute.list_value_length(column).to_pylist())
    if len(lengths) != 1 or column.null_count or values.null_count or not any(lengths):
        raise InputError.of(FIELD, path, "must hold lists of one length, without gaps")
    return _finite(path, values.to_numpy(zero_copy_only=False).reshape(len(column), -1))


def unreadable(path: Path, error: Exception) -> InputError:
    """Return what is said of a Parquet file that cannot be read."""
    if isinstance(error, InputError):
        return error
    why = why_refused(error, "is no Parquet file of plain values")
    return InputError.of(FIELD, path, f"cannot be read: {why}")


def parquet_module() -> Any:
    """Return pyarrow with its Parquet part.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        import pyarrow  # noqa: PLC0415 - an extra
        import pyarrow.compute  # noqa: PLC0415
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("Parquet", "parquet") from None
    return pyarrow
