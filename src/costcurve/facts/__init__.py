"""Facts of the world: small tables and one loader; every row has source, date and unit."""

from typing import Any

from costcurve.facts.grids import GRIDS, GridFacts
from costcurve.facts.hardware import ACCELERATORS, PRICES, AcceleratorFacts, PriceFacts
from costcurve.facts.models import MODELS, ModelFacts, find_models, model_table
from costcurve.facts.tables import FactTable

#: Every table by name.
TABLES: dict[str, FactTable[Any]] = {
    table.name: table for table in (MODELS, ACCELERATORS, PRICES, GRIDS)
}

__all__ = [
    "ACCELERATORS",
    "GRIDS",
    "MODELS",
    "PRICES",
    "TABLES",
    "AcceleratorFacts",
    "FactTable",
    "GridFacts",
    "ModelFacts",
    "PriceFacts",
    "find_models",
    "model_table",
]
