"""What every face asks and says of learning curves: names of columns, the target, the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from costcurve.core.errors import Finding, InputError
from costcurve.decisions.curve_table import OUTPUTS, Names, TableCurve, predicted_rows
from costcurve.decisions.next_run import NextRun

Report = Callable[[int, int], None]
#: Names that answers have already.
_ADDED = frozenset(
    {*OUTPUTS, "needed_p05", "needed_p50", "needed_p95", "probability_reachable", "curves",
     "predictions", "expected", "next_run"}
)  # fmt: skip


def check_names(names: Names) -> Names:
    """Return the names of columns.

    Raises
    ------
    InputError
        If they cannot stand beside each other.
    """
    found = [
        Finding("by", name, "is the name of a column that is added")
        for name in names.by
        if name in _ADDED
    ]
    used = (names.x, names.error, names.fit, names.weights, names.tests)
    found += [Finding("by", name, "names another column") for name in names.by if name in used]
    found += [
        Finding("by", name, "stands twice") for name in {*names.by} if names.by.count(name) > 1
    ]
    if names.x in _ADDED:
        found.append(Finding("x", names.x, "is the name of a column that is added"))
    InputError.check(found)
    return names


def read_target(given: str | float | None, *, is_loss: bool) -> float | None:
    """Return the error to reach, above 0 and, but for a loss, below 1; `None` where none is given.

    Raises
    ------
    InputError
        If it is no such number.
    """
    if given is None:
        return None
    try:
        target = np.nan if isinstance(given, bool) else float(given)
    except (TypeError, ValueError, OverflowError):
        target = np.nan
    most = np.inf if is_loss else 1.0
    if not (0.0 < target < most):
        words = "must be a number above 0" + ("" if is_loss else " and below 1")
        raise InputError.of("target_error", given, words)
    return target


def curve_answer(
    found: Sequence[TableCurve],
    runs: Sequence[NextRun | None],
    names: Names,
    target: float | None,
    report: Report = lambda *_: None,
) -> dict[str, Any]:
    """Return the answer as JSON has it; a curve that is alone stands at its top as well.

    Parameters
    ----------
    found : sequence of TableCurve
        The curves.
    runs : sequence of NextRun or None
        Which run to make next of each.
    names : Names
        Of the columns.
    target : float, optional
        The error to reach.
    report : callable, optional
        Told how many curves are done, of how many.
    """
    rows = predicted_rows(found, names, report)
    curves = []
    for done, (each, run) in enumerate(zip(found, runs, strict=True), 1):
        content: dict[str, Any] = dict(zip(names.by, each.by, strict=True))
        content["form_weights"] = None if each.curve is None else each.curve.form_weights
        content["flags"] = each.flags
        content["expected"] = _expected(each, names)
        if target is not None:
            content |= each.target(target)
        if run is not None:
            content["next_run"] = _run_as_dict(run)
        curves.append(content)
        report(done, len(found))
    first = curves[0] if len(curves) == 1 else {}
    return {**first, "curves": curves, "predictions": rows}


def _expected(found: TableCurve, names: Names) -> list[dict[str, float]]:
    """Return what the card expects: a row for each place that it shows."""
    if found.curve is None:
        return []
    asked = found.asked()
    quantiles = found.curve.predict(asked)
    return [
        dict(zip((names.x, *OUTPUTS[: len(quantiles)]), map(float, row), strict=True))
        for row in zip(asked, *quantiles, strict=True)
    ]


def _run_as_dict(found: NextRun) -> dict[str, Any]:
    return {
        "decision": found.decision,
        "run": None if found.best is None else found.best.x,
        "total": found.total,
        "net_usd": found.net_usd,
        "chance": found.chance,
        "target_met": found.target_met,
        "buys_nothing": found.buys_nothing,
        "is_hopeless": found.is_hopeless,
        "candidates": [asdict(each) for each in found.candidates],
    }
