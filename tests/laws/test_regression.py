"""The paper's regression on anybody's evidence: statsmodels, known coefficients, its card."""

from __future__ import annotations

import json

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.outliers_influence import OLSInfluence

from costcurve import InputError
from costcurve.laws import load_law, parse_card
from costcurve.laws.diagnostics import influence, partial_residuals
from costcurve.laws.distance_worth import distance_worth
from costcurve.laws.regression import (
    Evidence,
    fit_regression,
    specifications,
)

#: Six digits, as another program prints them.
DIGITS = 1e-6
#: Eq. 1 of Thompson et al. (2024), Table 1.
TRUE = {
    "intercept": -0.813,
    "log10_examples": -0.070,
    "pretrained_log10_examples": -0.053,
    "relative_complexity": 0.609,
    "segmentation": 0.622,
}


def rows_of(seed, noise=0.1, n=56):
    """Return 48 segmentation rows and 8 others, as the paper has."""
    random = np.random.default_rng(seed)
    examples, complexity = 10 ** random.uniform(2, 5, n), random.uniform(0.01, 0.6, n)
    pretrained = (random.random(n) < 0.6).astype(float)
    segmentation = (np.arange(n) < n * 48 // 56).astype(float)
    logs = np.log10(examples)
    y = TRUE["intercept"] + TRUE["log10_examples"] * logs
    y += TRUE["pretrained_log10_examples"] * pretrained * logs
    y += TRUE["relative_complexity"] * complexity + TRUE["segmentation"] * segmentation
    error = np.minimum(10 ** (y + noise * random.standard_normal(n)), 1.0)
    groups = [f"task {place // 4}" for place in range(n)]
    return Evidence(error, examples, pretrained, complexity, segmentation, groups)


def theirs_of(evidence, names):
    return sm.OLS(np.log10(evidence.error), evidence.design(names)).fit()


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25)
def test_every_number_of_the_table_is_that_of_statsmodels(seed):
    evidence = rows_of(seed)
    found = fit_regression(evidence, select=False)
    theirs = theirs_of(evidence, found.names[1:])
    table = list(found.table().values())
    for name, expected in (("value", theirs.params), ("se", theirs.bse), ("t", theirs.tvalues)):
        assert [row[name] for row in table] == pytest.approx(expected, rel=DIGITS)
    assert [row["p"] for row in table] == pytest.approx(theirs.pvalues, rel=1e-5, abs=1e-15)
    assert np.array([row["ci95"] for row in table]) == pytest.approx(theirs.conf_int(), rel=DIGITS)
    assert found.fit.details["r2"] == pytest.approx(theirs.rsquared, rel=DIGITS)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=15)
def test_influence_is_that_of_statsmodels(seed):
    evidence = rows_of(seed)
    found = fit_regression(evidence, select=False)
    ours, theirs = influence(evidence, found), OLSInfluence(theirs_of(evidence, found.names[1:]))
    assert ours.leverage == pytest.approx(theirs.hat_matrix_diag, rel=DIGITS)
    assert ours.cooks_distance == pytest.approx(theirs.cooks_distance[0], rel=DIGITS, abs=1e-12)
    assert ours.studentised == pytest.approx(theirs.resid_studentized_external, rel=DIGITS)


def test_the_coefficients_of_eq_1_are_found_again():
    within = []
    for seed in range(40):
        table = fit_regression(rows_of(seed), select=False).table()
        within += [
            abs(table[name]["value"] - true) < table[name]["se"] for name, true in TRUE.items()
        ]
    # One standard error holds 68 of 100; 200 coefficients, five to a fit.
    assert np.mean(within) == pytest.approx(0.68, abs=0.08)


def test_a_variable_that_says_nothing_is_dropped_and_reported():
    random = np.random.default_rng(0)
    base = rows_of(1)
    noise = random.standard_normal(56)
    evidence = Evidence(**{**base.__dict__, "distance": noise})
    found = fit_regression(evidence)
    (dropped,) = found.dropped
    assert dropped.name == "distance"
    assert dropped.p > 0.05
    every = fit_regression(evidence, select=False)
    assert not every.dropped
    assert "distance" in every.names


