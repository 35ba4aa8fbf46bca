"""Cards of laws in files: packaged or a user's own, sealed with their SHA-256."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from costcurve.core.errors import MOST_FINDINGS, Finding, InputError, nearest, printable, shown
from costcurve.core.files import read_text
from costcurve.laws.card import SCHEMA_VERSION, LawCard

_ANY_CARD: TypeAdapter[LawCard] = TypeAdapter(Annotated[LawCard, Field(discriminator="form")])
# What pydantic calls a form that it does not know, and one that is missing.
_OF_THE_FORM = frozenset({"union_tag_invalid", "union_tag_not_found"})


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
        Naming every field that is wrong or missing; or that the card is not as it was made.
    """
    try:
        content = json.loads(text)
        _check_version(content)
        card = _ANY_CARD.validate_python(content)
    except json.JSONDecodeError as error:
        raise InputError.of("law card", f"line {error.lineno}", error.msg) from None
    except ValidationError as error:
        raise _refused(error) from None
    except InputError:
        raise
    except (ValueError, RecursionError):
        raise InputError.of("law card", text[:20], "is no JSON that can be read") from None
    if card.fingerprint() != card.card_sha256:
        allowed = "is not the SHA-256 of this card: it was edited by hand, or is not whole"
        raise InputError.of("card_sha256", card.card_sha256, allowed)
    return card


def _refused(error: ValidationError) -> InputError:
    """Return the error that names every field that is wrong, up to 25."""
    found = []
    for details in error.errors(include_url=False)[:MOST_FINDINGS]:
        # The first part is the form, which tells the kinds of cards apart.
        place = details["loc"][1:] if details["type"] not in _OF_THE_FORM else ("form",)
        field = printable(".".join(str(part) for part in place)) or "law card"
        is_whole = not place
        given = "" if is_whole else shown(details["input"])
        found.append(Finding(field, given, printable(details["msg"])))
    return InputError(found)


def _check_version(content: object) -> None:
    """Raise InputError for a card of another schema before its fields are looked at."""
    if not isinstance(content, dict):
        raise InputError.of("law card", type(content).__name__, "must be a table of fields")
    version = content.get("schema_version")
    if version != SCHEMA_VERSION:
        allowed = f"must be {SCHEMA_VERSION}: make the card again with this version"
        raise InputError.of("schema_version", version, allowed)


def seal(content: dict[str, object]) -> LawCard:
    """Return a card of its fields, with schema version and SHA-256 put in.

    Raises
    ------
    InputError
        Naming every field that is wrong or missing.
    """
    unsealed = {**content, "schema_version": SCHEMA_VERSION, "card_sha256": "0" * 64}
    try:
        card = _ANY_CARD.validate_python(unsealed)
    except ValidationError as error:
        raise _refused(error) from None
    return card.model_copy(update={"card_sha256": card.fingerprint()})


def read_card(path: Path) -> LawCard:
    """Return the card of a file; raises as `parse_card` does, or if the file cannot be read."""
    return parse_card(read_text(path, "law"))
