"""
What the next point of accuracy costs
=====================================

A task is said once; an answer shows itself with its card and its picture. The band is what the law
does not know before anything was trained on the task.
"""

import costcurve as cc

task = cc.Task(
    target_accuracy=0.95,
    classes=12,
    group="natural",
    examples_held=3_000,
    limit=40_000,
    usd_per_example=0.40,
)
answer = cc.estimate(task)
answer

# %%
# Numbers come with their interval, and with a reason not to trust it too far.

cost = answer.best.total_cost_usd
print(f"{answer.best.model}: ${cost.point:,.0f}, of 90% from ${cost.p05:,.0f} to ${cost.p95:,.0f}")
print(f"chance to reach the target with these examples: {answer.best.probability_of_target:.0%}")
print(f"and with all that could ever be had: {answer.best.probability_at_limit:.0%}")
