"""`costcurve curve --next-run` and the drawing below it: what is printed, and what is refused."""

from __future__ import annotations

import json
import re

import pytest

from costcurve.decisions.next_run import next_run
from costcurve.decisions.stakes import Stakes
from costcurve.laws.curves import load_curve_law

POINTS = {100: 0.31, 200: 0.24, 400: 0.19, 800: 0.155}
NEXT = ("--next-run", "--usd-per-x", "0.6", "--target-error", "0.08", "--worth-usd", "5000")


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "runs.csv"
    path.write_text("x,error\n" + "".join(f"{x},{y}\n" for x, y in POINTS.items()))
    return str(path)


#: Beginnings of what a page recommends.
WORDS = {"run": "A run first: x ", "go": "Go, without another run", "stop": "Stop: no run is "}


@pytest.mark.parametrize(
    "prices",
    [
        {"usd_per_x": 1.0, "usd_per_error": 1e5},
        {"usd_per_x": 3.0, "usd_per_trained_x": 5.0, "usd_per_error": 1e6},
        {"usd_per_x": 6.0, "worth_usd": 5000.0, "target": 0.08},
        {"usd_per_x": 0.6, "worth_usd": 5000.0, "target": 0.2, "held": 900.0},
    ],
)
def test_the_command_and_python_say_the_same(cli, table, prices):
    renamed = {name.replace("target", "target_error"): price for name, price in prices.items()}
    words = [f"--{name.replace('_', '-')}={price}" for name, price in renamed.items()]
    said = cli("curve", table, "--next-run", *words, "--json").json["next_run"]
    found = next_run(load_curve_law().curve(list(POINTS), list(POINTS.values())), Stakes(**prices))
    assert said["decision"] == found.decision
    assert said["run"] == (found.best and found.best.x)
    assert (said["total"], said["net_usd"]) == (found.total, found.net_usd)
    nets = [each.net_usd for each in found.candidates]
    assert [each["net_usd"] for each in said["candidates"]] == nets
    page = " ".join(cli("curve", table, "--next-run", *words).out.split())
    assert "What to run next x Cost " in page
    assert [each for each, text in WORDS.items() if text in page] == [found.decision]
    assert ("meets the target" in page) == (prices.get("target") == 0.2)
    assert ("Chance if one goes on" in page) == (prices.get("target") == 0.08)


def test_a_report_keeps_what_it_says_of_the_next_run_together(cli, table, tmp_path):
    path = tmp_path / "report.html"
    prices = ("--usd-per-x", "0.5", "--usd-per-error", "1000")
    assert cli("curve", table, "--next-run", *prices, "--html", str(path)).status == 0
    parts = re.split("<h2>(.*?)</h2>", path.read_text(encoding="utf-8"))
    said = dict(zip(parts[1::2], parts[2::2], strict=True))
    # Without a target there is no answer to one.
    assert not any(words in said["The answer"] for words in WORDS.values())
    assert sum(words in said["The next run"] for words in WORDS.values()) == 1


@pytest.mark.parametrize("more", [[], ["--held", "1600"], ["--usd-per-trained-x", "0.01"]])
def test_every_column_is_explained_and_money_has_cents(cli, table, more):
    page = cli("curve", table, *NEXT, *more).out
    rows = page.split("What to run next")[1].split("\n\n")[0].splitlines()[2:]
    first = [row.split()[0] for row in rows]
    assert len(set(first)) == len(first)
    assert all(re.fullmatch(r"-?\$[\d,]+(\.\d\d)?", row.split()[1]) for row in rows)
    words = " ".join(page.split())
    for name in ("Chance if one goes on: ", "Information: ", "Net: ", "Per dollar: "):
        assert name in words
    assert ("Training counts as free" in words) == ("--usd-per-trained-x" not in more)


def test_a_verdict_agrees_with_the_table_above_it(cli, tmp_path):
    path = tmp_path / "slow.csv"
    path.write_text("x,error\n1000,0.30\n2000,0.26\n4000,0.235\n")
    prices = ["--next-run", "--usd-per-x", "0.5", "--held", "8000"]
    hopeless = ["--worth-usd", "6000", "--target-error", "0.05"]
    page = " ".join(cli("curve", str(path), *prices, *hopeless).out.split())
    assert "Stop: it is not worth going on." in page
    assert "Go, " not in page
    free = ["--worth-usd", "600", "--target-error", "0.2"]
    page = " ".join(cli("curve", str(path), *prices, *free).out.split())
    assert "A run first: x 8,000 for $0.00." in page
    assert "Nothing more need be bought for that" in page


