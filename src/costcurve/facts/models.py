"""Model architectures: how many parameters they have, and who says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from costcurve.core.errors import Finding, InputError
from costcurve.facts.tables import (
    ALIASES,
    DATE,
    OPTIONAL_TEXT,
    TEXT,
    WHOLE_NUMBER,
    check_unique,
    find_by_name,
    load_table,
    read_packaged,
)

COLUMNS = {
    "name": TEXT,
    "aliases": ALIASES,
    "parameters": WHOLE_NUMBER,
    "published": OPTIONAL_TEXT,
    "source": TEXT,
    "source_date": DATE,
    "note": OPTIONAL_TEXT,
}

#: Mark of the fourteen architectures of Thompson et al. (2024), Common Model Architectures.
AAAI_2024 = "aaai-2024"


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One architecture.

    Attributes
    ----------
    name : str
        As its paper writes it.
    aliases : tuple of str
        Other names it is found by.
    parameters : int
        Trainable parameters, a count.
    published : str
        The list it belongs to; `"aaai-2024"` marks the paper's fourteen.
    source, source_date, note
        Who says so, when, and what to know about it.
    """

    name: str
    aliases: tuple[str, ...]
    parameters: int
    published: str
    source: str
    source_date: date
    note: str

    @property
    def parameters_source(self) -> str:
        """Source, date and note in one line."""
        note = f"; {self.note}" if self.note else ""
        return f"{self.source} ({self.source_date.isoformat()}){note}"


@lru_cache(maxsize=1)
def model_table() -> tuple[ModelFacts, ...]:
    """Return every architecture of the packaged table, in its order."""
    text = read_packaged("costcurve.facts", "models.csv")
    rows = tuple(load_table(text, COLUMNS, ModelFacts, "models"))
    check_unique((name for row in rows for name in (row.name, *row.aliases)), "models")
    return rows


def find_models(names: Sequence[str], field: str = "models") -> tuple[ModelFacts, ...]:
    """Return the architectures with these names or aliases, each once, in the order given.

    Raises
    ------
    InputError
        Naming every unknown name, with the nearest known ones.
    """
    by_name = {name: row for row in model_table() for name in (row.name, *row.aliases)}
    found: dict[str, ModelFacts] = {}
    findings: list[Finding] = []
    for name in names:
        try:
            row = find_by_name(name, by_name, field)
            found[row.name] = row
        except InputError as error:
            findings += error.findings
    InputError.check(findings)
    return tuple(found.values())
