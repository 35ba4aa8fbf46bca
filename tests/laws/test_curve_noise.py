"""Intervals of one more run, against runs that are simulated and what statistics say of them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from costcurve.core.errors import InputError
from costcurve.laws.curve_noise import RunNoise, run_noise
from costcurve.laws.curves import load_curve_law

NINETY = (0.05, 0.95)
#: Pilots that are simulated anew, and later runs of each.
PILOTS, LATER = 60, 200
#: The least share of later runs that 90% intervals may hold at sizes that were seen: 60 pilots of
#: four sizes err together, with a standard error of some 3 points.
HELD = 0.84
#: Student's t with one degree of freedom, by its expansion; the more there are, the closer.
EXPANSION = {1: 0.12, 2: 0.013, 3: 0.003, 12: 1e-4}
SIZES = np.array([100.0, 200.0, 400.0, 800.0])
ERROR = 0.02 + 0.9 * (SIZES / 10.0) ** -0.7


@pytest.fixture(scope="module")
def law():
    return load_curve_law()


def binomial(random, tests, runs):
    counts = random.binomial(tests, ERROR, (runs, len(SIZES)))
    return (counts + 0.5) / (tests + 1.0)


def lognormal(random, spread, runs):
    return ERROR * np.exp(spread * random.standard_normal((runs, len(SIZES))))


def held(curves, later):
    """Return the share of later runs, size by size, that intervals hold."""
    found = []
    for curve in curves:
        low, high = curve.predict(SIZES, NINETY)
        found.append(np.mean((later >= low) & (later <= high), axis=0))
    return np.mean(found, axis=0)


@pytest.mark.parametrize("tests", [200, 2000])
def test_the_size_of_the_test_is_in_the_interval_of_one_more_run(law, tests):
    random = np.random.default_rng(tests)
    pilots, later = binomial(random, tests, PILOTS), binomial(random, tests, LATER)
    told = [law.curve(SIZES, y, test_examples=tests) for y in pilots]
    assert (held(told, later) > HELD).all()
    # Without it a run is taken for a mean over splits, and the interval is one of means.
    assert held([law.curve(SIZES, y) for y in pilots], later).mean() < HELD


@pytest.mark.parametrize("spread", [0.05, 0.2])
@pytest.mark.parametrize("seeds", [2, 3])
def test_the_scatter_of_replicates_is_in_the_interval_of_one_more_run(law, spread, seeds):
    random = np.random.default_rng(seeds)
    later = lognormal(random, spread, LATER)
    curves = [
        law.curve(np.tile(SIZES, seeds), lognormal(random, spread, seeds).ravel())
        for _ in range(PILOTS)
    ]
    assert (held(curves, later) > HELD).all()


def test_a_flat_curve_is_known_no_better_than_its_tests_can_tell(law):
    low, high = law.curve([50, 500, 1000], [0.05] * 3, test_examples=400).predict([2000], NINETY)
    ends = stats.binom.ppf(NINETY, 400, 0.05) / 400
    assert low[0] < ends[0]
    assert high[0] > ends[1]


@pytest.mark.parametrize("points", [3, 8])
def test_a_flat_curve_is_known_no_better_than_its_digits(law, points):
    # Numbers of two digits: 0.05 says 0.045 to 0.055, of which nine tenths are kept.
    low, high = law.curve(np.geomspace(50, 1000, points), [0.05] * points).predict([2000], NINETY)
    assert low[0] < 0.0465
    assert high[0] > 0.0535
    digits = [0.0504321, 0.0504322, 0.0504323]
    low, high = law.curve([50, 500, 1000], digits).predict([2000], NINETY)
    # Of three points the law was never tried with less than 2% of scatter.
    assert high[0] / low[0] > np.exp(2 * 1.64 * 0.02)


@pytest.mark.parametrize("degrees", EXPANSION)
def test_few_replicates_have_the_quantile_of_student(degrees):
    # The law's own distribution is Student's with four degrees of freedom.
    scale = float(RunNoise(0.1, degrees).scale(np.zeros(1))[0])
    wanted = 0.1 * stats.t.ppf(0.95, degrees)
    assert scale * stats.t.ppf(0.95, 4) == pytest.approx(wanted, rel=EXPANSION[degrees])


def test_replicates_are_pooled_over_sizes():
    x = np.repeat([100.0, 300.0], [3, 2])
    y = np.array([0.2, 0.22, 0.24, 0.1, 0.12])
    found = run_noise(x, y)
    squares = [np.sum((part / part.mean() - 1.0) ** 2) for part in (y[:3], y[3:])]
    assert found.degrees == 3
    assert found.spread == pytest.approx(np.sqrt(sum(squares) / 3.0))


def test_what_is_known_of_no_run_changes_nothing(law):
    points = np.geomspace(100.0, 3000.0, 6)
    curve = law.curve(points, 0.9 * points**-0.3 * np.exp(0.05 * np.sin(points)))
    assert not curve.noise.is_known
    middle, scale = np.log([0.2, 0.1]), np.array([0.001, 0.3])
    assert curve.noise.widened(middle, scale, 1.0, 6) == pytest.approx(scale, rel=1e-15)


@pytest.mark.parametrize(
    ("given", "most", "words"),
    [(0, 1.0, "above 0"), ([1, 2, 3], 1.0, "as many as x"), (100, np.inf, "loss")],
)
def test_tests_that_cannot_be_are_refused(law, given, most, words):
    with pytest.raises(InputError, match=words):
        law.curve([100, 200], [0.2, 0.1], most=most, test_examples=given)
