"""Addresses, bodies and forms as ways in, to the pages and the API of the server."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urlencode

from fuzz_asked import BOUNDARY, Reader, asked_of_server, texts
from fuzz_texts import CURVE

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


BODY_WORTH = (
    '{"task": {"target_accuracy": 0.95, "classes": 12, "limit": 40000, "usd_per_example": 0.4}, '
    '"benefit": {"predictions_per_year": 1e6, "benefit_per_prediction_usd": "0.01 to 0.03", '
    '"cost_per_error_usd": 0.02}, "finance": {"horizon_years": 4}}'
)
BODY_LIMITS = (
    '{"rows": [{"c": 1e15, "e": 0.4, "d": "2012-01-01"}, {"c": 1e17, "e": 0.2, "d": "2015"}, '
    '{"c": 1e18, "e": 0.1, "d": "2018-05"}, {"c": 1e20, "e": 0.05, "d": "2020"}], "x": "c", '
    '"error": "e", "date": "d", "x_unit": "flop", "target_error": [0.01], "budget_usd": 1e6}'
)
BODY_COST = (
    '{"run": {"model": "resnet50", "dataset_examples": 1281167, "epochs": 90, '
    '"accelerator": "a100"}}'
)
WORTH = {
    "target_accuracy": "0.95",
    "classes": "12",
    "limit": "40000",
    "predictions_per_year": "0.5e6 to 2e6",
    "benefit_per_prediction_usd": "0.03",
    "cost_per_error_usd": "0.02",
    "alternative": "by hand, 0.9, 40000, 0, 0.01\nnothing, 0.5, 0, 0, 0",
    "roles": "engineer, 110, 100, 20",
    "lines": "saved, 1000, 1, true",
    "draws": "100",
}
PASTED = {"points": "500, 0.21\n1000, 0.15\n2000, 0.11\n4000, 0.082", "target_error": "0.03"}
NEXT_RUN = {**PASTED, "usd_per_example": "0.6", "worth_usd": "5000"}
LIMITS = {"benchmark": "imagenet", "target_error": "0.05, 0.01", "budget_usd": "1e6"}
LIMITS_PASTED = {
    "rows": "compute,error,date,group\n1e15,0.4,2012-01-01,a\n1e17,0.2,2015,b\n1e18,0.1,2018,c\n"
    "1e19,0.07,2019,d\n1e20,0.05,2020,e",
    "method": "ols",
    "form": "polynomial",
    "backtest": "true",
}
COMPARE = {
    "a": "/?target_accuracy=0.9&classes=12",
    "b": "http://127.0.0.1:8000/?target_accuracy=0.95&classes=12",
}
COST = {"model": "resnet50", "dataset_examples": "1281167", "epochs": "90", "accelerator": "a100"}
FACTS = {"table": "prices", "search": "H100", "sort": "-usd_per_accelerator_hour"}


def form(**given: str) -> bytes:
    """Return a form with a file as a browser sends it."""
    fields = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in given.items()
    )
    file = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="points.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\n{CURVE}\r\n--{BOUNDARY}--\r\n"
    )
    return ("".join(fields) + file).encode()


def query(given: dict[str, str]) -> Callable[[], list[bytes]]:
    """Return the query of an address, encoded and, for mutations of the words, half so."""
    plain = "&".join(f"{name}={quote(value, safe=',:;/.')}" for name, value in given.items())
    return texts(urlencode(given), plain)


def readers() -> list[Reader]:
    """Return every way in to the server."""
    return [*_pages(), *_forms(), *_bodies()]


def _pages() -> list[Reader]:
    asked = {
        "share links, page": ("/", texts(QUERY)),
        "share links, API": ("/api/v1/estimate", texts(QUERY)),
        "link to a curve": ("/curve", query(PASTED)),
        "link to a next run": ("/curve", query(NEXT_RUN)),
        "link to a case": ("/worth", query(WORTH)),
        "link to limits": ("/limits", query(LIMITS)),
        "link to a pasted field": ("/limits", query(LIMITS_PASTED)),
        "link to a comparison": ("/compare", query(COMPARE)),
        "link to facts": ("/facts", query(FACTS)),
        "link to a workbook": ("/curve.xlsx", query(PASTED)),
        "link to a case as a file": ("/worth.json", query(WORTH)),
        "link to a chart": ("/chart/curve.svg", query(PASTED)),
        "query of a run, API": ("/api/v1/cost", query(COST)),
    }
    return [
        Reader(name, ".txt", valid, asked_of_server("GET", path))
        for name, (path, valid) in asked.items()
    ]


def _forms() -> list[Reader]:
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    curve = {"examples": "x", "error": "error"}
    limits = {"compute": "x", "error": "error", "date": "", "group": ""}
    return [
        Reader(
            f"upload to {name}",
            ".txt",
            lambda given=given: [form(**given), form()],
            asked_of_server("POST", f"/{name}/upload", kind),
        )
        for name, given in (("curve", curve), ("limits", limits))
    ]


def _bodies() -> list[Reader]:
    asked = {"estimate": BODY, "curve": BODY_CURVE, "worth": BODY_WORTH, "limits": BODY_LIMITS,
             "cost": BODY_COST}  # fmt: skip
    return [
        Reader(f"JSON, API {name}", ".json", texts(valid), asked_of_server("POST", path))
        for name, valid in asked.items()
        for path in (f"/api/v1/{name}",)
    ]
