"""
Is it worth it?
===============

A case says what a right and a wrong prediction are worth, beside the task. Where it pays is drawn
over the accuracy, and over volume and value.
"""

import costcurve as cc

case = cc.case_of(
    {
        "task": {
            "target_accuracy": 0.95,
            "classes": 12,
            "examples_held": 3_000,
            "limit": 40_000,
            "usd_per_example": 0.40,
        },
        "benefit": {
            "predictions_per_year": 2e6,
            "benefit_per_prediction_usd": "0.01 to 0.03",
            "cost_per_error_usd": 0.08,
        },
        "people": {
            "roles": [
                {"name": "engineer", "usd_per_hour": 90, "setup_hours": 200, "hours_per_year": 60}
            ]
        },
        "finance": {"budget_usd": 60_000, "max_probability_of_loss": 0.3},
    }
)
answer = cc.worth(case)
answer

# %%
# The same in numbers.

net = answer.annual["net_usd"]
print(answer.decision, "-", answer.reason)
print(
    f"a year is expected to gain ${net.mean:,.0f}, of 90% from ${net.p05:,.0f} to ${net.p95:,.0f}"
)
