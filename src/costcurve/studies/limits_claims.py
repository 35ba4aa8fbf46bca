"""The claims of Thompson et al. (2020) and of IEEE Spectrum (2021), a line for each."""

from __future__ import annotations

from math import log10

from costcurve.core.extras import scipy_module
from costcurve.core.vocabulary import Status
from costcurve.costs import published_conversions
from costcurve.decisions.flop_price import Kind, flop_price
from costcurve.decisions.outlook import Trends, decades_to_halve, find_trend, meaning
from costcurve.decisions.theory import Training, growth, theory
from costcurve.evidence.observations import gflop_per_s, imagenet
from costcurve.laws.compute import ComputeLaw, Method, fit_compute_law
from costcurve.laws.compute_laws import find_published_law
from costcurve.laws.forms import Form
from costcurve.studies.limits_data import BURDEN, FLOP, Models, of_passes, papers, slug
from costcurve.studies.reproduction import Item, compared

#: The slope of Figure 2 and Table 1, its error, and half of their last digit.
_SLOPE, _SLOPE_SE, _HALF = 0.11, 0.02, 0.005
_MODELS, _POWER_INTERVAL = 51, (7.0, 13.9)
#: Table 2: change a year; R2 with the year and without.
_YEAR, _R2_WITH_YEAR, _R2 = 0.04, 0.55, 0.43
#: New York City in 2019, Mt CO2e: 37.3 of buildings and 17.8 of transport and waste, the New York
#: League of Conservation Voters on Local Law 97, https://nylcv.org/news/ (the city's own inventory
#: is unchecked).
NEW_YORK_MT = 37.3 + 17.8
#: Zoph et al. (2018), arXiv:1707.07012, section 4: the search that found NASNet-A. Which of the two
#: P100 it ran on is not said.
_NASNET_GPUS, _NASNET_DAYS = 500, 4
_NASNET_GPU, _OTHER_P100 = "p100-pcie", "p100-sxm2"
#: Krizhevsky et al. (2012): two GTX 580, five to six days.
_ALEXNET_GPUS, _ALEXNET_DAYS, _ALEXNET_GPU = 2, (5.0, 5.5, 6.0), "gtx-580"
_BUDGET_USD = 1e6
_POWER, _TIMES = "power of 1/error", "times the compute"
_IMAGENET_TRENDS = Trends(algorithms="algorithms")


def power_items() -> list[Item]:
    """Return the ninth power, its interval, the halving, and theory beside it."""
    exponent, ends = 1.0 / _SLOPE, (1.0 / (_SLOPE + _HALF), 1.0 / (_SLOPE - _HALF))
    rounding = f"1 / 0.11; rounding of the slope leaves {ends[0]:.2f} to {ends[1]:.2f}"
    halving = (
        f"2^(1 / 0.11); the ninth power gives {2**9}, rounding {2 ** ends[0]:.0f} to "
        f"{2 ** ends[1]:.0f}"
    )
    return [
        compared("claim.power", 9, exponent, 1.0, ends, unit=_POWER, reason=rounding),
        *map(_power_on, of_passes()),
        _power_interval(),
        _more_than_500("claim.halving", 2.0**exponent, halving),
        *(_halving_on(models) for models in [*of_passes(), papers(BURDEN)]),
        _theory(),
    ]


def _more_than_500(name: str, times: float, reason: str) -> Item:
    status = Status.REPRODUCED if times > 500.0 else Status.DIFFERS
    return Item(name, "more than 500", round(times), status, reason, _TIMES)


def _halving_on(models: Models) -> Item:
    law = _fit(models)
    what = ".hardware" if models is papers(BURDEN) else ""
    times = 10.0 ** decades_to_halve(law, 0.2)
    return _more_than_500(
        f"claim.halving{what}.{slug(models)}", times, f"{models.name}, {law.n:,} models"
    )


