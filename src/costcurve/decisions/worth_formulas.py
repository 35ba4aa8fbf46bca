"""The calculation of worth as one graph without overrides, everything at its median.

`worth_graph` sets some figures from outside: the plan, the price of an example that is looked at
more than once, the worth of a prediction today, and the other returns. A workbook has no outside:
here these are quantities like the others, made of the same functions under other names.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache, reduce
from operator import add
from typing import Any

import numpy as np

from costcurve.core.quantities import Bounds, Evaluation, Graph, Input, Quantity
from costcurve.decisions.plans import MOST
from costcurve.decisions.worth import Worth, billed_lines
from costcurve.decisions.worth_graph import (
    WorthGraph,
    inventory_usd_per_year,
    present_of_line,
    worth_graph,
)

#: Names that an input has here, since a quantity stands in its place.
PRICE, LIMIT, INVENTORY = "usd_per_example_bare", "examples_limit", "inventory_usd_per_year"
#: Other returns, and roles, of which each has a cell of its own; of more only their sum has one.
MOST_LINES = 40
#: What is said of a role: its unit, and in words.
_OF_ROLES = {
    "usd_per_hour": ("USD/hour", "dollars for an hour"),
    "setup_hours": ("hour", "hours before the first prediction"),
    "hours_per_year": ("hour/year", "hours a year"),
}
_TODAY = "_today"
_LINES = "benefit_lines_usd_per_year"
_WANTED = (
    INVENTORY,
    "net_present_value_usd", "reaches_target", "probability_of_target", "predicted_error",
    "target_error", "initial_cost_usd", "cost_per_unit_usd", "achievable_accuracy",
)  # fmt: skip
Function = Callable[..., Any]


def worth_formulas(found: Worth) -> Evaluation:
    """Return every figure of a case, each computed from the case's own inputs.

    Parameters
    ----------
    found : Worth
        The answer whose figures are wanted.

    Returns
    -------
    Evaluation
        Scalars. Inputs that a user set in place of quantities are overridden.
    """
    certain = worth_graph(found.case, found.estimate, draws=0)
    functions, inputs = _parts(found, certain)
    given = _renamed_overrides(found)
    graph = Graph(functions, inputs)
    return graph.evaluate(_wanted(found, graph), {k: v for k, v in given.items() if k in graph})


def role_name(place: int, what: str) -> str:
    """Return what the rate or the hours of a role are called, counted from 0."""
    return f"role_{place + 1}_{what}"


def line_name(place: int) -> str:
    """Return what the dollars of another return are called, counted from 0."""
    return f"return_{place + 1}_usd"


def _wanted(found: Worth, graph: Graph) -> list[str]:
    """Return what is asked for: the answer and its bill, less what divides by predictions."""
    lines = billed_lines(found.case)
    names = {name for each in lines for name in (each.quantity, each.unit_price, each.cost) if name}
    pricing = found.estimate.assumptions.pricing.lines
    names |= {name for each in pricing for name in (each.quantity, each.unit_price, each.cost)}
    found_names = [name for name in (*_WANTED, *sorted(names)) if name in graph]
    if found.case.benefit.decision_units is None:
        found_names.remove("cost_per_unit_usd")
    return found_names


def _renamed_overrides(found: Worth) -> dict[str, Any]:
    names = {"usd_per_example": PRICE, "limit": LIMIT}
    given = found.case.assumptions.overrides
    return {names.get(name, name): value for name, value in given.items()}


def _parts(found: Worth, certain: WorthGraph) -> tuple[list[Function], list[Input]]:
    """Return the quantities and the inputs of the graph."""
    quantities = certain.graph.quantities
    left_out = {"examples_used", "usd_per_example_reviewed", "limit"}
    functions = [each.function for name, each in quantities.items() if name not in left_out]
    # What follows the plan takes the price as looked at, and the plan for the limit.
    functions.append(
        _renamed(
            quantities["usd_per_example_reviewed"].function,
            "usd_per_example",
            (("usd_per_example", PRICE),),
        )
    )
    functions += [examples_used, limit]
    if "limit" in quantities:
        functions.append(_renamed(quantities["limit"].function, LIMIT, ()))
    inputs = [
        _called(each, {"usd_per_example": PRICE, "limit": LIMIT}.get(name, name))
        for name, each in certain.graph.inputs.items()
        if name not in {_LINES, "baseline_usd_per_prediction"}
    ]
    for more, theirs in (_returns(found), _people(found)):
        functions += more
        inputs += theirs
    computed = {each.__name__ for each in functions}
    inputs = [each for each in inputs if each.name not in computed]
    if certain.error_today is not None:
        functions += [plan_error_today, *_of_today(certain.graph), _baseline(certain.graph)]
    else:
        inputs.append(certain.graph.inputs["baseline_usd_per_prediction"])
    return functions, inputs


def examples_used(examples_needed: Any, examples_held: Any, examples_limit: Any) -> Any:
    """Examples at hand with the plan: those that the target needs, as far as they can be had.

    :unit: example
    :range: above 0
    :equation: needed, at least those held or 1, at most the limit
    :source: costcurve: `decisions.plans.target_plan`
    """
    at_least = np.maximum(examples_needed, np.maximum(examples_held, 1.0))
    return np.minimum(at_least, np.minimum(examples_limit, MOST))


def limit(examples_used: Any) -> Any:
    """Examples up to which an error is achieved: those of the plan.

    :unit: example
    :range: above 0
    :equation: examples of the plan
    :source: costcurve: the plan is how many examples are at hand
    """
    # Added, since a formula that is a name alone is not one.
    return examples_used + 0.0


def plan_error_today(baseline_accuracy: Any) -> Any:
    """Error of what is done today.

    :unit: 1
    :range: at least 0 and at most 1
    :equation: 1 - accuracy of today
    :source: by definition
    """
    return 1.0 - baseline_accuracy


def _of_today(graph: Graph) -> list[Function]:
    """Return what leads from an error to the worth of a prediction, for the error of today."""
    names = _between(graph, "plan_error", "value_usd_per_prediction")
    changes = tuple((name, f"{name}{_TODAY}") for name in ("plan_error", *names))
    last = "value_usd_per_prediction"
    return [
        _renamed(graph.quantities[name].function, f"{name}{_TODAY}", changes)
        for name in names
        if name != last
    ]


def _baseline(graph: Graph) -> Function:
    names = _between(graph, "plan_error", "value_usd_per_prediction")
    changes = tuple((name, f"{name}{_TODAY}") for name in ("plan_error", *names))
    value = graph.quantities["value_usd_per_prediction"].function
    return _renamed(value, "baseline_usd_per_prediction", changes)


def _between(graph: Graph, first: str, last: str) -> list[str]:
    """Return the quantities on the ways from one to another, the last among them."""
    needed, waiting = set[str](), [last]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += graph.parameters(name)
    following = graph.dependents([first]) - {first}
    return [name for name in graph if name in needed & following]


def _returns(found: Worth) -> tuple[list[Function], list[Input]]:
    """Return the other returns of a year: a cell for each, its present value, and their sum."""
    lines = found.case.benefit.lines
    inventory = inventory_usd_per_year(found.case)
    inputs = [
        Input.of(
            INVENTORY,
            inventory,
            "USD/year",
            "What better orders of the products are worth",
            "costcurve: the newsvendor of each product; stored, it follows nothing here",
        )
    ]
    if len(lines) > MOST_LINES:
        evaluation = worth_graph(found.case, found.estimate, draws=0)
        total = float(np.ravel(evaluation.overrides[_LINES])[0])
        label = "Other returns of a year; too many for a cell each"
        return [], [*inputs, Input.of(_LINES, total, "USD/year", label, "the user")]
    functions: list[Function] = []
    for place, line in enumerate(lines):
        when = f"every year from year {line.year}" if line.every_year else f"in year {line.year}"
        inputs.append(
            Input.of(line_name(place), line.usd, "USD", f"Return: {line.name}, {when}", "the user")
        )
        functions.append(_present(place, line.year, line.every_year))
    return [*functions, _sum_of_returns(len(lines))], inputs


def _people(found: Worth) -> tuple[list[Function], list[Input]]:
    """Return the people's cost, once and every year, and cells for the hours of each role."""
    roles = found.case.people.roles
    if not 0 < len(roles) <= MOST_LINES:
        return [], []
    inputs = [
        Input.of(
            role_name(place, what),
            getattr(role, what),
            unit,
            f"{role.name}: {words}",
            "the user",
            Bounds(at_least=0.0),
        )
        for place, role in enumerate(roles)
        for what, (unit, words) in _OF_ROLES.items()
    ]
    return [_sum_of_people(len(roles), name) for name in _SUMS_OF_PEOPLE], inputs


