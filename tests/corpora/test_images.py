"""Images with labels: what is refused, and what they say of themselves."""

import re

import numpy as np
import pytest

from seqkit.corpora.images import LabelledImages


def images(pixels, labels, **more):
    return LabelledImages("some", "made for a test", "some.idx", True, pixels, labels, **more)


def blank(count):
    return np.zeros((count, 2, 3, 1), np.uint8)


@pytest.mark.parametrize(
    ("pixels", "labels", "message"),
    [
        (blank(2), ("a",), "some.idx: 2 images but 1 label; give each image one label"),
        (blank(1), ("a",) * 1200, "some.idx: 1 image but 1,200 labels"),
        (blank(0), (), "some.idx holds no images: its shape is (0, 2, 3, 1)"),
        (np.zeros((2, 0, 3, 1), np.uint8), ("a", "b"), "holds no images"),
        (blank(2)[..., 0], ("a", "b"), "some.idx: pixels are uint8 of shape (2, 2, 3); give uint8"),
        (blank(2) / 255, ("a", "b"), "pixels are float64 of shape (2, 2, 3, 1); give uint8"),
        (blank(2), ("a", " "), "some.idx, image 2: the label is empty; give it a name"),
    ],
)
def test_what_is_refused(pixels, labels, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        images(pixels, labels)
    assert "\n" not in str(caught.value)


def test_what_they_say():
    found = images(blank(4), ("10", "9", "10", "2"), remarks=("odd",))
    assert (len(found), found.shape, found.warnings()) == (4, (2, 3, 1), ["odd"])
    assert found.classes == ("2", "9", "10")
    assert list(found.counts().items()) == [("2", 1), ("9", 1), ("10", 2)]
    assert found.place(2) == "some.idx, image 3"
    assert images(blank(3), ("10", "9", "b")).classes == ("10", "9", "b")
    assert images(blank(1), ("a",), places=("a/x.png",)).place(0) == "a/x.png"


def test_a_part_knows_where_its_images_stood():
    pixels = np.arange(4, dtype=np.uint8).reshape(4, 1, 1, 1)
    whole = images(pixels, ("a", "b", "c", "d"), remarks=("odd",))
    part = whole.part(np.array([1, 3]), "valid")
    assert (part.name, part.source, part.synthetic) == ("some (valid)", "some.idx", True)
    assert part.pixels.ravel().tolist() == [1, 3] and part.labels == ("b", "d")
    assert [part.place(k) for k in range(2)] == ["some.idx, image 2", "some.idx, image 4"]
    assert part.warnings() == [] and whole.part(np.array([0]), "train").warnings() == ["odd"]
    part.pixels[:] = 9
    assert whole.pixels.ravel().tolist() == [0, 1, 2, 3]