def _theory() -> Item:
    """Return what theory says of ten times better; it is its own formula, so nothing compares."""
    ten = theory(_fit(papers(FLOP)), 10.0)
    reason = (
        f"ten times better takes {ten.examples:g} times the examples and {ten.compute:g} times the "
        "compute at least, k^2 and k^4 as printed; the law of papers says "
        f"10^{ten.compute_of_law:.1f}"
    )
    return compared("claim.theory", 1e4, ten.compute, 1.0, unit=_TIMES, reason=reason)


def _power_interval() -> Item:
    """Return the printed interval of the power, and whether a slope that rounds so has it."""
    quantile = float(scipy_module("stats").t.ppf(0.975, _MODELS - 2))
    low, high = (1.0 / (_SLOPE + side * quantile * _SLOPE_SE) for side in (1.0, -1.0))
    ends = [1.0 / power for power in _POWER_INTERVAL]
    slope, se = sum(ends) / 2.0, (ends[0] - ends[1]) / 2.0 / quantile
    rounds = abs(slope - _SLOPE) <= _HALF and abs(se - _SLOPE_SE) <= _HALF
    reason = (
        f"the printed interval is that of a slope of -{slope:.4f} ({se:.4f}), which "
        f"{'rounds' if rounds else 'does not round'} to -0.11 (0.02)"
    )
    status = Status.WITHIN_ROUNDING if rounds else Status.DIFFERS
    printed = f"{_POWER_INTERVAL[0]:g} to {_POWER_INTERVAL[1]:g}"
    return Item("claim.power_interval", printed, f"{low:.1f} to {high:.1f}", status, reason)


def _fit(models: Models, method: Method = Method.OLS, *, dated: bool = False) -> ComputeLaw:
    year = models.year if dated else None
    return fit_compute_law(models.log10_compute, models.error, method=method, year=year)


def _power_on(models: Models) -> Item:
    law = _fit(models)
    low, high = law.exponent_interval()
    reason = (
        f"{models.name}, {law.n:,} models: slope {law.slope:.4f} ({law.slope_se:.4f}), R2 "
        f"{law.details['r2']:.3f}, 95 % interval of the power {low:.1f} to {high:.1f}; printed 7 "
        "to 13.9 of 51 models with R2 0.43"
    )
    name = f"claim.power.{slug(models)}"
    return compared(name, 9, round(law.exponent, 2), 1.0, unit=_POWER, reason=reason)


def five_percent_items() -> list[Item]:
    """Return what 5 % on ImageNet takes: compute, dollars, carbon, and over today's."""
    published = find_published_law("imagenet", Form.POLYNOMIAL)
    law = published.law()
    point, (low, high) = float(law.log10_compute(0.05)), published.band(0.05)
    usd, pounds = (log10(value) for value in _conversions())
    more = float(law.log10_compute(0.05) - law.log10_compute(0.115))
    return [
        compared(
            "claim.five_percent.gflop",
            19,
            point,
            1.0,
            (low - 1.0, high),
            unit="log10 GFLOP, cut off",
            reason=f"Table 3 gives 10^{point:.2f} GFLOP",
        ),
        compared(
            "claim.five_percent.usd",
            11,
            point + usd,
            1.0,
            (low + usd - 1.0, high + usd),
            unit="log10 USD, cut off",
            reason=f"at {10**usd:.2g} $ for a GFLOP",
        ),
        compared(
            "claim.five_percent.more",
            5,
            more,
            1.0,
            unit="log10 times",
            reason="from 11.5 % to 5 % by Table 3; Figure 4's cells say 10^14 and 10^19",
        ),
        _new_york(point + pounds, 10.0**pounds),
        *_at_todays_prices(law),
        *_five_percent_on_papers(),
    ]


def _conversions() -> tuple[float, float]:
    """Return dollars and pounds for a GFLOP, as published."""
    values = {given.name: float(given.value) for given in published_conversions.INPUTS}
    return values["usd_per_gflop"], values["lb_co2e_per_gflop"]


