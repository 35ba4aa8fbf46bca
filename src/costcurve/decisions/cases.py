"""Cases: a model on an accelerator, as inputs of the graph that differ from one to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import hypot
from typing import TYPE_CHECKING, NamedTuple

from costcurve.core.quantities import Bounds, Input, as_float64
from costcurve.core.vocabulary import Effort, Phase
from costcurve.costs.effort import EffortTerms, effort_terms
from costcurve.costs.throughput_card import ANY, Carry, Terms, throughput_card
from costcurve.facts.models import ModelFacts

if TYPE_CHECKING:
    from costcurve.decisions.equipment import Offer

_POSITIVE = Bounds(above=0.0)
_NOT_NEGATIVE = Bounds(at_least=0.0)


class Case(NamedTuple):
    """One way to do it.

    Attributes
    ----------
    model : ModelFacts
        What is computed.
    offer : Offer, optional
        On what, at which price; as published on nothing in particular.
    effort : Effort
        How well the run is engineered.
    phase : Phase
        Training or inference.
    """

    model: ModelFacts
    offer: Offer | None = None
    effort: Effort = Effort.TYPICAL
    phase: Phase = Phase.TRAINING

    @property
    def equipment(self) -> Offer:
        """The offer, which every fact of an accelerator needs."""
        assert self.offer is not None, "only as published there is none"  # noqa: S101
        return self.offer

    @property
    def terms(self) -> Terms:
        """Terms of the throughput law for the model's family."""
        return throughput_card().terms(self.model.family, self.phase)

    @property
    def carry(self) -> Carry:
        """How the law is carried to the accelerator."""
        # Tuned runs were measured on other accelerators than the reference.
        tuned = self.effort is Effort.TUNED and self.phase is Phase.TRAINING
        return throughput_card().carry(self.equipment.accelerator, is_fitted=not tuned)

    @property
    def run(self) -> EffortTerms:
        """What the effort does to the run."""
        return effort_terms(self.effort, self.phase, self.model)

    @property
    def million_activations(self) -> float:
        """Activations in 10^6; where the table has none, by the family's ratio."""
        if self.model.million_activations is not None:
            return self.model.million_activations
        ratio = throughput_card().memory(self.model.family)["million_activations_per_gmac_p50"]
        return (self.model.gmacs or 0.0) * ratio


class _Fact(NamedTuple):
    unit: str
    label: str
    value: Callable[[Case], float]
    source: Callable[[Case], str]
    bounds: Bounds = _POSITIVE


def _ratio(name: str, reference: str) -> Callable[[Case], float]:
    """Return a fact of the accelerator over that of the reference; 1 where it is not known."""

    def ratio(case: Case) -> float:
        found = getattr(case.equipment, name)
        return 1.0 if found is None else found / float(throughput_card().reference[reference])

    return ratio


def _power(name: str) -> Callable[[Case], float]:
    return lambda case: case.carry.powers.get(name, 0.0)


def _run_log_sd(case: Case) -> float:
    return case.run.log_sd if case.run.replaces else hypot(case.terms.log_sd, case.run.log_sd)


def _of_model(case: Case) -> str:
    return case.model.facts_source


def _of_terms(case: Case) -> str:
    family = "models of any family" if case.terms.family == ANY else f"{case.terms.family} models"
    return f"{throughput_card().source}: {case.terms.models} {family}"


def _of_carry(case: Case) -> str:
    return f"{throughput_card().source}, for {case.equipment.accelerator.name}"


def _of_memory(_: Case) -> str:
    return f"{throughput_card().source}: largest batches that fitted 24 GB"


def _of_accelerator(case: Case) -> str:
    accelerator = case.equipment.accelerator
    return f"{accelerator.name}, {case.equipment.precision_in_words}: {accelerator.source}"


def _of_price(case: Case) -> str:
    offer = case.equipment
    if offer.price is None:
        return offer.terms
    note = f"; {offer.price.note}" if offer.price.note else ""
    return f"{offer.accelerator.name} at {offer.terms}: {offer.price.source}{note}"


def _of_effort(case: Case) -> str:
    return case.run.source


