"""Figure 1 of Thompson et al. (2020) beside the simulation: a stored run, or a fresh one.

The run takes ten minutes on two processors, so its rows are stored with the command that made them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cache
from math import exp, log, log10
from pathlib import Path
from typing import Any

import numpy as np

from costcurve._version import __version__
from costcurve.core.files import packaged_text
from costcurve.core.vocabulary import Status
from costcurve.studies.artifacts import Artifact
from costcurve.studies.flexible_figures import artifacts as figures
from costcurve.studies.flexible_models import REFERENCE_SAMPLES, Simulated, Simulation, simulate
from costcurve.studies.flexible_theory import (
    World,
    expert_mean_error,
    expert_plateau,
    flexible_as_good_as_oracle,
    flexible_performance,
    oracle_performance,
)
from costcurve.studies.reproduction import Item

TITLE = "Thompson et al. (2020), Figure 1: what flexibility costs"
STORED = "flexible-models-2026-11.json"
#: Page 6 of the paper: samples for the performance that the oracle has at 15.
_FLEXIBLE, _LASSO = 1500.0, 175.0
#: What the paper does not state, one at a time; on few samples, where the Lasso's answer lies.
_SHORT = tuple(n for n in Simulation().samples if n <= 250)
VARIANTS = {
    "noise a third": {"noise_sd": 1.0 / 3.0},
    "noise twice": {"noise_sd": 2.0},
    "normal coefficients": {"coefficients": "normal"},
}
_VARIANT_REPETITIONS = 300
_SAMPLES, _PERFORMANCE = "sample", "-log10(error)"


@dataclass(frozen=True)
class Run:
    """What a run of the figure left.

    Attributes
    ----------
    simulation : dict
        What was simulated.
    rows, crossings, penalties : list of dict
        As of `Simulated`; `penalties` where the Lasso crosses with each penalty alone.
    variants : list of dict
        Where the Lasso crosses with other noise and coefficients.
    command, costcurve : str
        What made it.
    """

    simulation: dict[str, Any]
    rows: list[dict[str, Any]]
    crossings: list[dict[str, Any]]
    penalties: list[dict[str, Any]]
    variants: list[dict[str, Any]]
    command: str
    costcurve: str

    @property
    def world(self) -> World:
        """Return the model that the data came from."""
        given = self.simulation
        nonzero = given["nonzero"]
        return World(given["dimensions"], nonzero, given["noise_sd"], float(nonzero))

    def json(self) -> str:
        """Return it as it is stored."""
        return json.dumps(asdict(self), indent=1) + "\n"


@cache
def stored() -> Run:
    """Return the stored run."""
    text = packaged_text("studies", STORED)
    return Run(**json.loads(text))


def run(
    *,
    workers: int | None = None,
    folder: Path | None = None,
    report: Callable[[int, int], None] | None = None,
) -> Run:
    """Return a fresh run; the parameters are as of `simulate`."""
    main = Simulation()
    result = _simulated(main, "figure", workers, folder, report)
    variants = []
    for name, changed in VARIANTS.items():
        given = replace(
            main,
            samples=_SHORT,
            models=("oracle", "lasso"),
            repetitions=_VARIANT_REPETITIONS,
            **changed,  # type: ignore[arg-type]
        )
        found = _simulated(given, name.replace(" ", "-"), workers, folder, report).crossings()
        (crossing,) = [each for each in found if each["model"] == "lasso"]
        variants.append({"variant": name, "n": crossing["n"], "se": crossing["se"]})
    return Run(
        simulation=json.loads(json.dumps(asdict(main))),
        rows=result.rows(),
        crossings=result.crossings(),
        penalties=result.penalty_crossings(),
        variants=variants,
        command="costcurve reproduce flexible-models --full --out DIR",
        costcurve=__version__,
    )


def _simulated(
    given: Simulation,
    name: str,
    workers: int | None,
    folder: Path | None,
    report: Callable[[int, int], None] | None,
) -> Simulated:
    kept = None if folder is None else folder / name
    return simulate(given, workers=workers, folder=kept, report=report)


def items(found: Run | None = None) -> list[Item]:
    """Return the figure's printed numbers beside those of a run; by default the stored one."""
    result = found or stored()
    return [
        _flexible(result),
        _lasso(result),
        _penalty(result),
        _expert(result),
        *_closed_forms(result),
        *_overtaking(result),
        *_variants(result),
    ]


def _crossing(result: Run, model: str, reference: str) -> tuple[float, float]:
    (found,) = [
        each
        for each in result.crossings
        if (each["model"], each["reference"]) == (model, reference)
    ]
    return float(found["n"]), float(found["se"])


def _flexible(result: Run) -> Item:
    n, se = _crossing(result, "flexible", f"oracle at {REFERENCE_SAMPLES}")
    by_mean, by_log = flexible_as_good_as_oracle(result.world, REFERENCE_SAMPLES)
    low, high = sorted((by_mean, by_log))
    inside = low <= _FLEXIBLE <= high
    reason = (
        f"standard error {se:.1f}; in closed form {by_mean:,.0f} by the mean error and "
        f"{by_log:,.0f} by the mean of its logarithm, which the paper plots; the printed number "
        f"lies {'between' if inside else 'outside'} them"
    )
    status = Status.WITHIN_ROUNDING if inside else Status.DIFFERS
    return Item("figure1.flexible.samples", _FLEXIBLE, round(n), status, reason, _SAMPLES)


