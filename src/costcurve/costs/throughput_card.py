"""The card of the throughput law: what was fitted, how well it predicts, how it is looked up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from costcurve.core.files import packaged_text
from costcurve.facts.hardware import AcceleratorFacts
from costcurve.facts.models import ModelFacts

#: The card that comes with the library.
CARD = "throughput-2026-11"
ANY = "any"


@dataclass(frozen=True, slots=True)
class Terms:
    """Time for one example on the reference accelerator, for one family in one phase.

    Attributes
    ----------
    family : str
        Whose terms; `"any"` when the family was not measured.
    seconds_per_gflop, seconds_per_million_activations : float
        The two coefficients.
    log_sd : float
        Scale of the error of models whose architecture was left out.
    models : int
        How many were measured.
    """

    family: str
    seconds_per_gflop: float
    seconds_per_million_activations: float
    log_sd: float
    models: int


@dataclass(frozen=True, slots=True)
class Carry:
    """How an accelerator's facts carry the law to it.

    Attributes
    ----------
    powers : mapping of str to float
        By fact: peak, bandwidth, tdp; those that are not known are left out.
    beyond_node_power : float
        Of the number of accelerators over those of a node.
    log_sd : float
        Scale of the error, larger for an accelerator that the fit has not seen.
    """

    powers: dict[str, float]
    beyond_node_power: float
    log_sd: float


class ThroughputCard:
    """What the law's card says.

    Parameters
    ----------
    content : mapping
        The parsed card.
    """

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        self.reference: dict[str, Any] = content["reference"]
        self._terms: dict[tuple[str | None, str], Terms] = {}
        self._carries: dict[tuple[str, bool, bool, bool], Carry] = {}
        self.source = f"law card {content['id']} ({content['command']})"

    def terms(self, family: str | None, phase: str = "training") -> Terms:
        """Return the terms of a family; those of any model when it was not measured."""
        if (family, phase) in self._terms:
            return self._terms[family, phase]
        by_family = self.content["phases"][phase]
        name = family if family and family in by_family else ANY
        found = by_family[name]
        self._terms[family, phase] = Terms(
            name,
            found["seconds_per_gflop"],
            found["seconds_per_million_activations"],
            found["log_sd"],
            found["models"],
        )
        return self._terms[family, phase]

    def memory(self, family: str | None) -> dict[str, float]:
        """Return what training keeps in memory, by family."""
        by_family = self.content["memory"]
        found: dict[str, float] = by_family[family if family and family in by_family else ANY]
        return found

    def carry(self, accelerator: AcceleratorFacts, *, is_fitted: bool = True) -> Carry:
        """Return how the law is carried to an accelerator, by as many of its facts as are known.

        Parameters
        ----------
        accelerator : AcceleratorFacts
            Where to.
        is_fitted : bool
            Whether the law itself was fitted on the reference accelerator, for which nothing is
            carried then.
        """
        has_bandwidth = accelerator.memory_bandwidth_gb_per_s is not None
        has_tdp = accelerator.tdp_w is not None
        key = accelerator.name, has_bandwidth, has_tdp, is_fitted
        if key not in self._carries:
            known = {"peak", *["bandwidth"] * has_bandwidth, *["tdp"] * has_tdp}
            self._carries[key] = self._carry(accelerator.name, known, is_fitted)
        return self._carries[key]

    def _carry(self, name: str, known: set[str], is_fitted: bool) -> Carry:
        found = next(f for f in self.content["accelerators"] if set(f["powers"]) == known)
        seen = name in self.content["accelerators_seen"]
        log_sd = found["log_sd"] if seen else found["log_sd_unseen"]
        if is_fitted and name == self.reference["accelerator"]:
            log_sd = 0.0
        return Carry(found["powers"], found["beyond_node_power"], log_sd)

    def tuned(self, model: ModelFacts | None) -> tuple[float, float, bool]:
        """Return the factor of a tuned run, its log_sd, and whether this model was measured."""
        of_models = self.content["tuned"]["models"]
        if model is not None and model.name in of_models:
            return of_models[model.name], 0.0, True
        of_any = self.content["tuned"][ANY]
        return of_any["factor"], of_any["log_sd"], False


@lru_cache(maxsize=1)
def throughput_card() -> ThroughputCard:
    """Return the card that comes with the library."""
    text = packaged_text("costs", "cards", f"{CARD}.json")
    return ThroughputCard(json.loads(text))
