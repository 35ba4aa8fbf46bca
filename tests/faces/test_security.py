"""The guard before the web app: who may ask, how much, for how long, and what a browser may do."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time

import httpx
import pytest

from costcurve.core.files import packaged
from costcurve.faces.web import questions
from costcurve.faces.web.app import Settings, create_app
from tests.faces.web import BASE, ask, ask_all, fields, strict

STATIC = packaged("faces", "web", "static")
ESTIMATE = "/api/v1/estimate"
BODY = {"task": {"target_accuracy": 0.9, "classes": 10}}


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1", "127.0.0.1:9", "localhost:80", "127.0.0.1:8000.evil.example", "",
     "evil.example:8000", "0.0.0.0:8000"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/api/v1/facts", "/static/charts-1.js", "/openapi.json"])
def test_a_foreign_host_is_refused(host, path):
    # As a page does whose own name was made to lead to this machine.
    answer = ask("GET", path, headers={"host": host})
    assert answer.status_code == 421
    assert fields(answer) == ["request"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost:8000", "LocalHost:8000", "[::1]:8000"]
)
def test_names_of_this_machine_are_taken(host):
    assert ask("GET", "/", headers={"host": host}).status_code == 200


def test_the_host_that_was_given_is_taken():
    given = Settings(host="192.0.2.7", port=80)
    for host in ("192.0.2.7", "192.0.2.7:80", "localhost"):
        assert ask("GET", "/", given, headers={"host": host}).status_code == 200
    assert ask("GET", "/", given, headers={"host": "192.0.2.8"}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "https://127.0.0.1:8000"},
        {"origin": "http://127.0.0.1:8001"},
        {"origin": "http://127.0.0.1:8000.evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_foreign_origin_may_not_post(headers):
    answer = ask("POST", ESTIMATE, json=BODY, headers=headers)
    assert answer.status_code == 403
    assert fields(answer) == ["request"]


def test_the_own_origin_and_programs_may_post():
    for headers in ({}, {"origin": BASE, "sec-fetch-site": "same-origin"}):
        assert ask("POST", ESTIMATE, json=BODY, headers=headers).status_code == 200


def test_a_foreign_page_may_link_here():
    headers = {"origin": "http://evil.example", "sec-fetch-site": "cross-site"}
    assert ask("GET", "/", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/nosuch", 404),
        ("GET", "/static/charts-1.js", 200),
        ("GET", "/static/nosuch.js", 404),
        ("GET", "/openapi.json", 200),
        ("POST", ESTIMATE, 415),
        ("GET", ESTIMATE, 422),
        ("DELETE", ESTIMATE, 405),
    ],
)
def test_every_answer_has_the_headers(method, path, status):
    answer = ask(method, path)
    assert answer.status_code == status
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    for name in ("opener", "resource"):
        assert answer.headers[f"cross-origin-{name}-policy"] == "same-origin"
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers


def test_no_answer_sends_a_browser_to_another_host():
    # Sources of facts are named as text; what a browser follows by itself is not.
    followed = re.compile(r"""(?:src|href|action|poster|data)=["']https?://(?!127\.0\.0\.1)""")
    for path in ("/", "/facts", "/openapi.json", "/static/charts-1.js", "/static/style-1.css"):
        text = ask("GET", path).text
        assert not followed.search(text)
        assert "@import" not in text
        assert not re.search(r"url\(['\"]?https?:", text)


