"""Charts: Vega-Lite specifications as plain dicts, each with its table of data."""

from costcurve.charts.files import check_ending, write_chart
from costcurve.charts.predictions import predictions_beside_measurements

__all__ = ["check_ending", "predictions_beside_measurements", "write_chart"]
