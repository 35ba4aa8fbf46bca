"""
Where a learning curve goes
===========================

Five runs on growing parts of a data set, and what the law of learning curves makes of them. Its
bands were calibrated on data sets that were left out of its fit.
"""

import costcurve as cc

examples = [250, 500, 1_000, 2_000, 4_000]
error = [0.412, 0.331, 0.262, 0.214, 0.171]
curve = cc.load_curve_law().curve(examples, error)
curve

# %%
# Quantiles of one more measurement at other sizes, and the examples at which a target is met with a
# chance of 5%, 50% and 95%; there may be none in sight.

low, _, median, _, high = curve.predict([8_000, 32_000])
print("median", median.round(3), "of 90% from", low.round(3), "to", high.round(3))
for share, needed in zip((0.05, 0.5, 0.95), curve.needed(0.10), strict=True):
    print(
        f"{share:.0%}:",
        "no number within 1,000 times those seen" if needed is None else f"{needed:,.0f} examples",
    )
