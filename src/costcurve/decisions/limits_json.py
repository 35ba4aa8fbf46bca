"""The limits of a field under the keys of the JSON contract, and its targets as rows of a table."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from costcurve.laws.backtest import overall_coverage
from costcurve.laws.compute import NAMES, ComputeLaw, Method
from costcurve.laws.forms import Form

if TYPE_CHECKING:
    from costcurve.decisions.limits import Limits


def limits_json(found: Limits) -> dict[str, Any]:
    """Return a law and what targets take, under the keys of the JSON contract."""
    law = found.law
    data: dict[str, Any] = {
        "n": law.n,
        "form": str(law.form),
        "method": str(law.method),
        "coefficients": _coefficients(law),
        **{name: law.details.get(name) for name in ("r2", "r2_adjusted")},
        "residual_se": law.residual_se,
        "f": law.details.get("f"),
        "exponent": _exponent(law),
        "projections": _projections(found),
        "flags": found.flags,
    }
    more: dict[str, float | None] = {
        name: each for name, each in law.details.items() if name not in data
    }
    if law.year is not None:
        more |= {"year_origin": law.year_origin, "year": law.year}
    if law.clusters is not None:
        more["groups"] = float(law.clusters)
    if more:
        data["details"] = more
    data["compute_kind"] = str(found.kind)
    words = {"source": found.source, "about": found.about, "priced": found.priced}
    data |= {name: each for name, each in words.items() if each}
    if found.as_of is not None:
        data["as_of"] = found.as_of
    if found.sensitivity:
        data["sensitivity"] = list(found.sensitivity)
    return data | _backtest(found)


def projection_rows(found: Limits) -> list[dict[str, Any]]:
    """Return a row of plain cells for each target; what is nested has the name of both.

    `today` with `cost_usd` becomes the column `today_cost_usd`.
    """
    rows = []
    for each in _projections(found):
        row: dict[str, Any] = {}
        for name, value in each.items():
            inside = value.items() if isinstance(value, dict) else ()
            row |= {f"{name}_{part}": cell for part, cell in inside} if inside else {name: value}
        rows.append(row)
    return rows


def _projections(found: Limits) -> list[dict[str, Any]]:
    return [
        {
            **each.to_dict(),
            "compute_unit": found.unit,
            **(found.meanings[place].to_dict() if found.meanings else {}),
            **_gain(found, each.target_error),
            **_as_printed(found, each.target_error),
        }
        for place, each in enumerate(found.projections)
    ]


def _gain(found: Limits, error: float) -> dict[str, Any]:
    if found.efficiency_gain is None:
        return {}
    return {"error_with_efficiency_gain": found.error_with_gain(error)}


def _as_printed(found: Limits, error: float) -> dict[str, Any]:
    """Return what a paper prints beside its law, and what the rounding of the law leaves."""
    if found.printed is None:
        return {}
    low, high = found.printed.band(error)
    return {
        "log10_compute_printed": found.printed.printed_gflop(error),
        "log10_compute_rounding_low": low,
        "log10_compute_rounding_high": high,
    }


def _coefficients(law: ComputeLaw) -> dict[str, dict[str, Any]]:
    ends, errors = law.intervals(), law.standard_errors
    rows = zip(NAMES, law.values.tolist(), errors.tolist(), ends.tolist(), strict=False)
    return {
        name: {"value": value, "se": error, "ci95": interval}
        for name, value, error, interval in rows
    }


def _exponent(law: ComputeLaw) -> dict[str, Any] | None:
    if law.form is not Form.POLYNOMIAL or not isfinite(law.exponent):
        return None
    ends = [end if isfinite(end) else None for end in law.exponent_interval()]
    return {"value": law.exponent, "ci95": ends}


def _backtest(found: Limits) -> dict[str, Any]:
    if not found.backtest:
        return {}
    is_quantile = found.law.method is Method.QUANTILE
    name = "share_below_line" if is_quantile else "coverage_of_90_percent"
    scores: dict[str, Any] = {"rows": [each.to_dict() for each in found.backtest]}
    scores[name] = overall_coverage(list(found.backtest))
    scores["standard_error"] = found.coverage_error
    return {"backtest": scores}
