"""What goes wrong around a command: damaged files, a full disk, no home, no extras, Ctrl-C."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import PROJECT

sys.path.insert(0, str(PROJECT / "benchmarks"))

import fuzz
import fuzz_readers
import fuzz_texts as valid
import interrupts
from fuzz_asked import Reader

READERS = fuzz_readers.readers()
#: Damaged files for each reader here, beside the valid ones; `make fuzz` tries thousands.
TRIES = 8
#: The disk is full after as many bytes: no report, workbook, table or card is as small.
FULL_AFTER_BYTES = 200
RUN = [sys.executable, "-m", "costcurve"]
EXAMPLE = "examples/defect-inspection.toml"
PACKAGES_OF_EXTRAS = (
    "fastapi jinja2 multipart numpy_financial pooch pyarrow ray requests scipy sklearn uvicorn "
    "vl_convert xlsxwriter"
).split()


# Starlette leaves a file of a form that ends too early to the collection of garbage.
@pytest.mark.filterwarnings("ignore:Unclosed file <tempfile:ResourceWarning")
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_damaged_files_are_answered_or_refused_in_words(reader):
    most = TRIES + len(reader.valid())
    score = fuzz.fuzz(reader, seconds=600.0, seed=14, most=most)
    assert not score.findings
    assert score.tried == most


@pytest.mark.filterwarnings("ignore:Unclosed file <tempfile:ResourceWarning")
@given(st.binary(max_size=200), st.sampled_from(READERS))
@settings(max_examples=40)
def test_any_bytes_are_answered_or_refused_in_words(tmp_path_factory, content, reader):
    folder = tmp_path_factory.mktemp("any")
    assert fuzz.tried(reader, content, folder) in {"", "refused"}


def test_a_fuzzer_that_meets_a_mistake_finds_it(tmp_path):
    def mistaken(path):
        return str(1 / len(path.read_bytes()))

    reader = Reader("a mistake", ".txt", lambda: [b"12"], mistaken)
    assert "ZeroDivisionError" in fuzz.tried(reader, b"", tmp_path)


def limited():
    resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_AFTER_BYTES, FULL_AFTER_BYTES))


@pytest.mark.parametrize(
    ("words", "file"),
    [
        (f"estimate {EXAMPLE} --html FILE", "report.html"),
        (f"estimate {EXAMPLE} --xlsx FILE", "bill.xlsx"),
        ("curve CURVE --plot FILE", "curve.svg"),
        ("fit regression EVIDENCE --out FILE", "law.json"),
        ("reproduce flexible-models --out FILE", "folder/figure1a.csv"),
    ],
)
def test_a_full_disk_is_one_sentence_and_leaves_no_half_file(words, file, tmp_path):
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    (inputs / "curve.csv").write_text(valid.CURVE, encoding="utf-8")
    (inputs / "evidence.csv").write_text(valid.EVIDENCE, encoding="utf-8")
    target = tmp_path / "out" / file
    target.parent.mkdir(parents=True)
    named = target.parent if "/" in file else target
    known = {"FILE": named, "CURVE": inputs / "curve.csv", "EVIDENCE": inputs / "evidence.csv"}
    typed = [str(known.get(word, word)) for word in words.split()]
    done = subprocess.run(
        [*RUN, *typed], cwd=PROJECT, capture_output=True, text=True, preexec_fn=limited, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "cannot be written: File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(target.parent.iterdir())


def test_what_was_there_stays_when_the_disk_is_full(tmp_path):
    target = tmp_path / "report.html"
    target.write_text("as it was", encoding="utf-8")
    subprocess.run(
        [*RUN, "estimate", EXAMPLE, "--html", target],
        cwd=PROJECT, capture_output=True, preexec_fn=limited, check=False,
    )  # fmt: skip
    assert target.read_text(encoding="utf-8") == "as it was"


def test_no_home_is_no_trouble_until_data_are_to_be_kept(shell):
    bare = {"HOME": "/dev/null", "XDG_CACHE_HOME": "", "COSTCURVE_DATA": "", "COSTCURVE_CACHE": ""}
    assert shell("estimate", EXAMPLE, **bare).status == 0
    assert shell("data", "list", **bare).status == 0
    ran = shell("reproduce", "learning-curves", **bare)
    assert ran.status == 2
    assert "Traceback" not in ran.err


#: Runs commands where the packages of all extras cannot be imported.
_BLOCKED = """
import json, sys
from importlib.abc import MetaPathFinder

