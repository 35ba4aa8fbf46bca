"""A prediction for people: what to expect, how sure, and on what it rests."""

from __future__ import annotations

from costcurve.core.display import accuracy, count_in_words
from costcurve.core.document import Document, Paragraph
from costcurve.core.vocabulary import TaskGroup
from costcurve.decisions.prediction import Prediction, Question
from costcurve.decisions.record import record_of


def prediction_card(question: Question, found: Prediction) -> Document:
    """Return the page of a prediction."""
    number = len(question.class_counts or ()) if question.classes is None else question.classes
    how = "pretrained" if question.pretrained else "from scratch"
    lead = (
        f"With {count_in_words(question.examples or 0.0)} training examples expect an error of "
        f"{_percent(found.error_p50)}, which is {accuracy(1.0 - found.error_p50)} accuracy."
    )
    several = "s" * (found.pilots > 1)
    runs = f" and {found.pilots} of your own run{several}" if found.pilots else ""
    record = record_of(
        found.law,
        has_pilots=found.pilots > 0,
        is_structured=question.group is TaskGroup.STRUCTURED,
    )
    sure = (
        f"How sure: {record} In nine of ten such tasks the error lies between "
        f"{_percent(found.error_p05)} and {_percent(found.error_p95)}. This rests on the law "
        f"{found.law.id}{runs}."
    )
    is_helped = not found.pilots and question.group is not TaskGroup.STRUCTURED
    more = "" if not is_helped else "A run on the task narrows it: --pilot-examples, --pilot-error."
    notes = [*found.warnings, *(f"Extrapolating in {each}." for each in found.extrapolating)]
    return Document(
        f"{question.kind.capitalize()} of {number} classes, {how}",
        (
            Paragraph(lead, "lead"),
            Paragraph(sure),
            *([Paragraph(more)] if more else []),
            *(Paragraph(f"Note: {each}", "warning") for each in notes),
        ),
    )


def _percent(error: float) -> str:
    return f"{100.0 * error:.3g}%"
