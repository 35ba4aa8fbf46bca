"""Costs that were published, beside what is predicted: DAWNBench, and the papers' own figures."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np

from costcurve.core.parameters import table
from costcurve.core.vocabulary import Status
from costcurve.costs import as_published
from costcurve.decisions.runs import RunCost, cost_of_runs
from costcurve.evidence.registry import read_rows
from costcurve.facts.models import find_models
from costcurve.studies.reproduction import Item

_DAWNBENCH = "dawnbench/training_runs.csv"
_IMAGES = {"ImageNet": 1_281_167, "CIFAR10": 50_000}
#: What an entry names as its hardware: the accelerator and how many. Machines are those of the
#: providers' lists of the time: p3.16xlarge and ND40s_v2 have eight V100, a TPU v2 four chips.
_HARDWARE = (
    (r"^16 ecs\.gn6e", "V100 SXM2 32GB", 128),
    (r"^16 p3\.16xlarge", "V100 SXM2 16GB", 128),
    (r"^64 \* V100", "V100 SXM2 16GB", 64),
    (r"^p3\.16xlarge", "V100 SXM2 16GB", 8),
    (r"^(p3\.2xlarge|V100 \(AWS p3\.2xlarge\))", "V100 SXM2 16GB", 1),
    (r"ND40s_v2", "V100 SXM2 32GB", 8),
    (r"^GCP n1-standard-2, Cloud TPU", "TPU v2", 4),
    (r"4x GTX 1080 Ti", "GTX 1080 Ti", 4),
    (r"^1 K80", "Tesla K80 (one GK210)", 1),
    (r"^1 P100", "P100", 1),
)
_MODELS = {"resnet50": "ResNet-50", "resnet152": "ResNet-152", "resnet50v15": "ResNet-50"}
#: Networks for the small images of CIFAR, counted by their layers (tests/facts/layers.py): three
#: stages of 18 bottlenecks, He et al. (2016), Identity Mappings; and ResNet-50 with a stem of 3 x 3
#: that keeps the size, since the one of ImageNet would leave a single pixel.
_OF_CIFAR = {
    "ResNet 164 (with bottleneck)": {
        "model": "resnet164",
        "gmacs": "0.2476",
        "activations_m": "3.265",
        "parameters": "1.7e6",
    },
    "ResNet50": {
        "model": "resnet50-cifar",
        "gmacs": "1.298",
        "activations_m": "3.432",
        "parameters": "23.5e6",
    },
}


def dawnbench_items() -> list[Item]:
    """Return every entry of DAWNBench with a price, beside its predicted dollars.

    The model, the epochs, the hardware and the price of an hour are the entry's; the effort is not
    known, so it is the default, typical.
    """
    return [_entry(cells) for cells in _entries()]


def dawnbench_summary() -> dict[str, Any]:
    """Return errors and coverage over the entries that can be predicted, with Eq. 4 beside."""
    paid, ours, inside, eq_4 = [], [], [], []
    for cells in _entries():
        item, (row, _) = _entry(cells), _run_of(cells)
        if row is not None and isinstance(item.printed, float) and isinstance(item.ours, float):
            paid.append(item.printed)
            ours.append(item.ours)
            inside.append(item.status is Status.REPRODUCED)
            eq_4.append(_eq_4_usd(row))
    errors = np.abs(np.log(np.array(ours) / np.array(paid)))
    return {
        "data": "dawnbench.usd",
        "rows": len(paid),
        "left_out": "never fitted",
        "median_factor": float(np.exp(np.median(errors))),
        "p90_factor": float(np.exp(np.quantile(errors, 0.9))),
        "coverage_of_90_percent": float(np.mean(inside)),
        "coverage_clustered_standard_error": float(np.std(inside) / np.sqrt(len(inside) - 1)),
        "median_factor_of_eq_4": float(
            np.exp(np.median(np.abs(np.log(np.array(eq_4) / np.array(paid)))))
        ),
    }


def _eq_4_usd(row: dict[str, str]) -> float:
    """Return what Eq. 4 makes of a run: 3e-11 USD x 2 x parameters x 3 x epochs x examples."""
    parameters = row.get("parameters") or str(find_models([row["model"]])[0].parameters)
    factors = {given.name: float(given.value) for given in as_published.INPUTS}
    flop = as_published.training_flop(
        factors["flop_per_parameter"],
        float(parameters),
        float(row["epochs"]),
        factors["forward_passes_per_step"],
        float(row["dataset_examples"]),
    )
    return float(as_published.training_cost_usd(flop, table()["usd_per_flop"].default))


def _entries() -> list[dict[str, str]]:
    return list(read_rows(_DAWNBENCH))


def _entry(cells: dict[str, str]) -> Item:
    name = f"dawnbench.{cells['task']}.{cells['entry']}"
    paid = float(cells["cost_to_target_usd"]) if cells["cost_to_target_usd"] else None
    row, why = _run_of(cells)
    if row is None or paid is None:
        reason = why or "the entry has no price"
        return Item(name, paid, None, Status.NOT_PRINTED, f"not predicted: {reason}", "USD")
    return _beside(name, paid, cost_of_runs([row])[0])


def _run_of(cells: dict[str, str]) -> tuple[dict[str, str] | None, str]:
    machine = next((m for m in _HARDWARE if re.search(m[0], cells["hardware"])), None)
    if machine is None:
        return None, f"the table has no {cells['hardware']}"
    row = {
        "dataset_examples": str(_IMAGES[cells["task"]]),
        "epochs": cells["epochs_to_target"],
        "accelerator": machine[1],
        "count": str(machine[2]),
    }
    if cells["cost_per_hour_usd"]:
        per_hour = float(cells["cost_per_hour_usd"]) / machine[2]
        row["usd_per_accelerator_hour"] = str(per_hour)
    model = "".join(char for char in cells["model"].casefold() if char.isalnum())
    if cells["task"] == "CIFAR10" and cells["model"] in _OF_CIFAR:
        return {**row, **_OF_CIFAR[cells["model"]]}, ""
    if cells["task"] == "ImageNet" and model in _MODELS:
        return {**row, "model": _MODELS[model]}, ""
    return None, f"the arithmetic of {cells['model']} is not known"


def _beside(name: str, paid: float, found: RunCost) -> Item:
    if "cost_usd" not in found.values:
        reason = "; ".join(found.flags)
        return Item(name, paid, None, Status.NOT_PRINTED, f"not predicted: {reason}", "USD")
    cost = found.values["cost_usd"]
    inside = cost.p05 <= paid <= cost.p95
    reason = (
        f"predicted {cost.point / paid:.2f} times what was paid; never fitted; 90 % interval "
        f"{cost.p05:.4g} to {cost.p95:.4g}"
    )
    status = Status.REPRODUCED if inside else Status.DIFFERS
    return Item(name, paid, cost.point, status, reason, "USD")


class _Seed(NamedTuple):
    name: str
    printed: float
    unit: str
    value: str
    row: dict[str, str]
    reason: str


_SEEDS = (
    _Seed(
        "seeds.gpt3_usd",
        4.6e6,
        "USD",
        "cost_usd",
        {
            "model": "GPT-3",
            "parameters": "175e9",
            "samples": "300e9",
            "accelerator": "V100",
            "usd_per_accelerator_hour": "1.5",
            "effort": "typical",
        },
        "the printed figure is itself an estimate (28 TFLOP/s of a V100 at $1.50 an hour); ours "
        "takes 6 FLOP for each parameter and token, at the utilisation of language models",
    ),
    _Seed(
        "seeds.alexnet_days",
        5.5,
        "day",
        "hours",
        {
            "model": "AlexNet",
            "dataset_examples": "1.2e6",
            "epochs": "90",
            "accelerator": "GTX 580",
            "count": "2",
        },
        "five to six days on two GTX 580 are printed; 90 passes over 1.2 million images are those "
        "of Krizhevsky et al. (2012)",
    ),
)
_HOURS_PER_DAY = 24.0
_NOT_PREDICTED = (
    (
        "seeds.alphago_usd",
        35e6,
        "USD",
        "the documents do not say what was trained for how long on which hardware",
    ),
    (
        "seeds.noisy_student_pod_days",
        6.0,
        "day",
        "the documents do not say how many unlabelled images each epoch passed",
    ),
)


def seed_items() -> list[Item]:
    """Return the papers' own figures for famous runs, beside ours where there are facts."""
    found = []
    for seed in _SEEDS:
        (run,) = cost_of_runs([seed.row])
        scale = _HOURS_PER_DAY if seed.unit == "day" else 1.0
        value = run.values[seed.value]
        low, ours, high = (end / scale for end in (value.p05, value.point, value.p95))
        reason = (
            f"predicted {ours / seed.printed:.2f} times the printed; {seed.reason}; 90 % interval "
            f"{low:.4g} to {high:.4g}"
        )
        status = Status.REPRODUCED if low <= seed.printed <= high else Status.DIFFERS
        found.append(Item(seed.name, seed.printed, ours, status, reason, seed.unit))
    for name, printed, unit, why in _NOT_PREDICTED:
        reason = f"not predicted: {why}"
        found.append(Item(name, printed, None, Status.NOT_PRINTED, reason, unit))
    return found
