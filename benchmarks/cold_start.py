"""Cold start: `costcurve` against the import of the two libraries it cannot do without.

Every command is a process of its own; the processes take turns, so that a machine whose speed
drifts slows all of them. Exit status 1 when a ratio of medians is over its limit.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from ratios import Ratio, arguments, finished

RUNS = 15
#: Allowed multiple of the reference's median.
LIMIT = 3.0
COSTCURVE = str(Path(sys.executable).with_name("costcurve"))
REFERENCE = "import numpy, pydantic"
_ESTIMATE = (
    *(COSTCURVE, "estimate", "--target-accuracy", "0.965", "--class-counts", "50000,1000"),
    *("--limit", "200000"),
)
COMMANDS = {
    REFERENCE: [sys.executable, "-c", REFERENCE],
    "costcurve --version": [COSTCURVE, "--version"],
    "costcurve estimate": [*_ESTIMATE],
    "costcurve estimate --as-published": [*_ESTIMATE, "--as-published"],
}


def measured() -> list[Ratio]:
    """Time every command in turn and compare the medians."""
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for run in range(RUNS + 1):
        for name, command in COMMANDS.items():
            started = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            if run:  # the first round fills the file cache
                seconds[name].append(time.perf_counter() - started)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    return [
        Ratio("start-up", name, 1e3 * median, 1e3 * medians[REFERENCE], "ms", REFERENCE, LIMIT)
        for name, median in medians.items()
        if name != REFERENCE
    ]


if __name__ == "__main__":
    asked = arguments(__doc__).parse_args()
    sys.exit(finished(measured(), asked))
