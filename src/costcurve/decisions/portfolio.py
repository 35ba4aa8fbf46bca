"""A portfolio: millions of uses, each answered as `worth` would, and what to fund of them.

The file is read, answered and written by parts, in any number of processes; what is kept of every
row in between is what a budget needs.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from costcurve.core.checkpoints import Arrays
from costcurve.core.errors import Finding, InputError, shown
from costcurve.core.files import is_same_file
from costcurve.core.jobs import Job, run_job
from costcurve.decisions.funding import Funding, Uses, frontier, fund
from costcurve.decisions.portfolio_cases import check_settings, common_inputs
from costcurve.decisions.portfolio_chunk import FIELD, portfolio_chunk, value_of
from costcurve.decisions.portfolio_columns import (
    check_columns,
    says_what_predictions_bring,
    unused_columns,
)
from costcurve.decisions.portfolio_totals import Portfolio, Totals
from costcurve.decisions.worth_graph import DRAWS as DRAWS_OF_WORTH
from costcurve.evidence.table_parts import TableParts, find_parts
from costcurve.evidence.table_writer import TableWriter, writing

#: Draws of a row of a large file, where `worth` takes 2,048. In the median row they move the mean
#: by 0.1 % of the width of the 90 % interval, its low end by 6 % and its high end by 0.1 %, as
#: benchmarks/portfolio.py measures.
DRAWS = 64
#: Rows up to which a file is small: each is drawn as often as `worth` draws a case, and all of them
#: take a quarter of a minute on one processor.
SMALL_FILE = 1000
#: Rows of a part: some ten megabytes on their way.
ROW_GROUP = 65_536
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class PortfolioPlan:
    """How a portfolio is computed; the answers depend on the first three alone.

    Attributes
    ----------
    settings : mapping
        Tables of a case of `worth` that hold for every row.
    draws : int, optional
        Of what is uncertain in a row; by default 2,048, as of `worth`, in a file of at most 1,000
        rows, and 64 in a larger one. Of CSV, lines count as rows.
    row_group : int
        Rows of a part.
    workers : int, optional
        Processes of this machine; by default as many as it has processors.
    ray_address : str, optional
        Of a Ray cluster, in their place.
    folder : Path, optional
        Where finished parts are kept, and gone on from.

    Raises
    ------
    InputError
        If a number is no whole one of at least 1, or the settings are no tables.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    draws: int | None = None
    row_group: int = ROW_GROUP
    workers: int | None = None
    ray_address: str | None = None
    folder: Path | None = None

    def __post_init__(self) -> None:
        findings = [
            Finding(name, shown(given), "must be a whole number of at least 1")
            for name in ("draws", "row_group", "workers")
            if (given := getattr(self, name)) is not None
            and not (isinstance(given, int | np.integer) and given >= 1)
        ]
        if not isinstance(self.settings, Mapping):
            findings.append(Finding("settings", shown(self.settings), "must be tables by name"))
        InputError.check(findings)


def portfolio(
    source: str,
    out: str,
    *,
    budget_usd: float | None = None,
    plan: PortfolioPlan | None = None,
    report: Report | None = None,
) -> Portfolio:
    """Answer every row of a file as `worth` would, and choose what to fund.

    Parameters
    ----------
    source, out : str
        Files, or URIs of object storage, CSV or Parquet by their endings. Rows keep their order
        and their columns; one that cannot be used says why in its flags.
    budget_usd : float, optional
        What may be paid before the first prediction, in all; without it nothing is said of what to
        fund.
    plan : PortfolioPlan, optional
        How it is computed.
    report : callable, optional
        Told how many rows are done, of how many, whenever a part is.

    Returns
    -------
    Portfolio
        The summary.

    Raises
    ------
    InputError
        If the file as a whole cannot be used, or the output cannot be written.
    MissingExtraError
        If pyarrow, or what an exact choice needs, is not installed.
    """
    plan = plan or PortfolioPlan()
    if source == out or is_same_file(Path(source), Path(out)):
        raise InputError.of("out", out, "must be another file than the portfolio")
    if budget_usd is not None and not (np.isfinite(budget_usd) and budget_usd >= 0.0):
        raise InputError.of("budget", budget_usd, "must be a number of at least 0")
    check_settings(plan.settings)
    table = find_parts(source, plan.row_group, FIELD)
    check_columns(table.columns)
    job = _job(table, plan)
    with ExitStack() as stack:
        # Before anything is computed for it.
        writer = stack.enter_context(writing(out, "out"))
        if budget_usd is None:
            found = _written(writer, _results(job, plan, table, report), None)
            return _with_what_holds_for_all(found, plan, table)
        if plan.folder is None:
            # What to fund is known after the last row: the parts wait for it on the disk.
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            plan = replace(plan, folder=folder)
        uses, places = collected(_results(job, plan, table, report))
        funded = _Funded(fund(uses, budget_usd), uses, places)
        found = _written(writer, _results(job, plan, table, None), funded)
        return _with_what_holds_for_all(found, plan, table)


