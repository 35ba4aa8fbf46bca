"""The API refuses in words: rubbish, files of the server, too much, no JSON at all."""

from __future__ import annotations

import gzip
import json

import pytest

from costcurve.faces.web.app import Settings
from tests.faces.test_api import API, ERRORS, JSON, MODELS, RUN, SIZES
from tests.faces.web import ask, ask_all, fields, strict


def test_every_finding_comes_at_once():
    body = {
        "task": {"target_accuracy": 2, "classes": 1, "clases": 3},
        "assumptions": {"epochs": -1, "draws": 20_000, "models": ["nosuch"]},
        "law": "nosuch",
    }
    answer = ask("POST", f"{API}/estimate", json=body)
    assert answer.status_code == 422
    wanted = {"target_accuracy", "classes", "clases", "epochs", "draws", "models", "law"}
    assert wanted <= set(fields(answer))
    assert all(set(each) == {"field", "found", "allowed"} for each in answer.json()["findings"])


@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("estimate", lambda name: {"task": {"target_accuracy": 0.9, "class_counts": name}}),
        (
            "estimate",
            lambda name: {"task": {"target_accuracy": 0.9, "classes": 5}, "law": name},
        ),
        ("worth", lambda name: {"task": {"target_accuracy": 0.9, "class_counts": name}}),
        ("limits", lambda name: {"from": name, "x": "label", "error": "count"}),
        ("limits", lambda name: {"benchmark": name}),
        ("limits", lambda name: {"rows": name, "x": "label", "error": "count"}),
        ("curve", lambda name: {"file": name, "x": [1], "error": [1]}),
        ("cost", lambda name: {"from": name}),
        ("cost", lambda name: {"rows": name}),
        ("cost", lambda name: {"run": {"models_file": name}}),
    ],
)
@pytest.mark.parametrize("name", ["counts.csv", "counts2.csv", "card.json"])
def test_no_file_of_the_server_is_read(tmp_path, monkeypatch, path, make, name):
    (tmp_path / name).write_text("label,count\nsecret_a,70000\nsecret_b,1000\n")
    monkeypatch.chdir(tmp_path)
    for named in (name, str(tmp_path / name), f"./{name}", f"../{tmp_path.name}/{name}"):
        answer = ask("POST", f"{API}/{path}", json=make(named))
        assert answer.status_code == 422
        assert "secret" not in answer.text


@pytest.mark.parametrize("name", ["..%2f..%2fpyproject.toml", "%2e%2e/%2e%2e/etc/passwd", "x%00y"])
def test_facts_are_no_way_to_files(name):
    answer = ask("GET", f"{API}/facts/{name}")
    assert answer.status_code in {404, 422}
    strict(answer)


DEEP = b"[" * 100_000
RUBBISH = [
    b"",
    b"null",
    b"[]",
    b"{",
    b'{"task": NaN}',
    b'{"task": {"classes": Infinity}}',
    b'{"task": {"classes": 1e400}}',
    b'{"task": {"classes": ' + b"9" * 5000 + b"}}",
    b'{"task": {}, "task": {}}',
    b'{"task": {"classes": 2, "classes": 3}}',
    DEEP,
    b'{"task": {"a": ' * 300 + b"1" + b"}}" * 300,
    b'{"task": ' + DEEP,
    '{"task": {"classes": 2}}'.encode("utf-16"),
    '{"law": "é"}'.encode("latin-1"),
    b'\xef\xbb\xbf{"task": {}}',
    rb'{"law": "\ud800"}',
    rb'{"\ud800": 1}',
    b'{"rows": 1000000000}',
    b'{"task": {"class_counts": 1000000000}}',
    b'{"task": {"classes": true}}',
    json.dumps({f"field{n}": n for n in range(50_000)}).encode(),
    json.dumps({"task": {f"target_acuracy{n}": n for n in range(190)}}).encode(),
    json.dumps({"assumptions": {"models": ["x" * 900] * 100_000}}).encode()[:2_000_000],
    json.dumps({"assumptions": {"models": ",".join(f"m{n}" for n in range(200_000))}}).encode(),
]


@pytest.mark.parametrize("path", ["estimate", "curve", "limits", "worth", "cost"])
def test_rubbish_is_refused_in_words(path):
    requests = [("POST", f"{API}/{path}", {"content": body, "headers": JSON}) for body in RUBBISH]
    for answer, body in zip(ask_all(requests), RUBBISH, strict=True):
        assert answer.status_code == 422, (body[:40], answer.text)
        assert fields(answer)


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/json", "content-encoding": "gzip"},
        {},
    ],
)
def test_only_plain_json_is_taken(headers):
    # A gigabyte of zeros once unpacked.
    bomb = gzip.compress(b"0" * 10**7) * 100
    answer = ask("POST", f"{API}/estimate", content=bomb, headers=headers)
    assert answer.status_code == 415
    assert fields(answer) == ["request"]


