"""`costcurve estimate`: from a task to an itemised, explained cost."""

from __future__ import annotations

import sys
from argparse import Namespace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costcurve.core.errors import Finding, InputError, shown
from costcurve.core.parameters import Parameter, table
from costcurve.core.vocabulary import Mode
from costcurve.decisions import Assumptions, Estimate
from costcurve.decisions import estimate as make_estimate
from costcurve.decisions.card import decision_card
from costcurve.faces.cli.arguments import EVERYTHING, Command, Parser
from costcurve.faces.cli.exports import add_exports, check_exports, write_exports
from costcurve.faces.cli.fact_files import add_facts, facts_of
from costcurve.faces.cli.output import print_csv, print_document, print_json, print_text
from costcurve.faces.cli.prediction import add_flags, predict, refuse_without_predict
from costcurve.faces.estimate_answer import option_rows
from costcurve.faces.request import read_request
from costcurve.laws.law import load_law
from costcurve.task import Task

if TYPE_CHECKING:
    from costcurve.faces.report import Report

#: `--as-published` sets the mode.
_NOT_FLAGS = frozenset({"mode"})


def _parser() -> Parser:
    parser = Parser(
        "estimate",
        "Estimate what it costs to reach a target accuracy, before training. The flags of the "
        "task and the assumptions stand over the values of the file. A range such as "
        "'0.4 to 0.9' may stand for most numbers.",
    )
    parser.add_argument(
        "file", metavar="FILE", nargs="?", type=Path, help="Description: .toml, .yaml or .json."
    )
    groups = {
        name: parser.add_argument_group(name.capitalize())
        for name in ("task", "assumptions", "facts", "prediction", "output")
    }
    for name, parameter in table().items():
        if name not in _NOT_FLAGS and parameter.group in groups:
            _add_flag(parser, parameter, groups[parameter.group])
    assumptions, facts, output = (groups[name] for name in ("assumptions", "facts", "output"))
    text = "Runs on the task already made: CSV with n,error and perhaps test_examples."
    parser.value("pilot", text, groups["task"], path=True)
    text = "Say what labelling so many more examples would buy; often."
    groups["task"].add_argument(
        "--label-more", action="append", default=[], metavar="NUMBER", help=text
    )
    text = "Say how many to label for a chance of so much to reach the target, as 0.8; often."
    groups["task"].add_argument("--chance", action="append", default=[], metavar="VALUE", help=text)
    add_flags(parser, groups["prediction"])
    text = "A law by its name, or the file of its card (costcurve laws list)."
    parser.value("law", text, assumptions)
    parser.switch("as-published", "Price by Eq. 3-5 of the paper to the letter.", assumptions)
    words = " Checked only: an estimate in dollars needs no grid; costcurve cost does."
    add_facts(parser, facts, grids=words)
    parser.switch("compare", "Price both ways, and say why they part.", output)
    told = "Show where a quantity comes from; all of them without a name."
    parser.value("explain", told, output, bare=EVERYTHING)
    parser.switch("json", "Print the estimate as JSON.", output)
    parser.switch("csv", "Print the options as CSV.", output)
    add_exports(parser, output)
    parser.switch("chart", "Draw cost against accuracy, even where no terminal shows it.", output)
    return parser


def _add_flag(parser: Parser, parameter: Parameter, group: Any) -> None:
    """Add the flag of a parameter: text, which the input models check all at once."""
    text = parameter.description
    if parameter.unit != "1":
        text += f" Unit: {parameter.unit}."
    if parameter.default is not None:
        text += f" Default: {str(parameter.default).lower()}."
    flag = parameter.name.replace("_", "-")
    if parameter.allowed != "true or false":
        parser.value(flag, text, group)
        return
    parser.value(flag, text, group, bare="true")
    negative = f"The same as --{flag}=false."
    group.add_argument(
        f"--no-{flag}", action="store_const", const="false", dest=parameter.name, help=negative
    )


