"""Which candidate model is best, and what a reader must know of it: for one task, or for many rows.

Ranking is a decision, not a quantity: it takes the values of an evaluation as arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from costcurve.core.quantities import FloatArray
from costcurve.core.vocabulary import Flag, TaskKind
from costcurve.laws.cap import LOG10_EXAMPLES_CAP

if TYPE_CHECKING:
    from costcurve.laws import LawCard

#: One decade below the cap, so that what was capped lies beyond it: the limit where none was given.
NO_LIMIT = 10.0 ** (LOG10_EXAMPLES_CAP - 1.0)
#: What the order of models is made from, with the total of the way to price.
RANKED = ("reaches_target", "achievable_error", "limit", "parameters")
#: What the flags of a point are made from.
FLAGGED = (
    "segmentation",
    "pretrained",
    "limit",
    "reaches_target",
    "examples_needed",
    "relative_complexity",
    "target_error",
    "new_examples",
)


def rank_keys(
    values: Mapping[str, FloatArray], total: str
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return what models are ordered by, the most important first; less is better.

    By cost what reaches the target; what does not, by accuracy and then by cost. What does not fit
    any accelerator comes last; of equals the smaller network comes first.

    Parameters
    ----------
    values : mapping of str to ndarray
        Those in `RANKED`, the total, and `fits_memory` where it is known; any shapes that
        broadcast, with an axis of models.
    total : str
        The name of the total cost.
    """
    reaches = values["reaches_target"]
    fits = values.get("fits_memory")
    is_judged = (reaches < 1.0) & (values["limit"] < NO_LIMIT)
    return (
        1.0 - reaches,
        np.zeros(()) if fits is None else 1.0 - fits,
        np.where(is_judged, values["achievable_error"], 0.0),
        values[total],
        values["parameters"],
    )


def in_order(keys: tuple[FloatArray, ...]) -> list[int]:
    """Return the models of one row, the best first."""
    rows = np.broadcast_arrays(*(np.ravel(key) for key in keys))
    return [int(place) for place in np.lexsort(rows[::-1])]


def best_of_rows(keys: tuple[FloatArray, ...], shape: tuple[int, int]) -> np.ndarray:
    """Return the place of the best model of each row: the first of `in_order`.

    Parameters
    ----------
    keys : tuple of ndarray
        Of `rank_keys`, each of shape (rows or 1, models or 1).
    shape : tuple of int
        Rows and models.

    Returns
    -------
    ndarray of int of shape (rows,)
    """
    is_left = np.ones((1, 1), dtype=bool)
    for key in keys:
        if np.ndim(key) < 2 or key.shape[1] == 1:  # the same for all models
            continue
        lowest = np.where(is_left, key, np.inf).min(axis=1, keepdims=True)
        is_left = is_left & (key == lowest)
    return np.asarray(np.argmax(np.broadcast_to(is_left, shape), axis=1))


def flags_of_point(
    values: Mapping[str, Any], card: LawCard, missing_at_most: Any = 0.0
) -> dict[Flag, Any]:
    """Return which flags hold at the point, elementwise, in the order in which they are shown.

    Parameters
    ----------
    values : mapping of str to float or ndarray
        Those in `FLAGGED`.
    card : LawCard
        Of the law that answered.
    missing_at_most : float or ndarray
        95th percentile of the examples beyond the limit; 0 where no interval of costs is shown.
    """
    span = card.range

    def outside(name: str, ends: tuple[float, float]) -> Any:
        return (values[name] < ends[0]) | (values[name] > ends[1])

    kinds = (TaskKind.CLASSIFICATION, TaskKind.SEGMENTATION)
    untested_kind = np.array([kind not in span.kinds for kind in kinds])
    untested_start = np.array([bool(each) not in span.pretrained for each in (0, 1)])
    limit_outside = (values["limit"] < NO_LIMIT) & outside("limit", span.examples)
    return {
        Flag.BEYOND_LIMIT: values["reaches_target"] < 1.0,
        Flag.COST_CAPPED_AT_LIMIT: missing_at_most > 0.0,
        Flag.EXTRAPOLATING_EXAMPLES: outside("examples_needed", span.examples) | limit_outside,
        Flag.EXTRAPOLATING_RELATIVE_COMPLEXITY: outside(
            "relative_complexity", span.relative_complexity
        ),
        Flag.EXTRAPOLATING_ERROR: outside("target_error", span.error),
        Flag.UNTESTED_KIND: untested_kind[np.asarray(values["segmentation"] != 0.0, dtype=int)],
        Flag.UNTESTED_PRETRAINING: untested_start[
            np.asarray(values["pretrained"] != 0.0, dtype=int)
        ],
        Flag.NOTHING_TO_BUY: values["new_examples"] == 0.0,
        Flag.FEWER_THAN_ONE_EXAMPLE: values["examples_needed"] < 1.0,
    }
