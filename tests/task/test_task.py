"""The task: relative complexity, targets, and what is refused."""

from __future__ import annotations

from math import log, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from costcurve import InputError, Task
from tests.reference import entropy

CLASSES = st.integers(2, 10**9)
COUNTS = st.lists(st.floats(1.0, 1e9), min_size=2, max_size=30)
# Sums of up to thirty terms in another order.
RELATIVE = 1e-12


def test_relative_complexity_of_figure2():
    task = Task(target_accuracy=0.965, class_counts=[50_000, 1_000])
    assert round(task.relative_complexity, 7) == 0.0139711


def test_the_baseline_has_relative_complexity_one():
    assert Task(target_error=0.1, classes=1000).relative_complexity == 1.0
    # Four equal classes are two bits.
    two_bits = Task(target_error=0.1, classes=4, baseline_classes=2)
    assert two_bits.relative_complexity == pytest.approx(2.0, rel=RELATIVE)


@given(COUNTS)
def test_relative_complexity_is_entropy_over_entropy(counts):
    task = Task(target_error=0.1, class_counts=counts)
    assert task.relative_complexity == pytest.approx(entropy(counts) / log(1000), rel=RELATIVE)


@given(st.integers(2, 500), st.floats(1.0, 1e6))
def test_equal_counts_are_classes(classes, count):
    counted = Task(target_error=0.1, class_counts=[count] * classes)
    named = Task(target_error=0.1, classes=classes)
    assert counted.relative_complexity == pytest.approx(named.relative_complexity, rel=RELATIVE)


@given(CLASSES, CLASSES)
def test_more_classes_are_more_complex(one, other):
    few, many = sorted((one, other))
    lower, higher = (Task(target_error=0.1, classes=n).relative_complexity for n in (few, many))
    assert lower <= higher
    assert higher <= log2(1e9) / log2(1000)


def test_examples_held_defaults_to_the_sum_of_the_counts():
    counts = {"good": 50_000, "bad": 1_000}
    assert Task(target_error=0.1, class_counts=counts).examples_held == 51_000
    assert Task(target_error=0.1, class_counts=counts, examples_held=7).examples_held == 7
    assert Task(target_error=0.1, classes=2).examples_held == 0


@pytest.mark.parametrize("counts", [[5, 6], (5, 6), {"1": 5, "2": 6}, "5,6", "1=5, 2=6", " 5 , 6 "])
def test_counts_in_any_form(counts):
    assert Task(target_error=0.1, class_counts=counts).class_counts == {"1": 5.0, "2": 6.0}


BAD = {
    "target_accuracy": [0, 1, 1.2, -0.1, float("nan"), float("inf"), "high", 10**300, [0.9]],
    "target_error": [0, 1, 2, float("nan"), ""],
    "classes": [1, 0, -3, 2.5, 10**300, "two", float("nan")],
    "class_counts": [[5], [5, 0], [5, -1], [5, 10**300], [5, float("nan")], "5", "5,x", "", 7, {},
                     {"only": 3}, "a=1,a=2", [[1, 2], [3]], {1: 5, "1": 6, "2": 7}],
    "baseline_classes": [1, 0, 10**300, "many"],
    "examples_held": [-1, float("nan"), 10**300, "some"],
    "limit": [0, -5, float("inf"), 10**300, 10**5000],
    "usd_per_example": [-0.01, float("nan"), 10**300, "$1"],
    "pretrained": ["maybe", 7],
    "kind": ["detection", "", 3],
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "which"), [(field, which) for field in BAD for which in range(len(BAD[field]))]
)
def test_bad_values_are_named(field, which):
    value = BAD[field][which]
    described = {"target_accuracy": 0.9, "classes": 10}
    for one, other in (("target_error", "target_accuracy"), ("class_counts", "classes")):
        if field == one:
            del described[other]
    with pytest.raises(InputError) as caught:
        Task(**(described | {field: value}))
    assert {finding.field.partition("[")[0] for finding in caught.value.findings} == {field}
    assert all("\n" not in str(finding) for finding in caught.value.findings)


def test_every_wrong_field_is_reported_at_once():
    with pytest.raises(InputError) as caught:
        Task(kind="x", target_accuracy=2, class_counts=[1, -1, 0], limit=-1, colour="red")
    fields = [finding.field for finding in caught.value.findings]
    assert fields == [
        "kind", "class_counts['2']", "class_counts['3']", "target_accuracy", "limit", "colour",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("described", "message"),
    [
        ({"classes": 2}, "target_accuracy: is missing; give target_accuracy or target_error"),
        ({"target_error": 0.1}, "classes: is missing; give classes or class_counts"),
        (
            {"target_error": 0.1, "target_accuracy": 0.9, "classes": 2},
            "target_accuracy: give target_accuracy or target_error, not both",
        ),
        (
            {"target_error": 0.1, "clases": 2, "classes": 2},
            "clases: unknown field; did you mean 'classes' or 'class_counts'?",
        ),
    ],
)
def test_what_is_missing_or_too_much_is_said(described, message):
    with pytest.raises(InputError) as caught:
        Task(**described)
    assert str(caught.value) == message


def test_a_task_cannot_be_changed():
    task = Task(target_error=0.1, classes=2)
    with pytest.raises(ValueError, match="frozen"):
        task.classes = 3


def test_a_nested_task_reports_where_each_finding_is():
    class Request(BaseModel):
        task: Task

    with pytest.raises(ValidationError) as caught:
        Request.model_validate({"task": {"kind": "x", "classes": 1}})
    places = [error["loc"] for error in caught.value.errors()]
    assert places == [("task", "target_accuracy"), ("task", "kind"), ("task", "classes")]
    nested = Request.model_validate({"task": {"target_error": 0.1, "classes": 2}}).task
    assert nested == Task(target_error=0.1, classes=2)


def test_the_schema_has_units_bounds_and_typed_defaults():
    fields = Task.model_json_schema()["properties"]
    assert fields["usd_per_example"]["default"] == 0.63
    assert fields["usd_per_example"]["unit"] == "USD/example"
    assert fields["pretrained"]["default"] is True
    assert fields["baseline_classes"]["minimum"] == 2
    assert all(field["description"] for field in fields.values())
