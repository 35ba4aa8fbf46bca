"""The table of quantities, which is the glossary: what is set, what is given, what is computed."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType

import costcurve as cc
from costcurve.core.parameters import Parameter, table
from costcurve.core.quantities import Input, Quantity
from costcurve_docs import markdown

#: Rooms that hold quantities.
ROOMS = ("facts", "evidence", "task", "laws", "costs", "decisions")
_ABOUT = (
    "A quantity is written once: one function whose parameters are the quantities that it depends "
    "on. What stands below is read off those functions, so that the screen, the workbook, the "
    "report, Python and this page say the same. `--explain QUANTITY` and `result.explain` show "
    "the value of one with everything that it came from, and `--overrides NAME=NUMBER` puts "
    "another value in its place."
)


def modules() -> Iterator[ModuleType]:
    """Yield the modules of the rooms that hold quantities."""
    for room in ROOMS:
        package = import_module(f"costcurve.{room}")
        for found in walk_packages(package.__path__, f"{package.__name__}."):
            yield import_module(found.name)


def quantities() -> list[tuple[str, Quantity]]:
    """Return every quantity with the module that computes it; a name may have two."""
    return [
        (module.__name__, Quantity.of(function))
        for module in modules()
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
        and "\n:unit:" in (inspect.getdoc(function) or "")
    ]


def given() -> list[Input]:
    """Return what laws and facts put into the two calculations of an estimate."""
    task = cc.Task(target_error=0.1, class_counts=[900, 100])
    found: dict[str, Input] = {}
    for mode in ("calibrated", "as-published"):
        graph = cc.estimate(task, cc.Assumptions(mode=mode)).evaluation.graph
        found |= {name: each for name, each in graph.inputs.items() if name not in table()}
    return sorted(found.values(), key=lambda each: each.name)


def pages() -> dict[str, str]:
    """Return the page of quantities."""
    return {
        "quantities.md": markdown.page(
            "Quantities: the glossary",
            _ABOUT,
            markdown.section("What you may set", *_parameters()),
            markdown.section(
                "What laws and facts give",
                "They enter an estimate from a law card or a table of facts.",
                markdown.table(
                    ("Name", "What it is", "Unit", "Source"),
                    [
                        (
                            markdown.code(each.name),
                            markdown.plain(each.label),
                            markdown.plain(each.unit),
                            markdown.plain(each.source),
                        )
                        for each in given()
                    ],
                ),
            ),
            markdown.section("What is computed", *_computed()),
        )
    }


def _parameters() -> Iterator[str]:
    yield "Each is a flag, a line of a file, a field of a form and of the API, and a Python field."
    header = ("Name", "What it is", "Unit", "Default", "Allowed", "Source")
    groups: dict[str, list[Parameter]] = {}
    for each in table().values():
        groups.setdefault(each.group, []).append(each)
    for group, found in groups.items():
        rows = [
            (
                markdown.code(each.name),
                f"*{markdown.plain(each.label)}.* {markdown.plain(each.description)}",
                markdown.plain(each.unit),
                "" if each.default is None else markdown.code(_default(each)),
                markdown.plain(each.allowed),
                markdown.plain(each.source),
            )
            for each in found
        ]
        yield markdown.section(group.capitalize(), markdown.table(header, rows), level=3)


def _default(each: Parameter) -> str:
    return str(each.default).lower() if isinstance(each.default, bool) else str(each.default)


def _computed() -> Iterator[str]:
    header = ("Name", "What it is", "Unit", "Definition", "Source")
    by_module: dict[str, list[Quantity]] = {}
    for module, each in quantities():
        by_module.setdefault(module, []).append(each)
    for module, found in by_module.items():
        rows = [
            (
                markdown.code(each.name),
                markdown.plain(each.label),
                markdown.plain(each.unit),
                "<br>".join(_definition(each)),
                markdown.plain(each.source),
            )
            for each in found
        ]
        about = markdown.plain((inspect.getdoc(import_module(module)) or "").partition("\n")[0])
        yield markdown.section(module, about, markdown.table(header, rows), level=3)


def _definition(each: Quantity) -> Iterator[str]:
    """Yield the formula as it is computed, as its source prints it, and how they differ."""
    yield markdown.code(each.text())
    if each.equation:
        yield f"printed: {markdown.code(each.equation)}"
    if each.deviation:
        yield f"departs from it: {markdown.plain(each.deviation)}"
