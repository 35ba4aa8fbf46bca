"""The law of classification: its form, what runs teach it, and tasks that it has not seen."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

import costcurve as cc
from costcurve import InputError
from costcurve.core.quantities import Graph, Input
from costcurve.core.vocabulary import TaskGroup
from costcurve.evidence.classification import VTAB, published, trained_classifiers
from costcurve.laws import CLASSIFICATION_LAW, load_card, load_law, log_odds, parse_card
from costcurve.laws.belief import Belief, LogScale, OddsScale, Runs
from costcurve.laws.classification import card_of, law_of
from costcurve.laws.log_odds_card import COEFFICIENTS
from costcurve.laws.log_odds_fit import fit_log_odds, settings_of
from costcurve.laws.log_odds_validation import score, with_pilots, without_pilots
from costcurve.laws.mixed import Data, Prior, fit_mixed

#: Median |log10 error| of tasks left out of the fit: issue of this law, without and with a pilot.
#: The first is just missed on the six tasks of VTAB at hand (0.273), and reached on all 33 (0.255).
WITHOUT_PILOT, WITH_PILOT = 0.27, 0.14
NOMINAL, POINTS = 0.90, 0.03
#: What a search for the mode may differ by on another machine; standard errors are 0.06 and more.
SAME_FIT = 1e-3


@pytest.fixture(scope="module")
def rows(data):
    return trained_classifiers(data)


@pytest.fixture(scope="module")
def fit(rows):
    return fit_log_odds(rows)


@pytest.fixture(scope="module")
def left_out(rows, fit):
    """Return laws fitted without a task, each once."""
    known = {}

    def make(kept):
        key = frozenset(row.task for row in kept)
        if key not in known:
            known[key] = law_of(kept, fit)
        return known[key]

    return make


def by_hand(n, classes, pretrained, specialized, structured):
    """The law in the median, written from its card's words."""
    b = {name: each.value for name, each in load_card(CLASSIFICATION_LAW).coefficients.items()}
    k = math.log10(classes) - 1
    if structured:
        odds = b["coef_structured"] + b["coef_structured_log10_examples"] * (math.log10(n) - 3)
    else:
        odds = b["coef_intercept"] + b["coef_pretrained"] * pretrained
        odds += (b["coef_log10_classes"] + b["coef_pretrained_log10_classes"] * pretrained) * k
        odds += (
            b["coef_specialized"] + b["coef_pretrained_specialized"] * pretrained
        ) * specialized
        odds += b["coef_log10_examples"] * (math.log10(n) - 3)
        odds += b["coef_log10_examples_beyond"] * max(0, math.log10(n) - math.log10(100 * classes))
    return (1 - 1 / classes) / (1 + 10**-odds)


@given(
    n=st.floats(1, 1e8),
    classes=st.integers(2, 1000),
    pretrained=st.booleans(),
    group=st.sampled_from(["natural", "specialized", "structured"]),
)
def test_the_median_is_the_law_in_a_few_lines(n, classes, pretrained, group):
    from costcurve.decisions.prediction import Question, predict

    asked = Question(classes=classes, examples=n, pretrained=pretrained, group=group)
    wanted = by_hand(n, classes, pretrained, group == "specialized", group == "structured")
    found = predict(asked, law=load_law(CLASSIFICATION_LAW))
    assert found.error_p50 == pytest.approx(wanted, rel=1e-9)
    assert 0 < found.error_p05 < found.error_p50 < found.error_p95 < 1 - 1 / classes


def curve(level, slope, bend, knee, chance, **more):
    names = {"curve_level": level, "curve_slope": slope, "curve_bend": bend, "log10_knee": knee}
    names |= {"chance_error": chance, "level_sd": 0.1, "slope_sd": 0.1, "decades_to_pivot": 0.5}
    names |= {"residual_z": 0.0, "slope_z": 0.0, "log10_examples_cap": 100.0, **more}
    inputs = [Input.of(name, value, "1", name, "test") for name, value in names.items()]
    functions = (
        log_odds.task_level, log_odds.task_slope, log_odds.log10_examples_needed,
        log_odds.examples_needed, log_odds.predicted_error,
    )  # fmt: skip
    return Graph(functions, inputs)


