"""Thompson et al. (2024), AAAI: Table 1, Table 2, Figure 2 and Eq. 2-5, beside what they print."""

from __future__ import annotations

from itertools import product
from math import ceil

import numpy as np

from costcurve.core.vocabulary import Flag, Status
from costcurve.decisions import Assumptions, Estimate, estimate
from costcurve.laws import LogLinearCard, LogLinearLaw, published_law
from costcurve.studies.reproduction import Item, compared
from costcurve.task import Task

TITLE = "Thompson et al. (2024), the economic model of computer vision"

# Table 2: case, examples, relative complexity, observed and predicted error in per cent.
TABLE_2 = (
    ("Boston Sci.", 50_100.0, 0.012, 3.0, 4.0),
    ("Boston Sci.", 61_000.0, 0.012, 1.0, 4.0),
    ("IBM CAO", 61_000.0, 0.100, 1.0, 5.0),
    ("Navtech", 3_000.0, 0.200, 6.0, 8.0),
    ("Navtech", 3_000.0, 0.348, 12.0, 9.0),
    ("Navtech", 3_000.0, 0.403, 45.0, 1.0),
)

# Table 1: coefficient, then t and the 95 % interval as printed.
TABLE_1 = {
    "coef_intercept": (-5.378, -1.117, -0.510),
    "coef_log10_examples": (-2.456, -0.127, -0.013),
    "coef_pretrained_log10_examples": (-3.367, -0.084, -0.021),
    "coef_relative_complexity": (4.464, 0.335, 0.883),
    "coef_segmentation": (6.719, 0.436, 0.808),
}
# Table 1 prints coefficients and standard errors to three decimals: half of the last one.
HALF_STEP = 0.0005
# 0.975 quantile of Student's t with 56 - 5 = 51 degrees of freedom (scipy.stats.t.ppf).
T_QUANTILE = 2.007584

# Figure 2: model, maximal accuracy in per cent, training and total cost in USD.
FIGURE_2 = (
    ("EfficientNet-B0", 96.50, 9_610.92, 103_033.92),
    ("Inception-v3", 96.50, 43_313.31, 136_736.31),
    ("YOLOv5", 96.43, 76_317.51, 169_740.51),
)
FIGURE_2_DATA_COST_USD = 93_423.00
FIGURE_2_DATA_NEEDED = 149_000.0
FIGURE_2_LIMIT = 200_000.0
FIGURE_2_PRICE_USD = 0.63

# Eq. 5 is tried with far more held than needed.
EQ_5_EXAMPLES_HELD = 1e6
# Eq. 2 is tried at this number of examples; any other would show the same.
EQ_2_EXAMPLES = 100_000.0

# A run that others measured. Training images of ImageNet: Russakovsky et al. (2015), ILSVRC2012.
IMAGENET_EXAMPLES = 1_281_167.0
# He et al. (2016) train for about 90 epochs; torchvision ResNet50_Weights num_params, 2022-06-28.
RESNET_50_EPOCHS = 90.0
RESNET_50_PARAMETERS = 25_557_032.0
# Median cost_to_target_usd of the ResNet-50 entries on ImageNet in the DAWNBench repository,
# github.com/stanford-futuredata/dawn-bench-entries at commit fb27b82 (2020).
DAWNBENCH_MEDIAN_USD = 39.71


def items() -> list[Item]:
    """Return every item of the study."""
    law = published_law()
    shown = _figure_2_estimate()
    return [
        *_table_1(law.card),
        *_table_2(law),
        _residual(law),
        *_figure_2_need(shown),
        *_figure_2_data(shown),
        *(
            item
            for name, *row in FIGURE_2
            for item in _figure_2_model(shown, name, row[0], row[1:])
        ),
        _order_of_models(shown),
        _pretrain_in_eq_2(law),
        _eq_4_against_a_measured_run(),
        _negative_eq_5(),
        _chance_at_the_examples_needed(shown),
    ]


def _table_1(card: LogLinearCard) -> list[Item]:
    found = []
    for name, (t, low, high) in TABLE_1.items():
        value, error = card.coefficients[name].value, card.coefficients[name].standard_error
        row = name.removeprefix("coef_")
        signed_half = np.copysign(HALF_STEP, value)
        found.append(
            compared(
                f"table1.{row}.t",
                t,
                value / error,
                0.001,
                _ordered(
                    (value - signed_half) / (error + HALF_STEP),
                    (value + signed_half) / (error - HALF_STEP),
                ),
            )
        )
        slack = HALF_STEP * (1.0 + T_QUANTILE)
        for end, printed, sign in (("low", low, -1.0), ("high", high, 1.0)):
            ours = value + sign * T_QUANTILE * error
            found.append(
                compared(f"table1.{row}.{end}", printed, ours, 0.001, (ours - slack, ours + slack))
            )
    return found


