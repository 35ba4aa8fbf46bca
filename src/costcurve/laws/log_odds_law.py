"""The log-odds law in numbers: what it believes of tasks, and what runs on them teach it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from types import ModuleType

import numpy as np

from costcurve.core.draws import STANDARD_NORMAL
from costcurve.core.quantities import Bounds, FloatArray, Input
from costcurve.laws import log_odds
from costcurve.laws.belief import Belief, OddsScale, Runs, Scale
from costcurve.laws.cap import log10_examples_cap
from costcurve.laws.log_odds_card import COEFFICIENTS, TASK_SETS, LogOddsCard, Scatter
from costcurve.laws.setting import Setting

#: The coefficients of the level, and of the slope; that of the bend comes last.
LEVEL, SLOPE = COEFFICIENTS[:7], COEFFICIENTS[7:9]

_SPECIALIZED = ("coef_specialized", "coef_pretrained_specialized")
_MEDIAN = "0 is the median; -1.645 and 1.645 bound 90 % of tasks"


def level_design(setting: Setting) -> FloatArray:
    """Return what the level's coefficients are multiplied by, of shape (rows, coefficients)."""
    sizes = log_odds.log10_classes(setting.class_entropy_nats)
    return np.stack(
        [
            log_odds.curve_level(
                **{each: float(each == name) for each in LEVEL},
                pretrained=setting.pretrained,
                log10_classes=sizes,
                specialized=setting.specialized,
                structured=setting.structured,
                level_from_pilots=np.zeros(len(setting)),
            )
            for name in LEVEL
        ],
        axis=1,
    )


def slope_design(setting: Setting) -> FloatArray:
    """Return what the slope's coefficients are multiplied by, of shape (rows, coefficients)."""
    return np.stack(
        [
            log_odds.curve_slope(
                **{each: float(each == name) for each in SLOPE},
                structured=setting.structured,
                slope_from_pilots=np.zeros(len(setting)),
            )
            for name in SLOPE
        ],
        axis=1,
    )


