"""The built-in images of drawn shapes."""

from collections import Counter

import numpy as np
import pytest

from seqkit.corpora import shapes
from seqkit.corpora.shapes import SIZES, draw_shapes


def rows(images):
    return {image.tobytes() for image in images.pixels}


def test_what_they_are():
    assert SIZES == {"train": 6_000, "valid": 1_000, "test": 1_000}
    found = draw_shapes("test")
    assert found.pixels.shape == (1_000, 28, 28, 1) and found.pixels.dtype == np.uint8
    assert found.counts() == dict.fromkeys(found.classes, 100) and len(found.classes) == 10
    assert found.synthetic and found.source == "synthetic: shapes-1, its test split"
    for k in range(0, 1_000, 10):
        assert len(set(found.labels[k : k + 10])) == 10
    assert len({found.labels[k : k + 10] for k in range(0, 1_000, 10)}) > 90  # in random order


def test_the_same_again_and_a_smaller_one_is_its_beginning():
    first, again, fewer = (draw_shapes("train", size, 3) for size in (45, 45, 23))
    assert (first.pixels == again.pixels).all() and first.labels == again.labels
    assert (first.pixels[:23] == fewer.pixels).all() and first.labels[:23] == fewer.labels


def test_splits_and_seeds_share_no_image():
    parts = [draw_shapes(split, 300, seed) for split in SIZES for seed in (0, 1)]
    assert len(set().union(*map(rows, parts))) == 6 * 300


def test_the_ground_is_darker_than_the_shape(monkeypatch):
    """Without noise, an image has its two levels and what lies between."""
    monkeypatch.setattr(shapes, "_noise", lambda _, size: np.zeros((size, 28, 28), np.float32))
    pixels = draw_shapes("valid", 100).pixels.reshape(100, -1).astype(int)
    for image in pixels:
        (ground, many), *_ = Counter(image.tolist()).most_common()
        assert many > 250 and ground in (image.min(), image.max())
    low, high = pixels.min(1), pixels.max(1)
    assert low.max() <= 60 and (high - low).min() >= 99 and (high - low).max() <= 181
    assert np.ptp(low) > 40 and np.ptp(high - low) > 60


def test_noise_has_mean_0_and_variance_1():
    noise = shapes._noise("any", 60)
    assert noise.shape == (60, 28, 28) and abs(noise.mean()) < 0.02 and abs(noise.var() - 1) < 0.03
    assert (shapes._noise("any", 3) == noise[:3]).all() and abs(noise).max() < 4


def test_no_template_finds_them():
    """The nearest mean image, a linear classifier, does poorly, though better than chance."""
    train, test = draw_shapes("train", 2_000), draw_shapes("test", 500)
    labels = np.array(train.labels)
    means = np.stack([train.pixels[labels == name].mean(0).ravel() for name in train.classes])
    distances = ((test.pixels.reshape(500, 1, -1) - means) ** 2).sum(2)  # (500, 10)
    found = np.array(train.classes)[distances.argmin(1)]
    assert 0.1 < (found == np.array(test.labels)).mean() < 0.4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("dev",), "shapes has no split 'dev': use train, valid or test"),
        (("train", 0), "shapes cannot have 0 images: ask for 1 or more"),
    ],
)
def test_what_cannot_be_drawn(arguments, message):
    with pytest.raises(ValueError, match=message):
        draw_shapes(*arguments)
