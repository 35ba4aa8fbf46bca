"""Pictures of answers, for command line, page and report alike."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from costcurve.charts.estimate import cost_over_accuracy as draw_costs
from costcurve.charts.estimate import what_matters as draw_swings
from costcurve.charts.learning_curve import learning_curve
from costcurve.charts.portfolio import frontier_chart
from costcurve.charts.scatter import Axis, Panel, scatter
from costcurve.charts.worth import worth_chart
from costcurve.core.errors import printable
from costcurve.decisions.accuracy_cost import cost_over_accuracy
from costcurve.decisions.limits import Limits
from costcurve.decisions.limits_lines import LimitsLines, limits_lines
from costcurve.decisions.result import Estimate
from costcurve.decisions.worth import Worth
from costcurve.decisions.worth_card import WORDS

if TYPE_CHECKING:
    from costcurve.decisions.portfolio_totals import Portfolio
    from costcurve.faces.curve_card import CurveCard

_LONGEST_TITLE = 100
#: Characters of a line below a title: what fits over a picture.
_SUBTITLE_WIDTH = 90
Rows = list[dict[str, Any]]


def costs_of(found: Estimate) -> tuple[Rows, dict[str, Any]]:
    """Return what accuracies cost, and the picture of it with the target's point."""
    rows = [each.to_dict() for each in cost_over_accuracy(found)]
    target = found.point("target_error")
    return rows, draw_costs(rows, [row for row in rows if row["error"] == target])


def swings_of(found: Estimate) -> tuple[Rows, dict[str, Any]]:
    """Return what the total follows most, and the picture of it."""
    rows: Rows = [
        {"label": each.label, "move": each.move, "low_usd": each.low_usd, "high_usd": each.high_usd}
        for each in found.sensitivity
    ]
    return rows, draw_swings(rows)


def picture_of_worth(found: Worth) -> dict[str, Any]:
    """Return where a case pays: over the accuracy, and over volume and value."""
    return worth_chart(
        f"Is it worth it? {WORDS[found.decision]}",
        found.map.plans,
        found.chosen(),
        found.map.frontier,
        found.map.case,
    )


def picture_of_limits(found: Limits) -> tuple[LimitsLines, dict[str, Any]]:
    """Return what a field's models and lines are, and the picture of them."""
    rows = limits_lines(found)
    panel = Panel(
        "",
        Axis("compute", f"compute, {found.unit}"),
        Axis("error", "error"),
        rows.points,
        rows.lines,
    )
    words = found.about or f"{found.law.n:,} models. {found.source}".strip()
    return rows, scatter("Error over compute", [panel], wrap(printable(words), _SUBTITLE_WIDTH))


def picture_of_curve(card: CurveCard) -> dict[str, Any]:
    """Return where a learning curve goes; raises InputError if it cannot be fitted."""
    points, bands = card.points_and_bands()
    # Nobody reads longer ones in a picture, and their letters take long to be measured.
    words = (card.title, card.names.x, card.names.error)
    title, x, y = (printable(each)[:_LONGEST_TITLE] for each in words)
    return learning_curve(title, points, bands, (x, y), card.target)


def frontier_of(found: Portfolio) -> dict[str, Any]:
    """Return what budgets are worth to a portfolio, with the one that was given."""
    funding, chosen = found.funding, []
    if funding is not None:
        chosen = [{"budget_usd": funding.spent_usd, "net_usd": funding.value_usd}]
    return frontier_chart(found.frontier, chosen)