def test_a_report_answers_with_the_need_and_shows_runs_and_target(cli, tmp_path):
    table, page, plot = (tmp_path / name for name in ("runs.csv", "report.html", "curve.json"))
    table.write_text("x,error\n100,0.31\n100,0.29\n200,0.24\n200,0.22\n400,0.19\n400,0.17\n")
    flags = ["--target-error", "0.12", "--html", str(page)]
    assert cli("curve", str(table), *flags).status == 0
    parts = re.split("<h2>(.*?)</h2>", page.read_text(encoding="utf-8"))
    said = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert "0.12 is reached with an even chance" in said["The answer"].split("</p>")[0]
    assert "Risks" not in said
    assert "The next run" not in said
    assert "arXiv:2505.15657" in said["References"]
    assert "one more run" in said["What to expect"]
    assert said["What was measured"].count("<tr>") == 1 + 6
    assert cli("curve", str(table), *flags[:2], "--plot", str(plot)).status == 0
    *_, points, target = json.loads(plot.read_text())["layer"]
    assert [each["y"] for each in points["data"]["values"]] == [0.29, 0.31, 0.22, 0.24, 0.17, 0.19]
    assert target["data"]["values"] == [{"y": 0.12}]


def test_a_worth_of_nothing_is_no_go(cli, table):
    said = cli("curve", table, *NEXT, "--worth-usd", "0", "--json").json["next_run"]
    assert (said["decision"], said["run"], said["total"], said["net_usd"]) == (
        "stop",
        None,
        None,
        0,
    )


def test_epochs_go_on(cli, tmp_path):
    path = tmp_path / "epochs.csv"
    rows = "".join(f"{epoch},{0.1 + 0.5 * epoch**-0.8}\n" for epoch in range(1, 21))
    path.write_text("epoch,error\n" + rows)
    options = ("--x", "epoch", "--next-run", "--usd-per-x", "2", "--usd-per-error", "1e5")
    said = cli("curve", str(path), *options, "--continues", "--json").json["next_run"]
    assert min(each["x"] for each in said["candidates"]) > 20
    assert said["total"] > 20


def test_overfitting_is_warned_of(cli, tmp_path):
    path = tmp_path / "epochs.csv"
    rows = "".join(f"{epoch},{0.1 + 0.4 / epoch + 0.004 * epoch}\n" for epoch in range(1, 41))
    path.write_text("x,error\n" + rows)
    options = ("--next-run", "--usd-per-x", "2", "--usd-per-error", "1e3", "--continues")
    ran = cli("curve", str(path), *options)
    assert "the x where it was lowest may be the one to keep" in " ".join(ran.out.split())


def test_every_curve_of_a_table_gets_an_answer(cli, tmp_path):
    path = tmp_path / "two.csv"
    path.write_text("name,x,error\na,100,.3\na,200,.2\nb,100,0\nc,100,.5\n")
    ran = cli("curve", str(path), "--by", "name", *NEXT, "--json")
    assert ["next_run" in each for each in ran.json["curves"]] == [True, False, True]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--next-run",), ["usd_per_x: is needed", "worth_usd: or usd_per_error is needed"]),
        (("--usd-per-x", "1"), ["usd_per_x: needs --next-run"]),
        (("--continues",), ["continues: needs --next-run"]),
        (("--next-run", "--usd-per-x", "1", "--worth-usd", "5"), ["target_error: is needed"]),
        ((*NEXT, "--usd-per-x", "a lot"), ["usd_per_x: 'a lot' is not allowed; must be a number"]),
        ((*NEXT, "--usd-per-x", "-1"), ["usd_per_x: -1.0 is not allowed; must be at least 0"]),
        ((*NEXT, "--usd-per-error", "nan"), ["usd_per_error: nan is not allowed"]),
        ((*NEXT, "--worth-usd", "1e300"), ["worth_usd: 1e+300 is not allowed"]),
        ((*NEXT, "--held", "-5"), ["held: -5.0 is not allowed"]),
        ((*NEXT, "--held", "5", "--continues"), ["held: 5.0 is not allowed; must be left out"]),
    ],
)
def test_rubbish_is_refused_in_words(cli, table, options, words):
    ran = cli("curve", table, *options)
    assert ran.status == 2
    assert ran.out == ""
    assert len(ran.errors) == len(words)
    for line, text in zip(ran.errors, words, strict=True):
        assert line.startswith(f"costcurve: error: {text}")


def test_only_one_curve_is_drawn(cli, tmp_path):
    path = tmp_path / "two.csv"
    path.write_text("name,x,error\na,100,.3\na,200,.2\nb,100,.5\n")
    assert "measured" not in cli("curve", str(path), "--by", "name").out


def test_an_answer_that_has_nowhere_to_go_is_refused(cli, tmp_path):
    path = tmp_path / "runs.csv"
    path.write_text("x,error,fit\n100,.3,1\n200,.2,1\n400,,0\n")
    out = str(tmp_path / "out.csv")
    ran = cli("curve", str(path), "--fit", "fit", "--out", out, *NEXT)
    assert ran.status == 2
    assert ran.errors == ["costcurve: error: next_run: needs --json where --out is given"]


def test_a_curve_is_drawn_below_its_page(cli, table):
    out = cli("curve", table).out
    assert out.count("●") == len(POINTS) + 1
    assert "error, against x" in out


@pytest.mark.parametrize("x", ["1e308", "1.7e308", "1e-307"])
def test_the_ends_of_float64_are_drawn(cli, tmp_path, x):
    path = tmp_path / "runs.csv"
    path.write_text(f"x,error\n{x},.3\n")
    ran = cli("curve", str(path))
    assert ran.status == 0
    assert "error, against x" in ran.out
