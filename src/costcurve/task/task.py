"""The task, as its user describes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import ConfigDict, Field, field_validator

from costcurve.core.errors import printable, shown
from costcurve.core.parameters import GIVEN, InputModel, Number, PlainNumber, Whole, field, table
from costcurve.core.quantities import Bounds, Graph, Input
from costcurve.core.vocabulary import TaskGroup, TaskKind
from costcurve.task import complexity
from costcurve.task.counts import MOST_EXAMPLES, counts_from_text

Count = Annotated[PlainNumber, Field(gt=0, le=MOST_EXAMPLES)]

#: Class counts listed in the source of the entropy.
SHOWN_COUNTS = 4


def group_shares(group: TaskGroup | None) -> dict[TaskGroup, float]:
    """Return how far a task is specialized and structured: 0 or 1, a half where it may be."""
    return {
        TaskGroup.SPECIALIZED: 0.5 if group is None else float(group is TaskGroup.SPECIALIZED),
        TaskGroup.STRUCTURED: float(group is TaskGroup.STRUCTURED),
    }


def _by_label(counts: dict[Any, Any]) -> dict[str, Any]:
    labelled: dict[str, Any] = {}
    for given, count in counts.items():
        if (label := str(given)) in labelled:  # 1 and "1"
            raise ValueError(f"the label {shown(label)} stands twice")
        labelled[label] = count
    return labelled


def _sum_of_counts(validated: dict[str, Any]) -> float:
    return float(sum((validated.get("class_counts") or {}).values()))


class TaskSetting(InputModel):
    """What is to be learned and how, whatever is asked about it.

    Parameters
    ----------
    kind, classes, class_counts, baseline_classes, pretrained, group
        As of a `Task`.
    pilot_examples, pilot_error, pilot_test_examples
        As of a `Task`.

    Raises
    ------
    InputError
        With one finding for each wrong field.
    """

    # Built when first used, since it is what others are made from.
    model_config = ConfigDict(defer_build=True)

    one_of: ClassVar[tuple[tuple[str, ...], ...]] = (("classes", "class_counts"),)

    kind: TaskKind = field("kind")
    classes: Whole | None = field("classes")
    class_counts: dict[str, Count] | None = field("class_counts", min_length=2)
    baseline_classes: Whole = field("baseline_classes")
    pretrained: bool = field("pretrained")
    group: TaskGroup | None = field("group")
    pilot_examples: PlainNumber | None = field("pilot_examples")
    pilot_error: PlainNumber | None = field("pilot_error")
    pilot_test_examples: PlainNumber | None = field("pilot_test_examples")

    @field_validator("class_counts", mode="before")
    @classmethod
    def _label_the_counts(cls, value: Any) -> Any:
        if isinstance(value, str):
            return counts_from_text(value)
        if isinstance(value, list | tuple | np.ndarray):
            return {str(number): count for number, count in enumerate(value, start=1)}
        if isinstance(value, dict):
            return _by_label(value)
        return value

    @field_validator("class_counts")
    @classmethod
    def _add_up_the_counts(cls, value: dict[str, float] | None) -> dict[str, float] | None:
        if value is not None and sum(value.values()) > MOST_EXAMPLES:
            raise ValueError(f"the counts must add up to at most {MOST_EXAMPLES:g}")
        return value

    @property
    def relative_complexity(self) -> float:
        """Entropy of the classes over the entropy of the baseline task; 1 for the baseline."""
        return self.complexity()["relative_complexity"]

    def complexity(self) -> dict[str, float]:
        """Return what is known of the classes: complexity, entropy, effective number."""
        described = (complexity.class_entropy_bits, complexity.effective_classes)
        names = ["relative_complexity", *(function.__name__ for function in described)]
        graph = Graph([*self.class_quantities(), *described], self.class_inputs())
        evaluation = graph.evaluate(names)
        return {name: float(evaluation[name]) for name in names}

    def class_quantities(self) -> tuple[Callable[..., Any], ...]:
        """Return the quantities computed from the classes."""
        if self.classes is None:
            return (complexity.relative_complexity,)
        return complexity.relative_complexity, complexity.class_entropy_nats

    def class_inputs(self) -> list[Input]:
        """Return what was said of the classes, as inputs of a graph."""
        return [
            self._entropy_of_counts() if self.class_counts else self.as_input("classes"),
            self.as_input("baseline_classes"),
        ]

    def group_inputs(self) -> list[Input]:
        """Return the group of the images as inputs of a graph; a half where it is not known."""
        source = table()["group"].default_source if self.group is None else GIVEN
        shares = group_shares(self.group)
        labels = ("1 for specialized images, else 0", "1 for structured tasks, else 0")
        return [
            Input.of(str(group), share, "1", label, source, Bounds(at_least=0.0, at_most=1.0))
            for (group, share), label in zip(shares.items(), labels, strict=True)
        ]

    def _entropy_of_counts(self) -> Input:
        counts = self.class_counts or {}
        some = list(counts.items())[:SHOWN_COUNTS]
        listed = "; ".join(f"{printable(label)}: {count:,.15g}" for label, count in some)
        rest = f"; and {len(counts) - len(some):,} more" if len(counts) > len(some) else ""
        return Input.of(
            "class_entropy_nats",
            complexity.entropy_of_counts_nats(counts.values()),
            "1",
            "Entropy of the classes, from the examples of each",
            f"-sum p log p over the class counts {GIVEN} ({listed}{rest})",
        )


class Task(TaskSetting):
    """What is to be learned, and what examples cost.

    A range such as `"0.4 to 0.9"` may stand wherever a number may, counts apart (see `Range`).

    Parameters
    ----------
    kind : {"classification", "segmentation"}
        Default classification.
    target_accuracy, target_error : float
        Exactly one, strictly between 0 and 1. Accuracy is the share of images classified rightly,
        or the mean Jaccard index for segmentation; error is one minus that.
    classes : int, class_counts : sequence or mapping of float
        Exactly one. The number of equally frequent classes (2 to 1e9), or the examples of each
        class (at least two, each above 0 and at most 1e15), by label or in order.
    baseline_classes : int
        Classes of the baseline task; default 1000 (ImageNet).
    examples_held : float
        Labelled examples in hand; default the sum of `class_counts`, else 0.
    limit : float, optional
        The most examples that could ever be had, those held included. No limit by default.
    usd_per_example : float
        USD to collect and label one more example; default 0.63.
    pretrained : bool
        Whether training starts from a pretrained checkpoint; default true.
    group : {"natural", "specialized", "structured"}, optional
        What images a classifier sees; by default one of the first two, it is not known which.
    pilot_examples, pilot_error, pilot_test_examples : float, optional
        A run on the task: its training examples, its error, and the size of its test set, without
        which the error is taken as exact.

    Raises
    ------
    InputError
        With one finding for each wrong field.

    Examples
    --------
    >>> task = Task(target_accuracy=0.965, class_counts=[50_000, 1_000], limit=200_000)
    >>> round(task.relative_complexity, 7), task.examples_held
    (0.0139711, 51000.0)
    """

    one_of: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("target_accuracy", "target_error"),
        ("classes", "class_counts"),
    )

    target_accuracy: Number | None = field("target_accuracy")
    target_error: Number | None = field("target_error")
    examples_held: Number = field("examples_held", default_factory=_sum_of_counts)
    limit: Number | None = field("limit")
    usd_per_example: Number = field("usd_per_example")

    def quantities(self) -> tuple[Callable[..., Any], ...]:
        """Return the quantities computed from this description."""
        from_other = self.target_error is None
        other = complexity.target_error if from_other else complexity.target_accuracy
        return (*self.class_quantities(), other)

    def inputs(self) -> list[Input]:
        """Return what was described, as inputs of a graph; a limit only when there is one."""
        target = "target_accuracy" if self.target_error is None else "target_error"
        return [
            self.as_input(target),
            self._segmentation(),
            *self.class_inputs(),
            self._held(),
            *([self.as_input("limit")] if self.limit is not None else []),
            self.as_input("usd_per_example"),
            self.as_input("pretrained"),
        ]

    def _segmentation(self) -> Input:
        is_segmentation = self.kind is TaskKind.SEGMENTATION
        source = self.as_input("kind", 0.0).source
        return Input.of("segmentation", is_segmentation, "1", "1 for segmentation, else 0", source)

    def _held(self) -> Input:
        if "examples_held" in self.model_fields_set:
            return self.as_input("examples_held")
        source = "the sum of the class counts" if self.class_counts else "none given, so 0"
        return table()["examples_held"].as_input(self.examples_held, source)
