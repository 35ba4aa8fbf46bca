"""Distances of embeddings: SciPy, POT, a matrix square root, and simulation."""

from __future__ import annotations

import numpy as np
import ot
import pytest
import scipy.linalg
import scipy.spatial
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from costcurve import InputError
from costcurve.task.dataset_distance import MEASURES, dataset_distance
from costcurve.task.distance import (
    directions,
    frechet,
    l2_of_means,
    sliced_replicates,
    sliced_wasserstein,
    wasserstein_of_means,
)
from costcurve.task.embedded import EmbeddedSet, read_embeddings
from costcurve.task.moments import Moments

#: Sums of some thousand terms in another order.
ROUNDING = 1e-9
#: What the issue asks of a Frechet distance.
REFERENCE = 1e-6


def pair(seed, n=60, m=45, d=6):
    random = np.random.default_rng(seed)
    a = random.standard_normal((n, d)) @ random.standard_normal((d, d))
    return a, random.standard_normal((m, d)) * random.uniform(0.1, 3.0, d) + 0.4


def as_set(rows, labels=None):
    return EmbeddedSet(
        len(rows),
        rows.shape[1],
        lambda: iter(np.array_split(rows, range(7, len(rows), 7))),
        labels,
    )


def frechet_by_square_root(a, b):
    """Return the distance as pytorch-fid has it: the square root of the product of covariances."""
    covs = [np.cov(rows, rowvar=False) for rows in (a, b)]
    root = scipy.linalg.sqrtm(covs[0] @ covs[1])
    apart = a.mean(axis=0) - b.mean(axis=0)
    return float(apart @ apart + np.trace(covs[0] + covs[1] - 2.0 * root.real))


@given(seed=st.integers(0, 10_000))
@settings(max_examples=30)
def test_the_paper_s_distance_is_scipy_s_of_the_means_values(seed):
    a, b = (rows.mean(axis=0) for rows in pair(seed))
    ours = wasserstein_of_means(a, b)
    assert ours == pytest.approx(scipy.stats.wasserstein_distance(a, b), rel=ROUNDING)
    assert l2_of_means(a, b) == pytest.approx(scipy.spatial.distance.euclidean(a, b), rel=ROUNDING)
    # Blind to which coordinate has which value, and never above the largest difference.
    assert wasserstein_of_means(a, np.random.default_rng(seed).permutation(a)) == 0.0
    assert ours <= np.max(np.abs(a - b)) * (1 + ROUNDING)


@given(
    seed=st.integers(0, 10_000),
    n=st.integers(2, 60),
    m=st.integers(2, 60),
    p=st.sampled_from([1, 2]),
)
@settings(max_examples=40)
def test_the_sliced_distance_is_pot_s_for_any_sizes(seed, n, m, p):
    a, b = pair(seed, n, m)
    on = directions(a.shape[1], 20, seed)
    theirs = ot.sliced_wasserstein_distance(a, b, projections=on, p=p)
    assert sliced_wasserstein(a @ on, b @ on, p) == pytest.approx(theirs, rel=1e-8)


def test_weighted_replicates_are_scipy_s_weighted_distance():
    a, b = (rows[:, :3] for rows in pair(3))
    random = np.random.default_rng(0)
    weights = random.poisson(1.0, (4, len(a))) + 0.0, random.poisson(1.0, (4, len(b))) + 0.0
    ours = sliced_replicates(a, b, *weights)
    for replicate, u, v in zip(ours, *weights, strict=True):
        theirs = [
            scipy.stats.wasserstein_distance(x, y, u, v) for x, y in zip(a.T, b.T, strict=True)
        ]
        assert replicate == pytest.approx(np.mean(theirs), rel=ROUNDING)