_FACTS = {
    "parameters": _Fact(
        "parameter",
        "Trainable parameters of the model",
        lambda case: case.model.parameters,
        _of_model,
    ),
    "gmacs": _Fact(
        "GMAC/example",
        "Multiply-adds of a forward pass, in 10^9",
        lambda case: case.model.gmacs or 0.0,
        _of_model,
    ),
    "million_activations": _Fact(
        "Mactivation/example",
        "Outputs of all layers in a forward pass, in 10^6",
        lambda case: case.million_activations,
        _of_model,
    ),
    "activation_bytes": _Fact(
        "byte/activation",
        "Memory of training for each activation",
        lambda case: (
            throughput_card().memory(case.model.family)["bytes_per_activation_p50"]
            * case.equipment.bytes_ratio
        ),
        _of_memory,
    ),
    "highest_utilisation": _Fact(
        "1",
        "Highest share of a peak that was ever measured",
        lambda _: float(throughput_card().content["highest_utilisation"]),
        lambda _: f"{throughput_card().source}: the highest of timm's benchmark",
        Bounds(above=0.0, at_most=1.0),
    ),
    "seconds_per_gflop": _Fact(
        "s/GFLOP",
        "Time of 10^9 FLOP on the reference accelerator",
        lambda case: case.terms.seconds_per_gflop,
        _of_terms,
    ),
    "seconds_per_million_activations": _Fact(
        "s/Mactivation",
        "Time of 10^6 activations on the reference accelerator",
        lambda case: case.terms.seconds_per_million_activations,
        _of_terms,
    ),
    "compute_slowdown": _Fact(
        "1",
        "Peak in mixed precision over that at the precision of the run",
        lambda case: case.equipment.amp_tflops / case.equipment.peak_tflops,
        _of_accelerator,
    ),
    "bytes_ratio": _Fact(
        "1",
        "Bytes of an activation over those in mixed precision",
        lambda case: case.equipment.bytes_ratio,
        _of_accelerator,
    ),
    "peak_ratio": _Fact(
        "1",
        "Dense peak in mixed precision over the reference's",
        _ratio("amp_tflops", "peak_tflops"),
        _of_accelerator,
    ),
    "bandwidth_ratio": _Fact(
        "1",
        "Memory bandwidth over the reference's",
        _ratio("bandwidth_gb_per_s", "bandwidth_gb_per_s"),
        _of_accelerator,
    ),
    "tdp_ratio": _Fact(
        "1",
        "Thermal design power over the reference's",
        _ratio("tdp_w", "tdp_w"),
        _of_accelerator,
    ),
    **{
        f"{name}_power": _Fact(
            "1", f"Power of the {label} in the speed", _power(name), _of_carry, _NOT_NEGATIVE
        )
        for name, label in (("peak", "peak"), ("bandwidth", "bandwidth"), ("tdp", "TDP"))
    },
    "architecture_log_sd": _Fact(
        "1",
        "Scatter of the logarithm of the time between architectures",
        lambda case: case.terms.log_sd,
        _of_terms,
        _NOT_NEGATIVE,
    ),
    "accelerator_log_sd": _Fact(
        "1",
        "Scatter of the logarithm of the time between accelerators",
        lambda case: case.carry.log_sd,
        _of_carry,
        _NOT_NEGATIVE,
    ),
    "run_log_sd": _Fact(
        "1",
        "Scatter of the logarithm of the time between runs",
        _run_log_sd,
        _of_effort,
        _NOT_NEGATIVE,
    ),
    "effort_multiplier": _Fact(
        "1", "Hours over those in steady state", lambda case: case.run.multiplier, _of_effort
    ),
    "peak_tflops": _Fact(
        "TFLOP/s",
        "Dense peak of the accelerator, in 10^12 FLOP/s",
        lambda case: case.equipment.peak_tflops,
        _of_accelerator,
    ),
    "accelerator_memory_gb": _Fact(
        "GB",
        "Memory of the accelerator",
        lambda case: case.equipment.memory_gb,
        _of_accelerator,
    ),
    "usd_per_accelerator_hour": _Fact(
        "USD/accelerator-hour",
        "Price of one accelerator for one hour",
        lambda case: case.equipment.usd_per_accelerator_hour,
        _of_price,
        Bounds(at_least=0.0),
    ),
}


def inputs_of(
    cases: Sequence[Case],
    names: Sequence[str],
    shape: tuple[int, int, int] = (1, -1, 1),
    *,
    with_sources: bool = True,
) -> list[Input]:
    """Return the inputs of these names, each along the cases.

    Parameters
    ----------
    cases : sequence of Case
        What stands along an axis.
    names : sequence of str
        Which facts.
    shape : tuple of int
        The axis, -1: that of models by default.
    with_sources : bool
        Whether anybody reads the sources, which take longer than the values.
    """
    return [_input(name, _FACTS[name], cases, shape, with_sources) for name in names]


def _input(
    name: str, fact: _Fact, cases: Sequence[Case], shape: tuple[int, int, int], with_sources: bool
) -> Input:
    values = as_float64(name, [fact.value(case) for case in cases]).reshape(shape)
    if not with_sources:
        told = "the tables of facts"
        return Input.of(name, values, fact.unit, fact.label, told, fact.bounds)
    sources = tuple(fact.source(case) for case in cases)
    by_model = dict(zip((case.model.name for case in cases), sources, strict=True))
    told = "; ".join(f"{model}: {source}" for model, source in by_model.items())
    given = Input.of(name, values, fact.unit, fact.label, told, fact.bounds)
    return replace(given, sources=sources)
