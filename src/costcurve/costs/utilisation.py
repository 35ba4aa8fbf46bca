"""Throughput from a utilisation that the user gives."""

from __future__ import annotations

from typing import Any


def seconds_per_example(
    forward_flop: Any, forward_passes_per_step: Any, peak_tflops: Any, utilisation: Any
) -> Any:
    """Time that one accelerator takes to train on one example.

    :unit: s/example
    :range: above 0
    :equation: FLOP / (peak * utilisation)
    :source: by definition of the utilisation
    """
    return forward_flop * forward_passes_per_step / (peak_tflops * 1e12 * utilisation)


def run_seconds_per_example(seconds_per_example: Any) -> Any:
    """Time that one accelerator takes for one example in a whole run.

    :unit: s/example
    :range: above 0
    :equation: as in steady state
    :source: the utilisation that was given is taken for that of the run
    """
    return 1.0 * seconds_per_example
