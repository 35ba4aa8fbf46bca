"""The command line: `costcurve`, or `python -m costcurve`."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from costcurve.core.interrupts import go_deaf, listen, was_heard

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
        if is_program:
            listen()
        from costcurve.faces.cli.main import main as run  # noqa: PLC0415 - see above

        status = run(arguments)
        if is_program:
            go_deaf()
    except KeyboardInterrupt as error:
        return _interrupted(str(error), is_program=is_program)
    except Exception:
        if not was_heard():
            raise
        return _interrupted("", is_program=is_program)
    return status


def _interrupted(left: str, *, is_program: bool) -> int:
    """Say in one sentence that Ctrl-C was heard, and what it leaves."""
    if is_program:
        go_deaf()
    told = f"; {left}" if left else ""
    print(f"\ncostcurve: interrupted{told}", file=sys.stderr)  # noqa: T201
    return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
