"""The graph: quantities wired by the names of their parameters, evaluated in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from types import ModuleType
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from costcurve.core.draws import FloatArray
from costcurve.core.errors import GraphError, NotFiniteError, UnknownQuantityError, nearest
from costcurve.core.quantities.quantity import (
    Input,
    Quantity,
    as_float64,
    quantities_of,
    read_only,
)

Kind = Literal["input", "quantity", "override"]


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where one value comes from, down to the facts.

    Attributes
    ----------
    name, label, unit, source : str
        What it is.
    kind : {"input", "quantity", "override"}
        Whether it was given, computed, or set in place of what would have been computed.
    value : ndarray of float64
        Its value, along the axes of the evaluation.
    formula : str
        What was computed, in text; empty unless `kind` is `"quantity"`.
    equation, deviation : str
        The formula as the source prints it, and where ours departs from it.
    inputs : tuple of Lineage
        The values it was computed from.
    """

    name: str
    label: str
    unit: str
    source: str
    kind: Kind
    value: FloatArray
    formula: str = ""
    equation: str = ""
    deviation: str = ""
    inputs: tuple[Lineage, ...] = ()


class Graph:
    """Quantities and inputs, checked and put in order when it is built.

    Parameters
    ----------
    sources : modules and functions
        Where the quantities are; of a module, its public functions.
    inputs : iterable of Input
        The values from outside.

    Raises
    ------
    GraphError
        If a name is defined twice, a parameter names nothing, or quantities depend on each other
        in a cycle.
    """

    def __init__(
        self, sources: Iterable[ModuleType | Callable[..., Any]], inputs: Iterable[Input]
    ) -> None:
        self.quantities: dict[str, Quantity] = {}
        self.inputs: dict[str, Input] = {}
        nodes: list[Input | Quantity] = [*inputs, *quantities_of(sources)]
        for node in nodes:
            if node.name in self:
                raise GraphError(f"'{node.name}' is defined twice")
            if isinstance(node, Input):
                self.inputs[node.name] = node
            else:
                self.quantities[node.name] = node
        self.order = self._sort()
        self._known_steps: dict[
            tuple[tuple[str, ...], frozenset[str]], tuple[list[str], dict[str, list[str]]]
        ] = {}

    def __contains__(self, name: object) -> bool:
        return name in self.inputs or name in self.quantities

    def __iter__(self) -> Iterator[str]:
        return iter(self.order)

    def __getitem__(self, name: str) -> Input | Quantity:
        if name not in self:
            raise UnknownQuantityError(name, self)
        return self.inputs[name] if name in self.inputs else self.quantities[name]

    def parameters(self, name: str) -> tuple[str, ...]:
        """Return the names that `name` is computed from; none for an input."""
        node = self[name]
        return node.parameters if isinstance(node, Quantity) else ()

    def dependents(self, names: Iterable[str]) -> set[str]:
        """Return `names` and everything computed from them, directly or not."""
        reached = {self[name].name for name in names}
        for name in self.order:
            if reached.intersection(self.parameters(name)):
                reached.add(name)
        return reached

    def evaluate(
        self,
        wanted: Iterable[str] | None = None,
        overrides: Mapping[str, ArrayLike] | None = None,
        *,
        is_lean: bool = False,
    ) -> Evaluation:
        """Compute what is wanted, and only what that needs.

        Parameters
        ----------
        wanted : iterable of str, optional
            Names of quantities or inputs; everything by default.
        overrides : mapping of str to array-like, optional
            Values to use in place of an input or of what a quantity would compute. Everything
            downstream changes, nothing else.
        is_lean : bool
            Whether a value is let go once nothing else needs it, so that many rows take little
            memory: only what is wanted is then there, without lineage.

        Returns
        -------
        Evaluation
            The values, with their lineage.

        Raises
        ------
        UnknownQuantityError
            If a wanted or overridden name is not in the graph.
        InputError
            If an override is not a finite number.
        NotFiniteError
            If a value comes out as NaN or infinity.
        """
        given = {
            self[name].name: as_float64(name, value) for name, value in (overrides or {}).items()
        }
        steps, spent = self._steps(wanted, given)
        if not is_lean:
            spent = {}
        values: dict[str, FloatArray] = {}
        with np.errstate(over="raise", divide="raise", invalid="raise", under="ignore"):
            for name in steps:
                values[name] = self._value(name, values, given)
                for each in spent.get(name, ()):
                    del values[each]
        return Evaluation(self, values, frozenset(given))

    def _steps(
        self, wanted: Iterable[str] | None, given: Mapping[str, Any]
    ) -> tuple[list[str], dict[str, list[str]]]:
        """Return what is to be computed, in order, and what each step leaves unneeded.

        The same is asked again and again, so it is kept.
        """
        names = self.order if wanted is None else tuple(wanted)
        key = names, frozenset(given)
        if key not in self._known_steps:
            needed = self._needed(names, given)
            steps = [name for name in self.order if name in needed]
            self._known_steps[key] = steps, self._spent(steps, names, given)
        return self._known_steps[key]

    def _spent(
        self, steps: Iterable[str], wanted: Iterable[str], given: Mapping[str, Any]
    ) -> dict[str, list[str]]:
        """Return for each step the values that nothing needs after it."""
        last = {
            parameter: name
            for name in steps
            if name not in given
            for parameter in self.parameters(name)
        }
        kept = set(wanted)
        found: dict[str, list[str]] = {}
        for name, step in last.items():
            if name not in kept:
                found.setdefault(step, []).append(name)
        return found

    def _value(
        self, name: str, values: dict[str, FloatArray], given: dict[str, FloatArray]
    ) -> FloatArray:
        if name in given:
            return given[name]
        if name in self.inputs:
            return self.inputs[name].value
        quantity = self.quantities[name]
        arguments = [values[parameter] for parameter in quantity.parameters]
        try:
            return read_only(np.asarray(quantity.function(*arguments), dtype=np.float64))
        except FloatingPointError:
            # It may have been a branch that np.where does not take: the result decides.
            with np.errstate(all="ignore"):
                value = np.asarray(quantity.function(*arguments), dtype=np.float64)
        if not np.isfinite(value).all():
            raise NotFiniteError(f"{name} is not a finite number: {quantity.text()}")
        return read_only(value)

    def _needed(self, wanted: Iterable[str], given: Mapping[str, Any]) -> set[str]:
        needed: set[str] = set()
        waiting = [self[name].name for name in wanted]
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed.add(name)
                waiting += () if name in given else self.parameters(name)
        return needed

    def _sort(self) -> tuple[str, ...]:
        sorter: TopologicalSorter[str] = TopologicalSorter()
        for name in self.inputs:
            sorter.add(name)
        for name, quantity in self.quantities.items():
            for parameter in quantity.parameters:
                if parameter not in self:
                    known = (*self.inputs, *self.quantities)
                    raise GraphError(
                        f"'{name}' depends on '{parameter}', which nothing defines"
                        f"{nearest(parameter, known)}"
                    )
            sorter.add(name, *quantity.parameters)
        try:
            return tuple(sorter.static_order())
        except CycleError as error:
            raise GraphError("quantities in a cycle: " + " -> ".join(error.args[1])) from None


