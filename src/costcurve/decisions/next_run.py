"""Which run to make next on a learning curve, and when to stop.

A run is worth what it changes: before it is made, what it may measure is spread out over the
quantiles of the curve's own prediction, each is added to the curve, and the best decision
thereafter is compared with the best one that does not wait for it (preposterior analysis: Raiffa
and Schlaifer, Applied Statistical Decision Theory, 1961). Nothing is drawn at random.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from costcurve.core.errors import InputError
from costcurve.core.quantities import FloatArray
from costcurve.decisions.stakes import LARGEST, Stakes
from costcurve.laws.curves import REACH, Curve

#: How far the candidates go, in multiples of the largest x seen, and how many there are.
FARTHEST, CANDIDATES, MOST_CANDIDATES = 16.0, 9, 1000
#: What a run may measure: so many midpoints of equal probability.
OUTCOMES = 24
# Totals of x that are looked at, and those at which the mean is computed: power laws between.
_TOTALS, _KNOTS = 41, 12
# They go to twice the largest x seen at least, even where nothing there can earn its cost.
_LEAST_REACH = 2.0
# The mean as a weighted sum of three quantiles: Keefer and Bodily, Management Science 29 (1983).
_MEAN_SHARES, _MEAN_WEIGHTS = (0.05, 0.5, 0.95), np.array([0.185, 0.63, 0.185])
# Rounds in which the best total is looked for between its neighbours, and totals of each.
_ROUNDS, _BETWEEN = 2, 9
# A predicted error of nothing, which no curve takes, counts as this.
_LEAST_ERROR = float(np.finfo(np.float64).tiny)
#: A chance to reach the target that is smaller is no plan, costcurve's choice, and two totals that
#: differ by less, as a share, are one run.
LEAST_CHANCE, _ALIKE = 0.05, 0.02
#: Below this share of what is at stake, a sum of money is rounding.
_ROUNDING = 1e-9

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run that could be made next.

    Attributes
    ----------
    x : float
        Its size.
    cost_usd : float
        What it costs, US dollars.
    lost_usd : float
        What of that is of no use afterwards: all but what would be paid anyway.
    goes_on : float
        Probability that it, or going on from it, then pays: 0 to 1.
    chance : float or None
        Probability of the target if one goes on; `None` without a target, or where none does.
    information_usd : float
        What its measurement is worth, at least 0.
    net_usd : float
        `information_usd - lost_usd`.
    per_usd : float or None
        `information_usd / cost_usd`; `None` where it costs nothing, or below 1e-9 of the stakes.
    """

    x: float
    cost_usd: float
    lost_usd: float
    goes_on: float
    chance: float | None
    information_usd: float
    net_usd: float
    per_usd: float | None


@dataclass(frozen=True, slots=True)
class NextRun:
    """Which run to make next, or none.

    Attributes
    ----------
    candidates : tuple of Candidate
        The best first: by net value, then per dollar.
    best : Candidate or None
        The run to make; `None` where no run is worth its cost.
    total : float or None
        The x to go to if nothing more is measured on the way; `None` if stopping is best.
    net_usd : float
        What that is worth, less its cost: at least 0, US dollars.
    chance : float or None
        Probability of the target at `total`; where the plan is hopeless, the highest that was
        found.
    target_met : bool
        Whether the last error seen meets the target, so that it earns no more.
    buys_nothing : bool
        Whether `total` is held already.
    is_hopeless : bool
        Whether the target is all that could be earned, and its chance is less than one in twenty
        whatever is done: then nothing is proposed, though sums of money may be above 0.
    trains_free : bool
        Whether training was given no price.
    """

    candidates: tuple[Candidate, ...]
    best: Candidate | None
    total: float | None
    net_usd: float
    chance: float | None
    target_met: bool
    buys_nothing: bool = False
    is_hopeless: bool = False
    trains_free: bool = False

    @property
    def is_go(self) -> bool:
        """Whether going on pays, without any further run to find out."""
        return self.total is not None

    @property
    def decision(self) -> Literal["run", "go", "stop"]:
        """A run to find out, or the total that pays best by what is known today, or nothing."""
        if self.best is not None and (self.buys_nothing or self.best.x != self.total):
            return "run"
        return "go" if self.is_go else "stop"


