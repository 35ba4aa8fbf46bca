"""What is kept of a set of embeddings after one pass over rows that need not fit into memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from costcurve.core.quantities import FloatArray
from costcurve.task.distance import directions
from costcurve.task.embedded import EmbeddedSet
from costcurve.task.moments import Moments

#: Directions of the sliced distance: what their choice adds to its error is a tenth of its spread
#: over directions.
DIRECTIONS = 100
#: Resampled means: a standard error out of 200 is known to 5 % (Efron and Tibshirani 1993, section
#: 6.4).
REPLICATES = 200


class Kept(Protocol):
    """Where moments are kept by the content of what they are of."""

    def load_arrays(self, key: str) -> dict[str, NDArray[Any]] | None:
        """Return what was kept under a key, if anything was."""

    def save_arrays(self, key: str, arrays: dict[str, NDArray[Any]]) -> None:
        """Keep arrays under a key."""


@dataclass
class Reading:
    """How sets are read.

    Attributes
    ----------
    classes : tuple of str
        Those whose means are wanted.
    seed : int
        Of directions, halves and resampling.
    kept : Kept, optional
        Where moments are kept.
    total : int
        Rows that will be read, for `report`.
    report : callable, optional
        Told how many rows have been read, of how many.
    """

    classes: tuple[str, ...]
    seed: int
    kept: Kept | None
    total: int
    report: Callable[[int, int], None] | None
    _seen: int = field(default=0, init=False)

    def tell(self, rows: int) -> None:
        """Say that more rows have been read."""
        self._seen += rows
        if self.report is not None:
            self.report(self._seen, self.total)


@dataclass(frozen=True)
class Summary:
    """What one pass over a set gives.

    Attributes
    ----------
    halves : tuple of Moments
        Of two random halves.
    is_first_half : ndarray of bool of shape (n,)
        Which rows the first of them holds.
    shadows : ndarray of shape (n, DIRECTIONS)
        Projections of the rows.
    resampled_means : ndarray of shape (r, d)
        Means under Poisson weights, one replicate a row.
    class_rows : dict of str to ndarray of int
        Places of the rows of each class that is wanted.
    class_means : dict of str to ndarray of shape (d,)
        Their means.
    """

    halves: tuple[Moments, Moments]
    is_first_half: NDArray[np.bool_]
    shadows: FloatArray
    resampled_means: FloatArray
    class_rows: dict[str, NDArray[np.int64]]
    class_means: dict[str, FloatArray]

    @property
    def whole(self) -> Moments:
        """Return the moments of all rows."""
        return self.halves[0].merged(self.halves[1])


def summarised(given: EmbeddedSet, which: int, reading: Reading) -> Summary:
    """Return the summary of a set; `which` is 0 or 1, so that two sets are resampled apart."""
    half = np.random.default_rng([reading.seed, given.n]).permutation(given.n) < given.n // 2
    halves = _Halves(given, half, reading)
    means = _Means(given.dimensions, np.random.default_rng([reading.seed, which]))
    classes = _Classes(given, reading.classes)
    on = directions(given.dimensions, DIRECTIONS, reading.seed)
    shadows = np.empty((given.n, DIRECTIONS))
    start = 0
    for rows in given.blocks():
        shadows[start : start + len(rows)] = rows @ on
        for each in (halves, means, classes):
            each.add(start, rows)
        start += len(rows)
        reading.tell(len(rows))
    return Summary(
        halves=halves.found(),
        is_first_half=half,
        shadows=shadows,
        resampled_means=means.found(),
        class_rows=classes.places,
        class_means=classes.found(),
    )


class _Halves:
    """Moments of two halves of a set, kept by its content."""

    def __init__(self, given: EmbeddedSet, half: NDArray[np.bool_], reading: Reading) -> None:
        self._half = half
        self._key = f"{given.sha256}-{reading.seed}"
        self._kept = reading.kept if given.sha256 else None
        stored = None if self._kept is None else self._kept.load_arrays(self._key)
        self._is_fresh = stored is None
        none = Moments.none(given.dimensions)
        self._halves = (none, none) if stored is None else _loaded(stored)

    def add(self, start: int, rows: FloatArray) -> None:
        if self._is_fresh:
            inside = self._half[start : start + len(rows)]
            one, other = self._halves
            self._halves = (
                one.merged(Moments.of(rows[inside])),
                other.merged(Moments.of(rows[~inside])),
            )

    def found(self) -> tuple[Moments, Moments]:
        if self._is_fresh and self._kept is not None:
            arrays: dict[str, NDArray[Any]] = {}
            for part, each in enumerate(self._halves):
                arrays |= {
                    f"n{part}": np.array(each.n),
                    f"mean{part}": each.mean,
                    f"scatter{part}": each.scatter,
                }
            self._kept.save_arrays(self._key, arrays)
        return self._halves


def _loaded(stored: dict[str, NDArray[Any]]) -> tuple[Moments, Moments]:
    one, other = (
        Moments(int(stored[f"n{part}"]), stored[f"mean{part}"], stored[f"scatter{part}"])
        for part in (0, 1)
    )
    return one, other


class _Means:
    """Means under Poisson weights: the bootstrap of a stream."""

    def __init__(self, dimensions: int, random: np.random.Generator) -> None:
        self._random = random
        self._sums, self._totals = np.zeros((REPLICATES, dimensions)), np.zeros(REPLICATES)

    def add(self, start: int, rows: FloatArray) -> None:  # noqa: ARG002 - as the others take it
        weights = self._random.poisson(1.0, (REPLICATES, len(rows))).astype(np.float64)
        self._sums += weights @ rows
        self._totals += weights.sum(axis=1)

    def found(self) -> FloatArray:
        # A replicate of no rows at all happens only of very few.
        drawn = self._totals > 0
        return np.asarray(self._sums[drawn] / self._totals[drawn, None])


class _Classes:
    """Means of the classes that are wanted."""

    def __init__(self, given: EmbeddedSet, wanted: Sequence[str]) -> None:
        places: dict[str, list[int]] = {label: [] for label in wanted}
        for place, label in enumerate(given.labels or () if wanted else ()):
            if label in places:
                places[label].append(place)
        self.places = {label: np.array(found) for label, found in places.items()}
        self._sums = {label: np.zeros(given.dimensions) for label in wanted}

    def add(self, start: int, rows: FloatArray) -> None:
        for label, places in self.places.items():
            low, high = np.searchsorted(places, [start, start + len(rows)])
            self._sums[label] += rows[places[low:high] - start].sum(axis=0)

    def found(self) -> dict[str, FloatArray]:
        return {label: found / len(self.places[label]) for label, found in self._sums.items()}
