"""The calculation of runs as a graph: a row for each run, and on the last axis what scatters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from costcurve.core.draws import STANDARD_NORMAL, Range, low_discrepancy
from costcurve.core.quantities import Bounds, Graph, Input, as_float64
from costcurve.core.vocabulary import Phase
from costcurve.costs import calibrated, run, throughput, utilisation
from costcurve.costs.throughput_card import throughput_card
from costcurve.decisions.cases import inputs_of
from costcurve.decisions.run_specs import RunSpec

#: Draws of what scatters, for every row.
DRAWS = 2048
#: Share of the peak that large language models reached in training, as a 90 % interval.
LANGUAGE_MODELS = Range(0.213, 0.462)
LANGUAGE_MODELS_SOURCE = (
    "Chowdhery et al. (2022), PaLM, arXiv:2204.02311, Table 3: model FLOP utilisation of GPT-3 "
    "21.3 %, MT-NLG 30.2 %, Gopher 32.5 %, PaLM 46.2 %"
)
_BY_LAW = ("gmacs", "million_activations", *throughput.MODEL_FACTS)
_BY_TOKENS = ("gmacs", "peak_tflops")
_GIVEN = "the row, or the tables of facts"
#: What a row says, or a table: unit and label by the name of the input and of the field.
_OF_ROWS = {
    "count": ("1", "Accelerators"),
    "samples": ("example", "Examples processed in all"),
    "usd_per_accelerator_hour": ("USD/accelerator-hour", "Price of one accelerator for one hour"),
    "tdp_w": ("W", "Thermal design power of the accelerator"),
    "gco2e_per_kwh": ("gCO2e/kWh", "Carbon intensity of the electricity"),
    "pue": ("1", "Power usage effectiveness of the data centre"),
}


def graph_of(specs: Sequence[RunSpec]) -> Graph:
    """Return the calculation of runs, all of them by the law or all of them by tokens."""
    by_tokens = specs[0].is_by_tokens
    facts = _BY_TOKENS if by_tokens else _BY_LAW
    inputs = [
        *inputs_of([spec.case for spec in specs], facts, (-1, 1, 1)),
        *_of_rows(specs),
        *_of_card(specs, by_tokens=by_tokens),
        *(given for given in calibrated.INPUTS if given.name == "flop_per_multiply_add"),
        *_scatter([_utilisation()] if by_tokens else throughput.INPUTS),
    ]
    return Graph([calibrated.forward_flop, utilisation if by_tokens else throughput, run], inputs)


def _along(name: str, values: Sequence[float], unit: str, label: str, source: str) -> Input:
    array = as_float64(name, list(values)).reshape(-1, 1, 1)
    return Input.of(name, array, unit, label, source, Bounds(at_least=0.0))


def _of_rows(specs: Sequence[RunSpec]) -> list[Input]:
    """Return what the rows say; what is not known is 1, and what needs it is left out later."""
    terms = "; ".join(dict.fromkeys(spec.case.equipment.terms for spec in specs))
    found = []
    for name, (unit, label) in _OF_ROWS.items():
        known = [getattr(spec, name) for spec in specs]
        values = [1.0 if value is None else float(value) for value in known]
        source = terms if name == "usd_per_accelerator_hour" else _GIVEN
        found.append(_along(name, values, unit, label, source))
    return found


def _of_card(specs: Sequence[RunSpec], *, by_tokens: bool) -> list[Input]:
    """Return what the law's card says of machines and power, and the passes of each run."""
    card = throughput_card()
    power = card.content["power"]
    passes = [calibrated.PASSES[spec.case.phase] for spec in specs]
    # Without gradients to exchange machines do not wait for each other; and the utilisation of
    # published language models is that of many machines already.
    losses = [
        0.0 if by_tokens or spec.case.phase is not Phase.TRAINING else carry.beyond_node_power
        for spec, carry in ((spec, spec.case.carry) for spec in specs)
    ]
    same = {
        "accelerators_per_node": (
            card.content["accelerators_per_node"],
            "Accelerators of a machine",
        ),
        "power_per_tdp": (power["per_tdp"], "Power at the wall of one machine over TDP"),
        "nodes_power": (power["nodes_power"], "Power of the number of machines in that ratio"),
        "power_log_sd": (power["log_sd"], "Scatter of the logarithm of power"),
    }
    return [
        _along(
            "forward_passes_per_step",
            passes,
            "1",
            "Passes over an example, counted in forward passes",
            calibrated.PASSES_SOURCE,
        ),
        _along(
            "beyond_node_power",
            losses,
            "1",
            "Power of the number of machines in the time of an accelerator",
            card.source,
        ),
        *(Input.of(name, value, "1", label, card.source) for name, (value, label) in same.items()),
    ]


def _utilisation() -> Input:
    middle = float(np.sqrt(LANGUAGE_MODELS.low * LANGUAGE_MODELS.high))
    given = Input.of(
        "utilisation",
        middle,
        "1",
        "Share of the dense peak that training reaches",
        LANGUAGE_MODELS_SOURCE,
    )
    return replace(given, spread=LANGUAGE_MODELS)


def _scatter(uncertain: Sequence[Input]) -> list[Input]:
    """Return what scatters: the point, then the draws."""
    every = (*uncertain, *run.INPUTS)
    matrix = low_discrepancy(len(every), DRAWS, 0)
    found = []
    for given, shares in zip(every, matrix, strict=True):
        spread = given.spread or STANDARD_NORMAL
        values = spread.quantile(shares, *given.bounds.ends())
        draws = np.concatenate([np.atleast_1d(given.value), values]).reshape(1, 1, -1)
        found.append(Input.of(given.name, draws, given.unit, given.label, given.source))
    return found
