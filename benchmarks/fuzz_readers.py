"""Every way in: a valid file for each reader, and who is asked about it."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from costcurve.__main__ import main

PROJECT = Path(__file__).resolve().parent.parent
#: What a card gets when it is sealed.
_SEAL = {"schema_version", "card_sha256"}


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
