"""Options of the commands that take facts of one's own beside the tables of the library."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from costcurve.faces.cli.arguments import Parser
from costcurve.faces.request import read_facts

_TABLES = ("models", "accelerators", "prices", "grids")


def add_facts(parser: Parser, group: Any = None, *, grids: str = "") -> None:
    """Add an option for each table; `grids` is what else is said of that of the grids."""
    for name in _TABLES:
        text = f"CSV rows to add to the table of {name}, or to put in place of its own."
        parser.value(f"{name}-file", text + (grids if name == "grids" else ""), group, path=True)


def facts_of(arguments: Namespace) -> dict[str, Any]:
    """Return the tables with the rows of the files that were given; raises as `read_facts`."""
    files = {name: getattr(arguments, f"{name}_file") for name in _TABLES}
    return read_facts({name: path for name, path in files.items() if path is not None})
