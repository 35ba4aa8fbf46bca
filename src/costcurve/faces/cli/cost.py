"""`costcurve cost`: what one run, or a table of runs, will take before it starts."""

from __future__ import annotations

import csv
import io
import sys
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from costcurve.core import display
from costcurve.core.document import Document, Paragraph, Table
from costcurve.core.errors import Finding, InputError, shown
from costcurve.core.files import is_same_file, read_text, write_bytes
from costcurve.decisions.context import (
    EXPERIMENTS_SOURCE,
    LIFETIME_SOURCE,
    MILES_SOURCE,
    TREND_SOURCE,
    Context,
    context_of,
)
from costcurve.decisions.lineage import explain_all
from costcurve.decisions.lookups import Tables
from costcurve.decisions.run_specs import COLUMNS, FLAGS, RunSpec
from costcurve.decisions.runs import Predicted, RunCost, cost_of_runs, explain_run
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.fact_files import add_facts, facts_of
from costcurve.faces.cli.output import csv_text, print_document, print_json, print_text
from costcurve.faces.cli.progress import Progress
from costcurve.faces.cost_answer import ADDED, cost_of_run, findings_of_header, run_answer

_HELP = {
    "model": "The architecture, by name.",
    "gmacs": "Multiply-adds of a forward pass in 10^9; by default from the table of models.",
    "activations_m": "Outputs of all layers in 10^6; by default from the table, or estimated.",
    "parameters": "Trainable parameters; without multiply-adds, 6 FLOP for each and each token.",
    "image_size": "Side of the input in pixels; multiply-adds of the table follow its square.",
    "dataset_examples": "Examples of the data set, seen once an epoch.",
    "epochs": "Passes over the data set. Default: 1.",
    "samples": "Examples processed in all, in place of data set and epochs.",
    "accelerator": "By name: a100, h100, tpu-v4.",
    "count": "How many accelerators. Default: 1.",
    "precision": "fp32, tf32, amp, bf16 or fp8. Default: amp.",
    "phase": "training or inference. Default: training.",
    "effort": "tuned, typical or casual. Default: typical.",
    "region": "Where: a cloud region or a country, for the price and the electricity.",
    "provider": "Who rents it out. Default: the cheapest in the table.",
    "offer": "on-demand, spot, reserved-1y, reserved-3y or owned. Default: on-demand.",
    "usd_per_accelerator_hour": "Price of one for one hour; by default from the table of prices.",
}
_LISTED = ", ".join(COLUMNS)


def _parser() -> Parser:
    parser = Parser("cost", "Predict what a run takes before it starts: hours, dollars, kWh, CO2.")
    one, many, output = (parser.add_argument_group(n) for n in ("One run", "Many runs", "Output"))
    for name in COLUMNS:
        parser.value(name.replace("_", "-"), _HELP[name], one)
    parser.value("from", f"A CSV file of runs, with any of the columns {_LISTED}.", many)
    parser.value("out", "Where to write the runs with their predictions.", many, path=True)
    add_facts(parser, many)
    parser.switch("json", "Print the prediction as JSON.", output)
    parser.switch("explain", "Show where every number comes from.", output)
    return parser


def cost(arguments: Namespace) -> None:
    """Predict what one run takes, or every run of a table."""
    tables = Tables(**facts_of(arguments))
    given = {name: text for name in COLUMNS if (text := getattr(arguments, name)) is not None}
    source = getattr(arguments, "from")
    if source is not None:
        _cost_of_table(Path(source), arguments, given, tables)
        return
    if arguments.out is not None:
        raise InputError.of("out", arguments.out, "goes with --from")
    found, spec = cost_of_run(given, tables)
    if arguments.explain:
        print_text(_explanation(found, spec))
    elif arguments.json:
        print_json(run_answer(found, spec))
    else:
        print_document(_card(found, spec))


def _cost_of_table(
    path: Path, arguments: Namespace, given: Mapping[str, str], tables: Tables
) -> None:
    if given or arguments.explain:
        raise InputError.of("from", path, "goes with --out and --json, not with a single run")
    if arguments.out is not None and is_same_file(arguments.out, path):
        raise InputError.of("out", arguments.out, "must be another file than the table")
    rows = read_runs(read_text(path, "from"))
    progress = Progress("runs")
    done = cost_of_runs(rows, tables, lambda number: progress.tell(number, len(rows)))
    found = [each.to_dict() for each in done]
    if arguments.out is not None:
        write_bytes(arguments.out, csv_text(found).encode(), "out")
    if arguments.json:
        print_json({"runs": found})
    elif arguments.out is None:
        sys.stdout.write(csv_text(found))


