"""What the API is asked, from its objects to the answers of the command line with --json.

Nothing is read from the server's disk by a name in a request: counts are numbers, tables are rows,
and a law is one of those that come with the library.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from costcurve.core.errors import Finding, InputError, shown
from costcurve.core.parameters import table
from costcurve.decisions import estimate as make_estimate
from costcurve.decisions.curve_table import Names, curves_of
from costcurve.decisions.lookups import Tables
from costcurve.decisions.next_run import next_run
from costcurve.decisions.run_specs import COLUMNS
from costcurve.decisions.runs import cost_of_runs
from costcurve.decisions.stakes import Stakes
from costcurve.decisions.worth_case import TABLES, case_of
from costcurve.evidence.columns import columns_of
from costcurve.faces.cost_answer import ADDED, cost_of_run, findings_of_header, run_answer
from costcurve.faces.curve_answer import check_names, curve_answer, read_target
from costcurve.faces.facts_answer import cells_of, facts_answer, find_table
from costcurve.faces.limits_answer import LimitsQuestion, answer_limits
from costcurve.faces.request import build_request
from costcurve.faces.web.body import LONGEST, validated
from costcurve.faces.web.settings import MOST_DRAWS, Settings
from costcurve.faces.web.work import Deadline
from costcurve.facts.catalog import TABLES as FACTS
from costcurve.laws.card_store import load_card
from costcurve.laws.law import law_of_card

Answer = dict[str, Any]
Values = dict[str, Any]
#: A cell of a table.
Cell = str | int | float | None
#: Most alternatives of a case: each takes about 0.15 s.
MOST_ALTERNATIVES = 20
#: Most target errors of a field; costcurve's choice.
MOST_TARGETS = 100
_Text = Annotated[str, Field(max_length=LONGEST)]


class _Body(BaseModel):
    """A body: closed, and without conversion of one type into another."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class EstimateBody(_Body):
    """The tables of a description file, and the name of a law that comes with the library."""

    task: Values = Field(default_factory=dict)
    assumptions: Values = Field(default_factory=dict)
    law: _Text | None = None


class NextRunBody(_Body):
    """What runs cost and earn, as of `costcurve curve --next-run`."""

    usd_per_x: float
    usd_per_trained_x: float = 0.0
    worth_usd: float = 0.0
    usd_per_error: float = 0.0
    held: float | None = None
    continues: bool = False


class CurveBody(_Body):
    """Measurements of learning curves, one after the other.

    `by` holds columns that tell curves apart; every curve is predicted at every x of `predict`.
    """

    x: list[float] = Field(min_length=1)
    error: list[float] = Field(min_length=1)
    weights: list[float] | None = None
    by: dict[str, list[str]] = Field(default_factory=dict)
    predict: list[float] = Field(default_factory=list)
    target_error: float | None = None
    loss: bool = False
    next_run: NextRunBody | None = None

    @model_validator(mode="after")
    def _check_lengths(self) -> Self:
        others = {"error": self.error, "weights": self.weights, **self.by}
        wrong = [
            name
            for name, values in others.items()
            if values is not None and len(values) != len(self.x)
        ]
        if wrong:
            raise ValueError(f"{', '.join(wrong)}: must have as many values as x, {len(self.x):,}")
        return self


class LimitsBody(_Body):
    """A benchmark by name, or models as rows with the names of their columns."""

    benchmark: _Text | None = None
    published: bool = False
    rows: list[dict[str, Cell]] | None = None
    x: _Text | None = None
    error: _Text | None = None
    error_percent: bool = False
    date: _Text | None = None
    group: _Text | None = None
    x_unit: _Text | None = None
    form: _Text | None = None
    method: _Text | None = None
    quantile: float | None = None
    budget_usd: float | None = None
    efficiency_gain: float | None = None
    hardware: _Text | None = None
    algorithms: _Text | None = None
    as_of: _Text | None = None
    backtest: bool = False
    target_error: list[float] = Field(default_factory=list, max_length=MOST_TARGETS)


class CostBody(_Body):
    """One run, or runs as rows; cells as of a file of runs."""

    run: dict[str, Cell] | None = None
    rows: list[dict[str, Cell]] | None = Field(default=None, min_length=1)


def ask_estimate(data: Mapping[str, Any], settings: Settings, _: Deadline) -> Answer:
    """Return what `costcurve estimate --json` says."""
    body = validated(EstimateBody, data)
    findings = findings_of_draws(body.assumptions, settings.draws)
    law = None
    try:
        law = None if body.law is None else law_of_card(load_card(body.law))
    except InputError as error:
        findings += error.findings
    try:
        asked = build_request({"task": body.task, "assumptions": body.assumptions})
    except InputError as error:
        findings += error.findings
    InputError.check(list(dict.fromkeys(findings)))
    return make_estimate(*asked, law=law).to_dict()


def ask_estimate_by_query(
    query: Mapping[str, str], settings: Settings, deadline: Deadline
) -> Answer:
    """Return the same for values by name, whichever table they belong into."""
    described: dict[str, Any] = {"task": {}, "assumptions": {}}
    for name, value in query.items():
        group = table()[name].group if name in table() else ""
        # A name that is not known is refused with those of the task.
        of = described if name == "law" else described.get(group, described["task"])
        of[name] = value
    return ask_estimate(described, settings, deadline)


