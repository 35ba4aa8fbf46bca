"""The reports of an estimate, of a case of worth and of a portfolio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from costcurve.decisions.card import decision_card
from costcurve.decisions.result import Estimate
from costcurve.decisions.worth import Worth
from costcurve.faces.pictures import costs_of, frontier_of, picture_of_worth, swings_of
from costcurve.faces.references import bibtex, methods
from costcurve.faces.report import Picture, Report

if TYPE_CHECKING:
    from costcurve.decisions.portfolio_totals import Portfolio


def estimate_report(found: Estimate, command: str) -> Report:
    """Return the report of an estimate; the command is what makes it again."""
    words = "Line: everything at its median. Band: 90%. The point is the target."
    pictures = [Picture("Cost against accuracy", words, costs_of(found)[1])]
    swings, matters = swings_of(found)
    if swings:
        words = "The total if one input were off and nothing else, the limit set aside."
        pictures.append(Picture("What matters most", words, matters))
    return Report(
        document=decision_card(found),
        pictures=pictures,
        inputs=tuple(found.evaluation.graph.inputs.values()),
        method=[methods(found)],
        references=[found.law.source, bibtex(found)],
        command=command,
    )


def worth_report(found: Worth, command: str) -> Report:
    """Return the report of a case of worth; the command is what makes it again."""
    spec = picture_of_worth(found)
    words = (
        "Above, the net of a year over the accuracy, with its 90% interval. Below, what a "
        "prediction must be worth at any volume for a year to pay, and where this case stands."
    )
    return Report(
        document=found.document(),
        pictures=[Picture("Where it pays", words, spec)],
        inputs=found.inputs,
        method=[
            methods(found.estimate),
            "Costs and benefits are those of a year, the initial cost spread over the horizon as "
            "an annuity. Means, intervals and probabilities are over draws of everything that is "
            "uncertain. A pilot's worth is that of the decision with it less that without "
            "(preposterior analysis).",
        ],
        references=[found.estimate.law.source, bibtex(found.estimate)],
        command=command,
    )


def portfolio_report(found: Portfolio, command: str) -> Report:
    """Return the report of a portfolio; the command is what makes it again."""
    words = "Line: the best choice for what it spends. The large point is what is funded."
    return Report(
        document=found.document(),
        pictures=[Picture("What budgets are worth", words, frontier_of(found))],
        method=[
            "Every row is answered as by costcurve worth: law, candidate models, bill of a year, "
            "benefit and draws of all that is uncertain, without asking for a pilot. Costs and "
            "benefits are those of a year, what is paid once spread over the horizon as an "
            "annuity.",
            "A budget counts what is paid before the first prediction, everything at its median. "
            "Rows that share a model pay its training once. The choice is that of an integer "
            "program, exact for small portfolios and otherwise with a bound that no choice is "
            "worth more than (Lagrangian relaxation).",
            "Greenhouse gases are those of training, at the world's average grid and data centre.",
        ],
        command=command,
    )
