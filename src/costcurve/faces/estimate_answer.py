"""What every face says of an estimate beside its JSON: the options as rows of a table."""

from __future__ import annotations

from typing import Any

from costcurve.decisions.result import Estimate


def option_rows(found: Estimate) -> list[dict[str, Any]]:
    """Return the options as rows of a table: the keys of the JSON, less the bill."""
    return [
        {key: value for key, value in option.to_dict().items() if key != "bill"}
        for option in found.options
    ]
