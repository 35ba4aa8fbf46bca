"""Forms of the page: fields from the table of parameters, and what a query string says of them.

A form is sent by GET, so that the address holds all that was given, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from urllib.parse import urlencode

from costcurve._version import __version__
from costcurve.core.errors import Finding
from costcurve.core.files import packaged
from costcurve.core.parameters import Parameter, table

#: The version of the library that a link was made with, and that of its facts and laws.
VERSION, DATA = "v", "d"
_ROOMS_WITH_DATA = ("facts", "evidence", "laws", "costs")
#: What the table of parameters allows where an option is there or not.
YES_OR_NO = "true or false"
_ONE_OF = "one of: "


@dataclass(frozen=True)
class Field:
    """A field of a form.

    Attributes
    ----------
    name, label, unit, help : str
        As the table of parameters has them.
    value : str
        As it was given; empty where it was not.
    default : str
        What stands in for it.
    choices : tuple of str
        Where only some words are allowed.
    error : str
        What is wrong with the value.
    is_long : bool
        Whether it holds lines.
    """

    name: str
    label: str
    unit: str
    help: str
    value: str
    default: str
    choices: tuple[str, ...]
    error: str
    is_long: bool = False


def field_of(name: str, given: Mapping[str, str], findings: Sequence[Finding] = ()) -> Field:
    """Return the field of a parameter.

    Parameters
    ----------
    name : str
        Of the parameter.
    given : mapping of str to str
        The query.
    findings : sequence of Finding
        What is wrong with it.
    """
    parameter = table()[name]
    return Field(
        name=name,
        label=parameter.label,
        unit="" if parameter.unit == "1" else parameter.unit,
        help=parameter.description,
        value=given.get(name, ""),
        default=_default(parameter),
        choices=_choices(parameter),
        error=wrong(name, findings),
    )


def name_of(finding: Finding) -> str:
    """Return the name of the field that a finding belongs to."""
    return finding.field.split()[0].split("[")[0].split(".")[0]


def wrong(name: str, findings: Sequence[Finding]) -> str:
    """Return what is said beside a field: what would be allowed, where something is wrong."""
    return next((each.allowed for each in findings if name_of(each) == name), "")


def _default(parameter: Parameter) -> str:
    if parameter.default is None:
        return ""
    return str(parameter.default).lower() if isinstance(parameter.default, bool) else str(
        parameter.default
    )  # fmt: skip


def _choices(parameter: Parameter) -> tuple[str, ...]:
    if parameter.allowed == YES_OR_NO:
        return ("true", "false")
    if parameter.allowed.startswith(_ONE_OF):
        words = parameter.allowed.removeprefix(_ONE_OF)
        return tuple(word.strip() for word in words.split(","))
    return ()


def given_in(query: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Return what a query says of some fields; empty ones are as good as not given."""
    return {name: query[name].strip() for name in names if query.get(name, "").strip()}


@lru_cache(maxsize=1)
def data_version() -> str:
    """Return ten digits that change with any fact, law or price that comes with the library."""
    digest = sha256()
    for room in _ROOMS_WITH_DATA:
        for path in sorted(packaged(room).rglob("*")):
            if path.suffix in {".csv", ".json"}:
                digest.update(path.name.encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def link(path: str, given: Mapping[str, str]) -> str:
    """Return an address that gives the same answer: what was given, and what it was made with."""
    return f"{path}?{urlencode({**given, VERSION: __version__, DATA: data_version()})}"


def what_changed(query: Mapping[str, str]) -> str:
    """Return in words what a link was made with, if it is other than what answers now."""
    version, data = (query.get(name, "").strip() for name in (VERSION, DATA))
    others = []
    if version and version != __version__:
        others.append(f"version {version}, not {__version__}")
    if data and data != data_version():
        others.append(f"the facts and laws {data}, not {data_version()}")
    return " and ".join(others)
