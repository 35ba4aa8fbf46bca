"""Damaged files at every reader of the command line, until a stated time is over.

    python benchmarks/fuzz.py [SECONDS] [SEED]

A valid file is mutated and given to the commands that read it, in this process. Whatever the file,
a command answers (status 0) or says in words why it cannot (2), at once and without a traceback;
anything else is a finding, which is printed with the file that made it. The server is asked the
same way with mutated addresses and bodies: it answers with a status below 500.
"""

from __future__ import annotations

import asyncio
import io
import json
import random
import re
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from costcurve.__main__ import main

PROJECT = Path(__file__).resolve().parent.parent
SECONDS = 60.0
#: A reader that takes longer than this for one file of a few kilobytes is a finding.
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
#: What a card gets when it is sealed.
_SEAL = {"schema_version", "card_sha256"}
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


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
        Takes the file and returns nothing, or what was wrong.
    mend : callable, optional
        Makes a mutated content reach deeper: its seal is renewed.
    """

    name: str
    ending: str
    valid: Callable[[], list[bytes]]
    ask: Callable[[Path], str]
    mend: Callable[[bytes], bytes] | None = None


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

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SLOW_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def command(*words: str) -> Callable[[Path], str]:
    """Return what asks a command about a file, which stands for `FILE` in its words."""

    def ask(path: Path) -> str:
        out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
        typed = [str(path) if word == "FILE" else word for word in words]
        with chdir(path.parent), redirect_stdout(out), redirect_stderr(err):
            status = main(typed)
        if status not in (0, 2):
            return f"status {status}: {err.getvalue()[-200:]}"
        if "Traceback" in err.getvalue():
            return err.getvalue()[-200:]
        if status == 2 and not err.getvalue().startswith("costcurve: error: "):
            return f"no words: {err.getvalue()!r}"
        return "" if status == 0 else "refused"

    return ask


def every(*asked: Callable[[Path], str]) -> Callable[[Path], str]:
    """Return what asks several in turn, up to the first that finds something."""

    def ask(path: Path) -> str:
        said = [each(path) for each in asked]
        wrong = [each for each in said if each not in {"", "refused"}]
        return wrong[0] if wrong else ("refused" if all(said) else "")

    return ask


def asked_of_server(method: str, path: str) -> Callable[[Path], str]:
    """Return what sends a file to the server in this process: as the query, or as the body."""
    import httpx  # noqa: PLC0415 - only where the server is asked

    from costcurve.faces.web.app import create_app  # noqa: PLC0415

    app = create_app()

    async def send(content: bytes) -> int:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8000"
        ) as client:
            if method == "GET":
                text = content.decode("latin-1").replace("\n", "%0A")
                try:
                    url = httpx.URL(f"http://127.0.0.1:8000{path}?{text}")
                except httpx.InvalidURL:  # no browser would send it either
                    return 400
                return (await client.get(url)).status_code
            headers = {"content-type": "application/json"}
            return (await client.post(path, content=content, headers=headers)).status_code

    def ask(file: Path) -> str:
        status = asyncio.run(send(file.read_bytes()))
        return (
            f"status {status}"
            if status >= 500 and status != 503
            else ""
            if status < 400
            else "refused"
        )

    return ask


def labelled(path: Path) -> str:
    """Read labelled examples as `costcurve pilot` does, which would go on to train."""
    from costcurve.core.errors import InputError  # noqa: PLC0415
    from costcurve.evidence.labelled import read_labelled  # noqa: PLC0415

    try:
        read_labelled(path, "y")
    except InputError:
        return "refused"
    return ""


def examples(*names: str) -> Callable[[], list[bytes]]:
    """Return the contents of examples that come along."""
    return lambda: [(PROJECT / "examples" / name).read_bytes() for name in names]


def texts(*contents: str) -> Callable[[], list[bytes]]:
    """Return contents that stand here."""
    return lambda: [each.encode() for each in contents]


def cards() -> list[bytes]:
    """Return the law cards that come along."""
    from costcurve.core.files import packaged  # noqa: PLC0415

    return [path.read_bytes() for path in sorted(packaged("laws", "cards").glob("*.json"))]


def sealed(content: bytes) -> bytes:
    """Return a card with the seal that its content should have, where it can be read at all."""
    from costcurve.core.errors import InputError  # noqa: PLC0415
    from costcurve.laws.card_store import seal  # noqa: PLC0415

    try:
        card = seal(
            {name: value for name, value in json.loads(content).items() if name not in _SEAL}
        )
    except (InputError, ValueError, AttributeError, RecursionError):
        return content
    return card.model_dump_json().encode()


def parquet() -> list[bytes]:
    """Return a learning curve as Parquet, plain and compressed."""
    import pyarrow as pa  # noqa: PLC0415 - an extra
    import pyarrow.parquet as pq  # noqa: PLC0415

    table = pa.table({"x": [100, 200, 400, 800], "error": [0.4, 0.3, 0.23, 0.18]})
    made = []
    for compression in ("none", "snappy"):
        stream = io.BytesIO()
        pq.write_table(table, stream, compression=compression)
        made.append(stream.getvalue())
    return made


def arrays() -> list[bytes]:
    """Return labelled examples as NPZ, plain and compressed."""
    features, labels = np.arange(40.0).reshape(20, 2), np.arange(20) % 2
    made = []
    for save in (np.savez, np.savez_compressed):
        stream = io.BytesIO()
        save(stream, X=features, y=labels)
        made.append(stream.getvalue())
    return made


CURVE = "x,error\n100,0.4\n200,0.3\n400,0.23\n800,0.18\n"
PILOTS = "n,error,test_examples\n500,0.3,200\n900,0.2,200\n"
CURVES = (
    "task,x,error,fit,w\na,1,0.4,1,1\na,2,0.3,1,2\na,4,,0,1\nb,1,0.4,1,1\nb,8,0.1,1,1\nb,16,,0,1\n"
)
FIELD = "model,date,flop,error,paper\n" + "".join(
    f"M{year},{year}-0{1 + year % 9}-01,{1e15 * 3.1 ** (year - 2005):g},{0.9 ** (year - 2005):.3f},"
    f"p{year % 7}\n"
    for year in range(2010, 2024)
)
AUDIT = (
    "benchmark,model,date,metric,value,parameters,training_flop,source\n"
    "ImageNet,A,2014-06,top-1 accuracy,0.70,6e7,3e17,paper\n"
    "ImageNet,B,2016-01-05,top-1 accuracy,76.0,2.5e7,2e18,paper\n"
)
EVIDENCE = "error,examples,pretrained,relative_complexity,kind,group\n" + "".join(
    f"{0.7 * (row % 6 + 1) ** -1.2 * (1 + row % 5 / 20):.4f},{500 * 2 ** (row % 6)},"
    f"{'true' if row % 4 else 'false'},{row % 7 / 9:.3f},"
    f"{'segmentation' if row % 5 == 0 else 'classification'},g{row % 6}\n"
    for row in range(36)
)
RUNS = (
    "model,dataset_examples,epochs,accelerator,count\n"
    "resnet50,1281167,90,a100,8\nvit_b_16,50000,10,h100,1\n"
)
TASKS = "kind,classes,examples,pretrained,group\nclassification,10,5000,true,natural\n"
YAML = (
    "task:\n  target_accuracy: 0.95\n  classes: 12\n  usd_per_example: 0.4 to 0.9\n"
    "assumptions:\n  epochs: 30\n"
)
JSON = (
    '{"task": {"target_error": 0.1, "class_counts": {"a": 90, "b": 10}}, '
    '"assumptions": {"models": ["ResNet-18"]}}'
)
MODELS = (
    "name,parameters,gmacs,million_activations,source,source_date\n"
    "Ours,25600000,4.1,11.1,us,2026-01-01\n"
)
PRICES = (
    "accelerator,provider,region,offer,usd_per_accelerator_hour,source,source_date\n"
    "H100 SXM5,Ours,eu,on-demand,1.75,contract,2026-09-01\n"
)
QUERY = (
    "target_accuracy=0.95&classes=12&usd_per_example=0.4+to+0.9&models=ResNet-18&limit=40000"
    "&seed=3&draws=500"
)
BODY = (
    '{"task": {"target_error": 0.1, "classes": 20}, '
    '"assumptions": {"epochs": "30 .. 50 .. 90", "draws": 200}}'
)
BODY_CURVE = (
    '{"x": [100, 200, 400], "error": [0.4, 0.3, 0.23], "predict": [800], "target_error": 0.1}'
)


def _said(words: str) -> Callable[[Path], str]:
    return command(*words.split())


def readers() -> list[Reader]:
    """Return every way in."""
    return [*_descriptions(), *_tables(), *_binaries(), *_requests()]


def _descriptions() -> list[Reader]:
    cases = examples("worth_wildlife.toml", "worth_defects.toml", "worth_supermarket.toml")
    estimate = "estimate --target-error 0.1 --classes 9 --law FILE"
    check = every(_said("laws check FILE"), _said(estimate))
    show = every(_said("laws show FILE"), _said(estimate))
    described = examples("defect-inspection.toml")
    return [
        Reader("TOML, estimate", ".toml", described, _said("estimate FILE --json")),
        Reader("TOML, worth", ".toml", cases, _said("worth FILE --json")),
        Reader("YAML, estimate", ".yaml", texts(YAML), _said("estimate FILE --csv")),
        Reader("JSON, estimate", ".json", texts(JSON), _said("estimate FILE")),
        Reader("law cards", ".json", cards, check),
        Reader("law cards, sealed anew", ".json", cards, show, sealed),
    ]


def _tables() -> list[Reader]:
    asked = {
        "curve": (CURVE, "curve FILE --json --target-error 0.1"),
        "curves": (CURVES, "curve FILE --by task --fit fit --weights w --out out.csv"),
        "pilots": (PILOTS, "estimate --classes 9 --examples 4000 --predict --pilot FILE"),
        "limits": (FIELD, "limits --from FILE --x flop --error error --date date"),
        "audit": (AUDIT, "evidence audit FILE"),
        "summary": (AUDIT, "evidence summary FILE"),
        "regression": (EVIDENCE, "fit regression FILE --out law.json"),
        "runs": (RUNS, "cost --from FILE --out out.csv"),
        "tasks": (TASKS, "estimate --from FILE --predict --out out.csv"),
        "counts": ("label,count\na,10\nb,90\n", "complexity FILE --json"),
        "labels": ("label\na\nb\na\n", "complexity FILE"),
        "models": (MODELS, "facts models --models-file FILE"),
        "prices": (PRICES, "facts prices --prices-file FILE --json"),
    }
    return [
        Reader(f"CSV, {name}", ".csv", texts(valid), _said(words))
        for name, (valid, words) in asked.items()
    ]


def _binaries() -> list[Reader]:
    return [
        Reader("CSV, pilot data", ".csv", texts("u,v,y\n" + "1,2,a\n2,3,b\n" * 8), labelled),
        Reader("NPZ, pilot data", ".npz", arrays, labelled),
        Reader("Parquet, curve", ".parquet", parquet, _said("curve FILE --json")),
    ]


def _requests() -> list[Reader]:
    api, curve = "/api/v1/estimate", "/api/v1/curve"
    return [
        Reader("share links, page", ".txt", texts(QUERY), asked_of_server("GET", "/")),
        Reader("share links, API", ".txt", texts(QUERY), asked_of_server("GET", api)),
        Reader("JSON, API estimate", ".json", texts(BODY), asked_of_server("POST", api)),
        Reader("JSON, API curve", ".json", texts(BODY_CURVE), asked_of_server("POST", curve)),
    ]


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
