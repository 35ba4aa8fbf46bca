"""The page of a learning curve: pilots pasted, and where they lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from costcurve.charts.learning_curve import learning_curve
from costcurve.core.display import count_in_words, probability
from costcurve.core.document import Document, Paragraph
from costcurve.core.errors import Finding, InputError, shown
from costcurve.decisions.next_run import NextRun, Stakes, next_run
from costcurve.decisions.next_run_card import blocks_of
from costcurve.evidence.columns import MOST_FINDINGS, as_numbers
from costcurve.faces.web.forms import Field, link, wrong
from costcurve.faces.web.pasted import pasted
from costcurve.faces.web.questions import ask_curve
from costcurve.faces.web.settings import Settings
from costcurve.faces.web.work import Deadline
from costcurve.laws.curves import SHARES, Curve, load_curve_law

_EXAMPLE = "500, 0.21\n1000, 0.15\n2000, 0.11\n4000, 0.082"
_HELP = "A line for each: examples, error. Several at one number are averaged."
_TIMES = np.array([2.0, 4.0, 8.0, 16.0])
_BANDS = 60
#: Fields beside the points: label, unit, help, example.
_FIELDS = {
    "target_error": ("Target error", "", "What is to be reached, as a fraction.", "0.03"),
    "usd_per_example": ("Price of one more example", "USD", "For the next run.", "0.6"),
    "worth_usd": ("Worth of the target", "USD", "For the next run.", "5000"),
}


def content(query: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page shows."""
    given = _given(query)
    page: dict[str, Any] = {
        "title": "Where does this learning curve go?",
        "intro": "From a few runs to later ones, with intervals tried on data sets left out.",
        "verb": "Predict",
        "upload": ("/curve/upload", ("examples", "error")),
    }
    try:
        curve, numbers = _read(given)
    except InputError as error:
        return {**page, "fields": _fields(given, error.findings), "findings": error.findings}
    kept = {name: value for name, value in given.items() if value}
    return {
        **page,
        "fields": _fields(given, ()),
        "charts": [("curve", _drawn(curve), "Points: measured. Line: median. Bands: 50% and 90%.")],
        "words": _words(curve, numbers["target_error"]),
        "tables": [_later(curve)],
        "below": _next(curve, numbers),
        "given": kept,
        "exports": [("This link", link("/curve", kept))],
        "command": _command(given),
    }


def _given(query: Mapping[str, str]) -> dict[str, str]:
    given = {name: query.get(name, "").strip() for name in ("points", *_FIELDS)}
    if any(given.values()):
        return given
    return {"points": _EXAMPLE, **{name: each[3] for name, each in _FIELDS.items()}}


def answer(query: Mapping[str, str], settings: Settings, deadline: Deadline) -> dict[str, Any]:
    """Return what the API says of the same runs, with predictions as the page has them."""
    given = _given(query)
    _, numbers = _read(given)
    x, y = zip(*_rows(given["points"]), strict=True)
    asked: dict[str, Any] = {
        "x": list(x),
        "error": list(y),
        "predict": (max(x) * _TIMES).tolist(),
        "target_error": numbers["target_error"],
    }
    if _has_prices(numbers):
        names = ("usd_per_example", "worth_usd")
        asked["next_run"] = dict(
            zip(("usd_per_x", "worth_usd"), map(numbers.get, names), strict=True)
        )
    return ask_curve(asked, settings, deadline)


def _has_prices(numbers: Mapping[str, float | None]) -> bool:
    return all(numbers[name] is not None for name in _FIELDS)


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


def _read(given: Mapping[str, str]) -> tuple[Curve, dict[str, float | None]]:
    """Return the curve and the numbers beside it; raise InputError with every finding."""
    findings: list[Finding] = []
    numbers: dict[str, float | None] = {}
    for name in _FIELDS:
        try:
            numbers[name] = _number(name, given[name])
        except InputError as error:
            findings += error.findings
    try:
        curve = _of_points(_rows(given["points"]))
    except InputError as error:
        raise InputError([*error.findings, *findings]) from None
    InputError.check(findings)
    return curve, numbers


