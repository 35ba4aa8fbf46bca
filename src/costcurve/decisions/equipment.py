"""On what to train: for each model the cheapest accelerator on offer whose memory holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from costcurve.core.errors import Finding, InputError, nearest, shown
from costcurve.core.quantities import Graph, Input
from costcurve.core.vocabulary import Effort, Precision
from costcurve.costs import examples
from costcurve.decisions.assumptions import Assumptions
from costcurve.decisions.cases import Case, inputs_of
from costcurve.facts.hardware import ACCELERATORS, PRICES, AcceleratorFacts, PriceFacts
from costcurve.facts.models import ModelFacts
from costcurve.facts.tables import find_by_name, fold

#: A price older than the newest of its table by more than this is taken only where there is no
#: other: what was on offer then may no longer be.
PRICE_IS_OLD = timedelta(days=2 * 365)
#: For each precision the columns of the peak, the first that an accelerator has.
_PEAKS = {
    Precision.AMP: ("fp16_tflops", "tf32_tflops", "fp32_tflops"),
    Precision.BF16: ("fp16_tflops",),
    Precision.TF32: ("tf32_tflops",),
    Precision.FP32: ("fp32_tflops",),
    Precision.FP8: ("fp8_tflops",),
}
#: Names of the columns, and the bytes of an activation over the two of FP16.
_COLUMNS = {
    "fp8_tflops": ("FP8", 1.0),  # only the arithmetic is in FP8
    "fp16_tflops": ("FP16 or BF16", 1.0),
    "tf32_tflops": ("TF32", 2.0),
    "fp32_tflops": ("FP32", 2.0),
}
ON_DEMAND = "on-demand"


@dataclass(frozen=True, slots=True)
class Offer:
    """One accelerator at one price.

    Attributes
    ----------
    accelerator : AcceleratorFacts
        What does the work.
    price : PriceFacts, optional
        What is asked for it; `None` when the user gave the price.
    is_old : bool
        Whether the price is much older than the newest of its table.
    days_old : int
        Days by which the price is older than the newest of its table; 0 for a user's own.
    precision : Precision
        Of the arithmetic.
    """

    accelerator: AcceleratorFacts
    price: PriceFacts | None
    is_old: bool = False
    precision: Precision = Precision.AMP
    days_old: int = 0

    @property
    def is_possible(self) -> bool:
        """Whether the accelerator has the precision."""
        return self._column(self.precision) is not None

    @property
    def precision_in_words(self) -> str:
        """The precision of the arithmetic, in words."""
        return _COLUMNS[self._peak][0]

    @property
    def peak_tflops(self) -> float:
        """Dense peak at that precision, in 10^12 FLOP/s."""
        return float(getattr(self.accelerator, self._peak))

    @property
    def amp_tflops(self) -> float:
        """Dense peak in mixed precision, or what stands in for it, in 10^12 FLOP/s."""
        return float(getattr(self.accelerator, self._column(Precision.AMP) or self._peak))

    @property
    def bytes_ratio(self) -> float:
        """Bytes of an activation over those in mixed precision."""
        return _COLUMNS[self._peak][1]

    @property
    def bandwidth_gb_per_s(self) -> float | None:
        """Memory bandwidth, in 10^9 bytes/s."""
        return self.accelerator.memory_bandwidth_gb_per_s

    @property
    def tdp_w(self) -> float | None:
        """Thermal design power in watts."""
        return self.accelerator.tdp_w

    @property
    def memory_gb(self) -> float:
        """Memory, in 10^9 bytes; where it is not known, next to nothing."""
        return self.accelerator.memory_gb or np.finfo(np.float64).tiny

    @property
    def usd_per_accelerator_hour(self) -> float:
        """USD for one hour; 0 when the user gave the price."""
        return (self.price.usd_per_accelerator_hour or 0.0) if self.price else 0.0

    @property
    def terms(self) -> str:
        """Who asks the price, where, how and since when."""
        if self.price is None:
            return "at the price given"
        where = "" if self.price.region in {"", "unspecified"} else f" {self.price.region}"
        return (
            f"{self.price.provider}{where}, {self.price.offer}, "
            f"{self.price.source_date.isoformat()}"
        )

    @property
    def _peak(self) -> str:
        found = self._column(self.precision)
        if found is None:
            allowed = f"has no peak in the table for {self.accelerator.name}"
            raise InputError.of("precision", str(self.precision), allowed)
        return found

    def _column(self, precision: Precision) -> str | None:
        columns = _PEAKS[precision]
        return next((name for name in columns if getattr(self.accelerator, name) is not None), None)


def offers_for(
    assumptions: Assumptions,
    accelerators: Sequence[AcceleratorFacts] | None = None,
    prices: Sequence[PriceFacts] | None = None,
    offer: str = ON_DEMAND,
) -> tuple[Offer, ...]:
    """Return what may be rented, as far as the assumptions allow.

    For each accelerator, provider and region the latest price counts. Prices without the machine
    around the accelerator are left out, for nothing can be trained at them, and so are old prices
    where there are others.

    Parameters
    ----------
    assumptions : Assumptions
        Accelerators, providers, regions and a price, where the user named any.
    accelerators, prices : sequence, optional
        The tables; the packaged ones by default.
    offer : str
        One of `OFFERS` but a purchase; on demand by default.

    Raises
    ------
    InputError
        If a name is in no table, or nothing on offer has all of them.
    """
    machines = ACCELERATORS.rows() if accelerators is None else accelerators
    by_name = {name: row for row in machines for name in ACCELERATORS.names(row)}
    wanted = _named_accelerators(assumptions, by_name)
    if assumptions.usd_per_accelerator_hour is not None:
        return tuple(Offer(row, None) for row in wanted)
    on_sale = PRICES.rows() if prices is None else prices
    own = set(on_sale) - set(PRICES.rows())
    folded = {fold(name): row for name, row in by_name.items()}
    InputError.check([*_unknown_places(assumptions, on_sale), *_unknown_machines(own, folded)])
    newest = max((price.source_date for price in PRICES.rows()), default=date.min)
    found = []
    for price in _latest(on_sale, own, offer):
        row = folded.get(fold(price.accelerator))
        if row is None or not _can_train(row) or not _is_asked_for(price, assumptions):
            continue
        if not wanted or row in wanted:
            age = timedelta() if price in own else newest - price.source_date
            found.append(Offer(row, price, age > PRICE_IS_OLD, days_old=age.days))
    InputError.check(_without_price(assumptions, wanted, found))
    recent = {offer.accelerator for offer in found if not offer.is_old}
    kept = [o for o in found if not o.is_old or (wanted and o.accelerator not in recent)]
    return tuple(kept or found)


def choose(
    candidates: Sequence[ModelFacts], offers: Sequence[Offer], assumptions: Assumptions
) -> tuple[Offer, ...]:
    """Return for each model the offer that trains it for the least among those that hold it.

    Where none holds it, the one with the most memory stands there, and the option says so.
    """
    pricing = assumptions.pricing
    one = Input.of("examples_used", 1.0, "example", "One example", "to compare offers")
    facts = _facts_of(tuple(candidates), tuple(offers), assumptions.effort, pricing.model_facts)
    graph = Graph(
        [module for module in pricing.modules if module is not examples],
        [*assumptions.inputs(), *pricing.inputs, *facts, one],
    )
    wanted = ("training_cost_usd", "fits_memory")
    known = {name: value for name, value in assumptions.overrides.items() if name in graph}
    found = graph.evaluate(wanted, {**known, "examples_used": 1.0})
    shape = len(candidates), len(offers)
    cost, fits = (
        np.broadcast_to(found[n], (1, shape[0] * shape[1], 1)).reshape(shape) for n in wanted
    )
    cost = np.where(fits == 1.0, cost, np.inf)
    largest = int(np.argmax([offer.memory_gb for offer in offers]))
    return tuple(offers[int(np.argmin(row)) if np.isfinite(row.min()) else largest] for row in cost)


@lru_cache(maxsize=32)
def _facts_of(
    candidates: tuple[ModelFacts, ...],
    offers: tuple[Offer, ...],
    effort: Effort,
    names: tuple[str, ...],
) -> tuple[Input, ...]:
    """Return the facts of every model on every offer.

    Kept, since a server asks for the same ones with every question, and they take half of its time.
    """
    cases = [Case(model, offer, effort) for model in candidates for offer in offers]
    return tuple(inputs_of(cases, names, with_sources=False))


def _named_accelerators(
    assumptions: Assumptions, by_name: dict[str, AcceleratorFacts]
) -> list[AcceleratorFacts]:
    if assumptions.accelerator is None:
        if assumptions.usd_per_accelerator_hour is not None:
            problem = "is missing; the price given must be that of an accelerator"
            raise InputError([Finding("accelerator", "", problem)])
        return []
    found: list[AcceleratorFacts] = []
    findings: list[Finding] = []
    for name in assumptions.accelerator:
        try:
            row = find_by_name(name, by_name, "accelerator")
        except InputError as error:
            findings += error.findings
            continue
        found.append(row)
        if not _can_train(row):
            why = "has no memory or no peak in the table; give them in an accelerators file"
            findings.append(Finding("accelerator", shown(row.name), why))
    InputError.check(findings)
    return found


def _can_train(row: AcceleratorFacts) -> bool:
    return row.memory_gb is not None and Offer(row, None).is_possible


def _latest(prices: Sequence[PriceFacts], own: set[PriceFacts], offer: str) -> list[PriceFacts]:
    """Return the price that counts for each accelerator, provider and region.

    That is the latest of the offer which includes the machine; a user's own stands first.
    """
    found: dict[tuple[str, str, str], PriceFacts] = {}
    for price in prices:
        if price.offer != offer or (price.host_included == "no" and price not in own):
            continue
        key = fold(price.accelerator), fold(price.provider), fold(price.region)
        old = found.get(key)
        if old is None or (price in own, price.source_date) >= (old in own, old.source_date):
            found[key] = price
    return list(found.values())


def _is_asked_for(price: PriceFacts, assumptions: Assumptions) -> bool:
    return all(
        names is None or fold(place) in map(fold, names)
        for names, place in (
            (assumptions.provider, price.provider),
            (assumptions.region, price.region),
        )
    )


def _unknown_places(assumptions: Assumptions, prices: Sequence[PriceFacts]) -> list[Finding]:
    findings = []
    for name in ("provider", "region"):
        known = sorted({getattr(price, name) for price in prices if price.offer == ON_DEMAND})
        for wanted in getattr(assumptions, name) or ():
            if fold(wanted) not in map(fold, known):
                hint = nearest(wanted, known) or f"; known: {', '.join(known)}"
                allowed = f"no such name in the table of prices{hint}"
                findings.append(Finding(name, shown(wanted), allowed))
    return findings


def _unknown_machines(own: set[PriceFacts], folded: dict[str, AcceleratorFacts]) -> list[Finding]:
    unknown = sorted({price.accelerator for price in own if fold(price.accelerator) not in folded})
    allowed = "no such accelerator in the table; add it with an accelerators file"
    return [Finding("prices_file", shown(name), allowed) for name in unknown]


def _without_price(
    assumptions: Assumptions, wanted: list[AcceleratorFacts], found: Sequence[Offer]
) -> list[Finding]:
    """Return what was named, but is not on offer as asked."""
    priced = {offer.accelerator for offer in found}
    missing = [row.name for row in wanted if row not in priced]
    if found and not missing:
        return []
    named = {name: ", ".join(getattr(assumptions, name) or ()) for name in ("provider", "region")}
    where = [f"{name} {value}" for name, value in named.items() if value]
    what = ", ".join([*missing, *where])
    why = "no on-demand price; give --usd-per-accelerator-hour or a prices file"
    return [Finding("prices", shown(what), why)]
