"""The summary of a portfolio: decisions, money, greenhouse gases, where the value sits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from costcurve.core.checkpoints import Arrays
from costcurve.core.document import Document
from costcurve.core.quantities import FloatArray, Input
from costcurve.decisions.funding import Funding
from costcurve.decisions.portfolio_chunk import FACTORS, MOVED, value_of
from costcurve.decisions.portfolio_columns import OUTPUT_COLUMNS, unused_columns

#: Columns that are added up over what is chosen.
SUMMED = (
    "data_cost_usd", "training_cost_usd", "annual_cost_usd", "annual_benefit_usd", "net_usd",
)  # fmt: skip
#: Rows shown: the best for a dollar, and bad ones.
_BEST, _BAD = 10, 5
#: Shares of the rows whose share of the value is told.
TOP_SHARES = (0.01, 0.1, 0.5)
_DECISIONS = ("bad", "go", "no-go")


@dataclass(frozen=True)
class Portfolio:
    """The summary.

    Attributes
    ----------
    rows : dict of str to int
        `all`, `go`, `no-go` and `bad`.
    chosen : int
        Rows that are funded, or without a budget those to go for.
    totals_usd : dict of str to float
        Of what is chosen, each by itself, by the columns of the file; and `initial_cost_usd`.
    training_kg_co2e : float, optional
        Greenhouse gases of training all that is chosen, in kgCO2e; `None` where they are not known
        of any, as when training is priced as published.
    funding : Funding, optional
        The choice, where there is a budget.
    frontier : list of dict
        `budget_usd`, `net_usd` and `uses`: what budgets are worth.
    models : list of dict
        `model`, `rows` and `net_usd` of what is chosen, the most valuable first.
    top : list of dict
        `share` of the chosen rows, those worth most, and `net_share` that they have.
    best : list of dict
        `row`, `id`, `model`, `net_usd`, `initial_cost_usd` and `net_per_usd`, the best first.
    bad : list of dict
        `row`, `id` and `why` of the first rows that could not be used.
    sensitivity : list of dict
        `assumption`, `low_share` and `high_share`: by how much the net of the chosen rows of a
        sample changes with each a quarter lower and higher, as a share of it, the largest first;
        and `rows`, how many those are. The choice and the training of groups stay as they are.
    default_prices : int
        Rows whose labels have the price of the parameter table, since none was given.
    unused : tuple of str
        Columns of the file that were carried along and not used.
    has_benefit : bool
        Whether the file has a column of what predictions bring.
    inputs : tuple of Input
        What rows have in common that was assumed, with its source, for the model that is worth
        most among what is chosen.
    """

    rows: dict[str, int]
    chosen: int
    totals_usd: dict[str, float]
    training_kg_co2e: float | None
    funding: Funding | None
    frontier: list[dict[str, float]] = field(repr=False)
    models: list[dict[str, Any]] = field(repr=False)
    top: list[dict[str, float]] = field(repr=False)
    best: list[dict[str, Any]] = field(repr=False)
    bad: list[dict[str, Any]] = field(repr=False)
    sensitivity: list[dict[str, Any]] = field(repr=False)
    default_prices: int = 0
    unused: tuple[str, ...] = ()
    has_benefit: bool = True
    inputs: tuple[Input, ...] = field(default=(), repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the summary under the keys of the JSON contract."""
        budget = None
        if self.funding is not None:
            names = ("budget_usd", "value_usd", "spent_usd", "bound_usd", "gap", "is_exact")
            budget = {name: getattr(self.funding, name) for name in names}
            budget["funded"] = int(self.funding.funded.sum())
        return {
            "rows": self.rows,
            "chosen": self.chosen,
            "totals_usd": self.totals_usd,
            "training_kg_co2e": self.training_kg_co2e,
            "funding": budget,
            "frontier": self.frontier,
            "models": self.models,
            "top": self.top,
            "best": self.best,
            "bad": self.bad,
            "sensitivity": self.sensitivity,
            "default_prices": self.default_prices,
            "columns_not_used": list(self.unused),
        }

    def document(self) -> Document:
        """Return the summary as a page."""
        from costcurve.decisions.portfolio_card import portfolio_card  # noqa: PLC0415 - shown last

        return portfolio_card(self)

    def __repr__(self) -> str:
        return self.document().text()

    def _repr_html_(self) -> str:
        return self.document().html()


