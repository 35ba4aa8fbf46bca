"""`costcurve fit`: the numbers that this library fitted itself, made again from public data."""

from __future__ import annotations

import json
import shlex
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np

from costcurve.charts import check_ending, write_chart
from costcurve.charts.partial import partial_regressions
from costcurve.core.document import Document, Paragraph, Table
from costcurve.core.errors import InputError
from costcurve.core.files import is_same_file, write_bytes
from costcurve.costs.throughput_fit import make_card
from costcurve.decisions.regression_card import card_of, read_evidence
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.output import print_document, print_json
from costcurve.faces.cli.progress import Progress, interrupted
from costcurve.laws.diagnostics import influence, partial_residuals
from costcurve.laws.distance_worth import DistanceWorth, distance_worth
from costcurve.laws.regression import (
    SIGNIFICANCE,
    Evidence,
    Regression,
    fit_regression,
    specifications,
)

#: Rows whose influence is shown.
_MOST_INFLUENTIAL = 10
_KEPT = "finished parts are kept, the same command goes on"


def _throughput_parser() -> Parser:
    parser = Parser(
        "fit throughput",
        "Print the card of the throughput law, fitted on measured runs: timm's benchmarks for "
        "architectures, MLPerf for accelerators.",
    )
    parser.value("data", "A folder of data in place of the cache.", path=True)
    return parser


def throughput(arguments: Namespace) -> None:
    """Print the card of the throughput law as it is made from public data."""
    print_json(make_card(arguments.data, _show_fit))


def _classification_parser() -> Parser:
    parser = Parser(
        "fit classification",
        "Print the card of the law of classification, fitted to public evidence: VTAB, transfer "
        "curves, published results. Every task is left out once to see how it is predicted, which "
        "takes a minute or two.",
    )
    parser.value("data", "A folder of data in place of the cache.", path=True)
    parser.value("out", "Write the card here instead.", path=True)
    return parser


def classification(arguments: Namespace) -> None:
    """Print the card of the law of classification as it is made from public data."""
    from costcurve.laws.classification import make_card  # noqa: PLC0415 - only when asked for

    card = make_card(arguments.data, _show_fit)
    if arguments.out is None:
        print_json(card.model_dump(mode="json"))
    else:
        write_bytes(arguments.out, (card.model_dump_json(indent=2) + "\n").encode(), "out")


def _curves_parser() -> Parser:
    parser = Parser(
        "fit curves",
        "Print the card of the law of learning curves, learned from LCDB 1.1, with how it does on "
        "data sets left out; some minutes.",
    )
    parser.value("data", "A folder of data in place of the cache.", path=True)
    parser.value("out", "Write the card here instead.", path=True)
    parser.value("resume", "A folder that keeps finished parts, and is gone on from.", path=True)
    return parser


def curves(arguments: Namespace) -> None:
    """Print the card of the law of learning curves as it is made from public data."""
    from costcurve.laws.curves_fit import make_card as make  # noqa: PLC0415 - only when asked for

    with interrupted(_KEPT if arguments.resume else ""):
        card = make(arguments.data, _show_fit, Progress("parts").tell, arguments.resume)
    if arguments.out is None:
        print_json(card)
    else:
        write_bytes(arguments.out, (json.dumps(card, indent=1) + "\n").encode(), "out")


def _show_fit(what: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"fitting {what}\n")


def _regression_parser() -> Parser:
    parser = Parser(
        "fit regression",
        "Fit the paper's regression to evidence of one's own: log10 error on log10 examples, "
        "pretrain x log10 examples, relative complexity, type, and distance where it is known.",
    )
    text = "CSV or Parquet: error,examples,pretrained,relative_complexity,kind[,group,distance]."
    parser.add_argument("evidence", metavar="EVIDENCE", type=Path, help=text)
    parser.value("distance", "The column of the distance of data sets. Default: distance.")
    parser.switch("all-variables", "Keep variables that miss p < 0.05.")
    parser.value("out", "Write the law card here, for estimate --law.", path=True)
    parser.value("chart", "Write the partial regressions: .svg, .png, .html or .json.", path=True)
    parser.switch("json", "Print the fit as JSON.")
    return parser


def regression(arguments: Namespace) -> None:
    """Fit the paper's regression to evidence of one's own."""
    for name in ("out", "chart"):
        path = getattr(arguments, name)
        if path is not None and is_same_file(path, arguments.evidence):
            raise InputError.of(name, path, "must be another file than the evidence")
    if arguments.chart is not None:
        # Before anything is written.
        check_ending(arguments.chart)
        if arguments.chart == arguments.out:
            raise InputError.of("chart", arguments.chart, "must be another file than out")
    evidence = read_evidence(arguments.evidence, arguments.distance)
    found = fit_regression(evidence, select=not arguments.all_variables)
    if arguments.out is not None:
        flags = " --all-variables" if arguments.all_variables else ""
        flags += f" --distance {shlex.quote(arguments.distance)}" if arguments.distance else ""
        command = f"costcurve fit regression {arguments.evidence.name}{flags}"
        card = card_of(found, evidence, arguments.evidence, command)
        text = card.model_dump_json(indent=2) + "\n"
        write_bytes(arguments.out, text.encode(), "out")
    if arguments.chart is not None:
        write_chart(partial_regressions(partial_residuals(evidence, found)), arguments.chart)
    if arguments.json:
        print_json(_as_dict(found, evidence))
    else:
        print_document(_page(found, specifications(evidence), distance_worth(evidence)))


