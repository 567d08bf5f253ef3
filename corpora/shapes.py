"""shapes: ten drawn shapes, 28 x 28 in grey, as MNIST has its digits; nothing is downloaded.

Each has its own place, size, angle, thickness of lines, brightness and noise, so a linear model,
which knows single pixels, does poorly, and a convolutional net well.
"""

import hashlib
import math

import numpy as np
from numpy.typing import NDArray

from seqkit.corpora.corpus import Split
from seqkit.corpora.images import LabelledImages
from seqkit.corpora.shape_outlines import SHAPES, SIDE, Poses, draw

VERSION = "shapes-1"
SIZES: dict[str, int] = {"train": 6_000, "valid": 1_000, "test": 1_000}
_TILT = 0.7
"""Radians, 40 degrees, that a shape is turned at most to either side."""


def draw_shapes(split: Split = "train", size: int | None = None, seed: int = 0) -> LabelledImages:
    """Return images of circles, squares, stars and so on, drawn at random.

    The same version, split, seed and size give the same images, and more of them begin with the
    fewer. Of each ten images each shape is one. Splits and seeds are drawn apart, with random
    places and noise, so no image of one occurs in another.

    Args:
        split: "train", "valid" or "test".
        size: how many; by default 6,000 to train and 1,000 else.
        seed: other images for each.

    Raises:
        ValueError: an unknown split, or no images.
    """
    if split not in SIZES:
        raise ValueError(f"shapes has no split {split!r}: use train, valid or test")
    if size is not None and size < 1:
        raise ValueError(f"shapes cannot have {size} images: ask for 1 or more")
    size = SIZES[split] if size is None else size
    key = f"{VERSION} {split} {seed}"
    kinds = _kinds(key, size)  # (N,)
    names = list(SHAPES)
    return LabelledImages(
        "shapes",
        f"drawn shapes of {len(SHAPES)} kinds, {SIDE} x {SIDE} in grey",
        f"synthetic: {VERSION}, its {split} split",
        True,
        _pixels(key, kinds)[..., np.newaxis],
        tuple(names[kind] for kind in kinds),
    )


def _raw(key: str, size: int) -> NDArray[np.uint64]:
    """Return random bits, (size,); raw ones, as the other draws of NumPy may change with it."""
    digest = hashlib.sha256(key.encode()).digest()
    return np.random.PCG64(int.from_bytes(digest)).random_raw(size)


def _uniform(key: str, rows: int, columns: int) -> NDArray[np.float64]:
    """Return (rows, columns) numbers from 0 to below 1."""
    raw = _raw(key, rows * columns).reshape(rows, columns)  # (rows, columns)
    return (raw >> 11).astype(np.float64) * 2.0**-53


def _kinds(key: str, size: int) -> NDArray[np.intp]:
    """Return the number of each image's shape, (N,): each ten are a random order of all."""
    rows = -(-size // len(SHAPES))
    order = _uniform(f"{key} kinds", rows, len(SHAPES)).argsort(axis=1, kind="stable")
    return order.ravel()[:size]


def _pixels(key: str, kinds: NDArray[np.intp]) -> NDArray[np.uint8]:
    """Return the images, (N, Y, X): shape on ground, with noise."""
    draws = _uniform(f"{key} poses", len(kinds), 8)  # (N, 8)
    across, down, radius, angle, thickness, ground, light, noise = draws.astype(np.float32).T
    radius = 7 + 5 * radius  # (N,), pixels
    middle, free = SIDE / 2, SIDE / 2 - 0.9 * radius  # a tip may be cut off by the edge
    poses = Poses(
        middle + (2 * across - 1) * free,
        middle + (2 * down - 1) * free,
        radius,
        _TILT * (2 * angle - 1),
        0.25 + 0.2 * thickness,
    )
    covered = np.empty((len(kinds), SIDE, SIDE), np.float32)  # (N, Y, X)
    for number, shape in enumerate(SHAPES):
        mine = kinds == number
        covered[mine] = draw(shape, poses.of(mine))
    ground = 60 * ground  # (N,), of 255
    light = 100 + 80 * light  # (N,), how much brighter the shape is
    images = ground[:, None, None] + light[:, None, None] * covered  # (N, Y, X)
    images += _noise(f"{key} noise", len(kinds)) * (3 + 12 * noise)[:, None, None]
    pixels: NDArray[np.uint8] = np.clip(np.rint(images), 0, 255).astype(np.uint8)
    return pixels


def _noise(key: str, size: int) -> NDArray[np.float32]:
    """Return (size, SIDE, SIDE) draws of mean 0 and variance 1, nearly normal.

    Sums of four uniform bytes have the mean 4 · 127.5 and the variance 4 · (256^2 - 1) / 12.
    """
    count = size * SIDE * SIDE
    raw = _raw(key, -(-count // 2)).astype("<u8").view(np.uint8)  # 8 bytes are two draws
    sums = raw.reshape(-1, 4).sum(axis=1, dtype=np.int16)[:count]
    normal: NDArray[np.float32] = (sums - np.float32(510)) / np.float32(math.sqrt(65535 / 3))
    return normal.reshape(size, SIDE, SIDE)
