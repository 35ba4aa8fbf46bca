"""Observations of a field: models with their performance, arithmetic and hardware.

The columns are those that Thompson et al. (2020), The Computational Limits of Deep Learning,
section 6.1, gathered from papers. A file may hold more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from costcurve.core.errors import Finding, InputError, nearest, shown
from costcurve.core.files import packaged
from costcurve.core.quantities import FloatArray
from costcurve.evidence.columns import Columns, as_numbers, read_columns
from costcurve.evidence.dates import decimal_years
from costcurve.evidence.metrics import Metric, errors_of
from costcurve.facts.hardware import ACCELERATORS, AcceleratorFacts
from costcurve.facts.tables import fold

#: What every file has, and what it may have: the name, and what stands in it.
REQUIRED = {
    "benchmark": "the data set and task",
    "model": "the model's name",
    "metric": "the measure of performance",
    "value": "its value, as a fraction",
}
OPTIONAL = {
    "date": "publication: a date, or an arXiv identifier",
    "parameters": "of the network",
    "flop_per_pass": "FLOP of a forward pass of one example",
    "multiply_adds_per_pass": "multiply-adds of the same; two FLOP each",
    "accelerator": "a name of the table of accelerators",
    "accelerator_count": "how many trained it",
    "training_hours": "wall-clock hours of training",
    "epochs": "passes over the training examples",
    "training_examples": "distinct examples trained on",
    "training_flop": "FLOP of training, where the source prints it",
    "source": "who says so; rows of one source are one paper",
}
#: What our table has besides: not read, for people.
OURS = {
    "extra_data": "what it was trained on beyond ImageNet's 1.28 million images, where it was",
    "note": "how the cells were read off the source",
}
#: What is reckoned from the columns of every row.
RECKONED = {
    "error": "1 - value of an accuracy, and what the metric says of others, as a fraction",
    "year": "the date, as a year with decimals",
    "hardware_burden_gflop": (
        "accelerators x their FP32 rate (of a TPU that of its matrix units) x seconds of training"
    ),
}
#: A column of errors that some tables bring: audited, and not read, since metric and value say it.
ERROR = "error"
NUMERIC = (
    "parameters",
    "flop_per_pass",
    "multiply_adds_per_pass",
    "accelerator_count",
    "training_hours",
    "epochs",
    "training_examples",
    "training_flop",
)
#: A multiplication and an addition.
FLOP_PER_MULTIPLY_ADD = 2.0
_ARXIV = re.compile(r"arXiv:\d{4}\.\d{4,5}")
#: Names of accelerators that are remembered; users may write any.
_KNOWN_NAMES = 4096
_SECONDS_PER_HOUR, _GFLOP_PER_TFLOP = 3600.0, 1000.0


@dataclass(frozen=True)
class Observations:
    """Models of one or more benchmarks, a row each; NaN where a row does not say.

    Attributes
    ----------
    table : Columns
        The cells as they were read.
    error : ndarray of shape (n,)
        Of each row's metric, as a fraction.
    year : ndarray of shape (n,)
        Date as a year with decimals.
    flop_per_pass : ndarray of shape (n,)
        As given, else twice the multiply-adds.
    parameters : ndarray of shape (n,)
        Of the networks.
    gflop_per_s : ndarray of shape (n,)
        Peak of one accelerator by the table of facts: at FP32, or on its matrix units where the
        table has no other.
    hardware_burden_gflop : ndarray of shape (n,)
        Accelerators x rate x time.
    """

    table: Columns
    error: FloatArray
    year: FloatArray
    flop_per_pass: FloatArray
    parameters: FloatArray
    gflop_per_s: FloatArray
    hardware_burden_gflop: FloatArray
    _numbers: dict[str, FloatArray] = field(default_factory=dict, compare=False, repr=False)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.table)

    @property
    def benchmark(self) -> list[str]:
        """Return the benchmark of every row."""
        return self.table.column("file", "benchmark")

    def text(self, name: str) -> list[str]:
        """Return a column's cells; empty ones where the file has no such column."""
        return self.table.cells.get(name) or [""] * len(self)

    def number(self, name: str) -> FloatArray:
        """Return a column's numbers, NaN where there is none."""
        if name not in self._numbers:
            self._numbers[name] = as_numbers(self.text(name))
        return self._numbers[name]


def hardware_burden_gflop(
    accelerator_count: FloatArray, gflop_per_s: FloatArray, training_hours: FloatArray
) -> FloatArray:
    """Return what the hardware could have computed while it trained: processors x rate x time.

    In GFLOP; Thompson et al. (2020), section 3.2. An upper bound of the arithmetic done, since no
    run keeps its processors at their peak.
    """
    with np.errstate(over="ignore"):
        return np.asarray(accelerator_count * gflop_per_s * training_hours * _SECONDS_PER_HOUR)


@lru_cache(maxsize=_KNOWN_NAMES)
def gflop_per_s(accelerator: str) -> float:
    """Return the peak of an accelerator by the table of facts, in GFLOP/s.

    The rate is that of FP32, the paper's standard; of a TPU, which multiplies in BF16 by default,
    and of what has no other, that of its matrix units.

    Parameters
    ----------
    accelerator : str
        A name or alias; NaN where the table has none, or no rate for it.
    """
    found = _accelerators().get(fold(accelerator))
    if found is None:
        return float("nan")
    is_tpu = found.name.startswith("TPU")
    rate = found.fp16_tflops if is_tpu or found.fp32_tflops is None else found.fp32_tflops
    return float("nan") if rate is None else rate * _GFLOP_PER_TFLOP


