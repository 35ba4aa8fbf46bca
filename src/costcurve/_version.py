"""The version, in one place; it is part of every shared link and every output."""

__version__ = "0.1.0"
