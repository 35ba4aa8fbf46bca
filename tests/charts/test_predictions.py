"""The chart of predictions: every row is in it, and it becomes a picture."""

from __future__ import annotations

import json

import pytest

from costcurve import InputError
from costcurve.charts import predictions_beside_measurements, write_chart

ROWS = [
    {
        "id": f"r{n}",
        "data": kind,
        "unit": "kWh",
        "measured": n,
        "predicted": 2.0 * n,
        "inside": n > 2,
    }
    for kind in ("a.b", "c")
    for n in (1.0, 2.0, 5.0)
]


def test_every_row_stands_in_its_panel():
    spec = predictions_beside_measurements(ROWS, "Title")
    assert [panel["title"]["text"] for panel in spec["concat"]] == ["a.b", "c"]
    shown = [row for panel in spec["concat"] for row in panel["layer"][1]["data"]["values"]]
    assert shown == ROWS
    axis = spec["concat"][0]["layer"][1]["encoding"]["x"]
    assert axis["scale"]["domain"] == [0.8, 12.5]
    assert axis["axis"]["title"] == "measured, kWh"


@pytest.mark.parametrize(
    ("ending", "start"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("json", b"{")]
)
def test_it_becomes_a_file(tmp_path, ending, start):
    path = tmp_path / f"chart.{ending}"
    write_chart(predictions_beside_measurements(ROWS, "Title"), path)
    assert path.read_bytes().startswith(start)
    if ending == "json":
        assert json.loads(path.read_text())["concat"]


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(InputError, match="must end in"):
        write_chart({}, tmp_path / "chart.gif")


def test_the_chart_of_a_study(cli, tmp_path, data, monkeypatch):
    monkeypatch.setenv("COSTCURVE_DATA", str(data))
    path = tmp_path / "chart.svg"
    assert cli("reproduce", "real-costs", "--chart", str(path)).status == 0
    assert "dawnbench" in path.read_text(encoding="utf-8")
    assert cli("reproduce", "strubell-2019", "--chart", str(path)).status == 2
