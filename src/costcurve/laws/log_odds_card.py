"""The card of a log-odds law."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from costcurve.laws.card import Card, CardModel, Positive, Range

#: In their order.
COEFFICIENTS = (
    "coef_intercept",
    "coef_pretrained",
    "coef_log10_classes",
    "coef_pretrained_log10_classes",
    "coef_specialized",
    "coef_pretrained_specialized",
    "coef_structured",
    "coef_log10_examples",
    "coef_structured_log10_examples",
    "coef_log10_examples_beyond",
)
#: Tasks whose scatter is told apart.
TASK_SETS = ("natural or specialized", "structured")


class Scatter(CardModel):
    """How tasks of a group depart from a law, in decades of the odds: standard deviations.

    Attributes
    ----------
    level : float
        Of a task's level, whoever trains on it and however.
    level_of_setup : float
        Of the level of one way to train on it.
    slope, slope_of_setup : float
        The same of the slope, per decade of examples.
    study : float
        Between those who train.
    run : float
        Between runs.
    """

    level: Positive
    level_of_setup: Positive
    slope: Positive
    slope_of_setup: Positive
    study: Positive
    run: Positive


class Unseen(CardModel):
    """How well a law predicted tasks that were left out of its fit.

    Attributes
    ----------
    predictions, tasks : int
        How many, and of how many data sets.
    median_abs_log10_error : float
        Of measured over predicted error.
    coverage90, coverage90_se : float
        Share inside the 90 % interval, and its standard error clustered by data set.
    median_log10_width : float
        Of the 90 % interval: log10 of its upper over its lower end.
    mean_log_density : float
        Natural logarithm of the predictive density of log10 error; data sets count alike.
    """

    predictions: Annotated[int, Field(ge=1)]
    tasks: Annotated[int, Field(ge=1)]
    median_abs_log10_error: Annotated[float, Field(ge=0)]
    coverage90: Annotated[float, Field(ge=0, le=1)]
    coverage90_se: Annotated[float, Field(ge=0)]
    median_log10_width: Positive
    mean_log_density: float


class LogOddsCard(Card):
    """A law of the log-odds form.

    Attributes
    ----------
    coefficients : mapping of str to Coefficient
        By the names that the functions of the form take.
    knee_examples_per_class : float
        Beyond so many examples of each class the slope is another.
    scatter : mapping of str to Scatter
        By `natural or specialized`, and `structured`.
    range : Range
        Where it was seen to hold.
    validation : mapping of str to Unseen
        By what was predicted, by which law, after how many runs on the task.
    """

    form: Literal["log-odds"]
    knee_examples_per_class: Positive
    scatter: dict[str, Scatter]
    range: Range
    validation: dict[str, Unseen]

    def certainty(self) -> dict[str, object]:
        """Return how the law did on tasks that it had not seen."""
        return {"unseen": {name: each.model_dump() for name, each in self.validation.items()}}

    @model_validator(mode="after")
    def _is_usable(self) -> LogOddsCard:
        """Refuse a card that no estimate can use, whatever its SHA-256."""
        self.check_coefficients(COEFFICIENTS)
        if sorted(self.scatter) != sorted(TASK_SETS):
            raise ValueError(f"scatter must be that of {' and '.join(TASK_SETS)}")
        value = {name: each.value for name, each in self.coefficients.items()}
        slope, structured = value["coef_log10_examples"], value["coef_structured_log10_examples"]
        if max(slope, slope + value["coef_log10_examples_beyond"], structured) >= 0.0:
            raise ValueError("the error must fall with examples")
        if self.covariance is None:
            raise ValueError("covariance is needed")
        return self
