"""The public surface: small, explicit, and loaded only when it is used."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from importlib import import_module
from importlib.resources import files

import pytest

import costcurve


def test_all_is_what_there_is():
    assert dir(costcurve) == sorted(costcurve.__all__)
    for name in costcurve.__all__:
        assert getattr(costcurve, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nosuch'"):
        costcurve.nosuch  # noqa: B018


#: Names of released versions: one that goes is deprecated first, as docs/versions.md says.
PROMISED = {
    "Assumptions",
    "Comparison",
    "CostcurveError",
    "Estimate",
    "InputError",
    "LogLinearLaw",
    "Option",
    "Range",
    "Task",
    "__version__",
    "compare",
    "estimate",
    "load_law",
    "read_class_counts",
    "reproduce",
}


def test_no_promised_name_has_gone_and_none_leaks():
    assert set(costcurve.__all__) >= PROMISED
    assert len(set(costcurve.__all__)) == len(costcurve.__all__)
    starred: dict[str, object] = {}
    exec("from costcurve import *", starred)  # noqa: S102
    assert set(starred) - {"__builtins__"} == set(costcurve.__all__)


def test_what_type_checkers_see_is_what_there_is():
    source = files("costcurve").joinpath("__init__.py").read_text(encoding="utf-8")
    (block,) = (each for each in ast.parse(source).body if isinstance(each, ast.If))
    shown = {name.name: line.module for line in block.body for name in line.names}
    assert set(shown) == set(costcurve.__all__) - {"__version__"}
    for name, module in shown.items():
        assert getattr(import_module(module), name) is getattr(costcurve, name)
    assert files("costcurve").joinpath("py.typed").is_file()


def test_every_public_name_has_a_docstring_and_annotations():
    for name in set(costcurve.__all__) - {"__version__"}:
        found = getattr(costcurve, name)
        assert inspect.getdoc(found)
        if inspect.isfunction(found):
            parameters = inspect.signature(found).parameters.values()
            assert all(each.annotation is not each.empty for each in parameters)


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
