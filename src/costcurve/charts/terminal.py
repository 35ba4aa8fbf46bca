"""A learning curve in the characters of a terminal, both axes logarithmic."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, floor, log10
from typing import NamedTuple

from costcurve.core.errors import printable

#: Lines of the drawing, its axis not counted.
HEIGHT = 16
#: What the marks are, where nothing else is said.
_KEY = ("measured", "median", "90% of later runs")
#: Columns for the numbers beside it, columns between numbers below, and lines between those beside.
_MARGIN, _BETWEEN, _LINES_BETWEEN = 10, 3, 3
# Share of the range that is left free at either end, and the range where there is none.
_FREE, _LEAST_RANGE = 0.03, 0.1
# Round numbers, the densest first: digits, and the stride of powers of ten.
_STRIDES = (1, 2, 5, 10, 20, 50, 100, 200)
_TICKS = (((1, 2, 5), 1), ((1, 3), 1), *(((1,), stride) for stride in _STRIDES))
# Powers of ten in float64: what lies below counts as the least, and nothing lies above.
_LEAST_LOG, _LARGEST_LOG = -307.0, 308.0


class Marks(NamedTuple):
    """Characters: of a point, the median, the band, the corner and the two axes."""

    point: str
    median: str
    band: str
    corner: str
    across: str
    up: str


UNICODE, ASCII = Marks("●", "━", "░", "└", "─", "│"), Marks("o", "=", ".", "+", "-", "|")


class _Axis:
    """A logarithmic axis over some cells, the first at its lower end."""

    def __init__(self, values: Sequence[float], cells: int) -> None:
        low, high = _log(min(values)), _log(max(values))
        spare = _FREE * (high - low) if high > low else _LEAST_RANGE / 2
        self.low, self.high, self.cells = low - spare, high + spare, cells

    def cell(self, value: float) -> int:
        share = (_log(value) - self.low) / (self.high - self.low)
        return min(max(round(share * (self.cells - 1)), 0), self.cells - 1)

    def ticks(self, least: int) -> list[float]:
        """Return round numbers so many cells apart at least; the ends where there are no two."""
        low, high = max(self.low, _LEAST_LOG), min(self.high, _LARGEST_LOG)
        for steps, stride in _TICKS:
            found = [
                step * 10.0**power
                for power in range(ceil(floor(low) / stride) * stride, ceil(high) + 1, stride)
                for step in steps
                if low <= log10(step) + power <= high
            ]
            apart = [self.cell(b) - self.cell(a) for a, b in pairwise(found)]
            if apart and min(apart) >= least:
                return found
        return [10.0**low, 10.0**high]


def terminal_curve(  # noqa: PLR0913 - what is drawn, and how
    points: Sequence[dict[str, float]],
    bands: Sequence[dict[str, float]],
    titles: tuple[str, str],
    width: int,
    marks: Marks = UNICODE,
    *,
    height: int = HEIGHT,
    key: tuple[str, str, str] = _KEY,
) -> str:
    """Return a curve as lines of text.

    Parameters
    ----------
    points : sequence of dict
        What was measured: `x` and `y`, above 0; at least one.
    bands : sequence of dict
        What is predicted: `x`, `p05`, `p50` and `p95`, above 0.
    titles : tuple of str
        Of x and of y.
    width : int
        Columns of the widest line, at least 60.
    marks : Marks
        `UNICODE` or `ASCII`.
    height : int
        Lines of the drawing.
    key : tuple of str
        What the points, the median and the band are.
    """
    x = _Axis([each["x"] for each in (*points, *bands)], width - _MARGIN)
    sides = [each[name] for each in bands for name in ("p05", "p95")]
    y = _Axis([*(each["y"] for each in points), *sides], height)
    cells = [[" "] * x.cells for _ in range(y.cells)]
    for band in bands:
        for row in range(y.cell(band["p05"]), y.cell(band["p95"]) + 1):
            cells[row][x.cell(band["x"])] = marks.band
    places = [(each["x"], each["p50"], marks.median) for each in bands]
    for at, value, mark in (*places, *((each["x"], each["y"], marks.point) for each in points)):
        cells[y.cell(value)][x.cell(at)] = mark
    beside = {y.cell(tick): f"{tick:.2g}" for tick in y.ticks(_LINES_BETWEEN)}
    lines = [
        f"{beside.get(row, ''):>{_MARGIN - 2}} {marks.up}{''.join(cells[row])}".rstrip()
        for row in reversed(range(y.cells))
    ]
    lines.append(f"{marks.corner:>{_MARGIN}}{marks.across * x.cells}")
    names = printable(f"{titles[1]}, against {titles[0]}")[: x.cells]
    signs = (marks.point, marks.median, marks.band)
    told = "  ".join(f"{sign} {words}" for sign, words in zip(signs, key, strict=True))
    return "\n".join([*lines, _numbers(x), *(f"{'':{_MARGIN}}{text}" for text in (names, told))])


def _log(value: float) -> float:
    return log10(value) if value > 10.0**_LEAST_LOG else _LEAST_LOG


def _numbers(x: _Axis) -> str:
    """Return the line of numbers under the axis, those that overlap left out."""
    line = " " * _MARGIN
    for tick in x.ticks(2 * _BETWEEN):
        text = f"{tick:,.0f}" if 10 <= tick < 1e6 else f"{tick:.2g}"
        start = _MARGIN + min(x.cell(tick) - len(text) // 2, x.cells - len(text))
        if line.isspace() or start >= len(line) + _BETWEEN:
            line = line.ljust(start)[:start] + text
    return line
