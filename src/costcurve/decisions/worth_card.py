"""The card of worth: what to do and why, the year in figures, then what it hangs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from costcurve.core.display import accuracy, count_in_words, probability, usd, usd_in_words
from costcurve.core.document import Document, Paragraph, Table
from costcurve.core.draws import Range

if TYPE_CHECKING:
    from costcurve.decisions.alternatives import AlternativeResult
    from costcurve.decisions.value_of_pilot import Pilot
    from costcurve.decisions.worth import Worth
    from costcurve.decisions.worth_labels import LabelPlan

#: What is said first.
WORDS = {"go": "Go", "no-go": "No-go", "pilot-first": "A pilot first"}
#: Fields of which one at least says what predictions bring.
_BENEFITS = frozenset(
    {"benefit_per_prediction_usd", "cost_per_error_usd", "cost_false_positive_usd", "lines"}
)
#: Products on the card.
_PRODUCTS = 8
#: A rate of return beyond which figures say nothing more, and a month in years.
_LARGE_RATE, _SHORT_YEARS = 10.0, 1.0 / 12.0


def worth_card(found: Worth) -> Document:
    """Return the card of an answer, for whoever decides."""
    blocks: list[Paragraph | Table] = [
        Paragraph(f"{WORDS[found.decision]}: {found.reason}.", "lead"),
        *(Paragraph(text, "lead") for text in _what_is_missing(found)),
        Paragraph(_risk(found)),
        _year(found),
        _bill(found),
        _investment(found),
        _where_it_pays(found),
        Paragraph(_best(found)),
        _alternatives(found),
    ]
    if found.labels is not None:
        blocks.append(_labels(found.labels))
    if found.products:
        blocks.append(_products(found))
    if found.pilot is not None:
        blocks.append(Paragraph(_pilot(found.pilot)))
    blocks += [Paragraph(f"Note: {text}", "warning") for text in _notes(found)]
    title = f"Is it worth it? {found.estimate.best.model} on {count_in_words(found.examples)} "
    return Document(title + "examples", tuple(blocks))


def dollars(value: float) -> str:
    """Return a sum of money for a sentence, to the dollar where cents say nothing."""
    if abs(value) < 0.01:
        return "less than a cent"
    return f"${value:,.0f}" if abs(value) >= 10.0 else f"${value:,.2f}"


def _what_is_missing(found: Worth) -> list[str]:
    """Return what must be known of an answer to a case that names no benefit."""
    benefit, inventory = found.case.benefit, found.case.inventory
    named = benefit.model_fields_set & _BENEFITS
    if named or (inventory is not None and inventory.products):
        return []
    return [
        "Nothing was said of what a prediction is worth, which counts as $0: the answer is that of "
        "the costs alone. Give benefit_per_prediction_usd, or what errors cost, in the table "
        "benefit."
    ]


def _risk(found: Worth) -> str:
    chances = found.probability
    words = (
        f"The target of {accuracy(found.estimate.point('target_accuracy'))} is reached with a "
        f"chance of {probability(chances['reaches_target'] or 0.0)}; the chance that a year loses "
        f"money is {probability(chances['loss'] or 0.0)}"
    )
    over = chances["over_budget"]
    if over is not None:
        words += f", and that the budget breaks {probability(over)}"
    return words + "."


def _signed(value: float) -> str:
    return usd_in_words(value) if value >= 0.0 else f"-{usd_in_words(-value)}"


def _year(found: Worth) -> Table:
    rows = tuple(
        (label, _signed(each.mean), f"{_signed(each.p05)} to {_signed(each.p95)}")
        for label, name in (("Benefit", "benefit_usd"), ("Cost", "cost_usd"), ("Net", "net_usd"))
        for each in (found.annual[name],)
    )
    unit = found.per_unit
    if "net_usd" in unit:
        per = f"Net for each of {count_in_words(unit['decision_units'])} units"
        rows += ((per, _signed(unit["net_usd"]), ""),)
    if "cost_usd_per_prediction" in unit:
        rows += (("Cost of a prediction", usd(unit["cost_usd_per_prediction"]), ""),)
    return Table("A year", ("", "Expected", "90% interval"), rows, (1, 2))


def _bill(found: Worth) -> Table:
    rows = [(each.label, usd(each.cost_usd), each.assumes) for each in found.bill.items]
    rows.append(("Together", usd(found.bill.total_usd), "everything at its median"))
    benefit = found.case.benefit
    if benefit.products > 1.0 and benefit.shared_share > 0.0:
        shared = f"{benefit.shared_share:.0%} is shared by {count_in_words(benefit.products)}"
        borne = found.bill.total_usd * benefit.borne_share
        rows.append(("Borne by this one", usd(borne), f"{shared} products"))
    return Table("What a year costs", ("Line", "USD a year", "Because"), tuple(rows), (1,))


def _investment(found: Worth) -> Table:
    finance = found.finance
    payback, why = finance["payback_years"], finance["note"]
    rows = [
        ("Before the first prediction", _signed(finance["initial_cost_usd"]), "", ""),
        ("Net present value", _signed(finance["npv_usd"]), _signed(finance["expected_npv_usd"]),
         ""),
        ("Internal rate of return", _rate(finance["internal_rate"]),
         _rate(finance["expected_internal_rate"]), why),
    ]  # fmt: skip
    if payback is not None or not why:
        expected = _payback(finance["expected_payback_years"])
        rows.append(("Paid back after", _payback(payback), expected, ""))
    header = ("", "At the medians", "Expected", "")
    return Table("The years together", header, tuple(rows), (1, 2))


def _rate(rate: float | None) -> str:
    if rate is None:
        return "none"
    return f"{rate:.1%}" if rate < _LARGE_RATE else f"over {_LARGE_RATE:,.0%}"


def _payback(value: float | None) -> str:
    if value is None:
        return "not within these years"
    return f"{value:.1f} years" if value == 0.0 or value >= _SHORT_YEARS else "a month or less"


def _where_it_pays(found: Worth) -> Table:
    even = found.break_even
    # Where nothing changes whether it pays, it is as it is now.
    always = "any: it always pays" if found.finance["npv_usd"] > 0.0 else "none: it never pays"

    def words(name: str, value: str) -> str:
        return f"up to {value}" if name in even.pays_below else f"from {value}"

    rows = (
        ("Accuracy", always if even.accuracy is None else words(
            "accuracy", accuracy(even.accuracy)
        )),
        ("Predictions a year", always if even.volume is None else words(
            "volume", count_in_words(even.volume)
        )),
        (
            "Benefit of a right prediction",
            "any: it changes nothing"
            if even.benefit_per_prediction_usd is None
            else words("benefit_per_prediction_usd", _signed(even.benefit_per_prediction_usd)),
        ),
    )  # fmt: skip
    return Table("Where it pays, everything else at its median", ("", "It pays"), rows)


def _best(found: Worth) -> str:
    best = found.optimal
    return (
        f"The plan that is worth most: {count_in_words(best.examples)} examples, an accuracy of "
        f"{accuracy(best.accuracy)}, and an expected net of {_signed(best.net_usd)} a year."
    )


def _alternatives(found: Worth) -> Table:
    rows = tuple(
        (
            each.name,
            "" if each.accuracy is None else accuracy(each.accuracy),
            _signed(each.net_usd),
            "" if each.beaten_with_probability is None else probability(
                each.beaten_with_probability
            ),
            _overtaken(each, "predictions", each.overtaken_from_predictions),
            _overtaken(each, "examples", each.overtaken_from_examples),
        )
        for each in found.alternatives
    )  # fmt: skip
    header = ("Way", "Accuracy", "Net a year", "Chance", "Predictions", "Examples")
    return Table("Ways to do it, and with what deep learning beats them", header, rows)


def _overtaken(each: AlternativeResult, name: str, value: float | None) -> str:
    if each.beaten_with_probability is None:
        return ""
    if value is None:
        return "with any" if each.is_beaten else "with none"
    return f"{'up to' if name in each.better_below else 'from'} {count_in_words(value)}"


def _labels(plan: LabelPlan) -> Table:
    rows = tuple(
        (
            each.name,
            count_in_words(each.held),
            count_in_words(each.labels),
            f"{each.error_now:.2%}",
            f"{each.error_then:.2%}",
        )
        for each in plan.classes[:_PRODUCTS]
    )
    worth = f"worth {usd_in_words(max(plan.usd_per_year, 0.0))} a year more than in proportion"
    header = ("Class", "Held", "To label", "Error now", "Error then")
    return Table(f"Which classes to label, {worth}", header, rows, (1, 2, 3, 4))


def _products(found: Worth) -> Table:
    rows = tuple(
        (
            each.name,
            usd(each.better_forecast_usd),
            usd(each.forecast_lost_sales_usd),
            usd(each.forecast_excess_usd),
        )
        for each in found.products[:_PRODUCTS]
    )
    header = ("Product", "Gain a period", "Lost sales", "Excess")
    return Table("Products that gain most from the better forecast", header, rows, (1, 2, 3))


def _pilot(pilot: Pilot) -> str:
    if pilot.value_of_information_usd == 0.0:
        return "A pilot is worth nothing: no outcome of one would change the decision."
    best = "The best pilot" if pilot.net_usd > 0.0 else "No pilot pays; the best"
    return (
        f"{best}: {count_in_words(pilot.examples)} examples, "
        f"{pilot.new_in_words} of them to be labelled. It takes "
        f"{dollars(pilot.outlay_usd)} at once, of which {dollars(pilot.cost_usd)} is expected to "
        f"be lost. What it tells makes the decision {dollars(pilot.value_of_information_usd)} "
        f"better over {pilot.horizon_years:g} years, in dollars of today and before that loss; it "
        f"stops the project with a chance of {probability(pilot.probability_of_stopping)}. Its own "
        "test set is taken as large."
    )


def _about_the_plan(found: Worth) -> list[str]:
    """Return what to say of a plan that is not what the target takes, and of odd inputs."""
    estimate, even = found.estimate, found.break_even
    benefit = even.benefit_per_prediction_usd or 0.0
    notes = []
    if not estimate.is_reachable and estimate.limit is not None:
        notes.append(
            f"The target of {accuracy(estimate.point('target_accuracy'))} needs "
            f"{count_in_words(estimate.point('examples_needed'))} examples, more than can be had: "
            f"the plan is the {count_in_words(found.examples)} of the limit, at which "
            f"{accuracy(estimate.point('achievable_accuracy'))} is expected."
        )
    if benefit < 0.0 and "benefit_per_prediction_usd" not in even.pays_below:
        notes.append(
            "It pays even if a right prediction cost something, which is what a benefit below $0 "
            "is: the errors that are spared, and other returns, pay for it."
        )
    given = found.case.finance.discount_rate or 0.0
    rate = given.low if isinstance(given, Range) else given
    if rate > 1.0:
        notes.append(f"The discount rate is {rate:.0%} a year; did you mean {rate / 100.0:g}?")
    return notes


def _notes(found: Worth) -> list[str]:
    """Return what a reader must know."""
    benefit = found.case.benefit
    notes = [*_about_the_plan(found), *found.warnings]
    volume = benefit.predictions_per_year
    if volume == 0:
        notes.append("No predictions are made, so that only the other returns are a benefit.")
    mean = found.annual["benefit_usd"].mean
    if mean == 0.0 and not _what_is_missing(found):
        notes.append("Nothing is said to be worth anything: see the table benefit.")
    elif mean < 0.0:
        notes.append("The predictions lose money before they cost anything.")
    if found.probability["loss"] == 0.0:
        notes.append("No draw of what is uncertain loses money.")
    elif found.probability["loss"] == 1.0:
        notes.append("Every draw of what is uncertain loses money.")
    return notes
