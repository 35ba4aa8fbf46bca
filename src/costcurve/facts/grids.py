"""Electricity grids: carbon intensity by country and cloud region, and what a data centre adds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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


@dataclass(frozen=True, slots=True)
class GridFacts:
    """The electricity of one country, one cloud region, or one provider's data centres.

    Attributes
    ----------
    name, aliases, scope, provider, country
        What it is; scope is one of country, cloud-region and provider.
    gco2e_per_kwh : float, optional
        Grams of CO2 equivalent for a kilowatt-hour, by the method that the note names.
    pue : float, optional
        Power usage effectiveness: energy of the whole data centre over that of its computers.
    year : int
        What the figures refer to.
    source, source_date, note
        Who says so, when, and by which method.
    """

    name: str
    aliases: tuple[str, ...]
    scope: str
    provider: str
    country: str
    gco2e_per_kwh: float | None
    pue: float | None
    year: int
    source: str
    source_date: date
    note: str


GRIDS = FactTable(
    name="grids",
    title="Electricity grids and data centres",
    columns={
        "name": TEXT,
        "aliases": WORDS,
        "scope": one_of("country", "cloud-region", "provider"),
        "provider": OPTIONAL_TEXT,
        "country": OPTIONAL_TEXT,
        "gco2e_per_kwh": number("gCO2e/kWh", at_most=5000),
        "pue": number("1", at_least=1, at_most=10),
        "year": YEAR,
        "source": TEXT,
        "source_date": DATE,
        "note": OPTIONAL_TEXT,
    },
    build=GridFacts,
    names=lambda row: (row.name, *row.aliases),
)
