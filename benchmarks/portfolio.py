"""A portfolio beside the same arithmetic by hand in NumPy, a loop over rows, and LibreOffice.

All candidate models and 64 draws of each row. By hand: the law, the bill and the benefit of
classifiers with something done today, as a careful engineer would write them once and for all, on
arrays in memory, by blocks that stay in a processor's cache; without the parts of the model that
are zero here. Ours in memory may take 1.5 times as long, with two processes on both sides 2.5 times
for the whole command, which reads and writes Parquet, checks every cell and adds up the summary.
Exit status 1 when a limit is broken.

    python benchmarks/portfolio.py --rows 10000000

Beside it, for each row: `worth` in a loop, and LibreOffice recalculating a workbook with a sample.
Then how far 64 draws are from 2,048: of the width between the 5th and the 95th percentile.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import multiprocessing
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from costcurve.decisions.portfolio import DRAWS
from costcurve.decisions.portfolio_columns import NUMBERS, read_rows
from costcurve.decisions.portfolio_values import answer_rows
from costcurve.decisions.worth import worth
from costcurve.decisions.worth_case import case_of
from portfolio_by_hand import ByHand
from ratios import Ratio, allowed, arguments, finished

ROWS, ROW_GROUP = 1_000_000, 262_144
#: Allowed multiples of NumPy by hand, in memory and for the whole command; GB of memory.
IN_MEMORY, STREAMED, MOST_GB = 1.5, 2.5, 1.5
#: Rows of the loop, of the workbook, and of the comparison of draws.
LOOPED, CALCULATED, COMPARED = 25, 20_000, 2000
PART = "portfolio"
#: Agreement of both ways: sums in another order.
SAME = 1e-9


def made_up(rows: int, seed: int) -> pa.Table:
    """Return invented classifiers."""
    random = np.random.default_rng(seed)
    return pa.table(
        {
            "id": np.arange(rows),
            "classes": random.integers(2, 1000, rows),
            "target_accuracy": random.uniform(0.6, 0.95, rows),
            "examples_held": random.uniform(0.0, 1e4, rows),
            "examples_limit": random.uniform(1e3, 5e6, rows),
            "usd_per_example": random.uniform(0.01, 1.0, rows),
            "epochs": random.uniform(10.0, 100.0, rows),
            "predictions_per_year": 10.0 ** random.uniform(3.0, 8.0, rows),
            "benefit_per_prediction_usd": 10.0 ** random.uniform(-3.0, 0.0, rows),
            "cost_per_error_usd": random.uniform(0.0, 0.1, rows),
            "baseline_accuracy": random.uniform(0.2, 0.6, rows),
            "pretrained": random.random(rows) > 0.1,
        }
    )


def in_memory(table: pa.Table) -> Ratio:
    """Return the time of a row on arrays in memory, one process each."""
    by_hand = ByHand()
    columns = {name: table[name].to_numpy(zero_copy_only=False) for name in table.column_names}
    rows = read_rows({name: table[name] for name in table.column_names}, len(table))
    some = rows.some(np.arange(100))
    answer_rows(some, {}, DRAWS)
    ours = theirs = np.inf
    for _ in range(3):  # in turn, so that both meet the same neighbours
        start = time.perf_counter()
        found = answer_rows(rows, {}, DRAWS)
        ours = min(ours, time.perf_counter() - start)
        start = time.perf_counter()
        wanted = by_hand(columns)
        theirs = min(theirs, time.perf_counter() - start)
    for name in set(wanted) - {"model"}:
        scale = np.abs(wanted["annual_cost_usd"]) + np.abs(wanted["annual_benefit_usd"])
        off = np.abs(found.numbers[name] - wanted[name])
        tolerance = SAME * (scale if name.startswith("net") else np.abs(wanted[name]))
        if not (off <= tolerance).all():
            raise SystemExit(f"{name} is not the same by hand")
    what = f"a row in memory: {len(by_hand.seconds)} models, {DRAWS} draws"
    each = 1e6 / len(table)
    return Ratio(PART, what, each * ours, each * theirs, "us", "NumPy by hand", IN_MEMORY)


def _work(arguments: tuple[int, int, int]) -> float:
    """Compute parts by hand in a process of its own; return the seconds of the arithmetic."""
    seed, rows, first = arguments
    by_hand, spent = ByHand(), 0.0
    for start in range(0, rows, ROW_GROUP):
        table = made_up(min(ROW_GROUP, rows - start), seed + first + start)
        columns = {name: table[name].to_numpy(zero_copy_only=False) for name in table.column_names}
        begin = time.perf_counter()
        by_hand(columns)
        spent += time.perf_counter() - begin
    return spent


def streamed(rows: int, workers: int) -> list[Ratio]:
    """Return the time of the whole command beside NumPy by hand, and its memory."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = (str(Path(folder) / name) for name in ("uses.parquet", "answers.parquet"))
        with pq.ParquetWriter(source, made_up(1, 0).schema) as writer:
            for start in range(0, rows, ROW_GROUP):
                writer.write_table(made_up(min(ROW_GROUP, rows - start), start))
        command = [sys.executable, "-m", "costcurve", "portfolio", source, "--out", out,
                   "--workers", str(workers), "--json"]  # fmt: skip
        start = time.perf_counter()
        gigabytes = _with_memory(command)
        ours = time.perf_counter() - start
    each = rows // workers
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        jobs = [(0, each, place * each) for place in range(workers)]
        theirs = max(pool.map(_work, jobs))
    what = f"{rows:,} rows, the whole command, {workers} processes"
    return [
        Ratio(PART, what, ours, theirs, "s", "NumPy by hand", STREAMED),
        allowed(PART, f"memory of {what}", gigabytes, MOST_GB, "GB"),
    ]


