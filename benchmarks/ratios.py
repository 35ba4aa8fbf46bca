"""What a benchmark says: ours over a peer's in the same run, or over what is allowed."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ratio:
    """One measurement beside its peer: less is better, whatever is measured.

    Parameters
    ----------
    part : str
        Part of the library that it is about.
    what : str
        What ours did.
    ours, theirs : float
        Both measurements, in `unit`; where nothing can be a peer, `theirs` is what is allowed.
    unit : str
        Unit of both.
    peer : str
        What the peer is.
    limit : float, optional
        Largest ratio allowed; none where it is only told.
    """

    part: str
    what: str
    ours: float
    theirs: float
    unit: str
    peer: str
    limit: float | None = None

    @property
    def ratio(self) -> float:
        """Ours over the peer's."""
        return self.ours / self.theirs

    @property
    def is_over(self) -> bool:
        """Whether the ratio is larger than allowed."""
        return self.limit is not None and not self.ratio <= self.limit


def allowed(part: str, what: str, ours: float, most: float, unit: str) -> Ratio:
    """Return a measurement that has no peer, beside the most that is allowed."""
    return Ratio(part, what, ours, most, unit, "what is allowed", 1.0)


HEADER = ("Part", "Ours", "", "Beside", "", "Ratio", "Limit")


def cells(row: Ratio) -> tuple[str, ...]:
    """Return a measurement as the cells of a table."""
    limit = "" if row.limit is None else f"{row.limit:.3g}{' OVER' if row.is_over else ''}"
    return (
        row.part,
        row.what,
        f"{row.ours:.3g} {row.unit}",
        row.peer,
        f"{row.theirs:.3g} {row.unit}",
        f"{row.ratio:.3g}",
        limit,
    )


def printed(rows: Iterable[Ratio]) -> str:
    """Return measurements as a table in plain text."""
    lines = [HEADER, *(cells(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def arguments(about: str | None) -> argparse.ArgumentParser:
    """Return the parser of a benchmark, with the one option that all of them have."""
    parser = argparse.ArgumentParser(description=(about or "").partition("\n")[0])
    parser.add_argument("--store", type=Path, metavar="FILE", help="write the rows as JSON too")
    return parser


def finished(rows: Sequence[Ratio], given: argparse.Namespace) -> int:
    """Print the rows, store them if asked to, and return the exit status: 1 if one is over."""
    print(printed(rows))
    if given.store:
        given.store.write_text(json.dumps([asdict(row) for row in rows]), encoding="utf-8")
    return int(any(row.is_over for row in rows))
