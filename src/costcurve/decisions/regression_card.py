"""A regression as a law card, which an estimate can use at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np

from costcurve.core.errors import Finding, InputError
from costcurve.core.quantities import FloatArray
from costcurve.core.vocabulary import TaskKind
from costcurve.decisions.task_table import TRUTHS, refuse_cells
from costcurve.evidence.columns import Columns, read_columns
from costcurve.laws.card_store import seal
from costcurve.laws.either import LawCard
from costcurve.laws.regression import Evidence, Regression

_LABELS = {
    "intercept": "Intercept",
    "log10_examples": "Coefficient of log10(examples)",
    "pretrained_log10_examples": "Coefficient of Pretrain x log10(examples)",
    "relative_complexity": "Coefficient of relative complexity",
    "segmentation": "Coefficient of Type (segmentation)",
}
_KINDS = {str(kind): float(kind is TaskKind.SEGMENTATION) for kind in TaskKind}


def read_evidence(path: Path, distance: str | None = None) -> Evidence:
    """Return the evidence of a CSV or Parquet file.

    Its columns are error, examples, pretrained, relative_complexity, kind, and where they are known
    group and distance.

    Parameters
    ----------
    path : Path
        The file.
    distance : str, optional
        The column of the distance, which the file must then have; by default `distance`.

    Raises
    ------
    InputError
        If the file cannot be read, lacks a column, or a cell holds something else; all at once.
    """
    table = read_columns(path, "evidence")
    findings: list[Finding] = []
    values = {}
    for name, above in (("error", 0.0), ("examples", 0.0), ("relative_complexity", None)):
        try:
            at_most = 1.0 if name == "error" else None
            values[name] = table.numbers("evidence", name, above=above, at_most=at_most)
        except InputError as error:
            findings.extend(error.findings)
    pretrained = _words(table, "pretrained", TRUTHS, "must be true or false", findings)
    kinds = f"must be one of: {', '.join(_KINDS)}"
    segmentation = _words(table, "kind", _KINDS, kinds, findings)
    if distance is not None or "distance" in table.cells:
        try:
            values["distance"] = table.numbers("distance", distance or "distance")
        except InputError as error:
            findings.extend(error.findings)
    InputError.check(findings)
    groups = table.cells.get("group") or [str(place) for place in range(len(table))]
    return Evidence(
        error=values["error"],
        examples=values["examples"],
        pretrained=pretrained,
        relative_complexity=values["relative_complexity"],
        segmentation=segmentation,
        group=groups,
        distance=values.get("distance"),
        row_numbers=table.row_numbers,
    )


def _words(
    table: Columns, name: str, known: Mapping[str, float], allowed: str, findings: list[Finding]
) -> FloatArray:
    """Return a column of words as numbers; 0 in place of one that is not known."""
    try:
        cells = table.column("evidence", name)
    except InputError as error:
        findings.extend(error.findings)
        return np.zeros(0)
    values = np.array([known.get(cell.casefold(), np.nan) for cell in cells])
    refuse_cells(table, name, np.isnan(values), allowed, findings)
    return np.asarray(np.nan_to_num(values))


def card_of(regression: Regression, evidence: Evidence, path: Path, command: str) -> LawCard:
    """Return the card of a regression.

    Parameters
    ----------
    regression, evidence : Regression and Evidence
        The fit, and what it was fitted to.
    path : Path
        The file of the evidence, for its SHA-256.
    command : str
        What made it.

    Raises
    ------
    InputError
        If the regression has a term for the distance, which the form of a card has not.
    """
    if "distance" in regression.names:
        raise InputError.of("out", "distance", "a card has no term for it; leave the column out")
    validation = regression.validation
    content: dict[str, object] = {
        "id": path.stem,
        "title": f"Error by examples, complexity and task type, fitted to {path.name}",
        "form": "log-linear",
        "predicts": "log10 of the error",
        "coefficients": _coefficients(regression),
        "covariance": _covariance(regression),
        "residual": {
            "sd": validation.rms_log10_error,
            "cases": validation.rows_left_out,
            "distribution": "normal",
            "source": f"rows left out of the fit, {validation.groups_left_out} groups at a time",
            "shared": validation.shared,
            "shared_source": "residuals of rows of one group, left out of the fit",
        },
        "observations": regression.n,
        "r_squared": max(0.0, regression.fit.details["r2"]),
        "range": _range(evidence),
        "cite": f"costcurve fit regression {path.name}",
        "source": f"fitted to {path.name}",
        "date": date.today().isoformat(),
        "data_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "command": command,
        "unseen": (
            f"median |log10 error| {validation.median_abs_log10_error:.3f}, 90 % intervals hold "
            f"{100 * validation.coverage90:.0f} %"
        ),
    }
    return seal(content)


def _coefficients(regression: Regression) -> dict[str, dict[str, object]]:
    values = dict(zip(regression.names, regression.fit.values.tolist(), strict=True))
    errors = np.sqrt(np.diag(regression.fit.covariance)).tolist()
    known = dict(zip(regression.names, errors, strict=True))
    return {
        f"coef_{name}": {
            "value": values.get(name, 0.0),
            "standard_error": known.get(name, 0.0),
            "label": label if name in values else f"{label}, dropped",
        }
        for name, label in _LABELS.items()
    }


def _covariance(regression: Regression) -> list[list[float]]:
    """Return the covariance of all coefficients of a card; 0 of those that were dropped."""
    places = [
        regression.names.index(name) if name in regression.names else None for name in _LABELS
    ]
    return [
        [
            0.0 if one is None or other is None else float(regression.fit.covariance[one, other])
            for other in places
        ]
        for one in places
    ]


def _range(evidence: Evidence) -> dict[str, object]:
    found: dict[str, object] = {
        name: [float(values.min()), float(values.max())]
        for name, values in (
            ("examples", evidence.examples),
            ("relative_complexity", evidence.relative_complexity),
            ("error", evidence.error),
        )
    }
    seen = set(evidence.segmentation.tolist())
    found["kinds"] = [str(kind) for kind in TaskKind if _KINDS[str(kind)] in seen]
    found["pretrained"] = sorted({bool(each) for each in evidence.pretrained.tolist()})
    return found
