"""Where a number comes from, in words."""

from __future__ import annotations

from costcurve.core import display
from costcurve.core.quantities import Evaluation, Lineage
from costcurve.decisions.axes import point_value

_INDENT = "  "


def explain_one(lineage: Lineage, model: int) -> str:
    """Return the tree below one value; what stands in it twice is explained once."""
    lines: list[str] = []
    _write(lineage, model, 0, set(), lines)
    return "\n".join(lines)


def explain_all(evaluation: Evaluation, model: int) -> str:
    """Return every value of a calculation, each after what it is computed from."""
    blocks = [_node(evaluation.lineage(name), model) for name in evaluation]
    return "\n\n".join("\n".join(block) for block in blocks)


def _write(lineage: Lineage, model: int, depth: int, seen: set[str], lines: list[str]) -> None:
    indent = _INDENT * depth
    if lineage.name in seen:
        lines.append(f"{indent}{lineage.name} = {_value(lineage, model)}  (see above)")
        return
    seen.add(lineage.name)
    lines += [indent + line for line in _node(lineage, model)]
    for needed in lineage.inputs:
        _write(needed, model, depth + 1, seen, lines)


def _node(lineage: Lineage, model: int) -> list[str]:
    lines = [f"{lineage.name} = {_value(lineage, model)}", f"{_INDENT}{lineage.label}"]
    if lineage.formula:
        lines.append(f"{_INDENT}formula: {lineage.formula}")
    if lineage.equation:
        lines.append(f"{_INDENT}as printed: {lineage.equation}")
    if lineage.deviation:
        lines.append(f"{_INDENT}deviation: {lineage.deviation}")
    lines.append(f"{_INDENT}source: {lineage.source}")
    return lines


def _value(lineage: Lineage, model: int) -> str:
    unit = "" if lineage.unit == "1" else f" {lineage.unit}"
    return f"{display.plain(point_value(lineage.value, model))}{unit}"
