"""Packages that are extras, and asked for where they are used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from costcurve.core.errors import MissingExtraError


def scipy_module(name: str, purpose: str = "fitting a law", extra: str = "fit") -> Any:
    """Return a module of scipy, which is an extra and slow to load.

    Parameters
    ----------
    name : str
        Of the module.
    purpose, extra : str
        What it is needed for, and the extra that brings it, for the error.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        return import_module(f"scipy.{name}")
    except ImportError:
        raise MissingExtraError(purpose, extra) from None
