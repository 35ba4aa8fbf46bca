"""How the slope of a field moves with what went unpublished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from costcurve.core.errors import InputError
from costcurve.laws.compute import MARGIN_SHARES, ComputeLaw, Method, fit_compute_law, margin_of

if TYPE_CHECKING:
    from costcurve.decisions.limits import Evidence


def slopes_of_margins(evidence: Evidence, law: ComputeLaw) -> tuple[dict[str, float], ...]:
    """Return the slope for margins of publication that keep more and more of the models.

    Parameters
    ----------
    evidence : Evidence
        With dates; without them there are none.
    law : ComputeLaw
        Fitted to it; of another method than `selection` there are none.

    Returns
    -------
    tuple of dict
        For each of `MARGIN_SHARES`: `share_within`, `margin_log10_error`, `n_within`, `slope`,
        `slope_se`, and `is_identified`, 1 or 0.
    """
    if evidence.year is None or law.method is not Method.SELECTION:
        return ()
    rows = []
    for share in MARGIN_SHARES:
        margin = margin_of(evidence.error, evidence.year, share)
        try:
            found = fit_compute_law(
                evidence.log10_compute,
                evidence.error,
                law.form,
                Method.SELECTION,
                year=evidence.year,
                margin=margin,
            )
        except InputError:  # too few are within so close a margin
            continue
        rows.append(
            {
                "share_within": share,
                "margin_log10_error": margin,
                "n_within": found.details["n_within"],
                "slope": found.slope,
                "slope_se": found.slope_se,
                "is_identified": float("selection_not_identified" not in found.cautions),
            }
        )
    return tuple(rows)
