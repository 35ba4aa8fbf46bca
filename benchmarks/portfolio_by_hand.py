"""The arithmetic of a portfolio by hand in NumPy, as a careful engineer would write it once.

Classifiers with something done today, all candidate models, some draws of each row; without the
parts of the model that are zero here.
"""

from __future__ import annotations

import numpy as np

from costcurve.core.vocabulary import TaskKind
from costcurve.decisions.portfolio import DRAWS
from costcurve.decisions.portfolio_cases import Alike, Calculation, calculation_of
from costcurve.laws.setting import Setting

#: Rows that stay in a processor's cache.
BLOCK = 1000
ALIKE = Alike(TaskKind.CLASSIFICATION, "given", has_baseline=True)


def _one(calculation: Calculation, name: str) -> np.ndarray:
    return np.ravel(calculation.point.evaluate([name])[name])


class ByHand:
    """The same arithmetic, written by hand."""

    def __init__(self) -> None:
        known = calculation_of(ALIKE, {}, DRAWS)
        self.law = known.law
        self.coefficients = {name: each.value for name, each in known.law.card.coefficients.items()}
        self.knee = np.log10(known.law.card.knee_examples_per_class)
        # What does not depend on the row, for each model: seconds of an example, and the hour.
        self.seconds = _one(known, "run_seconds_per_example")
        self.usd_per_hour = _one(known, "usd_per_accelerator_hour")
        self.parameters = _one(known, "parameters")
        self.drawn, self.scatter = {}, {}
        for model in range(len(known.models)):
            graph = known.worth_of(model).graph
            names = ["run_seconds_per_example", "residual_z", "slope_z"]
            found = graph.evaluate([*names, "horizon_annuity_factor"])
            self.drawn[model] = np.ravel(found["run_seconds_per_example"])
            self.scatter = {name: np.ravel(found[name]) for name in names[1:]}
            self.annuity = float(found["horizon_annuity_factor"])
        self.passes = float(_one(known, "forward_passes_per_step")[0])
        self.utilisation = 0.3

    def __call__(self, columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return the columns of the answer."""
        rows = len(columns["classes"])
        names = ("examples_needed", "training_cost_usd", "net_usd", "net_usd_p05", "net_usd_p95",
                 "annual_cost_usd", "annual_benefit_usd")  # fmt: skip
        found = {name: np.empty(rows) for name in (*names, "model")}
        for start in range(0, rows, BLOCK):
            part = {name: each[start : start + BLOCK] for name, each in columns.items()}
            for name, values in self._block(part).items():
                found[name][start : start + BLOCK] = values
        return found

    def _block(self, given: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        c, pretrained = self.coefficients, given["pretrained"].astype(float)
        entropy = np.log(given["classes"])
        ones = np.ones(len(entropy))
        setting = Setting(entropy, entropy / np.log(1000.0), pretrained, 0.0 * ones, 0.5 * ones,
                          0.0 * ones)  # fmt: skip
        scatter = self.law.of_tasks(setting)
        chance = 1.0 - np.exp(-entropy)
        sizes = entropy / np.log(10.0) - 1.0
        knee = entropy / np.log(10.0) + self.knee
        level = (
            c["coef_intercept"]
            + c["coef_pretrained"] * pretrained
            + (c["coef_log10_classes"] + c["coef_pretrained_log10_classes"] * pretrained) * sizes
            + (c["coef_specialized"] + c["coef_pretrained_specialized"] * pretrained) * 0.5
        )
        slope, bend = c["coef_log10_examples"], c["coef_log10_examples_beyond"]
        target = 1.0 - given["target_accuracy"]
        pivot = 3.0 + scatter["decades_to_pivot"]
        before, beyond = min(slope, -0.01), min(slope + bend, -0.01)
        at_pivot = level + slope * (pivot - 3.0) + bend * np.maximum(pivot - knee, 0.0)
        at_knee = at_pivot + np.where(pivot < knee, before, beyond) * (knee - pivot)
        odds = np.log10(target) - np.log10(np.maximum(chance - target, 1e-9 * target))
        away = odds - at_knee
        needed = 10.0 ** np.clip(knee + away / np.where(away > 0.0, before, beyond), -100.0, 100.0)
        limit, held = given["examples_limit"], given["examples_held"]
        used = np.minimum(needed, limit)
        hours = self.seconds * (used * given["epochs"])[:, None] / 3600.0
        data = np.maximum(used - held, 0.0) * given["usd_per_example"]
        total = hours * self.usd_per_hour + data[:, None]
        best = np.argmin(total, axis=1)
        plan = np.clip(needed, np.maximum(held, 1.0), np.minimum(limit, 1e12))
        found = {"examples_needed": needed, "model": best.astype(float)}
        curve = (level, slope, bend, knee, chance, scatter)
        for model in np.unique(best):
            some = np.flatnonzero(best == model)
            for name, values in self._year(model, some, given, plan, curve).items():
                found.setdefault(name, np.empty(len(entropy)))[some] = values
        return found

    def _year(self, model, some, given, plan, curve):  # type: ignore[no-untyped-def]
        level, slope, bend, knee, chance, scatter = curve
        g = {name: each[some, None] for name, each in given.items()}
        plan, knee, chance = plan[some, None], knee[some, None], chance[some, None]
        sd = {name: each[some, None] for name, each in scatter.items()}
        z, slope_z = (self.scatter[name] for name in ("residual_z", "slope_z"))
        steep = sd["slope_sd"] * slope_z
        level = level[some, None] + sd["level_sd"] * z - steep * sd["decades_to_pivot"]
        logs = np.log10(plan)
        odds = level + (slope + steep) * (logs - 3.0) + bend * np.maximum(logs - knee, 0.0)
        error = np.minimum(chance / (1.0 + 10.0 ** np.minimum(-odds, 300.0)), 1.0)
        at_stake = g["cost_per_error_usd"] + g["benefit_per_prediction_usd"]
        value = g["benefit_per_prediction_usd"] - error * at_stake
        today = g["benefit_per_prediction_usd"] - (1.0 - g["baseline_accuracy"]) * at_stake
        benefit = g["predictions_per_year"] * (value - today)
        seconds, price = self.drawn[model], self.usd_per_hour[model]
        training = seconds * (plan * g["epochs"] / 3600.0) * price
        data = np.maximum(plan - g["examples_held"], 0.0) * g["usd_per_example"]
        serving_hours = g["predictions_per_year"] * (seconds / self.passes) / 3600.0
        cost = (data + training) * self.annuity + serving_hours / self.utilisation * price
        net = (benefit - cost)[:, 1:]
        low, high = np.quantile(net, (0.05, 0.95), axis=1)
        return {
            "training_cost_usd": training[:, 0],
            "net_usd": net.mean(axis=1),
            "net_usd_p05": low,
            "net_usd_p95": high,
            "annual_cost_usd": cost[:, 1:].mean(axis=1),
            "annual_benefit_usd": benefit[:, 1:].mean(axis=1),
        }
