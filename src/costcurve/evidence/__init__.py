"""Evidence: what others measured, reached through one door."""

from costcurve.evidence.registry import Dataset, datasets, locate, verify

__all__ = ["Dataset", "datasets", "locate", "verify"]
