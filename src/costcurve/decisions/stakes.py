"""What runs on a learning curve cost, and what a lower error is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from costcurve.core.errors import Finding, InputError, shown
from costcurve.core.quantities import FloatArray

#: Most dollars of a price or a worth, costcurve's choice: ten times the world's product.
MOST_USD = 1e15
#: Largest x and error that are priced, far above any: no sum of money overflows.
LARGEST = 1e200


@dataclass(frozen=True, slots=True)
class Stakes:
    """What runs cost, and what a lower error is worth.

    Attributes
    ----------
    usd_per_x : float
        Price of one more x, an example to label or an epoch: 0 to 1e15 US dollars.
    usd_per_trained_x : float
        Price of training with one x, paid anew for all x of every run; 0 to 1e15 US dollars.
    worth_usd : float
        What it is worth to reach the target, 0 to 1e15 US dollars.
    usd_per_error : float
        What each unit of error less is worth, 0 to 1e15 US dollars: 100 times that of a point.
    target : float or None
        The error to reach, above 0; needed where `worth_usd` is above 0.
    held : float or None
        The x that are paid for already, 0 to 1e200; by default the largest seen.
    continues : bool
        Whether a run goes on from the last, as with epochs: both prices are then charged for the
        further x alone, what it passes on the way is kept, and `held` is the largest x seen.

    Raises
    ------
    InputError
        If a number is out of its range, or one is missing that another needs.
    """

    usd_per_x: float
    usd_per_trained_x: float = 0.0
    worth_usd: float = 0.0
    usd_per_error: float = 0.0
    target: float | None = None
    held: float | None = None
    continues: bool = False

    def __post_init__(self) -> None:
        findings = [
            Finding(name, shown(getattr(self, name)), "must be at least 0 and at most 1e15")
            for name in ("usd_per_x", "usd_per_trained_x", "worth_usd", "usd_per_error")
            if not 0.0 <= getattr(self, name) <= MOST_USD
        ]
        if self.target is not None and not 0.0 < self.target < np.inf:
            findings.append(Finding("target", shown(self.target), "must be a number above 0"))
        if self.target is None and self.worth_usd > 0.0:
            findings.append(Finding("target", "", "is needed where reaching it is worth something"))
        if self.held is not None and not 0.0 <= self.held <= LARGEST:
            findings.append(Finding("held", shown(self.held), "must be 0 to 1e200"))
        if self.held is not None and self.continues:
            words = "must be left out where runs go on from the largest x seen"
            findings.append(Finding("held", shown(self.held), words))
        InputError.check(findings)

    def cost_usd(self, total: FloatArray, held: float) -> FloatArray:
        """Return what a run with so many x costs where `held` are paid for, US dollars."""
        further = np.maximum(total - held, 0.0)
        trained = further if self.continues else total
        return np.asarray(self.usd_per_x * further + self.usd_per_trained_x * trained)
