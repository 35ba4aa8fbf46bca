"""Remake what README and documentation show: the output of commands and of Python.

In the README a block stands after a comment that names its command:

    <!-- output of: costcurve estimate examples/defect-inspection.toml -->
    ```text
    ...
    ```

A scoreboard stands between comments that name it, and is made of law cards and studies:

    <!-- scoreboard: prices -->
    ...
    <!-- end of scoreboard -->

The pages of `docs` are sessions, as `costcurve_docs.sessions` says. `make refresh` runs all of it
and writes what it prints into the blocks; tests fail when a block is out of date.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "_ext"))

from costcurve_docs import scoreboards, sessions
from costcurve_docs.sessions import output_of

README = sessions.PROJECT / "README.md"
BLOCK = re.compile(r"(<!-- output of: (costcurve [^\n]*?) -->\n```text\n)(.*?)(```\n)", re.DOTALL)
BOARD = re.compile(r"(<!-- scoreboard: (\w+) -->\n)(.*?)(<!-- end of scoreboard -->\n)", re.DOTALL)


def refreshed(text: str) -> str:
    """Return the README's text with every block and scoreboard remade.

    A scoreboard of public data that are not at hand stays as it is.
    """
    text = BOARD.sub(lambda board: board[1] + (board_of(board[2]) or board[3]) + board[4], text)
    return BLOCK.sub(lambda block: block[1] + output_of(block[2]) + block[4], text)


def board_of(name: str) -> str | None:
    """Return a scoreboard as a table; `None` where its data are not at hand."""
    made = scoreboards.BOARDS[name]()
    return made and f"\n{made}\n"


if __name__ == "__main__":
    README.write_text(refreshed(README.read_text(encoding="utf-8")), encoding="utf-8")
    for page in sessions.pages():
        page.write_text(sessions.refreshed(page.read_text(encoding="utf-8")), encoding="utf-8")
