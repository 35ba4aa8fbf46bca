"""The command line: `costcurve`, or `python -m costcurve`."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence

#: Exit status when the user broke off: 128 and the number of the signal, as shells have it.
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; Ctrl-C ends it in one sentence, even while modules are still loading.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the program's name; by default what the shell gave.

    Returns
    -------
    int
        The exit status.
    """
    # A command allocates a lot while it loads and ends soon after: collecting in between is waste.
    gc.set_threshold(200_000)
    # pydantic would read the metadata of every installed package in search of plugins.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    is_program = arguments is None
    try:
        from costcurve.faces.cli.main import main as run  # noqa: PLC0415 - see above

        status = run(arguments)
        _go_deaf(is_program=is_program)
    except KeyboardInterrupt as error:
        _go_deaf(is_program=is_program)
        told = f"; {error}" if str(error) else ""
        print(f"\ncostcurve: interrupted{told}", file=sys.stderr)  # noqa: T201
        return INTERRUPTED
    return status


def _go_deaf(*, is_program: bool) -> None:
    """Ignore Ctrl-C from here on: nothing is left to break off, and ending would be broken off."""
    if is_program:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
