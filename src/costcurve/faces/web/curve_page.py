"""The page of a learning curve: pilots pasted, and where they lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from costcurve.core.errors import Finding, InputError, shown
from costcurve.decisions.curve_table import TIMES, Names, curves_of
from costcurve.decisions.next_run import next_run
from costcurve.decisions.stakes import MOST_USD, Stakes
from costcurve.evidence.columns import MOST_FINDINGS, as_numbers, columns_of
from costcurve.faces.curve_answer import curve_answer
from costcurve.faces.curve_card import CurveCard
from costcurve.faces.pictures import picture_of_curve
from costcurve.faces.snippet import curve_command, curve_snippet
from costcurve.faces.web.forms import Field, link, wrong
from costcurve.faces.web.pasted import pasted

_EXAMPLE = "500, 0.21\n1000, 0.15\n2000, 0.11\n4000, 0.082"
_HELP = "A line for each: examples, error. Several at one number are averaged."
#: Fields beside the points: label, unit, help, example.
_FIELDS = {
    "target_error": ("Target error", "", "What is to be reached, as a fraction.", "0.03"),
    # Empty at first: which run to make next takes seconds, and a page must be there at once.
    "usd_per_example": (
        "Price of one more example", "USD", "For the next run, such as 0.6; with the worth.", "",
    ),
    "worth_usd": (
        "Worth of the target", "USD", "For the next run, such as 5000; with the price.", "",
    ),
}  # fmt: skip
#: What the columns are called, as in the heading of what is pasted.
NAMES = Names("examples", "error", fit="fit")
_CAPTION = "Points: measured. Line: median of a later run. Bands: 50% and 90%."


def content(query: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page shows."""
    given = _given(query)
    page: dict[str, Any] = {
        "title": "Where does this learning curve go?",
        "intro": "From a few runs to later ones, with intervals tried on data sets left out.",
        "verb": "Predict",
        "upload": ("/curve/upload", (NAMES.x, NAMES.error)),
    }
    try:
        card = made(query)
    except InputError as error:
        return {**page, "fields": _fields(given, error.findings), "findings": error.findings}
    kept = {name: value for name, value in given.items() if value}
    page |= {"fields": _fields(given, ()), "words": card.document(), "given": kept}
    page |= {"exports": [("This link", link("/curve", kept))]}
    if card.found.curve is None:
        return page
    return {
        **page,
        "charts": [("curve", picture_of_curve(card), _CAPTION)],
        "command": curve_command(card),
        "snippet": curve_snippet(card),
    }


def made(query: Mapping[str, str]) -> CurveCard:
    """Return the curve that a query describes, with what it asks; raises InputError."""
    given = _given(query)
    findings: list[Finding] = []
    numbers: dict[str, float | None] = {}
    for name in _FIELDS:
        try:
            numbers[name] = _number(name, given[name])
        except InputError as error:
            findings += error.findings
    try:
        points = _rows(given["points"])
    except InputError as error:
        raise InputError([*error.findings, *findings]) from None
    InputError.check(findings)
    return _card(points, *numbers.values())


def answer(query: Mapping[str, str]) -> dict[str, Any]:
    """Return what `costcurve curve --json` says of the same runs."""
    card = made(query)
    return curve_answer([card.found], [card.run], NAMES, card.target)


@lru_cache(maxsize=16)
def _card(
    points: tuple[tuple[float, float], ...],
    target: float | None,
    usd_per_example: float | None,
    worth_usd: float | None,
) -> CurveCard:
    """Return the card; page, picture and files ask for the same one."""
    last = max(x for x, _ in points)
    rows: list[dict[str, Any]] = [{"examples": x, "error": y, "fit": 1} for x, y in points]
    rows += [{"examples": last * times, "fit": 0} for times in TIMES]
    (found,) = curves_of(columns_of(rows, "points"), NAMES)
    if target is None or usd_per_example is None or worth_usd is None or not found.curve:
        return CurveCard(found, NAMES, target)
    stakes = Stakes(usd_per_x=usd_per_example, target=target, worth_usd=worth_usd)
    return CurveCard(found, NAMES, target, next_run(found.curve, stakes), stakes)


def _given(query: Mapping[str, str]) -> dict[str, str]:
    given = {name: query.get(name, "").strip() for name in ("points", *_FIELDS)}
    if any(given.values()):
        return given
    return {"points": _EXAMPLE, **{name: each[3] for name, each in _FIELDS.items()}}


def _fields(given: Mapping[str, str], findings: Sequence[Finding]) -> list[Field]:
    return [
        Field(
            "points", "Runs made", "", _HELP, given["points"], "", (), wrong("points", findings),
            is_long=True,
        ),
        *(
            Field(name, label, unit, help_, given[name], "", (), wrong(name, findings))
            for name, (label, unit, help_, _) in _FIELDS.items()
        ),
    ]  # fmt: skip


def _number(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    most = 1.0 if name == "target_error" else MOST_USD
    if not 0.0 < value < most:
        raise InputError.of(name, text, f"must be a number above 0 and below {most:g}")
    return value


def _rows(text: str) -> tuple[tuple[float, float], ...]:
    """Return examples and error of each pasted line; the first may be a header."""
    found = pasted("points", text, (NAMES.x, NAMES.error))
    pair = found.pair("points", (NAMES.x, NAMES.error))
    x, y = (as_numbers([row[name] for row in found.dicts()]) for name in pair)
    is_number = np.isfinite(x) & np.isfinite(y)
    InputError.check(
        [
            Finding(
                "points",
                f"line {found.lines[place]}, {shown(', '.join(found.rows[place]))},",
                "must be two numbers: examples, error",
            )
            for place in np.flatnonzero(~is_number)[:MOST_FINDINGS]
        ]
    )
    return tuple(zip(x.tolist(), y.tolist(), strict=True))
