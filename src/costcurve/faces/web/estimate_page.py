"""What the page of an estimate shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log10
from typing import Any

from costcurve.core.display import accuracy, plain, probability, usd, usd_in_words
from costcurve.core.document import Paragraph
from costcurve.core.errors import Finding, InputError
from costcurve.core.parameters import table
from costcurve.core.vocabulary import Mode
from costcurve.decisions.card import decision_card
from costcurve.decisions.comparison import compare
from costcurve.decisions.estimate import estimate
from costcurve.decisions.result import Estimate
from costcurve.faces.pictures import costs_of, swings_of
from costcurve.faces.references import bibtex, methods
from costcurve.faces.request import build_request
from costcurve.faces.snippet import estimate_snippet, shell_word
from costcurve.faces.web.explained import explained, linked_bill
from costcurve.faces.web.forms import YES_OR_NO, Field, field_of, given_in
from costcurve.faces.web.questions import findings_of_draws

#: Cases to begin with. Their numbers are examples, to be changed.
PRESETS: dict[str, dict[str, str]] = {
    "Defect inspection": {
        "target_accuracy": "0.965",
        "class_counts": "50000, 1000",
        "limit": "200000",
    },
    "Medical imaging": {
        "target_accuracy": "0.92",
        "classes": "2",
        "group": "specialized",
        "usd_per_example": "5",
        "limit": "50000",
    },
    "Retail shelf": {"target_accuracy": "0.95", "classes": "500", "usd_per_example": "0.2"},
    "Wildlife": {
        "target_accuracy": "0.92",
        "classes": "40",
        "group": "natural",
        "usd_per_example": "0.1",
        "limit": "100000",
    },
    "Document classification": {
        "target_accuracy": "0.93",
        "classes": "16",
        "usd_per_example": "0.15",
        "limit": "400000",
    },
    "Land-cover segmentation": {
        "kind": "segmentation",
        "target_accuracy": "0.7",
        "classes": "10",
        "usd_per_example": "20",
        "limit": "20000",
    },
}
#: Fields that are shown at once; the others are folded.
FIRST = (
    "target_accuracy", "classes", "class_counts", "examples_held", "limit", "usd_per_example",
    "kind", "group", "pretrained",
)  # fmt: skip
#: Step of the handle, in decades of error: a step is about two per cent of the error.
_STEP = 0.01
_GROUPS = ("task", "assumptions")


@dataclass(frozen=True)
class Asked:
    """An estimate that was asked for, or why there is none."""

    given: dict[str, str]
    findings: tuple[Finding, ...]
    found: Estimate | None


def names() -> list[str]:
    """Return the fields of the form."""
    return [name for name, each in table().items() if each.group in _GROUPS]


def given_of(query: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that a query gives; without any, the first preset's."""
    return given_in(query, names()) or dict(next(iter(PRESETS.values())))


def asked_for(query: Mapping[str, str]) -> Asked:
    """Return the estimate that a query asks for."""
    given = given_of(query)
    findings = findings_of_draws(given)
    try:
        request = build_request(_described(given))
        if not findings:
            return Asked(given, (), estimate(*request))
    except InputError as error:
        findings += error.findings
    return Asked(given, tuple(findings), None)


