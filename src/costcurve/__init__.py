"""What will it cost to reach that accuracy, and is it worth it? Answers before anyone trains.

>>> import costcurve as cc
>>> task = cc.Task(target_accuracy=0.965, class_counts=[50_000, 1_000], limit=200_000)
>>> result = cc.estimate(task, cc.Assumptions(mode="as-published", models=["EfficientNet-B0"]))
>>> round(result.best.total_cost_usd.point, 2)
101910.02

Names are loaded when they are first used, so that `import costcurve` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from costcurve._version import __version__
from costcurve.core.notebook import set_writer

if TYPE_CHECKING:
    from costcurve.core.draws import Range
    from costcurve.core.errors import CostcurveError, InputError
    from costcurve.decisions import Assumptions, Estimate, Option, estimate
    from costcurve.decisions.comparison import Comparison, compare
    from costcurve.decisions.limits import Evidence, Limits, limits
    from costcurve.decisions.portfolio import PortfolioPlan, portfolio
    from costcurve.decisions.portfolio_totals import Portfolio
    from costcurve.decisions.worth import Worth, worth
    from costcurve.decisions.worth_case import WorthCase, case_of
    from costcurve.laws import LogLinearLaw, load_law
    from costcurve.laws.curves import Curve, CurveLaw, load_curve_law
    from costcurve.studies import reproduce
    from costcurve.task import Task, read_class_counts

_HOMES = {
    "Assumptions": "costcurve.decisions",
    "Comparison": "costcurve.decisions.comparison",
    "CostcurveError": "costcurve.core.errors",
    "Curve": "costcurve.laws.curves",
    "CurveLaw": "costcurve.laws.curves",
    "Estimate": "costcurve.decisions",
    "Evidence": "costcurve.decisions.limits",
    "InputError": "costcurve.core.errors",
    "Limits": "costcurve.decisions.limits",
    "LogLinearLaw": "costcurve.laws",
    "Option": "costcurve.decisions",
    "Portfolio": "costcurve.decisions.portfolio_totals",
    "PortfolioPlan": "costcurve.decisions.portfolio",
    "Range": "costcurve.core.draws",
    "Task": "costcurve.task",
    "Worth": "costcurve.decisions.worth",
    "WorthCase": "costcurve.decisions.worth_case",
    "case_of": "costcurve.decisions.worth_case",
    "compare": "costcurve.decisions.comparison",
    "estimate": "costcurve.decisions",
    "limits": "costcurve.decisions.limits",
    "load_curve_law": "costcurve.laws.curves",
    "load_law": "costcurve.laws",
    "portfolio": "costcurve.decisions.portfolio",
    "read_class_counts": "costcurve.task",
    "reproduce": "costcurve.studies",
    "worth": "costcurve.decisions.worth",
}

__all__ = [
    "Assumptions",
    "Comparison",
    "CostcurveError",
    "Curve",
    "CurveLaw",
    "Estimate",
    "Evidence",
    "InputError",
    "Limits",
    "LogLinearLaw",
    "Option",
    "Portfolio",
    "PortfolioPlan",
    "Range",
    "Task",
    "Worth",
    "WorthCase",
    "__version__",
    "case_of",
    "compare",
    "estimate",
    "limits",
    "load_curve_law",
    "load_law",
    "portfolio",
    "read_class_counts",
    "reproduce",
    "worth",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'costcurve' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)


def _in_a_notebook(found: Any) -> str:
    from costcurve.faces.notebook import html_of  # noqa: PLC0415 - only a notebook needs it

    return html_of(found)


set_writer(_in_a_notebook)
