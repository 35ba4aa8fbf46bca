"""The page of a field's limits: a benchmark or a pasted table, its lines, and what targets take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from costcurve.core.errors import Finding, InputError, shown
from costcurve.decisions.limits import LOG10_FLOP, Limits
from costcurve.decisions.outlook import find_trend
from costcurve.decisions.projections import interval_words
from costcurve.evidence.columns import columns_of
from costcurve.faces.limits_answer import BENCHMARKS, NONE, LimitsQuestion, answer_limits
from costcurve.faces.pictures import picture_of_limits
from costcurve.faces.snippet import shell_word
from costcurve.faces.web.forms import Field, link, wrong
from costcurve.faces.web.pasted import pasted
from costcurve.faces.web.questions import MOST_TARGETS
from costcurve.facts.trends import TRENDS
from costcurve.laws.compute import Method
from costcurve.laws.forms import Form

#: Columns of a pasted table where no header names them; with one, the first two are these.
COLUMNS = ("compute", "error", "date", "group")
_YES = ("true",)


def _trends(kind: str) -> tuple[str, ...]:
    return tuple(row.name for row in TRENDS.rows() if row.kind == kind)


#: Fields in order: label, unit, help, default, choices.
_FIELDS: dict[str, tuple[str, str, str, str, tuple[str, ...]]] = {
    "benchmark": ("Benchmark", "", "Our table, or a law as printed.", BENCHMARKS[0], BENCHMARKS),
    "target_error": ("Target errors", "", "As fractions, separated by commas.", "0.05, 0.01", ()),
    "rows": (
        "Or a table of your own", "",
        "A line for each model: compute, error, and if you like date and group (the paper that it "
        "was published with). A header may name more columns than are used.", "", (),
    ),
    "x_unit": ("Unit of its compute", "", "Of a table of your own.", "flop", tuple(LOG10_FLOP)),
    "error_percent": ("Its errors are in per cent", "", "Of a table of your own.", "", _YES),
    "published": ("As the paper printed it", "", "Of imagenet too, as of the others.", "", _YES),
    "form": ("Form", "", "Of the law.", Form.POLYNOMIAL, tuple(map(str, Form))),
    "method": ("Line", "", "Of the average, or the best.", Method.OLS, tuple(map(str, Method))),
    "quantile": ("Quantile", "", "Of the method quantile: share of models below.", "0.1", ()),
    "budget_usd": ("Budget", "USD", "For the year in which trends bring a target into it.", "", ()),
    "efficiency_gain": (
        "Gain of efficiency", "times", "What so many times less compute for every error would buy.",
        "", (),
    ),
    "hardware": (
        "Trend of hardware", "", "For the year of the budget; the page Facts has its source.",
        find_trend("hardware").name, _trends("hardware"),
    ),
    "algorithms": (
        "Trend of algorithms", "", "Likewise; by default that of ImageNet for it, else none.", "",
        (*_trends("algorithms"), NONE),
    ),
    "as_of": (
        "As of", "", "The day of the dollars, with dates or a budget. By default today.", "", (),
    ),
    "backtest": (
        "Backtest", "", "Fit to every year and score the later ones: of a table with dates.", "",
        _YES,
    ),
}  # fmt: skip
_SWITCHES = ("error_percent", "published", "backtest")
_WORDS = (
    "x_unit", "form", "method", "quantile", "budget_usd", "efficiency_gain", "hardware",
    "algorithms", "as_of",
)  # fmt: skip
_FIRST = ("benchmark", "target_error", "rows")


def question_of(query: Mapping[str, str]) -> tuple[LimitsQuestion, dict[str, str]]:
    """Return what a query asks, and what it gives; raises InputError."""
    given = {name: query[name].strip() for name in _FIELDS if query.get(name, "").strip()}
    texts: dict[str, Any] = {name: given[name] for name in _WORDS if name in given}
    targets = [each.strip() for each in given.get("target_error", "").split(",") if each.strip()]
    _check(given, targets)
    texts |= {name: given.get(name) == _YES[0] for name in _SWITCHES}
    texts["target_error"] = targets
    if "rows" not in given:
        return LimitsQuestion(benchmark=given.get("benchmark", BENCHMARKS[0]), **texts), given
    if "benchmark" in given:
        allowed = "must be left out with a table of your own"
        raise InputError([Finding("benchmark", given["benchmark"], allowed)])
    table = pasted("rows", given["rows"], COLUMNS)
    x, error = table.pair("rows", COLUMNS[:2])
    date, group = (
        name if name in table.names and name not in {x, error} else None for name in COLUMNS[2:]
    )
    question = LimitsQuestion(
        source=f"{len(table.rows):,} rows",
        read=lambda: columns_of(table.dicts(), "rows"),
        source_field="rows",
        x=x,
        error=error,
        date=date,
        group=group,
        **texts,
    )
    return question, given


def _check(given: Mapping[str, str], targets: Sequence[str]) -> None:
    """Raise InputError for what the answer itself would not find."""
    findings = []
    if len(targets) > MOST_TARGETS:
        allowed = f"must be at most {MOST_TARGETS} here"
        findings.append(Finding("target_error", f"{len(targets):,} targets", allowed))
    findings += [
        Finding(name, shown(given[name]), f"must be {_YES[0]}, or be left out")
        for name in _SWITCHES
        if given.get(name, _YES[0]) not in _YES
    ]
    InputError.check(findings)


def answered(query: Mapping[str, str]) -> Limits:
    """Return the law of a field and what targets take; raises InputError."""
    return answer_limits(question_of(query)[0])


def content(query: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page shows."""
    page: dict[str, Any] = {
        "title": "How does error fall with compute, and what does the next point cost?",
        "upload": ("/limits/upload", COLUMNS),
    }
    try:
        question, given = question_of(query)
        found = answer_limits(question)
    except InputError as error:
        raw = {name: query.get(name, "").strip() for name in _FIELDS}
        return {**page, **_fields(raw, error.findings), "findings": error.findings}
    rows, spec = picture_of_limits(found)
    words = (
        "Points: models. Lines: the law; beside an average the best achievable, a frontier below "
        f"which only noise puts models; and for each target the {interval_words(found.law)}."
    )
    return {
        **page,
        **_fields(given, ()),
        "words": found.document(),
        "charts": [("limits", spec, words)],
        "tables": [_lines(rows.lines, found.unit)],
        "given": given,
        "exports": [("This link", link("/limits", given))],
        "command": _command(given, question),
    }


