"""What `costcurve curve --next-run` asks for and says: which run to make next, and when to stop."""

from __future__ import annotations

from argparse import Namespace

from costcurve.core.errors import Finding, InputError, shown
from costcurve.decisions.stakes import Stakes
from costcurve.faces.cli.arguments import Parser

#: Options that say what runs cost and earn, and that are of no use without `--next-run`.
_PRICES = {
    "usd-per-x": "Price of one more x, an example to label or an epoch, in US dollars.",
    "usd-per-trained-x": "Price of training with one x, paid in every run. Default: 0.",
    "worth-usd": "What it is worth to reach the target error.",
    "usd-per-error": "What each unit of error less is worth; a point is a hundredth of one.",
    "held": "The x that are paid for already. Default: the largest seen.",
}


def add_options(parser: Parser) -> None:
    """Add what is asked for."""
    group = parser.add_argument_group("the next run")
    parser.switch("next-run", "Say which run to make next, and when to stop.", group)
    for name, text in _PRICES.items():
        parser.value(name, text, group)
    parser.switch("continues", "Runs go on from the last, as with epochs.", group)


def read_stakes(arguments: Namespace, target: float | None) -> Stakes | None:
    """Return what runs cost and earn; `None` where no next run is asked for.

    Raises
    ------
    InputError
        If a price is missing or cannot be, or stands without `--next-run`.
    """
    given = {
        name: getattr(arguments, name)
        for name in (option.replace("-", "_") for option in _PRICES)
        if getattr(arguments, name) is not None
    }
    if not arguments.next_run:
        names = [*given, *(["continues"] if arguments.continues else [])]
        InputError.check([Finding(name, "", "needs --next-run") for name in names])
        return None
    findings = []
    if arguments.out is not None and not arguments.json:
        findings.append(Finding("next_run", "", "needs --json where --out is given"))
    if "usd_per_x" not in given:
        findings.append(Finding("usd_per_x", "", "is needed for --next-run; 0 if it costs nothing"))
    if not given.keys() & {"worth_usd", "usd_per_error"}:
        text = "or usd_per_error is needed for --next-run: what is a lower error worth?"
        findings.append(Finding("worth_usd", "", text))
    if "worth_usd" in given and target is None:
        findings.append(Finding("target_error", "", "is needed for --worth-usd"))
    numbers = {name: _number(name, text, findings) for name, text in given.items()}
    InputError.check(findings)
    return Stakes(**numbers, target=target, continues=arguments.continues)


def _number(name: str, text: str, findings: list[Finding]) -> float:
    try:
        return float(text)
    except ValueError:
        findings.append(Finding(name, shown(text), "must be a number"))
        return 0.0
