"""Laws: error as a function of data or compute, each with a card that says how sure it is.

Laws take numbers, never a task.
"""

from costcurve.laws.card import LawCard, LogLinearCard, LogOddsCard
from costcurve.laws.card_store import card_names, load_card, parse_card
from costcurve.laws.law import (
    CLASSIFICATION_LAW,
    PUBLISHED_LAW,
    Law,
    default_law,
    load_law,
    published_law,
)
from costcurve.laws.log_linear_law import LogLinearLaw
from costcurve.laws.log_odds_law import LogOddsLaw

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
