"""What differs from option to option, as inputs of the graph: the model and its accelerator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp
from typing import TYPE_CHECKING, NamedTuple

from costcurve.core.quantities import Bounds, Input
from costcurve.core.vocabulary import Effort
from costcurve.costs.effort import effort_terms
from costcurve.costs.throughput_card import ANY, Terms, throughput_card
from costcurve.decisions.axes import along_models
from costcurve.facts.models import ModelFacts

if TYPE_CHECKING:
    from costcurve.decisions.equipment import Offer

#: A model and what it is trained on; as published on nothing in particular.
Pair = tuple[ModelFacts, "Offer | None"]


class _Fact(NamedTuple):
    unit: str
    label: str
    value: Callable[[ModelFacts, Offer], float]
    source: Callable[[ModelFacts, Offer], str]
    bounds: Bounds = Bounds(above=0.0)


def terms_of(model: ModelFacts) -> Terms:
    """Return the terms of the throughput law for a model's family, in training."""
    return throughput_card().terms(model.family)


def activations_of(model: ModelFacts) -> float:
    """Return a model's activations in 10^6; where the table has none, by its family's ratio."""
    if model.million_activations is not None:
        return model.million_activations
    ratio = throughput_card().memory(model.family)["million_activations_per_gmac_p50"]
    return (model.gmacs or 0.0) * ratio


def _ratio(name: str, reference: str) -> Callable[[ModelFacts, Offer], float]:
    """Return a fact of an accelerator over that of the reference; 1 where it is not known."""

    def ratio(_: ModelFacts, offer: Offer) -> float:
        found = getattr(offer, name)
        return 1.0 if found is None else found / float(throughput_card().reference[reference])

    return ratio


def _power(name: str) -> Callable[[ModelFacts, Offer], float]:
    return lambda _, offer: throughput_card().carry(offer.accelerator).powers.get(name, 0.0)


def _of_model(model: ModelFacts, _: Offer) -> str:
    return model.facts_source


def _of_card(model: ModelFacts, _: Offer) -> str:
    terms = terms_of(model)
    family = "models of any family" if terms.family == ANY else f"{terms.family} models"
    return f"{throughput_card().source}: {terms.models} {family}"


def _of_carry(_: ModelFacts, offer: Offer) -> str:
    return f"{throughput_card().source}, for {offer.accelerator.name}"


def _of_memory(_model: ModelFacts, _: Offer) -> str:
    return f"{throughput_card().source}: largest batches that fitted 24 GB"


def _of_accelerator(_: ModelFacts, offer: Offer) -> str:
    return f"{offer.accelerator.name}, {offer.precision}: {offer.accelerator.source}"


def _of_price(_: ModelFacts, offer: Offer) -> str:
    if offer.price is None:
        return offer.terms
    note = f"; {offer.price.note}" if offer.price.note else ""
    return f"{offer.accelerator.name} at {offer.terms}: {offer.price.source}{note}"


_FACTS = {
    "parameters": _Fact(
        "parameter",
        "Trainable parameters of the model",
        lambda model, _: model.parameters,
        _of_model,
    ),
    "gmacs": _Fact(
        "GMAC/example",
        "Multiply-adds of a forward pass, in 10^9",
        lambda model, _: model.gmacs or 0.0,
        _of_model,
    ),
    "million_activations": _Fact(
        "Mactivation/example",
        "Outputs of all layers in a forward pass, in 10^6",
        lambda model, _: activations_of(model),
        _of_model,
    ),
    "activation_bytes": _Fact(
        "byte/activation",
        "Memory of training for each activation",
        lambda model, offer: (
            throughput_card().memory(model.family)["bytes_per_activation_p50"] * offer.bytes_ratio
        ),
        _of_memory,
    ),
    "seconds_per_gflop": _Fact(
        "s/GFLOP",
        "Time of 10^9 FLOP on the reference accelerator",
        lambda model, _: terms_of(model).seconds_per_gflop,
        _of_card,
    ),
    "seconds_per_million_activations": _Fact(
        "s/Mactivation",
        "Time of 10^6 activations on the reference accelerator",
        lambda model, _: terms_of(model).seconds_per_million_activations,
        _of_card,
    ),
    "compute_slowdown": _Fact(
        "1",
        "Peak in mixed precision over that at the precision of the run",
        lambda _, offer: offer.amp_tflops / offer.peak_tflops,
        _of_accelerator,
    ),
    "bytes_ratio": _Fact(
        "1",
        "Bytes of an activation over those in mixed precision",
        lambda _, offer: offer.bytes_ratio,
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
            "1", f"Power of the {label} in the speed", _power(name), _of_carry, Bounds(at_least=0.0)
        )
        for name, label in (("peak", "peak"), ("bandwidth", "bandwidth"), ("tdp", "TDP"))
    },
    "architecture_factor": _Fact(
        "1",
        "Factor of one standard deviation between architectures",
        lambda model, _: exp(terms_of(model).log_sd),
        _of_card,
    ),
    "accelerator_factor": _Fact(
        "1",
        "Factor of one standard deviation between accelerators",
        lambda _, offer: exp(throughput_card().carry(offer.accelerator).log_sd),
        _of_carry,
    ),
    "peak_tflops": _Fact(
        "TFLOP/s",
        "Dense peak of the accelerator, in 10^12 FLOP/s",
        lambda _, offer: offer.peak_tflops,
        _of_accelerator,
    ),
    "accelerator_memory_gb": _Fact(
        "GB", "Memory of the accelerator", lambda _, offer: offer.memory_gb, _of_accelerator
    ),
    "usd_per_accelerator_hour": _Fact(
        "USD/accelerator-hour",
        "Price of one accelerator for one hour",
        lambda _, offer: offer.usd_per_accelerator_hour,
        _of_price,
        Bounds(at_least=0.0),
    ),
}


def _facts_of_effort(effort: Effort) -> dict[str, _Fact]:
    def source(model: ModelFacts, _: Offer) -> str:
        return effort_terms(effort, model).source

    def run_factor(model: ModelFacts, _: Offer) -> float:
        log_sd = effort_terms(effort, model).log_sd
        return exp(terms_of(model).log_sd if log_sd is None else log_sd)

    return {
        "effort_multiplier": _Fact(
            "1",
            f"Hours over those in steady state, {effort} effort",
            lambda model, _: effort_terms(effort, model).multiplier,
            source,
        ),
        "run_factor": _Fact(
            "1", "Factor of one standard deviation between runs", run_factor, source
        ),
    }


def inputs_of(
    pairs: Sequence[Pair], names: Sequence[str], effort: Effort, *, with_sources: bool = True
) -> list[Input]:
    """Return the inputs of these names, each along the pairs; sources only where they are read."""
    facts = {**_FACTS, **_facts_of_effort(effort)}
    return [_input(name, facts[name], pairs, with_sources) for name in names]


def _input(name: str, fact: _Fact, pairs: Sequence[Pair], with_sources: bool) -> Input:
    values = along_models(name, [fact.value(*pair) for pair in pairs])  # type: ignore[arg-type]
    sources = "the tables of facts"
    if with_sources:
        told = {model.name: fact.source(model, offer) for model, offer in pairs}  # type: ignore[arg-type]
        sources = "; ".join(f"{model}: {source}" for model, source in told.items())
    return Input.of(name, values, fact.unit, fact.label, sources, fact.bounds)
