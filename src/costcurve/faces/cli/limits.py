"""`costcurve limits`: how error falls with compute in a field, and what the next point takes."""

from __future__ import annotations

import csv
import io
from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np

from costcurve.core.document import Document, Paragraph, Table
from costcurve.core.errors import Finding, InputError, nearest, shown
from costcurve.core.files import read_text
from costcurve.decisions.projections import Projection, project
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.output import print_document, print_json
from costcurve.laws.compute import ComputeLaw, Form, fit_compute_law

_LOG10_FLOP = {"flop": 0.0, "gflop": 9.0}
#: Findings shown of a column that is wrong throughout.
_MOST_FINDINGS = 20


def _parser() -> Parser:
    parser = Parser(
        "limits",
        "Fit how error falls with compute in a field, and project what a target takes. The fit is "
        "by least squares over the models of a table.",
    )
    parser.value("from", "A CSV file with a row for each model.")
    parser.value("x", "The column of the compute.")
    parser.value("error", "The column of the error.")
    parser.switch("error-percent", "The error is in per cent.")
    parser.value("x-unit", "flop or gflop. Default: flop.")
    parser.value("form", f"One of: {', '.join(Form)}. Default: polynomial.")
    parser.add_argument(
        "--target-error", action="append", default=[], metavar="VALUE", help="As a fraction; often."
    )
    parser.switch("json", "Print the fit and the projections as JSON.")
    return parser


def limits(arguments: Namespace) -> None:
    """Fit how error falls with compute, and project what a target error takes."""
    source = getattr(arguments, "from")
    needed = {"from": source, "x": arguments.x, "error": arguments.error}
    missing = [Finding(name, "", "is missing") for name, text in needed.items() if text is None]
    form = _word("form", arguments.form, [*Form], Form.POLYNOMIAL, missing)
    unit = _word("x_unit", arguments.x_unit, [*_LOG10_FLOP], "flop", missing)
    targets = _targets(arguments.target_error, missing)
    InputError.check(missing)
    x, error = _columns(read_text(Path(source), "from"), arguments.x, arguments.error)
    if arguments.error_percent:
        error = error / 100.0
    law = fit_compute_law(np.log10(x), error, Form(form))
    found = [project(law, target, _LOG10_FLOP[unit]) for target in targets]
    if arguments.json:
        print_json(_as_dict(law, found, unit))
    else:
        print_document(_page(law, found, unit))


def _word(
    name: str, given: str | None, allowed: list[str], default: str, findings: list[Finding]
) -> str:
    if given is not None and given not in allowed:
        findings.append(Finding(name, shown(given), f"must be one of: {', '.join(allowed)}"))
    return default if given is None or given not in allowed else given


def _targets(given: list[str], findings: list[Finding]) -> list[float]:
    found = []
    for text in given:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if 0.0 < value < 1.0:
            found.append(value)
        else:
            allowed = "must be a fraction above 0 and below 1"
            findings.append(Finding("target_error", shown(text), allowed))
    return found


def _columns(text: str, x: str, error: str) -> tuple[Any, Any]:
    """Return both columns as numbers; a cell that is none, or no compute above 0, is named."""
    reader = csv.DictReader(io.StringIO(text, newline=""))
    header = reader.fieldnames or []
    InputError.check(
        [
            Finding(name, shown(column), f"no such column in the file{nearest(column, header)}")
            for name, column in (("x", x), ("error", error))
            if column not in header
        ]
    )
    findings: list[Finding] = []
    values: dict[str, list[float]] = {x: [], error: []}
    for number, row in enumerate(reader, start=2):
        for column, found in values.items():
            try:
                value = float(row[column] or "")
            except ValueError:
                value = float("nan")
            if not np.isfinite(value) or (column == x and value <= 0):
                where = f"from row {number}, column {column}"
                allowed = "must be a number above 0" if column == x else "must be a number"
                findings.append(Finding(where, shown(row[column]), allowed))
            found.append(value)
    InputError.check(findings[:_MOST_FINDINGS])
    return np.array(values[x]), np.array(values[error])


def _as_dict(law: ComputeLaw, found: list[Projection], unit: str) -> dict[str, Any]:
    intercept_se = float(np.sqrt(law.covariance[0, 0]))
    low, high = law.slope_interval()
    width = (high - low) / 2.0 / law.slope_se * intercept_se if law.slope_se else 0.0
    exponent = None
    if law.form is Form.POLYNOMIAL and law.slope:
        ends = [end if np.isfinite(end) else None for end in law.exponent_interval()]
        exponent = {"value": law.exponent, "ci95": ends}
    return {
        "n": law.n,
        "form": str(law.form),
        "method": "ols",
        "coefficients": {
            "intercept": {
                "value": law.intercept,
                "se": intercept_se,
                "ci95": [law.intercept - width, law.intercept + width],
            },
            "slope": {"value": law.slope, "se": law.slope_se, "ci95": [low, high]},
        },
        "r2": law.r2,
        "r2_adjusted": law.r2_adjusted,
        "residual_se": law.residual_se,
        "f": law.f if np.isfinite(law.f) else None,
        "exponent": exponent,
        "projections": [{**each.to_dict(), "compute_unit": unit} for each in found],
        "flags": ["extrapolating"] if any(each.is_extrapolated for each in found) else [],
    }


def _page(law: ComputeLaw, found: list[Projection], unit: str) -> Document:
    lead = f"{law.n:,} models: slope {law.slope:.4g} ({law.slope_se:.2g}), R2 {law.r2:.3f}"
    if law.form is Form.POLYNOMIAL:
        low, high = law.exponent_interval()
        lead += f"; compute grows as 1/error to the {law.exponent:.3g} ({low:.3g} to {high:.3g})"
    rows = tuple(
        (
            f"{each.target_error:g}",
            f"10^{each.log10_compute:.1f}",
            f"10^{each.log10_compute_p05:.1f} to 10^{each.log10_compute_p95:.1f}",
            "beyond the models" if each.is_extrapolated else "",
        )
        for each in found
    )
    header = ("Target error", f"Compute, {unit}", "90% of models", "")
    tables = (Table("What a target takes", header, rows, (1, 2)),) if rows else ()
    return Document(f"Error over compute, {law.form}", (Paragraph(f"{lead}.", "lead"), *tables))


COMMAND = Command(_parser, limits)
