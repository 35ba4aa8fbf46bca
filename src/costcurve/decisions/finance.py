"""Whether an investment pays: net present value, internal rate of return, payback.

Net present value and internal rate come from the library numpy-financial; what it leaves unsaid (no
rate, several rates, flows that no rate fits) is said here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

import numpy as np

from costcurve.core.errors import InputError, MissingExtraError
from costcurve.core.quantities import FloatArray, as_float64

#: Latest period of a flow: the months of a century. Finding their rate takes 1.5 s on one core, and
#: eight times that for twice as many.
LAST_PERIOD = 1200
#: Share of the money moved that counts as nothing when flows are added up: float64 has 16 digits,
#: and a century of months loses four.
ROUNDING = 1e-12
#: Net present value at the internal rate, over the discounted flows without their signs: more
#: shows that the polynomial misled the library.
FOUND = 1e-9
# How far around the rate of the library it is looked for, in ln(1 + rate): near it when there may
# be others; up to a growth of e^100 a period when it is the only one.
_NEARBY, _ANYWHERE = 1e-3, 100.0
_RATE = "must be a finite number above -1, as a fraction of a period"


@dataclass(frozen=True, slots=True)
class CashFlows:
    """Money in (above 0) and out (below 0), dated in whole periods from today.

    Attributes
    ----------
    usd : tuple of float
        The flow at the end of each period, period 0 being today; at least one, at most 1,201.

    Raises
    ------
    InputError
        If there is none, there are too many, or one is not a finite number.
    """

    usd: tuple[float, ...]

    def __post_init__(self) -> None:
        usd = as_float64("usd", self.usd)
        if usd.ndim != 1 or not 1 <= usd.size <= LAST_PERIOD + 1:
            allowed = f"must be a row of 1 to {LAST_PERIOD + 1}, the first one today's"
            raise InputError.of("usd", f"{usd.size} flows", allowed)
        object.__setattr__(self, "usd", tuple(usd.tolist()))

    @classmethod
    def of(cls, dated: Iterable[tuple[int, float]]) -> CashFlows:
        """Return the flows of pairs of period and dollars; those of one period are added up.

        Raises
        ------
        InputError
            If there is none, a flow is not a finite number, or a period is not a whole number
            from 0 to 1,200.
        """
        totals: dict[int, float] = {}
        for period, usd in dated:
            if not isinstance(period, int | np.integer) or not 0 <= period <= LAST_PERIOD:
                allowed = f"must be a whole number from 0 to {LAST_PERIOD}; of parts of a year, "
                raise InputError.of("period", period, allowed + "count in months at a rate a month")
            flow = float(as_float64(f"usd of period {period}", usd))
            totals[int(period)] = totals.get(int(period), 0.0) + flow
        return cls(tuple(totals.get(each, 0.0) for each in range(max(totals, default=-1) + 1)))

    @property
    def horizon(self) -> int:
        """Periods until the last flow; 0 where all is paid today."""
        return len(self.usd) - 1

    def sign_changes(self) -> int:
        """Return how often the flows turn from payments to receipts or back; zeros count not."""
        signs = np.sign([each for each in self.usd if each])
        return int(np.count_nonzero(np.diff(signs)))


@dataclass(frozen=True, slots=True)
class InternalRate:
    """The rate at which an investment is worth nothing.

    Attributes
    ----------
    rate : float, optional
        As a fraction of a period, above -1; `None` where there is none.
    reason : str
        Why there is none, or why it is not the only one; empty where it is.
    """

    rate: float | None
    reason: str = ""


def net_present_value_usd(flows: CashFlows, rate: float) -> float:
    """Return what the flows are worth today: the sum of usd_t / (1 + rate)^t.

    Parameters
    ----------
    flows : CashFlows
        In US dollars.
    rate : float
        Discount rate of a period as a fraction, above -1.

    Raises
    ------
    InputError
        If the rate is -1 or below, or so near that the value leaves the range of numbers.
    MissingExtraError
        If numpy-financial is not installed.
    """
    _check_rate(rate)
    with np.errstate(all="ignore"):
        value = float(_library().npv(rate, np.array(flows.usd, dtype=np.float64)))
    if not isfinite(value):
        raise InputError.of("rate", rate, "gives a net present value beyond the range of numbers")
    return value


def internal_rate(flows: CashFlows) -> InternalRate:
    """Return the rate at which the net present value of the flows is zero.

    Flows that turn once have exactly one such rate (Descartes' rule of signs); more turns may give
    several or none. Of several, this is the one nearest to zero that numpy-financial finds; then
    the net present value decides better.

    Raises
    ------
    MissingExtraError
        If numpy-financial is not installed.
    """
    changes = flows.sign_changes()
    if not changes:
        return InternalRate(None, "the flows never change sign, so no rate makes them worth zero")
    usd = np.array(flows.usd) / np.max(np.abs(flows.usd))
    try:
        with np.errstate(all="ignore"):
            found = float(_library().irr(usd))
    except np.linalg.LinAlgError:  # flows of sizes so far apart that their ratio overflows
        found = np.nan
    rate = _refined(usd, found, _NEARBY if changes > 1 else _ANYWHERE)
    within = -1.0 < rate < inf
    if changes == 1 and not within:
        return InternalRate(None, "the rate lies beyond the range of numbers")
    if changes > 1 and not (within and abs(_worth(usd, float(np.log1p(rate)))) <= FOUND):
        return InternalRate(None, f"the flows change sign {changes} times, and no rate was found")
    several = f"the flows change sign {changes} times: the rate may not be the only one"
    return InternalRate(rate, several if changes > 1 else "")


def payback_periods(flows: CashFlows, rate: float = 0.0) -> float | None:
    """Return after how many periods the flows have paid back what they took, for good.

    Within a period the money is taken to come evenly. Where what was paid back is lost again, the
    last time counts.

    Parameters
    ----------
    flows : CashFlows
        In US dollars.
    rate : float
        Discount rate of a period, above -1; 0 for the simple payback period.

    Returns
    -------
    float or None
        0 where nothing is ever owed; `None` where it is never paid back.

    Raises
    ------
    InputError
        If the rate is -1 or below, or so near that the flows leave the range of numbers.
    """
    _check_rate(rate)
    with np.errstate(all="ignore"):
        worth = np.array(flows.usd) / (1.0 + rate) ** np.arange(len(flows.usd))
        total = np.cumsum(worth)
        nothing = ROUNDING * np.sum(np.abs(worth))
    if not isfinite(nothing):
        raise InputError.of("rate", rate, "gives flows beyond the range of numbers")
    owed = np.flatnonzero(total < -nothing)
    if not owed.size:
        return 0.0
    last = int(owed[-1])
    if last == flows.horizon:
        return None
    return last + min(1.0, float(-total[last] / worth[last + 1]))


def _check_rate(rate: float) -> None:
    if not (isfinite(rate) and rate > -1.0):
        raise InputError.of("rate", rate, _RATE)


def _library() -> Any:
    try:
        import numpy_financial  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtraError("the value of an investment", "worth") from None
    return numpy_financial


def _refined(usd: FloatArray, found: float, widest: float) -> float:
    """Return the rate to the last digit: roots of long polynomials come with a few only.

    The interval around what was found grows until the value changes sign over it; where it does
    not, as at a double root, what was found stands.
    """
    start = float(np.log1p(found)) if -1.0 < found < inf else 0.0
    width = 1e-12
    while (below := np.sign(_worth(usd, start - width))) == np.sign(_worth(usd, start + width)):
        width *= 10.0
        if width > widest:
            return found
    low, high = start - width, start + width
    while low < (middle := 0.5 * (low + high)) < high:
        if np.sign(_worth(usd, middle)) == below:
            low = middle
        else:
            high = middle
    with np.errstate(over="ignore"):
        return float(np.expm1(middle))


def _worth(usd: FloatArray, log_growth: float) -> float:
    """Return the net present value at a growth of ln(1 + rate), over the flows without signs."""
    exponents = -log_growth * np.arange(len(usd))
    # The largest factor of a flow is one, so that none overflows and not all vanish.
    worth = usd * np.exp(np.minimum(exponents - exponents[usd != 0.0].max(), 0.0))
    return float(np.sum(worth) / np.sum(np.abs(worth)))
