"""Model architectures: parameters, arithmetic, activations, accuracy, and who says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from costcurve.core.errors import Finding, InputError
from costcurve.facts.tables import (
    DATE,
    OPTIONAL_TEXT,
    TEXT,
    WORDS,
    FactTable,
    count,
    find_by_name,
    number,
    one_of,
)

#: Mark of the fourteen architectures of Thompson et al. (2024), Common Model Architectures.
AAAI_2024 = "aaai-2024"
#: Mark of the architectures that are compared when none is named: each family's usual sizes.
SHORTLIST = "shortlist"
FAMILIES = ("convnet", "mobile-convnet", "transformer", "hybrid", "detector", "segmenter")


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One architecture.

    Attributes
    ----------
    name : str
        As its paper writes it.
    aliases : tuple of str
        Other names it is found by.
    family : str, optional
        One of `FAMILIES`, where it is said.
    parameters : int
        Trainable parameters, a count.
    gmacs : float, optional
        Multiply-adds of one forward pass, in 10^9, at `image_size_pixels`.
    million_activations : float, optional
        Outputs of all layers in one forward pass, in 10^6, at `image_size_pixels`.
    image_size_pixels : int, optional
        Side of the square input that the two hold for.
    imagenet_top1_percent : float, optional
        Top-1 accuracy on ImageNet-1k of the weights that the note names, in per cent.
    kinds : tuple of str
        What it is built for, or used as a backbone for.
    lists : tuple of str
        The lists it belongs to: `"aaai-2024"` marks the paper's fourteen, `"shortlist"` the
        architectures that are compared when none is named.
    source, source_date, note
        Who says so, when, and what to know about it.
    """

    name: str
    aliases: tuple[str, ...]
    family: str | None
    parameters: int
    gmacs: float | None
    million_activations: float | None
    image_size_pixels: int | None
    imagenet_top1_percent: float | None
    kinds: tuple[str, ...]
    lists: tuple[str, ...]
    source: str
    source_date: date
    note: str

    @property
    def facts_source(self) -> str:
        """Source, date and note in one line."""
        note = f"; {self.note}" if self.note else ""
        return f"{self.source} ({self.source_date.isoformat()}){note}"


MODELS = FactTable(
    name="models",
    title="Model architectures",
    columns={
        "name": TEXT,
        "aliases": WORDS,
        "family": one_of(*FAMILIES, required=False),
        "parameters": count(),
        "gmacs": number("10^9 multiply-adds", at_least=1e-9),
        "million_activations": number("10^6 activations", at_least=1e-9),
        "image_size_pixels": count(required=False),
        "imagenet_top1_percent": number("%", at_most=100),
        "kinds": WORDS,
        "lists": WORDS,
        "source": TEXT,
        "source_date": DATE,
        "note": OPTIONAL_TEXT,
    },
    build=ModelFacts,
    names=lambda row: (row.name, *row.aliases),
)


def model_table() -> tuple[ModelFacts, ...]:
    """Return every architecture of the packaged table, in its order."""
    return MODELS.rows()


def find_models(
    names: Sequence[str], table: Sequence[ModelFacts] | None = None
) -> tuple[ModelFacts, ...]:
    """Return the architectures with these names or aliases, each once, in the order given.

    Parameters
    ----------
    names : sequence of str
        Case, spaces and punctuation do not matter.
    table : sequence of ModelFacts, optional
        Where to look; the packaged table by default.

    Raises
    ------
    InputError
        Naming every unknown name, with the nearest known ones.
    """
    rows = model_table() if table is None else table
    by_name = {name: row for row in rows for name in MODELS.names(row)}
    found: dict[str, ModelFacts] = {}
    findings: list[Finding] = []
    for name in names:
        try:
            row = find_by_name(name, by_name, "models")
            found[row.name] = row
        except InputError as error:
            findings += error.findings
    InputError.check(findings)
    return tuple(found.values())
