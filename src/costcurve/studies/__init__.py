"""Studies: each paper's tables and figures, computed with this library, beside what it printed."""

from costcurve.studies.reproduction import Item, Reproduction, reproduce, study_names

__all__ = ["Item", "Reproduction", "reproduce", "study_names"]
