"""How curves are cut: the protocols beside a program of their own, and that nothing is foreseen."""

from __future__ import annotations

from importlib import util

import numpy as np
import pytest

from costcurve.core.jobs import Chunk
from costcurve.evidence.learning_curves import LCDB, LearningCurve
from costcurve.evidence.scaling import CURVES, benchmark_tasks
from costcurve.laws.curve_cuts import (
    HORIZONS,
    PILOTS,
    bank_in,
    bank_of,
    cuts_of,
    looks,
    tasks_of,
    tried_of,
    wide_prior,
)

from ..conftest import PROJECT, need

#: The protocols as the project's data have them, written with pandas.
PROTOCOLS = PROJECT.parent / "shared" / "protocols" / "learning_curves.py"

#: Tasks of the protocols that see what they predict: 2 of 4,137.
FORESEEN = {("1088", "1 pilots"), ("1088", "2 pilots")}


@pytest.fixture(scope="module")
def protocols():
    need(PROTOCOLS.is_file(), "the program of the protocols (shared/protocols)")
    spec = util.spec_from_file_location("protocols", PROTOCOLS)
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def tried(data):
    return tried_of(bank_in(data))


@pytest.fixture(scope="module")
def groups(data, protocols):
    from pandas import read_csv

    frame = read_csv(data / LCDB)
    frame = frame[frame.learner != "DummyClassifier"]
    return protocols.banks(frame, ["dataset", "learner"], "examples", "error_rate", limit=600)


def curve_of(x, y=None, dataset="1", learner="SVC_linear"):
    x = np.asarray(x, dtype=float)
    return LearningCurve(dataset, learner, x, 0.5 * x**-0.2 if y is None else np.asarray(y))


def same(own, others):
    assert len(own) == len(others) > 0
    for task, (_, *arrays) in zip(own, others, strict=True):
        for one, other in zip((task.x, task.y, task.later_x, task.later_y), arrays, strict=True):
            assert np.array_equal(one, other)


def test_the_bank_is_that_of_the_protocols(tried, groups):
    assert len(tried) == len(groups) == 600
    for curve, ((dataset, learner), x, y) in zip(tried, groups, strict=True):
        assert (int(curve.dataset), curve.learner) == (dataset, learner)
        assert np.array_equal(curve.examples, x)
        assert curve.error == pytest.approx(y, rel=1e-15)


@pytest.mark.parametrize("horizon", HORIZONS)
def test_horizons_are_those_of_the_protocols(tried, groups, protocols, horizon):
    own = [task for task in tasks_of(tried) if task.protocol == f"horizon {horizon}"]
    same(own, list(protocols.horizon_tasks(groups, horizon)))


@pytest.mark.parametrize("pilots", PILOTS)
def test_pilots_are_those_of_the_protocols(tried, groups, protocols, pilots):
    own = [task for task in tasks_of(tried) if task.protocol == f"{pilots} pilots"]
    same(own, list(protocols.pilot_tasks(groups, pilots)))


def test_the_scaling_benchmark_is_that_of_the_protocols(data, protocols):
    from pandas import read_csv

    own, others = benchmark_tasks(data), list(protocols.scaling_tasks(read_csv(data / CURVES)))
    assert len(own) == len(others) > 0
    for (_, *arrays), (_, *wanted) in zip(own, others, strict=True):
        for one, other in zip(arrays, wanted, strict=True):
            # Means of measurements at one x are summed in another order.
            assert one == pytest.approx(other, rel=1e-12)


def test_protocols_cut_a_curve_where_they_say():
    # 32, 64 ... 4096: every doubling, so that each cut can be counted.
    curve = curve_of(2.0 ** np.arange(5, 13))
    found = {task.protocol: task for task in tasks_of([curve])}
    assert set(found) == {"horizon 2", "horizon 4", *(f"{k} pilots" for k in PILOTS)}
    assert found["horizon 4"].x.max() == 1024
    assert found["horizon 4"].later_x.tolist() == [4096]
    assert found["3 pilots"].x.tolist() == [256, 512, 1024]
    assert found["1 pilots"].x.tolist() == [1024]
    assert all(task.later_x[-1] == 4096 for task in found.values())