class Totals:
    """Adds parts up, in their order."""

    def __init__(self) -> None:
        self._counts = np.zeros(len(_DECISIONS), dtype=np.int64)
        self._sums = dict.fromkeys((*SUMMED, "initial_cost_usd"), 0.0)
        self._emitted: float | None = None
        self._models: dict[str, list[float]] = {}
        self._nets: list[FloatArray] = []
        self._best: list[dict[str, Any]] = []
        self._bad: list[dict[str, Any]] = []
        self._moved = np.zeros(len(MOVED) * len(FACTORS))
        self._sampled = [0.0, 0.0]
        self._default_prices = 0

    def add(self, part: Any, arrays: Arrays, chosen: np.ndarray, first: int) -> None:
        """Add a part.

        Parameters
        ----------
        part : pyarrow.Table
            As it is written.
        arrays : dict of str to ndarray
            What was found for it.
        chosen : ndarray of bool of shape (rows,)
            What is funded, or to go for.
        first : int
            Rows before it.
        """
        self._counts += np.bincount(arrays["decision"], minlength=len(_DECISIONS))
        self._default_prices += int(arrays["has_default_price"].sum())
        places = np.flatnonzero(chosen)
        for name in SUMMED:
            self._sums[name] += float(part[name].to_numpy()[places].sum())
        self._sums["initial_cost_usd"] += float(arrays["initial_cost_usd"][places].sum())
        emitted = arrays["training_kg_co2e"][places]
        if np.isfinite(emitted).any():
            self._emitted = (self._emitted or 0.0) + float(np.nansum(emitted))
        nets = value_of(arrays)
        self._nets.append(nets[places])
        self._add_models(part, nets, places)
        self._add_best(part, arrays, places, first)
        bad = np.flatnonzero(arrays["decision"] == 0)[: _BAD - len(self._bad)]
        flags = part["flags"].take(bad).to_pylist()
        self._bad += [
            {**_name(part, row, first), "why": why}
            for row, why in zip(bad.tolist(), flags, strict=True)
        ]
        is_in = chosen[arrays["sampled"]]
        self._moved += arrays["moved"][:, is_in].sum(axis=1)
        self._sampled[0] += float(nets[arrays["sampled"]][is_in].sum())
        self._sampled[1] += int(is_in.sum())

    def _add_models(self, part: Any, nets: FloatArray, places: np.ndarray) -> None:
        coded = part["model"].combine_chunks().dictionary_encode()
        codes = coded.indices.to_numpy(zero_copy_only=False)[places].astype(np.int64)
        names = coded.dictionary.to_pylist()
        rows = np.bincount(codes, minlength=len(names))
        sums = np.bincount(codes, nets[places], minlength=len(names))
        for name, count, total in zip(names, rows.tolist(), sums.tolist(), strict=True):
            if count:
                known = self._models.setdefault(name, [0, 0.0])
                known[0] += count
                known[1] += total

    def _add_best(self, part: Any, arrays: Arrays, places: np.ndarray, first: int) -> None:
        net, cost = arrays["net_usd"][places], arrays["initial_cost_usd"][places]
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(cost > 0.0, net / cost, np.inf)
        for place in np.argsort(-ratio, kind="stable")[:_BEST].tolist():
            row = int(places[place])
            self._best.append(
                {
                    **_name(part, row, first),
                    "model": part["model"][row].as_py(),
                    "net_usd": float(net[place]),
                    "initial_cost_usd": float(cost[place]),
                    "net_per_usd": float(ratio[place]) if cost[place] > 0.0 else None,
                }
            )
        self._best.sort(key=_by_ratio)
        del self._best[_BEST:]

    def portfolio(self, points: list[dict[str, float]], funding: Funding | None) -> Portfolio:
        """Return the summary, with the efficient frontier and the choice under a budget."""
        counts = dict(zip(_DECISIONS, self._counts.tolist(), strict=True))
        nets = np.concatenate(self._nets) if self._nets else np.zeros(0)
        models = [
            {"model": name, "rows": int(count), "net_usd": total}
            for name, (count, total) in self._models.items()
        ]
        return Portfolio(
            rows={"all": sum(counts.values()), **counts},
            chosen=len(nets),
            totals_usd=self._sums,
            training_kg_co2e=self._emitted,
            funding=funding,
            frontier=points,
            models=sorted(models, key=lambda each: -float(str(each["net_usd"]))),
            top=_top(nets),
            best=self._best,
            bad=self._bad,
            sensitivity=self._sensitivity(),
            default_prices=self._default_prices,
        )

    def _sensitivity(self) -> list[dict[str, Any]]:
        base, rows = self._sampled
        if not rows or base == 0.0:
            return []
        moves = (self._moved.reshape(len(MOVED), len(FACTORS)) - base) / abs(base)
        found = [
            {"assumption": name, "low_share": low, "high_share": high, "rows": int(rows)}
            for name, (low, high) in zip(MOVED, moves.tolist(), strict=True)
        ]
        return sorted(found, key=lambda each: -max(abs(each["low_share"]), abs(each["high_share"])))


def _by_ratio(each: dict[str, Any]) -> tuple[float, int]:
    ratio = each["net_per_usd"]
    return (-np.inf if ratio is None else -ratio, each["row"])


def _name(part: Any, row: int, first: int) -> dict[str, Any]:
    """Return which row of the file it is, counted from 1, and what it is called."""
    column = "id" if "id" in part.column_names else _words_of(part)
    name = part[column][row].as_py() if column else None
    return {"row": first + row + 1, "id": None if name is None else str(name)}


def _words_of(part: Any) -> str | None:
    """Return the first column of text that nothing is read from: it may say what a use is."""
    import pyarrow as pa  # noqa: PLC0415 - an extra

    own = [name for name in unused_columns(part.column_names) if name not in OUTPUT_COLUMNS]
    texts = (name for name in own if pa.types.is_string(part.schema.field(name).type))
    return next(texts, None)


def _top(nets: FloatArray) -> list[dict[str, float]]:
    """Return what share of the value the best rows have."""
    total = float(nets.sum())
    if total <= 0.0:
        return []
    ranked = np.cumsum(np.sort(nets)[::-1])
    return [
        {"share": share, "net_share": float(ranked[round(share * len(nets)) - 1]) / total}
        for share in TOP_SHARES
        if share * len(nets) >= 1.0
    ]
