"""Tables written by parts: the whole file, or what was there before."""

from __future__ import annotations

import csv
import io
import subprocess
import sys

import pytest

from costcurve import InputError
from costcurve.evidence.table_writer import writing
from tests.conftest import need

pa = pytest.importorskip("pyarrow")
PARTS = [
    pa.table({"model": ["a", "=1+1"], "usd": [1.5, -2.0]}),
    pa.table({"model": ["-3", "+x"], "usd": [0.0, 4.0]}),
]


def write(path, parts=PARTS, stop=None):
    with writing(path, "out") as writer:
        for part in parts:
            writer.write(part)
        if stop is not None:
            raise stop


@pytest.fixture(params=["a disk", "object storage"])
def place(request, tmp_path):
    """Return a folder to write to, how what lies there is read, and what lies there."""
    if request.param == "a disk":
        paths = lambda: sorted(each.name for each in tmp_path.iterdir())  # noqa: E731
        return str(tmp_path), lambda name: (tmp_path / name).read_bytes(), paths
    try:
        import fsspec
    except ImportError:
        need(False, "fsspec")
    memory, folder = fsspec.filesystem("memory"), f"/{tmp_path.name}"
    memory.makedirs(folder, exist_ok=True)
    names = lambda: sorted(each.rpartition("/")[2] for each in memory.find(folder))  # noqa: E731
    return f"memory:/{folder}", lambda name: memory.cat_file(f"{folder}/{name}"), names


def test_parts_become_one_table_in_which_nothing_runs(place):
    folder, read, names = place
    write(f"{folder}/plan.csv")
    rows = list(csv.reader(io.StringIO(read("plan.csv").decode(), newline="")))
    assert rows[0] == ["model", "usd"]
    assert [row[0] for row in rows[1:]] == ["a", "'=1+1", "-3", "'+x"]
    assert [float(row[1]) for row in rows[1:]] == [1.5, -2.0, 0.0, 4.0]
    assert names() == ["plan.csv"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
@pytest.mark.parametrize("name", ["plan.csv", "plan.parquet"])
def test_broken_off_it_leaves_what_was_there(place, name, stop):
    folder, read, names = place
    with pytest.raises(stop):
        write(f"{folder}/{name}", stop=stop)
    assert names() == []
    write(f"{folder}/{name}", PARTS[:1])
    before = read(name)
    with pytest.raises(stop):
        write(f"{folder}/{name}", stop=stop)
    assert (names(), read(name)) == ([name], before)


@pytest.mark.parametrize("name", ["plan.csv", "plan.parquet"])
def test_a_full_disk_is_one_clear_sentence(tmp_path, name):
    # A limit on the size of files, which the system answers as it answers a full disk.
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "import pyarrow as pa; from costcurve.evidence.table_writer import writing\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "try:\n"
        f"    with writing({str(tmp_path / name)!r}, 'out') as writer:\n"
        "        for first in range(0, 100_000, 10_000):\n"
        "            writer.write(pa.table({'usd': range(first, first + 10_000)}))\n"
        "except ValueError as error:\n"
        "    print(error)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == f"out: '{tmp_path / name}': cannot be written: File too large\n"
    assert not ran.stderr
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_one_clear_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="out: .* cannot be written: Not a directory"):
        write(str(tmp_path / "file" / "plan.csv"))
