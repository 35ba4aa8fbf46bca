"""Portfolios: a row is what worth says of it, no row is lost, and the best choice is funded."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from costcurve import InputError
from costcurve.decisions.portfolio import PortfolioPlan, portfolio
from costcurve.decisions.portfolio_columns import INPUT_COLUMNS, NUMBERS, OUTPUT_COLUMNS
from costcurve.decisions.worth import worth
from costcurve.decisions.worth_case import case_of
from costcurve.decisions.worth_graph import worth_graph
from tests.decisions.portfolio_uses import (
    DRAWS,
    answers_of,
    case_of_row,
    made_up,
    read_csv,
    write_csv,
)

pa = pytest.importorskip("pyarrow")

#: As promised: twelve digits, of the money that a difference is taken of.
PROMISED = 1e-12
#: What may stand in a cell and is no number of a use.
RUBBISH = ("text", "NaN", "nan", "-1", "1e300", "=cmd|' /C calc'!A0", "inf", "1_000", "٣", "1,5")


def test_a_row_is_what_worth_says_of_it(tmp_path):
    rows = made_up(40, seed=1)
    _, answers = answers_of(rows, tmp_path, row_group=7)
    for row, answer in zip(rows, answers, strict=True):
        case = case_of_row(row)
        said = worth(case, draws=DRAWS, with_pilot=False)
        best = said.estimate.best
        point = worth_graph(case, said.estimate, draws=0)
        planned = {
            name: float(point.values(name, said.examples)[0, 0])
            for name in ("new_examples", "data_cost_usd", "training_cost_usd")
        }
        wanted = {
            **planned,
            "achievable_accuracy": best.achievable_accuracy and best.achievable_accuracy.point,
            "examples_needed": best.examples_needed.point,
            "annual_cost_usd": said.annual["cost_usd"].mean,
            "annual_benefit_usd": said.annual["benefit_usd"].mean,
            "net_usd": said.annual["net_usd"].mean,
            "net_usd_p05": said.annual["net_usd"].p05,
            "net_usd_p95": said.annual["net_usd"].p95,
        }
        assert (answer["model"], answer["decision"]) == (best.model, said.decision)
        money = wanted["annual_cost_usd"] + abs(wanted["annual_benefit_usd"])
        for name, value in wanted.items():
            size = money if name.startswith("net") else 0.0
            if value is None:
                assert answer[name] is None
                continue
            assert answer[name] == pytest.approx(value, rel=PROMISED, abs=PROMISED * size), name
        # Of the interval of an estimate's cost nothing is shown, nor whether it is capped.
        flags = {flag for flag in best.flags if flag != "cost_capped_at_limit"}
        assert set((answer["flags"] or "").split(";")) - {""} == flags


def test_complexity_is_that_of_class_counts_of_the_same_entropy(tmp_path):
    counts = [50_000, 1_000]
    task = {"target_accuracy": 0.965, "examples_held": 51_000, "limit": 200_000}
    benefit = {"predictions_per_year": 1e6, "benefit_per_prediction_usd": 0.05}
    case = case_of({"task": {**task, "class_counts": counts}, "benefit": benefit})
    said = worth(case, draws=DRAWS, with_pilot=False)
    row = {
        "relative_complexity": case.task.relative_complexity,
        "target_accuracy": 0.965,
        "examples_held": 51_000,
        "examples_limit": 200_000,
        **benefit,
    }
    _, (answer,) = answers_of([row], tmp_path)
    assert answer["examples_needed"] == pytest.approx(
        said.estimate.best.examples_needed.point, rel=PROMISED
    )
    assert answer["net_usd_p05"] == pytest.approx(said.annual["net_usd"].p05, rel=1e-11)


def test_tables_that_hold_for_every_row_are_those_of_worth(tmp_path):
    common = {
        "assumptions": {"models": ["ResNet-50", "EfficientNet-B0"], "effort": "tuned"},
        "serving": {"serving_usd_per_prediction": 1e-4},
        "people": {"labelling_passes": 2, "roles": [{"name": "me", "usd_per_hour": 50,
                                                     "hours_per_year": 10}]},
        "retraining": {"retrainings_per_year": 4, "drift_error_per_year": 0.02},
        "finance": {"discount_rate": "0.05 to 0.1", "max_probability_of_loss": 0.3},
        "benefit": {"products": 3, "shared_share": 0.5},
    }  # fmt: skip
    row = made_up(1, seed=3)[0]
    row |= {"classes": 7, "relative_complexity": None, "kind": "classification"}
    other = row | {"kind": "segmentation"}
    _, (answer, bad) = answers_of([row, other], tmp_path, settings=common)
    assert bad["decision"] is None
    assert "is a model for classification, not segmentation" in bad["flags"]
    case = case_of_row(row)
    tables = {name: dict(values) for name, values in common.items()}
    tables["task"] = case.task.model_dump(exclude_unset=True)
    for name in ("assumptions", "benefit"):
        values = getattr(case, name).model_dump(exclude_unset=True)
        tables[name] = {**values, **tables[name]}
    said = worth(case_of(tables), draws=DRAWS, with_pilot=False)
    for name, value in said.annual["net_usd"].to_dict().items():
        key = {"mean": "net_usd", "p50": None}.get(name, f"net_usd_{name}")
        assert key is None or answer[key] == pytest.approx(value, rel=1e-11), name
    assert (answer["model"], answer["decision"]) == (said.estimate.best.model, said.decision)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_no_row_of_rubbish_is_lost_and_every_bad_one_is_named(tmp_path, ending):
    rows = made_up(300, seed=5, is_plain=True)
    rng, spoilt = random.Random(7), {}
    names = [*NUMBERS, "kind", "pretrained", "relative_complexity"]
    for place in rng.sample(range(300), len(RUBBISH) * 3):
        name = rng.choice(names)
        rows[place][name] = RUBBISH[len(spoilt) % len(RUBBISH)]
        spoilt[place] = name
    if ending == "csv":
        source = write_csv(tmp_path / "uses.csv", rows)
    else:
        import pyarrow.parquet as pq

        source = str(tmp_path / "uses.parquet")
        texts = [{k: None if v is None else str(v) for k, v in row.items()} for row in rows]
        pq.write_table(pa.Table.from_pylist(texts), source)
    out = str(tmp_path / "answers.csv")
    found = portfolio(source, out, plan=PortfolioPlan(workers=1, row_group=100))
    answers = read_csv(out)
    assert [row["id"] for row in answers] == [row["id"] for row in rows]
    bad = {place for place, answer in enumerate(answers) if not answer["decision"]}
    # A second way to say the classes is as bad as rubbish.
    assert bad == set(spoilt)
    assert found.rows == {
        "all": 300, "bad": len(spoilt), "go": found.rows["go"], "no-go": found.rows["no-go"],
    }  # fmt: skip
    for place, name in spoilt.items():
        assert name.removesuffix("_low") in answers[place]["flags"] or "classes" in answers[
            place
        ]["flags"]  # fmt: skip
        assert not answers[place]["net_usd"]


def test_text_that_would_run_in_a_spreadsheet_does_not(tmp_path):
    rows = made_up(60, seed=9, is_plain=True)
    source = write_csv(tmp_path / "uses.csv", rows)
    out = str(tmp_path / "answers.csv")
    portfolio(source, out, plan=PortfolioPlan(workers=1))
    notes = {"=1+1": "'=1+1"}
    assert [each["note"] for each in read_csv(out)] == [
        notes.get(each["note"], each["note"]) for each in rows
    ]


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("id,classes,predictions_per_year", "target_accuracy: no such column"),
        ("id,target_accuracy,predictions_per_year", "no such column, nor its complexity"),
        ("classes,target_acuracy,predictions_per_year", "did you mean 'target_accuracy'"),
        ("classes,target_accuracy,predictions_per_year,epochs_low", "beside its other end"),
        ("classes,target_accuracy,predictions_per_year,net_usd", "column that is added"),
    ],
)
def test_columns_that_are_missing_or_misspelt_are_refused(tmp_path, header, why):
    path = tmp_path / "uses.csv"
    path.write_text(f"{header}\n{','.join('1' for _ in header.split(','))}\n")
    with pytest.raises(InputError, match=why):
        portfolio(str(path), str(tmp_path / "out.csv"), plan=PortfolioPlan(workers=1))
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("common", "why"),
    [
        ({"task": {"classes": 3}}, "task.classes: must be left out here"),
        ({"assumptions": {"epochs": 3}}, "assumptions.epochs: must be left out"),
        ({"assumptions": 5}, "must be a table of names"),
        ({"inventory": {}}, "inventory: must be left out here"),
        ({"finance": {"discount_rate": -1}}, "discount_rate"),
        ({"assumptions": {"mode": "as-published"}}, "as published says nothing of serving"),
    ],
)
def test_common_tables_that_are_wrong_are_refused(tmp_path, common, why):
    source = write_csv(tmp_path / "uses.csv", made_up(2, seed=1, is_plain=True))
    with pytest.raises(InputError, match=why):
        portfolio(source, str(tmp_path / "out.csv"), plan=PortfolioPlan(workers=1, settings=common))


def test_the_columns_of_the_contract_come_in_their_order(tmp_path):
    _, answers = answers_of(made_up(2, seed=1, is_plain=True), tmp_path)
    names = list(answers[0])
    assert tuple(names[-len(OUTPUT_COLUMNS) :]) == OUTPUT_COLUMNS
    assert set(INPUT_COLUMNS) <= set(names)


def test_what_is_funded_is_the_best_choice_of_the_rows(tmp_path):
    rows = made_up(12, seed=11, is_plain=True)
    for row in rows:
        row |= {"shared_with": None, "usd_per_example": row["usd_per_example"] or 0.3}
    source = write_csv(tmp_path / "uses.csv", rows)
    out = str(tmp_path / "answers.csv")
    portfolio(source, out, plan=PortfolioPlan(workers=1))
    net, cost = (
        np.array([float(each[name]) for each in read_csv(out)])
        for name in ("net_usd", "annual_cost_usd")
    )
    cost = np.array(
        [float(e["data_cost_usd"]) + float(e["training_cost_usd"]) for e in read_csv(out)]
    )
    budget = 0.4 * cost[net > 0.0].sum()
    found = portfolio(source, out, budget_usd=budget, plan=PortfolioPlan(workers=1, row_group=5))
    choices = (np.arange(2**12)[:, None] >> np.arange(12) & 1).astype(bool)
    best = (choices @ net)[choices @ cost <= budget].max()
    assert found.funding.value_usd == pytest.approx(best, rel=1e-9)
    funded = np.array([each["funded"] == "true" for each in read_csv(out)])
    assert net[funded].sum() == pytest.approx(best, rel=1e-9)
    assert cost[funded].sum() <= budget


def test_rows_of_a_group_pay_its_training_once(tmp_path):
    # Training on an accelerator that costs a fortune decides what is worth while.
    settings = {"assumptions": {"accelerator": ["A100"], "usd_per_accelerator_hour": 1e6}}
    rows = made_up(9, seed=17, is_plain=True)
    for place, row in enumerate(rows):
        row |= {"shared_with": [None, "shelf", "till"][place % 3], "kind": "classification"}
        row |= {"predictions_per_year": 1e6, "benefit_per_prediction_usd": 0.1, "epochs": 5.0}
        row |= {"benefit_per_prediction_usd_low": None, "benefit_per_prediction_usd_high": None}
    source, out = write_csv(tmp_path / "uses.csv", rows), str(tmp_path / "out.csv")
    plan = PortfolioPlan(workers=1, draws=DRAWS, settings=settings)
    portfolio(source, out, plan=plan)
    answers = read_csv(out)
    alone = np.array([float(each["net_usd"]) for each in answers])
    free = alone.copy()
    for place, row in enumerate(rows):
        if row["shared_with"] is None:
            continue
        case = case_of_row(row)
        case = replace(case, assumptions=case.assumptions.model_copy(
            update={"accelerator": ("A100",), "usd_per_accelerator_hour": 1e6}
        ))  # fmt: skip
        said = worth(case, draws=DRAWS, with_pilot=False)
        graph = worth_graph(case, said.estimate, DRAWS)
        free[place] = graph.draws(
            "annual_net_usd", said.examples, {"training_cost_usd": 0.0}
        ).mean()
    labels, training = (
        np.array([float(each[name]) for each in answers])
        for name in ("data_cost_usd", "training_cost_usd")
    )
    groups = [[p for p, row in enumerate(rows) if row["shared_with"] == name and free[p] > 0.0]
              for name in ("shelf", "till")]  # fmt: skip
    choices = (np.arange(2**9)[:, None] >> np.arange(9) & 1).astype(bool)
    value, cost = choices @ free, choices @ labels
    for place, row in enumerate(rows):
        cost = cost + choices[:, place] * training[place] * (row["shared_with"] is None)
    for members in groups:
        dearest = max(members, key=lambda place: training[place])
        is_open = choices[:, members].any(axis=1)
        value = value - is_open * (free[dearest] - alone[dearest])
        cost = cost + is_open * training[dearest]
    budgets = np.quantile(cost, [0.2, 0.6])
    for budget in budgets.tolist():
        found = portfolio(source, out, budget_usd=budget, plan=plan)
        can = (cost <= budget * (1.0 + 1e-12)) & ~choices[:, free <= 0.0].any(axis=1)
        assert found.funding.value_usd == pytest.approx(value[can].max(), rel=1e-9)


@pytest.mark.parametrize(("name", "default"), [("usd_per_example", 0.63)])
def test_what_the_net_follows_is_what_other_prices_would_change(tmp_path, name, default):
    rows = made_up(30, seed=23, is_plain=True)
    for row in rows:
        row["predictions_per_year"] *= 100.0
    found, before = answers_of(rows, tmp_path)
    told = {each["assumption"]: each for each in found.sensitivity}[name]
    chosen = [place for place, each in enumerate(before) if each["decision"] == "go"]
    nets = [sum(before[place]["net_usd"] for place in chosen)]
    for factor in (0.75, 1.25):
        other = [{**row, name: factor * (row[name] or default)} for row in rows]
        _, after = answers_of(other, tmp_path)
        nets.append(sum(after[place]["net_usd"] for place in chosen))
    base, low, high = nets
    assert told["rows"] == len(chosen) > 5
    assert told["low_share"] == pytest.approx((low - base) / base, rel=1e-9, abs=1e-12)
    assert told["high_share"] == pytest.approx((high - base) / base, rel=1e-9, abs=1e-12)


def test_numbers_of_any_type_say_the_same(tmp_path):
    import pyarrow.parquet as pq

    rows = made_up(20, seed=19, is_plain=True)
    for row in rows:
        row |= {"relative_complexity": None, "classes": row["classes"] or 12, "epochs": 7}
        row["pretrained"] = row["pretrained"] or "true"
    _, wanted = answers_of(rows, tmp_path)
    table = pa.Table.from_pylist([{**row, "relative_complexity": 0.0} for row in rows])
    types = {
        "classes": pa.int32(),
        "epochs": pa.decimal128(30, 3),
        "kind": pa.dictionary(pa.int32(), pa.string()),
        "pretrained": pa.bool_(),
        "relative_complexity": pa.null(),
        "id": pa.large_string(),
    }
    for name, each in types.items():
        place, column = table.column_names.index(name), table[name]
        if name == "pretrained":
            column = pa.chunked_array([[text == "true" for text in column.to_pylist()]])
        if name == "relative_complexity":
            column = pa.nulls(len(rows))
        table = table.set_column(place, name, column.cast(each))
    pq.write_table(table, tmp_path / "uses.parquet")
    out = tmp_path / "typed.parquet"
    plan = PortfolioPlan(workers=1, draws=DRAWS)
    portfolio(str(tmp_path / "uses.parquet"), str(out), plan=plan)
    for ours, theirs in zip(pq.read_table(out).to_pylist(), wanted, strict=True):
        assert {name: ours[name] for name in OUTPUT_COLUMNS} == {
            name: theirs[name] for name in OUTPUT_COLUMNS
        }


def test_a_small_file_is_drawn_as_worth_draws_a_case_and_a_large_one_less(tmp_path, monkeypatch):
    rows = made_up(4, seed=11)
    source, out = write_csv(tmp_path / "uses.csv", rows), str(tmp_path / "answers.csv")
    portfolio(source, out, plan=PortfolioPlan(workers=1))
    for row, answer in zip(rows, read_csv(out), strict=True):
        said = worth(case_of_row(row), with_pilot=False)
        assert float(answer["net_usd"]) == pytest.approx(said.annual["net_usd"].mean, rel=1e-11)
    monkeypatch.setattr("costcurve.decisions.portfolio.SMALL_FILE", 3)
    fewer = str(tmp_path / "fewer.csv")
    portfolio(source, fewer, plan=PortfolioPlan(workers=1))
    _, asked = answers_of(rows, tmp_path, draws=64)
    wanted = [each["net_usd"] for each in asked]
    assert [float(each["net_usd"]) for each in read_csv(fewer)] == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize(
    "given", [{"draws": 0}, {"draws": 2.5}, {"row_group": 0}, {"workers": 0}, {"settings": 3}]
)
def test_a_plan_that_cannot_be_is_refused_by_its_field(given):
    (field,) = given
    with pytest.raises(InputError, match=f"^{field}: "):
        PortfolioPlan(**given)
