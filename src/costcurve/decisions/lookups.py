"""Where facts are looked up for runs: tables, by name, with what was found once kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from costcurve.core.errors import InputError, nearest
from costcurve.decisions.assumptions import Assumptions
from costcurve.decisions.equipment import Offer, offers_for
from costcurve.facts.grids import GRIDS, GridFacts
from costcurve.facts.hardware import ACCELERATORS, PRICES, AcceleratorFacts, PriceFacts
from costcurve.facts.models import MODELS, ModelFacts
from costcurve.facts.tables import find_by_name, fold

#: Unknown names beyond these go without suggestions.
_MOST_HINTS = 50


@dataclass
class Tables:
    """Where facts are looked up.

    Attributes
    ----------
    models, accelerators, prices, grids : sequence
        Rows; the packaged ones by default.
    """

    models: Sequence[ModelFacts] = field(default_factory=MODELS.rows)
    accelerators: Sequence[AcceleratorFacts] = field(default_factory=ACCELERATORS.rows)
    prices: Sequence[PriceFacts] = field(default_factory=PRICES.rows)
    grids: Sequence[GridFacts] = field(default_factory=GRIDS.rows)

    def __post_init__(self) -> None:
        self._models = {fold(n): row for row in self.models for n in MODELS.names(row)}
        self._grids = {fold(n): row for row in self.grids for n in GRIDS.names(row)}
        self._hints: dict[str, str] = {}
        self._exact = {n.casefold(): row for row in self.grids for n in GRIDS.names(row)}
        regions = [row for row in self.grids if row.scope == "cloud-region"]
        plain = {row.name: row.name.split(":")[-1].casefold() for row in regions}
        self._exact |= {plain[row.name]: row for row in regions}
        self._regions = {f"{row.provider}:{plain[row.name]}": row for row in regions}
        self._machines = {n: row for row in self.accelerators for n in ACCELERATORS.names(row)}
        self._offers: dict[tuple[str, str, str, str], tuple[Offer | None, str]] = {}
        self._found: dict[str, AcceleratorFacts] = {}

    def model(self, name: str) -> ModelFacts | None:
        """Return the model of this name, if the table has it."""
        return self._models.get(fold(name))

    def hint(self, name: str) -> str:
        """Return the nearest names of models, for the first unknown ones of a table.

        Looking for them takes far longer than a prediction.
        """
        if name and name not in self._hints and len(self._hints) < _MOST_HINTS:
            known = [each for row in self.models for each in MODELS.names(row)]
            self._hints[name] = nearest(name, known)
        return self._hints.get(name, "")

    def grid(self, name: str) -> GridFacts | None:
        """Return the grid of this name, if the table has it."""
        return self._grids.get(fold(name))

    def region(self, name: str, provider: GridFacts | None) -> GridFacts | None:
        """Return the grid of a region, in the provider's own list where one was named.

        "us-east-1" and "us-east1" are two regions of two providers, so punctuation counts here.
        """
        if provider is not None:
            return self._regions.get(f"{provider.name}:{name.casefold()}") or self.grid(name)
        return self._exact.get(name.casefold()) or self.grid(name)

    def accelerator(self, name: str) -> AcceleratorFacts:
        """Return the accelerator of this name, or raise InputError."""
        if name not in self._found:
            self._found[name] = find_by_name(name, self._machines, "accelerator")
        return self._found[name]

    def offer(
        self, machine: AcceleratorFacts, provider: str, region: str, how: str
    ) -> tuple[Offer | None, str]:
        """Return the cheapest offer of an accelerator, and a flag about it."""
        key = machine.name, provider, region, how
        if key not in self._offers:
            self._offers[key] = self._cheapest(*key[1:], machine=machine)
        return self._offers[key]

    def provider(self, name: str) -> tuple[str, ...]:
        """Return every name of a provider: "gcp" is Google Cloud."""
        found = self.grid(name) if name else None
        if found is None or found.scope != "provider":
            return (name,) if name else ()
        priced = {fold(price.provider): price.provider for price in self.prices}
        names = [priced[fold(n)] for n in GRIDS.names(found) if fold(n) in priced]
        return tuple(names) or (name,)

    def purchase(self, machine: AcceleratorFacts) -> Offer | None:
        """Return the latest price to buy an accelerator."""
        names = set(map(fold, ACCELERATORS.names(machine)))
        found = [p for p in self.prices if p.offer == "purchase" and fold(p.accelerator) in names]
        latest = max(found, key=lambda price: price.source_date, default=None)
        return None if latest is None else Offer(machine, latest)

    def _cheapest(
        self, provider: str, region: str, how: str, *, machine: AcceleratorFacts
    ) -> tuple[Offer | None, str]:
        asked = [(provider, region, ""), (provider, "", "price_of_another_region")]
        for who, where, flag in asked if region else asked[:1]:
            assumed = Assumptions(
                accelerator=(machine.name,),
                provider=self.provider(who) or None,
                region=where or None,
            )
            try:
                found = offers_for(assumed, self.accelerators, self.prices, how)
            except InputError:
                continue
            best = min(found, key=lambda offer: offer.usd_per_accelerator_hour)
            return best, flag or ("old_price" if best.is_old else "")
        return None, "no_price"


@lru_cache(maxsize=1)
def packaged_tables() -> Tables:
    """Return the tables that come with the library."""
    return Tables()
