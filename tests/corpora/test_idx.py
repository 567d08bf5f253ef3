"""IDX files, against bytes that the tests write."""

import gzip
import hashlib
import pathlib
import re
import struct
import tempfile
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.corpora import idx
from seqkit.corpora.idx import idx_blocks, read_idx, read_idx_images

CODES = {"B": 0x08, "b": 0x09, "h": 0x0B, "i": 0x0C, "f": 0x0D, "d": 0x0E}


def written(letter, shape, items):
    head = struct.pack(f">BBBB{len(shape)}I", 0, 0, CODES[letter], len(shape), *shape)
    return head + struct.pack(f">{len(items)}{letter}", *items)


SMALL = written("B", (2, 2, 3), range(12))
TWO = written("B", (2,), (7, 0))


@pytest.mark.parametrize("letter", CODES)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_every_type(tmp_path, letter, pack):
    items = [0, 1, 2, 100, 3, 127] if letter == "B" else [0, -1, 2, 100, -3, 127]
    path = tmp_path / "x"
    path.write_bytes(pack(written(letter, (3, 2), items)))
    found = read_idx(path)
    assert found.tolist() == [items[0:2], items[2:4], items[4:6]]
    assert found.dtype == np.dtype(letter) and found.dtype.isnative


def test_what_is_written_is_read(tmp_path):
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    data = b"".join(idx_blocks(array))
    assert data == written("B", (2, 3, 4), range(24))
    assert b"".join(idx_blocks(array.transpose(2, 1, 0)))[16:19] == bytes([0, 12, 4])


def refused(path, data):
    path.write_bytes(data)
    with pytest.raises(ValueError) as caught:
        read_idx(path)
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)
    return str(caught.value).removeprefix(str(path))


def test_cut_off_anywhere(tmp_path):
    path, packed = tmp_path / "x", gzip.compress(SMALL)
    for length in range(len(SMALL)):
        message = refused(path, SMALL[:length])
        assert ("is no IDX file" if length < 4 else "ends early") in message
    for length in range(len(packed)):
        message = refused(path, packed[:length])
        assert "is no IDX file" in message if length < 2 else "gzip" in message
    for length in range(len(SMALL)):  # whole as a gzip file, not as IDX
        message = refused(path, gzip.compress(SMALL[:length]))
        assert ("is no IDX file" if length < 4 else "ends early") in message


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (SMALL + b"\0", " goes on behind the 2 x 2 x 3 items of 1 bytes its header says"),
        (b"\0\0\x07\x01" + bytes(9), " is no IDX file: it begins with 00 00 07 01; give IDX"),
        (b"\x89PNG", " is no IDX file: it begins with 89 50 4e 47"),
        (b"\0\0\x08\0" + b"1", ": 0 dimensions; an IDX file has 1 to 8 here"),
        (b"\0\0\x08\xff" + bytes(1020), ": 255 dimensions; an IDX file has 1 to 8 here"),
        (written("B", (3, 0, 2), ()), " holds nothing: its header says 3 x 0 x 2"),
        (written("i", (2,), (1,)), " ends early: its header says 2 items of 4 bytes"),
    ],
)
def test_what_is_no_idx_file(tmp_path, data, message, pack):
    assert refused(tmp_path / "x", pack(data)).startswith(message)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_absurd_dimensions_take_no_memory(tmp_path, monkeypatch, pack):
    monkeypatch.setattr(idx.np, "empty", lambda *_: pytest.fail("memory was taken"))
    data = written("d", (1 << 31,) * 8, (1.0,))
    assert " ends early: its header says 2147483648 x " in refused(tmp_path / "x", pack(data))


def test_more_than_is_read_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(idx, "LARGEST", 11)
    assert refused(tmp_path / "x", SMALL).startswith(": 12 bytes of pixels are more than the")


