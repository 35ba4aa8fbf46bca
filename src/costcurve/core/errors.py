"""Every error that costcurve raises on purpose.

::

    CostcurveError
    |-- InputError (also a ValueError)   what a user gave is not usable; lists every finding
    |-- MissingExtraError                an optional dependency is needed; names the extra
    |-- WorkerLostError                  a process or cluster lost a part of long work
    `-- GraphError                       a graph of quantities is wrong: a mistake in code
        |-- UnknownQuantityError         (also a KeyError) no quantity has that name
        `-- NotFiniteError               (also an ArithmeticError) a value left the real numbers
"""

from __future__ import annotations

import difflib
import re
import reprlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Longest piece of a refused value that an error repeats; the rest is cut, not shown.
SHOWN_CHARACTERS = 60
#: Findings reported at once; more would bury the first ones.
MOST_FINDINGS = 25
#: Names that an error lists; of more it says how many.
MOST_NAMES = 20
#: Longest piece of a path that an error repeats; its end says which file it is.
SHOWN_PATH_CHARACTERS = 160
#: Numbers with commas between thousands, and others, perhaps with a comma for the point.
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_DECIMAL = re.compile(r"-?\d+([.,]\d+)?")
_SHORT = reprlib.Repr()
_SHORT.maxlevel = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with the input: where, what was found, what is allowed."""

    field: str
    found: str
    allowed: str

    def __str__(self) -> str:
        """Return the finding as one line, with nothing in it that could break the line."""
        if not self.found:
            return printable(f"{self.field}: {self.allowed}")
        link = " is not allowed; " if self.allowed.startswith("must") else ": "
        return printable(f"{self.field}: {self.found}{link}{self.allowed}")


class CostcurveError(Exception):
    """Base of every error raised on purpose."""


class InputError(CostcurveError, ValueError):
    """What a user gave is not usable.

    Attributes
    ----------
    findings : tuple of Finding
        Every problem found, not only the first.
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how another process makes it again."""
        return type(self), (self.findings,)

    @classmethod
    def check(cls, findings: Sequence[Finding]) -> None:
        """Raise the error if there are findings; a flood of them is cut, and says so."""
        shown_findings = list(findings[:MOST_FINDINGS])
        if rest := len(findings) - len(shown_findings):
            shown_findings.append(Finding(findings[-1].field, "", f"and {rest} more like these"))
        if shown_findings:
            raise cls(shown_findings)

    @classmethod
    def of(cls, field: str, found: object, allowed: str) -> InputError:
        """Return the error for a single finding."""
        return cls([Finding(field, shown(found), allowed)])


class MissingExtraError(CostcurveError):
    """An optional dependency is needed and not installed."""

    def __init__(self, purpose: str, extra: str) -> None:
        self._parts = purpose, extra
        super().__init__(
            f"{purpose} needs the extra '{extra}': python -m pip install 'costcurve[{extra}]'"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how another process makes it again."""
        return type(self), self._parts


class WorkerLostError(CostcurveError):
    """A process or a cluster lost a part of the work; what was finished is kept."""


class GraphError(CostcurveError):
    """A graph of quantities is wrong: a cycle, an unknown or doubly defined name, a bad name."""


class UnknownQuantityError(GraphError, KeyError):
    """No quantity of the graph has that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.suggestion = nearest(name, known)
        super().__init__(f"no quantity is called {shown(name)}{self.suggestion}")

    def __str__(self) -> str:
        """Return the message; `KeyError` would print its representation instead."""
        return str(self.args[0])


class NotFiniteError(GraphError, ArithmeticError):
    """A quantity came out as NaN or infinity."""


def shown(value: object) -> str:
    """Return `value` as it may stand in a one-line message: printable and not too long."""
    try:
        # reprlib never walks the whole of a large or self-repeating structure.
        text = _SHORT.repr(value) if isinstance(value, list | dict | set) else _text_of(value)
    except ValueError:  # Python refuses to print whole numbers of over 4,300 digits
        text = "a number of thousands of digits"
    text = printable(text)
    if isinstance(value, Path):
        text = text if len(text) <= SHOWN_PATH_CHARACTERS else "…" + text[-SHOWN_PATH_CHARACTERS:]
        return f"'{text}'"
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def printable(text: str) -> str:
    """Return a text in which nothing can move a cursor, break a line or turn the direction."""
    return "".join(char if char.isprintable() else " " for char in text)


def listed(names: Sequence[str]) -> str:
    """Return names as they may stand in a one-line message: the first ones, and how many more."""
    some = [name if len(name) <= SHOWN_CHARACTERS else f"{name[:SHOWN_CHARACTERS - 1]}…"
            for name in map(printable, names[:MOST_NAMES])]  # fmt: skip
    rest = [f"and {len(names) - MOST_NAMES:,} more"] if len(names) > MOST_NAMES else []
    return ", ".join([*some, *rest])


def rewritten(value: object) -> str:
    """Return `"; write 0.40"` for a number as people write it, such as `$0.40`; else `""`."""
    text = value.strip() if isinstance(value, str) else ""
    bare = text.removeprefix("$").removesuffix("%").strip()
    if _THOUSANDS.fullmatch(bare):
        number = bare.replace(",", "")
    elif _DECIMAL.fullmatch(bare):
        number = bare.replace(",", ".")
    else:
        return ""
    if text.endswith("%"):
        number = f"{float(number) / 100.0:.12g}"
    return "" if number == text else f"; write {number}"


def _text_of(value: object) -> str:
    return repr(value) if isinstance(value, str | bytes) else str(value)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `"; did you mean 'x'?"` for the known names nearest to `name`, or `""`."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    close = difflib.get_close_matches(name.casefold(), by_folded, n=2, cutoff=0.5)
    if not close:
        return ""
    return "; did you mean " + " or ".join(f"'{by_folded[match]}'" for match in close) + "?"
