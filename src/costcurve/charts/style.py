"""What all charts share: their schema, colours, frame, and how sums of money are written."""

from __future__ import annotations

from typing import Any

_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
#: Colours that people with any colour vision tell apart: Okabe and Ito (2008).
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
#: Expressions of Vega for the labels of an axis: a number of any size, and one of US dollars. Below
#: 1 without prefix, since $100m is no tenth of a dollar to a reader; beyond the largest prefix,
#: 10^24, all the zeros would be written out.
_SHORT = (
    "(abs(datum.value) < 1 ? format(abs(datum.value), '~g')"
    " : abs(datum.value) < 1e15 ? replace(format(abs(datum.value), '~s'), 'G', 'B')"
    " : format(abs(datum.value), '.0e'))"
)
NUMBER = f"(datum.value < 0 ? '-' : '') + {_SHORT}"
MONEY = f"(datum.value < 0 ? '-$' : '$') + {_SHORT}"


def page(**parts: Any) -> dict[str, Any]:
    """Return a specification of these parts on white, without a grid; `config` adds to its own."""
    config = {"axis": {"grid": False}, "view": {"stroke": "#cccccc"}, **parts.pop("config", {})}
    return {"$schema": _SCHEMA, "background": "white", **parts, "config": config}
