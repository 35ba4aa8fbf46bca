"""A quantity: one named number with a unit, a formula and a source; an input: one without formula.

The function *is* the formula. What NumPy cannot tell stands in the docstring, as fields::

    def data_cost_usd(new_examples, usd_per_example):
        '''Cost of the examples that must be labelled.

        :unit: USD
        :range: at least 0
        :equation: cost_data = cost_perdatapoint (min(data_needed, data_max) - data_present)
        :source: Thompson et al. (2024), Eq. 5
        '''
        return new_examples * usd_per_example

`:unit:` and `:source:` are required. `:range:` is what the value may be set to by hand (see
`Bounds`), `:equation:` the formula as its source prints it, and `:deviation:` where the function
departs from it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from costcurve.core.draws import FloatArray, Range
from costcurve.core.errors import GraphError, InputError
from costcurve.core.quantities.bounds import ANY, Bounds
from costcurve.core.quantities.expression import Expression, record
from costcurve.core.quantities.names import check_name
from costcurve.core.quantities.notation import EXCEL, LATEX, TEXT

_FIELD = re.compile(r"^:(\w+):[ \t]*(.*(?:\n[ \t]+.*)*)", re.MULTILINE)
_FIELDS = frozenset({"unit", "range", "equation", "source", "deviation"})


def as_float64(name: str, value: ArrayLike) -> FloatArray:
    """Return `value` as float64, the one type that quantities compute with.

    Integers become floats here, since int64 overflows without a word at 9.2e18 FLOP.

    Raises
    ------
    InputError
        If it is not numeric, or any element is NaN or infinite.
    """
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError.of(name, value, "must be a number") from None
    if not np.isfinite(array).all():
        raise InputError.of(name, value, "must be a finite number")
    return read_only(array)


def read_only(array: FloatArray) -> FloatArray:
    """Return a view that cannot be written: values are shared between evaluations."""
    view = array.view()
    view.flags.writeable = False
    return view


@dataclass(frozen=True, slots=True)
class Input:
    """A number that comes from outside: the user, a law card or a table of facts.

    Attributes
    ----------
    name : str
        Its name, usable in a workbook.
    value : ndarray of float64
        One number, or an array along the axes (row, model, draw).
    unit : str
        Its unit, in a form that pint parses; `"1"` when it has none.
    label : str
        What it is, in a few words.
    source : str
        Where the value comes from.
    bounds : Bounds
        What it may be set to.
    spread : Range, optional
        Its distribution, when it is uncertain; `value` is then the median.
    sources : tuple of str
        Where each of several values comes from, in their order; empty where `source` holds for all.
    """

    name: str
    value: FloatArray
    unit: str
    label: str
    source: str
    bounds: Bounds = ANY
    spread: Range | None = None
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_name(self.name)
        for required in ("unit", "label", "source"):
            if not getattr(self, required):
                raise GraphError(f"input '{self.name}' has no {required}")

    @classmethod
    def of(  # noqa: PLR0913, PLR0917 - an input has as many parts
        cls,
        name: str,
        value: ArrayLike,
        unit: str,
        label: str,
        source: str,
        bounds: Bounds = ANY,
    ) -> Input:
        """Return the input with its value as float64.

        Raises
        ------
        InputError
            If the value is not a finite number.
        GraphError
            If the name cannot stand in a workbook, or unit, label or source is missing.
        """
        return cls(name, as_float64(name, value), unit, label, source, bounds)

    def source_of(self, place: int) -> str:
        """Return where one of several values comes from, counted from 0."""
        return self.sources[place] if self.sources else self.source


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number computed from others by a function of elementwise NumPy.

    Attributes
    ----------
    name : str
        The function's name.
    parameters : tuple of str
        The quantities it depends on: the names of the function's parameters.
    label, unit, equation, source, deviation : str
        From the docstring; `equation` is the printed formula, `deviation` may be empty.
    bounds : Bounds
        What it may be set to.
    expression : Expression
        What the function does, recorded.
    """

    name: str
    function: Callable[..., Any]
    parameters: tuple[str, ...]
    label: str
    unit: str
    equation: str
    source: str
    deviation: str
    bounds: Bounds
    expression: Expression = field(repr=False)

    @staticmethod
    @cache
    def of(function: Callable[..., Any]) -> Quantity:
        """Return the quantity that `function` computes.

        Raises
        ------
        GraphError
            If its name or a parameter's cannot stand in a workbook, it takes anything else than
            plain parameters, its docstring lacks unit or source, or it does what no formula can.
        """
        name = check_name(function.__name__)
        parameters = _plain_parameters(function)
        label, fields = _read_docstring(function)
        return Quantity(
            name=name,
            function=function,
            parameters=parameters,
            label=label,
            unit=fields["unit"],
            equation=fields.get("equation", ""),
            source=fields["source"],
            deviation=fields.get("deviation", ""),
            bounds=Bounds.parse(fields.get("range", "")),
            expression=record(function, parameters),
        )

    def text(self) -> str:
        """Return the formula as a reader would type it: `new_examples × usd_per_example`."""
        return TEXT.write(self.expression)

    def latex(self) -> str:
        """Return the formula in LaTeX, without the name and the equals sign."""
        return LATEX.write(self.expression)

    def excel(self, reference: Callable[[str], str] = str) -> str:
        """Return the formula for a spreadsheet cell.

        Parameters
        ----------
        reference : callable
            How a name is referred to; its own name by default, as a defined name.
        """
        return "=" + EXCEL.write(self.expression, reference)


def quantities_of(sources: Iterable[ModuleType | Callable[..., Any]]) -> list[Quantity]:
    """Return the quantities of modules (their public functions, in order) and of functions."""
    found = []
    for source in sources:
        if isinstance(source, ModuleType):
            found += [
                Quantity.of(member)
                for name, member in vars(source).items()
                if inspect.isfunction(member)
                and member.__module__ == source.__name__
                and not name.startswith("_")
            ]
        else:
            found.append(Quantity.of(source))
    return found


def _plain_parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    parameters = inspect.signature(function).parameters.values()
    for parameter in parameters:
        plain = parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        if not plain or parameter.default is not inspect.Parameter.empty:
            raise GraphError(
                f"quantity '{function.__name__}': parameter '{parameter.name}' must be plain, "
                "without a default: its name is the quantity it depends on"
            )
        check_name(parameter.name)
    return tuple(parameter.name for parameter in parameters)


def _read_docstring(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    text = inspect.getdoc(function) or ""
    label = text.partition("\n")[0].rstrip(".")
    fields = {name: " ".join(body.split()) for name, body in _FIELD.findall(text)}
    for required in ("unit", "source"):
        if not fields.get(required):
            raise GraphError(f"quantity '{function.__name__}' has no :{required}: in its docstring")
    if unknown := fields.keys() - _FIELDS:
        raise GraphError(
            f"quantity '{function.__name__}': unknown docstring field {sorted(unknown)}"
        )
    if not label or label.startswith(":"):
        raise GraphError(f"quantity '{function.__name__}' has no first line in its docstring")
    return label, fields
