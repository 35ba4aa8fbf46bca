"""Numbers as people read them; only words and cards round, never the model or its JSON."""

from __future__ import annotations

import math

#: From here on a number is easier to read with an exponent.
LARGE = 1e12


def count(value: float) -> str:
    """Return a number of things: `"197,817"`, `"fewer than 1"`, `"2.7e+25"`."""
    if value == 0:
        return "0"
    if value < 1:
        return "fewer than 1"
    return f"{value:,.0f}" if value < LARGE else f"{value:.1e}"


def count_in_words(value: float) -> str:
    """Return a number of things for a sentence: `"197,817"`, `"272 billion"`, `"1.2e+19"`."""
    for name, size in (("trillion", 1e12), ("billion", 1e9), ("million", 1e6)):
        if size <= value < 999.5 * size:
            return f"{value / size:.3g} {name}"
        if 0.9995 * size <= value < size:
            return f"1 {name}"
    return count(value)


def usd(value: float) -> str:
    """Return a sum of money: `"$92,494.55"`, `"-$0.0021"`, `"$3.40e+20"`."""
    if value < 0.0:
        return f"-{usd(-value)}"
    value = abs(value)  # no sum is minus zero
    if value == 0 or 0.1 <= value < LARGE:
        return f"${value:,.2f}"
    return f"${value:.2g}" if value < LARGE else f"${value:.2e}"


def usd_in_words(value: float) -> str:
    """Return a sum of money for a sentence: `"$93,314"`, `"$5.63 trillion"`, `"$0.63"`."""
    return f"${count_in_words(value)}" if 1000 <= value < 1e15 else usd(value)


def accuracy(value: float) -> str:
    """Return an accuracy in percent with two digits of its error: `"96.5%"`, `"99.970%"`."""
    error = 1.0 - value
    if 0.0 < value < 0.001:
        return f"{100 * value:.2g}%"
    if 0.0 < error < 1e-10:
        return "over 99.99999999%"
    digits = 1 if error <= 0 else max(1, -math.floor(math.log10(error)) - 1)
    return f"{100 * value:.{digits}f}%"


def probability(value: float) -> str:
    """Return a probability in percent, never a false certainty: `"50%"`, `"under 1%"`."""
    if value < 0.01:
        return "under 1%"
    return "over 99%" if value > 0.99 else f"{100 * value:.0f}%"


def plain(value: float) -> str:
    """Return a number of any kind: nine digits, thousands separated, an exponent when extreme."""
    if value == 0 or 1e-4 <= abs(value) < LARGE:
        return f"{value:,.9g}" if abs(value) < 1e9 else f"{value:,.0f}"
    return f"{value:.9g}"
