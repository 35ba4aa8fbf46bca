"""Which products gain most from a better forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Literal, get_args

from costcurve.core.errors import InputError
from costcurve.core.quantities import Bounds, Graph, Input, check_record
from costcurve.decisions import inventory, inventory_lognormal, inventory_normal

Family = Literal["normal", "lognormal"]
_MODULES: dict[str, ModuleType] = {"normal": inventory_normal, "lognormal": inventory_lognormal}
_FROM_FORECAST = ("lost_sales_usd", "excess_usd")
_FROM_BEST = ("critical_ratio", "order_quantity", *_FROM_FORECAST, "better_forecast_usd")
_GIVEN = "given for the product"
_NOT_NEGATIVE = Bounds(at_least=0.0)
_DEFAULTS = {each.name: each for each in inventory.INPUTS}
#: What must be given of every product: unit, label and bounds.
_REQUIRED = {
    "unit_price_usd": ("USD/unit", "Price of a unit", _NOT_NEGATIVE),
    "unit_cost_usd": ("USD/unit", "What a unit costs the seller", _NOT_NEGATIVE),
    "expected_demand": ("unit", "Expected demand of a period", Bounds(above=0.0)),
    "demand_sd": ("unit", "Standard deviation of demand around its forecast", _NOT_NEGATIVE),
    "better_demand_sd": ("unit", "The same around the better forecast", _NOT_NEGATIVE),
}


@dataclass(frozen=True, slots=True)
class Product:
    """A product that is ordered once a period; dollars are of one unit of it.

    Attributes
    ----------
    name : str
        What it is called.
    unit_price_usd, unit_cost_usd : float
        What a customer pays and what the seller pays, at least 0.
    expected_demand : float
        The forecast of a period, in units, above 0.
    demand_sd, better_demand_sd : float
        Standard deviation of demand around the forecast of today and around the better one, in
        units, at least 0.
    goodwill_usd, salvage_usd, holding_usd : float
        Of a customer who finds none left, of an unsold unit that does not spoil, and of keeping
        an unsold unit; at least 0.
    spoilage_share : float
        Share of unsold units that spoil, 0 to 1.

    Raises
    ------
    InputError
        If a number is out of its range; lists every finding.
    """

    name: str
    unit_price_usd: float
    unit_cost_usd: float
    expected_demand: float
    demand_sd: float
    better_demand_sd: float
    goodwill_usd: float = 0.0
    salvage_usd: float = 0.0
    holding_usd: float = 0.0
    spoilage_share: float = 0.0

    def __post_init__(self) -> None:
        check_record(self, _bounds())


@dataclass(frozen=True, slots=True)
class ProductRow:
    """What a wrong forecast of one product costs in a period, and a better one is worth.

    Attributes
    ----------
    name : str
        Of the product.
    critical_ratio : float
        Share of periods in which the best order meets all demand, 0 to 1.
    order_quantity : float
        The best order, in units.
    lost_sales_usd, excess_usd : float
        What the best order loses on either side.
    forecast_lost_sales_usd, forecast_excess_usd : float
        The same where just the expected demand is ordered, without a safety stock. These show
        which side matters: lost sales if the margin is high, excess if it is low. The best order
        trades one for the other: of a high margin it holds so much stock that, of the two, what
        is left over costs more.
    better_forecast_usd : float
        What the better forecast saves, both orders the best; below 0 if it is worse.
    """

    name: str
    critical_ratio: float
    order_quantity: float
    lost_sales_usd: float
    excess_usd: float
    forecast_lost_sales_usd: float
    forecast_excess_usd: float
    better_forecast_usd: float


def rank_products(products: Sequence[Product], family: Family = "normal") -> tuple[ProductRow, ...]:
    """Return a row for each product, those first that gain most from the better forecast.

    Parameters
    ----------
    products : sequence of Product
        At least one. Products that gain the same keep their order.
    family : {"normal", "lognormal"}
        Of the demand around its forecast.

    Raises
    ------
    InputError
        If there is no product, or the family is unknown.
    NotFiniteError
        If the numbers of a product are so large that float64 does not hold what follows.
    """
    if not products:
        raise InputError.of("products", "none", "must hold a product at least")
    if family not in get_args(Family):
        raise InputError.of("family", family, f"must be one of {', '.join(get_args(Family))}")
    graph = Graph([inventory, _MODULES[family]], _inputs(products))
    best = graph.evaluate()
    of_forecast = graph.evaluate(_FROM_FORECAST, {"order_quantity": best["expected_demand"]})
    columns = {name: best[name].tolist() for name in _FROM_BEST}
    columns |= {f"forecast_{name}": of_forecast[name].tolist() for name in _FROM_FORECAST}
    rows = [
        ProductRow(product.name, **dict(zip(columns, values, strict=True)))
        for product, values in zip(products, zip(*columns.values(), strict=True), strict=True)
    ]
    return tuple(sorted(rows, key=lambda row: -row.better_forecast_usd))


@cache
def _bounds() -> dict[str, Bounds]:
    required = {name: bounds for name, (_, _, bounds) in _REQUIRED.items()}
    return required | {name: each.bounds for name, each in _DEFAULTS.items()}


def _inputs(products: Sequence[Product]) -> list[Input]:
    described = {name: (each.unit, each.label, each.bounds) for name, each in _DEFAULTS.items()}
    return [
        Input.of(name, [getattr(each, name) for each in products], unit, label, _GIVEN, bounds)
        for name, (unit, label, bounds) in (_REQUIRED | described).items()
    ]
