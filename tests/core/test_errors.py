"""Errors as people read them: one line for each finding, whatever a user gave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcurve import InputError, read_class_counts
from costcurve.core.errors import MOST_FINDINGS, Finding, listed

# Any text at all: control characters, turned directions, halves of letters.
TEXT = st.text(max_size=80)


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=4))
def test_a_finding_is_one_line_in_which_nothing_moves_the_cursor(findings):
    error = InputError(Finding(*each) for each in findings)
    lines = str(error).split("\n")
    assert len(lines) == len(findings)
    assert all(line.isprintable() for line in lines)


@given(st.integers(1, 200))
def test_a_flood_of_findings_is_counted(number):
    with pytest.raises(InputError) as caught:
        InputError.check([Finding(f"row {each}", "", "is wrong") for each in range(number)])
    told = caught.value.findings
    assert len(told) == min(number, MOST_FINDINGS + 1)
    if number > MOST_FINDINGS:
        assert told[-1].allowed == f"and {number - MOST_FINDINGS} more like these"


def test_few_names_are_listed_and_many_are_counted():
    assert listed(["one", "two"]) == "one, two"
    many = listed([f"column {number}" for number in range(5000)])
    assert many.startswith("column 0, column 1, ")
    assert many.endswith("column 19, and 4,980 more")
    assert len(listed(["x" * 10_000])) < 100


def test_a_wide_table_is_refused_in_a_sentence_that_can_be_read(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text("\n".join(",".join(f"c{place}" for place in range(5000)) for _ in range(2)))
    for column in (None, "y"):
        with pytest.raises(InputError) as caught:
            read_class_counts(path, column)
        assert len(str(caught.value)) < 600
        assert "and 4,980 more" in str(caught.value)
