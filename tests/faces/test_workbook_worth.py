"""The workbook of a case: recalculated after edits it agrees with `costcurve worth`."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from functools import cache

import numpy as np
import openpyxl
import pytest

from costcurve.decisions.plans import MOST
from costcurve.decisions.worth import worth
from costcurve.decisions.worth_case import case_of
from costcurve.decisions.worth_formulas import (
    INVENTORY,
    LIMIT,
    MOST_LINES,
    PRICE,
    line_name,
    role_name,
    worth_formulas,
)
from costcurve.decisions.worth_graph import worth_graph
from costcurve.faces.request import read_case
from costcurve.faces.workbook import workbook_bytes
from tests.conftest import PROJECT
from tests.faces.workbooks import (
    EDITS,
    RELATIVE,
    chart_references,
    edited,
    errors_in,
    figures_of,
    formulas_without_value,
    names_of,
    recalculated,
    value,
)

CASES = ("defects", "supermarket", "triage", "wildlife")
#: A net is a difference: digits that both sides share are lost, as so much of the larger side.
LOST = 1e-12
#: Both search for the rate, each until it changes no more; that of a spreadsheet stops earlier.
RATE = 1e-6
#: Names that only the workbook has, with those of the library.
OWN_NAMES = {PRICE: "usd_per_example", LIMIT: "limit"}
# Where an edited input may go when its own neighbourhood is no good place.
RANGES = {
    # A spreadsheet takes the least below 1 for 1.
    "target_accuracy": (0.5, 0.999),
    "baseline_accuracy": (0.3, 0.99),
    "discount_rate": (0.0, 0.3),
    "horizon_years": (1, 8),
    "drift_error_per_year": (0, 0.1),
    "shared_share": (0, 1),
    "products": (1, 5),
    "examples_held": (0, 50_000),
    "review_share": (0, 1),
    "labelling_passes": (1, 4),
    "testing_usd": (0, 1e5),
    "peak_requests_per_second": (0, 50),
    "always_on_instances": (0, 4),
    "predictions_per_year": (0, 1e7),
}
FLAGS = ("pretrained", "segmentation", "specialized", "structured")


@cache
def answer(name):
    return worth(read_case(PROJECT / "examples" / f"worth_{name}.toml"))


def random_edits(found, rng):
    """Return new values for some inputs, by name."""
    evaluation = worth_formulas(found)
    given = [n for n in evaluation if n in evaluation.graph.inputs or n in evaluation.overridden]
    # Stored, or changed together with their draws only.
    left_out = {INVENTORY, "baseline_usd_per_prediction", "log10_examples_cap"}
    edits = {}
    for name in rng.sample([n for n in given if n not in left_out], k=rng.randint(1, 7)):
        point = float(evaluation[name].ravel()[0])
        low, high = evaluation.graph[name].bounds.ends()
        ends = RANGES.get(name, (0.8 * point, 1.2 * point) if point else (0.0, 0.1))
        number = float(rng.randint(0, 1)) if name in FLAGS else rng.uniform(*ends)
        edits[name] = float(np.clip(number, low, high))
    return edits


def expected(found, edits, names):
    """Return figures as the library has them for an edited case, by its own way to the plan."""
    benefit, lines = found.case.benefit, list(found.case.benefit.lines)
    for place, line in enumerate(lines):
        if line_name(place) in edits:
            lines[place] = line.model_copy(update={"usd": edits[line_name(place)]})
    changed = {"lines": tuple(lines)}
    roles = [
        replace(role, **{what: edits.get(role_name(place, what), getattr(role, what))
                         for what in ("usd_per_hour", "setup_hours", "hours_per_year")})
        for place, role in enumerate(found.case.people.roles)
    ]  # fmt: skip
    if "baseline_accuracy" in edits:
        changed["baseline_accuracy"] = edits["baseline_accuracy"]
    overrides = {OWN_NAMES.get(name, name): number for name, number in edits.items()
                 if not name.startswith(("return_", "role_"))}  # fmt: skip
    assumptions = found.case.assumptions
    together = {**assumptions.overrides, **overrides}
    case = replace(
        found.case,
        benefit=benefit.model_copy(update=changed),
        people=found.case.people.model_copy(update={"roles": tuple(roles)}),
        assumptions=assumptions.model_copy(update={"overrides": together}),
    )
    graph = worth_graph(case, found.estimate, draws=0)
    needed, held, limit = (
        float(np.ravel(graph.graph.evaluate([name], together)[name])[0])
        for name in ("examples_needed", "examples_held", "limit")
    )
    plan = float(np.clip(needed, max(held, 1.0), min(limit, MOST)))
    known = [name for name in names if name in graph.graph and name not in ("limit", PRICE)]
    values = graph.evaluate(known, plan)
    return {name: float(np.ravel(values[name])[0]) for name in known}


def near(number, size):
    return pytest.approx(number, rel=RELATIVE, abs=LOST * size)


def test_random_edits_of_a_case_agree_with_the_library_to_9_digits(tmp_path, libreoffice):
    rng = random.Random(20240325)
    contents = {name: workbook_bytes(answer(name)) for name in CASES}
    cells = {
        name: figures_of(openpyxl.load_workbook(io.BytesIO(content)))
        for name, content in contents.items()
    }
    cases = []
    for number in range(EDITS // 2):
        name = CASES[number % len(CASES)]
        edits = random_edits(answer(name), rng)
        changes = {cells[name][key]: each for key, each in edits.items()}
        cases.append((name, edits, edited(contents[name], changes)))
    books = recalculated([content for *_, content in cases], tmp_path, libreoffice)
    for (name, edits, _), book in zip(cases, books, strict=True):
        assert errors_in(book) == []
        values = expected(answer(name), edits, cells[name])
        size = abs(values["annual_benefit_usd"]) + values["annual_cost_usd"]
        size *= 1.0 / values["horizon_annuity_factor"] + 1.0
        # The library has no names for the hours of a role.
        assert len(values) > sum(not each.startswith("role_") for each in cells[name]) - 20
        for figure, number in values.items():
            is_money = figures_unit(name, figure).startswith("USD")
            cell = value(book, cells[name][figure])
            assert cell == near(number, size if is_money else 0.0), (figure, edits)
        check_totals(book, values)


def figures_unit(name, figure):
    return worth_formulas(answer(name)).graph[figure].unit


def check_totals(book, values):
    """The bill adds up, and the years together give the net present value."""
    bill = {row[0].value: row[4].value for row in book["Bill"].iter_rows(min_row=5)}
    assert bill["A year"] == near(values["annual_cost_usd"], 0.0)
    assert bill["Once"] == near(values["initial_cost_usd"], 0.0)
    assert (bill["Adds up to annual_cost_usd"], bill["Adds up to initial_cost_usd"]) == (
        "yes",
        "yes",
    )
    rows = list(book["Curve"].iter_rows(min_row=5, max_col=4, values_only=True))
    plan = next(row for row in rows if row[0] == 1.0)
    size = abs(values["annual_benefit_usd"]) + values["annual_cost_usd"]
    assert plan[3] == near(values["annual_net_usd"], size)


@pytest.mark.parametrize("name", CASES)
def test_stored_values_of_a_case_are_those_of_its_answer(name):
    found = answer(name)
    content = workbook_bytes(found)
    assert formulas_without_value(content) == []
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    named = names_of(book)
    assert value(book, named["net_present_value_usd"]) == near(found.finance["npv_usd"], 0.0)
    assert value(book, named["annual_cost_usd"]) == near(found.bill.total_usd, 0.0)
    assert value(book, named["examples_used"]) == near(found.examples, 0.0)
    rows = {row[0].value: row for row in book["Answer"].iter_rows(min_row=5, max_col=6)}
    for label, key in (("Benefit of a year", "benefit_usd"), ("Net of a year", "net_usd")):
        spread = found.annual[key]
        stored = tuple(cell.value for cell in rows[label][3:6])
        assert stored == pytest.approx((spread.mean, spread.p05, spread.p95))


@pytest.mark.parametrize("name", CASES)
def test_years_as_recalculated_pay_back_and_return_what_the_library_says(
    name, tmp_path, libreoffice
):
    found = answer(name)
    (book,) = recalculated([workbook_bytes(found)], tmp_path, libreoffice)
    assert errors_in(book) == []
    named = names_of(book)
    rate, payback = found.finance["internal_rate"], found.finance["payback_years"]
    shown = value(book, named["answer_rate"])
    assert shown == ("none" if rate is None else pytest.approx(rate, rel=RATE))
    shown = value(book, named["answer_payback_years"])
    assert shown == ("not within these years" if payback is None else near(payback, 0.0))
    present = value(book, named["answer_flows_usd"])
    assert present == near(found.finance["npv_usd"], found.annual["benefit_usd"].mean)


def test_ways_are_weighed_as_the_library_weighs_them():
    found = answer("defects")
    content = workbook_bytes(found)
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    rows = {row[0]: row for row in book["Options"].iter_rows(min_row=5, values_only=True)}
    way = rows["thresholds"]
    point = {n: value(book, c) for n, c in figures_of(book).items()}
    # By hand: errors of both kinds cost what they do at the best threshold of an error of 9%.
    annuity = point["horizon_annuity_factor"]
    cost = 12_000 + 30_000 * annuity
    assert way[9] == near(cost, 0.0)
    expected_net = next(each.net_usd for each in found.alternatives if each.name == "thresholds")
    # Nothing of this way is uncertain, so what is expected is what stands at the medians.
    assert way[2] == pytest.approx(expected_net, rel=1e-6)


def test_charts_of_a_case_draw_cells():
    content = workbook_bytes(answer("defects"))
    book = openpyxl.load_workbook(io.BytesIO(content))
    references = chart_references(content)
    assert {place.split("!")[0] for place in references} == {"Curve", "Sensitivity", "Worth"}
    for place in references:
        sheet, cells = place.replace("$", "").split("!")
        rows = book[sheet][cells]
        rows = rows if isinstance(rows, tuple) else ((rows,),)
        assert all(cell.value is not None for row in rows for cell in row), place


def test_many_dated_returns_a_curve_of_another_way_and_a_low_rate(tmp_path, libreoffice):
    """What examples do not have: more returns than cells for them, and a rate below nothing."""
    described = {
        "task": {"target_accuracy": 0.9, "classes": 4, "limit": 1e4},
        "assumptions": {"models": ["ResNet-18"]},
        "benefit": {
            "predictions_per_year": 1e5,
            "lines": [{"name": str(n), "usd": 2.0, "year": n % 4} for n in range(MOST_LINES + 1)],
        },
        "people": {"testing_usd": 400.0},
        "alternative": {"other": {"error_scale": 1.0, "error_exponent": 0.3}},
    }
    found = worth(case_of(described))
    assert found.finance["internal_rate"] < 0.0
    (book,) = recalculated([workbook_bytes(found)], tmp_path, libreoffice)
    assert errors_in(book) == []
    named = names_of(book)
    rate = value(book, named["answer_rate"])
    assert rate == pytest.approx(found.finance["internal_rate"], rel=RATE)
    present = value(book, named["net_present_value_usd"])
    assert present == near(found.finance["npv_usd"], found.finance["initial_cost_usd"])
    rows = {row[0]: row for row in book["Options"].iter_rows(min_row=5, values_only=True)}
    (way,) = (each for each in found.alternatives if each.name == "other")
    assert rows["other"][1] == near(way.accuracy, 1.0)
