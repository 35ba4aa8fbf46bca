"""The pages: a form that is sent by GET, and below it the answer, words first."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.exceptions import HTTPException
from starlette.requests import Request

from costcurve._version import __version__
from costcurve.charts.files import as_svg
from costcurve.core.errors import Finding, InputError, MissingExtraError
from costcurve.faces.web import (
    curve_page,
    estimate_page,
    exports,
    limits_page,
    table_pages,
    uploads,
    worth_page,
)
from costcurve.faces.web.forms import data_version, link, name_of, what_changed
from costcurve.faces.web.pasted import MOST_CHARACTERS, MOST_LINES
from costcurve.faces.web.work import Answer, workers_of

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

PAGES = (
    ("/", "Estimate"),
    ("/curve", "Learning curve"),
    ("/worth", "Worth it"),
    ("/limits", "Limits"),
    ("/compare", "Compare"),
    ("/facts", "Facts"),
    ("/reproduce", "Reproductions"),
)
_SCRIPTS = (
    "htmx-2.0.11.min.js",
    "vega-5.33.1.min.js",
    "vega-lite-5.21.0.min.js",
    "vega-interpreter-1.2.1.min.js",
    "charts-1.js",
    "page-1.js",
)
#: No style or code that the policy forbids; findings are shown; going back asks the server, so that
#: the form is that of the address, and nothing is kept in the browser.
_HTMX = json.dumps(
    {
        "includeIndicatorStyles": False,
        "allowEval": False,
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "422", "swap": True},
            {"code": "[45]..", "swap": False, "error": True},
        ],
    }
)


@lru_cache(maxsize=1)
def _templates() -> Environment:
    found = Environment(
        loader=PackageLoader("costcurve.faces.web"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["name_of"] = name_of
    found.globals |= {"most_lines": MOST_LINES, "most_characters": MOST_CHARACTERS}
    return found


async def _shown(
    request: Request, template: str, page: Callable[[Mapping[str, str]], Mapping[str, Any]]
) -> HTMLResponse:
    """Return a page; 422 where something given cannot be used."""
    query = _query(request)

    def made(_: object) -> Answer:
        return _rendered(request, template, page(query))

    key = (request.url.path, *chain.from_iterable(sorted(query.items())))
    found = await workers_of(request).answer(key, made)
    return HTMLResponse(found.text, found.status)


def _rendered(request: Request, template: str, content: Mapping[str, Any]) -> Answer:
    text = (
        _templates()
        .get_template(template)
        .render(
            **{
                "pages": PAGES,
                "here": request.url.path,
                "scripts": _SCRIPTS,
                "version": __version__,
                "data_version": data_version(),
                "htmx": _HTMX,
                "made_with": what_changed(request.query_params),
                **content,
            }
        )
    )
    return Answer(text, 422 if content.get("findings") else 200)


def _query(request: Request) -> dict[str, str]:
    """Return what was asked; of a name that stands twice the last."""
    return dict(request.query_params.items())


@router.get("/")
async def estimate(request: Request) -> HTMLResponse:
    """Return the page of an estimate."""
    return await _shown(request, "estimate.html", _estimate)


def _estimate(query: Mapping[str, str]) -> dict[str, Any]:
    asked = estimate_page.asked_for(query)
    first, folded = estimate_page.fields(asked)
    sent = urlencode(asked.given)
    answer = estimate_page.answer(asked)
    return {
        "lead": "",
        **answer,
        "title": "Estimate",
        "card_title": answer.get("title", ""),
        "first": first,
        "folded": folded,
        "findings": asked.findings,
        "presets": [(name, link("/", given)) for name, given in estimate_page.PRESETS.items()],
        "exports": [
            ("This link", link("/", asked.given)),
            *exports.links_of("estimate", asked.given),
        ],
        "query": sent,
    }


@router.get("/{page}.{ending}")
async def export(request: Request, page: str, ending: str) -> Response:
    """Return the answer of a page as a file."""
    found = exports.EXPORTS.get(page, {}).get(ending)
    if found is None:
        raise HTTPException(404, "no such file")
    workers, make = workers_of(request), found.make
    try:
        content = await workers.run(lambda query, _: make(query), _query(request))
    except (InputError, MissingExtraError) as error:
        # A browser is shown why beside what it asked; programs are given the findings.
        if "text/html" not in request.headers.get("accept", ""):
            raise
        answer = await workers.run(_refused, request, page, error)
        return HTMLResponse(answer.text, answer.status)
    headers = {
        "Content-Disposition": f'attachment; filename="{page}.{ending}"',
        "cache-control": "no-store",
    }
    return Response(content, media_type=found.media_type, headers=headers)


def _refused(
    request: Request, page: str, error: InputError | MissingExtraError, _: object
) -> Answer:
    """Return the form of a page with what is wrong with a file of its answer."""
    findings: Sequence[Finding] = (Finding("file", "", str(error)),)
    if isinstance(error, InputError):
        findings = error.findings
    if page == "estimate":
        template, content = "estimate.html", {**_estimate(_query(request)), "lead": "", "here": "/"}
    else:
        template, content = "document.html", _form_of(page, _query(request))
    text = _rendered(request, template, content | {"findings": findings}).text
    return Answer(text, 422 if isinstance(error, InputError) else 501)


def _form_of(page: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Return the form alone: an answer would stand below what cannot be answered."""
    asked = {key: each for key, each in _CONTENTS[page](query).items() if key in _ASKED}
    return {**_EMPTY, **asked, "here": f"/{page}"}