@given(seed=st.integers(0, 10_000), d=st.integers(1, 12))
@settings(max_examples=30)
def test_the_frechet_distance_is_that_of_a_matrix_square_root(seed, d):
    a, b = pair(seed, d=d)
    if d == 1:
        # Of normal distributions on a line there is a closed form.
        expected = (a.mean() - b.mean()) ** 2 + (a.std(ddof=1) - b.std(ddof=1)) ** 2
    else:
        expected = frechet_by_square_root(a, b)
    ours = frechet(Moments.of(a), Moments.of(b))
    assert ours == pytest.approx(expected, rel=REFERENCE, abs=REFERENCE)
    assert frechet(Moments.of(b), Moments.of(a)) == pytest.approx(ours, rel=ROUNDING)


def test_the_frechet_distance_holds_for_covariances_without_full_rank():
    a, b = pair(5, n=20, m=15, d=64)
    # Commuting covariances have a closed form: the sum over axes.
    scales = np.zeros((2, 64))
    scales[0, :20], scales[1, 10:30] = 2.0, 3.0
    moments = [Moments(101, np.zeros(64), np.diag(100.0 * each**2)) for each in scales]
    assert frechet(*moments) == pytest.approx(np.sum((scales[0] - scales[1]) ** 2), rel=REFERENCE)
    # A product without full rank has only digits of its root's to spare.
    expected = frechet_by_square_root(a, b)
    assert frechet(Moments.of(a), Moments.of(b)) == pytest.approx(expected, rel=REFERENCE)


@given(seed=st.integers(0, 10_000), cuts=st.lists(st.integers(0, 60), max_size=6))
@settings(max_examples=30)
def test_moments_merge_to_those_of_all_rows(seed, cuts):
    rows = pair(seed)[0] + 1e4
    merged = Moments.none(rows.shape[1])
    for part in np.split(rows, sorted(cuts)):
        merged = merged.merged(Moments.of(part))
    assert merged.n == len(rows)
    assert merged.mean == pytest.approx(rows.mean(axis=0), rel=ROUNDING)
    assert merged.covariance() == pytest.approx(np.cov(rows, rowvar=False), rel=1e-6, abs=1e-9)


def test_zero_for_a_set_against_itself_and_the_same_the_other_way_round():
    a, b = pair(8)
    itself = dataset_distance(as_set(a), as_set(a)).values
    assert itself == pytest.approx(dict.fromkeys(MEASURES, 0.0), abs=ROUNDING)
    there, back = dataset_distance(as_set(a), as_set(b)), dataset_distance(as_set(b), as_set(a))
    assert there.values == pytest.approx(back.values, rel=ROUNDING)
    assert min(there.values.values()) > 0.0


def test_standard_errors_are_the_spread_over_fresh_sets():
    def drawn(seed):
        random = np.random.default_rng(seed)
        a = random.standard_normal((400, 5)) * [1, 2, 3, 1, 1]
        return as_set(a), as_set(random.standard_normal((300, 5)) + np.array([1, 0.5, 0, 0, 2]))

    found = [dataset_distance(*drawn(seed)) for seed in range(60)]
    for name in MEASURES:
        spread = np.std([each.values[name] for each in found])
        told = np.mean([each.se[name] for each in found])
        # A spread of 60 is known to 9 %, two of which and the 5 to 10 % of the replicates.
        assert told == pytest.approx(spread, rel=0.25), name


@pytest.mark.parametrize("scale", [0.0, 1e-30, 1e38])
def test_sets_without_spread_and_of_any_scale_have_finite_distances(scale):
    a, _ = pair(6)
    found = dataset_distance(as_set(scale * a), as_set(np.full((5, 6), scale)))
    numbers = [*found.values.values(), *found.se.values(), *found.by_chance.values()]
    assert np.isfinite(numbers).all()
    expected = scale * dataset_distance(as_set(a), as_set(np.ones((5, 6)))).values["l2_of_means"]
    assert found.values["l2_of_means"] == pytest.approx(expected, rel=ROUNDING)