def _new_york(log10_pounds: float, pounds_per_gflop: float) -> Item:
    """Return how many months of New York 10^19 GFLOP are, by the paper's own conversion."""
    month_lb = NEW_YORK_MT / 12.0 * 1e9 / published_conversions.KG_PER_LB
    least = 1e19 * pounds_per_gflop
    months = least / month_lb
    reason = (
        f"a month of New York is {NEW_YORK_MT / 12:.2f} Mt or {month_lb:.3g} lb, which 10^10 lb, "
        "the exponent as printed, would be; but printed exponents are cut off, and 10^19 GFLOP at "
        f"{pounds_per_gflop:g} lb are {least:.2g} lb or "
        f"{least * published_conversions.KG_PER_LB / 1e9:.0f} Mt; Table 3 itself gives "
        f"10^{log10_pounds:.1f} lb"
    )
    status = Status.REPRODUCED if round(months) == 1 else Status.SUSPECTED_ERRATUM
    return Item("claim.new_york_month", 1.0, round(months, 1), status, reason, "months")


def _at_todays_prices(law: ComputeLaw) -> list[Item]:
    price = flop_price(Kind.BURDEN)
    found = meaning(law, 0.05, 9.0, price, budget_usd=_BUDGET_USD, trends=_IMAGENET_TRENDS)
    year, status = found.year_affordable, Status.NOT_PRINTED
    reason = (
        f"the same hardware burden in hours of {price.accelerator} at its FP32 rate, at the "
        "cheapest on-demand price of the table and its metered power, on the world's average grid"
    )
    usd, carbon = round(found.cost_usd.point, 2), round(found.kg_co2e.point, 2)
    items = [
        Item("today.five_percent.usd", None, usd, status, reason, "log10 USD"),
        Item("today.five_percent.co2e", None, carbon, status, reason, "log10 kg"),
    ]
    if year is None:
        return items
    hardware, algorithms = (find_trend(name) for name in ("hardware", "algorithms"))
    later = (
        f"hardware for a dollar doubles in {hardware.doubling_years:g} years and arithmetic for an "
        f"error halves in {algorithms.doubling_years:g}, as they did: costcurve facts trends; 90 % "
        f"interval {year.p05:.0f} to {year.p95:.0f}"
    )
    name = "today.five_percent.million_dollars"
    return [*items, Item(name, None, round(year.point), status, later, "year")]


def _five_percent_on_papers() -> list[Item]:
    models, found = papers(BURDEN), []
    for method in (Method.OLS, Method.QUANTILE, Method.FRONTIER):
        law = _fit(models, method)
        ours = float(law.log10_compute(0.05))
        reason = f"{models.name}, {law.n} models with their hardware, {method}"
        name = f"claim.five_percent.gflop.{slug(models)}.{method}"
        found.append(compared(name, 19, round(ours, 2), 1.0, unit="log10 GFLOP", reason=reason))
    return found


def quantile_items() -> list[Item]:
    """Return the power of the best models, by a tenth and by a frontier."""
    found = []
    for models in of_passes():
        for method in (Method.QUANTILE, Method.FRONTIER):
            law = _fit(models, method)
            low, high = law.exponent_interval()
            ours, name = round(law.exponent, 2), f"claim.best.{method}.{slug(models)}"
            reason = f"{models.name}, {law.n:,} models; 95 % interval {low:.1f} to {high:.1f}"
            if method is Method.QUANTILE:
                found.append(compared(name, 11, ours, 1.0, unit=_POWER, reason=reason))
            else:
                reason += "; a stochastic frontier, which the paper did not try"
                found.append(Item(name, None, ours, Status.NOT_PRINTED, reason, _POWER))
    return found


