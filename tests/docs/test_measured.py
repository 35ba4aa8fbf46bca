"""The page of what was measured: every stored row stands there, with its day and its command."""

from __future__ import annotations

import json

from tests.conftest import PROJECT
from tests.docs.pages import generated, measured

RESULTS = PROJECT / "benchmarks" / "results"
SPEED = {
    "cold_start": {
        "date": "2026-11-20",
        "python": "3.12.1",
        "system": "Linux x86_64",
        "processors": 2,
        "load_before": 0.5,
        "rows": [
            {
                "part": "cold start", "what": "estimate", "ours": 0.3, "theirs": 0.2, "unit": "s",
                "peer": "import numpy", "limit": 2.0,
            }
        ],
    }
}  # fmt: skip
FUZZ = {
    "date": "2026-11-21",
    "seconds": 60.0,
    "seed": 3,
    "rows": [
        {"reader": "CSV, a|b", "tried": 2000, "answered": 500, "seconds": 30.0, "findings": []},
        {"reader": "YAML", "tried": 10, "answered": 1, "seconds": 30.0, "findings": ["slow"]},
    ],
}
MUTATIONS = {
    "rows": [
        {
            "module": "laws/odds", "date": "2026-11-22", "most": 9, "seed": 0, "tests": [],
            "possible": 25, "mutants": 8, "killed": 7,
            "survived": [{"line": 4, "what": "a - b  ->  a + b"}],
            "equivalent": [{"line": 5, "what": "300.0  ->  301.0", "why": "nothing overflows"}],
        }
    ],
}  # fmt: skip


def page_of(folder, **stored):
    for name, content in stored.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return measured.pages(folder)["measured.md"].replace("\\", "")


def test_what_is_not_stored_yet_is_said_to_be_so(tmp_path):
    page = page_of(tmp_path)
    assert page.count("No result is stored yet.") == 4
    for command in ("make bench", "make fuzz", "make mutate"):
        assert f"Made again by `{command}`." in page


def test_every_row_stands_with_its_numbers_and_its_day(tmp_path):
    page = page_of(tmp_path, speed=SPEED, fuzz=FUZZ, mutations=MUTATIONS)
    assert "| estimate | 0.3 s | import numpy | 0.2 s | 1.5 | 2 |" in page
    assert "2026-11-20; Python 3.12.1, Linux x86_64, 2 processors, load 0.5 before." in page
    assert "2026-11-21: 2,010 inputs by 2 ways in, 60 seconds, seed 3; findings left: 1." in page
    assert "| CSV, a|b | 2,000 | 25% | 30 | none |" in page
    assert "| YAML | 10 | 10% | 30 | slow |" in page
    assert "7 of 8 mutants killed, 88%; at most 9 of a module." in page
    assert (
        "| `laws/odds` | 2026-11-22 | 25 | 8 | 7 | 88% | line 4: `a - b -> a + b`; line 5: " in page
    )
    assert "the same: nothing overflows" in page
    assert page.count("No result is stored yet.") == 1


def test_the_page_of_the_documentation_shows_what_is_stored_here():
    page = generated()["measured.md"]
    for name in ("speed", "fuzz", "mutations"):
        path = RESULTS / f"{name}.json"
        stored = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        for row in stored.get("rows", ()):
            assert f"| {row['reader']} | " in page if name == "fuzz" else row["module"] in page
        for part in stored.values() if name == "speed" else ():
            assert all(f"| {row['what']} | " in page for row in part["rows"])
    fixed = json.loads((RESULTS / "fuzz_fixed.json").read_text(encoding="utf-8"))
    assert fixed
    assert all(f"| `{row['commit']}` |" in page for row in fixed)
