"""Cards of laws in files: packaged or a user's own, sealed with their SHA-256."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from costcurve.core.errors import MOST_FINDINGS, Finding, InputError, nearest, printable, shown
from costcurve.core.files import packaged, packaged_text, read_text
from costcurve.laws.card import SCHEMA_VERSION

if TYPE_CHECKING:
    from costcurve.laws.either import LawCard
    from costcurve.laws.log_linear_card import LogLinearCard
    from costcurve.laws.log_odds_card import LogOddsCard

_FORMS = ("log-linear", "log-odds")


def card_names() -> list[str]:
    """Return the identifiers of the packaged cards."""
    return sorted(entry.stem for entry in packaged("laws", "cards").glob("*.json"))


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
    return parse_card(packaged_text("laws", "cards", f"{name}.json"))


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
        card = _form_of(content).model_validate(content)
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
        field = printable(".".join(str(part) for part in details["loc"])) or "law card"
        is_whole = not details["loc"]
        given = "" if is_whole else shown(details["input"])
        said = details["msg"].removeprefix("Value error, ")
        found.append(Finding(field, given, printable(said)))
    return InputError(found)


def _check_version(content: object) -> None:
    """Raise InputError for a card of another schema before its fields are looked at."""
    if not isinstance(content, dict):
        raise InputError.of("law card", type(content).__name__, "must be a table of fields")
    version = content.get("schema_version")
    if version != SCHEMA_VERSION:
        allowed = f"must be {SCHEMA_VERSION}: make the card again with this version"
        raise InputError.of("schema_version", version, allowed)


def _form_of(content: dict[str, Any]) -> type[LogLinearCard | LogOddsCard]:
    """Return what validates a card of this form."""
    form = content.get("form")
    if form not in _FORMS:
        raise InputError.of("form", form, f"must be one of: {', '.join(_FORMS)}")
    # One at a time: an estimate needs one form, and building models takes its time.
    if form == "log-linear":
        from costcurve.laws.log_linear_card import LogLinearCard  # noqa: PLC0415

        return LogLinearCard
    from costcurve.laws.log_odds_card import LogOddsCard  # noqa: PLC0415

    return LogOddsCard


def seal(content: dict[str, object]) -> LawCard:
    """Return a card of its fields, with schema version and SHA-256 put in.

    Raises
    ------
    InputError
        Naming every field that is wrong or missing.
    """
    unsealed = {**content, "schema_version": SCHEMA_VERSION, "card_sha256": "0" * 64}
    try:
        card = _form_of(unsealed).model_validate(unsealed)
    except ValidationError as error:
        raise _refused(error) from None
    return card.model_copy(update={"card_sha256": card.fingerprint()})


def read_card(path: Path) -> LawCard:
    """Return the card of a file; raises as `parse_card` does, or if the file cannot be read."""
    return parse_card(read_text(path, "law"))
