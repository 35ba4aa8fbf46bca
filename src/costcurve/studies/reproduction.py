"""The language of reproductions: printed, ours, status, reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from costcurve.core.display import plain
from costcurve.core.document import Document, Paragraph, Table
from costcurve.core.errors import InputError, nearest
from costcurve.core.vocabulary import Status
from costcurve.studies.artifacts import Artifact

Value = float | str | None
#: Names of items longer than this are broken over lines.
LONGEST_WHOLE = 40
#: Numbers from here on are shown without decimals.
SHOWN_WHOLE = 1e5
#: The module of every study; it has a function `items()` and a `TITLE`.
_STUDIES = {
    "computational-limits": "costcurve.studies.computational_limits",
    "diminishing-returns": "costcurve.studies.diminishing_returns",
    "flexible-models": "costcurve.studies.flexible_study",
    "economic-model": "costcurve.studies.economic_model",
    "learning-curves": "costcurve.studies.learning_curves",
    "real-costs": "costcurve.studies.real_costs",
    "strubell-2019": "costcurve.studies.energy_and_policy",
    "supermarket": "costcurve.studies.supermarket",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One printed number or claim beside ours.

    Attributes
    ----------
    id : str
        Where it stands: `"table2.row6"`.
    printed, ours : float, str or None
        The printed value and ours, in the same unit; `printed` is `None` when it was not printed.
    status : Status
        How they stand to each other.
    reason : str
        Why, in words.
    unit : str
        Of both values.
    """

    id: str
    printed: Value
    ours: Value
    status: Status
    reason: str
    unit: str = "1"

    def to_dict(self) -> dict[str, Any]:
        """Return the item under the keys of the JSON contract."""
        return {
            "id": self.id,
            "printed": self.printed,
            "ours": self.ours,
            "unit": self.unit,
            "status": str(self.status),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Reproduction:
    """A study's items.

    Attributes
    ----------
    study, title : str
        Its name, and what it shows.
    items : tuple of Item
        Every number with its counterpart.
    summary : tuple of mapping
        Figures over many items, where there are as many.
    chart : dict, optional
        A picture of the items, as a Vega-Lite specification.
    artifacts : tuple of Artifact
        Tables and figures to write as files, where the study has any.
    """

    study: str
    title: str
    items: tuple[Item, ...]
    summary: tuple[dict[str, Any], ...] = ()
    chart: dict[str, Any] | None = None
    artifacts: tuple[Artifact, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the study under the keys of the JSON contract."""
        data: dict[str, Any] = {"study": self.study}
        if self.summary:
            data["summary"] = list(self.summary)
        return data | {"items": [item.to_dict() for item in self.items]}

    def document(self) -> Document:
        """Return the study as a page: a count of statuses, then every item with its reason."""
        counts = {status: sum(item.status is status for item in self.items) for status in Status}
        summary = ", ".join(f"{number} {status}" for status, number in counts.items() if number)
        rows = tuple(
            (
                item.id,
                _shown(item.printed, item.unit),
                _shown(item.ours, item.unit),
                str(item.status),
            )
            for item in self.items
        )
        are_short = all(len(item.id) <= LONGEST_WHOLE for item in self.items)
        whole = (0, 3) if are_short else (1, 2, 3)
        reasons = tuple((item.id, item.reason) for item in self.items)
        tables = (
            Table("Printed and ours", ("Item", "Printed", "Ours", "Status"), rows, (1, 2), whole),
            Table("Why", ("Item", "Reason"), reasons, whole=(0,) if 0 in whole else ()),
        )
        return Document(self.title, (Paragraph(f"{summary}.", "lead"), *self._totals(), *tables))

    def _totals(self) -> list[Table]:
        """Return the summary as a table with a column for each kind of measurement."""
        if not self.summary:
            return []
        names = list(dict.fromkeys(name for row in self.summary for name in row if name != "data"))
        rows = tuple(
            (name.replace("_", " "), *(_shown(row.get(name)) for row in self.summary))
            for name in names
        )
        header = ("", *(str(row["data"]).replace(".", "\n") for row in self.summary))
        return [Table("In short", header, rows, tuple(range(1, len(header))))]

    def __repr__(self) -> str:
        return self.document().text()

    def _repr_html_(self) -> str:
        return self.document().html()


@dataclass(frozen=True, slots=True)
class FreshRun:
    """How to compute a long run anew.

    Attributes
    ----------
    workers, folder, report
        As of `run_job`.
    """

    workers: int | None = None
    folder: Path | None = None
    report: Callable[[int, int], None] | None = None


def study_names() -> list[str]:
    """Return the studies that can be reproduced."""
    return sorted(_STUDIES)


def reproduce(
    study: str, *, with_artifacts: bool = False, run: FreshRun | None = None
) -> Reproduction:
    """Return a paper's printed numbers beside what this library computes.

    Parameters
    ----------
    study : str
        A name out of `study_names()`.
    with_artifacts : bool
        Whether its tables and figures are made as well.
    run : FreshRun, optional
        How to compute anew what a study else reads from a stored run.

    Raises
    ------
    InputError
        If there is no such study, or it has no long run.
    """
    if study not in _STUDIES:
        allowed = f"must be one of: {', '.join(study_names())}{nearest(study, _STUDIES)}"
        raise InputError.of("study", study, allowed)
    module = import_module(_STUDIES[study])
    fresh: tuple[Any, ...] = ()
    if run is not None:
        if not hasattr(module, "run"):
            raise InputError.of("full", study, "has no long run: everything is computed each time")
        fresh = (module.run(workers=run.workers, folder=run.folder, report=run.report),)
    items: Callable[..., list[Item]] = module.items
    found = tuple(items(*fresh))
    summary = getattr(module, "summary", tuple)
    chart = module.chart(found) if hasattr(module, "chart") else None
    has_artifacts = with_artifacts and hasattr(module, "artifacts")
    made = module.artifacts(found, *fresh) if has_artifacts else ()
    return Reproduction(study, module.TITLE, found, tuple(summary()), chart, tuple(made))


def compared(  # noqa: PLR0913 - an item has as many parts
    identifier: str,
    printed: float,
    ours: float,
    step: float,
    band: tuple[float, float] | None = None,
    *,
    unit: str = "1",
    reason: str = "",
) -> Item:
    """Return the item for a printed number.

    It is reproduced if ours rounds to it; within rounding if it lies in the band that the
    rounding of the published inputs leaves; else it differs.

    Parameters
    ----------
    identifier : str
        Where the number stands.
    printed, ours : float
        In the same unit.
    step : float
        The last printed digit: 1 for "4 %", 0.01 for "$9,610.92".
    band : pair of float, optional
        Lowest and highest value that the published inputs allow before their rounding.
    unit, reason : str
        As in `Item`; without a reason the comparison is described.
    """
    if abs(ours - printed) <= step / 2:
        words = reason or f"rounds to the printed value (last digit {step:g})"
        return Item(identifier, printed, ours, Status.REPRODUCED, words, unit)
    if band and band[0] <= printed <= band[1]:
        words = f"rounding of the published inputs leaves {plain(band[0])} to {plain(band[1])}"
        return Item(identifier, printed, ours, Status.WITHIN_ROUNDING, _join(words, reason), unit)
    return Item(identifier, printed, ours, Status.DIFFERS, reason, unit)


def _join(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _shown(value: Value, unit: str = "1") -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if unit == "year":
        return f"{value:.0f}"
    return f"{value:,.0f}" if abs(value) >= SHOWN_WHOLE else f"{value:,.6g}"