SMALL = Settings(rows=50, draws=1000)
#: Of hundreds of requests at once, on a machine that may be busy.
PATIENT = Settings(seconds=300)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("limits", {"rows": [{"x": 1, "e": 0.1}] * 51, "x": "x", "error": "e"}, "rows"),
        ("cost", {"rows": [RUN] * 51}, "rows"),
        ("curve", {"x": [1] * 51, "error": [0.1] * 51}, "x"),
        (
            "curve",
            {"x": SIZES, "error": ERRORS, "by": {"g": list("abcd")}, "predict": [1] * 20},
            "predict",
        ),
        (
            "estimate",
            {"task": {"target_accuracy": 0.9, "class_counts": [1] * 51}},
            "task",
        ),
        (
            "estimate",
            {"task": {"target_accuracy": 0.9, "classes": 2}, "assumptions": {"draws": "1001"}},
            "draws",
        ),
        ("worth", {"task": {}, "assumptions": {"draws": 1001}}, "draws"),
        ("curve", {"x": SIZES, "error": ERRORS[:3]}, "curvebody"),
        ("curve", {"x": SIZES, "error": ERRORS, "by": {"x": list("abcd")}}, "by"),
        ("cost", {"run": RUN, "rows": [RUN]}, "run"),
        ("worth", {"task": [], "nosuch": {}}, "nosuch"),
        ("worth", {"alternative": {f"a{n}": {"accuracy": 0.5} for n in range(21)}}, "alternative"),
    ],
)
def test_too_much_and_what_does_not_fit_together_is_refused(path, body, field):
    answer = ask("POST", f"{API}/{path}", SMALL, json=body)
    assert answer.status_code == 422
    assert field in fields(answer)


TASK = {"target_accuracy": 0.9, "classes": 5}
WHOLE = {
    "estimate": {"task": TASK, "assumptions": {"models": ["resnet50"], "epochs": 10}, "law": None},
    "curve": {"x": SIZES, "error": ERRORS, "weights": SIZES, "by": {"g": list("aaaa")}},
    "limits": {"rows": MODELS[:9], "x": "flop", "error": "top1_error", "target_error": [0.1]},
    "worth": {"task": TASK, "benefit": {"predictions_per_year": 1e6}, "alternative": {}},
    "cost": {"run": RUN},
}
ODD = [{}, [], [[]], {"a": {}}, [{}], True, "", "\x00", "=1+1", 1e308, -1, 10**300, None, [None]]


def fields_of(path):
    """Return every field that a path takes: at its top, or in a table of it."""
    from costcurve.decisions.worth_case import TABLES
    from costcurve.faces.web.schema import body_of

    described = body_of(path)["requestBody"]["content"]["application/json"]["schema"]
    for name, about in described["properties"].items():
        yield (name,)
        if name in TABLES:
            yield from ((name, inner) for inner in about["properties"])


@pytest.mark.parametrize("path", list(WHOLE))
def test_no_value_of_any_field_is_a_mistake_of_the_server(path):
    requests = []
    for place in fields_of(path):
        for odd in ODD:
            body = json.loads(json.dumps(WHOLE[path]))
            table = body if len(place) == 1 else body.setdefault(place[0], {})
            table[place[-1]] = odd
            requests.append(("POST", f"{API}/{path}", {"json": body}))
    for (_, _, given), answer in zip(requests, ask_all(requests, PATIENT), strict=True):
        assert answer.status_code in {200, 422}, given
        strict(answer)


def test_a_query_is_checked_as_a_body_is():
    for path, field in [
        ("estimate?classes=2&classes=3", "query"),
        ("estimate?nosuch=1", "nosuch"),
        ("estimate?target_accuracy=nan&classes=2", "target_accuracy"),
        ("cost?models_file=/etc/passwd", "models_file"),
        ("cost?model=resnet50&samples=1e999", "cost"),
        ("facts/models?file=/etc/passwd", "file"),
        ("facts/nosuch", "table"),
        ("facts?x=1", "x"),
    ]:
        answer = ask("GET", f"{API}/{path}")
        assert answer.status_code == 422, path
        assert field in fields(answer)
