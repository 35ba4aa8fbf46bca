"""`costcurve data`: the data registry, from the command line."""

from __future__ import annotations

import os
import sys
from argparse import Namespace

from costcurve.core.document import Document, Paragraph, Table
from costcurve.core.errors import Finding, InputError
from costcurve.evidence.registry import (
    CANNOT_BE_READ,
    FOLDER_VARIABLE,
    Dataset,
    datasets,
    find,
    locate,
    path_of,
    verify,
)
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.output import print_document, print_json, print_text


def _list_parser() -> Parser:
    text = "List the files of the registry: size, licence, source, and whether they are here."
    parser = Parser("data list", text)
    parser.switch("json", "Print the list as JSON.")
    return parser


def list_(arguments: Namespace) -> None:
    """List the files of the registry."""
    if arguments.json:
        print_json({"datasets": [_as_dict(dataset) for dataset in datasets().values()]})
        return
    rows = tuple(
        (dataset.name, f"{dataset.bytes:,}", _whereabouts(dataset), dataset.licence)
        for dataset in datasets().values()
    )
    note = "Nothing of this comes with costcurve; each file belongs to its owner."
    table = Table("Files", ("Name", "Bytes", "Here", "Licence"), rows, (1,), (0, 1, 2))
    print_document(Document("The data registry", (Paragraph(note), table)))


def _fetch_parser() -> Parser:
    text = "Fetch files into the cache: those named, or all that have a public address."
    parser = Parser("data fetch", text)
    parser.add_argument("names", metavar="NAME", nargs="*", help="Files, as data list shows them.")
    return parser


def fetch(arguments: Namespace) -> None:
    """Fetch files into the cache: those named, or all that have a public address."""
    names = arguments.names
    if folder := os.environ.get(FOLDER_VARIABLE):
        allowed = "must be unset to fetch: files are read from that folder, not from the cache"
        raise InputError.of(FOLDER_VARIABLE, folder, allowed)
    wanted = [find(name) for name in names] or [d for d in datasets().values() if d.is_fetchable]
    findings: list[Finding] = []
    for dataset in wanted:
        if verify(dataset, path_of(dataset)):
            sys.stderr.write(f"fetching {dataset.name} ({dataset.bytes:,} bytes)\n")
        try:
            print_text(str(locate(dataset.name)))
        except InputError as error:
            findings += error.findings
    InputError.check(findings)


def _verify_parser() -> Parser:
    parser = Parser("data verify", "Check the hashes of files: those named, or all that are there.")
    parser.add_argument("names", metavar="NAME", nargs="*", help="Files, as data list shows them.")
    parser.value("data", "A folder of data in place of the cache.", path=True)
    return parser


def verify_(arguments: Namespace) -> None:
    """Check the hashes of files: those named, or all that are there."""
    names, folder = arguments.names, arguments.data
    found = [find(name) for name in names] or list(datasets().values())
    checked = 0
    findings: list[Finding] = []
    for dataset in found:
        path = path_of(dataset, folder)
        problem = verify(dataset, path)
        if not names and problem.startswith(CANNOT_BE_READ):
            continue
        checked += 1
        if problem:
            findings += InputError.of(f"data {dataset.name}", path, problem).findings
    InputError.check(findings)
    if not checked:
        raise InputError([Finding("data", "", "none of the files is here, so none was checked")])
    print_text(f"{checked} of {len(found)} files checked, none wrong")


def _whereabouts(dataset: Dataset) -> str:
    if not verify(dataset, path_of(dataset)):
        return "yes"
    return "to fetch" if dataset.is_fetchable else "no"


def _as_dict(dataset: Dataset) -> dict[str, object]:
    return {
        "name": dataset.name,
        "bytes": dataset.bytes,
        "sha256": dataset.sha256,
        "licence": dataset.licence,
        "source": dataset.source,
        "url": dataset.url or None,
        "derived": dataset.derived or None,
        "here": not verify(dataset, path_of(dataset)),
    }


COMMAND = {
    "list": Command(_list_parser, list_),
    "fetch": Command(_fetch_parser, fetch),
    "verify": Command(_verify_parser, verify_),
}
