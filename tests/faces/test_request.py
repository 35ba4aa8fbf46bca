"""Description files: three formats, one meaning, and rubbish refused."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from costcurve import InputError
from costcurve.faces.request import read_request

DESCRIBED = {
    "task": {"target_accuracy": 0.9, "class_counts": {"cat": 5, "dog": 6.5}, "limit": 1e5},
    "assumptions": {"epochs": 7, "models": ["VGG-16"], "overrides": {"new_examples": 3}},
}
TOML = """
[task]
target_accuracy = 0.9
limit = 1e5
class_counts = { cat = 5, dog = 6.5 }
[assumptions]
epochs = 7
models = ["VGG-16"]
overrides.new_examples = 3
"""


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_three_formats_say_the_same(tmp_path):
    asked = [
        read_request(write(tmp_path, "task.toml", TOML), {}),
        read_request(write(tmp_path, "task.json", json.dumps(DESCRIBED)), {}),
        read_request(write(tmp_path, "task.yaml", yaml.safe_dump(DESCRIBED)), {}),
        read_request(write(tmp_path, "TASK.YML", "\ufeff" + yaml.safe_dump(DESCRIBED)), {}),
    ]
    assert all(request == asked[0] for request in asked)
    task, assumptions = asked[0]
    assert task.class_counts == {"cat": 5.0, "dog": 6.5}
    assert assumptions.overrides == {"new_examples": 3.0}


BAD_FILES = {
    "none.toml": (None, "cannot be read: No such file"),
    "task.txt": (b"x", "must end in .toml, .json, .yaml, .yml"),
    "empty.toml": (b"", "the file is empty"),
    "binary.toml": (b"\x00\x01\x02", "the file is binary"),
    "latin.toml": ("é = 'é'".encode("latin-1"), "is not UTF-8"),
    "broken.toml": (b"[task\n", "cannot be parsed: "),
    "broken.json": (b"{", "cannot be parsed: "),
    "broken.yaml": (b"a: [", "cannot be parsed: "),
    "tag.yaml": (b"!!python/object/apply:os.system ['true']", "cannot be parsed: "),
    "deep.json": (b"[" * 100_000, "cannot be parsed: "),
    "digits.json": (b'{"task": {"limit": ' + b"9" * 6000 + b"}}", "cannot be parsed: "),
    "list.json": (b"[1]", "must hold the tables task and assumptions"),
    "unknown.toml": (b"[tsk]\nx = 1", "tsk: unknown table; did you mean 'task'?"),
    "number.json": (b'{"task": 3}', "task: 3 is not allowed; must be a table"),
    "keys.yaml": (b"task: {1: 2}", "must be a table of names and values"),
    "field.toml": (b"[task]\ntarget = 0.9", "target: unknown field; did you mean 'target_error'"),
    "self.json": (b'{"task": {"self": 1, "classes": 2}}', "self: unknown field"),
    "twice.json": (b'{"task": {"limit": 1, "limit": 2}}', "'limit' stands twice"),
    "twice.yaml": (b"task:\n  limit: 1\n  limit: 2\n", "'limit' stands twice"),
    "equal.yaml": (b"task: {class_counts: {0: 5, no: 6}}", "False stands twice"),
    "bool.yaml": (b"task:\n  limit: !!bool x\n", "cannot be parsed: KeyError"),
    "true.toml": (b"[task]\nlimit = true", "limit: True is not allowed; must be a number above 0"),
    "count.json": (b'{"task": {"class_counts": [5, true]}}', "class_counts['2']: True is not"),
    "top.toml": (b"target_error = 0.1", "target_error: belongs into the table task"),
    "nan.json": (b'{"task": {"target_error": NaN, "classes": 2}}', "target_error: nan is not"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_files_are_named(tmp_path, name):
    content, message = BAD_FILES[name]
    path = tmp_path / name if content is None else write(tmp_path, name, content)
    with pytest.raises(InputError) as caught:
        read_request(path, {})
    assert message in str(caught.value)
    assert all("\n" not in str(finding) for finding in caught.value.findings)


def test_labels_that_yaml_takes_for_numbers_are_labels(tmp_path):
    text = "task: {target_error: 0.1, class_counts: {0: 500, 1.5: 60, yes: 7}}"
    task, _ = read_request(write(tmp_path, "x.yaml", text), {})
    assert task.class_counts == {"0": 500.0, "1.5": 60.0, "True": 7.0}


def test_a_yaml_bomb_is_refused_in_few_words(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(InputError) as caught:
        read_request(write(tmp_path, "x.yaml", "\n".join([*lines, "task: *a9"])), {})
    assert len(str(caught.value)) < 5000


def test_findings_of_both_tables_come_together(tmp_path):
    path = write(tmp_path, "x.json", '{"task": {"classes": 1}, "assumptions": {"epochs": -1}}')
    with pytest.raises(InputError) as caught:
        read_request(path, {})
    fields = [finding.field for finding in caught.value.findings]
    assert fields == ["target_accuracy", "classes", "epochs"]


def test_a_file_too_large_is_refused_before_it_is_parsed(tmp_path):
    with pytest.raises(InputError, match="must be at most 1,048,576 bytes"):
        read_request(write(tmp_path, "big.json", b" " * 2**20 + b"{}"), {})


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["task", "assumptions", "x"]),
        st.dictionaries(
            st.sampled_from(
                ["kind", "target_error", "classes", "class_counts", "limit", "models", "overrides",
                 "pretrained", "epochs", "mode", "examples_held", "usd_per_example"]
            ),
            JSON,
        ),
    )
)  # fmt: skip
def test_any_values_are_taken_or_named(tmp_path_factory, described):
    path = write(tmp_path_factory.mktemp("request"), "x.json", json.dumps(described))
    try:
        task, _ = read_request(path, {})
    except InputError as error:
        assert all(finding.field for finding in error.findings)
    else:
        assert task.relative_complexity >= 0


@given(st.sampled_from([".toml", ".yaml", ".json"]), st.binary(max_size=120))
def test_any_bytes_are_refused_in_words(tmp_path_factory, ending, content):
    path = write(tmp_path_factory.mktemp("request"), f"x{ending}", content)
    with pytest.raises(InputError):
        read_request(path, {})
