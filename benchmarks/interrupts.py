"""Ctrl-C at random moments of every command that may take longer than two seconds.

    python benchmarks/interrupts.py [--times N] [--seed N] [--only WORD]

Each command is started as from a terminal and gets SIGINT, half of the times alone and half of the
times with all its processes, as a terminal sends it. It must end with status 130 and one sentence,
or have been done before (status 0); without a traceback, without a process that stays, and without
a file that is half written. A command that goes on where it was broken off goes on each time, and
in the end must write what it writes without Ctrl-C. Exit status 1 where one does not hold.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fuzz_asked import PROJECT
from fuzz_images import network, saved
from fuzz_texts import EVIDENCE

TIMES = 10
#: Seconds after which a command that was told to end is taken to hang.
PATIENCE_S = 60.0
#: Seconds that its processes have to be gone after it.
AFTERWARDS_S = 5.0
#: Longest time until Ctrl-C, seconds.
LATEST_S = 6.0
#: Says that Python reads our first line: before, it answers for itself. A shell without job control
#: lets what runs in the background ignore Ctrl-C; a terminal does not.
_AS_IN_A_TERMINAL = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from costcurve.__main__ import main
os.write(int(sys.argv.pop(1)), b"1")
sys.exit(main())
"""


@dataclass(frozen=True)
class Interrupted:
    """A command that is broken off.

    Attributes
    ----------
    words : str
        What is typed; it writes below `out`.
    prepare : callable
        Writes what it reads into a folder.
    goes_on : bool
        Whether the same command goes on with what is there.
    """

    words: str
    prepare: Callable[[Path], None]
    goes_on: bool = False


def _nothing(_: Path) -> None:
    pass


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _uses(folder: Path) -> None:
    header, *rows = (PROJECT / "examples/portfolio.csv").read_text("utf-8").splitlines()
    _write(folder / "uses.csv", "\n".join([header, *rows * 400]) + "\n")


def _images(folder: Path) -> None:
    (folder / "network.onnx").write_bytes(network())
    good = bytearray(saved("BMP"))
    for side in "ab":
        (folder / side).mkdir()
        for number in range(3000):
            good[-3:] = number.to_bytes(2, "big") + side.encode()
            (folder / side / f"{number:05d}.bmp").write_bytes(good)


def _curves(folder: Path) -> None:
    random_ = np.random.default_rng(0)
    rows = ["task,x,error"]
    for task in range(1500):
        noise = np.exp(0.05 * random_.standard_normal(8))
        rows += [f"{task},{100 * 2**n},{0.9 * 1.4**-n * noise[n]:.5f}" for n in range(8)]
    _write(folder / "curves.csv", "\n".join(rows) + "\n")


def _field(folder: Path) -> None:
    random_, rows = np.random.default_rng(0), ["paper,date,flop,error"]
    for row in range(1500):
        year = 2008 + row % 16
        error = 0.88 ** (year - 2006) * np.exp(0.2 * random_.standard_normal())
        rows.append(f"p{row % 400},{year}-0{1 + row % 9}-01,{10.0 ** (year - 1995):g},{error:.4f}")
    _write(folder / "field.csv", "\n".join(rows) + "\n")


def _pilot(folder: Path) -> None:
    text = "import time\n\ndef error(n, seed):\n    time.sleep(0.5)\n    return 1 / (n + seed)\n"
    _write(folder / "slow.py", text)


def _tasks(folder: Path) -> None:
    rows = ["kind,classes,examples,pretrained,group"]
    rows += [f"classification,{2 + n % 90},{500 + n},true,natural" for n in range(40_000)]
    _write(folder / "tasks.csv", "\n".join(rows) + "\n")


def _case(folder: Path) -> None:
    case = (PROJECT / "examples/worth_defects.toml").read_bytes()
    (folder / "case.toml").write_bytes(case)


_EMBED = "--model network.onnx --untrained --workers 2"
_LIMITS = "limits --from field.csv --x flop --error error"
COMMANDS = {
    "portfolio": Interrupted(
        "portfolio uses.csv --out out/o.csv --resume out/kept --row-group-size 400 --draws 512 "
        "--workers 2",
        _uses,
        goes_on=True,
    ),
    "portfolio, without a folder": Interrupted(
        "portfolio uses.csv --out out/o.parquet --draws 512 --workers 2 --html out/o.html", _uses
    ),
    "embed": Interrupted(f"embed a {_EMBED} --out out/o.parquet", _images, goes_on=True),
    "distance": Interrupted(f"distance a b {_EMBED} --json", _images),
    "fit regression": Interrupted(
        "fit regression evidence.csv --out out/law.json",
        lambda folder: _write(folder / "evidence.csv", EVIDENCE),
    ),
    "fit classification": Interrupted("fit classification", _nothing),
    "fit curves": Interrupted("fit curves", _nothing),
    "fit throughput": Interrupted("fit throughput", _nothing),
    "reproduce, whole": Interrupted(
        "reproduce flexible-models --full --workers 2 --resume out/kept --out out/study", _nothing
    ),
    "reproduce, curves": Interrupted("reproduce learning-curves --full --workers 2", _nothing),
    "reproduce, tables": Interrupted("reproduce computational-limits --out out/study", _nothing),
    "pilot": Interrupted(
        "pilot --function slow:error --sizes 10,20,40,80,160 --seeds 4 --workers 2 --out out/o.csv",
        _pilot,
        goes_on=True,
    ),
    "limits, by paper": Interrupted(f"{_LIMITS} --group paper --plot out/o.svg", _field),
    "limits, backtest": Interrupted(
        f"{_LIMITS} --date date --backtest --method quantile --json", _field
    ),
    "curve": Interrupted("curve curves.csv --by task --out out/o.csv --xlsx out/o.xlsx", _curves),
    "worth": Interrupted("worth case.toml --xlsx out/o.xlsx --html out/o.html", _case),
    "simulate": Interrupted(
        "simulate --dimensions 80 --nonzero 4 --repetitions 600 --samples 10,30,80,150 --seed 9 "
        "--workers 2 --resume out/kept --out out/figure",
        _nothing,
        goes_on=True,
    ),
    "estimate of a table": Interrupted(
        "estimate --from tasks.csv --predict --out out/o.csv", _tasks
    ),
    "data verify": Interrupted("data verify", _nothing),
    "data fetch": Interrupted("data fetch", _nothing),
    "serve": Interrupted("serve --port 0 --no-browser", _nothing),
}


