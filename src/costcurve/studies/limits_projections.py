"""Thompson et al. (2020), Figure 4: what targets take, cell by cell, from the printed laws."""

from __future__ import annotations

from math import floor, log10
from typing import NamedTuple

import numpy as np

from costcurve.core.extras import scipy_module
from costcurve.core.vocabulary import Status
from costcurve.costs import published_conversions
from costcurve.laws.compute_laws import PublishedLaw, published_laws
from costcurve.laws.forms import Form
from costcurve.studies.reproduction import Item

_QUANTITIES = ("log10_gflop", "log10_lb_co2", "log10_usd")
#: What rounding leaves of the conversions, 7.5e-9 and 1.1e-8: log10, downwards, where it is more.
_SHIFT_STEPS = (0.0, log10(7.5 / 7.45), log10(1.1 / 1.05))


class Cell(NamedTuple):
    """A cell of the table."""

    benchmark: str
    form: Form
    error: float
    quantity: str
    printed: int
    ours: float
    band: tuple[float, float]


def shifts() -> tuple[float, ...]:
    """Return log10 of GFLOP, pounds of CO2 and dollars for one GFLOP."""
    values = {given.name: float(given.value) for given in published_conversions.INPUTS}
    return 0.0, log10(values["lb_co2e_per_gflop"]), log10(values["usd_per_gflop"])


def cells() -> list[Cell]:
    """Return the 90 cells, each with the band that rounding of the coefficients leaves."""
    found = []
    for printed in published_laws():
        law = printed.law()
        for error, powers in zip(printed.errors, _powers(printed), strict=True):
            point, (low, high) = float(law.log10_compute(error)), printed.band(error)
            for place, (quantity, shift) in enumerate(zip(_QUANTITIES, shifts(), strict=True)):
                found.append(
                    Cell(
                        printed.benchmark,
                        printed.form,
                        error,
                        quantity,
                        powers[place],
                        point + shift,
                        (low + shift, high + shift),
                    )
                )
    return found


def _powers(printed: PublishedLaw) -> list[tuple[int, int, int]]:
    """Return the printed powers of ten of GFLOP, pounds and dollars for each error."""
    columns = printed.figure4_gflop, printed.figure4_lb_co2, printed.figure4_usd
    return list(zip(*columns, strict=True))


def items() -> list[Item]:
    """Return every cell with its status, then whether one law explains a benchmark's nine."""
    return [*map(_item, cells()), *map(_together, published_laws())]


def _item(cell: Cell) -> Item:
    """Return a cell: printed powers of ten are floors, so a cell is a decade wide.

    Only what both rounds and is cut off to the printed power counts as reproduced.
    """
    name = f"figure4.{_slug(cell.benchmark)}.{cell.form}.error_{cell.error:g}.{cell.quantity}"
    low, high = cell.band
    band = f"rounding of the coefficients leaves 10^{low:.2f} to 10^{high:.2f}"
    ours = f"10^{cell.ours:.2f}"
    if floor(cell.ours) == cell.printed == round(cell.ours):
        status, reason = Status.REPRODUCED, f"{ours}; {band}"
    elif low < cell.printed + 1 and high >= cell.printed:
        is_cut_off = floor(cell.ours) == cell.printed
        how = ", whose exponent is printed cut off, not rounded" if is_cut_off else ""
        status, reason = Status.WITHIN_ROUNDING, f"{ours}{how}; {band}"
    else:
        status, reason = Status.DIFFERS, f"{ours}; {band}"
    return Item(name, cell.printed, round(cell.ours, 2), status, reason, f"log10 {_unit(cell)}")


def _unit(cell: Cell) -> str:
    return {"log10_gflop": "GFLOP", "log10_lb_co2": "lb", "log10_usd": "USD"}[cell.quantity]


def _together(printed: PublishedLaw) -> Item:
    """Return whether one pair of coefficients explains all nine cells, not each its own.

    A cell is a strip of the plane of intercept and slope: k <= x + shift < k + 1 with
    x = (height - intercept) / slope. The rounding is a box; a linear program says whether the
    strips meet in it.
    """
    sign = 1.0 if printed.slope > 0 else -1.0
    left, right = [], []
    for error, powers in zip(printed.errors, _powers(printed), strict=True):
        height = float(printed.form.transformed(error))
        for power, shift, step in zip(powers, shifts(), _SHIFT_STEPS, strict=True):
            # sign * (height - a - (k - shift) b) >= 0, and <= 0 one decade further.
            left.append([sign, sign * (power - shift - step)])
            right.append(sign * height)
            left.append([-sign, -sign * (power + 1 - shift + step)])
            right.append(-sign * height)
    box = [
        (value - step / 2.0, value + step / 2.0)
        for value, step in (
            (printed.intercept, printed.intercept_step),
            (printed.slope, printed.slope_step),
        )
    ]
    found = scipy_module("optimize").linprog(
        [0.0, 0.0], A_ub=np.array(left), b_ub=np.array(right), bounds=box
    )
    name = f"figure4_by_one_law.{_slug(printed.benchmark)}.{printed.form}"
    if found.status == 0:
        a, b = found.x
        reason = (
            f"intercept {a:.4f} and slope {b:.5f}, which round to the printed, give all nine cells"
        )
        return Item(name, "nine cells", "nine cells", Status.WITHIN_ROUNDING, reason)
    reason = (
        "no intercept and slope that round to the printed give all nine at once, though each cell "
        "has its own; the rounding of the conversions is allowed for"
    )
    return Item(name, "nine cells", "not at once", Status.DIFFERS, reason)


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")
