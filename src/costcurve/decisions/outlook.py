"""What a law of compute means: the next halving, today's price, the year it is affordable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import inf, isfinite, log10
from typing import Any

import numpy as np

from costcurve.core.draws import Z95, Z975, low_discrepancy, normal_deviate
from costcurve.core.errors import InputError
from costcurve.core.quantities import FloatArray
from costcurve.decisions.flop_price import Ends, FlopPrice
from costcurve.decisions.projections import DRAWS, Draws, draws_of, percentile
from costcurve.facts.tables import find_by_name
from costcurve.facts.trends import TRENDS, TrendFacts
from costcurve.laws.compute import ComputeLaw

#: Standard deviations of a 95 % interval, end to end.
_WIDTH_95 = 2.0 * Z975


def decades_to_halve(law: ComputeLaw, error: float) -> float:
    """Return log10 of how many times the compute the next halving of the error takes.

    Of the polynomial form -log10(2) / slope, wherever it starts; of the others it grows as the
    error falls. Infinite where no compute gets there.

    Parameters
    ----------
    law : ComputeLaw
        The line.
    error : float
        From where, as a fraction.
    """
    start, end = (float(law.log10_compute(each)) for each in (error, error / 2.0))
    return end - start if isfinite(start) else inf


def error_at_efficiency(law: ComputeLaw, error: float, gain: float) -> float:
    """Return the error that the compute of another buys once it is so many times more efficient.

    Parameters
    ----------
    law : ComputeLaw
        The line.
    error : float
        Reached without the gain, as a fraction.
    gain : float
        How many times less compute an error takes, above 0.
    """
    compute = float(law.log10_compute(error))
    return float(law.error(compute + log10(gain))) if isfinite(compute) else float("nan")


def find_trend(name: str) -> TrendFacts:
    """Return a trend of the table; raises InputError if there is none of that name."""
    names = {each: row for row in TRENDS.rows() for each in TRENDS.names(row)}
    return find_by_name(name, names, "trend")


@dataclass(frozen=True, slots=True)
class Trends:
    """How fast costs fall, by names of the table of trends.

    Attributes
    ----------
    hardware : str
        For the arithmetic of a dollar.
    algorithms : str, optional
        For the arithmetic of an error; `None` where it stands still. A law with a term for the
        date has its own.
    """

    hardware: str = "hardware"
    algorithms: str | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the compute of one target means.

    Attributes
    ----------
    halving_decades : float
        log10 of how many times the compute the next halving of the error takes.
    cost_usd, kg_co2e : Ends
        Today, in log10: over the law's interval and that of the price of a FLOP.
    year_affordable : Ends, optional
        The year in which the cost falls to the budget, where there is one: not log10.
    """

    halving_decades: float
    cost_usd: Ends
    kg_co2e: Ends
    year_affordable: Ends | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as it stands in JSON."""
        halving = self.halving_decades
        data: dict[str, Any] = {"log10_halving": halving if isfinite(halving) else None}
        data["today"] = {**self.cost_usd.to_dict("cost_usd"), **self.kg_co2e.to_dict("kg_co2e")}
        if self.year_affordable is not None:
            year = self.year_affordable
            named = zip(("", "_p05", "_p95"), (year.point, year.p05, year.p95), strict=True)
            data |= {
                f"year_affordable{tail}": end if isfinite(end) else None for tail, end in named
            }
        return data


def meaning(  # noqa: PLR0913 - each is a part of the answer
    law: ComputeLaw,
    target_error: float,
    log10_flop_per_unit: float,
    price: FlopPrice,
    *,
    budget_usd: float | None = None,
    trends: Trends | None = None,
    today: float | None = None,
) -> Meaning:
    """Return what the compute of a target means: dollars, carbon, the next halving, the year.

    A law with a term for the date speaks for today, its trend carried on. Cost and year come from
    the same draws of the law, of the price of a FLOP and of both trends.

    Parameters
    ----------
    law : ComputeLaw
        The law.
    target_error : float
        As a fraction.
    log10_flop_per_unit : float
        As of `project`.
    price : FlopPrice
        Of a FLOP.
    budget_usd : float, optional
        For the year in which the cost has fallen to it.
    trends : Trends
        How fast it falls.
    today : float, optional
        As a year with decimals.

    Raises
    ------
    InputError
        If a year is asked for of a law with a date whose form runs over a root of compute: its
        progress is no factor.
    """
    now = this_day() if today is None else today
    law = law.at(now)
    found = draws_of(law)
    uniform = low_discrepancy(4, DRAWS, 1)
    deviates = normal_deviate(uniform)
    compute = found.log10_compute(target_error) + log10_flop_per_unit
    point = float(law.log10_compute(target_error)) + log10_flop_per_unit
    usd = compute + _spread(price.usd, deviates[0])
    carbon = compute + _spread(price.kg_co2e, deviates[1])
    year = None
    if budget_usd is not None:
        progress = _progress(found, trends or Trends(), deviates)
        year = _year(usd, budget_usd, progress, now)
    return Meaning(
        halving_decades=decades_to_halve(law, target_error),
        cost_usd=_ends(usd, point + price.usd.point),
        kg_co2e=_ends(carbon, point + price.kg_co2e.point),
        year_affordable=year,
    )


def _ends(draws: FloatArray, point: float) -> Ends:
    return Ends(point, percentile(draws, 0.05), percentile(draws, 0.95))


def _progress(found: Draws, trends: Trends, deviates: FloatArray) -> FloatArray:
    """Return draws of the decades by which the cost of an error falls in a year."""
    law = found.law
    decades = _halvings(find_trend(trends.hardware), deviates[2]) * log10(2.0)
    if law.year is not None:
        if law.form.degree is not None:
            allowed = "of a law with dates needs a form over log10(compute)"
            raise InputError.of("budget_usd", str(law.form), allowed)
        gains = found.slope * law.form.error_sign < 0.0
        return np.asarray(decades + found.year / np.where(gains, found.slope, -np.inf))
    if trends.algorithms is None:
        return decades
    return decades + _halvings(find_trend(trends.algorithms), deviates[3]) * log10(2.0)


def _year(usd: FloatArray, budget_usd: float, decades: FloatArray, now: float) -> Ends:
    """Return the year in which the cost has fallen to the budget: now where it is within it."""
    wanted = usd - log10(budget_usd)
    never = ~np.isfinite(wanted) | (decades <= 0.0)
    years = np.where(never, inf, wanted / np.where(never, 1.0, decades))
    years = np.where(wanted <= 0.0, 0.0, years)
    return Ends(*(now + percentile(years, share) for share in (0.5, 0.05, 0.95)))


def _halvings(trend: TrendFacts, deviates: FloatArray) -> FloatArray:
    """Return halvings a year: the interval is that of a log-normal doubling time."""
    middle, low, high = trend.doubling_years, trend.doubling_years_low, trend.doubling_years_high
    width = 0.0 if low is None or high is None else np.log(high / low) / _WIDTH_95
    return np.asarray(1.0 / (middle * np.exp(width * deviates)))


def _spread(ends: Ends, deviates: FloatArray) -> FloatArray:
    """Return draws of a number with a different normal scatter on either side."""
    above = np.where(deviates > 0.0, ends.p95 - ends.point, ends.point - ends.p05) / Z95
    return np.asarray(ends.point + above * deviates)


def this_day() -> float:
    """Return the day of the machine's clock, as a year with decimals."""
    today = date.today()
    first, end = date(today.year, 1, 1), date(today.year + 1, 1, 1)
    return today.year + (today - first) / (end - first)