def start(words: str, folder: Path) -> subprocess.Popen[str]:
    """Return a command that has begun, as the leader of a group of its own."""
    begun, begins = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", _AS_IN_A_TERMINAL, str(begins), *words.split()],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        pass_fds=(begins,),
        env={**os.environ, "COSTCURVE_CACHE": str(folder / "cache"), "OMP_NUM_THREADS": "1"},
    )
    os.close(begins)
    os.read(begun, 1)
    os.close(begun)
    return process


def wrongs_of(process: subprocess.Popen[str], folder: Path) -> Iterator[str]:
    """Yield what is wrong with how a command ended that was told to."""
    try:
        _, said = process.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        yield f"still runs after {PATIENCE_S:g} s"
        os.killpg(process.pid, signal.SIGKILL)
        _, said = process.communicate()
        return
    if process.returncode not in {0, 130}:
        yield f"status {process.returncode}: {said[-300:]}"
    if "Traceback" in said or "Exception ignored" in said:
        yield f"a traceback: {said[-600:]}"
    if process.returncode == 130 and said.count("costcurve: interrupted") != 1:
        yield f"not one sentence: {said[-300:]!r}"
    if left := _left(process.pid):
        yield f"left processes: {left}"
    yield from half_written(folder)


def _left(group: int) -> str:
    """Return the processes of a group that stay; none as soon as all are gone."""
    end = time.monotonic() + AFTERWARDS_S
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return ""
        time.sleep(0.05)
    listed = subprocess.run(
        ["ps", "-o", "pid,args", "-g", str(group)], capture_output=True, text=True, check=False
    ).stdout
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
    return listed[-400:]


def half_written(folder: Path) -> Iterator[str]:
    """Yield the files below a folder's `out` that are not whole."""
    for path in sorted((folder / "out").rglob("*")):
        if path.is_dir():
            continue
        if path.name.startswith("."):
            yield f"a temporary file was left: {path.name}"
            path.unlink()
        elif not path.stat().st_size or not _is_whole(path):
            yield f"half written: {path.name}"


def _is_whole(path: Path) -> bool:
    content = path.read_bytes()
    if path.suffix == ".json":
        return json.loads(content) is not None
    if path.suffix in {".svg", ".html"}:
        return content.rstrip().endswith((b"</svg>", b"</html>"))
    if path.suffix == ".parquet":
        return content.endswith(b"PAR1")
    if path.suffix == ".xlsx":
        return b"PK\x05\x06" in content[-100:]
    if path.suffix == ".csv":
        rows = list(csv.reader(io.StringIO(content.decode())))
        return content.endswith(b"\n") and len({*map(len, rows)}) == 1
    return True


def _prepared(command: Interrupted, folder: Path) -> Path:
    (folder / "out").mkdir(parents=True)
    command.prepare(folder)
    return folder


def _written(folder: Path) -> dict[str, bytes]:
    """Return the files that a command wrote, without what it keeps for itself."""
    return {
        path.name: path.read_bytes()
        for path in sorted((folder / "out").glob("*"))
        if path.is_file() and path.suffix != ".parquet"
    }


def tried(name: str, command: Interrupted, times: int, seed: int) -> list[str]:
    """Break a command off so many times, and return what was wrong."""
    random_ = random.Random(f"{seed} {name}")  # noqa: S311 - no secret
    wrong: list[str] = []
    broken = 0
    with tempfile.TemporaryDirectory() as place:
        folder = _prepared(command, Path(place) / "broken")
        for turn in range(times):
            process = start(command.words, folder)
            time.sleep(random_.uniform(0.0, LATEST_S if turn % 3 else LATEST_S / 6))
            with suppress(ProcessLookupError):
                if turn % 2:
                    os.killpg(process.pid, signal.SIGINT)
                else:
                    os.kill(process.pid, signal.SIGINT)
            wrong += wrongs_of(process, folder)
            broken += process.returncode == 130
        if command.goes_on:
            wrong += _gone_on(command, folder, Path(place) / "whole")
    print(f"{name:28} {broken:2} of {times} broken off, {len(wrong)} wrong", flush=True)
    return wrong


def _gone_on(command: Interrupted, broken: Path, whole: Path) -> list[str]:
    """Return what is wrong with what a command writes that goes on to its end."""
    _prepared(command, whole)
    for folder in (broken, whole):
        process = start(command.words, folder)
        _, said = process.communicate()
        if process.returncode:
            return [f"does not go on: {said[-300:]}"]
    return [] if _written(broken) == _written(whole) else ["goes on to another answer"]


def main() -> int:
    """Break off every command, and print what was wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=TIMES, help="of each command")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="commands whose name holds this")
    given = parser.parse_args()
    found = 0
    for name, command in COMMANDS.items():
        if given.only in name:
            wrong = tried(name, command, given.times, given.seed)
            found += len(wrong)
            for each in wrong:
                print(f"    {each}", flush=True)
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
