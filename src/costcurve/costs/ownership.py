"""Owning an accelerator: what an hour of use costs, all things paid."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcurve.core.quantities import Bounds, Input

#: Hours of a year, 365.25 days.
HOURS_PER_YEAR = 8766.0
#: Rate times years up to which interest is left out, costcurve's choice: both ways to compute an
#: annuity are off by less than 1e-6 there.
NO_INTEREST = 1e-8
#: What owning takes beside the accelerator itself, as inputs of a graph.
INPUTS = (
    Input.of(
        "system_factor",
        1.64,
        "1",
        "Price of the whole server over that of its accelerators",
        "Cottier et al. (2024), arXiv:2405.21015, appendix: 1.54 to 1.69, 90 % interval 1.3 to 2.1",
        Bounds(at_least=1.0),
    ),
    Input.of(
        "lifetime_years",
        5.0,
        "year",
        "Years until the server is written off",
        "Amazon, from 1 January 2025: five years; Meta five and a half, Microsoft and Google six "
        "(their reports to the SEC)",
        Bounds(above=0.0),
    ),
    Input.of(
        "discount_rate",
        0.07,
        "1/year",
        "Yearly rate of return that the money could earn elsewhere",
        "OMB Circular A-94 of 1992-10-29, 7 % a year above inflation, as EPA's OSWER Directive "
        "9355.3-20 reproduces it, https://nepis.epa.gov/Exe/ZyPURL.cgi?Dockey=91022W85.txt; what "
        "the money could earn is the user's to say: give your own",
        Bounds(at_least=0.0),
    ),
    Input.of(
        "share_in_use",
        0.85,
        "1",
        "Share of the hours in which the accelerator works",
        "Luccioni et al. (2022), arXiv:2211.02001, section 4.1: 85 % average usage",
        Bounds(above=0.0, at_most=1.0),
    ),
    Input.of(
        "hosting_usd_per_kw_month",
        184.06,
        "USD/kW/month",
        "Rent of the place in a data centre, by power",
        "CBRE, North America Data Center Trends H2 2024 (2025-02-26): average asking rate of "
        "250 to 500 kW in primary markets",
        Bounds(at_least=0.0),
    ),
    Input.of(
        "electricity_usd_per_kwh",
        0.0806,
        "USD/kWh",
        "Price of electricity",
        "Epoch AI, training-cost-trends @ 2663ad6, energy.py: United States, industry, 2023",
        Bounds(at_least=0.0),
    ),
)


def annuity_factor(discount_rate: Any, lifetime_years: Any) -> Any:
    """Yearly payment that pays back one dollar over the lifetime, with interest.

    :unit: 1/year
    :range: above 0
    :equation: r / (1 - (1 + r)^-n); 1 / n without interest
    :source: the definition of an annuity
    :deviation: where rate times years is at most 1e-8, as without interest: there float64 keeps \
        less of 1 - (1 + r)^-n than the interest changes
    """
    is_with_interest = discount_rate * lifetime_years > NO_INTEREST
    rate = np.where(is_with_interest, discount_rate, 1.0)
    with_interest = rate / (1.0 - (1.0 + rate) ** -lifetime_years)
    return np.where(is_with_interest, with_interest, 1.0 / lifetime_years)


def capital_usd_per_hour(
    purchase_usd: Any, system_factor: Any, annuity_factor: Any, share_in_use: Any
) -> Any:
    """Capital cost of an hour of use.

    :unit: USD/accelerator-hour
    :range: at least 0
    :equation: price of accelerator and server * annuity / hours in use of a year
    :source: by definition of an annuity
    """
    return purchase_usd * system_factor * annuity_factor / (HOURS_PER_YEAR * share_in_use)


def hosting_usd_per_hour(power_w: Any, hosting_usd_per_kw_month: Any, share_in_use: Any) -> Any:
    """Rent of the place for an hour of use.

    :unit: USD/accelerator-hour
    :range: at least 0
    :equation: kW * rent of a month * 12 / hours in use of a year
    :source: as places are let
    """
    return power_w / 1000.0 * hosting_usd_per_kw_month * 12.0 / (HOURS_PER_YEAR * share_in_use)


def electricity_usd_per_hour(power_w: Any, pue: Any, electricity_usd_per_kwh: Any) -> Any:
    """Electricity of an hour of use, the data centre's own included.

    :unit: USD/accelerator-hour
    :range: at least 0
    :equation: kW * PUE * price of a kWh
    :source: by definition of the power usage effectiveness
    """
    return power_w / 1000.0 * pue * electricity_usd_per_kwh


def owned_usd_per_hour(
    capital_usd_per_hour: Any, hosting_usd_per_hour: Any, electricity_usd_per_hour: Any
) -> Any:
    """Cost of an hour of use of an accelerator that is owned.

    :unit: USD/accelerator-hour
    :range: at least 0
    :equation: capital + hosting + electricity
    :source: costcurve: without the people who look after it
    """
    return capital_usd_per_hour + hosting_usd_per_hour + electricity_usd_per_hour
