"""Which law answers, by its name, by the file of its card, or by the evidence for a task."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from costcurve.laws.card_store import load_card, read_card

if TYPE_CHECKING:
    from costcurve.laws.either import Law, LawCard
    from costcurve.laws.log_linear_law import LogLinearLaw

#: The published law: of every kind of task, and of classes of unequal size.
PUBLISHED_LAW = "thompson-2024-eq1"
#: The law from public evidence: of classification.
CLASSIFICATION_LAW = "classification-2026"
#: Entropy of the classes over that of as many equal ones: below it chance, which the law from
#: public evidence measures errors against, says little.
EVEN = 0.8


def load_law(name: str = PUBLISHED_LAW) -> Law:
    """Return the packaged law with this identifier, or that of a card in a file.

    Parameters
    ----------
    name : str
        An identifier, or the path of a card: what ends in .json or has a slash.

    Raises
    ------
    InputError
        If there is no such law, or the card is not as it was made.

    Examples
    --------
    >>> law = load_law()
    >>> round(float(law.error(50_100, 0.012)), 4)
    0.0413
    """
    is_file = name.endswith(".json") or "/" in name
    return law_of_card(read_card(Path(name)) if is_file else load_card(name))


def law_of_card(card: LawCard) -> Law:
    """Return the law of a card."""
    # One at a time: an estimate needs one form, and starts fast.
    if card.form == "log-linear":
        from costcurve.laws.log_linear_law import LogLinearLaw  # noqa: PLC0415

        return LogLinearLaw(card)
    from costcurve.laws.log_odds_law import LogOddsLaw  # noqa: PLC0415

    return LogOddsLaw(card)


def published_law() -> LogLinearLaw:
    """Return Eq. 1 of Thompson et al. (2024)."""
    from costcurve.laws.log_linear_law import LogLinearLaw  # noqa: PLC0415

    card = load_card(PUBLISHED_LAW)
    if card.form != "log-linear":
        raise TypeError(card.form)
    return LogLinearLaw(card)


def default_law(*, is_segmentation: bool, evenness: float) -> str:
    """Return the name of the law with the best evidence for a task.

    The law from public evidence predicts tasks left out of its fit better than Eq. 1 does (its
    card says how much), but it has seen neither segmentation nor classes of very unequal size.

    Parameters
    ----------
    is_segmentation : bool
        Whether the task is segmentation.
    evenness : float
        Entropy of the classes over that of as many equal ones, 0 to 1.
    """
    return PUBLISHED_LAW if is_segmentation or evenness < EVEN else CLASSIFICATION_LAW
