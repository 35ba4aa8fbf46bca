"""Ctrl-C as the program hears it: known of, whatever became of it on its way.

A compiled package that meets it while it loads may say instead that it cannot be imported; and
where Python calls back for its own housekeeping, an error is printed and lost.
"""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

#: How soon Ctrl-C that was lost comes again, in seconds.
_AGAIN_S = 0.01
_heard: list[int] = []


def listen() -> None:
    """Remember Ctrl-C from here on, beside raising `KeyboardInterrupt` as Python does.

    A program that was told to ignore it, as in the background of a shell, goes on doing so.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _hear)
        if hasattr(signal, "pthread_kill"):
            sys.unraisablehook = _lost


def was_heard() -> bool:
    """Return whether Ctrl-C was heard since `listen`."""
    return bool(_heard)


def go_deaf() -> None:
    """Ignore Ctrl-C from here on: nothing is left to break off, and ending would be broken off."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _lost(what: UnraisableHookArgs) -> None:
    """Let Ctrl-C that met housekeeping come again, once that is over; tell other errors."""
    if what.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(what)
        return
    from threading import Timer, main_thread  # noqa: PLC0415 - only now

    # A signal, and to this very thread: it may be waiting for the system.
    again = Timer(_AGAIN_S, signal.pthread_kill, (main_thread().ident, signal.SIGINT))
    again.daemon = True
    again.start()


def _hear(number: int, _: object) -> None:
    _heard.append(number)
    raise KeyboardInterrupt