def time_items() -> list[Item]:
    """Return what a year of algorithms is worth, and the variance that the date explains."""
    times = 10.0 ** (3.0 * _YEAR / _SLOPE)
    ends = (
        10.0 ** (3.0 * (_YEAR - _HALF) / (_SLOPE + _HALF)),
        10.0 ** (3.0 * (_YEAR + _HALF) / (_SLOPE - _HALF)),
    )
    printed = f"10^(3 x {_YEAR:g} / {_SLOPE:g})"
    gain = f"R2 of Table 2, {_R2_WITH_YEAR:g} with the year and {_R2:g} without"
    found = [
        compared("claim.three_years", 10, times, 1.0, ends, unit=_TIMES, reason=printed),
        compared("claim.time_variance", 0.12, _R2_WITH_YEAR - _R2, 0.01, reason=gain),
    ]
    for models in of_passes():
        if models.year is None:
            continue
        without, dated = _fit(models), _fit(models, dated=True)
        ours = 10.0 ** (3.0 * float(dated.values[2]) / dated.slope)
        more = dated.details["r2"] - without.details["r2"]
        reason, tail = (
            f"{models.name}, {dated.n} models: {dated.values[2]:.4f} a year",
            slug(models),
        )
        found += [
            compared(
                f"claim.three_years.{tail}", 10, round(ours, 1), 1.0, unit=_TIMES, reason=reason
            ),
            compared(f"claim.time_variance.{tail}", 0.12, round(more, 3), 0.01, reason=reason),
        ]
    return found


def growth_items() -> list[Item]:
    """Return where the thousandfold from AlexNet to NASNet-A came from."""
    grew = _growth(_NASNET_GPU, _ALEXNET_DAYS[1])
    burdens = [
        _growth(gpu, days)["burden"] for gpu in (_NASNET_GPU, _OTHER_P100) for days in _ALEXNET_DAYS
    ]
    rates = [_growth(gpu, 1.0)["hardware"] for gpu in (_NASNET_GPU, _OTHER_P100)]
    rest = grew["accelerators"] * grew["time"]
    what = (
        "500 P100 PCIe for four days, the search that found NASNet-A, over two GTX 580 for five "
        "and a half; that the article means the search is our reading"
    )
    which = (
        f"FP32 rates of a P100 PCIe and a GTX 580, {rates[1]:.1f} with the SXM2; "
        f"{grew['accelerators']:.0f} times the processors and {grew['time']:.2f} times the days "
        f"make the other {rest:.0f}"
    )
    return [
        compared(
            "claim.nasnet.compute",
            1000,
            round(grew["burden"]),
            100.0,
            (min(burdens), max(burdens)),
            unit="times",
            reason=what,
        ),
        compared(
            "claim.nasnet.hardware", 6, round(grew["hardware"], 2), 1.0, unit="times", reason=which
        ),
    ]


def _growth(gpu: str, days: float) -> dict[str, float]:
    alexnet = Training(gflop_per_s(_ALEXNET_GPU), _ALEXNET_GPUS, 24.0 * days)
    return growth(alexnet, Training(gflop_per_s(gpu), _NASNET_GPUS, 24.0 * _NASNET_DAYS))


def forecast_item() -> Item:
    """Return what became of the error of 5 % that the article saw by 2025."""
    rows = imagenet()
    best = int(rows.error.argmin())
    reason = (
        f"the least error of our table of papers to 2025 is that of {rows.text('model')[best]}, "
        f"{rows.text('date')[best]}; the article reads its figure as recent gains carried on"
    )
    ours = round(float(rows.error[best]), 4)
    return compared("claim.five_percent_by_2025", 0.05, ours, 0.01, reason=reason)


def hardware_item() -> Item:
    """Return the contradiction about what hardware has gained; neither figure is ours."""
    reason = (
        "50,000 times in 002, one processor, after Hennessy and Patterson; ten million times in "
        "003, operations of a computer in a second; both since the perceptron. Neither is "
        "computed here"
    )
    printed = "50,000 or 10,000,000"
    return Item("claim.hardware_gain", printed, None, Status.SUSPECTED_ERRATUM, reason, "times")
