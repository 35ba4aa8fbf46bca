"""A prediction for people: what to expect, how sure, and on what it rests."""

from __future__ import annotations

from costcurve.core.display import accuracy, count_in_words
from costcurve.core.document import Document, Paragraph
from costcurve.decisions.prediction import Prediction, Question


def prediction_card(question: Question, found: Prediction) -> Document:
    """Return the page of a prediction."""
    number = len(question.class_counts or ()) if question.classes is None else question.classes
    how = "pretrained" if question.pretrained else "from scratch"
    lead = (
        f"With {count_in_words(question.examples or 0.0)} training examples expect an error of "
        f"{_percent(found.error_p50)}, which is {accuracy(1.0 - found.error_p50)} accuracy."
    )
    runs = f" and {found.pilots} of your own runs" if found.pilots else ""
    sure = (
        f"How sure: in nine of ten such tasks the error lies between {_percent(found.error_p05)} "
        f"and {_percent(found.error_p95)}. This rests on the law {found.law.id}{runs}."
    )
    more = "" if found.pilots else "A pilot run narrows it: --pilot-examples with --pilot-error."
    beyond = [Paragraph(f"Note: Extrapolating: {each}.", "warning") for each in found.extrapolating]
    return Document(
        f"{question.kind.capitalize()} of {number} classes, {how}",
        (
            Paragraph(lead, "lead"),
            Paragraph(sure),
            *([Paragraph(more)] if more else []),
            *beyond,
            Paragraph(f"Of unseen tasks: {found.law.unseen}.", "quiet"),
        ),
    )


def _percent(error: float) -> str:
    return f"{100.0 * error:.3g}%"