class Blocker(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in BLOCKED:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

BLOCKED = set(json.loads(sys.argv[1]))
sys.meta_path.insert(0, Blocker())
from costcurve.__main__ import main
import contextlib, io
for words in json.loads(sys.argv[2]):
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(words.split())
    print(json.dumps([words, status, err.getvalue()]))
"""


def test_without_any_extra_a_command_works_or_names_the_one_it_needs(tmp_path):
    curve, evidence = tmp_path / "curve.csv", tmp_path / "evidence.csv"
    curve.write_text(valid.CURVE, encoding="utf-8")
    evidence.write_text(valid.EVIDENCE, encoding="utf-8")
    parquet = tmp_path / "curve.parquet"
    parquet.write_bytes(b"PAR1")
    expected = {
        f"estimate {EXAMPLE}": None,
        f"estimate {EXAMPLE} --compare": None,
        f"estimate {EXAMPLE} --xlsx {tmp_path / 'b.xlsx'}": "excel",
        "estimate --classes 9 --examples 500 --predict": None,
        "cost --model resnet50 --dataset-examples 1000 --accelerator a100": None,
        "complexity 50,10": None,
        "facts grids": None,
        "laws list": None,
        "doctor": None,
        "reproduce strubell-2019": None,
        f"curve {parquet}": "parquet",
        f"curve {curve} --plot {tmp_path / 'c.svg'}": "charts",
        f"fit regression {evidence} --out {tmp_path / 'l.json'}": "fit",
        "serve": "web",
        "simulate --dimensions 5 --nonzero 2 --repetitions 2 --samples 10 --workers 1": "simulate",
        "worth examples/worth_wildlife.toml": None,
    }
    done = subprocess.run(
        [sys.executable, "-c", _BLOCKED, json.dumps(PACKAGES_OF_EXTRAS), json.dumps([*expected])],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        words, status, said = json.loads(line)
        needs = expected.pop(words)
        assert status == (0 if needs is None else 2), (words, said)
        assert needs is None or f"pip install 'costcurve[{needs}]'" in said
    assert not expected


def printed_and_written(shell, folder, **odd):
    """Return what commands print, and a file that one writes, under an odd environment."""
    table, path = folder / "tasks.csv", folder / "predicted.csv"
    table.write_text(valid.TASKS, encoding="utf-8")
    predict = ("estimate", "--from", str(table), "--predict", "--out", str(path))
    runs = [
        shell("estimate", EXAMPLE, "--json", **odd),
        shell("facts", "prices", "--csv", **odd),
        shell(*predict, **odd),
    ]
    assert [ran.status for ran in runs] == [0, 0, 0]
    return runs[0].out, runs[1].out, path.read_bytes()


@pytest.fixture(scope="module")
def usual(shell, tmp_path_factory):
    return printed_and_written(shell, tmp_path_factory.mktemp("usual"))


@pytest.mark.parametrize(
    "odd",
    [
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": ""},
        {"LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"},
        {"LANG": "nosuch", "TZ": "nosuch/zone", "TERM": ""},
    ],
    ids=["C", "Turkish, a day ahead", "unknown"],
)
def test_locale_and_time_zone_change_no_number_and_no_file(shell, usual, odd, tmp_path):
    assert printed_and_written(shell, tmp_path, **odd) == usual


#: Ctrl-C while a package of compiled code loads, which says that it cannot be imported.
_WHILE_LOADING = """
import os, signal, sys
from costcurve.faces.cli import complexity

def loading(*_):
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except KeyboardInterrupt:
        FAILURE

signal.signal(signal.SIGINT, signal.default_int_handler)
complexity.print_document = loading
from costcurve.__main__ import main
sys.exit(main())
"""


@pytest.mark.parametrize(
    "failure", ["raise ImportError('bad install')", "raise MissingExtraError('it', 'embed')"]
)
def test_ctrl_c_while_a_package_loads_is_no_package_that_is_missing(failure):
    code = _WHILE_LOADING.replace("FAILURE", failure)
    done = subprocess.run(
        [sys.executable, "-c", code, "complexity", "9,1"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (130, "\ncostcurve: interrupted\n")


#: A shell without job control lets what runs in the background ignore Ctrl-C; a terminal does not.
_AS_IN_A_TERMINAL = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from costcurve.__main__ import main
sys.exit(main())
"""


@pytest.mark.parametrize("after_s", [0.02, 0.4, 1.2])
def test_ctrl_c_at_any_time_ends_quietly_and_leaves_whole_files(after_s, tmp_path):
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", _AS_IN_A_TERMINAL),
            *("reproduce", "computational-limits", "--out", tmp_path / "out"),
        ],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    time.sleep(after_s)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    # Before Python has read the first line of ours, it answers for itself.
    if after_s > 0.1:
        assert process.returncode in {0, 130}
        assert "Traceback" not in said
    for path in (tmp_path / "out").glob("*") if (tmp_path / "out").is_dir() else ():
        assert not path.name.startswith("."), "a temporary file was left"
        if path.suffix == ".svg":
            assert path.read_text(encoding="utf-8").rstrip().endswith("</svg>")
        if path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["curve", "limits, by paper", "worth"])
def test_ctrl_c_while_a_command_works_is_one_sentence_and_leaves_nothing_half(name):
    # `make interrupts` does so ten times, with every command.
    assert not interrupts.tried(name, interrupts.COMMANDS[name], times=2, seed=1)


def test_what_is_half_written_or_left_over_is_found(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "whole.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert not list(interrupts.half_written(tmp_path))
    (out / "half.csv").write_text("a,b\n1,", encoding="utf-8")
    (out / "half.svg").write_text("<svg><g>", encoding="utf-8")
    (out / ".whole.csv.x").write_text("a", encoding="utf-8")
    assert len(list(interrupts.half_written(tmp_path))) == 3
