"""Costs: from examples and models to one itemised bill."""

from costcurve.costs import as_published
from costcurve.costs.bill import Bill, Line, LineItem, itemise

__all__ = ["Bill", "Line", "LineItem", "as_published", "itemise"]
