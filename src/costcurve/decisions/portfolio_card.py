"""The card of a portfolio: what to fund and what it brings, then where the value sits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from costcurve.core.display import count_in_words, usd_in_words
from costcurve.core.document import Document, Paragraph, Table
from costcurve.core.parameters import table as parameters

if TYPE_CHECKING:
    from costcurve.decisions.portfolio_totals import Portfolio

#: Assumptions and models on the card.
_MOVES, _MODELS = 3, 8
#: What a gap below it is called.
_NO_GAP = 5e-7
_NO_BENEFIT = (
    "No column says what a prediction is worth, which counts as $0: give "
    "benefit_per_prediction_usd or cost_per_error_usd."
)
#: US dollars that sums leave when they are taken from each other.
_NOTHING = 1e-3


def portfolio_card(found: Portfolio) -> Document:
    """Return the card, for whoever decides."""
    blocks: list[Paragraph | Table] = [Paragraph(_lead(found), "lead")]
    if not found.has_benefit:
        blocks.append(Paragraph(_NO_BENEFIT, "lead"))
    if found.rows["bad"] < found.rows["all"]:
        blocks.append(Paragraph(_counts(found)))
    if found.funding is not None:
        blocks.append(Paragraph(_proof(found)))
    if found.chosen:
        blocks += [_money(found), _best(found), _models(found), *_moves(found)]
    blocks += [Paragraph(f"Note: {text}", "warning") for text in _notes(found)]
    blocks += [
        Paragraph(f"Note: row {each['row']:,} cannot be used: {each['why']}", "warning")
        for each in found.bad
    ]
    return Document("Portfolio", tuple(blocks))


def _signed(value: float) -> str:
    return usd_in_words(value) if value >= 0.0 else f"-{usd_in_words(-value)}"


def _rows(number: float) -> str:
    return f"{count_in_words(number)} use{'s' * (number != 1)}"


def _lead(found: Portfolio) -> str:
    if found.rows["bad"] == found.rows["all"]:
        why = f", the first since {found.bad[0]['why']}" if found.bad else ""
        return f"None of {_rows(found.rows['all'])} can be used{why}."
    if found.funding is None:
        return (
            f"{_rows(found.rows['go'])} of {count_in_words(found.rows['all'])} pay by themselves: "
            f"together they are expected to gain {_signed(found.totals_usd['net_usd'])} a year, "
            f"after {_signed(found.totals_usd['initial_cost_usd'])} before the first prediction."
        )
    funding = found.funding
    return (
        f"With a budget of {_signed(funding.budget_usd)}, fund {_rows(found.chosen)} of "
        f"{count_in_words(found.rows['all'])}: they are expected to gain "
        f"{_signed(funding.value_usd)} a year, and take {_signed(funding.spent_usd)} of it."
    )


def _counts(found: Portfolio) -> str:
    bad = found.rows["bad"]
    words = (
        f"By itself each: {count_in_words(found.rows['go'])} go, "
        f"{count_in_words(found.rows['no-go'])} no-go"
    )
    if bad:
        words += f"; {count_in_words(bad)} cannot be used, and their flags say why"
    return f"{words}. Go is what is expected to gain in a year; pilots are left out."


def _proof(found: Portfolio) -> str:
    funding = found.funding
    assert funding is not None  # noqa: S101 - as the caller has looked
    if funding.is_exact:
        return "No other choice within the budget is worth more: this one is proved to be the best."
    gap = "a millionth" if funding.gap < 2.0 * _NO_GAP else f"{funding.gap:.2g} of that"
    return (
        f"No choice within the budget is worth more than {_signed(funding.bound_usd)} a year: the "
        f"best may be better by {gap} at most."
    )


def _money(found: Portfolio) -> Table:
    sums, emitted = found.totals_usd, found.training_kg_co2e
    gases = "not known" if emitted is None else f"{emitted:,.3g} kg CO2e"
    rows = [
        *_paid_once(found),
        ("Benefit", _signed(sums["annual_benefit_usd"]), "a year"),
        ("Cost", _signed(sums["annual_cost_usd"]), "a year, what is paid once spread over it"),
        ("Net", _signed(sums["net_usd"]), "a year"),
        ("Greenhouse gases", gases, "of training, once"),
    ]
    return Table("The uses chosen", ("", "", ""), tuple(rows), (1,))


def _paid_once(found: Portfolio) -> list[tuple[str, str, str]]:
    """Return what is paid before the first prediction, line by line, and the sum of it."""
    sums = found.totals_usd
    labels, training = sums["data_cost_usd"], sums["training_cost_usd"]
    alone = sums["initial_cost_usd"]
    together = alone if found.funding is None else found.funding.spent_usd
    always = [
        ("Labels", labels, "once"),
        ("Training", training, "once, of each use by itself"),
    ]
    perhaps = [
        ("People, testing", alone - labels - training, "once, less what others bear"),
        ("Sharing of training", together - alone, "once for a group in place of each use"),
    ]
    shown = always + [each for each in perhaps if abs(each[1]) > _NOTHING]
    rows = [(label, _signed(usd), when) for label, usd, when in shown]
    return [*rows, ("At first, together", _signed(together), "before the first prediction")]


def _notes(found: Portfolio) -> list[str]:
    """Return what was taken that nobody gave, and what was given that nobody took."""
    notes = []
    if found.default_prices:
        parameter = parameters()["usd_per_example"]
        notes.append(
            f"No price of a label is given in {count_in_words(found.default_prices)} of "
            f"{_rows(found.rows['all'])}: ${parameter.default:g} is taken ({parameter.source}). "
            "Give the column usd_per_example."
        )
    if found.unused:
        words = f"Columns that were carried along and not used: {', '.join(found.unused)}."
        known = [name for name in found.unused if name in parameters()]
        if known:
            words += f" What holds for every row goes into --common: {', '.join(known)}."
        notes.append(words)
    return notes


def _best(found: Portfolio) -> Table:
    rows = tuple(
        (
            each["id"] or f"row {each['row']:,}",
            each["model"],
            _signed(each["net_usd"]),
            _signed(each["initial_cost_usd"]),
            "" if each["net_per_usd"] is None else f"{each['net_per_usd']:,.3g}",
        )
        for each in found.best
    )
    header = ("Use", "Model", "Net a year", "At first", "Net for a dollar")
    return Table("Most net for a dollar", header, rows, (2, 3, 4))


def _models(found: Portfolio) -> Table:
    rows = [
        (each["model"], count_in_words(each["rows"]), _signed(each["net_usd"]))
        for each in found.models[:_MODELS]
    ]
    rows += [
        (f"the best {each['share']:.0%} of the uses", "", f"{each['net_share']:.0%} of the net")
        for each in found.top
    ]
    return Table("Where the value sits", ("", "Uses", "Net a year"), tuple(rows), (1, 2))


def _moves(found: Portfolio) -> list[Paragraph | Table]:
    moves = found.sensitivity[:_MOVES]
    if not moves:
        return []
    rows = tuple(
        (
            parameters()[each["assumption"]].label,
            f"{each['low_share']:+.1%}",
            f"{each['high_share']:+.1%}",
        )
        for each in moves
    )
    heading = (
        f"What the net of {_rows(moves[0]['rows'])} follows most, if one thing were a quarter "
        "lower or higher and the choice the same"
    )
    return [Table(heading, ("", "Lower", "Higher"), rows, (1, 2))]
