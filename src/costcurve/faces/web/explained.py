"""Where the numbers of a page come from: each with its formula, its inputs and its source."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from costcurve.core.display import plain, usd
from costcurve.core.quantities import Evaluation
from costcurve.costs.bill import Bill, Line
from costcurve.decisions.axes import point_value


def explained(evaluation: Evaluation, place: int = 0) -> list[dict[str, str]]:
    """Return every quantity with its value, formula and source, in order.

    Parameters
    ----------
    evaluation : Evaluation
        What was computed.
    place : int
        Of the model whose values are shown.
    """
    rows = []
    for name in evaluation:
        lineage = evaluation.lineage(name)
        rows.append(
            {
                "name": name,
                "label": lineage.label,
                "value": plain(point_value(lineage.value, place)),
                "unit": "" if lineage.unit == "1" else lineage.unit,
                "formula": lineage.formula or "",
                "inputs": ", ".join(each.name for each in lineage.inputs),
                "source": lineage.source,
            }
        )
    return rows


def linked_bill(bill: Bill, lines: Sequence[Line]) -> list[tuple[str, ...]]:
    """Return the lines of a bill as rows; their numbers lead to where they come from."""
    by_label = {line.label: line for line in lines}
    rows: list[tuple[str, ...]] = []
    for item in bill.items:
        line = by_label[item.label]
        rows.append(
            (
                item.label,
                _linked(line.quantity, f"{item.quantity:,.6g}{_unit(item.unit)}"),
                _linked(line.unit_price, usd(item.unit_price_usd)),
                _linked(line.cost, usd(item.cost_usd)),
                item.assumes,
            )
        )
    return rows


def _unit(unit: str) -> str:
    return "" if unit == "1" else f" {unit}"


def _linked(name: str, text: str) -> str:
    return Markup('<a href="#q-{}">{}</a>').format(name, text) if name else text
