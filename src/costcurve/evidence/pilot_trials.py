"""What a pilot run trains: a function of one's own, or a classifier on labelled examples."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from costcurve.core.errors import Finding, InputError, nearest, shown
from costcurve.evidence.labelled import Labelled

#: Streams of random numbers: one sets the test apart, the other draws the examples of a seed.
_TEST_STREAM, _TRAINING_STREAM = 0, 1
#: How much of a SHA-256 tells two files of data apart in words.
_DIGITS = 12
_RANDOM_STATE = "random_state"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run measured.

    Attributes
    ----------
    error : float
        From 0 to 1.
    test_examples : int or None
        On which it was measured, where that is known.
    """

    error: float
    test_examples: int | None


class Trial(Protocol):
    """Something that can be trained on so many examples."""

    @property
    def words(self) -> str:
        """What it is, in a line: two trials of the same words are the same."""

    @property
    def most_examples(self) -> int | None:
        """The examples that there are; `None` where that is unknown."""

    def run(self, examples: int, seed: int) -> Measured:
        """Return the error after training on so many examples."""


@dataclass(frozen=True)
class FunctionTrial:
    """A function of one's own.

    Attributes
    ----------
    name : str
        `package.module:function`. It takes the number of examples and the seed and returns the
        error, from 0 to 1, or a pair of that and the number of examples that it was measured on;
        both must depend on what it takes alone. It is known by its name: what it does may be mended
        between two runs.

    Raises
    ------
    InputError
        If there is no such function.
    """

    name: str

    def __post_init__(self) -> None:
        named("function", self.name)

    @property
    def words(self) -> str:
        """What it is."""
        return f"function {self.name}"

    @property
    def most_examples(self) -> None:
        """Unknown."""

    def run(self, examples: int, seed: int) -> Measured:
        """Return what the function measures."""
        function = named("function", self.name)
        _seed_what_is_shared(seed)
        found = function(examples, seed)
        if isinstance(found, tuple):
            if len(found) != 2:
                raise InputError.of("error", found, "must be a number, or (error, test_examples)")
            return _measured(found[0], _tested(found[1]))
        return _measured(found, None)


class EstimatorTrial:
    """A classifier in the manner of scikit-learn, trained on nested subsets of labelled examples.

    The test is the same for every size and seed. The examples of a seed are put into one order,
    whose beginning is trained on: so the smaller subsets lie within the larger ones. The error is
    the share of test examples whose class is not predicted.

    Parameters
    ----------
    name : str
        `package.module:Class`, or any callable that returns an estimator, such as a pipeline.
    params : mapping
        Its keyword arguments, as JSON has them. Where it takes a `random_state`, in a step of a
        pipeline too, and none is given, the run's seed is.
    data : Labelled
        The examples.
    test_share : float
        Of the examples for the test, above 0 and below 1.

    Raises
    ------
    InputError
        If there is no such class, it takes not these arguments or is no estimator, or the share
        leaves no test, or fewer training examples than classes.
    """

    def __init__(
        self, name: str, params: Mapping[str, Any], data: Labelled, test_share: float
    ) -> None:
        self._name, self._params, self._data = name, dict(params), data
        if not 0.0 < test_share < 1.0:
            raise InputError.of("test_share", test_share, "must be above 0 and below 1")
        in_test = round(test_share * len(data))
        least = int(data.classes.max()) + 1
        if in_test < 1 or len(data) - in_test < least:
            words = (
                f"must leave one of {len(data):,} examples to test, and to train {least:,}: one of "
                "each class"
            )
            raise InputError.of("test_share", test_share, words)
        order = stratified_order(data.classes, _generator(_TEST_STREAM, 0))
        # Each class has its first example here, so that none is in the test alone.
        self._train, self._test = order[:-in_test], order[-in_test:]
        self._share = test_share
        self._checked()

    @property
    def words(self) -> str:
        """What it is: the same data in another file is the same."""
        given = f" {json.dumps(self._params, sort_keys=True)}" if self._params else ""
        digits = self._data.sha256[:_DIGITS]
        return f"estimator {self._name}{given} on data {digits}, test share {self._share!r}"

    @property
    def most_examples(self) -> int:
        """What is left of the data beside the test."""
        return len(self._train)

    def run(self, examples: int, seed: int) -> Measured:
        """Return the error on the test after training on the first examples of the seed's order."""
        features, classes = self._data.features, self._data.classes
        order = stratified_order(classes[self._train], _generator(_TRAINING_STREAM, seed))
        chosen = self._train[order[:examples]]
        estimator = self._made()
        _seed_what_is_shared(seed)
        _give_seed(estimator, seed)
        estimator.fit(features[chosen], classes[chosen])
        predicted = np.asarray(estimator.predict(features[self._test]))
        known = classes[self._test]
        if predicted.shape != known.shape or not np.isin(predicted, classes).all():
            raise InputError.of("estimator", self._name, "must predict a class for each example")
        return _measured(np.mean(predicted != known), len(known))

    def _made(self) -> Any:
        return named("estimator", self._name)(**self._params)

    def _checked(self) -> None:
        """Raise InputError unless an estimator can be made."""
        try:
            found = self._made()
        except InputError:
            raise
        except Exception as error:  # whatever the user's class raises
            allowed = f"cannot be made: {in_words(error)}"
            raise InputError([Finding("estimator", shown(self._name), allowed)]) from None
        if isinstance(found, type) or not (hasattr(found, "fit") and hasattr(found, "predict")):
            raise InputError.of("estimator", self._name, "must return what has fit and predict")


