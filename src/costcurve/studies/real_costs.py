"""Predicted costs beside runs that other people measured, every row of them.

What can be left out of the fit is left out: whole architectures, accelerators and benchmarks. The
rows of DAWNBench and the papers' own figures were never fitted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from costcurve.charts import predictions_beside_measurements
from costcurve.core.draws import Z95, FloatArray
from costcurve.core.vocabulary import Phase, Status
from costcurve.costs import accelerator_fit as on
from costcurve.costs import power_fit
from costcurve.costs import throughput_fit as fit
from costcurve.costs.calibrated import PASSES, training_hours
from costcurve.costs.throughput_card import ANY, throughput_card
from costcurve.costs.utilisation import seconds_per_example
from costcurve.decisions.runs import cost_of_runs
from costcurve.evidence.mlperf import EXAMPLES, MODELS, metered_runs, submissions
from costcurve.evidence.timm import (
    ACCELERATOR,
    Throughput,
    inference_throughput,
    training_throughput,
)
from costcurve.facts.hardware import ACCELERATORS, AcceleratorFacts
from costcurve.facts.models import model_table
from costcurve.studies.published_costs import dawnbench_items, dawnbench_summary, seed_items
from costcurve.studies.reproduction import Item

TITLE = "Predicted costs beside measured runs"
#: FLOP of Eq. 4 for each parameter in a forward pass.
_EQ_4_FLOP = 2.0
#: The round whose runs were metered.
_METERED_ROUND = "v4.0"
#: The usual rule of thumb.
_SHARE_OF_PEAK = 0.30


class Rows(NamedTuple):
    """Predictions beside measurements.

    Attributes
    ----------
    name, unit : str
        What they are of.
    ids : list of str
        One for each row.
    measured, predicted : ndarray
        In the unit.
    log_sd : ndarray
        Scale of each prediction's error.
    clusters : ndarray of str
        Rows that err together.
    left_out : str
        What the fit had not seen.
    baselines : mapping of str to ndarray
        Other predictions of the same.
    """

    name: str
    unit: str
    ids: list[str]
    measured: FloatArray
    predicted: FloatArray
    log_sd: FloatArray
    clusters: np.ndarray[Any, Any]
    left_out: str
    baselines: dict[str, FloatArray]

    @property
    def errors(self) -> FloatArray:
        """log(predicted / measured) of each row."""
        return np.asarray(np.log(self.predicted / self.measured))

    @property
    def inside(self) -> np.ndarray[Any, Any]:
        """Whether each measurement lies in the 90 % interval of its prediction."""
        return np.abs(self.errors) <= Z95 * self.log_sd


def items() -> list[Item]:
    """Return every measured run with its prediction."""
    return [item for rows in _all_rows() for item in _items(rows)] + _others()


def chart(found: Sequence[Item]) -> dict[str, Any]:
    """Return the picture of every item that has a prediction."""
    rows = [
        {
            "id": item.id,
            "data": ".".join(item.id.split(".")[:2])
            if not item.id.startswith("dawnbench")
            else "dawnbench",
            "unit": item.unit,
            "measured": item.printed,
            "predicted": item.ours,
            "inside": item.status is Status.REPRODUCED,
        }
        for item in found
        if item.ours is not None and not item.id.startswith("seeds.")
    ]
    return predictions_beside_measurements(rows, TITLE)


def summary() -> list[dict[str, Any]]:
    """Return errors and coverage of each kind of measurement, with other predictors beside."""
    return [*(summary_of(rows) for rows in _all_rows()), dawnbench_summary()]


def summary_of(rows: Rows) -> dict[str, Any]:
    """Return median and 90th percentile of the error as factors, and the coverage of 90 %."""
    error = np.abs(rows.errors)
    return {
        "data": rows.name,
        "rows": len(rows.ids),
        "left_out": rows.left_out,
        "median_factor": float(np.exp(np.median(error))),
        "p90_factor": float(np.exp(np.quantile(error, 0.9))),
        "coverage_of_90_percent": float(rows.inside.mean()),
        "coverage_clustered_standard_error": clustered_error(rows.inside, rows.clusters),
        **{
            f"median_factor_of_{name}": float(np.exp(np.median(np.abs(np.log(v / rows.measured)))))
            for name, v in rows.baselines.items()
        },
    }


def clustered_error(inside: np.ndarray[Any, Any], clusters: np.ndarray[Any, Any]) -> float:
    """Return the standard error of a share whose rows err together in clusters."""
    groups = sorted(set(clusters))
    if len(groups) < 2:
        return float("nan")
    deviations = [np.sum(inside[clusters == group] - inside.mean()) for group in groups]
    scale = len(groups) / (len(groups) - 1)
    return float(np.sqrt(scale * np.sum(np.square(deviations))) / len(inside))


def _all_rows() -> Iterator[Rows]:
    reference = next(row for row in ACCELERATORS.rows() if row.name == ACCELERATOR)
    yield _timm("timm.training", training_throughput(), "training", reference)
    yield _timm("timm.inference", inference_throughput(), "inference", reference)
    law = throughput_card().content["phases"]["training"]
    runs = on.runs_of(submissions(), model_table(), reference, law)
    yield _accelerators_left_out("mlperf.accelerator_left_out", runs)
    yield _benchmarks_left_out(runs)
    others = on.other_runs_of(submissions(), reference)
    yield _accelerators_left_out("mlperf.other_benchmarks", others)._replace(baselines={})
    yield _energy()
    yield _energy_end_to_end()


def _timm(name: str, rows: Sequence[Throughput], phase: str, machine: AcceleratorFacts) -> Rows:
    data = fit.measured_arrays(rows, phase)
    card = throughput_card()
    log_seconds, log_sd = np.empty(len(rows)), np.empty(len(rows))
    for family in sorted(set(data.family)):
        members = data.family == family
        terms = card.terms(str(family), phase)
        fitted = members if terms.family != ANY else np.full(len(rows), True)
        errors = np.full(len(rows), np.nan)
        errors[fitted] = fit.left_out(data, fitted)
        log_seconds[members] = data.log_seconds[members] - errors[members]
        log_sd[members] = terms.log_sd
    parameters = np.array([row.parameters for row in rows])
    tflops, passes = machine.fp16_tflops or 0.0, PASSES[Phase(phase)]
    peak = seconds_per_example(1e9 * data.gflop, 1.0, tflops, _SHARE_OF_PEAK)
    eq_4 = seconds_per_example(_EQ_4_FLOP * parameters, passes, tflops, _SHARE_OF_PEAK)
    return Rows(
        name,
        "example/s",
        [f"{name}.{row.model}.{row.image_size_pixels}px" for row in rows],
        np.exp(-data.log_seconds),
        np.exp(-log_seconds),
        log_sd,
        data.architecture,
        "the architecture",
        {"30_percent_of_peak": 1.0 / peak, "the_flop_of_eq_4_at_30_percent": 1.0 / eq_4},
    )


def _accelerators_left_out(name: str, runs: on.Runs) -> Rows:
    errors = np.full(len(runs.log_seconds), np.nan)
    log_sd = np.empty(len(errors))
    for known, found in zip(on.KNOWN, throughput_card().content["accelerators"], strict=True):
        # By as many facts of the accelerator as are known.
        missing = np.isnan(errors)
        left_out = on.accelerators_left_out(runs, known)
        errors = np.where(missing, left_out, errors)
        log_sd = np.where(missing, found["log_sd_unseen"], log_sd)
    return _of_mlperf(name, runs, errors, log_sd, "the accelerator")


def _benchmarks_left_out(runs: on.Runs) -> Rows:
    errors = np.full(len(runs.log_seconds), np.nan)
    known = np.all([np.isfinite(runs.facts[name]) for name in on.KNOWN[0]], axis=0)
    for name, found in on.benchmarks_left_out(runs).items():
        errors[known & (runs.benchmark == name)] = found
    card = throughput_card().content
    spread = np.hypot(card["tuned"][ANY]["log_sd"], card["accelerators"][0]["log_sd"])
    log_sd = np.full(len(errors), spread)
    return _of_mlperf("mlperf.benchmark_left_out", runs, errors, log_sd, "the benchmark")


def _of_mlperf(
    name: str, runs: on.Runs, errors: FloatArray, log_sd: FloatArray, left_out: str
) -> Rows:
    kept = np.isfinite(errors)
    hours = runs.accelerator_hours[kept]
    clusters = runs.accelerator if left_out == "the accelerator" else runs.benchmark
    peak, eq_4 = (
        training_hours(
            seconds_per_example(flop, 1.0, runs.peak_tflops, _SHARE_OF_PEAK), runs.examples, 1.0
        )
        for flop in (
            1e9 * runs.gflop,
            _EQ_4_FLOP * PASSES[Phase.TRAINING] * runs.parameters,
        )
    )
    return Rows(
        name,
        "accelerator-hour",
        [f"{name}.{each}" for each in np.array(runs.ids)[kept]],
        hours,
        hours * np.exp(-errors[kept]),
        log_sd[kept],
        clusters[kept],
        left_out,
        {"30_percent_of_peak": peak[kept], "the_flop_of_eq_4_at_30_percent": eq_4[kept]},
    )


def _energy() -> Rows:
    """Return metered kWh beside the prediction from the measured minutes."""
    machine = next(row for row in ACCELERATORS.rows() if row.name == fit.METERED)
    runs = metered_runs()
    nodes, shares = power_fit.observations(runs, machine)
    errors = dict(
        zip(
            dict.fromkeys((run.system, run.benchmark) for run in runs),
            power_fit.left_out(nodes, shares),
            strict=True,
        )
    )
    keys = list(errors)
    tdp_kw = power_fit.ACCELERATORS_PER_NODE * (machine.tdp_w or 0.0) / 1000.0
    predicted = [
        shares[keys.index((run.system, run.benchmark))]
        * np.exp(-errors[run.system, run.benchmark])
        * tdp_kw
        * run.nodes
        * run.minutes
        / 60.0
        for run in runs
    ]
    at_tdp = np.array([tdp_kw * run.nodes * run.minutes / 60.0 for run in runs])
    return Rows(
        "mlperf.energy_given_minutes",
        "kWh",
        [
            f"mlperf.energy_given_minutes.{r.benchmark}.{r.nodes}_nodes.{n}"
            for n, r in enumerate(runs, start=1)
        ],
        np.array([run.energy_kwh for run in runs]),
        np.array(predicted),
        np.full(len(runs), throughput_card().content["power"]["log_sd"]),
        np.array([f"{run.system} {run.benchmark}" for run in runs]),
        "the benchmark on that system",
        {"tdp_of_the_accelerators": at_tdp},
    )


def _energy_end_to_end() -> Rows:
    """Return metered kWh beside the prediction before the run: tuned, the epochs of MLPerf."""
    runs = [run for run in metered_runs() if run.benchmark in EXAMPLES]
    found = cost_of_runs(
        [
            {
                "model": MODELS[run.benchmark],
                "dataset_examples": str(EXAMPLES[run.benchmark]),
                "epochs": str(_epochs_of(run.benchmark)),
                "accelerator": fit.METERED,
                "count": str(power_fit.ACCELERATORS_PER_NODE * run.nodes),
                "effort": "tuned",
            }
            for run in runs
        ]
    )
    name, values = "mlperf.energy_end_to_end", [each.values["energy_kwh"] for each in found]
    return Rows(
        name,
        "kWh",
        [f"{name}.{run.benchmark}.{run.nodes}_nodes.{n}" for n, run in enumerate(runs, start=1)],
        np.array([run.energy_kwh for run in runs]),
        np.array([value.point for value in values]),
        np.array([np.log(value.p95 / value.p05) / (2 * Z95) for value in values]),
        np.array([f"{run.system} {run.benchmark}" for run in runs]),
        "nothing",
        {},
    )


def _epochs_of(benchmark: str) -> float:
    """Return the epochs that a benchmark took in the metered round."""
    same = [
        run.examples / EXAMPLES[benchmark]
        for run in submissions()
        if run.benchmark == benchmark and run.round == _METERED_ROUND and run.examples
    ]
    return float(np.median(same))


def _items(rows: Rows) -> list[Item]:
    low, high = (rows.predicted * np.exp(sign * Z95 * rows.log_sd) for sign in (-1, 1))
    return [
        Item(
            name,
            float(rows.measured[index]),
            float(rows.predicted[index]),
            Status.REPRODUCED if rows.inside[index] else Status.DIFFERS,
            f"predicted {np.exp(rows.errors[index]):.2f} times the measured, with {rows.left_out} "
            f"left out; 90 % interval {low[index]:.4g} to {high[index]:.4g}",
            rows.unit,
        )
        for index, name in enumerate(rows.ids)
    ]


def _others() -> list[Item]:
    return [*dawnbench_items(), *seed_items()]
