"""A page for every law that comes with the library, from its card."""

from __future__ import annotations

from collections.abc import Iterator

from costcurve.laws import LawCard, card_names, load_card
from costcurve_docs import markdown

_ABOUT = (
    "A law gives error for examples, and examples for error. What is known of it stands on its "
    "card: coefficients, scatter, the range of the evidence, how well it predicted what it had "
    "not seen, and the command that makes it again. `costcurve laws show NAME` shows a card, and "
    "one that was edited by hand is refused. How each works is told in [](../explanation/laws.md)."
)


def pages() -> dict[str, str]:
    """Return a page for every card, and the page that lists them."""
    cards = {name: load_card(name) for name in card_names()}
    made = {f"laws/{name}.md": _page(card) for name, card in cards.items()}
    rows = [
        (f"[{name}](laws/{name}.md)", markdown.plain(card.title), markdown.plain(card.cite))
        for name, card in cards.items()
    ]
    made["laws.md"] = markdown.page(
        "Law cards",
        _ABOUT,
        markdown.table(("Law", "What it says", "Source"), rows),
        markdown.contents(f"laws/{name}" for name in cards),
    )
    return made


def _page(card: LawCard) -> str:
    rows = [
        (
            markdown.code(name),
            markdown.plain(each.label),
            markdown.number(each.value),
            markdown.number(each.standard_error),
        )
        for name, each in card.coefficients.items()
    ]
    header = ("Name", "What it is", "Value", "Standard error")
    facts = [(name, markdown.plain(text)) for name, text in _facts(card) if text]
    return markdown.page(
        card.id,
        f"{markdown.plain(card.title)}. It predicts {markdown.plain(card.predicts)}.",
        markdown.section("Coefficients", markdown.table(header, rows)),
        markdown.section("What is known of it", markdown.table(("", ""), facts)),
    )


def _facts(card: LawCard) -> Iterator[tuple[str, str]]:
    seen = card.range
    yield "Form", card.form
    yield "Observations", f"{card.observations:,} {card.observations_note}"
    yield "Examples", f"{seen.examples[0]:,.0f} to {seen.examples[1]:,.0f}"
    yield "Errors", f"{seen.error[0]:.3g} to {seen.error[1]:.3g}"
    low, high = seen.relative_complexity
    yield "Relative complexity", f"{low:.3g} to {high:.3g}"
    yield "Kinds", ", ".join(seen.kinds)
    yield "Of the range", card.range_note
    yield "Covariance", card.covariance_note or "on the card"
    yield "Unseen", card.unseen
    yield "Source", card.source
    yield "Data", f"{card.data_note}; SHA-256 {card.data_sha256 or 'not known'}"
    yield "Date", card.date.isoformat()
    yield "Made by", card.command
    yield "SHA-256 of the card", card.card_sha256