def test_a_distance_that_matters_and_one_that_does_not_are_told_apart_as_in_statsmodels():
    base, distance = rows_of(7), np.random.default_rng(5).uniform(0.0, 1.0, 56)
    for slope in (0.0, 0.4):
        error = np.minimum(base.error * 10 ** (slope * (distance - 1.0)), 1.0)
        evidence = Evidence(**{**base.__dict__, "error": error, "distance": distance})
        worth = distance_worth(evidence)
        theirs = theirs_of(evidence, worth.with_it.names[1:])
        less = theirs_of(evidence, worth.without_it.names[1:])
        assert worth.p == pytest.approx(theirs.pvalues[-1], rel=1e-5)
        found = worth.to_dict()
        assert found["r2_adjusted_with"] == pytest.approx(theirs.rsquared_adj, rel=DIGITS)
        assert found["r2_adjusted_without"] == pytest.approx(less.rsquared_adj, rel=DIGITS)
        assert worth.is_kept == (slope > 0.0)
        gain = found["median_abs_log10_error_without"] - found["median_abs_log10_error_with"]
        assert (gain > 0.02) == (slope > 0.0)
    assert distance_worth(base) is None


def test_a_column_of_any_name_is_the_distance_on_the_command_line(cli, tmp_path):
    base = rows_of(3)
    header = "error,examples,pretrained,relative_complexity,kind,frechet"
    kinds = np.where(base.segmentation > 0, "segmentation", "classification")
    columns = (base.error, base.examples, base.pretrained.astype(int), base.relative_complexity)
    distance = np.random.default_rng(2).uniform(0.0, 9.0, 56)
    path = tmp_path / "evidence.csv"
    rows = zip(*columns, kinds, distance, strict=True)
    path.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")
    found = cli("fit", "regression", str(path), "--distance", "frechet", "--json").json
    assert found["distance"]["p"] > 0.05
    assert not found["distance"]["kept"]
    assert "Dataset distance: its coefficient" in cli(
        "fit", "regression", str(path), "--distance", "frechet"
    ).out.replace("\n", " ")
    assert cli("fit", "regression", str(path), "--json").json["distance"] is None
    refused = cli("fit", "regression", str(path), "--distance", "frechat")
    assert refused.status == 2
    assert refused.errors == [
        "costcurve: error: distance: 'frechat': no such column in the file; did you mean 'frechet'?"
    ]


def test_a_variable_that_does_not_vary_is_dropped():
    base = rows_of(2)
    evidence = Evidence(**{**base.__dict__, "pretrained": np.ones(56)})
    found = fit_regression(evidence)
    first = found.dropped[0]
    assert (first.name, first.p) == ("pretrained_log10_examples", None)


def test_every_variable_of_eq_1_makes_what_is_left_out_easier_to_tell():
    found = specifications(rows_of(4))
    errors = [each.validation.median_abs_log10_error for each in found]
    assert [len(each.names) for each in found] == [2, 3, 4, 5]
    assert errors[-1] == min(errors)
    theirs = theirs_of(rows_of(4), found[1].names[1:])
    assert found[1].fit.details["r2_adjusted"] == pytest.approx(theirs.rsquared_adj, rel=DIGITS)


def test_partial_residuals_have_the_slopes_of_the_regression():
    evidence = rows_of(3)
    found = fit_regression(evidence)
    every = partial_residuals(evidence, found)
    assert list(every) == list(found.names[1:]) != []
    for name, (x, y) in every.items():
        assert float(x @ y) / float(x @ x) == pytest.approx(found.table()[name]["value"])


def test_intervals_of_what_was_left_out_hold_nine_in_ten():
    found = [fit_regression(rows_of(seed)).validation for seed in range(30)]
    assert np.mean([each.coverage90 for each in found]) == pytest.approx(0.9, abs=0.03)
    # The scale of what was left out is that of the noise, a little wider.
    assert np.mean([each.rms_log10_error for each in found]) == pytest.approx(0.105, abs=0.01)


