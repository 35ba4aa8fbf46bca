"""Numbers of the command line, each checked, with what is wrong beside all else that is."""

from __future__ import annotations

from argparse import Namespace
from math import nan

from costcurve.core.errors import Finding, rewritten, shown

#: Most processes of one machine; costcurve's choice, above any machine's processors.
MOST_WORKERS = 1024


def read_workers(text: str | None, findings: list[Finding]) -> int | None:
    """Return the number of processes that was given, if any; what is wrong is added to findings."""
    return read_whole("workers", text, (1, MOST_WORKERS), findings)


def read_workers_or_ray(arguments: Namespace, findings: list[Finding]) -> int | None:
    """Return the number of processes that was given, which a Ray cluster takes the place of."""
    workers = read_workers(arguments.workers, findings)
    if arguments.ray is not None and workers is not None:
        findings.append(Finding("workers", str(workers), "must be left out with --ray"))
    return workers


def read_number(
    name: str, text: str | None, ends: tuple[float, float], findings: list[Finding]
) -> float | None:
    """Return a number that was given, if any; what is wrong is added to findings."""
    if text is None:
        return None
    least, most = ends
    try:
        number = float(text)
    except ValueError:
        number = nan
    if not least <= number <= most:
        allowed = f"must be a number from {least:g} to {most:g}".replace("e+", "e")
        findings.append(Finding(name, shown(text), allowed + rewritten(text)))
        return None
    return number


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
        findings.append(Finding(name, shown(text), allowed + rewritten(text)))
        return None
    return number
