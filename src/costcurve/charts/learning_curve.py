"""A learning curve: what was measured, and where it goes with which certainty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from costcurve.charts.predictions import SCHEMA
from costcurve.charts.scatter import PALETTE

_WIDTH, _HEIGHT = 480, 320
# Pixels between the outermost marks and the frame.
_PADDING = 8


def learning_curve(
    title: str,
    points: Sequence[dict[str, float]],
    bands: Sequence[dict[str, float]],
    x_title: str,
    y_title: str,
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
    x_title, y_title : str
        Beside the axes, both logarithmic.
    """
    x = {
        "field": "x",
        "type": "quantitative",
        "title": x_title,
        "scale": {"type": "log", "nice": False},
    }
    x["axis"] = {"labelOverlap": True}
    y_axis = {"title": y_title, "scale": {"type": "log", "nice": False}}

    def band(low: str, high: str, opacity: float) -> dict[str, Any]:
        y = {"field": low, "type": "quantitative", **y_axis}
        return {
            "data": {"values": list(bands)},
            "mark": {"type": "area", "color": PALETTE[0], "opacity": opacity},
            "encoding": {"x": x, "y": y, "y2": {"field": high}},
        }

    median = {
        "data": {"values": list(bands)},
        "mark": {"type": "line", "color": PALETTE[0]},
        "encoding": {"x": x, "y": {"field": "p50", "type": "quantitative", **y_axis}},
    }
    measured = {
        "data": {"values": list(points)},
        "mark": {"type": "point", "filled": True, "size": 50, "color": PALETTE[6]},
        "encoding": {"x": x, "y": {"field": "y", "type": "quantitative", **y_axis}},
    }
    return {
        "$schema": SCHEMA,
        "title": {
            "text": title,
            "subtitle": "Points: measured. Line: median of a later run. Bands: 50% and 90%.",
            "anchor": "start",
            "fontSize": 15,
        },
        "background": "white",
        "width": _WIDTH,
        "height": _HEIGHT,
        "layer": [band("p05", "p95", 0.18), band("p25", "p75", 0.3), median, measured],
        "config": {"axis": {"grid": False}, "view": {"stroke": "#cccccc"}},
    }
