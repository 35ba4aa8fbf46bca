"""A page for every study: what was printed beside ours, with its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec

from costcurve.charts.files import as_svg
from costcurve.core.errors import InputError, MissingExtraError
from costcurve.studies import Item, Reproduction, reproduce, study_names
from costcurve_docs import markdown

#: Items shown on a page; of more, those that need words.
MOST_ITEMS = 400
_ABOUT = (
    "Every number and claim of the papers that can be checked, beside ours, with a status and a "
    "reason. “Reproduced” means that ours rounds to the printed digits, “within rounding” that "
    "the printed number lies in the band which the rounding of the published inputs leaves, "
    "“suspected erratum” that the paper contradicts itself, and “not printed” that there is "
    "nothing to compare with. `costcurve reproduce STUDY` prints the same, `--json` for programs."
)


@cache
def made(name: str) -> Reproduction | str:
    """Return a study, or in words why it cannot be made here."""
    try:
        return reproduce(name, with_artifacts=True)
    except (InputError, MissingExtraError) as error:
        return (
            "This page was built where the study could not be made, since it reads public data "
            f"or needs an extra that was not there: {str(error).splitlines()[0]}"
        )


def pages() -> dict[str, str]:
    """Return a page for every study with its pictures, and the page that lists them."""
    texts: dict[str, str] = {}
    rows = []
    for name in study_names():
        study = made(name)
        texts |= _pictures(study) if isinstance(study, Reproduction) else {}
        texts[f"studies/{name}.md"] = _page(name, study)
        rows.append((f"[{name}](studies/{name}.md)", *_in_short(study)))
    texts["studies.md"] = markdown.page(
        "Reproductions",
        _ABOUT,
        markdown.table(("Study", "What it shows", "Items"), rows),
        markdown.contents(f"studies/{name}" for name in study_names()),
    )
    return texts


def totals(study: Reproduction) -> str:
    """Return the summary of a study as a table, a column for each kind of measurement."""
    names = dict.fromkeys(name for row in study.summary for name in row if name != "data")
    rows = [
        (
            markdown.plain(name.replace("_", " ")),
            *(markdown.number(r.get(name)) for r in study.summary),
        )
        for name in names
    ]
    return markdown.table(("", *(markdown.plain(row["data"]) for row in study.summary)), rows)


def _in_short(study: Reproduction | str) -> tuple[str, str]:
    if isinstance(study, str):
        return "", "not made here"
    counts = Counter(str(item.status) for item in study.items)
    return markdown.plain(study.title), ", ".join(f"{n} {status}" for status, n in counts.items())


def _pictures(study: Reproduction) -> dict[str, str]:
    if find_spec("vl_convert") is None:
        return {}
    charts = {each.name: each.chart for each in study.artifacts if each.chart is not None}
    if study.chart is not None:
        charts["items"] = study.chart
    return {f"studies/{study.study}-{name}.svg": as_svg(each) for name, each in charts.items()}


def _page(name: str, study: Reproduction | str) -> str:
    remake = markdown.block(f"costcurve reproduce {name}")
    if isinstance(study, str):
        return markdown.page(name, markdown.plain(study), remake)
    return markdown.page(name, f"{markdown.plain(study.title)}.", remake, *_parts(study))


def _parts(study: Reproduction) -> Iterator[str]:
    yield f"{_in_short(study)[1]}."
    if study.summary:
        yield markdown.section("In short", totals(study))
    figures = [f"![{name}]({name.partition('/')[2]})" for name in _pictures(study)]
    if figures:
        yield markdown.section("Figures", *figures)
    shown = study.items
    if len(shown) > MOST_ITEMS:
        shown = tuple(item for item in shown if str(item.status) != "reproduced")
        yield (
            f"Of {len(study.items):,} items the {len(shown):,} follow that are not simply "
            f"reproduced; `costcurve reproduce {study.study}` prints all."
        )
    yield markdown.section("Printed and ours", _items(shown))


def _items(items: tuple[Item, ...]) -> str:
    header = ("Item", "Printed", "Ours", "Unit", "Status", "Reason")
    rows = [
        (
            markdown.plain(item.id),
            markdown.number(item.printed),
            markdown.number(item.ours),
            "" if item.unit == "1" else markdown.plain(item.unit),
            str(item.status),
            markdown.plain(item.reason),
        )
        for item in items
    ]
    return markdown.table(header, rows)