def next_run(
    curve: Curve,
    stakes: Stakes,
    candidates: Sequence[float] | None = None,
    *,
    tell: Tell = lambda *_: None,
) -> NextRun:
    """Return which run is worth most, and whether to go on, start or stop.

    Parameters
    ----------
    curve : Curve
        What was seen.
    stakes : Stakes
        What runs cost, and what they earn.
    candidates : sequence of float, optional
        Sizes of runs, above 0. By default from the smallest seen to 16 times the largest, and the
        largest again; where runs go on, from the largest on; and the total that pays best today.
    tell : callable
        Told how many candidates are finished, of how many.

    Raises
    ------
    InputError
        If a candidate is no number above 0, or an x too large to be priced.

    Notes
    -----
    Stopping at n in total, above the largest x seen, is worth, against keeping what there is,

        V(n) = worth * P(y(n) <= target) + usd_per_error * (y_last - E[y(n)])
               - usd_per_x * max(n - held, 0) - usd_per_trained_x * n.

    After a run at x' its x are held: W(n | y') is V(n) of the curve with (x', y') and held' =
    max(held, x'). Its training is not that of a later run, except where runs go on. But a run
    larger than any seen is there then, and to end with it is worth what it measured, at no cost:
    W(x' | y') = worth * [y' <= target] + usd_per_error * (y_last - y').

        information = mean over y' of max(0, max over n of W) - max(0, max over n of mean W)
        lost = cost of the run - (max(0, max over n of W today) - max(0, max over n of V))

    Where predictions are those of one belief, mean W is W today and information - lost is the mean
    of the best W, less the best V and the cost. Those of a calibrated curve are only nearly so:
    taking the mean W leaves that drift out, and information cannot be negative. Below 1e-9 of what
    is at stake it is rounding, and 0. What less than one run in fifty would show is not looked at.
    """
    plan = _Plan(curve, stakes, _sizes(curve, stakes, candidates))
    total, net = _best_total(plan)
    if candidates is None and total is not None:
        plan = _Plan(curve, stakes, _with_total(plan.sizes, total, float(curve.seen.x[-1])))
    found = []
    for finished, size in enumerate(plan.sizes.tolist(), start=1):
        found.append(_candidate(plan, size))
        tell(finished, len(plan.sizes))
    found.sort(key=lambda each: (-each.net_usd, -(each.per_usd or 0.0), each.x))
    best = found[0] if found[0].net_usd > plan.rounding_usd else None
    chance = None
    if total is not None and stakes.target is not None:
        chance = float(curve.probability(stakes.target, total)[0])
    highest = _highest_chance(plan, best, chance)
    if highest is not None and highest < LEAST_CHANCE:
        return NextRun(
            tuple(found), None, None, 0.0, highest, plan.target_met, False, True, plan.trains_free
        )
    buys_nothing = total is not None and total <= plan.held
    return NextRun(
        tuple(found), best, total, net, chance, plan.target_met, buys_nothing, False,
        plan.trains_free,
    )  # fmt: skip


def _with_total(sizes: FloatArray, total: float, largest: float) -> FloatArray:
    """Return sizes with the best total in place of any that is nearly as large."""
    is_other = (np.abs(sizes / total - 1.0) > _ALIKE) | (sizes <= largest)
    return np.union1d(sizes[is_other], [total])


def _highest_chance(plan: _Plan, best: Candidate | None, chance: float | None) -> float | None:
    """Return the highest chance of the target that a proposal has; `None` if more can be earned."""
    stakes = plan.stakes
    if stakes.usd_per_error > 0.0 or plan.target_met or (best is None and chance is None):
        return None
    by_run = 0.0 if best is None else best.goes_on * (best.chance or 0.0)
    return max(by_run, chance or 0.0)


