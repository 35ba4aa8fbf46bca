"""Runs as users describe them, in rows of text, with what is missing taken from facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import isfinite

from costcurve.core.errors import Finding, InputError, shown
from costcurve.core.quantities import Graph, Input
from costcurve.core.vocabulary import Effort, Phase, Precision
from costcurve.costs import ownership
from costcurve.costs.calibrated import BYTES_PER_PARAMETER, training_memory_gb
from costcurve.costs.run import power_w
from costcurve.costs.throughput_card import ANY, throughput_card
from costcurve.decisions.assumptions import Assumptions
from costcurve.decisions.cases import Case
from costcurve.decisions.equipment import ON_DEMAND, Offer, choose, offers_for
from costcurve.decisions.lookups import Tables
from costcurve.evidence.timm import known_family
from costcurve.facts.hardware import (
    OFFERS,
    AcceleratorFacts,
)
from costcurve.facts.models import ModelFacts

#: Columns of a table of runs; each may be left out where there is a default or a fact.
COLUMNS = (
    "model",
    "gmacs",
    "activations_m",
    "parameters",
    "image_size",
    "dataset_examples",
    "epochs",
    "samples",
    "accelerator",
    "count",
    "precision",
    "phase",
    "effort",
    "region",
    "provider",
    "offer",
    "usd_per_accelerator_hour",
)
#: What a reader must know of a prediction, by the flag that says so.
FLAGS = {
    "activations_estimated": "No activations are known; they are estimated from the multiply-adds.",
    "6_flop_per_parameter_and_token": "No multiply-adds are known: 6 FLOP for each parameter and "
    "each token, at the utilisation of published language models whatever the effort; samples are "
    "taken for tokens.",
    "image_size_not_used": "The table's figures of this model are for no known size of image, so "
    "the one given changes nothing.",
    "samples_and_epochs_given": "The samples given are not data set times epochs; they stand.",
    "does_not_fit": "Parameters, gradients and optimiser alone are more than the memory of all "
    "accelerators.",
    "more_machines_than_measured": "No run on so many accelerators was in the fit.",
    "one_epoch_assumed": "No epochs were given: one pass over the data set.",
    "cheapest_accelerator": "No accelerator was named: the cheapest on offer that holds the model.",
    "family_not_measured": "The throughput of this family of models was not measured; that of "
    "models of any family stands in for it.",
    "accelerator_not_measured": "The fit has seen no or few runs on this accelerator; the interval "
    "is wider for it.",
    "no_mixed_precision": "The accelerator has no mixed precision; it runs in FP32.",
    "no_tdp": "No thermal design power is known, so no energy.",
    "no_price": "No on-demand price is known; give one to see dollars.",
    "owned": "Owned: the purchase by an annuity, hosting and electricity, over the hours in use; "
    "without the people who look after it.",
    "old_price": "The price is old, and what was on offer then may not be now.",
    "price_of_another_region": "There is no price for the region; that of another stands there.",
    "unknown_grid": "The electricity of the region is not known, so no carbon.",
    "world_average_grid": "No region was given: carbon at the world's average.",
}
#: Not rented, but bought.
OWNED = "owned"
_OFFERED = (*OFFERS[:-1], OWNED)
_SMALLEST, _LARGEST = 1e-30, 1e30
#: Of a model whose arithmetic is known by its parameters and tokens only.
BY_TOKENS = "6_flop_per_parameter_and_token"
#: Whose electricity and data centre it is where no place is named.
AVERAGE_DATA_CENTRE = "average data center"
WORLD = "World"


@dataclass(frozen=True)
class RunSpec:
    """One run, understood.

    Attributes
    ----------
    case : Case
        Model, accelerator, effort and phase.
    samples, count : float
        Examples processed in all, on how many accelerators.
    usd_per_accelerator_hour : float, optional
        `None` when there is no price.
    tdp_w, gco2e_per_kwh, pue : float, optional
        What energy and carbon need; `None` when it is not known.
    grid : str
        Whose electricity.
    flags : tuple of str
        What a reader must know.
    """

    case: Case
    samples: float
    count: float
    usd_per_accelerator_hour: float | None
    tdp_w: float | None
    gco2e_per_kwh: float | None
    pue: float | None
    grid: str
    flags: tuple[str, ...]

    @property
    def is_by_tokens(self) -> bool:
        """Whether only parameters and tokens are known, as of language models."""
        return BY_TOKENS in self.flags


def understand(cells: Mapping[str, str], tables: Tables) -> RunSpec:
    """Return one run, or raise InputError with every reason why it cannot be predicted."""
    reader = _Reader(cells)
    phase = Phase(reader.word("phase", [*Phase], Phase.TRAINING))
    effort = Effort(reader.word("effort", [*Effort], Effort.TYPICAL))
    precision = Precision(reader.word("precision", [*Precision], Precision.AMP))
    count = reader.number("count", 1.0, least=1.0) or 1.0
    samples = _samples(reader)
    model = _model(reader, tables)
    machine = _machine(reader, tables, model, effort)
    price = reader.number("usd_per_accelerator_hour", None, least=0.0)
    reader.word("offer", _OFFERED, ON_DEMAND)
    InputError.check(reader.findings)
    assert model is not None and machine is not None and samples is not None  # noqa: S101, PT018
    offer, flag = Offer(machine, None), ""
    if price is None:
        found, flag = _price(reader, tables, machine)
        offer = found or offer
        price = _usd_per_hour(found, machine, tables) if found else None
    offer = replace(offer, precision=precision)
    if not offer.is_possible:
        reader.refuse("precision", f"the table has no {precision} peak of {machine.name}")
    InputError.check(reader.findings)
    gco2e, pue, grid, grid_flags = _electricity(reader, tables)
    case = Case(model, offer, effort, phase)
    flags = [*reader.flags, flag, *grid_flags, *_flags_of(case, count, BY_TOKENS in reader.flags)]
    return RunSpec(
        case=case,
        samples=samples,
        count=count,
        usd_per_accelerator_hour=price,
        tdp_w=machine.tdp_w,
        gco2e_per_kwh=gco2e,
        pue=pue,
        grid=grid,
        flags=tuple(dict.fromkeys(name for name in flags if name)),
    )


def _price(reader: _Reader, tables: Tables, machine: AcceleratorFacts) -> tuple[Offer | None, str]:
    """Return at what price the accelerator is had, and a flag about it."""
    how = reader.word("offer", _OFFERED, ON_DEMAND)
    if how == OWNED:
        found = tables.purchase(machine)
        return found, "owned" if found else "no_price"
    return tables.offer(machine, reader.text("provider"), reader.text("region"), how)


def _usd_per_hour(offer: Offer, machine: AcceleratorFacts, tables: Tables) -> float | None:
    """Return USD for an hour: the rent, or what owning takes."""
    if offer.price is None or offer.price.purchase_usd is None:
        return offer.usd_per_accelerator_hour
    if not machine.tdp_w:
        return None
    average = tables.grid(AVERAGE_DATA_CENTRE)
    with_host = offer.price.host_included == "yes"
    per_tdp = throughput_card().content["power"]["per_tdp"]
    given = [
        Input.of("tdp_w", machine.tdp_w, "W", "TDP", machine.source),
        Input.of("power_per_tdp", per_tdp, "1", "Power over TDP", throughput_card().source),
        *(
            Input.of(name, value, "1", name, "one machine, at the median")
            for name, value in (
                ("nodes", 1),
                ("nodes_power", 1),
                ("power_log_sd", 0),
                ("power_z", 0),
            )
        ),
        Input.of("purchase_usd", offer.price.purchase_usd, "USD", "Price", offer.terms),
        Input.of("pue", (average and average.pue) or 1.0, "1", "PUE", AVERAGE_DATA_CENTRE),
    ]
    # A price of the whole machine needs no factor for it.
    overrides = {"system_factor": 1.0} if with_host else {}
    graph = Graph([ownership, power_w], [*ownership.INPUTS, *given])
    found = graph.evaluate(["owned_usd_per_hour"], overrides)
    return float(found["owned_usd_per_hour"])


class _Reader:
    """Reads cells; what is wrong is kept, so that all of it is told."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self.cells = cells
        self.findings: list[Finding] = []
        self.flags: list[str] = []

    def text(self, name: str) -> str:
        return str(self.cells.get(name) or "").strip()

    def refuse(self, name: str, why: str) -> None:
        found = Finding(name, shown(self.text(name)) if self.text(name) else "", why)
        # Some cells are read more than once.
        if found not in self.findings:
            self.findings.append(found)

    def number(self, name: str, default: float | None, *, least: float = _SMALLEST) -> float | None:
        text = self.text(name)
        if not text:
            return default
        try:
            found = float(text) if text.isascii() and "_" not in text else float("nan")
        except ValueError:
            found = float("nan")
        if not isfinite(found) or not least <= found <= _LARGEST:
            above = "above 0" if least == _SMALLEST else f"of at least {least:g}"
            self.refuse(name, f"must be a number {above} and at most {_LARGEST:g}")
            return default
        return found

    def word(self, name: str, allowed: Sequence[str], default: str) -> str:
        found = self.text(name).casefold() or default
        found = "amp" if found == "fp16" else found  # what mixed precision multiplies in
        if found not in allowed:
            self.refuse(name, f"must be one of: {', '.join(allowed)}")
            return default
        return found


