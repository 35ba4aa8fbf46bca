"""Thompson et al. (2020), Figures 2, 3 and 7 to 10 on public data: theirs survive as captions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from costcurve.charts.scatter import Axis, Panel, scatter
from costcurve.core.quantities import FloatArray
from costcurve.evidence.observations import gflop_per_s, imagenet
from costcurve.facts.hardware import ACCELERATORS
from costcurve.laws.backtest import calendar_backtest
from costcurve.laws.compute import ComputeLaw, Method, fit_compute_law
from costcurve.laws.compute_laws import PublishedLaw, published_laws
from costcurve.laws.forms import Form
from costcurve.laws.network_size import fit_network_size
from costcurve.studies.artifacts import Artifact
from costcurve.studies.limits_data import BURDEN, FLOP, Models, papers, relative_to_alexnet

_ERROR = Axis("error", "top-1 error")
_RELATIVE = Axis("compute", "FLOP of a pass over AlexNet's")
_BURDEN = Axis("compute", "hardware burden, GFLOP")
_POINTS_OF_A_LINE = 60


def artifacts() -> list[Artifact]:
    """Return every figure with its data."""
    return [
        _figure_2a(),
        _figure_2b(),
        _of_hardware("figure3", Form.POLYNOMIAL),
        _figure_7(),
        _figure_8(),
        _figure_9(),
        _of_hardware("figure10", Form.EXPONENTIAL_INVERSE),
        _backtest(),
    ]


def _points(models: Models) -> list[dict[str, Any]]:
    years = models.year if models.year is not None else np.full(len(models.error), np.nan)
    return [
        {"label": label, "year": round(year, 2), "compute": 10.0**x, "error": round(error, 6)}
        for label, year, x, error in zip(
            models.model,
            years.tolist(),
            models.log10_compute.tolist(),
            models.error.tolist(),
            strict=True,
        )
    ]


def _line(name: str, law: ComputeLaw, x: FloatArray) -> list[dict[str, Any]]:
    errors = law.error(x)
    return [
        {"line": name, "compute": 10.0**a, "error": b}
        for a, b in zip(x.tolist(), errors.tolist(), strict=True)
        if np.isfinite(b) and b > 0.0
    ]


def _along(models: Models, beyond: float = 0.0) -> FloatArray:
    low, high = models.log10_compute.min(), models.log10_compute.max() + beyond
    return np.linspace(low, high, _POINTS_OF_A_LINE)


def _artifact(name: str, title: str, panels: Sequence[Panel]) -> Artifact:
    rows = [
        {"panel": panel.title, "what": "model" if "label" in row else "line", **row}
        for panel in panels
        for row in (*panel.points, *panel.lines)
    ]
    return Artifact(name, rows, scatter(title, panels))


def _figure_2a() -> Artifact:
    """Return the computing power of models of ImageNet over time, beside that of one processor."""
    models = papers(BURDEN)
    alexnet = models.log10_compute[models.model.index("AlexNet")]
    points = [{**row, "compute": row["compute"] / 10.0**alexnet} for row in _points(models)]
    rates = [
        (row.year, gflop_per_s(row.name)) for row in ACCELERATORS.rows() if row.year is not None
    ]
    first = gflop_per_s("gtx-580")
    best: list[dict[str, Any]] = []
    for year in sorted({year for year, rate in rates if np.isfinite(rate)}):
        top = max(rate for when, rate in rates if when <= year and np.isfinite(rate))
        best.append({"line": "fastest processor", "year": year + 0.5, "compute": top / first})
    panel = Panel(
        "Figure 2 (a)",
        Axis("year", "year", is_log=False),
        Axis("compute", "over AlexNet's hardware burden"),
        points,
        best,
    )
    title = "Hardware burden of ImageNet models, and the rate of one processor"
    return _artifact("figure2a", title, [panel])


def _figure_2b() -> Artifact:
    models = relative_to_alexnet(papers(FLOP))
    law = fit_compute_law(models.log10_compute, models.error)
    name = f"slope {law.slope:.3f} ({law.slope_se:.3f}), R2 {law.details['r2']:.2f}"
    lines = _line(name, law, _along(models))
    panel = Panel("Figure 2 (b)", _RELATIVE, _ERROR, _points(models), lines, "year")
    return _artifact("figure2b", "Error of ImageNet models over compute of a pass", [panel])


def _of_hardware(name: str, form: Form) -> Artifact:
    """Return error over hardware burden: ImageNet on public data, the others as printed."""
    models = papers(BURDEN)
    law = fit_compute_law(models.log10_compute, models.error, form)
    panels = []
    for printed in published_laws():
        if printed.form is not form:
            continue
        is_ours = printed.benchmark == "ImageNet"
        today, target = (float(printed.law().log10_compute(each)) for each in printed.errors[:2])
        x = _along(models) if is_ours else np.linspace(today - 4.0, target, _POINTS_OF_A_LINE)
        lines = _line("as printed", printed.law(), x)
        if is_ours:
            lines += _line("papers of our table", law, x)
        error = Axis("error", f"error of {printed.metric}")
        marks = [("Figure 4, today", today), ("Figure 4, first target", target)]
        points = _points(models) if is_ours else _marked(printed, marks)
        panels.append(Panel(printed.benchmark, _BURDEN, error, points, lines))
    return _artifact(name, f"Error over hardware burden, {form}", panels)


def _marked(printed: PublishedLaw, marks: list[tuple[str, float]]) -> list[dict[str, Any]]:
    law = printed.law()
    return [
        {"label": label, "compute": 10.0**x, "error": float(law.error(x))} for label, x in marks
    ]


def _figure_7() -> Artifact:
    rows = imagenet()
    known = (rows.parameters > 0) & (rows.flop_per_pass > 0)
    sizes, flop = rows.parameters[known], rows.flop_per_pass[known] / 1e9
    law = fit_network_size(sizes, 1e9 * flop)
    names = [rows.text("model")[place] for place in np.flatnonzero(known)]
    points = [
        {"label": label, "parameters": size, "gflop": each}
        for label, size, each in zip(names, sizes.tolist(), flop.tolist(), strict=True)
    ]
    x = np.geomspace(sizes.min(), sizes.max(), _POINTS_OF_A_LINE)
    name = (
        f"power {law.slope:.2f}, R2 {law.r2:.2f}, nine in ten within a factor of {law.factor():.1f}"
    )
    lines = [
        {"line": name, "parameters": size, "gflop": each / 1e9}
        for size, each in zip(x.tolist(), law.flop_per_pass(x).tolist(), strict=True)
    ]
    axes = Axis("parameters", "parameters"), Axis("gflop", "GFLOP of a pass")
    panel = Panel("Figure 7", *axes, points, lines)
    return _artifact("figure7", "From network size to GFLOP", [panel])


def _figure_8() -> Artifact:
    models = relative_to_alexnet(papers(FLOP))
    lines = []
    for method, words in (
        (Method.OLS, "mean"),
        (Method.QUANTILE, "best tenth"),
        (Method.FRONTIER, "frontier"),
    ):
        law = fit_compute_law(models.log10_compute, models.error, method=method)
        lines += _line(f"{words}: power {law.exponent:.1f}", law, _along(models, 2.0))
    panel = Panel("Figure 8", _RELATIVE, _ERROR, _points(models), lines)
    return _artifact("figure8", "The average model and the best", [panel])


def forms() -> list[tuple[Form, ComputeLaw, float]]:
    """Return every form on the papers' models, with R2 in log10(error) so that they compare.

    The R2 of a fit is of what the form regresses, which differs; this one is of the same for all.
    """
    models = relative_to_alexnet(papers(FLOP))
    measured = np.log10(models.error)
    total = float(np.sum((measured - measured.mean()) ** 2))
    found = []
    for form in Form:
        law = fit_compute_law(models.log10_compute, models.error, form)
        rest = measured - np.log10(law.error(models.log10_compute))
        found.append((form, law, 1.0 - float(np.sum(rest**2)) / total))
    return found


def _figure_9() -> Artifact:
    models = relative_to_alexnet(papers(FLOP))
    lines = []
    for form, law, r2 in forms():
        lines += _line(f"{form}: R2 {r2:.2f}", law, _along(models))
    points = [{**row, "performance": 1.0 / row["error"]} for row in _points(models)]
    lines = [{**row, "performance": 1.0 / row["error"]} for row in lines]
    performance = Axis("performance", "performance, 1 / error", is_log=False)
    panel = Panel("Figure 9", _RELATIVE, performance, points, lines)
    return _artifact("figure9", "Alternate forms, R2 in log10(error)", [panel])


def _backtest() -> Artifact:
    """Return the slope known at the end of every year, and how later models fared."""
    models = papers(FLOP)
    if models.year is None:
        return Artifact("backtest", [])
    lines = []
    for has_trend, words in ((False, "without a date"), (True, "with a date")):
        found = calendar_backtest(
            models.log10_compute, models.error, models.year, has_trend=has_trend
        )
        lines += [{"line": words, "year": row.until, **row.to_dict()} for row in found]
    year = Axis("year", "fitted to the end of", is_log=False)
    panels = [
        Panel("Slope", year, Axis("slope", "slope", is_log=False), lines=lines),
        Panel(
            "Later models in the 90 % interval",
            year,
            Axis("coverage", "share", is_log=False),
            lines=lines,
        ),
    ]
    return Artifact("backtest", lines, scatter("A calendar backtest on ImageNet", panels))
