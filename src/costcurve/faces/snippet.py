"""An answer as Python and as commands of a shell that give it again.

Both are written from the answer itself: what was given, and nothing of what was left to defaults.
Text from users stands in literals, so that it is never run. What came from files of the user's own,
such as tables of facts or of pilot runs, is not known to an answer and must be given again.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import fields
from pprint import pformat
from typing import TYPE_CHECKING, Any

from costcurve.core.errors import printable
from costcurve.decisions.estimate import law_for
from costcurve.decisions.result import Estimate
from costcurve.decisions.worth import Worth
from costcurve.decisions.worth_case import TABLES, WorthCase

if TYPE_CHECKING:
    from costcurve.decisions.stakes import Stakes
    from costcurve.faces.curve_card import CurveCard

_WIDTH = 88


def described_task(found: Estimate) -> dict[str, dict[str, Any]]:
    """Return what an estimate was asked, as the tables of a description file."""
    tables = {"task": found.task, "assumptions": found.assumptions}
    given = {
        name: each.model_dump(mode="json", exclude_unset=True) for name, each in tables.items()
    }
    return {name: values for name, values in given.items() if values}


def described_case(case: WorthCase) -> dict[str, dict[str, Any]]:
    """Return a case as the tables of its file."""
    given: dict[str, dict[str, Any]] = {}
    for name in TABLES:
        table = getattr(case, name)
        if table is not None:
            given[name] = table.model_dump(mode="json", exclude_unset=True)
    given["alternative"] = {
        name: each.model_dump(mode="json", exclude_unset=True)
        for name, each in case.alternatives.items()
    }
    return {name: values for name, values in given.items() if values}


def estimate_snippet(found: Estimate) -> str:
    """Return Python that makes an estimate again and prints its figures."""
    law = _other_law(found)
    loaded = f", law=cc.load_law({law!r})" if law else ""
    return (
        "import costcurve as cc\n"
        "from costcurve.faces.request import build_request\n\n"
        f"described = {_literal(described_task(found))}\n"
        "task, assumptions = build_request(described)\n"
        f"found = cc.estimate(task, assumptions{loaded})\n"
        "best = found.best\n"
        'print(f"model: {best.model}")\n'
        'print(f"total_cost_usd: {best.total_cost_usd.point!r} USD")\n'
        'print(f"examples_needed: {best.examples_needed.point!r} examples")\n'
        'print(f"probability_of_target: {best.probability_of_target!r}")\n'
    )


def worth_snippet(found: Worth) -> str:
    """Return Python that weighs a case again and prints its figures."""
    return (
        "from costcurve.decisions.worth import worth\n"
        "from costcurve.decisions.worth_case import case_of\n\n"
        f"described = {_literal(described_case(found.case))}\n"
        "found = worth(case_of(described))\n"
        'print(f"decision: {found.decision}")\n'
        "print(f\"net_usd: {found.annual['net_usd'].mean!r} USD/year\")\n"
        "print(f\"npv_usd: {found.finance['npv_usd']!r} USD\")\n"
    )


def curve_snippet(card: CurveCard) -> str:
    """Return Python that predicts a learning curve again and prints its quantiles.

    Raises
    ------
    InputError
        If the curve cannot be fitted.
    """
    given, more = card.curve.given, _columns_beside(card)
    return (
        "import costcurve as cc\n\n"
        f"x = {_literal(given.x.tolist())}\n"
        f"y = {_literal(given.y.tolist())}\n"
        + "".join(f"{name} = {_literal(values)}\n" for name, values in more.items())
        + f"curve = cc.load_curve_law().curve(x, y{''.join(f', {name}={name}' for name in more)}, "
        f"most={_most(card)})\n"
        f"asked = {_literal(card.asked().tolist())}\n"
        "for at, *quantiles in zip(asked, *curve.predict(asked).tolist()):\n"
        "    print(at, *quantiles)\n" + _next_run(card.stakes)
    )


def _next_run(stakes: Stakes | None) -> str:
    if stakes is None:
        return ""
    return (
        "\nfrom costcurve.decisions.next_run import next_run\n"
        "from costcurve.decisions.stakes import Stakes\n\n"
        f"run = next_run(curve, {stakes!r})\n"
        'print(f"decision: {run.decision}, net_usd: {run.net_usd!r} USD")\n'
    )


def shell_word(text: str) -> str:
    """Return text from a user as one word of a shell, in which nothing is run.

    Signs that cannot be seen are blanks: some would end a paste or a line, quoted or not.
    """
    return shlex.quote(printable(text))


def worth_command(found: Worth) -> str:
    """Return a shell's commands that weigh a case again; the case is a file there."""
    # JSON in ASCII has no line that text from a user could end the file with.
    content = json.dumps(described_case(found.case), indent=2, allow_nan=False)
    return "\n".join(["cat > case.json <<'END'", content, "END", "costcurve worth case.json"])


def curve_command(card: CurveCard) -> str:
    """Return a shell's commands that predict a curve again; its runs are a file there.

    Raises
    ------
    InputError
        If the curve cannot be fitted.
    """
    given, more = card.curve.given, _columns_beside(card)
    columns = (given.x.tolist(), given.y.tolist(), *more.values())
    rows = [",".join([*map(repr, row), "1"]) for row in zip(*columns, strict=True)]
    rows += [f"{x!r},{',' * len(more)},0" for x in card.asked().tolist()]
    flags = "--fit fit" + (" --weights weights" if "weights" in more else "")
    flags += " --loss" if _most(card) != "1.0" else ""
    if card.target is not None:
        flags += f" --target-error {card.target!r}"
    flags += _next_flags(card.stakes)
    file = ["cat > runs.csv <<'END'", ",".join(["x", "error", *more, "fit"]), *rows, "END"]
    return "\n".join([*file, f"costcurve curve runs.csv {flags}"])


def _columns_beside(card: CurveCard) -> dict[str, list[float]]:
    """Return the columns that were given beside x and error, by their names."""
    given = {
        "weights": card.curve.given.weights,
        "test_examples": card.curve.given.test_examples,
    }
    return {name: values.tolist() for name, values in given.items() if values is not None}


def _next_flags(stakes: Stakes | None) -> str:
    """Return the flags of a question for the next run, less its target."""
    if stakes is None:
        return ""
    given = {each.name: getattr(stakes, each.name) for each in fields(stakes)
             if getattr(stakes, each.name) != each.default and each.name != "target"}  # fmt: skip
    words = [
        f"--{name.replace('_', '-')}" + ("" if value is True else f" {value!r}")
        for name, value in given.items()
    ]
    return " ".join([" --next-run", *words])


def _most(card: CurveCard) -> str:
    return "1.0" if card.curve.most == 1.0 else 'float("inf")'


def _other_law(found: Estimate) -> str | None:
    """Return the law's name, unless it is the one that is taken without a name."""
    usual = law_for(found.task, found.assumptions).card.id
    return None if found.law.id == usual else found.law.id


def _literal(given: Any) -> str:
    """Return what is given as Python, in ASCII, so that no letter of it turns a line."""
    # Letters beyond ASCII stand in literals alone.
    code = pformat(given, width=_WIDTH, sort_dicts=False)
    return code.encode("ascii", errors="backslashreplace").decode()