@given(
    level=st.floats(-2, 2),
    slope=st.floats(-1.5, -0.2),
    bend=st.floats(0, 0.15),
    knee=st.floats(2.3, 5),
    log_n=st.floats(-2, 12),
    z=st.tuples(st.floats(-1, 0.4), st.floats(-1, 0.4)),
)
def test_examples_needed_inverts_the_law(level, slope, bend, knee, log_n, z):
    drawn = {"residual_z": z[0], "slope_z": z[1]}
    forward = curve(
        level, slope, bend, knee, 0.9, examples_used=10**log_n, target_error=0.1, **drawn
    )
    error = float(forward.evaluate(["predicted_error"])["predicted_error"])
    back = curve(level, slope, bend, knee, 0.9, target_error=error, examples_used=1.0, **drawn)
    found = float(back.evaluate(["log10_examples_needed"])["log10_examples_needed"])
    # Near chance the odds of an error lose digits to the subtraction from it.
    assert found == pytest.approx(log_n, abs=1e-6)


def test_a_target_that_guessing_reaches_needs_next_to_nothing():
    graph = curve(0.0, -0.5, 0.1, 4.0, 0.5, target_error=0.6, examples_used=1.0)
    assert float(graph.evaluate(["examples_needed"])["examples_needed"]) < 1e-3


def one_belief(level_sd=0.4, slope_sd=0.2, across=0.01, noise=0.1, bend=0.0, knee=4.0):
    covariance = np.array([[[level_sd**2, across], [across, slope_sd**2]]])
    return Belief(np.array([[0.1, -0.5]]), covariance, np.array([noise]), knee, bend)


def runs(*triples):
    return Runs(*(np.array([[float(t[i]) for t in triples]]) for i in range(3)))


@given(
    points=st.lists(st.tuples(st.floats(10, 1e6), st.floats(0.01, 0.85)), min_size=1, max_size=5)
)
def test_runs_condition_the_line_as_a_normal_vector_is(points):
    # Against the textbook's formula for a joint normal vector, written out once more.
    belief, scale = one_belief(bend=0.2), OddsScale(np.array([0.9]))
    after = belief.after(runs(*((n, e, math.inf) for n, e in points)), scale)
    x = np.array([[1, math.log10(n) - 3] for n, _ in points])
    bent = np.array([0.2 * max(0, math.log10(n) - 4) for n, _ in points])
    y = np.array([math.log10(e / (0.9 - e)) for _, e in points]) - bent
    prior = np.linalg.inv(belief.covariance[0])
    precision = prior + x.T @ x / 0.1**2
    wanted = np.linalg.solve(precision, prior @ belief.mean[0] + x.T @ y / 0.1**2)
    if wanted[1] < -0.21:  # else the slope is held, so that the curve falls beyond its knee too
        assert after.mean[0] == pytest.approx(wanted, rel=1e-6, abs=1e-6)
    assert after.mean[0, 1] <= -0.21 + 1e-12
    assert after.covariance[0] == pytest.approx(np.linalg.inv(precision), rel=1e-6, abs=1e-9)


def test_runs_one_after_the_other_are_runs_together():
    scale, first, second = LogScale(), (100, 0.3, math.inf), (5000, 0.1, math.inf)
    together = one_belief().after(runs(first, second), scale)
    in_turn = one_belief().after(runs(first), scale).after(runs(second), scale)
    assert together.mean == pytest.approx(in_turn.mean)
    assert together.covariance == pytest.approx(in_turn.covariance)
    nothing = Runs(*(np.full((1, 1), each) for each in (np.nan, np.nan, np.inf)))
    assert one_belief().after(nothing, scale).mean == pytest.approx(one_belief().mean)


COUNTS = [
    (0.1, 0.4, 0.9, 0, 100), (0.1, 0.4, 0.9, 0, 10_000), (0.1, 0.4, 0.9, 1, 50),
    (0.1, 0.4, 0.9, 40, 100), (-3, 0.4, 0.9, 10, 10), (3, 0.4, 0.9, 0, 1000),
    (-0.12, 0.64, 0.5, 55, 100), (-1.32, 0.78, 0.5, 4, 5), (-3, 0.4, 0.9, 1000, 1000),
    (-0.12, 0.64, 0.5, 5500, 10_000), (-3, 0.4, 0.9, 950_000, 1_000_000),
]  # fmt: skip