class _Plan:
    """A curve with its stakes: what is looked at, and what it is worth today."""

    def __init__(self, curve: Curve, stakes: Stakes, sizes: FloatArray) -> None:
        self.curve, self.stakes, self.sizes = curve, stakes, sizes
        seen = curve.seen
        self.last = float(seen.y[-1])
        self.held = float(seen.x[-1]) if stakes.held is None else stakes.held
        self.target_met = stakes.target is not None and self.last <= stakes.target
        #: What the target still earns.
        self.worth_usd = 0.0 if self.target_met else stakes.worth_usd
        #: The most that can be earned.
        self.most_usd = self.worth_usd + stakes.usd_per_error * self.last
        self.rounding_usd = _ROUNDING * self.most_usd
        self.trains_free = stakes.usd_per_trained_x == 0.0
        start = float(seen.x[-1])
        at = np.geomspace(start, max(self._end(), start * _LEAST_REACH), _TOTALS)
        at = np.unique([*at, *sizes, self.held])
        #: Those of at most the largest seen are no choice: what was run is what there is.
        self.totals = at[at > start]

    def _end(self) -> float:
        """Return the largest total that could earn its cost, or as far as curves are trusted."""
        stakes, far = self.stakes, float(self.curve.seen.x[-1]) * REACH
        price = stakes.usd_per_x + stakes.usd_per_trained_x
        # Divided only where that does not overflow.
        if self.most_usd < price * far:
            return min(far, self.held + self.most_usd / price)
        return far

    @cached_property
    def today_usd(self) -> FloatArray:
        """What each total earns by today's curve, before its cost."""
        return self.earned_usd(self.curve, self.totals)[0]

    def earned_usd(self, curve: Curve, totals: FloatArray) -> tuple[FloatArray, FloatArray | None]:
        """Return what totals earn before their cost, and the probability of the target there."""
        stakes = self.stakes
        earned, chance = np.zeros(len(totals)), None
        if stakes.target is not None:
            chance = curve.probability(stakes.target, totals)
            earned += self.worth_usd * chance
        if stakes.usd_per_error > 0.0:
            earned += stakes.usd_per_error * (self.last - _mean(curve, totals))
        return earned, chance

    def measured_usd(self, error: float) -> tuple[float, bool]:
        """Return what a run earns that measured an error, and whether that meets the target."""
        is_met = self.stakes.target is not None and error <= self.stakes.target
        return self.worth_usd * is_met + self.stakes.usd_per_error * (self.last - error), is_met

    def with_run(self, size: float, error: float) -> Curve:
        """Return the curve with one more measurement, which has the weight of one.

        A place that stands for k measurements is given as their mean with the weight of k. Weights
        count against their mean, so the first place is given so often that their mean is 1.
        """
        seen = self.curve.seen
        total = 1.0 / seen.share
        often = np.ones(len(total), dtype=np.int64)
        often[0] += max(round(float(total.sum())) - len(total), 0)
        x, y, weights = (np.repeat(each, often) for each in (seen.x, seen.y, total / often))
        return self.curve.law.curve(
            [*x, size],
            [*y, max(error, _LEAST_ERROR)],
            [*weights, 1.0],
            most=self.curve.most,
            # A mean that stands for replicates has no scatter left to estimate it from.
            noise=self.curve.noise,
        )


