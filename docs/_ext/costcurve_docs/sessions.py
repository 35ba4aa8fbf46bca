"""Pages whose blocks of code run: what they show is what they print.

A page is one session in an empty folder that holds the examples. From top to bottom

- a block of `console` runs the lines after `$ `, and shows below each what it prints; a command
  may end in `| head -N` or `| tail -N`, or in `> FILE`;
- a block of `python` runs, with the names of the blocks before it, and what it prints stands in a
  block of `text` right below it;
- a `code-block` with a caption is a file of that name.

Anything else, such as a block of `text`, is not code. Blocks of the README stand after a comment
that names their command, and run in the folder of the project.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from costcurve.__main__ import main

PROJECT = Path(__file__).resolve().parents[3]
DOCS = PROJECT / "docs"
#: A block, and the block of text that belongs to it.
CODE = re.compile(
    r"^```console\n(?P<console>.*?)^```\n"
    r"|^```python\n(?P<python>.*?)^```\n(?:\n```text\n.*?^```\n)?"
    r"|^```\{code-block\} \w+\n:caption: (?P<file>[^\n]+)\n\n(?P<content>.*?)^```\n",
    re.DOTALL | re.MULTILINE,
)
#: Languages of the blocks that run, or are files.
RUN = ("console", "python", "{code-block}")
_WIDTH = "80"
_PART = re.compile(r" \| (head|tail) -(\d+)$")
_INTO = re.compile(r" > (\S+)$")


def pages() -> list[Path]:
    """Return the pages that people wrote."""
    hidden = {"generated", "_build", "_ext", "_static"}
    return sorted(
        path for path in DOCS.rglob("*.md") if hidden.isdisjoint(path.relative_to(DOCS).parts)
    )


def output_of(command: str, folder: Path = PROJECT) -> str:
    """Return what a command prints on a plain terminal of 80 columns.

    Raises
    ------
    RuntimeError
        If it is not answered: what it said on standard error.
    """
    part, into = _PART.search(command), _INTO.search(command)
    after = part or into
    typed = command[: after.start()] if after else command
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with _terminal(), chdir(folder), redirect_stdout(out), redirect_stderr(err):
        status = main(shlex.split(typed)[1:])
        out.flush()
    if status:
        raise RuntimeError(f"{command}\n{err.getvalue()}")
    text = out.buffer.getvalue().decode()  # type: ignore[attr-defined]
    if into:
        (folder / into[1]).write_text(text, encoding="utf-8")
        return ""
    lines = [line.rstrip() for line in text.splitlines()]
    if part:
        lines = lines[: int(part[2])] if part[1] == "head" else lines[-int(part[2]) :]
    return "".join(f"{line}\n" for line in lines)


def refreshed(page: str) -> str:
    """Return the text of a page with everything it shows made anew."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(PROJECT / "examples", folder / "examples")
        names: dict[str, Any] = {"__name__": "__page__"}
        return CODE.sub(lambda block: _remade(block, folder, names), page)


def commands_of(page: str) -> Iterator[str]:
    """Yield the commands that a page runs, each in one line."""
    for block in CODE.finditer(page):
        if block["console"] is not None:
            for typed in _typed(block["console"]):
                yield _joined(typed)


def _remade(block: re.Match[str], folder: Path, names: dict[str, Any]) -> str:
    if block["file"] is not None:
        (folder / block["file"]).write_text(block["content"], encoding="utf-8")
        return block[0]
    if block["console"] is not None:
        parts = [
            f"$ {each}\n{output_of(_joined(each), folder)}" for each in _typed(block["console"])
        ]
        return f"```console\n{''.join(parts)}```\n"
    printed = io.StringIO()
    with _terminal(), chdir(folder), redirect_stdout(printed):
        exec(compile(block["python"], "page", "exec"), names)  # noqa: S102 - our own pages
    shown = "".join(f"{line.rstrip()}\n" for line in printed.getvalue().splitlines())
    below = f"\n```text\n{shown}```\n" if shown else ""
    return f"```python\n{block['python']}```\n{below}"


def _typed(session: str) -> list[str]:
    """Return the commands of a session as they were typed, over several lines where they were."""
    return re.findall(r"^\$ ((?:[^\n]*\\\n)*[^\n]*)$", session, re.MULTILINE)


def _joined(typed: str) -> str:
    return " ".join(typed.replace("\\\n", " ").split())


@contextmanager
def _terminal() -> Iterator[None]:
    """Set the environment of a plain terminal of 80 columns, for as long as it is needed."""
    wanted = {"COLUMNS": _WIDTH, "NO_COLOR": "1"}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
