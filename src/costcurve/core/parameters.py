"""The table of what a user may set: one row feeds flags, files, forms, workbooks and schemas.

`parameters.csv` holds name, unit, default, bounds, label, description and source of every
parameter. Nothing of that is written a second time: the input models take their fields from
here (`field`), the graph its inputs (`as_input`), the command line its help.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import isfinite
from typing import Annotated, Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ModelWrapValidatorHandler,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from costcurve.core.draws import Range
from costcurve.core.errors import Finding, InputError, nearest, rewritten, shown
from costcurve.core.files import packaged_rows
from costcurve.core.quantities import Bounds, Input

# Types of findings that pydantic does not know by name.
_OUR_TYPES = frozenset({"alternatives", "number"})
#: Where a value comes from when the user gave it.
GIVEN = "given by the user"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One row of the table; `default` is `None` where there is none."""

    name: str
    group: str
    unit: str
    default: float | bool | str | None
    bounds: Bounds
    allowed: str
    label: str
    description: str
    source: str

    @property
    def default_source(self) -> str:
        """Why the default is what it is."""
        return self.source if self.default is None else f"default; {self.source}"

    def as_input(self, value: ArrayLike | Range, source: str = GIVEN) -> Input:
        """Return the graph's input for a value of this parameter; of a range, its median."""
        if not isinstance(value, Range):
            return Input.of(self.name, value, self.unit, self.label, source, self.bounds)
        kind = "smallest .. most likely .. largest" if value.mode is not None else "90 % interval"
        stated = f"{source}: {value} ({kind}, {value.described(*self.bounds.ends())})"
        middle = value.quantile(np.array([0.5]), *self.bounds.ends())
        given = Input.of(self.name, middle[0], self.unit, self.label, stated, self.bounds)
        return given if value.is_certain else replace(given, spread=value)


@lru_cache(maxsize=1)
def table() -> dict[str, Parameter]:
    """Return every parameter by name, in the order of the table."""
    return {row["name"]: _parameter(row) for row in packaged_rows("core", "parameters.csv")}


def field(name: str, **arguments: Any) -> Any:
    """Return the pydantic field for the parameter `name`: default, bounds, description, unit."""
    parameter = table()[name]
    if "default_factory" not in arguments:
        arguments["default"] = parameter.default
    return Field(
        validate_default=True,
        description=parameter.description,
        json_schema_extra={
            "unit": parameter.unit,
            "source": parameter.source,
            **_schema_bounds(parameter.bounds),
        },
        **arguments,
    )


def _read_number(value: Any) -> float | Range:
    if isinstance(value, Range):
        return value
    if isinstance(value, str) and (" to " in value or ".." in value):
        try:
            return Range.parse(value)
        except ValueError as error:
            raise PydanticCustomError("number", "{why}", {"why": str(error)}) from None
    return _read_plain_number(value)


def _read_plain_number(value: Any) -> float:
    wrong = PydanticCustomError("number", "a number")
    # A truth value is no number, and digits of other scripts are a slip of the keyboard.
    if isinstance(value, bool) or (isinstance(value, str) and not value.isascii()):
        raise wrong
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise wrong from None
    if not isfinite(number):
        raise wrong
    return number


def _read_whole_number(value: Any) -> int | Range:
    number = _read_number(value)
    if isinstance(number, Range):
        return number
    if not number.is_integer():
        raise PydanticCustomError("number", "a whole number")
    return int(number)


def _read_plain_whole_number(value: Any) -> int:
    number = _read_plain_number(value)
    if not number.is_integer():
        raise PydanticCustomError("number", "a whole number")
    return int(number)


_AS_TEXT = PlainSerializer(lambda value: str(value) if isinstance(value, Range) else value)
_RANGE_SCHEMA = {"type": "string", "examples": ["0.4 to 0.9", "1 .. 2 .. 4"]}
#: A number, or a range such as "0.4 to 0.9".
Number = Annotated[
    float | Range,
    PlainValidator(_read_number),
    _AS_TEXT,
    WithJsonSchema({"anyOf": [{"type": "number"}, _RANGE_SCHEMA]}),
]
#: A whole number, or a range.
Whole = Annotated[
    int | Range,
    PlainValidator(_read_whole_number),
    _AS_TEXT,
    WithJsonSchema({"anyOf": [{"type": "integer"}, _RANGE_SCHEMA]}),
]
#: A number and nothing else.
PlainNumber = Annotated[
    float, PlainValidator(_read_plain_number), WithJsonSchema({"type": "number"})
]
#: A whole number and nothing else.
PlainWhole = Annotated[
    int, PlainValidator(_read_plain_whole_number), WithJsonSchema({"type": "integer"})
]


