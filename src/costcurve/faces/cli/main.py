"""The command `costcurve`: commands in, words out, exit status 2 for bad input."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from costcurve._version import __version__
from costcurve.core.errors import CostcurveError, InputError, MissingExtraError
from costcurve.faces.cli.arguments import value_of_explain

#: Exit status when what was given cannot be used.
BAD_INPUT = 2
#: Exit status when costcurve itself is wrong.
OUR_MISTAKE = 1
#: Exit status after Ctrl-C, as shells expect it: 128 + SIGINT.
INTERRUPTED = 130

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
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that knows no "×" shows "?" instead
            stream.reconfigure(errors="replace")
    try:
        app(value_of_explain(tokens), exit_on_error=False, print_error=False)
        sys.stdout.flush()
    except CycloptsError as error:
        return _refuse([" ".join(str(error).split())])
    except (InputError, MissingExtraError) as error:
        return _refuse(str(error).splitlines())
    except CostcurveError as error:
        return _apologise(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader left, as `head` does; what is still buffered must go nowhere in silence.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _apologise(error: CostcurveError) -> int:
    print(f"costcurve: a mistake of costcurve, please report it: {error}", file=sys.stderr)  # noqa: T201
    return OUR_MISTAKE


def _refuse(messages: Sequence[str]) -> int:
    for message in messages:
        print(f"costcurve: error: {message}", file=sys.stderr)  # noqa: T201
    return BAD_INPUT
