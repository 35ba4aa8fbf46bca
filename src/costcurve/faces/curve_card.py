"""The card of a learning curve: what was seen, what to expect, and what a target takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from costcurve.core.display import count_in_words, probability
from costcurve.core.document import Document, Paragraph, Table
from costcurve.core.errors import InputError
from costcurve.core.notebook import notebook_html
from costcurve.core.quantities import FloatArray
from costcurve.decisions.curve_table import OUTPUTS, TESTS, TIMES, Names, TableCurve
from costcurve.decisions.next_run import NextRun
from costcurve.decisions.next_run_card import blocks_of
from costcurve.decisions.stakes import Stakes
from costcurve.laws.curve_noise import places_of
from costcurve.laws.curves import REACH, Curve

#: More than the columns of the widest page.
POINTS_OF_A_PLOT = 101
# Near the largest of float64.
_LARGEST_X = 1e308
# Below this chance a target is called not reachable.
_UNLIKELY = 0.05
#: What flags mean; those that other words of the card say are empty.
_NOTES = {
    "few_points": "few points: from less than three, other curves say more than these.",
    "rising": "the last error is above the first: is the column an error, and the data the same?",
    "jump": "from one point to the next the error rises by half or more.",
    "flat": "the curve is flat: over what was seen the error hardly moves.",
    "double_descent": "the error falls, rises and falls again (double descent).",
    "rises_again": "the error rises after its fall.",
    "replicates": "",
    "replicates_disagree": "runs at one {x} disagree by more than a factor of two.",
    "zeros_replaced": "an error of 0 is one that the test was too small to show; half an error "
    "stands in its place.",
    "is_this_accuracy": "is this accuracy? The column is called so, and an error is 1 less that.",
}
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
        """Return where predictions are shown."""
        return self.found.asked()

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
        given = self.curve.given
        measured = sorted(zip(given.x.tolist(), given.y.tolist(), strict=True))
        return [{"x": x, "y": y} for x, y in measured], bands

    def document(self) -> Document:
        """Return the card as a page."""
        if self.found.curve is None:
            notes = [Paragraph(f"Note: {flag}.", "warning") for flag in self.found.flags]
            lead = Paragraph("This curve cannot be fitted.", "lead")
            return Document(self.title, (lead, *notes))
        words = [note_of(flag, self.names.x) for flag in self.found.flags]
        notes = [Paragraph(f"Note: {each}", "warning") for each in words if each]
        blocks: list[Paragraph | Table] = [Paragraph(self._what_was_seen(), "lead")]
        if self.target is not None:
            blocks.append(Paragraph(self.answer(self.target)))
        blocks += [self._expected(), Paragraph(interval_words(self.curve, self.names.x), "quiet")]
        if self.run is not None:
            blocks += blocks_of(self.run, self.names.x, self.found.flags)
        law = self.curve.law.card["id"]
        cited = (
            f"By the law {law}, learned from LCDB 1.1 (arXiv:2505.15657): see costcurve laws show "
            f"{law}."
        )
        return Document(self.title, (*blocks, *notes, Paragraph(cited, "quiet")))

    def _what_was_seen(self) -> str:
        """Return how much was seen, and the last error as it was measured."""
        seen, given, names = self.curve.seen, self.curve.given, self.names
        runs = "" if len(given.x) == len(seen.x) else f", means of {len(given.x):,} runs,"
        error, stand_in = f"{seen.y[-1]:.4g}", ""
        places = places_of(given.x)
        is_last = places == places.max()
        if self.found.is_zero is not None and self.found.is_zero[is_last].any():
            measured = np.where(self.found.is_zero, 0.0, given.y)[is_last].mean()
            error, stand_in = f"{measured:.4g}", f" (counted as {seen.y[-1]:.3g})"
        return (
            f"Seen: {len(seen.x):,} points{runs} up to {names.x} = "
            f"{count_in_words(seen.x[-1])}, where the {names.error} is {error}{stand_in}."
        )

    def _repr_html_(self) -> str:
        return notebook_html(self)

    def _expected(self) -> Table:
        asked = self.asked()
        low, _, middle, _, high = self.curve.predict(asked)
        rows = tuple(
            (count_in_words(x), f"{m:.4g}", f"{a:.4g} to {b:.4g}")
            for x, m, a, b in zip(asked.tolist(), middle, low, high, strict=True)
        )
        what = "90% of runs" if self.curve.noise.is_known else "90% interval"
        header = (self.names.x, f"{self.names.error}, median", what)
        return Table("What to expect", header, rows, (0, 1, 2))

    def answer(self, target: float) -> str:
        """Return what a target takes, in words."""
        found, x = self.found.target(target), self.names.x
        chance = probability(found["probability_reachable"] or 0.0)
        middle = found["needed_p50"]
        if middle is None:
            unlikely = (found["probability_reachable"] or 0.0) < _UNLIKELY
            how = "not reachable" if unlikely else "less likely reached than not"
            return (
                f"{target:g} is {how}: the chance is {chance} at any {x} up to {REACH:,.0f} times "
                "the largest seen."
            )
        high = found["needed_p95"]
        end = f"more than {REACH:,.0f} times the largest seen"
        end = end if high is None else count_in_words(high)
        return (
            f"{target:g} is reached with an even chance at {x} = {count_in_words(middle)}; nine in "
            f"ten between {count_in_words(found['needed_p05'] or 0.0)} and {end}. The chance is "
            f"{chance} in all."
        )


def note_of(flag: str, x: str) -> str:
    """Return what a flag of a curve means, as a sentence; empty if other words say it."""
    return _NOTES.get(flag, f"{flag.replace('_', ' ')}.").format(x=x)


def interval_words(curve: Curve, x: str) -> str:
    """Return whose interval a prediction gives, and what of a run's scatter is in it."""
    noise, seen = curve.noise, curve.seen
    if not noise.is_known:
        tests = "" if np.isinf(curve.most) else f", or a column {TESTS},"
        return (
            "The interval is that of a mean over some runs on a large test, as the curves are that "
            f"the law learned from: nothing tells how much one run scatters. Several runs at one "
            f"{x}{tests} would, and the interval of one more run is wider."
        )
    parts = []
    if noise.degrees:
        parts.append(
            f"runs at one {x} scatter by {noise.spread:.2g} of the error (one standard deviation, "
            f"{len(curve.given.x):,} runs at {len(seen.x):,} places)"
        )
    if np.isfinite(noise.test_examples):
        share = float(noise.tested(np.log(seen.y[-1:]))[0])
        parts.append(
            f"a test of {noise.test_examples:,.0f} examples by {share:.2g} at the last error"
        )
    larger = ", of which the larger is in it" if len(parts) > 1 else ", which is in it"
    return f"The interval is that of one more run: {' and '.join(parts)}{larger}."