@pytest.fixture
def table(tmp_path):
    evidence = rows_of(5)
    path = tmp_path / "evidence.csv"
    lines = ["error,examples,pretrained,relative_complexity,kind,group"]
    for place, group in enumerate(evidence.group):
        kind = "segmentation" if evidence.segmentation[place] else "classification"
        numbers = evidence.error[place], evidence.examples[place]
        truth = "true" if evidence.pretrained[place] else "false"
        complexity = evidence.relative_complexity[place]
        cells = (*map(float, numbers), truth, float(complexity), kind, group)
        lines.append(",".join(map(str, cells)))
    path.write_text("\n".join(lines) + "\n")
    return path


def test_the_command_makes_a_card_that_an_estimate_uses(cli, table, tmp_path):
    card = tmp_path / "law.json"
    chart = tmp_path / "partial.svg"
    found = cli(
        "fit", "regression", str(table), "--out", str(card), "--chart", str(chart), "--json"
    ).json
    assert {"n", "coefficients", "r2", "dropped", "validation"} <= found.keys()
    assert found["coefficients"]["segmentation"].keys() == {"value", "se", "t", "p", "ci95"}
    assert {"median_abs_log10_error", "coverage90"} <= found["validation"].keys()
    assert chart.read_text().startswith("<svg")
    law = load_law(str(card))
    slope = found["coefficients"]["log10_examples"]["value"]
    pretrained = found["coefficients"]["pretrained_log10_examples"]["value"]
    errors = law.error([1e3, 1e4], 0.1)
    assert np.log10(errors[1] / errors[0]) == pytest.approx(slope + pretrained)
    flags = ("estimate", "--target-accuracy", "0.8", "--classes", "10", "--law", str(card))
    assert cli(*flags, "--json").status == 0
    assert "is whole" in cli("laws", "check", str(card)).out
    assert "Coefficients" in cli("laws", "show", str(card)).out
    assert "thompson-2024-eq1" in cli("laws", "list").out


def test_a_card_that_is_not_as_it_was_made_is_refused_in_one_sentence(cli, table, tmp_path):
    card = tmp_path / "law.json"
    cli("fit", "regression", str(table), "--out", str(card))
    text = card.read_text()
    content = json.loads(text)
    content["residual"]["sd"] /= 2
    for broken, words in (
        (json.dumps(content), "edited by hand"),
        (text[:400], "law card: "),
        (text.replace('"schema_version": 1', '"schema_version": 0'), "must be 1"),
        (text.replace(content["card_sha256"], "0" * 64), "edited by hand"),
        ("[]", "must be a table of fields"),
    ):
        card.write_text(broken)
        task = ("estimate", "--target-accuracy", "0.8", "--classes", "10")
        for command in (("laws", "check", str(card)), (*task, "--law", str(card))):
            ran = cli(*command)
            assert ran.status == 2
            assert any(words in line for line in ran.errors)
    with pytest.raises(InputError, match="edited by hand"):
        parse_card(json.dumps(content))


@pytest.mark.parametrize("name", ["noise", "rising", "constant", "one kind a group"])
def test_weak_evidence_is_fitted_or_refused_in_words(cli, tmp_path, name):
    random = np.random.default_rng(0)
    examples, noise = 10 ** random.uniform(2, 5, 30), random.standard_normal(30)
    kinds = 0.3 * (np.arange(30) < 20)
    error = {
        "noise": 10 ** (-1 + 0.2 * noise),
        "rising": 10 ** (-2 + 0.2 * np.log10(examples)),
        "constant": np.full(30, 0.1),
        "one kind a group": 10 ** (-0.7 - 0.1 * np.log10(examples) + kinds + 0.05 * noise),
    }[name]
    path, card = tmp_path / "x.csv", tmp_path / "card.json"
    lines = ["error,examples,pretrained,relative_complexity,kind,group"]
    for place in range(30):
        kind, group = ("segmentation", "a") if place < 20 else ("classification", f"b{place % 2}")
        numbers = f"{float(error[place])},{float(examples[place])}"
        lines.append(f"{numbers},{place % 2},0.{place % 7},{kind},{group}")
    path.write_text("\n".join(lines) + "\n")
    ran = cli("fit", "regression", str(path), "--json")
    assert ran.status == (2 if name == "constant" else 0)
    made = cli("fit", "regression", str(path), "--out", str(card))
    assert "Traceback" not in made.err
    if name == "one kind a group":
        assert ran.json["validation"]["groups_left_out"] == 2
        assert ran.json["validation"]["rows_left_out"] == 10
    else:
        # A law that gains nothing from examples is no law of an estimate.
        assert made.status == 2
        assert not card.exists()


