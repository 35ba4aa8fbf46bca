"""What was measured of the library itself: speed, damaged files, mutants; each with its command."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from costcurve_docs import markdown

#: Where the benchmarks keep their tables.
FOLDER = Path(__file__).resolve().parents[3] / "benchmarks" / "results"
_ABOUT = (
    "What the library says of its own speed and its own tests. Each table was stored by the "
    "command that is named beside it, on the day that is named; nothing here is typed."
)
_NONE = "No result is stored yet."
_SPEED = (
    "Each ratio is ours over a peer's in the same run, or over what is allowed; less is better, "
    "and above its limit the command fails. How busy the machine was stands beside it, since "
    "other work makes every time longer."
)
_FUZZ = (
    "Every way in, with files that were damaged at random. Each is answered, or refused in one "
    "sentence with status 2 (the server: a status below 500), at once, without a traceback; "
    "anything else is a finding. A file that the library keeps for itself, such as a part of a "
    "job or a cache, must not give another answer either. A valid file is among those tried, "
    "so that what is tried is known to be read at all."
)
_FIXED = "What this and earlier runs found, and what mended it."
_MUTANTS = (
    "In one place of a module an operator, a comparison, a condition or a number is changed; the "
    "tests that concern the module should fail. Of modules with many such places a random sample "
    "is taken. What survives is named with its line, and what changes nothing that anybody could "
    "see is told apart."
)


def pages(folder: Path = FOLDER) -> dict[str, str]:
    """Return the page of what was checked and measured."""
    speed, fuzz, mutants = (
        _stored(folder / f"{name}.json") for name in ("speed", "fuzz", "mutations")
    )
    fixed = _stored(folder / "fuzz_fixed.json")
    parts = [
        _section("Speed", _SPEED, "bench", speed and _of_speed(speed)),
        _section("Damaged files", _FUZZ, "fuzz", fuzz and _of_fuzz(fuzz)),
        _section("Findings mended", _FIXED, "", fixed and _of_fixed(fixed)),
        _section("Mutants", _MUTANTS, "mutate", mutants and _of_mutants(mutants)),
    ]
    return {"measured.md": markdown.page("Checked and measured", _ABOUT, *parts)}


def _stored(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _section(title: str, about: str, target: str, parts: Iterator[str] | None) -> str:
    again = f"Made again by `make {target}`." if target else ""
    return markdown.section(title, about, *(parts or (_NONE,)), again)


def _of_speed(stored: Mapping[str, Any]) -> Iterator[str]:
    header = ("Ours", "", "Beside", "", "Ratio", "Limit")
    for name, part in stored.items():
        yield markdown.section(name.replace("_", " ").capitalize(), _machine(part), level=3)
        yield markdown.table(header, map(_speed_row, part["rows"]))


def _machine(part: Mapping[str, Any]) -> str:
    load = part["load_before"]
    busy = "" if load is None else f", load {load:.1f} before"
    return markdown.plain(
        f"{part['date']}; Python {part['python']}, {part['system']}, "
        f"{part['processors']} processors{busy}."
    )


def _speed_row(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        markdown.plain(row["what"]),
        f"{row['ours']:.3g} {markdown.plain(row['unit'])}",
        markdown.plain(row["peer"]),
        f"{row['theirs']:.3g} {markdown.plain(row['unit'])}",
        f"{row['ours'] / row['theirs']:.3g}",
        "" if row["limit"] is None else f"{row['limit']:.3g}",
    )


def _of_fuzz(stored: Mapping[str, Any]) -> Iterator[str]:
    rows = stored["rows"]
    tried = sum(row["tried"] for row in rows)
    found = sum(len(row["findings"]) for row in rows)
    yield (
        f"{stored['date']}: {tried:,} inputs by {len(rows)} ways in, "
        f"{sum(row['seconds'] for row in rows):,.0f} seconds, seed {stored['seed']}; "
        f"findings left: {found}."
    )
    header = ("Reader", "Tried", "Answered", "Seconds", "Findings")
    yield markdown.table(header, map(_fuzz_row, rows))


def _fuzz_row(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        markdown.plain(row["reader"]),
        f"{row['tried']:,}",
        f"{row['answered'] / max(1, row['tried']):.0%}",
        f"{row['seconds']:.0f}",
        "; ".join(map(markdown.plain, row["findings"])) or "none",
    )


def _of_fixed(stored: Sequence[Mapping[str, str]]) -> Iterator[str]:
    header = ("Input", "What happened", "Mended by")
    yield markdown.table(
        header,
        (
            (
                markdown.plain(row["input"]),
                markdown.plain(row["happened"]),
                markdown.code(row["commit"]),
            )
            for row in stored
        ),
    )


def _of_mutants(stored: Mapping[str, Any]) -> Iterator[str]:
    rows = stored["rows"]
    of, killed = (sum(row[name] for row in rows) for name in ("mutants", "killed"))
    yield (
        f"{killed} of {of} mutants killed, {killed / max(1, of):.0%}; at most "
        f"{max(row['most'] for row in rows)} of a module."
    )
    header = ("Module", "Date", "Possible", "Tried", "Killed", "Share", "Survived")
    yield markdown.table(header, map(_mutants_row, rows))


def _mutants_row(row: Mapping[str, Any]) -> tuple[str, ...]:
    survived = [f"line {each['line']}: {markdown.code(each['what'])}" for each in row["survived"]]
    same = [
        f"line {each['line']}: {markdown.code(each['what'])}, the same: "
        f"{markdown.plain(each['why'])}"
        for each in row["equivalent"]
    ]
    return (
        markdown.code(row["module"]),
        row["date"],
        f"{row['possible']}",
        f"{row['mutants']}",
        f"{row['killed']}",
        f"{row['killed'] / max(1, row['mutants']):.0%}",
        "; ".join([*survived, *same]) or "none",
    )
