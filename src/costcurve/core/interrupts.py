"""Ctrl-C as the program hears it: known of, whatever became of it on its way.

A compiled package that meets it while it loads may say instead that it cannot be imported.
"""

from __future__ import annotations

import signal

_heard: list[int] = []


def listen() -> None:
    """Remember Ctrl-C from here on, beside raising `KeyboardInterrupt` as Python does.

    A program that was told to ignore it, as in the background of a shell, goes on doing so.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _hear)


def was_heard() -> bool:
    """Return whether Ctrl-C was heard since `listen`."""
    return bool(_heard)


def go_deaf() -> None:
    """Ignore Ctrl-C from here on: nothing is left to break off, and ending would be broken off."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _hear(number: int, _: object) -> None:
    _heard.append(number)
    raise KeyboardInterrupt
