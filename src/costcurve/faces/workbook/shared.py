"""Sheets that more than one kind of workbook has: inputs, facts, a bill, sensitivity, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from costcurve._version import __version__
from costcurve.core.document import Document, Paragraph
from costcurve.costs.bill import Line, LineItem
from costcurve.faces.references import RUN_SOURCE, run_in_words
from costcurve.faces.workbook.book import STORED, Book
from costcurve.faces.workbook.figures import (
    FIGURE_COLUMNS,
    FIRST_MODEL,
    FIRST_ROW,
    INPUT_COLUMNS,
    USD,
    Figures,
    format_of,
    shortened,
    unit_of,
)

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from costcurve.laws.belief import Runs

_BILL_COLUMNS = (
    ("Line", 34.0), ("Quantity", 18.0), ("Unit", 20.0), ("USD for one", 18.0), ("USD", 18.0),
    ("Share", 10.0), ("Because (stored words)", 58.0), ("Source of the price", 46.0),
)  # fmt: skip
#: Width of the column of a source.
_SOURCE_WIDTH = 52.0


def columns_of(columns: Sequence[tuple[str, float]]) -> tuple[list[str], list[float]]:
    """Return the names and the widths of columns."""
    return [name for name, _ in columns], [width for _, width in columns]


def write_inputs(figures: Figures, runs: Runs | None) -> None:
    """Write the sheet of what whoever asks decides on, in groups, and runs on the task, if any."""
    book = figures.book
    words = "Change the blue figures on yellow; everything follows but what is marked as stored."
    names, widths = columns_of(INPUT_COLUMNS)
    sheet = book.sheet("Inputs", "Inputs", words, widths)
    book.header(sheet, FIRST_ROW - 1, names, right=(1,))
    row = FIRST_ROW
    for title, group in figures.grouped.items():
        book.heading(sheet, row, title)
        row = figures.write_inputs(sheet, row + 1, group) + 1
    if runs is not None:
        row = _runs(book, sheet, row, runs) + 1
    book.legend(sheet, row + 1, 0)
    _page(sheet)


def _runs(book: Book, sheet: Worksheet, row: int, runs: Runs) -> int:
    """Write the runs that the law has learnt from; return the row after them."""
    book.heading(sheet, row, "Runs on the task (stored: the law has learnt from them)")
    for run in runs.to_dicts():
        row += 1
        book.text(sheet, row, 0, run_in_words(run))
        write_stored(book, sheet, row, 1, [(run["error"] or 0.0, "0.00%")])
        book.text(sheet, row, 5, RUN_SOURCE, "source")
    return row + 1


def write_facts(figures: Figures) -> None:
    """Write the sheets of facts: of law, constants and prices, and those of each model."""
    book = figures.book
    words = "What is looked up or was fitted, with its source. It may be changed like an input."
    names, widths = columns_of(INPUT_COLUMNS)
    if figures.models:
        sheet = book.sheet("Models", "Facts of the models", words, (52.0, 20.0, *[19.0] * 5))
        _model_facts(figures, sheet)
        _page(sheet)
    sheet = book.sheet("Facts", "Facts", words, widths)
    book.header(sheet, FIRST_ROW - 1, names, right=(1,))
    figures.write_inputs(sheet, FIRST_ROW, figures.facts)
    _page(sheet)


def _model_facts(figures: Figures, sheet: Worksheet) -> None:
    """Write what differs from model to model."""
    book, first = figures.book, figures.models[0]
    names = [name for name in figures.per_model if name in figures.model_facts]
    model_header(figures, sheet, "Fact of a model")
    last = FIRST_MODEL + len(figures.models) + 1
    sheet.set_column(last - 1, last - 1, 32)
    sheet.set_column(last, last, _SOURCE_WIDTH)
    words = f"Source of that of {first}; each cell has its own in its comment, as has Sources"
    book.header(sheet, FIRST_ROW - 1, [words], last)
    for row, name in enumerate(names, start=FIRST_ROW):
        node = figures.node(name)
        model_labels(figures, sheet, row, name)
        for column, model in enumerate(figures.models, start=FIRST_MODEL):
            value = figures.point(name, model)
            source = figures.source(name, model)
            comment = f"{node.label}\nUnit: {unit_of(node) or 'none'}.\n{source}"
            number_format = format_of(name, node.unit, value)
            book.input(sheet, row, column, value, number_format, node.bounds, comment)
        source = shortened(figures.source(name, first))
        book.text(sheet, row, last, source, "source")
        book.high(sheet, row, (node.label, 52), (source, 1.2 * _SOURCE_WIDTH))


def model_header(figures: Figures, sheet: Worksheet, first: str) -> None:
    """Write the header of a table with a column for each model."""
    models = figures.models
    sheet.set_column(FIRST_MODEL, FIRST_MODEL + max(len(models), 5) - 1, 19)
    figures.book.header(sheet, FIRST_ROW - 1, [first, "Unit"])
    for column, model in enumerate(models, start=FIRST_MODEL):
        figures.book.text(sheet, FIRST_ROW - 1, column, model, "head", align="right")
    figures.book.header(sheet, FIRST_ROW - 1, ["Name in formulas"], FIRST_MODEL + len(models))


def model_labels(figures: Figures, sheet: Worksheet, row: int, name: str) -> None:
    """Write what a row of a table with a column for each model is."""
    node = figures.node(name)
    figures.book.text(sheet, row, 0, node.label)
    figures.book.text(sheet, row, 1, unit_of(node), "unit")
    figures.book.text(sheet, row, FIRST_MODEL + len(figures.models), name, "code", text_wrap=False)
    figures.book.high(sheet, row, (node.label, 52))


def write_computed(figures: Figures, sheet: Worksheet, row: int, names: Sequence[str]) -> None:
    """Write how the answer is computed, figure by figure, below it."""
    book = figures.book
    book.heading(sheet, row, "How it is computed")
    book.header(sheet, row + 1, [name for name, _ in FIGURE_COLUMNS], right=(1,))
    figures.write_computed(sheet, row + 2, names)


def write_words(
    book: Book, sheet: Worksheet, row: int, card: Document, widths: Sequence[float]
) -> int:
    """Write the sentences of an answer's card over some columns; return the row after them."""
    book.heading(sheet, row, "In words, as of writing (stored)")
    for block in card.blocks:
        if isinstance(block, Paragraph) and block.tone != "quiet":
            row += 1
            book.words(sheet, row, block.text, len(widths), sum(widths))
    return row + 1