@pytest.mark.parametrize(("mean", "sd", "chance", "wrong", "tests"), COUNTS)
def test_a_count_of_errors_is_binomial(mean, sd, chance, wrong, tests):
    # Against the posterior on a grid: none of so many, all of them, more than guessing makes.
    covariance = np.array([[[sd**2, 0.0], [0.0, 1e-10]]])
    belief = Belief(np.array([[mean, -0.5]]), covariance, np.array([1e-4]))
    after = belief.after(runs((1000, wrong / tests, tests)), OddsScale(np.array([chance])))
    odds = np.linspace(mean - 14 * sd, mean + 20 * sd, 400_001)
    error = chance / (1 + 10**-odds)
    height = wrong * np.log(error) + (tests - wrong) * np.log1p(-error)
    height += stats.norm.logpdf(odds, mean, sd)
    weight = np.exp(height - height.max())
    mass = integrate.trapezoid(weight, odds)
    centre = integrate.trapezoid(weight * odds, odds) / mass
    wide = math.sqrt(integrate.trapezoid(weight * (odds - centre) ** 2, odds) / mass)
    assert after.mean[0, 0] == pytest.approx(odds[np.argmax(height)], abs=2e-3)
    # Laplace's approximation is centred on the mode, a part of a deviation off the mean.
    assert abs(after.mean[0, 0] - centre) < 0.35 * wide
    assert math.sqrt(after.covariance[0, 0, 0]) == pytest.approx(wide, rel=0.2)


def test_several_counts_beside_an_exact_run():
    # The highest point of prior and likelihood, by a plain search.
    belief, scale = one_belief(), OddsScale(np.array([0.9]))
    seen = [(1000, 0.05, math.inf), (1000, 0.6, 5), (8000, 0.0, 300), (100, 0.5, 40)]
    after = belief.after(runs(*seen), scale)

    def badness(p):
        line, etas = p[:2], p[2:]
        away = line - belief.mean[0]
        total = 0.5 * away @ np.linalg.solve(belief.covariance[0], away)
        exact = math.log10(0.05 / 0.85)
        total += 0.5 * ((exact - line[0]) / 0.1) ** 2
        for eta, (n, e, tests) in zip(etas, seen[1:], strict=True):
            at = line[0] + line[1] * (math.log10(n) - 3)
            error = 0.9 / (1 + 10**-eta)
            total += 0.5 * ((eta - at) / 0.1) ** 2
            total -= tests * (e * math.log(error) + (1 - e) * math.log1p(-error))
        return total

    start = np.array([-1.0, -0.5, -1.0, -1.5, -0.5])
    found = optimize.minimize(badness, start, method="BFGS", options={"gtol": 1e-9}).x
    assert after.mean[0] == pytest.approx(found[:2], abs=1e-4)


def test_the_mixed_model_is_that_of_statsmodels():
    # A random intercept, with priors too weak to matter, against maximum likelihood.
    import statsmodels.formula.api as smf
    from pandas import DataFrame

    random = np.random.default_rng(1)
    task = np.repeat(np.arange(60), 6)
    x = random.uniform(-1, 1, 360)
    y = 1 - 0.5 * x + (0.4 * random.standard_normal(60))[task] + 0.2 * random.standard_normal(360)
    table = DataFrame({"y": y, "x": x, "task": task})
    wanted = smf.mixedlm("y ~ x", table, groups=table["task"]).fit(reml=False)
    none = 1e-6
    found = fit_mixed(
        Data(
            y, np.zeros(360), np.column_stack([np.ones(360), x]), np.zeros(360), task,
            np.arange(360), np.full(360, -1), np.zeros(360, dtype=int),
        ),
        Prior(
            np.zeros(2), np.full(2, 100.0), np.array([[0.3, none, none, none, none, 0.3]]),
            np.array([[20.0, 0.01, 0.01, 0.01, 0.01, 20.0]]),
        ),
    )  # fmt: skip
    assert found.values == pytest.approx(wanted.fe_params.to_numpy(), abs=2e-3)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(wanted.bse_fe.to_numpy(), rel=0.05)
    assert found.mode[0, 0] == pytest.approx(math.sqrt(wanted.cov_re.iloc[0, 0]), rel=0.02)
    assert found.mode[0, 5] == pytest.approx(math.sqrt(wanted.scale), rel=0.02)
    # What is not known of the scatter widens it, never the other way.
    assert (found.scatter[0, [0, 5]] >= found.mode[0, [0, 5]]).all()


def test_the_card_is_what_its_command_makes(rows, fit):
    card = load_card(CLASSIFICATION_LAW)
    made = card_of(fit, rows, {})
    for name in COEFFICIENTS:
        assert made.coefficients[name].value == pytest.approx(
            card.coefficients[name].value, abs=SAME_FIT
        )
    assert np.array(made.covariance) == pytest.approx(np.array(card.covariance), abs=SAME_FIT)
    assert made.data_sha256 == card.data_sha256
    assert made.range == card.range


