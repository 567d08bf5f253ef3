"""Labelled images as one array, as a training and an evaluation take them."""

import hashlib
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from seqkit.vision.shapes import Shape


class Source(Protocol):
    """Labelled images; `corpora.images.LabelledImages` are such."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def pixels(self) -> NDArray[np.uint8]: ...  # noqa: D102

    @property
    def labels(self) -> tuple[str, ...]: ...  # noqa: D102

    def place(self, k: int) -> str:
        """Where image k stands, for errors."""
        ...

    def warnings(self) -> list[str]:
        """What a user should know of how they were read."""
        ...


@dataclass(frozen=True, eq=False)
class Images:
    """N images (N, Y, X, C) and the label of each, as a training takes them."""

    name: str
    pixels: NDArray[np.uint8]
    labels: list[tuple[str, ...]]
    places: list[str]
    warnings: list[str]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def shape(self) -> Shape:
        """Of one image: (C, Y, X)."""
        _, rows, columns, channels = self.pixels.shape
        return channels, rows, columns

    @property
    def plain_labels(self) -> list[str]:
        """The class of each image; `labels` has it as a text has its labels."""
        return [label for (label,) in self.labels]

    def counts(self) -> dict[str, int]:
        """How often each class comes, in their order."""
        found = Counter(self.plain_labels)
        return {name: found[name] for name in _in_order(found)}

    def sha256(self) -> str:
        """A name for the images and their labels."""
        digest = hashlib.sha256(np.ascontiguousarray(self.pixels).data)
        digest.update("\n".join(self.plain_labels).encode())
        return digest.hexdigest()

    def first(self, count: int) -> "Images":
        """So many images, evenly spaced."""
        return self.at(np.unique(np.linspace(0, len(self) - 1, min(count, len(self))).astype(int)))

    def question(self) -> tuple["Images", "Images"]:
        """The first image that another of its class comes before, and the first of every class."""
        first: dict[str, int] = {}
        again = -1
        for k, (label,) in enumerate(self.labels):
            if first.setdefault(label, k) != k and again < 0:
                again = k
        return self.at(np.array([again])), self.at(np.array(list(first.values())))

    def at(self, chosen: NDArray[np.int64]) -> "Images":
        """The images at these places."""
        return Images(
            self.name,
            self.pixels[chosen],
            [self.labels[k] for k in chosen],
            [self.places[k] for k in chosen],
            self.warnings,
        )


def read_images(source: Source) -> Images:
    """Images as `Images`."""
    places = [source.place(k) for k in range(len(source.labels))]
    labels: list[tuple[str, ...]] = [(label,) for label in source.labels]
    return Images(source.name, source.pixels, labels, places, source.warnings())


def check_shape(images: Images, wanted: Shape) -> None:
    """ValueError for images of another size than those of the training."""
    if images.shape != tuple(wanted):
        found, known = (_described(shape) for shape in (images.shape, wanted))
        raise ValueError(
            f"{images.places[0]}: an image of {found}, but the training has {known}; make all of "
            "one size"
        )


def _described(shape: Shape) -> str:
    """28 x 28 in grey."""
    channels, rows, columns = shape
    colours = {1: "grey", 3: "colour"}.get(channels, f"{channels} channels")
    return f"{rows} x {columns} in {colours}"


def _in_order(names: Collection[str]) -> tuple[str, ...]:
    """Labels by number where all are numbers, else by name."""
    numbers = all(name.isascii() and name.isdigit() for name in names)
    return tuple(sorted(names, key=lambda name: (int(name) if numbers else 0, name)))
