"""One function in three notations: LibreOffice, SymPy and Python must read the same number."""

from __future__ import annotations

import math
import random
import re
from statistics import NormalDist

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Symbol
from sympy.parsing.latex import parse_latex

from costcurve.core.quantities import Quantity, normal_cdf, normal_quantile
from costcurve.core.quantities.quantity import quantities_of
from costcurve.costs import (
    as_published,
    calibrated,
    examples,
    labelling,
    priced_prediction,
    retraining,
    serving,
    shared,
    storage,
    throughput,
    total_cost,
    utilisation,
)
from costcurve.decisions import (
    inventory,
    inventory_lognormal,
    inventory_normal,
    operating_point,
    reach,
)
from costcurve.laws import log_linear
from costcurve.task.complexity import class_entropy_nats, relative_complexity, target_error

# Of two ways to price, quantities of one name differ; those of the calibrated one come second.
_TASK = (class_entropy_nats, relative_complexity, target_error)
_PUBLISHED = quantities_of([as_published, examples, log_linear, reach, *_TASK])
_WORTH = quantities_of([inventory, inventory_lognormal, inventory_normal, operating_point])
_YEARLY = quantities_of([labelling, retraining, serving, shared, storage, total_cost])
ALL = [
    *_PUBLISHED,
    *quantities_of([calibrated, throughput]),
    *quantities_of([utilisation]),
    *_WORTH,
    *_YEARLY,
    *quantities_of([priced_prediction]),
]
# float64 carries 15 to 16 digits; a chain of a few operations in another program loses one or two.
RELATIVE = 1e-12
ROUNDS = 5


def _described(function):
    function.__doc__ = "A test.\n\n:unit: 1\n:source: a test"
    return Quantity.of(function)


def square_of_negative(a_value):
    return (-a_value) ** 2.0


def negative_of_square(a_value):
    return -(a_value**2.0)


def power_of_power(a_value, b_value):
    return a_value ** (b_value**2.0)


def difference_of_differences(a_value, b_value):
    return a_value - (b_value - (a_value - 1e-3))


def quotient_of_products(a_value, b_value):
    return a_value / (b_value * 3.0) / (a_value / b_value)


def product_of_sums(a_value, b_value):
    return -(a_value + b_value) * (a_value - -b_value)


def chosen(a_value, b_value):
    return np.where(a_value > b_value, np.sqrt(a_value), np.exp(-b_value)) + 1.0


def clipped(a_value, b_value):
    return np.minimum(np.maximum(np.abs(a_value - 2.0), 0.5), b_value)


def tail(a_value, b_value):
    return normal_cdf(a_value - 3.0 * b_value)


def deviate(a_value, b_value):
    return normal_quantile(a_value / (a_value + 3.0 * b_value))


TRAPS = [
    _described(function)
    for function in (
        square_of_negative,
        negative_of_square,
        power_of_power,
        difference_of_differences,
        quotient_of_products,
        product_of_sums,
        chosen,
        clipped,
        tail,
        deviate,
    )
]


def _cases():
    rng = random.Random(20240324)
    for quantity in [*ALL, *TRAPS]:
        for _ in range(ROUNDS):
            values = {name: rng.uniform(0.5, 2.5) for name in quantity.parameters}
            yield quantity, values, float(quantity.function(*map(np.float64, values.values())))


def test_libreoffice_reads_the_excel_formula_as_numpy_does(tmp_path, libreoffice):
    cases = list(_cases())
    book = openpyxl.Workbook()
    for row, (quantity, values, _) in enumerate(cases, start=1):
        cells = {}
        for column, (name, value) in enumerate(values.items(), start=2):
            book.active.cell(row, column, value)
            cells[name] = book.active.cell(row, column).coordinate
        book.active.cell(row, 1, quantity.excel(cells.__getitem__))
    book.save(tmp_path / "formulas.xlsx")
    libreoffice([tmp_path / "formulas.xlsx"], tmp_path / "out")
    sheet = openpyxl.load_workbook(tmp_path / "out" / "formulas.xlsx", data_only=True).active
    for row, (quantity, values, expected) in enumerate(cases, start=1):
        found = sheet.cell(row, 1).value
        assert found == pytest.approx(expected, rel=RELATIVE), (quantity.name, values)


