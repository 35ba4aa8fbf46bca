"""Files of text as ways in: descriptions, cases, law cards, tables."""

from __future__ import annotations

import io
import json
import tomllib
from pathlib import Path

import yaml

from fuzz_asked import PROJECT, Reader, every, examples, in_this_process, said, texts

#: What a card gets when it is sealed.
_SEAL = {"schema_version", "card_sha256"}
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
ACCELERATORS = (
    "name,vendor,kind,year,fp32_tflops,fp16_tflops,memory_gb,tdp_w,source,source_date\n"
    "Ours,NVIDIA,data-center,2024,60,900,80,700,us,2026-01-01\n"
)
GRIDS = (
    "name,scope,country,gco2e_per_kwh,year,source,source_date\n"
    "Our town,country,USA,120,2024,us,2026-01-01\n"
)
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
CASES = ("worth_wildlife.toml", "worth_defects.toml", "worth_supermarket.toml")
COMMON = (
    '[task]\ngroup = "natural"\n\n[serving]\ninfrastructure_usd_per_year = 1e3\n\n'
    "[finance]\nhorizon_years = 4\ndiscount_rate = 0.07\n"
)
COMMON_YAML = "serving:\n  infrastructure_usd_per_year: 500\nfinance:\n  horizon_years: 3\n"


def readers() -> list[Reader]:
    """Return every way in for text."""
    return [*_descriptions(), *_cases(), *_tables(), *_curves(), *_portfolios()]


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


def _descriptions() -> list[Reader]:
    estimate = "estimate --target-error 0.1 --classes 9 --law FILE"
    check = every(said("laws check FILE"), said(estimate))
    show = every(said("laws show FILE"), said(estimate))
    described = examples("defect-inspection.toml")
    return [
        Reader("TOML, estimate", ".toml", described, said("estimate FILE --json")),
        Reader("YAML, estimate", ".yaml", texts(YAML), said("estimate FILE --csv")),
        Reader("JSON, estimate", ".json", texts(JSON), said("estimate FILE")),
        Reader("law cards", ".json", cards, check),
        Reader("law cards, sealed anew", ".json", cards, show, sealed),
    ]


def _cases() -> list[Reader]:
    ask = said("worth FILE --json --draws 64")
    return [
        Reader("TOML, worth", ".toml", examples(*CASES), ask),
        Reader("YAML, worth", ".yaml", lambda: [yaml.safe_dump(c).encode() for c in cases()], ask),
        Reader("JSON, worth", ".json", lambda: [json.dumps(c).encode() for c in cases()], ask),
    ]


def cases() -> list[dict[str, object]]:
    """Return the tables of the cases that come along."""
    return [tomllib.loads((PROJECT / "examples" / name).read_text("utf-8")) for name in CASES]


def _tables() -> list[Reader]:
    asked = {
        "pilots": (PILOTS, "estimate --classes 9 --examples 4000 --predict --pilot FILE"),
        "limits": (FIELD, "limits --from FILE --x flop --error error --date date"),
        "limits, by paper": (FIELD, "limits --from FILE --x flop --error error --group paper"),
        "limits, backtest": (
            FIELD,
            "limits --from FILE --x flop --error error --date date --backtest --target-error .01",
        ),
        "audit": (AUDIT, "evidence audit FILE"),
        "summary": (AUDIT, "evidence summary FILE"),
        "regression": (EVIDENCE, "fit regression FILE --out law.json"),
        "runs": (RUNS, "cost --from FILE --out out.csv"),
        "tasks": (TASKS, "estimate --from FILE --predict --out out.csv"),
        "counts": ("label,count\na,10\nb,90\n", "complexity FILE --json"),
        "labels": ("label\na\nb\na\n", "complexity FILE"),
        "models": (MODELS, "facts models --models-file FILE"),
        "prices": (PRICES, "facts prices --prices-file FILE --json"),
        "accelerators": (ACCELERATORS, "facts accelerators --accelerators-file FILE"),
        "grids": (GRIDS, "facts grids --grids-file FILE --json"),
    }
    return [
        Reader(f"CSV, {name}", ".csv", texts(valid), said(words))
        for name, (valid, words) in asked.items()
    ]


def _curves() -> list[Reader]:
    by = "curve FILE --by task --fit fit --weights w --out out.csv"
    asked = {
        "curve": (CURVE, "curve FILE --json --target-error 0.1"),
        "curve of a loss": (CURVE, "curve FILE --loss --target-error 0.1 --html out.html"),
        "curve as a workbook": (CURVE, "curve FILE --target-error 0.1 --xlsx out.xlsx"),
        "curve as a chart": (CURVE, "curve FILE --plot out.json --plain"),
        "curve, next run": (
            CURVE,
            "curve FILE --target-error 0.1 --next-run --usd-per-x 0.6 --worth-usd 5000 "
            "--usd-per-trained-x 0.01 --usd-per-error 10 --continues --json",
        ),
        "curves": (CURVES, f"{by} --target-error 0.2"),
        "curves, whole": (CURVES, "curve FILE --by task,fit --weights w --json"),
    }
    return [
        Reader(f"CSV, {name}", ".csv", texts(valid), said(words))
        for name, (valid, words) in asked.items()
    ]


def _portfolios() -> list[Reader]:
    rows = examples("portfolio.csv")
    case = "portfolio uses.csv --out out.csv --draws 16 --workers 1 --common FILE --json"
    plain = "portfolio FILE --out out.csv --draws 16 --workers 1 --budget 5000 --json"
    report = "portfolio FILE --out out.parquet --draws 16 --workers 1 --html out.html"

    def common(path: Path) -> str:
        (path.parent / "uses.csv").write_bytes(b"".join(rows()[0].splitlines(keepends=True)[:3]))
        return said(case)(path)

    return [
        Reader("CSV, portfolio", ".csv", rows, in_this_process(said(plain))),
        Reader("CSV, portfolio report", ".csv", rows, in_this_process(said(report))),
        Reader("Parquet, portfolio", ".parquet", _as_parquet, in_this_process(said(plain))),
        Reader("TOML, portfolio", ".toml", texts(COMMON), in_this_process(common)),
        Reader("YAML, portfolio", ".yaml", texts(COMMON_YAML), in_this_process(common)),
    ]


def _as_parquet() -> list[bytes]:
    import pyarrow.csv  # noqa: PLC0415 - an extra
    import pyarrow.parquet as pq  # noqa: PLC0415

    stream = io.BytesIO()
    pq.write_table(pyarrow.csv.read_csv(PROJECT / "examples" / "portfolio.csv"), stream)
    return [stream.getvalue()]
