"""What is here: Python, packages by extra, public data, programs, and what can be reached."""

from __future__ import annotations

import locale
import os
import platform
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

from costcurve._version import __version__
from costcurve.core.checkpoints import MANIFEST
from costcurve.core.errors import InputError
from costcurve.core.jobs import installed_version
from costcurve.evidence.registry import (
    CANNOT_BE_READ,
    FOLDER_VARIABLE,
    cache_folder,
    datasets,
    path_of,
    verify,
)

#: Extras of those who work on costcurve, and the one that is made of others.
_NOT_FOR_USERS = frozenset({"all", "dev", "docs"})
#: Programs that only tests drive, with what each is for. Charts bring their own fonts.
PROGRAMS = {
    "chromium": "tests of the web pages",
    "soffice": "tests of the workbooks",
}
#: Seconds to wait for a server.
TIMEOUT_S = 5.0
_REQUIREMENT = re.compile(r"^(?P<name>[\w.-]+)[^;]*?(?:>=(?P<least>[\d.]+))?\s*(?:;|$)")
_EXTRA = re.compile(r"extra == ['\"](?P<extra>[\w-]+)['\"]")

#: Answers whether a server is there: raises OSError if not.
Ask = Callable[[str], None]


def doctor_answer(*, online: bool = False, ask: Ask | None = None) -> dict[str, Any]:
    """Return what is installed, at hand and, if `online`, reachable.

    Parameters
    ----------
    online : bool
        Whether the servers of public data are asked; without it nothing leaves the machine.
    ask : callable, optional
        Asks one server by its address, and raises OSError where it is not reached.

    Returns
    -------
    dict
        As `costcurve doctor --json` prints it; never an error, whatever is missing.
    """
    return {
        "version": __version__,
        "python": _python(),
        "core": [_package(each) for each in _requirements() if _extra_of(each) is None],
        "extras": _extras(),
        "data": _data(),
        "jobs": _jobs(Path()),
        "programs": [
            {"name": name, "for": purpose, "path": shutil.which(name)}
            for name, purpose in PROGRAMS.items()
        ],
        "reachable": _reached(ask or _ask) if online else None,
    }


def _python() -> dict[str, Any]:
    return {
        "version": platform.python_version(),
        "implementation": platform.python_implementation(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        "encoding": locale.getpreferredencoding(do_setlocale=False),
        "time_zone": time.tzname[0],
    }


def _requirements() -> list[str]:
    """Return what the package requires; nothing when it runs without being installed."""
    try:
        return requires("costcurve") or []
    except PackageNotFoundError:
        return []


def _extra_of(requirement: str) -> str | None:
    found = _EXTRA.search(requirement)
    return found["extra"] if found else None


def _extras() -> list[dict[str, Any]]:
    """Return the extras of users, each with its packages and whether all are there."""
    try:
        names = metadata("costcurve").get_all("Provides-Extra") or []
    except PackageNotFoundError:
        return []
    found = []
    for name in sorted(set(names) - _NOT_FOR_USERS):
        packages = [_package(each) for each in _requirements() if _extra_of(each) == name]
        is_here = all(package["is_here"] for package in packages)
        found.append({"name": name, "is_here": is_here, "packages": packages})
    return found


def _package(requirement: str) -> dict[str, Any]:
    parts = _REQUIREMENT.match(requirement)
    name, least = (parts["name"], parts["least"] or "") if parts else (requirement, "")
    version = installed_version(name)
    is_here = version is not None and _numbers(version) >= _numbers(least)
    return {"name": name, "needs": least, "version": version, "is_here": is_here}


def _numbers(version: str) -> list[int]:
    """Return the first three numbers of a version; 5 is 5.0.0."""
    found = [int(part) for part in re.findall(r"\d+", version)[:3]]
    return found + [0] * (3 - len(found))


def _data() -> dict[str, Any]:
    """Return where public data are looked for, and how many files are there and whole."""
    named = os.environ.get(FOLDER_VARIABLE)
    every = list(datasets().values())
    found: dict[str, Any] = {"folder": named, "is_cache": not named, "files": len(every)}
    try:
        found["folder"] = str(Path(named) if named else cache_folder())
        problems = [verify(each, path_of(each)) for each in every]
    except InputError as error:
        return {**found, "here": 0, "wrong": 0, "is_writable": False, "problem": str(error)}
    missing = sum(problem.startswith(CANNOT_BE_READ) for problem in problems)
    here = problems.count("")
    return {
        **found,
        "here": here,
        "wrong": len(every) - here - missing,
        "is_writable": _is_writable(Path(found["folder"])),
        "problem": "",
    }


def _is_writable(folder: Path) -> bool:
    """Return whether a folder, or the nearest that there is above it, may be written."""
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK)


def _jobs(folder: Path) -> list[str]:
    """Return the folders below this one that hold finished chunks of long work."""
    try:
        return sorted(str(each.parent) for each in folder.glob(f"*/{MANIFEST}"))
    except OSError:
        return []


def _reached(ask: Ask) -> list[dict[str, Any]]:
    """Return every server of public data, with what kept it from being reached, if anything."""
    return [{"server": server, "problem": _problem(ask, server)} for server in _servers()]


def _servers() -> Iterable[str]:
    parts = (urlsplit(each.url) for each in datasets().values() if each.is_fetchable)
    return sorted({f"{part.scheme}://{part.netloc}" for part in parts})


def _problem(ask: Ask, server: str) -> str:
    try:
        ask(server)
    except OSError as error:
        return str(getattr(error, "reason", None) or error) or type(error).__name__
    return ""


def _ask(server: str) -> None:
    # Slow to load, and asked for seldom.
    from urllib.request import Request, urlopen  # noqa: PLC0415

    request = Request(server, method="HEAD")  # noqa: S310 - https, from our own registry
    try:
        urlopen(request, timeout=TIMEOUT_S).close()  # noqa: S310 - as above
    except HTTPError:
        return  # it answered, if only to refuse