class Evaluation(Mapping[str, FloatArray]):
    """The values of one evaluation, by name, each with its lineage.

    Attributes
    ----------
    graph : Graph
        What was evaluated.
    overridden : frozenset of str
        The names whose values were set by the caller.
    """

    def __init__(
        self, graph: Graph, values: dict[str, FloatArray], overridden: frozenset[str]
    ) -> None:
        self.graph = graph
        self.overridden = overridden
        self._values = values

    def __getitem__(self, name: str) -> FloatArray:
        if name not in self._values:
            raise UnknownQuantityError(name, self._values)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def lineage(self, name: str) -> Lineage:
        """Return where the value of `name` comes from, down to the inputs."""
        if name not in self:
            raise UnknownQuantityError(name, self)
        return self._lineages[name]

    @cached_property
    def _lineages(self) -> dict[str, Lineage]:
        lineages: dict[str, Lineage] = {}
        for name in self._values:  # in topological order: what a value needs comes before it
            lineages[name] = self._lineage(name, lineages)
        return lineages

    def _lineage(self, name: str, known: dict[str, Lineage]) -> Lineage:
        node, value = self.graph[name], self._values[name]
        if name in self.overridden:
            source = f"set by the user in place of: {node.source}"
            return Lineage(name, node.label, node.unit, source, "override", value)
        if isinstance(node, Input):
            return Lineage(name, node.label, node.unit, node.source, "input", value)
        return Lineage(
            name,
            node.label,
            node.unit,
            node.source,
            "quantity",
            value,
            formula=node.text(),
            equation=node.equation,
            deviation=node.deviation,
            inputs=tuple(known[parameter] for parameter in node.parameters),
        )
