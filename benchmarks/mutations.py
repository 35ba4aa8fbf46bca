"""Mutants of laws and costs, which tests that concern them should notice.

    python benchmarks/mutations.py [--most N] [--seed N] [MODULE ...]

An operator, a comparison, a condition, a number or a choice of the larger or smaller is changed in
one place, and the tests that concern the module run until the first that fails; one that fails, or
takes far longer than without the change, kills the mutant. Of a module with more mutants than
`--most` a random sample is taken. The table is printed and kept in
`benchmarks/results/mutations.json`, with every survivor; those that change nothing anybody could
see are named as such in `EQUIVALENT`, with the reason, and stand apart. Modules that are not asked
for keep the row of their last run. Exit status 1 where less
than 85 % are killed.

Each mutant lives in a process that is forked from one which has loaded the packages already, and
nothing is written into the tree: so a mutant takes a second or two in place of five.
"""

from __future__ import annotations

import argparse
import ast
import copy
import io
import json
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

# It loads no module of laws or costs: those are loaded with their mutants.
from costcurve.core.files import write_bytes

PROJECT = Path(__file__).resolve().parent.parent
STORED = Path(__file__).resolve().parent / "results" / "mutations.json"
#: Modules with the tests that concern them.
SAMPLE: dict[str, tuple[str, ...]] = {
    "laws/power_law": ("tests/laws/test_power_law.py",),
    "laws/odds": ("tests/laws/test_odds.py",),
    "laws/log_linear": ("tests/laws/test_economic_law.py",),
    "laws/clustered": ("tests/laws/test_clustered.py",),
    "laws/forms": ("tests/laws/test_compute.py",),
    "costs/labelling": ("tests/costs",),
    "costs/serving": ("tests/costs",),
    "costs/storage": ("tests/costs",),
    "costs/total_cost": ("tests/costs",),
    "costs/calibrated": ("tests/costs", "tests/decisions/test_calibrated.py"),
}
MOST, SEED, LEAST_KILLED = 20, 0, 0.85
#: A mutant that takes so many times as long as none, and so many seconds more, does not end.
TIMES, MORE_S = 3.0, 30.0
#: Mutants that are the same program, by module and what they change, with the reason.
EQUIVALENT: dict[tuple[str, str], str] = {}
#: Packages that tests load, and no module of ours.
PRELOADED = (
    *("numpy", "scipy.optimize", "scipy.stats", "pydantic", "yaml", "hypothesis", "pytest"),
    *("hypothesis.strategies", "pint", "lmfit", "statsmodels.api"),
)
#: Up to the first failure, writing nothing; what was loaded before is known to be.
PYTEST = (
    *("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
_OPERATORS: dict[type[ast.AST], type[Any]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
_NAMES = {"minimum": "maximum", "maximum": "minimum", "floor": "ceil", "ceil": "floor"}


@dataclass(frozen=True)
class Mutant:
    """A module with one change.

    Attributes
    ----------
    module : str
        As in `SAMPLE`.
    line : int
        Of the change.
    what : str
        The statement's line, and what became of which part.
    tree : ast.Module
        The changed module.
    """

    module: str
    line: int
    what: str
    tree: ast.Module


def mutants(module: str) -> list[Mutant]:
    """Return every mutant of a module, in the order of its lines."""
    source = _path(module).read_text(encoding="utf-8")
    tree = ast.parse(source)
    found = []
    for place, node in enumerate(ast.walk(tree)):
        if node in _left_alone(tree):
            continue
        for number, change in enumerate(_changes(node)):
            changed = copy.deepcopy(tree)
            twin = next(each for at, each in enumerate(ast.walk(changed)) if at == place)
            before = ast.unparse(twin)
            after = ast.unparse(_changes(twin)[number]() or twin)
            line = getattr(node, "lineno", 0)
            found.append(Mutant(module, line, f"{before}  ->  {after}", changed))
            del change
    return sorted(found, key=lambda each: (each.line, each.what))


def _path(module: str) -> Path:
    return PROJECT / "src" / "costcurve" / f"{module}.py"


def _left_alone(tree: ast.Module) -> set[ast.AST]:
    """Return the parts that compute nothing: annotations, decorators, what only types need."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        if isinstance(node, ast.FunctionDef):
            parts = [*node.decorator_list, node.returns]
        elif isinstance(node, ast.ClassDef):
            parts = [*node.decorator_list]
        elif isinstance(node, ast.arg | ast.AnnAssign):
            parts = [node.annotation]
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            parts = [node]
        for part in parts:
            found |= set() if part is None else set(ast.walk(part))
    return found


def _changes(node: ast.AST) -> list[Callable[[], None]]:
    """Return what can be changed in a node, each as a call that does it in place."""
    found: list[Callable[[], None]] = []

    def put(name: str, value: Any) -> None:
        found.append(lambda: setattr(node, name, value))

    if isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in _OPERATORS:
        put("op", _OPERATORS[type(node.op)]())
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in _OPERATORS:
        put("ops", [_OPERATORS[type(node.ops[0])](), *node.ops[1:]])
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        put("op", ast.UAdd())
    elif isinstance(node, ast.If | ast.IfExp):
        put("test", ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.Attribute) and node.attr in _NAMES:
        put("attr", _NAMES[node.attr])
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        put("value", not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        put("value", node.value + 1)
    return found


class _Loader(SourceFileLoader):
    """Loads a mutant in place of its module."""

    def __init__(self, name: str, path: str, mutant: Mutant) -> None:
        super().__init__(name, path)
        self._tree = ast.fix_missing_locations(mutant.tree)

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._tree, self.get_filename(fullname), "exec")


class _Finder:
    """Finds a mutant before its module is found."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant, self._name = mutant, f"costcurve.{mutant.module.replace('/', '.')}"

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a module is; `None` for all but the mutant's."""
        found = PathFinder.find_spec(name, path, target) if name == self._name else None
        if found is not None and found.origin is not None:
            found.loader = _Loader(name, found.origin, self._mutant)
        return found


def _tests(mutant: Mutant | None, tests: Sequence[str], status: Any) -> None:
    """Run tests in this process, with a mutant or without, and tell how they ended."""
    import pytest  # noqa: PLC0415 - loaded before

    if mutant is not None:
        sys.meta_path.insert(0, _Finder(mutant))
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        status.value = int(pytest.main([*PYTEST, *tests]))


def _ran(mutant: Mutant | None, tests: Sequence[str], most_s: float) -> tuple[bool, float]:
    """Return whether tests passed in a process of their own, and their seconds."""
    fork = multiprocessing.get_context("fork")
    status, start = fork.Value("i", -1), time.monotonic()
    process = fork.Process(target=_tests, args=(mutant, tests, status))
    process.start()
    process.join(most_s)
    if process.is_alive():
        process.kill()
        process.join()
    return status.value == 0, time.monotonic() - start


def judged(module: str, most: int, seed: int) -> dict[str, Any]:
    """Return what became of the mutants of a module.

    Raises
    ------
    SystemExit
        If the tests fail without a mutant.
    """
    tests = SAMPLE[module]
    passed, seconds = _ran(None, tests, 1e4)
    if not passed:
        raise SystemExit(f"{module}: its tests fail without a mutant")
    made = mutants(module)
    sample = made
    if len(made) > most:
        random_ = random.Random(f"{seed} {module}")  # noqa: S311 - no secret
        sample = sorted(random_.sample(made, most), key=lambda each: each.line)
    survived = [each for each in sample if _ran(each, tests, TIMES * seconds + MORE_S)[0]]
    named = {each.what: EQUIVALENT.get((module, each.what), "") for each in survived}
    return {
        "module": module,
        "date": datetime.now(UTC).date().isoformat(),
        "most": most,
        "seed": seed,
        "tests": list(tests),
        "possible": len(made),
        "mutants": len(sample) - sum(map(bool, named.values())),
        "killed": len(sample) - len(survived),
        "survived": [_told(each) for each in survived if not named[each.what]],
        "equivalent": [
            {**_told(each), "why": named[each.what]} for each in survived if named[each.what]
        ],
    }


def _told(mutant: Mutant) -> dict[str, Any]:
    return {"line": mutant.line, "what": mutant.what}


def _printed(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        share = row["killed"] / max(1, row["mutants"])
        yield f"{row['module']:20} {row['mutants']:7} {row['killed']:7} {share:6.0%}"
        for each in row["survived"]:
            yield f"    line {each['line']}: {each['what']}"


def main() -> int:
    """Judge every module, print the table and store it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=", ".join(SAMPLE))
    parser.add_argument("--most", type=int, default=MOST, help="mutants of a module")
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    if unknown := sorted(set(given.modules) - set(SAMPLE)):
        parser.error(f"no such module here: {', '.join(unknown)}")
    os.chdir(PROJECT)
    for name in PRELOADED:
        import_module(name)
    print(f"{'module':20} {'mutants':>7} {'killed':>7}", flush=True)
    rows = []
    for module in given.modules or SAMPLE:
        rows.append(judged(module, given.most, given.seed))
        print("\n".join(_printed(rows[-1:])), flush=True)
        _store(rows[-1])
    of, killed = (sum(row[name] for row in rows) for name in ("mutants", "killed"))
    print(f"{'all':20} {of:7} {killed:7} {killed / max(1, of):6.1%}")
    return int(killed < LEAST_KILLED * of)


def _store(row: Mapping[str, Any]) -> None:
    stored = json.loads(STORED.read_text(encoding="utf-8")) if STORED.is_file() else {"rows": []}
    known = {each["module"]: each for each in stored["rows"]} | {row["module"]: row}
    table = {"rows": [known[name] for name in SAMPLE if name in known]}
    STORED.parent.mkdir(exist_ok=True)
    write_bytes(STORED, (json.dumps(table, indent=1) + "\n").encode(), "results")


if __name__ == "__main__":
    sys.exit(main())
