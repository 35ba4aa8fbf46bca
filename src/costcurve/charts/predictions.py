"""Predictions beside measurements: a panel for each kind, a point for each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from costcurve.charts.style import PALETTE, page

_COLOUR = {
    "field": "inside",
    "type": "nominal",
    "scale": {"domain": [True, False], "range": list(PALETTE[:2])},
    "legend": {
        "title": "In the 90% interval",
        "orient": "top",
        "labelExpr": "datum.value ? 'yes' : 'no'",
    },
}
_TOOLTIP = [
    {"field": "id"},
    {"field": "measured", "type": "quantitative"},
    {"field": "predicted", "type": "quantitative"},
]
_PANEL = 220
_COLUMNS = 3
#: Room around the outermost points, as a factor.
_MARGIN = 1.25


def predictions_beside_measurements(rows: Sequence[dict[str, Any]], title: str) -> dict[str, Any]:
    """Return the specification of a chart of predictions over measurements, both logarithmic.

    Parameters
    ----------
    rows : sequence of dict
        With the keys `id`, `data` (the kind, a panel each), `unit`, `measured` and `predicted`
        (above 0), and `inside` (whether the measurement lies in the interval of its prediction).
    title : str
        Above the chart.
    """
    kinds = list(dict.fromkeys(row["data"] for row in rows))
    panels = [_panel(kind, [row for row in rows if row["data"] == kind]) for kind in kinds]
    return page(
        title={"text": title, "anchor": "start", "fontSize": 16},
        columns=_COLUMNS,
        concat=panels,
        config={"axis": {"grid": False, "labelFlush": False}},
    )


def _panel(kind: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    ends = [row[name] for row in rows for name in ("measured", "predicted")]
    around = [min(ends) / _MARGIN, max(ends) * _MARGIN]
    axes = {
        channel: _axis(name, rows[0]["unit"], around)
        for channel, name in (("x", "measured"), ("y", "predicted"))
    }
    diagonal = {
        "data": {"values": [{"measured": end, "predicted": end} for end in around]},
        "mark": {"type": "line", "color": "#888888", "strokeDash": [4, 3]},
        "encoding": axes,
    }
    points = {
        "data": {"values": list(rows)},
        "mark": {"type": "circle", "size": 18, "opacity": 0.6},
        "encoding": {**axes, "color": _COLOUR, "tooltip": _TOOLTIP},
    }
    return {
        "title": {"text": kind.replace("_", " "), "fontSize": 12},
        "width": _PANEL,
        "height": _PANEL,
        "layer": [diagonal, points],
    }


def _axis(name: str, unit: str, around: list[float]) -> dict[str, Any]:
    return {
        "field": name,
        "type": "quantitative",
        "scale": {"type": "log", "domain": around, "nice": False},
        "axis": {"title": f"{name}, {unit}", "format": "~g", "tickCount": 5},
    }
