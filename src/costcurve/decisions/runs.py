"""What a run costs before it starts: hours, dollars, energy and carbon, with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

from costcurve.core.draws import FloatArray, low_discrepancy
from costcurve.core.errors import InputError
from costcurve.core.quantities import Bounds, Evaluation, Graph, Input, as_float64
from costcurve.costs import calibrated, run, throughput
from costcurve.costs.throughput_card import throughput_card
from costcurve.decisions.axes import SHARES
from costcurve.decisions.cases import inputs_of
from costcurve.decisions.lookups import Tables, packaged_tables
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
#: Draws of what scatters, for every row.
DRAWS = 4096
#: Rows evaluated at once, which bounds the memory.
_CHUNK = 256
_FACTS = ("gmacs", "million_activations", *throughput.MODEL_FACTS)


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
    return _graph([spec]).evaluate()


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
    evaluation = _graph(specs).evaluate(PREDICTED)
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


def _graph(specs: Sequence[RunSpec]) -> Graph:
    card = throughput_card()
    power = card.content["power"]

    def along(name: str, unit: str, label: str, values: list[float], source: str) -> Input:
        array = as_float64(name, values).reshape(-1, 1, 1)
        return Input.of(name, array, unit, label, source, Bounds(at_least=0.0))

    def known(name: str) -> list[float]:
        return [1.0 if (v := getattr(spec, name)) is None else float(v) for spec in specs]

    given = "the row, or the tables of facts"
    inputs = [
        *inputs_of([spec.case for spec in specs], _FACTS, (-1, 1, 1)),
        along("count", "1", "Accelerators", known("count"), given),
        along("samples", "example", "Examples processed in all", known("samples"), given),
        along(
            "usd_per_accelerator_hour",
            "USD/accelerator-hour",
            "Price of one accelerator for one hour",
            known("usd_per_accelerator_hour"),
            "; ".join(dict.fromkeys(spec.case.equipment.terms for spec in specs)),
        ),
        along("tdp_w", "W", "Thermal design power of the accelerator", known("tdp_w"), given),
        along("gco2e_per_kwh", "gCO2e/kWh", "Carbon intensity", known("gco2e_per_kwh"), given),
        along("pue", "1", "Power usage effectiveness", known("pue"), given),
        along(
            "forward_passes_per_step",
            "1",
            "Passes over an example, counted in forward passes",
            [3.0 if spec.case.phase == "training" else 1.0 for spec in specs],
            "Sevilla et al. (2022), arXiv:2202.05924: the backward pass takes twice the forward",
        ),
        *(given for given in calibrated.INPUTS if given.name == "flop_per_multiply_add"),
        *(
            Input.of(name, value, "1", label, card.source)
            for name, value, label in (
                (
                    "accelerators_per_node",
                    card.content["accelerators_per_node"],
                    "Accelerators of a machine",
                ),
                ("power_per_tdp", power["per_tdp"], "Power at the wall of one machine over TDP"),
                ("nodes_power", power["nodes_power"], "Power of the machines in that ratio"),
                ("power_factor", exp(power["log_sd"]), "Factor of one standard deviation of power"),
            )
        ),
        along(
            "beyond_node_power",
            "1",
            "Power of the machines in the time of an accelerator",
            [spec.case.carry.beyond_node_power for spec in specs],
            card.source,
        ),
        *_scatter(),
    ]
    return Graph([calibrated.forward_flop, throughput, run], inputs)


def _scatter() -> list[Input]:
    """Return what scatters: the point, then the draws."""
    names = (*throughput.INPUTS, *run.INPUTS)
    matrix = low_discrepancy(len(names), DRAWS, 0)
    found = []
    for given, shares in zip(names, matrix, strict=True):
        assert given.spread is not None  # noqa: S101 - or it would not be among them
        draws = np.concatenate([[0.0], given.spread.quantile(shares)]).reshape(1, 1, -1)
        found.append(Input.of(given.name, draws, given.unit, given.label, given.source))
    return found
