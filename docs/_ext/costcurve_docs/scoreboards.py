"""The scoreboards: how well each law and each price did on what it had not seen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from costcurve.core.files import packaged_text
from costcurve.laws import CLASSIFICATION_LAW, card_names, load_card
from costcurve.laws.curves import CARD
from costcurve.studies import Reproduction, study_names
from costcurve_docs import markdown, studies

_ABOUT = (
    "Accuracy and calibration on what a law or a price had not seen, beside its peers: the "
    "paper's own equations, rules of thumb, and other ways to fit. Nothing here is typed: the "
    "numbers are read off the law cards and the results of the studies, and every table names "
    "the command that makes it again. An interval of 90% should hold 90%; the standard error of "
    "what it held counts whole data sets, since rows of one data set err together."
)
_PEER = ", Eq. 1"
#: The study with the backtests of a field, and its items in words.
_FIELDS = "computational-limits"
_BACKTESTS = {
    "backtest.without_date.coverage": "Average, without a term for the date",
    "backtest.with_date.coverage": "Average, with a term for the date",
}
_LAW_HEADER = (
    "Left out of the fit",
    "Data sets",
    "Predictions",
    "Median factor off",
    "Eq. 1",
    "90% intervals held",
    "Eq. 1",
)


def board_of_examples() -> str:
    """Return how the law of classification did on data sets left out, beside Eq. 1."""
    card = load_card(CLASSIFICATION_LAW)
    if card.form != "log-odds":
        raise TypeError(card.form)
    return markdown.table(_LAW_HEADER, law_rows(card.validation))


def board_of_prices() -> str | None:
    """Return how predicted costs did on measured runs, beside rules of thumb and Eq. 4.

    `None` where the public data are not at hand.
    """
    study = studies.made("real-costs")
    if not isinstance(study, Reproduction):
        return None
    header = (
        "Measured",
        "Runs",
        "Left out",
        "Median factor off",
        "90% held",
        "Rule of thumb",
        "Eq. 4",
    )
    rows = [
        (
            markdown.plain(row["data"].replace(".", ": ").replace("_", " ")),
            f"{row['rows']:,}",
            row["left_out"],
            f"{row['median_factor']:.2f}",
            _share(row["coverage_of_90_percent"], row["coverage_clustered_standard_error"]),
            _peer_factor(row, "30_percent_of_peak", "tdp_of_the_accelerators"),
            _peer_factor(row, "eq_4", "the_flop_of_eq_4_at_30_percent"),
        )
        for row in study.summary
    ]
    return markdown.table(header, rows)


def _peer_factor(row: Mapping[str, Any], *peers: str) -> str:
    found = [row[f"median_factor_of_{peer}"] for peer in peers if f"median_factor_of_{peer}" in row]
    return f"{found[0]:,.2f}" if found and found[0] < 100 else f"{found[0]:,.0f}" if found else ""


#: The scoreboards of the README, by the name that it calls them.
BOARDS: dict[str, Callable[[], str | None]] = {
    "examples": board_of_examples,
    "prices": board_of_prices,
}


def pages() -> dict[str, str]:
    """Return the page of the scoreboards."""
    parts = [*_of_cards(), *_of_curves(), *_of_fields(), *_of_studies()]
    return {"scoreboards.md": markdown.page("Scoreboards", _ABOUT, *parts)}


def law_rows(validation: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Return what a law did on tasks left out, a row for each kind, Eq. 1 beside it."""
    rows = []
    for name, each in validation.items():
        if name.endswith(_PEER):
            continue
        peer = validation.get(f"{name}{_PEER}")
        rows.append(
            (
                markdown.plain(name),
                f"{each.tasks}",
                f"{each.predictions}",
                _factor(each),
                _factor(peer) if peer else "",
                _held(each),
                _held(peer) if peer else "",
            )
        )
    return rows


def _factor(each: Any) -> str:
    return f"{10**each.median_abs_log10_error:.2f}"


def _held(each: Any) -> str:
    return _share(each.coverage90, each.coverage90_se)


def _share(held: float, error: float) -> str:
    # No spread between a few data sets does not say that the share is known.
    return f"{held:.0%} ± {error:.0%}" if error else f"{held:.0%}"


def _of_cards() -> Iterator[str]:
    for name in card_names():
        card = load_card(name)
        if card.form == "log-odds":
            yield markdown.section(
                f"Error over examples: {name}",
                f"{markdown.plain(card.title)}. Each data set was left out of the fit once.",
                markdown.table(_LAW_HEADER, law_rows(card.validation)),
                f"Made again by `{card.command}`.",
            )
        else:
            yield markdown.section(
                f"Error over examples: {name}",
                f"{markdown.plain(card.title)}. Of what it had not seen: "
                f"{markdown.plain(card.unseen)}.",
                f"Made by: {markdown.plain(card.command)}.",
            )


def _of_curves() -> Iterator[str]:
    card = json.loads(packaged_text("laws", CARD))
    header = ("What was seen", "Curves", "RMSE of ln error", "50%", "80%", "90%", "CRPS")
    rows = [
        (
            markdown.plain(name),
            f"{each['curves']:,.0f}",
            f"{each['rmse_log']:.4f}",
            *(f"{each[f'coverage{nominal}']:.1%}" for nominal in (50, 80, 90)),
            f"{each['crps']:.4f}",
        )
        for name, each in card["validation"].items()
    ]
    yield markdown.section(
        f"Learning curves: {card['id']}",
        f"{markdown.plain(card['title'])}. Data sets left out of the fit; the columns in per cent "
        "are the shares that intervals of that name held.",
        markdown.table(header, rows),
        f"Made again by `{card['command']}`; `costcurve reproduce learning-curves` sets it "
        "beside persistence and every single form.",
    )


def _of_fields() -> Iterator[str]:
    """Yield how lines over compute, fitted to every year, did on the models after it."""
    study = studies.made(_FIELDS)
    if not isinstance(study, Reproduction):
        return
    rows = [
        (markdown.plain(words), f"{item.ours:.0%}", markdown.plain(item.reason))
        for name, words in _BACKTESTS.items()
        for item in study.items
        if item.id == name and isinstance(item.ours, float)
    ]
    yield markdown.section(
        "Error over compute of a field",
        "ImageNet, by FLOP of a pass: the line of every year, scored on all later models. What "
        "misses 90% by so much is a summary of what was published, and no forecast.",
        markdown.table(("Line", "90% intervals held", "How"), rows),
        f"Made again by `costcurve reproduce {_FIELDS}`; `costcurve limits imagenet --backtest` "
        "does the same by hardware burden, year by year.",
    )


def _of_studies() -> Iterator[str]:
    for name in study_names():
        study = studies.made(name)
        if isinstance(study, Reproduction) and study.summary:
            yield markdown.section(
                f"{markdown.plain(study.title)}: {name}",
                studies.totals(study),
                f"Made again by `costcurve reproduce {name}`; item by item in "
                f"[](studies/{name}.md).",
            )
