"""
The limits of a field
=====================

How the error of a field's models falls with the compute of their training, and what a lower error
would take if it went on like that. The models here are drawn from a known law, so that what comes
out can be set beside what was put in: an exponent of 9.
"""

import numpy as np

import costcurve as cc

random = np.random.default_rng(5)
year = np.sort(random.uniform(2012, 2025, 60))
log10_flop = 16 + 0.5 * (year - 2012) + random.normal(0, 0.8, 60)
error = 0.3 * 10 ** (-(log10_flop - 16) / 9 + random.normal(0, 0.04, 60))

field = cc.Evidence(log10_flop, error, year)
answer = cc.limits(field, target_errors=[0.05, 0.01], has_trend=False)
answer

# %%
# The interval of the exponent, which is that of a line of log error on log compute.

low, high = answer.law.exponent_interval()
print(f"compute to the power of {answer.law.exponent:.1f}, of 95% from {low:.1f} to {high:.1f}")
