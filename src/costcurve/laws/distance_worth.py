"""What the distance of data sets is worth in the paper's regression, tested as the paper did."""

from __future__ import annotations

from dataclasses import dataclass

from costcurve.laws.regression import SIGNIFICANCE, Evidence, Regression, specifications


@dataclass(frozen=True)
class DistanceWorth:
    """What the distance of data sets adds to a regression that has all other variables.

    Attributes
    ----------
    value, se, p : float
        Of its coefficient, and whether it is told from 0.
    with_it, without_it : Regression
        Both fits, none of whose variables was dropped for its p.
    """

    value: float
    se: float
    p: float
    with_it: Regression
    without_it: Regression

    @property
    def is_kept(self) -> bool:
        """Whether it reaches the significance that the paper asks for."""
        return self.p < SIGNIFICANCE

    def to_dict(self) -> dict[str, object]:
        """Return the comparison as it stands in JSON."""
        pair = {"with": self.with_it, "without": self.without_it}
        return {
            "value": self.value,
            "se": self.se,
            "p": self.p,
            "kept": self.is_kept,
            **{f"r2_adjusted_{name}": fit.fit.details["r2_adjusted"] for name, fit in pair.items()},
            **{
                f"median_abs_log10_error_{name}": fit.validation.median_abs_log10_error
                for name, fit in pair.items()
            },
        }


def distance_worth(evidence: Evidence) -> DistanceWorth | None:
    """Return what the distance adds; `None` where there is none or it says nothing of its own.

    Thompson et al. (2024), Regression Equation Setup, tested it so and dropped it: it missed
    p < 0.05 again and again.
    """
    steps = specifications(evidence)
    if not steps or steps[-1].names[-1] != "distance" or len(steps) < 2:
        return None
    row = steps[-1].table()["distance"]
    value, se, p = (float(str(row[name])) for name in ("value", "se", "p"))
    return DistanceWorth(value, se, p, with_it=steps[-1], without_it=steps[-2])
