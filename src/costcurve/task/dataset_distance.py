"""How far two sets of images are from each other, with standard errors and what chance gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from costcurve.core.errors import InputError
from costcurve.core.quantities import FloatArray
from costcurve.task.distance import (
    FrechetInfluence,
    frechet,
    l2_of_means,
    sliced_replicates,
    sliced_wasserstein,
    wasserstein_of_means,
)
from costcurve.task.embedded import EmbeddedSet
from costcurve.task.moments import Moments
from costcurve.task.set_summary import Kept, Reading, Summary, summarised

#: The distances, in the order in which they are told.
MEASURES = ("wasserstein_of_means", "l2_of_means", "frechet", "sliced_wasserstein")
#: Resampled sliced distances take long: a standard error out of 50 is known to 10 % (Efron and
#: Tibshirani 1993, section 6.4).
SLICED_REPLICATES = 50
#: A class is compared where each set has as many of it.
FEWEST_OF_A_CLASS = 2
#: Classes that are compared, the most frequent: their means are held in memory.
MOST_CLASSES = 1000


@dataclass(frozen=True)
class ClassDistance:
    """The distances of one class of two sets, in the units of the embeddings.

    Attributes
    ----------
    label : str
        The class.
    n_a, n_b : int
        Examples of it in each set.
    wasserstein_of_means, l2_of_means, sliced_wasserstein : float
        As of the whole sets.
    """

    label: str
    n_a: int
    n_b: int
    wasserstein_of_means: float
    l2_of_means: float
    sliced_wasserstein: float

    def to_dict(self) -> dict[str, object]:
        """Return it as a row."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class Distances:
    """The distances of two sets.

    Attributes
    ----------
    values, se : dict of str to float
        By the names of `MEASURES`; `frechet` is squared, as FID is.
    by_chance : dict of str to float
        The same of two random halves of the first set; empty where it has fewer than four rows.
    n_a, n_b, dimensions : int
        Rows of each set and their length.
    classes : tuple of ClassDistance
        The most frequent first; empty where the sets are not both labelled.
    """

    values: dict[str, float]
    se: dict[str, float]
    by_chance: dict[str, float]
    n_a: int
    n_b: int
    dimensions: int
    classes: tuple[ClassDistance, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return them as they stand in JSON."""
        return {
            **self.values,
            "n_a": self.n_a,
            "n_b": self.n_b,
            "se": self.se,
            "by_chance": self.by_chance,
            "dimensions": self.dimensions,
            "classes": [each.to_dict() for each in self.classes],
        }


def dataset_distance(
    a: EmbeddedSet,
    b: EmbeddedSet,
    *,
    seed: int = 1,
    kept: Kept | None = None,
    report: Callable[[int, int], None] | None = None,
) -> Distances:
    """Return the distances of two sets of embeddings.

    Standard errors of the means' and the sliced distance are the spread of replicates under Poisson
    weights, a bootstrap that needs no second look at the rows (Chamandy et al. 2012, Estimating
    uncertainty for massive data streams); that of the Frechet distance is the infinitesimal
    jackknife's, the spread of the rows' influence over the root of n.

    Parameters
    ----------
    a, b : EmbeddedSet
        Of equally many dimensions.
    seed : int
        Of directions, halves and resampling. Distances of the same sets the other way round are the
        same; standard errors are so up to resampling.
    kept : Kept, optional
        Where moments are kept.
    report : callable, optional
        Told how many rows have been read, of how many.

    Raises
    ------
    InputError
        If the sets have different dimensions.
    """
    if a.dimensions != b.dimensions:
        found = f"{a.dimensions:,} dimensions and {b.dimensions:,}"
        raise InputError.of("embeddings", found, "both sets need the same embedding")
    shared = _shared_classes(a, b)
    reading = Reading(tuple(shared), seed, kept, 2 * (a.n + b.n), report)
    first, second = summarised(a, 0, reading), summarised(b, 1, reading)
    values = _values(first.whole, second.whole, first.shadows, second.shadows)
    return Distances(
        values=values,
        se={
            **_resampled(first, second, seed),
            "frechet": _frechet_se((a, b), (first, second), reading),
        },
        by_chance=_by_chance(first),
        n_a=a.n,
        n_b=b.n,
        dimensions=a.dimensions,
        classes=tuple(_of_class(label, first, second) for label in shared),
    )


def _values(
    a: Moments, b: Moments, shadows_a: FloatArray, shadows_b: FloatArray
) -> dict[str, float]:
    found = (
        wasserstein_of_means(a.mean, b.mean),
        l2_of_means(a.mean, b.mean),
        frechet(a, b),
        sliced_wasserstein(shadows_a, shadows_b),
    )
    return dict(zip(MEASURES, found, strict=True))


def _by_chance(first: Summary) -> dict[str, float]:
    one, other = first.halves
    if min(one.n, other.n) < 2:
        return {}
    half = first.is_first_half
    return _values(one, other, first.shadows[half], first.shadows[~half])


def _resampled(first: Summary, second: Summary, seed: int) -> dict[str, float]:
    """Return the spread of the replicates of what has no covariance in it."""
    pairs = list(zip(first.resampled_means, second.resampled_means, strict=False))
    weights = []
    for which, each in enumerate((first, second)):
        random = np.random.default_rng([seed, which, SLICED_REPLICATES])
        drawn = random.poisson(1.0, (SLICED_REPLICATES, len(each.shadows))).astype(np.float64)
        # A replicate of no rows at all happens only of very few; it takes them once each.
        drawn[drawn.sum(axis=1) == 0] = 1.0
        weights.append(drawn)
    sliced = sliced_replicates(first.shadows, second.shadows, *weights)
    return {
        "wasserstein_of_means": float(np.std([wasserstein_of_means(*pair) for pair in pairs])),
        "l2_of_means": float(np.std([l2_of_means(*pair) for pair in pairs])),
        "frechet": 0.0,
        "sliced_wasserstein": float(np.std(sliced)),
    }


def _frechet_se(
    sets: tuple[EmbeddedSet, EmbeddedSet], read: tuple[Summary, Summary], reading: Reading
) -> float:
    influence = FrechetInfluence(read[0].whole, read[1].whole)
    variance = 0.0
    for which, given in enumerate(sets):
        found = []
        for rows in given.blocks():
            found.append(influence.of(rows, which))
            reading.tell(len(rows))
        variance += float(np.var(np.concatenate(found))) / given.n
    return float(np.sqrt(variance))


def _shared_classes(a: EmbeddedSet, b: EmbeddedSet) -> list[str]:
    """Return the classes that both sets have, the most frequent first."""
    if a.labels is None or b.labels is None:
        return []
    counts = []
    for labels in (a.labels, b.labels):
        names, numbers = np.unique([label for label in labels if label], return_counts=True)
        counts.append(dict(zip(names.tolist(), numbers.tolist(), strict=True)))
    shared = [
        (-min(number, counts[1].get(label, 0)), label)
        for label, number in counts[0].items()
        if min(number, counts[1].get(label, 0)) >= FEWEST_OF_A_CLASS
    ]
    return [str(label) for _, label in sorted(shared)[:MOST_CLASSES]]


def _of_class(label: str, first: Summary, second: Summary) -> ClassDistance:
    means = first.class_means[label], second.class_means[label]
    shadows = [each.shadows[each.class_rows[label]] for each in (first, second)]
    return ClassDistance(
        label=label,
        n_a=len(shadows[0]),
        n_b=len(shadows[1]),
        wasserstein_of_means=wasserstein_of_means(*means),
        l2_of_means=l2_of_means(*means),
        sliced_wasserstein=sliced_wasserstein(shadows[0], shadows[1]),
    )
