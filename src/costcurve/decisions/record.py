"""How a law did on what it had not seen, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from costcurve.laws import LawCard


def record_of(card: LawCard, *, has_pilots: bool, is_structured: bool = False) -> str:
    """Return how far a law was off where it had not seen the task.

    Parameters
    ----------
    card : LawCard
        Of the law.
    has_pilots : bool
        Whether runs on the task have taught it.
    is_structured : bool
        Whether the task is structured, of which less is known.
    """
    if card.form == "log-linear":
        factor = f"{10.0**card.residual.sd:.2g}"
        return (
            f"on its {card.residual.cases} test cases this law was off by a factor of {factor} in "
            "error (root mean square)."
        )
    of = "structured" if is_structured else "natural and specialized"
    seen = card.validation.get(f"{of}{', one pilot' if has_pilots else ''}")
    if seen is None:
        return "how far this law is off was not looked at."
    after = "after one run on each " if has_pilots else ""
    sets = "structured data sets" if is_structured else "data sets"
    return (
        f"on {seen.tasks} {sets} that it had not seen this law was off {after}by a factor of "
        f"{10.0**seen.median_abs_log10_error:.2g} in error (median)."
    )
