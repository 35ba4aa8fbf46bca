"""Facts of the world: small tables and one loader; every row has source, date and unit."""

from costcurve.facts.models import ModelFacts, find_models, model_table

__all__ = ["ModelFacts", "find_models", "model_table"]