def test_tasks_that_stay_unseen_are_in_no_source(rows):
    unseen = ("dtd", "pets", "sun397", "svhn", "retino", "dmlab", "clevr-dist", "orient", "elev")
    assert not [row.task for row in rows if any(word in row.task.casefold() for word in unseen)]
    assert "DermaMNIST" not in {row.task for row in rows}
    assert all(0 < row.error < 1 - 1 / row.classes for row in published())


def test_vtab_tasks_left_out(rows, left_out):
    targets = [row for row in rows if row.study == VTAB and row.group is not TaskGroup.STRUCTURED]
    none = score(without_pilots(rows, targets, left_out))
    one = score(with_pilots(rows, targets, left_out))
    published_law = cc.load_law()
    by_eq_1 = score(without_pilots(rows, targets, lambda _: published_law))
    assert (none.predictions, none.tasks) == (24, 6)
    # The issue's own number, from another program.
    assert by_eq_1.median_abs_log10_error == pytest.approx(0.353, abs=0.0005)
    assert one.median_abs_log10_error <= WITH_PILOT
    # Better than Eq. 1 in every way, short of what was asked for on these six.
    assert WITHOUT_PILOT < none.median_abs_log10_error < by_eq_1.median_abs_log10_error
    assert none.mean_log_density > by_eq_1.mean_log_density
    assert none.median_log10_width < by_eq_1.median_log10_width
    kept = load_card(CLASSIFICATION_LAW).validation
    for name, found in (("", none), (", one pilot", one), (", Eq. 1", by_eq_1)):
        stored = kept[f"vtab natural and specialized{name}"]
        assert found.median_abs_log10_error == pytest.approx(
            stored.median_abs_log10_error, abs=0.002
        )
        assert found.coverage90 == stored.coverage90


def test_all_tasks_left_out_as_the_card_says():
    kept = load_card(CLASSIFICATION_LAW).validation
    for pilots, wanted in (("", WITHOUT_PILOT), (", one pilot", WITH_PILOT)):
        seen = kept[f"natural and specialized{pilots}"]
        assert seen.median_abs_log10_error <= wanted
        assert abs(seen.coverage90 - NOMINAL) <= max(POINTS, 2 * seen.coverage90_se)
    assert (
        kept["natural and specialized"].mean_log_density
        > kept["natural and specialized, Eq. 1"].mean_log_density
    )
    # The interval of structured tasks knows that nothing simple works there.
    structured, photographs = kept["structured"], kept["natural and specialized"]
    assert structured.median_log10_width > photographs.median_log10_width
    assert structured.coverage90 >= NOMINAL - max(POINTS, 2 * structured.coverage90_se)


def test_each_pilot_narrows_the_interval_and_does_no_harm(rows, left_out):
    # Curves of four sizes and more: the sizes beyond the third, after none to three pilots.
    studies = ("tllib", "usb", "transfer-curves")
    curves = [row for row in rows if row.study in studies]
    found = [score(with_pilots(rows, curves, left_out, pilots, 3)) for pilots in range(4)]
    assert len({each.predictions for each in found}) == 1
    widths = [each.median_log10_width for each in found]
    assert widths == sorted(widths, reverse=True)
    densities = [each.mean_log_density for each in found]
    # A tenth is well inside what seven tasks can tell.
    assert all(later > earlier - 0.1 for earlier, later in pairwise(densities))


def test_a_card_of_this_form_is_refused_when_edited():
    content = json.loads(load_card(CLASSIFICATION_LAW).model_dump_json())
    assert parse_card(json.dumps(content)).id == CLASSIFICATION_LAW
    for change, words in (
        (lambda c: c["scatter"]["structured"].update(run=0.2), "edited by hand"),
        (lambda c: c["scatter"].pop("structured"), "scatter must be that of"),
        (lambda c: c["coefficients"].pop("coef_intercept"), "coefficients must be"),
        (lambda c: c["coefficients"]["coef_log10_examples"].update(value=0.1), "must fall"),
        (lambda c: c["coefficients"]["coef_log10_examples_beyond"].update(value=1), "must fall"),
        (lambda c: c.update(form="log-cubic"), "form"),
        (lambda c: c.pop("form"), "form"),
        (lambda c: c.update(covariance=None), "covariance"),
    ):
        broken = json.loads(json.dumps(content))
        change(broken)
        with pytest.raises(InputError, match=words):
            parse_card(json.dumps(broken))


def test_settings_say_what_rows_say():
    setting = settings_of(published()[:1])
    assert setting.relative_complexity[0] == pytest.approx(
        math.log(published()[0].classes) / math.log(1000)
    )
