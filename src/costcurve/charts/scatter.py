"""Points and lines: models of a field, and the laws drawn through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from costcurve.charts.style import PALETTE, page

_WIDTH, _HEIGHT = 440, 320
_SMALL = 240
_COLUMNS = 2
#: Pixels between the outermost points and the frame.
_PADDING = 8
#: Long numbers as powers of ten.
_POWER, _PLAIN = "replace(format(datum.value, '.0e'), 'e+', 'e')", "format(datum.value, '~g')"
_LABEL = f"datum.value >= 1e5 ? {_POWER} : {_PLAIN}"


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis.

    Attributes
    ----------
    field, title : str
        The key of the rows, and what is written beside the axis.
    is_log : bool
        Whether its scale is logarithmic.
    """

    field: str
    title: str
    is_log: bool = True


@dataclass(frozen=True, slots=True)
class Panel:
    """Points and lines over the same axes.

    Attributes
    ----------
    title : str
        Above it.
    x, y : Axis
        Its axes.
    points, lines : sequence of dict
        Rows with the fields of both axes; of a point also `label`; of a line `line`, its name.
    colour : str, optional
        A field of the points that colours them, a number.
    """

    title: str
    x: Axis
    y: Axis
    points: Sequence[dict[str, Any]] = ()
    lines: Sequence[dict[str, Any]] = ()
    colour: str | None = None


def scatter(title: str, panels: Sequence[Panel], subtitle: Sequence[str] = ()) -> dict[str, Any]:
    """Return the specification of one or more panels.

    Parameters
    ----------
    title : str
        Above all of them.
    panels : sequence of Panel
        Two stand side by side.
    subtitle : sequence of str
        Lines below the title: of what, from when, and whose.
    """
    head: dict[str, Any] = {"text": title, "anchor": "start", "fontSize": 15}
    if subtitle:
        head |= {"subtitle": list(subtitle), "subtitleFontSize": 10}
    is_single = len(panels) == 1
    size = (_WIDTH, _HEIGHT) if is_single else (_SMALL, _SMALL)
    drawn = [_panel(panel, size, with_title=not is_single) for panel in panels]
    parts = drawn[0] if is_single else {"columns": _COLUMNS, "concat": drawn}
    return page(
        title=head,
        **parts | {"resolve": {"scale": {"color": "independent"}}},
        config={
            "axis": {"grid": False, "labelFlush": False},
            "legend": {"orient": "bottom", "labelLimit": 400, "columns": 2},
        },
    )


def _panel(panel: Panel, size: tuple[int, int], *, with_title: bool) -> dict[str, Any]:
    axes = {"x": _axis(panel.x), "y": _axis(panel.y)}
    layers = [
        *([_points(panel, axes)] if panel.points else []),
        *([_lines(panel, axes)] if panel.lines else []),
    ]
    drawn: dict[str, Any] = {"width": size[0], "height": size[1], "layer": layers}
    if panel.lines and panel.points:
        drawn["resolve"] = {"scale": {"color": "independent"}}
    return {"title": {"text": panel.title, "fontSize": 12}, **drawn} if with_title else drawn


def _points(panel: Panel, axes: dict[str, Any]) -> dict[str, Any]:
    encoding = dict(axes, tooltip=[{"field": "label"}, *_numbers(panel)])
    if panel.colour:
        encoding["color"] = {
            "field": panel.colour,
            "type": "quantitative",
            "scale": {"scheme": "viridis", "zero": False},
            "legend": {"title": panel.colour, "format": "d"},
        }
    mark = {"type": "circle", "size": 26, "opacity": 0.7}
    return {
        "data": {"values": list(panel.points)},
        "mark": mark if panel.colour else {**mark, "color": "#888888"},
        "encoding": encoding,
    }


def _lines(panel: Panel, axes: dict[str, Any]) -> dict[str, Any]:
    names = list(dict.fromkeys(row["line"] for row in panel.lines))
    colour = {
        "field": "line",
        "type": "nominal",
        "scale": {"domain": names, "range": list(PALETTE[: len(names)])},
        "legend": {"title": None},
    }
    return {
        "data": {"values": list(panel.lines)},
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {**axes, "color": colour},
    }


def _numbers(panel: Panel) -> list[dict[str, str]]:
    return [{"field": axis.field, "type": "quantitative"} for axis in (panel.x, panel.y)]


def _axis(axis: Axis) -> dict[str, Any]:
    kind = {"type": "log", "nice": False} if axis.is_log else {"zero": False, "nice": True}
    scale = {**kind, "padding": _PADDING}
    label = {"labelExpr": _LABEL, "tickCount": 6} if axis.is_log else {"format": "~g"}
    return {
        "field": axis.field,
        "type": "quantitative",
        "scale": scale,
        "axis": {"title": axis.title, **label},
    }
