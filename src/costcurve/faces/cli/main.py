"""The command `costcurve`: commands in, words out, exit status 2 for bad input."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from costcurve._version import __version__
from costcurve.core.errors import CostcurveError
from costcurve.faces.cli.complexity import complexity
from costcurve.faces.cli.estimate import estimate, value_of_explain
from costcurve.faces.cli.reproduce import reproduce

#: Exit status when what was given cannot be used.
BAD_INPUT = 2
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
app.command(estimate)
app.command(complexity)
app.command(reproduce)


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
    except CostcurveError as error:
        return _refuse(str(error).splitlines())
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader left, as `head` does; what is still buffered must go nowhere in silence.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _refuse(messages: Sequence[str]) -> int:
    for message in messages:
        print(f"costcurve: error: {message}", file=sys.stderr)  # noqa: T201
    return BAD_INPUT
