"""What a pilot is worth before it is made: the value of the decision with it, less that without.

A pilot measures the task's error with a few examples. It says something of the error of the plan
as far as runs on one task share their scatter. Its outcomes are put into bins; a draw of everything
that is uncertain belongs to each bin with the probability that a pilot of its task ends there. What
is best in each bin is chosen by half of the draws and judged by the others, and a value that its
own scatter explains is none; so a decision that no outcome would change is worth nothing
(preposterior analysis: Raiffa and Schlaifer 1961, Applied Statistical Decision Theory).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from costcurve.core.quantities import FloatArray, normal_cdf
from costcurve.decisions.pilots import pilots_of, setting_of
from costcurve.decisions.plans import Plans
from costcurve.decisions.worth_case import WorthCase
from costcurve.decisions.worth_graph import WorthGraph
from costcurve.laws.odds import PIVOT

if TYPE_CHECKING:
    from costcurve.laws import Law
    from costcurve.laws.belief import Belief, Runs, Scale

#: Bins of a pilot's outcome, of equal probability but for the tasks' own scatter.
_BINS = 48
_SD = 4.0
#: Sizes that are looked at, and the least scatter of a run.
_SIZES, _LEAST_SD = 12, 1e-9
_LEAST_ERROR = 1e-12
#: A value below so many of its standard errors over the draws is taken for none.
_ERRORS = 2.0
#: Share of the largest value at stake that rounding may leave.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class PilotOutcome:
    """What a pilot of some size measures, draw by draw.

    Attributes
    ----------
    examples : float
        Its size.
    middle : ndarray of shape (draws,)
        What it is expected to measure for the task of each draw, on the scale of the law.
    sd : float
        How a single run scatters around that, above 0.
    """

    examples: float
    middle: FloatArray
    sd: float

    def shares(self) -> FloatArray:
        """Return the probability of each bin of outcomes, of shape (bins, draws)."""
        low, high = self.middle.min() - _SD * self.sd, self.middle.max() + _SD * self.sd
        ends = np.linspace(low, high, _BINS + 1)[:, None]
        below = np.asarray(normal_cdf((ends - self.middle) / self.sd))
        below[0], below[-1] = 0.0, 1.0
        return np.diff(below, axis=0)


@dataclass(frozen=True)
class Pilot:
    """A pilot, and what it is worth.

    Attributes
    ----------
    examples : float
        Trained on, those held among them.
    new_examples : float
        That must be labelled for it.
    outlay_usd : float
        Paid for it at once: its new labels, its training, and what is fixed.
    horizon_years : float
        Over which the decision is valued.
    value_of_information_usd : float
        By how much the decision gets better, in dollars of today, at least 0.
    cost_usd : float
        What of that is expected to be lost: its training, what is fixed, and the labels that no
        plan takes if it stops.
    probability_of_stopping : float
        That its outcome speaks for another way or none, 0 to 1.
    """

    examples: float
    new_examples: float
    outlay_usd: float
    horizon_years: float
    value_of_information_usd: float
    cost_usd: float
    probability_of_stopping: float

    @property
    def new_in_words(self) -> str:
        """How many of its examples are new: none, all of them, or a number."""
        if self.new_examples < 1.0:
            return "none"
        is_all = self.new_examples >= self.examples * (1.0 - _ROUNDING)
        return "all" if is_all else f"{self.new_examples:,.0f}"

    @property
    def net_usd(self) -> float:
        """Value of the information less what it costs."""
        return self.value_of_information_usd - self.cost_usd


@dataclass(frozen=True)
class Believed:
    """What a law believes of a task before the pilot.

    Attributes
    ----------
    belief : Belief
        In one row.
    scale : Scale
        On which its curve is straight.
    sizes : pair of float
        Fewest and most examples of a pilot: those that the law has seen, but at least one of each
        class, since a class that is not shown is not learnt.
    """

    belief: Belief
    scale: Scale
    sizes: tuple[float, float]

    @property
    def knee(self) -> float:
        """Examples from which the plan's own line begins; 1 where the law has but one."""
        return float(10.0 ** np.ravel(self.belief.knee)[0])

    def outcome(self, graph: WorthGraph, examples: float) -> PilotOutcome:
        """Return what a pilot measures.

        A draw has a slope, and a level at the pivot, where both are uncorrelated; the level is that
        of the task and the scatter of the plan's own run together. A pilot shares the slope and
        the task's level, and has a scatter of its own.
        """
        (level, across), (_, steep) = self.belief.covariance[0].tolist()
        pivot = -across / steep if steep > 0.0 else 0.0
        of_task, of_run = level + across * pivot, float(self.belief.noise_sd[0]) ** 2
        at_pivot, a_decade_on = (
            self._away(graph, 10.0 ** (PIVOT + pivot + decades)) for decades in (0.0, 1.0)
        )
        slope = a_decade_on - at_pivot if steep > 0.0 else np.zeros_like(at_pivot)
        shared = of_task / max(of_task + of_run, _LEAST_SD**2)
        middle = float(self.belief.at(np.array([examples]))[0][0])
        middle_of_draws = middle + shared * at_pivot + (np.log10(examples) - PIVOT - pivot) * slope
        variance = of_task * (1.0 - shared) + of_run
        return PilotOutcome(examples, middle_of_draws, max(float(np.sqrt(variance)), _LEAST_SD))

    def _away(self, graph: WorthGraph, examples: float) -> FloatArray:
        """Return how far each draw lies from what is expected, on the scale of the law."""
        # Not the achievable error, which is cut off at 1.
        errors = np.maximum(graph.draws("predicted_error", examples)[0], _LEAST_ERROR)
        expected = float(self.belief.at(np.array([examples]))[0][0])
        return np.ravel(self.scale.of(errors)) - expected


