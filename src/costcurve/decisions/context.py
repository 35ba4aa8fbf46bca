"""What else a run means: the runs that fail, other years, the making of the hardware, pictures."""

from __future__ import annotations

from dataclasses import dataclass

from costcurve.costs import ownership
from costcurve.decisions.run_specs import RunSpec
from costcurve.decisions.runs import RunCost

#: All compute of a project over that of the run that is kept: 90 % interval and median.
EXPERIMENTS = (1.2, 2.2, 4.0)
EXPERIMENTS_SOURCE = (
    "Cottier et al. (2024), The rising costs of training frontier AI models, arXiv:2405.21015: "
    "1.2 to 4 times, median 2.2"
)
#: Years in which FLOP/s for a dollar double.
DOUBLING_YEARS = 2.46
TREND_SOURCE = (
    "Hobbhahn and Besiroglu (2022), Trends in GPU price-performance, Epoch AI: 2.46 years "
    "(90 % interval 2.24 to 2.72), 470 GPUs of 2006 to 2021"
)
#: Years that are shown beside the year of the price.
OTHER_YEARS = (2020, 2028)
_OWNED = {each.name: float(each.value) for each in ownership.INPUTS}
#: Hours in which an accelerator works over its life.
_LIFETIME_HOURS = _OWNED["lifetime_years"] * ownership.HOURS_PER_YEAR * _OWNED["share_in_use"]
LIFETIME_SOURCE = (
    "five years (Amazon, from 2025) at 85 % use (Luccioni et al., 2022, arXiv:2211.02001)"
)
#: Kilograms of CO2e for a mile in an average car of the United States.
_KG_PER_MILE = 0.393
MILES_SOURCE = "EPA, Greenhouse Gas Equivalencies Calculator, August 2026: 393 g a mile"


@dataclass(frozen=True, slots=True)
class Context:
    """What stands around a run's own figures; what is not known is `None`.

    Attributes
    ----------
    usd_with_experiments : tuple of float, optional
        Dollars with failed runs and the search for hyper-parameters: low, middle, high.
    usd_in_year : mapping of int to float, optional
        Dollars of the same run at the prices of other years.
    embodied_kg_co2e : float, optional
        The run's share of the gases of making the accelerators, over their life.
    miles : float, optional
        Miles in an average car that give off as much as the run's electricity.
    """

    usd_with_experiments: tuple[float, float, float] | None
    usd_in_year: dict[int, float] | None
    embodied_kg_co2e: float | None
    miles: float | None

    def to_dict(self) -> dict[str, object]:
        """Return it for the JSON, with sources."""
        years = self.usd_in_year or {}
        return {
            "usd_with_experiments": self.usd_with_experiments,
            "usd_with_experiments_source": EXPERIMENTS_SOURCE,
            "usd_in_year": {str(year): usd for year, usd in years.items()},
            "usd_in_year_source": TREND_SOURCE,
            "embodied_kg_co2e": self.embodied_kg_co2e,
            "embodied_kg_co2e_lifetime": LIFETIME_SOURCE,
            "car_miles": self.miles,
            "car_miles_source": MILES_SOURCE,
        }


def context_of(found: RunCost, spec: RunSpec) -> Context:
    """Return what stands around the figures of a run."""
    cost, carbon = found.values.get("cost_usd"), found.values.get("kg_co2e")
    price, machine = spec.case.equipment.price, spec.case.equipment.accelerator
    embodied = machine.embodied_kg_co2e
    low, middle, high = EXPERIMENTS
    training = spec.case.phase == "training"
    return Context(
        usd_with_experiments=(
            (cost.point * low, cost.point * middle, cost.point * high)
            if cost and training
            else None
        ),
        usd_in_year=(
            {
                year: cost.point * 2.0 ** ((price.source_date.year - year) / DOUBLING_YEARS)
                for year in OTHER_YEARS
            }
            if cost and price
            else None
        ),
        embodied_kg_co2e=(
            embodied * found.values["accelerator_hours"].point / _LIFETIME_HOURS
            if embodied
            else None
        ),
        miles=carbon.point / _KG_PER_MILE if carbon else None,
    )
