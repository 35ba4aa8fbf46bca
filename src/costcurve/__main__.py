"""The command line: `costcurve`, or `python -m costcurve`."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; Ctrl-C ends it quietly even while modules are still loading."""
    # A command allocates a lot while it loads and ends soon after: collecting in between is waste.
    gc.set_threshold(200_000)
    # pydantic would read the metadata of every installed package in search of plugins.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        from costcurve.faces.cli.main import main as run  # noqa: PLC0415 - see above

        return run(arguments)
    except KeyboardInterrupt:
        return 130  # as shells expect it: 128 + SIGINT


if __name__ == "__main__":
    sys.exit(main())
