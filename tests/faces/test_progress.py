"""Long work says how far it is on standard error; what is read is not written over."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture
def impatient(monkeypatch):
    """Show progress from the first moment on."""
    for name in ("PATIENCE_S", "BETWEEN_CHANGES_S", "BETWEEN_LINES_S"):
        monkeypatch.setattr(f"costcurve.faces.cli.progress.{name}", 0.0)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_images_are_counted_aloud_and_the_line_is_ended(
    cli, tmp_path, monkeypatch, impatient, is_terminal
):
    monkeypatch.setattr("costcurve.task.counts._PROGRESS_EVERY", 2)
    for label in ("cat", "dog"):
        (tmp_path / label).mkdir()
        for number in range(5):
            (tmp_path / label / f"{number}.png").write_bytes(b"image")
    plain = cli("complexity", str(tmp_path)).out
    if is_terminal:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    ran = cli("complexity", str(tmp_path))
    assert ran.status == 0
    assert "10 examples counted" in ran.err
    # Else the answer would stand on the same line of a terminal.
    assert ran.err.endswith("\n")
    assert ran.out == plain


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_case_that_takes_long_says_so_and_answers_the_same(
    cli, monkeypatch, impatient, is_terminal
):
    case = ("worth", "examples/worth_triage.toml", "--json")
    plain = cli(*case).out
    monkeypatch.setattr("costcurve.faces.cli.progress.PATIENCE_S", 0.01)
    monkeypatch.setattr("costcurve.faces.cli.progress.BETWEEN_CHANGES_S", 0.05)
    monkeypatch.setattr("costcurve.faces.cli.progress.BETWEEN_LINES_S", 0.01)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    ran = cli(*case)
    assert ran.out == plain
    told = ran.err.replace("\r", "\n").splitlines()
    assert told
    assert all(line.startswith("weighing the case, ") for line in told if line.strip())
    # On a terminal nothing of it is left.
    assert ran.err.endswith(" " * 60 + "\r") == is_terminal


@pytest.mark.parametrize(
    ("command", "name", "content"),
    [
        (("cost", "--out", "FILE", "--from"), "runs.csv", "model,samples\nResNet-50,1e8\n"),
        (("worth", "--plot", "FILE"), "case.json", '{"task": {"target_error": 0.1}}'),
    ],
)
def test_what_is_read_is_not_written_over(cli, tmp_path, command, name, content):
    path = tmp_path / name
    path.write_text(content)
    ran = cli(*(str(path) if word == "FILE" else word for word in command), str(path))
    assert ran.status == 2
    assert "must be another file than the" in ran.err
    assert path.read_text() == content


def test_a_table_of_runs_says_how_far_it_is(cli, tmp_path, monkeypatch, impatient):
    monkeypatch.setattr("costcurve.decisions.runs._CHUNK", 1)
    path = tmp_path / "runs.csv"
    path.write_text("model,samples,accelerator\n" + "ResNet-50,1e8,a100\n" * 3)
    ran = cli("cost", "--from", str(path))
    assert ran.status == 0
    assert "2 of 3 runs, about " in ran.err
    assert len(ran.out.splitlines()) == 4
