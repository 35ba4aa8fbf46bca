"""What every workbook shares: how its cells look, what may be typed in, how its pages print.

Colours say what a cell is, as in a bank's model: blue on yellow is typed in and may be changed,
black is a formula, grey italics is stored from a simulation and follows nothing.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from datetime import date
from math import ceil
from typing import TYPE_CHECKING, Any

from costcurve._version import __version__
from costcurve.core.errors import MissingExtraError, printable
from costcurve.core.quantities import Bounds

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

#: Longest text that a cell holds in Excel, and the longest that a comment is given here.
LONGEST_TEXT, _LONGEST_COMMENT = 32_767, 600
#: What Excel allows in the box that says why a number was refused.
_LONGEST_REFUSAL = 255
NAVY, LINE, PALE = "#1F3864", "#B7BECB", "#EEF2F8"
_INK, _PAPER = "#0000CC", "#FFF9DB"
_GREY = "#666666"
#: Looks of a chart: the title of an axis, its numbers, and the lines behind.
AXIS_FONT, NUMBER_FONT = {"size": 9, "bold": False}, {"size": 9}
GRID = {"visible": True, "line": {"color": "#E3E6EB"}}
_LINE_POINTS = 15.0
# Excel's highest row, in points.
_HIGHEST_ROW = 400.0
#: Characters of the usual font in a column of width 1, so that wrapped text is given its height.
_CHARACTERS = 1.05
#: Colours of what a chart draws: live, stored, and one point.
LIVE, STORED, MARK = "#1F5FA8", "#9DB7D5", "#D9701E"
_LEGEND = (
    ("typed in: change it", "input"),
    ("formula: follows the inputs", "formula"),
    ("stored from a simulation: follows nothing", "stored"),
)


class Book:
    """A workbook that is being written.

    Raises
    ------
    MissingExtraError
        If XlsxWriter is not installed.
    """

    def __init__(self, title: str, about: str) -> None:
        try:
            from xlsxwriter import Workbook  # noqa: PLC0415 - an extra
        except ImportError:
            raise MissingExtraError("--xlsx", "excel") from None
        self._stream = io.BytesIO()
        # Text stays text, whatever it starts with.
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.workbook = Workbook(self._stream, options)
        self.workbook.set_properties(
            {"title": text_of(title), "comments": text_of(f"costcurve {__version__}. {about}")}
        )
        self._styles: dict[tuple[tuple[str, Any], ...], Format] = {}

    def content(self) -> bytes:
        """Return the finished workbook, which opens with its answer where it has one."""
        answer = self.workbook.get_worksheet_by_name("Answer")
        if answer is not None:
            answer.activate()
        self.workbook.close()
        return self._stream.getvalue()

    def style(self, kind: str = "text", number_format: str = "General", **more: Any) -> Format:
        """Return how a kind of cell looks: a key of the looks below."""
        wanted = {**_LOOKS[kind], "num_format": number_format, "valign": "top", **more}
        key = tuple(sorted(wanted.items()))
        if key not in self._styles:
            self._styles[key] = self.workbook.add_format(wanted)
        return self._styles[key]

    def sheet(self, name: str, title: str, words: str, widths: Sequence[float]) -> Worksheet:
        """Return a new sheet with its heading, ready to be printed."""
        sheet = self.workbook.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_row(0, 26)
        for column in range(len(widths)):
            sheet.write_blank(0, column, None, self.style("band"))
        sheet.write_string(0, 0, text_of(title), self.style("band"))
        sheet.write_string(1, 0, text_of(words), self.style("quiet"))
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4, which Letter printers fit
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        footer = f"&L&8costcurve {__version__}, {date.today():%Y-%m-%d}&C&8&A&R&8&P of &N"
        sheet.set_footer(footer)
        return sheet

    def legend(self, sheet: Worksheet, row: int, column: int) -> None:
        """Write what the colours say, one below the other."""
        for place, (text, kind) in enumerate(_LEGEND):
            sheet.write_string(row + place, column, text, self.style(kind, border=1))

    def header(
        self,
        sheet: Worksheet,
        row: int,
        names: Sequence[str],
        first: int = 0,
        right: Collection[int] = (),
    ) -> None:
        """Write the header of a table, two lines high; that of numbers stands to the right."""
        sheet.set_row(row, 2 * _LINE_POINTS)
        for column, name in enumerate(names, start=first):
            look: dict[str, Any] = {"align": "left", "indent": 1 if column > first else 0}
            if column in right:
                look = {"align": "right"}
            sheet.write_string(row, column, name, self.style("head", **look))

    def heading(self, sheet: Worksheet, row: int, text: str) -> None:
        """Write the heading of a part of a sheet."""
        sheet.write_string(row, 0, text_of(text), self.style("heading"))

    def text(
        self, sheet: Worksheet, row: int, column: int, text: str, kind: str = "text", **more: Any
    ) -> None:
        """Write a text as text, whatever it starts with."""
        sheet.write_string(row, column, text_of(text), self.style(kind, **more))

    def high(self, sheet: Worksheet, row: int, *cells: tuple[str, float]) -> None:
        """Give a row the height of its longest text; LibreOffice does not fit it by itself.

        Parameters
        ----------
        sheet, row : Worksheet and int
            Which row.
        *cells : tuple of str and float
            Texts, each with the width of its column.
        """
        lines = max(ceil(len(text) / (width * _CHARACTERS)) for text, width in cells)
        if lines > 1:
            sheet.set_row(row, min(lines * _LINE_POINTS, _HIGHEST_ROW))

    def words(self, sheet: Worksheet, row: int, text: str, columns: int, width: float) -> None:
        """Write a paragraph over several columns."""
        cell = self.style("paragraph")
        sheet.merge_range(row, 0, row, columns - 1, "", cell)
        sheet.write_string(row, 0, text_of(text), cell)
        self.high(sheet, row, (text, width))

    def input(  # noqa: PLR0913, PLR0917 - an input has as many parts
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        value: float,
        number_format: str,
        bounds: Bounds,
        comment: str,
    ) -> None:
        """Write a number that may be changed: coloured, bounded, and with its unit and source."""
        sheet.write_number(row, column, value, self.style("input", number_format))
        told = "\n".join(map(printable, comment.split("\n")))[:_LONGEST_COMMENT]
        look = {"author": "costcurve", "x_scale": 2.2, "y_scale": 1.3, "font_size": 9}
        sheet.write_comment(row, column, told, look)
        allowed = "a number" + (f" {bounds}" if str(bounds) else "")
        sheet.data_validation(
            row,
            column,
            row,
            column,
            {
                "validate": "custom",
                "value": _allowed(bounds, f"{letter(column)}{row + 1}"),
                "error_title": "Out of range",
                "error_message": f"Give {allowed}."[:_LONGEST_REFUSAL],
            },
        )

    def name(self, name: str, sheet: Worksheet, row: int, column: int) -> None:
        """Give a cell a name that formulas know it by."""
        place = f"={sheet.get_name()}!${letter(column)}${row + 1}"
        self.workbook.define_name(name, place)

    def chart(self, kind: dict[str, str], title: str, x: str, y: str) -> Chart:
        """Return a chart with titles, quiet lines and no frame."""
        chart = self.workbook.add_chart(kind)
        chart.set_title({"name": title, "name_font": {"size": 12, "bold": True}})
        chart.set_x_axis({"name": x, "name_font": AXIS_FONT, "major_gridlines": GRID})
        chart.set_y_axis({"name": y, "name_font": AXIS_FONT, "major_gridlines": GRID})
        chart.set_legend({"position": "bottom", "font": {"size": 9}})
        chart.set_size({"width": 760, "height": 400})
        return chart


def text_of(text: str) -> str:
    """Return a text as a cell can hold it: on one line, and not too long."""
    return printable(text)[:LONGEST_TEXT]


def letter(column: int) -> str:
    """Return the letters of a column, counted from 0."""
    from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415 - an extra

    return str(xl_col_to_name(column))


def _allowed(bounds: Bounds, cell: str) -> str:
    """Return the formula that says whether a number may stand in a cell."""
    ends = (
        (">", bounds.above),
        (">=", bounds.at_least),
        ("<", bounds.below),
        ("<=", bounds.at_most),
    )
    terms = [f"{cell}{sign}{end!r}" for sign, end in ends if end is not None]
    return f"=AND({','.join([f'ISNUMBER({cell})', *terms])})"


_LOOKS: dict[str, dict[str, Any]] = {
    "band": {
        "bold": True,
        "font_size": 15,
        "font_color": "#FFFFFF",
        "bg_color": NAVY,
        "valign": "vcenter",
    },
    "heading": {"bold": True, "font_size": 12, "font_color": NAVY},
    "head": {
        "bold": True,
        "text_wrap": True,
        "bg_color": PALE,
        "font_color": NAVY,
        "bottom": 2,
        "bottom_color": NAVY,
    },
    "quiet": {"font_color": _GREY},
    "paragraph": {"text_wrap": True},
    "text": {"text_wrap": True, "bottom": 4, "bottom_color": LINE},
    "source": {
        "align": "left",
        "indent": 1,
        "font_color": _GREY,
        "font_size": 9,
        "text_wrap": True,
        "bottom": 4,
        "bottom_color": LINE,
    },
    "code": {
        "align": "left",
        "indent": 1,
        "font_name": "Consolas",
        "font_size": 8,
        "font_color": _GREY,
        "text_wrap": True,
        "bottom": 4,
        "bottom_color": LINE,
    },
    "unit": {"align": "left", "indent": 1, "font_color": _GREY, "bottom": 4, "bottom_color": LINE},
    "input": {"font_color": _INK, "bg_color": _PAPER, "bottom": 4, "bottom_color": LINE},
    "formula": {"bottom": 4, "bottom_color": LINE},
    "strong": {"bold": True, "align": "right", "bottom": 4, "bottom_color": LINE},
    "total": {"bold": True, "top": 1, "bottom": 6, "bg_color": PALE},
    "working": {"font_size": 8, "font_color": _GREY, "bottom": 4, "bottom_color": LINE},
    "stored": {"italic": True, "font_color": _GREY, "bottom": 4, "bottom_color": LINE},
}