def _fields(given: Mapping[str, str], findings: Sequence[Finding]) -> dict[str, Any]:
    every = {
        name: Field(
            name, label, unit, help_, given.get(name, ""), str(default), choices,
            wrong(name, findings), is_long=name == "rows",
        )
        for name, (label, unit, help_, default, choices) in _FIELDS.items()
    }  # fmt: skip
    return {
        "fields": [every[name] for name in _FIRST],
        "folded": [each for name, each in every.items() if name not in _FIRST],
    }


def _lines(lines: Sequence[Mapping[str, Any]], unit: str) -> tuple[Any, ...]:
    """Return the ends of every line that is drawn, as a table beside the picture."""
    names = dict.fromkeys(row["line"] for row in lines)
    rows = []
    for name in names:
        own = [row for row in lines if row["line"] == name]
        ends = [f"{row['error']:.4g} at {row['compute']:.3g}" for row in (own[0], own[-1])]
        rows.append((name, *ends))
    return ("The lines as they are drawn", ("Line", f"From: error at {unit}", "To"), rows, (1, 2))


def _command(given: Mapping[str, str], question: LimitsQuestion) -> str:
    """Return a shell's commands that give the same answer; a pasted table is a file there."""
    flags = [
        f"--{name.replace('_', '-')} {shell_word(value)}"
        for name, value in given.items()
        if name in _WORDS
    ]
    flags += [f"--target-error {shell_word(each)}" for each in question.target_error]
    flags += [f"--{name.replace('_', '-')}" for name in _SWITCHES if name in given]
    if question.benchmark is not None:
        return " ".join(["costcurve limits", shell_word(question.benchmark), *flags])
    table = pasted("rows", given["rows"], COLUMNS)
    used = {"x": question.x, "error": question.error, "date": question.date,
            "group": question.group}  # fmt: skip
    names = {flag: name for flag, name in used.items() if name is not None}
    columns = [f"--{flag} {shell_word(name)}" for flag, name in names.items()]
    file = ["cat > models.csv <<'END'", table.only(list(names.values())).rstrip("\n"), "END"]
    ask = " ".join(["costcurve limits --from models.csv", *columns, *flags])
    return "\n".join([*file, ask])