@router.get("/chart/{name}.svg")
async def chart(request: Request, name: str) -> Response:
    """Return a chart of a page as a picture, for who has no JavaScript."""
    spec = await workers_of(request).run(_spec, name, _query(request))
    return Response(await workers_of(request).run(_as_svg, spec), media_type="image/svg+xml")


def _as_svg(spec: dict[str, Any], _: object) -> str:
    return as_svg(spec)


#: Charts by name, each with the page whose answer holds it.
_CHARTS = {
    "costs": "estimate",
    "matters": "estimate",
    "curve": "curve",
    "limits": "limits",
    "worth": "worth",
}
_CONTENTS = {
    "curve": curve_page.content,
    "limits": limits_page.content,
    "worth": worth_page.content,
    "facts": table_pages.facts,
    "reproduce": table_pages.reproduce,
}


def _spec(name: str, query: Mapping[str, str], _: object) -> dict[str, Any]:
    if name not in _CHARTS and "study" not in query:
        raise HTTPException(404, "no such chart")
    if name not in _CHARTS:
        figures = table_pages.figures_of(table_pages.reproduction(query))
        found = next((spec for own, spec, _ in figures if own == name), None)
    elif _CHARTS[name] == "estimate":
        answer = estimate_page.answer(estimate_page.asked_for(query))
        found = answer.get(name)
    else:
        charts = _CONTENTS[_CHARTS[name]](query).get("charts", ())
        found = next((spec for own, spec, _ in charts if own == name), None)
    if found is None:
        raise HTTPException(404, "nothing to draw")
    return dict(found)


@router.get("/curve")
async def curve(request: Request) -> HTMLResponse:
    """Return the page of a learning curve."""
    return await _document(request, curve_page.content)


@router.get("/worth")
async def worth(request: Request) -> HTMLResponse:
    """Return the page that says whether a case pays."""
    return await _document(request, worth_page.content)


@router.get("/limits")
async def limits(request: Request) -> HTMLResponse:
    """Return the page of a field's limits."""
    return await _document(request, limits_page.content)


@router.post("/{name}/upload")
async def upload(request: Request, name: str) -> Response:
    """Lead to the page that answers an uploaded table, whose address holds it."""
    if name not in uploads.PLACES:
        raise HTTPException(404, "no files are taken here")
    place, workers = uploads.PLACES[name], workers_of(request)
    sent = await uploads.received(request, place)

    def address(_: object) -> str:
        return uploads.address_of(sent, place)

    def refused(error: InputError, _: object) -> Answer:
        page = _form_of(name, {})
        page |= {"upload": (*page["upload"], sent.asked), "findings": error.findings}
        return _rendered(request, "document.html", page)

    try:
        return RedirectResponse(await workers.run(address), 303)
    except InputError as error:
        answer = await workers.run(refused, error)
        return HTMLResponse(answer.text, answer.status)


@router.get("/compare")
async def compare(request: Request) -> HTMLResponse:
    """Return two estimates beside each other."""
    return await _document(request, table_pages.compare)


@router.get("/facts")
async def facts(request: Request) -> HTMLResponse:
    """Return a table of facts."""
    return await _document(request, table_pages.facts)


@router.get("/reproduce")
async def reproduce(request: Request) -> HTMLResponse:
    """Return a study's printed numbers beside ours."""
    return await _document(request, table_pages.reproduce)


async def _document(request: Request, page: Any) -> HTMLResponse:
    def made(query: Mapping[str, str]) -> dict[str, Any]:
        found = {**_EMPTY, "query": urlencode(query), **page(query)}
        name = request.url.path.strip("/")
        if name in exports.EXPORTS and not found["findings"]:
            files = exports.links_of(name, found.pop("given", query))
            found["exports"] = [*found["exports"], *files]
        return found

    return await _shown(request, "document.html", made)


#: What a page shows of itself before anything is asked.
_ASKED = frozenset({"title", "intro", "verb", "fields", "folded", "upload"})
#: What a page of a document may leave out.
_EMPTY: dict[str, Any] = {
    "query": "",
    "intro": "",
    "fields": (),
    "folded": (),
    "verb": "Answer",
    "upload": None,
    "findings": (),
    "charts": (),
    "words": None,
    "below": None,
    "tables": (),
    "folded_tables": (),
    "bill": (),
    "explained": (),
    "methods": "",
    "bibtex": "",
    "exports": (),
    "command": "",
    "snippet": "",
}
