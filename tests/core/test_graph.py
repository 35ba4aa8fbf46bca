"""The graph: composition, checks, order, overrides, lineage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcurve.core.errors import GraphError, InputError, NotFiniteError, UnknownQuantityError
from costcurve.core.quantities import Bounds, Graph, Input, Quantity, normal_quantile
from costcurve.costs import as_published, examples

FINITE = st.floats(-1e6, 1e6)


def price_usd(unit_price_usd, amount):
    """Price of an amount.

    :unit: USD
    :equation: price = unit price x amount
    :source: arithmetic
    """
    return unit_price_usd * amount


def tax_usd(price_usd, tax_rate):
    """Tax on a price.

    :unit: USD
    :source: arithmetic
    :deviation: none is paid on nothing
    """
    return np.maximum(price_usd, 0.0) * tax_rate


def gross_usd(price_usd, tax_usd):
    """Price with tax.

    :unit: USD
    :source: arithmetic
    """
    return price_usd + tax_usd


def shelf_area(amount):
    """Area that the amount takes.

    :unit: meter**2
    :source: arithmetic
    """
    return 0.5 * amount


def inputs(unit_price_usd=2.0, amount=3.0, tax_rate=0.25):
    return [
        Input.of("unit_price_usd", unit_price_usd, "USD", "Price of one", "a price list"),
        Input.of("amount", amount, "1", "How many", "an order"),
        Input.of("tax_rate", tax_rate, "1", "Tax rate", "a law"),
    ]


QUANTITIES = (gross_usd, tax_usd, price_usd, shelf_area)


def test_values_in_topological_order():
    graph = Graph(QUANTITIES, inputs())
    evaluation = graph.evaluate()
    assert evaluation["gross_usd"] == 7.5
    order = list(graph)
    assert order.index("price_usd") < order.index("tax_usd") < order.index("gross_usd")


def test_only_what_is_needed_is_computed():
    evaluation = Graph(QUANTITIES, inputs()).evaluate(["tax_usd"])
    assert set(evaluation) == {"tax_usd", "price_usd", "tax_rate", "unit_price_usd", "amount"}


def test_a_module_gives_its_public_functions():
    graph_names = {quantity.name for quantity in map(Quantity.of, QUANTITIES)}
    assert graph_names == {"gross_usd", "tax_usd", "price_usd", "shelf_area"}
    names = [
        quantity
        for quantity in Graph([examples, as_published], _needed_by_as_published())
        if quantity.endswith("_usd")
    ]
    assert sorted(names) == [
        "data_cost_usd",
        "testing_cost_usd",
        "total_cost_usd",
        "training_cost_usd",
    ]


def _needed_by_as_published():
    names = ("examples_needed", "limit", "examples_held", "usd_per_example", "parameters")
    names += ("epochs", "testing_passes", "usd_per_flop")
    return [*as_published.INPUTS, *(Input.of(n, 1.0, "1", n, "a test") for n in names)]


def test_cycle_is_named():
    def first_part(second_part):
        """First.

        :unit: 1
        :source: a test
        """
        return second_part

    def second_part(first_part):
        """Second.

        :unit: 1
        :source: a test
        """
        return first_part

    with pytest.raises(GraphError, match="in a cycle: .*first_part.*second_part"):
        Graph([first_part, second_part], [])


def test_unknown_name_is_named_with_the_nearest():
    with pytest.raises(GraphError, match="'price_usd' depends on 'amount'.*nothing defines"):
        Graph([price_usd], [inputs()[0]])
    with pytest.raises(UnknownQuantityError, match="'gros_usd'; did you mean 'gross_usd'"):
        Graph(QUANTITIES, inputs()).evaluate(["gros_usd"])


def test_double_definition_is_refused():
    with pytest.raises(GraphError, match="'amount' is defined twice"):
        Graph(QUANTITIES, [*inputs(), inputs()[1]])
    with pytest.raises(GraphError, match="'price_usd' is defined twice"):
        Graph([price_usd, price_usd], inputs())


@pytest.mark.parametrize("name", ["gross_usd", "tax_usd", "price_usd", "amount", "tax_rate"])
def test_override_changes_everything_downstream_and_nothing_else(name):
    graph = Graph(QUANTITIES, inputs())
    before = graph.evaluate()
    after = graph.evaluate(overrides={name: before[name] + 1.0})
    changed = {key for key in graph if before[key] != after[key]}
    assert changed == graph.dependents([name])
    assert after.lineage(name).kind == "override"


@given(FINITE, FINITE, FINITE)
def test_array_equals_scalars(unit_price_usd, amount, tax_rate):
    prices = np.array([unit_price_usd, amount, tax_rate])
    array = Graph(QUANTITIES, inputs(unit_price_usd=prices, amount=amount)).evaluate()
    for position, price in enumerate(prices):
        scalar = Graph(QUANTITIES, inputs(unit_price_usd=price, amount=amount)).evaluate()
        assert array["gross_usd"][position] == scalar["gross_usd"]


def test_integers_become_floats_at_the_door():
    # 10^19 does not fit into int64, which would overflow without a word.
    evaluation = Graph(QUANTITIES, inputs(unit_price_usd=10**10, amount=10**10)).evaluate()
    assert evaluation["price_usd"] == 1e20
    assert evaluation["price_usd"].dtype == np.float64


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "three", None, 10**400, [1, "x"]])
def test_what_is_no_finite_number_is_refused(value):
    with pytest.raises(InputError, match="^amount: "):
        inputs(amount=value)
    with pytest.raises(InputError, match="^price_usd: "):
        Graph(QUANTITIES, inputs()).evaluate(overrides={"price_usd": value})


def test_a_result_that_is_not_finite_is_named():
    graph = Graph(QUANTITIES, inputs(unit_price_usd=1e300, amount=1e300))
    with pytest.raises(NotFiniteError, match="price_usd is not a finite number"):
        graph.evaluate()


def deviate_of_tax(tax_rate):
    """Deviate of the tax rate.

    :unit: 1
    :source: a test
    """
    return normal_quantile(tax_rate)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.5, [0.5, 2.0]])
def test_a_deviate_of_what_is_no_share_is_named(share):
    graph = Graph([deviate_of_tax], inputs(tax_rate=share))
    with pytest.raises(NotFiniteError, match="deviate_of_tax is not a finite number"):
        graph.evaluate()


def test_lineage_reaches_the_facts():
    lineage = Graph(QUANTITIES, inputs()).evaluate().lineage("gross_usd")
    assert lineage.formula == "price_usd + tax_usd"
    price, tax = lineage.inputs
    assert (price.equation, price.unit, float(price.value)) == (
        "price = unit price x amount",
        "USD",
        6.0,
    )
    assert tax.deviation == "none is paid on nothing"
    assert [(leaf.name, leaf.kind, leaf.source) for leaf in price.inputs] == [
        ("unit_price_usd", "input", "a price list"),
        ("amount", "input", "an order"),
    ]


@pytest.mark.parametrize(
    ("words", "inside", "outside"),
    [
        ("above 0 and at most 1", [1e-9, 1.0], [0.0, 1.1, -1.0]),
        ("at least 0", [0.0, 1e300], [-1e-300]),
        ("above -2 and below 2", [0.0], [2.0, -2.0]),
        ("", [-1e300, 1e300], []),
    ],
)
def test_bounds_in_words(words, inside, outside):
    bounds = Bounds.parse(words)
    assert str(bounds) == words
    assert all(bounds.hold(np.float64(value)) for value in inside)
    assert not any(bounds.hold(np.float64(value)) for value in outside)


@given(st.lists(FINITE, min_size=1, max_size=4))
def test_a_lean_evaluation_keeps_what_is_wanted_and_nothing_else(amounts):
    graph = Graph(QUANTITIES, inputs())
    given_amounts = {"amount": np.array(amounts)}
    whole = graph.evaluate(["gross_usd", "price_usd"], given_amounts)
    lean = graph.evaluate(["gross_usd", "price_usd"], given_amounts, is_lean=True)
    assert set(lean) == {"gross_usd", "price_usd"}
    assert all(np.array_equal(lean[name], whole[name]) for name in lean)
    everything = graph.evaluate(overrides=given_amounts, is_lean=True)
    assert set(everything) == set(graph)


def test_bounds_in_other_words_are_refused():
    with pytest.raises(GraphError, match="is no range"):
        Bounds.parse("positive")


def _without_unit(amount):
    """A quantity.

    :source: a test
    """
    return amount


def _without_source(amount):
    """A quantity.

    :unit: 1
    """
    return amount


def _with_default(amount=1.0):
    """A quantity.

    :unit: 1
    :source: a test
    """
    return amount


def _with_branch(amount):
    """A quantity.

    :unit: 1
    :source: a test
    """
    return amount if amount > 0 else 0.0


def _with_reduction(amount):
    """A quantity.

    :unit: 1
    :source: a test
    """
    return np.sum(amount)


def _with_a_keyword(amount):
    """A quantity.

    :unit: 1
    :source: a test
    """
    return np.add(amount, 1.0, dtype=np.float32)


def _with_a_keyword_of_a_function(amount):
    """A quantity.

    :unit: 1
    :source: a test
    """
    return np.round(amount, decimals=2)


def _with_accumulation(amount):
    """A quantity.

    :unit: 1
    :source: a test
    """
    return np.add.reduce(amount)


def _with_constants(amount):
    """A quantity.

    :unit: 1
    :source: a test
    """
    return amount * np.array([1.0, 2.0])


def _with_unknown_field(amount):
    """A quantity.

    :unit: 1
    :source: a test
    :sauce: a slip
    """
    return amount


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (_without_unit, "has no :unit:"),
        (_without_source, "has no :source:"),
        (_with_default, "must be plain"),
        (_with_branch, "may not branch"),
        (_with_reduction, "may not"),
        (_with_a_keyword, "keyword arguments"),
        (_with_a_keyword_of_a_function, "np.round with keyword"),
        (_with_accumulation, "np.add.reduce"),
        (_with_constants, "make it an input"),
        (_with_unknown_field, "unknown docstring field"),
    ],
)
def test_a_function_that_is_no_formula_is_refused(function, message):
    function.__name__ = function.__name__.strip("_")
    with pytest.raises(GraphError, match=message):
        Quantity.of(function)


def test_what_was_not_evaluated_is_unknown_to_the_evaluation():
    evaluation = Graph(QUANTITIES, inputs()).evaluate(["price_usd"])
    assert len(evaluation) == 3
    with pytest.raises(UnknownQuantityError, match="'tax_usd'"):
        evaluation["tax_usd"]
    with pytest.raises(UnknownQuantityError, match="no quantity is called 'pric_usd'.*'price_usd'"):
        evaluation.lineage("pric_usd")
