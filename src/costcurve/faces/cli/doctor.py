"""`costcurve doctor`: what is installed, what is at hand, and what can be reached."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from costcurve.core.document import Document, Paragraph, Table
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.output import print_document, print_json
from costcurve.faces.doctor_answer import doctor_answer


def _parser() -> Parser:
    about = "Say what is installed, what is at hand, and what can be reached."
    parser = Parser("doctor", f"{about} It changes nothing, and asks no server unless told to.")
    parser.switch("online", "Ask the servers of public data whether they answer.")
    parser.switch("json", "Print it as JSON.")
    return parser


def doctor(arguments: Namespace) -> None:
    """Say what is installed, what is at hand, and what can be reached."""
    found = doctor_answer(online=arguments.online)
    if arguments.json:
        print_json(found)
    else:
        print_document(_page(found))


def _page(found: Mapping[str, Any]) -> Document:
    missing = [each["name"] for each in found["extras"] if not each["is_here"]]
    lacking = [each["name"] for each in found["core"] if not each["is_here"]]
    blocks = [Paragraph(_lead(missing, lacking), "warning" if lacking else "lead")]
    tables = [Table("Python", ("", ""), tuple(_python(found["python"])), whole=(0,))]
    if packages := tuple(_packages(found)):
        header = ("Extra", "Here", "Packages")
        tables.append(Table("Installed", header, packages, whole=(0, 1)))
    tables.append(Table("At hand", ("", ""), tuple(_at_hand(found)), whole=(0,)))
    if found["reachable"] is not None:
        rows = tuple((each["server"], each["problem"] or "answers") for each in found["reachable"])
        tables.append(Table("Reachable", ("", ""), rows))
    return Document(f"costcurve {found['version']}", (*blocks, *tables))


def _lead(missing: Sequence[str], lacking: Sequence[str]) -> str:
    if lacking:
        return f"What costcurve needs is not here, or too old: {', '.join(lacking)}."
    if missing:
        extras = ",".join(missing)
        return f"Ready. Missing extras: python -m pip install 'costcurve[{extras}]'"
    return "Ready, with every extra."


def _python(python: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Version", f"{python['implementation']} {python['version']}"
    yield "Program", python["executable"]
    yield "Machine", f"{python['platform']}, {python['processors']} processors"
    yield "Text", python["encoding"]
    yield "Time zone", python["time_zone"]


def _packages(found: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield a row for the core and for every extra; none where costcurve is not installed."""
    if found["core"]:
        are_here = all(each["is_here"] for each in found["core"])
        yield "core", "yes" if are_here else "no", _named(found["core"])
    for extra in found["extras"]:
        yield extra["name"], "yes" if extra["is_here"] else "no", _named(extra["packages"])


def _named(packages: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(_version(each) for each in packages)


def _version(package: Mapping[str, Any]) -> str:
    if package["is_here"]:
        return f"{package['name']} {package['version']}"
    state = "missing" if package["version"] is None else f"{package['version']} is too old"
    least = f", needs {package['needs']}" if package["needs"] else ""
    return f"{package['name']} ({state}{least})"


def _at_hand(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    data = found["data"]
    if data["problem"]:
        yield "Public data", data["problem"]
    else:
        wrong = f", {data['wrong']} with the wrong content" if data["wrong"] else ""
        where = "the cache" if data["is_cache"] else "the folder"
        locked = "; it cannot be written" if data["is_cache"] and not data["is_writable"] else ""
        there = f"{data['here']} of {data['files']} files{wrong}"
        yield "Public data", f"{there}, in {where} {data['folder']}{locked}"
    yield "Work to resume", ", ".join(found["jobs"]) or "none in this folder"
    for program in found["programs"]:
        yield program["name"].capitalize(), f"{program['path'] or 'not here'}; {program['for']}"


COMMAND = Command(_parser, doctor)
