"""Remake the command output that the README shows.

A block stands after a comment that names its command:

    <!-- output of: costcurve estimate examples/defect-inspection.toml -->
    ```text
    ...
    ```

`make docs` runs the commands and writes their output into the blocks; a test fails when a block is
out of date.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
README = PROJECT / "README.md"
BLOCK = re.compile(r"(<!-- output of: (costcurve [^\n]*?) -->\n```text\n)(.*?)(```\n)", re.DOTALL)


def output_of(command: str) -> str:
    """Return what a command prints on a plain terminal of 80 columns."""
    arguments = shlex.split(command)[1:]
    done = subprocess.run(  # noqa: S603 - our own program, our own README
        [sys.executable, "-m", "costcurve", *arguments],
        capture_output=True,
        check=True,
        cwd=PROJECT,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
        text=True,
        encoding="utf-8",
    )
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()) + "\n"


def refreshed(text: str) -> str:
    """Return the README's text with every block remade."""
    return BLOCK.sub(lambda block: block[1] + output_of(block[2]) + block[4], text)


if __name__ == "__main__":
    README.write_text(refreshed(README.read_text(encoding="utf-8")), encoding="utf-8")
