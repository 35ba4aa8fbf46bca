"""Words with one spelling in the whole house."""

from __future__ import annotations

from enum import StrEnum


class TaskKind(StrEnum):
    """What the model does with an image."""

    CLASSIFICATION = "classification"
    SEGMENTATION = "segmentation"


class TaskGroup(StrEnum):
    """What images a classifier sees, in the words of VTAB (Zhai et al. 2019)."""

    NATURAL = "natural"
    SPECIALIZED = "specialized"
    STRUCTURED = "structured"


class Mode(StrEnum):
    """How training is priced."""

    CALIBRATED = "calibrated"
    AS_PUBLISHED = "as-published"


class Effort(StrEnum):
    """How well a run is engineered."""

    TUNED = "tuned"
    TYPICAL = "typical"
    CASUAL = "casual"


class Phase(StrEnum):
    """What a model is run for."""

    TRAINING = "training"
    INFERENCE = "inference"


class Precision(StrEnum):
    """How numbers are held in the arithmetic of a run."""

    AMP = "amp"
    BF16 = "bf16"
    TF32 = "tf32"
    FP32 = "fp32"
    FP8 = "fp8"


class Flag(StrEnum):
    """What a reader must know about one option; every face says it in words."""

    BEYOND_LIMIT = "beyond_limit"
    EXTRAPOLATING_EXAMPLES = "extrapolating_examples"
    EXTRAPOLATING_RELATIVE_COMPLEXITY = "extrapolating_relative_complexity"
    EXTRAPOLATING_ERROR = "extrapolating_error"
    UNTESTED_KIND = "untested_kind"
    UNTESTED_PRETRAINING = "untested_pretraining"
    COST_CAPPED_AT_LIMIT = "cost_capped_at_limit"
    NOTHING_TO_BUY = "nothing_to_buy"
    FEWER_THAN_ONE_EXAMPLE = "fewer_than_one_example"
    DOES_NOT_FIT = "does_not_fit"
    OLD_PRICE = "old_price"
    ACTIVATIONS_ESTIMATED = "activations_estimated"
    FAMILY_NOT_MEASURED = "family_not_measured"


class Status(StrEnum):
    """How a reproduced number stands to the printed one."""

    REPRODUCED = "reproduced"
    WITHIN_ROUNDING = "within rounding"
    DIFFERS = "differs"
    SUSPECTED_ERRATUM = "suspected erratum"
    NOT_PRINTED = "not printed"
