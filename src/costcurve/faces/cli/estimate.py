"""`costcurve estimate`: from a task to an itemised, explained cost."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Group, Parameter

from costcurve.core.errors import InputError
from costcurve.core.parameters import table
from costcurve.core.vocabulary import Mode
from costcurve.decisions import Estimate
from costcurve.decisions import estimate as make_estimate
from costcurve.decisions.card import decision_card
from costcurve.faces.cli.arguments import EVERYTHING
from costcurve.faces.cli.output import print_csv, print_document, print_json, print_text
from costcurve.faces.request import read_request
from costcurve.facts import MODELS

_GROUPS = {
    "task": Group("Task", sort_key=1),
    "assumptions": Group("Assumptions", sort_key=2),
    "output": Group("Output", sort_key=3),
}
# `--as-published` sets the mode.
_NOT_FLAGS = {"mode"}


def _flag(name: str) -> tuple[str, Any, Any]:
    """Return the field behind a flag: text, which the input models check all at once."""
    parameter = table()[name]
    help_text = parameter.description
    if parameter.unit != "1":
        help_text += f" Unit: {parameter.unit}."
    if parameter.default is not None:
        help_text += f" Default: {str(parameter.default).lower()}."
    options = Parameter(
        help=help_text,
        group=_GROUPS[parameter.group],
        show_default=False,
        metavar="VALUE",
        allow_leading_hyphen=True,
    )
    kind = bool if parameter.allowed == "true or false" else str
    return name, Annotated[kind | None, options], dataclasses.field(default=None)


#: One flag for each row of the parameter table.
Flags = dataclasses.make_dataclass(
    "Flags", [_flag(name) for name in table() if name not in _NOT_FLAGS], frozen=True
)
# Python 3.11 leaves made classes in the module "types", whose classes cyclopts does not open.
Flags.__module__ = __name__
NO_FLAGS = Flags()


def _switch(help_text: str, group: str = "output") -> Parameter:
    return Parameter(help=help_text, show_default=False, group=_GROUPS[group], negative="")


_AsPublished = Annotated[
    bool, _switch("Price by Eq. 3-5 of the paper to the letter.", "assumptions")
]
_ModelsFile = Annotated[
    Path | None,
    Parameter(
        help="CSV rows to add to the table of models, or to put in place of its own.",
        group=_GROUPS["assumptions"],
    ),
]
_Explain = Annotated[
    str | None,
    Parameter(
        help="Show where a quantity comes from; all of them without a name.",
        group=_GROUPS["output"],
        metavar="[QUANTITY]",
    ),
]
_Workbook = Annotated[
    Path | None, Parameter(help="Write a workbook with live formulas.", group=_GROUPS["output"])
]


def estimate(
    file: Annotated[Path | None, Parameter(help="Description: .toml, .yaml or .json.")] = None,
    /,
    *,
    flags: Annotated[Flags, Parameter(name="*")] = NO_FLAGS,  # type: ignore[valid-type]
    as_published: _AsPublished = False,
    models_file: _ModelsFile = None,
    explain: _Explain = None,
    json: Annotated[bool, _switch("Print the estimate as JSON.")] = False,
    csv: Annotated[bool, _switch("Print the options as CSV.")] = False,
    xlsx: _Workbook = None,
) -> None:
    """Estimate what it costs to reach a target accuracy, before training.

    The flags of the task and the assumptions stand over the values of the file.
    """
    if sum((json, csv, explain is not None)) > 1:
        raise InputError.of("output", "more than one", "give one of --json, --csv, --explain")
    models = MODELS.with_file(models_file) if models_file else None
    task, assumptions = read_request(file, _given(flags, as_published), models)
    result = make_estimate(task, assumptions, models=models)
    # Before anything is written, since the quantity may be unknown.
    asked = None if explain == EVERYTHING else explain
    explanation = "" if explain is None else result.explain(asked)
    if xlsx is not None:
        from costcurve.faces.workbook import write_workbook  # noqa: PLC0415 - an extra

        write_workbook(result, xlsx)
    if explain is not None:
        print_text(explanation)
    elif json:
        print_json(result.to_dict())
    elif csv:
        print_csv(option_rows(result))
    else:
        print_document(decision_card(result))


def option_rows(result: Estimate) -> list[dict[str, Any]]:
    """Return the options as rows of a table: the keys of the JSON, less the bill."""
    return [
        {key: value for key, value in option.to_dict().items() if key != "bill"}
        for option in result.options
    ]


def _given(flags: Any, as_published: bool) -> dict[str, dict[str, Any]]:
    given: dict[str, dict[str, Any]] = {"task": {}, "assumptions": {}}
    for name, value in dataclasses.asdict(flags).items():
        if value is not None:
            given[table()[name].group][name] = value
    if as_published:
        given["assumptions"]["mode"] = Mode.AS_PUBLISHED
    return given