def _with_memory(command: list[str]) -> float:
    """Run a command; return the most memory of it and its processes together, in GB."""
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    most, is_over = [0], threading.Event()

    def watch() -> None:
        while not is_over.wait(0.2):
            most[0] = max(most[0], _proportional_kb(running.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    status = running.wait()
    is_over.set()
    watcher.join()
    if status:
        raise SystemExit(f"the command ended with {status}")
    return most[0] / 1e6 or resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6


def _proportional_kb(process: int) -> int:
    """Return the memory of a process and its children, what they share counted once (Linux)."""
    total = 0
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
        total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
        total += sum(_proportional_kb(int(child)) for child in children.split())
    except (OSError, StopIteration):
        pass
    return total


def looped(table: pa.Table) -> float:
    """Return the microseconds of a row where `worth` is called for each."""
    rows = table.slice(0, LOOPED).to_pylist()
    start = time.perf_counter()
    for row in rows:
        tables: dict[str, dict[str, float]] = {}
        for name, column in NUMBERS.items():
            tables.setdefault(column.table, {})[column.name] = row[name]
        tables["task"]["pretrained"] = row["pretrained"]
        worth(case_of(tables), draws=DRAWS, with_pilot=False)
    return 1e6 * (time.perf_counter() - start) / LOOPED


def calculated(table: pa.Table) -> float | None:
    """Return the microseconds of a row in LibreOffice: one model at the point, no draws."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        print("LibreOffice: not installed, so not measured")
        return None
    times = {rows: _recalculated(program, table, rows) for rows in (1, CALCULATED)}
    return 1e6 * (times[CALCULATED] - times[1]) / (CALCULATED - 1)


def _recalculated(program: str, table: pa.Table, rows: int) -> float:
    """Return the seconds of opening, recalculating and saving a workbook with some rows."""
    names = ["classes", "target_accuracy", "examples_held", "examples_limit", "usd_per_example",
             "epochs", "predictions_per_year", "benefit_per_prediction_usd", "cost_per_error_usd",
             "baseline_accuracy"]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "uses.xlsx"
        book = xlsxwriter.Workbook(path)
        sheet = book.add_worksheet()
        for place, row in enumerate(table.slice(0, rows).to_pylist(), start=1):
            for column, name in enumerate(names):
                sheet.write_number(place - 1, column, row[name])
            for column, formula in enumerate(_FORMULAS, start=len(names)):
                sheet.write_formula(place - 1, column, formula.format(r=place))
        book.close()
        start = time.perf_counter()
        subprocess.run(
            [program, f"-env:UserInstallation={Path(folder).as_uri()}/profile", "--headless",
             "--convert-to", "csv", "--outdir", folder, str(path)],
            check=True, capture_output=True, timeout=540,
        )  # fmt: skip
        return time.perf_counter() - start


#: Entropy, chance, level, examples, bill, error, benefit and net of a row, in a spreadsheet.
_FORMULAS = (
    "=LN(A{r})",
    "=1-EXP(-K{r})",
    "=-0.9+0.2*(K{r}/LN(10)-1)",
    "=LOG10(1-B{r})-LOG10(MAX(L{r}-1+B{r},0.000000001))",
    "=10^MIN(3+(N{r}-M{r})/-0.4,100)",
    "=MIN(O{r},D{r})",
    "=MAX(P{r}-C{r},0)*E{r}",
    "=P{r}*F{r}*0.0005/3600*0.5",
    "=(Q{r}+R{r})*0.381",
    "=L{r}/(1+10^MIN(-(M{r}-0.4*(LOG10(P{r})-3)),300))",
    "=G{r}*(H{r}-T{r}*(I{r}+H{r})-(H{r}-(1-J{r})*(I{r}+H{r})))",
    "=S{r}+G{r}*0.00017/3600/0.3*0.5",
    "=U{r}-V{r}",
)


def compared(table: pa.Table) -> None:
    """Print how far the percentiles of few draws are from those of `worth`."""
    some = table.slice(0, COMPARED)
    rows = read_rows({name: some[name] for name in some.column_names}, len(some))
    fine = answer_rows(rows, {}, 2048).numbers
    width = fine["net_usd_p95"] - fine["net_usd_p05"]
    for draws in (32, 64, 128, 256):
        found = answer_rows(rows, {}, draws).numbers
        off = {
            name: np.abs(found[name] - fine[name]) / width
            for name in ("net_usd", "net_usd_p05", "net_usd_p95")
        }
        words = ", ".join(
            f"{name} {np.median(each):.1%} ({np.quantile(each, 0.95):.1%})"
            for name, each in off.items()
        )
        print(f"{draws} draws against 2,048, off by, of the interval, median (95th pc.): {words}")


def measured(rows: int, workers: int) -> list[Ratio]:
    """Return everything that is measured, ours beside each neighbour."""
    table = made_up(min(rows, ROW_GROUP), 1)
    found = in_memory(table)
    neighbours = (
        (f"worth() in a loop, {LOOPED} rows", looped(table)),
        ("LibreOffice, one model, no draws", calculated(table)),
    )
    compared(table)
    sys.stdout.flush()
    return [
        found,
        *(
            Ratio(PART, found.what, found.ours, theirs, "us", peer)
            for peer, theirs in neighbours
            if theirs is not None
        ),
        *streamed(rows, workers),
    ]


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    sys.exit(finished(measured(asked.rows, asked.workers), asked))
