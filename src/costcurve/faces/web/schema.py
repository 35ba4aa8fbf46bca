"""The API's description of itself: bodies from the input models, answers by what they always have.

A number may come as text too, as a range does and as a query must; what the input models find wrong
beyond a schema, such as two ways to say one thing, is a 422.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from costcurve.decisions import Assumptions
from costcurve.decisions.run_specs import COLUMNS
from costcurve.decisions.worth_case import TABLES, Alternative
from costcurve.faces.web.body import LONGEST
from costcurve.faces.web.questions import CostBody, CurveBody, EstimateBody, LimitsBody
from costcurve.facts.catalog import TABLES as FACTS
from costcurve.laws.card_store import card_names
from costcurve.task import Task

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
#: Types that may be written as text as well.
_WRITTEN = {"number", "integer", "boolean"}
#: What a status means, of those that any request may meet.
_REFUSED = {
    403: "The Origin is another server.",
    413: "The body is too large.",
    415: "The body is not JSON in UTF-8.",
    421: "The Host is not this server.",
    422: "What is asked cannot be used: every finding at once.",
    501: "The server lacks an optional dependency.",
    503: "It takes longer than a request may.",
}
_FINDING: Schema = {
    "type": "object",
    "required": ["field", "found", "allowed"],
    "properties": {"field": _TEXT, "found": _TEXT, "allowed": _TEXT},
    "additionalProperties": False,
}
_FINDINGS: Schema = {
    "type": "object",
    "required": ["findings"],
    "properties": {"findings": {"type": "array", "items": _FINDING, "minItems": 1}},
    "additionalProperties": False,
}
#: What every answer has at its top.
_ANSWERS: dict[str, dict[str, str]] = {
    "estimate": {
        "version": "string", "mode": "string", "answer": "object", "task": "object",
        "assumptions": "object", "law": "object", "options": "array", "sensitivity": "array",
        "warnings": "array",
    },
    "curve": {"curves": "array", "predictions": "array"},
    "limits": {
        "n": "integer", "form": "string", "method": "string", "coefficients": "object",
        "projections": "array", "flags": "array",
    },
    "worth": {
        "decision": "string", "reason": "string", "annual": "object", "finance": "object",
        "lines": "array", "warnings": "array",
    },
    "facts": {"table": "string", "units": "object", "rows": "array"},
    "tables": {"tables": "object"},
}  # fmt: skip
#: A body that each path answers; the numbers are made up.
_EXAMPLES: dict[str, Schema] = {
    "estimate": {
        "task": {"target_accuracy": 0.95, "class_counts": {"intact": 5000, "broken": 100}},
        "assumptions": {"epochs": "30 .. 50 .. 90", "models": ["ResNet-50"]},
    },
    "curve": {
        "x": [1000, 2000, 4000, 8000],
        "error": [0.31, 0.26, 0.21, 0.18],
        "predict": [16000],
        "target_error": 0.15,
        "next_run": {"usd_per_x": 0.5, "worth_usd": 20000},
    },
    "limits": {"benchmark": "imagenet", "target_error": [0.05]},
    "worth": {
        "task": {"target_accuracy": 0.95, "classes": 10},
        "benefit": {"predictions_per_year": 1e6, "benefit_per_prediction_usd": "0.02 to 0.08"},
        "alternative": {"rules": {"accuracy": 0.85, "annual_cost_usd": 5000}},
    },
    "cost": {"run": {"model": "ResNet-50", "samples": 1e8, "accelerator": "a100"}},
}
#: Of a query, by name.
_IN_QUERIES = {
    "target_accuracy": "0.95", "classes": "10", "model": "ResNet-50", "samples": "1e8",
    "search": "nvidia",
}  # fmt: skip


def responses(name: str) -> dict[int | str, Schema]:
    """Return what a path answers, by status."""
    types = _ANSWERS.get(name)
    answer: Schema = {"type": "object"}
    if types is not None:
        answer["required"] = list(types)
        answer["properties"] = {key: {"type": kind} for key, kind in types.items()}
    return {
        200: _response("The answer of the command line with --json.", answer),
        **{status: _response(words, _FINDINGS) for status, words in _REFUSED.items()},
    }


def body_of(name: str) -> Schema:
    """Return the description of a body of JSON."""
    content = {"schema": _BODIES[name](), "example": _EXAMPLES[name]}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def query_of_estimate() -> Schema:
    """Return the parameters of a query for an estimate."""
    names = [*Task.model_fields, *Assumptions.model_fields, "law"]
    about = {**Task.model_fields, **Assumptions.model_fields}
    return {
        "parameters": [
            _parameter(name, (about[name].description or "") if name in about else "A law by name.")
            for name in names
        ]
    }


def query_of_cost() -> Schema:
    """Return the parameters of a query for the cost of one run."""
    return {"parameters": [_parameter(name, "As of a table of runs.") for name in COLUMNS]}


def query_of_facts() -> Schema:
    """Return the parameters of a path of facts."""
    table = {"type": "string", "enum": list(FACTS)}
    return {
        "parameters": [
            {"name": "table", "in": "path", "required": True, "schema": table},
            _parameter("search", "Only rows that hold this text."),
        ]
    }


def _parameter(name: str, about: str) -> Schema:
    schema = {"type": "string", "maxLength": LONGEST}
    found: Schema = {"name": name, "in": "query", "description": about, "schema": schema}
    return found | ({"example": _IN_QUERIES[name]} if name in _IN_QUERIES else {})


def _response(words: str, schema: Schema) -> Schema:
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _estimate() -> Schema:
    found = _of(EstimateBody)
    found["properties"]["task"] = _written(_of(Task))
    found["properties"]["assumptions"] = _written(_of(Assumptions))
    found["properties"]["law"] = {"anyOf": [{"type": "string", "enum": card_names()}, _NULL]}
    return found


def _worth() -> Schema:
    alternatives = {"type": "object", "additionalProperties": _written(_of(Alternative))}
    tables = {name: _written(_of(model)) for name, model in TABLES.items()}
    return {
        "type": "object",
        "properties": {**tables, "alternative": alternatives},
        "additionalProperties": False,
    }


_NULL: Schema = {"type": "null"}
_BODIES: dict[str, Callable[[], Schema]] = {
    "estimate": _estimate,
    "curve": lambda: _of(CurveBody),
    "limits": lambda: _of(LimitsBody),
    "worth": _worth,
    "cost": lambda: _of(CostBody),
}


def _of(model: type[BaseModel]) -> Schema:
    """Return the schema of a model, with what it refers to put in place."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})
    found: Schema = _resolved(schema, definitions)
    # Its docstring is of Python, not of JSON.
    found.pop("description", None)
    return found


def _resolved(value: Any, definitions: Schema) -> Any:
    if isinstance(value, list):
        return [_resolved(each, definitions) for each in value]
    if not isinstance(value, dict):
        return value
    rest = {key: _resolved(each, definitions) for key, each in value.items() if key != "$ref"}
    if "$ref" not in value:
        return rest
    named = definitions[value["$ref"].rpartition("/")[2]]
    return {**_resolved(named, definitions), **rest}


def _written(value: Any) -> Any:
    """Return a schema in which numbers, truth values and lists of names may be text."""
    if isinstance(value, list):
        return [_written(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: _written(each) for key, each in value.items()}
    kind = found.get("type")
    if kind in _WRITTEN:
        found["type"] = ["number", "string", "boolean"] if kind == "boolean" else [kind, "string"]
    elif kind == "array" or (kind == "object" and "properties" not in found):
        return {"anyOf": [found, {"type": "array"}, _TEXT]}
    return found
