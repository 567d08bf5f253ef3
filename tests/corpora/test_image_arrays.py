"""Images out of arrays and .npz files."""

import io
import pathlib
import re
import struct
import tempfile
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.corpora import image_arrays
from seqkit.corpora.image_arrays import from_arrays, read_npz

PIXELS = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)


def test_arrays():
    found = from_arrays(PIXELS, np.array([3, 10]), "mine")
    assert found.pixels.shape == (2, 2, 3, 1) and found.pixels[1, 0, 2, 0] == 8
    assert found.labels == ("3", "10") and found.place(0) == "mine, image 1"
    assert found.description == "images of 2 x 3 with 1 channel"
    assert from_arrays(PIXELS[..., None], ["cat", "dog"], "mine").labels == ("cat", "dog")
    assert from_arrays(PIXELS.reshape(2, 2, 1, 3), [1, 0], "mine").shape == (2, 1, 3)


@pytest.mark.parametrize(
    ("pixels", "labels", "message"),
    [
        (PIXELS, [1, 2, 3], "mine: 2 images but 3 labels"),
        (PIXELS, [0.5, 1.5], "mine: labels are float64 of shape (2,); give one whole number or"),
        (PIXELS, [[1], [2]], "mine: labels are int64 of shape (2, 1)"),
        (PIXELS, [True, False], "mine: labels are bool"),
        (PIXELS.astype(np.int64), [1, 2], "mine: pixels are int64 of shape (2, 2, 3, 1)"),
        (PIXELS[0], [1, 2], "mine: pixels are uint8 of shape (2, 3)"),
        (PIXELS[:0], [], "mine holds no images"),
    ],
)
def test_arrays_that_are_none(pixels, labels, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        from_arrays(pixels, labels, "mine")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("labels", [np.array([4, 5]), np.array(["cat", "dog"])])
def test_npz(tmp_path, save, labels):
    save(tmp_path / "x.npz", images=PIXELS, labels=labels, more=np.arange(3))
    found = read_npz(tmp_path / "x.npz")
    assert (found.pixels[..., 0] == PIXELS).all()
    assert found.labels == tuple(map(str, labels)) and found.name == "x.npz"
    assert found.place(1) == f"{tmp_path / 'x.npz'}, image 2"


def refused(path, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        read_npz(path)
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"images": PIXELS}, "x.npz: no array 'labels', it holds images; save images and labels"),
        ({"x": PIXELS, "y": PIXELS}, "x.npz: no array 'images', it holds x and y"),
        ({"images": PIXELS, "labels": np.array([1])}, "x.npz: 2 images but 1 label"),
    ],
)
def test_npz_without_what_is_wanted(tmp_path, arrays, message):
    np.savez(tmp_path / "x.npz", **arrays)
    refused(tmp_path / "x.npz", message)


class Loud:
    """Says so if it is unpickled."""

    def __reduce__(self):
        return (pytest.fail, ("something was unpickled",))


def test_nothing_is_unpickled(tmp_path):
    labels = np.array([Loud(), Loud()], object)
    np.savez(tmp_path / "x.npz", images=PIXELS, labels=labels, allow_pickle=True)
    refused(tmp_path / "x.npz", "x.npz: labels are object; save pixels as uint8")


def member(shape, data):
    """A .npy member with a header of its own."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"descr": "|u1", "fortran_order": False, "shape": shape}
    )
    return file.getvalue() + data


@pytest.mark.parametrize("shape", [(10**12, 2, 3), (3, 2, 3), (1, 2, 3), (-2, -2, 3)])
def test_headers_that_lie(tmp_path, shape):
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
        archive.writestr("images.npy", member(shape, PIXELS.tobytes()))
        archive.writestr("labels.npy", member((2,), b"\1\2"))
    refused(tmp_path / "x.npz", "x.npz: images have another size than their header says")


def test_an_archive_that_lies_too(tmp_path, monkeypatch):
    """Its directory says 2 GiB as the header does; so small a file cannot hold them."""
    path = tmp_path / "x.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("images.npy", data := member((1 << 31, 1, 1), b""))
        archive.writestr("labels.npy", member((2,), b"\1\2"))
    written = bytearray(path.read_bytes())
    struct.pack_into("<I", written, written.index(b"PK\1\2") + 24, len(data) + (1 << 31))
    path.write_bytes(written)
    monkeypatch.setattr(image_arrays.npy, "read_array", lambda _: pytest.fail("memory was taken"))
    refused(path, "x.npz: images have another size than their header says")


def test_more_than_is_read_at_once(tmp_path, monkeypatch):
    np.savez(tmp_path / "x.npz", images=PIXELS, labels=np.array([1, 2]))
    monkeypatch.setattr(image_arrays, "LARGEST", 11)
    refused(tmp_path / "x.npz", "x.npz: 12 bytes of pixels are more than")


def whole_npz():
    file = io.BytesIO()
    np.savez_compressed(file, images=PIXELS, labels=np.array([1, 2]))
    return file.getvalue()


WHOLE = whole_npz()


def test_cut_off_anywhere(tmp_path):
    for length in range(len(WHOLE)):
        (tmp_path / "x.npz").write_bytes(WHOLE[:length])
        refused(tmp_path / "x.npz", "x.npz")


@given(st.data())
def test_any_damage(data):
    damaged = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(WHOLE) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "x.npz")
        path.write_bytes(damaged)
        try:
            assert (read_npz(path).pixels[..., 0] == PIXELS).all()  # zip has checksums
        except ValueError as error:
            assert str(error).startswith(str(path)) and "\n" not in str(error)
