"""A law, and a card, of any form."""

from __future__ import annotations

from costcurve.laws.log_linear_card import LogLinearCard
from costcurve.laws.log_linear_law import LogLinearLaw
from costcurve.laws.log_odds_card import LogOddsCard
from costcurve.laws.log_odds_law import LogOddsLaw

#: A law of any form.
Law = LogLinearLaw | LogOddsLaw
#: A card of any form.
LawCard = LogLinearCard | LogOddsCard
