"""Strubell et al. (2019), Table 3, figure by figure."""

from __future__ import annotations

import pytest

from costcurve.core.vocabulary import Status
from costcurve.studies import reproduce

ITEMS = reproduce("strubell-2019").items


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_table3_rows(item):
    if item.id.startswith("table3.nas_tpu"):
        # 44,055 / 1.35 and 146,848 / 4.50 are both 32,633 hours; 32,623 are printed.
        price = 1.35 if item.id.endswith("preemptible") else 4.50
        assert item.status is Status.SUSPECTED_ERRATUM
        assert item.printed / price == pytest.approx(32_633, abs=0.5)
        return
    assert item.status in {Status.REPRODUCED, Status.WITHIN_ROUNDING}
    assert item.ours == pytest.approx(item.printed, rel=0.02)


def test_there_are_as_many_as_printed():
    assert len(ITEMS) == 26
    assert sum(item.status is Status.REPRODUCED for item in ITEMS) == 20
