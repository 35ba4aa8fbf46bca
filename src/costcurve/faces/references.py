"""How an estimate is cited: a paragraph of methods, its source as BibTeX, and the user's runs."""

from __future__ import annotations

from collections.abc import Mapping

from costcurve.core.display import count_in_words
from costcurve.decisions.result import Estimate

#: Where a run on the task comes from.
RUN_SOURCE = "given by the user: a run on the task, which the law has learnt from"


def run_in_words(run: Mapping[str, float | None]) -> str:
    """Return what the error of a run on the task is of; `run` is one of `Runs.to_dicts`."""
    tests = run["test_examples"]
    tested = "" if tests is None else f", tested on {count_in_words(tests)}"
    return f"Error of a run on {count_in_words(run['examples'] or 0.0)} examples{tested}"


def methods(found: Estimate) -> str:
    """Return a paragraph for a paper's section of methods."""
    return (
        "Examples, compute and cost were estimated before training with costcurve. The law of "
        f"error is {found.law.title} ({found.law.cite}); training was priced "
        f"{str(found.mode).replace('-', ' ')}, for {found.best.model}"
        + (f" on {found.best.accelerator} ({found.best.terms})" if found.best.accelerator else "")
        + ". Intervals are 90% intervals of the law's predictive distribution."
    )


def bibtex(found: Estimate) -> str:
    """Return the law's source as BibTeX, with what the card knows of it."""
    doi = f",\n  doi = {{{found.law.doi}}}" if found.law.doi else ""
    note = f"  note = {{{found.law.source}}}{doi}"
    return f"@misc{{{found.law.id},\n  title = {{{found.law.title}}},\n{note}\n}}"
