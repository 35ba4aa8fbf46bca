"""Effort: how much longer a run takes than its steady state, by how well it is engineered."""

from __future__ import annotations

from typing import NamedTuple

from costcurve.core.vocabulary import Effort, Phase
from costcurve.costs.throughput_card import throughput_card
from costcurve.facts.models import ModelFacts


class EffortTerms(NamedTuple):
    """What an effort does to the hours of a run.

    Attributes
    ----------
    multiplier : float
        Hours over those in steady state.
    log_sd : float
        Scale of the scatter between such runs.
    replaces : bool
        Whether that stands in for the scatter of architectures, or comes on top of it.
    source : str
        Why.
    """

    multiplier: float
    log_sd: float
    source: str
    replaces: bool = False


#: Scatter between teams that train the same model on the same accelerator: the standard deviation
#: of the logarithm of nine published speeds of ResNet-50 on one A100 (decisions/measured_runs.csv).
BETWEEN_TEAMS = 0.326
#: 90 epochs of 1,281,167 images at 2,470 images/s take 13.0 hours; with validation and all, the
#: same table prints about 14.
_TYPICAL = EffortTerms(
    1.08,
    BETWEEN_TEAMS,
    "NVIDIA/DeepLearningExamples @ 291f0d0, PyTorch ResNet-50 v1.5 on one A100: about 14 hours "
    "printed for 90 epochs, 13.0 at the printed speed",
)
#: The same training loop reached 2,600 images/s from memory and 1,923 from disk: 1.35 times.
_CASUAL = EffortTerms(
    1.46,
    BETWEEN_TEAMS,
    "huggingface/pytorch-image-models issue 1491 (2022-10-10): 2,600 images/s from memory, 1,923 "
    "with the usual path of data, on top of typical",
)


_SERVING = EffortTerms(1.0, 0.0, "costcurve: inference is as fast as in steady state")


def effort_terms(effort: Effort, phase: Phase, model: ModelFacts | None) -> EffortTerms:
    """Return what an effort does to the hours of a model's run."""
    if phase is Phase.INFERENCE:
        return _SERVING
    if effort is not Effort.TUNED:
        return _TYPICAL if effort is Effort.TYPICAL else _CASUAL
    factor, log_sd, known = throughput_card().tuned(model)
    what = "this model's runs" if known else "models of other benchmarks"
    source = f"{throughput_card().source}: MLPerf v2.0 to v4.0 over the plain law, {what}"
    return EffortTerms(factor, log_sd, source, replaces=True)
