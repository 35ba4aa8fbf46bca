"""`costcurve limits` of the models that come along, and of laws as they were printed."""

from __future__ import annotations

import numpy as np
import pytest

from costcurve.evidence.observations import imagenet, paper_of


def test_the_models_of_imagenet_that_come_with_the_library(cli):
    found = cli("limits", "imagenet", "--json").json
    assert found["n"] >= 25
    assert 9 < found["exponent"]["value"] < 12
    passes = cli("limits", "imagenet", "--x", "flop_per_pass", "--date", "date", "--json").json
    assert passes["n"] >= 60
    assert "today" not in passes["projections"][0]
    assert passes["coefficients"]["year"]["value"] < 0


#: A bootstrap of 200 samples tells a standard error to 5 %; the sandwich of a few dozen groups and
#: the pairs bootstrap differ by some per cent more.
SANDWICH_TOLERANCE = 0.2


def test_models_of_one_paper_are_not_taken_for_independent(cli):
    grouped = cli("limits", "imagenet", "--json").json
    alone = cli("limits", "imagenet", "--group", "none", "--json").json
    assert grouped["coefficients"]["slope"]["value"] == alone["coefficients"]["slope"]["value"]
    assert "groups" not in alone.get("details", {})
    # The cluster sandwich CR1 of Liang and Zeger (1986), by hand.
    rows = imagenet()
    known = np.flatnonzero(rows.hardware_burden_gflop > 0)
    papers = [paper_of(rows.text("source")[place]) for place in known.tolist()]
    x, y = np.log10(rows.hardware_burden_gflop[known]), np.log10(rows.error[known])
    design = np.stack([np.ones(len(x)), x], axis=1)
    away = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    codes = np.unique(papers, return_inverse=True)[1]
    number = codes.max() + 1
    assert grouped["details"]["groups"] == number
    sums = np.stack([design[codes == code].T @ away[codes == code] for code in range(number)])
    bread = np.linalg.inv(design.T @ design)
    more = number / (number - 1) * (len(x) - 1) / (len(x) - 2)
    expected = np.sqrt(np.diag(more * bread @ sums.T @ sums @ bread))[1]
    found = grouped["coefficients"]["slope"]["se"]
    assert found == pytest.approx(expected, rel=SANDWICH_TOLERANCE)
    assert found > 1.5 * alone["coefficients"]["slope"]["se"]


def test_the_page_says_which_models_these_are_and_whence_the_errors(cli):
    rows = imagenet()
    known = int((rows.hardware_burden_gflop > 0).sum())
    words = " ".join(cli("limits", "imagenet").out.split())
    assert f"{known} of the table's {len(rows)} models say their hardware burden" in words
    assert "groups of models (papers) drawn anew 200 times" in words
    alone = " ".join(cli("limits", "imagenet", "--group", "none").out.split())
    assert "take the models as independent" in alone


def test_laws_as_printed(cli):
    found = cli("limits", "MS COCO", "--form", "exponential-inverse", "--json").json
    assert found["coefficients"]["slope"]["value"] == 0.09
    assert [each["target_error"] for each in found["projections"]] == [0.467, 0.3, 0.1]
    assert "Table 4" in found["source"]
    printed = cli("limits", "imagenet", "--published", "--json").json
    assert printed["exponent"]["value"] == pytest.approx(1 / 0.07)


#: Percentiles of 200,000 draws by hand and of 8,192 of low discrepancy, in decades of about 60.
DRAWN_TOLERANCE = 1.0


def test_the_interval_of_a_printed_law_holds_what_its_digits_leave(cli):
    found = cli("limits", "ms-coco", "--target-error", "0.3", "--json").json
    (each,) = found["projections"]
    # Table 3 by hand: intercept -0.002 and slope -0.02, 33 models, residual 0.02, R2 0.29.
    ends = [(np.log10(0.3) + 0.002 + a) / (-0.02 + b) for a in (-5e-4, 5e-4) for b in (-5e-3, 5e-3)]
    assert each["log10_compute_rounding_low"] == pytest.approx(min(ends))
    assert each["log10_compute_rounding_high"] == pytest.approx(max(ends))
    random, draws = np.random.default_rng(0), 200_000
    wider = np.sqrt(31 / random.chisquare(31, draws))
    slope_se = 0.02 / np.sqrt(0.29 / 0.71 * 31)
    centre = np.sqrt(0.06**2 - 0.02**2 / 33) / slope_se
    slope = -0.02 + wider * slope_se * random.standard_normal(draws)
    height = -0.002 - 0.02 * centre + wider * 0.02 / np.sqrt(33) * random.standard_normal(draws)
    intercept = height - slope * centre + random.uniform(-5e-4, 5e-4, draws)
    slope += random.uniform(-5e-3, 5e-3, draws)
    scatter = wider * 0.02 * random.standard_normal(draws)
    compute = np.where(slope < 0, (np.log10(0.3) - scatter - intercept) / slope, np.inf)
    low, high = np.quantile(compute, [0.05, 0.95])
    assert each["log10_compute_p05"] == pytest.approx(low, abs=DRAWN_TOLERANCE)
    assert each["log10_compute_p95"] == pytest.approx(high, rel=0.1)


def test_a_printed_law_stands_beside_what_its_figure_prints(cli):
    found = cli("limits", "ms-coco", "--json").json["projections"]
    # Figure 4 of Thompson et al. (2020), MS COCO, polynomial.
    assert [each["log10_compute_printed"] for each in found] == [14, 23, 44]
    (other,) = cli("limits", "ms-coco", "--target-error", "0.2", "--json").json["projections"]
    assert other["log10_compute_printed"] is None
    words = " ".join(cli("limits", "ms-coco").out.split())
    assert "0.1 10^49.9 10^39.9 to 10^66.6 10^44" in words
    assert "The standard error of the slope follows from R2" in words
