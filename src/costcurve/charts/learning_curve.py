"""A learning curve: what was measured, and where it goes with which certainty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from costcurve.charts.style import PALETTE, page

_WIDTH, _HEIGHT = 480, 320
# Pixels between the outermost marks and the frame.
_PADDING = 8


def learning_curve(
    title: str,
    points: Sequence[dict[str, float]],
    bands: Sequence[dict[str, float]],
    titles: tuple[str, str],
    target: float | None = None,
) -> dict[str, Any]:
    """Return the specification of a curve with its bands of 50 % and 90 %.

    Parameters
    ----------
    title : str
        Above it.
    points : sequence of dict
        What was measured: `x` and `y`.
    bands : sequence of dict
        What is predicted: `x`, `p05`, `p25`, `p50`, `p75` and `p95`, x rising.
    titles : pair of str
        Of x and y, beside the axes, both logarithmic.
    target : float, optional
        The error to reach, a line across.
    """
    x, y = (_axis(field, title) for field, title in zip(("x", "y"), titles, strict=True))
    line = {"mark": {"type": "line", "color": PALETTE[0]}}
    dots = {"mark": {"type": "point", "filled": True, "size": 50, "color": PALETTE[6]}}
    layers = [
        _band(x, y, "p05", "p95", 0.18),
        _band(x, y, "p25", "p75", 0.3),
        {**line, "encoding": {"x": x, "y": {**y, "field": "p50"}}},
        {**dots, "encoding": {"x": x, "y": y}, "data": {"values": list(points)}},
    ]
    words = "Points: measured. Line: median of a later run. Bands: 50% and 90%."
    if target is not None:
        layers.append(_across(y, target))
        words += " Dashed: the target."
    return page(
        title={
            "text": title,
            "subtitle": words,
            "anchor": "start",
            "fontSize": 15,
        },
        width=_WIDTH,
        height=_HEIGHT,
        data={"values": list(bands)},
        layer=layers,
    )


def _axis(field: str, title: str) -> dict[str, Any]:
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": {"type": "log", "nice": False, "padding": _PADDING},
        "axis": {"labelOverlap": True},
    }


def _across(y: dict[str, Any], target: float) -> dict[str, Any]:
    return {
        "mark": {"type": "rule", "color": PALETTE[1], "strokeDash": [6, 4], "strokeWidth": 1.5},
        "encoding": {"y": {**y, "field": "y"}},
        "data": {"values": [{"y": target}]},
    }


def _band(
    x: dict[str, Any], y: dict[str, Any], low: str, high: str, opacity: float
) -> dict[str, Any]:
    return {
        "mark": {"type": "area", "color": PALETTE[0], "opacity": opacity},
        "encoding": {"x": x, "y": {**y, "field": low}, "y2": {"field": high}},
    }
