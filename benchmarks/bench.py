"""Every benchmark of speed and memory, one table of ratios, stored.

    python benchmarks/bench.py [PART ...]

Each part is a script of its own in this folder, run one after the other in a process of its own.
The table is printed, and kept in `benchmarks/results/speed.json` with the day, the machine and how
busy it was; parts that are not asked for keep the rows of their last run. Exit status 1 where a
ratio is over its limit.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from costcurve.core.files import write_bytes
from ratios import Ratio, printed

FOLDER = Path(__file__).resolve().parent
STORED = FOLDER / "results" / "speed.json"
PARTS = (
    *("cold_start", "graph_speed", "curves", "two_variable", "simulation"),
    *("embedding", "portfolio", "server"),
)


def measured(part: str) -> dict[str, Any]:
    """Return the rows of a part, and when and on what they were measured.

    Raises
    ------
    SystemExit
        If the script ends without rows.
    """
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "rows.json"
        print(f"== {part}", flush=True)
        subprocess.run([sys.executable, str(FOLDER / f"{part}.py"), "--store", str(out)])  # noqa: PLW1510 - a ratio over its limit is no reason to stop
        if not out.is_file():
            raise SystemExit(f"{part}: ended without a result")
        rows = json.loads(out.read_text(encoding="utf-8"))
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "load_before": load,
        "rows": rows,
    }


def main() -> int:
    """Run the parts, print the table and store it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all")
    asked = parser.parse_args().parts or PARTS
    if unknown := sorted(set(asked) - set(PARTS)):
        parser.error(f"no such part: {', '.join(unknown)}")
    stored = json.loads(STORED.read_text(encoding="utf-8")) if STORED.is_file() else {}
    for part in asked:
        stored[part] = measured(part)
        in_order = {name: stored[name] for name in PARTS if name in stored}
        STORED.parent.mkdir(exist_ok=True)
        write_bytes(STORED, (json.dumps(in_order, indent=1) + "\n").encode(), "results")
    rows = [Ratio(**row) for part in asked for row in stored[part]["rows"]]
    print(f"\n{printed(rows)}")
    return int(any(row.is_over for row in rows))


if __name__ == "__main__":
    sys.exit(main())
