"""The card of a log-linear law."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from costcurve.laws.card import Card, CardModel, Positive, Range, Words

#: In their order.
COEFFICIENTS = (
    "coef_intercept",
    "coef_log10_examples",
    "coef_pretrained_log10_examples",
    "coef_relative_complexity",
    "coef_segmentation",
)


class Residual(CardModel):
    """Scatter of unseen tasks around the law: scale in log10 error, and from how many cases.

    `shared` is the share of its variance that is common to all runs on a task, which pilots can
    teach; `None` where it is not known.
    """

    sd: Positive
    cases: Annotated[int, Field(ge=1)]
    distribution: Literal["normal"]
    source: Words
    note: str = ""
    shared: Annotated[float, Field(ge=0, lt=1)] | None = None
    shared_source: str = ""

    @model_serializer(mode="wrap")
    def _leave_out_what_is_not_known(
        self, write: SerializerFunctionWrapHandler
    ) -> dict[str, object]:
        # So that cards made before the share was known keep their SHA-256.
        written: dict[str, object] = write(self)
        if self.shared is None:
            del written["shared"], written["shared_source"]
        return written


class LogLinearCard(Card):
    """A law of the log-linear form.

    Attributes
    ----------
    coefficients : mapping of str to Coefficient
        By the names that the functions of the form take.
    residual : Residual
        The scatter that a prediction must allow for.
    range : Range
        Where it was seen to hold.
    """

    form: Literal["log-linear"]
    residual: Residual
    r_squared: Annotated[float, Field(ge=0, le=1)]
    range: Range

    def certainty(self) -> dict[str, object]:
        """Return the residual scale, and what it rests on."""
        return {
            "residual_sd": self.residual.sd,
            "residual_cases": self.residual.cases,
            "residual_note": self.residual.note,
        }

    @model_validator(mode="after")
    def _is_usable(self) -> LogLinearCard:
        """Refuse a card that no estimate can use, whatever its SHA-256."""
        self.check_coefficients(COEFFICIENTS)
        value = {name: each.value for name, each in self.coefficients.items()}
        slopes = [
            value[COEFFICIENTS[1]] + pretrained * value[COEFFICIENTS[2]]
            for pretrained in self.range.pretrained
        ]
        if not slopes or max(slopes) >= 0.0:
            raise ValueError("the error must fall with examples, pretrained or not as in the range")
        return self
