"""Law cards: what a law says, how it was made, and how well it predicted the unseen."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from costcurve.core.vocabulary import TaskKind

SCHEMA_VERSION = 1
#: Of the log-linear form.
COEFFICIENTS = (
    "coef_intercept",
    "coef_log10_examples",
    "coef_pretrained_log10_examples",
    "coef_relative_complexity",
    "coef_segmentation",
)
#: Of the log-odds form.
LOG_ODDS_COEFFICIENTS = (
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
_LARGEST_COEFFICIENT = 1e3
Positive = Annotated[float, Field(gt=0)]
Words = Annotated[str, Field(min_length=1)]
Interval = tuple[float, float]


class _CardModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Coefficient(_CardModel):
    """One coefficient with its standard error; both are 0 of a variable that was dropped."""

    value: float
    standard_error: Annotated[float, Field(ge=0)]
    label: Words


class Residual(_CardModel):
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


class Range(_CardModel):
    """What the law was seen to hold for; outside it a result is an extrapolation."""

    examples: Interval
    relative_complexity: Interval
    error: Interval
    kinds: Annotated[tuple[TaskKind, ...], Field(min_length=1)]
    pretrained: tuple[bool, ...]

    @model_validator(mode="after")
    def _rises(self) -> Range:
        for low, high in (self.examples, self.relative_complexity, self.error):
            if not 0.0 <= low <= high:
                raise ValueError("each range must rise, from 0 or above")
        return self


class Card(_CardModel):
    """What every law says of itself; the forms add their coefficients.

    Attributes
    ----------
    id, title, predicts : str
        What it is.
    covariance : list of list of float, optional
        Of the coefficients, in their order; `None` with a note where it is not known.
    observations : int
        How many observations it was fitted on.
    cite, source, doi, date : str and date
        Who published it, in short and in full.
    data_sha256 : str, optional
        Of the data it was fitted on; `None` with a note where they are not public.
    command : str
        What remakes the card.
    unseen : str
        How well it predicted what it had not seen.
    schema_version : int
        Of the fields.
    card_sha256 : str
        Of everything else in the card: one that was edited by hand is refused.
    """

    schema_version: Literal[1]
    id: Words
    title: Words
    predicts: Words
    coefficients: dict[str, Coefficient]
    covariance: list[list[float]] | None
    covariance_note: str = ""
    observations: Annotated[int, Field(ge=1)]
    observations_note: str = ""
    range_note: str = ""
    cite: Words
    source: Words
    doi: str = ""
    date: date
    data_sha256: Annotated[str, Field(pattern="[0-9a-f]{64}")] | None
    data_note: str = ""
    command: Words
    unseen: Words
    card_sha256: Annotated[str, Field(pattern="[0-9a-f]{64}")]

    def _check(self, names: tuple[str, ...]) -> None:
        """Raise ValueError unless the coefficients are these, of a size, with a covariance."""
        if tuple(sorted(self.coefficients)) != tuple(sorted(names)):
            raise ValueError(f"coefficients must be {', '.join(names)}")
        if max(abs(each.value) for each in self.coefficients.values()) > _LARGEST_COEFFICIENT:
            raise ValueError(f"coefficients must be at most {_LARGEST_COEFFICIENT:g} in size")
        k, rows = len(names), self.covariance
        if rows is not None and [len(row) for row in rows] != [k] * k:
            raise ValueError(f"covariance must be {k} by {k}")
        if rows is not None and min(row[place] for place, row in enumerate(rows)) < 0.0:
            raise ValueError("covariance must have no negative variance")

    def certainty(self) -> dict[str, object]:
        """Return what a reader of an estimate must know of how sure the law is."""
        return {}

    def fingerprint(self) -> str:
        """Return the SHA-256 of everything in the card but `card_sha256`."""
        content = self.model_dump(mode="json", exclude={"card_sha256"})
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


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
        self._check(COEFFICIENTS)
        value = {name: each.value for name, each in self.coefficients.items()}
        slopes = [
            value[COEFFICIENTS[1]] + pretrained * value[COEFFICIENTS[2]]
            for pretrained in self.range.pretrained
        ]
        if not slopes or max(slopes) >= 0.0:
            raise ValueError("the error must fall with examples, pretrained or not as in the range")
        return self


class Scatter(_CardModel):
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


class Unseen(_CardModel):
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
    scatter : mapping of str to Scatter
        By `natural or specialized`, and `structured`.
    range : Range
        Where it was seen to hold.
    validation : mapping of str to Unseen
        By what was predicted, by which law, after how many runs on the task.
    """

    form: Literal["log-odds"]
    scatter: dict[str, Scatter]
    range: Range
    validation: dict[str, Unseen] = {}

    def certainty(self) -> dict[str, object]:
        """Return how the law did on tasks that it had not seen."""
        return {"unseen": {name: each.model_dump() for name, each in self.validation.items()}}

    @model_validator(mode="after")
    def _is_usable(self) -> LogOddsCard:
        """Refuse a card that no estimate can use, whatever its SHA-256."""
        self._check(LOG_ODDS_COEFFICIENTS)
        if sorted(self.scatter) != sorted(TASK_SETS):
            raise ValueError(f"scatter must be that of {' and '.join(TASK_SETS)}")
        value = {name: each.value for name, each in self.coefficients.items()}
        slope = value["coef_log10_examples"]
        structured = value["coef_structured_log10_examples"]
        bend = value["coef_log10_examples_beyond"]
        if max(slope, slope + bend, structured) >= 0.0:
            raise ValueError("the error must fall with examples")
        if self.covariance is None:
            raise ValueError("covariance is needed")
        return self


#: A card of any form.
LawCard = LogLinearCard | LogOddsCard