@dataclass(frozen=True)
class BillPart:
    """A table of a bill: its heading, lines, the items as of writing, total and its quantity."""

    heading: str
    lines: Sequence[Line]
    items: Mapping[str, LineItem]
    total_label: str
    total: str


def write_bill(figures: Figures, title: str, parts: Sequence[BillPart]) -> None:
    """Write the sheet of the bill; a check says whether its lines add up to the answer's total."""
    book = figures.book
    names, widths = columns_of(_BILL_COLUMNS)
    words = "Each line is a quantity times a price; what costs nothing stands here as well."
    sheet = book.sheet("Bill", title, words, widths)
    row = FIRST_ROW - 1
    for part in parts:
        book.heading(sheet, row, part.heading)
        book.header(sheet, row + 1, names, right=(1, 3, 4, 5))
        row = _bill_part(figures, sheet, row + 2, part) + 2
    _page(sheet, FIRST_ROW + 1)


def _bill_part(figures: Figures, sheet: Worksheet, row: int, part: BillPart) -> int:
    """Write the lines of a part and their total; return the row after it."""
    book, first = figures.book, row
    last = first + len(part.lines) - 1
    for line in part.lines:
        item = part.items.get(line.label)
        cost = figures.point(line.cost)
        book.text(sheet, row, 0, line.label)
        if line.quantity:
            _cell(figures, sheet, row, 1, line.quantity)
            book.text(sheet, row, 2, unit_of(figures.node(line.quantity)), "unit")
        else:
            book.text(sheet, row, 2, "lump sum", "unit")
        _cell(figures, sheet, row, 3, line.unit_price)
        _cell(figures, sheet, row, 4, line.cost)
        share = f"=IF($E${last + 2}=0,0,E{row + 1}/$E${last + 2})"
        total = figures.point(part.total)
        style = book.style("formula", "0.0%")
        sheet.write_formula(row, 5, share, style, 0.0 if total == 0.0 else cost / total)
        because = "" if item is None else item.assumes
        source = shortened(figures.source_of_price(line.unit_price))
        book.text(sheet, row, 6, because, "source")
        book.text(sheet, row, 7, source, "source")
        book.high(sheet, row, (because or " ", 1.2 * 58), (source, 1.2 * 46))
        row += 1
    for column in range(len(_BILL_COLUMNS)):
        sheet.write_blank(row, column, None, book.style("total"))
    book.text(sheet, row, 0, part.total_label, "total")
    total_formula = f"=SUM(E{first + 1}:E{last + 1})"
    sheet.write_formula(row, 4, total_formula, book.style("total", USD), figures.point(part.total))
    reference = figures.best(part.total)
    check = f'=IF(ABS(E{row + 1}-{reference})<=0.000000001*ABS({reference}),"yes","no")'
    book.text(sheet, row + 1, 0, f"Adds up to {part.total}", "quiet")
    sheet.write_formula(row + 1, 4, check, book.style("quiet", align="right"), "yes")
    return row + 2


