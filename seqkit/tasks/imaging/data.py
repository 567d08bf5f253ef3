"""The data of a training: images as one array, their classes, and the normalisation (O5)."""

import hashlib
import pathlib
import zipfile
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqkit.files import atomic_write
from seqkit.tasks.classifying.labels import Labels
from seqkit.tasks.runs import Run
from seqkit.tasks.sources import SourcesOf
from seqkit.vision.model import ImageBatch
from seqkit.vision.shapes import Shape
from seqkit.vision.transforms import Flip, Normalisation, Shift, to_pixels

NAMES = ("train", "valid", "test")
ANSWERED = 512
"""Images that are classified at once."""


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


Sources = SourcesOf[Source]


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
        digest = hashlib.sha256(np.ascontiguousarray(self.pixels))
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


@dataclass(frozen=True)
class ImagingData:
    """The images of each part, the classes of the training part, and its mean and variance."""

    labels: Labels
    normalisation: Normalisation
    parts: dict[str, Images]

    @property
    def shape(self) -> Shape:
        """Of one image: (C, Y, X)."""
        return self.parts["train"].shape

    def describe(self) -> dict[str, Any]:
        """The size and the sha256 of each part, and how often each class comes."""
        return {
            name: {
                "images": len(part),
                "labels": part.counts(),
                "sha256": part.sha256(),
            }
            for name, part in self.parts.items()
        }

    def warnings(self) -> list[str]:
        """What users should know of the images."""
        return [warning for part in self.parts.values() for warning in part.warnings]

    def save(self, run: Run) -> None:
        """Write the images into a run's checkpoint, where `reopen_data` finds them again."""
        for name, part in self.parts.items():
            with atomic_write(run.checkpoint / f"{name}.npz") as file:
                labels = np.array(part.plain_labels)
                text = {"places": np.array(part.places), "warnings": np.array(part.warnings, str)}
                np.savez(file, pixels=part.pixels, labels=labels, name=part.name, **text)


def read_data(sources: Sources, held_out: Collection[str] = ()) -> ImagingData:
    """Take images over; ValueError for those that no net can be trained on.

    Images of the classes `held_out` are kept out of the training part, and the other parts have
    them alone.
    """
    parts = {"train": read_images(sources.train)}
    for name, source in (("valid", sources.valid), ("test", sources.test)):
        if source is not None:
            parts[name] = read_images(source)
            check_shape(parts[name], parts["train"].shape)
    return _data(_hold_out(parts, held_out) if held_out else parts)


def reopen_data(run: Run) -> ImagingData:
    """The data of an unfinished run."""
    paths = {name: run.checkpoint / f"{name}.npz" for name in NAMES}
    parts = {name: _reopen(path) for name, path in paths.items() if path.exists()}
    if not {"train", "valid"} <= set(parts):
        raise ValueError(f"{run.checkpoint}: its images are gone; train anew with --force")
    return _data(parts)


def read_images(source: Source) -> Images:
    """Images as `Images`."""
    places = [source.place(k) for k in range(len(source.labels))]
    labels = [(label,) for label in source.labels]
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


def tensor_of(pixels: NDArray[np.uint8], normalisation: Normalisation) -> Tensor:
    """Pixels (B, Y, X, C) as a net reads them: float32 (B, C, Y, X)."""
    return normalisation(to_pixels(np.ascontiguousarray(pixels)))


class EpochOfImages:
    """The batches of one epoch, in random order and moved at random, by seed and epoch alone."""

    def __init__(
        self,
        data: ImagingData,
        size: int,
        moves: Sequence[Shift | Flip],
        device: torch.device,
        seed: Sequence[int],
    ) -> None:
        self.data, self.size, self.moves, self.device = data, size, moves, device
        self.seed = list(seed)
        part = data.parts["train"]
        self.targets = torch.from_numpy(data.labels.targets(part.labels))  # (N,)
        self.pixels = to_pixels(part.pixels)  # (N, C, Y, X)
        order = np.random.default_rng(self.seed).permutation(len(part))
        self.order = torch.from_numpy(order)
        # A last batch of one image has no variance to normalise by, so it joins the one before.
        self.count = max(1, -(-len(part) // size) - (len(part) % size == 1))

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, k: int) -> ImageBatch:
        stop = len(self.order) if k == self.count - 1 else (k + 1) * self.size
        chosen = self.order[k * self.size : stop]
        pixels = self.pixels[chosen]  # (B, C, Y, X)
        generator = torch.Generator().manual_seed(
            int(np.random.SeedSequence([*self.seed, k]).generate_state(1)[0])
        )
        for move in self.moves:
            pixels = move(pixels, generator)
        images = self.data.normalisation(pixels)
        return ImageBatch(images, self.targets[chosen]).to(self.device)


def _hold_out(parts: dict[str, Images], classes: Collection[str]) -> dict[str, Images]:
    """The parts without, or for all but training with nothing but, the images of some classes."""
    for name in classes:
        for part in parts.values():
            if (name,) not in part.labels:
                known = ", ".join(list(part.counts())[:20])
                raise ValueError(f"--hold-out {name}: no image of {part.name} is one of {known}")
    found = {}
    for name, part in parts.items():
        held = np.array([label in classes for label in part.plain_labels])  # (N,)
        found[name] = part.at(np.flatnonzero(held != (name == "train")))
    return found


def _data(parts: dict[str, Images]) -> ImagingData:
    train = parts["train"]
    labels = Labels(tuple(train.counts()))
    if len(labels.names) < 2:
        raise ValueError(
            f"{train.name}: all images are of one class, so there is nothing to learn; "
            "give images of two classes or more"
        )
    return ImagingData(labels, Normalisation.of(train.pixels), parts)


def _in_order(names: Collection[str]) -> tuple[str, ...]:
    """Labels by number where all are numbers, else by name."""
    numbers = all(name.isascii() and name.isdigit() for name in names)
    return tuple(sorted(names, key=lambda name: (int(name) if numbers else 0, name)))


def _reopen(path: pathlib.Path) -> Images:
    try:
        with path.open("rb") as file, np.load(file) as kept:
            labels = [(str(label),) for label in kept["labels"]]
            places, warnings = kept["places"].tolist(), kept["warnings"].tolist()
            return Images(str(kept["name"]), kept["pixels"], labels, places, warnings)
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path}: damaged ({error}); train anew with --force") from error
