"""How a way in is asked: a command, a function or the server, all in this process."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from costcurve.__main__ import main

PROJECT = Path(__file__).resolve().parent.parent
#: Where a form ends in a body; it stands in no content of ours.
BOUNDARY = "costcurve-fuzz"
#: Seconds that the server may take for an answer.
PATIENT_S = 600.0


@dataclass(frozen=True)
class Reader:
    """A way for a file, or for what stands in for one, to come in.

    Attributes
    ----------
    name : str
        Of the format, and who reads it.
    ending : str
        Of the files.
    valid : callable
        Returns valid contents.
    ask : callable
        Takes the file and returns nothing, `refused`, or what was wrong.
    mend : callable, optional
        Makes a mutated content reach deeper: its seal is renewed.
    odd : callable, optional
        Returns contents to be tried and mutated too, which may be refused: bombs and claims.
    """

    name: str
    ending: str
    valid: Callable[[], list[bytes]]
    ask: Callable[[Path], str]
    mend: Callable[[bytes], bytes] | None = None
    odd: Callable[[], list[bytes]] | None = None


def ran(words: Sequence[str], folder: Path) -> tuple[str, str]:
    """Return what was wrong with a command's answer, as `Reader.ask` does, and the answer."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err):
        status = main(list(words))
    out.seek(0)
    said = err.getvalue()
    if status not in (0, 2):
        return f"status {status}: {said[-200:]}", ""
    if "Traceback" in said:
        return said[-200:], ""
    # Warnings of NumPy and the like tell a reader of commands nothing.
    if status == 2 and not said.startswith("costcurve: error: "):
        return f"no words: {said!r}", ""
    return "" if status == 0 else "refused", out.read()


def command(*words: str) -> Callable[[Path], str]:
    """Return what asks a command about a file, which stands for `FILE` in its words."""

    def ask(path: Path) -> str:
        return ran([str(path) if word == "FILE" else word for word in words], path.parent)[0]

    return ask


def said(words: str) -> Callable[[Path], str]:
    """Return what asks a command of words between blanks."""
    return command(*words.split())


def every(*asked: Callable[[Path], str]) -> Callable[[Path], str]:
    """Return what asks several in turn, up to the first that finds something."""

    def ask(path: Path) -> str:
        told = [each(path) for each in asked]
        wrong = [each for each in told if each not in {"", "refused"}]
        return wrong[0] if wrong else ("refused" if all(told) else "")

    return ask


class HerePool:
    """Computes chunks in this process: a fuzzer cannot wait for others to start each time."""

    size = 1

    def __init__(self) -> None:
        self._done: list[tuple[int, Any]] = []

    def submit(self, index: int, function: Callable[..., Any], arguments: Sequence[Any]) -> None:
        """Compute a chunk."""
        self._done.append((index, function(*arguments)))

    def finished(self) -> Iterator[tuple[int, Any]]:
        """Return what chunks returned."""
        done, self._done = self._done, []
        yield from done


@contextmanager
def _here(*_: object) -> Iterator[HerePool]:
    from costcurve.task.images import ImageSource, open_images  # noqa: PLC0415 - if there are any

    sources: dict[str, ImageSource] = {}

    def opened(path: str, _: str) -> ImageSource:
        return sources.setdefault(path, sources.get(path) or open_images(Path(path)))

    # A new process would open anew what goes by the same name, and close it as it ends.
    with mock.patch("costcurve.task.embedding.opened", opened):
        try:
            yield HerePool()
        finally:
            for source in sources.values():
                source.close()


def in_this_process(ask: Callable[[Path], str]) -> Callable[[Path], str]:
    """Return an asker whose command shares nothing out to other processes."""

    def asked(path: Path) -> str:
        with (
            mock.patch("costcurve.core.jobs.open_pool", _here),
            mock.patch("costcurve.evidence.pilot_runner.open_pool", _here),
        ):
            return ask(path)

    return asked


def asked_of_server(
    method: str, path: str, kind: str = "application/json"
) -> Callable[[Path], str]:
    """Return what sends a file to the server in this process: as the query, or as the body."""
    import httpx  # noqa: PLC0415 - only where the server is asked

    from costcurve.faces.web.app import Settings, create_app  # noqa: PLC0415

    # What is too slow is the fuzzer's to say: a busy machine is no finding.
    app, base = create_app(Settings(seconds=PATIENT_S)), "http://127.0.0.1:8000"
    headers = {"content-type": kind, "origin": base}

    async def send(content: bytes) -> int:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            if method == "GET":
                text = content.decode("latin-1").replace("\n", "%0A")
                try:
                    url = httpx.URL(f"{base}{path}?{text}")
                except httpx.InvalidURL:  # no browser would send it either
                    return 400
                return (await client.get(url)).status_code
            return (await client.post(path, content=content, headers=headers)).status_code

    def ask(file: Path) -> str:
        status = asyncio.run(send(file.read_bytes()))
        if status >= 500:
            return f"status {status}"
        return "" if status < 400 else "refused"

    return ask


def examples(*names: str) -> Callable[[], list[bytes]]:
    """Return the contents of examples that come along."""
    return lambda: [(PROJECT / "examples" / name).read_bytes() for name in names]


def texts(*contents: str) -> Callable[[], list[bytes]]:
    """Return contents that stand here."""
    return lambda: [each.encode() for each in contents]
