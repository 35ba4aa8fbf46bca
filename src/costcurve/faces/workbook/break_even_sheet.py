"""What an estimate must bring in a year to pay for itself; what it brings it does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from costcurve.core.quantities import Quantity
from costcurve.costs import total_cost
from costcurve.faces.workbook.book import Book
from costcurve.faces.workbook.figures import FIGURE_COLUMNS, FIRST_ROW, USD, unit_of

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_WORDS = (
    "An estimate knows no benefit. This is what it must bring in a year, after what it costs to "
    "run, to pay for itself; `costcurve worth` weighs both."
)
_INPUTS = ("discount_rate", "horizon_years")
#: What the quantities' parameters are called here, since an estimate has no such figures.
_NAMES = {
    "discount_rate": "worth_discount_rate",
    "horizon_years": "worth_horizon_years",
    "initial_cost_usd": "answer_total_usd",
    "horizon_annuity_factor": "worth_annuity_factor",
}


def write_break_even(book: Book, total_usd: float) -> None:
    """Write the sheet: rate and years, which may be changed, and what follows.

    Parameters
    ----------
    book : Book
        The workbook, in which `answer_total_usd` names the total.
    total_usd : float
        The value of it.
    """
    sheet = book.sheet("Worth", "Is it worth it?", _WORDS, [w for _, w in FIGURE_COLUMNS])
    header = ("Figure", "Value", "Unit", "Allowed", "Source", "")
    book.header(sheet, FIRST_ROW - 1, header, right=(1,))
    given = {each.name: each for each in total_cost.INPUTS if each.name in _INPUTS}
    row = FIRST_ROW
    for name, each in given.items():
        comment = f"{each.label}\nUnit: {unit_of(each)}.\n{each.source}"
        number_format = "0.00%" if name == "discount_rate" else "0.0"
        book.text(sheet, row, 0, each.label)
        book.input(sheet, row, 1, float(each.value), number_format, each.bounds, comment)
        book.text(sheet, row, 2, unit_of(each), "unit")
        book.text(sheet, row, 3, str(each.bounds), "source")
        book.text(sheet, row, 4, each.source, "source")
        book.high(sheet, row, (each.source, 1.2 * 52))
        book.name(_NAMES[name], sheet, row, 1)
        row += 1
    _write_computed(book, sheet, row, {n: float(e.value) for n, e in given.items()}, total_usd)
    sheet.freeze_panes(FIRST_ROW, 0)


def _write_computed(
    book: Book, sheet: Worksheet, row: int, given: dict[str, float], total_usd: float
) -> None:
    annuity = Quantity.of(total_cost.horizon_annuity_factor)
    spread = Quantity.of(total_cost.amortised_usd_per_year)
    factor = float(annuity.function(*(np.float64(given[name]) for name in annuity.parameters)))
    rows = (
        (annuity, annuity.label, factor, "0.0000", "worth_annuity_factor"),
        (spread, "What it must bring in a year", total_usd * factor, USD, "worth_usd_per_year"),
    )
    for at, (quantity, label, value, number_format, name) in enumerate(rows, start=row):
        book.text(sheet, at, 0, label)
        style = book.style("strong", number_format)
        sheet.write_formula(at, 1, quantity.excel(_NAMES.__getitem__), style, value)
        book.text(sheet, at, 2, quantity.unit, "unit")
        book.text(sheet, at, 3, quantity.text(), "code")
        book.text(sheet, at, 4, quantity.source, "source")
        book.high(sheet, at, (label, 52), (quantity.text(), 60))
        book.name(name, sheet, at, 1)