def _table_2(law: LogLinearLaw) -> list[Item]:
    found = []
    for number, (_, examples, complexity, _, printed) in enumerate(TABLE_2, start=1):
        ours = 100.0 * float(law.error(examples, complexity))
        item = compared(f"table2.row{number}", printed, ours, 1.0, unit="%")
        if item.status is Status.DIFFERS:
            reason = (
                "Eq. 1 gives 10 %, and the text says that all but one case is predicted "
                "approximately; the printed 1 % looks like 10 % with a digit lost"
            )
            item = Item(item.id, printed, ours, Status.SUSPECTED_ERRATUM, reason, "%")
        found.append(item)
    return found


def _residual(law: LogLinearLaw) -> Item:
    observed = np.array([row[3] for row in TABLE_2]) / 100.0
    predicted = law.error([row[1] for row in TABLE_2], [row[2] for row in TABLE_2])
    rms = float(np.sqrt(np.mean(np.log10(observed / predicted) ** 2)))
    slope = float(np.log10(law.error(1.0, 0.0) / law.error(10.0, 0.0)))
    decades = rms / slope
    reason = (
        "neither residual scale nor covariance is printed; this is the root mean square of "
        f"log10(observed / predicted) over Table 2, {decades:.1f} decades in n"
    )
    return Item("table2.residual_sd", None, rms, Status.NOT_PRINTED, reason)


def _figure_2_estimate() -> Estimate:
    task = Task(
        target_accuracy=0.965,
        class_counts={"Positive": 50_000, "Negative": 1_000},
        limit=FIGURE_2_LIMIT,
        usd_per_example=FIGURE_2_PRICE_USD,
        pretrained=True,
    )
    return estimate(task, Assumptions(mode="as-published", epochs=50, usd_per_flop=3e-11))


def _needed_band(shown: Estimate) -> tuple[float, float]:
    """Return the examples needed at the corners of what rounds to Eq. 2's coefficients."""
    rounded = (
        "coef_intercept",
        "coef_log10_examples",
        "coef_pretrained_log10_examples",
        "coef_relative_complexity",
    )
    corners = np.array(list(product((-HALF_STEP, HALF_STEP), repeat=len(rounded))))
    overrides = {
        name: shown.point(name) + corners[:, [position], None]
        for position, name in enumerate(rounded)
    }
    graph = shown.evaluation.graph
    needed = graph.evaluate(["examples_needed"], {**overrides, "residual_z": 0.0})
    return float(needed["examples_needed"].min()), float(needed["examples_needed"].max())


def _figure_2_need(shown: Estimate) -> list[Item]:
    low, high = _needed_band(shown)
    reason = (
        f"the rounding of the coefficients alone spans {low:,.0f} to {high:,.0f}; the data cost "
        f"implies {_implied_examples(shown):,.0f}"
    )
    needed = shown.best.examples_needed.point
    complexity = shown.point("relative_complexity")
    how = "entropy of 50,000 and 1,000 over the entropy of 1,000 equal classes"
    return [
        Item("figure2.relative_complexity", None, complexity, Status.NOT_PRINTED, how),
        Item("figure2.examples_needed", None, needed, Status.NOT_PRINTED, reason, "example"),
    ]


def _figure_2_data(shown: Estimate) -> list[Item]:
    held = shown.point("examples_held")
    low, high = _needed_band(shown)
    bought = (low - held, min(high, FIGURE_2_LIMIT) - held)
    return [
        compared(
            "figure2.data_needed",
            FIGURE_2_DATA_NEEDED,
            _up_to_a_thousand(shown.best.new_examples.point),
            1.0,
            (_up_to_a_thousand(bought[0]), _up_to_a_thousand(bought[1])),
            unit="example",
            reason="the printed figure is the additional data, rounded up to a thousand",
        ),
        compared(
            "figure2.data_cost",
            FIGURE_2_DATA_COST_USD,
            shown.best.data_cost_usd.point,
            0.01,
            (bought[0] * FIGURE_2_PRICE_USD, bought[1] * FIGURE_2_PRICE_USD),
            unit="USD",
        ),
    ]


def _up_to_a_thousand(examples: float) -> float:
    return 1000.0 * ceil(examples / 1000.0)


def _implied_examples(shown: Estimate) -> float:
    return FIGURE_2_DATA_COST_USD / FIGURE_2_PRICE_USD + shown.point("examples_held")


