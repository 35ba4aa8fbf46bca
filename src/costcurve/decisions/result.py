"""The estimate as a result: options in order, what is missing, and where numbers come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from costcurve._version import __version__
from costcurve.core.errors import InputError, UnknownQuantityError, nearest
from costcurve.core.notebook import notebook_html
from costcurve.core.quantities import Evaluation, FloatArray, Input, Lineage
from costcurve.core.vocabulary import Flag, Mode
from costcurve.costs import Bill, LineItem
from costcurve.decisions.assumptions import Assumptions
from costcurve.decisions.axes import SCATTER, point_value
from costcurve.decisions.card import decision_card
from costcurve.decisions.lineage import explain_all, explain_one
from costcurve.facts import ModelFacts
from costcurve.task import Task

if TYPE_CHECKING:
    from costcurve.decisions.more_examples import MoreExamples
    from costcurve.laws import LawCard
    from costcurve.laws.belief import Runs

#: Row, model and draw.
_AXES = 3


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A number with its 90 % interval.

    Attributes
    ----------
    point : float
        With every input at its median; without ranges, the paper's own figure.
    p05, p50, p95 : float
        Percentiles over the draws of all that is uncertain.
    """

    point: float
    p05: float
    p50: float
    p95: float

    def to_dict(self, name: str) -> dict[str, float]:
        """Return it under the keys `name`, `name_p05`, `name_p50` and `name_p95`."""
        ends = {f"{name}_p05": self.p05, f"{name}_p50": self.p50, f"{name}_p95": self.p95}
        return {name: self.point, **ends}