class LogOddsLaw:
    """A log-odds law with the coefficients of a card.

    Parameters
    ----------
    card : LogOddsCard
        The coefficients and what is known of them.
    """

    #: The functions that compute it, for a graph of quantities.
    module: ModuleType = log_odds
    #: Whether the group of the images is an input.
    asks_for_the_group = True

    def __init__(self, card: LogOddsCard) -> None:
        self.card = card

    def scale(self, setting: Setting) -> Scale:
        """Return the scale on which the curves of tasks are straight."""
        return OddsScale(np.asarray(log_odds.chance_error(setting.class_entropy_nats)))

    def belief(self, setting: Setting) -> Belief:
        """Return what the law believes of tasks before any run on them."""
        levels, slopes = level_design(setting), slope_design(setting)
        first, second = slice(len(LEVEL)), slice(len(LEVEL), len(LEVEL) + len(SLOPE))
        of_levels, across, of_slopes = (
            self._covariance[pair] for pair in ((first, first), (first, second), (second, second))
        )
        covariance = np.empty((len(setting), 2, 2))
        covariance[:, 0, 0] = np.einsum("ri,ij,rj->r", levels, of_levels, levels)
        covariance[:, 0, 1] = np.einsum("ri,ij,rj->r", levels, across, slopes)
        covariance[:, 1, 0] = covariance[:, 0, 1]
        covariance[:, 1, 1] = np.einsum("ri,ij,rj->r", slopes, of_slopes, slopes)
        scatter = {name: self._of_group(name, setting) for name in Scatter.model_fields}
        covariance[:, 0, 0] += scatter["level"] + scatter["level_of_setup"] + scatter["study"]
        covariance[:, 0, 0] += self._unknown_group(setting)
        covariance[:, 1, 1] += scatter["slope"] + scatter["slope_of_setup"]
        mean = np.stack([levels @ self._values[first], slopes @ self._values[second]], axis=1)
        sizes = log_odds.log10_classes(setting.class_entropy_nats)
        knee = np.asarray(log_odds.log10_knee(sizes, self.card.knee_examples_per_class))
        bend = np.asarray(log_odds.curve_bend(self._values[-1], setting.structured))
        return Belief(mean, covariance, np.sqrt(scatter["run"]), knee, bend)

    def inputs(self, setting: Setting, runs: Runs | None = None) -> list[Input]:
        """Return the law of one task as inputs of a graph.

        Parameters
        ----------
        setting : Setting
            One row.
        runs : Runs, optional
            Runs on the task, in one row.
        """
        before = self.belief(setting)
        after = before if runs is None else before.after(runs, self.scale(setting))
        return [
            *self._coefficients(),
            *self._of_the_task(before, after, runs),
            replace(
                Input.of("slope_z", 0.0, "1", "Scatter around the law's slope", _MEDIAN),
                spread=STANDARD_NORMAL,
            ),
            log10_examples_cap(),
        ]

    def _coefficients(self) -> list[Input]:
        card = f"law card {self.card.id}: {self.card.cite}"
        found = [
            Input.of(name, each.value, "1", each.label, f"{card}, standard error {error:.2g}")
            for name, each in self.card.coefficients.items()
            for error in (each.standard_error,)
        ]
        knee = Input.of(
            "knee_examples_per_class",
            self.card.knee_examples_per_class,
            "example",
            "Examples of each class beyond which more help less",
            card,
            Bounds(above=0.0),
        )
        return [*found, knee]

    def of_tasks(self, setting: Setting) -> dict[str, FloatArray]:
        """Return what differs from task to task, each of shape (rows,): no runs on them are seen.

        Parameters
        ----------
        setting : Setting
            The tasks.

        Returns
        -------
        dict of str to ndarray
            By the names of inputs of the graph.
        """
        before = self.belief(setting)
        return _of_beliefs(before, before)

    def _of_the_task(self, before: Belief, after: Belief, runs: Runs | None) -> list[Input]:
        """Return what runs have taught, and what is left to scatter."""
        told = "no run" if runs is None else f"errors of {runs.in_words()}"
        source = f"law card {self.card.id}, and of the user's own: {told}"
        above = Bounds(above=0.0)
        about = {
            "level_from_pilots": ("What runs on the task add to the level", Bounds()),
            "slope_from_pilots": ("What runs on the task add to the slope", Bounds()),
            "decades_to_pivot": (
                "Decades from 1,000 examples to where level and slope are uncorrelated",
                Bounds(),
            ),
            "level_sd": ("Scatter of tasks in level, in decades of the odds", above),
            "slope_sd": ("Scatter of tasks in slope", above),
        }
        return [
            Input.of(name, values[0], "1", label, source, bounds)
            for name, values in _of_beliefs(before, after).items()
            for label, bounds in (about[name],)
        ]

    @cached_property
    def _values(self) -> FloatArray:
        return np.array([self.card.coefficients[name].value for name in COEFFICIENTS])

    @cached_property
    def _covariance(self) -> FloatArray:
        return np.array(self.card.covariance)

    def _of_group(self, name: str, setting: Setting) -> FloatArray:
        """Return a variance of the scatter for the group of each row."""
        photographs, structured = (
            getattr(self.card.scatter[each], name) ** 2 for each in TASK_SETS
        )
        return np.asarray(photographs + (structured - photographs) * setting.structured)

    def _unknown_group(self, setting: Setting) -> FloatArray:
        """Return the variance of the level where it is not known what images there are."""
        places = [COEFFICIENTS.index(name) for name in _SPECIALIZED]
        own = np.stack([np.ones(len(setting)), setting.pretrained], axis=1)
        apart = own @ self._values[places]
        unsure = np.einsum("ri,ij,rj->r", own, self._covariance[np.ix_(places, places)], own)
        return np.asarray(setting.specialized * (1.0 - setting.specialized) * (apart**2 + unsure))


def _of_beliefs(before: Belief, after: Belief) -> dict[str, FloatArray]:
    """Return what runs have taught and what is left to scatter, in the order of the inputs."""
    (level, across), (_, steep) = np.moveaxis(after.covariance, 0, -1)
    taught = (after.mean - before.mean).T
    return {
        "level_from_pilots": taught[0],
        "slope_from_pilots": taught[1],
        "decades_to_pivot": -across / steep,
        "level_sd": np.sqrt(level - across**2 / steep + after.noise_sd**2),
        "slope_sd": np.sqrt(steep),
    }