def _with_what_holds_for_all(found: Portfolio, plan: PortfolioPlan, table: TableParts) -> Portfolio:
    """Return the summary with the columns that were not used, and what rows have in common."""
    model = found.models[0]["model"] if found.models else None
    return replace(
        found,
        unused=unused_columns(table.columns),
        has_benefit=says_what_predictions_bring(table.columns),
        inputs=() if model is None else common_inputs(plan.settings, model),
    )


def _job(table: TableParts, plan: PortfolioPlan) -> Job:
    draws = plan.draws
    if draws is None:
        draws = DRAWS_OF_WORTH if table.rows <= SMALL_FILE else DRAWS
    given = {"table": table.to_dict(), "settings": dict(plan.settings), "draws": draws}
    return Job(portfolio_chunk, given, len(table.parts), 1, 0)


def _results(
    job: Job, plan: PortfolioPlan, table: TableParts, report: Report | None
) -> Iterator[Arrays]:
    def tell(finished: int, total: int) -> None:
        if report is not None:
            report(table.rows * finished // total, table.rows)

    return run_job(
        job,
        workers=plan.workers,
        ray_address=plan.ray_address,
        folder=plan.folder,
        report=tell,
    )


@dataclass(frozen=True)
class _Funded:
    """A choice, and of which rows.

    Attributes
    ----------
    funding : Funding
        The choice.
    uses : Uses
        Among which.
    places : ndarray of int of shape (uses,)
        Rows of the file, rising.
    """

    funding: Funding
    uses: Uses
    places: np.ndarray

    def of_rows(self, first: int, rows: int) -> np.ndarray:
        """Return which of some rows are funded."""
        low, high = np.searchsorted(self.places, (first, first + rows))
        found = np.zeros(rows, dtype=bool)
        found[self.places[low:high] - first] = self.funding.funded[low:high]
        return found


def _written(writer: TableWriter, results: Iterator[Arrays], funded: _Funded | None) -> Portfolio:
    """Write the results in order, and return their summary."""
    import pyarrow as pa  # noqa: PLC0415 - an extra

    totals, collector, first = Totals(), Collector(), 0
    for arrays in results:
        part = pa.ipc.open_stream(pa.py_buffer(arrays["table"])).read_all()
        chosen = arrays["decision"] == 1
        if funded is None:
            collector.add(arrays)
        else:
            chosen = funded.of_rows(first, len(part))
            place = part.column_names.index("funded")
            column = pa.array(chosen, mask=arrays["decision"] == 0)
            part = part.set_column(place, "funded", column)
        writer.write(part)
        totals.add(part, arrays, chosen, first)
        first += len(part)
    uses = collector.uses()[0] if funded is None else funded.uses
    return totals.portfolio(frontier(uses), None if funded is None else funded.funding)


def collected(results: Iterator[Arrays]) -> tuple[Uses, np.ndarray]:
    """Return what may be funded, and in which rows it stands."""
    collector = Collector()
    for arrays in results:
        collector.add(arrays)
    return collector.uses()


class Collector:
    """Keeps of every row what a budget needs, of rows only that may be funded.

    That are those whose chance of a loss is not above what is allowed and whose expected net is
    above 0; of rows in a group without their training, which the group pays.
    """

    def __init__(self) -> None:
        self._rows = 0
        self._kept: list[tuple[np.ndarray, ...]] = []
        self._groups: dict[str, int] = {}

    def add(self, arrays: Arrays) -> None:
        """Add a part."""
        value = value_of(arrays)
        with np.errstate(invalid="ignore"):
            can = np.flatnonzero((value > 0.0) & ~arrays["is_too_risky"])
        names = [self._groups.setdefault(str(name), len(self._groups)) for name in arrays["groups"]]
        group = np.array([*names, -1], dtype=np.int64)[arrays["group"]]
        training = arrays["initial_training_usd"]
        yearly = value - arrays["net_usd"]
        in_group = group >= 0
        cost = arrays["initial_cost_usd"] - np.where(in_group, training, 0.0)
        self._kept.append(
            (can + self._rows, value[can], np.maximum(cost[can], 0.0), group[can],
             np.where(in_group, yearly, 0.0)[can], np.where(in_group, training, 0.0)[can])
        )  # fmt: skip
        self._rows += len(value)

    def uses(self) -> tuple[Uses, np.ndarray]:
        """Return what may be funded, and the rows of the file in which it stands."""
        columns = [np.concatenate(each) for each in zip(*self._kept, strict=True)]
        self._kept = []
        places, value, cost, group, yearly, training = columns
        # The dearest training of a group is that which all of its uses could do with.
        order = np.argsort(training, kind="stable")
        order = order[group[order] >= 0]
        of_groups = np.zeros((2, len(self._groups)))
        of_groups[:, group[order]] = np.stack([yearly[order], training[order]])
        return Uses(value, cost, group, np.maximum(of_groups[0], 0.0), of_groups[1]), places
