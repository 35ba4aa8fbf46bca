"""The ways to price: each is modules of quantities, with what a bill needs to know of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from types import ModuleType

from costcurve.core.quantities import Input
from costcurve.core.vocabulary import Mode
from costcurve.costs import (
    as_published,
    calibrated,
    examples,
    published_conversions,
    throughput,
    utilisation,
)
from costcurve.costs.bill import Line


@dataclass(frozen=True)
class Pricing:
    """One way to price.

    Attributes
    ----------
    mode : Mode
        Its name.
    modules : tuple of module
        The quantities, to be put into a graph.
    inputs : tuple of Input
        Numbers of the way itself.
    parameters : tuple of str
        Rows of the parameter table that it takes from the user.
    model_facts : tuple of str
        Inputs that differ from model to model.
    moved : tuple of str
        What a user can change or doubt of it, for the question what matters most.
    lines : tuple of Line
        The bill, in the order a reader expects.
    caution : str
        What a reader of its prices must know.
    total : str
        The quantity that adds the bill up.
    """

    mode: Mode
    modules: tuple[ModuleType, ...]
    inputs: tuple[Input, ...]
    parameters: tuple[str, ...]
    model_facts: tuple[str, ...]
    moved: tuple[str, ...]
    lines: tuple[Line, ...]
    caution: str
    total: str = "total_cost_usd"


_DATA = Line(
    "Labelled examples",
    "new_examples",
    "usd_per_example",
    "data_cost_usd",
    "{examples_used:,.0f} examples in all, less the {examples_held:,.0f} held",
)
_AS_PUBLISHED = Pricing(
    mode=Mode.AS_PUBLISHED,
    modules=(examples, as_published, published_conversions),
    inputs=(*as_published.INPUTS, *published_conversions.INPUTS),
    parameters=("epochs", "testing_passes", "usd_per_flop"),
    model_facts=("parameters",),
    moved=("epochs", "testing_passes", "parameters", "usd_per_flop"),
    lines=(
        _DATA,
        Line(
            "Training",
            "training_flop",
            "usd_per_flop",
            "training_cost_usd",
            "{flop_per_parameter:g} FLOP x {parameters:,.0f} parameters x "
            "{forward_passes_per_step:g} x {epochs:g} epochs x {examples_used:,.0f} examples",
        ),
        Line(
            "Extensive testing",
            "testing_flop",
            "usd_per_flop",
            "testing_cost_usd",
            "{testing_passes:g} extra passes, each as an epoch",
            optional=True,
        ),
    ),
    caution=(
        "Eq. 4 overstates measured training costs by orders of magnitude (see costcurve "
        "reproduce economic-model, item eq4.resnet50); take the training line as the paper's, "
        "not as a quote."
    ),
)
_CALIBRATED = Pricing(
    mode=Mode.CALIBRATED,
    modules=(examples, calibrated, throughput),
    inputs=(*calibrated.INPUTS, *throughput.INPUTS),
    parameters=("epochs", "testing_passes", "batch_size"),
    model_facts=(
        "parameters",
        "gmacs",
        "million_activations",
        "activation_bytes",
        "accelerator_memory_gb",
        "usd_per_accelerator_hour",
        *throughput.MODEL_FACTS,
    ),
    moved=(
        "epochs",
        "testing_passes",
        "effort_multiplier",
        "gmacs",
        "million_activations",
        "utilisation",
        "usd_per_accelerator_hour",
    ),
    lines=(
        _DATA,
        Line(
            "Training",
            "training_hours",
            "usd_per_accelerator_hour",
            "training_cost_usd",
            "{forward_passes_per_step:g} x {flop_per_multiply_add:g} x {gmacs:.3g} GMACs x "
            "{epochs:g} epochs x {examples_used:,.0f} examples, each in "
            "{run_seconds_per_example:.3g} s on one accelerator",
        ),
        Line(
            "Extensive testing",
            "testing_hours",
            "usd_per_accelerator_hour",
            "testing_cost_usd",
            "{testing_passes:g} extra passes, each as an epoch",
            optional=True,
        ),
    ),
    caution=(
        "Training is one run that works, at the price of the accelerator alone: no failed runs, "
        "no search for hyper-parameters, no storage, no people."
    ),
)
_PRICINGS = {pricing.mode: pricing for pricing in (_CALIBRATED, _AS_PUBLISHED)}


def pricing_of(mode: Mode, given: Collection[str] = ()) -> Pricing:
    """Return the way to price that a mode names.

    Parameters
    ----------
    mode : Mode
        Its name.
    given : collection of str
        Rows of the parameter table that the user gave though they would be looked up or computed:
        `"utilisation"`, `"usd_per_accelerator_hour"`.
    """
    pricing = _PRICINGS[mode]
    if "utilisation" in given and throughput in pricing.modules:
        pricing = replace(
            pricing,
            modules=tuple(utilisation if m is throughput else m for m in pricing.modules),
            inputs=calibrated.INPUTS,
            parameters=(*pricing.parameters, "utilisation"),
            model_facts=(
                *_without(pricing.model_facts, throughput.MODEL_FACTS),
                "peak_tflops",
            ),
        )
    if "usd_per_accelerator_hour" in given and "usd_per_accelerator_hour" in pricing.model_facts:
        pricing = replace(
            pricing,
            parameters=(*pricing.parameters, "usd_per_accelerator_hour"),
            model_facts=_without(pricing.model_facts, ("usd_per_accelerator_hour",)),
        )
    return pricing


def _without(names: tuple[str, ...], left_out: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in left_out)
