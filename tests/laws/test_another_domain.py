"""The regression on another domain: classical learners on tables, LCDB 1.1."""

from __future__ import annotations

import csv
import subprocess
import sys

import numpy as np
import pytest

from costcurve.evidence.learning_curves import lcdb
from tests.conftest import PROJECT

#: Pilots of so many examples, and what is predicted from them.
PILOT, WANTED = 128, (1024, 2048, 4096)
NOMINAL, POINTS = 0.90, 0.03


@pytest.fixture(scope="module")
def evidence(data, tmp_path_factory):
    path = tmp_path_factory.mktemp("domain") / "forest.csv"
    script = PROJECT / "examples" / "classical_learners.py"
    subprocess.run([sys.executable, script, path, "--data", data], check=True)
    return path


def test_the_curves_are_all_there(data):
    curves = lcdb(data)
    # Every learner on every data set it could be trained on.
    assert len({curve.learner for curve in curves}) == 28
    assert len({curve.dataset for curve in curves}) == 133
    assert all((np.diff(curve.examples) > 0).all() for curve in curves)


def test_a_law_of_half_the_data_sets_predicts_the_others(cli, evidence, tmp_path):
    rows = list(csv.DictReader(evidence.read_text().splitlines()))
    groups = sorted({row["group"] for row in rows}, key=int)
    seen, unseen = set(groups[::2]), groups[1::2]
    half, card = tmp_path / "half.csv", tmp_path / "forest.json"
    with half.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(row for row in rows if row["group"] in seen)
    fitted = cli("fit", "regression", str(half), "--out", str(card), "--json").json
    assert fitted["coefficients"]["log10_examples"]["value"] < 0
    assert "relative_complexity" in {each["name"] for each in fitted["dropped"]}

    error = {(row["group"], float(row["examples"])): float(row["error"]) for row in rows}
    asked = [
        (group, n) for group in unseen for n in WANTED if {(group, n), (group, PILOT)} <= {*error}
    ]
    tasks, found = tmp_path / "tasks.csv", {}
    for pilots in (False, True):
        lines = ["kind,classes,examples,pretrained,pilot_examples,pilot_error"]
        for group, n in asked:
            pilot = f"{PILOT},{error[group, PILOT]}" if pilots else ","
            lines.append(f"classification,2,{n},false,{pilot}")
        tasks.write_text("\n".join(lines) + "\n")
        flags = ("--from", str(tasks), "--predict", "--law", str(card), "--json")
        found[pilots] = cli("estimate", *flags).json["rows"]
    measured = np.array([error[each] for each in asked])
    away, width = {}, {}
    for pilots, predicted in found.items():
        low, middle, high = (
            np.array([row[f"error_{p}"] for row in predicted]) for p in ("p05", "p50", "p95")
        )
        away[pilots] = np.median(np.abs(np.log10(measured / middle)))
        width[pilots] = np.median(np.log10(high / low))
        inside = (low <= measured) & (measured <= high)
        of = np.array([group for group, _ in asked])
        sums = [np.sum(inside[of == group] - inside.mean()) for group in set(of)]
        se = np.sqrt(np.sum(np.square(sums))) / len(asked)
        assert abs(inside.mean() - NOMINAL) <= max(POINTS, 2 * se), (pilots, inside.mean(), se)
    # One run of 128 examples is worth more than all that is known of other data sets.
    assert away[True] < 0.5 * away[False]
    assert width[True] < 0.6 * width[False]
