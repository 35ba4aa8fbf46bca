"""The Sphinx extension that makes the pages which nobody types.

Commands, options, quantities, facts, routes, laws, studies, scoreboards and the architecture are
read off the library when the documentation is built. What a page shows is therefore what the
library does, and a new command, law or study has its page as soon as it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from costcurve_docs import (
    architecture,
    commands,
    laws,
    measured,
    python,
    quantities,
    routes,
    scoreboards,
    studies,
    tables,
)

#: Where the pages are written, below the folder of the documentation; git ignores it.
FOLDER = "generated"
#: What makes pages: each returns texts by file name.
MAKERS: tuple[Callable[[], Mapping[str, str]], ...] = (
    commands.pages,
    python.pages,
    quantities.pages,
    tables.pages,
    routes.pages,
    laws.pages,
    scoreboards.pages,
    measured.pages,
    studies.pages,
    architecture.pages,
)


@cache
def pages() -> dict[str, str]:
    """Return every generated file by its name below `FOLDER`."""
    return {name: text for maker in MAKERS for name, text in maker().items()}


def write(docs: Path) -> None:
    """Write the pages below the folder of the documentation, and take away those of before.

    A page that did not change keeps its time, so that Sphinx does not read it again.
    """
    folder = docs / FOLDER
    made = pages()
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and path.relative_to(folder).as_posix() not in made:
            path.unlink()
    for name, text in made.items():
        path = folder / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Make the pages before Sphinx looks for what there is to read."""
    app.connect("builder-inited", lambda found: write(Path(found.srcdir)))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
