"""`costcurve evidence`: what is doubtful in a table of models, and what is known of them."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from functools import partial
from pathlib import Path

from costcurve.core.document import Document, Paragraph, Table
from costcurve.core.errors import InputError, printable
from costcurve.evidence.audit import Doubt, audit
from costcurve.evidence.metrics import Metric, read_metrics
from costcurve.evidence.observations import (
    OPTIONAL,
    OURS,
    RECKONED,
    REQUIRED,
    Observations,
    columns_read,
    imagenet,
    model_rows,
    read_observations,
    summary,
)
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.output import print_csv, print_document, print_json

#: Doubts shown on a page; --json has them all.
_MOST_ROWS = 200
_OURS = "ImageNet, typed from papers"


def _parser(name: str, about: str) -> Parser:
    parser = Parser(f"evidence {name}", about)
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help="CSV or Parquet. Default: our table of ImageNet."
    )
    parser.value("metrics-file", "CSV with metric, better, best, scale: your own.", path=True)
    parser.switch("json", "Print it as JSON.")
    return parser


def _read(arguments: Namespace) -> tuple[Observations, dict[str, Metric]]:
    own = {} if arguments.metrics_file is None else read_metrics(arguments.metrics_file)
    if arguments.file is None:
        return imagenet(), own
    return read_observations(Path(arguments.file), "file", own), own


def audit_evidence(arguments: Namespace) -> None:
    """Name everything doubtful in a table of models."""
    rows, own = _read(arguments)
    doubts = audit(rows, own)
    if arguments.json:
        data = {"file": arguments.file, "rows": len(rows), "benchmarks": summary(rows)}
        read, unread = columns_read(rows)
        data |= {"columns_read": read, "columns_not_read": unread}
        print_json(data | {"doubts": [each.to_dict() for each in doubts]})
    else:
        print_document(_audit_page(arguments.file or _OURS, rows, doubts))


def summarise(arguments: Namespace) -> None:
    """Count what is known of the models of each benchmark."""
    known = summary(_read(arguments)[0])
    if arguments.json:
        print_json({"file": arguments.file, "benchmarks": known})
    else:
        print_document(_summary_page(arguments.file or _OURS, known))


def _models_parser() -> Parser:
    parser = _parser("models", "Show the models of a table, with error, compute and source.")
    parser.switch("csv", "Print every column as CSV, with what is reckoned from them.")
    return parser


def show_models(arguments: Namespace) -> None:
    """Show the models of a table: every cell as it was typed, and what is reckoned from them."""
    if arguments.json and arguments.csv:
        raise InputError.of("output", "more than one", "must be one of --json and --csv")
    found = _read(arguments)[0]
    rows, about = model_rows(found), {**REQUIRED, **OPTIONAL, **OURS, **RECKONED}
    names = list(dict.fromkeys([*found.table.cells, *RECKONED]))
    if arguments.json:
        columns = {name: about.get(name, "not read") for name in names}
        print_json({"file": arguments.file, "columns": columns, "models": rows})
    elif arguments.csv:
        print_csv(rows, names)
    else:
        print_document(_models_page(arguments.file or _OURS, rows))


def _models_page(name: str, rows: list[dict[str, str | float | None]]) -> Document:
    def shown(row: dict[str, str | float | None], column: str) -> str:
        value = row.get(column)
        return f"{value:.4g}" if isinstance(value, float) else value or ""

    columns = ("model", "date", "error", "hardware_burden_gflop", "source")
    cells = tuple(tuple(shown(row, column) for column in columns) for row in rows)
    header = ("Model", "Date", "Error", "Hardware burden, GFLOP", "Source")
    words = f"{len(rows):,} models; every column, with notes, by --csv or --json"
    return Document(f"Models of {name}", (Table(words, header, cells, (2, 3), (1,)),))


def _summary_page(name: str, known: list[dict[str, object]]) -> Document:
    header = (
        "Benchmark",
        "Models",
        "FLOP of a pass",
        "FLOP of training",
        "Hardware burden",
        "Pass and burden",
        "Years",
    )
    rows = tuple(
        (
            str(row["benchmark"]),
            f"{row['models']:,}",
            f"{row['with_computation']:,}",
            f"{row['with_training_flop']:,}",
            f"{row['with_hardware_burden']:,}",
            f"{row['with_all']:,}",
            f"{row['first_year']}-{row['last_year']}" if row["first_year"] else "",
        )
        for row in known
    )
    words = "How many models say it, with an error"
    return Document(f"Models of {name}", (Table(words, header, rows, (1, 2, 3, 4, 5)),))


def _audit_page(name: str, table: Observations, doubts: list[Doubt]) -> Document:
    number, read = len(table), Paragraph(_read_in_words(table))
    if not doubts:
        lead = f"{number:,} rows, nothing doubtful."
        return Document(f"Audit of {name}", (Paragraph(lead, "lead"), read))
    counts = Counter(str(each.kind) for each in doubts)
    words = ", ".join(f"{count:,} x {kind}" for kind, count in counts.most_common())
    lead = f"{number:,} rows, {len(doubts):,} doubts: {words}. Nothing was dropped."
    rows = tuple(
        (str(each.row), each.column, str(each.kind), each.found, each.message)
        for each in doubts[:_MOST_ROWS]
    )
    more = len(doubts) - len(rows)
    rest = [Paragraph(f"{more:,} more: see --json.")] if more else []
    # Parquet has no header that would be line 1.
    is_parquet = name.lower().endswith(".parquet")
    place, words = ("Row", "Row by row") if is_parquet else ("Line", "Line by line of the file")
    shown = Table(words, (place, "Column", "Doubt", "Found", "Why"), rows, (0,))
    return Document(f"Audit of {name}", (Paragraph(lead, "lead"), shown, *rest, read))


def _read_in_words(table: Observations) -> str:
    read, unread = columns_read(table)
    others = f" Not read: {', '.join(map(printable, unread))}." if unread else ""
    return f"Columns that were audited: {', '.join(read)}.{others}"


COMMAND = {
    "audit": Command(
        partial(_parser, "audit", "Name everything doubtful in a table of models, row by row."),
        audit_evidence,
    ),
    "models": Command(_models_parser, show_models),
    "summary": Command(
        partial(_parser, "summary", "Count what is known of the models of each benchmark."),
        summarise,
    ),
}
