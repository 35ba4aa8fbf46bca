"""What one FLOP takes today: dollars, energy and carbon."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import isfinite, log10

import numpy as np

from costcurve.core.display import usd as usd_of
from costcurve.core.errors import InputError
from costcurve.decisions.runs import RunCost, cost_of_runs
from costcurve.evidence.observations import gflop_per_s

#: On what a FLOP of today is priced.
TODAYS_ACCELERATOR = "H100 SXM5"
#: A run of 10^24 FLOP as the model of runs takes it: 6 FLOP for each parameter and each token.
_LOG10_RUN = 24.0
_RUN = {"model": "10^24 FLOP", "parameters": "1e9", "samples": repr(1e24 / 6e9)}
_LARGEST_LOG10 = float(np.log10(np.finfo(np.float64).max))


@dataclass(frozen=True, slots=True)
class Ends:
    """A number with its 90 % interval, on a scale of log10; infinite where there is no end.

    Attributes
    ----------
    point, p05, p95 : float
        Middle and ends.
    """

    point: float
    p05: float
    p95: float

    def to_dict(self, name: str) -> dict[str, float | None]:
        """Return it under a name, with its ends; `None` for what no number can hold."""
        return {
            name + tail: _number(value)
            for tail, value in (("", self.point), ("_p05", self.p05), ("_p95", self.p95))
        }


def _number(exponent: float) -> float | None:
    is_number = isfinite(exponent) and abs(exponent) < _LARGEST_LOG10
    return float(10.0**exponent) if is_number else None


class Kind(StrEnum):
    """What the compute of a law is, which decides what it costs today."""

    ARITHMETIC = "arithmetic"
    BURDEN = "hardware-burden"
    PASS = "pass"  # noqa: S105 - of a network, no word of entry


@dataclass(frozen=True, slots=True)
class FlopPrice:
    """What one FLOP takes today, all in log10.

    Attributes
    ----------
    usd, kg_co2e, kwh : Ends
        For one FLOP.
    accelerator : str
        On what.
    basis : str
        In words: the accelerator, its rate, the price and its date, and the grid.
    """

    usd: Ends
    kg_co2e: Ends
    kwh: Ends
    accelerator: str
    basis: str = ""


@cache
def flop_price(kind: Kind = Kind.ARITHMETIC, accelerator: str = TODAYS_ACCELERATOR) -> FlopPrice:
    """Return what one FLOP takes at today's prices and on the world's average grid.

    By the model of `costcurve cost`: the cheapest on-demand price of the table, metered power. A
    FLOP of arithmetic is one that is done, at the utilisation of published language models. A FLOP
    of hardware burden is one that the processor could do at its FP32 rate, whether it does or not:
    an hour of it costs its price, without any utilisation.

    Parameters
    ----------
    kind : Kind
        arithmetic or hardware-burden.
    accelerator : str
        A name or alias of the table.

    Raises
    ------
    InputError
        If the table has no such accelerator, or no price, power or rate for it.
    """
    found = cost_of_runs([{**_RUN, "accelerator": accelerator}])[0]
    values, names = found.values, ("cost_usd", "kg_co2e", "energy_kwh")
    if missing := [name for name in names if name not in values]:
        allowed = f"the tables do not say its {', '.join(missing)}: {'; '.join(found.flags)}"
        raise InputError.of("accelerator", accelerator, allowed)
    if kind is Kind.BURDEN:
        rate = gflop_per_s(accelerator)
        if not isfinite(rate):
            raise InputError.of("accelerator", accelerator, "the table has no FP32 rate for it")
        per_hour = rate * 1e9 * 3600.0
        hours = values["accelerator_hours"].point
        points = [log10(values[name].point / hours / per_hour) for name in names]
        usd, carbon, energy = (Ends(point, point, point) for point in points)
        words = f"{rate / 1e3:g} TFLOP/s, its FP32 rate"
        return FlopPrice(usd, carbon, energy, accelerator, _basis(found, words))

    def each(name: str) -> Ends:
        ends = values[name]
        return Ends(*(log10(end) - _LOG10_RUN for end in (ends.point, ends.p05, ends.p95)))

    usd, carbon, energy = (each(name) for name in names)
    per_s = 10.0 ** (_LOG10_RUN - 12.0) / values["accelerator_hours"].point / 3600.0
    words = f"{per_s:.3g} TFLOP/s, what language models get of it when trained"
    return FlopPrice(usd, carbon, energy, accelerator, _basis(found, words))


def _basis(found: RunCost, rate: str) -> str:
    """Return in words what a FLOP is priced with."""
    spec = found.spec
    if spec is None:  # a run without one has no price, which was said
        return ""
    offer = spec.case.equipment
    return (
        f"{offer.accelerator.name} at {rate}, {usd_of(offer.usd_per_accelerator_hour)} an hour "
        f"({offer.terms}); metered power on the grid {spec.grid}, {spec.gco2e_per_kwh:g} g "
        f"CO2e/kWh, PUE {spec.pue:g}"
    )
