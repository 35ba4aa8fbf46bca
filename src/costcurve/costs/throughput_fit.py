"""The fit of the throughput law: timm's benchmark for architectures, MLPerf for accelerators.

Time per example on the reference accelerator is a x GFLOP + b x million activations, fitted for
each family on logarithms. Other accelerators are carried by powers of their peak, bandwidth and
power, fitted within benchmarks of MLPerf, so that what a benchmark has of its own drops out. What
MLPerf takes beside the plain law is the factor of tuning. Every scale of error is out of sample:
whole architectures, accelerators and benchmarks are left out in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from costcurve.core.draws import FloatArray
from costcurve.core.errors import MissingExtraError
from costcurve.costs.memory_fit import fit_memory
from costcurve.costs.power_fit import fit_power
from costcurve.costs.statistics import factors_of, spread_of, spread_of_few
from costcurve.costs.throughput_card import ANY, CARD
from costcurve.evidence.mlperf import (
    EXAMPLES,
    MODELS,
    POWER,
    RESULTS,
    Submission,
    metered_runs,
    submissions,
)
from costcurve.evidence.registry import find
from costcurve.evidence.timm import (
    ACCELERATOR,
    INFERENCE,
    TRAINING,
    Throughput,
    inference_throughput,
    training_throughput,
)
from costcurve.facts.hardware import ACCELERATORS, AcceleratorFacts
from costcurve.facts.models import ModelFacts, model_table
from costcurve.facts.tables import fold

#: Called with what is being fitted.
Progress = Callable[[str], None]
#: FLOP of a forward pass per multiply-add, and forward passes in a step, by phase.
FLOP_PER_MAC = 2.0
PASSES = {"training": 3.0, "inference": 1.0}
#: Residuals beyond this count ever less: models with a bottleneck of their own.
SOFT = 0.2
#: Within a node of this many accelerators MLPerf shows no loss.
ACCELERATORS_PER_NODE = 8
#: Facts of an accelerator that the law can use, by what is known of it.
KNOWN = (
    ("peak", "bandwidth", "tdp"),
    ("peak", "bandwidth"),
    ("peak", "tdp"),
    ("peak",),
)
_COLUMNS = {
    "peak": "fp16_tflops",
    "bandwidth": "memory_bandwidth_gb_per_s",
    "tdp": "tdp_w",
}
#: Fewer models than this make no family of their own.
_FEWEST_MODELS = 20
#: The accelerator of every metered run.
METERED = "H100 SXM5"
#: Fewer runs than this make no accelerator that was seen.
_FEWEST_RUNS = 5
_START = (np.log(2e-5), np.log(5e-5))


class Fit(NamedTuple):
    """Coefficients with their covariance."""

    values: FloatArray
    covariance: FloatArray


def _least_squares(residuals: Callable[[FloatArray], FloatArray], start: FloatArray) -> Fit:
    try:
        from scipy.optimize import least_squares  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtraError("costcurve fit", "fit") from None
    found = least_squares(residuals, start, loss="soft_l1", f_scale=SOFT)
    scale = 2.0 * found.cost / max(1, len(found.fun) - len(found.x))
    covariance = np.linalg.pinv(found.jac.T @ found.jac) * scale
    return Fit(found.x, covariance)


def _medians(errors: FloatArray, groups: NDArray[np.str_]) -> list[float]:
    return [float(np.median(errors[groups == name])) for name in sorted(set(groups))]


def _spread_of_unseen(errors: FloatArray, groups: NDArray[np.str_]) -> float:
    """Return the scale for an accelerator that was not seen.

    Runs are mostly on a few accelerators that are much alike, while each accelerator by itself
    counts odd ones of a single run in full: the root mean square of both scales is taken.
    """
    by_runs, by_groups = spread_of(errors), spread_of_few(_medians(errors, groups))
    return float(np.sqrt((by_runs**2 + by_groups**2) / 2.0))


# --- architectures: seconds per example on the reference accelerator ---


class Measured(NamedTuple):
    """The benchmark as arrays, a value for each model."""

    gflop: FloatArray
    activations: FloatArray
    log_seconds: FloatArray
    architecture: NDArray[np.str_]
    family: NDArray[np.str_]

    def predict(self, values: FloatArray, rows: NDArray[np.bool_]) -> FloatArray:
        """Return log seconds by the law."""
        flop, activations = np.exp(values)
        return np.asarray(np.log(flop * self.gflop[rows] + activations * self.activations[rows]))

    def fit(self, rows: NDArray[np.bool_]) -> Fit:
        """Return the logarithms of both coefficients, fitted on some rows."""
        return _least_squares(
            lambda values: self.predict(values, rows) - self.log_seconds[rows], np.array(_START)
        )


def measured_arrays(rows: Sequence[Throughput], phase: str) -> Measured:
    """Return the rows of a benchmark as arrays."""
    per_gmac = FLOP_PER_MAC * PASSES[phase]
    return Measured(
        per_gmac * np.array([row.gmacs for row in rows]),
        np.array([row.million_activations for row in rows]),
        -np.log([row.examples_per_second for row in rows]),
        np.array([row.architecture for row in rows]),
        np.array([row.family for row in rows]),
    )


def fit_architectures(
    rows: Sequence[Throughput], phase: str, progress: Progress
) -> dict[str, dict[str, Any]]:
    """Return the law by family, and for a model of any family.

    Errors are those of models whose architecture (the leading letters of the name) was left out.

    Parameters
    ----------
    rows : sequence of Throughput
        Measured on the reference accelerator.
    phase : {"training", "inference"}
        Which pass was measured.
    progress : callable
        Called with the name of each family.
    """
    data = measured_arrays(rows, phase)
    families = [f for f in sorted(set(data.family)) if (data.family == f).sum() >= _FEWEST_MODELS]
    found = {}
    for family in (ANY, *families):
        progress(f"{phase}, {family}")
        members = np.full(len(rows), True) if family == ANY else data.family == family
        fit, errors = data.fit(members), left_out(data, members)
        found[family] = {
            "seconds_per_gflop": float(np.exp(fit.values[0])),
            "seconds_per_million_activations": float(np.exp(fit.values[1])),
            "log_covariance": fit.covariance.round(8).tolist(),
            "log_sd": round(spread_of(errors), 4),
            "models": int(members.sum()),
            "architectures": len(set(data.architecture[members])),
            **factors_of(errors),
        }
    return found


def left_out(data: Measured, members: NDArray[np.bool_]) -> FloatArray:
    """Return log(measured / predicted) of members, each with its architecture left out."""
    errors = np.full(len(members), np.nan)
    for architecture in sorted(set(data.architecture[members])):
        tested = members & (data.architecture == architecture)
        values = data.fit(members & ~tested).values
        errors[tested] = data.log_seconds[tested] - data.predict(values, tested)
    return errors[members]


# --- accelerators: powers of their facts, within benchmarks ---


class Runs(NamedTuple):
    """Submissions as arrays, a value for each."""

    log_seconds: FloatArray  # of one accelerator for one example
    log_reference: FloatArray  # by the law of architectures, on the reference accelerator
    facts: dict[str, FloatArray]  # log ratios to the reference
    log_beyond_node: FloatArray
    benchmark: NDArray[np.str_]
    accelerator: NDArray[np.str_]
    ids: list[str]
    accelerator_hours: FloatArray
    examples: FloatArray
    gflop: FloatArray
    parameters: FloatArray
    peak_tflops: FloatArray

    def design(self, known: Sequence[str], benchmarks: Sequence[str]) -> FloatArray:
        """Return a column for each benchmark, each fact and the count beyond a node."""
        columns = [(self.benchmark == name).astype(float) for name in benchmarks]
        columns += [-self.facts[name] for name in known]
        return np.stack([*columns, self.log_beyond_node], axis=1)


def runs_of(
    found: Sequence[Submission],
    accelerators: Sequence[AcceleratorFacts],
    models: Sequence[ModelFacts],
    reference: AcceleratorFacts,
    law: dict[str, dict[str, Any]],
) -> Runs:
    """Return the closed vision submissions on accelerators whose facts are known."""
    by_name = {fold(name): row for row in accelerators for name in ACCELERATORS.names(row)}
    architecture = {name: next(m for m in models if m.name == MODELS[name]) for name in MODELS}
    kept = [
        (run, by_name[fold(run.accelerator)])
        for run in found
        if run.examples and run.division == "closed" and fold(run.accelerator) in by_name
    ]
    seconds = [run.accelerator_hours * 3600.0 / (run.examples or 1.0) for run, _ in kept]
    return Runs(
        log_seconds=np.log(seconds),
        log_reference=np.log([_reference(architecture[r.benchmark], law) for r, _ in kept]),
        facts={
            name: np.log([_ratio(row, reference, column) for _, row in kept])
            for name, column in _COLUMNS.items()
        },
        log_beyond_node=np.log([max(r.accelerators / ACCELERATORS_PER_NODE, 1.0) for r, _ in kept]),
        benchmark=np.array([run.benchmark for run, _ in kept]),
        accelerator=np.array([row.name for _, row in kept]),
        ids=[
            f"{run.benchmark}.{run.round}.{row.name} x {run.accelerators:g}.{number}"
            for number, (run, row) in enumerate(kept, start=1)
        ],
        accelerator_hours=np.array([run.accelerator_hours for run, _ in kept]),
        examples=np.array([run.examples for run, _ in kept]),
        gflop=np.array(
            [
                FLOP_PER_MAC * PASSES["training"] * (architecture[r.benchmark].gmacs or 0.0)
                for r, _ in kept
            ]
        ),
        parameters=np.array([float(architecture[r.benchmark].parameters) for r, _ in kept]),
        peak_tflops=np.array([row.fp16_tflops or row.fp32_tflops or 0.0 for _, row in kept]),
    )


def _reference(model: ModelFacts, law: dict[str, dict[str, Any]]) -> float:
    terms = law.get(model.family, law[ANY])
    gflop = FLOP_PER_MAC * PASSES["training"] * (model.gmacs or 0.0)
    return float(
        terms["seconds_per_gflop"] * gflop
        + terms["seconds_per_million_activations"] * (model.million_activations or 0.0)
    )


def _ratio(row: AcceleratorFacts, reference: AcceleratorFacts, column: str) -> float:
    ours, theirs = getattr(row, column), getattr(reference, column)
    return float("nan") if ours is None else ours / theirs


def _linear(design: FloatArray, wanted: FloatArray) -> Fit:
    start: FloatArray = np.linalg.lstsq(design, wanted, rcond=None)[0].astype(np.float64)
    return _least_squares(lambda values: design @ values - wanted, start)


def fit_accelerators(runs: Runs, progress: Progress) -> list[dict[str, Any]]:
    """Return the powers of facts by what is known of an accelerator, the most known first.

    Errors are those of runs whose accelerator was left out, their benchmark known.
    """
    benchmarks, who = sorted(set(runs.benchmark)), runs.accelerator
    found = []
    for known in KNOWN:
        progress(f"accelerators by {', '.join(known)}")
        rows = np.all([np.isfinite(runs.facts[name]) for name in known], axis=0)
        errors = accelerators_left_out(runs, known)
        fit = _linear(runs.design(known, benchmarks)[rows], runs.log_seconds[rows])
        count = len(benchmarks)
        found.append(
            {
                "powers": dict(zip(known, fit.values[count:-1].round(4).tolist(), strict=True)),
                "beyond_node_power": round(float(fit.values[-1]), 4),
                "covariance": fit.covariance[count:, count:].round(8).tolist(),
                "log_sd": round(spread_of(errors[rows]), 4),
                "log_sd_unseen": round(_spread_of_unseen(errors[rows], who[rows]), 4),
                "runs": int(rows.sum()),
                "accelerators": len(set(runs.accelerator[rows])),
                **factors_of(errors[rows]),
            }
        )
    return found


def accelerators_left_out(runs: Runs, known: Sequence[str]) -> FloatArray:
    """Return log(measured / predicted) of every run, its accelerator left out."""
    benchmarks = sorted(set(runs.benchmark))
    rows = np.all([np.isfinite(runs.facts[name]) for name in known], axis=0)
    design = runs.design(known, benchmarks)
    errors = np.full(len(rows), np.nan)
    for name in sorted(set(runs.accelerator[rows])):
        tested = rows & (runs.accelerator == name)
        trained = rows & ~tested
        values = _linear(design[trained], runs.log_seconds[trained]).values
        errors[tested] = runs.log_seconds[tested] - design[tested] @ values
    return errors


def _seen(runs: Runs) -> list[str]:
    """Return the accelerators with enough runs to trust the error over runs for them."""
    names, counts = np.unique(runs.accelerator, return_counts=True)
    return [str(name) for name, n in zip(names, counts, strict=True) if n >= _FEWEST_RUNS]


# --- tuning: what MLPerf takes beside the plain law ---


def fit_tuning(runs: Runs) -> dict[str, Any]:
    """Return the factor of tuned runs on the plain law, by model and for any model.

    The error of any model is that of benchmarks left out, over all of their runs.
    """
    known = KNOWN[0]
    benchmarks = sorted(set(runs.benchmark))
    rows = np.all([np.isfinite(runs.facts[name]) for name in known], axis=0)
    design = runs.design(known, benchmarks)
    wanted = runs.log_seconds - runs.log_reference
    levels = dict(zip(benchmarks, _linear(design[rows], wanted[rows]).values, strict=False))
    errors = benchmarks_left_out(runs)
    return {
        "models": {MODELS[name]: round(float(np.exp(level)), 4) for name, level in levels.items()},
        "any": {
            "factor": round(float(np.exp(np.median(list(levels.values())))), 4),
            "log_sd": round(spread_of_few([float(np.median(e)) for e in errors.values()]), 4),
            **factors_of(np.concatenate(list(errors.values()))),
            "median_factor_by_benchmark": {
                name: factors_of(each)["median_factor"] for name, each in errors.items()
            },
        },
    }


def benchmarks_left_out(runs: Runs) -> dict[str, FloatArray]:
    """Return log(measured / predicted) of the runs of each benchmark, when it was left out."""
    known = KNOWN[0]
    rows = np.all([np.isfinite(runs.facts[name]) for name in known], axis=0)
    wanted = runs.log_seconds - runs.log_reference
    found = {}
    for name in sorted(EXAMPLES):
        others = [other for other in sorted(EXAMPLES) if other != name]
        tested, trained = rows & (runs.benchmark == name), rows & (runs.benchmark != name)
        design = runs.design(known, others)
        values = _linear(design[trained], wanted[trained]).values
        level = np.median(values[: len(others)])
        predicted = level + design[tested][:, len(others) :] @ values[len(others) :]
        found[name] = wanted[tested] - predicted
    return found


def make_card(folder: Path | None, progress: Progress) -> dict[str, Any]:
    """Return the whole card, made from the registry's files.

    Parameters
    ----------
    folder : Path, optional
        Where the files are; by default as the registry finds them.
    progress : callable
        Called with what is being fitted.

    Raises
    ------
    InputError
        If a file cannot be had, or has not the content it should have.
    MissingExtraError
        If scipy is not installed.
    """
    accelerators = ACCELERATORS.rows()
    reference = next(row for row in accelerators if row.name == ACCELERATOR)
    metered = next(row for row in accelerators if row.name == METERED)
    measured = training_throughput(folder)
    phases = {
        "training": fit_architectures(measured, "training", progress),
        "inference": fit_architectures(inference_throughput(folder), "inference", progress),
    }
    runs = runs_of(submissions(folder), accelerators, model_table(), reference, phases["training"])
    data = {name: find(name).sha256 for name in (TRAINING, INFERENCE, RESULTS, POWER)}
    return {
        "id": CARD,
        "title": "Throughput of vision models: time per example by architecture and accelerator",
        "command": "costcurve fit throughput",
        "data": data,
        "reference": {
            "accelerator": reference.name,
            "peak_tflops": reference.fp16_tflops,
            "bandwidth_gb_per_s": reference.memory_bandwidth_gb_per_s,
            "tdp_w": reference.tdp_w,
        },
        "phases": phases,
        "memory": fit_memory(measured, reference.memory_gb or 0.0),
        "accelerators": fit_accelerators(runs, progress),
        "accelerators_seen": [reference.name, *_seen(runs)],
        "accelerators_per_node": ACCELERATORS_PER_NODE,
        "tuned": fit_tuning(runs),
        "power": fit_power(metered_runs(folder), metered),
    }
