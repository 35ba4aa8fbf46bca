"""What a pilot run trains: nested subsets in proportion, one test, one seed."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcurve import InputError
from costcurve.evidence.labelled import Labelled
from costcurve.evidence.pilot_trials import EstimatorTrial, FunctionTrial, stratified_order

HERE = "tests.evidence.test_pilot_trials"
#: Sums of a few fractions in another order.
ROUNDING = 1e-9

counts = st.lists(st.integers(1, 9), min_size=2, max_size=4)
random_numbers = st.integers(0, 2**32 - 1).map(np.random.default_rng)


def classes_of(sizes):
    return np.repeat(np.arange(len(sizes)), sizes)


@given(counts, random_numbers)
def test_an_order_holds_each_example_once_and_starts_with_one_of_each_class(sizes, rng):
    classes = classes_of(sizes)
    order = stratified_order(classes, rng)
    assert sorted(order.tolist()) == list(range(sum(sizes)))
    first = classes[order[: len(sizes)]]
    assert sorted(first.tolist()) == list(range(len(sizes)))
    assert np.all(np.diff(np.array(sizes)[first]) <= 0)


@given(counts, random_numbers, st.data())
def test_no_other_subset_of_whole_numbers_is_nearer_to_the_shares(sizes, rng, data):
    """Webster's seats are those of the least sum of (a - q)^2 / q, with one seat each at least."""
    n = data.draw(st.integers(len(sizes), sum(sizes)))
    classes = classes_of(sizes)
    quota = n * np.array(sizes) / sum(sizes)

    def distance(held):
        return np.sum((np.array(held) - quota) ** 2 / quota)

    ours = np.bincount(classes[stratified_order(classes, rng)[:n]])
    others = (
        held
        for held in itertools.product(*(range(1, size + 1) for size in sizes))
        if sum(held) == n
    )
    assert distance(ours) <= min(map(distance, others)) + ROUNDING


def test_every_example_of_a_class_is_as_likely_to_come_early():
    classes = classes_of([30, 10])
    drawn = [stratified_order(classes, np.random.default_rng(seed))[:8] for seed in range(2000)]
    often = np.bincount(np.concatenate(drawn), minlength=40)
    # Six of 30 and two of 10: 400 times of 2,000 each, with a standard error of 18.
    assert np.all(np.abs(often - 400) < 5 * 18)


class Recorder:
    """Remembers what it was given: the first feature is the example's number."""

    seen: list[tuple[list[int], list[int]]] = []  # noqa: RUF012

    def fit(self, features, classes):
        self._fitted = features[:, 0].astype(int).tolist()
        assert np.array_equal(classes, features[:, 1])

    def predict(self, features):
        self.seen.append((self._fitted, features[:, 0].astype(int).tolist()))
        return features[:, 1].astype(int)


def labelled(sizes):
    classes = classes_of(sizes)
    features = np.column_stack([np.arange(len(classes)), classes]).astype(np.float64)
    return Labelled(features, classes, "0" * 64)


def test_subsets_are_nested_and_the_test_is_always_the_same():
    data = labelled([120, 60, 19, 1])
    trial = EstimatorTrial(f"{HERE}:Recorder", {}, data, 0.25)
    assert trial.most_examples == 150
    Recorder.seen.clear()
    found = [trial.run(n, seed) for seed in (0, 1) for n in (5, 40, 150)]
    assert {(each.error, each.test_examples) for each in found} == {(0.0, 50)}
    tests = {tuple(tested) for _, tested in Recorder.seen}
    assert len(tests) == 1
    (tested,) = tests
    assert np.bincount(data.classes[list(tested)]).tolist() == [30, 15, 5]
    trained = [set(fitted) for fitted, _ in Recorder.seen]
    assert [len(each) for each in trained] == [5, 40, 150] * 2
    assert trained[0] < trained[1] < trained[2]
    assert trained[3] < trained[4] < trained[5]
    assert trained[2] == trained[5] == set(range(200)) - set(tested)
    assert trained[1] != trained[4]


def test_the_error_is_the_share_that_is_not_predicted():
    """Who always says the commonest class errs on the others: 30 % of the test."""
    pytest.importorskip("sklearn")
    rng = np.random.default_rng(0)
    data = Labelled(rng.standard_normal((200, 2)), classes_of([140, 60]), "0" * 64)
    trial = EstimatorTrial(
        "sklearn.dummy:DummyClassifier", {"strategy": "most_frequent"}, data, 0.25
    )
    assert trial.run(10, 0).error == pytest.approx(0.3, rel=ROUNDING)


