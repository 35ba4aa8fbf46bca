"""Invented uses that the tests of portfolios share, as files and as cases of worth."""

from __future__ import annotations

import csv
import math
import random
from pathlib import Path

from costcurve.decisions.portfolio import PortfolioPlan, portfolio
from costcurve.decisions.portfolio_columns import NUMBERS
from costcurve.decisions.worth_case import case_of

#: Draws of a row, and of the `worth` that it is laid beside.
DRAWS = 64


def made_up(rows, seed, *, is_plain=False):
    """Return invented uses as rows of a file; what is not given is an empty cell.

    Plain ones are classifiers without ranges, which are one calculation or two: that is fast.
    """
    rng = random.Random(seed)

    def maybe(share, value):
        return value if rng.random() < share else None

    found = []
    for place in range(rows):
        right = round(10.0 ** rng.uniform(-3.0, 0.0), 6)
        is_range, has_classes = rng.random() < 0.5, rng.random() < 0.7
        if is_plain:
            is_range, has_classes = False, True
        found.append(
            {
                "id": f"use {place}",
                "kind": None
                if is_plain
                else maybe(0.5, rng.choice(["classification", "segmentation"])),
                "classes": rng.randint(2, 1000) if has_classes else None,
                "relative_complexity": None
                if has_classes
                else math.log(rng.choice([2, 3, 90])) / math.log(1000.0),
                "target_accuracy": rng.uniform(0.6, 0.99),
                "examples_held": maybe(0.6, rng.uniform(0.0, 1e5)),
                "examples_limit": maybe(0.6, rng.uniform(1e2, 1e6)),
                "usd_per_example": maybe(0.8, rng.uniform(0.0, 2.0)),
                "epochs": maybe(0.5, rng.uniform(1.0, 100.0)),
                "predictions_per_year": 10.0 ** rng.uniform(2.0, 8.0),
                "benefit_per_prediction_usd": None if is_range else right,
                "benefit_per_prediction_usd_low": right / 2.0 if is_range else None,
                "benefit_per_prediction_usd_high": 2.0 * right if is_range else None,
                "cost_per_error_usd": maybe(0.7, rng.uniform(0.0, 1.0)),
                "baseline_accuracy": maybe(0.5, rng.uniform(0.0, 0.95)),
                "pretrained": maybe(0.7, rng.choice(["true", "false"])),
                "shared_with": None,
                "note": rng.choice(["invented", "=1+1", "-5", "a, b"]),
            }
        )
    return found


def write_csv(path, rows):
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def read_csv(path):
    with Path(path).open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def case_of_row(row):
    """Return the case of `worth` that a row is."""
    tables = {"task": {}, "assumptions": {}, "benefit": {}}
    for name, column in NUMBERS.items():
        if row.get(f"{name}_low") is not None:
            tables[column.table][column.name] = f"{row[f'{name}_low']} to {row[f'{name}_high']}"
        elif row.get(name) is not None:
            tables[column.table][column.name] = row[name]
    for name in ("kind", "pretrained"):
        if row[name] is not None:
            tables["task"][name] = {"true": True, "false": False}.get(row[name], row[name])
    if row["relative_complexity"] is not None:
        # So many equal classes have that complexity.
        classes = round(1000.0 ** row["relative_complexity"])
        tables["task"]["classes"] = classes
    return case_of(tables)


def answers_of(rows, tmp_path, **given):
    source = write_csv(tmp_path / "uses.csv", rows)
    out = str(tmp_path / "answers.parquet")
    found = portfolio(source, out, plan=PortfolioPlan(**{"workers": 1, "draws": DRAWS, **given}))
    import pyarrow.parquet as pq

    return found, pq.read_table(out).to_pylist()
