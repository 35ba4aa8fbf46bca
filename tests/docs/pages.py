"""The pages of the documentation: those that are generated, and those that people wrote."""

from __future__ import annotations

import sys
from functools import cache

from tests.conftest import PROJECT

sys.path.insert(0, str(PROJECT / "docs" / "_ext"))

import costcurve_docs
from costcurve_docs import measured, sessions

__all__ = ["generated", "measured", "sessions", "written"]


@cache
def generated() -> dict[str, str]:
    """Return the generated pages by name, without the marks that keep text from being markup."""
    return {name: text.replace("\\", "") for name, text in costcurve_docs.pages().items()}


@cache
def written() -> dict[str, str]:
    """Return the pages that people wrote, the README among them, by name."""
    paths = [*sessions.pages(), PROJECT / "README.md"]
    return {path.relative_to(PROJECT).as_posix(): path.read_text("utf-8") for path in paths}
