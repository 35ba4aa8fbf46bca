"""Whether a case pays, as two pictures: over the accuracy, and over volume and value."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Any

from costcurve.charts.style import MONEY, NUMBER, PALETTE, page

_WIDTH, _HEIGHT = 480, 240
_GAIN, _CASE = PALETTE[2], PALETTE[1]
_DOLLARS = "'$' + format(datum.value, '~g')"


def worth_chart(
    title: str,
    plans: Sequence[dict[str, float]],
    chosen: Sequence[dict[str, Any]],
    frontier: Sequence[dict[str, float]],
    case: Sequence[dict[str, float]],
) -> dict[str, Any]:
    """Return the specification of both pictures.

    Parameters
    ----------
    title : str
        Above them.
    plans : sequence of dict
        `accuracy` (percent), `p05`, `mean` and `p95` of the net of a year in USD, and `examples`.
    chosen : sequence of dict
        `accuracy`, `mean` and `plan`: the target and the best.
    frontier : sequence of dict
        `volume`, and `value_usd`: what a prediction must be worth over today for a year to pay.
    case : sequence of dict
        The case's own `volume` and `value_usd`; empty where they cannot be shown.
    """
    return page(
        title={"text": title, "anchor": "start", "fontSize": 15},
        vconcat=[_over_accuracy(plans, chosen), _over_volume(frontier, case)],
    )


def _over_accuracy(
    plans: Sequence[dict[str, float]], chosen: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    x = {
        "field": "accuracy",
        "type": "quantitative",
        "title": "accuracy, percent",
        "scale": {"zero": False},
    }
    y = {"type": "quantitative", "title": "net of a year, USD", "axis": {"labelExpr": MONEY}}
    band = {
        "mark": {"type": "area", "color": PALETTE[0], "opacity": 0.18},
        "encoding": {"x": x, "y": {**y, "field": "p05"}, "y2": {"field": "p95"}},
    }
    line = {
        "mark": {"type": "line", "color": PALETTE[0]},
        "encoding": {"x": x, "y": {**y, "field": "mean"}},
    }
    zero = {"data": {"values": [{"zero": 0}]}, "mark": {"type": "rule", "color": "#888888"}}
    zero["encoding"] = {"y": {**y, "field": "zero"}}
    dots = {"type": "point", "filled": True, "size": 70, "opacity": 1}
    shape = {"field": "plan", "type": "nominal", "title": None, "legend": {"orient": "top-left"}}
    own = {
        "data": {"values": list(chosen)},
        "mark": dots,
        "encoding": {
            "x": x,
            "y": {**y, "field": "mean"},
            "shape": shape,
            "color": {**shape, "scale": {"range": [_CASE, _GAIN]}},
        },
    }
    return {
        "title": {"text": "Line: expected net. Band: 90%.", "anchor": "start", "fontSize": 12},
        "width": _WIDTH,
        "height": _HEIGHT,
        "data": {"values": list(plans)},
        "layer": [band, zero, line, own],
    }


def _over_volume(
    frontier: Sequence[dict[str, float]], case: Sequence[dict[str, float]]
) -> dict[str, Any]:
    log, rows = {"type": "log", "nice": False}, [*frontier, *case]
    x = {
        "field": "volume",
        "type": "quantitative",
        "title": "predictions a year",
        "scale": log,
        "axis": {"labelExpr": NUMBER, "labelOverlap": True, **_powers(rows, "volume")},
    }
    y = {
        "field": "value_usd",
        "type": "quantitative",
        "title": "worth of a prediction, USD",
        "scale": log,
        "axis": {"labelExpr": _DOLLARS, "labelOverlap": True, **_powers(rows, "value_usd")},
    }
    top = max([row["value_usd"] for row in rows], default=1.0)
    pays = {
        "mark": {"type": "area", "color": _GAIN, "opacity": 0.15, "clip": True},
        "encoding": {"x": x, "y": y, "y2": {"datum": top}},
    }
    line = {"mark": {"type": "line", "color": _GAIN}, "encoding": {"x": x, "y": y}}
    point = {
        "data": {"values": list(case)},
        "mark": {"type": "point", "filled": True, "size": 90, "color": _CASE, "opacity": 1},
        "encoding": {"x": x, "y": y},
    }
    told = "Green: a year pays, at the target's accuracy. Point: this case."
    return {
        "title": {"text": told, "anchor": "start", "fontSize": 12},
        "width": _WIDTH,
        "height": _HEIGHT,
        "data": {"values": list(frontier)},
        "layer": [pays, line, point],
    }


def _powers(rows: Sequence[dict[str, float]], name: str) -> dict[str, Any]:
    """Return where a logarithmic axis is marked: at the powers of ten."""
    if not rows:
        return {}
    logs = [log10(row[name]) for row in rows]
    return {"values": [10.0**power for power in range(ceil(min(logs)), floor(max(logs)) + 1)]}
