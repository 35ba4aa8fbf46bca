"""Costs: from examples and models to one itemised bill."""

from costcurve.costs.bill import Bill, Line, LineItem, itemise
from costcurve.costs.pricing import Pricing, pricing_of

__all__ = ["Bill", "Line", "LineItem", "Pricing", "itemise", "pricing_of"]