def _number(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not 0.0 < value < (1.0 if name == "target_error" else 1e15):
        end = " and below 1" if name == "target_error" else ""
        raise InputError.of(name, text, f"must be a number above 0{end}")
    return value


def _rows(text: str) -> tuple[tuple[float, float], ...]:
    """Return examples and error of each pasted line; the first may be a header."""
    found = pasted("points", text, ("examples", "error"))
    x, y = (as_numbers([row[place] for row in found.rows]) for place in (0, 1))
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


def _drawn(curve: Curve) -> dict[str, Any]:
    seen = curve.seen
    at = seen.x[-1] * np.geomspace(1.0, _TIMES[-1], _BANDS)
    names = ("x", "p05", "p25", "p50", "p75", "p95")
    rows = zip(at, *curve.predict(at, SHARES), strict=True)
    bands = [dict(zip(names, map(float, row), strict=True)) for row in rows]
    points = [{"x": float(x), "y": float(y)} for x, y in zip(seen.x, seen.y, strict=True)]
    return learning_curve("Learning curve", points, bands, "examples", "error")


def _words(curve: Curve, target: float | None) -> Document:
    lines = []
    if target is not None:
        low, middle, high = curve.needed(target)
        chance = float(curve.probability(target, curve.reach(121)).max())
        if middle is None:
            lines.append(f"{target:g} is reached with a chance of {probability(chance)} in sight.")
        else:
            end = "no number in sight" if high is None else count_in_words(high)
            lines.append(
                f"{target:g} is reached with an even chance at {count_in_words(middle)} examples; "
                f"nine in ten between {count_in_words(low or 0.0)} and {end}."
            )
    notes = [f"Note: {flag.replace('_', ' ')}." for flag in curve.flags()]
    said = [Paragraph(line, "lead") for line in lines]
    return Document("Where it goes", (*said, *(Paragraph(note, "warning") for note in notes)))


def _later(curve: Curve) -> tuple[Any, ...]:
    at = curve.seen.x[-1] * _TIMES
    low, _, middle, _, high = curve.predict(at)
    rows = [
        (count_in_words(x), f"{m:.4g}", f"{a:.4g} to {b:.4g}")
        for x, m, a, b in zip(at.tolist(), middle, low, high, strict=True)
    ]
    return ("What to expect", ("Examples", "Error, median", "90% of runs"), rows, (0, 1))


def _next(curve: Curve, numbers: Mapping[str, float | None]) -> Document | None:
    """Return which run to make next, where prices say what it is worth."""
    target, price, worth = (numbers[name] for name in _FIELDS)
    if target is None or price is None or worth is None:
        return None
    found = _next_run(curve, Stakes(usd_per_x=price, target=target, worth_usd=worth))
    return Document("Which run to make next", tuple(blocks_of(found, "examples", curve.flags())))


@lru_cache(maxsize=16)
def _of_points(points: tuple[tuple[float, float], ...]) -> Curve:
    return load_curve_law().curve(*np.array(points).T)


@lru_cache(maxsize=16)
def _next_run(curve: Curve, stakes: Stakes) -> NextRun:
    """Return which run to make next; page, picture and a link that is opened again ask for it."""
    return next_run(curve, stakes)


def _command(given: Mapping[str, str]) -> str:
    """Return a shell's commands that give the same answer; the runs are a file there."""
    flags = "--x examples --error error"
    if given["target_error"]:
        flags += f" --target-error {given['target_error']}"
    prices = (given["usd_per_example"], given["worth_usd"])
    if given["target_error"] and all(prices):
        flags += f" --next-run --usd-per-x {prices[0]} --worth-usd {prices[1]}"
    rows = [f"{x!r},{y!r}" for x, y in _rows(given["points"])]
    file = ["cat > runs.csv <<'END'", "examples,error", *rows, "END"]
    return "\n".join([*file, f"costcurve curve runs.csv {flags}"])
