"""Records of one name and some numbers, such as a role or a product: checked in one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from costcurve.core.errors import Finding, InputError, shown
from costcurve.core.quantities.bounds import Bounds
from costcurve.core.quantities.quantity import as_float64


def check_record(record: Any, bounds: Mapping[str, Bounds]) -> None:
    """Make the numbers of a frozen record floats, and look them over.

    Parameters
    ----------
    record : dataclass
        With a `name`, from its `__post_init__`.
    bounds : mapping of str to Bounds
        Of every field that is a number.

    Raises
    ------
    InputError
        With a finding for each field that is no number, or out of its bounds, and for a name that
        is no text.
    """
    findings: list[Finding] = []
    if not isinstance(record.name, str):
        findings.append(Finding("name", shown(record.name), "must be text"))
    for name, allowed in bounds.items():
        value, field = getattr(record, name), f"{name} of {shown(record.name)}"
        try:
            number = as_float64(field, value)
        except InputError as refused:
            findings += refused.findings
            continue
        if number.ndim or not allowed.hold(number):
            findings.append(Finding(field, shown(value), f"must be {allowed}"))
            continue
        object.__setattr__(record, name, float(number))
    InputError.check(findings)
