"""People: hours and rates by role, once and every year.

A formula cannot add up rows, so this is done here, and the sums go into a graph as inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from costcurve.core.errors import InputError
from costcurve.core.quantities import Bounds, Input, check_record
from costcurve.costs.bill import LineItem

_NOT_NEGATIVE = Bounds(at_least=0.0)
_NUMBERS = ("usd_per_hour", "setup_hours", "hours_per_year")
_GIVEN = "given for the role"


@dataclass(frozen=True, slots=True)
class Role:
    """Who works on the model, and how much.

    Attributes
    ----------
    name : str
        What the bill calls them.
    usd_per_hour : float
        USD for an hour with all that comes on top of wages, at least 0.
    setup_hours, hours_per_year : float
        Hours of all in this role: once, before the first prediction, and every year; at least 0.

    Raises
    ------
    InputError
        If a number is out of its range; lists every finding.
    """

    name: str
    usd_per_hour: float
    setup_hours: float = 0.0
    hours_per_year: float = 0.0

    def __post_init__(self) -> None:
        check_record(self, dict.fromkeys(_NUMBERS, _NOT_NEGATIVE))


@dataclass(frozen=True, slots=True)
class People:
    """What people cost.

    Attributes
    ----------
    inputs : tuple of Input
        `setup_people_usd` (USD) and `people_cost_usd` (USD/year), for a graph.
    setup_items, yearly_items : tuple of LineItem
        The same by role, in the order given; a role without hours has no line.
    """

    inputs: tuple[Input, ...]
    setup_items: tuple[LineItem, ...]
    yearly_items: tuple[LineItem, ...]


def people_costs(roles: Sequence[Role]) -> People:
    """Return what people cost, once and every year.

    Parameters
    ----------
    roles : sequence of Role
        Each name once; none if nobody is paid.

    Raises
    ------
    InputError
        If a name stands twice.

    Notes
    -----
    hours * USD of an hour, added up over the roles.
    """
    names = [role.name for role in roles]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise InputError.of("roles", ", ".join(repeated), "must stand once each")
    setup = _items(roles, "setup_hours", "hour", "once")
    yearly = _items(roles, "hours_per_year", "hour/year", "every year")
    source = f"{_GIVEN}: {', '.join(names)}" if names else "costcurve: nobody until you give roles"
    inputs = (
        _sum(
            "setup_people_usd", setup, "USD", "Cost of people before the first prediction", source
        ),
        _sum("people_cost_usd", yearly, "USD/year", "Cost of people in a year", source),
    )
    return People(inputs, setup, yearly)


def _items(roles: Sequence[Role], hours: str, unit: str, when: str) -> tuple[LineItem, ...]:
    return tuple(
        LineItem(
            label=role.name,
            quantity=getattr(role, hours),
            unit=unit,
            unit_price_usd=role.usd_per_hour,
            cost_usd=getattr(role, hours) * role.usd_per_hour,
            source=_GIVEN,
            assumes=when,
        )
        for role in roles
        if getattr(role, hours) > 0.0
    )


def _sum(name: str, items: Sequence[LineItem], unit: str, label: str, source: str) -> Input:
    return Input.of(name, fsum(item.cost_usd for item in items), unit, label, source, _NOT_NEGATIVE)
