"""`costcurve estimate --predict`: the error to expect of a run, or of a table of them."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from costcurve.core.errors import Finding, InputError
from costcurve.core.files import is_same_file, write_bytes
from costcurve.faces.cli.arguments import Parser
from costcurve.faces.cli.output import csv_text, print_document, print_json, print_text
from costcurve.faces.request import counts_from
from costcurve.laws.law import load_law

if TYPE_CHECKING:
    from costcurve.laws import Law

#: Flags that say something of a prediction; the others belong to the estimate of costs.
_ASKED = (
    "kind",
    "classes",
    "class_counts",
    "baseline_classes",
    "examples",
    "pretrained",
    "group",
    "pilot_examples",
    "pilot_error",
    "pilot_test_examples",
)
#: What only a prediction takes, and what stands beside its flags.
_ONLY_HERE = ("examples", "from", "out")
_BESIDE = frozenset({"law", "pilot", "predict", "json", "from", "out"})


def add_flags(parser: Parser, group: Any) -> None:
    """Add the flags that only a prediction takes, beside those of the table of parameters."""
    text = "Predict the error of a run with --examples; no cost is estimated."
    parser.switch("predict", text, group)
    text = (
        "A table of tasks to predict: kind,classes,examples,pretrained[,group,pilot_examples,"
        "pilot_error,pilot_test_examples]."
    )
    parser.value("from", text, group, path=True)
    parser.value("out", "Write the table with its predictions here.", group, path=True)


def refuse_without_predict(arguments: Namespace) -> None:
    """Raise InputError if a flag was given that only a prediction takes."""
    given = [name for name in _ONLY_HERE if getattr(arguments, name) is not None]
    InputError.check([Finding(name, "", "goes with --predict") for name in given])


def predict(arguments: Namespace) -> None:
    """Predict the error of a run, or of a table of them."""
    values = {
        name: value for name, value in vars(arguments).items() if value not in (None, False, [])
    }
    asked = {name: values.pop(name) for name in _ASKED if name in values}
    findings = [Finding(name, "", "has no part in --predict") for name in values.keys() - _BESIDE]
    if "from" in values and (asked or "pilot" in values):
        name = next(iter(asked), "pilot")
        findings.append(Finding(name, "", "stands in a column of the table with --from"))
    if "out" in values and "from" not in values:
        findings.append(Finding("out", "", "goes with --from"))
    InputError.check(sorted(findings, key=str))
    law = load_law(arguments.law) if arguments.law is not None else None
    if "from" in values:
        _predict_table(values, law)
    else:
        _predict_one(asked, values, law)


def _predict_table(values: dict[str, Any], law: Law | None) -> None:
    from costcurve.decisions.prediction import predict_table  # noqa: PLC0415 - only when asked for

    path, out = values["from"], values.get("out")
    if out is not None and is_same_file(out, path):
        raise InputError.of("out", out, "must be another file than the table")
    rows = predict_table(path, law).rows()
    if "json" in values:
        print_json({"rows": rows})
    if out is not None:
        write_bytes(out, csv_text(rows).encode(), "out")
    elif "json" not in values:
        print_text(csv_text(rows).rstrip("\n"))


def _predict_one(asked: dict[str, Any], values: dict[str, Any], law: Law | None) -> None:
    from costcurve.decisions.prediction import Question, predict  # noqa: PLC0415
    from costcurve.decisions.prediction_card import prediction_card  # noqa: PLC0415
    from costcurve.decisions.task_table import read_pilots  # noqa: PLC0415

    if "class_counts" in asked:
        asked["class_counts"] = counts_from(asked["class_counts"])
    runs = read_pilots(values["pilot"]) if "pilot" in values else None
    question = Question(**asked)
    found = predict(question, law=law, pilots=runs)
    if "json" in values:
        print_json(found.to_dict())
    else:
        print_document(prediction_card(question, found))