def ask_curve(data: Mapping[str, Any], settings: Settings, deadline: Deadline) -> Answer:
    """Return what `costcurve curve --json` says of a table with these columns."""
    body = validated(CurveBody, data)
    names = Names("x", "error", tuple(body.by), "fit", None if body.weights is None else "weights")
    check_names(names)
    target = read_target(body.target_error, is_loss=body.loss)
    asked = body.next_run
    stakes = None if asked is None else Stakes(**asked.model_dump(), target=target)
    keys = list(zip(*body.by.values(), strict=True)) or [()] * len(body.x)
    wanted = [(key, x) for key in dict.fromkeys(keys) for x in body.predict]
    if len(wanted) > settings.rows:
        allowed = f"must be at most {settings.rows:,} over all curves"
        raise InputError.of("predict", len(wanted), allowed)
    columns = {"x": body.x, "error": body.error, "weights": body.weights, **body.by}
    given = {name: values for name, values in columns.items() if values is not None}
    rows: list[dict[str, Cell]] = [
        {**dict(zip(given, row, strict=True)), "fit": 1}
        for row in zip(*given.values(), strict=True)
    ]
    rows += [{**dict(zip(body.by, key, strict=True)), "x": x, "fit": 0} for key, x in wanted]
    found = curves_of(columns_of(rows, "curve"), names, is_loss=body.loss, report=deadline.check)
    runs = [
        None
        if stakes is None or each.curve is None
        else next_run(each.curve, stakes, tell=deadline.check)
        for each in found
    ]
    return curve_answer(found, runs, names, target, deadline.check)


def ask_limits(data: Mapping[str, Any], _: Settings, deadline: Deadline) -> Answer:
    """Return what `costcurve limits --json` says of a benchmark or of a table of models."""
    body = validated(LimitsBody, data)
    rows = body.rows
    given = body.model_dump(exclude={"rows"})
    numbers = {"quantile", "budget_usd", "efficiency_gain"}
    texts = {name: repr(given[name]) for name in numbers if given[name] is not None}
    targets = [repr(target) for target in body.target_error]
    question = LimitsQuestion(
        **given | texts | {"target_error": targets},
        source=None if rows is None else f"{len(rows):,} rows",
        read=None if rows is None else lambda: columns_of(rows, "rows"),
        source_field="rows",
    )
    return answer_limits(question, deadline.check).to_dict()


def ask_worth(data: Mapping[str, Any], settings: Settings, _: Deadline) -> Answer:
    """Return what `costcurve worth --json` says of a case."""
    from costcurve.decisions.worth import worth  # noqa: PLC0415 - needs an extra

    names = (*TABLES, "alternative")
    findings = [
        Finding(shown(name).strip("'"), "", f"unknown table; known: {', '.join(names)}")
        if name not in names
        else Finding(name, shown(values), "must be a table of names and values")
        for name, values in data.items()
        if name not in names or not isinstance(values, dict)
    ]
    # What is no table was found above.
    others = data.get("alternative", {})
    alternatives = len(others) if isinstance(others, dict) else 0
    if alternatives > MOST_ALTERNATIVES:
        allowed = f"must be at most {MOST_ALTERNATIVES} in a request"
        findings.append(Finding("alternative", str(alternatives), allowed))
    InputError.check(findings)
    findings = findings_of_draws(data.get("assumptions", {}), settings.draws)
    try:
        case = case_of(data)
    except InputError as error:
        findings += error.findings
    InputError.check(list(dict.fromkeys(findings)))
    return worth(case).to_dict()


def ask_cost(data: Mapping[str, Any], _: Settings, deadline: Deadline) -> Answer:
    """Return what `costcurve cost --json` says of one run, or of rows."""
    body = validated(CostBody, data)
    if (body.run is None) == (body.rows is None):
        raise InputError([Finding("run", "", "give run or rows, not both")])
    if body.run is not None:
        given = [name for name in body.run if name not in COLUMNS]
        allowed = f"unknown field; known: {', '.join(COLUMNS)}"
        InputError.check([Finding(shown(name).strip("'"), "", allowed) for name in given])
        # Tables of its own: those that are kept remember every name that they were asked for.
        return run_answer(*cost_of_run(_cells(body.run), Tables()))
    rows = body.rows or []
    names = dict.fromkeys(name for row in rows for name in row)
    InputError.check(findings_of_header(list(names)[:LONGEST], "rows"))
    cells = [
        {name: cell for name, cell in _cells(row).items() if name not in ADDED} for row in rows
    ]
    found = cost_of_runs(cells, Tables(), deadline.check)
    return {"runs": [each.to_dict() for each in found]}


def ask_cost_by_query(query: Mapping[str, str], settings: Settings, deadline: Deadline) -> Answer:
    """Return the same for the columns of one run by name."""
    return ask_cost({"run": dict(query)}, settings, deadline)


def ask_tables(query: Mapping[str, str], _: Settings, __: Deadline) -> Answer:
    """Return the title of every table of facts by its name."""
    InputError.check([Finding(shown(name).strip("'"), "", "unknown field") for name in query])
    return {"tables": {name: each.title for name, each in FACTS.items()}}


def ask_facts(query: Mapping[str, str], _: Settings, __: Deadline) -> Answer:
    """Return what `costcurve facts TABLE --json` says, with --search where it is given."""
    known = ("table", "search")
    InputError.check(
        [
            Finding(shown(name).strip("'"), "", "unknown field; known: search")
            for name in query
            if name not in known
        ]
    )
    shown_table = find_table(query["table"])
    return facts_answer(shown_table, cells_of(shown_table.rows(), query.get("search")))


def _cells(row: Mapping[str, Cell]) -> dict[str, str]:
    """Return a row as text, as a file has it."""
    return {name: "" if value is None else str(value) for name, value in row.items()}


def findings_of_draws(assumptions: Mapping[str, Any], most: int = MOST_DRAWS) -> list[Finding]:
    """Return whether there are more draws than a request may ask for."""
    try:
        draws = float(assumptions.get("draws", 0))
    except (TypeError, ValueError, OverflowError):
        return []
    if draws <= most:
        return []
    return [Finding("draws", f"{draws:g}", f"must be at most {most:,} in a request")]
