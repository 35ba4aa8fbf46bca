"""What differs from option to option, as inputs of the graph: the model and its accelerator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from costcurve.core.draws import Z95
from costcurve.core.quantities import Bounds, Input
from costcurve.costs.families import FamilyFacts, family_table
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


def family_of(model: ModelFacts) -> FamilyFacts:
    """Return what was measured of a model's family."""
    return family_table()[model.family]


def activations_of(model: ModelFacts) -> float:
    """Return a model's activations in 10^6; where the table has none, by its family's ratio."""
    if model.million_activations is not None:
        return model.million_activations
    return (model.gmacs or 0.0) * family_of(model).million_activations_per_gmac_p50


def _factor(model: ModelFacts) -> float:
    """Return the factor of one standard deviation of the family's utilisation."""
    family = family_of(model)
    return float((family.utilisation_p95 / family.utilisation_p05) ** (0.5 / Z95))


def _of_model(model: ModelFacts, _: Offer) -> str:
    return model.facts_source


def _of_family(model: ModelFacts, _: Offer) -> str:
    family = family_of(model)
    note = f", {family.note}" if family.note else ""
    return f"{family.source}: median of {family.models} {family.family} models{note}"


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
        lambda model, offer: family_of(model).activation_bytes_p50 * offer.bytes_factor,
        _of_family,
    ),
    "utilisation_median": _Fact(
        "1",
        "Utilisation of the accelerator, median of the model's family",
        lambda model, _: family_of(model).utilisation_p50,
        _of_family,
        Bounds(above=0.0, at_most=1.0),
    ),
    "utilisation_factor": _Fact(
        "1",
        "Factor of one standard deviation of the utilisation",
        lambda model, _: _factor(model),
        _of_family,
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


def inputs_of(
    pairs: Sequence[Pair], names: Sequence[str], *, with_sources: bool = True
) -> list[Input]:
    """Return the inputs of these names, each along the pairs; sources only where they are read."""
    return [_input(name, _FACTS[name], pairs, with_sources) for name in names]


def _input(name: str, fact: _Fact, pairs: Sequence[Pair], with_sources: bool) -> Input:
    values = along_models(name, [fact.value(*pair) for pair in pairs])  # type: ignore[arg-type]
    sources = "the tables of facts"
    if with_sources:
        told = {model.name: fact.source(model, offer) for model, offer in pairs}  # type: ignore[arg-type]
        sources = "; ".join(f"{model}: {source}" for model, source in told.items())
    return Input.of(name, values, fact.unit, fact.label, sources, fact.bounds)
