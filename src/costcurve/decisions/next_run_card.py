"""Which run to make next, in words: the section of a page."""

from __future__ import annotations

from costcurve.core.display import count_in_words, probability, usd_in_words
from costcurve.core.document import Paragraph, Table
from costcurve.decisions.next_run import Candidate, NextRun

#: What decisions are called: as `costcurve worth` calls them, but for a pilot and an end.
WORDS = {"go": "Go", "run": "A run first", "stop": "Stop"}
#: Where the chance of the target stands among the columns.
_CHANCE = 2


def blocks_of(found: NextRun, x: str, flags: list[str]) -> list[Paragraph | Table]:
    """Return the section of a page, with x as its column is called."""
    blocks: list[Paragraph | Table] = [
        _table(found, x),
        Paragraph(_recommendation(found, x)),
        Paragraph(_legend(found, x), "quiet"),
    ]
    if otherwise := _otherwise(found, x):
        blocks.insert(2, Paragraph(otherwise))
    if found.target_met:
        blocks.append(Paragraph("The last error seen meets the target: it earns no more."))
    if "rises_again" in flags:
        text = (
            f"The error rises after its fall: the {x} where it was lowest may be the one to keep."
        )
        blocks.append(Paragraph(text, "warning"))
    return blocks


def _table(found: NextRun, x: str) -> Table:
    header = [x, "Cost", "Information", "Net", "Per dollar"]
    # Two sizes that are shown alike are one to a reader: the better stands first.
    shown: dict[str, Candidate] = {}
    for each in found.candidates:
        shown.setdefault(count_in_words(each.x), each)
    rows = [_row(each) for each in shown.values()]
    every = set(range(len(header)))
    whole = every
    if any(each.chance is not None for each in found.candidates):
        header.insert(_CHANCE, "Chance if one goes on")
        for row, each in zip(rows, shown.values(), strict=True):
            row.insert(_CHANCE, "-" if each.chance is None else probability(each.chance))
        every = set(range(len(header)))
        whole = every - {_CHANCE}
    cells = tuple(map(tuple, rows))
    return Table("What to run next", tuple(header), cells, tuple(every), tuple(whole))


def _row(each: Candidate) -> list[str]:
    per_usd = "-" if each.per_usd is None else f"{each.per_usd:.3g}"
    money = map(_usd, (each.cost_usd, each.information_usd, each.net_usd))
    return [count_in_words(each.x), *money, per_usd]


def _usd(value: float) -> str:
    """Return a sum of money with its sign before the dollar, no finer than cents."""
    value = round(value, 2)
    return f"{'-' * (value < 0.0)}{usd_in_words(abs(value))}"


def _recommendation(found: NextRun, x: str) -> str:
    best = found.best
    if found.decision == "go":
        # The best plan may be the best run to find out too: then the table is topped by it.
        also = "" if best is None else "The run that pays best is the one that tells most: "
        return f"{WORDS['go']}, without another run to find out. {also}{_the_total(found, x)}"
    if found.is_hopeless:
        return (
            f"{WORDS['stop']}: it is not worth going on. Whatever is done, the chance to reach the "
            f"target is {probability(found.chance or 0.0)}; sums above 0 in the table rest on that "
            "alone."
        )
    if best is None:
        return (
            f"{WORDS['stop']}: no run is worth its cost, and no number of further ones earns what "
            "it takes."
        )
    return (
        f"{WORDS['run']}: {x} {count_in_words(best.x)} for {_usd(best.cost_usd)}. What it will "
        f"show is worth {_usd(best.information_usd)}, against {_usd(best.lost_usd)} of its cost "
        "that is of no use later."
    )


def _otherwise(found: NextRun, x: str) -> str:
    """Return what is right without the run that is proposed; empty if none is."""
    if found.decision != "run":
        return ""
    if found.buys_nothing:
        return f"Nothing more need be bought for that: {_the_total(found, x)}"
    if found.is_go:
        return f"Without that run: go. {_the_total(found, x)}"
    return "Without that run: stop, for nothing earns what it takes by what is known today."


def _legend(found: NextRun, x: str) -> str:
    chance = ""
    if any(each.chance is not None for each in found.candidates):
        chance = (
            "Chance if one goes on: of the target, counted over those results of the run after "
            "which going on pays. "
        )
    free = " Training counts as free: no price was given for it." if found.trains_free else ""
    return (
        f"{chance}Information: what the measurement is worth, since it may change the decision. "
        f"Net: that less the part of the cost that is of no use later; an {x} that is held for "
        f"later is. Per dollar: information over cost.{free}"
    )


def _the_total(found: NextRun, x: str) -> str:
    chance = ""
    if found.chance is not None and not found.target_met:
        chance = f", with a chance of {probability(found.chance)} to reach the target"
    total = count_in_words(found.total or 0.0)
    return f"{x} {total} in all is worth {_usd(found.net_usd)} net{chance}."
