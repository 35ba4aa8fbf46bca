"""What the card of worth says of money and of odd cases, held against other ways to know it."""

from __future__ import annotations

import copy

import pytest

from costcurve.core.document import Paragraph
from costcurve.decisions.worth import worth
from costcurve.decisions.worth_case import case_of

npf = pytest.importorskip("numpy_financial")

CASE = {
    "task": {"target_accuracy": 0.9, "classes": 10, "limit": 1e5, "usd_per_example": 0.5},
    "benefit": {"predictions_per_year": "1e3 to 4e6", "benefit_per_prediction_usd": 0.02},
    "people": {"roles": [{"name": "engineer", "usd_per_hour": 90, "setup_hours": 100}]},
}
#: The library searches for a rate to the last digits; the other library stops a little earlier.
RATE = 1e-7


def answered(**changes):
    """Return the answer to the case with other values, by `table__name`; None leaves one out."""
    described = copy.deepcopy(CASE)
    for where, value in changes.items():
        table, name = where.split("__")
        described.setdefault(table, {})[name] = value
        if value is None:
            del described[table][name]
    return worth(case_of(described), with_pilot=False)


def paragraphs(found, tone):
    blocks = found.document().blocks
    return [each.text for each in blocks if isinstance(each, Paragraph) and each.tone == tone]


def notes(found):
    return paragraphs(found, "warning")


def test_the_expected_rate_is_that_of_the_years_as_expected():
    found = answered()
    finance = found.finance
    spread = next(each for each in found.bill.items if each.label == "Initial cost, spread")
    yearly = found.annual["net_usd"].mean + spread.cost_usd
    flows = [-finance["initial_cost_usd"], yearly, yearly, yearly]
    assert finance["expected_internal_rate"] == pytest.approx(npf.irr(flows), rel=RATE)
    assert finance["expected_payback_years"] == pytest.approx(-flows[0] / yearly)
    assert finance["expected_npv_usd"] == pytest.approx(npf.npv(0.07, flows))
    # With a few large volumes the mean is far above the median, and so is its rate.
    assert finance["expected_internal_rate"] > 2.0 * (finance["internal_rate"] or 0.0)


def test_without_ranges_what_is_expected_is_what_stands_at_the_medians():
    finance = answered(
        benefit__predictions_per_year=1e6, task__examples_held=1e5, task__limit=1e5
    ).finance
    assert finance["expected_npv_usd"] > 0.0
    assert finance["expected_payback_years"] > 0.0


def test_with_a_range_of_years_nothing_is_expected_of_a_year():
    finance = answered(finance__horizon_years="2 .. 3 .. 4").finance
    assert finance["expected_internal_rate"] is None


def test_a_case_without_a_benefit_says_so_as_loud_as_its_answer():
    found = answered(benefit__benefit_per_prediction_usd=None)
    assert found.decision == "no-go"
    assert "counts as $0" in paragraphs(found, "lead")[1]
    for name, value in (("benefit_per_prediction_usd", 0.0), ("cost_per_error_usd", 0.1)):
        told = answered(**{f"benefit__{name}": value})
        assert "counts as $0" not in told.document().text()


def test_a_discount_rate_in_per_cent_is_asked_about():
    assert any("did you mean 0.09?" in each for each in notes(answered(finance__discount_rate=9)))
    assert not any("did you mean" in each for each in notes(answered(finance__discount_rate=0.09)))


def test_a_limit_below_what_is_held_is_said_as_an_estimate_says_it():
    told = notes(answered(task__limit=1000, task__examples_held=5000))
    assert any("limit of 1,000 examples is below the 5,000 held" in each for each in told)


def test_a_plan_short_of_its_target_says_what_it_has():
    found = answered(task__limit=300, task__target_accuracy=0.97)
    (told,) = [each for each in notes(found) if "more than can be had" in each]
    assert "the plan is the 300 of the limit" in told
    assert not any("more than can be had" in each for each in notes(answered()))


def test_a_benefit_below_nothing_from_which_it_pays_is_explained():
    found = answered(
        benefit__cost_per_error_usd=0.5,
        benefit__baseline_accuracy=0.5,
        benefit__predictions_per_year=1e7,
    )
    assert found.break_even.benefit_per_prediction_usd < 0.0
    assert any("even if a right prediction cost" in each for each in notes(found))


def test_instances_that_are_always_on_are_told_only_where_there_are_some():
    assert "always on" not in answered().document().text()
    told = answered(serving__always_on_instances=2).document().text()
    assert "2 instances always on" in " ".join(told.split())


def test_a_price_far_above_the_table_is_asked_about():
    found = answered(assumptions__accelerator="a100", assumptions__usd_per_accelerator_hour=1260)
    assert any("is it US dollars an hour" in each for each in notes(found))
    found = answered(assumptions__accelerator="a100", assumptions__usd_per_accelerator_hour=12.6)
    assert not any("US dollars an hour" in each for each in notes(found))
