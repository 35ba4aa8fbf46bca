"""Standard errors by group: other programs, whole matrices, and intervals that hold."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from costcurve.laws.clustered import clustered_covariance
from costcurve.laws.regression import Evidence, fit_regression
from tests.laws.test_regression import rows_of


def grouped(seed, groups=12, each=4, between=0.15):
    """Return rows whose complexity and level are those of their group."""
    random = np.random.default_rng(seed)
    code = np.repeat(np.arange(groups), each)
    examples = np.tile(500.0 * 4.0 ** np.arange(each), groups)
    complexity = code / groups
    y = -0.5 - 0.2 * np.log10(examples) + 0.5 * complexity
    y += between * random.standard_normal(groups)[code] + 0.03 * random.standard_normal(len(code))
    ones, zeros = np.ones(len(code)), np.zeros(len(code))
    names = [f"task {each}" for each in code]
    return Evidence(np.minimum(10**y, 1.0), examples, ones, complexity, zeros, names)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=20)
def test_by_rows_alone_the_errors_by_group_are_those_of_hc2(seed):
    evidence = rows_of(seed)
    found = fit_regression(evidence, select=False)
    design = evidence.design(found.names[1:])
    residuals = np.log10(evidence.error) - design @ found.fit.values
    ours = clustered_covariance(design, residuals, np.arange(found.n))
    theirs = sm.OLS(np.log10(evidence.error), design).fit(cov_type="HC2")
    assert ours == pytest.approx(theirs.cov_params(), rel=1e-6, abs=1e-12)


@given(seed=st.integers(0, 10_000), each=st.integers(1, 6))
@settings(max_examples=20)
def test_errors_by_group_are_those_of_whole_matrices(seed, each):
    evidence = grouped(seed, groups=7, each=each + 1)
    found = fit_regression(evidence, select=False)
    x = evidence.design(found.names[1:])
    residuals = np.log10(evidence.error) - x @ found.fit.values
    codes = np.repeat(np.arange(7), each + 1)
    bread, inner = np.linalg.inv(x.T @ x), 0.0
    for code in range(7):
        rows = x[codes == code]
        left = scipy.linalg.sqrtm(np.linalg.inv(np.eye(len(rows)) - rows @ bread @ rows.T)).real
        inner = inner + np.outer(*[rows.T @ left @ residuals[codes == code]] * 2)
    assert clustered_covariance(x, residuals, codes) == pytest.approx(
        bread @ inner @ bread, rel=1e-6, abs=1e-12
    )
    table = found.table_by_group()
    errors = np.sqrt(np.diag(bread @ inner @ bread))
    assert [row["se"] for row in table.values()] == pytest.approx(errors, rel=1e-5)


def test_intervals_by_group_hold_what_they_promise_where_the_classical_do_not():
    held = {"table": [], "table_by_group": []}
    for seed in range(400):
        found = fit_regression(grouped(seed), select=False)
        for name, inside in held.items():
            low, high = getattr(found, name)()["relative_complexity"]["ci95"]
            inside.append(low < 0.5 < high)
    # 400 draws have a standard error of 1.1 points; twelve groups leave the sandwich a bit short.
    assert 0.90 < np.mean(held["table_by_group"]) < 0.98
    assert np.mean(held["table"]) < 0.80


def test_without_groups_only_the_classical_errors_stand():
    base = rows_of(3)
    alone = Evidence(**{**base.__dict__, "group": [str(each) for each in range(56)]})
    assert fit_regression(alone).by_group is None
    assert fit_regression(alone).table_by_group() == {}