def _described(given: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    described: dict[str, dict[str, Any]] = {group: {} for group in _GROUPS}
    for name, value in given.items():
        described[table()[name].group][name] = value
    return described


def fields(asked: Asked) -> tuple[list[Field], list[Field]]:
    """Return the fields that are shown at once, and those that are folded."""
    every = {name: field_of(name, asked.given, asked.findings) for name in names()}
    return [every[name] for name in FIRST], [
        each for name, each in every.items() if name not in FIRST
    ]


def answer(asked: Asked) -> dict[str, Any]:
    """Return what a template shows of an estimate."""
    found = asked.found
    if found is None:
        return {}
    card = decision_card(found)
    words = [block for block in card.blocks if isinstance(block, Paragraph)]
    return {
        "title": card.title,
        "lead": words[0].text,
        "paragraphs": [block.text for block in words[1:] if block.tone == "plain"],
        "warnings": [block.text for block in words if block.tone == "warning"],
        "bill": linked_bill(found.best.bill, found.assumptions.pricing.lines),
        "total": usd(found.best.bill.total_usd),
        "options": [
            (option.model, option.accelerator or "", usd(option.training_cost_usd.point),
             usd(option.data_cost_usd.point), usd(option.total_cost_usd.point),
             "yes" if option.reaches_target else "no")
            for option in found.options
        ],
        **_pictures(found),
        "change": _what_would_change(found),
        "both": _both_ways(found),
        "explained": explained(found.evaluation, found.models.index(found.best.model)),
        "command": command(asked.given),
        "snippet": estimate_snippet(found),
        "methods": methods(found),
        "bibtex": bibtex(found),
    }  # fmt: skip


def _pictures(found: Estimate) -> dict[str, Any]:
    """Return both charts, each with its rows as a table has them."""
    (rows, costs), (swings, matters) = costs_of(found), swings_of(found)
    return {
        "costs": costs,
        "drag": _handle(found.point("target_error"), rows),
        "cost_rows": [
            (accuracy(1.0 - row["error"]), usd_in_words(row["total_cost_usd"]),
             f"{usd_in_words(row['p05'])} to {usd_in_words(row['p95'])}",
             "yes" if row["is_reachable"] else "no")
            for row in rows[::4]
        ],
        "matters": matters,
        "swings": [
            (each["label"], each["move"], usd_in_words(each["low_usd"]),
             usd_in_words(each["high_usd"]))
            for each in swings
        ],
    }  # fmt: skip


def _handle(target: float, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return where the handle of the target stands, as -log10 of its error, and its ends."""
    ends = [-log10(row["error"]) for row in rows] or [-log10(target)]
    return {
        "low": f"{min(ends):.4f}",
        "high": f"{max(ends):.4f}",
        "step": _STEP,
        "value": f"{-log10(target):.4f}",
        "words": accuracy(1.0 - target),
    }


def made(query: Mapping[str, str]) -> Estimate:
    """Return the estimate that a query asks for; raises InputError."""
    asked = asked_for(query)
    InputError.check(list(asked.findings))
    assert asked.found is not None  # noqa: S101 - without findings there is an answer
    return asked.found


def _what_would_change(found: Estimate) -> list[str]:
    """Return what would turn the answer, in words."""
    best = found.best
    words = []
    if len(found.options) > 1:
        second = found.options[1]
        gap = second.total_cost_usd.point - best.total_cost_usd.point
        words.append(
            f"{second.model} would be chosen if it were {usd_in_words(max(gap, 0.0))} cheaper: the "
            "law credits every model with the same accuracy."
        )
    words.append(
        f"The chance to reach the target is {probability(best.probability_of_target)} with the "
        "examples of this plan; a pilot run on the task narrows it most."
    )
    if found.limit is not None and best.probability_at_limit is not None:
        words.append(
            f"With every example up to the limit it is {probability(best.probability_at_limit)}."
        )
    return words


def _both_ways(found: Estimate) -> dict[str, Any]:
    """Return training as published beside calibrated, and why they part; nothing where one is."""
    known = found if found.mode is Mode.CALIBRATED else None
    try:
        both = compare(found.task, found.assumptions, calibrated=known)
    except InputError:
        return {"rows": [], "reason": ""}
    rows = [
        (
            gap.model,
            usd(gap.as_published_usd),
            usd(gap.calibrated_usd),
            "" if gap.ratio is None else plain(float(f"{gap.ratio:.2g}")),
        )
        for gap in both.gaps
    ]
    return {"rows": rows, "reason": both.gaps[0].reason}


def command(given: Mapping[str, str]) -> str:
    """Return the command that gives the same answer."""
    flags = [_flag(name, value) for name, value in given.items()]
    return " \\\n    ".join(["costcurve estimate", *filter(None, flags)])


def _flag(name: str, value: str) -> str:
    """Return what a field is on the command line; nothing where it says what is usual there."""
    if name == "mode":
        return "--as-published" if value == Mode.AS_PUBLISHED else ""
    # A flag that may stand alone takes no further word for its value.
    sign = "=" if table()[name].allowed == YES_OR_NO else " "
    return f"--{name.replace('_', '-')}{sign}{shell_word(value)}"