def in_parts(size, parts=50):
    async def stream():
        for _ in range(parts):
            yield b"x" * (size // parts)

    return stream()


LIMITED = Settings(body_bytes=1000, upload_bytes=5000)
FORM = {"content-type": "multipart/form-data; boundary=b"}
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize("content", [b"x" * 1001, in_parts])
@pytest.mark.parametrize("headers", [JSON, FORM])
def test_a_large_body_is_refused(content, headers):
    given = content if isinstance(content, bytes) else content(2000)
    answer = ask("POST", ESTIMATE, LIMITED, content=given, headers=headers)
    # What is no JSON need not be read at all.
    assert answer.status_code == 413 or (headers == FORM and answer.status_code == 415)
    assert fields(answer) == ["request"]


def test_a_body_as_large_as_allowed_is_read():
    task = '{"task": {"target_accuracy": 0.9, "classes": 10}}'
    assert ask("POST", ESTIMATE, LIMITED, content=task.ljust(1000), headers=JSON).status_code == 200


def test_a_body_longer_than_it_says_is_refused():
    answer = ask(
        "POST", ESTIMATE, LIMITED, content=in_parts(2000), headers={**JSON, "content-length": "10"}
    )
    assert answer.status_code == 413


def test_what_takes_too_long_is_ended_and_others_are_answered_meanwhile():
    run = {"model": "resnet50", "samples": 1e9}
    slow = {"rows": [{**run, "mine": n} for n in range(10_000)]}

    async def both() -> tuple[httpx.Response, float, float]:
        transport = httpx.ASGITransport(create_app(Settings(seconds=1.0)))
        async with httpx.AsyncClient(transport=transport, base_url=BASE, timeout=60) as client:
            start = time.monotonic()
            waiting = asyncio.create_task(client.post("/api/v1/cost", json=slow))
            await asyncio.sleep(0.3)
            before = time.monotonic()
            assert (await client.get("/")).status_code == 200
            front = time.monotonic() - before
            return await waiting, front, time.monotonic() - start

    answer, front, whole = asyncio.run(both())
    assert answer.status_code == 503
    assert "takes longer" in answer.json()["findings"][0]["allowed"]
    # Far from the half minute that the work would take, on a machine that may be busy.
    assert front < 5.0
    assert whole < 5.0


def test_a_body_that_never_ends_is_not_waited_for():
    async def drip():
        while True:
            yield b" "
            await asyncio.sleep(0.05)

    answer = ask("POST", ESTIMATE, Settings(seconds=0.3), content=drip(), headers=JSON)
    assert answer.status_code == 503


def test_a_mistake_of_ours_leaves_no_trace(monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError("secret\nof the inside")

    monkeypatch.setattr(questions, "ask_facts", fail)
    answer = ask("GET", "/api/v1/facts/models")
    assert answer.status_code == 500
    assert fields(answer) == ["request"]
    assert "secret" not in answer.text
    assert "Traceback" not in caplog.text
    assert "RuntimeError" in caplog.text
    assert answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "name",
    ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "..%5capp.py", "....//app.py", "%2fetc%2fpasswd",
     "/etc/passwd", "x%00.js", ""],
)  # fmt: skip
def test_static_is_no_way_to_other_files(name):
    answer = ask("GET", f"/static/{name}")
    assert answer.status_code in {404, 405}
    assert "import" not in answer.text


def test_static_files_may_be_kept_for_ever():
    for file in STATIC.glob("*.js"):
        answer = ask("GET", f"/static/{file.name}")
        assert answer.content == file.read_bytes()
        assert "immutable" in answer.headers["cache-control"]
        # Another version has another name.
        assert re.search(r"-\d", file.name)


def test_vendored_files_are_those_of_the_list():
    listed = (STATIC / "VENDORED.md").read_text()
    for name, digest in re.findall(r"\| `([^`]+)` \|.*`([0-9a-f]{64})`", listed):
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest
        assert (STATIC / name.replace(".min.js", ".LICENSE")).read_text()
    assert len(re.findall(r"[0-9a-f]{64}", listed)) == len(list(STATIC.glob("*.min.js")))


def test_html_in_names_comes_back_as_json_only():
    script = "<script>alert(1)</script>"
    for answer in ask_all(
        [
            ("GET", f"/api/v1/facts/{script}", {}),
            ("GET", f"/{script}", {}),
            ("POST", ESTIMATE, {"json": {script: 1}}),
            ("GET", "/api/v1/facts/models", {"params": {"search": script}}),
        ]
    ):
        assert not answer.headers["content-type"].startswith("text/html")
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_schema_is_served_without_a_page_from_elsewhere():
    schema = strict(ask("GET", "/openapi.json"))
    assert {path.split("/")[3] for path in schema["paths"]} == {
        *("estimate", "curve", "limits", "worth", "cost", "facts")
    }
    for path in ("/docs", "/redoc"):
        assert ask("GET", path).status_code == 404