class InputModel(BaseModel):
    """Base of what a user describes: frozen, closed, and with every finding in one error.

    Raises
    ------
    InputError
        With one finding for each wrong field.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    #: Fields of which exactly one must be given, in groups.
    one_of: ClassVar[tuple[tuple[str, ...], ...]] = ()

    def __init__(self, /, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise InputError(findings_of(error, type(self))) from None

    # Without the mark pydantic would validate nested models through __init__, and their findings
    # would lose their place.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    @field_validator("*", mode="after")
    @classmethod
    def _keep_to_the_bounds(cls, value: Any, info: ValidationInfo) -> Any:
        # Not by pydantic's own constraints, which know nothing of ranges.
        known = table().get(info.field_name or "")
        if known and isinstance(value, float | int | Range) and not known.bounds.hold(value):
            raise PydanticCustomError("number", "out of bounds")
        return value

    @model_validator(mode="wrap")
    @classmethod
    def _report_alternatives_too(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        details = _alternatives(data, cls.one_of) if isinstance(data, dict) else []
        model = None
        try:
            model = handler(data)
        except ValidationError as error:
            details += [
                _as_given(found)
                for found in error.errors(include_url=False)
                # A default that depends on a field found wrong says nothing of its own.
                if found["type"] != "default_factory_not_called"
            ]
        if model is None or details:
            raise ValidationError.from_exception_data(cls.__name__, details)
        return model

    def as_input(self, name: str, value: ArrayLike | None = None) -> Input:
        """Return the field `name` as an input of a graph; `value` stands in for the field's."""
        given = name in self.model_fields_set
        parameter = table()[name]
        source = GIVEN if given else parameter.default_source
        return parameter.as_input(getattr(self, name) if value is None else value, source)


def _alternatives(
    data: dict[str, Any], groups: tuple[tuple[str, ...], ...]
) -> list[InitErrorDetails]:
    details = []
    for group in groups:
        given = [name for name in group if data.get(name) is not None]
        either = " or ".join(group)
        problem = f"is missing; give {either}" if not given else f"give {either}, not both"
        if len(given) != 1:
            error = PydanticCustomError("alternatives", problem)
            details.append(InitErrorDetails(type=error, loc=(group[0],), input=None))
    return details


def _as_given(found: ErrorDetails) -> InitErrorDetails:
    """Return a finding of pydantic in the form in which it is raised again."""
    details = InitErrorDetails(type=found["type"], loc=found["loc"], input=found["input"])
    if found["type"] in _OUR_TYPES:
        details["type"] = PydanticCustomError(found["type"], found["msg"])
    return {**details, "ctx": found["ctx"]} if "ctx" in found else details


def findings_of(error: ValidationError, model: type[BaseModel]) -> list[Finding]:
    """Return what is wrong, a line each, in the words of the parameter table."""
    findings = (_finding(details, model) for details in error.errors(include_url=False))
    return list({str(finding): finding for finding in findings}.values())


def _finding(details: ErrorDetails, model: type[BaseModel]) -> Finding:
    location = [str(part) for part in details["loc"]]
    name = location[0] if location else model.__name__.lower()
    if details["type"] == "extra_forbidden":
        known = list(model.model_fields)
        hint = nearest(name, known) or f"; known: {', '.join(known)}"
        return Finding(shown(name).strip("'"), "", f"unknown field{hint}")
    if details["type"] == "value_error":  # raised by a validator of ours, in its own words
        return Finding(name, "", str(details["ctx"]["error"]))
    if details["type"] == "alternatives":
        return Finding(name, "", details["msg"])
    element = f"[{_element(details['loc'][1])}]" if len(details["loc"]) > 1 else ""
    allowed = table()[name].allowed if name in table() else details["msg"]
    allowed = allowed.removeprefix("Input should be ")
    if details["type"] == "missing":
        return Finding(name, "", f"is missing; must be {allowed}")
    if details["type"] == "number" and isinstance(details["input"], str | Range):
        text = str(details["input"])
        if " to " in text or ".." in text:
            allowed += "; a range is written 5 to 10, or 5 .. 7 .. 10, and rises within that"
        allowed += rewritten(text)
    return Finding(name + element, shown(details["input"]), f"must be {allowed}")


def _element(position: int | str) -> str:
    # People count from one; a label stands for itself.
    return str(position + 1) if isinstance(position, int) else shown(position)


def _parameter(row: dict[str, str]) -> Parameter:
    terms = [f"{end} {row[end]}" for end in ("above", "at least", "below", "at most") if row[end]]
    bounds = Bounds.parse(" and ".join(terms))
    return Parameter(
        name=row["name"],
        group=row["group"],
        unit=row["unit"],
        default=_default(row["default"]),
        bounds=bounds,
        allowed=row["allowed"] or f"a number {bounds}",
        label=row["label"],
        description=row["description"],
        source=row["source"],
    )


def _default(cell: str) -> float | bool | str | None:
    if cell in ("", "true", "false"):
        return {"": None, "true": True, "false": False}[cell]
    try:
        number = float(cell)
    except ValueError:
        return cell
    return int(number) if number.is_integer() else number


def _schema_bounds(bounds: Bounds) -> dict[str, JsonValue]:
    ends = {
        "exclusiveMinimum": bounds.above,
        "minimum": bounds.at_least,
        "exclusiveMaximum": bounds.below,
        "maximum": bounds.at_most,
    }
    return {name: end for name, end in ends.items() if end is not None}