def test_chance_is_what_two_halves_of_one_set_give():
    random = np.random.default_rng(4)
    a, same, other = (random.standard_normal((600, 8)) + shift for shift in (0, 0, 0.5))
    near, far = (
        dataset_distance(as_set(a), as_set(same)),
        dataset_distance(as_set(a), as_set(other)),
    )
    for name in MEASURES:
        assert near.values[name] < 3.0 * near.by_chance[name]
        assert far.values[name] > 3.0 * far.by_chance[name]


def test_classes_are_compared_where_both_sets_have_them():
    a, b = pair(2)
    labels_a = ["cat"] * 30 + ["dog"] * 29 + ["emu"]
    labels_b = ["dog"] * 20 + ["cat"] * 10 + [""] * 15
    found = dataset_distance(as_set(a, labels_a), as_set(b, labels_b)).classes
    assert [(each.label, each.n_a, each.n_b) for each in found] == [
        ("dog", 29, 20),
        ("cat", 30, 10),
    ]
    means = a[30:59].mean(axis=0), b[:20].mean(axis=0)
    theirs = scipy.stats.wasserstein_distance(*means)
    assert found[0].wasserstein_of_means == pytest.approx(theirs, rel=ROUNDING)
    assert found[0].l2_of_means == pytest.approx(np.linalg.norm(means[0] - means[1]), rel=ROUNDING)
    assert dataset_distance(as_set(a), as_set(b, labels_b)).classes == ()


def test_a_sample_of_a_file_is_seeded_and_without_replacement(tmp_path):
    rows = np.arange(5000.0).reshape(-1, 2)
    np.save(tmp_path / "a.npy", rows)
    read = [
        np.concatenate(list(read_embeddings(tmp_path / "a.npy", 2000, seed).blocks()))
        for seed in (1, 1, 2)
    ]
    assert np.array_equal(read[0], read[1])
    assert not np.array_equal(read[0], read[2])
    assert len({*read[0][:, 0].tolist()}) == 2000
    whole = read_embeddings(tmp_path / "a.npy", 10_000, 1)
    assert np.array_equal(np.concatenate(list(whole.blocks())), rows)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (np.array([{"a": 1}, {}], dtype=object), "no .npy of plain numbers"),
        (np.zeros((3, 2, 2)), "two dimensions"),
        (np.zeros((1, 4)), "two rows at least"),
        (np.zeros((4, 0)), "1 to 8,192 dimensions"),
        (np.array([[1.0, np.nan], [1.0, 2.0]]), "NaN or infinity"),
        (np.array([["a"], ["b"]]), "array of numbers"),
        (np.array([[1.0, 1e60], [1.0, 2.0]]), "at most 1e"),
    ],
)
def test_a_file_that_holds_no_embeddings_is_one_clear_sentence(tmp_path, content, words):
    path = tmp_path / "a.npy"
    np.save(path, content, allow_pickle=True)
    with pytest.raises(InputError, match=words):
        list(read_embeddings(path, 100, 1).blocks())


@pytest.mark.parametrize("name", ["none.npy", "none.parquet"])
def test_a_file_that_is_not_there_is_told_in_the_system_s_words(tmp_path, name):
    with pytest.raises(InputError, match=r"cannot be read: No such file or directory$"):
        read_embeddings(tmp_path / name, 100, 1)


@pytest.mark.parametrize("shape", ["(2, [[[", "(99999999999, 99999999999)", "(2, )]", "(True, 2)"])
def test_an_array_whose_header_is_damaged_is_one_clear_sentence(tmp_path, shape):
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    path = tmp_path / "a.npy"
    path.write_bytes(b"\x93NUMPY\x01\x00v\x00" + header.encode() + bytes(64))
    with pytest.raises(InputError, match=r"no \.npy of plain numbers"):
        read_embeddings(path, 100, 1)


def test_two_embeddings_that_cannot_be_compared():
    a, b = pair(1)
    with pytest.raises(InputError, match="6 dimensions and 5"):
        dataset_distance(as_set(a), as_set(b[:, :5]))
    with pytest.raises(InputError, match="must be 1 or 2"):
        sliced_wasserstein(a, b, 3)