def _figure_2_model(shown: Estimate, name: str, accuracy: float, costs: list[float]) -> list[Item]:
    # One n stands behind all costs of the figure: the one that its data cost implies, or, where
    # data is counted in thousands, at most the limit.
    training, total = costs
    usd_per_example = shown.point("training_cost_usd", name) / shown.point("examples_used")
    low, high = (usd_per_example * n for n in (_implied_examples(shown), FIGURE_2_LIMIT))
    parameters = shown.point("parameters", name)
    implied = training / (usd_per_example / parameters * FIGURE_2_LIMIT)
    why = (
        f"{parameters:,.0f} parameters cost {low:,.2f} to {high:,.2f} USD at the examples that the "
        f"figure's data cost allows; the printed dollars imply {implied:,.0f} parameters, which "
        "the paper does not print"
    )
    both = "the data cost is within rounding, the training cost differs"
    how = (
        f"what the printed training cost implies at {FIGURE_2_LIMIT:,.0f} examples; ours: "
        f"{parameters:,.0f}"
    )
    item = f"figure2.{name}"
    ours = [shown.point(cost, name) for cost in ("training_cost_usd", "total_cost_usd")]
    all_in = (low + FIGURE_2_DATA_COST_USD, high + FIGURE_2_DATA_COST_USD)
    reached = 100.0 * shown.point("achievable_accuracy", name)
    no_model = "cannot be: Eq. 1 knows no model" if abs(reached - accuracy) > 0.005 else ""
    return [
        compared(f"{item}.accuracy", accuracy, reached, 0.01, unit="%", reason=no_model),
        compared(
            f"{item}.training_cost", training, ours[0], 0.01, (low, high), unit="USD", reason=why
        ),
        compared(f"{item}.total_cost", total, ours[1], 0.01, all_in, unit="USD", reason=both),
        Item(f"{item}.parameters", None, implied, Status.NOT_PRINTED, how, "parameter"),
    ]


def _order_of_models(shown: Estimate) -> Item:
    ours = ", ".join(option.model for option in shown.options[: len(FIGURE_2)])
    printed = ", ".join(row[0] for row in FIGURE_2)
    reason = (
        "Eq. 4 orders models by their parameters, and ResNet-32 (a network for CIFAR) and "
        "ResNet-34 have fewer than Inception-v3"
    )
    return Item("figure2.order", printed, ours, Status.DIFFERS, reason)


def _pretrain_in_eq_2(law: LogLinearLaw) -> Item:
    error = float(law.error(EQ_2_EXAMPLES, 0.0, pretrained=False))
    to_the_letter = float(law.examples_needed(error, 0.0, pretrained=True))
    ours = float(law.examples_needed(error, 0.0, pretrained=False))
    reason = (
        f"Eq. 1 gives an error of {error:.4f} for a model trained from scratch on "
        f"{EQ_2_EXAMPLES:,.0f} examples; the printed Eq. 2 has the slope of a pretrained model "
        f"and gives {to_the_letter:,.0f} back, ours has the slope of the task"
    )
    return Item("eq2.from_scratch", to_the_letter, ours, Status.DIFFERS, reason, "example")


def _eq_4_against_a_measured_run() -> Item:
    option = estimate(
        Task(target_error=0.5, classes=1000, examples_held=IMAGENET_EXAMPLES),
        Assumptions(
            mode="as-published",
            models=["ResNet-34"],
            epochs=RESNET_50_EPOCHS,
            overrides={
                "parameters": RESNET_50_PARAMETERS,
                "examples_needed": IMAGENET_EXAMPLES,
            },
        ),
    ).best
    cost_usd = option.training_cost_usd.point
    factor = cost_usd / DAWNBENCH_MEDIAN_USD
    reason = (
        "ResNet-50, 90 epochs of ImageNet: the eight ResNet-50 entries of DAWNBench (2017-2020) "
        f"paid a median of {DAWNBENCH_MEDIAN_USD:.0f} USD to 93 % top-5; Eq. 4 gives "
        f"{factor:,.0f} times that"
    )
    return Item("eq4.resnet50", None, cost_usd, Status.NOT_PRINTED, reason, "USD")


def _negative_eq_5() -> Item:
    task = Task(
        target_error=0.1,
        classes=2,
        examples_held=EQ_5_EXAMPLES_HELD,
        usd_per_example=FIGURE_2_PRICE_USD,
    )
    option = estimate(task, Assumptions(mode="as-published")).best
    to_the_letter = FIGURE_2_PRICE_USD * (option.examples_needed.point - EQ_5_EXAMPLES_HELD)
    reason = (
        f"with more held than needed the printed Eq. 5 gives {to_the_letter:,.0f} USD; nothing is "
        f"bought and nothing refunded, so ours is zero, with the flag {Flag.NOTHING_TO_BUY}"
    )
    return Item(
        "eq5.more_held_than_needed",
        None,
        option.data_cost_usd.point,
        Status.NOT_PRINTED,
        reason,
        "USD",
    )


def _chance_at_the_examples_needed(shown: Estimate) -> Item:
    reason = (
        "the equation is a median: at the examples needed the chance to reach the target is one "
        "half"
    )
    chance = shown.best.probability_of_target
    return Item("eq2.probability_of_target", None, chance, Status.NOT_PRINTED, reason)


def _ordered(one: float, other: float) -> tuple[float, float]:
    return min(one, other), max(one, other)
