"""What is to be learned: kind, target and classes, and from them the relative complexity."""

from costcurve.task.counts import read_class_counts
from costcurve.task.task import Task

__all__ = ["Task", "read_class_counts"]
