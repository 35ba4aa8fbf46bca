"""Names that mean the same in Python, in a workbook and in a paper."""

from __future__ import annotations

import re

from costcurve.core.errors import GraphError

#: Longest defined name that Excel takes.
LONGEST_NAME = 255

_SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
# Column letters up to XFD and row digits, as in p95, h100, co2 or log10; Excel and LibreOffice
# differ in how many columns they have, so every one to four letters with digits is refused.
_CELL = re.compile(r"[a-z]{1,4}[0-9]+")
# R1C1 notation: r, c, rc, r2, c7, r2c7.
_ROW_AND_COLUMN = re.compile(r"r[0-9]*(c[0-9]*)?|c[0-9]*")
_CONSTANTS = frozenset({"true", "false"})


def check_name(name: str) -> str:
    """Return `name` if a workbook can use it as it stands.

    Raises
    ------
    GraphError
        If it is not lower snake case, is too long, or Excel would read it as a cell (`p95`,
        `h100`, `co2`), as a row or column (`rc`) or as a constant (`true`).
    """
    if not _SNAKE_CASE.fullmatch(name) or len(name) > LONGEST_NAME:
        raise GraphError(
            f"'{name}' cannot name a quantity: lower snake case is needed, "
            f"at most {LONGEST_NAME} characters"
        )
    if _CELL.fullmatch(name) or _ROW_AND_COLUMN.fullmatch(name):
        raise GraphError(f"'{name}' cannot name a quantity: Excel reads it as a cell")
    if name in _CONSTANTS:
        raise GraphError(f"'{name}' cannot name a quantity: Excel reads it as a constant")
    return name
