"""Pictures of images and of filters."""

import numpy as np
import pytest

from seqkit.report.filters import filter_grid
from seqkit.report.image_grid import COLUMNS, image_grid
from tests.report.test_curves import texts

pytest.importorskip("matplotlib")


@pytest.fixture
def shown(monkeypatch):
    """What was drawn as an image, in order."""
    from matplotlib.axes import Axes

    drawn, imshow = [], Axes.imshow

    def spy(axes, array, **options):
        drawn.append((np.array(array), options))
        return imshow(axes, array, **options)

    monkeypatch.setattr(Axes, "imshow", spy)
    return drawn


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_every_image_is_drawn_with_its_caption(tmp_path, shown, channels):
    pixels = np.random.default_rng(1).integers(0, 256, (COLUMNS + 2, 4, 5, channels), np.uint8)
    captions = [f"image {k}\ntaken" for k in range(len(pixels))]
    image_grid(pixels, captions, tmp_path / "a.svg", "a title")
    words = texts(tmp_path / "a.svg")
    assert "a title" in words and words.count("taken") == len(pixels)
    for k, (array, options) in enumerate(shown):
        assert f"image {k}" in words
        if channels == 3:
            np.testing.assert_array_equal(array, pixels[k])
        else:
            np.testing.assert_array_equal(array, pixels[k].mean(axis=-1))
            assert (options["vmin"], options["vmax"]) == (0, 255)
    assert len(shown) == len(pixels)


def test_long_names_are_cut_and_signs_are_harmless(tmp_path):
    image_grid(np.zeros((1, 2, 2, 1), np.uint8), ["$x$ \x1b[2J" + "w" * 30], tmp_path / "a.svg")
    (word,) = (word for word in texts(tmp_path / "a.svg") if word.startswith("$x$"))
    assert len(word) == 20 and word.endswith("…") and "\x1b" not in word


def test_filters_share_one_scale_around_0(tmp_path, shown):
    filters = np.random.default_rng(1).normal(size=(9, 1, 3, 3))
    filter_grid(filters, tmp_path / "a.svg", "title")
    assert "title" in texts(tmp_path / "a.svg")
    most = np.abs(filters).max()
    for one, (array, options) in zip(filters, shown, strict=True):
        np.testing.assert_array_equal(array, one[0])
        assert (options["vmin"], options["vmax"]) == (-most, most)


def test_filters_of_three_channels_have_the_colours_they_look_for(tmp_path, shown):
    filters = np.zeros((2, 3, 2, 2))
    filters[0, 0], filters[1, 2] = 2, -1
    filter_grid(filters, tmp_path / "a.png", names=("one", "two"))
    assert [array[0, 0].tolist() for array, _ in shown] == [[1, 0.5, 0.5], [0.5, 0.5, 0.25]]


def test_filters_of_other_channels_are_summed_and_zeros_are_drawn(tmp_path, shown):
    filter_grid(np.ones((1, 4, 2, 2)), tmp_path / "a.png")
    filter_grid(np.zeros((1, 1, 2, 2)), tmp_path / "a.png")
    assert [array.max() for array, _ in shown] == [4, 0]


def test_names_stand_above_filters(tmp_path):
    filter_grid(np.ones((3, 1, 2, 2)), tmp_path / "a.svg", names=("a", "$b$", "c"))
    assert {"a", "$b$", "c"} <= set(texts(tmp_path / "a.svg"))


def test_nothing_to_draw_and_other_endings(tmp_path):
    with pytest.raises(ValueError, match="there is no image to draw"):
        image_grid(np.zeros((0, 2, 2, 1), np.uint8), [], tmp_path / "a.png")
    with pytest.raises(ValueError, match="no filters to draw"):
        filter_grid(np.zeros((0, 1, 2, 2)), tmp_path / "a.png")
    with pytest.raises(ValueError, match="a plot is a"):
        filter_grid(np.zeros((1, 1, 2, 2)), tmp_path / "a.gif")
    assert list(tmp_path.iterdir()) == []
