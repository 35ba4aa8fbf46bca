"""The public surface: small, explicit, and loaded only when it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import costcurve


def test_all_is_what_there_is():
    assert dir(costcurve) == sorted(costcurve.__all__)
    for name in costcurve.__all__:
        assert getattr(costcurve, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nosuch'"):
        costcurve.nosuch  # noqa: B018


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import costcurve", {"numpy", "pydantic"}),
        (
            "import costcurve as cc; cc.estimate(cc.Task(target_error=0.1, classes=2))",
            {"pandas", "scipy", "statsmodels", "yaml", "xlsxwriter", "rich"},
        ),
    ],
)
def test_nothing_is_imported_before_it_is_used(code, absent):
    program = f"{code}; import sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not absent & set(loaded)
