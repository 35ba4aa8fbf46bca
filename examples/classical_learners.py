r"""Evidence from another domain: classical learners on tables, for `costcurve fit regression`.

    python examples/classical_learners.py forest.csv
    costcurve fit regression forest.csv --out forest.json
    costcurve estimate --law forest.json --classes 2 --examples 4000 --no-pretrained \
        --pilot-examples 128 --pilot-error 0.2 --predict

The curves are LCDB 1.1's (CC BY 4.0), read from the data registry: see `costcurve data list`. The
classes of its data sets are not in the file, so relative complexity is the same for all, and the
fit says that it drops it.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from costcurve.evidence.learning_curves import lcdb

#: Sizes of training sets that are kept: each about twice the one before.
SIZES = (16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192)
HEADER = ("error", "examples", "pretrained", "relative_complexity", "kind", "group")


def main() -> None:
    """Write the evidence of one learner."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--learner", default="ens.RandomForest")
    parser.add_argument("--data", type=Path, help="a folder of data in place of the cache")
    arguments = parser.parse_args()
    with arguments.out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for curve in lcdb(arguments.data):
            if curve.learner != arguments.learner:
                continue
            for examples, error in zip(curve.examples, curve.error, strict=True):
                if examples in SIZES and error > 0.0:
                    writer.writerow([error, examples, "false", 0, "classification", curve.dataset])


if __name__ == "__main__":
    main()