def _tested(found: Any) -> int:
    """Return on how many examples a function measured; raise InputError if it is no such number."""
    try:
        value = int(found)
        is_whole = value == found and value >= 1
    except (TypeError, ValueError, OverflowError):
        is_whole = False
    if isinstance(found, bool) or not is_whole:
        raise InputError.of("test_examples", found, "must be a whole number of at least 1")
    return value


def _measured(error: Any, test_examples: int | None) -> Measured:
    """Return what was measured; raise InputError if it is no error rate."""
    try:
        value = float(error)
    except (TypeError, ValueError, OverflowError):
        value = np.nan
    if not 0.0 <= value <= 1.0:
        raise InputError.of("error", error, "must be a number from 0 to 1")
    return Measured(value, test_examples)


def _seed_what_is_shared(seed: int) -> None:
    """Seed the generators of the process for those who ask for no seed.

    It is done after the user's module was imported, which only the first run of a process does:
    so no run depends on what its process did before.
    """
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - the user's code may use these very numbers


def _give_seed(estimator: Any, seed: int) -> None:
    """Set what draws random numbers and has no seed of its own yet."""
    if not hasattr(estimator, "get_params"):
        return
    free = [
        name
        for name, value in estimator.get_params(deep=True).items()
        if value is None and (name == _RANDOM_STATE or name.endswith(f"__{_RANDOM_STATE}"))
    ]
    estimator.set_params(**dict.fromkeys(free, seed))


def stratified_order(
    classes: NDArray[np.int64], generator: np.random.Generator
) -> NDArray[np.intp]:
    """Return an order of examples of which every beginning has the classes in their shares.

    First comes one example of each class, the largest class first. The others follow in the order
    of (j - 1/2) / n_c for the j-th example of class c, of n_c: the method of Webster, under which
    no class ever loses an example when the subset grows. Within a class the order is random.

    Parameters
    ----------
    classes : ndarray of int of shape (n,)
        Of the examples, from 0.
    generator : Generator
        Draws the order within a class.

    Returns
    -------
    ndarray of int of shape (n,)
        The places of the examples.

    References
    ----------
    Balinski and Young, Fair Representation (1982), chapters 3 and 4.
    """
    shuffled = generator.permutation(len(classes))
    drawn = classes[shuffled]
    sizes = np.bincount(drawn)
    by_class = np.argsort(drawn, kind="stable")
    starts = np.cumsum(sizes) - sizes
    rank = np.empty(len(drawn))
    rank[by_class] = np.arange(len(drawn)) - starts[drawn[by_class]]
    turn = np.where(rank == 0.0, 0.0, (rank + 0.5) / sizes[drawn])
    return shuffled[np.lexsort((drawn, -sizes[drawn], turn))]


def _generator(stream: int, seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([stream, seed])))


def named(field: str, name: str) -> Callable[..., Any]:
    """Return the callable that `package.module:name` means.

    Raises
    ------
    InputError
        If the name is not of that form, its module cannot be imported, or has no such callable.
    """
    module_name, colon, path = name.partition(":")
    if not (colon and module_name.strip() and path.strip()):
        raise InputError.of(field, name, "must be MODULE:NAME, such as package.module:name")
    try:
        found: Any = import_module(module_name)
    except (Exception, SystemExit) as error:  # whatever the user's module raises
        allowed = f"{shown(module_name)} cannot be imported: {in_words(error)}"
        raise InputError([Finding(field, shown(name), allowed)]) from None
    for part in path.split("."):
        if not hasattr(found, part):
            hint = nearest(part, dir(found))
            allowed = f"{shown(module_name)} has no {shown(path)}{hint}"
            raise InputError([Finding(field, shown(name), allowed)])
        found = getattr(found, part)
    if not callable(found):
        raise InputError.of(field, name, "must be callable")
    return found  # type: ignore[no-any-return]


def in_words(error: BaseException) -> str:
    """Return what another's code raised, in a line."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
