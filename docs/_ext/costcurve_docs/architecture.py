"""The page of the architecture, drawn from what the modules import."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass
from html import escape
from pathlib import Path

import costcurve
from costcurve_docs import markdown

#: The rooms, each importing only those before it; import-linter holds the same line.
LINE = (
    "core",
    "facts",
    "evidence",
    "task",
    "laws",
    "costs",
    "decisions",
    "charts",
    "studies",
    "faces",
)
_ABOUT = (
    "The rooms of the house stand in a line, and each imports only rooms to its left; `make lint` "
    "checks it. The picture and the tables are read off the imports of the source when this page "
    "is built. An arc goes from a room to one that it uses, the thicker the more of its modules do."
)
# The picture, in pixels: a room and the gap to the next, and how flat the arcs are.
_ROOM, _GAP, _HEIGHT, _BASE, _FLATNESS = 78, 14, 30, 260, 0.27


@dataclass(frozen=True)
class Module:
    """A module of the library.

    Attributes
    ----------
    room, name, about : str
        Where it stands, its dotted name, and the first line of its docstring.
    lines : int
        Of its source.
    rooms : frozenset of str
        Other rooms that it imports.
    """

    room: str
    name: str
    about: str
    lines: int
    rooms: frozenset[str]


def modules() -> list[Module]:
    """Return the modules of all rooms, with what they import from other rooms."""
    package = Path(costcurve.__file__).parent
    return [
        _read(path, room, package)
        for room in LINE
        for path in sorted((package / room).rglob("*.py"))
    ]


def _read(path: Path, room: str, package: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    named: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            named |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
        elif isinstance(node, ast.Import):
            named |= {each.name for each in node.names}
    rooms = {parts[1] for parts in map(_parts, named) if parts[0] == "costcurve" and len(parts) > 1}
    dotted = ".".join(path.relative_to(package.parent).with_suffix("").parts)
    return Module(
        room,
        dotted.removesuffix(".__init__"),
        (ast.get_docstring(tree) or "").partition("\n")[0],
        len(text.splitlines()),
        frozenset(rooms & set(LINE) - {room}),
    )


def _parts(name: str) -> list[str]:
    return name.split(".")


def pages() -> dict[str, str]:
    """Return the page and its picture."""
    found = modules()
    uses = Counter((each.room, other) for each in found for other in each.rooms)
    rows = []
    for room in LINE:
        own = [each for each in found if each.room == room]
        used = ", ".join(f"{other} ({uses[room, other]})" for other in LINE if uses[room, other])
        lines = sum(each.lines for each in own)
        rows.append((room, markdown.plain(own[0].about), f"{len(own)}", f"{lines:,}", used))
    listed = [
        markdown.section(
            room,
            markdown.table(
                ("Module", "Lines", "What it holds"),
                [
                    (markdown.code(each.name), f"{each.lines}", markdown.plain(each.about))
                    for each in found
                    if each.room == room
                ],
            ),
        )
        for room in LINE
    ]
    header = ("Room", "What it holds", "Modules", "Lines", "Uses (modules that do)")
    page = markdown.page(
        "Architecture",
        _ABOUT,
        "![Rooms in a line, with an arc to every room that is used](architecture.svg)",
        markdown.table(header, rows),
        *listed,
    )
    return {"architecture.md": page, "architecture.svg": _picture(uses)}


def _picture(uses: Counter[tuple[str, str]]) -> str:
    """Return the rooms in a line with arcs between them, as SVG in the colours of the page."""
    step = _ROOM + _GAP
    middle = {room: place * step + _ROOM / 2 for place, room in enumerate(LINE)}
    width, height = len(LINE) * step - _GAP, _BASE + _HEIGHT + 4
    most = max(uses.values(), default=1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'font-family="sans-serif" font-size="12">',
        "<title>Rooms in a line</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for (room, other), number in sorted(uses.items()):
        right, left = middle[room], middle[other]
        top = _BASE - (right - left) * 2 * _FLATNESS
        bend = f"{(right + left) / 2:.0f} {top:.0f}"
        parts.append(
            f'<path d="M{right:.0f} {_BASE} Q{bend} {left:.0f} {_BASE}" fill="none" '
            f'stroke="#33658a" stroke-opacity="0.55" '
            f'stroke-width="{0.6 + 4 * number / most:.1f}">'
            f"<title>{escape(room)} uses {escape(other)}: {number} modules</title></path>"
        )
    for room, centre in middle.items():
        parts.append(
            f'<rect x="{centre - _ROOM / 2:.0f}" y="{_BASE}" width="{_ROOM}" height="{_HEIGHT}" '
            'rx="4" fill="#eef3f7" stroke="#33658a"/>'
            f'<text x="{centre:.0f}" y="{_BASE + 19}" text-anchor="middle" fill="#1b2a38">'
            f"{escape(room)}</text>"
        )
    return "\n".join([*parts, "</svg>", ""])