@dataclass(frozen=True, slots=True)
class Option:
    """One way to do it: a model with what it takes.

    Attributes
    ----------
    model : str
        The architecture's name.
    parameters : float
        Its trainable parameters.
    reaches_target : bool
        Whether the examples needed lie within the limit.
    achievable_accuracy : Uncertain, optional
        With every example up to the limit; `None` when no limit was given.
    probability_of_target : float
        That training on the examples at hand, bought or held, reaches the target; 0 to 1, the
        mean over what is uncertain.
    probability_at_limit : float, optional
        The same with every example up to the limit; `None` when no limit was given.
    examples_needed, new_examples : Uncertain
        Examples that reach the target, and how many of those used must still be labelled.
    training_flop, training_cost_usd, data_cost_usd, total_cost_usd : Uncertain
        FLOP and USD. The interval is over all that is uncertain, up to the limit.
    training_hours : Uncertain, optional
        Hours of one accelerator; this and what follows is `None` as published.
    training_memory_gb, serving_memory_gb : float, optional
        Memory that one accelerator must have, in 10^9 bytes.
    accelerator, precision, terms : str, optional
        What it is trained on, at which precision, and who asks the price, where and since when.
    flags : tuple of Flag
        What a reader must know.
    bill : Bill
        The total, line by line.
    price_days_old : int
        Days by which the price of the accelerator is older than the newest of the table.
    """

    model: str
    parameters: float
    reaches_target: bool
    achievable_accuracy: Uncertain | None
    probability_of_target: float
    probability_at_limit: float | None
    examples_needed: Uncertain
    new_examples: Uncertain
    training_flop: Uncertain
    training_cost_usd: Uncertain
    data_cost_usd: Uncertain
    total_cost_usd: Uncertain
    training_hours: Uncertain | None
    training_memory_gb: float | None
    serving_memory_gb: float | None
    accelerator: str | None
    precision: str | None
    terms: str | None
    flags: tuple[Flag, ...]
    bill: Bill
    price_days_old: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the option under the keys of the JSON contract."""
        data: dict[str, Any] = {
            "model": self.model,
            "parameters": self.parameters,
            "reaches_target": self.reaches_target,
        }
        data |= _uncertain_or_none("achievable_accuracy", self.achievable_accuracy)
        data["probability_of_target"] = self.probability_of_target
        data["probability_at_limit"] = self.probability_at_limit
        for name in (
            "examples_needed",
            "new_examples",
            "training_flop",
            "training_cost_usd",
            "data_cost_usd",
            "total_cost_usd",
        ):
            data |= getattr(self, name).to_dict(name)
        data |= _uncertain_or_none("training_hours", self.training_hours)
        for name in (
            "training_memory_gb",
            "serving_memory_gb",
            "accelerator",
            "precision",
            "terms",
        ):
            data[name] = getattr(self, name)
        data["flags"] = [str(flag) for flag in self.flags]
        data["bill"] = [
            {name: getattr(item, name) for name in LineItem.__slots__} for item in self.bill.items
        ]
        return data


def _uncertain_or_none(name: str, value: Uncertain | None) -> dict[str, float | None]:
    keys = [f"{name}{end}" for end in ("", "_p05", "_p50", "_p95")]
    return dict(value.to_dict(name)) if value else dict.fromkeys(keys)


@dataclass(frozen=True, slots=True)
class Swing:
    """What one input does to the total, the limit set aside.

    Attributes
    ----------
    input, label : str
        Which one.
    move : str
        How far it is moved: `"10%"`, or, when it is uncertain, `"5th, 95th percentile"`.
    low_usd, high_usd : float
        USD in total with the input lower and higher.
    """

    input: str
    label: str
    move: str
    low_usd: float
    high_usd: float


@dataclass(frozen=True)
class Estimate:
    """The answer to "what will it cost to reach that accuracy?".

    Attributes
    ----------
    task : Task
        What was asked.
    assumptions : Assumptions
        What was assumed.
    law : LawCard
        The law that gave the examples.
    options : tuple of Option
        Cheapest first among those that reach the target; if none does, by best accuracy.
    warnings : tuple of str
        Sentences that a reader must see.
    sensitivity : tuple of Swing
        What moves the cheapest option's total, the most important first; the limit set aside.
    evaluation : Evaluation
        Every value of the calculation, along (row, model, draw); first the point, then the draws.
    candidates : tuple of ModelFacts
        What is known of the models, in the order of the evaluation's axis of models.
    runs : Runs, optional
        Runs on the task, in one row, that the law has learnt from.
    more : tuple of MoreExamples
        What numbers of new examples buy, where that was asked for (`with_more`).
    """

    task: Task
    assumptions: Assumptions
    law: LawCard
    options: tuple[Option, ...]
    warnings: tuple[str, ...]
    sensitivity: tuple[Swing, ...]
    evaluation: Evaluation = field(repr=False)
    candidates: tuple[ModelFacts, ...] = field(repr=False)
    runs: Runs | None = field(default=None, repr=False)
    more: tuple[MoreExamples, ...] = ()

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the candidates, in the order of the evaluation's axis of models."""
        return tuple(candidate.name for candidate in self.candidates)

    @property
    def best(self) -> Option:
        """The first option: the cheapest that reaches the target, or the best achievable."""
        return self.options[0]

    @property
    def is_reachable(self) -> bool:
        """Whether the examples needed lie within the limit."""
        return self.best.reaches_target

    @property
    def has_ranges(self) -> bool:
        """Whether the user gave any ranges."""
        certain = {*SCATTER, *self.evaluation.overridden}
        inputs = self.evaluation.graph.inputs.values()
        return any(given.spread is not None and given.name not in certain for given in inputs)

    @property
    def limit(self) -> float | None:
        """The most examples that could ever be had; `None` when no limit was given."""
        return None if self.best.achievable_accuracy is None else self.point("limit")

    @property
    def mode(self) -> Mode:
        """How training was priced."""
        return self.assumptions.mode

    def point(self, name: str, model: str | None = None) -> float:
        """Return the point value of any quantity of the calculation.

        Parameters
        ----------
        name : str
            A quantity or an input.
        model : str, optional
            One of the candidates; the first option by default.

        Raises
        ------
        InputError
            If there is no such quantity or candidate.
        """
        return self._pick(self._known(name), model)

    def source(self, name: str, model: str | None = None) -> str:
        """Return where a number of one model comes from; arguments and errors are `point`'s."""
        known = self._known(name)
        given = self.evaluation.graph[known]
        if isinstance(given, Input) and known not in self.evaluation.overridden:
            return given.source_of(self._model_index(model))
        return self.evaluation.lineage(known).source

    def inputs_of_the_best(self) -> dict[str, FloatArray]:
        """Return the inputs that models differ in, for the first option alone.

        To evaluate the graph with them is much faster than for all.
        """
        place = self._model_index(None)
        return {
            name: given.value[:, place : place + 1]
            for name, given in self.evaluation.graph.inputs.items()
            if given.value.ndim == _AXES and given.value.shape[1] > 1
        }

    def lineage(self, name: str) -> Lineage:
        """Return where the values of a quantity come from, down to the facts."""
        return self.evaluation.lineage(self._known(name))

    def explain(self, name: str | None = None, model: str | None = None) -> str:
        """Return in words where a number comes from: formula, inputs, values, units, source.

        Parameters
        ----------
        name : str, optional
            A quantity or an input; by default every quantity of the calculation, in order.
        model : str, optional
            The candidate whose values are shown; the first option by default.

        Raises
        ------
        InputError
            If there is no such quantity or candidate.
        """
        index = self._model_index(model)
        if name is None:
            return explain_all(self.evaluation, index)
        return explain_one(self.lineage(name), index)

    def to_dict(self) -> dict[str, Any]:
        """Return the estimate under the keys of the JSON contract, ready for `json.dumps`."""
        return {
            "version": __version__,
            "mode": str(self.mode),
            "answer": self._answer(),
            "task": self.task.model_dump(mode="json")
            | {
                name: self.point(name)
                for name in ("target_accuracy", "target_error", "relative_complexity")
            },
            "assumptions": self.assumptions.model_dump(mode="json"),
            "law": {
                "id": self.law.id,
                "title": self.law.title,
                **self.law.certainty(),
                "range": self.law.range.model_dump(mode="json"),
                "source": self.law.source,
                "doi": self.law.doi,
            },
            "options": [option.to_dict() for option in self.options],
            "sensitivity": [
                {
                    "input": swing.input,
                    "move": swing.move,
                    "low_usd": swing.low_usd,
                    "high_usd": swing.high_usd,
                    "limit_set_aside": True,
                }
                for swing in self.sensitivity
            ],
            "warnings": list(self.warnings),
            **({"runs": self.runs.to_dicts()} if self.runs else {}),
            **({"if_labelled": [each.to_dict() for each in self.more]} if self.more else {}),
        }

    def __repr__(self) -> str:
        return decision_card(self).text()

    def _repr_html_(self) -> str:
        return notebook_html(self)

    def _answer(self) -> dict[str, Any]:
        return {
            "reachable": self.is_reachable,
            "model": self.best.model,
            "missing_examples": self.point("missing_examples"),
            "missing_data_cost_usd": self.point("missing_data_cost_usd"),
        }

    def _known(self, name: str) -> str:
        try:
            return self.evaluation.graph[name].name
        except UnknownQuantityError as error:
            raise InputError.of(
                "quantity", name, f"nothing is called so{error.suggestion}"
            ) from None

    def _pick(self, name: str, model: str | None) -> float:
        return point_value(self.evaluation[name], self._model_index(model))

    def _model_index(self, model: str | None) -> int:
        wanted = self.best.model if model is None else model
        if wanted not in self.models:
            allowed = f"must be one of the candidates{nearest(wanted, self.models)}"
            raise InputError.of("model", wanted, allowed)
        return self.models.index(wanted)
