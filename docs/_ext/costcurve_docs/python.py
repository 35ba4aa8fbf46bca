"""The reference of the Python library: every name of `costcurve.__all__`, from its docstring."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from pydantic import BaseModel

import costcurve
from costcurve.core.parameters import table
from costcurve_docs import markdown

_ABOUT = (
    "`import costcurve as cc` gives these names and no others; they are what versions promise "
    "([](../versions.md)). Each is loaded when it is first used. What stands in other modules may "
    "be used too, but may change with any version."
)


def pages() -> dict[str, str]:
    """Return the page of the public names."""
    names = [name for name in costcurve.__all__ if not name.startswith("_")]
    functions = [name for name in names if not inspect.isclass(getattr(costcurve, name))]
    others = [name for name in names if name not in functions]
    errors = [name for name in others if issubclass(getattr(costcurve, name), Exception)]
    classes = [name for name in others if name not in errors]
    parts = [
        markdown.section(title, *(part for name in found for part in _described(name)))
        for title, found in (("Functions", functions), ("Classes", classes), ("Errors", errors))
    ]
    return {"python.md": markdown.page("Python", _ABOUT, *parts)}


def _described(name: str) -> Iterator[str]:
    found = getattr(costcurve, name)
    if not inspect.isclass(found):
        yield _directive("autofunction", name)
        return
    fields = tuple(found.model_fields) if issubclass(found, BaseModel) else ()
    excluded = ", ".join((*fields, "model_config", "one_of", "model_post_init"))
    order = ":member-order: bysource"
    yield _directive("autoclass", name, ":members:", order, f":exclude-members: {excluded}")
    if fields:
        yield f"Fields of `{name}`, with units, bounds and sources in [](quantities.md):"
        rows = [(markdown.code(each), _about(found, each)) for each in fields]
        yield markdown.table(("Field", "What it is"), rows)


def _directive(kind: str, name: str, *options: str) -> str:
    lines = [f".. {kind}:: costcurve.{name}", *(f"   {option}" for option in options)]
    return markdown.block("\n".join(lines), "{eval-rst}")


def _about(model: type[BaseModel], name: str) -> str:
    known = table().get(name)
    return markdown.plain(
        known.description if known else model.model_fields[name].description or ""
    )