def test_a_bank_has_long_curves_with_errors_in_order_of_data_sets():
    long = 2.0 ** np.arange(12)
    curves = [
        curve_of(long, dataset="10"),
        curve_of(long, dataset="9", learner="b"),
        curve_of(long, dataset="9", learner="a"),
        curve_of(long[:11]),
        curve_of(long, np.geomspace(0.5, 0.004, 12)),
        curve_of(long, learner="DummyClassifier"),
    ]
    found = [(curve.dataset, curve.learner) for curve in bank_of(curves)]
    assert found == [("9", "a"), ("9", "b"), ("10", "SVC_linear")]
    assert tried_of(curves) == curves


def test_no_cut_sees_what_it_predicts(tried):
    random = np.random.default_rng(0)
    cuts = [cut for curve in tried[::10] for cut in cuts_of(curve, random)]
    assert len(cuts) > 500
    tasks = tasks_of(tried)
    for cut in [*cuts, *tasks]:
        assert np.all(np.diff(cut.x) > 0)
        assert len(cut.x) == len(cut.y) > 0
        assert len(cut.later_x) == len(cut.later_y) > 0
    assert all(cut.x[-1] < cut.later_x.min() for cut in cuts)
    # One curve has nothing between 305 and 5,793 examples, so that its last point is also the one
    # nearest to a quarter of it: the protocols have it so.
    foreseen = [task for task in tasks if task.x[-1] >= task.later_x.min()]
    assert {(task.dataset, task.protocol) for task in foreseen} <= FORESEEN
    # Few pilots and many points, near and far, as a user may have them.
    counts, ratios = np.array([(len(c.x), c.later_x[-1] / c.x[-1]) for c in cuts]).T
    assert {1, 2, 3, 4} <= set(counts.tolist())
    assert counts.max() > 20
    assert ratios.min() < 2
    assert ratios.max() > 20


def test_cuts_are_parts_of_their_curve(tried):
    curve = tried[0]
    known = dict(zip(curve.examples.tolist(), curve.error.tolist(), strict=True))
    cuts = cuts_of(curve, np.random.default_rng(1))
    assert cuts
    for cut in cuts:
        for x, y in ((cut.x, cut.y), (cut.later_x, cut.later_y)):
            assert [known[each] for each in x.tolist()] == y.tolist()
        assert cut.dataset == curve.dataset


def test_one_seed_cuts_alike_and_another_does_not(tried):
    def places(seed):
        cuts = cuts_of(tried[3], np.random.default_rng(seed))
        return [(cut.x.tolist(), cut.later_x.tolist()) for cut in cuts]

    assert places(0) == places(0)
    assert places(0) != places(1)


@pytest.mark.parametrize("points", [1, 2, 3, 5])
def test_short_curves_are_cut_or_left_whole(points):
    curve = curve_of(2.0 ** np.arange(points))
    cuts = [cut for seed in range(20) for cut in cuts_of(curve, np.random.default_rng(seed))]
    # A point alone has nothing after it.
    assert bool(cuts) == (points > 1)
    assert all(cut.x[-1] < cut.later_x.min() for cut in cuts)


def test_a_chunk_says_what_its_own_curves_look_like(data):
    parameters = {"folder": str(data), "tasks": False}
    both, second = (looks(parameters, Chunk(0, 7, first, 2)) for first in (0, 1))
    own = both["place"] == 1.0
    assert 0 < own.sum() < len(own)
    for name, values in second.items():
        assert np.array_equal(values, both[name][own]), name
    # Every cut counts alike, however many points it predicts.
    assert both["weight"].sum() == pytest.approx(round(both["weight"].sum()))


def test_the_wide_prior_is_drawn_once_and_is_wide():
    one, other = wide_prior(), wide_prior()
    for name, values in vars(one).items():
        assert np.array_equal(values, getattr(other, name))
        assert len(values) == 80
    assert one.mean_slope.min() < -0.5
    assert np.mean(one.mean_slope == 0.0) == pytest.approx(0.2, abs=0.1)
