"""Files that are read: whole, or refused in a sentence."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcurve import InputError
from costcurve.core.files import read_text

TEXT = "label,count\n" + "".join(f"class {number},{number**3 + 1}\n" for number in range(500))
PACKED = gzip.compress(TEXT.encode())


def test_a_compressed_text_is_that_of_gzip(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(PACKED)
    assert read_text(path, "file") == TEXT


@given(place=st.integers(0, len(PACKED) - 1), byte=st.integers(0, 255), cut=st.booleans())
def test_a_damaged_compressed_file_is_refused_in_a_sentence(tmp_path_factory, place, byte, cut):
    path = tmp_path_factory.mktemp("gzip") / "a.csv.gz"
    rest = b"" if cut else bytes([byte]) + PACKED[place + 1 :]
    path.write_bytes(PACKED[:place] + rest)
    try:
        # Its header also holds a time and a system, which say nothing of the text.
        assert read_text(path, "file") == TEXT
    except InputError as error:
        assert len(error.findings) == 1
    else:
        assert not cut


def test_a_spoilt_stream_is_told_as_such(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(PACKED[:200] + bytes(20) + PACKED[220:])
    with pytest.raises(InputError, match="the compressed file is damaged or not whole"):
        read_text(path, "file")
