"""What each accuracy costs: the estimate's bill over a row of targets."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from costcurve.core.errors import NotFiniteError
from costcurve.core.quantities import FloatArray
from costcurve.decisions.axes import percentiles
from costcurve.decisions.result import Estimate

#: Targets that are looked at, and how far around the asked one: as factors of its error.
_POINTS = 41
_EASIER, _HARDER = 6.0, 6.0
_MOST_ERROR, _LEAST_ERROR = 0.95, 1e-9


@dataclass(frozen=True)
class AccuracyCost:
    """What one target costs with the estimate's best model.

    Attributes
    ----------
    error : float
        The target, as a fraction.
    examples : float
        Needed, everything at its median; a limit set aside.
    total_cost_usd, p05, p95 : float
        Of examples and training, everything at its median, and the 90 % interval; up to the limit.
    is_reachable : bool
        Whether the examples can be had.
    """

    error: float
    examples: float
    total_cost_usd: float
    p05: float
    p95: float
    is_reachable: bool

    def to_dict(self) -> dict[str, Any]:
        """Return it as a row."""
        return asdict(self)


def cost_over_accuracy(estimate: Estimate) -> tuple[AccuracyCost, ...]:
    """Return what targets around the asked one cost, the easiest first.

    Targets whose numbers leave the range of float64 are left out.
    """
    asked = estimate.point("target_error")
    high = min(asked * _EASIER, max(_MOST_ERROR, asked))
    errors = np.geomspace(high, max(asked / _HARDER, _LEAST_ERROR), _POINTS)
    # The asked one among them, for the picture's point.
    errors[np.abs(np.log(errors / asked)).argmin()] = asked
    try:
        return _at(estimate, errors)
    except NotFiniteError:
        return tuple(found for error in errors for found in _if_finite(estimate, error))


def _if_finite(estimate: Estimate, error: float) -> tuple[AccuracyCost, ...]:
    try:
        return _at(estimate, np.array([error]))
    except NotFiniteError:
        return ()


def _at(estimate: Estimate, errors: FloatArray) -> tuple[AccuracyCost, ...]:
    """Return what targets cost, one row of the graph for each; raises NotFiniteError."""
    names = ["total_cost_usd", "examples_needed", "reaches_target"]
    graph = estimate.evaluation.graph
    overrides: dict[str, Any] = {
        **estimate.inputs_of_the_best(),
        **estimate.assumptions.overrides,
        "target_error": errors.reshape(-1, 1, 1),
    }
    evaluation = graph.evaluate(names, overrides)
    cost, examples, reaches = (
        np.broadcast_to(full[:, 0], (len(errors), full.shape[-1]))
        for full in (np.atleast_3d(evaluation[name]) for name in names)
    )
    columns = (errors, examples[:, 0], cost[:, 0], reaches[:, 0] == 1.0)
    return tuple(
        AccuracyCost(error, needed, total, *percentiles(draws, 0)[::2], is_reachable=is_had)
        for draws, error, needed, total, is_had in zip(
            cost[:, np.newaxis, np.newaxis], *(each.tolist() for each in columns), strict=True
        )
    )
