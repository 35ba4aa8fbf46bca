"""The workbook of a learning curve: what was measured, where it goes, and what a target takes.

The median of a prediction has no closed form: small networks mix two forms. Its quantiles are
stored on a grid; between two places of the grid, formulas go straight in logarithms. One of the two
forms, the power law with an offset, has a closed form, and stands as one.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from costcurve._version import __version__
from costcurve.core.quantities import Bounds
from costcurve.decisions.curve_table import OUTPUTS
from costcurve.faces.curve_card import CurveCard
from costcurve.faces.workbook.book import (
    AXIS_FONT,
    GRID,
    LIVE,
    MARK,
    NUMBER_FONT,
    STORED,
    Book,
    letter,
    text_of,
)
from costcurve.faces.workbook.figures import FIRST_ROW
from costcurve.faces.workbook.shared import cells, write_stored, write_words
from costcurve.laws.curve_features import FEWEST_FOR_POWER_LAW
from costcurve.laws.curves import REACH
from costcurve.laws.power_law import PowerLaw, fit_power_law

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_WIDTHS = (58.0, 20.0, 14.0, 60.0)
_GRID = 61
_QUANTILES = OUTPUTS[:5]
_SHARES = ("5%", "25%", "Median", "75%", "95%")
_ERROR = "[>=0.001]0.0000;0.00E+00"
_PARAMETER = "[>=100]#,##0.0;[>=0.001]0.00000;0.00E+00"
_COUNT = "[>=1000]#,##0;General"
_ABOVE = Bounds(above=0.0)
#: Longest name of a column over a table and beside an axis.
_LONGEST_TITLE = 60


def curve_book(card: CurveCard) -> bytes:
    """Return the workbook of a curve.

    Raises
    ------
    InputError
        If the curve cannot be fitted.
    MissingExtraError
        If XlsxWriter is not installed.
    """
    return _Writer(card).content()


class _Writer:
    """Writes one curve into one workbook."""

    def __init__(self, card: CurveCard) -> None:
        self.card = card
        self.seen = card.curve.seen
        self.law = card.curve.law.card
        self.book = Book("costcurve curve", f"Law {self.law['id']}.")
        _, self.bands = card.points_and_bands(points=_GRID)

    def content(self) -> bytes:
        self._write_inputs()
        self._write_answer()
        self._write_points()
        self._write_curve()
        self._write_parameters()
        self._write_sources()
        return self.book.content()

    def _write_inputs(self) -> None:
        names = self.card.names
        words = "What to ask of the curve. Its runs stand on the sheet Points, and are stored."
        sheet = self.book.sheet("Inputs", "Inputs", words, _WIDTHS)
        header = ("Input", "Value", "Allowed", "What it does")
        self.book.header(sheet, FIRST_ROW - 1, header, right=(1,))
        first, last = self.bands[0]["x"], self.bands[-1]["x"]
        target = self.card.target or float(self.bands[_GRID // 2]["p50"])
        asked = min(max(float(self.card.asked()[0]), first), last)
        rows = (
            (f"Where to predict: {names.x}", "asked_x", asked, _COUNT,
             Bounds(at_least=first, at_most=last), "Quantiles there are read from the grid."),
            (f"Target: {names.error}", "target_error", target, _ERROR, _ABOVE,
             "What it takes is read from the grid."),
        )  # fmt: skip
        for row, (label, name, value, number_format, bounds, words) in enumerate(
            rows, start=FIRST_ROW
        ):
            self.book.text(sheet, row, 0, label)
            comment = f"{label}\n{words}"
            self.book.input(sheet, row, 1, value, number_format, bounds, comment)
            self.book.text(sheet, row, 2, str(bounds), "source")
            self.book.text(sheet, row, 3, words, "source")
            self.book.high(sheet, row, (str(bounds), 14.0))
            self.book.name(name, sheet, row, 1)
        self.asked, self.target = asked, target
        self.book.legend(sheet, FIRST_ROW + 4, 0)
        sheet.freeze_panes(FIRST_ROW, 0)

    def _write_answer(self) -> None:
        book, names = self.book, self.card.names
        words = "Live figures are read from the grid of the sheet Curve; exact ones are stored."
        sheet = book.sheet("Answer", self.card.title, words, _WIDTHS)
        header = ("The answer", "From the grid\n(live)", "Exact\n(stored)", "Remark")
        book.header(sheet, FIRST_ROW - 1, header, right=(1, 2))
        exact = self.card.curve.predict([self.asked])[:, 0]
        row = FIRST_ROW
        for place, share in enumerate(_SHARES):
            label = f"{names.error} where it is asked: {share}"
            formula, value = self._at(place + 1, self.asked, _QUANTILES[place])
            book.text(sheet, row, 0, label)
            sheet.write_formula(row, 1, formula, book.style("strong", _ERROR), value)
            write_stored(book, sheet, row, 2, [(float(exact[place]), _ERROR)])
            book.name(f"answer_{_QUANTILES[place]}", sheet, row, 1)
            row += 1
        row = self._write_needed(sheet, row)
        write_words(book, sheet, row + 1, self.card.document(), _WIDTHS)
        sheet.freeze_panes(FIRST_ROW, 0)

    def _write_needed(self, sheet: Worksheet, row: int) -> int:
        """Write what the target takes; return the row after it."""
        book, names = self.book, self.card.names
        formula, value = self._needed()
        exact = self.card.curve.needed(self.target)
        book.text(sheet, row, 0, f"{names.x} at which the median meets the target")
        sheet.write_formula(row, 1, formula, book.style("strong", _COUNT), value)
        remark = "the grid ends there" if isinstance(value, str) else "where the median falls"
        book.text(sheet, row, 3, remark, "source")
        if exact[1] is not None:
            write_stored(book, sheet, row, 2, [(exact[1], _COUNT)])
        book.name("answer_needed", sheet, row, 1)
        for label, each in (("5% chance", exact[0]), ("95% chance", exact[2])):
            row += 1
            book.text(sheet, row, 0, f"{names.x} at which a run meets it with a {label}")
            if each is None:
                reach = f"not within {REACH:,.0f} times what was seen"
                book.text(sheet, row, 2, "none", "stored", align="right")
                book.text(sheet, row, 3, reach, "source")
            else:
                write_stored(book, sheet, row, 2, [(each, _COUNT)])
        return row + 1

    def _cells(self, column: int) -> str:
        at = letter(column)
        return f"Curve!${at}${FIRST_ROW + 1}:${at}${FIRST_ROW + _GRID}"

    def _at(self, column: int, x: float, name: str) -> tuple[str, float]:
        """Return a quantile between two places of the grid: its formula and its value."""
        xs, ys = self._cells(0), self._cells(column)
        place = f"MIN(MATCH(asked_x,{xs},1),{_GRID - 1})"
        x0, x1 = f"LN(INDEX({xs},{place}))", f"LN(INDEX({xs},{place}+1))"
        y0, y1 = f"LN(INDEX({ys},{place}))", f"LN(INDEX({ys},{place}+1))"
        formula = f"=EXP({y0}+(LN(asked_x)-{x0})/({x1}-{x0})*({y1}-{y0}))"
        grid = np.log([each["x"] for each in self.bands])
        values = np.log([each[name] for each in self.bands])
        return formula, float(np.exp(np.interp(np.log(x), grid, values)))

    def _needed(self) -> tuple[str, float | str]:
        """Return where the median first meets the target: its formula and its value."""
        xs, ys = self._cells(0), self._cells(3)
        place = f"MATCH(1,INDEX(--({ys}<=target_error),0),0)"
        before = f"MAX({place}-1,1)"
        slope = (
            f"(LN(target_error)-LN(INDEX({ys},{before})))"
            f"/(LN(INDEX({ys},{place}))-LN(INDEX({ys},{before})))"
        )
        between = (
            f"EXP(LN(INDEX({xs},{before}))+{slope}"
            f"*(LN(INDEX({xs},{place}))-LN(INDEX({xs},{before}))))"
        )
        met = f'COUNTIF({ys},"<="&target_error)'
        first = f"INDEX({ys},1)<=target_error"
        formula = f'=IF({met}=0,"beyond the grid",IF({first},INDEX({xs},1),{between}))'
        return formula, self._needed_value()

    def _needed_value(self) -> float | str:
        rows = self.bands
        if rows[0]["p50"] <= self.target:
            return rows[0]["x"]
        for low, high in pairwise(rows):
            if high["p50"] <= self.target:
                ends = np.log([high["p50"], low["p50"]]), np.log([high["x"], low["x"]])
                return float(np.exp(np.interp(np.log(self.target), *ends)))
        return "beyond the grid"

    def _write_points(self) -> None:
        book, names = self.book, self.card.names
        words = "What was measured. Changing it does not fit the curve again: costcurve curve does."
        sheet = book.sheet("Points", "Points", words, (22.0, 22.0, 24.0))
        header = (
            f"{names.x[:_LONGEST_TITLE]}\n(stored)",
            f"{names.error[:_LONGEST_TITLE]}\n(stored)",
            "Precision (stored)",
        )
        for column, text in enumerate(header):
            book.text(sheet, FIRST_ROW - 1, column, text.replace("\n", " "), "head", align="right")
        sheet.set_row(FIRST_ROW - 1, 30)
        columns = (self.seen.x, self.seen.y, 1.0 / self.seen.share)
        for row, values in enumerate(zip(*(each.tolist() for each in columns), strict=True)):
            formats = zip(values, (_COUNT, _ERROR, "0.00"), strict=True)
            write_stored(book, sheet, FIRST_ROW + row, 0, list(formats))
        sheet.freeze_panes(FIRST_ROW, 0)

    def _write_curve(self) -> None:
        book, names = self.book, self.card.names
        words = "Quantiles of one more run (stored); the power law beside them is a live formula."
        sheet = book.sheet("Curve", "Where the curve goes", words, (18.0, *[15.0] * 5, 24.0))
        book.text(
            sheet, FIRST_ROW - 1, 0, f"{names.x[:_LONGEST_TITLE]} (stored)", "head", align="right"
        )
        labels = [f"{share}\n(stored)" for share in _SHARES]
        book.header(sheet, FIRST_ROW - 1, [*labels, "Power law\n(live)"], 1, right=range(1, 7))
        law = self._power_law()
        for row, band in enumerate(self.bands, start=FIRST_ROW):
            values = [(band["x"], _COUNT), *((band[name], _ERROR) for name in _QUANTILES)]
            write_stored(book, sheet, row, 0, values)
            if law is not None:
                formula = (
                    f"=power_law_offset+power_law_scale*POWER($A{row + 1}/power_law_start,"
                    "-power_law_exponent)"
                )
                value = law.offset + law.scale * (band["x"] / law.x0) ** -law.exponent
                sheet.write_formula(row, 6, formula, book.style("formula", _ERROR), value)
        self._draw(sheet, law is not None)
        sheet.freeze_panes(FIRST_ROW, 0)

    def _power_law(self) -> PowerLaw | None:
        """Return the closed form, where there are points enough for it."""
        if len(self.seen.x) < FEWEST_FOR_POWER_LAW:
            return None
        return fit_power_law(self.seen.x, self.seen.y, precision=1.0 / self.seen.share)

    def _draw(self, sheet: Worksheet, has_law: bool) -> None:
        book, names = self.book, self.card.names
        kind = {"type": "scatter", "subtype": "straight"}
        chart = book.chart(kind, "Where the curve goes", "", "")
        first, last = FIRST_ROW, FIRST_ROW + _GRID - 1
        x = cells(sheet, 0, first, last)
        looks = [(1, "5% (stored)", STORED, "dash"), (3, "median (stored)", LIVE, "solid"),
                 (5, "95% (stored)", STORED, "dash")]  # fmt: skip
        if has_law:
            looks.append((6, "power law (live)", MARK, "round_dot"))
        for column, name, colour, dash in looks:
            line = {"color": colour, "width": 2.0, "dash_type": dash}
            chart.add_series(
                {"name": name, "categories": x, "values": cells(sheet, column, first, last),
                 "line": line, "marker": {"type": "none"}}
            )  # fmt: skip
        end = FIRST_ROW + len(self.seen.x) - 1
        dots = {"type": "circle", "size": 6, "fill": {"color": MARK}, "border": {"color": MARK}}
        chart.add_series(
            {"name": "measured (stored)", "categories": ["Points", FIRST_ROW, 0, end, 0],
             "values": ["Points", FIRST_ROW, 1, end, 1], "line": {"none": True}, "marker": dots}
        )  # fmt: skip
        low = 10.0 ** np.floor(np.log10(self.seen.x[0]))
        sides = [*(each["p05"] for each in self.bands), *self.seen.y]
        floor = 10.0 ** np.floor(np.log10(min(sides)))
        shared = {"name_font": AXIS_FONT, "num_font": NUMBER_FONT, "log_base": 10,
                  "major_gridlines": GRID, "label_position": "low"}  # fmt: skip
        chart.set_y_axis({**shared, "name": _title(names.error), "min": floor, "crossing": floor})
        chart.set_x_axis({**shared, "name": _title(names.x), "num_format": "#,##0",
                          "min": low, "crossing": low})  # fmt: skip
        sheet.insert_chart(FIRST_ROW, 8, chart)
        sheet.fit_to_pages(1, 1)

    def _write_parameters(self) -> None:
        book = self.book
        words = (
            "The median has no closed form: networks mix damped trends and a power law. The power "
            "law by itself has one, y = offset + scale (x / start)^-exponent."
        )
        sheet = book.sheet("Parameters", "Parameters", words, _WIDTHS)
        header = ("Parameter", "Value", "Kind", "What it is")
        book.header(sheet, FIRST_ROW - 1, header, right=(1,))
        row = FIRST_ROW
        weights = {"damped_trend": "share of damped trends", "power_law": "share of the power law"}
        for name, share in self.card.curve.form_weights.items():
            book.text(sheet, row, 0, f"Weight: {weights[name]}")
            write_stored(book, sheet, row, 1, [(share, "0.0%")])
            book.text(sheet, row, 2, "stored", "source")
            book.text(sheet, row, 3, "in the middle of a prediction, at four times x", "source")
            row += 1
        law = self._power_law()
        if law is None:
            return
        rows = (
            ("offset", law.offset, "where the power law ends"),
            ("scale", law.scale, "above the offset, at the start"),
            ("exponent", law.exponent, "how fast it falls"),
            ("start", law.x0, "geometric mean of the x that were seen"),
        )
        for name, value, what in rows:
            book.text(sheet, row, 0, f"Power law: {name}")
            bounds = _ABOVE if name == "start" else Bounds(at_least=0.0)
            comment = f"{what}\nFitted by costcurve; change it to see what it does."
            book.input(sheet, row, 1, value, _PARAMETER, bounds, comment)
            book.text(sheet, row, 2, "fitted", "source")
            book.text(sheet, row, 3, what, "source")
            book.name(f"power_law_{name}", sheet, row, 1)
            row += 1

    def _write_sources(self) -> None:
        book = self.book
        sheet = book.sheet("Sources", "Sources", "Where the numbers come from.", (40, 110))
        rows = (
            ("Law of learning curves", f"{self.law['id']}: {self.law['title']}"),
            ("Fitted to", str(self.law["source"])),
            ("By", str(self.law["command"])),
            ("Points", "the table that was given"),
            ("Written by", f"costcurve {__version__}"),
            ("What the flags say", "; ".join(self.card.found.flags) or "nothing"),
        )
        for row, (label, text) in enumerate(rows, start=3):
            book.text(sheet, row, 0, label)
            book.text(sheet, row, 1, text)


def _title(name: str) -> str:
    """Return the title of an axis, in which nothing can be read as a reference to cells."""
    text = text_of(name)[:_LONGEST_TITLE].replace("!", "! ")
    return f"'{text}" if text.startswith("=") else text
