"""What a spreadsheet makes of a cell of text: some it takes for formulas, and would run."""

from __future__ import annotations

#: A spreadsheet takes a cell that starts so for a formula; some take the wide signs of East Asian
#: keyboards for the same.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, or for more than one row.

    A lone return becomes a new line: writers of CSV do not all quote it, and what follows it would
    start a row.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