def estimate(arguments: Namespace) -> None:
    """Estimate what it costs to reach a target accuracy, before training."""
    if arguments.predict:
        predict(arguments)
        return
    refuse_without_predict(arguments)
    explain = arguments.explain
    check_exports(arguments)
    asked = {name: _numbers(name, arguments) for name in ("label_more", "chance")}
    if sum((arguments.json, arguments.csv, explain is not None)) > 1:
        raise InputError.of("output", "more than one", "give one of --json, --csv, --explain")
    files_asked = (arguments.xlsx, arguments.html, arguments.pdf)
    if arguments.compare and (explain is not None or any(files_asked)):
        raise InputError.of("compare", True, "goes with --json or --csv, or by itself")
    facts = facts_of(arguments)
    facts.pop("grids", None)  # checked like the others; an estimate in dollars needs no grid
    task, assumptions = read_request(arguments.file, _given(arguments), facts.get("models"))
    if arguments.law is not None:
        facts["law"] = load_law(arguments.law)
    if arguments.pilot is not None:
        from costcurve.decisions.task_table import read_pilots  # noqa: PLC0415 - only for a file

        facts["pilots"] = read_pilots(arguments.pilot)
    if arguments.compare:
        _print_comparison(task, assumptions, facts, arguments)
        return
    found = make_estimate(task, assumptions, **facts)
    if any(asked.values()):
        from costcurve.decisions.more_examples import with_more  # noqa: PLC0415 - on request

        found = with_more(found, asked["label_more"], asked["chance"])
    _print_estimate(found, arguments)


def _numbers(name: str, arguments: Namespace) -> list[float]:
    """Return the numbers of an option that may stand often."""
    findings, numbers = [], []
    for text in getattr(arguments, name):
        try:
            numbers.append(float(text))
        except ValueError:
            findings.append(Finding(name, shown(text), "must be a number such as 20000 or 0.8"))
    if numbers and arguments.compare:
        findings.append(Finding(name, "", "does not go with --compare"))
    InputError.check(findings)
    return numbers


def _print_estimate(result: Estimate, arguments: Namespace) -> None:
    explain = arguments.explain
    # Before anything is written, since the quantity may be unknown.
    asked = None if explain == EVERYTHING else explain
    explanation = "" if explain is None else result.explain(asked)
    write_exports(arguments, result, partial(_report, result))
    if explain is not None:
        print_text(explanation)
    elif arguments.json:
        print_json(result.to_dict())
    elif arguments.csv:
        print_csv(option_rows(result))
    else:
        print_document(decision_card(result), is_plain=arguments.plain)
        if arguments.chart or sys.stdout.isatty():
            _draw(result, is_plain=arguments.plain)


def _report(result: Estimate, command: str) -> Report:
    from costcurve.faces.reports import estimate_report  # noqa: PLC0415 - rarely asked for

    return estimate_report(result, command)


def _draw(result: Estimate, *, is_plain: bool) -> None:
    """Draw what accuracies cost in the characters of the terminal."""
    # Late: only where a chart is drawn.
    from costcurve.faces.cli.estimate_chart import drawn  # noqa: PLC0415

    print_text(drawn(result, is_plain=is_plain))


def _print_comparison(
    task: Task, assumptions: Assumptions, facts: dict[str, Any], arguments: Namespace
) -> None:
    from costcurve.decisions.comparison import compare  # noqa: PLC0415 - only when asked for

    result = compare(task, assumptions, **facts)
    if arguments.json:
        print_json(result.to_dict())
    elif arguments.csv:
        print_csv([gap.to_dict() for gap in result.gaps])
    else:
        print_document(result.card(), is_plain=arguments.plain)


def _given(arguments: Namespace) -> dict[str, dict[str, Any]]:
    given: dict[str, dict[str, Any]] = {"task": {}, "assumptions": {}, "prediction": {}}
    for name, parameter in table().items():
        value = getattr(arguments, name, None)
        if value is not None and parameter.group in given:
            given[parameter.group][name] = value
    if arguments.as_published:
        given["assumptions"]["mode"] = Mode.AS_PUBLISHED
    return given


COMMAND = Command(_parser, estimate)
