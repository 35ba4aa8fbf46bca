"""The page that says whether a case pays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from costcurve.core.errors import InputError
from costcurve.core.parameters import table
from costcurve.decisions.worth import Worth, worth
from costcurve.decisions.worth_case import case_of
from costcurve.faces.pictures import picture_of_worth
from costcurve.faces.web.forms import check_counts, field_of, given_in, link

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


def _names() -> list[str]:
    return [name for name, each in table().items() if each.group in _GROUPS]


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
        answer = {**_answer(made(query)), "command": command(query), "snippet": _snippet(given)}
    except InputError as error:
        findings = error.findings
    fields = {name: field_of(name, given, findings) for name in _names()}
    return {
        **page,
        **answer,
        "findings": findings,
        "fields": [fields[name] for name in _FIRST],
        "folded": [each for name, each in fields.items() if name not in _FIRST],
    }


def made(query: Mapping[str, str]) -> Worth:
    """Return the answer of a case that a query describes; raises InputError."""
    given = _given(query)
    check_counts(given)
    return worth(case_of(_described(given)))


def _given(query: Mapping[str, str]) -> dict[str, str]:
    return given_in(query, _names()) or dict(EXAMPLE)


def _described(given: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    described: dict[str, dict[str, Any]] = {}
    for name, value in given.items():
        described.setdefault(table()[name].group, {})[name] = value
    return described


def command(query: Mapping[str, str]) -> str:
    """Return a shell's commands that give the same answer; the case is a file there."""
    tables = [
        "\n".join(
            [f"[{group}]", *(f"{name} = {json.dumps(value)}" for name, value in each.items())]
        )
        for group, each in _described(_given(query)).items()
    ]
    return "\n".join(["cat > case.toml <<'END'", *tables, "END", "costcurve worth case.toml"])


def _snippet(given: Mapping[str, str]) -> str:
    """Return Python that gives the same answer."""
    return (
        "from costcurve.decisions.worth import worth\n"
        "from costcurve.decisions.worth_case import case_of\n\n"
        f"described = {json.dumps(_described(given), indent=4)}\n"
        "print(worth(case_of(described)))"
    )


def _answer(found: Worth) -> dict[str, Any]:
    spec = picture_of_worth(found)
    words = "Net of a year over accuracy, and what a prediction must be worth at any volume."
    return {"charts": [("worth", spec, words)], "words": found.document()}