def test_a_nearest_neighbour_on_what_it_has_seen_before_makes_no_error():
    pytest.importorskip("sklearn")
    data = Labelled(np.repeat([[0.0], [5.0]], 50, axis=0), classes_of([50, 50]), "0" * 64)
    trial = EstimatorTrial("sklearn.neighbors:KNeighborsClassifier", {"n_neighbors": 1}, data, 0.2)
    assert trial.run(2, 3).error == 0.0


def forest_in_a_pipeline(**params):
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), RandomForestClassifier(n_estimators=3, **params))


def test_the_seed_reaches_every_step_of_a_pipeline_that_has_none():
    pytest.importorskip("sklearn")
    rng = np.random.default_rng(1)
    data = Labelled(rng.standard_normal((400, 5)), rng.integers(0, 2, 400), "0" * 64)
    trial = EstimatorTrial(f"{HERE}:forest_in_a_pipeline", {}, data, 0.5)
    assert trial.run(100, 4) == trial.run(100, 4)
    # All examples in the same order of classes: only the forest's own chance is left.
    fixed = EstimatorTrial(f"{HERE}:forest_in_a_pipeline", {"random_state": 1}, data, 0.5)
    assert fixed.run(100, 4) != trial.run(100, 4)


def test_words_tell_trials_apart():
    data = labelled([10, 10])
    other = Labelled(data.features, data.classes, "1" * 64)
    factory = f"{HERE}:forest_in_a_pipeline"
    pytest.importorskip("sklearn")
    words = {
        EstimatorTrial(*given).words
        for given in (
            (f"{HERE}:Recorder", {}, data, 0.25),
            (f"{HERE}:Recorder", {}, other, 0.25),
            (f"{HERE}:Recorder", {}, data, 0.5),
            (factory, {}, data, 0.25),
            (factory, {"max_depth": 2}, data, 0.25),
            (factory, {"max_depth": 2, "min_samples_leaf": 3}, data, 0.25),
        )
    }
    assert len(words) == 6
    again = {"min_samples_leaf": 3, "max_depth": 2}
    assert EstimatorTrial(factory, again, data, 0.25).words in words


def nothing():
    return None


def fails(**params):
    raise RuntimeError("no luck\nat all")


def one_number(examples, seed):
    return 1 / examples


class Regressor(Recorder):
    def predict(self, features):
        return features[:, 1] + 0.5


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("json", "must be MODULE:NAME"),
        (":loads", "must be MODULE:NAME"),
        ("json:", "must be MODULE:NAME"),
        ("no_such_module_here:f", "cannot be imported: ModuleNotFoundError: No module named"),
        ("json.no_such:f", "cannot be imported: ModuleNotFoundError"),
        (".json:f", "cannot be imported: TypeError"),
        ("json:lods", "has no 'lods'; did you mean 'loads'"),
        ("json:__name__", "must be callable"),
    ],
)
def test_a_name_that_means_nothing(name, message):
    with pytest.raises(InputError, match=message):
        FunctionTrial(name)
    with pytest.raises(InputError, match=message):
        EstimatorTrial(name, {}, labelled([5, 5]), 0.25)


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("Recorder", {"depth": 3}, r"cannot be made: TypeError: Recorder\(\) takes no arguments"),
        ("fails", {}, "cannot be made: RuntimeError: no luck$"),
        ("nothing", {}, "must return what has fit and predict"),
    ],
)
def test_an_estimator_that_cannot_be_made(name, params, message):
    with pytest.raises(InputError, match=message):
        EstimatorTrial(f"{HERE}:{name}", params, labelled([5, 5]), 0.25)


def test_a_regression_is_refused():
    trial = EstimatorTrial(f"{HERE}:Regressor", {}, labelled([5, 5]), 0.25)
    with pytest.raises(InputError, match="must predict a class for each example"):
        trial.run(2, 0)


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, float("nan"), 0.01, 0.95])
def test_a_share_that_leaves_no_test_or_no_training(share):
    with pytest.raises(InputError, match="test_share"):
        EstimatorTrial(f"{HERE}:Recorder", {}, labelled([5, 5]), share)


def test_a_function_measures_what_it_returns():
    found = FunctionTrial(f"{HERE}:one_number").run(8, 0)
    assert (found.error, found.test_examples) == (0.125, None)


def with_its_test(examples, seed):
    """Return what a function of one's own may: error, and on how many examples, in some order."""
    return {8: (0.25, 40), 9: (0.25, 0), 10: (0.25, 4.5), 11: (0.25,)}[examples]


def test_a_function_may_say_on_how_many_examples_it_measured():
    trial = FunctionTrial(f"{HERE}:with_its_test")
    assert trial.run(8, 0).test_examples == 40
    for examples in (9, 10, 11):
        with pytest.raises(InputError, match="test_examples"):
            trial.run(examples, 0)
