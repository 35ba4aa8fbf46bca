"""Portfolios by parts: the same bytes however they are shared out, broken off and gone on with."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from costcurve import InputError
from costcurve.decisions.portfolio import PortfolioPlan, portfolio
from tests.conftest import need
from tests.decisions.portfolio_uses import made_up, write_csv

pytest.importorskip("pyarrow")


@pytest.fixture(scope="module")
def uses(tmp_path_factory):
    """Write a file of uses, and its answers of one worker."""
    folder = tmp_path_factory.mktemp("uses")
    rows = made_up(240, seed=13, is_plain=True)
    for place, row in enumerate(rows):
        row["shared_with"] = [None, None, "shelf", f"till {place % 7}"][place % 4]
    source = write_csv(folder / "uses.csv", rows)
    out = folder / "one.parquet"
    portfolio(source, str(out), budget_usd=5e4, plan=PortfolioPlan(workers=1, row_group=20))
    return source, out.read_bytes()


@pytest.mark.parametrize("workers", [2, 8])
def test_any_number_of_workers_writes_the_same_bytes(uses, tmp_path, workers):
    source, wanted = uses
    out = tmp_path / "out.parquet"
    portfolio(source, str(out), budget_usd=5e4, plan=PortfolioPlan(workers=workers, row_group=20))
    assert out.read_bytes() == wanted


def test_killed_ten_times_and_resumed_it_writes_the_same_bytes(uses, tmp_path):
    source, wanted = uses
    out, folder = tmp_path / "out.parquet", tmp_path / "kept"
    command = (
        *(sys.executable, "-m", "costcurve", "portfolio", source, "--out", str(out)),
        *("--budget", "50000", "--workers", "2", "--row-group-size", "20"),
        *("--resume", str(folder), "--json"),
    )
    moments = random.Random(3)
    for _ in range(10):
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(moments.uniform(0.5, 2.5))
        running.send_signal(signal.SIGKILL)
        running.communicate()
    subprocess.run(command, capture_output=True, check=True, timeout=300)
    assert out.read_bytes() == wanted


def test_another_file_is_not_gone_on_with(uses, tmp_path):
    source, _ = uses
    plan = PortfolioPlan(workers=1, row_group=20, folder=tmp_path / "kept")
    portfolio(source, str(tmp_path / "out.csv"), plan=plan)
    with pytest.raises(InputError, match="holds another job"):
        portfolio(
            source, str(tmp_path / "out.csv"), plan=PortfolioPlan(**{**vars(plan), "draws": 32})
        )


def test_a_ray_cluster_of_two_nodes_writes_the_same_bytes(uses, tmp_path):
    try:
        import ray
        from ray.cluster_utils import Cluster
    except ImportError:
        need(False, "ray")
    source, wanted = uses
    os.environ.setdefault("RAY_DEDUP_LOGS", "0")
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    try:
        cluster.add_node(num_cpus=1)
        out = tmp_path / "out.parquet"
        plan = PortfolioPlan(ray_address=cluster.address, row_group=20)
        portfolio(source, str(out), budget_usd=5e4, plan=plan)
        assert out.read_bytes() == wanted
    finally:
        ray.shutdown()
        cluster.shutdown()
