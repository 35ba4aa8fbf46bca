"""Images out of the wild: folders, archives and Parquet, whole, broken and hostile."""

from __future__ import annotations

import gc
import gzip
import io
import tarfile
import warnings
import zipfile
from contextlib import closing

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from costcurve import InputError
from costcurve.task.decoding import decoded
from costcurve.task.image_archives import SLACK_BYTES
from costcurve.task.images import UnreadableError, open_images, opened
from costcurve.task.preprocessing import Preprocessing
from tests.task.junk import READ, REFUSED, bytes_of, turned, write_junk
from tests.task.networks import patches, write_images


def outcome(source):
    """Return the size of every image, or why it has none."""
    found = {}
    with closing(source):
        for place, entry in enumerate(source.entries):
            try:
                found[entry.name] = decoded(source.read(place)).size
            except UnreadableError as error:
                found[entry.name] = str(error)
    return found


def test_a_folder_of_junk_is_survived_and_every_reason_told(tmp_path):
    found = outcome(open_images(write_junk(tmp_path)))
    assert sorted(found) == sorted([*READ, *REFUSED])
    for name in READ:
        assert isinstance(found[name], tuple), (name, found[name])
    for name, reason in REFUSED.items():
        assert isinstance(found[name], str), name
        assert found[name].startswith(reason)
    assert "0x" not in "".join(map(str, found.values()))


def test_what_other_libraries_let_pass_is_refused_all_the_same(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    whole = bytes_of(Image.fromarray(patches(1, side=40)[0]), "JPEG")
    with pytest.raises(UnreadableError, match="is damaged"):
        decoded(whole[: len(whole) // 2])
    assert ImageFile.LOAD_TRUNCATED_IMAGES


def test_every_kind_of_pixel_becomes_rgb():
    upright, aside = turned()
    image = decoded(aside)
    assert image.size == upright.size
    # JPEG rounds colours a little.
    assert np.abs(np.asarray(image, float) - np.asarray(upright, float)).mean() < 5.0
    deep = Image.fromarray(np.array([[0, 255, 256, 40_000, 65_535]], np.uint16))
    assert np.asarray(decoded(bytes_of(deep, "PNG")))[0, :, 0].tolist() == [0, 0, 1, 156, 255]
    frames = {"save_all": True, "append_images": [Image.new("RGB", (4, 4), (0, 0, 255))]}
    first = decoded(bytes_of(Image.new("RGB", (4, 4), (255, 0, 0)), "GIF", **frames))
    assert np.asarray(first)[0, 0].tolist() == [255, 0, 0]
    inks = decoded(bytes_of(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "TIFF"))
    assert np.asarray(inks)[0, 0].tolist() == [255, 0, 0]
    with pytest.raises(UnreadableError, match="no usual range"):
        decoded(bytes_of(Image.fromarray(np.zeros((3, 3), np.float32)), "TIFF"))


def test_no_program_is_started_for_an_exotic_format():
    with pytest.raises(UnreadableError, match="no image of a known format"):
        decoded(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n")


@pytest.fixture
def shelf(tmp_path):
    """Return an ImageFolder and the same images as zip, tar, tar.gz and Parquet."""
    images = patches(8, side=20)
    folder = tmp_path / "folder"
    for number, image in enumerate(images):
        write_images(folder / ("cat", "dog")[number % 2] / str(number), [image])
    files = sorted(folder.rglob("*.png"))
    names = [path.relative_to(folder).as_posix() for path in files]
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path, name in zip(files, names, strict=True):
            archive.write(path, name)
    for mode, ending in (("w", "tar"), ("w:gz", "tar.gz"), ("w:xz", "tar.xz")):
        with tarfile.open(tmp_path / f"a.{ending}", mode) as archive:
            for path, name in zip(files, names, strict=True):
                archive.add(path, f"./{name}")
    structs = [{"bytes": path.read_bytes(), "path": None} for path in files]
    labels = [name.split("/")[0] for name in names]
    table = pyarrow.table({"image": structs, "label": labels})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet", row_group_size=3)
    plain = pyarrow.table({"jpg": [path.read_bytes() for path in files], "class": labels})
    pyarrow.parquet.write_table(plain, tmp_path / "plain.parquet")
    return tmp_path


@pytest.mark.parametrize(
    "name", ["a.zip", "a.tar", "a.tar.gz", "a.tar.xz", "a.parquet", "plain.parquet"]
)
def test_an_archive_holds_the_images_and_labels_of_the_folder(shelf, name):
    folder, source = open_images(shelf / "folder"), open_images(shelf / name)
    order = np.random.default_rng(0).permutation(8).tolist()
    assert [each.label for each in source.entries] == [each.label for each in folder.entries]
    assert {each.label for each in folder.entries} == {"cat", "dog"}
    # In any order, backwards included.
    with closing(source):
        for place in [*range(8), *order]:
            assert source.read(place) == folder.read(place)


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tar.xz", "a.parquet"])
def test_a_source_that_is_forgotten_lets_go_of_its_file(shelf, name):
    source = open_images(shelf / name)
    source.read(0)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        del source
        gc.collect()
    assert not told


def mutated(content, draw):
    """Return content with some bytes changed, and perhaps its end cut off."""
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 6))):
        changed[draw(st.integers(0, len(changed) - 1))] = draw(st.integers(0, 255))
    return bytes(changed[: draw(st.integers(1, len(changed)))])


@given(data=st.data(), kind=st.sampled_from(["PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP", "PPM"]))
@settings(max_examples=150)
def test_a_damaged_image_is_an_image_or_a_reason_and_never_another_error(data, kind):
    content = bytes_of(Image.fromarray(patches(1, side=24)[0]), kind)
    try:
        assert decoded(mutated(content, data.draw)).mode == "RGB"
    except UnreadableError as error:
        assert str(error).isprintable()


@given(data=st.data(), name=st.sampled_from(["a.zip", "a.tar", "a.tar.gz", "a.parquet"]))
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_archive_is_refused_or_read_and_never_another_error(shelf, data, name):
    path = shelf / f"damaged-{name}"
    path.write_bytes(mutated((shelf / name).read_bytes(), data.draw))
    try:
        found = outcome(open_images(path))
    except InputError:
        return
    assert found


def test_what_is_bad_in_an_archive_is_told_and_passed_over(tmp_path, monkeypatch):
    good = bytes_of(Image.new("RGB", (9, 9)), "PNG")
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../escape.png", good)
        archive.writestr("\x1b[31mred.png", good)
        archive.writestr("large.png", bytes(3000))
        archive.writestr("crc.png", good * 3)
    damaged = (tmp_path / "a.zip").read_bytes()
    monkeypatch.setattr("costcurve.task.images.LARGEST_IMAGE_BYTES", 2000)
    monkeypatch.setattr("costcurve.task.image_archives.LARGEST_IMAGE_BYTES", 2000)
    at = damaged.index(b"crc.png") + 12
    (tmp_path / "a.zip").write_bytes(damaged[:at] + b"\xff\xff\xff" + damaged[at + 3 :])
    found = outcome(open_images(tmp_path / "a.zip"))
    assert found["../../escape.png"] == found["\x1b[31mred.png"] == (9, 9)
    assert found["large.png"].startswith("is larger than")
    assert found["crc.png"] == "is damaged in the archive"
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]

    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        link = tarfile.TarInfo("link.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(link)
        whole = tarfile.TarInfo("whole.png")
        whole.size = len(good)
        archive.addfile(whole, io.BytesIO(good))
    assert outcome(open_images(tmp_path / "a.tar")) == {
        "link.png": "is no ordinary file, perhaps a link",
        "whole.png": (9, 9),
    }


def test_an_archive_that_unpacks_to_far_more_than_images_do_is_refused(tmp_path):
    path = tmp_path / "a.tar.gz"
    header = tarfile.TarInfo("first.png")
    header.size = SLACK_BYTES * 4
    following = tarfile.TarInfo("second.png")
    with gzip.open(path, "wb") as stream:
        stream.write(header.tobuf(tarfile.GNU_FORMAT) + bytes(10_240) + following.tobuf())
    with pytest.raises(InputError, match="unpacks to more than 100 times its size"):
        open_images(path)
    # A header that claims to be of four gigabytes is not read.
    header.type = tarfile.GNUTYPE_LONGNAME
    with gzip.open(path, "wb") as stream:
        stream.write(header.tobuf(tarfile.GNU_FORMAT) + bytes(10_240))
    with pytest.raises(InputError, match="unpacks to more than"):
        open_images(path)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 no zip", b"PAR1 no Parquet", b"\x1f\x8b\x08"]
)
def test_a_file_that_is_no_source_is_one_clear_sentence(tmp_path, content):
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    with pytest.raises(InputError, match="images: '"):
        open_images(path)


