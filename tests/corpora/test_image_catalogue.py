"""Finding images by whatever they are called, and their validation and test images."""

import re
import struct

import numpy as np
import PIL.Image
import pytest

from seqkit.corpora import shapes
from seqkit.corpora.image_catalogue import open_image_splits, open_images

LABELS = [0, 1] * 10


def idx(values, *shape):
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, 8, len(shape), *shape) + bytes(values)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder with twenty images in each form; shapes made few."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    (work / "a-images").write_bytes(idx(range(80), 20, 2, 2))
    (work / "a-labels").write_bytes(idx(LABELS, 20))
    (work / "swapped").write_bytes(idx([1, 0] * 10, 20))
    (work / "wide-images").write_bytes(idx(range(12), 2, 2, 3))
    (work / "wide-labels").write_bytes(idx([0, 1], 2))
    pixels = np.arange(80, dtype=np.uint8).reshape(20, 2, 2)
    np.savez(work / "a.npz", images=pixels, labels=LABELS)
    np.savez(work / "strange.npz", images=pixels, labels=["x"] * 20)
    np.savez(work / "one.npz", images=pixels, labels=[1] * 20)
    for name, colour in (("grey", pixels), ("colour", np.stack([pixels] * 3, -1))):
        for k, (image, label) in enumerate(zip(colour, LABELS, strict=True)):
            (work / name / str(label)).mkdir(parents=True, exist_ok=True)
            PIL.Image.fromarray(image).save(work / name / str(label) / f"{k:02}.png")
    for split in shapes.SIZES:
        monkeypatch.setitem(shapes.SIZES, split, 20)
    return work


def test_every_form():
    whole = open_images("a-images")
    assert whole.labels == tuple(map(str, LABELS)) and whole.pixels.ravel().tolist() == [*range(80)]
    assert open_images("a-images", "swapped").labels[:2] == ("1", "0")
    assert (open_images("a.npz").pixels == whole.pixels).all()
    order = np.argsort(LABELS, kind="stable")
    for found in (open_images("grey"), open_images("colour", channels=1)):
        assert (found.pixels == whole.pixels[order]).all()
    assert open_images("colour").shape == (2, 2, 3)


def test_shapes(folder):
    (folder / "shapes").write_bytes(b"a file")
    found = open_images("shapes", split="valid")
    assert (found.pixels == shapes.draw_shapes("valid").pixels).all()
    with pytest.raises(ValueError, match="shapes is no IDX file: it begins with 61 20 66 69"):
        open_images("./shapes")


@pytest.mark.parametrize(
    ("source", "labels", "message"),
    [
        ("-", None, "images are not read from standard input (-): give a file or a folder"),
        ("pydocs", None, "pydocs has no images: take shapes, a file or a folder of images"),
        ("nltk:brown", None, "nltk:brown has no images"),
        ("shape", None, "did you mean shapes"),
        ("b-images", None, "did you mean a-images"),
        ("", None, "an empty name: no such file"),
        ("grey/0/00.png", None, "grey/0/00.png is one image: give a folder with a sub-folder of"),
        ("shapes", "a-labels", "shapes has its labels with it: leave a-labels out"),
        ("grey", "a-labels", "grey has its labels with it"),
        ("a.npz", "a-labels", "a.npz has its labels with it"),
        ("a-images", "b-labels", "b-labels cannot be read"),
    ],
)
def test_what_is_no_images(source, labels, message):
    with pytest.raises((ValueError, FileNotFoundError), match=re.escape(message)) as caught:
        open_images(source, labels)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (("a-images",), [18, 2, None]),
        (("a-images", "20%"), [16, 4, None]),
        (("a-images", None, "0.25"), [13, 2, 5]),
        (("a-images", "0.2", "0.1"), [14, 4, 2]),
        (("a-images", None, "a.npz"), [18, 2, 20]),
        (("a-images", "a.npz"), [20, 20, None]),
        (("colour", "grey"), [20, 20, None]),
        (("shapes",), [20, 20, 20]),
        (("shapes", "0.2"), [16, 4, 20]),
        (("one.npz", "a.npz"), ValueError),
    ],
)
def test_splits(sources, expected):
    if expected is ValueError:
        with pytest.raises(ValueError, match=r"one\.npz: every image has the label 1, so"):
            open_image_splits(*sources)
        return
    splits = open_image_splits(*sources)
    assert [part and len(part) for part in (splits.train, splits.valid, splits.test)] == expected
    assert splits.train.shape == splits.valid.shape


def test_splits_of_shapes_are_its_own():
    splits = open_image_splits("shapes")
    for split in ("train", "valid", "test"):
        assert (getattr(splits, split).pixels == shapes.draw_shapes(split).pixels).all()


def test_labels_are_those_of_the_training_images():
    splits = open_image_splits("a-images", "a-images", labels="swapped")
    assert splits.train.labels[:2] == ("1", "0") and splits.valid.labels[:2] == ("0", "1")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("a-images", "0"), "--valid 0 is no share"),
        (("a-images", "b.npz"), "did you mean a.npz"),
        (
            ("a-images", "wide-images"),
            "--valid wide-images: its images are 2 x 3 in grey, those to",
        ),
        (
            ("colour", None, "a.npz"),
            "--test a.npz: its images are 2 x 2 in grey, those to train on",
        ),
        (("a-images", None, "strange.npz"), "here they are (x), there (0, 1)"),
    ],
)
def test_splits_that_cannot_be(arguments, message):
    with pytest.raises((ValueError, FileNotFoundError), match=re.escape(message)) as caught:
        open_image_splits(*arguments)
    assert "\n" not in str(caught.value)
