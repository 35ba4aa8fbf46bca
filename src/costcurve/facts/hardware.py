"""Accelerators and what they cost: peaks, memory, power; dated prices by provider and region."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from costcurve.core.errors import InputError
from costcurve.facts.tables import (
    DATE,
    OPTIONAL_TEXT,
    TEXT,
    WORDS,
    YEAR,
    FactTable,
    number,
    one_of,
)

OFFERS = ("on-demand", "spot", "reserved-1y", "reserved-3y", "purchase")


@dataclass(frozen=True, slots=True)
class AcceleratorFacts:
    """One accelerator, as it is sold or rented.

    Attributes
    ----------
    name, aliases, vendor, kind, year
        What it is, and when it appeared, where a row says it; kind is one of data-center,
        workstation, consumer and cloud-only.
    fp32_tflops, tf32_tflops, fp16_tflops, fp8_tflops : float, optional
        Dense peak in 10^12 FLOP per second at each precision, without sparsity; `fp16_tflops` is
        FP16 or BF16 on matrix units where there are any.
    memory_gb, memory_bandwidth_gb_per_s : float, optional
        In 10^9 bytes, and 10^9 bytes per second.
    tdp_w : float, optional
        Thermal design power in watts.
    embodied_kg_co2e : float, optional
        Greenhouse gases of making it, in kg CO2e, as the note says.
    source, source_date, note
        Who says so, when, and what of it is not checked yet.
    """

    name: str
    aliases: tuple[str, ...]
    vendor: str
    kind: str | None
    year: int | None
    fp32_tflops: float | None
    tf32_tflops: float | None
    fp16_tflops: float | None
    fp8_tflops: float | None
    memory_gb: float | None
    memory_bandwidth_gb_per_s: float | None
    tdp_w: float | None
    embodied_kg_co2e: float | None
    source: str
    source_date: date
    note: str


@dataclass(frozen=True, slots=True)
class PriceFacts:
    """What one provider asked for one accelerator on one day.

    Attributes
    ----------
    accelerator, provider, region, offer
        For what, by whom, where and how; offer is one of `OFFERS`.
    usd_per_accelerator_hour : float, optional
        USD to rent one accelerator for an hour; `None` for a purchase.
    purchase_usd : float, optional
        USD to buy one; `None` for a rent.
    host_included : str
        `"yes"` when the price includes the machine around it, `"no"` when that is paid on top;
        empty when it is not said.
    source, source_date, note
        Who says so, the day of the price, and what it includes.
    """

    accelerator: str
    provider: str
    region: str
    offer: str
    usd_per_accelerator_hour: float | None
    purchase_usd: float | None
    host_included: str | None
    source: str
    source_date: date
    note: str

    def __post_init__(self) -> None:
        is_bought = self.offer == "purchase"
        if (self.usd_per_accelerator_hour is None) != is_bought or (
            self.purchase_usd is None
        ) == is_bought:
            wanted = "purchase_usd" if is_bought else "usd_per_accelerator_hour"
            raise InputError.of("offer", self.offer, f"must have {wanted} and no other")


def _names_of(row: AcceleratorFacts) -> tuple[str, ...]:
    """Return what an accelerator is found by: every name, with its vendor's before it too."""
    names = (row.name, *row.aliases)
    return names if not row.vendor else (*names, *(f"{row.vendor} {name}" for name in names))


ACCELERATORS = FactTable(
    name="accelerators",
    title="Accelerators",
    columns={
        "name": TEXT,
        "aliases": WORDS,
        "vendor": OPTIONAL_TEXT,
        "kind": one_of("data-center", "workstation", "consumer", "cloud-only", required=False),
        "year": replace(YEAR, required=False),
        "fp32_tflops": number("10^12 FLOP/s", at_least=1e-3, at_most=1e9),
        "tf32_tflops": number("10^12 FLOP/s", at_least=1e-3, at_most=1e9),
        "fp16_tflops": number("10^12 FLOP/s", at_least=1e-3, at_most=1e9),
        "fp8_tflops": number("10^12 FLOP/s", at_least=1e-3, at_most=1e9),
        "memory_gb": number("10^9 bytes", at_least=1e-3, at_most=1e9),
        "memory_bandwidth_gb_per_s": number("10^9 bytes/s", at_least=1e-3, at_most=1e9),
        "tdp_w": number("W", at_least=1e-3, at_most=1e9),
        "embodied_kg_co2e": number("kgCO2e", at_most=1e9),
        "source": TEXT,
        "source_date": DATE,
        "note": OPTIONAL_TEXT,
    },
    build=AcceleratorFacts,
    names=_names_of,
)
PRICES = FactTable(
    name="prices",
    title="Prices of accelerators",
    columns={
        "accelerator": TEXT,
        "provider": TEXT,
        "region": OPTIONAL_TEXT,
        "offer": one_of(*OFFERS),
        "usd_per_accelerator_hour": number("USD/hour", at_most=1e6),
        "purchase_usd": number("USD"),
        "host_included": one_of("yes", "no", required=False),
        "source": TEXT,
        "source_date": DATE,
        "note": OPTIONAL_TEXT,
    },
    build=PriceFacts,
    names=lambda _: (),
)
