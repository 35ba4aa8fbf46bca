"""Laws: error as a function of data or compute, each with a card that says how sure it is.

Laws take numbers, never a task. Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from costcurve.laws.card_store import card_names, load_card, parse_card
    from costcurve.laws.either import Law, LawCard
    from costcurve.laws.law import (
        CLASSIFICATION_LAW,
        PUBLISHED_LAW,
        default_law,
        load_law,
        published_law,
    )
    from costcurve.laws.log_linear_card import LogLinearCard
    from costcurve.laws.log_linear_law import LogLinearLaw
    from costcurve.laws.log_odds_card import LogOddsCard
    from costcurve.laws.log_odds_law import LogOddsLaw

_HOMES = {
    "CLASSIFICATION_LAW": "law",
    "Law": "either",
    "LawCard": "either",
    "LogLinearCard": "log_linear_card",
    "LogLinearLaw": "log_linear_law",
    "LogOddsCard": "log_odds_card",
    "LogOddsLaw": "log_odds_law",
    "PUBLISHED_LAW": "law",
    "card_names": "card_store",
    "default_law": "law",
    "load_card": "card_store",
    "load_law": "law",
    "parse_card": "card_store",
    "published_law": "law",
}

__all__ = [
    "CLASSIFICATION_LAW",
    "PUBLISHED_LAW",
    "Law",
    "LawCard",
    "LogLinearCard",
    "LogLinearLaw",
    "LogOddsCard",
    "LogOddsLaw",
    "card_names",
    "default_law",
    "load_card",
    "load_law",
    "parse_card",
    "published_law",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'costcurve.laws' has no attribute '{name}'")
    return getattr(import_module(f"costcurve.laws.{_HOMES[name]}"), name)