_SUMS_OF_PEOPLE = {
    "setup_people_usd": ("setup_hours", "USD", "Cost of people before the first prediction"),
    "people_cost_usd": ("hours_per_year", "USD/year", "Cost of people in a year"),
}


@lru_cache(maxsize=2 * MOST_LINES)
def _sum_of_people(roles: int, name: str) -> Function:
    """Return the quantity that adds up what the roles cost."""
    hours, unit, label = _SUMS_OF_PEOPLE[name]

    def function(*both: Any) -> Any:
        pairs = zip(both[:roles], both[roles:], strict=True)
        return reduce(add, (rate * worked for rate, worked in pairs))

    function.__doc__ = f"""{label}.

    :unit: {unit}
    :range: at least 0
    :equation: dollars for an hour * hours, added up over the roles
    :source: as hours are paid
    """
    names = [role_name(place, what) for what in ("usd_per_hour", hours) for place in range(roles)]
    return _named(function, name, names)


@lru_cache(maxsize=256)
def _present(place: int, year: int, every_year: bool) -> Function:
    """Return the quantity that says what a return is worth today."""

    def function(usd: Any, rate: Any, horizon: Any, annuity: Any) -> Any:
        return present_of_line(usd, (year, every_year), rate, horizon, annuity)

    function.__doc__ = f"""Present value of return {place + 1}.

    :unit: USD
    :equation: dollars / (1 + r)^year, of every year by the annuity; nothing after the horizon
    :source: the definition of a present value
    """
    names = (line_name(place), "discount_rate", "horizon_years", "horizon_annuity_factor")
    return _named(function, f"return_{place + 1}_present_usd", names)


