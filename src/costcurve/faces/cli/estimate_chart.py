"""The card's small chart: what accuracies cost, in the characters of a terminal."""

from __future__ import annotations

from costcurve.charts.terminal import ASCII, UNICODE, terminal_curve
from costcurve.decisions import Estimate
from costcurve.faces.cli.output import can_print, page_width, plain_text
from costcurve.faces.pictures import costs_of

#: Lines of the chart, and the least sum that it shows: fractions of a dollar say nothing here.
_LINES, _LEAST_USD = 9, 1.0
_KEY = ("the target", "everything at its median", "90%")


def drawn(found: Estimate, *, is_plain: bool = False) -> str:
    """Return what targets around the one asked cost, as lines of text.

    Parameters
    ----------
    found : Estimate
        Whose chart.
    is_plain : bool
        Whether only ASCII may stand in it.
    """
    rows, _ = costs_of(found)
    bands = [
        {"x": row["error"], **{name: max(row[of], _LEAST_USD) for name, of in _NAMES.items()}}
        for row in rows
    ]
    best = found.best.total_cost_usd.point
    point = {"x": found.point("target_error"), "y": max(best, _LEAST_USD)}
    marks = ASCII if is_plain or not can_print("".join(UNICODE)) else UNICODE
    titles = ("error (1 - accuracy)", "total cost in USD")
    text = terminal_curve([point], bands, titles, page_width(), marks, height=_LINES, key=_KEY)
    return "\n" + (plain_text(text) if is_plain else text)


_NAMES = {"p05": "p05", "p50": "total_cost_usd", "p95": "p95"}