def _sizes(curve: Curve, stakes: Stakes, given: Sequence[float] | None) -> FloatArray:
    """Return the sizes of the candidates, rising."""
    seen = curve.seen.x
    if seen[-1] > LARGEST / REACH:
        raise InputError.of("x", float(seen[-1]), "must be at most 1e197 where runs are priced")
    if curve.seen.y[-1] > LARGEST:
        error = float(curve.seen.y[-1])
        raise InputError.of("error", error, "must be at most 1e200 where runs are priced")
    if given is None:
        start = float(seen[-1] if stakes.continues else seen[0])
        sizes = np.geomspace(start, seen[-1] * FARTHEST, CANDIDATES)
        if _are_whole(seen):
            sizes = np.round(sizes)
        sizes = np.unique([*sizes, seen[-1]])
        return sizes[sizes > start] if stakes.continues else sizes
    sizes = np.unique(np.asarray(given, dtype=np.float64))
    least = float(seen[-1]) if stakes.continues else 0.0
    wrong = ~((sizes > least) & (sizes <= LARGEST))
    if not 0 < sizes.size <= MOST_CANDIDATES:
        raise InputError.of("candidates", sizes.size, "must be 1 to 1000 sizes")
    if wrong.any():
        words = f"must be above {least:g} and at most 1e200"
        raise InputError.of("candidates", float(sizes[np.argmax(wrong)]), words)
    return sizes


def _are_whole(x: FloatArray) -> bool:
    return bool(np.all(x == np.round(x)))


def _mean(curve: Curve, totals: FloatArray) -> FloatArray:
    """Return the mean of a measurement at some totals, rising."""
    many = len(totals) > _KNOTS
    at = np.geomspace(totals[0], totals[-1], _KNOTS) if many else totals
    mean = np.clip(_MEAN_WEIGHTS @ curve.predict(at, _MEAN_SHARES), _LEAST_ERROR, LARGEST)
    if not many:
        return np.asarray(mean)
    return np.asarray(np.exp(np.interp(np.log(totals), np.log(at), np.log(mean))))


def _candidate(plan: _Plan, size: float) -> Candidate:
    """Return what a run is worth."""
    held = max(plan.held, size)
    shares = tuple(((np.arange(OUTCOMES) + 0.5) / OUTCOMES).tolist())
    outcomes = plan.curve.predict(size, shares)[:, 0].tolist()
    cost_of = plan.stakes.cost_usd(plan.totals, held)
    there = plan.totals == size
    cost_of[there] = 0.0
    values, chances = [], []
    for error in outcomes:
        earned, chance = plan.earned_usd(plan.with_run(size, error), plan.totals)
        earned[there], is_met = plan.measured_usd(error)
        values.append(earned - cost_of)
        if chance is not None and values[-1].max() > 0.0:
            chance[there] = is_met
            chances.append(float(chance[np.argmax(values[-1])]))
    best = np.maximum(np.max(values, axis=1), 0.0)
    information = float(best.mean()) - max(float(np.mean(values, axis=0).max()), 0.0)
    information = 0.0 if information < plan.rounding_usd else information
    cost = float(plan.stakes.cost_usd(np.array([size]), plan.held)[0])
    without = plan.today_usd - plan.stakes.cost_usd(plan.totals, plan.held)
    kept = max(float((plan.today_usd - cost_of).max()), 0.0) - max(float(without.max()), 0.0)
    lost = max(cost - kept, 0.0)
    return Candidate(
        size,
        cost,
        lost,
        float(np.mean(best > 0.0)),
        float(np.mean(chances)) if chances else None,
        information,
        information - lost,
        information / cost if cost > plan.rounding_usd else None,
    )


def _best_total(plan: _Plan) -> tuple[float | None, float]:
    """Return the total that pays best today and what it is worth; none where none pays."""
    at, earned = plan.totals, plan.today_usd
    best, net = 0.0, -np.inf
    for _ in range(1 + _ROUNDS):
        values = earned - plan.stakes.cost_usd(at, plan.held)
        place = int(np.argmax(values))
        if values[place] > net:
            best, net = float(at[place]), float(values[place])
        ends = at[max(place - 1, 0)], at[min(place + 1, len(at) - 1)]
        at = np.geomspace(*ends, _BETWEEN)
        earned = plan.earned_usd(plan.curve, at)[0]
    if _are_whole(plan.curve.seen.x):
        at = np.array([max(np.round(best), plan.curve.seen.x[-1] + 1.0)])
        best = float(at[0])
        net = float((plan.earned_usd(plan.curve, at)[0] - plan.stakes.cost_usd(at, plan.held))[0])
    return (best, net) if net > plan.rounding_usd else (None, 0.0)
