"""Lines through models: against statsmodels, scikit-learn, and fields whose law is known."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import QuantileRegressor

from costcurve import InputError
from costcurve.laws.backtest import calendar_backtest, coverage_error, overall_coverage
from costcurve.laws.compute import Method, fit_compute_law, margin_of
from costcurve.laws.forms import Form
from costcurve.laws.frontier import frontier_line
from costcurve.laws.least_squares import least_squares
from costcurve.laws.quantile import quantile_line
from costcurve.laws.resampling import clustered
from costcurve.laws.selection import best_of_their_day, truncated_line

#: Six digits, as another program prints them.
DIGITS = 1e-6
#: The solver behind both quantile fits stops within 1e-7 of feasible, which leaves six digits.
QUANTILE_DIGITS = 2e-6


def field(seed, n=80, dated=True):
    random = np.random.default_rng(seed)
    x, year = random.uniform(8, 13, n), random.uniform(0, 9, n)
    y = 0.4 - 0.1 * x - 0.02 * year * dated + 0.06 * random.standard_normal(n)
    return x, year, y


def design_of(x, *more):
    return np.stack([np.ones(len(x)), x, *more], axis=1)


@given(seed=st.integers(0, 10_000), n=st.integers(6, 300))
@settings(max_examples=40, deadline=None)
def test_least_squares_with_a_time_trend_agree_with_statsmodels(seed, n):
    x, year, y = field(seed, n)
    design = design_of(x, year)
    ours, theirs = least_squares(design, y), sm.OLS(y, design).fit()
    assert ours.values == pytest.approx(theirs.params, rel=DIGITS)
    assert np.sqrt(np.diag(ours.covariance)) == pytest.approx(theirs.bse, rel=DIGITS)
    assert ours.details["r2"] == pytest.approx(theirs.rsquared, rel=DIGITS)
    assert ours.details["r2_adjusted"] == pytest.approx(theirs.rsquared_adj, rel=DIGITS)
    assert ours.details["f"] == pytest.approx(theirs.fvalue, rel=DIGITS)
    assert ours.residual_se == pytest.approx(np.sqrt(theirs.scale), rel=DIGITS)


@given(
    seed=st.integers(0, 10_000), n=st.integers(20, 400), quantile=st.sampled_from([0.1, 0.3, 0.9])
)
@settings(max_examples=40, deadline=None)
def test_quantile_lines_agree_with_scikit_learn(seed, n, quantile):
    x, year, y = field(seed, n)
    ours = quantile_line(design_of(x, year), y, quantile).values
    theirs = QuantileRegressor(quantile=quantile, alpha=0.0, solver="highs")
    theirs.fit(np.stack([x, year], axis=1), y)
    expected = [theirs.intercept_, *theirs.coef_]
    away = y[:, None] - design_of(x, year) @ np.array([ours, expected]).T
    loss = np.sum(away * (quantile - (away < 0)), axis=0)
    # Where the program has many solutions both are as good; where it has one they are the same.
    assert loss[0] == pytest.approx(loss[1], rel=DIGITS)
    if (n * quantile) % 1 and np.sum(np.abs(away[:, 1]) < 1e-9) == 3:
        assert ours == pytest.approx(expected, rel=QUANTILE_DIGITS, abs=QUANTILE_DIGITS)


def test_quantile_standard_errors_agree_with_statsmodels():
    x, _, y = field(3, 1500)
    ours = quantile_line(design_of(x), y, 0.1)
    theirs = sm.QuantReg(y, design_of(x)).fit(q=0.1)
    # statsmodels iterates to 1e-6 where we solve, and the density is taken at the line.
    assert np.sqrt(np.diag(ours.covariance)) == pytest.approx(theirs.bse, rel=1e-3)


def test_a_large_table_has_the_quantile_line_of_the_whole_program():
    # The certificate of the linear program: multipliers within bounds that balance the columns.
    quantile = 0.1
    x, _, y = field(5, 200_000)
    design = design_of(x)
    away = y - design @ quantile_line(design, y, quantile).values
    on = np.abs(away) < 1e-9
    assert on.sum() == 2
    pull = design[~on].T @ (quantile - (away[~on] < 0))
    multipliers = np.linalg.solve(design[on].T, -pull)
    assert (multipliers >= quantile - 1).all()
    assert (multipliers <= quantile).all()


#: A field of a hundred models over four decades whose frontier is known; waste is most of the
#: scatter, so that the line of least squares lies a quarter of a decade above it.
TRUE_FRONTIER, NOISE, WASTE = np.array([0.5, -0.1]), 0.03, 0.338
TWO_DECADES_BEYOND = np.array([1.0, 14.0])


def frontier_errors(fits=60):
    found = {"frontier": [], "least squares": []}
    for seed in range(fits):
        random = np.random.default_rng(seed)
        design = design_of(random.uniform(8, 12, 100))
        waste = WASTE * np.abs(random.standard_normal(100))
        y = design @ TRUE_FRONTIER + NOISE * random.standard_normal(100) + waste
        lines = frontier_line(design, y, 1), least_squares(design, y)
        for name, line in zip(found, lines, strict=True):
            found[name].append(TWO_DECADES_BEYOND @ (line.values - TRUE_FRONTIER))
    return {name: np.array(values) for name, values in found.items()}


def test_the_frontier_of_a_known_field_two_decades_beyond_the_sample():
    errors = frontier_errors()
    rmse = {name: np.sqrt(np.mean(each**2)) for name, each in errors.items()}
    assert abs(errors["frontier"].mean()) < 0.02
    assert rmse["frontier"] < 0.06
    # Two standard errors of the mean of sixty fits, each of which errs by 0.07.
    assert errors["least squares"].mean() == pytest.approx(0.27, abs=0.02)
    assert rmse["least squares"] == pytest.approx(0.28, abs=0.02)


def test_the_frontier_of_performance_is_that_of_errors_upside_down():
    random = np.random.default_rng(1)
    design = design_of(random.uniform(8, 12, 200))
    y = design @ TRUE_FRONTIER + 0.05 * random.standard_normal(200)
    y += WASTE * np.abs(random.standard_normal(200))
    above, below = frontier_line(design, y, 1), frontier_line(design, -y, -1)
    assert below.values == pytest.approx(-above.values)
    assert below.details["waste_sd"] == pytest.approx(above.details["waste_sd"])


def test_the_frontier_has_the_likelihood_of_its_density():
    # Against numerical integration of normal noise and half-normal waste.
    from scipy.integrate import quad
    from scipy.stats import halfnorm, norm

    random = np.random.default_rng(2)
    design = design_of(random.uniform(8, 12, 40))
    y = design @ TRUE_FRONTIER + 0.1 * random.standard_normal(40)
    y += 0.2 * np.abs(random.standard_normal(40))
    line = frontier_line(design, y, 1)
    noise, waste = line.details["noise_sd"], line.details["waste_sd"]

    def density(away):
        product = lambda u: norm.pdf(away - u, scale=noise) * halfnorm.pdf(u, scale=waste)  # noqa: E731
        return quad(product, 0, 12 * waste)[0]

    expected = sum(np.log(density(away)) for away in y - design @ line.values)
    assert line.details["log_likelihood"] == pytest.approx(expected, rel=1e-6)


def test_without_waste_the_frontier_is_the_line_of_least_squares():
    random = np.random.default_rng(0)
    design = design_of(np.linspace(8, 12, 50))
    y = design @ TRUE_FRONTIER - np.abs(random.standard_normal(50))  # leans the wrong way
    line = frontier_line(design, y, 1)
    assert line.cautions == ("no_inefficiency_found",)
    assert line.values == pytest.approx(least_squares(design, y).values)


def published(seed, n=600, margin=0.05):
    """Return models of which those well behind the best of their day left no row."""
    random = np.random.default_rng(seed)
    year = np.sort(random.uniform(0, 10, n))
    x = 9 + 0.35 * year + random.standard_normal(n)
    y = 0.3 - 0.1 * x - 0.02 * year + 0.12 * random.standard_normal(n)
    best, kept = np.inf, []
    for place in range(n):
        if y[place] <= best + margin:
            kept.append(place)
            best = min(best, y[place])
    return x[kept], year[kept], y[kept]


def test_a_truncated_fit_undoes_most_of_what_selection_does():
    slopes = {"truncated": [], "least squares": []}
    for seed in range(40):
        x, year, y = published(seed)
        design = design_of(x, year)
        threshold = np.log10(best_of_their_day(10**y, year)) + 0.05
        slopes["truncated"].append(truncated_line(design, y, threshold, 1).values[1])
        slopes["least squares"].append(least_squares(design, y).values[1])
    bias = {name: np.median(each) + 0.1 for name, each in slopes.items()}
    # Selection hides nearly half of the dependence; the fit leaves less than a third of the bias.
    assert bias["least squares"] > 0.03
    assert abs(bias["truncated"]) < bias["least squares"] / 3


def test_without_a_threshold_the_truncated_fit_is_least_squares():
    x, year, y = field(4)
    design = design_of(x, year)
    found = truncated_line(design, y, np.full(len(y), np.inf), 1)
    assert found.values == pytest.approx(least_squares(design, y).values, rel=1e-5)


def test_the_best_of_their_day_know_only_what_came_before():
    error, year = np.array([0.4, 0.3, 0.2, 0.25]), np.array([2012.0, 2013.0, 2013.0, 2014.0])
    assert best_of_their_day(error, year).tolist() == [np.inf, 0.4, 0.4, 0.2]


def test_models_of_one_paper_are_not_independent_evidence():
    random = np.random.default_rng(0)
    paper = np.repeat(np.arange(40), 10)
    x = np.repeat(random.uniform(8, 13, 40), 10) + 0.1 * random.standard_normal(400)
    y = 0.4 - 0.1 * x + np.repeat(0.06 * random.standard_normal(40), 10)
    law = fit_compute_law(x, 10**y)
    groups = [str(each) for each in paper]
    found = clustered(law, groups, lambda places: fit_compute_law(x[places], 10 ** y[places]))
    theirs = sm.OLS(y, design_of(x)).fit(cov_type="cluster", cov_kwds={"groups": paper})
    # Forty papers of ten models: about the square root of ten wider, as the sandwich says.
    assert found.slope_se == pytest.approx(theirs.bse[1], rel=0.15)
    assert found.slope_se > 2 * law.slope_se
    with pytest.raises(InputError, match="at least 5 groups"):
        clustered(law, ["a", "b"] * 200, lambda _places: law)


def test_a_calendar_backtest_covers_a_field_that_stays_as_it_was():
    random = np.random.default_rng(3)
    x, year = random.uniform(8, 13, 2000), random.uniform(2010, 2020, 2000)
    y = 0.4 - 0.1 * x + 0.06 * random.standard_normal(2000)
    for method in (Method.OLS, Method.FRONTIER):
        rows = calendar_backtest(x, 10**y, year, method=method)
        assert overall_coverage(rows) == pytest.approx(0.9, abs=0.03)
    below = calendar_backtest(x, 10**y, year, method=Method.QUANTILE, quantile=0.25)
    assert overall_coverage(below) == pytest.approx(0.25, abs=0.04)


def test_the_error_of_coverage_is_that_of_fields_drawn_anew():
    found, errors = [], []
    for seed in range(40):
        random = np.random.default_rng(seed)
        x, year = random.uniform(8, 13, 150), random.uniform(2012, 2022, 150)
        error = 10 ** (0.4 - 0.1 * x + 0.06 * random.standard_normal(150))
        found.append(overall_coverage(calendar_backtest(x, error, year)))
        errors.append(coverage_error(x, error, year))
    # The scatter of 40 fields is itself known to a ninth; a jackknife of ten years to a quarter.
    assert np.mean(errors) == pytest.approx(np.std(found), rel=0.35)


@pytest.mark.parametrize("form", Form)
def test_the_same_models_are_within_the_margin_in_every_form(form):
    x, year, y = published(5)
    law = fit_compute_law(x, 10**y, form, Method.SELECTION, year=year, margin=0.03)
    other = fit_compute_law(x, 10**y, method=Method.SELECTION, year=year, margin=0.03)
    assert law.details["n_within"] == other.details["n_within"]
    assert law.freedom == law.details["n_within"] - 3


def test_a_calendar_backtest_sees_a_field_that_moves():
    random = np.random.default_rng(3)
    x, year = random.uniform(8, 13, 500), random.uniform(2010, 2020, 500)
    y = 0.4 - 0.1 * x - 0.05 * (year - 2010) + 0.03 * random.standard_normal(500)
    without = calendar_backtest(x, 10**y, year)
    assert all(row.bias < 0 for row in without)
    assert overall_coverage(without) < 0.8
    trend = calendar_backtest(x, 10**y, year, has_trend=True)
    assert overall_coverage(trend) == pytest.approx(0.9, abs=0.05)


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("method", Method)
def test_every_form_by_every_method_finds_a_line_without_noise(form, method):
    x, year = np.linspace(8, 12, 30), 2012 + np.arange(30) % 7
    regressor = form.regressor(x)
    span = (regressor - regressor[0]) / np.ptp(regressor)
    height = {1: 0.0 if form is Form.POLYNOMIAL else 0.9, -1: 1.2}[form.error_sign]
    y = height - form.error_sign * 0.5 * span - (0.1 if form is Form.POLYNOMIAL else 0.0)
    law = fit_compute_law(x, form.error(y), form, method, year=year)
    assert law.error(x) == pytest.approx(form.error(y), rel=1e-5)
    assert law.log10_compute(form.error(y[20])) == pytest.approx(x[20], abs=1e-3)


@pytest.mark.parametrize(
    ("choice", "field_of_finding"),
    [
        ({"method": Method.QUANTILE, "quantile": np.nan}, "quantile"),
        ({"method": Method.QUANTILE, "quantile": 2.0}, "quantile"),
        ({"method": Method.SELECTION, "margin": np.nan}, "margin"),
        ({"method": Method.SELECTION, "margin": -0.1}, "margin"),
        ({"method": Method.SELECTION, "best": [0.1]}, "best"),
        ({"method": Method.SELECTION, "best": np.full(80, np.nan)}, "best"),
    ],
)
def test_a_choice_that_is_no_number_is_refused_by_its_name(choice, field_of_finding):
    x, year, y = field(0)
    with pytest.raises(InputError) as caught:
        fit_compute_law(x, 10**y, year=year, **choice)
    assert [finding.field for finding in caught.value.findings] == [field_of_finding]


def test_a_backtest_refuses_errors_in_per_cent_and_tells_its_years():
    # They were taken for years without a fit, and the answer was none.
    x, year, y = field(0, n=200)
    with pytest.raises(InputError, match="per cent are divided by 100"):
        calendar_backtest(x, 100.0 * 10**y, year)
    assert calendar_backtest(x[:0], y[:0], year[:0]) == []
    told = []
    calendar_backtest(x, 10**y, year, report=lambda done, of: told.append((done, of)))
    assert told == [(done, 8) for done in range(8)]


@pytest.mark.parametrize(
    ("error", "share"), [(0.2, np.nan), (0.2, 1.5), (20.0, 0.9), (np.nan, 0.9)]
)
def test_a_margin_is_of_fractions_and_of_a_share(error, share):
    with pytest.raises(InputError):
        margin_of([error, 0.1, 0.2], [2012.0, 2013.0, 2014.0], share)
