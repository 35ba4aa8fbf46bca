"""An answer in a notebook: its card, and its charts below."""

from __future__ import annotations

import re
from html import escape
from itertools import count
from typing import Any

import numpy as np

from costcurve.charts.files import as_svg
from costcurve.core.document import Document
from costcurve.core.errors import MissingExtraError, printable
from costcurve.decisions import Estimate
from costcurve.decisions.card import decision_card
from costcurve.decisions.curve_table import Names, TableCurve
from costcurve.decisions.limits import Limits
from costcurve.decisions.worth import Worth
from costcurve.faces.curve_card import CurveCard
from costcurve.faces.pictures import (
    costs_of,
    picture_of_curve,
    picture_of_limits,
    picture_of_worth,
)
from costcurve.laws.curves import Curve

#: What a notebook can show.
Answer = Estimate | Worth | Limits | Curve | TableCurve | CurveCard
#: Numbers the pictures of a notebook: what one defines by name must not stand for another's.
_numbers = count(1)
_NAMED = re.compile(r'(\bid="|url\(#|href="#)')


def html_of(found: Answer) -> str:
    """Return the card of an answer as HTML with its chart inline; text from users stays text.

    Where the library for pictures is not installed, the card stands alone.
    """
    document, picture = _parts(found)
    if picture is None:
        return document.html()
    words, spec = picture
    try:
        svg = as_svg(spec)
    except MissingExtraError:
        return document.html()
    svg = _NAMED.sub(rf"\1costcurve{next(_numbers)}-", svg)
    told = escape(printable(words))
    return document.html() + svg.replace("<svg ", f'<svg role="img" aria-label="{told}" ', 1)


def chart_of(found: Answer) -> dict[str, Any] | None:
    """Return the chart of an answer as its Vega-Lite specification, or none if it has none."""
    picture = _parts(found)[1]
    return None if picture is None else picture[1]


def _parts(found: Answer) -> tuple[Document, tuple[str, dict[str, Any]] | None]:
    """Return the card and, where there is one, the words and the specification of its picture."""
    if isinstance(found, Estimate):
        words = "Cost against accuracy; the point is the target, the band holds 90%."
        return decision_card(found), (words, costs_of(found)[1])
    if isinstance(found, Worth):
        return found.document(), ("Where it pays.", picture_of_worth(found))
    if isinstance(found, Limits):
        words = "Error over compute: the models of the field, and the lines through them."
        return found.document(), (words, picture_of_limits(found)[1])
    card = _card(found)
    if card.found.curve is None:
        return card.document(), None
    words = "The learning curve, its median and bands of 50% and 90%."
    return card.document(), (words, picture_of_curve(card))


def _card(found: Curve | TableCurve | CurveCard) -> CurveCard:
    if isinstance(found, CurveCard):
        return found
    if isinstance(found, Curve):
        found = TableCurve((), found, found.flags(), np.array([]))
    return CurveCard(found, Names("x", "error"))
