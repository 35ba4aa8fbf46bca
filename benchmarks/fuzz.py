"""Damaged files at every reader of the command line, until a stated time is over.

    python benchmarks/fuzz.py [SECONDS] [SEED] [--only WORD]

A valid file is mutated and given to the commands that read it, in this process. Whatever the file,
a command answers (status 0) or says in words why it cannot (2), at once and without a traceback;
anything else is a finding, which is printed with the file that made it. The server is asked the
same way with mutated addresses, bodies and forms: it answers with a status below 500. Files that
the library keeps for itself are damaged too: it must not give another answer for it. What a reader
does to its process, ending or hanging it, is a finding as well.

The table is printed, and kept in `benchmarks/results/fuzz.json`; what earlier runs found and which
commit mended it stands in `benchmarks/results/fuzz_fixed.json`.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import re
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

from costcurve.core.files import write_bytes
from fuzz_asked import Reader
from fuzz_readers import readers

SECONDS = 60.0
#: A reader that computes longer than this for one file of a few kilobytes is a finding.
SLOW_S = 20.0
#: One that says nothing for as long on the clock is stopped: others may use the processors.
HUNG_S = 120.0
#: Memory of the process that reads: a file of a few kilobytes needs no more.
MOST_BYTES = 6 * 2**30
#: A process that is forked knows the readers already, and packages that take long to load.
PRELOADED = ("scipy.stats", "scipy.optimize", "pyarrow.parquet", "xlsxwriter", "PIL.Image")
FORK = multiprocessing.get_context("fork")
STORED = Path(__file__).resolve().parent / "results" / "fuzz.json"
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

    def take(self, said: str, content: bytes) -> None:
        """Count what became of an input; of findings of one kind the first is kept."""
        self.tried += 1
        self.answered += not said
        if said not in {"", "refused"}:
            self.findings.setdefault(re.sub(r"\d{3,}", "N", said), content)


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
    score, start = Score(), time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        for said, content in inputs(reader, Path(name), seed):
            score.take(said, content)
            if score.tried >= most or time.monotonic() > start + seconds:
                break
    score.seconds = time.monotonic() - start
    return score


def inputs(reader: Reader, folder: Path, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield what became of each input without end: first of the valid ones, then of damaged ones.

    A valid one that is refused is a finding.
    """
    random_ = random.Random(f"{seed} {reader.name}")  # noqa: S311 - no secret
    valid, odd = reader.valid(), reader.odd() if reader.odd else []
    for content in valid:
        said = tried(reader, content, folder)
        yield f"a valid file: {said}" if said else "", content
    for content in odd:
        yield tried(reader, content, folder), content
    while True:
        content = mutated(random_.choice(valid + odd), random_)
        content = reader.mend(content) if reader.mend else content
        yield tried(reader, content, folder), content


def _send(reader: Reader, folder: Path, seed: int, pipe: Connection) -> None:
    """Send what becomes of each input to the process that keeps the score."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 2)
    for said, content in inputs(reader, folder, seed):
        pipe.send((said, b"" if said in {"", "refused"} else content))


def apart(reader: Reader, seconds: float, seed: int) -> Score:
    """Return the score of a reader whose inputs may end or hang the process that reads them."""
    score, start = Score(), time.monotonic()
    while (left := start + seconds - time.monotonic()) > 0.0:
        with tempfile.TemporaryDirectory() as name:
            ended = _watched(reader, Path(name), seed + len(score.findings), score, left)
            if ended:
                score.take(ended, (Path(name) / f"input{reader.ending}").read_bytes())
    score.seconds = time.monotonic() - start
    return score


def _watched(reader: Reader, folder: Path, seed: int, score: Score, seconds: float) -> str:
    """Add to a score until the time is over; return how the process ended before, if it did."""
    start = time.monotonic()
    ours, theirs = FORK.Pipe(duplex=False)
    process = FORK.Process(target=_send, args=(reader, folder, seed, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        while time.monotonic() < start + seconds:
            if not ours.poll(HUNG_S):
                return f"hung: more than {HUNG_S:g} s"
            score.take(*ours.recv())
    except EOFError:
        process.join()
        return f"the process ended with {process.exitcode}"
    finally:
        process.kill()
        process.join()
    return ""


def run(seconds: float, seed: int, only: str = "") -> int:
    """Fuzz every reader for its share of the time, print and store the table; return the findings.

    With a word, only readers whose name holds it, and nothing is stored.
    """
    every_reader = [each for each in readers() if only.casefold() in each.name.casefold()]
    print(f"{'reader':32} {'tried':>9} {'answered':>9} {'time':>8} {'findings':>9}")
    scores = {}
    for reader in every_reader:
        scores[reader.name] = score = apart(reader, seconds / len(every_reader), seed)
        share = score.answered / max(1, score.tried)
        print(f"{reader.name:32} {score.tried:9,} {share:9.0%} {score.seconds:7.1f}s "
              f"{len(score.findings):9}", flush=True)  # fmt: skip
        for said, content in score.findings.items():
            print(f"    {said}\n        {content[:300]!r}", flush=True)
    total = sum(score.tried for score in scores.values())
    found = sum(len(score.findings) for score in scores.values())
    spent = sum(score.seconds for score in scores.values())
    print(f"{'all':32} {total:9,} {'':9} {spent:7.1f}s {found:9}")
    if not only:
        store(scores, seconds, seed)
    return found


def store(scores: Mapping[str, Score], seconds: float, seed: int) -> None:
    """Keep the table beside the day, the time and the seed that it was made with."""
    rows = [
        {
            "reader": name,
            "tried": score.tried,
            "answered": score.answered,
            "seconds": round(score.seconds, 1),
            "findings": list(score.findings),
        }
        for name, score in scores.items()
    ]
    table = {
        "date": datetime.now(UTC).date().isoformat(),
        "seconds": seconds,
        "seed": seed,
        "rows": rows,
    }
    STORED.parent.mkdir(exist_ok=True)
    write_bytes(STORED, (json.dumps(table, indent=1) + "\n").encode(), "results")


def _main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("seconds", nargs="?", type=float, default=SECONDS, help="of all readers")
    parser.add_argument("seed", nargs="?", type=int, default=0)
    parser.add_argument("--only", default="", help="readers whose name holds this; nothing stored")
    given = parser.parse_args()
    # Else each process would load them in the time of its reader.
    for name in PRELOADED:
        import_module(name)
    return int(run(given.seconds, given.seed, given.only) > 0)


if __name__ == "__main__":
    sys.exit(_main())
