"""The estimate as pictures: cost over accuracy, and what matters most."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from typing import Any

from costcurve.charts.style import MONEY, PALETTE, page

_WIDTH, _HEIGHT = 480, 260
_BAR = 22
_ACCURACY = "format(100 * (1 - datum.value), '~g') + '%'"
_BLUE, _ORANGE = PALETTE[0], PALETTE[1]
#: Sums below are drawn there: fractions of a dollar say nothing beside thousands.
_LEAST_USD = 1.0
#: Bars of what matters most.
_BARS = 6


def cost_over_accuracy(
    rows: Sequence[dict[str, Any]], target: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Return the specification of cost over accuracy.

    Parameters
    ----------
    rows : sequence of dict
        `error`, `total_cost_usd`, `p05` and `p95`; costs below a dollar are drawn at one.
    target : sequence of dict
        `error` and `total_cost_usd` of what was asked.
    """
    shown = [_drawn(row, "total_cost_usd", "p05", "p95") for row in rows]
    x = {
        "field": "error",
        "type": "quantitative",
        "title": "accuracy",
        "scale": {"type": "log", "reverse": True, "nice": False},
        "axis": {"labelExpr": _ACCURACY, "labelOverlap": True, "tickCount": 6},
    }
    y = {
        "type": "quantitative",
        "title": "examples and training, USD",
        "scale": {"type": "log", "nice": False},
        "axis": {"labelExpr": MONEY, "labelOverlap": True, "values": _powers(shown)},
    }
    band = {
        "mark": {"type": "area", "color": _BLUE, "opacity": 0.18},
        "encoding": {"x": x, "y": {**y, "field": "p05"}, "y2": {"field": "p95"}},
    }
    line = {
        "mark": {"type": "line", "color": _BLUE},
        "encoding": {"x": x, "y": {**y, "field": "total_cost_usd"}},
    }
    point = {
        "data": {"values": [_drawn(row, "total_cost_usd") for row in target]},
        "mark": {"type": "point", "filled": True, "size": 90, "color": _ORANGE, "opacity": 1},
        "encoding": {"x": x, "y": {**y, "field": "total_cost_usd"}},
    }
    return _drawing([band, line, point], shown, _HEIGHT)


def what_matters(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the specification of a tornado: the total if one input were off, largest first.

    Parameters
    ----------
    rows : sequence of dict
        `label`, `low_usd` and `high_usd`; sums below a dollar are drawn at one.
    """
    shown = [_drawn(row, "low_usd", "high_usd") for row in rows[:_BARS]]
    y = {
        "field": "label",
        "type": "nominal",
        "title": None,
        "sort": [row["label"] for row in shown],
    }
    x = {
        "field": "low_usd",
        "type": "quantitative",
        "title": "total, USD",
        "scale": {"type": "log", "nice": False},
        "axis": {"labelExpr": MONEY, "labelOverlap": True, "tickCount": 5},
    }
    bar = {
        "mark": {"type": "bar", "color": _BLUE, "stroke": _BLUE},
        "encoding": {"x": x, "x2": {"field": "high_usd"}, "y": y},
    }
    return _drawing([bar], shown, _BAR * max(len(shown), 1))


def _powers(rows: Sequence[dict[str, Any]]) -> list[float]:
    """Return the powers of ten that an axis of dollars is marked at."""
    most = max((row["p95"] for row in rows), default=_LEAST_USD)
    return [10.0**power for power in range(int(log10(max(most, _LEAST_USD))) + 1)]


def _drawn(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {**row, **{name: max(row[name], _LEAST_USD) for name in names}}


def _drawing(
    layer: list[dict[str, Any]], rows: list[dict[str, Any]], height: int
) -> dict[str, Any]:
    return page(
        width=_WIDTH,
        height=height,
        data={"values": rows},
        layer=layer,
        config={"axisY": {"labelLimit": 260}},
    )
