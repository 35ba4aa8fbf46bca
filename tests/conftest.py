"""What every test shares: the command line, the public data, and skips that say why."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

PROJECT = Path(__file__).resolve().parent.parent
#: Public data laid out as the registry expects them, when they are there.
DATA = Path(os.environ.get("COSTCURVE_DATA", PROJECT.parent / "shared" / "data"))

# Shared machines are slow at times; a deadline would test the machine, not the code.
# So many examples that all tests take less than ten minutes on two processors.
settings.register_profile("costcurve", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("costcurve")


def need(there: bool, what: str) -> None:
    """Skip in words; fail instead where continuous integration promised to have everything."""
    if there:
        return
    if os.environ.get("COSTCURVE_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is required here (COSTCURVE_REQUIRE_ALL=1) and missing")
    pytest.skip(f"{what} is missing")


@dataclass(frozen=True)
class Ran:
    """What a run of the command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def errors(self) -> list[str]:
        return self.err.splitlines()


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run the command line in this process."""
    from costcurve.__main__ import main

    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        status = main(list(arguments))
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def shell() -> Callable[..., Ran]:
    """Run the installed command as a process of its own."""
    command = shutil.which("costcurve", path=str(Path(sys.executable).parent))
    program = [command] if command else [sys.executable, "-c", _PROGRAM]

    def run(*arguments: str, **environment: str) -> Ran:
        kept = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "COLUMNS"}}
        done = subprocess.run(
            [*program, *arguments],
            capture_output=True,
            env={**kept, "PYTHONIOENCODING": "utf-8", **environment},
            check=False,
            cwd=PROJECT,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


_PROGRAM = "import sys; from costcurve.__main__ import main; sys.exit(main())"


@pytest.fixture(scope="session")
def data() -> Path:
    need(DATA.is_dir(), "the folder of public data (COSTCURVE_DATA)")
    return DATA


@pytest.fixture(scope="session")
def libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[Path], Path], None]:
    """Convert workbooks to .xlsx with every formula recalculated."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    need(program is not None, "LibreOffice (soffice)")
    profile = tmp_path_factory.mktemp("libreoffice")
    (profile / "user").mkdir()
    # 0 is "always recalculate"; without it LibreOffice trusts the values stored in the file.
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        '<item oor:path="/org.openoffice.Office.Calc/Formula/Load">'
        '<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>'
        "</oor:items>",
        encoding="utf-8",
    )

    def recalculate(workbooks: list[Path], into: Path) -> None:
        subprocess.run(
            [
                str(program),
                f"-env:UserInstallation={profile.as_uri()}",
                "--headless",
                "--convert-to",
                "xlsx:Calc MS Excel 2007 XML",
                "--outdir",
                str(into),
                *map(str, workbooks),
            ],
            capture_output=True,
            check=True,
            timeout=540,
        )

    return recalculate