def _lasso(result: Run) -> Item:
    n, se = _crossing(result, "lasso", f"oracle at {REFERENCE_SAMPLES}")
    reason = (
        f"with the best of the penalties at every size, standard error {se:.1f}; the paper states "
        "neither penalty nor noise; see the penalty that would give 175"
    )
    status = Status.REPRODUCED if abs(n - _LASSO) <= 0.5 else Status.DIFFERS
    return Item("figure1.lasso.samples", _LASSO, round(n, 1), status, reason, _SAMPLES)


def _penalty(result: Run) -> Item:
    """Return the multiple of the universal penalty whose Lasso needs the printed samples."""
    known = [each for each in result.penalties if each["n"] is not None]
    known.sort(key=lambda each: each["n"])
    sizes = [log(each["n"]) for each in known]
    multiples = [log(each["penalty_multiple"]) for each in known]
    name, unit = "figure1.lasso.penalty", "sigma sqrt(2 log d / n)"
    if not sizes[0] <= log(_LASSO) <= sizes[-1]:
        reason = "none of the penalties tried gives the printed 175"
        return Item(name, None, None, Status.NOT_PRINTED, reason, unit)
    # From the side of the larger penalties: small ones need more samples again.
    ours = exp(float(np.interp(log(_LASSO), *_rising(sizes, multiples))))
    each = ", ".join(f"{row['penalty_multiple']:.2f}: {row['n']:.0f}" for row in known)
    reason = f"this multiple would need the printed 175 samples; multiple and samples: {each}"
    return Item(name, None, round(ours, 2), Status.NOT_PRINTED, reason, unit)


def _rising(sizes: list[float], multiples: list[float]) -> tuple[list[float], list[float]]:
    """Return the branch on which more penalty needs more samples."""
    best = int(np.argmin(sizes))
    pairs = sorted(
        (size, multiple)
        for size, multiple in zip(sizes, multiples, strict=True)
        if multiple >= multiples[best]
    )
    return [size for size, _ in pairs], [multiple for _, multiple in pairs]


def _rows_of(result: Run, model: str) -> list[dict[str, Any]]:
    return [row for row in result.rows if row["model"] == model]


def _expert(result: Run) -> Item:
    last = _rows_of(result, "expert")[-1]
    plateau = expert_plateau(result.world)
    exact = -log10(expert_mean_error(result.world, last["n"]))
    reason = (
        f"at {last['n']:,} samples; one coefficient of {result.world.nonzero} is never learnt, so "
        f"theory says {plateau:.3f} in the end, and {exact:.3f} here by the mean error"
    )
    ours = round(last["performance_mean"], 3)
    return Item("figure1.expert.plateau", None, ours, Status.NOT_PRINTED, reason, _PERFORMANCE)


def _closed_forms(result: Run) -> list[Item]:
    """Return how far simulated means lie from closed forms, in standard errors."""
    found = []
    for model, exact in (("oracle", oracle_performance), ("flexible", flexible_performance)):
        away = [
            (row["performance_mean"] - exact(result.world, row["n"])) / row["performance_se"]
            for row in _rows_of(result, model)
            if np.isfinite(exact(result.world, row["n"]))
        ]
        worst = max(away, key=abs)
        reason = (
            f"largest distance from the closed form over {len(away)} sizes, in standard errors; "
            "one data set grows along the grid, so that sizes are not independent"
        )
        name = f"figure1.{model}.closed_form"
        found.append(Item(name, None, round(worst, 2), Status.NOT_PRINTED, reason, "se"))
    return found


def _overtaking(result: Run) -> list[Item]:
    found = []
    for model in ("flexible", "lasso"):
        n, se = _crossing(result, model, "expert")
        reason = f"from here on better than the expert, standard error {se:.1f}"
        name = f"figure1.{model}.overtakes_expert"
        found.append(Item(name, None, round(n, 1), Status.NOT_PRINTED, reason, _SAMPLES))
    return found


def _variants(result: Run) -> list[Item]:
    found = []
    for each in result.variants:
        name = f"figure1.lasso.samples.{each['variant'].replace(' ', '-')}"
        ours = None if each["n"] is None else round(each["n"], 1)
        error = "" if each["se"] is None else f", standard error {each['se']:.1f}"
        reason = f"the same with {each['variant']}, {_VARIANT_REPETITIONS} repetitions{error}"
        found.append(Item(name, None, ours, Status.NOT_PRINTED, reason, _SAMPLES))
    return found


def artifacts(_: list[Item], found: Run | None = None) -> list[Artifact]:
    """Return both panels, the crossings, and the run as it is stored."""
    result = found or stored()
    run_of_it = Artifact("flexible-models", [], text=result.json())
    return [*figures(result.rows, result.crossings, result.world), run_of_it]
