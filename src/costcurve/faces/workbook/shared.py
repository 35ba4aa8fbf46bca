"""Sheets that more than one kind of workbook has: inputs, facts, a bill, sensitivity, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from costcurve._version import __version__
from costcurve.core.document import Document, Paragraph
from costcurve.costs.bill import Line, LineItem
from costcurve.faces.workbook.book import AXIS_FONT, GRID, LIVE, NUMBER_FONT, STORED, Book
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
from costcurve.faces.workbook.scenario import Cell, Scenarios

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart
    from xlsxwriter.worksheet import Worksheet

_BILL_COLUMNS = (
    ("Line", 34.0), ("Quantity", 18.0), ("Unit", 20.0), ("USD for one", 18.0), ("USD", 18.0),
    ("Share", 10.0), ("Because (stored words)", 58.0), ("Source of the price", 46.0),
)  # fmt: skip
_SWING_COLUMNS = (
    ("If this were off", 44.0), ("by", 22.0), ("Lower", 18.0), ("Higher", 18.0),
)  # fmt: skip
#: Longest text beside a bar of a chart.
_LONGEST_LABEL = 45
#: Colours of the two ends where bars start from how it is.
_LOWER, _HIGHER = "#9DB7D5", LIVE


def columns_of(columns: Sequence[tuple[str, float]]) -> tuple[list[str], list[float]]:
    """Return the names and the widths of columns."""
    return [name for name, _ in columns], [width for _, width in columns]


def write_inputs(figures: Figures) -> None:
    """Write the sheet of what whoever asks decides on, in groups."""
    book = figures.book
    words = "Change the blue figures on yellow; everything follows but what is marked as stored."
    names, widths = columns_of(INPUT_COLUMNS)
    sheet = book.sheet("Inputs", "Inputs", words, widths)
    book.header(sheet, FIRST_ROW - 1, names, right=(1,))
    row = FIRST_ROW
    for title, group in figures.grouped.items():
        book.heading(sheet, row, title)
        row = figures.write_inputs(sheet, row + 1, group) + 1
    book.legend(sheet, row + 1, 0)
    _page(sheet)


def write_facts(figures: Figures, sources: Mapping[str, str]) -> None:
    """Write the sheets of facts: of law, constants and prices, and those of each model.

    Parameters
    ----------
    figures : Figures
        The calculation.
    sources : mapping of str to str
        Where the facts of each model come from.
    """
    book = figures.book
    words = "What is looked up or was fitted, with its source. It may be changed like an input."
    names, widths = columns_of(INPUT_COLUMNS)
    if figures.models:
        sheet = book.sheet("Models", "Facts of the models", words, (52.0, 20.0, *[19.0] * 5))
        _model_facts(figures, sheet, sources)
        _page(sheet)
    sheet = book.sheet("Facts", "Facts", words, widths)
    book.header(sheet, FIRST_ROW - 1, names, right=(1,))
    figures.write_inputs(sheet, FIRST_ROW, figures.facts)
    _page(sheet)


def _model_facts(figures: Figures, sheet: Worksheet, sources: Mapping[str, str]) -> int:
    """Write what differs from model to model; return the row after it."""
    book = figures.book
    names = [name for name in figures.per_model if name in figures.model_facts]
    model_header(figures, sheet, "Fact of a model")
    for row, name in enumerate(names, start=FIRST_ROW):
        node = figures.node(name)
        model_labels(figures, sheet, row, name)
        for column, model in enumerate(figures.models, start=FIRST_MODEL):
            value = figures.point(name, model)
            comment = f"{node.label}\nUnit: {unit_of(node) or 'none'}.\n{sources[model]}"
            number_format = format_of(name, node.unit, value)
            book.input(sheet, row, column, value, number_format, node.bounds, comment)
    row = FIRST_ROW + len(names)
    book.text(sheet, row, 0, "Source of the model's facts", "source")
    for column, model in enumerate(figures.models, start=FIRST_MODEL):
        book.text(sheet, row, column, sources[model], "source", font_size=7)
    book.high(sheet, row, *((text, 30.0) for text in sources.values()))
    return row + 1


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
        source = shortened(figures.source(line.unit_price))
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


@dataclass(frozen=True)
class Moved:
    """An input that is moved: its label, how far, and what changes at either end."""

    label: str
    move: str
    low: Mapping[str, Cell]
    high: Mapping[str, Cell]


@dataclass(frozen=True)
class Tornado:
    """A sheet of what matters most.

    Attributes
    ----------
    figures : Figures
        The calculation.
    title, words, axis : str
        Of the sheet, and beside its bars.
    wanted : str
        The figure that follows.
    moved : sequence of Moved
        What is moved, the most important first.
    is_log : bool
        Whether the figure spans decades, always above 0; bars go from end to end then. Else they
        start from how it is.
    """

    figures: Figures
    title: str
    words: str
    wanted: str
    axis: str
    moved: Sequence[Moved]
    is_log: bool


def write_sensitivity(what: Tornado) -> None:
    """Write the sheet of what matters most: two scenarios for each input, and a chart of bars."""
    figures, book = what.figures, what.figures.book
    names, widths = columns_of(_SWING_COLUMNS)
    sheet = book.sheet("Sensitivity", what.title, what.words, (*widths, 18.0, 18.0))
    changed = sorted({name for each in what.moved for side in (each.low, each.high)
                      for name in side})  # fmt: skip
    first = FIRST_ROW
    below = first + len(what.moved) + 24
    table = Scenarios(figures, sheet, changed, [what.wanted], 2)
    ends = ("Start of the bar", "Its length") if what.is_log else ("Change if lower", "if higher")
    book.header(sheet, first - 1, [*names, *ends], right=(2, 3, 4, 5))
    book.heading(sheet, below - 2, "How each row is computed, all else as it is")
    table.write_header(below - 1)
    book.header(sheet, below - 1, ["Input", "Moved"])
    for place, each in enumerate(what.moved):
        values = []
        for side, changes in enumerate((each.low, each.high)):
            row = below + 2 * place + side
            values.append(table.write_row(row, changes)[what.wanted])
            book.text(sheet, row, 0, each.label, "source", text_wrap=False)
            book.text(sheet, row, 1, ("lower", "higher")[side], "source")
        cells = [table.cell(what.wanted, below + 2 * place + side) for side in (0, 1)]
        _swing_row(sheet, first + place, each, (cells, values), what)
    if what.moved:
        chart = _bars(what, first, first + len(what.moved) - 1)
        sheet.insert_chart(first + len(what.moved) + 1, 0, chart)
    sheet.print_area(0, 0, below - 3, 5)
    sheet.fit_to_pages(1, 1)
    sheet.freeze_panes(FIRST_ROW, 1)


def _swing_row(
    sheet: Worksheet, row: int, each: Moved, ends: tuple[list[str], list[float]], what: Tornado
) -> None:
    """Write what an input does to the figure, and what a bar is drawn from."""
    book, (cells, values) = what.figures.book, ends
    book.text(sheet, row, 0, each.label[:_LONGEST_LABEL])
    book.text(sheet, row, 1, each.move)
    money = book.style("formula", USD if max(map(abs, values)) < 1e12 else "0.00E+00")
    for side in (0, 1):
        sheet.write_formula(row, 2 + side, f"={cells[side]}", money, values[side])
    pair = f"C{row + 1}:D{row + 1}"
    drawn = [
        (f"=MIN({pair})", min(values)),
        (f"=MAX({pair})-MIN({pair})", max(values) - min(values)),
    ]
    if not what.is_log:
        now = what.figures.point(what.wanted)
        drawn = [
            (f"={letter}{row + 1}-{what.wanted}", value - now)
            for letter, value in zip("CD", values, strict=True)
        ]
    for column, (formula, value) in enumerate(drawn, start=4):
        sheet.write_formula(row, column, formula, money, value)


def _bars(what: Tornado, first: int, last: int) -> Chart:
    """Return bars, the first on top: between both ends, or to both sides of how it is."""
    kind = {"type": "bar", **({"subtype": "stacked"} if what.is_log else {})}
    chart = what.figures.book.chart(kind, what.title, "", what.axis)
    looks: list[dict[str, Any]] = [
        {"name": "lower", "fill": {"color": _LOWER}, "overlap": 100, "gap": 45},
        {"name": "higher", "fill": {"color": _HIGHER}},
    ]
    if what.is_log:
        looks = [
            {"fill": {"none": True}, "border": {"none": True}},
            {"name": "between both ends", "fill": {"color": LIVE}, "gap": 45},
        ]
        chart.set_legend({"none": True})
    for column, look in enumerate(looks, start=4):
        places = {"categories": ["Sensitivity", first, 0, last, 0],
                  "values": ["Sensitivity", first, column, last, column]}  # fmt: skip
        chart.add_series({**places, **look})
    chart.set_y_axis({"reverse": True, "num_font": NUMBER_FONT, "label_position": "low"})
    chart.set_x_axis(
        {
            "name": what.axis,
            "name_font": AXIS_FONT,
            "num_font": NUMBER_FONT,
            "num_format": '"$"#,##0;-"$"#,##0',
            "major_gridlines": GRID,
            **({"log_base": 10} if what.is_log else {}),
        }
    )
    return chart


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
        used.setdefault(figures.source(name), []).append(name)
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
