"""One part of a portfolio: read, answered, and laid out as it is written.

This is what a job computes, in any process and in any order: it depends on its parameters and on
which part it is, and on nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from costcurve.core.checkpoints import Arrays
from costcurve.core.jobs import Chunk
from costcurve.core.quantities import FloatArray
from costcurve.decisions.portfolio_cases import FLAGS
from costcurve.decisions.portfolio_columns import OUTPUT_COLUMNS, Rows, read_rows
from costcurve.decisions.portfolio_values import DECISIONS, Answers, answer_rows
from costcurve.evidence.table_parts import CELLS, TableParts, read_part

#: What named the file, for errors.
FIELD = "portfolio"
#: Assumptions that are moved up and down, each by itself: of rows, then of the calculation.
MOVED = (
    "usd_per_example",
    "epochs",
    "predictions_per_year",
    "benefit_per_prediction_usd",
    "cost_per_error_usd",
    "usd_per_accelerator_hour",
    "serving_utilisation",
)
#: By how much, as factors.
FACTORS = (0.75, 1.25)
#: Parts that are looked at for it, evenly over the file, and rows of each.
SAMPLED_PARTS, SAMPLED_ROWS = 5, 1000
_NUMBERS = (
    "achievable_accuracy", "examples_needed", "new_examples", "data_cost_usd", "training_cost_usd",
    "annual_cost_usd", "annual_benefit_usd", "net_usd", "net_usd_p05", "net_usd_p95",
)  # fmt: skip


def portfolio_chunk(given: Mapping[str, Any], chunk: Chunk) -> Arrays:
    """Return a part of a portfolio.

    Parameters
    ----------
    given : mapping
        `table` as `TableParts` writes it, `settings` and `draws` as of `answer_rows`.
    chunk : Chunk
        Which part: the first repetition.

    Returns
    -------
    dict of str to ndarray
        `table`, the bytes of an Arrow stream with the columns of the output; for each row what
        money needs to know, `net_usd`, `training_kg_co2e` and so on, and `has_default_price`,
        whether its labels have the price that nobody gave; `groups`, names of model
        groups, and `group`, each row's place among them, -1 without one; `moved`, of shape (moves,
        sampled rows), what the net becomes, after `sampled`, the places of those rows.
    """
    table = TableParts.from_dict(given["table"])
    part = read_part(table, table.parts[chunk.first], FIELD)
    columns = {name: part[name] for name in part.column_names}
    rows = read_rows(columns, part.num_rows)
    _refuse_widths(columns, rows, len(table.columns))
    answers = answer_rows(rows, given["settings"], given["draws"])
    written = _written(part.select(list(table.columns)), rows, answers)
    names, group = np.unique(rows.groups.astype(str), return_inverse=True)
    named = np.cumsum(names != "") - 1
    sampled, moved = _moved(given, chunk, rows)
    numbers = answers.numbers
    return {
        "table": written,
        "net_usd": numbers["net_usd"],
        "net_without_training_usd": numbers["net_without_training_usd"],
        "initial_cost_usd": numbers["initial_cost_usd"],
        "initial_training_usd": numbers["initial_training_usd"],
        "training_kg_co2e": numbers["training_kg_co2e"],
        "decision": answers.decision.astype(np.int8),
        "is_too_risky": answers.is_too_risky,
        "has_default_price": np.isnan(rows.points["usd_per_example"]) & (answers.decision != 0),
        "groups": names[names != ""],
        "group": np.where(names == "", -1, named)[group].astype(np.int32),
        "sampled": sampled,
        "moved": moved,
    }


def _refuse_widths(columns: Mapping[str, Any], rows: Rows, width: int) -> None:
    """Refuse rows with other than as many cells as the header."""
    if CELLS not in columns:
        return
    counts = columns[CELLS].to_pylist()
    for row, count in enumerate(counts):
        if count is not None:
            why = f"{count} cells, and the header has {width}"
            rows.reasons.setdefault(row, []).insert(0, why)


def _written(part: Any, rows: Rows, answers: Answers) -> np.ndarray:
    """Return the part with its answers, as the bytes of an Arrow stream."""
    import pyarrow as pa  # noqa: PLC0415 - an extra

    is_good = np.zeros(len(rows), dtype=bool)
    is_good[rows.good] = True
    found: dict[str, Any] = {name: _nulls(answers.numbers[name]) for name in _NUMBERS}
    models = pa.array([*answers.models, None], pa.string())
    found["model"] = models.take(pa.array(np.where(is_good, answers.model, len(answers.models))))
    found["decision"] = pa.array([None, *DECISIONS[1:]], pa.string()).take(
        pa.array(answers.decision)
    )
    found["funded"] = pa.nulls(len(rows), pa.bool_())
    found["flags"] = _flags(rows, answers)
    for name in OUTPUT_COLUMNS:
        part = part.append_column(name, found[name])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, part.schema) as stream:
        stream.write_table(part)
    return np.frombuffer(sink.getvalue(), dtype=np.uint8)


def _nulls(values: FloatArray) -> Any:
    import pyarrow as pa  # noqa: PLC0415 - an extra

    return pa.array(values, mask=np.isnan(values))


def _flags(rows: Rows, answers: Answers) -> Any:
    """Return flags as text, and of a bad row why it cannot be used."""
    import pyarrow as pa  # noqa: PLC0415 - an extra

    different, places = np.unique(answers.flags, return_inverse=True)
    words = [
        ";".join(flag for bit, flag in enumerate(FLAGS) if bits >> bit & 1) or None
        for bits in different.tolist()
    ]
    reasons = sorted(rows.reasons)
    words += ["; ".join(rows.reasons[row]) for row in reasons]
    places[reasons] = len(different) + np.arange(len(reasons))
    return pa.array(words, pa.string()).take(pa.array(places))


def _moved(given: Mapping[str, Any], chunk: Chunk, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Return places of some rows, and what their net is with each assumption moved."""
    parts = len(given["table"]["parts"])
    every = -(-parts // SAMPLED_PARTS)
    good = rows.good
    if chunk.first % every or not len(good):
        return np.zeros(0, dtype=np.int64), np.zeros((len(MOVED) * len(FACTORS), 0))
    sampled = good[:: -(-len(good) // SAMPLED_ROWS)]
    some = rows.some(sampled)
    nets = [
        value_of(answer_rows(some, given["settings"], given["draws"], {name: factor}).numbers)
        for name in MOVED
        for factor in FACTORS
    ]
    return sampled, np.stack(nets)


def value_of(numbers: Mapping[str, FloatArray]) -> FloatArray:
    """Return the expected net of a year in USD; of a row in a group without its training."""
    alone = numbers["net_without_training_usd"]
    return np.where(np.isnan(alone), numbers["net_usd"], alone)
