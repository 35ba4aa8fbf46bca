"""The reference of the command line, from the parsers of the commands."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import import_module

from costcurve.faces.cli.arguments import Command
from costcurve.faces.cli.main import COMMANDS
from costcurve_docs import markdown

_ABOUT = (
    "Every command prints words on standard output, progress and errors on standard error. Exit "
    "status is 0 when the question was answered (“out of reach” is an answer), 2 when the input "
    "cannot be used, with one line for every wrong field, 130 after Ctrl-C, and 1 when the output "
    "cannot be written or costcurve is at fault."
)


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield every command with its parser: `"estimate"`, `"data list"`."""
    for name in COMMANDS:
        found: Command | dict[str, Command] = import_module(f"costcurve.faces.cli.{name}").COMMAND
        if isinstance(found, Command):
            yield name, found.parser()
        else:
            for part, each in found.items():
                yield f"{name} {part}", each.parser()


def pages() -> dict[str, str]:
    """Return a page for every command, and the page that lists them."""
    by_command: dict[str, list[tuple[str, argparse.ArgumentParser]]] = {}
    for called, parser in parsers():
        by_command.setdefault(called.split()[0], []).append((called, parser))
    made = {f"cli/{name}.md": _page(name, found) for name, found in by_command.items()}
    rows = [(f"[{name}](cli/{name}.md)", markdown.plain(COMMANDS[name])) for name in by_command]
    made["cli.md"] = markdown.page(
        "The command line",
        _ABOUT,
        markdown.table(("Command", "What it does"), rows),
        markdown.contents(f"cli/{name}" for name in by_command),
    )
    return made


def _page(name: str, found: list[tuple[str, argparse.ArgumentParser]]) -> str:
    if len(found) == 1 and found[0][0] == name:
        return markdown.page(f"costcurve {name}", *_parts(found[0][1], level=2))
    parts = [
        markdown.section(f"costcurve {called}", *_parts(parser, level=3))
        for called, parser in found
    ]
    return markdown.page(f"costcurve {name}", markdown.plain(COMMANDS[name]), *parts)


def _parts(parser: argparse.ArgumentParser, level: int) -> Iterator[str]:
    yield markdown.plain(_text(parser.description))
    words = [each for each in parser._actions if not each.option_strings]
    called = " ".join(
        (parser.prog, *(str(each.metavar or each.dest) for each in words), "[OPTIONS]")
    )
    yield markdown.block(called)
    for group in parser._action_groups:
        rows = [
            (markdown.code(_called(each)), markdown.plain(_text(each.help)))
            for each in group._group_actions
            if each.dest != "help"
        ]
        if rows:
            title = (group.title or "").capitalize()
            yield markdown.section(title, markdown.table(("", "What it says"), rows), level=level)


def _called(action: argparse.Action) -> str:
    if not action.option_strings:
        return str(action.metavar or action.dest)
    value = "" if action.nargs == 0 else f" {action.metavar or action.dest.upper()}"
    return f"{', '.join(action.option_strings)}{value}"


def _text(text: str | None) -> str:
    return (text or "").replace("%%", "%")
