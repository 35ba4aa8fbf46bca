"""Tables by parts: the same rows whatever the parts, and faults of a whole file in one sentence."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costcurve import InputError
from costcurve.evidence.table_parts import CELLS, find_parts, read_part
from tests.conftest import need

pa = pytest.importorskip("pyarrow")
CELL = st.text(st.sampled_from('ab1.,"\n =-'), max_size=6)


def rows_of(path, size):
    """Return the rows of a file, read by parts."""
    table = find_parts(str(path), size, "portfolio")
    found = []
    for part in table.parts:
        read = read_part(table, part, "portfolio").to_pylist()
        found += [[row[name] for name in (*table.columns, CELLS) if name in row] for row in read]
    return table, found


@settings(max_examples=60)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=20), st.integers(1, 7))
def test_a_csv_read_by_parts_is_what_was_written(tmp_path_factory, rows, size):
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    # A cell in front of each, so that no row is blank.
    writer.writerows([("id", "a", "b", "c"), *(("x", *row) for row in rows)])
    path = tmp_path_factory.mktemp("parts") / "uses.csv"
    path.write_bytes(stream.getvalue().encode())
    table, found = rows_of(path, size)
    assert table.columns == ("id", "a", "b", "c")
    assert found == [["x", *(cell.strip() or None for cell in row), None] for row in rows]
    assert len(table.parts) == -(-len(rows) // size)


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_parquet_read_by_parts_is_what_was_written(tmp_path, size):
    import pyarrow.parquet as pq

    written = pa.table({"id": np.arange(50), "a": np.linspace(0.0, 1.0, 50)})
    pq.write_table(written, tmp_path / "uses.parquet", row_group_size=7)
    _, found = rows_of(tmp_path / "uses.parquet", size)
    assert found == [list(row.values()) for row in written.to_pylist()]


def test_a_parquet_whose_footer_is_damaged_anywhere_ends_no_process(tmp_path):
    import pyarrow.parquet as pq

    path = tmp_path / "uses.parquet"
    pq.write_table(pa.table({"id": ["x", "y"], "a": [1, 2], "b": [0.5, 0.1]}), path)
    content = path.read_bytes()
    known = find_parts(str(path), 10, "portfolio").identity
    begins = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    for place in range(begins, len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 6
        path.write_bytes(damaged)
        try:
            assert find_parts(str(path), 10, "portfolio").identity != known
        except InputError as error:
            assert error.findings


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("id,a\nx,1\r\ny,2\r\n", [["x", "1", None], ["y", "2", None]]),
        ("\ufeffid,a\nx,1", [["x", "1", None]]),
        ('\ufeff"id","a"\nx,1\n', [["x", "1", None]]),
        ("id,a\nx,1\n\n\ny,2\n", [["x", "1", None], ["y", "2", None]]),
        ("id,a\nx\ny,2,3\nz,4\n", [["x", None, 1], ["y", "2", 3], ["z", "4", None]]),
        ('id,a\n5" pipe,1\ny,2\n', [['5" pipe', "1", None], ["y", "2", None]]),
        ("id,a\nx\ry,2\n", [["x y", "2", None]]),
    ],
)
def test_odd_lines_keep_their_rows(tmp_path, text, rows):
    path = tmp_path / "uses.csv"
    path.write_bytes(text.encode())
    assert rows_of(path, 1)[1] == rows


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "the file is empty"),
        (b"  \n", "the file is empty"),
        (b"id,a\n", "must hold a row at least"),
        (b"id,a\nx,\xff\n", "not UTF-8"),
        ("id,a\nx,1\n".encode("utf-16"), "binary|not UTF-8"),
        (b"id,a\nx,\0\n", "binary"),
        (b"id,id\nx,1\n", "must not be the name of two columns"),
        (b"id,\nx,1\n", "has no name"),
        (b'id,a\nx,"1\ny,2\n', "a quotation mark in row 2 is not closed"),
        (b'id,a\n"x,1\ny,2\nz","3,4",5\n', "a quotation mark in row 2 is not closed"),
    ],
)
def test_a_csv_that_is_not_whole_is_refused_in_one_sentence(tmp_path, content, why):
    path = tmp_path / "uses.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=why) as refused:
        find_parts(str(path), 2, "portfolio")
    assert len(refused.value.findings) == 1


def test_a_parquet_that_is_not_whole_is_refused_in_one_sentence(tmp_path):
    import pyarrow.parquet as pq

    path = tmp_path / "uses.parquet"
    pq.write_table(pa.table({"a": np.random.default_rng(1).random(10_000)}), path)
    whole = path.read_bytes()
    for content in (b"", whole[:-100], whole[: len(whole) // 2], b"PAR1", b"no parquet"):
        path.write_bytes(content)
        with pytest.raises(InputError, match="cannot be read|the file is empty"):
            find_parts(str(path), 2, "portfolio")
    # The end is there, but what it speaks of is damaged.
    path.write_bytes(b"PAR1" + bytes(20_000) + whole[20_004:])
    table = find_parts(str(path), 100, "portfolio")
    with pytest.raises(InputError, match="damaged"):
        read_part(table, table.parts[0], "portfolio")


def test_missing_files_and_nested_columns_are_refused(tmp_path):
    import pyarrow.parquet as pq

    for name in ("none.csv", "none.parquet"):
        with pytest.raises(InputError, match=r"cannot be read: No such file or directory$"):
            find_parts(str(tmp_path / name), 2, "portfolio")
    pq.write_table(pa.table({"a": [[1, 2]]}), tmp_path / "nested.parquet")
    with pytest.raises(InputError, match="must hold plain values"):
        find_parts(str(tmp_path / "nested.parquet"), 2, "portfolio")
    with pytest.raises(InputError, match="no file system of this kind"):
        find_parts("nosuch://bucket/uses.csv", 2, "portfolio")


def test_files_of_other_file_systems_are_read(tmp_path):
    path = tmp_path / "uses.csv"
    path.write_text("id,a\nx,1\ny,2\n")
    wanted = rows_of(path, 1)[1]
    assert rows_of(path.as_uri(), 1)[1] == wanted
    try:
        import fsspec
    except ImportError:
        need(False, "fsspec")
    with fsspec.open("memory://uses.csv", "wb") as stream:
        stream.write(path.read_bytes())
    assert rows_of("memory://uses.csv", 1)[1] == wanted


def test_another_file_of_the_same_name_is_told_apart(tmp_path):
    path = tmp_path / "uses.csv"
    path.write_text("id,a\nx,1\n")
    before = find_parts(str(path), 2, "portfolio").identity
    path.write_text("id,a\nx,2\n")
    assert find_parts(str(path), 2, "portfolio").identity != before
