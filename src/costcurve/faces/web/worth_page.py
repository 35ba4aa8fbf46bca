"""The page that says whether a case pays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from costcurve.core.display import count_in_words, usd
from costcurve.core.errors import InputError
from costcurve.core.parameters import table
from costcurve.decisions.worth import Worth, billed_lines, worth
from costcurve.decisions.worth_case import case_of
from costcurve.decisions.worth_formulas import worth_formulas
from costcurve.faces.pictures import picture_of_worth
from costcurve.faces.references import bibtex, methods
from costcurve.faces.snippet import worth_command, worth_snippet
from costcurve.faces.web.explained import explained, linked_bill
from costcurve.faces.web.forms import field_of, given_in, link
from costcurve.faces.web.lists import LISTS, list_fields, with_lists
from costcurve.faces.web.questions import findings_of_draws

#: A case to begin with; its numbers are an example, to be changed.
EXAMPLE = {
    "target_accuracy": "0.92",
    "classes": "40",
    "limit": "100000",
    "usd_per_example": "0.10",
    "predictions_per_year": "0.5e6 to 2e6",
    "benefit_per_prediction_usd": "0.03",
    "cost_per_error_usd": "0.02",
}
_FIRST = (
    *EXAMPLE, "baseline_accuracy", "decision_units", "max_probability_of_loss", "budget_usd",
)  # fmt: skip
_GROUPS = (
    "task",
    "assumptions",
    "benefit",
    "serving",
    "storage",
    "people",
    "retraining",
    "finance",
)


def names() -> list[str]:
    """Return the fields of the form."""
    return [*(name for name, each in table().items() if each.group in _GROUPS), *LISTS]


def content(query: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page shows."""
    given = _given(query)
    findings: tuple[Any, ...] = ()
    page: dict[str, Any] = {
        "title": "Is it worth it?",
        "intro": "What a year costs and brings, how surely, and whether to make a pilot first.",
        "verb": "Answer",
        "exports": [("This link", link("/worth", given))],
        "given": given,
    }
    answer: dict[str, Any] = {}
    try:
        answer = _answer(made(query))
    except InputError as error:
        findings = error.findings
    fields = {name: field_of(name, given, findings) for name in names() if name not in LISTS}
    return {
        **page,
        **answer,
        "findings": findings,
        "fields": [fields[name] for name in _FIRST],
        "folded": [
            *list_fields(given, findings),
            *(each for name, each in fields.items() if name not in _FIRST),
        ],
    }


def made(query: Mapping[str, str]) -> Worth:
    """Return the answer of a case that a query describes; raises InputError."""
    given = _given(query)
    findings = findings_of_draws(given)
    try:
        case = case_of(_described(given))
    except InputError as error:
        findings += error.findings
    InputError.check(findings)
    return worth(case)


def _given(query: Mapping[str, str]) -> dict[str, str]:
    return given_in(query, names()) or dict(EXAMPLE)


def _described(given: Mapping[str, str]) -> dict[str, Any]:
    described: dict[str, dict[str, Any]] = {}
    for name, value in given.items():
        if name not in LISTS:
            described.setdefault(table()[name].group, {})[name] = value
    return with_lists(described, given)


def _answer(found: Worth) -> dict[str, Any]:
    spec = picture_of_worth(found)
    lines = billed_lines(found.case)
    words = "Net of a year over accuracy, and what a prediction must be worth at any volume."
    return {
        "charts": [("worth", spec, words)],
        "words": found.document(),
        "folded_tables": [_plans(found), _frontier(found)],
        "bill": linked_bill(found.bill, lines),
        "explained": explained(worth_formulas(found)),
        "methods": methods(found.estimate),
        "bibtex": bibtex(found.estimate),
        "command": worth_command(found),
        "snippet": worth_snippet(found),
    }


def _plans(found: Worth) -> tuple[Any, ...]:
    rows = [
        (count_in_words(each["examples"]), f"{each['accuracy']:.4g}%", usd(each["mean"]),
         f"{usd(each['p05'])} to {usd(each['p95'])}")
        for each in found.map.plans[::4]
    ]  # fmt: skip
    header = ("Examples", "Accuracy", "Net of a year, mean", "90% interval")
    return ("Net of a year over accuracy", header, rows, (0, 1, 2, 3))


def _frontier(found: Worth) -> tuple[Any, ...]:
    rows = [
        (count_in_words(each["volume"]), usd(each["value_usd"])) for each in found.map.frontier[::4]
    ]
    header = ("Predictions a year", "Worth of one from which it pays, USD")
    return ("From where it pays", header, rows, (0, 1))
