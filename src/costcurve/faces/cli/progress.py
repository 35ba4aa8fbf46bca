"""How far long work is, and what is left of it where it was broken off."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from costcurve.core.display import plain

#: Seconds before progress is shown, between two changes of its line on a terminal, and between two
#: lines where there is none.
PATIENCE_S, BETWEEN_CHANGES_S, BETWEEN_LINES_S = 2.0, 0.5, 30.0


@contextmanager
def interrupted(kept: str = "") -> Iterator[None]:
    """Let the sentence that Ctrl-C was heard, which the program ends with, say what it leaves."""
    try:
        yield
    except KeyboardInterrupt as error:
        raise KeyboardInterrupt(str(error) or kept) from None


@contextmanager
def at_work(what: str) -> Iterator[None]:
    """Say now and then that work goes on whose end cannot be told, once it takes long."""
    import threading  # noqa: PLC0415 - only here

    ended, begin, is_terminal = threading.Event(), time.monotonic(), sys.stderr.isatty()

    def tell() -> None:
        wait = PATIENCE_S if is_terminal else BETWEEN_LINES_S
        while not ended.wait(wait):
            words = f"{what}, {time.monotonic() - begin:.0f} s so far"
            print(f"{words:60}", end=end, file=sys.stderr, flush=True)  # noqa: T201
            wait = BETWEEN_CHANGES_S if is_terminal else BETWEEN_LINES_S
        if is_terminal and time.monotonic() - begin > PATIENCE_S:
            print(f"{'':60}", end=end, file=sys.stderr, flush=True)  # noqa: T201

    end = "\r" if is_terminal else "\n"
    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()


class Progress:
    """A line that says how far the work is and when it will end: rewritten on a terminal."""

    def __init__(self, what: str = "chunks", *, with_rate: bool = False) -> None:
        self._what, self._with_rate = what, with_rate
        self._start = self._said = time.monotonic()
        self._before: int | None = None
        self._finished, self._is_open = 0, False
        self._total: int | None = None

    def tell(self, finished: int, total: int | None = None) -> None:
        """Say how many are finished, and of how many where that is known."""
        if self._before is None or total != self._total or finished < self._finished:
            # Another job, or the first.
            self._start = self._said = time.monotonic()
            self._before, self._total = finished, total
        self._finished = finished
        now = time.monotonic()
        is_terminal = sys.stderr.isatty()
        fresh = finished - self._before
        between = BETWEEN_CHANGES_S if is_terminal else BETWEEN_LINES_S
        if not fresh or now - self._start < PATIENCE_S or now - self._said < between:
            return
        self._said = now
        self._is_open = is_terminal and (total is None or finished < total)
        words, end = self._words(fresh, now - self._start), "\r" if self._is_open else "\n"
        print(f"{words:60}", end=end, file=sys.stderr, flush=True)  # noqa: T201

    def end(self) -> None:
        """End the line that stands there, so that what follows has its own."""
        if self._is_open:
            print(file=sys.stderr)  # noqa: T201
        self._is_open = False

    def _words(self, fresh: int, seconds: float) -> str:
        pace = plain(float(f"{fresh / seconds:.3g}"))
        rate = f", {pace} a second" if self._with_rate else ""
        if self._total is None:
            return f"{self._finished} {self._what}{rate}"
        left = seconds / fresh * (self._total - self._finished)
        return f"{self._finished} of {self._total} {self._what}{rate}, about {left:.0f} s left"
