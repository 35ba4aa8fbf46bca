"""Scenarios: rows that change some figures and compute again what follows from them.

A row holds every figure between what is changed and what is asked for, so that a reader can follow
it from cell to cell, and a chart that draws it moves with the inputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from costcurve.faces.workbook.book import letter
from costcurve.faces.workbook.figures import Figures, format_of, unit_of

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

#: A formula, or nothing where the number stands by itself, and its value.
Cell = tuple[str, float]
_WIDTH = 15.0


@dataclass(frozen=True)
class Scenarios:
    """A table of scenarios on a sheet.

    Attributes
    ----------
    figures : Figures
        The calculation.
    sheet : Worksheet
        Where the table stands.
    changed : sequence of str
        Figures that rows may change.
    wanted : sequence of str
        Figures that are asked for.
    first : int
        The column of the first one.
    """

    figures: Figures
    sheet: Worksheet
    changed: Sequence[str]
    wanted: Sequence[str]
    first: int

    @cached_property
    def names(self) -> list[str]:
        """The figures of a row, in the order in which they are computed."""
        graph = self.figures.evaluation.graph
        needed, waiting = set[str](), list(self.wanted)
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed.add(name)
                waiting += graph.parameters(name)
        following = graph.dependents(self.changed)
        return [name for name in graph if name in needed & following]

    def column(self, name: str) -> int:
        """Return the column of a figure."""
        return self.first + self.names.index(name)

    def cell(self, name: str, row: int) -> str:
        """Return the cell of a figure in a row."""
        return f"${letter(self.column(name))}{row + 1}"

    def cells(self, name: str, first: int, last: int) -> list[str | int]:
        """Return the cells of a figure in several rows, as a chart refers to them."""
        at = self.column(name)
        return [self.sheet.get_name(), first, at, last, at]

    def write_header(self, row: int) -> None:
        """Write the names and units of the figures."""
        book = self.figures.book
        for name in self.names:
            unit = unit_of(self.figures.node(name))
            at = self.column(name)
            book.header(self.sheet, row, [f"{name}\n{unit}"], at, right=(at,))
        last = self.first + len(self.names) - 1
        self.sheet.set_column(self.first, last, _WIDTH)

    def write_row(self, row: int, changes: Mapping[str, Cell]) -> dict[str, float]:
        """Write a scenario; return the values of its figures."""
        figures = self.figures
        numbers = {name: value for name, (_, value) in changes.items()}
        values = figures.values(self.names, numbers)
        for name in self.names:
            number_format = format_of(name, figures.node(name).unit, values[name])
            style = figures.book.style("working", number_format)
            formula = self._formula(name, row, changes)
            if formula:
                self.sheet.write_formula(row, self.column(name), formula, style, values[name])
            else:
                self.sheet.write_number(row, self.column(name), values[name], style)
        return values

    def _formula(self, name: str, row: int, changes: Mapping[str, Cell]) -> str:
        if name in changes:
            return changes[name][0]
        if name in self.figures.points:
            return f"={self.figures.best(name)}"

        def reference(parameter: str) -> str:
            if parameter in self.names:
                return self.cell(parameter, row)
            return self.figures.best(parameter)

        return self.figures.formula(name, reference)
