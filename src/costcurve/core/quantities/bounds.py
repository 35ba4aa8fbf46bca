"""What values a quantity may take, in numbers and in words."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from costcurve.core.draws import FloatArray, Range
from costcurve.core.errors import GraphError

_TERM = re.compile(r"(above|at least|below|at most) (\S+)")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The range of a number; `None` where it has no end."""

    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    at_most: float | None = None

    @classmethod
    def parse(cls, text: str) -> Bounds:
        """Return the bounds in words such as `"above 0 and at most 1"`; empty for none.

        Raises
        ------
        GraphError
            If the words say anything else.
        """
        ends = {}
        for term in filter(None, text.split(" and ")):
            found = _TERM.fullmatch(term.strip())
            if not found:
                raise GraphError(f"'{text}' is no range: write 'above 0 and at most 1'")
            ends[found[1].replace(" ", "_")] = float(found[2])
        return cls(**ends)

    def hold(self, values: float | Range | FloatArray) -> bool:
        """Return whether every value lies within; of a range, both ends."""
        return bool(
            (self.above is None or np.all(values > self.above))
            and (self.at_least is None or np.all(values >= self.at_least))
            and (self.below is None or np.all(values < self.below))
            and (self.at_most is None or np.all(values <= self.at_most))
        )

    def ends(self) -> tuple[float, float]:
        """Return the lowest and the highest value allowed, infinite where there is no end."""
        lows = [-np.inf if self.at_least is None else self.at_least]
        highs = [np.inf if self.at_most is None else self.at_most]
        if self.above is not None:
            lows.append(float(np.nextafter(self.above, np.inf)))
        if self.below is not None:
            highs.append(float(np.nextafter(self.below, -np.inf)))
        return max(lows), min(highs)

    def __str__(self) -> str:
        """Return the words that `parse` reads."""
        ends = {
            "above": self.above,
            "at least": self.at_least,
            "below": self.below,
            "at most": self.at_most,
        }
        return " and ".join(f"{word} {end:g}" for word, end in ends.items() if end is not None)


#: No bounds at all.
ANY = Bounds()