def read_runs(text: str) -> list[dict[str, str]]:
    """Return the rows of a table of runs.

    Raises
    ------
    InputError
        If it has no rows, an unknown column, or one twice.
    """
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        header, rows = [*(reader.fieldnames or [])], list(reader)
    except csv.Error as error:
        raise InputError([Finding(f"from row {reader.line_num}", "", str(error))]) from None
    names = [name.strip().casefold() for name in header]
    findings = findings_of_header(names, "from row 1")
    if len(set(names)) < len(names):
        findings.append(Finding("from row 1", "a column twice", "each column stands once"))
    if not set(names) & set(COLUMNS) and not findings:
        findings.append(Finding("from row 1", shown(text[:40]), f"the columns are {_LISTED}"))
    if not rows and not findings:
        findings.append(Finding("from", "", "holds no runs"))
    findings += [
        Finding(f"from row {number}", "", "has more cells than the header")
        for number, row in enumerate(rows, start=2)
        if None in row
    ]
    InputError.check(findings)
    kept = dict(zip(header, names, strict=True))
    return [
        {kept[name]: cell or "" for name, cell in row.items() if kept[name] not in ("", *ADDED)}
        for row in rows
    ]


def _card(found: RunCost, spec: RunSpec) -> Document:
    values = found.values
    machine = spec.case.equipment
    number = f"{spec.count:g} x " if spec.count != 1 else "one "
    lead = (
        f"{_span(values['hours'], _hours)} on {number}{machine.accelerator.name}"
        + (f", {_span(values['cost_usd'], display.usd_in_words)}" if "cost_usd" in values else "")
        + "."
    )
    names = {
        "examples_per_second": ("Examples a second, all accelerators", _plain),
        "hours": ("Hours", _plain),
        "accelerator_hours": ("Accelerator-hours", _plain),
        "energy_kwh": ("Energy at the wall, kWh", _plain),
        "kg_co2e": (f"kg CO2e, {spec.grid}", _plain),
        "cost_usd": (f"Dollars, {machine.terms}", display.usd),
    }
    rows = tuple(
        (label, *(show(end) for end in (values[name].point, values[name].p05, values[name].p95)))
        for name, (label, show) in names.items()
        if name in values
    )
    blocks: list[Paragraph | Table] = [
        Paragraph(lead, "lead"),
        Table("Prediction, with its 90% interval", ("", "Median", "5%", "95%"), rows, (1, 2, 3)),
        Paragraph(
            f"{display.count_in_words(spec.samples)} examples in {machine.precision_in_words}, "
            f"{spec.case.phase}, {spec.case.effort} effort. One run that works: no failed runs, "
            "no search for hyper-parameters. The interval is that of the law, at this price.",
            "quiet",
        ),
    ]
    blocks += [Paragraph(text) for text in _context(context_of(found, spec))]
    blocks += [Paragraph(f"Note: {FLAGS[flag]}", "warning") for flag in found.flags]
    return Document(f"{spec.case.phase.capitalize()} of {spec.case.model.name}", tuple(blocks))


def _context(context: Context) -> list[str]:
    found = []
    if context.usd_with_experiments:
        low, middle, high = map(display.usd_in_words, context.usd_with_experiments)
        found.append(
            f"With failed runs and the search for hyper-parameters: {middle}, {low} to {high} "
            f"({EXPERIMENTS_SOURCE})."
        )
    if context.usd_in_year:
        years = ", ".join(
            f"{display.usd_in_words(usd)} in {year}" for year, usd in context.usd_in_year.items()
        )
        found.append(f"At the trend of prices, the same computation: {years} ({TREND_SOURCE}).")
    if context.embodied_kg_co2e is not None:
        found.append(
            f"Making the accelerators: {context.embodied_kg_co2e:,.3g} kg CO2e of it fall on this "
            f"run ({LIFETIME_SOURCE})."
        )
    if context.miles is not None:
        found.append(
            f"Its electricity gives off as much as {context.miles:,.3g} miles in an average car "
            f"({MILES_SOURCE})."
        )
    return found


def _explanation(found: RunCost, spec: RunSpec) -> str:
    lines = [
        f"{name} = {value.point:.6g} (90 % interval {value.p05:.6g} to {value.p95:.6g})"
        for name, value in found.values.items()
    ]
    from costcurve.decisions.measured import beside  # noqa: PLC0415 - only here

    return "\n".join([*lines, "", *beside(found, spec), "", explain_all(explain_run(spec), 0)])


def _span(value: Predicted, show: Any) -> str:
    return f"{show(value.point)} (90% interval {show(value.p05)} to {show(value.p95)})"


def _hours(value: float) -> str:
    return f"{value:,.3g} hours"


def _plain(value: float) -> str:
    return f"{value:,.3g}" if value < 1e6 else f"{value:,.0f}"


COMMAND = Command(_parser, cost)
