"""The reports of an estimate, of a case of worth, of a learning curve and of a portfolio."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from costcurve.core.display import accuracy, probability, usd, usd_in_words
from costcurve.core.document import Document, Paragraph, Table
from costcurve.core.quantities import Evaluation, Input
from costcurve.decisions.card import decision_card
from costcurve.decisions.result import Estimate
from costcurve.decisions.worth import Worth
from costcurve.decisions.worth_formulas import worth_formulas
from costcurve.evidence.learning_curves import REFERENCE
from costcurve.faces.pictures import (
    costs_of,
    frontier_of,
    picture_of_curve,
    picture_of_worth,
    swings_of,
)
from costcurve.faces.references import RUN_SOURCE, bibtex, methods, run_in_words
from costcurve.faces.report import Picture, Report, Section

if TYPE_CHECKING:
    from costcurve.decisions.portfolio_totals import Portfolio
    from costcurve.faces.curve_card import CurveCard

#: Rows of a chart that its table shows, one of so many.
_EVERY = 5
_CENT = 0.01
_METHOD_OF_WORTH = (
    "Costs and benefits are those of a year, the initial cost spread over the horizon as an "
    "annuity. Means, intervals and probabilities are over draws of everything that is uncertain. "
    "A pilot's worth is that of the decision with it less that without (preposterior analysis)."
)
_METHOD_OF_CURVE = (
    "A prediction mixes damped trends and a power law with an offset; small networks that learned "
    "from a bank of curves say how much of each, and how sure to be. Intervals are calibrated on "
    "data sets that were left out. How the law is made: docs/explanation/laws.md; its card: "
    "costcurve laws show curves-2026."
)
_METHOD_OF_PORTFOLIO = (
    "Every row is answered as by costcurve worth: law, candidate models, bill of a year, benefit "
    "and draws of all that is uncertain, without asking for a pilot. Costs and benefits are those "
    "of a year, what is paid once spread over the horizon as an annuity.",
    "A budget counts what is paid before the first prediction, everything at its median. Rows that "
    "share a model pay its training once. The choice is that of an integer program, exact for "
    "small portfolios and otherwise with a bound that no choice is worth more than (Lagrangian "
    "relaxation).",
    "Greenhouse gases are those of training, at the world's average grid and data centre.",
)


def estimate_report(found: Estimate, command: str) -> Report:
    """Return the report of an estimate; the command is what makes it again."""
    card = decision_card(found)
    words, tables = _words(card), _tables(card)
    rows, spec = costs_of(found)
    caption = "Line: everything at its median. Band: 90%. The point is the target."
    charts: list[Paragraph | Table | Picture] = [Picture("Cost against accuracy", caption, spec)]
    shown = tuple(
        (
            accuracy(1.0 - row["error"]),
            _dollars(row["total_cost_usd"]),
            f"{_dollars(row['p05'])} to {_dollars(row['p95'])}",
            "yes" if row["is_reachable"] else "no",
        )
        for row in rows[::_EVERY]
    )
    header = ("Accuracy", "Total", "90% interval", "In reach")
    charts.append(Table("What accuracies cost", header, shown, (1, 2)))
    swings, matters = swings_of(found)
    if swings:
        caption = "The total if one input were off and nothing else, the limit set aside."
        charts.append(Picture("What matters most", caption, matters))
        charts += [each for each in tables if each.heading.startswith("What matters")]
    return Report(
        title=card.title,
        sections=(
            Section("The decision", [words["lead"][0]]),
            Section("The evidence", words["plain"]),
            Section("The bill", [tables[0], *words["quiet"][:-1]]),
            Section("Charts", charts),
            Section("Risks", [*_chances(found), *words["warning"]]),
            Section("Alternatives", [_every_option(found)]),
        ),
        inputs=(*_given(found.evaluation, found.point, found.source), *_runs(found)),
        method=[methods(found)],
        references=_references(found),
        command=command,
    )


def worth_report(found: Worth, command: str) -> Report:
    """Return the report of a case of worth; the command is what makes it again."""
    card = found.document()
    words, tables = _words(card), _tables(card)
    caption = (
        "Above, the net of a year over the accuracy, with its 90% interval. Below, what a "
        "prediction must be worth at any volume for a year to pay, and where this case stands."
    )
    # Without a pilot asked for, nothing is said of one.
    risk, best, *pilot = words["plain"]
    year, bill, years, where, ways, *more = tables
    figures = worth_formulas(found)
    return Report(
        title=card.title,
        sections=(
            Section("The decision", words["lead"]),
            Section("The evidence", [risk, year, *more]),
            Section("The bill", [bill, years]),
            Section("Charts", [Picture("Where it pays", caption, picture_of_worth(found)), where]),
            Section("Risks", words["warning"]),
            Section("Alternatives", [ways, best, *pilot]),
        ),
        inputs=(
            *_given(
                figures,
                lambda name: float(np.ravel(figures[name])[0]),
                lambda name: figures.lineage(name).source,
            ),
            *_runs(found.estimate),
        ),
        method=[methods(found.estimate), _METHOD_OF_WORTH],
        references=_references(found.estimate),
        command=command,
    )


def curve_report(card: CurveCard, command: str) -> Report:
    """Return the report of a learning curve; the command is what makes it again.

    Raises
    ------
    InputError
        If the curve cannot be fitted.
    """
    given, names, law = card.curve.given, card.names, card.curve.law.card
    document = card.document()
    words, tables = _words(document), _tables(document)
    caption = "Points: measured. Line: median of a later run. Bands: 50% and 90%."
    measured = tuple(
        (f"{x:,.9g}", f"{y:.6g}")
        for x, y in sorted(zip(given.x.tolist(), given.y.tolist(), strict=True))
    )
    chart = Picture("Learning curve", caption, picture_of_curve(card))
    # The need is what was asked for; without a target all that is said is of the next run.
    asked = card.target is not None
    lead = [replace(words["plain"][0], tone="lead")] if asked else words["lead"]
    more = [replace(each, tone="plain") for each in words["lead"]] if asked else []
    # The law is cited among the references.
    interval, *legend, _ = words["quiet"]
    return Report(
        title=document.title,
        sections=(
            Section("The answer", [*lead, *more]),
            Section("What to expect", [*tables[:1], interval]),
            Section("Charts", [chart]),
            Section("The next run", [*tables[1:], *words["plain"][asked:], *legend]),
            Section("Risks", words["warning"]),
            Section(
                "What was measured",
                [Table("The runs so far", (names.x, names.error), measured, (0, 1))],
            ),
        ),
        method=[_METHOD_OF_CURVE],
        references=[f"{law['id']}: {law['title']}. {law['source']}.", REFERENCE],
        command=command,
    )


def _given(
    evaluation: Evaluation, point: Callable[[str], float], source: Callable[[str], str]
) -> tuple[Input, ...]:
    """Return the assumptions of the best model, and what was set in place of others."""
    graph = evaluation.graph
    names = [name for name in graph.inputs if name in evaluation]
    names += sorted(evaluation.overridden - graph.inputs.keys())
    return tuple(
        Input.of(name, point(name), graph[name].unit, graph[name].label, source(name))
        for name in names
    )


def _runs(found: Estimate) -> tuple[Input, ...]:
    """Return the runs on the task that the law has learnt from, as assumptions."""
    runs = () if found.runs is None else found.runs.to_dicts()
    return tuple(
        Input.of(f"run_{place}", run["error"] or 0.0, "1", run_in_words(run), RUN_SOURCE)
        for place, run in enumerate(runs, start=1)
    )


def _references(found: Estimate) -> list[str]:
    """Return the sources of the law and of the best model's facts, and how to cite."""
    facts: dict[str, list[str]] = {}
    for name in found.assumptions.pricing.model_facts:
        facts.setdefault(found.source(name), []).append(found.evaluation.graph[name].label)
    return [
        f"Law of error: {found.law.source}",
        *(f"{'; '.join(labels)}: {source}" for source, labels in facts.items()),
        bibtex(found),
    ]


