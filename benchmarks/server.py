"""The server of pages under load: starting, one page, and a hundred requests a second.

The load comes from this process over loopback, at a fixed rate whether answers come or not, so
that a slow answer cannot slow the questions down. It asks for a page, the API, a table of facts and
a style sheet in turn; of 60 different estimates each is computed once and then remembered, so that
this says nothing of a hundred different estimates a second: those take 40 ms each. `--seconds`
shortens it, and gives what is computed more weight. Beside it, the same load on a bare application
under the same server, which answers every address with one word.
"""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from ratios import Ratio, allowed, arguments, finished

STARTS_WITHIN_S, PAGE_WITHIN_S, IDLE_MB = 1.5, 0.3, 120.0
RATE_PER_S, MEDIAN_S, P99_S = 100, 0.050, 0.200
#: Growth of memory under load that is no leak: caches fill.
GROWTH_MB = 60.0
PAGES = (
    "/?target_accuracy=0.9{0:02d}&classes=40",
    "/api/v1/estimate?target_accuracy=0.9{0:02d}&classes=40",
    "/facts?table=accelerators",
    "/static/style-1.css",
)
BARE = """
import uvicorn

async def application(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"yes"})

uvicorn.run(application, port=0, access_log=False, lifespan="off")
"""


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process, of Linux; 0 where it cannot be told."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    return int(re.findall(r"VmRSS:\s+(\d+)", text)[0]) / 1024.0


async def loaded(client: httpx.AsyncClient, seconds: float) -> tuple[list[float], int]:
    """Return how long each answer took, and how many were errors."""
    times: list[float] = []
    errors = 0

    async def ask(number: int) -> None:
        nonlocal errors
        begin = time.perf_counter()
        try:
            path = PAGES[number % len(PAGES)].format(number % 60)
            answer = await client.get(path)
            errors += answer.status_code != 200
        except httpx.HTTPError:
            errors += 1
        times.append(time.perf_counter() - begin)

    start, tasks = time.perf_counter(), []
    for number in range(int(RATE_PER_S * seconds)):
        await asyncio.sleep(max(start + number / RATE_PER_S - time.perf_counter(), 0.0))
        tasks.append(asyncio.create_task(ask(number)))
    await asyncio.gather(*tasks)
    return times, errors


@contextmanager
def served(command: list[str]) -> Iterator[tuple[str, int]]:
    """Start a server; give the address that it prints, and the number of its process."""
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        try:
            found = (re.findall(r"http://[\w.:]+", line) for line in process.stdout or ())
            yield next(each[0] for each in found if each), process.pid
        finally:
            process.terminate()


async def of_bare(address: str, seconds: float) -> tuple[float, float]:
    """Return the median and the 99th percentile of the bare application, under the same load."""
    async with httpx.AsyncClient(base_url=address, timeout=30.0) as client:
        times, _ = await loaded(client, seconds)
    return statistics.median(times), statistics.quantiles(times, n=100)[98]


async def of_ours(address: str, process: int, seconds: float) -> dict[str, float]:
    """Return what was measured of ours, by name: seconds, MB and a count."""
    async with httpx.AsyncClient(base_url=address, timeout=30.0) as client:
        await client.get("/")
        idle = memory_mb(process)
        single = []
        for _ in range(20):
            before = time.perf_counter()
            await client.get("/")
            single.append(time.perf_counter() - before)
        warm = memory_mb(process)
        times, errors = await loaded(client, seconds)
    return {
        "page": statistics.median(single),
        "idle": idle,
        "grown": max(memory_mb(process) - warm, 0.0),
        "median": statistics.median(times),
        "p99": statistics.quantiles(times, n=100)[98],
        "errors": float(errors),
    }


def measured(seconds: float) -> list[Ratio]:
    """Return the measurements beside what is allowed, and beside the bare application."""
    begin = time.perf_counter()
    with served([sys.executable, "-m", "costcurve", "serve", "--no-browser", "--port", "0"]) as at:
        started = time.perf_counter() - begin
        ours = asyncio.run(of_ours(*at, seconds))
    if ours["errors"]:
        raise SystemExit(f"{ours['errors']:.0f} answers were errors")
    with served([sys.executable, "-c", BARE]) as (address, _):
        median, p99 = asyncio.run(of_bare(address, seconds))
    part, load = "server", f"{RATE_PER_S} questions a second"
    return [
        allowed(part, "start", started, STARTS_WITHIN_S, "s"),
        allowed(part, "one page", 1e3 * ours["page"], 1e3 * PAGE_WITHIN_S, "ms"),
        allowed(part, "memory when idle", ours["idle"], IDLE_MB, "MB"),
        allowed(part, "memory grown under load", ours["grown"], GROWTH_MB, "MB"),
        allowed(part, f"median of {load}", 1e3 * ours["median"], 1e3 * MEDIAN_S, "ms"),
        allowed(part, f"99th percentile of {load}", 1e3 * ours["p99"], 1e3 * P99_S, "ms"),
        *(
            Ratio(part, f"{name} of {load}", 1e3 * mine, 1e3 * bare, "ms", "a bare application")
            for name, mine, bare in (
                ("median", ours["median"], median),
                ("99th percentile", ours["p99"], p99),
            )
        ),
    ]


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    asked = parser.parse_args()
    sys.exit(finished(measured(asked.seconds), asked))
