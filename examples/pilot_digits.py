r"""A pilot of one's own: a support vector machine on scikit-learn's handwritten digits.

In the folder of this file:

    costcurve pilot --function pilot_digits:error --sizes 50,100,200,400,800 --seeds 3 \
        --out digits.csv
    costcurve curve digits.csv --x examples --error error --target-error 0.01
"""

from __future__ import annotations

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

#: As scikit-learn's own example of these digits has it.
GAMMA = 0.001


def error(n: int, seed: int) -> tuple[float, int]:
    """Return the share of the test's digits that are not recognised, and how many these are."""
    images, digits = load_digits(return_X_y=True)
    # The same test for every run; the seed says which of the others are trained on.
    images, test_images, digits, test_digits = train_test_split(
        images, digits, test_size=450, stratify=digits, random_state=0
    )
    images, _, digits, _ = train_test_split(
        images, digits, train_size=n, stratify=digits, random_state=seed
    )
    share = SVC(gamma=GAMMA).fit(images, digits).score(test_images, test_digits)
    return 1.0 - float(share), len(test_digits)
