"""The reference of the JSON API, from the description that the server gives of itself."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from typing import Any

from starlette.routing import Route

from costcurve.faces.web.app import create_app
from costcurve.faces.web.pages import router
from costcurve_docs import markdown

_ABOUT = (
    "`costcurve serve` answers these paths on this machine; `/openapi.json` describes them for "
    "programs, with every field. A path answers what its command prints with `--json`; what "
    "cannot be used is status 422 with every finding at once."
)


def described() -> dict[str, Any]:
    """Return what the server says of itself."""
    return create_app().openapi()


def pages() -> dict[str, str]:
    """Return the page of the API."""
    schema = described()
    parts = [
        markdown.section(f"{method.upper()} {path}", *_parts(found))
        for path, methods in schema["paths"].items()
        for method, found in methods.items()
    ]
    rows = [
        (markdown.code(route.path), markdown.plain(_first_line(route)))
        for route in router.routes
        if isinstance(route, Route)
    ]
    pages_of_app = markdown.table(("Page", "What it shows"), rows)
    return {
        "api.md": markdown.page(
            "The JSON API",
            _ABOUT,
            markdown.plain(schema["info"]["description"]),
            *parts,
            markdown.section("Pages for people", pages_of_app),
        )
    }


def _first_line(route: Route) -> str:
    return (inspect.getdoc(route.endpoint) or "").partition("\n")[0]


def _parts(found: dict[str, Any]) -> Iterator[str]:
    # The description is a docstring, which marks code as Markdown does.
    yield f"{markdown.plain(found['summary'])}. {' '.join(found['description'].split())}"
    if asked := found.get("parameters"):
        rows = [(each["name"], each["schema"], each.get("description", "")) for each in asked]
        yield _fields("Query", rows)
    for content in (found.get("requestBody") or {}).get("content", {}).values():
        properties = content["schema"].get("properties", {})
        rows = [(name, each, _about(each)) for name, each in properties.items()]
        yield _fields("Body", rows)
        example = content.get("example") or content["schema"].get("example")
        if example:
            yield "A body that it answers; the numbers are made up:"
            yield markdown.block(json.dumps(example, indent=2), "json")
    rows = [(status, markdown.plain(each["description"])) for status, each in _statuses(found)]
    yield markdown.table(("Status", "Means"), rows)


def _statuses(found: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return sorted(found["responses"].items())


def _fields(title: str, rows: list[tuple[str, dict[str, Any], str]]) -> str:
    cells = [
        (markdown.code(name), markdown.plain(_type(schema)), markdown.plain(text))
        for name, schema, text in rows
    ]
    return markdown.table((title, "Type", "What it is"), cells)


def _about(schema: dict[str, Any]) -> str:
    """Return what a field is, or else the fields that it has."""
    return str(schema.get("description") or ", ".join(schema.get("properties", {})))


def _type(schema: dict[str, Any]) -> str:
    if "type" in schema:
        return str(schema["type"])
    either = (_type(each) for each in schema.get("anyOf", []))
    return " or ".join(dict.fromkeys(each for each in either if each))