def _as_dict(found: Regression, evidence: Evidence) -> dict[str, Any]:
    rows = influence(evidence, found)
    most = np.argsort(-rows.cooks_distance, kind="stable")[:_MOST_INFLUENTIAL]
    worth = distance_worth(evidence)
    return {
        "n": found.n,
        "coefficients": found.table(),
        "coefficients_by_group": found.table_by_group() or None,
        **{name: found.fit.details.get(name) for name in ("r2", "r2_adjusted", "f")},
        "residual_se": found.fit.residual_se,
        "dropped": [each.to_dict() for each in found.dropped],
        "validation": found.validation.to_dict(),
        "distance": None if worth is None else worth.to_dict(),
        "specifications": [
            {
                "variables": list(each.names[1:]),
                "r2_adjusted": each.fit.details["r2_adjusted"],
                "median_abs_log10_error": each.validation.median_abs_log10_error,
                "coverage90": each.validation.coverage90,
            }
            for each in specifications(evidence)
        ],
        "influence": [
            {
                "row": (evidence.row_numbers or range(1, found.n + 1))[int(place)],
                "leverage": float(rows.leverage[place]),
                "studentised_residual": float(rows.studentised[place]),
                "cooks_distance": float(rows.cooks_distance[place]),
            }
            for place in most
        ],
    }


def _page(found: Regression, others: list[Regression], worth: DistanceWorth | None) -> Document:
    details, validation = found.fit.details, found.validation
    lead = (
        f"{found.n:,} rows: R2 {details['r2']:.3f}, adjusted {details['r2_adjusted']:.3f}, "
        f"residual scale {found.fit.residual_se:.3f} in log10 error."
    )
    dropped = [Paragraph(f"Dropped: {each.name}, {each.reason}.") for each in found.dropped]
    error = validation.coverage90_se
    spread = "" if error is None else f" (standard error {100 * error:.0f})"
    unseen = (
        f"Left out a group at a time, {validation.groups_left_out} of {validation.groups} groups: "
        f"median |log10 error| {validation.median_abs_log10_error:.3f}; 90% intervals hold "
        f"{100 * validation.coverage90:.0f}%{spread}."
    )
    return Document(
        "log10(error) on examples, complexity and type",
        (
            Paragraph(lead, "lead"),
            _coefficients(found),
            *_by_group(found),
            *dropped,
            Paragraph(unseen),
            *([] if worth is None else [Paragraph(_worth_of(worth))]),
            _specifications(others),
        ),
    )


def _by_group(found: Regression) -> list[Table | Paragraph]:
    if found.by_group is None:
        return []
    table, by_group = _typed(found.table()), _typed(found.table_by_group())
    rows = tuple(
        (
            name.replace("_", " "),
            f"({row['se']:.3f})",
            "" if row["p"] is None else f"{row['p']:.3f}",
            "{:.3f} to {:.3f}".format(*row["ci95"]),
        )
        for name, row in by_group.items()
    )
    unsure = [
        name.replace("_", " ")
        for name, row in table.items()
        if row["p"] < SIGNIFICANCE <= (by_group[name]["p"] or 0.0)
    ]
    words = (
        "The first table is the paper's, which takes every row for news. Rows of a group err "
        "together, so go by the second for what differs between groups, such as the complexity."
    )
    if unsure:
        words += f" By group these are not told from 0: {', '.join(unsure)}."
    return [
        Table("By group", ("", "Standard error", "p", "95% interval"), rows, (1, 2, 3)),
        Paragraph(words),
    ]


def _worth_of(worth: DistanceWorth) -> str:
    """Return what the distance adds to all other variables, in words."""
    pair = (worth.with_it, worth.without_it)
    r2 = [each.fit.details["r2_adjusted"] for each in pair]
    unseen = [each.validation.median_abs_log10_error for each in pair]
    tells = "is told from" if worth.is_kept else "is not told from"
    return (
        f"Dataset distance: its coefficient {worth.value:.3g} ({worth.se:.2g}) {tells} 0, p "
        f"{worth.p:.3f}. Adjusted R2 is {r2[0]:.3f} with it and {r2[1]:.3f} without; left out, the "
        f"median |log10 error| is {unseen[0]:.3f} with it and {unseen[1]:.3f} without. The paper "
        "dropped it for missing p < 0.05."
    )


def _coefficients(found: Regression) -> Table:
    rows = tuple(
        (
            name.replace("_", " "),
            f"{row['value']:.3f}",
            f"({row['se']:.3f})",
            "" if row["t"] is None else f"{row['t']:.3f}",
            f"{row['p']:.3f}",
            "{:.3f} to {:.3f}".format(*row["ci95"]),
        )
        for name, row in _typed(found.table()).items()
    )
    header = ("", "Value", "Standard error", "t", "p", "95% interval")
    return Table("Coefficients", header, rows, (1, 2, 3, 4, 5))


def _specifications(others: list[Regression]) -> Table:
    compared = tuple(
        (
            f"+ {each.names[-1].replace('_', ' ')}",
            f"{each.fit.details['r2_adjusted']:.3f}",
            f"{each.validation.median_abs_log10_error:.3f}",
        )
        for each in others
    )
    columns = ("One variable more", "Adjusted R2", "Left out: median |log10 error|")
    return Table("Specifications", columns, compared, (1, 2))


def _typed(table: dict[str, dict[str, object]]) -> dict[str, dict[str, Any]]:
    return {name: dict(row) for name, row in table.items()}


COMMAND = {
    "classification": Command(_classification_parser, classification),
    "curves": Command(_curves_parser, curves),
    "throughput": Command(_throughput_parser, throughput),
    "regression": Command(_regression_parser, regression),
}
