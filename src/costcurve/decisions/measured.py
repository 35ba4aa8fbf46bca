"""Runs that others measured, laid beside a prediction."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

from costcurve.core.files import packaged_text
from costcurve.decisions.run_specs import RunSpec
from costcurve.decisions.runs import RunCost


@dataclass(frozen=True, slots=True)
class MeasuredRun:
    """One measured run.

    Attributes
    ----------
    model, accelerator : str
        As the tables name them.
    count : float
        How many accelerators.
    examples_per_second : float
        Of each of them, over the run or in steady state as the note says.
    note, source, source_date : str
        What was measured, by whom, when.
    """

    model: str
    accelerator: str
    count: float
    examples_per_second: float
    note: str
    source: str
    source_date: str


@lru_cache(maxsize=1)
def measured_runs() -> tuple[MeasuredRun, ...]:
    """Return every measured run of the table."""
    text = packaged_text("decisions", "measured_runs.csv")
    return tuple(
        MeasuredRun(
            row["model"],
            row["accelerator"],
            float(row["count"]),
            float(row["examples_per_second"]),
            row["note"],
            row["source"],
            row["source_date"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def beside(found: RunCost, spec: RunSpec) -> list[str]:
    """Return the measured runs of the same model on the same accelerator, in words."""
    accelerator, model = spec.case.equipment.accelerator.name, spec.case.model.name
    same = [
        run
        for run in measured_runs()
        if run.model == model and run.accelerator == accelerator and spec.case.phase == "training"
    ]
    if not same:
        return [f"No measured run of {model} on {accelerator} is known to compare with."]
    hours = found.values["accelerator_hours"].point
    lines = [f"Measured runs of {model} on {accelerator}, as accelerator-hours of this run:"]
    for run in sorted(same, key=lambda run: run.examples_per_second):
        theirs = spec.samples / run.examples_per_second / 3600.0
        lines.append(
            f"  {theirs:,.3g} hours at {run.examples_per_second:,.0f} examples/s on {run.count:g}: "
            f"predicted {hours / theirs:.2f} times that. {run.note}. {run.source} "
            f"({run.source_date})"
        )
    return lines
