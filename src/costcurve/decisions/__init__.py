"""Decisions: assumptions, the estimate, and what follows from it."""

from costcurve.decisions.assumptions import Assumptions
from costcurve.decisions.estimate import estimate
from costcurve.decisions.result import Estimate, Option

__all__ = ["Assumptions", "Estimate", "Option", "estimate"]
