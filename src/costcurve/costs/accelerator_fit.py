"""The part of the throughput law that MLPerf gives: accelerators, scaling over machines, tuning.

Powers of an accelerator's facts are fitted within benchmarks, so that what a benchmark has of its
own drops out; what tuned runs take beside the plain law is a factor by model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from costcurve.core.draws import Z95, FloatArray
from costcurve.core.vocabulary import Phase
from costcurve.costs import throughput
from costcurve.costs.calibrated import FLOP_PER_MAC, PASSES
from costcurve.costs.statistics import (
    Fit,
    Progress,
    factors_of,
    least_squares,
    spread_of,
    spread_of_few,
)
from costcurve.costs.throughput_card import ANY
from costcurve.evidence.mlperf import EXAMPLES, MODELS, Submission
from costcurve.facts.hardware import ACCELERATORS, AcceleratorFacts
from costcurve.facts.models import ModelFacts
from costcurve.facts.tables import fold

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
#: Fewer runs than this make no accelerator that was seen.
_FEWEST_RUNS = 5


def _medians(errors: FloatArray, groups: NDArray[np.str_]) -> list[float]:
    return [float(np.median(errors[groups == name])) for name in sorted(set(groups))]


def _spread_of_unseen(errors: FloatArray, groups: NDArray[np.str_]) -> float:
    """Return the scale for an accelerator that was not seen.

    Runs are mostly on a few accelerators that are much alike, while each accelerator by itself
    counts odd ones of a single run in full: the root mean square of both scales is taken.
    """
    by_runs, by_groups = spread_of(errors), spread_of_few(_medians(errors, groups))
    return float(np.sqrt((by_runs**2 + by_groups**2) / 2.0))


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
    models: Sequence[ModelFacts],
    reference: AcceleratorFacts,
    law: dict[str, dict[str, Any]],
) -> Runs:
    """Return the closed vision submissions on accelerators whose facts are known."""
    kept = _kept([run for run in found if run.examples])
    by_name = {model.name: model for model in models}
    architecture = [by_name[MODELS[run.benchmark]] for run, _ in kept]
    gflop = [FLOP_PER_MAC * PASSES[Phase.TRAINING] * (model.gmacs or 0.0) for model in architecture]
    return _runs(kept, reference)._replace(
        log_reference=np.log([_reference(model, law) for model in architecture]),
        gflop=np.array(gflop),
        parameters=np.array([float(model.parameters) for model in architecture]),
    )


def other_runs_of(found: Sequence[Submission], reference: AcceleratorFacts) -> Runs:
    """Return the closed submissions of all other benchmarks, a whole run for an example."""
    return _runs(_kept([run for run in found if not run.examples]), reference)


def _kept(found: Sequence[Submission]) -> list[tuple[Submission, AcceleratorFacts]]:
    by_name = {fold(name): row for row in ACCELERATORS.rows() for name in ACCELERATORS.names(row)}
    return [
        (run, by_name[fold(run.accelerator)])
        for run in found
        if run.division == "closed" and fold(run.accelerator) in by_name
    ]


def _runs(kept: Sequence[tuple[Submission, AcceleratorFacts]], reference: AcceleratorFacts) -> Runs:
    examples = np.array([run.examples or 1.0 for run, _ in kept])
    hours = np.array([run.accelerator_hours for run, _ in kept])
    return Runs(
        log_seconds=np.log(hours * 3600.0 / examples),
        log_reference=np.zeros(len(kept)),
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
        accelerator_hours=hours,
        examples=examples,
        gflop=np.ones(len(kept)),
        parameters=np.ones(len(kept)),
        peak_tflops=np.array([row.fp16_tflops or row.fp32_tflops or 0.0 for _, row in kept]),
    )


def _reference(model: ModelFacts, law: dict[str, dict[str, Any]]) -> float:
    terms = law.get(model.family or ANY, law[ANY])
    gflop = FLOP_PER_MAC * PASSES[Phase.TRAINING] * (model.gmacs or 0.0)
    return float(
        throughput.reference_seconds_per_example(
            1e9 * gflop,
            1.0,
            terms["seconds_per_gflop"],
            1.0,
            model.million_activations or 0.0,
            terms["seconds_per_million_activations"],
            1.0,
        )
    )


def _ratio(row: AcceleratorFacts, reference: AcceleratorFacts, column: str) -> float:
    ours, theirs = getattr(row, column), getattr(reference, column)
    return float("nan") if ours is None else ours / theirs


def _linear(design: FloatArray, wanted: FloatArray) -> Fit:
    start: FloatArray = np.linalg.lstsq(design, wanted, rcond=None)[0].astype(np.float64)
    return least_squares(lambda values: design @ values - wanted, start)


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


def seen(runs: Runs) -> list[str]:
    """Return the accelerators for which the error over runs can be trusted.

    They have enough runs, and the law fitted on the others is not off on most of them.
    """
    errors = accelerators_left_out(runs, KNOWN[0])
    spread = spread_of(errors[np.isfinite(errors)])
    found = []
    for name in sorted(set(runs.accelerator)):
        own = errors[runs.accelerator == name]
        own = own[np.isfinite(own)]
        if len(own) >= _FEWEST_RUNS and abs(np.median(own)) <= Z95 * spread:
            found.append(str(name))
    return found


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
