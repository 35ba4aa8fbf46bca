"""The largest number of examples that any law answers with."""

from __future__ import annotations

from costcurve.core.quantities import Bounds, Input

#: Above 10^100 examples no answer has a meaning, while float64 and spreadsheets overflow at 10^308.
LOG10_EXAMPLES_CAP = 100.0


def log10_examples_cap() -> Input:
    """Return it as an input of a graph."""
    return Input.of(
        "log10_examples_cap",
        LOG10_EXAMPLES_CAP,
        "1",
        "Largest power of ten handled as a number of examples",
        "costcurve: far above any data set, far below overflow (2026-11-20)",
        Bounds(above=0.0, at_most=LOG10_EXAMPLES_CAP),
    )
