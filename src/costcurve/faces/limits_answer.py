"""What every face asks of the limits of compute: a question in words, checked, and its answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from costcurve.core.errors import Finding, InputError, nearest, shown
from costcurve.core.quantities import FloatArray
from costcurve.decisions.flop_price import Kind
from costcurve.decisions.limits import LOG10_FLOP, Evidence, Limits, projected
from costcurve.decisions.limits import limits as make_limits
from costcurve.decisions.limits_json import projection_rows
from costcurve.decisions.outlook import Trends, find_trend
from costcurve.evidence.columns import Columns, as_numbers
from costcurve.evidence.dates import decimal_year
from costcurve.evidence.observations import Observations, imagenet, paper_of
from costcurve.facts.tables import fold
from costcurve.laws.compute import LEAST_ERROR, Method
from costcurve.laws.compute_laws import find_published_law
from costcurve.laws.forms import Form

_COLUMNS = ("x", "error", "date", "group")
#: The benchmark of our table; the others are laws as they were printed.
_OURS = "imagenet"
#: What may be asked for by name.
BENCHMARKS = (_OURS, "ms-coco", "squad-1.1", "conll-2003", "wmt-2014-en-fr")
_IMAGENET_X = ("hardware_burden", "flop_per_pass")
_TARGETS = [0.05, 0.01]
#: Instead of a column: the paper of every model's source, and no groups at all.
_PAPER, NONE = "paper", "none"
#: What the compute of our table is.
_COMPUTE_OF = {
    Kind.BURDEN: (
        "their hardware burden (accelerators x their FP32 rate x hours of training: what the "
        "hardware could have computed meanwhile, not what it did)"
    ),
    Kind.PASS: "the FLOP of one forward pass, which has no price",
}
#: Flags that say nothing without a file, and those that say nothing without a fit.
_OF_FILES = ("error", "error_percent", "x_unit")
_OF_FITS = ("x", "date", "group", "method", "quantile", "backtest")
_LARGEST = 1e300
#: What to give where a benchmark is not asked for, by what names a table.
_A_TABLE = {
    "from": "a file with --from, --x and --error",
    "rows": "rows, x and error, the names of two columns",
}
#: Of errors in per cent: where the largest is at most 1 %, all are taken for fractions.
_LARGEST_IN_DOUBT = 0.01
#: Where the median error is above it, one below that is a slip sooner than a model so good;
#: costcurve's choice.
_USUAL = 0.05


@dataclass(frozen=True)
class LimitsQuestion:
    """What is asked, as text that is not yet checked.

    Attributes
    ----------
    benchmark : str, optional
        Instead of a table: one of `BENCHMARKS`.
    published : bool
        Of ImageNet too: the law as the paper printed it.
    source : str, optional
        Where the table of models is, for errors.
    read : callable, optional
        Reads it.
    source_field : str
        What names it, for errors.
    x, error, date, group : str, optional
        Names of its columns. Of our table the group is each model's paper unless another column,
        or none, is asked for.
    error_percent, backtest : bool
        Whether errors are in per cent; whether to fit every year and score the later ones.
    x_unit, form, method : str, optional
        Words, each with a default.
    quantile, budget_usd, efficiency_gain : str, optional
        Numbers.
    hardware, algorithms : str, optional
        Names of trends; for algorithms also `none`, which holds them still.
    as_of : str, optional
        The day for which dollars of a dated law and the year of a budget speak.
    target_error : sequence of str
        Fractions.
    """

    benchmark: str | None = None
    published: bool = False
    source: str | None = None
    read: Callable[[], Columns] | None = None
    source_field: str = "from"
    x: str | None = None
    error: str | None = None
    date: str | None = None
    group: str | None = None
    error_percent: bool = False
    backtest: bool = False
    x_unit: str | None = None
    form: str | None = None
    method: str | None = None
    quantile: str | None = None
    budget_usd: str | None = None
    efficiency_gain: str | None = None
    hardware: str | None = None
    algorithms: str | None = None
    as_of: str | None = None
    target_error: Sequence[str] = ()


def answer_limits(
    question: LimitsQuestion, report: Callable[[int, int], None] | None = None
) -> Limits:
    """Return how error falls with compute, and what target errors take.

    Parameters
    ----------
    question : LimitsQuestion
        What is asked.
    report : callable, optional
        Called now and then with the samples of groups done, and their number.

    Raises
    ------
    InputError
        With every finding.
    """
    findings: list[Finding] = []
    form = _word("form", question.form, [*Form], Form.POLYNOMIAL, findings)
    method = _word("method", question.method, [*Method], Method.OLS, findings)
    unit = _word("x_unit", question.x_unit, [*LOG10_FLOP], "flop", findings)
    quantile = _share("quantile", question.quantile or "0.1", findings)
    if question.quantile is not None and method != Method.QUANTILE:
        allowed = "must be left out: only the method quantile has one"
        findings.append(Finding("quantile", shown(question.quantile), allowed))
    targets = [_share("target_error", text, findings) for text in question.target_error]
    budget = _positive("budget_usd", question.budget_usd, findings)
    gain = _positive("efficiency_gain", question.efficiency_gain, findings)
    as_of = _day("as_of", question.as_of, findings)
    benchmark = _benchmark(question, findings)
    trends = _trends(question, benchmark, findings)
    InputError.check(findings)
    if benchmark is not None and (benchmark != _OURS or question.published):
        result = _as_printed(benchmark, Form(form), targets, budget, trends, as_of)
    else:
        of_file = benchmark is None
        result = make_limits(
            _evidence(question, unit) if of_file else _imagenet(question),
            Form(form),
            Method(method),
            quantile=quantile,
            target_errors=targets or ([] if of_file else _TARGETS),
            has_trend=question.date is not None,
            has_backtest=question.backtest,
            budget_usd=budget,
            trends=trends,
            as_of=as_of,
            report=report,
        )
    return replace(result, efficiency_gain=gain)


def target_rows(found: Limits) -> list[dict[str, Any]]:
    """Return a row of plain cells for each target; raises InputError if there is none."""
    rows = projection_rows(found)
    if not rows:
        raise InputError.of("target_error", "", "is missing: a row of the file is a target's")
    return rows


def _trends(question: LimitsQuestion, benchmark: str | None, findings: list[Finding]) -> Trends:
    """Return the trends; that of algorithms is of ImageNet, and of no other field unasked."""
    is_imagenet = benchmark == _OURS and question.date is None
    asked = question.algorithms or None
    found = Trends(
        question.hardware or "hardware",
        "algorithms" if asked is None and is_imagenet else None if asked == NONE else asked,
    )
    for name in (found.hardware, found.algorithms):
        try:
            if name is not None:
                find_trend(name)
        except InputError as error:
            findings.extend(error.findings)
    return found


def _benchmark(question: LimitsQuestion, findings: list[Finding]) -> str | None:
    """Return the benchmark that is asked for; without one a file and its columns are needed."""
    given, where = question.benchmark, question.source_field
    if given is None:
        needed = {where: question.source, "x": question.x, "error": question.error}
        missing = [name for name, value in needed.items() if value is None]
        if len(missing) == 3:
            allowed = f"give {_A_TABLE[where]}, or: {', '.join(BENCHMARKS)}"
            findings.append(Finding("benchmark", "", allowed))
        else:
            findings.extend(Finding(name, "", "is missing") for name in missing)
            if question.published:
                findings.append(Finding("published", "", "must be left out with a table"))
        return None
    known = {fold(name): name for name in BENCHMARKS}
    if fold(given) not in known:
        allowed = f"must be one of: {', '.join(BENCHMARKS)}{nearest(given, BENCHMARKS)}"
        findings.append(Finding("benchmark", shown(given), allowed))
        return None
    name = known[fold(given)]
    is_printed = name != _OURS or question.published
    refused = _OF_FILES if not is_printed else (*_OF_FILES, *_OF_FITS)
    what = "a law as printed" if is_printed else "a benchmark"
    given_too = {where: question.source} | {flag: getattr(question, flag) for flag in refused}
    findings.extend(
        Finding(flag, shown(str(value)), f"must be left out with {what}")
        for flag, value in given_too.items()
        if value not in {None, False}
    )
    return name


def _as_printed(  # noqa: PLR0913, PLR0917 - as much as `projected` takes
    benchmark: str,
    form: Form,
    targets: list[float],
    budget_usd: float | None,
    trends: Trends,
    as_of: float | None,
) -> Limits:
    found = find_published_law(benchmark, form)
    nothing = np.zeros(0)
    burden = Evidence(nothing, nothing, unit="gflop", kind=Kind.BURDEN)
    law = found.law_with_rounding()
    result = projected(law, targets or found.errors, burden, budget_usd, trends, as_of=as_of)
    return replace(result, law=found.law(), printed=found)


def _imagenet(question: LimitsQuestion) -> Evidence:
    """Return the models of our table that say what is asked for."""
    name = question.x or _IMAGENET_X[0]
    if name not in _IMAGENET_X:
        allowed = f"must be one of: {', '.join(_IMAGENET_X)}"
        raise InputError.of("x", name, allowed)
    if question.date not in {None, "date"}:
        raise InputError.of("date", question.date, "must be date, the column of the table")
    rows = imagenet()
    x = rows.hardware_burden_gflop if name == _IMAGENET_X[0] else rows.flop_per_pass / 1e9
    known = x > 0
    kind = Kind.BURDEN if name == _IMAGENET_X[0] else Kind.PASS
    return Evidence(
        log10_compute=np.log10(x[known]),
        error=rows.error[known],
        year=rows.year[known],
        group=_groups(rows, question.group, known),
        unit="gflop",
        kind=kind,
        about=_about(rows, known, kind),
    )


def _groups(rows: Observations, asked: str | None, known: np.ndarray) -> list[str] | None:
    """Return what each model was published with: its paper, unless another column is asked for."""
    if asked == NONE:
        return None
    if asked in {None, _PAPER}:
        cells = [paper_of(source) for source in rows.text("source")]
    else:
        cells = rows.table.column("group", asked)
    return [cells[place] for place in np.flatnonzero(known).tolist()]


def _about(rows: Observations, known: np.ndarray, kind: Kind) -> str:
    years = rows.year[known]
    return (
        f"{known.sum()} of the table's {len(rows)} models say {_COMPUTE_OF[kind]}; they came out "
        f"{int(years.min())} to {int(years.max())}. Error is 1 - top-1 accuracy on ImageNet"
    )


def _positive(name: str, text: str | None, findings: list[Finding]) -> float | None:
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0.0 < value < _LARGEST:
        findings.append(Finding(name, shown(text), "must be a number above 0 and below 1e300"))
    return value


def _day(name: str, text: str | None, findings: list[Finding]) -> float | None:
    if text is None:
        return None
    found = decimal_year(text)
    if found is None:
        findings.append(Finding(name, shown(text), "must be a date: 2026-11-22, 2026-11 or 2026"))
    return found


def _word(
    name: str, given: str | None, allowed: list[str], default: str, findings: list[Finding]
) -> str:
    if given is not None and given not in allowed:
        findings.append(Finding(name, shown(given), f"must be one of: {', '.join(allowed)}"))
    return default if given is None or given not in allowed else given


def _share(name: str, text: str, findings: list[Finding]) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not LEAST_ERROR <= value < 1.0:
        allowed = "must be a fraction above 0 and below 1, and at least 1e-9"
        if 1.0 <= value <= 100.0:
            allowed += f"; {value:g}% is {value / 100.0:g}"
        findings.append(Finding(name, shown(text), allowed))
    return value


def _evidence(question: LimitsQuestion, unit: str) -> Evidence:
    """Return the columns that the flags name; everything wrong with them is said at once."""
    # As was checked.
    assert question.read is not None and question.x is not None  # noqa: S101, PT018
    assert question.error is not None  # noqa: S101
    table = question.read()
    findings: list[Finding] = []
    for flag in _COLUMNS:
        name = getattr(question, flag)
        try:
            if name is not None:
                table.column(flag, name)
        except InputError as error:
            findings.extend(error.findings)
    InputError.check(findings)
    try:
        x = table.numbers("x", question.x, above=0.0)
    except InputError as error:
        findings.extend(error.findings)
    _check_per_cent(table, question, findings)
    InputError.check(findings)
    try:
        scale = 100.0 if question.error_percent else 1.0
        errors = table.numbers("error", question.error, above=0.0, at_most=1.0, scale=scale)
    except InputError as error:
        findings.extend(error.findings)
    InputError.check(findings)
    if question.error_percent and errors.max() <= _LARGEST_IN_DOUBT:
        allowed = "must be left out: every error is at most 1, so they are fractions already"
        raise InputError.of("error_percent", question.error, allowed)
    years = None if question.date is None else table.years("date", question.date)
    return Evidence(
        log10_compute=np.log10(x),
        error=errors,
        year=years,
        group=None if question.group is None else table.column("group", question.group),
        unit=unit,
        cautions=("some_per_cent_below_1",) if question.error_percent and _mixed(errors) else (),
        about="" if years is None else _models_of(years),
    )


def _models_of(years: FloatArray) -> str:
    return f"{len(years):,} models, {int(years.min())} to {int(years.max())}"


def _check_per_cent(table: Columns, question: LimitsQuestion, findings: list[Finding]) -> None:
    """Add one finding where most errors look like per cent and nobody said so."""
    name = str(question.error)
    given = as_numbers(table.column("error", name))
    alike = int(((given > 1.0) & (given <= 100.0)).sum())
    if question.error_percent or 2 * alike <= len(given):
        return
    allowed = "looks like per cent; give --error-percent, by which per cent are divided by 100"
    findings.append(Finding(f"error column {name}", f"{alike} of {len(given)} above 1", allowed))


def _mixed(errors: FloatArray) -> bool:
    """Return whether errors in per cent look as if some were fractions."""
    return bool(errors.min() <= _LARGEST_IN_DOUBT and np.median(errors) > _USUAL)
