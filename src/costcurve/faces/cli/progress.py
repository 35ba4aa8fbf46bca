"""How far long work is, and how many processes share it."""

from __future__ import annotations

import sys
import time

from costcurve.core.display import plain
from costcurve.core.errors import Finding, shown

#: Seconds before progress is shown, between two changes of its line on a terminal, and between two
#: lines where there is none.
PATIENCE_S, BETWEEN_CHANGES_S, BETWEEN_LINES_S = 2.0, 0.5, 30.0
MOST_WORKERS = 1024


def read_workers(text: str | None, findings: list[Finding]) -> int | None:
    """Return the number of processes that was given, if any; what is wrong is added to findings."""
    return read_whole("workers", text, (1, MOST_WORKERS), findings)


def read_whole(
    name: str, text: str | None, ends: tuple[int, int], findings: list[Finding]
) -> int | None:
    """Return a whole number that was given, if any; what is wrong is added to findings."""
    if text is None:
        return None
    least, most = ends
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        allowed = f"must be a whole number of at least {least:,} and at most {most:,}"
        findings.append(Finding(name, shown(text), allowed))
        return None
    return number


class Progress:
    """A line that says how far the work is and when it will end: rewritten on a terminal."""

    def __init__(self, what: str = "chunks", *, with_rate: bool = False) -> None:
        self._what, self._with_rate = what, with_rate
        self._start = self._said = time.monotonic()
        self._before: int | None = None
        self._finished = self._total = 0

    def tell(self, finished: int, total: int) -> None:
        """Say how many are finished."""
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
        left = (now - self._start) / fresh * (total - finished)
        pace = plain(float(f"{fresh / (now - self._start):.3g}"))
        rate = f", {pace} a second" if self._with_rate else ""
        words = f"{finished} of {total} {self._what}{rate}, about {left:.0f} s left"
        end = "\r" if is_terminal and finished < total else "\n"
        print(f"{words:60}", end=end, file=sys.stderr, flush=True)  # noqa: T201
