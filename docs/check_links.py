"""Follow every link of the Markdown in this project; those that leave it are only listed.

    python docs/check_links.py [--external]

A link must lead to a file that is there, or to a page that is generated when the documentation is
built, and to a heading that it has. No address outside is asked: `--external` prints them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "_ext"))

import costcurve_docs
from costcurve_docs.sessions import DOCS, PROJECT, pages

_LINK = re.compile(r"\]\(([^()\s]+)\)")
_CODE = re.compile(r"^```.*?^```\n|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def links(text: str) -> Iterator[str]:
    """Yield what the links of a page lead to; code holds none."""
    yield from _LINK.findall(_CODE.sub("", text))


def problem(page: Path, link: str) -> str:
    """Return what is wrong with a link within the project; empty when nothing is."""
    name, _, heading = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    text = _text_of(target)
    if text is None:
        return "leads nowhere" if not target.exists() else ""
    if heading and heading not in {_anchor(each) for each in _HEADING.findall(text)}:
        return "leads to no heading"
    return ""


@cache
def _text_of(target: Path) -> str | None:
    """Return the text of a page, made or written; `None` if it is none."""
    folder = DOCS / costcurve_docs.FOLDER
    if target.is_relative_to(folder):
        return costcurve_docs.pages().get(target.relative_to(folder).as_posix())
    return (
        target.read_text(encoding="utf-8") if target.suffix == ".md" and target.exists() else None
    )


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def check() -> tuple[list[str], list[str]]:
    """Return what is wrong, and the addresses outside."""
    wrong, outside = [], set()
    for page in (*pages(), *sorted(PROJECT.glob("*.md"))):
        for link in links(page.read_text(encoding="utf-8")):
            if re.match(r"https?:", link):
                outside.add(link)
            elif why := problem(page, link):
                wrong.append(f"{page.relative_to(PROJECT)}: {link} {why}")
    return wrong, sorted(outside)


if __name__ == "__main__":
    found, addresses = check()
    print(*found, *(addresses if "--external" in sys.argv else ()), sep="\n")  # noqa: T201
    print(f"{len(found)} links are wrong; {len(addresses)} addresses outside, not asked")  # noqa: T201
    sys.exit(bool(found))
