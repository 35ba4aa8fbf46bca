"""`costcurve estimate --predict`: one run, a table of runs, and what pilots teach."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import costcurve as cc
from costcurve.decisions.prediction import Question, predict
from costcurve.laws import CLASSIFICATION_LAW, PUBLISHED_LAW, load_law
from costcurve.laws.belief import Runs

ONE = ("estimate", "--kind", "classification", "--classes", "45", "--examples", "25200",
       "--pretrained", "--group", "specialized", "--predict")  # fmt: skip
HEADER = "kind,classes,examples,pretrained,group,pilot_examples,pilot_error"


def test_the_contract_of_one_prediction(cli):
    found = cli(*ONE, "--json").json
    assert {"error_p05", "error_p50", "error_p95", "law"} <= found.keys()
    assert found["error_p05"] < found["error_p50"] < found["error_p95"]
    assert found["law"] == CLASSIFICATION_LAW
    assert "expect an error of" in cli(*ONE).out


def test_none_one_and_three_pilots_are_one_thing(cli, tmp_path):
    path = tmp_path / "pilots.csv"
    widths, medians = [], []
    lines = ["n,error", "500,0.30", "1000,0.20", "4000,0.10"]
    for number in (0, 1, 3):
        path.write_text("\n".join(lines[: number + 1]) + "\n")
        found = cli(*ONE, *(["--pilot", str(path)] if number else []), "--json").json
        assert found["pilots"] == number
        widths.append(math.log(found["error_p95"] / found["error_p05"]))
        medians.append(found["error_p50"])
    assert widths == sorted(widths, reverse=True)
    assert medians[-1] == pytest.approx(0.05, rel=0.4)
    path.write_text("n,error\n500,0.30\n")
    by_flags = cli(*ONE, "--pilot-examples", "500", "--pilot-error", "0.30", "--json").json
    assert by_flags == cli(*ONE, "--pilot", str(path), "--json").json
    both = cli(*ONE, "--pilot", str(path), "--pilot-examples", "1000", "--pilot-error", ".2",
               "--json")  # fmt: skip
    assert both.json["pilots"] == 2


def test_a_size_of_the_test_set_makes_a_pilot_less_than_exact(cli):
    pilot = (*ONE, "--pilot-examples", "1000", "--pilot-error", "0.2", "--json")
    exact, few, many = (
        cli(*pilot, *more).json
        for more in ((), ("--pilot-test-examples", "20"), ("--pilot-test-examples", "1e9"))
    )
    assert many["error_p50"] == pytest.approx(exact["error_p50"], rel=1e-4)
    assert few["error_p95"] / few["error_p05"] > exact["error_p95"] / exact["error_p05"]
    none = cli(*ONE, "--pilot-examples", "1000", "--pilot-error", "0", "--pilot-test-examples",
               "500", "--json")  # fmt: skip
    assert 0 < none.json["error_p05"] < none.json["error_p95"] < 0.05


def test_a_table_is_its_rows_one_by_one(cli, tmp_path):
    rows = [
        "classification,45,25200,true,specialized,1000,0.2",
        "segmentation,10,5000,yes,,,",
        "classification,2,1000,false,,,",
        "segmentation,10,5000,1,,1000,0.3",
        "classification,6,70000,0,structured,1000,0.5",
    ]
    tasks, out = tmp_path / "tasks.csv", tmp_path / "predicted.csv"
    tasks.write_text("\n".join([HEADER + ",note", *(f"{row},x" for row in rows)]) + "\n")
    assert cli("estimate", "--from", str(tasks), "--predict", "--out", str(out)).status == 0
    predicted = list(csv.DictReader(out.read_text().splitlines()))
    assert [row["note"] for row in predicted] == ["x"] * len(rows)
    for line, row in zip(rows, predicted, strict=True):
        kind, classes, examples, pretrained, group, n, error = line.split(",")
        start = "" if pretrained in {"true", "yes", "1"} else "no-"
        flags = ["--kind", kind, "--classes", classes, "--examples", examples,
                 f"--{start}pretrained"]  # fmt: skip
        flags += ["--group", group] if group else []
        flags += ["--pilot-examples", n, "--pilot-error", error] if n else []
        alone = cli("estimate", *flags, "--predict", "--json").json
        assert row["law"] == alone["law"]
        for name in ("error_p05", "error_p50", "error_p95"):
            assert float(row[name]) == pytest.approx(alone[name], rel=1e-12)
    assert [row["law"] for row in predicted].count(PUBLISHED_LAW) == 2


def test_a_table_with_the_columns_needed_only(cli, tmp_path):
    tasks = tmp_path / "tasks.csv"
    tasks.write_text("kind,classes,examples,pretrained\nclassification,10,1000,true\n")
    printed = cli("estimate", "--from", str(tasks), "--predict").out.splitlines()
    assert (
        printed[0]
        == "kind,classes,examples,pretrained,error_p05,error_p50,error_p95,law,extrapolating"
    )
    assert len(printed) == 2


@pytest.mark.parametrize(
    ("arguments", "fields"),
    [
        ("--predict", ["classes", "examples"]),
        ("--predict --classes 3 --examples 10 --epochs 3", ["epochs"]),
        ("--predict --classes 3 --examples 1e300 --group wild", ["group", "examples"]),
        ("--predict --classes 2 --examples 9 --pilot-examples 5", ["pilot_error"]),
        ("--predict --classes 2 --examples 9 --pilot-examples 5 --pilot-error .6", ["pilot_error"]),
        ("--predict --classes 2 --examples 9 --pilot-examples 5 --pilot-error 0", ["pilot_error"]),
        ("--predict --classes 2 --examples nan", ["examples"]),
        ("--predict --classes 2 --examples 9 --out x.csv", ["out"]),
        ("--examples 10 --classes 3 --target-error .1", ["examples"]),
        ("--from nosuch.csv --predict", ["from"]),
        ("--from nosuch.csv --predict --classes 3", ["classes"]),
    ],
)
def test_what_cannot_be_predicted_is_said_in_words(cli, arguments, fields):
    ran = cli("estimate", *arguments.split())
    assert ran.status == 2
    assert [line.split(": ")[2] for line in ran.errors] == fields


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        (f"{HEADER}\n", "must hold a row"),
        ("kind,classes\nclassification,2\n", "no such column"),
        (f"{HEADER}\nx,2,10,true,,,\n", "column kind: 'x' is not allowed"),
        (f"{HEADER}\nclassification,2.5,10,true,,,\n", "column classes"),
        (f"{HEADER}\nclassification,2,10,perhaps,,,\n", "column pretrained"),
        (f"{HEADER}\nclassification,2,=1+1,true,,,\n", "column examples"),
        (f"{HEADER}\nclassification,2,10,true,,5,\n", "column pilot_error: an empty cell"),
        (f"{HEADER}\nclassification,2,10,true,,5,.7\n", "must be below 0.5"),
        (f"{HEADER},law\nclassification,2,10,true,,,,\n", "a column that is added"),
        (f"{HEADER}\nclassification,2\n", "the header has 7"),
    ],
)
def test_a_table_that_cannot_be_used_writes_nothing(cli, tmp_path, content, words):
    tasks, out = tmp_path / "tasks.csv", tmp_path / "out.csv"
    tasks.write_text(content)
    ran = cli("estimate", "--from", str(tasks), "--predict", "--out", str(out))
    assert ran.status == 2
    assert words in ran.err
    assert not out.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("n,error\n", "must hold a run"),
        ("n,error\n10,1.2\n0,0.1\n", "column n"),
        ("n,error\n10,1.2\n", "column error"),
        ("n\n10\n", "no such column"),
        ("n,error\n10,0\n", "test_examples"),
    ],
)
def test_a_file_of_pilots_that_cannot_be_used(cli, tmp_path, content, words):
    path = tmp_path / "pilots.csv"
    path.write_text(content)
    ran = cli(*ONE, "--pilot", str(path))
    assert ran.status == 2
    assert words in ran.err


def test_what_pilot_writes_is_read_as_it_is(cli, tmp_path):
    ours, theirs = tmp_path / "ours.csv", tmp_path / "theirs.csv"
    rows = [(500, 0.26), (1000, 0.19)]
    ours.write_text("n,error,test_examples\n" + "".join(f"{n},{e},400\n" for n, e in rows))
    theirs.write_text(
        "examples,seed,error,test_examples,pilot\n"
        + "".join(f"{n},0,{e},400,function a:b\n" for n, e in rows)
    )
    both = [cli(*ONE, "--pilot", str(path), "--json").json for path in (ours, theirs)]
    assert both[0] == both[1]


def test_a_law_that_no_run_can_teach_says_so(cli, tmp_path):
    table = tmp_path / "evidence.csv"
    lines = [
        f"{0.5 * n**-0.1:.4f},{n},{n % 2},0.{n % 7},classification" for n in range(100, 3000, 97)
    ]
    table.write_text("error,examples,pretrained,relative_complexity,kind\n" + "\n".join(lines))
    card = tmp_path / "law.json"
    cli("fit", "regression", str(table), "--out", str(card))
    flags = ("--law", str(card), "--pilot-examples", "100", "--pilot-error", "0.3")
    ran = cli(*ONE, *flags)
    assert ran.status == 2
    assert "none can teach it" in ran.err


@given(error=st.floats(0.01, 0.4), n=st.floats(100, 1e5))
def test_pilots_move_the_estimate_of_costs_too(error, n):
    task = cc.Task(target_error=0.05, classes=2, pilot_examples=n, pilot_error=error)
    plan = cc.estimate(task, cc.Assumptions(models=["ResNet-50"]))
    asked = Question(
        classes=2,
        examples=min(plan.best.examples_needed.point, 1e14),
        pilot_examples=n,
        pilot_error=error,
    )
    if plan.best.examples_needed.point < 1e14:
        # With the examples needed the median error is the target, and the chance one half.
        assert predict(asked).error_p50 == pytest.approx(0.05, rel=1e-6)
        assert plan.best.probability_of_target == pytest.approx(0.5, abs=1e-6)


def test_the_law_with_the_best_evidence_answers(cli):
    def law(*flags):
        return cli("estimate", "--target-error", "0.05", *flags, "--json").json["law"]["id"]

    assert law("--classes", "10") == CLASSIFICATION_LAW
    assert law("--class-counts", "60,40") == CLASSIFICATION_LAW
    assert law("--class-counts", "50000,1000") == PUBLISHED_LAW
    assert law("--classes", "10", "--kind", "segmentation") == PUBLISHED_LAW
    assert law("--classes", "10", "--as-published") == PUBLISHED_LAW
    assert law("--classes", "10", "--law", PUBLISHED_LAW) == PUBLISHED_LAW


def test_pilots_teach_eq_1_the_share_that_runs_have_in_common():
    law = load_law(PUBLISHED_LAW)
    shared, sd = law.card.residual.shared, law.card.residual.sd
    asked = {"classes": 10, "examples": 1e4, "kind": "segmentation"}
    before = predict(Question(**asked))
    pilot = 0.5 * before.error_p50
    after = predict(Question(**asked, pilot_examples=1e4, pilot_error=pilot))
    assert math.log10(after.error_p50 / before.error_p50) == pytest.approx(shared * math.log10(0.5))
    z = math.log10(after.error_p50 / after.error_p05) / 1.6448536269514715
    assert z == pytest.approx(sd * math.sqrt(1 - shared**2))


PILOTS = st.lists(
    st.tuples(st.floats(10, 1e5), st.floats(0.001, 0.6), st.sampled_from(["", "50", "1e6"])),
    max_size=4,
)


@given(
    classes=st.integers(4, 500),
    group=st.sampled_from([None, "natural", "specialized", "structured"]),
    pretrained=st.booleans(),
    pilots=PILOTS,
)
def test_more_examples_never_raise_the_median_and_one_law_answers(
    classes, group, pretrained, pilots
):
    runs = None
    if pilots:
        columns = zip(*((n, e, float(t or "inf")) for n, e, t in pilots), strict=True)
        runs = Runs(*(np.array([column]) for column in columns))
    asked = {"classes": classes, "group": group, "pretrained": pretrained}
    before = 1.0
    for n in (1e2, 1e3, 1e4, 1e6, 1e9):
        found = predict(Question(**asked, examples=n), pilots=runs)
        assert found.error_p05 <= found.error_p50 <= found.error_p95
        assert found.error_p50 <= before * (1 + 1e-9)
        before = found.error_p50
    # The estimate of costs says the same of what can be reached with all there is.
    task = cc.Task(**asked, target_error=0.05, limit=1e4)
    best = cc.estimate(task, cc.Assumptions(models=["ResNet-50"]), pilots=runs).best
    found = predict(Question(**asked, examples=1e4), pilots=runs)
    assert 1 - best.achievable_accuracy.point == pytest.approx(found.error_p50, rel=1e-6)
    # Its ends are those of a few thousand draws.
    assert 1 - best.achievable_accuracy.p95 == pytest.approx(found.error_p05, rel=0.1, abs=1e-9)
    assert 1 - best.achievable_accuracy.p05 == pytest.approx(found.error_p95, rel=0.1, abs=1e-9)


def test_more_classes_never_make_a_task_easier():
    for pretrained in (True, False):
        for n in (1e3, 1e5, 1e7):
            medians = [
                predict(Question(classes=k, examples=n, pretrained=pretrained)).error_p50
                for k in (2, 5, 10, 100, 1000)
            ]
            assert medians == sorted(medians)


def test_strange_pilots_are_said_to_be_strange(cli, tmp_path):
    path = tmp_path / "pilots.csv"
    for content, words in (
        ("n,error\n10,0.1\n100,0.3\n1000,0.6\n", "do not fall"),
        ("n,error\n100,0.01\n100,0.85\n", "contradict each other"),
        ("n,error\n1000,0.2\n4000,0.12\n", None),
    ):
        path.write_text(content)
        flags = ("--classes", "10", "--pilot", str(path))
        found = cli("estimate", *flags, "--examples", "5000", "--predict", "--json").json
        warned = " ".join(found["warnings"])
        assert (words in warned) if words else not warned
        estimate = cli("estimate", *flags, "--target-error", "0.1", "--json").json
        assert set(found["warnings"]) <= set(estimate["warnings"])


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ("--overrides structured=1", "give group"),
        ("--overrides level_sd=-1", "must be above 0"),
        ("--pilot-examples 9 --pilot-error .3 --overrides classes=5", "give classes"),
    ],
)
def test_what_the_law_was_read_with_is_not_overridden(cli, flags, words):
    ran = cli("estimate", "--target-error", "0.1", "--classes", "10", *flags.split())
    assert ran.status == 2
    assert words in ran.err


def test_a_range_of_classes_goes_with_neither_pilots_nor_predictions(cli):
    for flags in (
        ("--predict", "--examples", "10"),
        ("--target-error", "0.1", "--pilot-examples", "9", "--pilot-error", "0.3"),
    ):
        ran = cli("estimate", "--classes", "5 to 50", *flags)
        assert ran.status == 2
        assert "classes: 5 to 50 is not allowed" in ran.err.replace("'", "")


def test_a_slip_in_the_name_of_a_column_is_found(cli, tmp_path):
    tasks, pilots = tmp_path / "tasks.csv", tmp_path / "pilots.csv"
    slip = HEADER.replace("pilot_", "pilots_")
    tasks.write_text(f"{slip}\nclassification,2,10,true,,5,.3\n")
    ran = cli("estimate", "--from", str(tasks), "--predict")
    assert (ran.status, "did you mean 'pilot_examples'" in ran.err) == (2, True)
    pilots.write_text("n,error,test_example\n10,.3,5\n")
    ran = cli(*ONE, "--pilot", str(pilots))
    assert (ran.status, "did you mean 'test_examples'" in ran.err) == (2, True)


def test_every_finding_of_a_file_of_pilots_at_once(cli, tmp_path):
    path = tmp_path / "pilots.csv"
    path.write_text("n,error,test_examples\ninf,nan,-1\n0,-1e-310,0\n10,0.1,\n1e300,0.1,0.5\n")
    assert len(cli(*ONE, "--pilot", str(path)).errors) == 8
    path.write_text("n,error,test_examples\n10,0.3,\n20,0.2,100\n")
    assert cli(*ONE, "--pilot", str(path), "--json").json["pilots"] == 2


def test_an_output_that_cannot_be_is_said_in_words(cli, tmp_path):
    tasks, loop = tmp_path / "tasks.csv", tmp_path / "loop"
    tasks.write_text(f"{HEADER}\nclassification,2,10,true,,,\n")
    loop.symlink_to(loop)
    linked = tmp_path / "linked.csv"
    linked.hardlink_to(tasks)
    for out, words in ((loop, "cannot be written"), (linked, "another file"), (tasks, "another")):
        ran = cli("estimate", "--from", str(tasks), "--predict", "--out", str(out))
        assert ran.status == 2
        assert words in ran.err


def test_a_target_that_guessing_reaches_is_said_to_take_nothing(cli):
    asked = ("estimate", "--classes", "10", "--json", "--target-accuracy")
    assert any("Guessing is already right 10.0%" in w for w in cli(*asked, "0.05").json["warnings"])
    assert not any("Guessing" in warning for warning in cli(*asked, "0.5").json["warnings"])
