"""The page of a field's limits: the law in a sentence, then tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import inf, isfinite
from typing import TYPE_CHECKING

from costcurve.core.document import Document, Paragraph, Table
from costcurve.decisions.flop_price import Ends, Kind
from costcurve.decisions.outlook import Trends, find_trend
from costcurve.decisions.projections import Projection, interval_words
from costcurve.laws.backtest import (
    FEWEST_FITTED,
    FEWEST_SCORED,
    NOMINAL,
    Hindsight,
    overall_coverage,
)
from costcurve.laws.compute import NAMES, ComputeLaw, Method
from costcurve.laws.compute_laws import PublishedLaw
from costcurve.laws.forms import Form

if TYPE_CHECKING:
    from costcurve.decisions.limits import Limits

_WORDS = {
    "extrapolating": "beyond the models",
    "no_upper_limit": "no upper limit",
    "not_reachable": "not reachable",
    "reached_without_compute": "the line starts below it",
}
#: Fewer models than this leave the shape of the law open.
FEW_MODELS = 10
_CAUTIONS = {
    "error_does_not_fall_with_compute": (
        "Error does not fall with compute in this table: no target can be projected. Is the column "
        "an accuracy? An error is 1 - accuracy."
    ),
    "some_per_cent_below_1": (
        "Some errors are below 1 per cent beside others far above: are they fractions?"
    ),
    "no_inefficiency_found": (
        "The models lean to the wrong side for a frontier: it is the line of least squares."
    ),
    "few_models": (
        f"Fewer than {FEW_MODELS} models: whether error follows this form at all cannot be told "
        "from so few. The intervals take it for granted, and are too narrow by what that hides."
    ),
    "date_runs_with_compute": (
        "Date and compute rise nearly together: what is due to which can hardly be told, and every "
        "number below that needs either alone hangs on a few models."
    ),
    "too_few_for_a_backtest": (
        f"There is no backtest: no year has {FEWEST_FITTED} models until its end and "
        f"{FEWEST_SCORED} after it."
    ),
    "selection_not_identified": (
        "Nothing but the threshold holds these models together, so what was cut away cannot be "
        "told: the line is that of least squares."
    ),
}
_OF_WHAT = {
    Method.OLS: "of all models",
    Method.QUANTILE: "of a quantile of the models",
    Method.FRONTIER: "of the best achievable",
    Method.SELECTION: "of all models, published or not",
}
#: What is not printed of a printed law, and what its few digits do.
_ROUNDING = (
    "The standard error of the slope follows from R2 and the number of models, since the paper "
    "prints it to one digit. The coefficients have few digits too: a point here may be decades "
    "from the one that the authors had, and the intervals hold that. Where Figure 4 of the paper "
    "prints a number of its own, take that."
)

_OF_MODELS = (
    "90% of models: nine models in ten, each as far from the line as it is, would have to be "
    "scaled to a compute within it to have that error. It is not where models with that error lie."
)
_ACHIEVABLE = (
    "The best achievable is a stochastic frontier: models lie above it by what they waste, and "
    "noise of either sign puts some of them below it."
)
#: A nominal 90 % may miss by so much: the project's own rule for judging coverage.
_MAY_MISS = 0.03
#: Powers of ten from here on are read more easily as such.
_LONGEST_AMOUNT = 13.0
_WORDS_OF_SIZE = ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"), (1e3, " thousand"))


def page(found: Limits) -> Document:
    """Return the page of a law and what targets take."""
    law, projections = found.law, found.projections
    cautions = [Paragraph(_CAUTIONS[code]) for code in found.flags if code in _CAUTIONS]
    is_reached = any(isfinite(each.log10_compute) for each in projections)
    tables = [
        _coefficients(law),
        *([_targets(law, projections, found.unit)] if projections else []),
        *([_printed(found.printed, projections)] if found.printed else []),
        *([_means(found)] if found.meanings and is_reached else []),
        *([_gains(found)] if is_reached and found.efficiency_gain is not None else []),
        *([_margins(found.sensitivity)] if found.sensitivity else []),
        *([_hindsight(law, found.backtest)] if found.backtest else []),
    ]
    title = f"Error over compute, {law.form}, {_OF_WHAT[law.method]}"
    source = f"As printed: {found.source}" if found.source else ""
    about = [Paragraph(f"{words}.") for words in (found.about, source) if words]
    notes = [Paragraph(note) for note in _notes(found)]
    lead = Paragraph(_lead(law), "lead")
    return Document(title, (lead, *about, *cautions, *tables, *notes))


def _notes(found: Limits) -> list[str]:
    """Return how the numbers are to be read: intervals, dates, trends, prices, the backtest."""
    law, notes = found.law, []
    if found.source:
        notes.append(_ROUNDING)
    if found.evidence is not None:
        notes.append(_scatter(law))
    if found.projections and law.method in {Method.OLS, Method.SELECTION}:
        notes.append(_OF_MODELS)
    if law.year is not None:
        notes.append(
            f"Years are counted from {law.year_origin:.0f}; compute is that of {law.year:.1f}, "
            "when the newest model came out; dollars and kg of today are those of today's compute."
        )
    if law.method is Method.FRONTIER:
        notes.append(_ACHIEVABLE)
    if found.trends is not None:
        notes.append(_trends(found.trends, law))
    if found.priced:
        notes.append(_priced(found))
    if found.backtest:
        notes.append(_held(found))
    return notes


def _trends(trends: Trends, law: ComputeLaw) -> str:
    """Return the trends, each with its rate and source."""
    told = [_rate(trends.hardware, "a dollar's arithmetic doubles")]
    if law.year is not None:
        told.append("of algorithms, the law's own term for the date")
    elif trends.algorithms:
        told.append(_rate(trends.algorithms, "an error's arithmetic halves"))
    else:
        told.append("algorithms stand still")
    return f"Trends of costs: {'; '.join(told)}."


def _rate(name: str, what: str) -> str:
    row = find_trend(name)
    low, high = row.doubling_years_low, row.doubling_years_high
    ends = "" if low is None or high is None else f", {low:g} to {high:g}"
    return f"{what} every {row.doubling_years:g} years{ends} ({row.name}: {row.source})"


def _priced(found: Limits) -> str:
    day = "" if found.as_of is None else f" Dollars and years are as of {_day(found.as_of)}."
    return f"Priced: {found.priced}. The price itself is not in the intervals.{day}"


def _day(year: float) -> str:
    """Return a year with decimals as a date."""
    first = date(int(year), 1, 1)
    days = (date(int(year) + 1, 1, 1) - first).days
    return (first + timedelta(days=round((year - int(year)) * days))).isoformat()


def _held(found: Limits) -> str:
    """Return what a backtest scores, and what follows where it held too few."""
    law, backtest = found.law, found.backtest
    told = (
        f"Backtest: the line of every year is scored on the later models; measured less expected "
        f"is the mean in {law.form.scale}"
    )
    if law.method is Method.QUANTILE:
        return f"{told}."
    share = overall_coverage(list(backtest)) or 0.0
    told += (
        ". The interval is that in which the error of a later model of known compute should lie "
        f"nine times in ten, models taken as independent; over the years it held {share:.0%}"
    )
    if found.coverage_error is not None:
        told += f" (standard error {found.coverage_error:.0%})"
    if share >= NOMINAL - _MAY_MISS:
        return f"{told}."
    return f"{told}. That is too few: take the intervals of the targets for too narrow as well."


def _scatter(law: ComputeLaw) -> str:
    """Return from what the standard errors are."""
    if law.clusters is None:
        return (
            "Standard errors and intervals take the models as independent. Models of one paper are "
            "not: a group for each paper widens them."
        )
    return (
        f"Standard errors and intervals are those of {law.clusters} groups of models (papers) "
        f"drawn anew {law.details['resamples']:.0f} times, since models of one paper are not "
        "independent."
    )


def _lead(law: ComputeLaw) -> str:
    found = f"{law.n:,} models: slope {law.slope:.4g} ({law.slope_se:.2g})"
    if "r2" in law.details:
        found += f", R2 {law.details['r2']:.3f}"
    if law.form is Form.POLYNOMIAL and law.slope < 0.0:
        low, high = law.exponent_interval()
        upper = f"{high:.3g}" if isfinite(high) else "no limit"
        found += f"; compute grows as 1/error to the {law.exponent:.3g} ({low:.3g} to {upper})"
    return f"{found}."


def _coefficients(law: ComputeLaw) -> Table:
    rows = tuple(
        (name, f"{value:.5g}", f"{error:.2g}", f"{low:.4g} to {high:.4g}")
        for name, value, error, (low, high) in zip(
            NAMES, law.values, law.standard_errors, law.intervals(), strict=False
        )
    )
    return Table("The line", ("", "Value", "Standard error", "95% interval"), rows, (1, 2, 3))


def _targets(law: ComputeLaw, projections: Sequence[Projection], unit: str) -> Table:
    rows = tuple(
        (
            f"{each.target_error:g}",
            _power(each.log10_compute),
            _band(each),
            ", ".join(_WORDS[flag] for flag in each.flags),
        )
        for each in projections
    )
    header = ("Target error", f"Compute, {unit}", interval_words(law), "")
    return Table("What a target takes", header, rows, (1, 2))


def _band(each: Projection) -> str:
    if each.log10_compute == inf:
        return ""
    return f"{_power(each.log10_compute_p05)} to {_end(each.log10_compute_p95)}"


def _printed(printed: PublishedLaw, projections: Sequence[Projection]) -> Table:
    """Return each target by the rounded law, what rounding leaves, and what Figure 4 prints."""
    rows = []
    for each in projections:
        power = printed.printed_gflop(each.target_error)
        low, high = printed.band(each.target_error)
        told = "" if power is None else f"10^{power}"
        row = (f"{each.target_error:g}", _power(each.log10_compute),
               f"{_power(low)} to {_power(high)}", told)  # fmt: skip
        rows.append(row)
    header = ("Target error", "By the printed digits", "Rounding leaves", "Figure 4 prints")
    title = "The same beside the paper's Figure 4, in gflop; its powers of ten are cut off"
    return Table(title, header, tuple(rows), (1, 2, 3))


def _means(found: Limits) -> Table:
    """Return what the compute means, taken for that of training."""
    has_years = any(each.year_affordable is not None for each in found.meanings)
    rows = tuple(
        (
            f"{each.target_error:g}",
            _halving(meaning.halving_decades),
            _interval(meaning.cost_usd),
            _interval(meaning.kg_co2e),
            *([_years(meaning.year_affordable)] if has_years else []),
        )
        for each, meaning in zip(found.projections, found.meanings, strict=True)
    )
    header = ["Target error", "To halve it again", "USD today", "kg CO2e today"]
    if has_years:
        header.append("In the budget by")
    title = {
        Kind.ARITHMETIC: "What it means, if the compute is the arithmetic of training",
        Kind.BURDEN: "What it means: accelerators for as long as that takes at their FP32 rate",
    }[found.kind]
    return Table(title, tuple(header), rows, (1, 2, 3, 4))


def _gains(found: Limits) -> Table:
    """Return the errors that the same compute buys once it is so many times more efficient."""
    rows = []
    for each in found.projections:
        error = found.error_with_gain(each.target_error)
        rows.append((f"{each.target_error:g}", "" if error is None else f"{error:.3g}"))
    title = f"What {found.efficiency_gain:g} times the efficiency buys"
    return Table(title, ("Error without it", "Error with it"), tuple(rows), (0, 1))


def _interval(ends: Ends) -> str:
    if not isfinite(ends.point):
        return _power(ends.point)
    three = (ends.point, ends.p05, ends.p95)
    # One notation for all three.
    is_short = all(-2.0 < each < _LONGEST_AMOUNT for each in three)
    point, low, high = (_amount(each) if is_short else _end(each) for each in three)
    return f"{point} ({low} to {high})"


def _amount(exponent: float) -> str:
    """Return a number of two digits as people say it."""
    value = float(f"{10.0**exponent:.2g}")
    size, word = next(((size, word) for size, word in _WORDS_OF_SIZE if value >= size), (1.0, ""))
    return f"{value / size:,.3g}{word}"


def _end(exponent: float) -> str:
    return "no limit" if exponent == inf else _power(exponent)


def _halving(decades: float) -> str:
    return f"{_power(decades)} times" if isfinite(decades) else "not reachable"


def _years(year: Ends | None) -> str:
    if year is None:
        return ""
    ends = (f"{end:.0f}" if isfinite(end) else "never" for end in (year.point, year.p05, year.p95))
    return "{} ({} to {})".format(*ends)


def _power(exponent: float) -> str:
    if isfinite(exponent):
        return f"10^{exponent:.1f}"
    return "not reachable" if exponent > 0.0 else "none"


def _margins(sensitivity: Sequence[dict[str, float]]) -> Table:
    rows = tuple(
        (
            f"{10 ** row['margin_log10_error']:.2f}",
            f"{row['n_within']:.0f}",
            f"{row['slope']:.4g}",
            f"{row['slope_se']:.2g}",
            "" if row["is_identified"] else "not identified",
        )
        for row in sensitivity
    )
    header = ("Published up to, times the best", "Models", "Slope", "Standard error", "")
    return Table("How the slope moves with what went unpublished", header, rows, (0, 1, 2, 3))


def _hindsight(law: ComputeLaw, backtest: Sequence[Hindsight]) -> Table:
    rows = tuple(
        (
            str(each.until),
            str(each.n_fitted),
            str(each.n_scored),
            f"{each.slope:.4g} ({each.slope_se:.2g})",
            f"{each.bias:+.3g}",
            f"{100 * each.coverage:.0f}%",
        )
        for each in backtest
    )
    score = "Below the line" if law.method is Method.QUANTILE else "In its 90% interval"
    away = f"Measured less expected, {law.form.scale}"
    header = ("Until", "Fitted", "Scored", "Slope", away, score)
    return Table("Fitted to a year, scored on later ones", header, rows, (1, 2, 3, 4, 5))
