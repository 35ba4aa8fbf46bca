"""Work beside the loop: what computes runs in a few threads, so that the server goes on answering.

An answer that comes too late is not waited for. Its thread ends at the next call of its deadline,
or when it is done; until then it is taken, so that no flood of requests can take more than these.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request

from costcurve.faces.web.settings import Settings

Result = TypeVar("Result")
#: Threads that compute. NumPy leaves the interpreter's lock only now and then, so more do not help.
THREADS = 4
#: Characters of questions and answers that are remembered, together: some hundred pages.
REMEMBERED_CHARACTERS = 16_000_000


class OutOfTimeError(Exception):
    """Work went on longer than its request may take."""


class Deadline:
    """When work must be done.

    Parameters
    ----------
    seconds : float
        From now on.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def check(self, *_: object) -> None:
        """Raise `OutOfTimeError` when it is too late; takes whatever a caller tells of progress."""
        if time.monotonic() > self._end:
            raise OutOfTimeError


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to an address.

    Attributes
    ----------
    text : str
        What it says.
    status : int
        Of HTTP.
    """

    text: str
    status: int = 200


class Workers:
    """The threads of a server."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._pool: ThreadPoolExecutor | None = None
        self._known: OrderedDict[tuple[str, ...], Answer] = OrderedDict()
        self._length = 0

    async def answer(self, key: tuple[str, ...], function: Callable[..., Answer]) -> Answer:
        """Return what a function answers, from memory if it was asked before.

        What an address asks has one answer as long as the server runs: facts and laws come with
        the library. The least recently asked is forgotten first.

        Parameters
        ----------
        key : tuple of str
            The path, and the names and values of the query, in turn.
        function : callable
            Takes a deadline; raises as `run`.
        """
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        found = await self.run(function)
        length = _length(key, found)
        if key not in self._known and length <= REMEMBERED_CHARACTERS:
            self._known[key] = found
            self._length += length
        while self._length > REMEMBERED_CHARACTERS:
            self._length -= _length(*self._known.popitem(last=False))
        return found

    async def run(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Return what a function returns; its last argument is the deadline.

        Raises
        ------
        HTTPException
            With status 503, if it is too late.
        """
        deadline = Deadline(self.settings.seconds)
        if self._pool is None:
            self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="costcurve")

        def work() -> Result:
            deadline.check()
            return function(*arguments, deadline)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        except OutOfTimeError:
            raise HTTPException(503, "takes longer than a request may; ask for less") from None

    def close(self) -> None:
        """End the threads; what waits is dropped. Further work starts others."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = None


def _length(key: tuple[str, ...], answer: Answer) -> int:
    return len(answer.text) + sum(map(len, key))


def workers_of(request: Request) -> Workers:
    """Return the threads of the server that a request came to."""
    found: Workers = request.app.state.workers
    return found