def belief_of(case: WorthCase, law: Law, runs: Runs | None = None) -> Believed:
    """Return what a law believes of a case's task, the runs on it seen."""
    setting = setting_of(case.task)
    scale, belief = law.scale(setting), law.belief(setting)
    seen = pilots_of(case.task, runs)
    believed = belief if seen is None else belief.after(seen, scale)
    fewest, most = law.card.range.examples
    classes = float(np.exp(setting.class_entropy_nats[0]))
    return Believed(believed, scale, (max(fewest, classes), most))


def cautions_of_pilot(
    pilot: Pilot | None, case: WorthCase, runs: Runs | None = None
) -> tuple[str, ...]:
    """Return why a pilot may be worth its cost beside runs that were made; nothing without any.

    Parameters
    ----------
    pilot : Pilot, optional
        The one that is worth most, if one was looked for.
    case : WorthCase
        Whose task may describe a run.
    runs : Runs, optional
        More runs on the task, in one row.
    """
    seen = pilots_of(case.task, runs)
    if seen is None or pilot is None or pilot.value_of_information_usd == 0.0:
        return ()
    words = "The best pilot is a further run, beside those that were given"
    if pilot.examples < seen.examples.max():
        words += (
            ". It may be a smaller one, on a part of the examples in hand: runs of different sizes "
            "tell how fast the error falls, which runs of one size do not"
        )
    return (f"{words}.",)


def best_pilot(graph: WorthGraph, believed: Believed, plans: Plans, fixed_usd: float) -> Pilot:
    """Return the pilot that is worth most, its cost paid.

    A pilot lies on the line that the plan lies on. Before the knee the curve of a task is another
    line, and the law takes the bend between both as known and the same for every task; so short a
    run would seem to tell more of the plan than it does.

    Parameters
    ----------
    graph : WorthGraph
        With draws.
    believed : Believed
        What is believed of the task.
    plans : Plans
        To decide among, and what can be done without the network.
    fixed_usd : float
        What any pilot costs beside labels and training.
    """
    fewest, most = believed.sizes
    most = min(most, plans.span.most)
    planned = float(plans.examples[plans.values_usd.mean(axis=1).argmax()])
    fewest = min(max(fewest, min(believed.knee, planned)), most)
    tried = []
    for size in np.geomspace(fewest, most, _SIZES if most > fewest else 1).tolist():
        run_usd = fixed_usd + graph.mean("training_cost_usd", size)
        label_usd = graph.mean("usd_per_example", size)
        outcome = believed.outcome(graph, size)
        tried.append(pilot_value(outcome, plans, run_usd, label_usd))
    return max(tried, key=lambda each: each.net_usd)


def pilot_value(outcome: PilotOutcome, plans: Plans, run_usd: float, label_usd: float) -> Pilot:
    """Return what a pilot is worth, its own test taken as large.

    Parameters
    ----------
    outcome : PilotOutcome
        What it measures.
    plans : Plans
        To decide among, and what can be done without the network.
    run_usd : float
        What the pilot costs beside its labels.
    label_usd : float
        Price of an example.
    """
    options = np.concatenate([plans.values_usd, plans.others_usd])
    shares = outcome.shares()
    # By chance: neighbours of a low-discrepancy sequence lie in opposite halves of the space.
    is_first = np.random.default_rng(0).permutation(options.shape[1]) % 2 == 0
    alone = options[int(options.mean(axis=1).argmax())]
    halves = [_judged(options - alone, shares, learn) for learn in (is_first, ~is_first)]
    gain = np.concatenate([each.gain_usd for each in halves])
    of_bins = shares.mean(axis=1)
    stops, lost = 0.0, 0.0
    for each in halves:
        goes_on = each.choice < len(plans.examples)
        # Labels beyond what the plan takes are lost.
        taken = np.where(goes_on, plans.examples[np.where(goes_on, each.choice, 0)], 0.0)
        spare = np.maximum(outcome.examples - np.maximum(taken, plans.span.held), 0.0)
        stops += float(of_bins @ ~goes_on) / len(halves)
        lost += float(of_bins @ spare) / len(halves)
    least = max(
        _ERRORS * float(gain.std()) / float(np.sqrt(gain.size)),
        _ROUNDING * float(np.abs(plans.values_usd).max()),
    )
    information = float(gain.mean())
    new_examples = max(outcome.examples - plans.span.held, 0.0)
    return Pilot(
        examples=outcome.examples,
        new_examples=new_examples,
        outlay_usd=run_usd + label_usd * new_examples,
        horizon_years=plans.horizon_years,
        value_of_information_usd=information if information > least else 0.0,
        cost_usd=run_usd + label_usd * lost,
        probability_of_stopping=stops,
    )


@dataclass(frozen=True)
class _Judged:
    """What is chosen for each bin of outcomes by half of the draws, judged by the others.

    Attributes
    ----------
    choice : ndarray of shape (bins,)
        Rows of the options.
    gain_usd : ndarray of shape (draws / 2,)
        What that is worth.
    """

    choice: np.ndarray
    gain_usd: FloatArray


def _judged(options: FloatArray, shares: FloatArray, learn: np.ndarray) -> _Judged:
    """Return choices and what they gain, of options over the one that is best without a pilot.

    Judged by the draws that they were chosen by, the best of many plans would look better than it
    is, and a pilot that measures nothing would be worth something.
    """
    choice = (shares[:, learn] @ options[:, learn].T).argmax(axis=1)
    gain = np.einsum("bd,bd->d", shares[:, ~learn], options[choice][:, ~learn])
    return _Judged(choice, gain)
