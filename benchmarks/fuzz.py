"""Damaged files at every reader of the command line, until a stated time is over.

    python benchmarks/fuzz.py [SECONDS] [SEED]

A valid file is mutated and given to the commands that read it, in this process. Whatever the file,
a command answers (status 0) or says in words why it cannot (2), at once and without a traceback;
anything else is a finding, which is printed with the file that made it. The server is asked the
same way with mutated addresses and bodies: it answers with a status below 500.
"""

from __future__ import annotations

import random
import re
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fuzz_readers import Reader, readers

SECONDS = 60.0
#: A reader that computes longer than this for one file of a few kilobytes is a finding.
SLOW_S = 20.0
#: What numbers and words are replaced by: ends of types, other notations, other scripts.
TOKENS = (
    *(b"nan", b"inf", b"-inf", b"1e999", b"1e-999", b"1e308", b"5e-324", b"-1", b"0", b"-0.0"),
    *(b"2147483648", b"18446744073709551616", b"9" * 400, b"0x10", b"1_0", b"0.1.2", b"--"),
    *(
        b"",
        b" ",
        b'"',
        b"'",
        b",",
        b";",
        b"=",
        b"\n",
        b"\r",
        b"\t",
        b"\x00",
        b"\xff",
        b"\xef\xbb\xbf",
    ),
    *("\u0663".encode(), "\u202e".encode(), "\U0001d7d7".encode(), b"true", b"null"),
    *(b"[" * 300, b"{" * 300, b"(" * 50, b"*a", b"&a", b"<<: *a", b"!!python/object:os.system"),
    *(b"5 to 10", b"10 to 5", b"1 .. 2 .. 3", b"../../etc/passwd"),
)
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


@dataclass
class Score:
    """What became of a reader's inputs."""

    tried: int = 0
    answered: int = 0
    seconds: float = 0.0
    findings: dict[str, bytes] = field(default_factory=dict)


def mutated(content: bytes, random_: random.Random) -> bytes:
    """Return a content with one to six small damages."""
    for _ in range(random_.choice((1, 1, 1, 2, 3, 6))):
        content = random_.choice(_DAMAGES)(content, random_)
    return content


def _place(content: bytes, random_: random.Random) -> tuple[int, int]:
    start = random_.randrange(len(content) + 1)
    return start, min(len(content), start + random_.choice((1, 1, 2, 8, 40)))


def _flipped(content: bytes, random_: random.Random) -> bytes:
    start, _ = _place(content, random_)
    return content[:start] + bytes([random_.randrange(256)]) + content[start + 1 :]


def _cut(content: bytes, random_: random.Random) -> bytes:
    start, stop = _place(content, random_)
    return content[:start] + content[stop:]


def _ended(content: bytes, random_: random.Random) -> bytes:
    return content[: random_.randrange(len(content) + 1)]


def _doubled(content: bytes, random_: random.Random) -> bytes:
    start, stop = _place(content, random_)
    return content[:stop] + content[start:stop] * random_.choice((1, 2, 50)) + content[stop:]


def _inserted(content: bytes, random_: random.Random) -> bytes:
    start, _ = _place(content, random_)
    return content[:start] + random_.choice(TOKENS) + content[start:]


def _renumbered(content: bytes, random_: random.Random) -> bytes:
    numbers = list(_NUMBER.finditer(content))
    if not numbers:
        return _inserted(content, random_)
    number = random_.choice(numbers)
    return content[: number.start()] + random_.choice(TOKENS) + content[number.end() :]


def _shuffled(content: bytes, random_: random.Random) -> bytes:
    lines = content.split(b"\n")
    one, other = random_.randrange(len(lines)), random_.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


_DAMAGES = (_flipped, _cut, _ended, _doubled, _inserted, _renumbered, _renumbered, _shuffled)


class TooSlowError(Exception):
    """A reader took longer than it may."""


@contextmanager
def _bounded() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SLOW_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def tried(reader: Reader, content: bytes, folder: Path) -> str:
    """Return what became of one content: nothing if answered, `refused`, or what was wrong."""
    path = folder / f"input{reader.ending}"
    path.write_bytes(content)
    try:
        with _bounded():
            return reader.ask(path)
    except TooSlowError:
        return f"slow: more than {SLOW_S:g} s"
    except BaseException as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}: {error}"[
            :200
        ]


def fuzz(reader: Reader, seconds: float, seed: int, most: int = sys.maxsize) -> Score:
    """Return the score of a reader after some seconds, or after the most inputs."""
    random_, score = random.Random(f"{seed} {reader.name}"), Score()  # noqa: S311 - no secret
    with tempfile.TemporaryDirectory() as name:
        folder, start = Path(name), time.monotonic()
        valid = reader.valid()
        for content in valid:
            if said := tried(reader, content, folder):
                score.findings[f"a valid file: {said}"] = content
        while score.tried < most and time.monotonic() < start + seconds:
            content = mutated(random_.choice(valid), random_)
            content = reader.mend(content) if reader.mend else content
            said = tried(reader, content, folder)
            score.tried += 1
            score.answered += not said
            if said not in {"", "refused"}:
                score.findings.setdefault(re.sub(r"\d{3,}", "N", said), content)
        score.seconds = time.monotonic() - start
    return score


def run(seconds: float, seed: int) -> int:
    """Fuzz every reader for its share of the time, print the table, and return the findings."""
    every_reader = readers()
    print(f"{'reader':24} {'tried':>8} {'answered':>9} {'time':>7} {'findings':>9}")
    total, found = 0, 0
    for reader in every_reader:
        score = fuzz(reader, seconds / len(every_reader), seed)
        total, found = total + score.tried, found + len(score.findings)
        print(
            f"{reader.name:24} {score.tried:8,} {score.answered / max(1, score.tried):9.0%} "
            f"{score.seconds:6.1f}s {len(score.findings):9}",
            flush=True,
        )
        for said, content in score.findings.items():
            print(f"    {said}\n        {content[:300]!r}", flush=True)
    print(f"{'all':24} {total:8,} {'':9} {seconds:6.0f}s {found:9}")
    return found


if __name__ == "__main__":
    numbers: list[Any] = sys.argv[1:]
    length = float(numbers[0]) if numbers else SECONDS
    sys.exit(run(length, int(numbers[1]) if len(numbers) > 1 else 0) > 0)
