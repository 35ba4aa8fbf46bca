"""What a field's models say of its limits: the law, how sure it is, and what targets take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf, isfinite
from typing import Any

import numpy as np

from costcurve.core.document import Document
from costcurve.core.errors import Finding, InputError
from costcurve.core.notebook import notebook_html
from costcurve.core.quantities import FloatArray, as_float64
from costcurve.decisions.flop_price import Kind, flop_price
from costcurve.decisions.limits_json import limits_json
from costcurve.decisions.limits_margins import slopes_of_margins
from costcurve.decisions.limits_page import FEW_MODELS, page
from costcurve.decisions.outlook import Meaning, Trends, error_at_efficiency, meaning, this_day
from costcurve.decisions.projections import Projection, project
from costcurve.laws.backtest import Hindsight, calendar_backtest, coverage_error
from costcurve.laws.choices import choice_of
from costcurve.laws.compute import ComputeLaw, Method, fit_compute_law
from costcurve.laws.compute_laws import PublishedLaw
from costcurve.laws.forms import Form
from costcurve.laws.resampling import clustered
from costcurve.laws.selection import best_of_their_day

#: log10 of the FLOP in a unit of compute.
LOG10_FLOP = {"flop": 0.0, "gflop": 9.0}
#: Correlation of date and compute from which a term for each says little of either: a variance ten
#: times that of unrelated columns, the usual rule of thumb (Marquardt (1970), from memory).
NEARLY_ONE = 0.9**0.5
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Evidence:
    """Models of a field.

    Attributes
    ----------
    log10_compute, error : ndarray of shape (n,)
        log10 of the compute in `unit`, and the errors as fractions.
    year : ndarray of shape (n,), optional
        Dates as years with decimals.
    group : sequence of str, optional
        What each model was published with.
    unit : str
        Of the compute: flop or gflop.
    kind : Kind
        What the compute is: arithmetic of training, hardware burden, or a pass, which has no price.
    cautions : tuple of str
        Codes of what a reader must know of the table.
    about : str
        In words: how many of a table's models these are, and what error and compute are.

    Raises
    ------
    InputError
        If a number is not finite, the groups are not as many as the errors, or a word is not one of
        those above.
    """

    log10_compute: FloatArray
    error: FloatArray
    year: FloatArray | None = None
    group: Sequence[str] | None = None
    unit: str = "flop"
    kind: Kind = Kind.ARITHMETIC
    cautions: tuple[str, ...] = ()
    about: str = ""

    def __post_init__(self) -> None:
        for name in ("log10_compute", "error", "year"):
            if (given := getattr(self, name)) is not None:
                object.__setattr__(self, name, as_float64(name, given))
        object.__setattr__(self, "kind", choice_of("kind", Kind, self.kind))
        if self.unit not in LOG10_FLOP:
            raise InputError.of("unit", self.unit, f"must be one of: {', '.join(LOG10_FLOP)}")
        if self.group is not None and len(self.group) != self.error.size:
            raise InputError.of("group", len(self.group), "must be as many as error")


@dataclass(frozen=True)
class Limits:
    """A law of a field, with what targets take.

    Attributes
    ----------
    law : ComputeLaw
        The line.
    projections : tuple of Projection
        What every target takes.
    unit : str
        Of the compute.
    sensitivity : tuple of dict
        Of `selection`: the slope for every margin of publication.
    backtest : tuple of Hindsight
        Of a table with dates: fits to every year, scored on the years after it.
    meanings : tuple of Meaning
        Of every projection: the next halving, today's price, and the year it is affordable.
    kind : Kind
        What the compute is.
    trends : Trends, optional
        With which the year was found.
    coverage_error : float, optional
        Standard error of the backtest's overall coverage, of least squares.
    priced : str
        In words: what today's dollars and carbon were priced with.
    as_of : float, optional
        The day, as a year with decimals, for which today's dollars speak, where they hang on it:
        of a law with a term for the date, and of a year of the budget.
    efficiency_gain : float, optional
        How many times less compute every error is taken to need, to see what that buys.
    printed : PublishedLaw, optional
        The law as it was published, where it is one.
    evidence : Evidence, optional
        The models that the law was fitted to.
    """

    law: ComputeLaw
    projections: tuple[Projection, ...]
    unit: str
    sensitivity: tuple[dict[str, float], ...] = ()
    backtest: tuple[Hindsight, ...] = ()
    meanings: tuple[Meaning, ...] = ()
    kind: Kind = Kind.ARITHMETIC
    trends: Trends | None = None
    coverage_error: float | None = None
    priced: str = ""
    as_of: float | None = None
    efficiency_gain: float | None = None
    printed: PublishedLaw | None = None
    evidence: Evidence | None = field(default=None, repr=False)

    @property
    def flags(self) -> list[str]:
        """Return codes of what a reader must know, each once."""
        found = [*self.law.cautions, *(flag for each in self.projections for flag in each.flags)]
        if self.law.n < FEW_MODELS:
            found.append("few_models")
        return list(dict.fromkeys(found))

    def to_dict(self) -> dict[str, Any]:
        """Return it under the keys of the JSON contract."""
        return limits_json(self)

    def error_with_gain(self, error: float) -> float | None:
        """Return what the compute of an error buys with the gain; `None` where no error stands."""
        if self.efficiency_gain is None:
            return None
        found = error_at_efficiency(self.law, error, self.efficiency_gain)
        return found if isfinite(found) else None

    @property
    def source(self) -> str:
        """Return where a law was published; empty of one that was fitted here."""
        return "" if self.printed is None else self.printed.source

    @property
    def about(self) -> str:
        """Return what the models are, in words; empty where nobody said."""
        return "" if self.evidence is None else self.evidence.about

    def document(self) -> Document:
        """Return it as a page."""
        return page(self)

    def __repr__(self) -> str:
        return self.document().text()

    def _repr_html_(self) -> str:
        return notebook_html(self)


def limits(  # noqa: PLR0913 - a fit has as many choices
    evidence: Evidence,
    form: Form = Form.POLYNOMIAL,
    method: Method = Method.OLS,
    *,
    quantile: float = 0.1,
    target_errors: Sequence[float] = (),
    has_trend: bool | None = None,
    has_backtest: bool = False,
    budget_usd: float | None = None,
    trends: Trends | None = None,
    as_of: float | None = None,
    report: Report | None = None,
) -> Limits:
    """Return the law of a field and what targets take.

    Parameters
    ----------
    evidence : Evidence
        The models.
    form, method, quantile
        As of `fit_compute_law`.
    target_errors : sequence of float
        As fractions, above 0 and below 1.
    has_trend : bool, optional
        Whether the line has a term for the date; by default wherever there are dates.
    has_backtest : bool
        Whether fits to every year are scored on the years after it.
    budget_usd : float, optional
        For the year in which a target is affordable.
    trends : Trends, optional
        How fast costs fall; by default hardware alone, or with the law's own term for the date.
    as_of : float, optional
        The day for which dollars and carbon of a dated law speak, as a year with decimals; by
        default that of the machine's clock.
    report : callable, optional
        Told how many samples of groups, and then years, are fitted, of how many.

    Raises
    ------
    InputError
        If the models are too few or all alike, or a choice needs dates that are not there.
    MissingExtraError
        If scipy is not installed.
    """
    _check(evidence, has_trend=has_trend, has_backtest=has_backtest)
    _check_targets(evidence.kind, target_errors, budget_usd)
    dated = evidence.year is not None if has_trend is None else has_trend
    years = evidence.year if dated else None
    law = fit_compute_law(
        evidence.log10_compute,
        evidence.error,
        form,
        method,
        year=years,
        quantile=quantile,
        with_covariance=evidence.group is None,
    )
    together = () if years is None else _collinear(evidence.log10_compute, years)
    law = replace(law, cautions=(*law.cautions, *evidence.cautions, *together))
    if evidence.group is not None:
        refit = partial(_refit, evidence, law, years, quantile)
        law = clustered(law, evidence.group, refit, report=report)
    found = projected(law, target_errors, evidence, budget_usd, trends, as_of=as_of)
    found = replace(found, evidence=evidence, sensitivity=slopes_of_margins(evidence, law))
    return _scored(found, evidence, dated, quantile, report) if has_backtest else found


def _scored(
    found: Limits, evidence: Evidence, dated: bool, quantile: float, report: Report | None
) -> Limits:
    """Return a law with how fits to every year did on the years after it."""
    if evidence.year is None:  # refused already
        return found
    law = found.law
    columns = evidence.log10_compute, evidence.error, evidence.year, law.form
    backtest = calendar_backtest(
        *columns, law.method, quantile=quantile, has_trend=dated, report=report
    )
    if not backtest:
        short = replace(law, cautions=(*law.cautions, "too_few_for_a_backtest"))
        return replace(found, law=short)
    spread = coverage_error(*columns, has_trend=dated) if law.method is Method.OLS else None
    return replace(found, backtest=tuple(backtest), coverage_error=spread)


def projected(  # noqa: PLR0913 - a projection hangs on as much
    law: ComputeLaw,
    target_errors: Sequence[float],
    evidence: Evidence,
    budget_usd: float | None = None,
    trends: Trends | None = None,
    *,
    as_of: float | None = None,
) -> Limits:
    """Return what targets take by a law, fitted or published; the parameters are as of `limits`.

    Of the evidence only the unit and the kind of compute are used.

    Raises
    ------
    InputError
        If a target or the budget is out of range, or a budget stands where nothing has a price.
    """
    unit, kind = evidence.unit, evidence.kind
    _check_targets(kind, target_errors, budget_usd)
    has_price = kind is not Kind.PASS
    log10_flop = LOG10_FLOP[unit]
    found = tuple(project(law, each, log10_flop, has_price=has_price) for each in target_errors)
    meanings: tuple[Meaning, ...] = ()
    priced, day = "", None
    if found and has_price:
        price, now = flop_price(kind), this_day() if as_of is None else as_of
        meanings = tuple(
            meaning(law, each, log10_flop, price, budget_usd=budget_usd, trends=trends, today=now)
            for each in target_errors
        )
        priced = price.basis
        day = now if law.year is not None or budget_usd is not None else None
    used = None if budget_usd is None else trends or Trends()
    return Limits(
        law, found, unit, meanings=meanings, kind=kind, trends=used, priced=priced, as_of=day
    )


def _collinear(log10_compute: FloatArray, years: FloatArray) -> tuple[str, ...]:
    """Return a caution where date and compute are nearly one column."""
    shared = float(np.corrcoef(log10_compute, years)[0, 1])
    return ("date_runs_with_compute",) if abs(shared) > NEARLY_ONE else ()


def _check(evidence: Evidence, *, has_trend: bool | None, has_backtest: bool) -> None:
    """Raise InputError for what needs dates, where the evidence has none."""
    if evidence.year is None and has_trend:
        raise InputError([Finding("date", "", "is needed for a term of the date")])
    if evidence.year is None and has_backtest:
        raise InputError([Finding("date", "", "is needed for a backtest")])


def _check_targets(kind: Kind, target_errors: Sequence[float], budget_usd: float | None) -> None:
    findings = [
        Finding("target_error", f"{each:g}", "must be a fraction above 0 and below 1")
        for each in target_errors
        if not 0.0 < each < 1.0
    ]
    if budget_usd is not None:
        given = f"{budget_usd:g}"
        if not 0.0 < budget_usd < inf:
            findings.append(Finding("budget_usd", given, "must be a finite number above 0"))
        if kind is Kind.PASS:
            findings.append(Finding("budget_usd", given, "needs the compute of training"))
        if not target_errors:
            findings.append(Finding("budget_usd", given, "needs a target error"))
    InputError.check(findings)


def _refit(
    evidence: Evidence,
    law: ComputeLaw,
    years: FloatArray | None,
    quantile: float,
    places: FloatArray,
) -> ComputeLaw:
    # The bar that a model faced is that of all models, not of those that were drawn.
    best = None
    if law.method is Method.SELECTION and years is not None:
        best = best_of_their_day(evidence.error, years)[places]
    return fit_compute_law(
        evidence.log10_compute[places],
        evidence.error[places],
        law.form,
        law.method,
        year=None if years is None else years[places],
        quantile=quantile,
        margin=law.details.get("margin"),
        best=best,
        with_covariance=False,
    )