def _samples(reader: _Reader) -> float | None:
    samples = reader.number("samples", None)
    examples, epochs = reader.number("dataset_examples", None), reader.number("epochs", None)
    if samples is not None:
        if examples and epochs and not 0.99 < samples / (examples * epochs) < 1.01:
            reader.flags.append("samples_and_epochs_given")
        return samples
    if examples is None:
        if not reader.text("samples") and not reader.text("dataset_examples"):
            reader.refuse("samples", "is missing; give samples, or dataset_examples and epochs")
        return None
    if epochs is None and not reader.text("epochs"):
        reader.flags.append("one_epoch_assumed")
    return examples * (1.0 if epochs is None else epochs)


def _machine(
    reader: _Reader, tables: Tables, model: ModelFacts | None, effort: Effort
) -> AcceleratorFacts | None:
    """Return the accelerator that is named, or else the cheapest on offer that holds the model."""
    name = reader.text("accelerator")
    if not name and reader.text("usd_per_accelerator_hour"):
        reader.refuse("accelerator", "is missing; the price given must be that of one")
        return None
    if not name:
        reader.flags.append("cheapest_accelerator")
        return None if model is None else _cheapest_machine(reader, tables, model, effort)
    try:
        machine = tables.accelerator(name)
    except InputError as error:
        reader.findings += error.findings
        return None
    if not Offer(machine, None).is_possible:
        reader.refuse("accelerator", "the table has no peak of it")
        return None
    return machine


