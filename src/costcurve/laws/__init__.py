"""Laws: error as a function of data or compute, each with a card that says how sure it is.

Laws take numbers, never a task.
"""

from costcurve.laws.card import LawCard, card_names, load_card, parse_card
from costcurve.laws.law import DEFAULT_LAW, LogLinearLaw, load_law

__all__ = [
    "DEFAULT_LAW",
    "LawCard",
    "LogLinearLaw",
    "card_names",
    "load_card",
    "load_law",
    "parse_card",
]