def _cell(figures: Figures, sheet: Worksheet, row: int, column: int, name: str) -> None:
    """Write a reference to a figure of the chosen model."""
    figures.write_cell(sheet, row, column, name, f"={figures.best(name)}")


def write_sources(book: Book, figures: Figures, beside: Sequence[tuple[str, str]]) -> None:
    """Write the sheet of sources: what made the workbook, then every source with what it gives."""
    sheet = book.sheet("Sources", "Sources", "Where the numbers come from.", (70, 110))
    row = 3
    for label, text in (("Written by", f"costcurve {__version__}"), *beside):
        book.text(sheet, row, 0, label)
        book.text(sheet, row, 1, text)
        book.high(sheet, row, (text, 110))
        row += 1
    used: dict[str, list[str]] = {}
    for name in figures.evaluation:
        told = figures.sources_of(name)
        for source, models in told.items():
            of = f" of {', '.join(models)}" if len(told) > 1 else ""
            used.setdefault(source, []).append(name + of)
    book.header(sheet, row + 1, ["Source", "What is from there"])
    for place, (source, names) in enumerate(used.items(), start=row + 2):
        listed = ", ".join(names)
        book.text(sheet, place, 0, source)
        book.text(sheet, place, 1, listed, "code")
        book.high(sheet, place, (source, 70), (listed, 130))
    _page(sheet, row + 2)


def _page(sheet: Worksheet, header: int = FIRST_ROW) -> None:
    """Keep the header in sight, on the screen and on every printed page."""
    sheet.freeze_panes(header, 1)
    sheet.repeat_rows(0, header - 1)


def write_stored(
    book: Book, sheet: Worksheet, row: int, column: int, values: Sequence[tuple[float, str]]
) -> None:
    """Write numbers that are stored from a simulation, each with its number format."""
    for place, (value, number_format) in enumerate(values, start=column):
        sheet.write_number(row, place, value, book.style("stored", number_format))


def stored_line(name: str, x: list[str | int], y: list[str | int]) -> dict[str, Any]:
    """Return a chart's dashed line of stored values."""
    return {
        "name": name,
        "categories": x,
        "values": y,
        "line": {"color": STORED, "width": 1.5, "dash_type": "dash"},
        "marker": {"type": "none"},
    }


def cells(sheet: Worksheet, column: int, first: int, last: int) -> list[str | int]:
    """Return the cells of a column, as a chart refers to them."""
    return [sheet.get_name(), first, column, last, column]
