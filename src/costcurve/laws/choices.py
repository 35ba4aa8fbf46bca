"""Choices of a fit, given as themselves or by their words."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from costcurve.core.errors import InputError, nearest

Choice = TypeVar("Choice", bound=StrEnum)


def choice_of(name: str, choices: type[Choice], given: str) -> Choice:
    """Return the member of a list of choices that is given; a word is not one by itself.

    Parameters
    ----------
    name : str
        What is chosen, for the error.
    choices : type of StrEnum
        All of them.
    given : str
        One of them, or its word.

    Raises
    ------
    InputError
        If there is none of that word.
    """
    if given not in list(choices):
        allowed = f"must be one of: {', '.join(choices)}{nearest(str(given), list(choices))}"
        raise InputError.of(name, given, allowed)
    return choices(given)
