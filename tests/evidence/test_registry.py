"""The data registry against a server of its own: wrong hashes, no network, interruptions."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from costcurve.core.errors import InputError
from costcurve.evidence import registry
from costcurve.evidence.registry import Dataset, datasets, locate

CONTENT = b"a,b\n1,2\n" * 50_000
NAME = "test/data.csv"


@pytest.fixture
def server():
    """Serve CONTENT at any path; `slow` waits in the middle, and `hits` counts the requests."""

    class Handler(BaseHTTPRequestHandler):
        slow_s = 0.0
        content = CONTENT
        hits = 0

        def do_GET(self):
            type(self).hits += 1
            self.send_response(200)
            self.send_header("Content-Length", str(len(self.content)))
            self.end_headers()
            half = len(self.content) // 2
            self.wfile.write(self.content[:half])
            self.wfile.flush()
            time.sleep(self.slow_s)
            self.wfile.write(self.content[half:])

        def log_message(self, *_arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        http.block_on_close = False  # a slow answer to a killed client must not hold the test
        http.handler = Handler
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield http
        http.shutdown()


@pytest.fixture
def dataset(server, tmp_path, monkeypatch):
    """Register one file of the server, with an empty cache and no folder of data."""
    monkeypatch.delenv("COSTCURVE_DATA", raising=False)
    monkeypatch.setenv("COSTCURVE_CACHE", str(tmp_path / "cache"))
    url = f"http://127.0.0.1:{server.server_address[1]}/data.csv"
    made = Dataset(
        NAME, len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), "CC0", "a test", url, ""
    )
    monkeypatch.setitem(datasets(), NAME, made)
    return made


def files_below(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_fetched_once_then_read_from_the_cache(dataset, server, tmp_path):
    path = locate(NAME)
    assert path == tmp_path / "cache" / NAME
    assert path.read_bytes() == CONTENT
    assert locate(NAME) == path
    assert server.handler.hits == 1


def test_wrong_content_is_thrown_away(dataset, server, tmp_path):
    server.handler.content = b"<html>not found</html>"
    with pytest.raises(InputError, match="what was fetched has not the SHA-256"):
        locate(NAME)
    assert files_below(tmp_path) == []
    server.handler.content = CONTENT
    assert locate(NAME).read_bytes() == CONTENT


def test_a_spoilt_copy_in_the_cache_is_fetched_again(dataset):
    locate(NAME).write_bytes(b"spoilt")
    assert locate(NAME).read_bytes() == CONTENT


def test_no_network_is_said(dataset, server, monkeypatch):
    gone = Dataset(NAME, 1, "0" * 64, "CC0", "a test", "http://127.0.0.1:9/none", "")
    monkeypatch.setitem(datasets(), NAME, gone)
    with pytest.raises(InputError, match="cannot be fetched .*set COSTCURVE_DATA"):
        locate(NAME)


def test_a_cache_that_cannot_be_written_is_said(dataset, tmp_path, monkeypatch):
    # A file where the folder should be stops even root, whom permissions do not.
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("COSTCURVE_CACHE", str(tmp_path / "file"))
    with pytest.raises(InputError, match="the cache cannot be written .*set COSTCURVE_CACHE"):
        locate(NAME)


def test_a_file_published_in_another_form_is_not_fetched(dataset, server, monkeypatch):
    made = Dataset(NAME, 1, "0" * 64, "CC0", "someone @ abc", "", "made long")
    monkeypatch.setitem(datasets(), NAME, made)
    with pytest.raises(InputError, match=r"no public address .*\(made long\).*someone @ abc"):
        locate(NAME)
    assert server.handler.hits == 0


def test_a_cell_of_several_lines_is_one_cell(dataset, tmp_path):
    cells = ["two\nlines", "a page\fbreak", "a line\u2028separator"]
    content = "a,b\n" + "".join(f'"{cell}",1\n' for cell in cells)
    path = tmp_path / "cells.csv"
    path.write_text(content, encoding="utf-8", newline="")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    datasets()["cells.csv"] = Dataset("cells.csv", 1, digest, "CC0", "a test", "", "")
    try:
        rows = list(registry.read_rows("cells.csv", tmp_path))
    finally:
        del datasets()["cells.csv"]
    assert rows == [{"a": cell, "b": "1"} for cell in cells]


_PROGRAM = """
import sys
from costcurve.evidence import registry
registry.datasets()[sys.argv[1]] = registry.Dataset(
    sys.argv[1], 1, sys.argv[2], "CC0", "a test", sys.argv[3], "")
print(registry.locate(sys.argv[1]))
"""


def start(dataset):
    command = [sys.executable, "-c", _PROGRAM, dataset.name, dataset.sha256, dataset.url]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_processes_at_once_both_get_the_whole_file(dataset, server):
    server.handler.slow_s = 0.5
    running = [start(dataset) for _ in range(3)]
    for process in running:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert out.strip().endswith(NAME)
    assert locate(NAME).read_bytes() == CONTENT


def test_a_killed_download_leaves_nothing_that_is_used(dataset, server, tmp_path):
    server.handler.slow_s = 30.0
    process = start(dataset)
    while server.handler.hits == 0:
        time.sleep(0.01)
    time.sleep(0.3)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert not (tmp_path / "cache" / NAME).exists()
    server.handler.slow_s = 0.0
    assert locate(NAME).read_bytes() == CONTENT


def test_a_folder_stands_in_for_the_cache(dataset, server, tmp_path, monkeypatch):
    folder = tmp_path / "folder"
    (folder / "test").mkdir(parents=True)
    with pytest.raises(InputError, match="cannot be read: No such file"):
        locate(NAME, folder)
    (folder / NAME).write_bytes(CONTENT)
    assert locate(NAME, folder) == folder / NAME
    monkeypatch.setenv("COSTCURVE_DATA", str(folder))
    assert locate(NAME) == folder / NAME
    (folder / NAME).write_bytes(b"changed")
    with pytest.raises(InputError, match="has the wrong content: its SHA-256 is"):
        locate(NAME)
    assert server.handler.hits == 0


def test_the_registry_describes_the_development_copies(data):
    # `data` is a folder laid out like the registry: every hash must be that of the manifest.
    assert all(not registry.verify(d, data / d.name) for d in datasets().values())
    for dataset in datasets().values():
        assert dataset.licence
        assert dataset.source
        assert not (dataset.url and dataset.derived)
        assert not dataset.url or " @ " in dataset.source


def test_unknown_names_are_answered_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'timm/results-imagenet.csv'"):
        locate("timm/results-imagenet")


def test_command_line(dataset, cli, tmp_path, data):
    assert cli("data", "fetch", NAME).out.strip() == str(tmp_path / "cache" / NAME)
    listed = {row["name"]: row for row in cli("data", "list", "--json").json["datasets"]}
    assert listed[NAME]["here"] is True
    assert listed["vtab/tasks.csv"]["url"] is None
    assert "test/data.csv" in cli("data", "list").out
    assert "none wrong" in cli("data", "verify", NAME).out
    (tmp_path / "cache" / NAME).write_bytes(b"changed")
    spoilt = cli("data", "verify")
    assert spoilt.status == 2
    assert "has the wrong content" in spoilt.err
    assert "timm/results-imagenet.csv" not in spoilt.err
    in_folder = cli("data", "verify", "timm/results-imagenet.csv", "--data", str(data))
    assert in_folder.out.strip() == "1 of 1 files checked, none wrong"
    assert cli("data", "fetch", "nosuch").status == 2
