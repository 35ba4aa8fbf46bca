"""Class counts from files and folders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcurve import InputError, read_class_counts


def write(folder, content, name="counts.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    "content",
    [
        "label,count\ncat,30\ndog,10\n",
        "cat,30\ndog,10\n",
        "\ufefflabel,count\r\ncat,30\r\n\r\ndog,10\r\n",
        'name,n\n"cat",3e1\n dog , 10.0 \n',
    ],
)
def test_a_table_of_counts(tmp_path, content):
    assert read_class_counts(write(tmp_path, content)) == {"cat": 30.0, "dog": 10.0}


@pytest.mark.parametrize(
    ("content", "column"),
    [
        ("label\ncat\ndog\ncat\n", None),
        ("cat\ndog\ncat\n", None),
        ("species\ncat\ndog\ncat\n", "species"),
        ("image,class\n10001,cat\n10002,dog\n10003,cat\n", "class"),
        ("file,species,n\na.jpg,cat,1\nb.jpg,dog,2\nc.jpg,cat,3\n", "species"),
    ],
)
def test_a_column_of_labels(tmp_path, content, column):
    assert read_class_counts(write(tmp_path, content), column) == {"cat": 2.0, "dog": 1.0}


def test_a_label_that_looks_like_a_formula_is_a_label(tmp_path):
    counts = read_class_counts(write(tmp_path, "label,count\n=1+1,30\n@SUM(A1),10\n"))
    assert counts == {"=1+1": 30.0, "@SUM(A1)": 10.0}


def test_a_folder_of_images(tmp_path):
    for name in ("cat/1.jpg", "cat/2.JPEG", "cat/more/3.png", "dog/1.webp"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"\xff\xd8image")
    (tmp_path / "dog" / "notes.txt").write_text("not an image")
    (tmp_path / "readme.txt").write_text("not a class")
    assert read_class_counts(tmp_path) == {"cat": 3.0, "dog": 1.0}


BAD_FILES = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \n\n", "the file is empty"),
    "binary": (b"label,count\n\x00\x01,3\n", "the file is binary"),
    "latin-1": ("label,count\ncafé,3\nthé,4\n".encode("latin-1"), "is not UTF-8"),
    "ragged": (b"label,count\ncat,3\ndog\n", "row 3: 1 cells is not allowed; must have 2"),
    "zero": (b"label,count\ncat,3\ndog,0\n", "row 3, column 2: '0' is not allowed"),
    "negative": (b"label,count\ncat,3\ndog,-4\n", "row 3, column 2: '-4' is not allowed"),
    "nan": (b"label,count\ncat,3\ndog,nan\n", "row 3, column 2: 'nan' is not allowed"),
    "huge": (b"label,count\ncat,3\ndog,1e300\n", "row 3, column 2: '1e300' is not allowed"),
    "word": (b"label,count\ncat,3\nowl,4\ndog,few\n", "row 4, column 2: 'few' is not allowed"),
    "twice": (b"label,count\ncat,3\ncat,4\n", "row 3, column 1: 'cat': each label stands once"),
    "one class": (b"label,count\ncat,3\n", "only the class 'cat': at least two"),
    "one label": (b"label\ncat\ncat\n", "only the class 'cat': at least two"),
    "header only": (b"label\n", "no class: at least two"),
    "unclear header": (b"Felis\ncat\ncat\ndog\n", "may be a header or a label"),
    "no column": (b"file,species,n\na,cat,1\n", "name the one of labels"),
    "unlabelled": (b"a,label\nx,cat\ny,\n", "every example needs a label"),
    "numeric labels": (b"image,class\n1,1\n2,2\n3,1\n", "it has the columns 'image', 'class'"),
    "no label": (b"label,count\ncat,3\n,4\n", "every count needs a label"),
    "quote": (b'label,count\n"cat,3\n', "unexpected end of data"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_files_are_named(tmp_path, case):
    content, message = BAD_FILES[case]
    column = "label" if case == "unlabelled" else None
    with pytest.raises(InputError) as caught:
        read_class_counts(write(tmp_path, content), column)
    assert message in str(caught.value)


def test_every_wrong_row_is_named_and_a_flood_is_cut(tmp_path):
    rows = "".join(f"c{number},-1\n" for number in range(100))
    with pytest.raises(InputError) as caught:
        read_class_counts(write(tmp_path, "label,count\n" + rows))
    assert len(caught.value.findings) == 26
    assert str(caught.value.findings[0]).startswith("class_counts row 2, column 2")
    assert "and 75 more like these" in str(caught.value.findings[-1])


def test_a_long_file_says_how_far_it_is(tmp_path):
    told = []
    path = write(tmp_path, "label\n" + "cat\ndog\n" * 12_500)
    assert read_class_counts(path, progress=told.append) == {"cat": 12_500.0, "dog": 12_500.0}
    assert told == [10_000, 20_000, 25_000]


def test_bad_folders_are_named(tmp_path):
    with pytest.raises(InputError, match="at least two folders"):
        read_class_counts(tmp_path)
    for label in ("cat", "dog"):
        (tmp_path / label).mkdir()
    (tmp_path / "cat" / "1.jpg").write_bytes(b"")
    with pytest.raises(InputError) as caught:
        read_class_counts(tmp_path)
    assert "1.jpg': the image is empty" in str(caught.value)
    assert "'dog': the folder holds no image" in str(caught.value)
    (tmp_path / "dog" / "link.png").symlink_to(tmp_path / "nowhere.png")
    with pytest.raises(InputError, match=r"link.png': cannot be read: No such file"):
        read_class_counts(tmp_path)


def test_missing_file_and_column(tmp_path):
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_class_counts(tmp_path / "none.csv")
    with pytest.raises(InputError, match="cannot be read: File name too long"):
        read_class_counts("x" * 5000)
    with pytest.raises(InputError, match="column: 'x' is not allowed; must be one of: label"):
        read_class_counts(write(tmp_path, "label\ncat\n"), "x")


@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_give_counts_or_findings(tmp_path_factory, content):
    path = write(tmp_path_factory.mktemp("counts"), content)
    try:
        counts = read_class_counts(path)
    except InputError as error:
        assert error.findings
    else:
        assert len(counts) >= 2
        assert all(count > 0 for count in counts.values())
