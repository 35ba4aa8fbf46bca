"""Storage: what is kept all the year, paid by the month.

The caller gives storage_gb (GB, at least 0), the mean over the year.
"""

from __future__ import annotations

from typing import Any

from costcurve.core.quantities import Bounds, Input
from costcurve.costs.bill import Line

#: The price of storage, as an input of a graph.
INPUTS = (
    Input.of(
        "usd_per_gb_month",
        0.023,
        "USD/GB/month",
        "Price of keeping 10^9 bytes for a month",
        "Amazon S3 Standard, US East (N. Virginia), first 50 TB: the list as copied on 2022-07-07, "
        "https://gist.github.com/EverettBerry/a37438006529a55f42da6fdbc44a505c; the vendor's page "
        "of today was not read; give your own",
        Bounds(at_least=0.0),
    ),
)
#: Storage on the bill.
LINE = Line(
    "Storage",
    "storage_gb_months",
    "usd_per_gb_month",
    "storage_cost_usd",
    "{storage_gb:,.6g} GB for twelve months",
    optional=True,
)


def storage_gb_months(storage_gb: Any) -> Any:
    """Storage of a year in the unit in which it is paid.

    :unit: GB*month/year
    :range: at least 0
    :equation: GB * 12
    :source: by definition
    """
    return storage_gb * 12.0


def storage_cost_usd(storage_gb_months: Any, usd_per_gb_month: Any) -> Any:
    """Cost of storage in a year.

    :unit: USD/year
    :range: at least 0
    :equation: GB * 12 * price of a GB and month
    :source: as storage is rented; the twelve months are in it, once
    """
    return storage_gb_months * usd_per_gb_month
