"""`costcurve limits`: a table of models in, a fit and projections out."""

from __future__ import annotations

import numpy as np
import pytest

from costcurve.evidence.timm import imagenet_errors


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(7)
    x = rng.uniform(9, 12, 200)
    error = 10 ** (0.3 - 0.1 * x + 0.03 * rng.standard_normal(200))
    path = tmp_path / "models.csv"
    lines = [f"{10**a!r},{100 * b!r}" for a, b in zip(x.tolist(), error.tolist(), strict=True)]
    path.write_text("flop,top1_error\n" + "\n".join(lines) + "\n")
    return path


def test_fit_and_projection_of_a_known_line(cli, table):
    found = cli(
        *("limits", "--from", str(table), "--x", "flop", "--error", "top1_error"),
        *("--error-percent", "--target-error", "0.15", "--target-error", "0.01", "--json"),
    ).json
    assert found["n"] == 200
    slope = found["coefficients"]["slope"]
    assert slope["ci95"][0] < -0.1 < slope["ci95"][1]
    assert found["exponent"]["value"] == pytest.approx(-1 / slope["value"])
    near, far = found["projections"]
    true = (0.3 - np.log10(0.15)) / 0.1
    assert near["log10_compute"] == pytest.approx(true, abs=0.1)
    # The scatter of models, 0.03 / 0.1, is nearly all of the interval here.
    width = (near["log10_compute_p95"] - near["log10_compute_p05"]) / 2 / 1.645
    assert width == pytest.approx(0.3, rel=0.15)
    assert far["cost_usd"] == pytest.approx(1.1e-8 * 10 ** (far["log10_compute"] - 9))
    assert far["kg_co2e"] == pytest.approx(7.5e-9 * 0.45359237 * 10 ** (far["log10_compute"] - 9))
    assert found["flags"] == ["extrapolating"]


def test_timm_through_a_file(cli, tmp_path, data):
    path = tmp_path / "timm.csv"
    rows = [f"{row.forward_flop!r},{row.error!r}" for row in imagenet_errors(data)]
    path.write_text("flop,error\n" + "\n".join(rows) + "\n")
    flags = ("limits", "--from", str(path), "--x", "flop", "--error", "error")
    assert "1,452 models: slope -0.1103 (0.002), R2 0.667" in " ".join(cli(*flags).out.split())
    for form in ("exponential-error", "exponential-inverse"):
        assert cli(*flags, "--form", form, "--json").json["exponent"] is None


@pytest.mark.parametrize(
    ("content", "flags", "words"),
    [
        ("a,b\n1,0.5\n", [], "'flop' is not allowed; no such column in the file"),
        ("flop,error\nx,0.5\n1,0.4\n2,0.3\n", [], "from row 2, column flop: 'x'"),
        ("flop,error\n-1,0.5\n1,0.4\n2,0.3\n", [], "must be a number above 0"),
        ("flop,error\n1,50\n2,40\n3,30\n", [], "per cent are divided by 100"),
        ("flop,error\n1,0.5\n", [], "at least 3 models"),
        ("flop,error\n5,0.5\n5,0.4\n5,0.3\n", [], "must not be the same for all"),
        ("flop,error\n1,0.5\n2,0.4\n3,0.3\n", ["--target-error", "2"], "above 0 and below 1"),
        ("flop,error\n1,0.5\n2,0.4\n3,0.3\n", ["--form", "cubic"], "must be one of: polynomial"),
    ],
)
def test_bad_evidence_is_answered_in_words(cli, tmp_path, content, flags, words):
    path = tmp_path / "x.csv"
    path.write_text(content)
    ran = cli("limits", "--from", str(path), "--x", "flop", "--error", "error", *flags)
    assert ran.status == 2
    assert words.replace(" is not allowed; no", ": no") in ran.err
    assert "Traceback" not in ran.err
    assert cli("limits").status == 2