@lru_cache(maxsize=_KNOWN_NAMES)
def fastest_gflop_per_s(accelerator: str) -> float:
    """Return the fastest peak of an accelerator at FP16 or above, in GFLOP/s; NaN without any."""
    found = _accelerators().get(fold(accelerator))
    rates = [] if found is None else [found.fp32_tflops, found.tf32_tflops, found.fp16_tflops]
    known = [rate for rate in rates if rate is not None]
    return max(known) * _GFLOP_PER_TFLOP if known else float("nan")


@cache
def _accelerators() -> Mapping[str, AcceleratorFacts]:
    rows = ACCELERATORS.rows()
    return {fold(name): row for row in rows for name in ACCELERATORS.names(row)}


def read_observations(
    path: Path, field: str = "file", metrics: Mapping[str, Metric] | None = None
) -> Observations:
    """Return the observations of a CSV or Parquet file.

    Cells that hold no number stand as NaN: `costcurve evidence audit` names them.

    Parameters
    ----------
    path : Path
        The file.
    field : str
        What named it, for errors.
    metrics : mapping, optional
        A user's own metrics, out of `read_metrics`.

    Raises
    ------
    InputError
        If the file cannot be read, or lacks a column that every file has.
    MissingExtraError
        If it is Parquet and pyarrow is not installed.
    """
    table = read_columns(path, field)
    missing = [
        Finding(field, shown(name), f"the file has no such column{nearest(name, table.cells)}")
        for name in REQUIRED
        if name not in table.cells
    ]
    InputError.check(missing)
    return _observations(table, metrics)


@cache
def imagenet() -> Observations:
    """Return the models of ImageNet that come with the library, typed from their papers."""
    return read_observations(packaged("evidence", "imagenet.csv"))


def paper_of(source: str) -> str:
    """Return what tells the paper of a source: its arXiv identifier, or else its first words.

    Sources name a paper's tables and sections too; models of two tables of one paper share their
    authors, recipe and hardware.
    """
    found = _ARXIV.search(source)
    return found[0] if found else source.split(",", maxsplit=1)[0]


def _observations(table: Columns, metrics: Mapping[str, Metric] | None) -> Observations:
    def numbers(name: str) -> FloatArray:
        cells = table.cells.get(name)
        return np.full(len(table), np.nan) if cells is None else as_numbers(cells)

    year = decimal_years(table.cells.get("date", [])) or [None] * len(table)
    given = numbers("flop_per_pass")
    with np.errstate(over="ignore"):
        twice = FLOP_PER_MULTIPLY_ADD * numbers("multiply_adds_per_pass")
    named = table.cells.get("accelerator") or [""] * len(table)
    rates = {name: gflop_per_s(name) if name else np.nan for name in set(named)}
    rate = np.array([rates[name] for name in named])
    return Observations(
        table=table,
        error=errors_of(table, metrics),
        year=np.array([np.nan if each is None else each for each in year]),
        flop_per_pass=np.where(np.isnan(given), twice, given),
        parameters=numbers("parameters"),
        gflop_per_s=rate,
        hardware_burden_gflop=hardware_burden_gflop(
            numbers("accelerator_count"), rate, numbers("training_hours")
        ),
    )


def model_rows(observations: Observations) -> list[dict[str, str | float | None]]:
    """Return every row's cells as they were read, and what is reckoned from them (`RECKONED`).

    A column of such a name that the file brings stays as it is.
    """
    cells = observations.table.cells
    names = [name for name in RECKONED if name not in cells]
    reckoned = {name: getattr(observations, name).tolist() for name in names}
    return [
        {name: column[place] for name, column in cells.items()}
        | {
            name: values[place] if np.isfinite(values[place]) else None
            for name, values in reckoned.items()
        }
        for place in range(len(observations))
    ]


def columns_read(observations: Observations) -> tuple[list[str], list[str]]:
    """Return the columns of a table that are read, and those that are not."""
    known = {*REQUIRED, *OPTIONAL, ERROR}
    names = list(observations.table.cells)
    return [name for name in names if name in known], [name for name in names if name not in known]


def summary(observations: Observations) -> list[dict[str, object]]:
    """Return what is known of the models of each benchmark, as in the paper's Figure 6.

    A row has the keys `benchmark`, `models`, `with_computation` (FLOP or multiply-adds of a pass),
    `with_training_flop`, `with_hardware_burden`, `with_all` (computation and burden), and
    `first_year`, `last_year`.
    """
    has_error = np.isfinite(observations.error)
    has_computation = has_error & (observations.flop_per_pass > 0)
    has_training = has_error & (observations.number("training_flop") > 0)
    has_burden = has_error & (observations.hardware_burden_gflop > 0)
    rows: list[dict[str, object]] = []
    for name in dict.fromkeys(observations.benchmark):
        chosen = np.array([each == name for each in observations.benchmark])
        years = observations.year[chosen & np.isfinite(observations.year)]
        rows.append(
            {
                "benchmark": name,
                "models": int(chosen.sum()),
                "with_computation": int((chosen & has_computation).sum()),
                "with_training_flop": int((chosen & has_training).sum()),
                "with_hardware_burden": int((chosen & has_burden).sum()),
                "with_all": int((chosen & has_computation & has_burden).sum()),
                "first_year": int(years.min()) if len(years) else None,
                "last_year": int(years.max()) if len(years) else None,
            }
        )
    return rows
