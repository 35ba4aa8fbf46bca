"""The flexible-model simulation: against closed forms, plain code, and what the figure prints."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, replace
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import digamma
from sklearn.linear_model import Lasso

from costcurve import InputError
from costcurve.core.jobs import Chunk
from costcurve.core.vocabulary import Status
from costcurve.studies import reproduce
from costcurve.studies.flexible_models import Simulation, simulate
from costcurve.studies.flexible_simulation import simulate_chunk
from costcurve.studies.flexible_study import stored
from costcurve.studies.flexible_theory import (
    World,
    expert_mean_error,
    flexible_as_good_as_oracle,
    flexible_performance,
    oracle_performance,
)

SMALL = Simulation(
    dimensions=40,
    nonzero=4,
    repetitions=400,
    samples=(6, 12, 25, 60, 100, 200),
    seed=2,
)
#: Of a mean that is right 99.7 times in 100.
STANDARD_ERRORS = 3.0


@pytest.fixture(scope="module")
def small():
    return simulate(SMALL, workers=2)


def test_oracle_and_least_squares_are_those_of_closed_forms(small):
    world = small.world()
    for model, exact in (("oracle", oracle_performance), ("flexible", flexible_performance)):
        means, errors = small.performance(model), small.standard_error(model)
        for n, mean, error in zip(small.samples, means, errors, strict=True):
            if np.isfinite(exact(world, n)):
                assert mean == pytest.approx(exact(world, n), abs=STANDARD_ERRORS * error), (
                    model,
                    n,
                )


def test_closed_forms_are_those_of_chi_squared_numbers():
    # E ln chi2_k = digamma(k / 2) + ln 2: by hand for the oracle at 15.
    world = World(1000, 10, 1.0, 10.0)
    by_hand = -(np.log10(0.1) + (digamma(5) - digamma(3)) / log(10))
    assert oracle_performance(world, 15) == pytest.approx(by_hand)
    by_mean, by_log = flexible_as_good_as_oracle(world, 15)
    assert by_mean == pytest.approx(1401)
    assert 1401 < by_log < 1561
    assert flexible_performance(world, by_log) == pytest.approx(oracle_performance(world, 15))
    # The mean error of least squares on k covariates is proportional to k / (n - k - 1).
    assert pytest.approx(1000 / (by_mean - 1000 - 1)) == 10 / (15 - 10 - 1)


@given(n=st.integers(50, 10_000), noise=st.floats(0.01, 10))
def test_the_expert_never_beats_its_plateau_in_the_mean(n, noise):
    world = World(1000, 10, noise, 10.0)
    assert expert_mean_error(world, n) > 0.1
    assert expert_mean_error(world, 1e12) == pytest.approx(0.1, rel=1e-3)


def test_the_mean_error_of_plain_code_is_that_of_theory():
    # Rows drawn and solved one data set at a time, for a model that needs no trick.
    random = np.random.default_rng(0)
    s, n, errors = 4, 30, []
    for _ in range(4000):
        x = random.standard_normal((n, s))
        noise = 0.5 * random.standard_normal(n)
        errors.append(np.sum(np.linalg.lstsq(x, noise, rcond=None)[0] ** 2) / s)
    theory = 0.5**2 / s * s / (n - s - 1)
    assert np.mean(errors) == pytest.approx(theory, rel=0.04)


def test_the_lasso_on_a_gram_matrix_is_that_on_rows():
    """The solver is given no rows; scikit-learn on the rows themselves gives the same."""
    parameters = dict(SMALL.job().parameters, samples=[30], models=["lasso"], penalties=[1.0, 0.5])
    random = Chunk(0, 5, 0, 1).random(0)
    x = random.standard_normal((30, 40))
    noise = random.standard_normal(30)
    truth = np.zeros(40)
    truth[:4] = 1.0
    found = simulate_chunk(parameters, Chunk(0, 5, 0, 1))["lasso"][0]
    for multiple, ours in zip([1.0, 0.5], found, strict=True):
        alpha = multiple * np.sqrt(2 * np.log(40) / 30)
        plain = Lasso(alpha=alpha, fit_intercept=False, tol=1e-10, max_iter=100_000)
        plain.fit(x, x @ truth + noise)
        expected = -np.log10(np.sum((plain.coef_ - truth) ** 2) / 4)
        assert ours == pytest.approx(expected, abs=1e-4)


def test_gram_matrices_drawn_without_rows_have_the_right_law():
    """From 60 to 200 samples the rows are not drawn: means beside those of rows that are."""
    by_rows = simulate(
        Simulation(dimensions=40, nonzero=4, repetitions=400, samples=(60, 95, 130, 165, 200)),
        workers=2,
    )
    jumped = simulate(
        Simulation(dimensions=40, nonzero=4, repetitions=400, samples=(60, 200)), workers=2
    )
    for model in ("oracle", "expert", "flexible", "lasso"):
        error = np.hypot(by_rows.standard_error(model)[-1], jumped.standard_error(model)[-1])
        difference = by_rows.performance(model)[-1] - jumped.performance(model)[-1]
        assert abs(difference) < STANDARD_ERRORS * error, model


def test_the_expert_plateaus_and_the_flexible_model_overtakes_it(small):
    crossings = {(each["model"], each["reference"]): each for each in small.crossings()}
    plateau = np.log10(4)
    assert small.performance("expert")[-1] == pytest.approx(plateau, abs=0.05)
    assert crossings["flexible", "expert"]["n"] > 40
    lasso = crossings["lasso", "oracle at 15"]
    assert lasso["n"] < crossings["flexible", "oracle at 15"]["n"]
    assert 0 < lasso["se"] < 0.2 * lasso["n"]


@settings(max_examples=10)
@given(n=st.integers(5, 40), more=st.integers(0, 35), seed=st.integers(0, 1000))
def test_flexible_is_least_squares_of_minimum_norm(n, more, seed):
    # Up to as many rows as columns the rows are drawn, and plain code can draw the same.
    d = n + more
    parameters = dict(
        SMALL.job().parameters, dimensions=d, nonzero=2, samples=[n], models=["flexible"]
    )
    random = Chunk(0, seed, 0, 1).random(0)
    truth = np.zeros(d)
    truth[:2] = 1.0
    x = random.standard_normal((n, d))
    y = x @ truth + random.standard_normal(n)
    estimate = np.linalg.lstsq(x, y, rcond=None)[0]
    expected = -np.log10(np.sum((estimate - truth) ** 2) / 2)
    found = simulate_chunk(parameters, Chunk(0, seed, 0, 1))["flexible"][0]
    # n = d leaves a system as good as singular.
    assert found == pytest.approx(expected, rel=1e-3 if n == d else 1e-6)


def test_flop_are_those_of_the_docstring(small):
    n, k = np.array(small.samples, dtype=float), 4.0
    expected = n * k * (k + 1) + 2 * n * k + k**3 / 3 + 2 * k**2
    assert small.flop("oracle") == pytest.approx(expected)
    assert (small.flop("lasso") > small.flop("oracle")).all()
    assert (np.diff(small.flop("flexible")) > 0).all()


def test_the_figure_beside_the_stored_run():
    items = {item.id: item for item in reproduce("flexible-models").items}
    flexible, lasso = items["figure1.flexible.samples"], items["figure1.lasso.samples"]
    assert 1401 <= flexible.ours <= 1561
    assert flexible.status is Status.WITHIN_ROUNDING
    assert lasso.ours <= 131
    assert lasso.status is Status.DIFFERS
    assert 1.0 < items["figure1.lasso.penalty"].ours < 1.6
    assert items["figure1.expert.plateau"].ours == pytest.approx(1.0, abs=0.01)
    for model in ("oracle", "flexible"):
        assert abs(items[f"figure1.{model}.closed_form"].ours) <= STANDARD_ERRORS


def test_the_stored_run_is_that_of_the_simulation():
    """Its first repetitions, computed again, lie within its own errors."""
    run = stored()
    assert run.simulation == json.loads(json.dumps(asdict(Simulation())))
    again = simulate(Simulation(repetitions=10, samples=(15, 50, 105), seed=1), workers=1)
    known = {(row["model"], row["n"]): row for row in run.rows}
    for row in again.rows():
        ours = known[row["model"], row["n"]]
        # The errors of ten repetitions are ten times those of a thousand, within a factor of two.
        reach = 2 * STANDARD_ERRORS * 10 * ours["performance_se"]
        assert row["performance_mean"] == pytest.approx(ours["performance_mean"], abs=reach)


def test_the_command(cli, tmp_path):
    out = tmp_path / "out"
    flags = ("simulate", "--dimensions", "30", "--nonzero", "3", "--repetitions", "20")
    ran = cli(
        *flags,
        "--samples",
        "10,40,80",
        "--seed",
        "1",
        "--workers",
        "1",
        "--out",
        str(out),
        "--json",
    )
    found = ran.json
    assert {"model", "n", "performance_mean", "performance_se", "flop"} <= found["rows"][0].keys()
    assert {"model", "reference", "n", "se"} == found["crossings"][0].keys()
    assert len(found["rows"]) == 12
    for name in ("figure1a", "figure1b"):
        for ending in ("csv", "svg", "png", "html"):
            assert (out / f"{name}.{ending}").stat().st_size > 100
    rows = list(csv.DictReader((out / "figure1a.csv").read_text().splitlines()))
    assert len(rows) == 12
    one = cli(*flags, "--samples", "10", "--models", "oracle", "--workers", "1")
    assert "oracle" in one.out
    assert "lasso" not in one.out


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--dimensions", "1"], "dimensions: 1"),
        (["--dimensions", "1e3"], "whole number"),
        (["--nonzero", "1000"], "below the dimensions"),
        (["--repetitions", "1"], "at least 2"),
        (["--samples", "5"], "the non-zero coefficients"),
        (["--samples", "15,x"], "whole numbers"),
        (["--samples", "99999999"], "at most 10,000,000"),
        (["--models", "oracle,ridge"], "must be one of: oracle"),
        (["--noise-sd", "nan"], "above 0"),
        (["--noise-sd", "0"], "above 0"),
        (["--noise-sd", "1e-300"], "above 0"),
        (["--coefficients", "odd"], "must be one of: equal, normal"),
        (["--penalties", "1,-1"], "numbers from 0.001 to 1000"),
        (["--seed", "-1"], "at least 0"),
        (["--workers", "0"], "at least 1"),
        (["--workers", "2", "--ray", "auto"], "must be left out with --ray"),
        (["--out", ""], "path of a file or folder"),
    ],
)
def test_what_cannot_be_simulated_is_answered_in_words(cli, flags, words):
    ran = cli("simulate", *flags)
    assert ran.status == 2
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_a_study_without_a_long_run_has_nothing_to_do_in_full(cli):
    assert cli("reproduce", "economic-model", "--full").status == 2
    ran = cli("reproduce", "flexible-models", "--workers", "2")
    assert ran.status == 2
    assert "needs --full" in ran.err


def test_what_the_coefficients_are_does_not_matter_to_the_oracle():
    """With normal coefficients the oracle does as well as with equal ones: it knows them all."""
    given = Simulation(dimensions=20, nonzero=3, repetitions=600, samples=(12, 40), seed=4)
    equal, normal = (
        simulate(replace(given, coefficients=name, models=("oracle",)), workers=2)
        for name in ("equal", "normal")
    )
    error = np.hypot(equal.standard_error("oracle"), normal.standard_error("oracle"))
    away = np.abs(equal.performance("oracle") - normal.performance("oracle"))
    assert (away < STANDARD_ERRORS * error).all()
    with pytest.raises(InputError, match="nonzero"):
        Simulation(dimensions=20, nonzero=20).check()
