"""What is asked: a description file, with single values laid over it, as task and assumptions."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costcurve.core.errors import Finding, InputError, nearest, shown
from costcurve.core.files import read_text
from costcurve.core.parameters import InputModel, table
from costcurve.core.vocabulary import Mode, TaskKind
from costcurve.decisions import Assumptions
from costcurve.facts import ModelFacts
from costcurve.task import Task, read_class_counts
from costcurve.task.counts import Progress

if TYPE_CHECKING:
    from costcurve.decisions.worth_case import WorthCase

#: The tables of a description file, with what they describe.
TABLES: dict[str, type[InputModel]] = {"task": Task, "assumptions": Assumptions}
#: Tables that only a case of worth has.
_OF_A_CASE = frozenset(
    {"benefit", "serving", "storage", "people", "retraining", "finance", "alternative", "inventory"}
)
#: Largest description file; a real one has a few hundred bytes.
LARGEST_FILE_BYTES = 2**20

# Stands in for counts that were found wrong, so that the other fields are looked at all the same.
_UNUSABLE_COUNTS = (1.0, 1.0)

Described = dict[str, dict[str, Any]]


def read_request(
    path: Path | None,
    given: Mapping[str, Mapping[str, Any]],
    models: Sequence[ModelFacts] | None = None,
) -> tuple[Task, Assumptions]:
    """Return the task and the assumptions that a file and single values say.

    Class counts may stand in a file of their own: one named in the description is looked for
    beside it, one among the single values in the working directory.

    Parameters
    ----------
    path : Path, optional
        A .toml, .yaml or .json file with the tables `task` and `assumptions`.
    given : mapping of mapping
        Values by table and name; they replace what the file says.
    models : sequence of ModelFacts, optional
        The table of architectures; the packaged one by default.

    Raises
    ------
    InputError
        With every finding: of the file, its tables, the counts and the values.
    """
    described, findings = _read_description(path) if path else ({}, [])
    asked: Described = {}
    for source, folder in ((described, path.parent if path else None), (given, None)):
        for name, model in TABLES.items():
            values = dict(source.get(name, {}))
            if isinstance(values.get("class_counts"), str):
                try:
                    values["class_counts"] = counts_from(values["class_counts"], folder)
                except InputError as error:
                    findings += error.findings
                    values["class_counts"] = _UNUSABLE_COUNTS
            asked[name] = _overlay(asked.get(name, {}), values, model.one_of)
    try:
        request = build_request(asked, models)
    except InputError as error:
        findings += error.findings
    InputError.check(findings)
    return request


def read_facts(files: Mapping[str, Path]) -> dict[str, Any]:
    """Return tables of facts with the rows of a user's files.

    Parameters
    ----------
    files : mapping of str to Path
        CSV files by the name of the table: models, accelerators, prices, grids.

    Raises
    ------
    InputError
        Naming every wrong cell of every file.
    """
    if not files:
        return {}
    from costcurve.facts.catalog import TABLES as FACTS  # noqa: PLC0415 - loads every table

    found: dict[str, Any] = {}
    findings: list[Finding] = []
    for name, path in files.items():
        try:
            found[name] = FACTS[name].with_file(path)
        except InputError as error:
            findings += error.findings
    InputError.check(findings)
    return found


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
    described: Mapping[str, Mapping[str, Any]], models: Sequence[ModelFacts] | None = None
) -> tuple[Task, Assumptions]:
    """Return the task and the assumptions that a description says.

    Nothing is read from anywhere: what is described is all there is.

    Parameters
    ----------
    described : mapping of mapping
        Values by table and name.
    models : sequence of ModelFacts, optional
        The table of architectures that must hold the candidates; the packaged one by default.

    Raises
    ------
    InputError
        With every finding of both tables.
    """
    findings: list[Finding] = []
    built: dict[str, Any] = {}
    for name, model in TABLES.items():
        try:
            built[name] = model(**described.get(name, {}))
        except InputError as error:
            findings += error.findings
    findings += _unknown_models(described, models)
    InputError.check(list(dict.fromkeys(findings)))
    return built["task"], built["assumptions"]


def read_case(path: Path, overrides: str | None = None) -> WorthCase:
    """Return the case that a file describes, for the question whether it pays.

    Parameters
    ----------
    path : Path
        A .toml, .yaml or .json file with the tables of `costcurve worth --template`.
    overrides : str, optional
        Values in place of quantities, such as `training_hours=100`; they stand over the file's.

    Raises
    ------
    InputError
        With every finding.
    """
    from costcurve.decisions.worth_case import TABLES as NAMES  # noqa: PLC0415 - rarely asked for
    from costcurve.decisions.worth_case import case_of  # noqa: PLC0415

    described, findings = _read_description(path, (*NAMES, "alternative"))
    if overrides is not None:
        assumed = described["assumptions"]
        theirs, ours = (
            Assumptions(overrides=each).overrides
            for each in (assumed.get("overrides", {}), overrides)
        )
        described["assumptions"] = {**assumed, "overrides": {**theirs, **ours}}
    counts = described["task"].get("class_counts")
    if isinstance(counts, str):
        try:
            described["task"]["class_counts"] = counts_from(counts, path.parent)
        except InputError as error:
            findings += error.findings
            described["task"]["class_counts"] = _UNUSABLE_COUNTS
    try:
        case = case_of(described)
    except InputError as error:
        findings += error.findings
    InputError.check(findings)
    return case


def read_tables(path: Path, names: Collection[str]) -> Described:
    """Return some tables of a case from a file, as JSON can hold them.

    Raises
    ------
    InputError
        If the file cannot be read, or has other tables.
    """
    described, findings = _read_description(path, names)
    try:
        json.dumps(described)
    except (TypeError, ValueError):
        findings.append(Finding("file", shown(path), "must hold numbers, words and truth values"))
    InputError.check(findings)
    return described


def _unknown_models(
    described: Mapping[str, Mapping[str, Any]], table: Sequence[ModelFacts] | None
) -> tuple[Finding, ...]:
    assumed = described.get("assumptions", {})
    if assumed.get("models") is None:
        return ()
    # By themselves, since another wrong value must not hide an unknown model.
    alone = {"models": assumed["models"], "mode": assumed.get("mode", Mode.CALIBRATED)}
    kind = described.get("task", {}).get("kind", TaskKind.CLASSIFICATION)
    try:
        # A kind that is no word at all is found wrong with the task.
        known = isinstance(kind, str) and kind in set(TaskKind)
        Assumptions(**alone).candidates(TaskKind(kind) if known else None, table)
    except InputError as error:
        return error.findings
    return ()


def _overlay(
    described: Mapping[str, Any], given: Mapping[str, Any], one_of: tuple[tuple[str, ...], ...]
) -> dict[str, Any]:
    replaced = {name for group in one_of if given.keys() & set(group) for name in group}
    kept = {name: value for name, value in described.items() if name not in replaced}
    return {**kept, **given}


def _read_description(
    path: Path, names: Collection[str] = tuple(TABLES)
) -> tuple[Described, list[Finding]]:
    readers: dict[str, Callable[[str], Any]] = {
        ".toml": _load_toml,
        ".json": _load_json,
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
        raise InputError([Finding("file", shown(path), f"cannot be parsed: {what}")]) from None
    return _tables(data, names)


def _load_toml(text: str) -> Any:
    import tomllib  # noqa: PLC0415 - only one of the formats needs it

    return tomllib.loads(text)


def _load_json(text: str) -> Any:
    return json.loads(text, object_pairs_hook=unique)


def unique(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    """Return names and values as a table; raise ValueError if a name stands twice."""
    found: dict[Any, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{shown(name)} stands twice")
        found[name] = value
    return found


def _load_yaml(text: str) -> Any:
    import yaml  # noqa: PLC0415 - only one of the formats needs it

    class Loader(yaml.SafeLoader):
        """The safe loader, which takes the last of two equal names without a word."""

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            names = [self.construct_object(name, deep=deep) for name, _ in node.value]
            unique([(name, None) for name in names if isinstance(name, Hashable)])
            return super().construct_mapping(node, deep)

    try:
        return yaml.load(text, Loader)  # noqa: S506 - a subclass of the safe loader
    except (yaml.YAMLError, ArithmeticError, AttributeError, LookupError, TypeError) as error:
        # Some tags of the standard types, such as !!bool x, break the loader itself.
        raise ValueError(f"{type(error).__name__}: {error}") from None


def _tables(data: Any, names: Collection[str]) -> tuple[Described, list[Finding]]:
    if not isinstance(data, dict):
        raise InputError.of("file", data, f"must hold the tables {' and '.join(names)}")
    findings = [
        Finding(shown(name).strip("'"), "", _unknown(str(name), names))
        for name in data
        if name not in names
    ]
    described: Described = {}
    for name in names:
        values = data.get(name, {})
        if isinstance(values, dict) and all(isinstance(key, str) for key in values):
            described[name] = values
        else:
            findings.append(Finding(name, shown(values), "must be a table of names and values"))
            raise InputError(findings)
    return described, findings


def _unknown(name: str, names: Collection[str]) -> str:
    if name in table() and table()[name].group in names:
        return f"belongs into the table {table()[name].group}"
    if name in _OF_A_CASE:
        return "this is a case, whether it pays; costcurve worth answers it"
    return f"unknown table{nearest(name, names)}"
