"""Single PNG and JPEG files, written by Pillow, to pixels."""

import contextlib
import io
import pathlib
import re
import sys
import tempfile

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.corpora.image_files import read_image

COLOUR = np.random.default_rng(1).integers(0, 256, (5, 7, 3), np.uint8)
GREY = COLOUR[..., 0]


def png(image):
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


WHOLE = png(PIL.Image.fromarray(COLOUR))


def read(path, image, *channels, **how):
    image.save(path, **how)
    return read_image(path, *channels)


def test_grey_and_colour(tmp_path):
    pixels, own = read(tmp_path / "x.png", PIL.Image.fromarray(GREY))
    assert own == 1 and pixels.dtype == np.uint8 and (pixels == GREY[..., None]).all()
    pixels, own = read(tmp_path / "x.png", PIL.Image.fromarray(COLOUR))
    assert own == 3 and (pixels == COLOUR).all()
    pixels, own = read_image(tmp_path / "x.png", 1)
    luma = COLOUR @ np.array([0.299, 0.587, 0.114])
    assert own == 3 and pixels.shape == (5, 7, 1) and abs(pixels[..., 0] - luma).max() < 1
    pixels, own = read(tmp_path / "x.png", PIL.Image.fromarray(GREY), 3)
    assert own == 1 and (pixels == GREY[..., None]).all() and pixels.shape == (5, 7, 3)


def test_palettes_bits_and_depths(tmp_path):
    image = PIL.Image.fromarray(np.array([[0, 1], [1, 0]], np.uint8), "P")
    image.putpalette([9, 8, 7, 200, 100, 50])
    pixels, own = read(tmp_path / "x.png", image)
    assert own == 3
    assert pixels.tolist() == [[[9, 8, 7], [200, 100, 50]], [[200, 100, 50], [9, 8, 7]]]
    pixels, own = read(tmp_path / "x.png", PIL.Image.fromarray(GREY > 100))
    assert own == 1 and (pixels[..., 0] == 255 * (GREY > 100)).all()
    deep = GREY.astype(np.uint16) * 256 + 17
    pixels, own = read(tmp_path / "x.png", PIL.Image.fromarray(deep))
    assert own == 1 and (pixels[..., 0] == GREY).all()


def test_what_is_transparent_lies_on_white(tmp_path):
    alpha = np.full((5, 7, 1), 255, np.uint8)
    alpha[0], alpha[1] = 0, 51  # nothing, a fifth
    clear = PIL.Image.fromarray(np.concatenate([COLOUR, alpha], 2))
    pixels, own = read(tmp_path / "x.png", clear)
    assert own == 3 and (pixels[0] == 255).all() and (pixels[2:] == COLOUR[2:]).all()
    assert abs(pixels[1] - (0.2 * COLOUR[1] + 0.8 * 255)).max() <= 1
    pixels, own = read(tmp_path / "x.png", clear.convert("LA"))
    assert own == 1 and (pixels[0] == 255).all()


def test_jpeg_is_turned_as_the_camera_says(tmp_path):
    half = np.zeros((16, 32), np.uint8)
    half[:, 16:] = 200  # bright on the right
    image = PIL.Image.fromarray(half)
    exif = image.getexif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise: bright below
    pixels, own = read(tmp_path / "x.jpeg", image, exif=exif, quality=95)
    assert own == 1 and pixels.shape == (32, 16, 1)
    assert pixels[:15].max() < 30 and pixels[17:].min() > 170


def refused(path, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        read_image(path)
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)


def test_cut_off_anywhere(tmp_path):
    """What is read of a file without its end has every pixel; only checksums may be missing."""
    path, behind = tmp_path / "x.png", 4 + 4 + 12  # of zlib, of the chunk, and the chunk IEND
    for length in range(len(WHOLE)):
        path.write_bytes(WHOLE[:length])
        if length < len(WHOLE) - behind:
            refused(path, "x.png is damaged, or no PNG or JPEG (")
        else:
            with contextlib.suppress(ValueError):
                assert (read_image(path)[0] == COLOUR).all()
    PIL.Image.fromarray(COLOUR).save(tmp_path / "x.jpg")
    whole = (tmp_path / "x.jpg").read_bytes()
    for length in (0, 1, 2, 50, len(whole) // 2, len(whole) - 30):
        (tmp_path / "y.jpg").write_bytes(whole[:length])
        refused(tmp_path / "y.jpg", "y.jpg is damaged, or no PNG or JPEG (")


def test_other_formats(tmp_path):
    PIL.Image.fromarray(GREY).save(tmp_path / "x.png", "GIF")
    refused(tmp_path / "x.png", "x.png is damaged, or no PNG or JPEG (cannot be identified); mend")
    with pytest.raises(FileNotFoundError):
        read_image(tmp_path / "gone.png")


@pytest.mark.parametrize("limit", [20, 10])  # Pillow warns beyond it, and refuses twice as many
def test_decompression_bombs(tmp_path, monkeypatch, limit):
    (tmp_path / "x.png").write_bytes(WHOLE)
    monkeypatch.setattr(PIL.Image, "MAX_IMAGE_PIXELS", limit)
    refused(tmp_path / "x.png", "x.png has more pixels than are safe to unpack; give a smaller")


def test_without_pillow(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(RuntimeError, match=r'images need Pillow: pip install "seqkit\[images\]"'):
        read_image(tmp_path / "x.png")


@settings(max_examples=60)
@given(st.data())
def test_any_damage(data):
    damaged = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(WHOLE) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "x.png")
        path.write_bytes(damaged)
        try:
            assert (read_image(path)[0] == COLOUR).all()  # chunks have checksums
        except ValueError as error:
            assert str(error).startswith(str(path)) and "\n" not in str(error)