def _cheapest_machine(
    reader: _Reader, tables: Tables, model: ModelFacts, effort: Effort
) -> AcceleratorFacts | None:
    provider, region = reader.text("provider"), reader.text("region")
    how = reader.word("offer", _OFFERED, ON_DEMAND)
    precision = Precision(reader.word("precision", [*Precision], Precision.AMP))
    findings: Sequence[Finding] = ()
    # A region that no price names still says whose electricity it is.
    for where in dict.fromkeys((region, "")):
        who = tables.provider(provider) or None
        assumed = Assumptions(effort=effort, provider=who, region=where or None)
        try:
            found = offers_for(
                assumed, tables.accelerators, tables.prices, ON_DEMAND if how == OWNED else how
            )
        except InputError as error:
            findings = error.findings
            continue
        offers = [replace(offer, precision=precision) for offer in found]
        if offers := [offer for offer in offers if offer.is_possible]:
            return choose([model], offers, assumed)[0].accelerator
        findings = [Finding("precision", str(precision), "no accelerator on offer has it")]
    reader.findings += findings
    return None


def _model(reader: _Reader, tables: Tables) -> ModelFacts | None:
    """Return the model: what the row says, and for the rest what the table does."""
    name = reader.text("model")
    # Names of timm may end in the tag of their weights.
    known = (tables.model(name) or tables.model(name.split(".")[0])) if name else None
    parameters, size = reader.number("parameters", None), reader.number("image_size", None)
    gmacs, activations = _arithmetic(reader, known, size)
    if gmacs is None and known is None and size is None and parameters is not None:
        gmacs = parameters / 1e9  # 2 FLOP for each parameter and token, and thrice that in training
        reader.flags.append(BY_TOKENS)
    if gmacs is None:
        missing = "is not in the table; give its gmacs" if known is None else "has no gmacs"
        reader.refuse("model", f"{missing}{tables.hint(name)}" if name else "give model or gmacs")
        return None
    if activations is None and BY_TOKENS not in reader.flags:
        reader.flags.append("activations_estimated")
    if known is not None:
        count = int(parameters or known.parameters)
        return replace(known, gmacs=gmacs, million_activations=activations, parameters=count)
    return ModelFacts(
        name=name or "a model",
        aliases=(),
        family=known_family(name),
        parameters=int(parameters or 0),
        gmacs=gmacs,
        million_activations=activations,
        image_size_pixels=int(size) if size else None,
        imagenet_top1_percent=None,
        kinds=(),
        lists=(),
        source="the row",
        source_date=date.min,
        note="",
    )


