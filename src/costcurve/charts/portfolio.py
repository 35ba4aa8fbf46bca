"""The efficient frontier of a portfolio: what every budget is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from costcurve.charts.style import MONEY, PALETTE, page

_WIDTH, _HEIGHT = 480, 280


def frontier_chart(
    points: Sequence[dict[str, float]], chosen: Sequence[dict[str, float]]
) -> dict[str, Any]:
    """Return the specification of the chart.

    Parameters
    ----------
    points : sequence of dict
        `budget_usd`, and `net_usd` of a year that it buys; each is the best for what it spends.
    chosen : sequence of dict
        The same of what is funded; empty without a budget.
    """
    x = {
        "field": "budget_usd",
        "type": "quantitative",
        "title": "budget before the first prediction, USD",
        "axis": {"labelExpr": MONEY},
    }
    y = {
        "field": "net_usd",
        "type": "quantitative",
        "title": "expected net of a year, USD",
        "axis": {"labelExpr": MONEY},
    }
    line = {
        "mark": {"type": "line", "color": PALETTE[0], "point": {"size": 18}},
        "encoding": {"x": x, "y": y},
    }
    own = {
        "data": {"values": list(chosen)},
        "mark": {"type": "point", "filled": True, "size": 90, "color": PALETTE[1], "opacity": 1},
        "encoding": {"x": x, "y": y},
    }
    return page(
        title={"text": "What budgets are worth", "anchor": "start", "fontSize": 15},
        width=_WIDTH,
        height=_HEIGHT,
        data={"values": list(points)},
        layer=[line, own],
    )
