"""The bill: line items, each a quantity times a unit price with a source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from costcurve.core.quantities import Evaluation, FloatArray


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the bill, by the names of the quantities in it.

    A way to price lists its lines in the order a reader expects; a line that costs nothing is left
    off the bill when `optional`, and a lump sum, which has no `quantity`, stands once. `assumes`
    says what stands behind the quantity, with the names of quantities in braces; of `unless_zero`
    the second is added to it unless the quantity that the first names is 0.
    """

    label: str
    quantity: str
    unit_price: str
    cost: str
    assumes: str
    optional: bool = False
    unless_zero: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class LineItem:
    """One line of a bill: `quantity` x `unit_price_usd` = `cost_usd`.

    Attributes
    ----------
    label : str
        What is paid for.
    quantity, unit : float and str
        How much of it, and in which unit.
    unit_price_usd : float
        USD for one unit.
    cost_usd : float
        USD for all of it.
    source : str
        Where the unit price comes from.
    assumes : str
        What stands behind the quantity, in figures.
    """

    label: str
    quantity: float
    unit: str
    unit_price_usd: float
    cost_usd: float
    source: str
    assumes: str


@dataclass(frozen=True, slots=True)
class Bill:
    """Line items and their total.

    Attributes
    ----------
    items : tuple of LineItem
        In the order of the pricing module.
    total_usd : float
        USD, the graph's own total.
    """

    items: tuple[LineItem, ...]
    total_usd: float


class _Points(dict[str, float]):
    """Point values by the names of quantities, looked up when asked for."""

    def __init__(self, evaluation: Evaluation, pick: Callable[[FloatArray], float]) -> None:
        super().__init__()
        self._evaluation, self._pick = evaluation, pick

    def __missing__(self, name: str) -> float:
        return self._pick(self._evaluation[name])


def itemise(
    evaluation: Evaluation,
    lines: Sequence[Line],
    total: str,
    pick: Callable[[FloatArray], float],
) -> Bill:
    """Return the bill of one option.

    Parameters
    ----------
    evaluation : Evaluation
        Values of the lines' quantities.
    lines : sequence of Line
        What stands on the bill.
    total : str
        The quantity that adds them up.
    pick : callable
        Takes one option's point value out of an array of the evaluation.
    """
    items = []
    for line in lines:
        cost_usd = pick(evaluation[line.cost])
        if line.optional and cost_usd == 0.0:
            continue
        points, (name, more) = _Points(evaluation, pick), line.unless_zero
        assumes = line.assumes + (more if name and points[name] else "")
        items.append(
            LineItem(
                label=line.label,
                quantity=pick(evaluation[line.quantity]) if line.quantity else 1.0,
                unit=evaluation.graph[line.quantity].unit if line.quantity else "1",
                unit_price_usd=pick(evaluation[line.unit_price]),
                cost_usd=cost_usd,
                source=evaluation.graph[line.unit_price].source,
                assumes=assumes.format_map(points),
            )
        )
    return Bill(tuple(items), pick(evaluation[total]))
