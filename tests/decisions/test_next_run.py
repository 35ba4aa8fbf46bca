"""The next run: a closed form, numerical integration, and what must hold of any decision."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costcurve.core.errors import InputError
from costcurve.decisions.next_run import LEAST_CHANCE, OUTCOMES, next_run
from costcurve.decisions.stakes import MOST_USD, Stakes
from costcurve.laws.curves import Seen, load_curve_law

#: A standard deviation taken from 24 midpoints is 1.5% short, that of the loss function with it.
MIDPOINTS = 0.04
#: Of a standard deviation of what is learned: the rarest outcome that counts has a share of 2%.
TAIL = 0.01
#: Sums in float64 of numbers of the size of what is at stake.
ROUNDING = 1e-9
NORMAL = NormalDist()


@dataclass(frozen=True)
class Level:
    """A curve that will be level, nobody knows where: normal, and learned by conjugate updates.

    From twice the x seen on every measurement is the level with noise; the standard deviations are
    small against the mean, so that no error is below 0.
    """

    mean: float
    sd: float
    noise: float
    x: tuple[float, ...] = (100.0, 200.0)
    y: tuple[float, ...] = (0.5, 0.5)
    most = 1.0

    @property
    def seen(self):
        ones = np.ones(len(self.x))
        return Seen(np.array(self.x), np.array(self.y), ones)

    @property
    def law(self):
        return SimpleNamespace(curve=self._with_run)

    def _with_run(self, x, y, *_, **__):
        # Only the last point is new; what was seen is in the prior.
        precision, new = self.sd**-2, self.noise**-2
        mean = (precision * self.mean + new * y[-1]) / (precision + new)
        order = np.argsort(x, kind="stable")
        points = {float(x[place]): float(y[place]) for place in order}
        sd = (precision + new) ** -0.5
        return Level(mean, sd, self.noise, tuple(points), tuple(points.values()))

    @property
    def spread(self):
        return float(np.hypot(self.sd, self.noise))

    def predict(self, x, shares):
        each = [self.mean + self.spread * NORMAL.inv_cdf(share) for share in shares]
        return np.outer(each, np.ones(np.size(x)))

    def probability(self, y, x):
        return np.full(np.size(x), NORMAL.cdf((y - self.mean) / self.spread))


def unit_loss(mean, sd):
    """Return the mean of the positive part of a normal number."""
    return mean * NORMAL.cdf(mean / sd) + sd * NORMAL.pdf(mean / sd)


@pytest.mark.parametrize("mean", [0.42, 0.45, 0.47])
@pytest.mark.parametrize("noise", [0.005, 0.03])
def test_information_is_worth_what_the_closed_form_says(mean, noise):
    curve, usd_per_error, per_trained = Level(mean, 0.03, noise), 1e5, 20.0
    stakes = Stakes(0.0, per_trained, usd_per_error=usd_per_error, held=400.0)
    (found,) = next_run(curve, stakes, [150.0]).candidates
    # Cheapest is the first total above what was seen; it is read off the answer for a sure thing.
    cost = per_trained * next_run(Level(0.1, 1e-9, 1e-9), stakes, [150.0]).total
    now = usd_per_error * (0.5 - mean) - cost
    learned = usd_per_error * 0.03**2 / np.hypot(0.03, noise)
    wanted = unit_loss(now, learned) - max(now, 0.0)
    assert found.information_usd == pytest.approx(wanted, rel=MIDPOINTS, abs=TAIL * learned)
    assert found.lost_usd == pytest.approx(per_trained * 150.0, rel=ROUNDING)
    assert found.net_usd == found.information_usd - found.lost_usd


@pytest.mark.parametrize("mean", [0.49, 0.52])
def test_a_run_can_be_the_last_one(mean):
    # Without noise it shows the level, and one ends with it or with what there was.
    stakes = Stakes(0.0, 2.0, usd_per_error=1e5, held=400.0)
    (found,) = next_run(Level(mean, 0.03, 1e-9), stakes, [400.0]).candidates
    gain = 1e5 * (0.5 - mean)
    wanted = unit_loss(gain, 1e5 * 0.03) - max(gain, 0.0)
    assert found.information_usd == pytest.approx(wanted, rel=MIDPOINTS, abs=TAIL * 1e5 * 0.03)
    assert found.goes_on == pytest.approx(NORMAL.cdf(gain / 3e3), abs=1 / OUTCOMES)


def test_the_best_total_as_the_next_run_loses_nothing():
    curve = load_curve_law().curve([100, 200, 400, 800], [0.31, 0.24, 0.19, 0.155])
    stakes = Stakes(0.5, 0.5, usd_per_error=5e4)
    found = next_run(curve, stakes)
    (last,) = (each for each in found.candidates if each.x == found.total)
    assert last.lost_usd < 0.01 * last.cost_usd
    assert (found.decision == "go") == (found.best is None or found.best is last)


def test_a_target_is_worth_what_integration_says():
    from scipy import integrate

    curve, worth, target, price = Level(0.4, 0.05, 0.02), 1000.0, 0.38, 1.5
    stakes = Stakes(0.0, price, worth, target=target, held=400.0)
    found = next_run(curve, stakes, [100.0])
    total = next_run(Level(0.1, 1e-3, 1e-3), stakes, [100.0]).total
    after_sd = (0.05**-2 + 0.02**-2) ** -0.5
    spread = np.hypot(after_sd, 0.02)

    def thereafter(mean):
        return worth * NORMAL.cdf((target - mean) / spread) - price * total

    learned = NormalDist(0.4, 0.05**2 / np.hypot(0.05, 0.02))
    mean_best, _ = integrate.quad(
        lambda mean: max(thereafter(mean), 0.0) * learned.pdf(mean), 0.1, 0.7, limit=200
    )
    today = worth * NORMAL.cdf((target - 0.4) / np.hypot(0.05, 0.02)) - price * total
    wanted = mean_best - max(today, 0.0)
    assert found.candidates[0].information_usd == pytest.approx(wanted, rel=MIDPOINTS)


def some_stakes():
    usd = st.floats(0.0, 1e6)
    prices = st.floats(0.0, 100.0)
    return st.builds(
        Stakes, prices, prices, usd, usd, st.floats(0.01, 0.9), st.none(), st.booleans()
    )


@settings(max_examples=40)
@given(some_stakes(), st.floats(0.05, 0.6), st.floats(1e-4, 0.01), st.floats(1e-4, 0.01))
def test_information_is_never_negative_and_nothing_is_lost_beyond_its_cost(stakes, mean, sd, noise):
    found = next_run(Level(mean, sd, noise), stakes)
    assert found.net_usd >= 0.0
    assert found.is_go == (found.total is not None)
    for each in found.candidates:
        assert each.information_usd >= 0.0
        assert 0.0 <= each.lost_usd <= each.cost_usd * (1.0 + ROUNDING)
    nets = [each.net_usd for each in found.candidates]
    assert nets == sorted(nets, reverse=True)


@pytest.mark.parametrize(
    ("curve", "stakes"),
    [
        (Level(0.4, 0.05, 0.02), Stakes(1.0, 1.0)),
        (Level(0.4, 0.05, 0.02), Stakes(1.0, 1.0, 0.0, 0.0, 0.3)),
        (Level(0.4, 1e-9, 1e-9), Stakes(1.0, 1.0, usd_per_error=1e5)),
        (Level(0.4, 1e-9, 1e-9), Stakes(1.0, 1.0, 1e4, 0.0, 0.3)),
        # All that could be learned leaves the decision as it is.
        (Level(0.4, 0.001, 1e-9), Stakes(0.01, 0.01, usd_per_error=1e5)),
        (Level(0.4, 0.001, 0.001), Stakes(1e5, 1e5, usd_per_error=1e5)),
    ],
)
def test_what_cannot_change_the_decision_is_worth_nothing(curve, stakes):
    found = next_run(curve, stakes)
    assert [each.information_usd for each in found.candidates] == [0.0] * len(found.candidates)
    assert found.best is None


@settings(max_examples=10)
@given(st.floats(1e-2, 1e4))
def test_money_has_no_unit(times):
    curve = Level(0.45, 0.03, 0.02)
    one = next_run(curve, Stakes(2.0, 3.0, 50.0, 1e4, 0.42))
    other = next_run(curve, Stakes(2 * times, 3 * times, 50 * times, 1e4 * times, 0.42))
    for a, b in zip(one.candidates, other.candidates, strict=True):
        assert b.net_usd == pytest.approx(a.net_usd * times, rel=1e-6, abs=1e-6 * times)
        assert b.x == a.x


def test_information_grows_with_what_is_at_stake_until_the_decision_is_plain():
    curve = load_curve_law().curve([100, 200, 400, 800], [0.31, 0.24, 0.19, 0.155])
    worth = [
        next_run(curve, Stakes(1.0, 0.1, each, target=0.1), [1600]).candidates[0].information_usd
        for each in (1e3, 3e3, 5e3)
    ]
    assert 0.0 <= worth[0] < worth[1] < worth[2]


def test_what_costs_nothing_is_done_and_what_costs_too_much_is_not():
    curve = load_curve_law().curve([100, 200, 400, 800], [0.31, 0.24, 0.19, 0.155])
    free = next_run(curve, Stakes(0.0, worth_usd=100.0, target=0.1), [100.0, 1600.0])
    assert free.is_go
    assert all(each.cost_usd == each.lost_usd == 0.0 for each in free.candidates)
    assert all(each.per_usd is None for each in free.candidates)
    dear = next_run(curve, Stakes(1e6, worth_usd=100.0, target=0.1))
    assert not dear.is_go
    assert (dear.best, dear.total, dear.net_usd, dear.chance) == (None, None, 0.0, None)


def test_the_best_total_is_that_of_a_search_over_every_example():
    curve = load_curve_law().curve([100, 200, 400, 800], [0.31, 0.24, 0.19, 0.155])
    found = next_run(curve, Stakes(1.0, 0.2, worth_usd=2e4, target=0.1), [1600])
    totals = np.arange(801.0, 20_000.0)
    values = 2e4 * curve.probability(0.1, totals) - (totals - 800.0) - 0.2 * totals
    # The maximum is flat: the value is found to a thousandth, the place to a fiftieth.
    assert found.net_usd == pytest.approx(values.max(), rel=1e-3)
    assert found.total == pytest.approx(totals[np.argmax(values)], rel=0.02)
    assert found.chance == pytest.approx(curve.probability(0.1, found.total)[0])


def test_labels_of_a_pilot_are_kept_and_its_training_is_not():
    # Sure of the curve, and sure to need 400 examples or more: its labels would be bought anyway.
    curve = load_curve_law().curve([100, 200, 400, 800], [0.31, 0.24, 0.19, 0.155])
    stakes = Stakes(1.0, 0.2, usd_per_error=1e6)
    found = next_run(curve, stakes, [1600.0, 800.0])
    by_x = {each.x: each for each in found.candidates}
    assert found.total > 1600.0
    assert by_x[1600.0].cost_usd == 800.0 + 0.2 * 1600.0
    assert by_x[1600.0].lost_usd == pytest.approx(0.2 * 1600.0, rel=1e-6)
    assert by_x[800.0].lost_usd == pytest.approx(0.2 * 800.0, rel=1e-6)


def test_epochs_that_go_on_are_paid_once():
    epochs = np.arange(1.0, 31.0)
    curve = load_curve_law().curve(epochs, 0.1 + 0.5 * epochs**-0.8)
    stakes = Stakes(1.0, 0.5, usd_per_error=1e5, continues=True)
    found = next_run(curve, stakes, [40.0, 50.0])
    assert found.total > 50.0
    assert sorted(each.cost_usd for each in found.candidates) == [15.0, 30.0]
    assert all(each.lost_usd == pytest.approx(0.0, abs=1e-6) for each in found.candidates)
    assert all(each.x > 30.0 for each in next_run(curve, stakes).candidates)


def test_a_target_that_is_met_earns_no_more():
    curve = load_curve_law().curve([100, 200, 400, 800], [0.31, 0.24, 0.19, 0.155])
    found = next_run(curve, Stakes(1.0, worth_usd=1e6, target=0.155), [1600])
    assert found.target_met
    assert not found.is_go
    assert found.candidates[0].information_usd == 0.0


def test_nothing_is_drawn_at_random():
    curve = load_curve_law().curve([50, 100, 300], [0.4, 0.33, 0.2])
    stakes = Stakes(0.5, 0.1, 3e3, 1e4, 0.1)
    told = []
    one = next_run(curve, stakes, [100, 700], tell=lambda *each: told.append(each))
    assert one == next_run(curve, stakes, [700, 100])
    assert told == [(1, 2), (2, 2)]


#: A curve that falls slowly: 0.2 is a few doublings away, 0.05 out of sight.
SLOW = ([1000, 2000, 4000], [0.30, 0.26, 0.235])


def test_a_plan_of_a_tiny_chance_is_none():
    curve = load_curve_law().curve(*SLOW)
    found = next_run(curve, Stakes(0.5, worth_usd=6000.0, target=0.05, held=8000.0))
    assert (found.decision, found.total, found.best, found.is_hopeless) == (
        "stop",
        None,
        None,
        True,
    )
    assert found.chance < LEAST_CHANCE
    # Where a lower error is worth something whether or not the target is met, that counts.
    both = Stakes(0.0, worth_usd=6000.0, usd_per_error=1e5, target=0.05)
    assert not next_run(curve, both).is_hopeless


def test_what_is_held_is_run_before_anything_is_called_a_plan():
    curve = load_curve_law().curve(*SLOW)
    found = next_run(curve, Stakes(0.5, worth_usd=600.0, target=0.2, held=8000.0))
    assert (found.total, found.buys_nothing, found.decision) == (8000.0, True, "run")
    assert (found.best.x, found.best.cost_usd) == (8000.0, 0.0)


def test_no_size_stands_twice():
    curve = load_curve_law().curve(*SLOW)
    found = next_run(curve, Stakes(0.01, worth_usd=6000.0, target=0.2))
    sizes = np.sort([each.x for each in found.candidates])
    assert found.total in sizes
    assert (sizes[1:] / sizes[:-1] > 1.01).all()


def test_one_more_run_weighs_as_one_among_replicates():
    law, given = load_curve_law(), []
    x, y = [100.0] * 3 + [200.0] * 5 + [400.0], [0.3, 0.31, 0.32, 0.2, 0.21, 0.22, 0.21, 0.2, 0.15]
    curve = law.curve(x, y)

    def record(xs, ys, weights, *, most, noise):
        # Of means no scatter of replicates can be told: it is that of the curve as it was.
        assert noise == curve.noise
        taught = law.curve(xs, ys, weights, most=most, noise=noise)
        given.append((taught.seen, xs[-1], ys[-1]))
        return taught

    watched = SimpleNamespace(
        law=SimpleNamespace(curve=record), seen=curve.seen, most=1.0, noise=curve.noise,
        predict=curve.predict, probability=curve.probability,
    )  # fmt: skip
    next_run(watched, Stakes(1.0, worth_usd=100.0, target=0.1), [200.0, 800.0])
    assert len(given) == 2 * OUTCOMES
    for seen, size, error in given:
        wanted = law.curve([*x, size], [*y, error]).seen
        assert seen.x == pytest.approx(wanted.x)
        assert seen.y == pytest.approx(wanted.y)
        assert seen.share == pytest.approx(wanted.share)


@pytest.mark.parametrize("name", ["usd_per_x", "usd_per_trained_x", "worth_usd", "usd_per_error"])
@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf"), 1e300, MOST_USD * 1.01])
def test_prices_that_cannot_be_are_refused(name, value):
    with pytest.raises(InputError, match=f"^{name}: .* must be at least 0 and at most 1e15"):
        Stakes(**{"usd_per_x": 1.0, "target": 0.1, name: value})


@pytest.mark.parametrize(
    ("stakes", "words"),
    [
        ({"worth_usd": 5.0}, "target: is needed"),
        ({"target": -0.1}, "target: -0.1 is not allowed"),
        ({"target": float("nan")}, "target: nan is not allowed"),
        ({"held": -1.0}, "held: -1.0 is not allowed"),
        ({"held": 5.0, "continues": True}, "held: 5.0 is not allowed; must be left out"),
    ],
)
def test_stakes_that_cannot_be_are_refused(stakes, words):
    with pytest.raises(InputError) as raised:
        Stakes(1.0, **stakes)
    assert str(raised.value).startswith(words)


@pytest.mark.parametrize("candidates", [[], [0.0], [-5.0], [float("nan")], [1e300], range(1, 2000)])
def test_candidates_that_cannot_be_are_refused(candidates):
    curve = load_curve_law().curve([100, 200], [0.3, 0.2])
    with pytest.raises(InputError, match="^candidates: "):
        next_run(curve, Stakes(1.0, usd_per_error=1.0), candidates)


def test_epochs_do_not_go_back():
    curve = load_curve_law().curve([1, 2, 3], [0.3, 0.2, 0.15])
    with pytest.raises(InputError, match="must be above 3"):
        next_run(curve, Stakes(1.0, usd_per_error=1.0, continues=True), [2.0])


@pytest.mark.parametrize("x", [1e-300, 1.0, 1e190])
@pytest.mark.parametrize("y", [1e-300, 1e-3, 1.0, 1e190])
def test_extremes_are_answered_in_finite_numbers(x, y):
    curve = load_curve_law().curve([x, 2 * x], [y, y / 2], most=np.inf)
    found = next_run(curve, Stakes(5e-324, 1e15, 1e15, 1e15, y / 4), [x * 3])
    (each,) = found.candidates
    assert np.isfinite([each.cost_usd, each.lost_usd, each.information_usd, found.net_usd]).all()


@pytest.mark.parametrize(("x", "y", "name"), [(1e250, 0.1, "x"), (1.0, 1e250, "error")])
def test_what_is_too_large_to_be_priced_is_refused(x, y, name):
    curve = load_curve_law().curve([x], [y], most=np.inf)
    with pytest.raises(InputError, match=f"^{name}: "):
        next_run(curve, Stakes(1.0, usd_per_error=1.0))