def _dollars(value: float) -> str:
    """Return a sum of money; what is less than a cent says so."""
    return usd_in_words(value) if value == 0.0 or value >= _CENT else "under a cent"


def _words(card: Document) -> dict[str, list[Paragraph]]:
    """Return a card's paragraphs by their tone; those that warn lose the word for it."""
    found: dict[str, list[Paragraph]] = {"lead": [], "plain": [], "quiet": [], "warning": []}
    for block in card.blocks:
        if isinstance(block, Paragraph):
            text = block.text.removeprefix("Note: ")
            found[block.tone].append(Paragraph(text[:1].upper() + text[1:], block.tone))
    return found


def _tables(card: Document) -> list[Table]:
    return [block for block in card.blocks if isinstance(block, Table)]


def _chances(found: Estimate) -> Sequence[Paragraph]:
    """Return how likely it is to fail, first of all risks."""
    best = found.best
    text = (
        "The chance to miss the target with the examples of this plan is "
        f"{probability(1.0 - best.probability_of_target)}"
    )
    if best.probability_at_limit is not None:
        miss = probability(1.0 - best.probability_at_limit)
        text += f", with every example up to the limit {miss}"
    return [Paragraph(f"{text}.", "warning")]


def _every_option(found: Estimate) -> Table:
    """Return all options, not only those of the card."""
    rows = tuple(
        (
            each.model,
            each.accelerator or "",
            "" if each.training_hours is None else f"{each.training_hours.point:,.3g}",
            usd(each.training_cost_usd.point),
            usd(each.data_cost_usd.point),
            usd(each.total_cost_usd.point),
        )
        for each in found.options
    )
    header = ("Model", "On", "Hours", "Training", "Data", "Total")
    return Table("Every model that was looked at, best first", header, rows, (2, 3, 4, 5))


def _references_of_portfolio(found: Portfolio) -> list[str]:
    """Return what the assumptions hold for, and each of their sources in full."""
    if not found.inputs:
        return []
    sources: dict[str, list[str]] = {}
    for each in found.inputs:
        sources.setdefault(each.source, []).append(each.label)
    model = found.models[0]["model"]
    return [
        f"The assumptions are those of uses with {model}, which is worth most; what rows say "
        "stands in the file.",
        *(f"{'; '.join(labels)}: {source}" for source, labels in sources.items()),
    ]


def portfolio_report(found: Portfolio, command: str) -> Report:
    """Return the report of a portfolio; the command is what makes it again."""
    card = found.document()
    words, tables = _words(card), _tables(card)
    caption = "Line: the best choice for what it spends. The large point is what is funded."
    return Report(
        title=card.title,
        sections=(
            Section("The decision", [*words["lead"], *words["plain"]]),
            Section("Charts", [Picture("What budgets are worth", caption, frontier_of(found))]),
            Section("The evidence", tables),
            Section("Risks", [*words["warning"], *words["quiet"]]),
        ),
        inputs=found.inputs,
        method=list(_METHOD_OF_PORTFOLIO),
        references=_references_of_portfolio(found),
        command=command,
    )