@lru_cache(maxsize=MOST_LINES + 1)
def _sum_of_returns(lines: int) -> Function:
    """Return the quantity that spreads all returns evenly over the years."""

    def function(inventory: Any, annuity: Any, *presents: Any) -> Any:
        total: Any = 0.0
        for each in presents:
            total = total + each
        return total * annuity + inventory

    function.__doc__ = """Other returns of a year.

    :unit: USD/year
    :equation: present values * annuity + what better orders are worth
    :source: the definition of an annuity
    """
    names = (f"return_{place + 1}_present_usd" for place in range(lines))
    return _named(function, _LINES, (INVENTORY, "horizon_annuity_factor", *names))


@lru_cache(maxsize=256)
def _renamed(function: Function, name: str, changes: tuple[tuple[str, str], ...]) -> Function:
    """Return a quantity's function under another name, its parameters renamed."""
    parameters = Quantity.of(function).parameters
    instead = dict(changes)

    def same(*arguments: Any) -> Any:
        return function(*arguments)

    same.__doc__ = function.__doc__
    return _named(same, name, [instead.get(each, each) for each in parameters])


def _named(function: Function, name: str, parameters: Iterable[str]) -> Function:
    """Return a function with the name and the parameters that a graph reads."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    function.__name__ = name
    signature = inspect.Signature([inspect.Parameter(each, kind) for each in parameters])
    function.__signature__ = signature  # type: ignore[attr-defined]
    return function


def _called(given: Input, name: str) -> Input:
    if name == given.name:
        return given
    bounds = given.bounds if str(given.bounds) else Bounds(at_least=0.0)
    return replace(given, name=name, bounds=bounds)
