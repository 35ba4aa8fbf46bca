"""
What one pilot run tells
========================

The same task before and after one training run on the examples in hand. The law of all tasks gives
way to the task's own, as far as one measurement goes.
"""

import costcurve as cc

asked = {"target_accuracy": 0.95, "classes": 12, "limit": 40_000, "usd_per_example": 0.40}
before = cc.estimate(cc.Task(**asked))

# %%
# It had an error of 11% on 600 photographs that it was not trained on.

pilot = {"pilot_examples": 2_400, "pilot_error": 0.11, "pilot_test_examples": 600}
after = cc.estimate(cc.Task(**asked, **pilot))
after

# %%
# How many examples it takes, in 5, 50 and 95 of 100 such tasks. The last is more than there will
# ever be: some tasks do not reach the target at all.

for name, found in (("before", before), ("after", after)):
    needed = found.best.examples_needed
    print(f"{name:6}", *(f"{each:10.3g}" for each in (needed.p05, needed.p50, needed.p95)))
