"""Normalisation by hand and by NumPy (O5); flips, shifts and crops against loops (O4)."""

import gzip
import json
import os
import pathlib

import numpy as np
import pytest
import torch

from seqkit.vision.transforms import Flip, Normalisation, RandomCrop, Shift, to_pixels


def pictures(N=20, Y=5, X=4, C=3):
    return np.random.default_rng(0).integers(0, 256, (N, Y, X, C), dtype=np.uint8)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_pixels_are_rows_of_columns_of_channels_turned():
    images = pictures()
    pixels = to_pixels(images)
    assert pixels.shape == (20, 3, 5, 4) and pixels.dtype == torch.uint8
    assert pixels[7, 2, 4, 1] == images[7, 4, 1, 2]
    images.flags.writeable = False
    assert torch.equal(to_pixels(images), pixels)


@pytest.mark.parametrize("wrong", [pictures()[0], pictures().astype(float)])
def test_what_is_no_pictures_is_refused(wrong):
    with pytest.raises(ValueError, match="images must be uint8 arrays of images x rows x columns"):
        to_pixels(wrong)


def test_normalisation_by_numpy():
    images = pictures()
    found = Normalisation.of(images)
    scaled = images.astype(np.float64) / 255
    np.testing.assert_allclose(found.mean, scaled.mean((0, 1, 2)), rtol=1e-12)
    np.testing.assert_allclose(found.deviation, scaled.std((0, 1, 2)), rtol=1e-12)
    normal = found(to_pixels(images))
    assert normal.dtype == torch.float32
    wanted = (scaled - scaled.mean((0, 1, 2))) / scaled.std((0, 1, 2))
    np.testing.assert_allclose(normal.permute(0, 2, 3, 1).numpy(), wanted, atol=1e-6)
    assert torch.equal(found.undo(normal), to_pixels(images))


def test_normalisation_by_hand_and_of_others():
    found = Normalisation.of(np.array([0, 255, 255, 0], dtype=np.uint8).reshape(2, 2, 1, 1))
    assert (found.mean, found.deviation) == ((0.5,), (0.5,))
    other = torch.tensor([0, 51, 255], dtype=torch.uint8).reshape(3, 1, 1, 1)
    torch.testing.assert_close(found(other).flatten(), torch.tensor([-1, -0.6, 1]))


def test_a_constant_channel_becomes_zero():
    found = Normalisation.of(np.full((2, 3, 3, 1), 77, dtype=np.uint8))
    assert found.deviation == (1.0,)
    assert found(to_pixels(np.full((1, 3, 3, 1), 77, dtype=np.uint8))).abs().max() < 1e-6


def test_a_normalisation_is_saved_to_the_last_digit():
    found = Normalisation.of(pictures())
    assert Normalisation.from_json(json.loads(json.dumps(found.as_json()))) == found


def test_errors_of_normalisation():
    with pytest.raises(ValueError, match="images of 3 channels, but the training set had 1"):
        Normalisation((0.5,), (1.0,))(to_pixels(pictures()))
    with pytest.raises(ValueError, match="a deviation above 0 for each channel"):
        Normalisation((0.5,), (0.0,))
    with pytest.raises(ValueError, match="no images"):
        Normalisation.of(pictures(N=0))


def test_the_known_numbers_of_mnist():
    folder = os.environ.get("SEQKIT_TEST_DATA")
    if not folder:
        pytest.skip("SEQKIT_TEST_DATA names no folder with mnist")
    path = pathlib.Path(folder, "mnist", "train-images-idx3-ubyte.gz")
    numbers = np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8, offset=16)
    found = Normalisation.of(numbers.reshape(-1, 28, 28, 1))
    assert (round(found.mean[0], 4), round(found.deviation[0], 4)) == (0.1307, 0.3081)


def test_flips_mirror_a_share_of_the_images():
    pixels = to_pixels(pictures(N=400))
    flipped = Flip(0.3)(pixels, seeded())
    count = 0
    for before, after in zip(pixels.numpy(), flipped.numpy(), strict=True):
        mirrored = np.zeros_like(before)
        for x in range(4):
            mirrored[:, :, 3 - x] = before[:, :, x]
        count += np.array_equal(after, mirrored)
        assert np.array_equal(after, mirrored) or np.array_equal(after, before)
    assert 0.22 < count / 400 < 0.38
    assert torch.equal(Flip(0.0)(pixels, seeded()), pixels)
    assert torch.equal(Flip(1.0)(pixels, seeded()), pixels.flip(3))


def moved(image, down, right):
    """An image (C, Y, X) moved by loops; black moves in."""
    C, Y, X = image.shape
    result = np.zeros_like(image)
    for c in range(C):
        for y in range(Y):
            for x in range(X):
                if 0 <= y - down < Y and 0 <= x - right < X:
                    result[c, y, x] = image[c, y - down, x - right]
    return result


def test_shifts_move_each_image_by_itself_in_every_direction():
    pixels = to_pixels(pictures(N=300) | 1)  # nothing is black before
    shifted = Shift(1)(pixels, seeded())
    assert shifted.shape == pixels.shape and shifted.dtype == torch.uint8
    ways = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    counts = dict.fromkeys(ways, 0)
    for before, after in zip(pixels.numpy(), shifted.numpy(), strict=True):
        (way,) = [way for way in ways if np.array_equal(after, moved(before, *way))]
        counts[way] += 1
    assert min(counts.values()) > 15
    assert torch.equal(Shift(0)(pixels, seeded()), pixels)


def test_crops_are_pieces_of_the_padded_image():
    pixels = to_pixels(pictures(N=200) | 1)
    cropped = RandomCrop((4, 3), padding=1)(pixels, seeded())
    assert cropped.shape == (200, 3, 4, 3)
    places = set()
    for before, after in zip(pixels.numpy(), cropped.numpy(), strict=True):
        around = np.zeros((3, 7, 6), np.uint8)
        around[:, 1:6, 1:5] = before
        (place,) = [
            (y, x)
            for y in range(4)
            for x in range(4)
            if np.array_equal(after, around[:, y : y + 4, x : x + 3])
        ]
        places.add(place)
    assert len(places) == 16


def test_the_piece_in_the_middle():
    pixels = to_pixels(pictures())
    assert torch.equal(RandomCrop((3, 2)).middle(pixels), pixels[:, :, 1:4, 1:3])
    assert torch.equal(RandomCrop((5, 4), padding=2).middle(pixels), pixels)


def test_a_piece_larger_than_the_image_is_refused():
    with pytest.raises(ValueError, match=r"a piece of 9 x 4 is larger than the image of 5 x 4"):
        RandomCrop((9, 4), padding=1)(to_pixels(pictures()), seeded())


@pytest.mark.parametrize("transform", [Flip(), Shift(2), RandomCrop((3, 3), 1)])
def test_the_generator_alone_decides(transform):
    pixels = to_pixels(pictures())
    torch.manual_seed(5)
    one = transform(pixels, seeded(1))
    torch.manual_seed(6)
    assert torch.equal(transform(pixels, seeded(1)), one)
    assert not torch.equal(transform(pixels, seeded(2)), one)
