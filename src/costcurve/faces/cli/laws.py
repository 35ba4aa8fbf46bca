"""`costcurve laws`: the cards of laws, packaged or in files."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from costcurve.core.document import Document, Paragraph, Table
from costcurve.evidence.learning_curves import REFERENCE
from costcurve.faces.cli.arguments import Command, Parser
from costcurve.faces.cli.output import print_document, print_json
from costcurve.laws import (
    CLASSIFICATION_LAW,
    LawCard,
    card_names,
    load_card,
    load_law,
)
from costcurve.laws.curves import load_curve_law


def _list_parser() -> Parser:
    parser = Parser("laws list", "List the laws that come with the library.")
    parser.switch("json", "Print them as JSON.")
    return parser


def _one_parser(name: str, about: str) -> Parser:
    parser = Parser(f"laws {name}", about)
    parser.add_argument("law", metavar="LAW", help="A law by its name, or the file of its card.")
    parser.switch("json", "Print it as JSON.")
    return parser


def list_laws(arguments: Namespace) -> None:
    """List the laws that come with the library."""
    cards = [load_card(name) for name in card_names()]
    if arguments.json:
        laws = [{"id": card.id, "title": card.title, "cite": card.cite} for card in cards]
        known = load_curve_law().card
        curves = {"id": known["id"], "title": known["title"], "cite": known["source"]}
        print_json({"default": CLASSIFICATION_LAW, "laws": laws, "curves": curves})
        return
    curves = load_curve_law().card
    rows = (
        *((card.id, card.title, card.cite) for card in cards),
        (curves["id"], curves["title"], curves["source"]),
    )
    print_document(Document("Laws", (Table("", ("Name", "What it says", "Source"), rows),)))


def show_law(arguments: Namespace) -> None:
    """Show the card of a law."""
    curves = load_curve_law().card
    if arguments.law == curves["id"]:
        if arguments.json:
            print_json(curves)
        else:
            print_document(_page_of_curves(curves))
        return
    card = load_law(arguments.law).card
    if arguments.json:
        print_json(card.model_dump(mode="json"))
    else:
        print_document(_page(card))


def check_law(arguments: Namespace) -> None:
    """Check that a card is whole and as it was made."""
    card = load_law(arguments.law).card
    if arguments.json:
        print_json({"id": card.id, "is_whole": True, "card_sha256": card.card_sha256})
    else:
        lead = (
            f"The card of {card.id} is whole and as it was made: its SHA-256 is {card.card_sha256}."
        )
        print_document(Document("Law card", (Paragraph(lead, "lead"),)))


def _page(card: LawCard) -> Document:
    rows = tuple(
        (each.label, f"{each.value:.4g}", f"{each.standard_error:.2g}")
        for each in card.coefficients.values()
    )
    seen = card.range
    facts = (
        ("Observations", f"{card.observations:,}"),
        *_scatter(card),
        ("Examples", f"{seen.examples[0]:,.0f} to {seen.examples[1]:,.0f}"),
        ("Errors", f"{seen.error[0]:.3g} to {seen.error[1]:.3g}"),
        ("Kinds", ", ".join(seen.kinds)),
        ("Unseen", card.unseen),
        ("Source", card.source),
        ("Made by", card.command),
    )
    return Document(
        card.title,
        (
            Paragraph(f"{card.id}: {card.predicts}.", "lead"),
            Table("Coefficients", ("", "Value", "Standard error"), rows, (1, 2)),
            Table("What is known of it", ("", ""), facts),
        ),
    )


def _page_of_curves(card: dict[str, Any]) -> Document:
    """Return the card of the law of learning curves, whose coefficients are those of networks."""
    rows = tuple(
        (protocol, f"{each['curves']:,.0f}", f"{each['rmse_log']:.3f}",
         *(f"{each[name]:.1%}" for name in ("coverage50", "coverage80", "coverage90")))
        for protocol, each in card["validation"].items()
    )  # fmt: skip
    facts = (
        ("Fitted to", card["source"]),
        ("Source", REFERENCE),
        ("SHA-256 of the data", card["data_sha256"]),
        ("Made by", card["command"]),
        ("Date", card["date"]),
    )
    words = (
        f"{card['id']}: what costcurve curve goes by. Small networks mix damped trends and a power "
        "law with an offset; how it is made is told in docs/explanation/laws.md."
    )
    header = ("Seen", "Curves", "RMSE of log error", "In 50%", "In 80%", "In 90%")
    how = (
        "Horizon h: all points up to the largest x over h are seen, and the upper half predicted. "
        "k pilots: k points up to a quarter of the largest x, which is predicted."
    )
    return Document(
        card["title"],
        (
            Paragraph(words, "lead"),
            Table("On data sets left out", header, rows, (1, 2, 3, 4, 5)),
            Paragraph(how, "quiet"),
            Table("What is known of it", ("", ""), facts),
        ),
    )


def _scatter(card: LawCard) -> tuple[tuple[str, str], ...]:
    if card.form == "log-linear":
        return (
            ("R2", f"{card.r_squared:.3f}"),
            ("Residual scale, log10 error", f"{card.residual.sd:.3f}"),
        )
    return tuple(
        (
            f"Scatter of {name} tasks",
            f"level {each.level:.2g}, slope {each.slope:.2g}, study {each.study:.2g}, run "
            f"{each.run:.2g}",
        )
        for name, each in card.scatter.items()
    )


COMMAND = {
    "list": Command(_list_parser, list_laws),
    "show": Command(lambda: _one_parser("show", "Show the card of a law."), show_law),
    "check": Command(
        lambda: _one_parser("check", "Check that a card is whole and as it was made."), check_law
    ),
}
