"""What an estimate assumes beyond the task itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import field_validator

from costcurve.core.errors import shown
from costcurve.core.parameters import InputModel, Number, PlainNumber, field
from costcurve.core.quantities import Input
from costcurve.core.vocabulary import Mode
from costcurve.costs import pricing_of
from costcurve.facts.models import AAAI_2024, ModelFacts, find_models, model_table


class Assumptions(InputModel):
    """What is assumed about models, training and prices.

    A range such as `"30 .. 50 .. 90"` may stand for `epochs`, `testing_passes` and
    `usd_per_flop` (see `Range`).

    Parameters
    ----------
    mode : {"as-published"}
        How training is priced.
    models : sequence of str, optional
        Candidate architectures by name or alias; the paper's fourteen by default.
    epochs : float
        Passes over the training examples, above 0; default 50.
    testing_passes : float
        Extra passes for extensive model testing, at least 0; default 0.
    usd_per_flop : float
        USD for one floating-point operation, 0 to 1; default 3e-11.
    draws : int
        Draws of the uncertain inputs, when there are ranges; default 10,000.
    seed : int
        The same seed gives the same draws; default 0.
    overrides : mapping of str to float
        Values to use in place of any quantity of the calculation, by name.

    Raises
    ------
    InputError
        With one finding for each wrong field.
    """

    mode: Mode = field("mode")
    models: tuple[str, ...] | None = field("models", min_length=1)
    epochs: Number = field("epochs")
    testing_passes: Number = field("testing_passes")
    usd_per_flop: Number = field("usd_per_flop")
    draws: int = field("draws")
    seed: int = field("seed")
    overrides: dict[str, PlainNumber] = field("overrides", default_factory=dict)

    @field_validator("models", mode="before")
    @classmethod
    def _split_names(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(",") if name.strip())
        return value

    @field_validator("overrides", mode="before")
    @classmethod
    def _split_pairs(cls, value: Any) -> Any:
        if isinstance(value, str):
            pairs = [pair.partition("=") for pair in value.split(",") if pair.strip()]
            names = [name.strip() for name, _, _ in pairs]
            if repeated := {name for name in names if names.count(name) > 1}:
                raise ValueError(f"{', '.join(sorted(map(shown, repeated)))} stands twice")
            return dict(zip(names, (number.strip() for _, _, number in pairs), strict=True))
        return value

    def candidates(self, table: Sequence[ModelFacts] | None = None) -> tuple[ModelFacts, ...]:
        """Return the architectures to compare.

        Parameters
        ----------
        table : sequence of ModelFacts, optional
            Where they are looked up; the packaged table by default.

        Raises
        ------
        InputError
            Naming every model that the table does not have.
        """
        rows = model_table() if table is None else table
        if self.models is not None:
            return find_models(self.models, rows)
        return tuple(model for model in rows if model.published == AAAI_2024)

    def inputs(self) -> list[Input]:
        """Return what was assumed and the way to price takes, as inputs of a graph."""
        return [self.as_input(name) for name in pricing_of(self.mode).parameters]
