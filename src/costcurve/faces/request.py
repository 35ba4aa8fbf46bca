"""What is asked: a description file, with single values laid over it, as task and assumptions."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from costcurve.core.errors import Finding, InputError, nearest, shown
from costcurve.core.files import read_text
from costcurve.core.parameters import InputModel
from costcurve.decisions import Assumptions
from costcurve.task import Task, read_class_counts

#: The tables of a description file, with what they describe.
TABLES: dict[str, type[InputModel]] = {"task": Task, "assumptions": Assumptions}
#: Largest description file; a real one has a few hundred bytes.
LARGEST_FILE_BYTES = 2**20

Described = dict[str, dict[str, Any]]


def read_request(
    path: Path | None, given: Mapping[str, Mapping[str, Any]]
) -> tuple[Task, Assumptions]:
    """Return the task and the assumptions described by a file and by single values.

    Parameters
    ----------
    path : Path, optional
        A .toml, .yaml or .json file with the tables `task` and `assumptions`.
    given : mapping of mapping
        Values by table and name; they replace what the file says.

    Raises
    ------
    InputError
        With every finding of both tables.
    """
    described = _read_description(path) if path else {name: {} for name in TABLES}
    findings: list[Finding] = []
    built: dict[str, Any] = {}
    base = path.parent if path else Path()
    for name, model in TABLES.items():
        values = _overlay(described[name], given.get(name, {}), model.one_of)
        try:
            if isinstance(values.get("class_counts"), str):
                values["class_counts"] = _counts(values["class_counts"], base)
            built[name] = model(**values)
        except InputError as error:
            findings += error.findings
    InputError.check(findings)
    return built["task"], built["assumptions"]


def _overlay(
    described: Mapping[str, Any], given: Mapping[str, Any], one_of: tuple[tuple[str, ...], ...]
) -> dict[str, Any]:
    replaced = {name for group in one_of if given.keys() & set(group) for name in group}
    kept = {name: value for name, value in described.items() if name not in replaced}
    return {**kept, **given}


def _counts(text: str, base: Path) -> str | dict[str, float]:
    try:
        path = base / text
        return read_class_counts(path) if path.exists() else text
    except (OSError, ValueError) as error:  # too long, or a NUL: it is no path
        if isinstance(error, InputError):
            raise
        return text


def _read_description(path: Path) -> Described:
    readers: dict[str, Callable[[str], Any]] = {
        ".toml": tomllib.loads,
        ".json": json.loads,
        ".yaml": _load_yaml,
        ".yml": _load_yaml,
    }
    if path.suffix.lower() not in readers:
        raise InputError.of("file", path, f"must end in {', '.join(readers)}")
    text = read_text(path, "file", LARGEST_FILE_BYTES)
    try:
        data = readers[path.suffix.lower()](text)
    except (ValueError, RecursionError) as error:  # every parser's error is a ValueError
        what = " ".join(str(error).split()) or type(error).__name__
        raise InputError.of("file", path, f"cannot be parsed: {what}") from None
    return _tables(data)


def _load_yaml(text: str) -> Any:
    import yaml  # noqa: PLC0415 - only one of the formats needs it

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


def _tables(data: Any) -> Described:
    if not isinstance(data, dict):
        raise InputError.of("file", data, f"must hold the tables {' and '.join(TABLES)}")
    findings = [
        Finding(shown(name).strip("'"), "", f"unknown table{nearest(str(name), TABLES)}")
        for name in data
        if name not in TABLES
    ]
    described: Described = {}
    for name in TABLES:
        table = data.get(name, {})
        if not isinstance(table, dict) or not all(isinstance(key, str) for key in table):
            findings.append(Finding(name, shown(table), "must be a table of names and values"))
        else:
            described[name] = table
    InputError.check(findings)
    return described
