"""Quantities: a formula is written once and read as numbers, as Excel, as LaTeX and as text.

A quantity is one small function of elementwise NumPy whose parameter names are the quantities it
depends on. `Graph` wires quantities and inputs by those names.
"""

from costcurve.core.draws import FloatArray
from costcurve.core.quantities.bounds import Bounds
from costcurve.core.quantities.expression import normal_cdf, normal_quantile
from costcurve.core.quantities.graph import Evaluation, Graph, Lineage
from costcurve.core.quantities.quantity import Input, Quantity, as_float64
from costcurve.core.quantities.records import check_record

__all__ = [
    "Bounds",
    "Evaluation",
    "FloatArray",
    "Graph",
    "Input",
    "Lineage",
    "Quantity",
    "as_float64",
    "check_record",
    "normal_cdf",
    "normal_quantile",
]
