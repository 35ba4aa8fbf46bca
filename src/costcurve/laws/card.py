"""What every law card says: how the law was made, and how well it predicted the unseen."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from costcurve.core.vocabulary import TaskKind

SCHEMA_VERSION = 1
_LARGEST_COEFFICIENT = 1e3
Positive = Annotated[float, Field(gt=0)]
Words = Annotated[str, Field(min_length=1)]
Interval = tuple[float, float]


class CardModel(BaseModel):
    """Base of a card and its parts: frozen, closed, of finite numbers."""

    # Built when first used: an estimate needs one form of card.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


class Coefficient(CardModel):
    """One coefficient with its standard error; both are 0 of a variable that was dropped."""

    value: float
    standard_error: Annotated[float, Field(ge=0)]
    label: Words


class Range(CardModel):
    """What the law was seen to hold for; outside it a result is an extrapolation."""

    examples: Interval
    relative_complexity: Interval
    error: Interval
    kinds: Annotated[tuple[TaskKind, ...], Field(min_length=1)]
    pretrained: tuple[bool, ...]

    @model_validator(mode="after")
    def _rises(self) -> Range:
        for low, high in (self.examples, self.relative_complexity, self.error):
            if not 0.0 <= low <= high:
                raise ValueError("each range must rise, from 0 or above")
        return self


class Card(CardModel):
    """What every law says of itself; the forms add their coefficients.

    Attributes
    ----------
    id, title, predicts : str
        What it is.
    covariance : list of list of float, optional
        Of the coefficients, in their order; `None` with a note where it is not known.
    observations : int
        How many observations it was fitted on.
    cite, source, doi, date : str and date
        Who published it, in short and in full.
    data_sha256 : str, optional
        Of the data it was fitted on; `None` with a note where they are not public.
    command : str
        What remakes the card.
    unseen : str
        How well it predicted what it had not seen.
    schema_version : int
        Of the fields.
    card_sha256 : str
        Of everything else in the card: one that was edited by hand is refused.
    """

    schema_version: Literal[1]
    id: Words
    title: Words
    predicts: Words
    coefficients: dict[str, Coefficient]
    covariance: list[list[float]] | None
    covariance_note: str = ""
    observations: Annotated[int, Field(ge=1)]
    observations_note: str = ""
    range_note: str = ""
    cite: Words
    source: Words
    doi: str = ""
    date: date
    data_sha256: Annotated[str, Field(pattern="[0-9a-f]{64}")] | None
    data_note: str = ""
    command: Words
    unseen: Words
    card_sha256: Annotated[str, Field(pattern="[0-9a-f]{64}")]

    def check_coefficients(self, names: tuple[str, ...]) -> None:
        """Raise ValueError unless the coefficients are these, of a size, with a covariance."""
        if tuple(sorted(self.coefficients)) != tuple(sorted(names)):
            raise ValueError(f"coefficients must be {', '.join(names)}")
        if max(abs(each.value) for each in self.coefficients.values()) > _LARGEST_COEFFICIENT:
            raise ValueError(f"coefficients must be at most {_LARGEST_COEFFICIENT:g} in size")
        k, rows = len(names), self.covariance
        if rows is not None and [len(row) for row in rows] != [k] * k:
            raise ValueError(f"covariance must be {k} by {k}")
        if rows is not None and min(row[place] for place, row in enumerate(rows)) < 0.0:
            raise ValueError("covariance must have no negative variance")

    def certainty(self) -> dict[str, object]:
        """Return what a reader of an estimate must know of how sure the law is."""
        return {}

    def fingerprint(self) -> str:
        """Return the SHA-256 of everything in the card but `card_sha256`."""
        content = self.model_dump(mode="json", exclude={"card_sha256"})
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
