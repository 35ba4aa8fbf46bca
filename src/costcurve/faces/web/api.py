"""The JSON API: the questions of the command line, asked by programs.

Every path answers what its command prints with --json, or every finding with status 422.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from costcurve.faces.cli.output import json_text
from costcurve.faces.web import questions, schema
from costcurve.faces.web.body import parse, query_of, read_body
from costcurve.faces.web.settings import Settings
from costcurve.faces.web.work import Answer, Deadline, workers_of

router = APIRouter(prefix="/api/v1", default_response_class=Response)

Question = Callable[[Any, Settings, Deadline], questions.Answer]


@router.post(
    "/estimate",
    summary="What it costs to reach a target accuracy",
    responses=schema.responses("estimate"),
    openapi_extra=schema.body_of("estimate"),
)
async def estimate(request: Request) -> Response:
    """Answer as `costcurve estimate --json`."""
    return await _by_body(request, questions.ask_estimate)


@router.get(
    "/estimate",
    summary="The same by a query",
    responses=schema.responses("estimate"),
    openapi_extra=schema.query_of_estimate(),
)
async def estimate_by_query(request: Request) -> Response:
    """Answer as `costcurve estimate --json`, for the flags of the task and the assumptions."""
    return await _by_query(request, questions.ask_estimate_by_query)


@router.post(
    "/curve",
    summary="Where learning curves go, and what a target takes",
    responses=schema.responses("curve"),
    openapi_extra=schema.body_of("curve"),
)
async def curve(request: Request) -> Response:
    """Answer as `costcurve curve --json`."""
    return await _by_body(request, questions.ask_curve)


@router.post(
    "/limits",
    summary="How error falls with compute in a field, and what targets take",
    responses=schema.responses("limits"),
    openapi_extra=schema.body_of("limits"),
)
async def limits(request: Request) -> Response:
    """Answer as `costcurve limits --json`."""
    return await _by_body(request, questions.ask_limits)


@router.post(
    "/worth",
    summary="Whether a case pays",
    responses=schema.responses("worth"),
    openapi_extra=schema.body_of("worth"),
)
async def worth(request: Request) -> Response:
    """Answer as `costcurve worth --json`."""
    return await _by_body(request, questions.ask_worth)


@router.post(
    "/cost",
    summary="What runs take before they start",
    responses=schema.responses("cost"),
    openapi_extra=schema.body_of("cost"),
)
async def cost(request: Request) -> Response:
    """Answer as `costcurve cost --json`, of one run or of a table."""
    return await _by_body(request, questions.ask_cost)


@router.get(
    "/cost",
    summary="The same of one run by a query",
    responses=schema.responses("cost"),
    openapi_extra=schema.query_of_cost(),
)
async def cost_by_query(request: Request) -> Response:
    """Answer as `costcurve cost --json`, of one run."""
    return await _by_query(request, questions.ask_cost_by_query)


@router.get("/facts", summary="The tables of facts", responses=schema.responses("tables"))
async def tables(request: Request) -> Response:
    """Return the title of every table by its name."""
    return await _by_query(request, questions.ask_tables)


@router.get(
    "/facts/{table}",
    summary="The rows of a table of facts, with their sources",
    responses=schema.responses("facts"),
    openapi_extra=schema.query_of_facts(),
)
async def facts(request: Request) -> Response:
    """Answer as `costcurve facts TABLE --json`."""
    return await _by_query(request, questions.ask_facts)


async def _by_body(request: Request, question: Question) -> Response:
    """Answer a question that is asked by an object in the body."""
    body = await read_body(request)
    settings = workers_of(request).settings

    def answered(deadline: Deadline) -> str:
        return json_text(question(parse(body, settings.rows), settings, deadline))

    return _json(await workers_of(request).run(answered))


async def _by_query(request: Request, question: Question) -> Response:
    """Answer a question that is asked by an address."""
    settings = workers_of(request).settings
    asked = query_of(request) | request.path_params

    def answered(deadline: Deadline) -> Answer:
        return Answer(json_text(question(asked, settings, deadline)))

    key = (request.url.path, *chain.from_iterable(sorted(asked.items())))
    found = await workers_of(request).answer(key, answered)
    return _json(found.text)


def _json(text: str) -> Response:
    headers = {"cache-control": "no-store"}
    return Response(text, media_type="application/json", headers=headers)
