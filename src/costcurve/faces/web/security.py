"""What stands before every page: who may ask, how much, for how long, and what a browser may do."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from costcurve.core.errors import Finding, printable, shown
from costcurve.faces.web.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: What a browser may load and do: what this server sends, and no script or style inside a page.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
#: Headers of every answer.
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    # Without a referrer a browser would hide from this server that a form is its own.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
}
#: Methods that change nothing, which any page may link to.
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OUT_OF_TIME = "takes longer than the {:g} s that a request may; ask for less at once"
_LOG = logging.getLogger("costcurve")


def findings_json(findings: list[Finding] | tuple[Finding, ...]) -> bytes:
    """Return findings as the body of an answer: field, found, allowed of each."""
    listed = [
        {"field": each.field, "found": each.found, "allowed": each.allowed} for each in findings
    ]
    return json.dumps({"findings": listed}).encode()


class Guard:
    """The outermost layer: checks Host and Origin, bounds bodies and time, adds the headers.

    A failure further in leaves as a sentence with status 500, never as a trace.

    Parameters
    ----------
    app : ASGI application
        What answers.
    settings : Settings
        Names and limits.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._authorities = settings.authorities()
        self._origins = frozenset(f"http://{name}" for name in self._authorities)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        answer = _Answer(send)
        try:
            self._check(scope)
            body = _Body(receive, self._most_bytes(scope))
            async with asyncio.timeout(self._settings.seconds):
                await self._app(scope, body, answer)
        except HTTPException as error:
            await answer.refuse(error.status_code, Finding("request", "", error.detail))
        except TimeoutError:
            words = _OUT_OF_TIME.format(self._settings.seconds)
            await answer.refuse(503, Finding("request", "", words))
        except Exception as error:
            _LOG.error(
                "%s failed: %s", shown(scope["path"]), printable(repr(error)),
                exc_info=_LOG.isEnabledFor(logging.DEBUG),
            )  # fmt: skip
            words = "a mistake of costcurve, please report it"
            await answer.refuse(500, Finding("request", "", words))

    def _check(self, scope: Scope) -> None:
        """Refuse a request to or from somewhere else, and a body that says it is too large."""
        headers = _headers(scope)
        hosts = headers.get("host", [])
        if len(hosts) != 1 or hosts[0].casefold() not in self._authorities:
            words = f"the Host must be {self._settings.authority} or a name of this machine"
            raise HTTPException(421, words)
        if scope["method"] not in SAFE:
            origins = headers.get("origin", [])
            # A browser always says where a form or script came from; other programs need not.
            is_foreign = any(each.casefold() not in self._origins for each in origins)
            sites = headers.get("sec-fetch-site", [])
            if is_foreign or any(each not in {"same-origin", "none"} for each in sites):
                raise HTTPException(403, "the Origin must be this server itself")
        for length in headers.get("content-length", []):
            if length.isascii() and length.isdigit() and float(length) > self._most_bytes(scope):
                raise _too_large(self._most_bytes(scope))

    def _most_bytes(self, scope: Scope) -> int:
        """Return the largest body; a form with a file may be larger, which the API never takes."""
        kinds = _headers(scope).get("content-type", [])
        is_form = any(kind.casefold().startswith("multipart/form-data") for kind in kinds)
        is_upload = is_form and not scope["path"].startswith("/api/")
        return self._settings.upload_bytes if is_upload else self._settings.body_bytes


class _Body:
    """A body that is counted while it comes, whatever was said of its length."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._most = self._left = most

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise _too_large(self._most)
        return message


class _Answer:
    """What is sent, with the headers of every answer."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._started = True
            message = {**message, "headers": [*message.get("headers", []), *_encoded(HEADERS)]}
        await self._send(message)

    async def refuse(self, status: int, finding: Finding) -> None:
        """Answer with a finding; where an answer has begun, the server breaks it off."""
        if self._started:
            return
        body = findings_json([finding])
        headers = {
            "content-type": "application/json",
            "content-length": str(len(body)),
            "cache-control": "no-store",
        }
        await self({"type": "http.response.start", "status": status, "headers": _encoded(headers)})
        await self({"type": "http.response.body", "body": body})


def _too_large(most: int) -> HTTPException:
    return HTTPException(413, f"the body must be at most {most:,} bytes")


def _headers(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
