"""Files that the library wrote itself and reads again: pilots, checkpoints, caches.

A damaged one is told of, or made again; never is another answer given. So what a command answers
from it is compared with what it answers without damage.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from fuzz_asked import PROJECT, Reader, in_this_process, ran
from fuzz_images import folder_of_two, network, saved, with_cache

_PILOT = "pilot --function fuzz_kept:error_of --sizes 10,20,40 --seeds 2 --workers 1 --out"
_SIMULATE = (
    "simulate --dimensions 4 --nonzero 2 --repetitions 12 --samples 6,9 --models oracle,expert "
    "--workers 1 --json --resume job"
)
_PORTFOLIO = "portfolio uses.csv --out out.csv --draws 16 --workers 1 --json --resume job"
_DISTANCE = "distance two two --model network.onnx --untrained --workers 1 --json"
MANIFEST, CHUNK = "job.json", "chunk-000000.checkpoint"


def error_of(examples: int, seed: int) -> float:
    """Return the error of a made-up learner, for the pilot."""
    return 1.0 / (examples + seed)


def readers() -> list[Reader]:
    """Return every file that is read again."""
    return [
        Reader("CSV, pilot to go on with", ".csv", _pilots, in_this_process(asked_pilot)),
        *_of_job("simulation", _SIMULATE),
        *_of_job("portfolio", _PORTFOLIO),
        Reader("cache of embeddings", ".sqlite", _caches, in_this_process(asked_cache)),
    ]


def _of_job(name: str, words: str) -> list[Reader]:
    return [
        Reader(f"{kind} of a {name}", ending, _kept(words, file), _resumed(words, file))
        for kind, file, ending in (("job", MANIFEST, ".json"), ("part", CHUNK, ".checkpoint"))
    ]


def asked_pilot(path: Path) -> str:
    """Go on with a pilot."""
    return ran([*_PILOT.split(), str(path)], path.parent)[0]


def _pilots() -> list[bytes]:
    with TemporaryDirectory() as name:
        path = Path(name) / "pilot.csv"
        in_this_process(asked_pilot)(path)
        whole = path.read_bytes()
    return [whole, b"".join(whole.splitlines(keepends=True)[:4])]


def _answer(words: str, folder: Path) -> tuple[str, str]:
    """Return what a command says of a folder: what was wrong, and its answer."""
    found = ["", ""]

    def ask(path: Path) -> str:
        found[:] = ran(words.split(), path)
        return found[0]

    in_this_process(ask)(folder)
    return found[0], found[1]


def _prepared(folder: Path) -> None:
    rows = (PROJECT / "examples" / "portfolio.csv").read_bytes().splitlines(keepends=True)
    (folder / "uses.csv").write_bytes(b"".join(rows[:4]))


@cache
def _job(words: str) -> tuple[dict[str, bytes], str]:
    """Return the files that a job keeps, and its answer."""
    with TemporaryDirectory() as name:
        _prepared(Path(name))
        wrong, answer = _answer(words, Path(name))
        if wrong:
            raise RuntimeError(wrong)
        return {each.name: each.read_bytes() for each in (Path(name) / "job").iterdir()}, answer


def _kept(words: str, file: str) -> Callable[[], list[bytes]]:
    return lambda: [_job(words)[0][file]]


def _resumed(words: str, file: str) -> Callable[[Path], str]:
    def ask(path: Path) -> str:
        files, answer = _job(words)
        shutil.rmtree(path.parent / "job", ignore_errors=True)
        (path.parent / "job").mkdir()
        _prepared(path.parent)
        for name, content in files.items():
            (path.parent / "job" / name).write_bytes(content)
        shutil.copy(path, path.parent / "job" / file)
        wrong, now = _answer(words, path.parent)
        return wrong or ("" if now == answer else "another answer from a damaged file")

    return ask


def _embedded(folder: Path, content: bytes | None) -> tuple[str, str, bytes]:
    """Return what a distance says with a cache, and the cache that it leaves."""
    shutil.rmtree(folder / "cache", ignore_errors=True)
    (folder_of_two(folder) / "1.png").write_bytes(saved("PNG", "L"))
    (folder / "network.onnx").write_bytes(network())
    with with_cache(folder):
        if content is not None:
            kept = folder / "cache" / "embeddings"
            kept.mkdir(parents=True)
            (kept / _cache()[1]).write_bytes(content)
        wrong, answer = _answer(_DISTANCE, folder)
    (made,) = (folder / "cache" / "embeddings").glob("*.sqlite")
    return wrong, answer, made.read_bytes()


@cache
def _cache() -> tuple[bytes, str, str]:
    """Return a cache, its name, and the answer that made it."""
    with TemporaryDirectory() as name:
        wrong, answer, content = _embedded(Path(name), None)
        if wrong:
            raise RuntimeError(wrong)
        (made,) = (Path(name) / "cache" / "embeddings").glob("*.sqlite")
        return content, made.name, answer


def _caches() -> list[bytes]:
    return [_cache()[0]]


def asked_cache(path: Path) -> str:
    """Measure a distance with a cache of embeddings."""
    answer = _cache()[2]
    wrong, now, _ = _embedded(path.parent, path.read_bytes())
    return wrong or ("" if now == answer else "another answer from a damaged file")
