"""Retraining: by hand, and a training with a share of the labels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.costs.yearly import evaluated

RELATIVE = 1e-12


def test_four_retrainings_by_hand():
    # 100 hours at $2, and a tenth of 5,000 examples at $0.50.
    found = evaluated()
    assert found["retraining_usd"] == pytest.approx(200 + 250)
    assert found["retraining_cost_usd"] == pytest.approx(4 * 450)


@given(st.floats(0.001, 400.0), st.floats(0.0, 1.0))
def test_a_retraining_is_training_and_a_share_of_the_labels(times, share):
    found = evaluated(retrainings_per_year=times, retraining_data_share=share)
    whole = evaluated(retraining_data_share=1.0)["retraining_usd"]
    computing = evaluated(retraining_data_share=0.0)["retraining_usd"]
    expected = computing + share * (whole - computing)
    assert found["retraining_usd"] == pytest.approx(expected, rel=RELATIVE)
    assert found["retraining_cost_usd"] == pytest.approx(times * expected, rel=RELATIVE)
