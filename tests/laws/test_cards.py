"""Law cards: sealed, and refused in words when they say what cannot be."""

from __future__ import annotations

import hashlib
import json

import pytest

from costcurve.core.errors import InputError
from costcurve.core.files import packaged_text
from costcurve.laws import card_names, load_card, parse_card

EQ_1, OURS = "thompson-2024-eq1", "classification-2026"


def content(name):
    return json.loads(packaged_text("laws", "cards", f"{name}.json"))


def sealed(card):
    """Seal a card by hand: the SHA-256 of its JSON, names in order."""
    unsealed = {name: value for name, value in card.items() if name != "card_sha256"}
    digest = hashlib.sha256(json.dumps(unsealed, sort_keys=True).encode()).hexdigest()
    return json.dumps({**unsealed, "card_sha256": digest})


def altered(name, *path, to):
    card = content(name)
    place = card
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = to
    return card


def test_the_seal_is_the_sha_256_of_everything_else():
    # Of the other card some numbers are typed as whole ones, which the seal takes as they are read.
    assert parse_card(sealed(content(OURS))) == load_card(OURS)


@pytest.mark.parametrize(
    ("card", "said"),
    [
        (altered(EQ_1, "range", "examples", to=[61000, 3000]), "each range must rise"),
        (altered(EQ_1, "range", "error", to=[-0.1, 0.4]), "each range must rise"),
        (altered(EQ_1, "coefficients", to={}), "coefficients must be coef_intercept"),
        (altered(EQ_1, "coefficients", "coef_intercept", "value", to=2e3), "at most 1000 in size"),
        (altered(EQ_1, "covariance", to=[[1.0]]), "covariance must be 5 by 5"),
        (altered(OURS, "covariance", 0, 0, to=-1.0), "no negative variance"),
        (altered(OURS, "covariance", 0, to=[1.0]), "covariance must be 10 by 10"),
        (altered(EQ_1, "residual", "sd", to=0.0), "residual.sd"),
        (altered(EQ_1, "form", to="pickle"), "must be one of: log-linear, log-odds"),
        (altered(EQ_1, "schema_version", to=99), "make the card again with this version"),
        (altered(EQ_1, "unheard_of", to=1), "unheard_of"),
    ],
)
def test_a_card_that_says_what_cannot_be_is_refused_though_its_seal_is_right(card, said):
    with pytest.raises(InputError, match=said.replace("[", r"\[")):
        parse_card(sealed(card))


@pytest.mark.parametrize("name", card_names())
def test_any_digit_that_is_changed_breaks_the_seal(name):
    text = packaged_text("laws", "cards", f"{name}.json")
    card = content(name)
    value = card["coefficients"]["coef_intercept"]["value"]
    edited = text.replace(f'"value": {value}', f'"value": {value + 1e-6}', 1)
    assert edited != text
    with pytest.raises(InputError, match="edited by hand"):
        parse_card(edited)
