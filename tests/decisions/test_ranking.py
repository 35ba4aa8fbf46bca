"""The order of models: as a sort of one row has it, for any number of rows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from costcurve.decisions.ranking import NO_LIMIT, best_of_rows, in_order, rank_keys

#: Few different values, so that there are ties.
VALUES = st.sampled_from([1.0, 2.0, 3.0])
MODELS = 4


@given(st.data(), st.integers(1, 5))
def test_the_best_of_many_rows_is_the_first_of_each(data, rows):
    def drawn(shape, values=VALUES):
        size = int(np.prod(shape))
        cells = data.draw(st.lists(values, min_size=size, max_size=size))
        return np.array(cells).reshape(shape)

    values = {
        "reaches_target": drawn((rows, 1), st.sampled_from([0.0, 1.0])),
        "achievable_error": drawn((rows, 1)),
        "limit": drawn((rows, 1), st.sampled_from([10.0, NO_LIMIT])),
        "fits_memory": drawn((1, MODELS), st.sampled_from([0.0, 1.0])),
        "total": drawn((rows, MODELS)),
        "parameters": drawn((1, MODELS)),
    }
    best = best_of_rows(rank_keys(values, "total"), (rows, MODELS))
    for row in range(rows):
        own = {name: np.broadcast_to(each, (rows, MODELS))[row] for name, each in values.items()}
        order = in_order(rank_keys(own, "total"))
        assert order[0] == best[row]
        # As Python sorts by the same words.
        told = [
            (own["fits_memory"][i] < 1.0, own["total"][i], own["parameters"][i], i)
            for i in range(MODELS)
        ]
        assert order == [each[-1] for each in sorted(told)]
