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
from costcurve.task.counts import Progress

#: The tables of a description file, with what they describe.
TABLES: dict[str, type[InputModel]] = {"task": Task, "assumptions": Assumptions}
#: Largest description file; a real one has a few hundred bytes.
LARGEST_FILE_BYTES = 2**20

Described = dict[str, dict[str, Any]]


def read_description(path: Path) -> Described:
    """Return what a description file says, with the class counts it refers to read in.

    Parameters
    ----------
    path : Path
        A .toml, .yaml or .json file with the tables `task` and `assumptions`; class counts in a
        file of their own are looked for beside it.

    Raises
    ------
    InputError
        If the file cannot be read, or holds anything else than the two tables.
    """
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
    described = _tables(data)
    counts = described["task"].get("class_counts")
    if isinstance(counts, str):
        described["task"]["class_counts"] = counts_from(counts, path.parent)
    return described


def counts_from(
    text: str, folder: Path | None = None, progress: Progress | None = None
) -> str | dict[str, float]:
    """Return class counts that a user wrote as text: numbers as they are, or a file's content.

    Parameters
    ----------
    text : str
        Counts such as `"50000,1000"`, or the path of a file or folder.
    folder : Path, optional
        Where a path starts; by default the working directory.
    progress : callable, optional
        Called now and then with the number of examples counted so far.

    Raises
    ------
    InputError
        If the file cannot be used, or something that looks like a path is not there.
    """
    path = (folder or Path()) / text
    try:
        is_there = bool(text.strip()) and path.exists()
    except (OSError, ValueError):  # too long, or a NUL: it is no path
        is_there = False
    if is_there:
        return read_class_counts(path, progress=progress)
    if not any(char.isdigit() for char in text) and ("/" in text or Path(text).suffix):
        raise InputError.of("class_counts", path, "cannot be read: No such file or directory")
    return text


def build_request(
    described: Mapping[str, Mapping[str, Any]], given: Mapping[str, Mapping[str, Any]]
) -> tuple[Task, Assumptions]:
    """Return the task and the assumptions that a description and single values say.

    Nothing is read from anywhere: what is described is all there is.

    Parameters
    ----------
    described, given : mapping of mapping
        Values by table and name; those given replace those described.

    Raises
    ------
    InputError
        With every finding of both tables.
    """
    findings: list[Finding] = []
    built: dict[str, Any] = {}
    for name, model in TABLES.items():
        values = _overlay(described.get(name, {}), given.get(name, {}), model.one_of)
        try:
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
            described[name] = dict(table)
    InputError.check(findings)
    return described
