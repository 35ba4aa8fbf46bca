"""Files that are read whole or refused in a sentence, and written whole or not at all."""

from __future__ import annotations

import gzip
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcurve import InputError
from costcurve.core.files import read_text, write_bytes, written_whole

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


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_is_as_any_other_and_one_that_is_replaced_keeps_its_permissions(tmp_path):
    ours, plain = tmp_path / "ours", tmp_path / "plain"
    write_bytes(ours, b"1", "out")
    plain.write_bytes(b"1")
    assert mode_of(ours) == mode_of(plain)
    for mode in (0o600, 0o640, 0o666):
        ours.chmod(mode)
        write_bytes(ours, b"2", "out")
        assert (mode_of(ours), ours.read_bytes()) == (mode, b"2")
    link = tmp_path / "link"
    link.symlink_to(ours)
    write_bytes(link, b"3", "out")
    assert link.is_symlink()
    assert ours.read_bytes() == b"3"


def test_the_permissions_of_other_threads_stay_as_they_are(tmp_path, monkeypatch):
    # What a process may make open to the world is asked for by setting it, in every thread.
    asked = []
    monkeypatch.setattr(os, "umask", lambda mask: asked.append(mask) or 0o022)
    write_bytes(tmp_path / "a", b"1", "out")
    assert not asked


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_broken_off_the_file_is_what_it_was(tmp_path, stop):
    path = tmp_path / "a"
    path.write_bytes(b"before")

    def write_half():
        with written_whole(path, "out") as stream:
            stream.write(b"half")
            raise stop

    with pytest.raises((KeyboardInterrupt, InputError)):
        write_half()
    assert [each.name for each in tmp_path.iterdir()] == ["a"]
    assert path.read_bytes() == b"before"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("folder", "must be an ordinary file"),
        ("none/a", "cannot be written: No such file or directory"),
        ("x" * 300, "cannot be written: File name too long"),
        ("loop", "cannot be written"),
        ("a\0b", "cannot be written: its path leads nowhere"),
    ],
)
def test_a_place_that_cannot_be_written_is_one_clear_sentence(tmp_path, name, words):
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(InputError, match=words):
        write_bytes(tmp_path / name, b"1", "out")
