"""Images with a label each, held in memory as one array, and their splits."""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

LARGEST = 1 << 34
"""Bytes of pixels that are held in memory at once."""
DEFLATE = 1032
"""Nothing that deflate, and so gzip or zip, packs gets smaller by more than this factor."""


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """N images of one size and their labels.

    Attributes:
        name: a short name.
        description: what the images are, in one line.
        source: where they come from, in one line.
        synthetic: whether a program drew them.
        pixels: (N, Y, X, C) uint8, Y rows, X columns, C channels; 0 is dark.
        labels: the N names of their classes.
        places: where each image stands, for errors; () where they are counted from 1 in `source`.
        remarks: what users should know of how the images were read, a line each.

    Raises:
        ValueError: pixels that are no uint8 (N, Y, X, C), no images, labels of another count or
            without a name.
    """

    name: str
    description: str
    source: str
    synthetic: bool
    pixels: NDArray[np.uint8]
    labels: tuple[str, ...]
    places: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape = self.pixels.shape
        if self.pixels.dtype != np.uint8 or self.pixels.ndim != 4:
            raise ValueError(
                f"{self.source}: pixels are {self.pixels.dtype} of shape {shape}; give uint8, 0 "
                "to 255, of shape (images, height, width, channels)"
            )
        if not self.pixels.size:
            raise ValueError(f"{self.source} holds no images: its shape is {shape}; give some")
        if len(self.labels) != shape[0]:
            raise ValueError(
                f"{self.source}: {counted(shape[0], 'image')} but "
                f"{counted(len(self.labels), 'label')}; give each image one label"
            )
        assert len(self.places) in (0, shape[0])
        for k, label in enumerate(self.labels):
            if not label.strip():
                raise ValueError(f"{self.place(k)}: the label is empty; give it a name")

    def __len__(self) -> int:
        """How many images there are."""
        return len(self.labels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of every image."""
        _, height, width, channels = self.pixels.shape
        return height, width, channels

    @property
    def classes(self) -> tuple[str, ...]:
        """The different labels in order: by number where all are numbers, else by name."""
        names = set(self.labels)
        numbers = all(name.isascii() and name.isdigit() for name in names)
        return tuple(sorted(names, key=lambda name: (int(name) if numbers else 0, name)))

    def counts(self) -> dict[str, int]:
        """Return how many images each class has, in the order of `classes`."""
        found = Counter(self.labels)
        return {name: found[name] for name in self.classes}

    def place(self, k: int) -> str:
        """Say where image k, from 0, stands, for errors."""
        return self.places[k] if self.places else f"{self.source}, image {k + 1}"

    def warnings(self) -> list[str]:
        """Say, one line each, what users should know of how the images were read."""
        return list(self.remarks)

    def part(self, index: NDArray[np.intp], label: str) -> "LabelledImages":
        """Return the images at `index`, copied; `label` says which part of the whole they are.

        What there is to remark is said with the part called train alone.
        """
        chosen = [int(k) for k in index]
        return replace(
            self,
            name=f"{self.name} ({label})",
            pixels=self.pixels[index],  # (len(index), Y, X, C)
            labels=tuple(self.labels[k] for k in chosen),
            places=tuple(self.place(k) for k in chosen),
            remarks=self.remarks if label == "train" else (),
        )


@dataclass(frozen=True, slots=True)
class ImageSplits:
    """The parts of a task; `test` is None where nobody gave one."""

    train: LabelledImages
    valid: LabelledImages
    test: LabelledImages | None


def size_of(shape: tuple[int, int, int]) -> str:
    """Say the size of an image, for messages: 28 x 28 in grey."""
    height, width, channels = shape
    colour = {1: "grey", 3: "colour"}.get(channels, f"{channels} channels")
    return f"{height} x {width} in {colour}"


def counted(number: int, noun: str) -> str:
    """Say how many there are: 1 image, 2 images."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def too_large(size: int) -> str:
    """Say that so many bytes of pixels are more than LARGEST; the source is still to be named."""
    return (
        f"{size:,} bytes of pixels are more than the {LARGEST:,} that are read at once; give fewer "
        "or smaller images"
    )
