"""The axes of every evaluation: (row, model, draw).

There is one row, a model for each candidate, and on the axis of draws first the point, then the
draws. The law's residual, common to all models, is always uncertain; a range makes its input
uncertain too. Each uncertain input has a column of its own in one draw matrix.

With the residual alone everything is monotone in it, so its 5th and 95th percentiles give those of
every quantity, without sampling error: there are two draws. With ranges there are as many as asked
for; with the scatter of the throughput law beside the residual a few thousand do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from costcurve.core.draws import MOST_COLUMNS, STANDARD_NORMAL, FloatArray, low_discrepancy
from costcurve.core.errors import InputError
from costcurve.core.quantities import Input, as_float64

#: Inputs that are uncertain whatever the user gives: the scatter around laws.
SCATTER = frozenset({"residual_z", "slope_z", "architecture_z", "accelerator_z"})
#: The shares of an interval, with the median.
SHARES = (0.05, 0.50, 0.95)
_EXACT_DRAWS = 2
#: Enough where only laws scatter: their columns are evenly filled, and there are few of them.
DRAWS_OF_SCATTER = 4096


def residual_z() -> Input:
    """Return the law's residual, drawn once for all models."""
    given = Input.of(
        "residual_z",
        0.0,
        "1",
        "Scatter around the law",
        "0 is the median, the equation as printed; -1.645 and 1.645 bound 90 % of tasks",
    )
    return replace(given, spread=STANDARD_NORMAL)


def with_draws(
    inputs: Sequence[Input], draws: int, seed: int, *, exact: bool = True
) -> list[Input]:
    """Return the inputs, those that are uncertain with their draws behind the point.

    Parameters
    ----------
    inputs : sequence of Input
        Those with a `spread` are uncertain.
    draws : int
        How many to take, when more than the laws is uncertain.
    seed : int
        The same seed gives the same draws.
    exact : bool
        Whether the residual by itself has but the two draws that give its percentiles; means need
        more.
    """
    if exact and _uncertain(inputs) == ["residual_z"]:
        ends = np.array([STANDARD_NORMAL.low, STANDARD_NORMAL.high])
        return [_drawn(given, ends) if given.spread else given for given in inputs]
    columns = columns_of_draws(inputs, draws, seed)
    return [
        given
        if given.spread is None
        else _drawn(given, given.spread.quantile(columns[given.name], *given.bounds.ends()))
        for given in inputs
    ]


def columns_of_draws(inputs: Sequence[Input], draws: int, seed: int) -> dict[str, FloatArray]:
    """Return the column of the draw matrix of every uncertain input, by its name.

    Parameters
    ----------
    inputs, draws, seed
        As of `with_draws`.

    Returns
    -------
    dict of str to ndarray of shape (draws,)
        Shares in (0, 1).

    Raises
    ------
    InputError
        If more inputs are uncertain than the matrix has columns.
    """
    uncertain = _uncertain(inputs)
    if SCATTER.issuperset(uncertain):
        draws = min(draws, DRAWS_OF_SCATTER)
    if len(uncertain) > MOST_COLUMNS:
        ranges = f"{len(uncertain)} uncertain inputs"
        raise InputError.of("ranges", ranges, f"must be at most {MOST_COLUMNS}")
    return dict(zip(uncertain, low_discrepancy(len(uncertain), draws, seed), strict=True))


def _uncertain(inputs: Sequence[Input]) -> list[str]:
    uncertain = [given.name for given in inputs if given.spread is not None]
    # The residual spreads furthest, so it has the first column, which fills most evenly.
    return sorted(uncertain, key=lambda name: name != "residual_z")


def _drawn(given: Input, values: FloatArray) -> Input:
    both = np.concatenate([np.atleast_1d(given.value), values])
    return replace(given, value=as_float64(given.name, both.reshape(1, 1, -1)))


def point_value(array: FloatArray, model: int) -> float:
    """Return one model's point value."""
    return float(_one_model(array, model)[0])


def only_the_point(array: FloatArray) -> FloatArray:
    """Return the values without their draws."""
    return array[..., :1] if array.ndim else array


def draws_of(array: FloatArray, model: int) -> FloatArray:
    """Return one model's draws, without the point; of a certain value, the value itself."""
    values = _one_model(array, model)
    return values[1:] if len(values) > 1 else values


def percentiles(array: FloatArray, model: int) -> tuple[float, float, float]:
    """Return one model's 5th, 50th and 95th percentiles."""
    draws = draws_of(array, model)
    if len(draws) <= _EXACT_DRAWS:
        return float(draws.min()), point_value(array, model), float(draws.max())
    # Draws stand in the middles of equal shares. (np.quantile would load NumPy's masked arrays.)
    positions = np.array(SHARES) * len(draws) - 0.5
    low, middle, high = np.interp(positions, np.arange(len(draws)), np.sort(draws))
    return float(low), float(middle), float(high)


def _one_model(array: FloatArray, model: int) -> FloatArray:
    full = np.atleast_3d(array) if array.ndim < 3 else array
    return np.asarray(full[0, model if full.shape[1] > 1 else 0])


def with_points(inputs: Iterable[Input]) -> list[Input]:
    """Return the inputs without their draws: everything at its median."""
    return [
        replace(given, value=as_float64(given.name, only_the_point(given.value)))
        for given in inputs
    ]
