"""What a run costs before it starts: hours, dollars, energy and carbon, with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from costcurve.core.draws import FloatArray
from costcurve.core.errors import InputError
from costcurve.core.quantities import Evaluation
from costcurve.decisions.axes import SHARES
from costcurve.decisions.lookups import Tables, packaged_tables
from costcurve.decisions.run_graph import graph_of
from costcurve.decisions.run_specs import RunSpec, understand

#: What is predicted, in the order of the table.
PREDICTED = (
    "seconds_per_example",
    "examples_per_second",
    "hours",
    "accelerator_hours",
    "energy_kwh",
    "kg_co2e",
    "cost_usd",
)
_NEEDS = {"energy_kwh": ("tdp_w",), "kg_co2e": ("tdp_w", "gco2e_per_kwh", "pue")}
_NEEDS["cost_usd"] = ("usd_per_accelerator_hour",)
#: Rows evaluated at once, which bounds the memory.
_CHUNK = 256


@dataclass(frozen=True)
class Predicted:
    """A number with its 90 % interval."""

    point: float
    p05: float
    p95: float


@dataclass(frozen=True)
class RunCost:
    """One row with its prediction.

    Attributes
    ----------
    cells : mapping of str to str
        The row as it was given.
    spec : RunSpec, optional
        The run as it was understood; `None` when it was not.
    values : mapping of str to Predicted
        By the names in `PREDICTED`; what cannot be said is left out.
    flags : tuple of str
        What a reader must know, or why there is no prediction.
    """

    cells: Mapping[str, str]
    spec: RunSpec | None
    values: Mapping[str, Predicted]
    flags: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the row with its prediction, under the columns of the contract."""
        data: dict[str, object] = dict(self.cells)
        for name in PREDICTED:
            found = self.values.get(name)
            data[name] = found.point if found else None
            data[f"{name}_p05"] = found.p05 if found else None
            data[f"{name}_p95"] = found.p95 if found else None
        data["flags"] = list(self.flags)
        return data


def cost_of_runs(
    rows: Sequence[Mapping[str, str]],
    tables: Tables | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[RunCost]:
    """Return the prediction of every row, in order; a row that cannot be predicted says why.

    Parameters
    ----------
    rows : sequence of mapping
        Cells of text by the names of the columns of a table of runs.
    tables : Tables, optional
        Where facts are looked up; the packaged tables by default.
    progress : callable, optional
        Called now and then with the number of rows done.
    """
    tables = packaged_tables() if tables is None else tables
    found: list[RunCost] = []
    for start in range(0, len(rows), _CHUNK):
        found += _chunk(rows[start : start + _CHUNK], tables)
        if progress:
            progress(len(found))
    return found


def explain_run(spec: RunSpec) -> Evaluation:
    """Return the whole calculation of one run, for its lineage."""
    return graph_of([spec]).evaluate()


def _chunk(rows: Sequence[Mapping[str, str]], tables: Tables) -> Iterator[RunCost]:
    understood: list[tuple[RunSpec | None, tuple[str, ...]]] = []
    for cells in rows:
        try:
            spec = understand(cells, tables)
            understood.append((spec, spec.flags))
        except InputError as error:
            understood.append((None, tuple(f"error: {finding}" for finding in error.findings)))
    specs = [spec for spec, _ in understood if spec is not None]
    values = iter(_predict(specs) if specs else [])
    for cells, (known, flags) in zip(rows, understood, strict=True):
        yield RunCost(cells, known, next(values) if known else {}, flags)


def _predict(specs: Sequence[RunSpec]) -> list[dict[str, Predicted]]:
    found: dict[int, dict[str, Predicted]] = {}
    for by_tokens in (False, True):
        places = [i for i, spec in enumerate(specs) if spec.is_by_tokens is by_tokens]
        if places:
            alike = _predict_alike([specs[place] for place in places])
            found |= dict(zip(places, alike, strict=True))
    return [found[place] for place in range(len(specs))]


def _predict_alike(specs: Sequence[RunSpec]) -> list[dict[str, Predicted]]:
    """Return predictions of runs that one graph can compute."""
    evaluation = graph_of(specs).evaluate(PREDICTED)
    ends = {name: _ends(evaluation[name], len(specs)) for name in PREDICTED}
    return [
        {
            name: Predicted(*(float(end) for end in ends[name][:, index]))
            for name in PREDICTED
            if all(getattr(spec, fact) is not None for fact in _NEEDS.get(name, ()))
        }
        for index, spec in enumerate(specs)
    ]


def _ends(array: FloatArray, rows: int) -> FloatArray:
    """Return point, 5th and 95th percentile of each row."""
    full = np.broadcast_to(array, (rows, 1, array.shape[-1]))[:, 0, :]
    draws = np.sort(full[:, 1:], axis=1)
    positions = np.array([SHARES[0], SHARES[-1]]) * draws.shape[1] - 0.5
    low = np.floor(positions).astype(int)
    share = positions - low
    between = draws[:, low] * (1.0 - share) + draws[:, low + 1] * share
    return np.stack([full[:, 0], between[:, 0], between[:, 1]])
