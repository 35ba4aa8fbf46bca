"""`costcurve complexity`: how difficult the classes of a task are."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from costcurve.core.display import count
from costcurve.core.document import Document, Paragraph, Table
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.output import print_document, print_json
from costcurve.faces.cli.progress import Progress
from costcurve.faces.request import counts_from
from costcurve.task import Task, read_class_counts

#: Classes shown on the page, the most frequent first.
SHOWN_CLASSES = 10
#: A target is part of a task; complexity does not depend on it.
_ANY_TARGET = 0.5


def _parser() -> Parser:
    parser = Parser("complexity", "Measure the relative complexity of a task from its classes.")
    parser.add_argument(
        "source",
        metavar="COUNTS",
        nargs="?",
        help="Counts such as 50000,1000; a CSV file of label,count or with a column of labels; "
        "or a folder with one folder of images a class.",
    )
    parser.value("classes", "Number of equally frequent classes.")
    parser.value("baseline-classes", "Classes of the baseline task. Default: 1000 (ImageNet).")
    parser.value("column", "The column of labels of a CSV file.")
    parser.switch("json", "Print the measures as JSON.")
    return parser


def complexity(arguments: Namespace) -> None:
    """Measure the relative complexity of a task from its classes."""
    given = {name: getattr(arguments, name) for name in ("classes", "baseline_classes")}
    described: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if arguments.source is not None:
        described["class_counts"] = _read(arguments.source, arguments.column)
    task = Task(target_accuracy=_ANY_TARGET, **described)
    data = measure(task)
    if arguments.json:
        print_json(data)
    else:
        print_document(_page(task, data))


def measure(task: Task) -> dict[str, Any]:
    """Return the complexity of a task's classes, with what it was computed from."""
    counts, measured = task.class_counts, task.complexity()
    described = task.model_dump(mode="json")
    return {
        "relative_complexity": measured["relative_complexity"],
        "entropy_bits": measured["class_entropy_bits"],
        "effective_classes": measured["effective_classes"],
        "classes": len(counts) if counts else described["classes"],
        "baseline_classes": described["baseline_classes"],
        "examples": sum(counts.values()) if counts else None,
        "largest_share": max(counts.values()) / sum(counts.values()) if counts else None,
        "class_counts": counts,
    }


def _read(source: str, column: str | None) -> str | dict[str, float]:
    progress = Progress("examples counted")
    try:
        if column is not None:
            return read_class_counts(source, column, progress.tell)
        return counts_from(source, progress=progress.tell)
    finally:
        progress.end()


def _page(task: Task, data: dict[str, Any]) -> Document:
    blocks: list[Paragraph | Table] = [
        Paragraph(f"Relative complexity {data['relative_complexity']:.4g}.", "lead"),
        Paragraph(
            f"The {_whole(data['classes'])} classes are as hard to tell apart as "
            f"{data['effective_classes']:.4g} equally frequent ones ({data['entropy_bits']:.4g} "
            f"bits of entropy), against {_whole(data['baseline_classes'])} in the baseline task."
        ),
    ]
    if task.class_counts:
        blocks.append(_counts_table(task.class_counts))
    return Document("Relative complexity of the task", tuple(blocks))


def _whole(number: int | str) -> str:
    """Return a whole number, or a range as it was written."""
    return f"{number:,}" if isinstance(number, int) else number


def _counts_table(counts: dict[str, float]) -> Table:
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    total = sum(counts.values())
    rows = [(label, count(n), f"{100 * n / total:.1f}%") for label, n in ordered[:SHOWN_CLASSES]]
    if rest := ordered[SHOWN_CLASSES:]:
        left = sum(n for _, n in rest)
        rows.append((f"{len(rest):,} more", count(left), f"{100 * left / total:.1f}%"))
    rows.append(("All", count(total), "100.0%"))
    return Table("Examples", ("Class", "Examples", "Share"), tuple(rows), (1, 2), has_total=True)


COMMAND = Command(_parser, complexity)
