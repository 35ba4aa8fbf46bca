"""Law cards: what a law says, how it was made, and how well it predicted the unseen."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from costcurve.core.errors import InputError, nearest
from costcurve.core.vocabulary import TaskKind

Positive = Annotated[float, Field(gt=0)]
Words = Annotated[str, Field(min_length=1)]
Interval = tuple[float, float]


class _CardModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Coefficient(_CardModel):
    """One coefficient as printed, with its standard error."""

    value: float
    standard_error: Positive
    label: Words


class Residual(_CardModel):
    """Scatter of unseen tasks around the law: scale in log10 error, and from how many cases."""

    sd: Positive
    cases: Annotated[int, Field(ge=1)]
    distribution: Literal["normal"]
    source: Words
    note: str = ""


class Range(_CardModel):
    """What the law was seen to hold for; outside it a result is an extrapolation."""

    examples: Interval
    relative_complexity: Interval
    error: Interval
    kinds: tuple[TaskKind, ...]
    pretrained: tuple[bool, ...]


class LawCard(_CardModel):
    """A law with its provenance.

    Attributes
    ----------
    id, title, form, predicts : str
        What it is; `form` names the functions that compute it.
    coefficients : mapping of str to Coefficient
        By the names that the form's functions take.
    covariance : list of list of float, optional
        Of the coefficients, in their order; `None` with a note where it is not known.
    residual : Residual
        The scatter that a prediction must allow for.
    observations : int
        How many observations it was fitted on.
    range : Range
        Where it was seen to hold.
    cite, source, doi, date : str and date
        Who published it, in short and in full.
    data_sha256 : str, optional
        Of the data it was fitted on; `None` with a note where they are not public.
    command : str
        What remakes the card.
    unseen : str
        How well it predicted what it had not seen.
    """

    id: Words
    title: Words
    form: Literal["log-linear"]
    predicts: Words
    coefficients: dict[str, Coefficient]
    covariance: list[list[float]] | None
    covariance_note: str = ""
    residual: Residual
    observations: Annotated[int, Field(ge=1)]
    observations_note: str = ""
    r_squared: Annotated[float, Field(ge=0, le=1)]
    range: Range
    range_note: str = ""
    cite: Words
    source: Words
    doi: str = ""
    date: date
    data_sha256: Annotated[str, Field(pattern="[0-9a-f]{64}")] | None
    data_note: str = ""
    command: Words
    unseen: Words


def card_names() -> list[str]:
    """Return the identifiers of the packaged cards."""
    folder = files("costcurve.laws").joinpath("cards")
    return sorted(
        entry.name.removesuffix(".json")
        for entry in folder.iterdir()
        if entry.name.endswith(".json")
    )


@lru_cache(maxsize=8)
def load_card(name: str) -> LawCard:
    """Return the packaged card with this identifier.

    Raises
    ------
    InputError
        If there is no such card; the nearest identifier is suggested.
    """
    if name not in card_names():
        hint = nearest(name, card_names())
        raise InputError.of("law", name, f"must be one of: {', '.join(card_names())}{hint}")
    text = files("costcurve.laws").joinpath("cards", f"{name}.json").read_text(encoding="utf-8")
    return parse_card(text)


def parse_card(text: str) -> LawCard:
    """Return the card in a JSON text.

    Raises
    ------
    InputError
        Naming every field that is wrong or missing.
    """
    try:
        return LawCard.model_validate(json.loads(text))
    except json.JSONDecodeError as error:
        raise InputError.of("law card", f"line {error.lineno}", error.msg) from None
    except ValidationError as error:
        raise InputError(
            finding
            for details in error.errors(include_url=False)
            for finding in InputError.of(
                ".".join(str(part) for part in details["loc"]), details["input"], details["msg"]
            ).findings
        ) from None