def test_a_source_without_images_or_that_changes_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(InputError, match="holds no image"):
        open_images(tmp_path)
    with pytest.raises(InputError, match="No such file"):
        open_images(tmp_path / "gone")
    write_images(tmp_path, patches(2))
    with pytest.raises(InputError, match="changed while it was read"):
        opened(str(tmp_path), "of before")


def test_preprocessing_is_resize_and_cut_as_torchvision_has_them():
    photograph = Image.fromarray(patches(1, side=300)[0]).resize((333, 250))
    given = Preprocessing(size=64, resize=74)
    ours = given.pixels(photograph)
    # torchvision: the shorter side to 74 with a smoothed bilinear, then the middle 64 x 64.
    width = int(74 * 333 / 250)
    left, top = round((width - 64) / 2.0), round((74 - 64) / 2.0)
    resized = photograph.resize((width, 74), Image.Resampling.BILINEAR)
    cut = np.asarray(resized.crop((left, top, left + 64, top + 64)), np.float64) / 255.0
    theirs = (cut - np.array(given.mean)) / np.array(given.std)
    assert ours.shape == (64, 64, 3)
    # Half a pixel of the cut, which torchvision rounds; in the units of one standard deviation.
    assert np.abs(ours - theirs).mean() < 0.05
    square = photograph.resize((64, 64))
    exact = Preprocessing(size=64, resize=64).pixels(square)
    pixels = np.asarray(square, np.float64) / 255.0
    assert exact == pytest.approx((pixels - np.array(given.mean)) / np.array(given.std), abs=1e-5)
