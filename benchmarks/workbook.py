"""Workbooks against the library: 300 random edits of estimates and 150 of cases, recalculated.

The tests do the same with fewer edits. Every edited workbook is recalculated by headless
LibreOffice, and each of its figures must agree with the library to nine digits, without an error
cell. Prints how long it took; exit status 1 where one differs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

EDITS = 300
PROJECT = Path(__file__).resolve().parent.parent
TESTS = (
    "tests/faces/test_workbook.py::test_random_edits_agree_with_the_library_to_9_digits",
    "tests/faces/test_workbook_worth.py"
    "::test_random_edits_of_a_case_agree_with_the_library_to_9_digits",
)


def main() -> int:
    """Run the tests of edits with as many edits as asked for."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *TESTS],
        check=False,
        cwd=PROJECT,
        env={**os.environ, "COSTCURVE_WORKBOOK_EDITS": str(EDITS)},
    )
    print(
        f"{EDITS} edits of estimates, {EDITS // 2} of cases: {time.perf_counter() - started:.0f} s"
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
