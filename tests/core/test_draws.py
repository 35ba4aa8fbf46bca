"""Ranges and draws against closed forms and plain Monte Carlo."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcurve.core.draws import Range, interval_quantiles, low_discrepancy

SHARES = np.array([0.05, 0.5, 0.95])
ENDS = st.tuples(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6)).map(lambda p: (p[0], p[0] + p[1]))
# float64, through a logarithm and back.
RELATIVE = 1e-9


@pytest.mark.parametrize(
    ("text", "expected", "family"),
    [
        ("5 to 10", Range(5, 10), "lognormal"),
        (" 0.4 to 9e-1 ", Range(0.4, 0.9), "lognormal"),
        ("-5 to 10", Range(-5, 10), "normal"),
        ("0 to 10", Range(0, 10), "normal"),
        ("1..2..4", Range(1, 4, 2), "triangular"),
        ("1.5 .. 2.5 .. 4", Range(1.5, 4, 2.5), "triangular"),
        ("3 to 3", Range(3, 3), "lognormal"),
    ],
)
def test_parsed(text, expected, family):
    found = Range.parse(text)
    assert found == expected
    assert found.family == family
    assert Range.parse(str(found)) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "5 to",
        "to 5",
        "5-10",
        "10 to 5",
        "5 to x",
        "1..2",
        "3..2..4",
        "1 to 1e999",
        "nan to 5",
        "5 to 10 to 15",
        "1 .. 2 .. 3 .. 4",
    ],
)
def test_refused(text):
    with pytest.raises(ValueError, match="a range is written|must be finite and rise"):
        Range.parse(text)


@given(ENDS)
def test_text_and_back_keeps_every_digit(ends):
    assert Range.parse(str(Range(*ends))) == Range(*ends)


def test_truncation_is_said():
    assert Range(0.4, 0.9).described(0.0, 1e9) == "lognormal"
    assert (
        Range(0, 10).described(0.0, 1e9).startswith("normal, truncated to its bounds, which cut 5%")
    )


def test_more_columns_than_there_are_bases_are_refused():
    with pytest.raises(ValueError, match="at most 16"):
        low_discrepancy(17, 10, 0)


@given(ENDS)
def test_ends_of_an_interval_are_its_5th_and_95th_percentiles(ends):
    found = Range(*ends).quantile(SHARES)
    assert found[[0, 2]] == pytest.approx(ends, rel=RELATIVE, abs=1e-6)
    low, high = ends
    median = sqrt(low * high) if low > 0 else (low + high) / 2
    assert found[1] == pytest.approx(median, rel=RELATIVE, abs=1e-6)


@given(
    st.floats(-1e3, 1e3), st.floats(1e-3, 1e3), st.floats(0.0, 1.0), st.floats(0.0, 0.4),
    st.floats(0.6, 1.0), st.floats(0.001, 0.999),
)  # fmt: skip
def test_a_triangle_is_that_of_scipy_whole_and_truncated(low, width, peak, cut, kept, share):
    from scipy import stats

    triangle = Range(low, low + width, low + peak * width)
    theirs = stats.triang(peak, low, width)
    # Where it is cut, in its own shares: a mode at an end takes none, so the ends are apart.
    lowest, highest = theirs.ppf(cut), theirs.ppf(kept)
    below, above = theirs.cdf(lowest), theirs.cdf(highest)
    for bounds, at in (((), share), ((lowest, highest), below + share * (above - below))):
        found = float(triangle.quantile(np.array([share]), *bounds)[0])
        # The distribution is steep at its ends, so that shares are compared by their values.
        assert found == pytest.approx(theirs.ppf(at), abs=1e-6 * width)


def test_bounds_truncate():
    shares = low_discrepancy(1, 10_000, 0)[0]
    values = Range(0.8, 0.99).quantile(shares, lowest=0.0, highest=1.0)
    assert values.max() <= 1.0
    assert values.min() >= 0.0
    # Truncated at 1, not piled up there.
    assert (values == 1.0).mean() < 0.001


def test_a_range_without_width_is_its_value():
    assert Range(0.7, 0.7).quantile(SHARES).tolist() == [0.7] * 3


@given(st.integers(1, 16), st.integers(0, 2**32))
def test_draws_fill_every_column_evenly_and_follow_the_seed(columns, seed):
    points = low_discrepancy(columns, 2_000, seed)
    assert points.shape == (columns, 2_000)
    assert ((points > 0) & (points < 1)).all()
    for column in points:
        # Every twentieth holds a twentieth of the points, far more evenly than chance would.
        counts, _ = np.histogram(column, bins=20, range=(0, 1))
        assert abs(counts - 100).max() <= 12
    assert (low_discrepancy(columns, 2_000, seed) == points).all()


def test_mean_of_a_product_converges_faster_than_monte_carlo():
    # E[exp(u + v + w)] = (e - 1)^3. A Monte Carlo of 4,096 draws has a standard error of 1.0 %.
    points = low_discrepancy(3, 4096, 1)
    assert np.exp(points.sum(axis=0)).mean() == pytest.approx((exp(1) - 1) ** 3, rel=2e-3)


def test_median_of_a_lognormal_product():
    # The product of lognormals is lognormal: its median is the product of medians.
    first, second = Range(2, 8), Range(1, 100)
    u, v = low_discrepancy(2, 10_000, 3)
    product = first.quantile(u) * second.quantile(v)
    assert log(np.median(product)) == pytest.approx(log(4 * 10), abs=0.01)


@given(st.lists(ENDS, min_size=1, max_size=5), st.floats(0.0, 1e5), st.floats(0.0, 1e5))
def test_many_intervals_at_once_are_those_of_scipy(ends, below, above):
    from scipy import stats

    low, high = np.array(ends).T
    # Bounds lie beyond both ends of every range.
    lowest, highest = float(low.min()) - below, float(high.max()) + above
    middle, spread = (low + high) / 2.0, (high - low) / (2.0 * stats.norm.ppf(0.95))
    is_log = low > 0.0
    wanted = stats.truncnorm.ppf(
        SHARES, ((lowest - middle) / spread)[:, None], ((highest - middle) / spread)[:, None],
        middle[:, None], spread[:, None],
    )  # fmt: skip
    found = interval_quantiles(low[:, None], high[:, None], SHARES, lowest, highest)
    tolerance = RELATIVE * (np.abs(wanted) + spread[:, None])
    assert (np.abs(found - wanted) <= tolerance)[~is_log].all()
    for row, pair in enumerate(ends):
        alone = Range(*pair).quantile(SHARES, lowest, highest)
        assert np.array_equal(found[row], alone)