# The parser of SymPy knows no minimum, maximum, cases or Phi: those have their own test below.
SYMPY_READS = [
    quantity
    for quantity in [*ALL, *TRAPS]
    if not re.search(r"\\(min|max|begin|Phi)", quantity.latex())
]


@pytest.mark.parametrize("quantity", SYMPY_READS, ids=lambda quantity: quantity.name)
def test_sympy_reads_the_latex_as_numpy_does(quantity):
    # Names of one letter (not d, which makes a differential): type is not what is tested.
    letters = dict(zip(quantity.parameters, "abcpqrs", strict=False))
    latex = quantity.latex()
    for name, letter in sorted(letters.items(), key=lambda item: -len(item[0])):
        latex = latex.replace(r"\mathrm{" + name.replace("_", r"\_") + "}", f"{{{letter}}}")
    parsed = parse_latex(latex, backend="lark")
    # SymPy gives every reading where it finds log(a) - b ambiguous, which no reader does.
    readings = [parsed] if hasattr(parsed, "subs") else parsed.children
    for known, values, expected in _cases():
        if known is quantity:
            numbers = {Symbol(letters[name]): value for name, value in values.items()}
            found = [complex(reading.subs(numbers)) for reading in readings]
            assert any(value == pytest.approx(expected, rel=RELATIVE) for value in found), latex


def test_latex_of_what_sympy_cannot_read():
    latex = {quantity.name: quantity.latex() for quantity in [*ALL, *TRAPS]}
    assert latex["examples_used"] == r"\min(\mathrm{examples\_needed}, \mathrm{limit})"
    assert latex["chosen"].startswith(
        r"\begin{cases} \sqrt{\mathrm{a\_value}} & \text{if } \mathrm{a\_value} > "
    )
    assert latex["tail"] == r"\Phi\left(\mathrm{a\_value} - 3 \cdot \mathrm{b\_value}\right)"
    assert latex["deviate"].startswith(r"\Phi^{-1}\left(\frac{")


@pytest.mark.parametrize("quantity", [*ALL, *TRAPS], ids=lambda quantity: quantity.name)
def test_python_reads_the_text_as_numpy_does(quantity):
    text = quantity.text().replace("×", "*").replace("^", "**")
    text = text.replace("Φ⁻¹", "quantile").replace("Φ", "phi")
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    known = {
        "ln": math.log,
        "log10": math.log10,
        "sqrt": math.sqrt,
        "exp": math.exp,
        "phi": lambda z: 0.5 * math.erfc(-z / math.sqrt(2.0)),
        "quantile": NormalDist().inv_cdf,
    }
    for candidate, values, expected in _cases():
        if candidate is quantity:
            # Python binds a minus before ** as we do, and min and max are its own.
            assert eval(text, known | values) == pytest.approx(expected, rel=RELATIVE)  # noqa: S307


def test_excel_brackets_what_excel_would_misread():
    # In Excel -2^2 is 4 and 2^3^2 is 64.
    excel = {quantity.name: quantity.excel() for quantity in TRAPS}
    assert excel["negative_of_square"] == "=(-POWER(a_value,2.0))"
    assert excel["square_of_negative"] == "=POWER((-a_value),2.0)"
    assert excel["power_of_power"] == "=POWER(a_value,POWER(b_value,2.0))"


def test_normal_cdf_is_exact_in_both_tails():
    # Reference values from Abramowitz and Stegun (1964), Table 26.1 and 26.2.
    assert normal_cdf(1.0) == pytest.approx(0.841344746068543, rel=1e-14)
    assert normal_cdf(-8.0) == pytest.approx(6.22096e-16, rel=1e-5)
    assert normal_cdf(np.array([0.0, 40.0])).tolist() == [0.5, 1.0]


@given(st.floats(1e-300, 0.5))
def test_normal_quantile_undoes_the_distribution_function(share):
    # The relative slope of the tail is about the deviate itself, at most 37.
    assert normal_cdf(normal_quantile(share)) == pytest.approx(share, rel=1e-12)


def test_normal_quantile_ends_in_infinities():
    # The median and the quartile from Abramowitz and Stegun (1964), Table 26.5.
    with np.errstate(divide="ignore"):
        found = normal_quantile(np.array([0.0, 0.5, 0.75, 1.0]))
    assert found == pytest.approx([-np.inf, 0.0, 0.674489750196082, np.inf], rel=1e-14)
    assert np.isnan(normal_quantile(np.nan))
