"""Small made-up images, and a small training of a net on them.

Each is 9 x 9 in grey, with noise: a bar that lies, a bar that stands, a bar aslant, or a spot.
"""

from dataclasses import dataclass, field

import numpy as np

from seqkit.tasks import imaging

SIDE = 9
KINDS = ("lying", "standing", "aslant", "spot")

SETTINGS = {
    "layers": "conv 6x3 same, bn, relu, pool 2, dropout 0.1, flatten, dense 4",
    "batch_size": 32,
    "lr": 0.01,
    "average": 0.9,
    "epochs": 3,
    "precision": "fp32",
    "device": "cpu",
    "threads": 1,
}
"""A training of less than a second."""


def pixels(kind, row, column):
    """One image (Y, X), without noise."""
    image = np.full((SIDE, SIDE), 20)
    match kind:
        case "lying":
            image[row, column - 2 : column + 3] = 200
        case "standing":
            image[row - 2 : row + 3, column] = 200
        case "aslant":
            for k in range(-2, 3):
                image[row + k, column + k] = 200
        case "spot":
            image[row - 1 : row + 2, column - 1 : column + 2] = 200
    return image


@dataclass
class Pictures:
    """Images and their labels."""

    name: str
    pixels: np.ndarray
    labels: tuple
    told: list = field(default_factory=list)

    def place(self, k):
        return f"{self.name}, image {k + 1}"

    def warnings(self):
        return self.told


@dataclass
class Sources:
    """The parts of a task."""

    train: Pictures
    valid: Pictures
    test: Pictures | None = None


def draw(name, count, seed, kinds=KINDS, channels=1):
    """So many images, the classes in turn."""
    generator = np.random.default_rng(seed)
    labels = tuple(kinds[k % len(kinds)] for k in range(count))
    places = generator.integers(2, SIDE - 2, (count, 2))
    drawn = np.stack([pixels(kind, *place) for kind, place in zip(labels, places, strict=True)])
    noisy = drawn[..., None] + generator.integers(0, 30, (count, SIDE, SIDE, channels))
    return Pictures(name, noisy.astype(np.uint8), labels)


def sources(train=161, other=40):
    """Train, valid and test; the last of five batches of the first would have one image."""
    return Sources(draw("train", train, 1), draw("valid", other, 2), draw("test", other, 3))


def settings(**changes):
    """The settings of a small training; None leaves one out."""
    chosen = {**SETTINGS, **changes}
    return imaging.ImageSettings(**{name: v for name, v in chosen.items() if v is not None})


def write(path, number, seed=1):
    """Write so many images and their labels as a .npz file beside `path`."""
    images = draw("written", number, seed)
    path = path.with_suffix(".npz")
    np.savez(path, images=images.pixels, labels=np.array(images.labels))
    return path
