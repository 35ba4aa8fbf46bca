"""The command `costcurve`: commands in, words out, exit status 2 for bad input."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from costcurve._version import __version__
from costcurve.core.errors import (
    CostcurveError,
    Finding,
    InputError,
    MissingExtraError,
    WorkerLostError,
    nearest,
    printable,
    shown,
)
from costcurve.core.interrupts import was_heard
from costcurve.faces.cli.arguments import Command
from costcurve.faces.cli.output import NARROWEST

#: Exit status when what was given cannot be used.
BAD_INPUT = 2
#: Exit status when costcurve is wrong, or its output cannot be written.
FAILED = 1

#: Every command with the first line of its help. The module of a command, and what that imports, is
#: loaded when the command is asked for.
COMMANDS = {
    "estimate": "Estimate what it costs to reach a target accuracy, before training.",
    "cost": "Predict what a run takes before it starts: hours, dollars, kWh, CO2.",
    "complexity": "Measure the relative complexity of a task from its classes.",
    "curve": "Predict where learning curves go, and what a target takes.",
    "data": "Fetch and check the public data that costcurve can read.",
    "distance": "Measure how far two sets of images are from each other, as a network sees them.",
    "doctor": "Say what is installed, what is at hand, and what can be reached.",
    "embed": "Embed images by a network, each once, and write the embeddings as Parquet.",
    "evidence": "Look over a table of models: what is doubtful, and what is known.",
    "facts": "Show a table of facts with its sources.",
    "fit": "Remake a fit from the public data that it was made from.",
    "laws": "Show the laws of error over examples, and check their cards.",
    "limits": "Fit how error falls with compute in a field, and project what a target takes.",
    "pilot": "Train a learner at a few sizes, and write its learning curve as it goes.",
    "portfolio": "Answer every row of a file as worth would, and choose what to fund.",
    "reproduce": "Lay a study's printed numbers beside what this library computes.",
    "serve": "Serve the web app and the JSON API on this machine, until Ctrl-C.",
    "simulate": "Simulate what flexibility costs: linear models, flexible and not.",
    "worth": "Say whether a case pays: what a year costs and brings, how surely, from where on.",
}
_ABOUT = "What will it cost to reach that accuracy, and is it worth it?"
_HELP = frozenset({"--help", "-h"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the program's name; by default what the shell gave.

    Returns
    -------
    int
        0 when answered ("out of reach" is an answer), 2 when the input cannot be used.
    """
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    _prepare_streams()
    try:
        _run(tokens)
        sys.stdout.flush()
    except SystemExit:  # help was shown
        sys.stdout.flush()
    except (InputError, MissingExtraError) as error:
        if was_heard():
            # What loaded just then, or was asked for, failed for no other reason.
            raise KeyboardInterrupt from None
        return _refuse(str(error).splitlines())
    except WorkerLostError as error:
        return _fail(str(error))
    except CostcurveError as error:
        return _fail(f"a mistake of costcurve, please report it: {error}")
    except BrokenPipeError:
        # The reader left, as `head` does; what is still buffered must go nowhere in silence.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _fail(f"the output cannot be written: {error.strerror}")
    return 0


def _run(tokens: list[str]) -> None:
    name, rest = (tokens[0], tokens[1:]) if tokens else ("--help", [])
    if name == "--version":
        sys.stdout.write(f"{__version__}\n")
    elif name in _HELP:
        sys.stdout.write(_overview("costcurve", _ABOUT, COMMANDS))
    elif name not in COMMANDS:
        raise InputError([Finding(shown(name), "", f"unknown command{nearest(name, COMMANDS)}")])
    else:
        _run_command(name, rest)


def _run_command(name: str, rest: list[str]) -> None:
    module = import_module(f"costcurve.faces.cli.{name}")
    found: Command | dict[str, Command] = module.COMMAND
    if isinstance(found, Command):
        found.run(found.parser().read(rest))
        return
    # A command of several parts: the next word says which.
    if not rest or rest[0] in _HELP:
        parts = {part: str(each.parser().description) for part, each in found.items()}
        sys.stdout.write(_overview(f"costcurve {name}", COMMANDS[name], parts))
    elif rest[0] not in found:
        hint = nearest(rest[0], found) or f"; one of: {', '.join(found)}"
        raise InputError([Finding(shown(rest[0]), "", f"unknown command of {name}{hint}")])
    else:
        found[rest[0]].run(found[rest[0]].parser().read(rest[1:]))


def _overview(program: str, about: str, commands: dict[str, str]) -> str:
    width = max(map(len, commands))
    lines = [f"  {name:{width}}  {text}" for name, text in commands.items()]
    return "\n".join(
        (
            f"usage: {program} COMMAND [ARGUMENTS]",
            "",
            about,
            "",
            "commands:",
            *lines,
            "",
            f"{program} COMMAND --help shows what a command takes.",
            *((f"version {__version__}",) if program == "costcurve" else ()),
            "",
        )
    )


def _prepare_streams() -> None:
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the shell
            setattr(sys, name, io.StringIO())
        elif hasattr(stream, "reconfigure"):
            # A terminal that knows no "×" shows "?" instead.
            stream.reconfigure(errors="replace")
    # Help is set for the terminal by a library that takes any width at its word.
    columns = os.environ.get("COLUMNS", "")
    if columns and not (columns.isascii() and columns.isdigit() and int(columns) >= NARROWEST):
        os.environ["COLUMNS"] = str(NARROWEST)


def _fail(message: str) -> int:
    print(f"costcurve: {message}", file=sys.stderr)  # noqa: T201
    return FAILED


def _refuse(messages: Sequence[str]) -> int:
    for message in messages:
        print(f"costcurve: error: {printable(message)}", file=sys.stderr)  # noqa: T201
    return BAD_INPUT
