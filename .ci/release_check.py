"""Build the wheel and the sdist, install them in fresh environments, and see that they work.

    python .ci/release_check.py [EXTRA ...]

Every Python from 3.11 on that is found runs the wheel without extras, and the sdist. Then each
extra is installed alone, beside the wheel, and answers a question of its own; named extras are
tried in place of all. It takes some minutes, and needs the package index.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
#: Python versions that are tried where they are found.
VERSIONS = [f"python3.{minor}" for minor in range(11, 20)]
EXAMPLE = str(PROJECT / "examples" / "defect-inspection.toml")
CASE = str(PROJECT / "examples" / "worth_defects.toml")
CURVE = "x,error\n100,0.4\n200,0.3\n400,0.23\n800,0.18\n"
_SIMULATE = "simulate --dimensions 5 --nonzero 2 --repetitions 2 --samples 10 --workers 1"
#: A question for each extra; `python:` marks a program in place of a command.
QUESTIONS = {
    "charts": "curve curve.csv --plot curve.svg",
    "data": "data list",
    "excel": f"estimate {EXAMPLE} --xlsx bill.xlsx",
    "fit": "limits imagenet",
    "parquet": "python: import pyarrow as pa, pyarrow.parquet as pq; pq.write_table(pa.table("
    "{'x': [1, 2, 4], 'error': [.4, .3, .2]}), 'c.parquet'); from costcurve.__main__ import main; "
    "raise SystemExit(main(['curve', 'c.parquet']))",
    "ray": "python: import ray",
    "simulate": _SIMULATE,
    "web": "python: from costcurve.faces.web.app import create_app; create_app().openapi()",
    "worth": f"worth {CASE}",
}
_IMPORT_ALL = (
    "import costcurve, pathlib; [getattr(costcurve, name) for name in costcurve.__all__]; "
    "assert (pathlib.Path(costcurve.__file__).parent / 'py.typed').is_file(); "
    "assert 'site-packages' in costcurve.__file__"
)


def build(folder: Path) -> tuple[Path, Path]:
    """Return the wheel and the sdist, built of the project."""
    _run([sys.executable, "-m", "build", "--outdir", folder, PROJECT], folder)
    return next(folder.glob("*.whl")), next(folder.glob("*.tar.gz"))


def environment(python: str, folder: Path, requirement: str) -> Path:
    """Return the Python of a fresh environment in which a requirement is installed."""
    _run([python, "-m", "venv", folder], folder.parent)
    inside = folder / "bin" / "python"
    _run([inside, "-m", "pip", "install", "-q", "--disable-pip-version-check", requirement], folder)
    return inside


def smoke(python: Path, folder: Path) -> None:
    """Ask the questions that need no extra."""
    _run([python, "-c", _IMPORT_ALL], folder)
    for words in ("--version", f"estimate {EXAMPLE}", "laws list", "facts grids", "doctor"):
        _run([python, "-m", "costcurve", *words.split()], folder)
    script = python.parent / "costcurve"
    _run([script, "reproduce", "strubell-2019", "--json"], folder)


def ask(python: Path, folder: Path, extra: str) -> None:
    """Ask the question of an extra, and see that the doctor finds it."""
    folder.mkdir()
    (folder / "curve.csv").write_text(CURVE, encoding="utf-8")
    words = QUESTIONS.get(extra, "--version")
    if words.startswith("python: "):
        _run([python, "-c", words.removeprefix("python: ")], folder)
    else:
        _run([python, "-m", "costcurve", *words.split()], folder)
    said = json.loads(_run([python, "-m", "costcurve", "doctor", "--json"], folder))
    here = {each["name"]: each["is_here"] for each in said["extras"]}
    if not here[extra]:
        raise SystemExit(f"costcurve doctor does not find the extra '{extra}'")


def extras() -> list[str]:
    """Return the extras of users, of the project's description."""
    described = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    return sorted(described["project"]["optional-dependencies"].keys() - {"all", "dev", "docs"})


def _is_here(python: str) -> bool:
    # A version manager may put a name on the path that leads nowhere.
    found = shutil.which(python)
    if not found:
        return False
    return subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0


def _run(command: list[object], folder: Path) -> str:
    """Return what a command prints; end the check with what it said when it fails."""
    folder.mkdir(exist_ok=True)
    clean = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "COSTCURVE_DATA"}}
    words = [str(each) for each in command]
    done = subprocess.run(words, cwd=folder, env=clean, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def check(wanted: list[str]) -> None:
    """Print a line for each environment as it is found to work."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel, sdist = build(folder / "dist")
        print(f"built {wheel.name} and {sdist.name}", flush=True)
        for python in filter(_is_here, VERSIONS):
            for kind, archive in (("wheel", wheel), ("sdist", sdist)):
                inside = environment(python, folder / f"{python}-{kind}", str(archive))
                smoke(inside, folder / f"{python}-{kind}" / "work")
                print(f"{python}, {kind}: works", flush=True)
        for extra in wanted or extras():
            inside = environment(sys.executable, folder / extra, f"{wheel}[{extra}]")
            ask(inside, folder / extra / "work", extra)
            print(f"extra {extra}, alone: works", flush=True)
            shutil.rmtree(folder / extra)


if __name__ == "__main__":
    check(sys.argv[1:])