def test_what_cannot_be_opened(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone cannot be read: .*; check its name"):
        read_idx(tmp_path / "gone")
    with pytest.raises(ValueError, match="is no plain file: give an IDX file"):
        read_idx(tmp_path)


@given(st.binary(max_size=40) | st.binary(max_size=40).map(b"\0\0\x08".__add__))
def test_any_bytes(data):
    read_or_refused(data)


@given(st.sampled_from([SMALL, gzip.compress(SMALL)]), st.data())
def test_any_damage(whole, data):
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    read_or_refused(bytes(damaged))


def read_or_refused(data):
    """Nothing but an array that is as large as the file, or one line."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "x")
        path.write_bytes(data)
        try:
            found = read_idx(path)
        except (ValueError, OSError) as error:
            assert "\n" not in str(error) and str(path) in str(error)
        else:
            plain = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
            assert found.nbytes + 4 + 4 * found.ndim == len(plain)


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
        ("train-images-idx3-ubyte", "train-labels-idx1-ubyte.gz"),
        ("t10k-images.idx3-ubyte.gz", "t10k-labels.idx1-ubyte"),
    ],
)
def test_labels_are_found_beside(tmp_path, images, labels):
    pack = {True: gzip.compress, False: bytes}
    (tmp_path / images).write_bytes(pack[images.endswith(".gz")](SMALL))
    (tmp_path / labels).write_bytes(pack[labels.endswith(".gz")](TWO))
    found = read_idx_images(tmp_path / images)
    assert found.pixels[..., 0].tolist() == [[[0, 1, 2], [3, 4, 5]], [[6, 7, 8], [9, 10, 11]]]
    assert found.labels == ("7", "0") and found.shape == (2, 3, 1) and not found.synthetic
    assert found.name == images and found.place(1) == f"{tmp_path / images}, image 2"


def test_labels_that_are_given_and_colours(tmp_path):
    (tmp_path / "pictures").write_bytes(written("B", (2, 1, 2, 3), range(12)))
    (tmp_path / "kinds").write_bytes(written("i", (2,), (300, -1)))
    found = read_idx_images(tmp_path / "pictures", tmp_path / "kinds")
    assert found.pixels.tolist() == [[[[0, 1, 2], [3, 4, 5]]], [[[6, 7, 8], [9, 10, 11]]]]
    assert found.labels == ("300", "-1")


@pytest.mark.parametrize(
    ("images", "labels", "error", "message"),
    [
        (SMALL, None, FileNotFoundError, "x-images: no x-labels beside it, so its labels were not"),
        (SMALL, written("B", (3,), (1, 2, 3)), ValueError, "x-images has 2 images but {0} 3 label"),
        (SMALL, written("f", (2,), (1, 2)), ValueError, "{0} holds no labels but float32 of shape"),
        (SMALL, SMALL, ValueError, "{0} holds no labels but uint8 of shape (2, 2, 3); give an IDX"),
        (TWO, TWO, ValueError, "x-images holds one row of numbers, as labels are: give the images"),
        (written("B", (2, 6), range(12)), TWO, ValueError, "x-images: pixels are uint8 of shape"),
        (written("h", (2, 2, 3), range(12)), TWO, ValueError, "pixels are int16 of shape"),
    ],
)
def test_files_that_do_not_belong_together(tmp_path, images, labels, error, message):
    (tmp_path / "x-images").write_bytes(images)
    if labels is not None:
        (tmp_path / "x-labels").write_bytes(labels)
    message = message.format(tmp_path / "x-labels")
    with pytest.raises(error, match=re.escape(message)) as caught:
        read_idx_images(tmp_path / "x-images")
    assert "\n" not in str(caught.value)


def test_names_that_tell_nothing(tmp_path):
    (tmp_path / "x").write_bytes(SMALL)
    with pytest.raises(FileNotFoundError, match='x: no "images" in its name, so its labels'):
        read_idx_images(tmp_path / "x")


def test_mnist(benchmark_data):
    folder = benchmark_data / "mnist"
    if not folder.is_dir():
        pytest.skip("SEQKIT_TEST_DATA holds no folder mnist")
    train = read_idx_images(folder / "train-images-idx3-ubyte.gz")
    test = read_idx_images(folder / "t10k-images-idx3-ubyte.gz")
    assert train.pixels.shape == (60_000, 28, 28, 1) and test.pixels.shape == (10_000, 28, 28, 1)
    counts = (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949)  # as published
    assert train.counts() == {str(digit): count for digit, count in enumerate(counts)}
    assert Counter(test.labels)["1"] == 1135 and train.labels[:5] == ("5", "0", "4", "1", "9")
    data = b"".join(idx_blocks(test.pixels[..., 0]))
    assert hashlib.md5(data).hexdigest() == "2646ac647ad5339dbf082846283269ea"  # of the original
