"""Labelled examples: the same from every kind of file, and refused in words."""

from __future__ import annotations

import gzip
import io
import zipfile

import numpy as np
import pytest

from costcurve import InputError
from costcurve.evidence.labelled import read_labelled

FEATURES = np.array([[0.5, 1.0], [-2.0, 3e10], [0.25, 0.0], [7.0, -1e-9]])
LABELS = ["cat", "dog", "cat", "bird"]
TABLE = "a,kind,b\n" + "".join(
    f"{a!r},{label},{b!r}\n" for (a, b), label in zip(FEATURES.tolist(), LABELS, strict=True)
)


def written(tmp_path, how):
    path = tmp_path / f"data.{how}"
    if how == "csv":
        path.write_text(TABLE)
    elif how == "csv.gz":
        path.write_bytes(gzip.compress(TABLE.encode()))
    elif how == "parquet":
        pyarrow = pytest.importorskip("pyarrow")
        pytest.importorskip("pyarrow.parquet")
        columns = {"a": FEATURES[:, 0], "b": FEATURES[:, 1], "kind": LABELS}
        pyarrow.parquet.write_table(pyarrow.table(columns), path)
    else:
        np.savez(path, X=FEATURES, kind=np.array(LABELS), notes=np.array("not read"))
    return path


@pytest.mark.parametrize("how", ["csv", "csv.gz", "parquet", "npz"])
def test_every_kind_of_file_gives_the_same_examples(tmp_path, how):
    found = read_labelled(written(tmp_path, how), "kind")
    assert np.array_equal(found.features, FEATURES)
    assert found.classes.tolist() == [1, 2, 1, 0]
    assert found.sha256 == read_labelled(written(tmp_path, "csv"), "kind").sha256


def test_another_cell_or_label_is_other_data(tmp_path):
    path = written(tmp_path, "csv")
    seen = {read_labelled(path, "kind").sha256}
    for old, new in (("0.25", "0.26"), ("bird", "fish"), ("dog", "cat")):
        path.write_text(TABLE.replace(old, new))
        seen.add(read_labelled(path, "kind").sha256)
    assert len(seen) == 4


def test_arrays_of_images_and_arrays_side_by_side(tmp_path):
    images = np.arange(24, dtype=np.uint8).reshape(3, 2, 4)
    np.savez(tmp_path / "a.npz", data=images, y=[4, 2, 4], more=np.zeros(9))
    found = read_labelled(tmp_path / "a.npz", "y")
    assert np.array_equal(found.features, images.reshape(3, 8))
    assert found.classes.tolist() == [1, 0, 1]
    np.savez(tmp_path / "b.npz", height=[1.0, 2.0], pair=[[3, 4], [5, 6]], y=[True, False])
    found = read_labelled(tmp_path / "b.npz", "y")
    assert found.features.tolist() == [[1, 3, 4], [2, 5, 6]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("a,kind\n", "must hold a row at least"),
        ("a,sort\n1,x\n2,y\n", "target: 'kind': no such column"),
        ("kind\nx\ny\n", "must hold features beside the target"),
        ("a,kind\n1,x\nred,y\n", "data row 3, column a: 'red' is not allowed; must be a number"),
        ("a,kind\n1,x\n,y\n", "data row 3, column a: an empty cell is not allowed"),
        ("a,kind\n1,x\nnan,y\n", "'nan' is not allowed; must be a number"),
        ("a,kind\n1,x\ninf,y\n", "'inf' is not allowed; must be a number"),
        ("a,kind\n1,x\n2,\n", "row 3 has no label"),
        ("a,kind\n1,x\n\n2,\n", "row 4 has no label"),
        ("a,kind\n1,x\n2,x\n", "must have two classes at least"),
        ("a,kind\n1,x,3\n", "3 cells"),
        ("a,a,kind\n1,2,x\n", "must not be the name of two columns"),
        ("\0\0", "the file is binary"),
    ],
)
def test_a_table_that_cannot_be_used(tmp_path, text, message):
    path = tmp_path / "data.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_labelled(path, "kind")


def saved(**arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def npy(array):
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def zipped(name, content):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, content)
    return stream.getvalue()


X, Y = np.zeros((2, 3)), np.array(["x", "y"])
AN_OPEN_BRACKET = (
    b"\x93NUMPY\x01\x00\x76\x00" + b"{'descr': '<f8', 'shape': (2, [[".ljust(117) + b"\n"
)
A_BILLION_BY_A_BILLION = (
    b"\x93NUMPY\x01\x00\x76\x00"
    + b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 1000000000), }".ljust(117)
    + b"\n"
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cannot be read"),
        (b"rubbish", "is no NPZ file of plain arrays"),
        (b"PK\x03\x04" + bytes(200), "is no NPZ file of plain arrays"),
        (saved(X=X, kind=Y)[:-40], "is no NPZ file of plain arrays"),
        (zipped("X.npy", AN_OPEN_BRACKET), "is no NPZ file of plain arrays"),
        (zipped("X.npy", A_BILLION_BY_A_BILLION), "is no NPZ file of plain arrays"),
        (saved(X=X, kind=np.array(["x", None], dtype=object)), "is no NPZ file of plain arrays"),
        (saved(X=np.array([{}, []], dtype=object), kind=Y), "is no NPZ file of plain arrays"),
        (saved(X=X, y=Y), "target: 'kind': no such array in the file"),
        (saved(kind=Y), "must hold features beside the target"),
        (saved(X=X, kind=X), "must be an array of one dimension"),
        (saved(X=X, kind=np.array([1.0, np.nan])), "must not hold NaN"),
        (saved(X=X, kind=np.array(["x", ""])), "row 2 has no label"),
        (saved(X=X, kind=np.array(["x", "y", "z"])), "the target has 3 labels"),
        (saved(X=np.array(1.0), kind=Y), "the target has 2 labels"),
        (saved(X=Y, kind=Y), "must be an array of numbers"),
        (saved(X=np.array([1.0, np.inf]), kind=Y), "data array X, row 2: .* must be a number"),
        (saved(X=np.zeros((0, 2)), kind=Y[:0]), "must be an array of numbers"),
        (saved(X=np.zeros((2, 0)), kind=Y), "must be an array of numbers"),
        (npy(X), "is no NPZ file of plain arrays"),
    ],
)
def test_arrays_that_cannot_be_used(tmp_path, content, message):
    path = tmp_path / "data.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_labelled(path, "kind")


def test_no_file(tmp_path):
    for name in ("none.csv", "none.npz", "none.parquet"):
        with pytest.raises(InputError, match="No such file"):
            read_labelled(tmp_path / name, "kind")
