"""The card of a learning curve: what was seen, what to expect, and what a target takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from costcurve.core.display import count_in_words, probability
from costcurve.core.document import Document, Paragraph, Table
from costcurve.core.errors import InputError
from costcurve.core.notebook import notebook_html
from costcurve.core.quantities import FloatArray
from costcurve.decisions.curve_table import OUTPUTS, TIMES, Names, TableCurve
from costcurve.decisions.next_run import NextRun, Stakes
from costcurve.decisions.next_run_card import blocks_of
from costcurve.laws.curves import Curve

#: More than the columns of the widest page.
POINTS_OF_A_PLOT = 101
# Near the largest of float64.
_LARGEST_X = 1e308
Rows = list[dict[str, float]]


@dataclass(frozen=True)
class CurveCard:
    """One curve with what was asked of it, for every face to show.

    Attributes
    ----------
    found : TableCurve
        The curve, or why it cannot be fitted.
    names : Names
        Of its columns.
    target : float, optional
        The error to reach.
    run : NextRun, optional
        Which run to make next, where that was asked for.
    stakes : Stakes, optional
        What it was asked for with, where that is to be asked again.
    """

    found: TableCurve
    names: Names
    target: float | None = None
    run: NextRun | None = None
    stakes: Stakes | None = None

    @property
    def title(self) -> str:
        """What the curve is called."""
        return ", ".join(self.found.by) or "Learning curve"

    @property
    def curve(self) -> Curve:
        """The curve.

        Raises
        ------
        InputError
            If it cannot be fitted.
        """
        if self.found.curve is None:
            why = "cannot be fitted: " + "; ".join(self.found.flags)
            raise InputError.of("curve", self.title, why)
        return self.found.curve

    def asked(self) -> FloatArray:
        """Return where predictions are shown: where they are asked for, or at usual places.

        Of x so large that no usual place is a number, the last that was seen.
        """
        wanted = self.found.wanted
        usable = wanted[np.isfinite(wanted) & (wanted > 0.0)]
        last = float(self.curve.seen.x[-1])
        asked = np.unique(usable) if len(usable) else np.array([last * each for each in TIMES])
        known = asked[np.isfinite(asked)]
        return np.asarray(known if len(known) else np.array([last]))

    def points_and_bands(
        self, end: float | None = None, points: int = POINTS_OF_A_PLOT
    ) -> tuple[Rows, Rows]:
        """Return what was measured, and what is predicted from there to some x.

        Parameters
        ----------
        end : float, optional
            The largest x; by default as far as is asked, sixteen times what was seen at least.
        points : int
            How many predictions.
        """
        seen = self.curve.seen
        if end is None:
            end = max(float(seen.x[-1]) * TIMES[-1], *self.found.wanted, 0.0)
        at = np.exp(np.linspace(np.log(seen.x[-1]), np.log(min(end, _LARGEST_X)), points))
        quantiles = self.curve.predict(at)
        bands = [
            dict(zip(("x", *OUTPUTS[: len(quantiles)]), map(float, row), strict=True))
            for row in zip(at, *quantiles, strict=True)
        ]
        return [{"x": float(x), "y": float(y)} for x, y in zip(seen.x, seen.y, strict=True)], bands

    def document(self) -> Document:
        """Return the card as a page."""
        flags = [each.replace("_", " ") for each in self.found.flags]
        notes = [Paragraph(f"Note: {flag}.", "warning") for flag in flags]
        if self.found.curve is None:
            lead = Paragraph("This curve cannot be fitted.", "lead")
            return Document(self.title, (lead, *notes))
        seen, names = self.curve.seen, self.names
        lead_words = (
            f"Seen: {len(seen.x):,} points up to {names.x} = {count_in_words(seen.x[-1])}, where "
            f"the {names.error} is {seen.y[-1]:.4g}."
        )
        blocks: list[Paragraph | Table] = [Paragraph(lead_words, "lead")]
        if self.target is not None:
            blocks.append(Paragraph(self.answer(self.target)))
        blocks.append(self._expected())
        if self.run is not None:
            blocks += blocks_of(self.run, names.x, self.found.flags)
        return Document(self.title, (*blocks, *notes))

    def _repr_html_(self) -> str:
        return notebook_html(self)

    def _expected(self) -> Table:
        asked = self.asked()
        low, _, middle, _, high = self.curve.predict(asked)
        rows = tuple(
            (count_in_words(x), f"{m:.4g}", f"{a:.4g} to {b:.4g}")
            for x, m, a, b in zip(asked.tolist(), middle, low, high, strict=True)
        )
        header = (self.names.x, f"{self.names.error}, median", "90% of runs")
        return Table("What to expect", header, rows, (0, 1, 2))

    def answer(self, target: float) -> str:
        """Return what a target takes, in words."""
        found, x = self.found.target(target), self.names.x
        chance = probability(found["probability_reachable"] or 0.0)
        middle = found["needed_p50"]
        if middle is None:
            return f"{target:g} is not reachable: the chance is {chance} at any {x} in sight."
        high = found["needed_p95"]
        end = "no number in sight" if high is None else count_in_words(high)
        return (
            f"{target:g} is reached with an even chance at {x} = {count_in_words(middle)}; nine in "
            f"ten between {count_in_words(found['needed_p05'] or 0.0)} and {end}. The chance is "
            f"{chance} in all."
        )
