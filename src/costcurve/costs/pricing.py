"""The ways to price: each is a module of quantities, with what a bill needs to know of it."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

from costcurve.core.quantities import Input
from costcurve.core.vocabulary import Mode
from costcurve.costs import as_published
from costcurve.costs.bill import Line


@dataclass(frozen=True)
class Pricing:
    """One way to price.

    Attributes
    ----------
    mode : Mode
        Its name.
    module : module
        The quantities, to be put into a graph.
    inputs : tuple of Input
        Numbers of the way itself.
    parameters : tuple of str
        Rows of the parameter table that it takes from the user.
    model_facts : tuple of str
        Inputs that differ from model to model.
    lines : tuple of Line
        The bill, in the order a reader expects.
    total : str
        The quantity that adds the bill up.
    caution : str
        What a reader of its prices must know.
    """

    mode: Mode
    module: ModuleType
    inputs: tuple[Input, ...]
    parameters: tuple[str, ...]
    model_facts: tuple[str, ...]
    lines: tuple[Line, ...]
    total: str
    caution: str


_PRICINGS = {
    Mode.AS_PUBLISHED: Pricing(
        mode=Mode.AS_PUBLISHED,
        module=as_published,
        inputs=as_published.INPUTS,
        parameters=("epochs", "testing_passes", "usd_per_flop"),
        model_facts=("parameters",),
        lines=(
            Line("Labelled examples", "new_examples", "usd_per_example", "data_cost_usd"),
            Line("Training", "training_flop", "usd_per_flop", "training_cost_usd"),
            Line(
                "Extensive testing",
                "testing_flop",
                "usd_per_flop",
                "testing_cost_usd",
                optional=True,
            ),
        ),
        total="total_cost_usd",
        caution=(
            "Eq. 4 overstates measured training costs by orders of magnitude (see costcurve "
            "reproduce economic-model, item eq4.resnet50); take the training line as the paper's, "
            "not as a quote."
        ),
    )
}


def pricing_of(mode: Mode) -> Pricing:
    """Return the way to price that a mode names."""
    return _PRICINGS[mode]
