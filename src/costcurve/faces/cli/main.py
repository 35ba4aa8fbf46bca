"""The command `costcurve`: commands in, words out, exit status 2 for bad input."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from costcurve._version import __version__
from costcurve.core.errors import CostcurveError, InputError, MissingExtraError, printable
from costcurve.faces.cli.arguments import value_of_explain
from costcurve.faces.cli.output import NARROWEST

#: Exit status when what was given cannot be used.
BAD_INPUT = 2
#: Exit status when costcurve is wrong, or its output cannot be written.
FAILED = 1

app = App(
    name="costcurve",
    help="What will it cost to reach that accuracy, and is it worth it?",
    version=__version__,
    version_flags=["--version"],
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
#: Every command with the first line of its help.
COMMANDS = {
    "estimate": "Estimate what it costs to reach a target accuracy, before training.",
    "complexity": "Measure the relative complexity of a task from its classes.",
    "data": "Fetch and check the public data that costcurve can read.",
    "facts": "Show a table of facts with its sources.",
    "reproduce": "Lay a study's printed numbers beside what this library computes.",
}
# By path: a command's module, and what that imports, is loaded when the command is asked for.
for _name, _help in COMMANDS.items():
    app.command(f"costcurve.faces.cli.{_name}:{_name}", name=_name, help=_help)


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
        app(value_of_explain(tokens), exit_on_error=False, print_error=False)
        sys.stdout.flush()
    except CycloptsError as error:
        return _refuse([" ".join(str(error).split())])
    except (InputError, MissingExtraError) as error:
        return _refuse(str(error).splitlines())
    except CostcurveError as error:
        return _fail(f"a mistake of costcurve, please report it: {error}")
    except BrokenPipeError:
        # The reader left, as `head` does; what is still buffered must go nowhere in silence.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _fail(f"the output cannot be written: {error.strerror}")
    return 0


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
