"""Strubell et al. (2019), Energy and Policy Considerations for Deep Learning in NLP: Table 3.

Energy from the power they measured, CO2 at their PUE and their grid, dollars at the prices they
name, by the same quantities that price every run.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from costcurve.core.quantities import Graph, Input
from costcurve.core.vocabulary import Status
from costcurve.costs.published_conversions import KG_PER_LB
from costcurve.costs.run import cost_usd, energy_kwh, kg_co2e
from costcurve.studies.reproduction import Item, compared

TITLE = "Strubell et al. (2019), Table 3: energy, CO2 and dollars of training"
_SOURCE = "Strubell et al. (2019), arXiv:1906.02243"
#: Their section 2: PUE, and pounds of CO2 for a kWh of the United States.
_PUE, _LB_PER_KWH = 1.58, 0.954
#: Prices for an hour of one accelerator, preemptible and on demand, as of May 2019.
_PRICES = {
    "P100": (0.43, 1.46),
    "V100": (0.74, 2.48),
    "TPU v2": (1.35, 4.50),
    "TPU v3": (2.40, 8.0),
}


#: Both printed sums of this row follow from 32,633 hours; 32,623 are printed.
_ERRATUM, _HOURS_IMPLIED = "nas_tpu", 32_633


class _Row(NamedTuple):
    id: str
    accelerator: str
    accelerators: int
    power_w: float | None
    hours: float
    kwh: float | None
    lb: float | None
    usd: tuple[float, float]


_ROWS = (
    _Row("transformer_base", "P100", 8, 1415.78, 12, 27, 26, (41, 140)),
    _Row("transformer_big", "P100", 8, 1515.43, 84, 201, 192, (289, 981)),
    _Row("elmo", "P100", 3, 517.66, 336, 275, 262, (433, 1472)),
    _Row("bert_base", "V100", 64, 12041.51, 79, 1507, 1438, (3751, 12571)),
    _Row("bert_base_tpu", "TPU v2", 16, None, 96, None, None, (2074, 6912)),
    _Row("nas", "P100", 8, 1515.43, 274120, 656347, 626155, (942973, 3201722)),
    _Row("nas_tpu", "TPU v2", 1, None, 32623, None, None, (44055, 146848)),
    _Row("gpt2", "TPU v3", 32, None, 168, None, None, (12902, 43008)),
)


def items() -> list[Item]:
    """Return every printed figure of Table 3 beside ours."""
    return [item for row in _ROWS for item in _of(row)]


def _of(row: _Row) -> list[Item]:
    low, high = _PRICES[row.accelerator]
    # The hours are printed whole; half an hour either way is what their rounding leaves.
    share = 0.5 / row.hours
    found = []
    if row.power_w is not None and row.kwh is not None and row.lb is not None:
        values = _values(row, row.power_w, low)
        found = [
            _item(f"{row.id}.kwh", row.kwh, values["energy_kwh"] * _PUE, share, "kWh"),
            _item(f"{row.id}.co2e_lb", row.lb, values["kg_co2e"] / KG_PER_LB, share, "lb"),
        ]
    return found + [
        _item(f"{row.id}.usd_{name}", printed, _values(row, 0.0, price)["cost_usd"], share, "USD")
        for name, printed, price in (
            ("preemptible", row.usd[0], low),
            ("on_demand", row.usd[1], high),
        )
    ]


def _values(row: _Row, power_w: float, usd_per_hour: float) -> dict[str, float]:
    given = {
        "accelerator_hours": (row.accelerators * row.hours, "accelerator-hour"),
        "power_w": (power_w / row.accelerators, "W"),
        "pue": (_PUE, "1"),
        "gco2e_per_kwh": (1000.0 * _LB_PER_KWH * KG_PER_LB, "gCO2e/kWh"),
        "usd_per_accelerator_hour": (usd_per_hour, "USD/accelerator-hour"),
    }
    inputs = [Input.of(name, v, unit, name, _SOURCE) for name, (v, unit) in given.items()]
    found = Graph([energy_kwh, kg_co2e, cost_usd], inputs).evaluate()
    return {name: float(found[name]) for name in ("energy_kwh", "kg_co2e", "cost_usd")}


def _item(name: str, printed: float, ours: float, share: float, unit: str) -> Item:
    band = ours * (1.0 - share) - 0.5, ours * (1.0 + share) + 0.5
    found = compared(f"table3.{name}", printed, ours, 1.0, band, unit=unit)
    if found.status is Status.WITHIN_ROUNDING:
        reason = f"the printed hours are whole: half an hour either way is {band[0]:,.0f} to "
        return replace(found, reason=f"{reason}{band[1]:,.0f}")
    if found.status is Status.DIFFERS and name.startswith(_ERRATUM):
        reason = f"both printed sums follow from {_HOURS_IMPLIED:,} hours, where 32,623 are printed"
        return replace(found, status=Status.SUSPECTED_ERRATUM, reason=reason)
    return found
