"""Which uses to fund with one budget: the choice that is worth most, or a proof of how near it is.

Money that counts against the budget is what is paid before the first prediction: labels, training,
testing, people's set-up, everything at its median. What a choice is worth is the expected net of a
year, in which that money is spread over the horizon already; so a dollar is never counted twice,
and the budget is no cost but a limit. Uses of one group share one training: it is paid once if any
of them is funded, and counts as that of the group's dearest use.

In numbers: choose x, y of 0 and 1 to maximise sum of value_i x_i - sum of yearly_g y_g subject to
sum of cost_i x_i + sum of training_g y_g <= budget and x_i <= y_g of its group, where value and
cost of a use in a group are without its training.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from costcurve.core.extras import scipy_module
from costcurve.core.quantities import FloatArray

#: Uses and groups up to which the choice is exact; HiGHS then takes seconds.
EXACT_SIZE = 2000
#: Seconds that the exact solver is given; what it has proved by then counts.
_PATIENCE_S = 30.0
#: By how much a sum of dollars may miss the budget, of it: rounding in float64.
_ROUNDING = 1e-12
#: Steps of the search for the price of a dollar of the budget: each halves its interval.
_HALVINGS = 100
#: Largest value in the exact solver: its absolute tolerance of 1e-6 is then a billionth of it.
_SCALE = 1e3
#: Groups that are tried as a whole once the price of the budget is found.
_MOST_GROUPS = 200
#: Points of the efficient frontier.
_FRONTIER = 60


@dataclass(frozen=True)
class Uses:
    """Uses that may be funded.

    Attributes
    ----------
    value_usd : ndarray of shape (uses,)
        Expected net of a year; of a use in a group, without its training.
    cost_usd : ndarray of shape (uses,)
        Paid before the first prediction, at least 0; of a use in a group, without its training.
    group : ndarray of int of shape (uses,)
        Place of the group, -1 without one.
    yearly_usd, training_usd : ndarray of shape (groups,)
        What the group's training costs, spread over the years, and at once; at least 0.
    """

    value_usd: FloatArray
    cost_usd: FloatArray
    group: np.ndarray
    yearly_usd: FloatArray
    training_usd: FloatArray

    def worth(self, funded: np.ndarray) -> tuple[float, float]:
        """Return what a choice is worth in a year, and what it takes of the budget, in USD."""
        groups = np.unique(self.group[funded & (self.group >= 0)])
        value = self.value_usd[funded].sum() - self.yearly_usd[groups].sum()
        return float(value), float(self.cost_usd[funded].sum() + self.training_usd[groups].sum())


@dataclass(frozen=True)
class Funding:
    """A choice.

    Attributes
    ----------
    budget_usd : float
        What may be spent.
    funded : ndarray of bool of shape (uses,)
        What is.
    value_usd, spent_usd : float
        What it is worth in a year, and what it takes of the budget.
    bound_usd : float
        What no choice is worth more than.
    is_exact : bool
        Whether it is proved to be the best, but for rounding.
    """

    budget_usd: float
    funded: np.ndarray
    value_usd: float
    spent_usd: float
    bound_usd: float
    is_exact: bool

    @property
    def gap(self) -> float:
        """By how much a better choice could be worth more, as a share of the bound."""
        if self.is_exact or self.bound_usd <= 0.0:
            return 0.0
        return max(0.0, (self.bound_usd - self.value_usd) / self.bound_usd)


def fund(uses: Uses, budget_usd: float, exact_size: int = EXACT_SIZE) -> Funding:
    """Return the choice of uses that is worth most within a budget.

    Parameters
    ----------
    uses : Uses
        To choose among.
    budget_usd : float
        At least 0.
    exact_size : int
        Uses and groups up to which the choice is exact; beyond, it comes with a bound.

    Raises
    ------
    MissingExtraError
        If scipy is not installed, and the exact choice needs it.

    Notes
    -----
    Beyond the exact size: the Lagrangian dual prices a dollar of the budget at lambda and chooses
    every use and group that is worth its price; the price with the lowest bound is found by
    halving, and as the parts of that problem have whole solutions anyway, the bound is that of the
    linear relaxation (Geoffrion 1974, Lagrangean relaxation for integer programming). What is left
    of the budget is filled by value for a dollar. Within the exact size: HiGHS by
    scipy.optimize.milp.
    """
    everything = _at_price(uses, 0.0)
    value, spent = uses.worth(everything)
    if spent <= budget_usd:
        return Funding(budget_usd, everything, value, spent, value, is_exact=True)
    bound, price = _relaxed(uses, budget_usd)
    funded = _filled(uses, price, budget_usd)
    value, spent = uses.worth(funded)
    found = Funding(budget_usd, funded, value, spent, max(bound, value), is_exact=False)
    if len(uses.value_usd) + len(uses.training_usd) > exact_size:
        return found
    return _exact(uses, found)


def frontier(uses: Uses, most: int = _FRONTIER) -> list[dict[str, float]]:
    """Return what budgets are worth: rows of `budget_usd`, `net_usd` and `uses`.

    Every row is the best choice for what it spends (Everett 1963, Generalized Lagrange multiplier
    method): between two of them lie budgets whose best choice is not on this line, and below it by
    less than one use.
    """
    low, high = _prices(uses)
    prices = np.concatenate([[0.0], np.geomspace(low, high, most)]) if high > 0.0 else [0.0]
    rows: dict[float, dict[str, float]] = {}
    for price in prices:
        funded = _at_price(uses, float(price))
        value, spent = uses.worth(funded)
        rows[spent] = {"budget_usd": spent, "net_usd": value, "uses": float(funded.sum())}
    return [rows[spent] for spent in sorted(rows)]


def _prices(uses: Uses) -> tuple[float, float]:
    """Return the lowest and the highest value for a dollar among the uses."""
    can = (uses.value_usd > 0.0) & (uses.cost_usd > 0.0)
    ratios = uses.value_usd[can] / uses.cost_usd[can]
    if not ratios.size:
        return 0.0, 0.0
    return float(ratios.min()), float(ratios.max())


def _at_price(uses: Uses, price: float) -> np.ndarray:
    """Return what is worth funding where a dollar of the budget is priced."""
    gain = uses.value_usd - price * uses.cost_usd
    chosen = gain > 0.0
    groups = len(uses.training_usd)
    if groups:
        is_in = chosen & (uses.group >= 0)
        of_groups = np.bincount(uses.group[is_in], gain[is_in], groups)
        opens = of_groups > uses.yearly_usd + price * uses.training_usd
        chosen &= (uses.group < 0) | opens[uses.group]
    return chosen


def _relaxed(uses: Uses, budget_usd: float) -> tuple[float, float]:
    """Return the lowest bound that a price of the budget gives, and that price.

    It is so high that what is worth it keeps to the budget.
    """
    low, high = 0.0, 1.0
    while uses.worth(_at_price(uses, high))[1] > budget_usd:
        low, high = high, 2.0 * high
    bounds = []
    for _ in range(_HALVINGS):
        price = 0.5 * (low + high)
        if not low < price < high:
            break
        value, spent = uses.worth(_at_price(uses, price))
        bounds.append(value + price * (budget_usd - spent))
        low, high = (price, high) if spent > budget_usd else (low, price)
    for price in (low, high):
        value, spent = uses.worth(_at_price(uses, price))
        bounds.append(value + price * (budget_usd - spent))
    return min(bounds), high


def _filled(uses: Uses, price: float, budget_usd: float) -> np.ndarray:
    """Return what is worth the price of the budget, and what else still fits, best for a dollar.

    First groups that are closed, each as a whole; then single uses, of open groups and without one.
    """
    funded = _at_price(uses, price)
    for members in _closed_groups(uses, funded, price):
        more = funded.copy()
        more[members] = True
        value, spent = uses.worth(more)
        if spent <= budget_usd and value > uses.worth(funded)[0]:
            funded = more
    is_open = np.zeros(len(uses.training_usd) + 1, dtype=bool)
    is_open[uses.group[funded]] = True
    is_open[-1] = True  # where the place -1 of uses without a group leads
    can = np.flatnonzero(~funded & is_open[uses.group] & (uses.value_usd > 0.0))
    with np.errstate(divide="ignore"):
        order = can[np.argsort(-uses.value_usd[can] / uses.cost_usd[can], kind="stable")]
    left = budget_usd - uses.worth(funded)[1]
    while len(order) and left > 0.0:
        order = order[uses.cost_usd[order] <= left]
        total = np.cumsum(uses.cost_usd[order])
        fits = int(np.searchsorted(total, left, side="right"))
        if not fits:
            break
        funded[order[:fits]] = True
        left -= float(total[fits - 1])
        order = order[fits:]
    return _within(uses, funded, budget_usd)


def _closed_groups(uses: Uses, funded: np.ndarray, price: float) -> list[np.ndarray]:
    """Return the members worth their price of groups that are not funded, best first."""
    groups = len(uses.training_usd)
    if not groups:
        return []
    is_member = (uses.group >= 0) & (uses.value_usd > price * uses.cost_usd)
    is_open = np.zeros(groups, dtype=bool)
    is_open[uses.group[funded & (uses.group >= 0)]] = True
    members = np.flatnonzero(is_member & ~is_open[uses.group])
    members = members[np.argsort(uses.group[members], kind="stable")]
    starts = np.flatnonzero(np.diff(uses.group[members], prepend=-1))
    parts = np.split(members, starts[1:]) if len(members) else []

    def short_of_its_price(part: np.ndarray) -> float:
        group = uses.group[part[0]]
        value = uses.value_usd[part].sum() - uses.yearly_usd[group]
        return float(price * (uses.cost_usd[part].sum() + uses.training_usd[group]) - value)

    return sorted(parts, key=short_of_its_price)[:_MOST_GROUPS]


def _within(uses: Uses, funded: np.ndarray, budget_usd: float) -> np.ndarray:
    """Return a choice that keeps to the budget: what is worth least for a dollar leaves first."""
    while uses.worth(funded)[1] > budget_usd * (1.0 + _ROUNDING):
        places = np.flatnonzero(funded & (uses.cost_usd > 0.0))
        worst = places[np.argmin(uses.value_usd[places] / uses.cost_usd[places])]
        funded[worst] = False
    return funded


def _exact(uses: Uses, known: Funding) -> Funding:
    """Return the best choice by HiGHS; the known one where that is as good."""
    optimize, sparse = (
        scipy_module(name, "an exact choice of what to fund", "portfolio")
        for name in ("optimize", "sparse")
    )
    gain = np.concatenate([uses.value_usd, -uses.yearly_usd])
    cost = np.concatenate([uses.cost_usd, uses.training_usd])
    # What alone breaks the budget is left out, so that no share of it is above 1.
    can = cost <= known.budget_usd
    shares = np.where(can, cost, 0.0) / max(known.budget_usd, float(np.finfo(np.float64).tiny))
    limits = [optimize.LinearConstraint(shares[None], ub=1.0)]
    if len(uses.training_usd):
        limits.append(optimize.LinearConstraint(_opens(uses, sparse), ub=0.0))
    scale = _SCALE / float(np.abs(gain).max())
    solved = optimize.milp(
        -gain * scale,
        constraints=limits,
        bounds=optimize.Bounds(0.0, can.astype(np.float64)),
        integrality=np.ones(len(gain)),
        options={"mip_rel_gap": 0.0, "time_limit": _PATIENCE_S},
    )
    if solved.x is None:
        return known
    chosen = solved.x[: len(uses.value_usd)] > 0.5
    funded = _within(uses, chosen.copy(), known.budget_usd)
    value, spent = uses.worth(funded)
    if value < known.value_usd:
        funded, value, spent = known.funded, known.value_usd, known.spent_usd
    bound = known.bound_usd
    if solved.mip_dual_bound is not None:
        bound = min(bound, -float(solved.mip_dual_bound) / scale)
    # A choice that had to be mended is a good one, and no longer the one that was proved.
    is_exact = bool(solved.status == 0 and np.array_equal(funded, chosen))
    return Funding(known.budget_usd, funded, value, spent, max(bound, value), is_exact)


def _opens(uses: Uses, sparse: Any) -> Any:
    """Return x_i - y_g of every use in a group, as a matrix of (uses, uses and groups)."""
    members = np.flatnonzero(uses.group >= 0)
    rows, size = np.arange(len(members)), len(uses.value_usd)
    signs = np.concatenate([np.ones(len(members)), -np.ones(len(members))])
    places = np.concatenate([members, size + uses.group[members]])
    shape = (len(members), size + len(uses.training_usd))
    return sparse.csr_array((signs, (np.concatenate([rows, rows]), places)), shape=shape)
