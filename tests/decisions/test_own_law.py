"""Estimates by a user's own law: what its card does not promise is refused, or told."""

from __future__ import annotations

import numpy as np
import pytest

import costcurve as cc
from costcurve.laws.card_store import seal
from costcurve.laws.law import law_of_card

TASK = {"target_error": 0.4, "classes": 10}


def own_law(coefficients, **fields):
    """Return Eq. 1 with other coefficients, or another range."""
    content = cc.load_law().card.model_dump(mode="json")
    content["range"] |= fields
    for name, value in coefficients.items():
        content["coefficients"][name]["value"] = value
    return law_of_card(seal(content))


def test_of_a_law_that_hardly_falls_an_easy_target_takes_next_to_nothing():
    # Its 10^-1000 examples were none in float64, and none have no logarithm.
    law = own_law({"coef_log10_examples": -5e-4, "coef_pretrained_log10_examples": -5e-5})
    assert law.examples_needed(0.4, 0.3) == 1e-100
    found = cc.estimate(cc.Task(**TASK), law=law)
    assert found.best.examples_needed.point == 1e-100
    assert np.isfinite(found.best.total_cost_usd.p95)


@pytest.mark.parametrize("slope", [0.0, 0.05])
def test_a_law_that_rises_where_it_has_seen_nothing_is_refused_there(slope):
    law = own_law({"coef_log10_examples": slope, "coef_pretrained_log10_examples": -0.2})
    assert cc.estimate(cc.Task(**TASK), law=law).best.examples_needed.point > 0.0
    words = "^pretrained: False: by law .* the error then does not fall with examples"
    with pytest.raises(cc.InputError, match=words):
        cc.estimate(cc.Task(**TASK, pretrained=False), law=law)
    with pytest.raises(cc.InputError, match=words):
        law.examples_needed(0.4, 0.3, pretrained=[True, False])


@pytest.mark.parametrize(
    ("kinds", "pretrained", "words"),
    [
        (
            ["classification"],
            [True],
            "pretrained classification only; for segmentation and for training from scratch the",
        ),
        (
            ["segmentation"],
            [False],
            "from-scratch segmentation only; for classification and for training from a checkpoint",
        ),
        (["segmentation"], [False, True], "segmentation only; for classification the interval"),
    ],
)
def test_what_a_law_was_tested_on_is_what_its_card_says(kinds, pretrained, words):
    law = own_law({}, kinds=kinds, pretrained=pretrained)
    asked = cc.Task(
        **TASK, kind="segmentation" if kinds == ["classification"] else "classification"
    )
    told = [each for each in cc.estimate(asked, law=law).warnings if "was tested on" in each]
    assert len(told) == 1
    assert words in told[0]
