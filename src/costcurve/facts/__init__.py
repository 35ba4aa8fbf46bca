"""Facts of the world: small tables and one loader; every row has source, date and unit."""

from costcurve.facts.models import MODELS, ModelFacts, find_models, model_table

__all__ = ["MODELS", "ModelFacts", "find_models", "model_table"]