def _arithmetic(
    reader: _Reader, known: ModelFacts | None, size: float | None
) -> tuple[float | None, float | None]:
    """Return multiply-adds in 10^9 and activations in 10^6: the row's, or else the table's."""
    gmacs, activations = reader.number("gmacs", None), reader.number("activations_m", None)
    if known is None:
        return gmacs, activations
    scale = 1.0
    if size is not None and known.image_size_pixels:
        scale = (size / known.image_size_pixels) ** 2
    elif size is not None:
        reader.flags.append("image_size_not_used")
    of_table = known.gmacs and known.gmacs * scale
    if activations is None and known.million_activations is not None:
        # Where the row has other multiply-adds than the table, it is another size of input.
        ratio = gmacs / of_table if gmacs and of_table else 1.0
        activations = known.million_activations * scale * ratio
    return gmacs or of_table, activations


def _electricity(
    reader: _Reader, tables: Tables
) -> tuple[float | None, float | None, str, list[str]]:
    """Return gCO2e/kWh, PUE, whose they are, and flags."""
    region, provider = reader.text("region"), reader.text("provider")
    average = tables.grid(AVERAGE_DATA_CENTRE)
    of_provider = tables.grid(provider) if provider else None
    grid = tables.region(region, of_provider) if region else tables.grid(WORLD)
    pues = [row.pue for row in (grid, of_provider, average) if row and row.pue]
    if grid is None or grid.gco2e_per_kwh is None:
        return None, pues[0] if pues else None, shown(region), ["unknown_grid"]
    flags = [] if region else ["world_average_grid"]
    return grid.gco2e_per_kwh, pues[0] if pues else None, grid.name, flags


def _flags_of(case: Case, count: float, by_tokens: bool) -> list[str]:
    found = []
    # Without activations: a batch can be made small, the parameters cannot.
    per_parameter = BYTES_PER_PARAMETER[case.phase]
    states_gb = training_memory_gb(case.model.parameters, per_parameter, 0.0, 0.0, 0.0)
    if states_gb > case.equipment.memory_gb * count:
        found.append("does_not_fit")
    if count > throughput_card().content["most_accelerators"]:
        found.append("more_machines_than_measured")
    if case.terms.family == ANY and not by_tokens:
        found.append("family_not_measured")
    if case.equipment.accelerator.name not in throughput_card().content["accelerators_seen"]:
        found.append("accelerator_not_measured")
    if not case.equipment.tdp_w:
        found.append("no_tdp")
    if case.equipment.precision is Precision.AMP and case.equipment.accelerator.fp16_tflops is None:
        found.append("no_mixed_precision")
    return found
