"""Learning curves of classical learners on tables: LCDB 1.1 (Yan et al. 2025, CC BY 4.0)."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from costcurve.core.quantities import FloatArray
from costcurve.evidence.registry import locate

#: What is cited; each of its curves is the mean of 25 random splits, by its own site.
REFERENCE = (
    "Cheng Yan, Felix Mohr and Tom Viering (2025). LCDB 1.1: A Database Illustrating Learning "
    "Curves Are More Ill-Behaved Than Previously Thought. Advances in Neural Information "
    "Processing Systems 38. arXiv:2505.15657, https://arxiv.org/abs/2505.15657. Data: "
    "doi:10.4121/3bd18108-fad0-4e4c-affd-4341fba99306, CC BY 4.0."
)
#: Mean test error over splits, made long.
LCDB = "learning-curves/lcdb11.csv.gz"


@dataclass(frozen=True)
class LearningCurve:
    """One learner on one data set, trained on more and more of it.

    Attributes
    ----------
    dataset, learner : str
        OpenML's number of the data set, and the learner's name.
    examples, error : ndarray of shape (n,)
        Training examples, rising, and the mean error on the test sets.
    """

    dataset: str
    learner: str
    examples: FloatArray
    error: FloatArray


def lcdb(folder: Path | None = None) -> list[LearningCurve]:
    """Return every curve of LCDB 1.1.

    Parameters
    ----------
    folder : Path, optional
        A folder of data in place of the cache.

    Raises
    ------
    InputError
        If the file cannot be had, or has not the content it should have.
    """
    points: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    with gzip.open(locate(LCDB, folder), "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            at = (float(row["examples"]), float(row["error_rate"]))
            points[row["dataset"], row["learner"]].append(at)
    return [
        LearningCurve(*key, *np.array(sorted(found), dtype=np.float64).T)
        for key, found in points.items()
    ]