def test_evidence_is_not_overwritten_by_its_card(cli, table):
    before = table.read_text()
    assert cli("fit", "regression", str(table), "--out", str(table)).status == 2
    assert table.read_text() == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"coefficients": {}}, "coefficients must be"),
        ({"covariance": [[1.0]]}, "5 by 5"),
        ({"range": {"kinds": []}}, "range"),
    ],
)
def test_a_card_that_no_estimate_can_use_is_refused(change, words):
    content = json.loads(load_law().card.model_dump_json())
    content |= change
    with pytest.raises(InputError, match=words):
        parse_card(json.dumps(content))
    with pytest.raises(InputError, match="law card"):
        parse_card("[" * 100_000)
    with pytest.raises(InputError):
        parse_card("9" * 5000)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("error,examples\n0.1,5\n", "no such column"),
        ("error,examples,pretrained,relative_complexity,kind\n", "rows are needed"),
        ("error,examples,pretrained,relative_complexity,kind\n2,5,1,0.1,classification\n", "row 2"),
        ("error,examples,pretrained,relative_complexity,kind\n.2,5,maybe,0.1,x\n", "true or false"),
        ("error,examples,pretrained,relative_complexity,kind\n.2,5,1,0.1,classification\n", "rows"),
        (
            "error,examples,pretrained,relative_complexity,kind\n.2,5,1,-1,classification\n" * 1,
            "at least 0",
        ),
    ],
)
def test_bad_evidence_is_answered_in_words(cli, tmp_path, content, words):
    path = tmp_path / "x.csv"
    path.write_text(content)
    ran = cli("fit", "regression", str(path))
    assert ran.status == 2
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_nothing_is_written_where_one_output_cannot_be(cli, table, tmp_path):
    card, chart = tmp_path / "law.json", tmp_path / "chart.foo"
    for flags, words in (
        (("--chart", str(chart)), "must end in"),
        (("--chart", str(card)), "another file than out"),
    ):
        ran = cli("fit", "regression", str(table), "--out", str(card), *flags)
        assert ran.status == 2
        assert words in ran.err
        assert not card.exists()


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("error", np.nan), ("error", 0.0), ("error", 1.5), ("examples", np.inf), ("examples", 0.0),
        ("pretrained", np.nan), ("segmentation", 2.0), ("relative_complexity", -0.1),
    ],
)  # fmt: skip
def test_a_number_that_no_fit_can_use_is_named_with_its_row(name, wrong):
    base = rows_of(1)
    values = getattr(base, name).copy()
    values[4] = wrong
    with pytest.raises(InputError, match=rf"^{name}\[5\]: "):
        fit_regression(Evidence(**{**base.__dict__, name: values}))


def test_columns_of_another_length_are_refused():
    base = rows_of(1)
    with pytest.raises(InputError, match="as many rows as group"):
        fit_regression(Evidence(**{**base.__dict__, "group": ["one"]}))


def test_cells_that_are_no_words_are_counted_where_they_are_too_many_to_name(cli, tmp_path):
    path = tmp_path / "x.csv"
    rows = "".join(f"0.2,{place + 5},maybe,0.1,{'x' * 99}\n" for place in range(30))
    path.write_text(f"error,examples,pretrained,relative_complexity,kind\n{rows}")
    ran = cli("fit", "regression", str(path))
    assert ran.status == 2
    assert "column pretrained: 'maybe' is not allowed; must be true or false" in ran.err
    assert "10 more such cells" in ran.err
    assert "x" * 70 not in ran.err
